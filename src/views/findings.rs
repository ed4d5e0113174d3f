//! What every detector found, ranked.

use super::evidence::FindingEvidence;
use super::format;
use super::session::session;
use super::spark::{SPARK_POINTS, Spark};
use crate::bridge::ChartRequest;
use crate::state::{Filter, Look, look};
use leptos::prelude::*;
use report::{Finding, FindingKind, Report, Scale};
use std::sync::Arc;

/// More rows than this are shown on request only.
const ROWS: usize = 300;

/// A telephone shows this many rows until it is asked for more, so that the timeline stays in reach (see app.css).
const SHORT_ROWS: usize = 8;

/// A score from here on is written in the colour of trouble.
const STRONG: f64 = 2.0;

/// What an empty list says; the story above it says what was looked at.
const CALM: &str = "No finding reaches its threshold, and none is hidden. What moves together all the same is in Relations, how each \
     service goes at each scale in the radar, and what was read and assumed in Data.";

/// The list of findings and its filters.
#[component]
pub(super) fn Findings() -> impl IntoView {
    let session = session();
    let shows_all = RwSignal::new(false);
    let passing = move || {
        let filter = session.filter.get();
        session.shown.with(|shown| shown.as_ref().map(|shown| filter.apply(&shown.report)).unwrap_or_default())
    };
    let each = move || {
        let Some(shown) = session.shown.get() else { return Vec::new() };
        let limit = if shows_all.get() { usize::MAX } else { ROWS };
        let row = |index: usize| (shown.generation, index, Arc::clone(&shown.report));
        passing().into_iter().take(limit).map(row).collect::<Vec<_>>()
    };
    let key = |(generation, index, report): &(u32, usize, Arc<Report>)| {
        let finding = report.findings.get(*index);
        (*generation, report.complete, *index, finding.map(|finding| (finding.id.clone(), finding.score.to_bits())))
    };
    let hidden_count = move || passing().len().saturating_sub(ROWS);
    view! {
        <Filters/>
        <Empty/>
        <ol class="findings" class:is-short=move || !shows_all.get()>
            <For each=each key=key children=|(generation, index, report)| view! { <NumberedRow generation index report/> }/>
        </ol>
        <Show when=move || (passing().len() > SHORT_ROWS) && !shows_all.get()>
            <button class="button more" class:is-for-short=move || hidden_count() == 0 on:click=move |_| shows_all.set(true)>
                {move || format!("Show all {}", passing().len())}
            </button>
        </Show>
    }
}

/// What is said where the list is empty: that nothing was found, or that the filter hides all.
#[component]
fn Empty() -> impl IntoView {
    let session = session();
    move || {
        let shown = session.shown.get()?;
        let is_calm = look(&shown.report, None) == Look::Calm;
        let is_too_little = look(&shown.report, None) == Look::TooLittle;
        if is_calm || is_too_little {
            let (title, text) = if is_calm {
                ("Nothing found", CALM.to_owned())
            } else {
                (
                    "Nothing found, because there is too little data",
                    "A ring needs three cycles of data before anything is said about it.".to_owned(),
                )
            };
            return Some(
                view! {
                    <section class="calm" data-testid="no-findings">
                        <h2>{title}</h2>
                        <p>{text}</p>
                    </section>
                }
                .into_any(),
            );
        }
        let filter = session.filter.get();
        (!filter.is_empty() && filter.apply(&shown.report).is_empty()).then(|| {
            view! {
                <p class="panel-text">
                    "No finding passes the filter. "
                    <button class="button" on:click=move |_| session.filter.set(Filter::default())>"Show all"</button>
                </p>
            }
            .into_any()
        })
    }
}

/// By words, kind, service and scale. Not shown for lists that one sees whole.
#[component]
fn Filters() -> impl IntoView {
    let session = session();
    let is_needed = Memo::new(move |_| {
        session.shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.report.findings.len() > 5))
    });
    let kinds = Memo::new(move |_| {
        session.shown.with(|shown| shown.as_ref().map(|shown| Filter::kinds(&shown.report)).unwrap_or_default())
    });
    let services = Memo::new(move |_| {
        session.shown.with(|shown| {
            let names = shown
                .as_ref()
                .map(|shown| shown.report.services.iter().map(|service| service.name.clone()).collect::<Vec<_>>());
            names.unwrap_or_default()
        })
    });
    let kind_options = move || {
        let option = |(kind, count): (FindingKind, usize)| {
            let is_chosen = move || session.filter.with(|filter| filter.kind == Some(kind));
            view! { <option value=kind.name() selected=is_chosen>{format!("{} {count}", kind.name())}</option> }
        };
        kinds.get().into_iter().map(option).collect_view()
    };
    let service_options = move || {
        let option = |(index, name): (usize, String)| {
            let is_chosen = move || session.filter.with(|filter| filter.service == Some(index));
            view! { <option value=index.to_string() selected=is_chosen>{name}</option> }
        };
        services.get().into_iter().enumerate().map(option).collect_view()
    };
    let scale_options = Scale::ALL.map(|scale| {
        let is_chosen = move || session.filter.with(|filter| filter.scale == Some(scale));
        view! { <option value=scale.name() selected=is_chosen>{scale.name()}</option> }
    });
    let choose_kind = move |event| {
        let value = event_target_value(&event);
        let kind = kinds.get_untracked().into_iter().map(|(kind, _)| kind).find(|kind| kind.name() == value);
        session.filter.update(|filter| filter.kind = kind);
    };
    let choose_service = move |event| {
        let service = event_target_value(&event).parse().ok();
        session.filter.update(|filter| filter.service = service);
    };
    let choose_scale = move |event| {
        let value = event_target_value(&event);
        let scale = Scale::ALL.into_iter().find(|scale| scale.name() == value);
        session.filter.update(|filter| filter.scale = scale);
    };
    view! {
        <div class="filters" role="search" hidden=move || !is_needed.get()>
            <input
                id="findings-search"
                type="search"
                placeholder="Search findings"
                aria-label="Search findings"
                prop:value=move || session.filter.with(|filter| filter.words.clone())
                on:input=move |event| session.filter.update(|filter| filter.words = event_target_value(&event))
            />
            <select aria-label="Kind" on:change=choose_kind>
                <option value="">"every kind"</option>
                {kind_options}
            </select>
            <select class="filter-extra" aria-label="Service" on:change=choose_service>
                <option value="">"every service"</option>
                {service_options}
            </select>
            <select class="filter-extra" aria-label="Scale" on:change=choose_scale>
                <option value="">"every scale"</option>
                {scale_options}
            </select>
        </div>
    }
}

/// A finding of the Report, which opens its evidence below itself.
#[component]
fn NumberedRow(generation: u32, index: usize, report: Arc<Report>) -> impl IntoView {
    let session = session();
    let Some(finding) = report.findings.get(index).cloned() else { return ().into_any() };
    let is_open = Signal::derive(move || session.view.with(|view| view.finding == Some(index)));
    let toggle = Callback::new(move |()| {
        session.look(|view, report| view.toggle_finding(report, index));
        super::reveal_open_finding();
    });
    view! { <Row generation report finding is_open toggle test_id="finding"/> }.into_any()
}

/// Findings outside of the ranked list, such as warnings.
#[component]
pub(super) fn FindingList(generation: u32, report: Arc<Report>, findings: Vec<Finding>) -> impl IntoView {
    let open = RwSignal::new(None::<usize>);
    let row = |(index, finding): (usize, Finding)| {
        let is_open = Signal::derive(move || open.get() == Some(index));
        let toggle = Callback::new(move |()| open.update(|open| *open = (*open != Some(index)).then_some(index)));
        view! { <Row generation report=Arc::clone(&report) finding is_open toggle test_id="warning"/> }
    };
    view! { <ol class="findings">{findings.into_iter().enumerate().map(row).collect_view()}</ol> }
}

#[component]
fn Row(
    generation: u32,
    report: Arc<Report>,
    finding: Finding,
    is_open: Signal<bool>,
    toggle: Callback<()>,
    test_id: &'static str,
) -> impl IntoView {
    let is_strong = finding.score >= STRONG;
    let kind = finding.kind.name().replace(' ', "_");
    let data = &report.dataset;
    // While findings still come and go, lines would be fetched in vain.
    let wanted = finding.series.first().filter(|_| report.complete).map(|&series| {
        let chart = ChartRequest { series, start_ms: data.start_ms, end_ms: data.end_ms, max_points: SPARK_POINTS };
        (generation, chart)
    });
    let (time, subject) = (format::clock(&report, finding.start_ms), format::subject(&report, &finding));
    let (sentence, score) = (finding.sentence.clone(), finding.score);
    let evidence = move || view! { <FindingEvidence generation report=Arc::clone(&report) finding=finding.clone()/> };
    view! {
        <li class="finding-item" class:is-open=move || is_open.get()>
            <button
                class="finding"
                class:is-strong=is_strong
                data-testid=test_id
                data-kind=kind
                data-score=score.to_string()
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| toggle.run(())
            >
                <time class="finding-time">{time}</time>
                <span class="finding-words"><b>{subject}</b><span>{sentence}</span></span>
                <span class="finding-spark"><Spark wanted is_strong/></span>
                <span class="finding-score">{format!("{score:.1}")}</span>
            </button>
            <Show when=move || is_open.get()>{evidence()}</Show>
        </li>
    }
}
