//! A canvas that is as large as the room it is given.

use crate::dom::{El, ReadSignal, batch, on_cleanup, signal};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, ResizeObserver};

/// The size of an element in CSS pixels, for as long as it is there; nothing by nothing before it is.
pub(super) fn size_of(element: &El) -> ReadSignal<(f64, f64)> {
    let size = signal((0.0, 0.0));
    let element: Element = element.cast();
    let measured = element.clone();
    let on_resize = Closure::<dyn FnMut()>::new(move || {
        let next = (f64::from(measured.client_width()), f64::from(measured.client_height()));
        if size.is_alive() && size.get_untracked() != next {
            batch(|| size.set(next));
        }
    });
    // Every browser that runs the program has it.
    if let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
        observer.observe(&element);
        on_cleanup(move || {
            observer.disconnect();
            drop(on_resize);
        });
    }
    *size
}
