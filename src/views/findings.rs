//! What every detector found, ranked.

use super::format;
use super::session::session;
use leptos::prelude::*;
use report::Report;
use std::sync::Arc;

/// More rows than this are shown on request only.
const ROWS: usize = 300;

/// A score from here on is written in the colour of trouble.
const STRONG: f64 = 2.0;

/// The list of findings.
#[component]
pub(super) fn Findings() -> impl IntoView {
    let session = session();
    let shows_all = RwSignal::new(false);
    let rows = Memo::new(move |_| {
        let filter = session.filter.get();
        session.shown.with(|shown| {
            let shown = shown.as_ref()?;
            let passing = filter.apply(&shown.report);
            Some((shown.generation, Arc::clone(&shown.report), passing))
        })
    });
    let hidden_count =
        move || rows.with(|rows| rows.as_ref().map_or(0, |(_, _, passing)| passing.len().saturating_sub(ROWS)));
    let each = move || {
        let Some((generation, report, passing)) = rows.get() else { return Vec::new() };
        let limit = if shows_all.get() { usize::MAX } else { ROWS };
        passing.into_iter().take(limit).map(|index| (generation, index, Arc::clone(&report))).collect()
    };
    let key = |(generation, index, report): &(u32, usize, Arc<Report>)| {
        let finding = report.findings.get(*index);
        (*generation, *index, finding.map(|finding| (finding.id.clone(), finding.score.to_bits())))
    };
    view! {
        <ol class="findings">
            <For each=each key=key children=|(generation, index, report)| view! { <Row generation index report/> }/>
        </ol>
        <Show when=move || (hidden_count() > 0) && !shows_all.get()>
            <button class="button more" on:click=move |_| shows_all.set(true)>
                {move || format!("Show {} more", hidden_count())}
            </button>
        </Show>
    }
}

#[component]
fn Row(generation: u32, index: usize, report: Arc<Report>) -> impl IntoView {
    let session = session();
    let _ = generation;
    let Some(finding) = report.findings.get(index).cloned() else { return ().into_any() };
    let is_open = Memo::new(move |_| session.view.with(|view| view.finding == Some(index)));
    let is_strong = finding.score >= STRONG;
    let kind = finding.kind.name().replace(' ', "_");
    view! {
        <li class="finding-item" class:is-open=move || is_open.get()>
            <button
                class="finding"
                class:is-strong=is_strong
                data-testid="finding"
                data-kind=kind
                data-score=finding.score.to_string()
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| session.look(|view, report| view.toggle_finding(report, index))
            >
                <time class="finding-time">{format::clock(&report, finding.start_ms)}</time>
                <span class="finding-words">
                    <b>{format::subject(&report, &finding)}</b>
                    <span>{finding.sentence.clone()}</span>
                </span>
                <span class="finding-spark"></span>
                <span class="finding-score">{format!("{:.1}", finding.score)}</span>
            </button>
        </li>
    }
    .into_any()
}
