//! Loading a source, stopping, reading again, and going back to the first screen.

use super::Session;
use super::sharing::{absolute, go_to, is_live_page, reload, show_address};
use crate::bridge::{Credentials, Envelope, Reading, Remedy, Request};
use crate::dom::batch;
use crate::state::{Fault, Filter, Link, Load, Pasted, SourceLink, View};
use crate::views::origin::Origin;
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

impl Session {
    /// Loads the sample that a link named, once the list of samples is here.
    pub(super) fn load_linked_sample(&'static self) {
        let wanted = match &self.desk.borrow().loading {
            Some(Origin::Sample(sample)) if sample.file.is_empty() => sample.name.clone(),
            _ => return,
        };
        let sample =
            self.samples.with_untracked(|samples| samples.iter().find(|sample| sample.name == wanted).cloned());
        if let Some(sample) = sample {
            self.open(Origin::Sample(sample));
        }
    }

    /// Loads files that were dropped or chosen.
    pub(in crate::views) fn open_files(&'static self, files: Vec<File>) {
        if !files.is_empty() {
            self.open(Origin::Files(files, Reading::default()));
        }
    }

    /// Loads what was put into the box: an address or data.
    pub(in crate::views) fn open_text(&'static self, text: String) {
        match Pasted::classify(&text) {
            Pasted::Nothing => {
                self.notice.set("Paste the address of a Prometheus server, or the text of an export.".into());
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
    pub(in crate::views) fn open_with_credentials(&'static self, credentials: Credentials) {
        let origin = self.desk.borrow().loading.clone();
        if let Some(Origin::Server { address, .. }) = origin {
            self.open(Origin::Server { address, credentials: Some(credentials) });
        }
    }

    /// Reads the files of the last load again, as the user says.
    pub(in crate::views) fn open_as(&'static self, reading: Reading) {
        let origin = self.desk.borrow().loading.clone();
        match origin {
            Some(Origin::Files(files, _)) => self.open(Origin::Files(files, reading)),
            Some(Origin::Text(text, _)) => self.open(Origin::Text(text, reading)),
            _ => {}
        }
    }

    /// Loads a source; whatever is under way is dropped.
    pub(in crate::views) fn open(&'static self, origin: Origin) {
        if self.load.with_untracked(Load::is_loading) {
            self.stop_worker();
        }
        let generation = self.load.update(|load| load.begin(origin.name()));
        self.is_playing.set(false);
        self.notice.set(format!("Loading {}", origin.name()));
        self.send_load(generation, origin);
    }

    /// Whether the data come from a server.
    pub(in crate::views) fn is_live(&self) -> bool {
        matches!(self.desk.borrow().loaded, Some(Origin::Server { .. }))
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
        self.desk.borrow_mut().loading = Some(origin.clone());
        spawn_local(async move {
            let input = origin.input().await;
            if self.load.with_untracked(Load::generation) != generation {
                return;
            }
            match input {
                Ok((input, buffers)) => {
                    self.send(Envelope { head: Request::Load { generation, input }, buffers });
                }
                Err(error) => {
                    let title = format!("{} could not be opened", origin.name());
                    let reason =
                        error.as_string().unwrap_or_else(|| String::from(js_sys::Object::from(error).to_string()));
                    let message =
                        format!("The browser says: {reason}. If the file was moved or changed, choose it again.");
                    let fault = Fault { title, message, remedy: Remedy::None };
                    batch(|| self.load.update(|load| _ = load.fail(generation, fault)));
                }
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

    fn stop_worker(&self) {
        let generation = self.load.with_untracked(Load::generation);
        let host = self.desk.borrow().host.clone();
        if let Some(host) = host {
            host.cancel(generation);
        }
    }

    /// Back to the first screen.
    pub(in crate::views) fn close(&self) {
        if self.load.with_untracked(Load::is_loading) {
            self.stop_worker();
        }
        self.load.update(Load::close);
        {
            let mut desk = self.desk.borrow_mut();
            desk.complete = None;
            desk.loaded = None;
            desk.loading = None;
            desk.linked_view = None;
        }
        self.shown.set(None);
        self.view.set(View::default());
        self.filter.set(Filter::default());
        self.awaits_data.set(false);
        self.is_playing.set(false);
        show_address("");
    }
}
