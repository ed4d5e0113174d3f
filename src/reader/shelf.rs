//! Which load is wanted, and the way from its source to the analysis.

use super::files::{self, Kept};
use super::preview;
use crate::bridge::{Envelope, Fault, Input, Mailbox, Pause, Request, Response, dataset, to_bytes, to_words};
use series::Dataset;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

/// What the reader knows: the load that is wanted.
pub(super) struct Shelf {
    pub(super) page: Mailbox,
    wanted: Cell<u32>,
    /// The files of the last load.
    kept: RefCell<Vec<Kept>>,
}

impl Shelf {
    pub(super) fn new(page: Mailbox) -> Self {
        Self { page, wanted: Cell::new(0), kept: RefCell::default() }
    }

    /// Does what the page asks for.
    pub(super) fn receive(shelf: &Rc<Self>, message: Envelope<Request>) {
        match message.head {
            Request::Load { generation, input } => {
                shelf.wanted.set(generation);
                let shelf = Rc::clone(shelf);
                spawn_local(async move { shelf.load(generation, input, message.files).await });
            }
            Request::Cancel { generation } => {
                if shelf.wants(generation) {
                    shelf.wanted.set(0);
                }
                shelf.page.say(Envelope::of(Response::Cancelled { generation }));
            }
            Request::Preview { ticket, name, settings } => {
                if let Some(blob) = message.files.first() {
                    let preview = preview::of(&name, blob, &settings);
                    let bytes = to_bytes(&report::bytes::encode(&preview));
                    shelf.page.say(Envelope::with(Response::Preview { ticket }, vec![bytes]));
                }
            }
            // For the analysis.
            _ => {}
        }
    }

    /// Whether a load is still asked for.
    pub(super) fn wants(&self, generation: u32) -> bool {
        self.wanted.get() == generation
    }

    async fn load(&self, generation: u32, input: Input, files: Vec<Blob>) {
        match self.read(generation, input, files).await {
            Ok(Some(dataset)) => {
                let mut blocks = Vec::new();
                let head = dataset::pack(dataset, &mut |block| blocks.push(to_words(block)));
                blocks.insert(0, to_bytes(&head));
                self.page.say(Envelope::with(Response::Dataset { generation, service_label: String::new() }, blocks));
            }
            Ok(None) => {}
            Err(fault) => self.page.say_failed(generation, fault),
        }
    }

    /// What the source has; none where the load is not wanted any more.
    async fn read(&self, generation: u32, input: Input, blobs: Vec<Blob>) -> Result<Option<Dataset>, Fault> {
        let pause = Pause::default();
        match input {
            Input::Files { names, settings, remembered } => {
                // The next load may wait already.
                pause.take().await;
                if !self.wants(generation) {
                    return Ok(None);
                }
                // Another load may come while this one waits.
                let mut kept = self.kept.take();
                let is_wanted = || self.wants(generation);
                let (page, settings) = (&self.page, settings.as_slice());
                let read =
                    files::read(page, &mut kept, generation, &names, settings, &remembered, &blobs, &is_wanted).await;
                self.kept.replace(kept);
                read
            }
            // For the analysis.
            Input::Prometheus { .. } => Ok(None),
        }
    }
}
