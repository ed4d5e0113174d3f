//! What the server is, or why it cannot be read.

use super::copy;
use crate::dom::{El, View, after, el, signal};
use prometheus::connect::{Diagnosis, Server, WayOut};

/// How long a button says that it has copied.
const COPIED_MS: u32 = 2_000;

/// What was found: the server's name and version, its clock where that is off, and whether there are alerts.
pub(super) fn connected(server: &Server) -> El {
    let mut facts = vec![server.endpoint.address().to_owned()];
    match server.has_alerts {
        Some(true) => facts.push("has alerts of the last day".to_owned()),
        Some(false) => facts.push("no alerts in the last day".to_owned()),
        None => {}
    }
    let line = el("p").child(el("b").text(&server.words())).text(" · ").child(el("span").text(&facts.join(" · ")));
    let clock = server.clock_words().map(|words| el("p").class("connect-warning").text(&words));
    el("section")
        .class("connect-server")
        .attr("data-testid", "connect-server")
        .attr("role", "status")
        .child(line)
        .child(clock)
}

/// The ways out; the first one is open.
pub(super) fn ways_out(diagnosis: &Diagnosis) -> View {
    if diagnosis.ways_out.is_empty() {
        return View::NONE;
    }
    let ways = diagnosis.ways_out.iter().enumerate().map(|(index, way)| way_out(way, index == 0));
    let list = el("ul").class("connect-ways").attr("data-testid", "ways-out").child(ways.collect::<View>());
    el("div").child(el("h3").text("Ways out")).child(list).into()
}

fn way_out(way: &WayOut, is_first: bool) -> El {
    let details = el("details");
    let details = if is_first { details.attr("open", "") } else { details };
    let text = way.text.clone();
    let is_copied = signal(false);
    let button = el("button")
        .class("button connect-copy")
        .attr("type", "button")
        .text_with(move || if is_copied.get() { "Copied" } else { "Copy" }.to_owned())
        .on_click(move || {
            copy(&text);
            is_copied.set(true);
            after(COPIED_MS, move || is_copied.set(false)).forget();
        });
    // What is wider than the panel is scrolled, by keyboard, too.
    let code = el("pre").attr("tabindex", "0").text(way.text.trim_end());
    let body = el("div").class("connect-code").child(code).child(button);
    el("li").child(details.child(el("summary").text(&way.title)).child(body))
}
