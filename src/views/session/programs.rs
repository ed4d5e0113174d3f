//! The ways to the programs that are fetched when they are needed: the panel in which the user says how files are read, the
//! one that says why a server cannot be read and takes what is asked of it, the painter of charts, the radar for the ear,
//! and what makes files.
//!
//! `boot.js` fetches them and hands over what stands in the event.

use super::Session;
use crate::bridge::{Access, Dial, Evidence, Input, Order, Server, words};
use crate::dom::{batch, document};
use crate::views::origin::{Origin, Source};
use js_sys::{Array, Float64Array, Uint8Array};
use report::bytes::{decode, encode};
use scene::Hit;
use scene::sound::Voice;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{CustomEvent, CustomEventInit};

/// The events that `boot.js` listens to.
const MAPPING: &str = "monteverdi-mapping";
const CONNECT: &str = "monteverdi-connect";
const CHARTS: &str = "monteverdi-charts";
const SOUND: &str = "monteverdi-sound";
const EXPORT: &str = "monteverdi-export";

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
                origin.settings = origin.settings.with_reading(texts(&chosen));
                self.open(origin.clone());
            });
            summon(MAPPING, &Array::of4(&list(&names), &files.into_iter().collect::<Array>(), &list(&settings), &done));
        });
    }

    /// Opens the panel for the servers of the last load: in the middle of the page, or inside of an element that says that
    /// the one with this number failed.
    pub(in crate::views) fn open_connect(&'static self, number: usize, outlet: Option<JsValue>) {
        let origin = {
            let desk = self.desk.borrow();
            desk.loading.clone().or_else(|| desk.loaded.clone())
        };
        let Some(Origin { source: Source::Servers(servers), settings }) = origin else { return };
        let addresses: Array = servers.iter().map(|server| JsValue::from_str(&server.address)).collect();
        let kept = settings.clone();
        // Servers, each an address and the headers that go there; and settings.
        let done = closure(move |chosen| {
            let servers = lists(&chosen, 0).into_iter().map(|server| {
                let mut lines = texts(server.unchecked_ref()).into_iter();
                let address = lines.next().unwrap_or_default();
                Server { address, access: Access { credentials: None, headers: lines.collect() } }
            });
            let source = Source::Servers(servers.collect());
            self.open(Origin { source, settings: kept.with_reading(texts(&lists(&chosen, 1))) });
        });
        let outlet = outlet.unwrap_or(JsValue::NULL);
        summon(
            CONNECT,
            &Array::of5(&addresses, &(number as u32).into(), &list(&settings.of_reading()), &outlet, &done),
        );
    }
}

fn list(texts: &[String]) -> Array {
    texts.iter().map(JsValue::from).collect()
}

/// A list in a list.
fn lists(list: &Array, index: u32) -> Array {
    list.get(index).unchecked_into()
}

fn texts(list: &Array) -> Vec<String> {
    list.iter().filter_map(|text| text.as_string()).collect()
}

/// What a panel calls when it is through, with a list.
fn closure(mut done: impl FnMut(Array) + 'static) -> JsValue {
    Closure::<dyn FnMut(Array)>::new(move |chosen: Array| batch(|| done(chosen))).into_js_value()
}

/// Has a chart painted.
pub(in crate::views) fn paint_chart(canvas: &JsValue, evidence: &Evidence) {
    summon(CHARTS, &Array::of2(canvas, &Uint8Array::from(encode(evidence).as_slice())));
}

/// Has a close-up painted; what can be pointed at in it comes back.
pub(in crate::views) fn paint_dial(canvas: &JsValue, dial: &Dial, done: impl FnOnce(Vec<Hit>) + 'static) {
    let done = Closure::once_into_js(move |hits: Uint8Array| {
        batch(|| done(decode(&hits.to_vec()).unwrap_or_default()));
    });
    summon(CHARTS, &Array::of3(canvas, &Uint8Array::from(encode(dial).as_slice()), &done));
}

/// Has a file made of a Report, which stands in the buffer.
pub(in crate::views) fn make_file(order: &Order, report: &JsValue, done: impl FnOnce(JsValue) + 'static) {
    let done = Closure::once_into_js(move |file: JsValue| batch(|| done(file)));
    summon(EXPORT, &Array::of3(&Uint8Array::from(encode(order).as_slice()), &Uint8Array::new(report), &done));
}

/// Lets voices sound; silence where there are none.
pub(in crate::views) fn play_voices(voices: &[Voice]) {
    let numbers: Vec<f64> = voices
        .iter()
        .flat_map(|voice| {
            let Voice { pitch_hz, second_hz, gain, pulse_hz, harshness, pan, .. } = *voice;
            [pitch_hz, second_hz, gain, pulse_hz, harshness, pan]
        })
        .collect();
    summon(SOUND, &Array::of1(&Float64Array::from(numbers.as_slice())));
}

/// Tells `boot.js` to open a program with this.
fn summon(event: &str, detail: &Array) {
    let init = CustomEventInit::new();
    init.set_detail(detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(event, &init) {
        // An event of ours has a type: dispatching it cannot fail.
        let _ = document().dispatch_event(&event);
    }
}
