//! The keys, and what the shapes mean.

use super::session::Session;
use crate::dom::{El, View, effect, el};
use crate::state;
use web_sys::HtmlDialogElement;

const SIGNS: [(&str, &str); 8] = [
    ("smooth arc", "steady: no significant period, no finding"),
    ("facets", "periodic: one significant period"),
    ("swelling wave", "beating: two close periods; the swell has the beat's period"),
    ("jags", "unstable: a finding at this scale; the larger, the stronger"),
    ("broken pieces", "fragmented: part of a cascade over several series"),
    ("dotted line", "too little data to say anything"),
    ("colour", "consonance: coherence at shared spectral peaks, orange where it is lost, teal where it is whole"),
    ("chords", "significant relations; the arrow points from what leads to what follows"),
];

/// The help, as a dialog.
pub(super) fn help(session: &'static Session) -> El {
    let key_row = |(keys, what): &(&[&str], &str)| {
        let keys = keys.iter().map(|key| match *key {
            "–" => View::from(" – "),
            key => el("kbd").text(key).into(),
        });
        let head = el("th").attr("scope", "row").child(keys.collect::<View>());
        el("tr").child(head).child(el("td").text(what))
    };
    let sign = |(sign, meaning): (&str, &str)| [el("dt").text(sign), el("dd").text(meaning)];
    let close = el("button").class("button").text("Close").on_click(move || session.is_help_open.set(false));
    let dialog = el("dialog")
        .class("help")
        .attr("data-testid", "help")
        .attr("aria-labelledby", "help-title")
        .on("close", move |_| session.is_help_open.set(false))
        .child(el("header").child(el("h2").attr("id", "help-title").text("Keys and signs")).child(close))
        .child(el("table").class("keys").child(el("tbody").child(state::help().iter().map(key_row).collect::<View>())))
        .child(el("dl").class("signs").child(SIGNS.into_iter().flat_map(sign).collect::<View>()));
    let element: HtmlDialogElement = dialog.cast();
    effect(move || match (session.is_help_open.get(), element.open()) {
        // Fails only for a dialog that is open already.
        (true, false) => _ = element.show_modal(),
        (false, true) => element.close(),
        _ => {}
    });
    dialog
}
