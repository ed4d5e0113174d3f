//! A worker's hold on the page: what it hears, and what it says.

use super::{Envelope, FORM, Fault, Request, Response};
use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// How long a worker works before it looks for messages.
const SLICE_MS: f64 = 20.0;

/// A worker's hold on the page. Clones hold the same one.
#[derive(Clone, Debug)]
pub struct Mailbox(DedicatedWorkerGlobalScope);

impl Mailbox {
    /// The mailbox of the worker that this program runs in.
    pub fn open() -> Self {
        Self(js_sys::global().unchecked_into())
    }

    /// Listens to the page from now on, and says so.
    pub fn listen(&self, receive: impl Fn(Envelope<Request>) + 'static) {
        let on_message = move |event: &web_sys::Event| {
            let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
            if let Ok(envelope) = Envelope::unpack(&event.data()) {
                receive(envelope);
            }
        };
        EventListener::new(&self.0, "message", on_message).forget();
        self.say(Envelope::of(Response::Ready { form: FORM }));
    }

    /// Sends a message.
    pub fn say(&self, message: Envelope<Response>) {
        if let Ok((message, transfer)) = message.pack() {
            // The only failure is a buffer that was transferred before; ours are new.
            let _ = self.0.post_message_with_transfer(&message, &transfer);
        }
    }

    /// Says how far a load is; `done` is the share of all its work, 0 to 1.
    pub fn say_progress(&self, generation: u32, stage: &str, done: f64) {
        self.say(Envelope::of(Response::Progress { generation, stage: stage.to_owned(), done }));
    }

    /// Says that a load has failed.
    pub fn say_failed(&self, generation: u32, fault: Fault) {
        self.say(Envelope::of(Response::Failed { generation, fault }));
    }

    /// Does some work and puts its duration on the browser's time line, for measurements.
    pub fn measured<T>(&self, name: &str, work: impl FnOnce() -> T) -> T {
        let Some(performance) = self.0.performance() else { return work() };
        let start = format!("{name}:start");
        // Marks and measures fail only for names that the browser keeps for itself.
        let _ = performance.mark(&start);
        let done = work();
        let _ = performance.measure_with_start_mark(name, &start);
        performance.clear_marks_with_mark_name(&start);
        done
    }

    /// Takes steps until one says that it was the last, or it is time to listen; whether it was the last.
    pub fn slice(&self, mut step: impl FnMut() -> bool) -> bool {
        let end_ms = self.now_ms() + SLICE_MS;
        loop {
            let is_last = step();
            if is_last || self.now_ms() >= end_ms {
                return is_last;
            }
        }
    }

    /// The time in milliseconds since the worker began.
    pub fn now_ms(&self) -> f64 {
        self.0.performance().map_or(0.0, |performance| performance.now())
    }
}
