//! The evidence of a finding or a relation: its chart, its numbers, and what would refute it.

use super::chart_data::chart_data;
use super::format;
use super::session::session;
use super::surface::size_of;
use crate::bridge::ChartRequest;
use crate::paint;
use leptos::html;
use leptos::prelude::*;
use report::format as words;
use report::{Finding, FindingKind, Relation, Report};
use std::sync::Arc;

/// The evidence of a finding.
#[component]
pub(super) fn FindingEvidence(generation: u32, report: Arc<Report>, finding: Finding) -> impl IntoView {
    let window_ms = (finding.start_ms, finding.end_ms);
    let shown_ms = around(&report, window_ms);
    let levels = levels(&finding, shown_ms);
    let charts = finding
        .series
        .iter()
        .take(2)
        .map(|&series| {
            let report = Arc::clone(&report);
            view! { <Chart generation report series shown_ms window_ms=Some(window_ms) levels=levels.clone()/> }
        })
        .collect_view();
    let mut numbers: Vec<(String, String)> = finding
        .numbers
        .iter()
        .map(|number| (number.name.clone(), words::quantity(number.value, &number.unit)))
        .collect();
    numbers.insert(0, ("score".into(), format!("{:.2} (threshold 1)", finding.score)));
    numbers.extend(finding.p.map(|p| ("p".to_owned(), words::probability(p))));
    let length_s = finding.end_ms.saturating_sub(finding.start_ms) as f64 / 1000.0;
    numbers.push((
        "window".into(),
        format!("{}, {}", format::clock(&report, finding.start_ms), words::duration_s(length_s)),
    ));
    numbers.push(("kind, scale".into(), format!("{}, {}", finding.kind.name(), finding.scale.name())));
    let has_levels = !levels.is_empty();
    view! {
        <div class="evidence" data-testid="evidence">
            {charts}
            <ul class="evidence-key">
                <li class="key-values">"values"</li>
                <li class="key-band">"normal band; its edges are the threshold"</li>
                <li class="key-window">"the finding"</li>
                {has_levels.then(|| view! { <li class="key-level">"level before and after"</li> })}
            </ul>
            <Numbers numbers/>
            {(!finding.refuted_by.is_empty()).then(|| view! {
                <p class="refuted">"Would refute it: " <b>{finding.refuted_by.clone()}</b></p>
            })}
        </div>
    }
}

/// The evidence of a relation: both series, one above the other on the same time.
#[component]
pub(super) fn RelationEvidence(generation: u32, report: Arc<Report>, relation: Relation) -> impl IntoView {
    let shown_ms = (report.dataset.start_ms, report.dataset.end_ms);
    let charts = [relation.from, relation.to]
        .into_iter()
        .map(|series| {
            let report = Arc::clone(&report);
            let name = format::series(&report, series);
            view! {
                <h3 class="evidence-title">{name}</h3>
                <Chart generation report series shown_ms window_ms=None levels=Vec::new()/>
            }
        })
        .collect_view();
    let numbers = [
        Some(("strength (coherence²)", words::number(relation.strength))),
        Some(("phase", if relation.sign < 0 { "opposite".to_owned() } else { "together".to_owned() })),
        Some(("lag", super::relations::lag_words(&relation))),
        relation.period_s.map(|period_s| ("strongest at the period", words::duration_s(period_s))),
        Some(("scale", relation.scale.name().to_owned())),
        Some(("q (false-discovery rate)", words::probability(relation.q))),
    ];
    let numbers = numbers.into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect();
    view! {
        <div class="evidence" data-testid="evidence">
            {charts}
            <Numbers numbers/>
            <p class="refuted">
                "A relation is predictive, never a proof of a cause. Would refute it: "
                <b>"a third series that drives both, or the same pair unrelated on another day"</b>
            </p>
        </div>
    }
}

#[component]
fn Numbers(numbers: Vec<(String, String)>) -> impl IntoView {
    view! {
        <dl class="numbers">
            {numbers.into_iter().map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> }).collect_view()}
        </dl>
    }
}

/// One series with its band.
#[component]
fn Chart(
    generation: u32,
    report: Arc<Report>,
    series: usize,
    shown_ms: (i64, i64),
    window_ms: Option<(i64, i64)>,
    levels: Vec<(i64, i64, f64)>,
) -> impl IntoView {
    let session = session();
    let frame: NodeRef<html::Div> = NodeRef::new();
    let canvas: NodeRef<html::Canvas> = NodeRef::new();
    let size = size_of(frame);
    let data = chart_data(Memo::new(move |_| {
        let (width_px, _) = size.get();
        let max_points = (2.0 * width_px) as usize;
        let chart = ChartRequest { series, start_ms: shown_ms.0, end_ms: shown_ms.1, max_points };
        (width_px > 1.0).then_some((generation, chart))
    }));
    let unit = report.series.get(series).map(|series| series.unit.clone()).unwrap_or_default();
    let label = format!("{} over time, with its normal band", format::series(&report, series));
    Effect::new(move |_| {
        let theme = super::theme_colors(session.theme.get());
        let cursor_ms = session.view.with(|view| view.cursor_ms);
        let (Some(canvas), Some(chart)) = (canvas.get(), data.get()) else { return };
        let evidence = paint::Evidence {
            chart: &chart,
            unit: &unit,
            window_ms,
            levels: &levels,
            cursor_ms,
            size_px: size.get(),
            offset_min: format::OFFSET_MIN,
        };
        if let Err(reason) = paint::evidence(&canvas, &evidence, &theme) {
            session.notice.set(format!("The chart could not be drawn: {reason}."));
        }
    });
    view! {
        <div class="evidence-chart" node_ref=frame>
            <canvas node_ref=canvas role="img" aria-label=label></canvas>
        </div>
    }
}

/// A window with as much again on both sides, within the data, and never less than a fiftieth of them.
fn around(report: &Report, window_ms: (i64, i64)) -> (i64, i64) {
    let data = &report.dataset;
    let length_ms = window_ms.1.saturating_sub(window_ms.0);
    let least_ms = (format::span_ms(report) / 50).max(20 * data.interval_ms);
    let margin_ms = length_ms.max(least_ms);
    (window_ms.0.saturating_sub(margin_ms).max(data.start_ms), window_ms.1.saturating_add(margin_ms).min(data.end_ms))
}

/// The levels before and after a shift.
fn levels(finding: &Finding, shown_ms: (i64, i64)) -> Vec<(i64, i64, f64)> {
    if finding.kind != FindingKind::LevelShift {
        return Vec::new();
    }
    let number = |name: &str| finding.numbers.iter().find(|number| number.name == name).map(|number| number.value);
    let before = number("before").map(|value| (shown_ms.0, finding.start_ms, value));
    let after = number("after").map(|value| (finding.start_ms, finding.end_ms, value));
    before.into_iter().chain(after).collect()
}
