//! Findings, relations, warnings and data, one at a time.

use super::data::Data;
use super::findings::{FindingList, Findings};
use super::relations::Relations;
use super::session::session;
use crate::state::Tab;
use leptos::prelude::*;
use std::sync::Arc;

/// The tabs and what they show.
#[component]
pub(super) fn Lists() -> impl IntoView {
    let session = session();
    let tab = Memo::new(move |_| session.view.with(|view| view.tab));
    let count = move |tab: Tab| {
        session.shown.with(|shown| {
            let report = shown.as_ref().map(|shown| &shown.report)?;
            Some(match tab {
                Tab::Findings => report.findings.iter().filter(|finding| finding.score >= 1.0).count(),
                Tab::Relations => report.relations.len(),
                Tab::Warnings => report.warnings.len(),
                Tab::Data => report.dataset.notes.len(),
            })
        })
    };
    let buttons = Tab::ALL.into_iter().map(|this| {
        let test_id = (this == Tab::Findings).then_some("findings-count");
        view! {
            <button
                role="tab"
                id=format!("tab-{}", this.name())
                aria-controls="tab-panel"
                aria-selected=move || (tab.get() == this).to_string()
                data-testid=test_id
                on:click=move |_| session.look(|view, _| view.tab = this)
            >
                {this.title()} " " <span class="tab-count">{move || count(this)}</span>
            </button>
        }
    });
    view! {
        <div class="tabs" role="tablist" aria-label="Results">{buttons.collect_view()}</div>
        <div
            class="tab-panel"
            id="tab-panel"
            role="tabpanel"
            tabindex="0"
            aria-labelledby=move || format!("tab-{}", tab.get().name())
        >
            {move || match tab.get() {
                Tab::Findings => view! { <Findings/> }.into_any(),
                Tab::Relations => view! { <Relations/> }.into_any(),
                Tab::Warnings => view! { <Warnings/> }.into_any(),
                Tab::Data => view! { <Data/> }.into_any(),
            }}
        </div>
    }
}

/// What is drifting towards trouble.
#[component]
fn Warnings() -> impl IntoView {
    let session = session();
    let warnings = Memo::new(move |_| {
        session.shown.with(|shown| shown.as_ref().map(|shown| shown.report.warnings.clone()).unwrap_or_default())
    });
    view! {
        <Show when=move || warnings.with(Vec::is_empty)>
            <p class="panel-text">"Nothing is drifting towards trouble."</p>
        </Show>
        {move || {
            let shown = session.shown.get()?;
            let rows = warnings.get();
            (!rows.is_empty()).then(|| view! { <FindingList generation=shown.generation report=Arc::clone(&shown.report) findings=rows/> })
        }}
    }
}
