//! What the worker holds, and who gets which answer.

use super::work;
use crate::bridge::{ChartRequest, Envelope, Mailbox, Request, Response, to_bytes, to_f64s};
use engine::Analysis;
use report::Report;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// An analysis, and the load it belongs to.
struct Numbered {
    generation: u32,
    analysis: Analysis,
}

/// What the worker holds: the analysis that was completed last, and the one under way.
pub(super) struct Desk {
    pub(super) page: Mailbox,
    wanted: Cell<u32>,
    is_paused: Cell<bool>,
    under_way: RefCell<Option<Numbered>>,
    complete: RefCell<Option<Numbered>>,
}

impl Desk {
    pub(super) fn new(page: Mailbox) -> Self {
        Self {
            page,
            wanted: Cell::new(0),
            is_paused: Cell::new(false),
            under_way: RefCell::default(),
            complete: RefCell::default(),
        }
    }

    /// Does what the page asks for.
    pub(super) fn receive(desk: &Rc<Self>, message: Envelope<Request>) {
        match message.head {
            Request::Analyse { generation } => {
                desk.wanted.set(generation);
                desk.under_way.replace(None);
                let desk = Rc::clone(desk);
                spawn_local(async move { work::run(&desk, generation, message.buffers).await });
            }
            Request::Load { generation, input } => {
                desk.wanted.set(generation);
                desk.under_way.replace(None);
                desk.is_paused.set(false);
                let desk = Rc::clone(desk);
                spawn_local(async move { work::run_live(&desk, generation, input).await });
            }
            Request::Follow { goes_on, .. } => desk.is_paused.set(!goes_on),
            // For the reader and the prober.
            Request::Preview { .. } | Request::Connect { .. } => {}
            Request::Cancel { generation } => {
                if desk.wanted.get() == generation {
                    desk.wanted.set(0);
                    desk.under_way.replace(None);
                }
                desk.page.say(Envelope::of(Response::Cancelled { generation }));
            }
            Request::Chart { ticket, generation, chart } => desk.answer_chart(ticket, generation, chart),
            Request::Story { ticket, generation } => {
                let markdown = desk.with(generation, |analysis| operations::markdown::write(analysis.report()));
                desk.page.say(Envelope::of(Response::Text { ticket, text: markdown.unwrap_or_default() }));
            }
            Request::Json { ticket, generation } => {
                // A Report is made of numbers, texts and lists with text keys: all of it has a form in JSON.
                let json =
                    desk.with(generation, |analysis| serde_json::to_string(analysis.report()).unwrap_or_default());
                desk.page.say(Envelope::of(Response::Text { ticket, text: json.unwrap_or_default() }));
            }
        }
    }

    /// Whether a load is still asked for.
    pub(super) fn wants(&self, generation: u32) -> bool {
        self.wanted.get() == generation
    }

    /// Whether servers are not to be asked for the time being.
    pub(super) fn is_paused(&self) -> bool {
        self.is_paused.get()
    }

    /// Puts an analysis under way on the desk.
    pub(super) fn put(&self, generation: u32, analysis: Analysis) {
        self.under_way.replace(Some(Numbered { generation, analysis }));
    }

    /// Works on the analysis under way; none where it is not there any more.
    pub(super) fn work_on<T>(&self, generation: u32, work: impl FnOnce(&mut Analysis) -> T) -> Option<T> {
        let mut under_way = self.under_way.borrow_mut();
        under_way
            .as_mut()
            .filter(|numbered| numbered.generation == generation)
            .map(|numbered| work(&mut numbered.analysis))
    }

    /// The analysis under way has come to its end.
    pub(super) fn finish(&self, generation: u32) {
        if let Some(numbered) = self.under_way.take().filter(|numbered| numbered.generation == generation) {
            self.complete.replace(Some(numbered));
        }
    }

    fn with<T>(&self, generation: u32, read: impl FnOnce(&Analysis) -> T) -> Option<T> {
        let is_asked = |numbered: &&Numbered| numbered.generation == generation;
        // Of a server that is followed, what is on the screen is complete, and the next one is under way.
        if let Some(numbered) = self.complete.borrow().as_ref().filter(is_asked) {
            return Some(read(&numbered.analysis));
        }
        self.under_way.borrow().as_ref().filter(is_asked).map(|numbered| read(&numbered.analysis))
    }

    fn answer_chart(&self, ticket: u32, generation: u32, asked: ChartRequest) {
        let ChartRequest { series, start_ms, end_ms, max_points } = asked;
        let chart = self.with(generation, |analysis| analysis.chart(series, start_ms, end_ms, max_points)).flatten();
        let columns = |chart: report::ChartData| {
            [&chart.times_ms, &chart.values, &chart.lower, &chart.upper].map(|column| to_f64s(column)).to_vec()
        };
        let buffers = chart.map(columns).unwrap_or_default();
        self.page.say(Envelope::with(Response::Chart { ticket, series }, buffers));
    }

    pub(super) fn say_report(&self, generation: u32, report: &Report) {
        let complete = report.complete;
        let head = Response::Report { generation, complete };
        self.page.say(Envelope::with(head, vec![to_bytes(&report::bytes::encode(report))]));
    }
}
