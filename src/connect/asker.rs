//! The panel's own worker, which speaks with the server.

use crate::bridge::{Access, Envelope, Event, Host, Probe, Request, Response};
use crate::dom::document;
use js_sys::Uint8Array;
use report::bytes::{decode, encode};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Who waits for an answer, by ticket.
type Waiting = Rc<RefCell<Vec<(u32, Box<dyn FnOnce(&[u8])>)>>>;

/// A worker that answers questions about a server. Clones are the same one.
#[derive(Clone)]
pub(super) struct Asker {
    host: Host,
    waiting: Waiting,
    tickets: Rc<Cell<u32>>,
}

impl Asker {
    pub(super) fn new() -> Self {
        let waiting = Waiting::default();
        let asked = Rc::clone(&waiting);
        let script =
            document().base_uri().ok().flatten().and_then(|base| web_sys::Url::new_with_base("live.js", &base).ok());
        let host = Host::new(script.map(|script| script.href()).unwrap_or_default(), move |event| {
            let Event::Message(Response::Found { ticket }, buffers) = event else { return };
            let place = asked.borrow().iter().position(|(number, _)| *number == ticket);
            let (Some(place), Some(buffer)) = (place, buffers.first()) else { return };
            let (_, answer) = asked.borrow_mut().swap_remove(place);
            answer(&Uint8Array::new(buffer).to_vec());
        });
        Self { host, waiting, tickets: Rc::default() }
    }

    /// Asks about the server at an address. The answer is a [`crate::bridge::Finding`] or a [`crate::bridge::Trial`], as
    /// was asked.
    pub(super) fn ask<T: report::bytes::Bytes>(
        &self,
        address: String,
        access: Access,
        probe: &Probe,
        answer: impl FnOnce(T) + 'static,
    ) {
        let ticket = self.tickets.get().wrapping_add(1);
        self.tickets.set(ticket);
        let read = move |bytes: &[u8]| {
            // Panel and worker are of one build: what one writes, the other reads.
            if let Some(value) = decode(bytes) {
                answer(value);
            }
        };
        self.waiting.borrow_mut().push((ticket, Box::new(read)));
        self.host.send(Envelope::of(Request::Connect { ticket, address, access, question: encode(probe) }));
    }
}
