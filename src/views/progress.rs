//! How far the work is, and a way to stop it.

use super::session::Session;
use crate::dom::{View, el};
use crate::state::Phase;
use report::format::decimals;
use wasm_bindgen::JsValue;

/// A bar under the header while work is under way.
pub(super) fn progress_bar(session: &'static Session) -> View {
    let source = move || loading(session).0;
    let stage = move || loading(session).1;
    let percent = move || (100.0 * loading(session).2).round();
    View::show(
        move || session.load.with(|load| load.is_loading()),
        move || {
            el("section")
                .class("progress")
                .attr("data-testid", "progress")
                .attr("aria-label", "Progress")
                .child(
                    el("progress")
                        .class("progress-track")
                        .attr("max", "100")
                        .attr("aria-label", "Share of the work done")
                        .property_with("value", move || JsValue::from_f64(percent())),
                )
                .child(
                    el("p")
                        .class("progress-text")
                        .child(el("span").class("progress-stage").text_with(stage))
                        .child(el("span").class("progress-source").text_with(source))
                        .child(
                            el("span")
                                .class("progress-share")
                                .text_with(move || format!("{} %", decimals(percent(), 0))),
                        ),
                )
                .child(
                    el("button")
                        .class("button")
                        .attr("data-testid", "cancel")
                        .text("Cancel")
                        .on_click(move || session.cancel()),
                )
        },
    )
}

/// The source, the stage and the share of the work that is done.
fn loading(session: &Session) -> (String, String, f64) {
    session.load.with(|load| match load.phase() {
        Phase::Loading { source, stage, done } => (source.clone(), stage.clone(), *done),
        _ => Default::default(),
    })
}
