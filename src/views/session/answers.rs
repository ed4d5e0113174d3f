//! What the workers answer, and what it does to the page.

use super::{Following, Session, Shown, Waiting, Who};
use crate::bridge::{Envelope, Event, Fault, Remedy, Request, Response, from_f64s, take_bytes};
use crate::state::{Filter, Load, View};
use crate::views::library;
use engine::LEAST_SHARED;
use js_sys::ArrayBuffer;
use report::{ChartData, Report};
use std::rc::Rc;

/// A data set of so many blocks (of 8 MB) leaves the reader with more memory than it should keep.
const LARGE: usize = 8;

impl Session {
    /// Takes what a worker, or the hold on it, has to tell.
    pub(super) fn receive(&'static self, of: Who, event: Event) {
        match event {
            Event::Message(response, buffers) => self.receive_message(response, buffers),
            // What the helper does not do, the analysis does.
            Event::Restarted | Event::Broken(_) if of == Who::Helper => {}
            Event::Restarted => {
                {
                    let mut desk = self.desk.borrow_mut();
                    if of == Who::Analysis {
                        // The new worker knows nothing of the Report that is still on the screen.
                        desk.waiting.clear();
                    }
                    // Nor does a new one of the servers that were followed.
                    desk.is_forgotten |= of == Who::Analysis || (of == Who::Live && self.is_followed());
                }
                if let Some(workers) = self.workers().filter(|_| of == Who::Analysis) {
                    workers.helper.stop();
                }
                self.restore();
            }
            Event::Broken(reason) => {
                let (title, does) = match of {
                    Who::Reader => ("The reading stopped", "reads; the data may need more memory than a tab has"),
                    Who::Live => ("The asking stopped", "asks servers"),
                    Who::Analysis | Who::Helper => ("The analysis stopped", "does the analysis"),
                };
                let message = format!(
                    "The worker failed that {does} ({reason}). Reload the page; if it happens again with the same data, \
                     please report it with the words in brackets."
                );
                self.fail(Fault { title: title.into(), message, remedy: Remedy::None });
            }
        }
    }

    fn receive_message(&'static self, response: Response, buffers: Vec<ArrayBuffer>) {
        match response {
            // The panels have workers of their own.
            Response::Ready { .. } | Response::Preview { .. } | Response::Found { .. } => {}
            Response::Cancelled { .. } => self.restore(),
            Response::Progress { generation, stage, done } => {
                if self.load.with_untracked(Load::generation) == generation {
                    self.load.update(|load| _ = load.progress(generation, &stage, done));
                }
            }
            Response::Dataset { generation, service_label } => {
                let Some(workers) = self.workers() else { return };
                if buffers.len() > LARGE && !self.is_of_servers() {
                    workers.reader.retire();
                }
                if self.load.with_untracked(Load::generation) == generation {
                    let settings = {
                        let mut desk = self.desk.borrow_mut();
                        desk.is_reading = false;
                        desk.loading.as_ref().map(|origin| origin.settings.of_analysis()).unwrap_or_default()
                    };
                    let words =
                        buffers.iter().map(|buffer| buffer.byte_length() as usize / size_of::<f64>()).sum::<usize>();
                    workers.analysis.send(Envelope::with(
                        Request::Analyse { generation, service_label, settings, library: library::known() },
                        buffers,
                    ));
                    // It takes a while to start, and shall be ready when the first portion comes.
                    if words >= LEAST_SHARED && has_help() {
                        workers.helper.wake();
                    }
                }
            }
            Response::Portion { generation, number } => {
                // What arrives after its load was stopped must not start anybody again.
                let is_current = self.load.with_untracked(Load::generation) == generation;
                if let Some(workers) = self.workers().filter(|_| has_help() && is_current) {
                    workers.helper.send(Envelope::with(Request::Help { generation, number }, buffers));
                }
            }
            Response::Helped { generation, number } => {
                self.send(Envelope::with(Request::Helped { generation, number }, buffers));
            }
            Response::Report { generation, complete } => {
                if let Some(bytes) = buffers.first() {
                    self.receive_report(generation, complete, &take_bytes(bytes));
                }
            }
            Response::Live { generation, words, detail, is_old } => {
                if self.load.with_untracked(Load::generation) == generation {
                    let is_first = !self.is_followed();
                    self.live.set(Following { words, detail, is_old });
                    if is_first {
                        // The page may have been hidden before.
                        self.ask_for_news();
                    }
                }
            }
            Response::Failed { generation, fault } => {
                let is_current = self.load.update(|load| load.fail(generation, fault));
                if is_current {
                    if let Some(workers) = self.workers() {
                        workers.helper.stop();
                    }
                    // What was found before it failed is no result.
                    let before = self.desk.borrow().complete.clone();
                    self.shown.set(before);
                    // A server that has just refused is asked again when the user has read why.
                    if !self.is_live() {
                        self.restore();
                    }
                }
            }
            Response::Chart { ticket, series } => {
                if let Some(Waiting::Chart(answer)) = self.take_waiting(ticket) {
                    answer(chart_of(series, &buffers));
                }
            }
            Response::File { ticket } => {
                if let (Some(Waiting::File(answer)), Some(file)) =
                    (self.take_waiting(ticket), buffers.into_iter().next())
                {
                    answer(file);
                }
            }
        }
    }

    fn fail(&self, fault: Fault) {
        let generation = self.load.with_untracked(Load::generation);
        self.load.update(|load| _ = load.fail(generation, fault));
    }

    /// Gives a new worker what is on the screen, so that it can answer for it.
    pub(super) fn restore(&'static self) {
        let is_forgotten = self.desk.borrow().is_forgotten;
        if is_forgotten && !self.load.with_untracked(Load::is_loading) {
            self.refresh();
        }
    }

    fn take_waiting(&self, ticket: u32) -> Option<Waiting> {
        let waiting = &mut self.desk.borrow_mut().waiting;
        let place = waiting.iter().position(|(number, _)| *number == ticket)?;
        Some(waiting.swap_remove(place).1)
    }

    fn receive_report(&self, generation: u32, complete: bool, bytes: &[u8]) {
        if self.load.with_untracked(Load::generation) != generation {
            return;
        }
        let Some(report) = report::bytes::decode::<Report>(bytes) else {
            let message = "Page and worker are of different versions. Reload the page.".into();
            self.fail(Fault { title: "The result could not be read".into(), message, remedy: Remedy::None });
            return;
        };
        if !self.load.update(|load| load.report(generation, complete)) {
            return;
        }
        let shown = Shown { generation, report: Rc::new(report) };
        let before = self.shown.get_clone_untracked();
        self.fit_view(before.as_ref(), &shown, complete);
        // Of a server that is followed only the first Report is news to be told.
        let is_again =
            complete && self.desk.borrow().complete.as_ref().is_some_and(|complete| complete.generation == generation);
        if complete {
            {
                let mut desk = self.desk.borrow_mut();
                desk.complete = Some(shown.clone());
                desk.loaded = desk.loading.clone();
                desk.is_forgotten = false;
            }
            self.awaits_data.set(false);
        }
        if complete && !is_again {
            let is_doubtful = |note: &&report::DataNote| note.kind == "ambiguous";
            self.doubt.set(shown.report.dataset.notes.iter().find(is_doubtful).map(|note| Fault {
                title: "Check how this was read".into(),
                message: format!("{}.", note.message),
                remedy: Remedy::Explain,
            }));
            self.notice.set(match shown.report.findings.len() {
                0 => "Done. Nothing found.".to_owned(),
                count => format!("Done. {}.", report::format::plural(count, "finding", "findings")),
            });
        }
        self.shown.set(Some(shown));
        if complete {
            mark("monteverdi:report");
            if let Some(workers) = self.workers() {
                workers.helper.stop();
                if self.is_of_servers() {
                    workers.live.send(Envelope::of(Request::Analysed { generation }));
                }
            }
        }
    }

    /// Keeps the view where the data are the same as before, and begins a new one where they are not.
    fn fit_view(&self, before: Option<&Shown>, now: &Shown, complete: bool) {
        // The same data may have been read in another way.
        let names =
            |shown: &Shown| shown.report.dataset.sources.iter().map(|source| source.name.clone()).collect::<Vec<_>>();
        let is_same_data = before.is_some_and(|before| names(before) == names(now));
        let mut view = if is_same_data { self.view.get_clone_untracked() } else { View::default() };
        if let Some(before) = before {
            view.carry_over(&before.report, &now.report);
        }
        if !is_same_data {
            self.filter.set(Filter::default());
        }
        let linked = if complete { self.desk.borrow_mut().linked_view.take() } else { None };
        if let Some(linked) = linked {
            view = linked;
            view.cursor_ms = view.cursor_ms.map(|cursor_ms| cursor_ms.saturating_add(now.report.dataset.start_ms));
        }
        view.fit(&now.report);
        self.view.set(view);
    }
}

/// Whether there is a processor for a helper.
fn has_help() -> bool {
    web_sys::window().is_some_and(|window| window.navigator().hardware_concurrency() > 1.0)
}

fn chart_of(series: usize, buffers: &[ArrayBuffer]) -> Option<ChartData> {
    match buffers {
        [times_ms, values, lower, upper, expected, low, high, bits] => Some(ChartData {
            series,
            times_ms: from_f64s(times_ms),
            values: from_f64s(values),
            lower: from_f64s(lower),
            upper: from_f64s(upper),
            expected: from_f64s(expected),
            low: from_f64s(low),
            high: from_f64s(high),
            bits: from_f64s(bits),
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
