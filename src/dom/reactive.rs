//! Signals, memos and effects, and the clocks and listeners that end with their owner.

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::{Interval, Timeout};
use std::cell::Cell;
use sycamore_reactive::{RootHandle, create_effect, create_root, create_selector};
use wasm_bindgen::{JsCast, UnwrapThrowExt, closure::Closure};
use web_sys::{Event, EventTarget};

pub(crate) use sycamore_reactive::{ReadSignal, Signal, create_signal as signal, on_cleanup, untrack};

thread_local! {
    static ROOT: Cell<Option<RootHandle>> = const { Cell::new(None) };
}

/// Begins the reactive graph, which lives as long as the page.
pub(crate) fn root(page: impl FnOnce()) {
    ROOT.set(Some(create_root(page)));
}

/// Changes several signals; what depends on them follows once, when all are changed.
pub(crate) fn batch<T>(change: impl FnOnce() -> T) -> T {
    match ROOT.get() {
        Some(root) => root.run_in(|| sycamore_reactive::batch(change)),
        // The page is only being made: nothing depends on anything yet.
        None => change(),
    }
}

/// Runs now, and again whenever something that it has read changes.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    boxed_effect(Box::new(run));
}

#[inline(never)]
fn boxed_effect(run: Box<dyn FnMut()>) {
    create_effect(run);
}

/// A value computed from others; who reads it is told of changes only, not of every computation.
pub(crate) fn memo<T: PartialEq + 'static>(compute: impl FnMut() -> T + 'static) -> ReadSignal<T> {
    boxed_memo(Box::new(compute))
}

#[inline(never)]
fn boxed_memo<T: PartialEq + 'static>(compute: Box<dyn FnMut() -> T>) -> ReadSignal<T> {
    create_selector(compute)
}

/// Listens until the owner ends. What the handler changes is shown once, when it is through.
#[inline(never)]
pub(super) fn listen(target: &EventTarget, name: &'static str, mut handler: Box<dyn FnMut(&Event)>) {
    let options = EventListenerOptions::enable_prevent_default();
    let listener = EventListener::new_with_options(target, name, options, move |event| batch(|| handler(event)));
    on_cleanup(move || drop(listener));
}

/// Listens to the window until the owner ends.
pub(crate) fn listen_window(name: &'static str, handler: impl FnMut(&Event) + 'static) {
    if let Some(window) = web_sys::window() {
        listen(&window, name, Box::new(handler));
    }
}

/// Runs once, after some milliseconds; dropping the clock stops it.
pub(crate) fn after(delay_ms: u32, run: impl FnOnce() + 'static) -> Timeout {
    Timeout::new(delay_ms, move || batch(run))
}

/// Runs again and again; dropping the clock stops it.
pub(crate) fn every(interval_ms: u32, run: impl Fn() + 'static) -> Interval {
    Interval::new(interval_ms, move || batch(&run))
}

/// Runs when the browser next draws: what was changed until then is in the document.
pub(crate) fn next_frame(run: impl FnOnce() + 'static) {
    let run = Closure::once_into_js(run);
    // A function is a function: the call cannot fail.
    web_sys::window().unwrap_throw().request_animation_frame(run.unchecked_ref()).unwrap_throw();
}
