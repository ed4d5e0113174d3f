//! The panel's own reader, for previews.

use crate::bridge::{Envelope, Event, Host, Preview, Request, Response};
use crate::dom::document;
use js_sys::Uint8Array;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::Blob;

/// Who waits for a preview, and for which question.
type Waiting = Rc<RefCell<Option<(u32, Box<dyn FnOnce(Preview)>)>>>;

/// A reader that answers questions about beginnings of files. Clones are the same one.
#[derive(Clone)]
pub(super) struct Reader {
    host: Host,
    waiting: Waiting,
    tickets: Rc<Cell<u32>>,
}

impl Reader {
    pub(super) fn new() -> Self {
        let waiting = Waiting::default();
        let asked = Rc::clone(&waiting);
        let script =
            document().base_uri().ok().flatten().and_then(|base| web_sys::Url::new_with_base("reader.js", &base).ok());
        let host = Host::new(script.map(|script| script.href()).unwrap_or_default(), move |event| {
            let Event::Message(Response::Preview { ticket }, buffers) = event else { return };
            // Of several questions the last is of interest.
            let is_asked = asked.borrow().as_ref().is_some_and(|(wanted, _)| *wanted == ticket);
            let answer = buffers.first().and_then(|buffer| report::bytes::decode(&Uint8Array::new(buffer).to_vec()));
            let Some(preview) = answer.filter(|_| is_asked) else { return };
            let waiting = asked.take();
            if let Some((_, answer)) = waiting {
                answer(preview);
            }
        });
        Self { host, waiting, tickets: Rc::default() }
    }

    /// Asks about a file; an earlier question that has no answer yet gets none.
    pub(super) fn ask(&self, name: String, file: Blob, settings: Vec<String>, answer: impl FnOnce(Preview) + 'static) {
        let ticket = self.tickets.get().wrapping_add(1);
        self.tickets.set(ticket);
        self.waiting.replace(Some((ticket, Box::new(answer))));
        let head = Request::Preview { ticket, name, settings };
        self.host.send(Envelope { head, buffers: Vec::new(), files: vec![file] });
    }
}
