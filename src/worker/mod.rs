//! The worker: reads, analyses in short slices, and answers.

mod desk;
mod failure;
mod pause;
mod server;
mod work;

use crate::bridge::Envelope;
use desk::Desk;
use gloo_events::EventListener;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Listens to the page, and says so.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let desk = Rc::new(Desk::new(scope.clone()));
    let receiver = Rc::clone(&desk);
    EventListener::new(&scope, "message", move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
        if let Ok(envelope) = Envelope::unpack(&event.data()) {
            Desk::receive(&receiver, envelope);
        }
    })
    .forget();
    desk.say_ready();
}
