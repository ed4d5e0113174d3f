//! The evidence of a finding or a relation: its chart, its numbers, and what would refute it.

use super::chart_data::chart_data;
use super::format;
use super::session::{Session, Shown, paint_chart};
use super::surface::size_of;
use crate::bridge::{ChartRequest, Evidence, Handed, Level, Stretch};
use crate::dom::{El, View, effect, el, signal};
use crate::store::Theme;
use js_sys::Uint8Array;
use report::format as words;
use report::{Behind, ChartData, Finding, FindingKind, Relation, Report};

/// So many periods are shown on both sides of what has one.
const TURNS: f64 = 3.0;

/// The evidence of a finding.
pub(super) fn finding_evidence(session: &'static Session, shown: &Shown, finding: &Finding) -> El {
    let report = &shown.report;
    let window_ms = (finding.start_ms, finding.end_ms);
    // What came out of turn is seen beside what came in turn.
    let turn =
        finding.numbers.iter().find(|number| number.name.starts_with("period")).map_or(0.0, |number| number.value);
    let shown_ms = around(report, window_ms, (TURNS * turn * 1000.0) as i64);
    let levels = levels(finding, shown_ms);
    let has_levels = !levels.is_empty();
    let charts = finding.series.iter().take(2).map(|&series| {
        let window = Some(Stretch { start_ms: window_ms.0, end_ms: window_ms.1 });
        // Of two charts each says whose it is.
        let title = (finding.series.len() > 1).then(|| title(report, series));
        let chart = chart(session, shown, Plot { series, shown_ms, window, levels: levels.clone() });
        let both: [View; 2] = [title.into(), chart.into()];
        both.into_iter().collect::<View>()
    });
    let mut numbers = vec![("score".to_owned(), format!("{} (threshold 1)", words::decimals(finding.score, 2)))];
    numbers.extend(
        finding.numbers.iter().map(|number| (number.name.clone(), words::quantity(number.value, &number.unit))),
    );
    numbers.extend(finding.p.map(|p| ("p".to_owned(), words::probability(p))));
    let length_s = finding.end_ms.saturating_sub(finding.start_ms) as f64 / 1000.0;
    let window = format!("{}, {}", format::clock(report, finding.start_ms), words::duration_s(length_s));
    numbers.push(("window".to_owned(), window));
    numbers.push(("kind, scale".to_owned(), format!("{}, {}", finding.kind.name(), finding.scale.name())));
    let sign = |class: &str, meaning: &str| el("li").class(class).text(meaning);
    let key = el("ul")
        .class("evidence-key")
        .child(sign("key-values", "values"))
        .child(sign("key-band", "normal band; its edges are the threshold"))
        .child(sign("key-expected", "expected from the values before"))
        .child(sign("key-window", "the finding"))
        .child(has_levels.then(|| sign("key-level", "level before and after")));
    let refuted = (!finding.refuted_by.is_empty()).then(|| refuted("Would refute it: ", &finding.refuted_by));
    frame().child(charts.collect::<View>()).child(key).child(figures(numbers)).child(refuted)
}

/// The evidence of a relation: both series, one above the other on the same time.
pub(super) fn relation_evidence(session: &'static Session, shown: &Shown, index: usize, relation: &Relation) -> El {
    let report = &shown.report;
    let shown_ms = (report.dataset.start_ms, report.dataset.end_ms);
    let charts = [relation.from, relation.to].into_iter().flat_map(|series| {
        let plot = Plot { series, shown_ms, window: None, levels: Vec::new() };
        [title(report, series), chart(session, shown, plot)]
    });
    let numbers = [
        Some(("strength (coherence²)", words::number(relation.strength))),
        Some(("phase", if relation.sign < 0 { "opposite".to_owned() } else { "together".to_owned() })),
        Some(("lag", super::relations::lag_words(relation))),
        delay_words(relation).map(|words| ("delay by the phase", words)),
        relation.period_s.map(|period_s| ("strongest at the period", words::duration_s(period_s))),
        relation.gain_db.map(|gain_db| ("gain there", format!("{} dB", words::number(gain_db)))),
        relation.quality.map(|quality| ("Q factor", words::number(quality))),
        relation.locking.map(|locking| ("phase locking", words::number(locking))),
        relation.leads_q.map(|q| ("predicts the other (q)", words::probability(q))),
        relation.follows_q.map(|q| ("is predicted (q)", words::probability(q))),
        relation.periods_s.map(|(first, second)| {
            ("the two periods", format!("{}, {}", words::duration_s(first), words::duration_s(second)))
        }),
        relation.next_ms.map(|next_ms| ("next together", format::clock(report, next_ms))),
        relation.explained_by.map(|series| ("explained by", format::series(report, series))),
        Some(("scale", relation.scale.name().to_owned())),
        Some(("q (false-discovery rate)", words::probability(relation.q))),
    ];
    let numbers = numbers.into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect();
    let pair = el("button")
        .class("button")
        .attr("data-testid", "pair")
        .text("Both around one clock")
        .on_click(move || session.look(|view, report| view.show_pair(report, index)));
    let has_spectrum = report.complete && relation.from != relation.to;
    let spectrum = has_spectrum.then(|| spectrum(session, shown, relation));
    frame().child(charts.collect::<View>()).child(spectrum).child(figures(numbers)).child(pair).child(refuted(
        "A relation is predictive, never a proof of a cause. Would refute it: ",
        "a third series that drives both, or the same pair unrelated on another day",
    ))
}

/// The delay by the slope of the phase, and what it says about the lag.
fn delay_words(relation: &Relation) -> Option<String> {
    let delay = words::lag_s(relation.delay_s?, relation.delay_plus_minus_s?);
    Some(relation.delay_verdict.map_or_else(|| delay.clone(), |verdict| format!("{delay}, {}", verdict.words())))
}

fn title(report: &Report, series: usize) -> El {
    el("h3").class("evidence-title").text(&format::series(report, series))
}

fn frame() -> El {
    el("div").class("evidence").attr("data-testid", "evidence")
}

fn refuted(lead: &str, by: &str) -> El {
    el("p").class("refuted").text(lead).child(el("b").text(by))
}

fn figures(numbers: Vec<(String, String)>) -> El {
    let figure = |(name, value): (String, String)| el("div").child(el("dt").text(&name)).child(el("dd").text(&value));
    el("dl").class("numbers").child(numbers.into_iter().map(figure).collect::<View>())
}

/// A stretch of one series, and what is marked on it.
struct Plot {
    series: usize,
    shown_ms: (i64, i64),
    window: Option<Stretch>,
    levels: Vec<Level>,
}

/// One series with its band.
fn chart(session: &'static Session, shown: &Shown, plot: Plot) -> El {
    let Plot { series, shown_ms, window, levels } = plot;
    let generation = shown.generation;
    let summary = shown.report.series.get(series);
    let unit = summary.map(|series| series.unit.clone()).unwrap_or_default();
    let limit_bits = summary.and_then(|series| series.expectation.as_ref()).map(|told| told.limit_bits);
    let label = format!("{} over time, with its normal band", format::series(&shown.report, series));
    let picture = el("canvas").attr("role", "img").attr("aria-label", &label);
    let canvas = picture.cast();
    let frame = el("div").class("evidence-chart").child(picture);
    let size = size_of(&frame);
    let data = chart_data(session, move || {
        let (width_px, _) = size.get();
        let max_points = (2.0 * width_px) as usize;
        let (start_ms, end_ms) = shown_ms;
        let chart = ChartRequest { series, start_ms, end_ms, max_points, behind: Behind::Course };
        (width_px > 1.0).then_some((generation, chart))
    });
    effect(move || {
        let is_light = session.theme.get() == Theme::Light;
        let cursor_ms = session.view.with(|view| view.cursor_ms);
        let (width_px, height_px) = size.get();
        let Some(chart) = data.get_clone() else { return };
        let ChartData { times_ms, values, lower, upper, expected, low, high, bits, .. } = (*chart).clone();
        let evidence = Evidence {
            times_ms,
            values,
            lower,
            upper,
            expected,
            low,
            high,
            bits,
            limit_bits,
            unit: unit.clone(),
            window,
            levels: levels.clone(),
            cursor_ms,
            spectrum: Vec::new(),
            width_px,
            height_px,
            offset_min: format::OFFSET_MIN.into(),
            is_light,
        };
        paint_chart(&canvas, &evidence);
    });
    frame
}

/// Coherence, phase and, where there is a resonance or a notch, gain over the period. The numbers come from the worker and
/// go to the charts as they are.
fn spectrum(session: &'static Session, shown: &Shown, relation: &Relation) -> El {
    let label = "Coherence and phase over the period";
    let picture = el("canvas").attr("role", "img").attr("aria-label", label).attr("data-testid", "spectrum");
    let canvas = picture.cast();
    let has_gain = relation.gain_db.is_some();
    let frame =
        el("div").class(if has_gain { "evidence-chart is-tall" } else { "evidence-chart is-high" }).child(picture);
    let size = size_of(&frame);
    let data = signal(Vec::new());
    session.ask_handed(shown.generation, Handed::Pair(relation.from, relation.to), move |file| {
        // Who asked may be gone.
        if data.is_alive() {
            data.set(Uint8Array::new(&file).to_vec());
        }
    });
    effect(move || {
        let is_light = session.theme.get() == Theme::Light;
        let (width_px, height_px) = size.get();
        let spectrum = data.get_clone();
        if !spectrum.is_empty() && width_px > 1.0 {
            paint_chart(&canvas, &Evidence { spectrum, width_px, height_px, is_light, ..Evidence::default() });
        }
    });
    frame
}

/// A window with as much again on both sides, within the data, and never less than a fiftieth of them, or than wanted.
fn around(report: &Report, window_ms: (i64, i64), least_ms: i64) -> (i64, i64) {
    let data = &report.dataset;
    let length_ms = window_ms.1.saturating_sub(window_ms.0);
    let least_ms = (format::span_ms(report) / 50).max(20 * data.interval_ms).max(least_ms);
    let margin_ms = length_ms.max(least_ms);
    (window_ms.0.saturating_sub(margin_ms).max(data.start_ms), window_ms.1.saturating_add(margin_ms).min(data.end_ms))
}

/// The levels before and after a shift.
fn levels(finding: &Finding, shown_ms: (i64, i64)) -> Vec<Level> {
    if finding.kind != FindingKind::LevelShift {
        return Vec::new();
    }
    let number = |name: &str| finding.numbers.iter().find(|number| number.name == name).map(|number| number.value);
    let level = |start_ms, end_ms| move |value| Level { stretch: Stretch { start_ms, end_ms }, value };
    let before = number("before").map(level(shown_ms.0, finding.start_ms));
    let after = number("after").map(level(finding.start_ms, finding.end_ms));
    before.into_iter().chain(after).collect()
}
