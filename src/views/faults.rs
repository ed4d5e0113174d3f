//! What went wrong, where, and what to do.

use super::session::Session;
use crate::bridge::Remedy;
use crate::dom::{El, View, el, memo, untrack};

/// The message of the last failure. What was shown before stays below it.
pub(super) fn fault_banner(session: &'static Session) -> View {
    let fault = memo(move || session.fault());
    View::dynamic(move || {
        let Some(fault) = fault.get_clone() else { return View::NONE };
        let is_explained = fault.remedy == Remedy::Explain;
        let remedy = untrack(|| is_explained.then(|| explain(session)));
        let words = el("div").class("fault-words").child(el("h2").text(&fault.title));
        if let Remedy::Connect(number) = fault.remedy {
            // The panel puts the reason in place of these words once it knows it.
            session.open_connect(number, Some(words.cast()));
        }
        let dismiss = el("button").class("button").text("Dismiss");
        el("section")
            .class("fault")
            .attr("role", "alert")
            .attr("data-testid", "error")
            .child(words.child(el("p").text(&fault.message)).child(remedy))
            .child(dismiss.on_click(move || session.dismiss()))
            .into()
    })
}

/// Opens the panel that asks for what the file does not say.
fn explain(session: &'static Session) -> El {
    el("button")
        .class("button is-primary")
        .attr("data-testid", "explain")
        .text("Say how to read it")
        .on_click(move || session.open_mapping(false))
}
