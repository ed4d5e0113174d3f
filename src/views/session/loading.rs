//! Loading a source, stopping, reading again, and going back to the first screen.

use super::sharing::{absolute, go_to, is_live_page, reload, show_address};
use super::{Following, Session};
use crate::bridge::{Envelope, Fault, Remedy, Request, words};
use crate::dom::batch;
use crate::state::{Filter, Link, Load, Pasted, SourceLink, View};
use crate::views::origin::{Origin, Source};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

impl Session {
    /// Loads the sample that a link named, once the list of samples is here.
    pub(super) fn load_linked_sample(&'static self) {
        let (wanted, settings) = match &self.desk.borrow().loading {
            Some(Origin { source: Source::Sample(sample), settings }) if sample.file.is_empty() => {
                (sample.name.clone(), settings.clone())
            }
            _ => return,
        };
        let sample =
            self.samples.with_untracked(|samples| samples.iter().find(|sample| sample.name == wanted).cloned());
        if let Some(sample) = sample {
            self.open(Origin { source: Source::Sample(sample), settings });
        }
    }

    /// Loads files that were dropped or chosen.
    pub(in crate::views) fn open_files(&'static self, files: Vec<File>) {
        if !files.is_empty() {
            self.open(Source::Files(files).into());
        }
    }

    /// Loads what was put into the box: an address or data.
    pub(in crate::views) fn open_text(&'static self, text: String) {
        match Pasted::classify(&text) {
            Pasted::Nothing => {
                self.notice.set("Paste the address of a Prometheus server, or the text of an export.".into());
            }
            Pasted::Address(address) => {
                let link = Link { source: Some(SourceLink::Prometheus(vec![address])), ..Link::default() };
                go_to(&format!("{}{}", absolute("live.html"), link.encode()));
                if is_live_page() {
                    // Only the hash has changed; the page must begin anew, because its policy names the other server.
                    reload();
                }
            }
            Pasted::Data => self.open(Source::Text(text).into()),
        }
    }

    /// The settings under which what is on the screen was read.
    pub(in crate::views) fn settings(&self) -> Vec<String> {
        self.desk.borrow().loaded.as_ref().map(|origin| origin.settings.list().to_vec()).unwrap_or_default()
    }

    /// Reads what is on the screen again: without a setting where it is in force, with it where it is not.
    pub(in crate::views) fn toggle_setting(&'static self, setting: &str) {
        let origin = self.desk.borrow().loaded.clone();
        if let Some(mut origin) = origin {
            origin.settings.toggle(setting);
            self.open(origin);
        }
    }

    /// Reads what is on the screen again with another value of a setting; without it where the value is empty.
    pub(in crate::views) fn set_setting(&'static self, name: &str, value: &str) {
        let origin = self.desk.borrow().loaded.clone();
        if let Some(mut origin) = origin {
            origin.settings.set(name, value);
            self.open(origin);
        }
    }

    /// Loads a source; whatever is under way is dropped.
    pub(in crate::views) fn open(&'static self, origin: Origin) {
        self.stop_worker();
        self.doubt.set(None);
        if self.is_live() {
            // If nothing comes of it, the server has to be followed anew.
            self.desk.borrow_mut().is_forgotten = true;
        }
        let generation = self.load.update(|load| load.begin(origin.name()));
        self.is_playing.set(false);
        self.notice.set(format!("Loading {}", origin.name()));
        self.send_load(generation, origin);
    }

    /// Whether the data come from a server.
    pub(in crate::views) fn is_live(&self) -> bool {
        matches!(self.desk.borrow().loaded, Some(Origin { source: Source::Servers(_), .. }))
    }

    /// Whether the load under way, or else the last one, is of servers.
    pub(super) fn is_of_servers(&self) -> bool {
        matches!(self.desk.borrow().loading, Some(Origin { source: Source::Servers(_), .. }))
    }

    /// Reads the source again; what is on the screen stays until the new Report is complete.
    pub(in crate::views) fn refresh(&'static self) {
        let origin = self.desk.borrow().loaded.clone();
        if let Some(origin) = origin.filter(|_| !self.load.with_untracked(Load::is_loading)) {
            let generation = self.load.update(Load::begin_quietly);
            self.send_load(generation, origin);
        }
    }

    fn send_load(&'static self, generation: u32, origin: Origin) {
        let is_live = matches!(origin.source, Source::Servers(_));
        self.live.set(Following::default());
        self.is_paused.set(false);
        {
            let mut desk = self.desk.borrow_mut();
            desk.loading = Some(origin.clone());
            desk.is_reading = true;
        }
        spawn_local(async move {
            let input = origin.input().await;
            if self.load.with_untracked(Load::generation) != generation {
                return;
            }
            match (input, self.workers()) {
                (Ok((input, files)), Some(workers)) => {
                    let head = Request::Load { generation, input };
                    workers.of(is_live).send(Envelope { head, buffers: Vec::new(), files });
                }
                (Err(error), _) => {
                    let title = format!("{} could not be opened", origin.name());
                    let message = format!("The browser says: {}.", words(&error));
                    let fault = Fault { title, message, remedy: Remedy::None };
                    batch(|| self.load.update(|load| _ = load.fail(generation, fault)));
                }
                _ => {}
            }
        });
    }

    /// Stops the load under way and shows what was there before.
    pub(in crate::views) fn cancel(&self) {
        self.stop_worker();
        self.load.update(|load| _ = load.cancel());
        let before = self.desk.borrow().complete.clone();
        self.shown.set(before);
        self.notice.set("Cancelled".into());
    }

    /// Stops the workers that have the load under way, if there is one, and those that follow servers. While data are
    /// read, the analysis is left alone with what it holds.
    fn stop_worker(&self) {
        let (generation, is_loading) = self.load.with_untracked(|load| (load.generation(), load.is_loading()));
        let (is_reading, is_followed) = (std::mem::take(&mut self.desk.borrow_mut().is_reading), self.is_followed());
        let Some(workers) = self.workers() else { return };
        let is_of_servers = self.is_of_servers();
        if is_reading || is_of_servers {
            workers.of(is_of_servers).cancel(generation);
        }
        if !is_reading && (is_loading || is_followed) {
            workers.helper.stop();
            workers.analysis.cancel(generation);
        }
    }

    /// Back to the first screen.
    pub(in crate::views) fn close(&self) {
        self.stop_worker();
        self.doubt.set(None);
        self.load.update(Load::close);
        {
            let mut desk = self.desk.borrow_mut();
            desk.complete = None;
            desk.loaded = None;
            desk.loading = None;
            desk.linked_view = None;
        }
        self.live.set(Following::default());
        self.shown.set(None);
        self.view.set(View::default());
        self.filter.set(Filter::default());
        self.awaits_data.set(false);
        self.is_playing.set(false);
        show_address("");
    }
}
