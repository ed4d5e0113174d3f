//! The page's state as signals, and everything that can be done to it.

use super::origin::{self, Origin};
use crate::bridge::{
    ChartRequest, Credentials, Envelope, Event, Host, Reading, Remedy, Request, Response, from_f64s, from_json,
};
use crate::state::{Command, Fault, Filter, Link, Load, Pasted, Phase, Sample, SourceLink, View};
use crate::store::Theme;
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use report::{ChartData, Report};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

/// How long a notice stays on the screen.
const TOAST_DURATION: Duration = Duration::from_secs(4);

/// The Report on the screen, and the load it came from.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) generation: u32,
    pub(super) report: Arc<Report>,
    /// The Report as the worker wrote it, for the export.
    pub(super) json: Arc<[u8]>,
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.report, &other.report)
    }
}

/// Who waits for an answer of the worker.
enum Waiting {
    Chart(Box<dyn FnOnce(Option<ChartData>)>),
    Story(Box<dyn FnOnce(String)>),
}

#[derive(Default)]
struct Desk {
    host: Option<Host>,
    tickets: u32,
    waiting: BTreeMap<u32, Waiting>,
    /// What is being loaded, and what was loaded last.
    loading: Option<Origin>,
    loaded: Option<Origin>,
    /// The last complete Report, to go back to on cancel.
    complete: Option<Shown>,
    /// A view that came with the link, for the data that come next.
    linked_view: Option<View>,
    file_input: Option<NodeRef<html::Input>>,
    /// Whether the worker has lost what is on the screen.
    is_forgotten: bool,
}

/// The page's state. It is copied into every component; the copies are one.
#[derive(Clone, Copy)]
pub(super) struct Session {
    pub(super) load: RwSignal<Load>,
    pub(super) shown: RwSignal<Option<Shown>>,
    pub(super) view: RwSignal<View>,
    pub(super) filter: RwSignal<Filter>,
    pub(super) theme: RwSignal<Theme>,
    pub(super) samples: RwSignal<Vec<Sample>>,
    pub(super) is_playing: RwSignal<bool>,
    pub(super) is_help_open: RwSignal<bool>,
    /// What was last done, for screen readers and as a short notice.
    pub(super) notice: RwSignal<String>,
    /// A short notice on the screen.
    pub(super) toast: RwSignal<Option<String>>,
    /// Whether a link's view waits for its data.
    pub(super) awaits_data: RwSignal<bool>,
    /// What the keyboard wants of the radar.
    pub(super) radar_order: RwSignal<Option<Command>>,
    desk: StoredValue<Desk, LocalStorage>,
}

/// The session of this page.
pub(super) fn session() -> Session {
    expect_context::<Session>()
}

impl Session {
    /// Starts the worker and loads what the address names.
    pub(super) fn start() -> Self {
        let session = Self {
            load: RwSignal::new(Load::default()),
            shown: RwSignal::new(None),
            view: RwSignal::new(View::default()),
            filter: RwSignal::new(Filter::default()),
            theme: RwSignal::new(Theme::current()),
            samples: RwSignal::new(Vec::new()),
            is_playing: RwSignal::new(false),
            is_help_open: RwSignal::new(false),
            notice: RwSignal::new(String::new()),
            toast: RwSignal::new(None),
            awaits_data: RwSignal::new(false),
            radar_order: RwSignal::new(None),
            desk: StoredValue::new_local(Desk::default()),
        };
        session.theme.get_untracked().apply(false);
        let link = Link::decode(&location_hash());
        if !session.settle_page(&link) {
            return session;
        }
        let host = Host::start(absolute("worker.js"), move |event| session.receive(event));
        session.desk.update_value(|desk| desk.host = Some(host));
        session.follow(link);
        spawn_local(async move {
            let samples = origin::samples().await;
            session.samples.set(samples);
            session.load_linked_sample();
        });
        session
    }

    /// Makes the page the one that its address needs: a server is asked from the live page only, and that page reaches
    /// no other server. False if the browser goes elsewhere.
    fn settle_page(&self, link: &Link) -> bool {
        let server = match &link.source {
            Some(SourceLink::Prometheus(address)) => crate::state::origin(address),
            _ => None,
        };
        if is_live_page() {
            return narrow_policy(server.as_deref());
        } else if server.is_some() {
            go_to(&format!("{}{}", absolute("live.html"), link.encode()));
            return false;
        }
        true
    }

    /// Does what a link says.
    pub(super) fn follow(&self, link: Link) {
        let is_new_view = link.view != View::default();
        self.desk.update_value(|desk| desk.linked_view = is_new_view.then_some(link.view));
        match link.source {
            Some(SourceLink::Prometheus(address)) => {
                self.open(Origin::Server { address, credentials: None });
            }
            Some(SourceLink::Sample(name)) => {
                let wanted = Sample { name, file: String::new(), title: String::new(), what: String::new() };
                self.desk.update_value(|desk| desk.loading = Some(Origin::Sample(wanted)));
                self.load_linked_sample();
            }
            None => self.awaits_data.set(is_new_view),
        }
    }

    /// Loads the sample that a link named, once the list of samples is here.
    fn load_linked_sample(&self) {
        let wanted = self.desk.with_value(|desk| match &desk.loading {
            Some(Origin::Sample(sample)) if sample.file.is_empty() => Some(sample.name.clone()),
            _ => None,
        });
        let sample = self
            .samples
            .with_untracked(|samples| samples.iter().find(|sample| Some(&sample.name) == wanted.as_ref()).cloned());
        if let Some(sample) = sample {
            self.open(Origin::Sample(sample));
        }
    }

    /// Loads files that were dropped or chosen.
    pub(super) fn open_files(&self, files: Vec<File>) {
        if !files.is_empty() {
            self.open(Origin::Files(files, Reading::default()));
        }
    }

    /// Loads what was put into the box: an address or data.
    pub(super) fn open_text(&self, text: String) {
        match Pasted::classify(&text) {
            Pasted::Nothing => {
                self.notice.set("Paste the address of a Prometheus server, or the text of an export.".into())
            }
            Pasted::Address(address) => {
                let link = Link { source: Some(SourceLink::Prometheus(address)), view: View::default() };
                go_to(&format!("{}{}", absolute("live.html"), link.encode()));
                if is_live_page() {
                    // Only the hash has changed; the page must begin anew, because its policy names the other server.
                    reload();
                }
            }
            Pasted::Data => self.open(Origin::Text(text, Reading::default())),
        }
    }

    /// Asks the server of the last load again, saying who asks.
    pub(super) fn open_with_credentials(&self, credentials: Credentials) {
        let origin = self.desk.with_value(|desk| desk.loading.clone());
        if let Some(Origin::Server { address, .. }) = origin {
            self.open(Origin::Server { address, credentials: Some(credentials) });
        }
    }

    /// Reads the files of the last load again, as the user says.
    pub(super) fn open_as(&self, reading: Reading) {
        match self.desk.with_value(|desk| desk.loading.clone()) {
            Some(Origin::Files(files, _)) => self.open(Origin::Files(files, reading)),
            Some(Origin::Text(text, _)) => self.open(Origin::Text(text, reading)),
            _ => {}
        }
    }

    /// Loads a source; whatever is under way is dropped.
    pub(super) fn open(&self, origin: Origin) {
        if self.load.with_untracked(Load::is_loading) {
            self.stop_worker();
        }
        let generation = self.load.try_update(|load| load.begin(origin.name())).unwrap_or_default();
        self.is_playing.set(false);
        self.notice.set(format!("Loading {}", origin.name()));
        self.send_load(generation, origin);
    }

    fn send_load(&self, generation: u32, origin: Origin) {
        let session = *self;
        self.desk.update_value(|desk| desk.loading = Some(origin.clone()));
        spawn_local(async move {
            let input = origin.input().await;
            if session.load.with_untracked(|load| load.generation()) != generation {
                return;
            }
            match input {
                Ok((input, buffers)) => {
                    session.send(Envelope { head: Request::Load { generation, input }, buffers });
                }
                Err(error) => {
                    let title = format!("{} could not be opened", origin.name());
                    let reason =
                        error.as_string().unwrap_or_else(|| String::from(js_sys::Object::from(error).to_string()));
                    let message =
                        format!("The browser says: {reason}. If the file was moved or changed, choose it again.");
                    let fault = Fault { title, message, remedy: Remedy::None };
                    session.load.update(|load| _ = load.fail(generation, fault));
                }
            }
        });
    }

    /// Stops the load under way and shows what was there before.
    pub(super) fn cancel(&self) {
        self.stop_worker();
        self.load.update(|load| _ = load.cancel());
        let before = self.desk.with_value(|desk| desk.complete.clone());
        self.shown.set(before);
        self.notice.set("Cancelled".into());
    }

    fn stop_worker(&self) {
        let generation = self.load.with_untracked(Load::generation);
        let host = self.desk.with_value(|desk| desk.host.clone());
        if let Some(host) = host {
            host.cancel(generation);
        }
    }

    /// Back to the first screen.
    pub(super) fn close(&self) {
        if self.load.with_untracked(Load::is_loading) {
            self.stop_worker();
        }
        self.load.update(Load::close);
        self.desk.update_value(|desk| {
            desk.complete = None;
            desk.loaded = None;
            desk.loading = None;
            desk.linked_view = None;
        });
        self.shown.set(None);
        self.view.set(View::default());
        self.filter.set(Filter::default());
        self.awaits_data.set(false);
        self.is_playing.set(false);
        forget_address();
    }

    /// Changes the view of the Report on the screen.
    pub(super) fn look(&self, change: impl FnOnce(&mut View, &Report)) {
        let Some(shown) = self.shown.get_untracked() else { return };
        self.view.update(|view| change(view, &shown.report));
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

    /// Asks for the story as Markdown.
    pub(super) fn ask_story(&self, generation: u32, answer: impl FnOnce(String) + 'static) {
        let ticket = self.ticket(Waiting::Story(Box::new(answer)));
        self.send(Envelope::of(Request::Story { ticket, generation }));
    }

    /// What a link to what is on the screen would say.
    pub(super) fn link(&self) -> Link {
        let source = self.desk.with_value(|desk| desk.loading.as_ref().or(desk.loaded.as_ref()).and_then(Origin::link));
        let mut view = self.view.get();
        let start_ms = self.shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.report.dataset.start_ms));
        view.cursor_ms = view.cursor_ms.map(|cursor_ms| cursor_ms - start_ms);
        Link { source, view }
    }

    /// Whether the data come from a server.
    pub(super) fn is_live(&self) -> bool {
        self.desk.with_value(|desk| matches!(desk.loaded, Some(Origin::Server { .. })))
    }

    /// Reads the source again; what is on the screen stays until the new Report is complete.
    pub(super) fn refresh(&self) {
        let origin = self.desk.with_value(|desk| desk.loaded.clone());
        if let Some(origin) = origin.filter(|_| !self.load.with_untracked(Load::is_loading)) {
            let generation = self.load.try_update(Load::begin_quietly).unwrap_or_default();
            self.send_load(generation, origin);
        }
    }

    fn ticket(&self, waiting: Waiting) -> u32 {
        self.desk
            .try_update_value(|desk| {
                desk.tickets += 1;
                desk.waiting.insert(desk.tickets, waiting);
                desk.tickets
            })
            .unwrap_or_default()
    }

    fn send(&self, message: Envelope<Request>) {
        let host = self.desk.with_value(|desk| desk.host.clone());
        if let Some(host) = host {
            host.send(message);
        }
    }

    fn receive(&self, event: Event) {
        match event {
            Event::Message(response, buffers) => self.receive_message(response, &buffers),
            Event::Restarted => {
                // The new worker knows nothing of the Report that is still on the screen.
                self.desk.update_value(|desk| {
                    desk.waiting.clear();
                    desk.is_forgotten = true;
                });
                self.restore();
            }
            Event::Broken(reason) => {
                let generation = self.load.with_untracked(Load::generation);
                let fault = Fault {
                    title: "The analysis stopped".into(),
                    message: format!(
                        "The worker that does the analysis failed ({reason}). Reload the page; if it happens again with the \
                         same data, please report it with the words in brackets."
                    ),
                    remedy: Remedy::None,
                };
                self.load.update(|load| _ = load.fail(generation, fault));
            }
        }
    }

    fn receive_message(&self, response: Response, buffers: &[ArrayBuffer]) {
        match response {
            Response::Ready => {}
            Response::Cancelled { .. } => self.restore(),
            Response::Progress { generation, stage, done } => {
                if self.load.with_untracked(|load| load.generation() == generation) {
                    self.load.update(|load| _ = load.progress(generation, &stage, done));
                }
            }
            Response::Report { generation, complete } => {
                if let Some(json) = buffers.first() {
                    self.receive_report(generation, complete, Uint8Array::new(json).to_vec());
                }
            }
            Response::Failed { generation, title, message, remedy } => {
                let fault = Fault { title, message, remedy };
                let is_current = self.load.try_update(|load| load.fail(generation, fault)).unwrap_or_default();
                if is_current {
                    // What was found before it failed is no result.
                    let before = self.desk.with_value(|desk| desk.complete.clone());
                    self.shown.set(before);
                    self.restore();
                }
            }
            Response::Chart { ticket, series } => {
                if let Some(Waiting::Chart(answer)) = self.take_waiting(ticket) {
                    answer(chart_of(series, buffers));
                }
            }
            Response::Story { ticket, markdown } => {
                if let Some(Waiting::Story(answer)) = self.take_waiting(ticket) {
                    answer(markdown);
                }
            }
        }
    }

    /// Gives a new worker what is on the screen, so that it can answer for it.
    fn restore(&self) {
        if self.desk.with_value(|desk| desk.is_forgotten) && !self.load.with_untracked(Load::is_loading) {
            self.refresh();
        }
    }

    fn take_waiting(&self, ticket: u32) -> Option<Waiting> {
        self.desk.try_update_value(|desk| desk.waiting.remove(&ticket)).flatten()
    }

    fn receive_report(&self, generation: u32, complete: bool, json: Vec<u8>) {
        if self.load.with_untracked(|load| load.generation() != generation) {
            return;
        }
        let Ok(report) = from_json::<Report>(&json) else {
            let fault = Fault {
                title: "The result could not be read".into(),
                message: "Page and worker are of different versions. Reload the page.".into(),
                remedy: Remedy::None,
            };
            self.load.update(|load| _ = load.fail(generation, fault));
            return;
        };
        if !self.load.try_update(|load| load.report(generation, complete)).unwrap_or_default() {
            return;
        }
        let shown = Shown { generation, report: Arc::new(report), json: json.into() };
        let before = self.shown.get_untracked();
        self.fit_view(before.as_ref(), &shown, complete);
        if complete {
            self.desk.update_value(|desk| {
                desk.complete = Some(shown.clone());
                desk.loaded = desk.loading.clone();
                desk.is_forgotten = false;
            });
            self.awaits_data.set(false);
            let count = shown.report.findings.len();
            self.notice.set(match count {
                0 => "Done. Nothing found.".to_owned(),
                count => format!("Done. {}.", report::format::plural(count, "finding", "findings")),
            });
        }
        self.shown.set(Some(shown));
        if complete {
            mark("monteverdi:report");
        }
    }

    /// Keeps the view where the data are the same as before, and begins a new one where they are not.
    fn fit_view(&self, before: Option<&Shown>, now: &Shown, complete: bool) {
        let is_same_data = before.is_some_and(|before| before.report.dataset.sources == now.report.dataset.sources);
        let mut view = if is_same_data { self.view.get_untracked() } else { View::default() };
        // Findings come in no fixed order until the Report is complete; the open one stays open.
        let open = view.finding.and_then(|index| before?.report.findings.get(index)).map(|finding| finding.id.clone());
        view.finding = open.and_then(|id| now.report.findings.iter().position(|finding| finding.id == id));
        if !is_same_data {
            self.filter.set(Filter::default());
        }
        if complete && let Some(linked) = self.desk.try_update_value(|desk| desk.linked_view.take()).flatten() {
            view = linked;
            view.cursor_ms = view.cursor_ms.map(|cursor_ms| cursor_ms.saturating_add(now.report.dataset.start_ms));
        }
        view.fit(&now.report);
        self.view.set(view);
    }

    /// Does what a changed address says: another source is loaded, another view is taken.
    pub(super) fn follow_changed(&self, link: Link) {
        let current = untrack(|| self.link());
        if link == current {
            return;
        }
        if link.source != current.source && link.source.is_some() {
            if let Some(SourceLink::Prometheus(_)) = link.source {
                // Another server needs another policy, and that a page of its own.
                reload();
            } else {
                self.follow(link);
            }
            return;
        }
        self.look(|view, report| {
            *view = link.view;
            view.cursor_ms = view.cursor_ms.map(|cursor_ms| cursor_ms.saturating_add(report.dataset.start_ms));
            view.fit(report);
        });
    }

    /// Says something, for a few seconds.
    pub(super) fn tell(&self, words: &str) {
        let session = *self;
        self.notice.set(words.to_owned());
        self.toast.set(Some(words.to_owned()));
        let told = words.to_owned();
        set_timeout(
            move || {
                if session.toast.with_untracked(|toast| toast.as_ref() == Some(&told)) {
                    session.toast.set(None);
                }
            },
            TOAST_DURATION,
        );
    }

    /// Light to dark, dark to light.
    pub(super) fn toggle_theme(&self) {
        let theme = self.theme.get_untracked().other();
        theme.apply(true);
        self.theme.set(theme);
    }

    /// Remembers the field that opens the file dialogue.
    pub(super) fn set_file_input(&self, input: NodeRef<html::Input>) {
        self.desk.update_value(|desk| desk.file_input = Some(input));
    }

    /// Opens the file dialogue.
    pub(super) fn choose_files(&self) {
        let input = self.desk.with_value(|desk| desk.file_input).and_then(|input| input.get_untracked());
        if let Some(input) = input {
            input.click();
        }
    }

    /// One step back: closes the evidence, else goes up a level, else puts a failure's message away.
    pub(super) fn back(&self) {
        if self.fault().is_some() {
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

    /// Opens the next or previous finding of the list.
    pub(super) fn step_finding(&self, step: i32) {
        let filter = self.filter.get_untracked();
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

    /// Gives a command to the radar.
    pub(super) fn radar_command(&self, command: Command) {
        self.radar_order.set(Some(command));
    }

    /// The message of the failure on the screen.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.load.with(|load| match load.phase() {
            Phase::Failed(fault) => Some(fault.clone()),
            _ => None,
        })
    }
}

fn chart_of(series: usize, buffers: &[ArrayBuffer]) -> Option<ChartData> {
    match buffers {
        [times_ms, values, lower, upper] => Some(ChartData {
            series,
            times_ms: from_f64s(times_ms),
            values: from_f64s(values),
            lower: from_f64s(lower),
            upper: from_f64s(upper),
        }),
        _ => None,
    }
}

/// A mark on the browser's own time line, for measurements.
fn mark(name: &str) {
    if let Some(performance) = web_sys::window().and_then(|window| window.performance()) {
        // Fails only for names that the browser keeps for itself.
        let _ = performance.mark(name);
    }
}

fn location_hash() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// The absolute address of one of our own files.
fn absolute(path: &str) -> String {
    let base = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.base_uri().ok().flatten())
        .unwrap_or_default();
    web_sys::Url::new_with_base(path, &base).map_or_else(|_| path.to_owned(), |url| url.href())
}

fn is_live_page() -> bool {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    path.ends_with("/live.html") || path.ends_with("/live")
}

/// Takes the hash out of the address bar.
fn forget_address() {
    if let Some(window) = web_sys::window() {
        let path = window.location().pathname().unwrap_or_default();
        // Refused only when it changes too often; then the old hash stays until the next view.
        let _ = window.history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&path)));
    }
}

fn go_to(address: &str) {
    if let Some(window) = web_sys::window() {
        // Our own address is always allowed.
        let _ = window.location().assign(address);
    }
}

fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// Adds a second policy, which can only take permissions away: from now on, requests go to our own host and to this
/// server alone. The worker inherits it, because it is started afterwards.
///
/// False if that fails; then nothing may be asked.
fn narrow_policy(server: Option<&str>) -> bool {
    let head = web_sys::window().and_then(|window| window.document()).and_then(|document| {
        let meta = document.create_element("meta").ok()?;
        let policy = format!("connect-src 'self' {}", server.unwrap_or_default());
        meta.set_attribute("http-equiv", "Content-Security-Policy").ok()?;
        meta.set_attribute("content", policy.trim_end()).ok()?;
        document.query_selector("head").ok()??.append_child(&meta).ok()
    });
    head.is_some()
}
