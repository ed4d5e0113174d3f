//! The page's state as signals, and everything that can be done to it.

mod answers;
mod loading;
mod policy;
mod programs;
mod sharing;

pub(super) use programs::{make_file, paint_chart, paint_dial, play_voices};
pub(super) use sharing::{is_live_page, show_address};

use super::origin::{self, Origin};
use crate::bridge::{ChartRequest, Envelope, Fault, Handed, Host, Request};
use crate::dom::{Signal, after, batch, document, signal};
use crate::state::{Command, Filter, Link, Load, Phase, Sample, View};
use crate::store::Theme;
use js_sys::{Array, ArrayBuffer};
use report::{ChartData, Report};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, HtmlInputElement};

/// How long a notice stays on the screen.
const TOAST_MS: u32 = 4_000;

/// The Report on the screen, and the load it came from.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) generation: u32,
    pub(super) report: Rc<Report>,
}

impl PartialEq for Shown {
    /// A Report is equal only to itself: comparing two would cost more than showing one.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.report, &other.report)
    }
}

/// How a server that is followed stands, in words; none where none is followed.
#[derive(Clone, Debug, Default)]
pub(super) struct Following {
    pub(super) words: String,
    pub(super) detail: String,
    pub(super) is_old: bool,
}

/// What turns files and servers into data sets, and what turns those into Reports.
#[derive(Clone)]
struct Workers {
    reader: Host,
    live: Host,
    analysis: Host,
    /// A second analysis, which looks at some series of large data.
    helper: Host,
}

impl Workers {
    /// What makes the data set of a source.
    fn of(&self, is_live: bool) -> &Host {
        if is_live { &self.live } else { &self.reader }
    }
}

/// One of the workers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Reader,
    Live,
    Analysis,
    Helper,
}

/// Who waits for an answer of the worker.
enum Waiting {
    Chart(Box<dyn FnOnce(Option<ChartData>)>),
    File(Box<dyn FnOnce(ArrayBuffer)>),
}

#[derive(Default)]
struct Desk {
    workers: Option<Workers>,
    /// Whether the source is being read; else the analysis has the load under way.
    is_reading: bool,
    tickets: u32,
    /// By their tickets. There are as many as there are charts on the screen.
    waiting: Vec<(u32, Waiting)>,
    /// What is being loaded, and what was loaded last.
    loading: Option<Origin>,
    loaded: Option<Origin>,
    /// The last complete Report, to go back to on cancel.
    complete: Option<Shown>,
    /// A view that came with the link, for the data that come next.
    linked_view: Option<View>,
    file_input: Option<HtmlInputElement>,
    /// Whether the analysis has lost what is on the screen.
    is_forgotten: bool,
}

/// A small file to be understood. Nobody waits for the answer.
fn reading_rehearsal() -> Envelope<Request> {
    let row = |minute: u32| format!("2026-01-01T00:{minute:02}:00Z,{minute}.5,{}\n", 3 * minute);
    let text: String = std::iter::once("time,a,b\n".to_owned()).chain((10..60).map(row)).collect();
    let head = Request::Preview { ticket: 0, name: "rehearsal.csv".into(), settings: Vec::new() };
    let files = Blob::new_with_str_sequence(&Array::of1(&text.into())).into_iter().collect();
    Envelope { head, buffers: Vec::new(), files }
}

/// The page's state. There is one, and it lives as long as the page.
pub(super) struct Session {
    pub(super) load: Signal<Load>,
    pub(super) shown: Signal<Option<Shown>>,
    pub(super) view: Signal<View>,
    pub(super) filter: Signal<Filter>,
    pub(super) theme: Signal<Theme>,
    pub(super) samples: Signal<Vec<Sample>>,
    pub(super) is_playing: Signal<bool>,
    pub(super) is_help_open: Signal<bool>,
    /// Whether the radar is heard.
    pub(super) is_sounding: Signal<bool>,
    /// What was last done, for screen readers and as a short notice.
    pub(super) notice: Signal<String>,
    pub(super) live: Signal<Following>,
    /// Whether the user wants no news from the server.
    pub(super) is_paused: Signal<bool>,
    /// What could be read in two ways.
    doubt: Signal<Option<Fault>>,
    /// A short notice on the screen.
    pub(super) toast: Signal<Option<String>>,
    /// Whether a link's view waits for its data.
    pub(super) awaits_data: Signal<bool>,
    /// What the keyboard wants of the radar.
    pub(super) radar_order: Signal<Option<Command>>,
    desk: RefCell<Desk>,
}

impl Session {
    /// Prepares the workers and loads what the address names.
    pub(super) fn start() -> &'static Self {
        let session: &'static Self = Box::leak(Box::new(Self {
            load: signal(Load::default()),
            shown: signal(None),
            view: signal(View::default()),
            filter: signal(Filter::default()),
            theme: signal(Theme::current()),
            samples: signal(Vec::new()),
            is_playing: signal(false),
            is_help_open: signal(false),
            is_sounding: signal(false),
            notice: signal(String::new()),
            live: signal(Following::default()),
            is_paused: signal(false),
            doubt: signal(None),
            toast: signal(None),
            awaits_data: signal(false),
            radar_order: signal(None),
            desk: RefCell::default(),
        }));
        session.theme.get_untracked().apply(false);
        let link = Link::decode(&sharing::location_hash());
        if !policy::settle(&link) {
            return session;
        }
        let host = |script: &str, of: Who| {
            Host::new(sharing::absolute(script), move |event| batch(|| session.receive(of, event)))
        };
        let workers = Workers {
            reader: host("reader.js", Who::Reader),
            live: host("live.js", Who::Live),
            analysis: host("worker.js", Who::Analysis),
            helper: host("worker.js", Who::Helper),
        };
        session.desk.borrow_mut().workers = Some(workers.clone());
        session.follow(link);
        spawn_local(async move {
            let samples = origin::samples().await;
            // By now the page is on the screen and waits for data: the first ones shall not wait for the workers, nor for
            // the browser to translate them.
            workers.of(is_live_page()).wake();
            if !is_live_page() {
                workers.reader.send(reading_rehearsal());
            }
            workers.analysis.send(Envelope::of(Request::Rehearse));
            batch(|| {
                session.samples.set(samples);
                session.load_linked_sample();
            });
        });
        session
    }

    /// The Report on the screen.
    pub(super) fn report(&self) -> Option<Rc<Report>> {
        self.shown.with(|shown| shown.as_ref().map(|shown| Rc::clone(&shown.report)))
    }

    /// Something of the Report on the screen; `none` where there is no Report.
    pub(super) fn of_report<T>(&self, none: T, read: impl FnOnce(&Report) -> T) -> T {
        match self.report() {
            Some(report) => read(&report),
            None => none,
        }
    }

    /// Changes the view of the Report on the screen.
    pub(super) fn look(&self, change: impl FnOnce(&mut View, &Report)) {
        let report = self.shown.with_untracked(|shown| shown.as_ref().map(|shown| Rc::clone(&shown.report)));
        if let Some(report) = report {
            self.view.update(|view| change(view, &report));
        }
    }

    /// Asks for a stretch of one series; the answer is none where the worker does not have it any more.
    pub(super) fn ask_chart(
        &self,
        generation: u32,
        chart: ChartRequest,
        answer: impl FnOnce(Option<ChartData>) + 'static,
    ) {
        let ticket = self.ticket(Waiting::Chart(Box::new(answer)));
        self.send(Envelope::of(Request::Chart { ticket, generation, chart }));
    }

    /// Asks for something that other programs read; no answer where the worker does not have it any more.
    pub(super) fn ask_handed(&self, generation: u32, what: Handed, answer: impl FnOnce(ArrayBuffer) + 'static) {
        let ticket = self.ticket(Waiting::File(Box::new(answer)));
        self.send(Envelope::of(Request::Hand { ticket, generation, what }));
    }

    /// Whether a server is followed.
    fn is_followed(&self) -> bool {
        self.live.with_untracked(|live| !live.words.is_empty())
    }

    /// Has a server asked for what is new, unless the user or the browser does not look.
    pub(super) fn ask_for_news(&self) {
        if self.is_followed() {
            let generation = self.load.with_untracked(Load::generation);
            let goes_on = !self.is_paused.get_untracked() && !document().hidden();
            if let Some(workers) = self.workers() {
                workers.live.send(Envelope::of(Request::Follow { generation, goes_on }));
            }
        }
    }

    fn ticket(&self, waiting: Waiting) -> u32 {
        let mut desk = self.desk.borrow_mut();
        desk.tickets += 1;
        let ticket = desk.tickets;
        desk.waiting.push((ticket, waiting));
        ticket
    }

    fn workers(&self) -> Option<Workers> {
        self.desk.borrow().workers.clone()
    }

    fn send(&self, message: Envelope<Request>) {
        if let Some(workers) = self.workers() {
            workers.analysis.send(message);
        }
    }

    /// Says something, for a few seconds.
    pub(super) fn tell(&'static self, words: &str) {
        self.notice.set(words.to_owned());
        self.toast.set(Some(words.to_owned()));
        let told = words.to_owned();
        let hide = move || {
            if self.toast.with_untracked(|toast| toast.as_ref() == Some(&told)) {
                self.toast.set(None);
            }
        };
        after(TOAST_MS, hide).forget();
    }

    /// Light to dark, dark to light.
    pub(super) fn toggle_theme(&self) {
        let theme = self.theme.get_untracked().other();
        theme.apply(true);
        self.theme.set(theme);
    }

    /// Remembers the field that opens the file dialogue.
    pub(super) fn set_file_input(&self, input: HtmlInputElement) {
        self.desk.borrow_mut().file_input = Some(input);
    }

    /// Opens the file dialogue.
    pub(super) fn choose_files(&self) {
        let input = self.desk.borrow().file_input.clone();
        if let Some(input) = input {
            input.click();
        }
    }

    /// One step back: closes the evidence, else goes up a level, else puts a failure's message away.
    pub(super) fn back(&self) {
        if self.load.with_untracked(|load| matches!(load.phase(), Phase::Failed(_))) {
            self.load.update(Load::dismiss);
            return;
        }
        self.look(|view, report| {
            if !view.up(report) {
                view.finding = None;
                view.relation = None;
            }
        });
    }

    /// Plays the radar over time, or pauses.
    pub(super) fn toggle_play(&self) {
        self.is_playing.update(|is_playing| *is_playing = !*is_playing);
    }

    /// Lets the radar be heard, or not.
    pub(super) fn toggle_sound(&self) {
        self.is_sounding.update(|is_sounding| *is_sounding = !*is_sounding);
    }

    /// Opens the next or previous finding of the list.
    pub(super) fn step_finding(&self, step: i32) {
        let filter = self.filter.get_clone_untracked();
        self.look(|view, report| {
            let passing = filter.apply(report);
            let place = view.finding.and_then(|open| passing.iter().position(|&index| index == open));
            let next = match place {
                Some(place) => place.saturating_add_signed(step as isize).min(passing.len().saturating_sub(1)),
                None => 0,
            };
            if let Some(&index) = passing.get(next).filter(|&&index| view.finding != Some(index)) {
                view.toggle_finding(report, index);
            }
        });
    }

    /// The message of the failure on the screen; else the doubt about how the data on it were read.
    pub(super) fn fault(&self) -> Option<Fault> {
        let failed = self.load.with(|load| match load.phase() {
            Phase::Failed(fault) => Some(fault.clone()),
            _ => None,
        });
        failed.or_else(|| self.doubt.get_clone())
    }

    /// Takes the message off the screen.
    pub(super) fn dismiss(&'static self) {
        self.load.update(Load::dismiss);
        self.doubt.set(None);
        self.restore();
    }
}
