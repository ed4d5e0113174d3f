//! What the worker holds, and who gets which answer.

use super::rehearsal;
use super::work::{self, Asked};
use crate::bridge::{ChartRequest, Envelope, Handed, Mailbox, Request, Response, take_bytes, to_bytes, to_f64s};
use engine::{Analysis, Answer, Options, Portion, SettingError};
use report::Report;
use report::bytes::{decode, encode};
use series::{Note, NoteKind};
use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// One analysis: the load it belongs to, and which it is of those that were ever begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Turn {
    pub(super) generation: u32,
    number: u32,
}

/// How many portions are out at once: one to work on, and one that has arrived when that is done.
const PORTIONS: usize = 2;

/// An analysis, and whose turn it is.
struct Numbered {
    turn: Turn,
    analysis: Analysis,
    /// How many portions of it are out.
    handed_out: usize,
}

/// What the worker holds: the analysis that was completed last, and the one under way.
pub(super) struct Desk {
    pub(super) page: Mailbox,
    wanted: Cell<Turn>,
    under_way: RefCell<Option<Numbered>>,
    complete: RefCell<Option<Numbered>>,
}

impl Desk {
    pub(super) fn new(page: Mailbox) -> Self {
        Self { page, wanted: Cell::default(), under_way: RefCell::default(), complete: RefCell::default() }
    }

    /// Does what the page asks for.
    pub(super) fn receive(desk: &Rc<Self>, message: Envelope<Request>) {
        match message.head {
            Request::Analyse { generation, service_label, settings, library } => {
                let turn = desk.begin(generation);
                let desk = Rc::clone(desk);
                let mut options = Options { signatures: decode(&library).unwrap_or_default(), ..Options::default() };
                let refused = settings.iter().filter_map(|setting| Some(refused(setting, options.set(setting).err()?)));
                let asked = Asked { service_label, refused: refused.collect(), options };
                spawn_local(async move { work::run(&desk, turn, asked, message.buffers).await });
            }
            Request::Help { generation, number } => {
                let portion: Option<Portion> = message.buffers.first().map(take_bytes).as_deref().and_then(decode);
                if let Some(portion) = portion {
                    let answer = to_bytes(&encode(&portion.answer()));
                    desk.page.say(Envelope::with(Response::Helped { generation, number }, vec![answer]));
                }
            }
            Request::Helped { generation, number } => {
                let answer: Option<Answer> = message.buffers.first().map(take_bytes).as_deref().and_then(decode);
                if let (Some(numbered), Some(answer)) = (desk.under_way(Turn { generation, number }).as_mut(), answer) {
                    numbered.handed_out = numbered.handed_out.saturating_sub(1);
                    numbered.analysis.take_in(answer);
                }
            }
            Request::Rehearse => {
                let desk = Rc::clone(desk);
                spawn_local(async move { rehearsal::run(&desk).await });
            }
            // For the reader and for what asks servers.
            Request::Load { .. }
            | Request::Preview { .. }
            | Request::Connect { .. }
            | Request::Follow { .. }
            | Request::Analysed { .. } => {}
            Request::Cancel { generation } => {
                if desk.wanted.get().generation == generation {
                    desk.begin(0);
                }
                desk.page.say(Envelope::of(Response::Cancelled { generation }));
            }
            Request::Chart { ticket, generation, chart } => desk.answer_chart(ticket, generation, chart),
            Request::Hand { ticket, generation, what } => {
                let file = desk.with(generation, |analysis| to_bytes(&handed(analysis, what)));
                desk.page.say(Envelope::with(Response::File { ticket }, file.into_iter().collect()));
            }
        }
    }

    /// Puts away what is under way: it is another one's turn. Load 0 stands for none.
    fn begin(&self, generation: u32) -> Turn {
        let turn = Turn { generation, number: self.wanted.get().number.wrapping_add(1) };
        self.wanted.set(turn);
        self.under_way.replace(None);
        turn
    }

    /// Whether no analysis was ever asked for.
    pub(super) fn is_unasked(&self) -> bool {
        self.wants(Turn::default())
    }

    /// Whether an analysis is still asked for.
    pub(super) fn wants(&self, turn: Turn) -> bool {
        self.wanted.get() == turn
    }

    /// Whether an earlier analysis of the same load is complete.
    pub(super) fn has_complete(&self, turn: Turn) -> bool {
        self.complete.borrow().as_ref().is_some_and(|numbered| numbered.turn.generation == turn.generation)
    }

    /// Puts an analysis under way on the desk.
    pub(super) fn put(&self, turn: Turn, analysis: Analysis) {
        self.under_way.replace(Some(Numbered { turn, analysis, handed_out: 0 }));
    }

    /// Works on the analysis under way; none where it is not there any more.
    pub(super) fn work_on<T>(&self, turn: Turn, work: impl FnOnce(&mut Analysis) -> T) -> Option<T> {
        self.under_way(turn).as_mut().map(|numbered| work(&mut numbered.analysis))
    }

    /// The analysis under way, if it is of this turn.
    fn under_way(&self, turn: Turn) -> Option<RefMut<'_, Numbered>> {
        RefMut::filter_map(self.under_way.borrow_mut(), |under_way| {
            under_way.as_mut().filter(|numbered| numbered.turn == turn)
        })
        .ok()
    }

    /// Offers others portions of the analysis under way, until enough are out.
    pub(super) fn share(&self, turn: Turn) {
        let Some(mut numbered) = self.under_way(turn) else { return };
        while numbered.handed_out < PORTIONS
            && let Some(portion) = numbered.analysis.hand_out()
        {
            numbered.handed_out += 1;
            let Turn { generation, number } = turn;
            let portion = to_bytes(&encode(&portion));
            self.page.say(Envelope::with(Response::Portion { generation, number }, vec![portion]));
        }
    }

    /// The analysis under way has come to its end.
    pub(super) fn finish(&self, turn: Turn) {
        if let Some(numbered) = self.under_way.take().filter(|numbered| numbered.turn == turn) {
            self.complete.replace(Some(numbered));
        }
    }

    /// Sends the Report that is complete.
    pub(super) fn say_complete(&self, turn: Turn) {
        if let Some(numbered) = self.complete.borrow().as_ref() {
            self.say_report(turn.generation, numbered.analysis.report());
        }
    }

    fn with<T>(&self, generation: u32, read: impl FnOnce(&Analysis) -> T) -> Option<T> {
        let is_asked = |numbered: &&Numbered| numbered.turn.generation == generation;
        // Of a server that is followed, what is on the screen is complete, and the next one is under way.
        if let Some(numbered) = self.complete.borrow().as_ref().filter(is_asked) {
            return Some(read(&numbered.analysis));
        }
        self.under_way.borrow().as_ref().filter(is_asked).map(|numbered| read(&numbered.analysis))
    }

    fn answer_chart(&self, ticket: u32, generation: u32, asked: ChartRequest) {
        let ChartRequest { series, start_ms, end_ms, max_points, behind } = asked;
        let draw = |analysis: &Analysis| analysis.chart(series, start_ms, end_ms, max_points, behind);
        let chart = self.with(generation, draw).flatten();
        let columns = |chart: report::ChartData| {
            let band = [&chart.times_ms, &chart.values, &chart.lower, &chart.upper];
            let course = [&chart.expected, &chart.low, &chart.high, &chart.bits];
            band.into_iter().chain(course).map(|column| to_f64s(column)).collect::<Vec<_>>()
        };
        let buffers = chart.map(columns).unwrap_or_default();
        self.page.say(Envelope::with(Response::Chart { ticket, series }, buffers));
    }

    pub(super) fn say_report(&self, generation: u32, report: &Report) {
        let complete = report.complete;
        let head = Response::Report { generation, complete };
        self.page.say(Envelope::with(head, vec![to_bytes(&encode(report))]));
    }
}

/// The note on a setting that is none; it can be taken away.
fn refused(setting: &str, error: SettingError) -> Note {
    let note = Note::new(NoteKind::Dropped, 1, format!("{error}; it was passed over"));
    note.about(setting).undone_by(setting)
}

fn handed(analysis: &Analysis, what: Handed) -> Vec<u8> {
    match what {
        Handed::Report => encode(analysis.report()),
        Handed::Pair(from, to) => analysis.pair_spectrum(from, to).map(|found| encode(&found)).unwrap_or_default(),
    }
}
