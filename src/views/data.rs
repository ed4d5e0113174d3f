//! What was read, and every note about it.

use super::format;
use super::session::session;
use leptos::prelude::*;
use report::format as words;
use report::{DataNote, Report, Scale};

/// More notes than this of one kind are folded.
const NOTES: usize = 200;

/// The data: sources, scales, notes, series.
#[component]
pub(super) fn Data() -> impl IntoView {
    let session = session();
    move || {
        let shown = session.shown.get()?;
        let report = &shown.report;
        Some(view! {
            <h2 class="panel-title">"Read"</h2>
            <ul class="notes">{sources(report)}</ul>
            <h2 class="panel-title">"Scales of time"</h2>
            <ul class="notes">{scales(report)}</ul>
            <h2 class="panel-title">{words::plural(report.dataset.notes.len(), "note on the data", "notes on the data")}</h2>
            <ul class="notes">{report.dataset.notes.iter().take(NOTES).map(note).collect_view()}</ul>
            <h2 class="panel-title">"Services and series"</h2>
            <ul class="notes">{services(report)}</ul>
        })
    }
}

fn sources(report: &Report) -> impl IntoView + use<> {
    let data = &report.dataset;
    let zone = |zone: &Option<String>| match zone {
        Some(zone) => format!("times without a zone read as {zone}"),
        None => "every time carries its zone".to_owned(),
    };
    let rows = data.sources.iter().map(|source| {
        view! {
            <li>
                <span class="note-subject">{source.name.clone()}</span>
                <span class="note-words">{format!("{}; {}", source.format, zone(&source.assumed_time_zone))}</span>
            </li>
        }
    });
    let facts = format!(
        "{} and {} from {} to {} (shown in {}), analysed on a grid of {} slots, {} apart.",
        words::plural(data.series_count, "series", "series"),
        words::plural(data.point_count, "value", "values"),
        words::date_time(data.start_ms, format::OFFSET_MIN),
        words::date_time(data.end_ms, format::OFFSET_MIN),
        words::zone(format::OFFSET_MIN),
        data.slots,
        words::duration_s(data.interval_ms as f64 / 1000.0),
    );
    view! { {rows.collect_view()} <li><span class="note-words">{facts}</span></li> }
}

fn scales(report: &Report) -> impl IntoView + use<> {
    let row = |scale: Scale| {
        let summary = report.scales.iter().find(|summary| summary.scale == scale)?;
        let to = summary.to_s.map_or_else(|| "the length of the data".to_owned(), words::duration_s);
        let range = format!("{} to {to}", words::duration_s(summary.from_s));
        Some(view! {
            <li>
                <span class="note-subject">{scale.name()}</span>
                <span class="note-count">{range}</span>
                {summary.unavailable.clone().map(|reason| view! { <span class="note-words">{reason}</span> })}
            </li>
        })
    };
    Scale::ALL.into_iter().filter_map(row).collect_view()
}

fn note(note: &DataNote) -> impl IntoView + use<> {
    let subject = note.subject.clone().unwrap_or_else(|| "the whole source".to_owned());
    view! {
        <li>
            <span class="note-subject">{subject}</span>
            <span class="note-count">{format!("{} × {}", note.count, note.kind.replace('_', " "))}</span>
            <span class="note-words">{note.message.clone()}</span>
        </li>
    }
}

fn services(report: &Report) -> impl IntoView + use<> {
    let row = |(index, service): (usize, &report::ServiceSummary)| {
        let session = session();
        let go = move |_| session.look(|view, report| view.drill(report, report::Subject::Service(index)));
        let series: Vec<&str> = service
            .series
            .iter()
            .filter_map(|&series| report.series.get(series))
            .map(|series| series.metric.as_str())
            .collect();
        view! {
            <li>
                <button class="note-link" on:click=go>{service.name.clone()}</button>
                <span class="note-count">{words::plural(service.series.len(), "series", "series")}</span>
                <span class="note-words">{series.join(", ")}</span>
            </li>
        }
    };
    report.services.iter().enumerate().map(row).collect_view()
}
