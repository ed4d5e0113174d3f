//! What the address bar says, and what it is told.

use super::Session;
use crate::bridge::Server;
use crate::dom::{document, untrack};
use crate::state::{Link, Settings, SourceLink, View};
use crate::views::origin::{Origin, Source};
use wasm_bindgen::JsValue;

impl Session {
    /// What a link to what is on the screen would say.
    pub(in crate::views) fn link(&self) -> Link {
        let (source, settings) = {
            let desk = self.desk.borrow();
            let origin = desk.loading.as_ref().or(desk.loaded.as_ref());
            origin.map(|origin| (origin.link(), origin.settings.list().to_vec())).unwrap_or_default()
        };
        let mut view = self.view.get_clone();
        let start_ms = self.of_report(0, |report| report.dataset.start_ms);
        view.cursor_ms = view.cursor_ms.map(|cursor_ms| cursor_ms - start_ms);
        Link { source, settings, view }
    }

    /// Does what a link says.
    pub(super) fn follow(&'static self, link: Link) {
        let is_new_view = link.view != View::default();
        self.desk.borrow_mut().linked_view = is_new_view.then_some(link.view);
        let settings = Settings::new(link.settings);
        match link.source {
            Some(SourceLink::Prometheus(addresses)) => {
                let servers = addresses.into_iter().map(|address| Server { address, ..Server::default() });
                self.open(Origin { source: Source::Servers(servers.collect()), settings });
            }
            Some(SourceLink::Sample(name)) => {
                self.desk.borrow_mut().loading = Some(Origin { source: Source::linked_sample(name), settings });
                self.load_linked_sample();
            }
            None => self.awaits_data.set(is_new_view),
        }
    }

    /// Does what a changed address says: another source is loaded, another view is taken.
    pub(in crate::views) fn follow_changed(&'static self, link: Link) {
        let current = untrack(|| self.link());
        if link == current {
            return;
        }
        if (&link.source, &link.settings) != (&current.source, &current.settings) && link.source.is_some() {
            if let Some(SourceLink::Prometheus(_)) = link.source {
                // Other servers need another policy, and that a page of its own.
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
}

pub(super) fn location_hash() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// The absolute address of one of our own files.
pub(super) fn absolute(path: &str) -> String {
    let base = document().base_uri().ok().flatten().unwrap_or_default();
    web_sys::Url::new_with_base(path, &base).map_or_else(|_| path.to_owned(), |url| url.href())
}

/// Whether this is the page that may speak with a server that the user names.
pub(in crate::views) fn is_live_page() -> bool {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    path.ends_with("/live.html") || path.ends_with("/live")
}

/// Writes an address into the address bar; an empty one takes the hash out of it.
pub(in crate::views) fn show_address(hash: &str) {
    if let Some(window) = web_sys::window() {
        let address = if hash.is_empty() { window.location().pathname().unwrap_or_default() } else { hash.to_owned() };
        // Refused only when it changes too often; the next change brings it up to date.
        let _ = window.history().and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&address)));
    }
}

pub(super) fn go_to(address: &str) {
    if let Some(window) = web_sys::window() {
        // Our own address is always allowed.
        let _ = window.location().assign(address);
    }
}

pub(super) fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}
