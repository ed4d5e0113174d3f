//! The line to the page: which load is wanted, and how far the analysis is with it.

use crate::bridge::{Envelope, Mailbox, Response, dataset, to_bytes, to_words};
use series::Dataset;
use std::cell::Cell;

/// What the program knows of the page's wishes.
pub(super) struct Line {
    pub(super) page: Mailbox,
    wanted: Cell<u32>,
    /// Whether servers are not to be asked for the time being.
    pub(super) is_paused: Cell<bool>,
    /// Whether the analysis is through with what was sent last.
    pub(super) is_analysed: Cell<bool>,
}

impl Line {
    pub(super) fn new(page: Mailbox) -> Self {
        Self { page, wanted: Cell::new(0), is_paused: Cell::new(false), is_analysed: Cell::new(false) }
    }

    /// A load begins; any other one is not wanted any more.
    pub(super) fn begin(&self, generation: u32) {
        self.wanted.set(generation);
        self.is_paused.set(false);
        self.is_analysed.set(false);
    }

    /// A load is not wanted any more.
    pub(super) fn end(&self, generation: u32) {
        if self.wants(generation) {
            self.wanted.set(0);
        }
    }

    /// Whether a load is still asked for.
    pub(super) fn wants(&self, generation: u32) -> bool {
        self.wanted.get() == generation
    }

    /// Hands a data set to the analysis. `service_label` tells services apart, if it is not empty.
    pub(super) fn send(&self, generation: u32, data: Dataset, service_label: &str) {
        self.is_analysed.set(false);
        let mut blocks = Vec::new();
        let head = dataset::pack(data, &mut |block| blocks.push(to_words(block)));
        blocks.insert(0, to_bytes(&head));
        let service_label = service_label.to_owned();
        self.page.say(Envelope::with(Response::Dataset { generation, service_label }, blocks));
    }
}
