//! What is remembered between visits: the theme, how files of one shape are read, and the signatures of incidents that the
//! user has given a name. Nothing of the data.

use crate::state::REMEMBERED_KEY;
use web_sys::Storage;

const THEME_KEY: &str = "monteverdi.theme";
const LIBRARY_KEY: &str = "monteverdi.incidents";

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Light letters on a dark ground.
    Dark,
    /// Dark letters on a light ground.
    Light,
}

impl Theme {
    /// The name, as the page's `data-theme` and the store have it.
    pub fn name(self) -> &'static str {
        match self {
            Theme::Dark => "dark",
            Theme::Light => "light",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Theme::Dark => Theme::Light,
            Theme::Light => Theme::Dark,
        }
    }

    /// What was chosen before, else what the system prefers.
    pub fn current() -> Self {
        let chosen = storage().and_then(|storage| storage.get_item(THEME_KEY).ok().flatten());
        match chosen.as_deref() {
            Some("dark") => Theme::Dark,
            Some("light") => Theme::Light,
            _ if prefers("(prefers-color-scheme: light)") => Theme::Light,
            _ => Theme::Dark,
        }
    }

    /// Shows it, and remembers it if it was chosen by hand.
    pub fn apply(self, is_chosen: bool) {
        let root =
            web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
        if let Some(root) = root {
            // An element always takes an attribute with a valid name.
            let _ = root.set_attribute("data-theme", self.name());
        }
        if is_chosen && let Some(storage) = storage() {
            // A full or forbidden store only means that the choice lasts for this visit.
            let _ = storage.set_item(THEME_KEY, self.name());
        }
    }
}

/// What was said of how files are read, as [`crate::state::Remembered`] writes it; empty without anything.
pub fn remembered() -> String {
    storage().and_then(|storage| storage.get_item(REMEMBERED_KEY).ok().flatten()).unwrap_or_default()
}

/// Keeps what was said of how files are read.
pub fn remember(text: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden store only means that it holds for this visit.
        let _ = storage.set_item(REMEMBERED_KEY, text);
    }
}

/// The incidents that the user knows, a [`report::Library`] as JSON; empty without any.
pub fn library() -> String {
    storage().and_then(|storage| storage.get_item(LIBRARY_KEY).ok().flatten()).unwrap_or_default()
}

/// Keeps the incidents that the user knows. False where the browser does not keep anything.
pub fn keep_library(json: &str) -> bool {
    storage().is_some_and(|storage| storage.set_item(LIBRARY_KEY, json).is_ok())
}

/// Whether the system prefers less motion.
pub fn prefers_reduced_motion() -> bool {
    prefers("(prefers-reduced-motion: reduce)")
}

fn prefers(query: &str) -> bool {
    let list = web_sys::window().and_then(|window| window.match_media(query).ok().flatten());
    list.is_some_and(|list| list.matches())
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
