//! A text from a file that the user picks.

use crate::dom::{El, el};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, HtmlInputElement};

/// A button that opens the file dialogue, and hands on the name and the text of the file that was picked; an empty text where it cannot
/// be read.
pub(super) fn text_file(label: &str, test_id: &str, accept: &str, take: impl Fn(&str, &str) + 'static) -> El {
    let field = el("input").attr("type", "file").attr("accept", accept).attr("data-testid", test_id);
    let input: HtmlInputElement = field.cast();
    let take = Rc::new(take);
    let read = move |_: &web_sys::Event| {
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // The same file chosen again is a change again.
        input.set_value("");
        let take = Rc::clone(&take);
        spawn_local(async move {
            let text = JsFuture::from(file.unchecked_ref::<Blob>().text()).await;
            take(&file.name(), &text.ok().and_then(|text| text.as_string()).unwrap_or_default());
        });
    };
    el("label").class("button").text(label).child(field.class("visually-hidden").on("change", read))
}
