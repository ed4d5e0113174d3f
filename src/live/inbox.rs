//! Answers of servers, which arrive when they will.

use crate::bridge::Access;
use crate::net::{self, Answer};
use gloo_timers::future::TimeoutFuture;
use prometheus::{Failure, Request};
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use wasm_bindgen_futures::spawn_local;

/// What came back, and for whom: the server's number and the request's.
pub(super) type Arrived = (usize, u32, Result<Answer, Failure>);

/// Where answers arrive. Requests to several servers are under way at once.
#[derive(Clone, Default)]
pub(super) struct Inbox(Rc<RefCell<Content>>);

#[derive(Default)]
struct Content {
    arrived: Vec<Arrived>,
    waiting: Option<Waker>,
}

impl Inbox {
    /// Sends a request off; its answer arrives here.
    pub(super) fn send(&self, server: usize, ticket: u32, request: Request, access: Access) {
        let inbox = self.clone();
        spawn_local(async move {
            let answer = net::carry_out(&request, &access).await;
            let waiting = {
                let mut content = inbox.0.borrow_mut();
                content.arrived.push((server, ticket, answer));
                content.waiting.take()
            };
            if let Some(waker) = waiting {
                waker.wake();
            }
        });
    }

    /// Takes what has arrived.
    pub(super) fn take(&self) -> Vec<Arrived> {
        std::mem::take(&mut self.0.borrow_mut().arrived)
    }

    /// Waits until something has arrived, and no longer than this.
    pub(super) async fn wait(&self, wait_ms: u32) {
        let mut timeout = TimeoutFuture::new(wait_ms);
        poll_fn(|context| {
            let mut content = self.0.borrow_mut();
            if !content.arrived.is_empty() {
                return Poll::Ready(());
            }
            content.waiting = Some(context.waker().clone());
            Pin::new(&mut timeout).poll(context)
        })
        .await;
    }
}
