//! What moves together.

use super::evidence::RelationEvidence;
use super::format;
use super::session::session;
use leptos::prelude::*;
use report::format as words;
use report::{Relation, RelationKind, Report};
use std::sync::Arc;

/// More rows than this are shown on request only.
const ROWS: usize = 150;

/// The list of relations.
#[component]
pub(super) fn Relations() -> impl IntoView {
    let session = session();
    let shows_all = RwSignal::new(false);
    let each = move || {
        let Some(shown) = session.shown.get() else { return Vec::new() };
        let limit = if shows_all.get() { usize::MAX } else { ROWS };
        let count = shown.report.relations.len().min(limit);
        (0..count).map(|index| (shown.generation, shown.report.complete, index, Arc::clone(&shown.report))).collect()
    };
    let count = move || session.shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.report.relations.len()));
    view! {
        <Show when=move || count() == 0>
            <p class="panel-text">
                "No two series are coherent beyond what chance explains, with the false-discovery rate held over all pairs."
            </p>
        </Show>
        <ol class="findings">
            <For
                each=each
                key=|(generation, complete, index, _)| (*generation, *complete, *index)
                children=|(generation, _, index, report)| view! { <Row generation index report/> }
            />
        </ol>
        <Show when=move || (count() > ROWS) && !shows_all.get()>
            <button class="button more" on:click=move |_| shows_all.set(true)>{move || format!("Show all {}", count())}</button>
        </Show>
    }
}

#[component]
fn Row(generation: u32, index: usize, report: Arc<Report>) -> impl IntoView {
    let session = session();
    let Some(relation) = report.relations.get(index).cloned() else { return ().into_any() };
    let is_open = Memo::new(move |_| session.view.with(|view| view.relation == Some(index)));
    let arrow = match (relation.kind, relation.lag_s) {
        (RelationKind::Beat, _) => "≈",
        (_, Some(lag_s)) if lag_s > 0.0 => "→",
        _ => "–",
    };
    let names = names(&report, &relation, arrow);
    let percent = (100.0 * relation.strength).round();
    let evidence = {
        let (report, relation) = (Arc::clone(&report), relation.clone());
        move || view! { <RelationEvidence generation report=Arc::clone(&report) relation=relation.clone()/> }
    };
    view! {
        <li class="finding-item" class:is-open=move || is_open.get()>
            <button
                class="finding is-relation"
                data-testid="relation"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| session.look(|view, report| view.toggle_relation(report, index))
            >
                <span class="finding-words">
                    <b>{names}</b>
                    <span>{sentence(&relation)}</span>
                </span>
                <span class="strength" aria-hidden="true"><i style:width=format!("{percent}%")></i></span>
                <span class="finding-score">{format!("{:.2}", relation.strength)}</span>
            </button>
            <Show when=move || is_open.get()>{evidence()}</Show>
        </li>
    }
    .into_any()
}

/// Both series; the service once where it is the same.
fn names(report: &Report, relation: &Relation, arrow: &str) -> String {
    match (report.series.get(relation.from), report.series.get(relation.to)) {
        (Some(from), Some(to)) if from.service == to.service => {
            format!("{} · {} {arrow} {}", format::service(report, from.service), from.metric, to.metric)
        }
        _ => format!("{} {arrow} {}", format::series(report, relation.from), format::series(report, relation.to)),
    }
}

fn sentence(relation: &Relation) -> String {
    let mut words = relation.kind.name().to_owned();
    if let Some(period_s) = relation.period_s {
        words.push_str(&format!(" at {}", words::duration_s(period_s)));
    }
    format!("{words}, {}, {} scale", lag_words(relation), relation.scale.name())
}

/// The lag with its uncertainty.
pub(super) fn lag_words(relation: &Relation) -> String {
    match (relation.lag_s, relation.lag_plus_minus_s) {
        (None, _) => "lag unknown".to_owned(),
        (Some(0.0), _) => "no lag".to_owned(),
        (Some(lag_s), Some(plus_minus_s)) => words::lag_s(lag_s, plus_minus_s),
        (Some(lag_s), None) => words::duration_s(lag_s),
    }
}
