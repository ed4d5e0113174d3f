//! A Report to draw in tests, benchmarks and documentation: ten services in an incident, or as many as wanted.

use report::{
    ChartData, Class, ClassSpan, DatasetSummary, EventMark, Frame, GainFit, Incident, PairSpectrum, Relation,
    RelationKind, Replay, Report, Scale, ScaleSummary, SeriesSummary, ServiceSummary, Source, SpectrumBand, State,
    Subject, Track,
};
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// 2026-11-21 05:00 UTC.
pub const START_MS: i64 = 1_795_237_200_000;
const HOUR_MS: i64 = 3_600_000;
const FRAMES: usize = 120;
const FRAME_MS: i64 = 6 * HOUR_MS / FRAMES as i64;
/// The frame in which the incident begins.
const ONSET: usize = 112;
const METRICS: [(&str, &str); 4] = [("cpu", "ratio"), ("memory", "B"), ("latency p95", "s"), ("requests", "/s")];

use Class::{Beating, Fragmented, Insufficient, Jagged, Periodic, Steady};

/// Name; class and consonance at the micro, macro and meso scale.
type Plan = (&'static str, [(Class, f64); 3]);

const INCIDENT: [Plan; 10] = [
    ("frontend", [(Jagged, 0.22), (Fragmented, 0.08), (Periodic, 0.82)]),
    ("checkout", [(Fragmented, 0.12), (Jagged, 0.2), (Periodic, 0.72)]),
    ("cart", [(Jagged, 0.1), (Fragmented, 0.1), (Jagged, 0.5)]),
    ("redis", [(Steady, 0.76), (Beating, 0.52), (Steady, 0.84)]),
    ("catalog", [(Steady, 0.84), (Periodic, 0.95), (Periodic, 0.9)]),
    ("search", [(Periodic, 0.97), (Periodic, 0.93), (Steady, 0.97)]),
    ("payments", [(Steady, 0.92), (Periodic, 0.96), (Insufficient, 0.5)]),
    ("shipping", [(Steady, 0.9), (Beating, 0.55), (Steady, 0.93)]),
    ("mail", [(Periodic, 0.94), (Steady, 0.9), (Steady, 0.95)]),
    ("recs", [(Steady, 0.9), (Steady, 0.92), (Periodic, 0.9)]),
];

/// Ten services: a leak in the cart takes checkout and frontend with it.
pub fn incident() -> Report {
    build(INCIDENT.iter().map(|(name, plan)| ((*name).to_owned(), *plan)).collect())
}

/// As many services as wanted; every seventh one is in trouble, the others are calm.
pub fn services(count: usize) -> Report {
    let plan = |index: usize| {
        let (_, plan) = INCIDENT[match index % 7 {
            3 => (index / 7) % 3,
            other => 4 + (index + other) % 6,
        }];
        let stem = INCIDENT[index % 10].0;
        (if index < 10 { stem.to_owned() } else { format!("{stem}-service-{index}") }, plan)
    };
    build((0..count).map(plan).collect())
}

/// Services that are all well.
pub fn healthy(count: usize) -> Report {
    let plan = |index: usize| (format!("service-{index}"), INCIDENT[4 + index % 2].1);
    build((0..count).map(plan).collect())
}

/// The cart's memory over the window of [`incident`], with its normal band.
pub fn chart() -> ChartData {
    let slots = 720;
    let times_ms: Vec<f64> = (0..slots).map(|slot| (START_MS + slot * 30_000) as f64).collect();
    let value = |slot: i64| {
        let time = slot as f64;
        let ripple = (time * 0.045).sin() * 1.4e7 + (time * 1.7).sin() * 4.0e6;
        let leak = (time - 560.0).max(0.0) * 2.6e6;
        if (300..312).contains(&slot) { f64::NAN } else { 5.4e8 + ripple + if slot > 706 { 0.0 } else { leak } }
    };
    ChartData {
        series: 9,
        times_ms,
        values: (0..slots).map(value).collect(),
        lower: vec![5.1e8; slots as usize],
        upper: vec![5.7e8; slots as usize],
        ..ChartData::default()
    }
}

/// A series of period 5 min on a 15 s grid: 24 cycles, with two accents.
pub fn periodic_chart() -> ChartData {
    let slots = 480;
    let value = |slot: usize| {
        let wave = (std::f64::consts::TAU * slot as f64 / 20.0).sin();
        100.0 + 20.0 * wave + if slot == 215 || slot == 347 { 45.0 } else { 0.0 }
    };
    let band = |edge: f64| {
        (0..slots).map(move |slot| 100.0 + 20.0 * (std::f64::consts::TAU * slot as f64 / 20.0).sin() + edge)
    };
    ChartData {
        series: 11,
        times_ms: (0..slots).map(|slot| (START_MS + slot as i64 * 15_000) as f64).collect(),
        values: (0..slots).map(value).collect(),
        lower: band(-6.0).collect(),
        upper: band(6.0).collect(),
        ..ChartData::default()
    }
}

/// A Report whose first relation joins two series of one period, the second 75 s after the first; and their charts.
pub fn pair() -> (Report, [ChartData; 2]) {
    let mut report = incident();
    let (from, to) = (periodic_chart(), periodic_chart());
    let late = from.times_ms.iter().map(|time_ms| time_ms + 75_000.0).collect();
    let to = ChartData { series: 15, times_ms: late, ..to };
    let joined = Relation {
        kind: RelationKind::Resonance,
        from: from.series,
        to: to.series,
        strength: 0.93,
        sign: 1,
        lag_s: Some(75.0),
        lag_plus_minus_s: Some(8.0),
        q: 1e-6,
        period_s: Some(300.0),
        ..Relation::default()
    };
    report.series[joined.from].period_s = joined.period_s;
    report.relations.insert(0, joined);
    (report, [from, to])
}

/// The spectrum of a pair that answers most at 5 min, a minute late.
pub fn pair_spectrum() -> PairSpectrum {
    let band = |scale: Scale, from_s: f64, to_s: f64| {
        let (count, period) = (40, 300.0_f64);
        let period_s: Vec<f64> =
            (0..=count).map(|k| from_s * (f64::from(k) / f64::from(count) * (to_s / from_s).ln()).exp()).collect();
        let near = |at_s: &f64| (-2.0 * (at_s / period).ln().powi(2)).exp();
        let wobble = |at_s: &f64| 0.05 * (at_s.ln() * 40.0).sin();
        let threshold = if scale == Scale::Micro { 0.16 } else { 0.3 };
        let coherence: Vec<f64> = period_s.iter().map(|s| 0.1 + 0.8 * near(s) + wobble(s)).collect();
        let phase = period_s.iter().map(|s| -2.0 * PI * 60.0 / s).map(|a| a - 2.0 * PI * ((a + PI) / 2.0 / PI).floor());
        let half = |value: &f64| if *value >= threshold { 0.3 * (1.0 - value) + 0.08 } else { f64::NAN };
        SpectrumBand {
            scale,
            segments: 30.0,
            threshold,
            phase: phase.collect(),
            phase_plus_minus: coherence.iter().map(half).collect(),
            gain_db: period_s.iter().map(|s| 12.0 * near(s) - 6.0 + 20.0 * wobble(s)).collect(),
            coherence,
            period_s,
        }
    };
    let at: Vec<f64> = (0..=40).map(|k| 300.0 * ((f64::from(k) - 20.0) / 20.0 * 3.0_f64.ln()).exp()).collect();
    PairSpectrum {
        from: 14,
        to: 15,
        bands: vec![band(Scale::Micro, 31.0, 295.0), band(Scale::Macro, 305.0, 7_000.0)],
        periods_s: vec![300.0],
        fit: Some(GainFit {
            gain_db: at.iter().map(|s| 12.0 * (-2.0 * (s / 300.0).ln().powi(2)).exp() - 6.0).collect(),
            period_s: at,
        }),
    }
}

fn build(plans: Vec<(String, [(Class, f64); 3])>) -> Report {
    let count = plans.len();
    let mut report = Report { version: report::VERSION, complete: true, ..Report::default() };
    report.dataset = DatasetSummary {
        sources: vec![Source {
            name: "checkout-incident.csv".into(),
            format: "Grafana CSV".into(),
            ..Source::default()
        }],
        start_ms: START_MS,
        end_ms: START_MS + 6 * HOUR_MS,
        interval_ms: 15_000,
        slots: 1_440,
        series_count: count * METRICS.len(),
        point_count: count * METRICS.len() * 1_440,
        notes: Vec::new(),
        events: vec![
            EventMark { start_ms: START_MS + 286 * 60_000, end_ms: None, title: "deploy cart 1.8.2".into() },
            EventMark { start_ms: START_MS + 347 * 60_000, end_ms: None, title: "alert CheckoutLatencyHigh".into() },
        ],
    };
    report.scales = vec![
        ScaleSummary { scale: Scale::Micro, from_s: 15.0, to_s: Some(300.0), unavailable: None },
        ScaleSummary { scale: Scale::Macro, from_s: 300.0, to_s: Some(21_600.0), unavailable: None },
        ScaleSummary { scale: Scale::Meso, from_s: 21_600.0, to_s: None, unavailable: None },
    ];
    report.replay = Replay { frames: frames(), tracks: Vec::new(), start_frame: FRAMES - 4 };
    for (index, (name, plan)) in plans.iter().enumerate() {
        let first = index * METRICS.len();
        report.services.push(ServiceSummary {
            name: name.clone(),
            series: (first..first + METRICS.len()).collect(),
            ..ServiceSummary::default()
        });
        subject(&mut report, Subject::Service(index), plan, true);
        for (offset, (metric, unit)) in METRICS.iter().enumerate() {
            report.series.push(series(name, index, metric, unit));
            let mut own = *plan;
            if offset % 2 == 1 {
                own[0].0 = own[0].0.min(Steady);
            }
            subject(&mut report, Subject::Series(first + offset), &own, false);
        }
    }
    if count > 0 {
        let mean = [0, 1, 2].map(|ring| {
            let worst = plans.iter().map(|(_, plan)| plan[ring].0).max().unwrap_or_default();
            (worst, plans.iter().map(|(_, plan)| plan[ring].1).sum::<f64>() / count as f64)
        });
        subject(&mut report, Subject::System, &mean, true);
    }
    report.relations = relations(count);
    if plans.iter().any(|(_, plan)| plan.iter().any(|(class, _)| *class == Fragmented)) {
        report.incidents = vec![Incident {
            start_ms: START_MS + ONSET as i64 * FRAME_MS,
            end_ms: START_MS + 6 * HOUR_MS - 4 * 60_000,
            peak_ms: START_MS + 347 * 60_000,
            ..Incident::default()
        }];
    }
    report
}

fn frames() -> Vec<Frame> {
    let start = |index: usize| START_MS + index as i64 * FRAME_MS;
    (0..FRAMES).map(|index| Frame { start_ms: start(index), end_ms: start(index + 1) - 15_000 }).collect()
}

fn series(service: &str, index: usize, metric: &str, unit: &str) -> SeriesSummary {
    SeriesSummary {
        name: format!("{service} {metric}"),
        service: index,
        metric: metric.to_owned(),
        labels: BTreeMap::new(),
        unit: unit.to_owned(),
        is_rate_of_counter: false,
        points: 1_440,
        missing: 0,
        median: Some(100.0),
        spread: Some(15.0),
        min: Some(70.0),
        max: Some(165.0),
        period_s: (metric != "memory").then_some(300.0),
        ..SeriesSummary::default()
    }
}

fn subject(report: &mut Report, subject: Subject, plan: &[(Class, f64); 3], has_consonance: bool) {
    for (scale, (class, consonance)) in Scale::ALL.into_iter().zip(*plan) {
        let is_trouble = matches!(class, Jagged | Fragmented);
        let score = if is_trouble { 1.2 + 2.4 * (1.0 - consonance) } else { 0.0 };
        let cycles = [5.0, 6.0, 7.0][scale.index()];
        let span_s = [300.0, 21_600.0, 604_800.0][scale.index()];
        report.states.push(State {
            subject,
            scale,
            class,
            consonance: (has_consonance && class != Insufficient).then_some(consonance),
            score,
            period_s: (class == Periodic).then_some(span_s / cycles),
            beat_period_s: (class == Beating).then_some(span_s / 2.0),
            beat_at_ms: (class == Beating).then_some(START_MS),
            confidence: 0.9,
            evidence: format!("Example of {}.", class.name()),
        });
        let calm = if class == Insufficient { Insufficient } else { Steady };
        let before = if is_trouble { calm } else { class };
        let onset = ONSET.min(FRAMES);
        let wobble = |frame: usize| 0.94 + 0.06 * ((frame * 7 + scale.index() * 3) as f64 * 0.7).sin();
        let level = |frame: usize| {
            let part = if frame < onset { 0.0 } else { ((frame - onset + 1) as f64 / 3.0).min(1.0) };
            let usual = if is_trouble { wobble(frame) } else { consonance * wobble(frame) };
            usual + (consonance - usual) * part
        };
        let defined = |frame: usize| {
            has_consonance
                && class != Insufficient
                && !(scale == Scale::Meso && frame < 12 && subject == Subject::System)
        };
        report.replay.tracks.push(Track {
            subject,
            scale,
            spans: vec![
                ClassSpan { from: 0, to: onset, class: before, score: 0.0 },
                ClassSpan { from: onset, to: FRAMES, class, score },
            ],
            consonance: if has_consonance {
                (0..FRAMES).map(|frame| defined(frame).then(|| level(frame))).collect()
            } else {
                Vec::new()
            },
        });
    }
}

fn relations(count: usize) -> Vec<Relation> {
    let plan = [
        (2, 1, RelationKind::Resonance, 0.95, Some(30.0)),
        (1, 0, RelationKind::Resonance, 0.9, Some(25.0)),
        (2, 0, RelationKind::Coupling, 0.72, Some(55.0)),
        (3, 2, RelationKind::AntiResonance, 0.66, Some(15.0)),
        (4, 5, RelationKind::Coupling, 0.6, Some(5.0)),
        (9, 5, RelationKind::Coupling, 0.45, Some(0.0)),
        (3, 7, RelationKind::Beat, 0.4, None),
        (8, 7, RelationKind::Coupling, 0.35, Some(60.0)),
        (6, 1, RelationKind::AntiResonance, 0.35, Some(10.0)),
    ];
    let relation = |(from, to, kind, strength, lag_s): (usize, usize, RelationKind, f64, Option<f64>)| Relation {
        kind,
        from: from * METRICS.len() + 1,
        to: to * METRICS.len() + 2,
        scale: Scale::Micro,
        strength,
        sign: if kind == RelationKind::AntiResonance { -1 } else { 1 },
        lag_s,
        lag_plus_minus_s: lag_s.map(|_| 5.0),
        q: 0.001,
        ..Relation::default()
    };
    let within = |index: usize| Relation {
        from: index * METRICS.len(),
        to: index * METRICS.len() + 2,
        ..relation((index, index, RelationKind::Coupling, 0.5, Some(15.0)))
    };
    let across = plan.into_iter().filter(|(from, to, ..)| (*from).max(*to) < count).map(relation);
    across.chain((0..count.min(10)).map(within)).collect()
}
