//! What the server is, or why it cannot be read.

use super::copy;
use crate::bridge::{Finding, WayOut};
use crate::dom::{El, View, after, el};
use web_sys::Node;

/// How long a button says that it has copied.
const COPIED_MS: u32 = 2_000;

/// What was found: the server's name and version, its clock where that is off, and whether there are alerts.
pub(super) fn connected(finding: &Finding) -> El {
    let line = el("p").child(el("b").text(&finding.title)).text(" · ").child(el("span").text(&finding.words));
    let warning = &finding.warning;
    let warning = (!warning.is_empty()).then(|| el("p").class("connect-warning").text(warning));
    let section = el("section").class("connect-server").attr("data-testid", "connect-server").attr("role", "status");
    section.child(line).child(warning)
}

/// Why it cannot be read, and what helps; `is_open` as in [`ways_out`].
pub(super) fn trouble(finding: &Finding, is_open: bool) -> El {
    el("section")
        .class("connect-reason")
        .attr("role", "status")
        .child(el("h3").text(&finding.title))
        .child(el("p").text(&finding.words))
        .child(ways_out(finding, is_open))
}

/// The ways out; where there is no room they are folded away, else the first one is open.
pub(super) fn ways_out(finding: &Finding, is_open: bool) -> View {
    if finding.ways_out.is_empty() {
        return View::NONE;
    }
    let ways = finding.ways_out.iter().enumerate().map(|(index, way)| way_out(way, is_open && index == 0));
    let list = el("ul").class("connect-ways").attr("data-testid", "ways-out").child(ways.collect::<View>());
    let (whole, title) = if is_open { ("div", "h3") } else { ("details", "summary") };
    el(whole).child(el(title).text("Ways out")).child(list).into()
}

fn way_out(way: &WayOut, is_open: bool) -> El {
    let details = el("details");
    let details = if is_open { details.attr("open", "") } else { details };
    let text = way.text.clone();
    let button = el("button").class("button connect-copy").attr("type", "button").text("Copy");
    let label: Node = button.cast();
    let button = button.on_click(move || {
        copy(&text);
        label.set_text_content(Some("Copied"));
        let label = label.clone();
        // The button may be gone by then, with all that belongs to it but itself.
        after(COPIED_MS, move || label.set_text_content(Some("Copy"))).forget();
    });
    // What is wider than the panel is scrolled, by keyboard, too.
    let code = el("pre").attr("tabindex", "0").text(way.text.trim_end());
    let body = el("div").class("connect-code").child(code).child(button);
    el("li").child(details.child(el("summary").text(&way.title)).child(body))
}
