//! The story: what broke first and how it spread, every number with its evidence; or that all is calm.

use super::format;
use super::session::session;
use crate::state::{Link, Look, View, look};
use leptos::prelude::*;
use report::format as words;
use report::{Incident, Report, Span};
use std::sync::Arc;

/// The story above the lists.
#[component]
pub(super) fn Story() -> impl IntoView {
    let session = session();
    let told = Memo::new(move |_| {
        let cursor_ms = session.view.with(|view| view.cursor_ms);
        session.shown.with(|shown| {
            let shown = shown.as_ref()?;
            Some((
                look(&shown.report, cursor_ms),
                shown.generation,
                shown.report.complete,
                ByPlace(Arc::clone(&shown.report)),
            ))
        })
    });
    move || {
        let (look, _, _, ByPlace(report)) = told.get()?;
        Some(match look {
            Look::Incident(index) => view! { <IncidentStory report index/> }.into_any(),
            Look::Findings => {
                let count = words::plural(report.findings.len(), "finding", "findings");
                let title = format!("{count}, and no incident.");
                let text = "The findings stand alone: they do not begin together and do not follow each other closely enough \
                            to be told as one story. Look at each by itself.";
                plain("", title, text.to_owned()).into_any()
            }
            Look::Calm => {
                let title = "Nothing found.".to_owned();
                plain("is-calm", title, calm_words(&report)).into_any()
            }
            Look::TooLittle => {
                let reasons: Vec<String> = report
                    .scales
                    .iter()
                    .filter_map(|scale| Some(format!("{}: {}.", scale.scale.name(), scale.unavailable.as_ref()?)))
                    .collect();
                let text =
                    format!("The data are too short to say anything, and nothing is said. {}", reasons.join(" "));
                plain("", "Too little data.".to_owned(), text).into_any()
            }
            Look::Unfinished => {
                plain("", "Looking…".to_owned(), "Findings appear here as they are made.".to_owned()).into_any()
            }
        })
    }
}

/// A Report that is equal only to itself: comparing two would cost more than showing one.
#[derive(Clone)]
struct ByPlace(Arc<Report>);

impl PartialEq for ByPlace {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

fn plain(class: &'static str, title: String, text: String) -> impl IntoView {
    view! {
        <section class=format!("story {class}") data-testid="story">
            <h1>{title}</h1>
            <p>{text}</p>
        </section>
    }
}

/// What was looked at, so that silence can be trusted.
fn calm_words(report: &Report) -> String {
    format!(
        "{} of {} over {} stayed within what is usual for them: no spike, shift, drift, growing variance or silence that \
         chance would not explain. On data like these, at most one report in twenty raises a false alarm.",
        words::plural(report.series.len(), "series", "series"),
        words::plural(report.services.len(), "service", "services"),
        words::duration_s(format::span_ms(report) as f64 / 1000.0),
    )
}

#[component]
fn IncidentStory(report: Arc<Report>, index: usize) -> impl IntoView {
    let Some(incident) = report.incidents.get(index).cloned() else { return ().into_any() };
    let Incident { narrative, causes, .. } = &incident;
    let cause = causes.first().map(|cause| {
        let others = causes
            .iter()
            .skip(1)
            .take(2)
            .map(|other| format!("{} {:.2}", format::service(&report, other.service), other.confidence));
        let others: Vec<String> = others.collect();
        view! {
            <p>"cause " <b>{format::series(&report, cause.series)}</b></p>
            <p>"confidence " <b>{format!("{:.2}", cause.confidence)}</b></p>
            {(!others.is_empty()).then(|| view! { <p>"then " {others.join(", ")}</p> })}
        }
    });
    let refuted = (!narrative.refuted_by.is_empty()).then(|| {
        view! { <p>"would refute it: " <b>{narrative.refuted_by.clone()}</b></p> }
    });
    let next = (!narrative.check_next.is_empty()).then(|| {
        view! { <p class="story-next">"check next: " <b>{narrative.check_next.join("; ")}</b></p> }
    });
    view! {
        <section class="story" data-testid="story">
            <Pager report=Arc::clone(&report) index/>
            <h1>{spans(&narrative.headline)}</h1>
            <p>{spans(&narrative.body)}</p>
            <div class="story-facts">{cause}{refuted}</div>
            {next}
        </section>
    }
    .into_any()
}

/// Text whose numbers lead to their evidence.
fn spans(spans: &[Span]) -> impl IntoView {
    let session = session();
    let span = |span: &Span| match span.finding {
        Some(index) => {
            let open = move |event: web_sys::MouseEvent| {
                event.prevent_default();
                session.look(|view, report| {
                    view.finding = None;
                    view.toggle_finding(report, index);
                });
                super::reveal_open_finding();
            };
            // An anchor, because a button cannot break over lines like the words around it.
            let link = Link { source: None, view: View { finding: Some(index), ..View::default() } };
            view! { <a class="evidence-link" href=link.encode() title="Show the evidence" on:click=open>{span.text.clone()}</a> }.into_any()
        }
        None => view! { {span.text.clone()} }.into_any(),
    };
    spans.iter().map(span).collect_view()
}

/// From one incident to the next, where there are several.
#[component]
fn Pager(report: Arc<Report>, index: usize) -> impl IntoView {
    let session = session();
    let count = report.incidents.len();
    if count < 2 {
        return ().into_any();
    }
    let go = move |next: usize| {
        session.look(|view, report| {
            if let Some(incident) = report.incidents.get(next) {
                view.cursor_ms = Some(incident.peak_ms.clamp(incident.start_ms, incident.end_ms));
            }
        });
    };
    let (is_first, is_last) = (index == 0, index + 1 == count);
    view! {
        <p class="pager">
            <button class="button is-quiet is-icon" aria-label="Earlier incident" disabled=is_first on:click=move |_| go(index.saturating_sub(1))>"‹"</button>
            <span>{format!("Incident {} of {count}", index + 1)}</span>
            <button class="button is-quiet is-icon" aria-label="Later incident" disabled=is_last on:click=move |_| go(index + 1)>"›"</button>
        </p>
    }
    .into_any()
}
