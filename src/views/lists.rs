//! Findings, relations, warnings and data, one at a time.

use super::data::data;
use super::findings::{finding_list, findings};
use super::relations::relations;
use super::session::Session;
use crate::dom::{El, View, el, memo, untrack};
use crate::state::Tab;

/// The tabs and what they show.
pub(super) fn lists(session: &'static Session) -> View {
    let tab = memo(move || session.view.with(|view| view.tab));
    let count = move |tab: Tab| {
        let count = session.report().map(|report| match tab {
            Tab::Findings => report.findings.iter().filter(|finding| finding.score >= 1.0).count(),
            Tab::Relations => report.relations.len(),
            Tab::Warnings => report.warnings.len(),
            Tab::Data => report.dataset.notes.len(),
        });
        count.map(|count| count.to_string()).unwrap_or_default()
    };
    let button = |this: Tab| {
        let button = el("button")
            .attr("role", "tab")
            .attr("id", &format!("tab-{}", this.name()))
            .attr("aria-controls", "tab-panel")
            .aria_with("aria-selected", move || tab.get() == this)
            .text(this.title())
            .text(" ")
            .child(el("span").class("tab-count").text_with(move || count(this)))
            .on_click(move || session.look(|view, _| view.tab = this));
        if this == Tab::Findings { button.attr("data-testid", "findings-count") } else { button }
    };
    let tabs = el("div").class("tabs").attr("role", "tablist").attr("aria-label", "Results");
    let panel = el("div")
        .class("tab-panel")
        .attr("id", "tab-panel")
        .attr("role", "tabpanel")
        .attr("tabindex", "0")
        .attr_with("aria-labelledby", move || format!("tab-{}", tab.get().name()))
        .dynamic(move || {
            let tab = tab.get();
            untrack(|| match tab {
                Tab::Findings => findings(session),
                Tab::Relations => relations(session),
                Tab::Warnings => warnings(session).into(),
                Tab::Data => data(session),
            })
        });
    [tabs.child(Tab::ALL.into_iter().map(button).collect::<View>()), panel].into_iter().collect()
}

/// What is drifting towards trouble.
fn warnings(session: &'static Session) -> El {
    el("div").dynamic(move || {
        let Some(shown) = session.shown.get_clone() else { return View::NONE };
        if shown.report.warnings.is_empty() {
            return el("p").class("panel-text").text("Nothing is drifting towards trouble.").into();
        }
        untrack(|| finding_list(session, &shown, &shown.report.warnings)).into()
    })
}
