//! The ways to the panels: the one in which the user says how files are read, and the one that says why a server cannot
//! be read and takes what is asked of it.
//!
//! The panels are programs of their own; `boot.js` fetches them and hands over what stands in the event.

use super::Session;
use crate::bridge::{Access, Input, Server, words};
use crate::dom::{batch, document};
use crate::state::Settings;
use crate::views::origin::{Origin, Source};
use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{CustomEvent, CustomEventInit};

/// The events that `boot.js` listens to.
const MAPPING: &str = "monteverdi-mapping";
const CONNECT: &str = "monteverdi-connect";

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
            let mut origin = origin;
            let done = closure(move |chosen| {
                origin.settings = Settings::new(texts(&chosen));
                self.open(origin.clone());
            });
            summon(MAPPING, &Array::of4(&list(&names), &files.into_iter().collect::<Array>(), &list(&settings), &done));
        });
    }

    /// Opens the panel for the server of the last load: in the middle of the page, or inside of an element that says that
    /// it failed.
    pub(in crate::views) fn open_connect(&'static self, outlet: Option<JsValue>) {
        let origin = {
            let desk = self.desk.borrow();
            desk.loading.clone().or_else(|| desk.loaded.clone())
        };
        let Some(Origin { source: Source::Servers(servers), settings }) = origin else { return };
        let Some(address) = servers.first().map(|server| server.address.clone()) else { return };
        let to = JsValue::from_str(&address);
        // Headers, and settings.
        let done = closure(move |chosen| {
            let part = |index: u32| texts(&chosen.get(index).unchecked_into());
            let access = Access { credentials: None, headers: part(0) };
            let source = Source::Servers(vec![Server { address: address.clone(), access }]);
            self.open(Origin { source, settings: Settings::new(part(1)) });
        });
        summon(CONNECT, &Array::of4(&to, &list(settings.list()), &outlet.unwrap_or(JsValue::NULL), &done));
    }
}

fn list(texts: &[String]) -> Array {
    texts.iter().map(JsValue::from).collect()
}

fn texts(list: &Array) -> Vec<String> {
    list.iter().filter_map(|text| text.as_string()).collect()
}

/// What a panel calls when it is through, with a list.
fn closure(mut done: impl FnMut(Array) + 'static) -> JsValue {
    Closure::<dyn FnMut(Array)>::new(move |chosen: Array| batch(|| done(chosen))).into_js_value()
}

/// Tells `boot.js` to open a panel with this.
fn summon(event: &str, detail: &Array) {
    let init = CustomEventInit::new();
    init.set_detail(detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(event, &init) {
        // An event of ours has a type: dispatching it cannot fail.
        let _ = document().dispatch_event(&event);
    }
}
