//! The panel's own worker, which speaks with the server.

use crate::bridge::{Envelope, Event, Finding, Host, Request, Response, Trial};
use crate::dom::document;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Who waits for an answer.
enum Waiting {
    Finding(Box<dyn FnOnce(Finding)>),
    Trial(Box<dyn FnOnce(Trial)>),
}

/// By their tickets.
type List = Rc<RefCell<Vec<(u32, Waiting)>>>;

/// A worker that answers questions about a server. Clones are the same one.
#[derive(Clone)]
pub(super) struct Asker {
    host: Host,
    waiting: List,
    tickets: Rc<Cell<u32>>,
}

impl Asker {
    pub(super) fn new() -> Self {
        let waiting = List::default();
        let asked = Rc::clone(&waiting);
        let script =
            document().base_uri().ok().flatten().and_then(|base| web_sys::Url::new_with_base("worker.js", &base).ok());
        let host = Host::new(script.map(|script| script.href()).unwrap_or_default(), move |event| {
            let take = |ticket: u32| {
                let mut asked = asked.borrow_mut();
                let place = asked.iter().position(|(number, _)| *number == ticket)?;
                Some(asked.swap_remove(place).1)
            };
            match event {
                Event::Message(Response::Found { ticket, finding }, _) => {
                    if let Some(Waiting::Finding(answer)) = take(ticket) {
                        answer(finding);
                    }
                }
                Event::Message(Response::Tried { ticket, trial }, _) => {
                    if let Some(Waiting::Trial(answer)) = take(ticket) {
                        answer(trial);
                    }
                }
                _ => {}
            }
        });
        Self { host, waiting, tickets: Rc::default() }
    }

    /// Asks what is at an address; `question` makes the request of a ticket.
    pub(super) fn find(&self, question: impl FnOnce(u32) -> Request, answer: impl FnOnce(Finding) + 'static) {
        self.ask(question, Waiting::Finding(Box::new(answer)));
    }

    /// Asks what a query gives.
    pub(super) fn try_out(&self, question: impl FnOnce(u32) -> Request, answer: impl FnOnce(Trial) + 'static) {
        self.ask(question, Waiting::Trial(Box::new(answer)));
    }

    fn ask(&self, question: impl FnOnce(u32) -> Request, waiting: Waiting) {
        let ticket = self.tickets.get().wrapping_add(1);
        self.tickets.set(ticket);
        self.waiting.borrow_mut().push((ticket, waiting));
        self.host.send(Envelope::of(question(ticket)));
    }
}
