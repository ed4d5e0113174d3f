//! The keys, and what the shapes mean.

use super::origin;
use super::session::Session;
use crate::dom::{El, effect, el};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlDialogElement};

/// The help, as a dialog. What it says is fetched when it is first asked for.
pub(super) fn help(session: &'static Session) -> El {
    let close = el("button").class("button").text("Close").on_click(move || session.is_help_open.set(false));
    let text = el("div");
    let place: Element = text.cast();
    let dialog = el("dialog")
        .class("help")
        .attr("data-testid", "help")
        .attr("aria-labelledby", "help-title")
        .on("close", move |_| session.is_help_open.set(false))
        .child(el("header").child(el("h2").attr("id", "help-title").text("Keys and signs")).child(close))
        .child(text);
    let element: HtmlDialogElement = dialog.cast();
    effect(move || match (session.is_help_open.get(), element.open()) {
        (true, false) => {
            if !place.has_child_nodes() {
                let place = place.clone();
                spawn_local(async move { place.set_inner_html(&origin::help().await) });
            }
            // Fails only for a dialog that is open already.
            _ = element.show_modal();
        }
        (false, true) => element.close(),
        _ => {}
    });
    dialog
}
