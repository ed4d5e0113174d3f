//! The way to the panel in which the user says how files are read.
//!
//! The panel is a program of its own; `boot.js` fetches it and hands over what stands in the event.

use super::Session;
use crate::bridge::{Input, words};
use crate::dom::{batch, document};
use crate::state::Settings;
use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{CustomEvent, CustomEventInit};

/// The event that `boot.js` listens to.
const EVENT: &str = "monteverdi-mapping";

impl Session {
    /// Opens the panel for what was loaded last, or for what failed to load.
    pub(in crate::views) fn open_mapping(&'static self, is_loaded: bool) {
        let origin = {
            let desk = self.desk.borrow();
            if is_loaded { desk.loaded.clone() } else { desk.loading.clone() }
        };
        let Some(origin) = origin else { return };
        spawn_local(async move {
            let files = origin.input().await;
            let Ok((Input::Files { names, settings, .. }, files)) = files else {
                let why = files.err().map(|error| words(&error)).unwrap_or_default();
                batch(|| self.notice.set(format!("The file cannot be opened again. {why}")));
                return;
            };
            let list = |texts: Vec<String>| texts.into_iter().map(JsValue::from).collect::<Array>();
            let done = Closure::<dyn FnMut(JsValue)>::new(move |chosen: JsValue| {
                let Some(chosen) = chosen.dyn_ref::<Array>() else { return };
                let settings = Settings::new(chosen.iter().filter_map(|setting| setting.as_string()));
                let mut origin = origin.clone();
                origin.settings = settings;
                batch(|| self.open(origin));
            });
            let detail =
                Array::of4(&list(names), &files.into_iter().collect::<Array>(), &list(settings), &done.into_js_value());
            let init = CustomEventInit::new();
            init.set_detail(&detail);
            if let Ok(event) = CustomEvent::new_with_event_init_dict(EVENT, &init) {
                // An event of ours has a type: dispatching it cannot fail.
                let _ = document().dispatch_event(&event);
            }
        });
    }
}
