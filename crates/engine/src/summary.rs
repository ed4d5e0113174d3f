//! The Report's plain facts: what was read, which services there are, what each series is like.

use crate::Options;
use crate::calls::Calls;
use crate::detect::Facts;
use crate::pattern;
use crate::recurrence::Beat;
use crate::scales;
use crate::services::Membership;
use analysis::harmony::Bounds;
use analysis::rhythm::Foot;
use analysis::spectrum::Peak;
use order::SortedMap;
use report::{DataNote, DatasetSummary, EventMark, Report, SeriesSummary, ServiceSummary, Source};
use series::{Dataset, Kind, Note, Panel, TimeGrid};
use std::collections::BTreeMap;

/// More accents of one series than this are told apart by nobody.
const MOST_ACCENTS: usize = 200;

/// A Report before any statistic has run.
pub(crate) fn begin(
    dataset: &Dataset,
    panel: &Panel,
    members: &[Membership],
    bounds: &Bounds,
    options: &Options,
) -> Report {
    let mut by_service: SortedMap<&str, Vec<usize>> = SortedMap::new();
    for (position, member) in members.iter().enumerate() {
        by_service.at(&member.service).push(position);
    }
    let mut number: SortedMap<&str, usize> = SortedMap::new();
    number.extend(by_service.keys().enumerate().map(|(position, name)| (*name, position)));
    let series = dataset
        .series
        .iter()
        .zip(members)
        .map(|(one, member)| SeriesSummary {
            name: one.name.clone(),
            service: number.get(member.service.as_str()).copied().unwrap_or(0),
            metric: member.metric.clone(),
            labels: labels(one),
            unit: unit(one),
            is_rate_of_counter: one.kind == Kind::Counter,
            ..SeriesSummary::default()
        })
        .collect();
    let source = dataset;
    let mut dataset = about(source, panel);
    let calls = Calls::among(source, &options.calls, &number);
    dataset.notes.extend(calls.note.clone());
    let strangers = options.weights.keys().filter(|name| number.get(name.as_str()).is_none());
    dataset.notes.extend(strangers.map(|name| stranger_note(name)));
    Report {
        version: report::VERSION,
        dataset,
        services: by_service
            .into_iter()
            .map(|(name, series)| ServiceSummary {
                name: name.to_owned(),
                series,
                weight: options.weights.get(name).copied(),
                calls: number.get(name).map_or_else(Vec::new, |caller| calls.of(*caller)),
                ..ServiceSummary::default()
            })
            .collect(),
        series,
        scales: scales::summaries(&panel.grid, bounds),
        ..Report::default()
    }
}

/// Filled one by one: a map that is collected is sorted first, by a sort of its own.
fn labels(series: &series::Series) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    labels.extend(series.labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    labels
}

/// The unit of what the analysis sees: of a counter the rate.
fn unit(series: &series::Series) -> String {
    let mut unit = series.unit.clone();
    unit.per_second |= series.kind == Kind::Counter;
    unit.to_string()
}

fn about(dataset: &Dataset, panel: &Panel) -> DatasetSummary {
    let (start_ms, end_ms) = dataset.span_ms().unwrap_or((0, 0));
    DatasetSummary {
        sources: dataset
            .origins
            .iter()
            .map(|origin| Source {
                name: origin.name.clone(),
                format: origin.format.clone(),
                assumed_time_zone: origin.assumed_time_zone.clone(),
            })
            .collect(),
        start_ms,
        end_ms,
        interval_ms: panel.grid.step_ms,
        slots: panel.grid.len,
        series_count: dataset.series.len(),
        point_count: dataset.point_count(),
        notes: dataset.notes.iter().chain(&panel.notes).map(data_note).collect(),
        events: dataset
            .events
            .iter()
            .map(|event| EventMark { start_ms: event.start_ms, end_ms: event.end_ms, title: event.title.clone() })
            .collect(),
    }
}

/// A note for the Report.
pub(crate) fn data_note(note: &Note) -> DataNote {
    DataNote {
        kind: kind_name(note),
        subject: note.subject.clone(),
        count: note.count,
        message: note.message.clone(),
        undo: note.undo.clone(),
    }
}

fn kind_name(note: &Note) -> String {
    use series::NoteKind::*;
    match note.kind {
        Assumption => "assumption",
        Gap => "gap",
        Break => "break",
        Duplicate => "duplicate",
        Unsorted => "unsorted",
        Irregular => "irregular",
        Unreadable => "unreadable",
        Infinite => "infinite",
        CounterReset => "counter_reset",
        CounterRate => "counter_rate",
        Ambiguous => "ambiguous",
        Derived => "derived",
        UnitConversion => "unit_conversion",
        Dropped => "dropped",
        Constant => "constant",
        Limit => "limit",
        SourceWarning => "source_warning",
    }
    .to_owned()
}

/// The note that says that a weight is nobody's.
fn stranger_note(service: &str) -> DataNote {
    DataNote {
        kind: "dropped".into(),
        subject: Some(service.to_owned()),
        count: 1,
        message: "a weight was given for it, but no service is called that, so the weight counts for nothing".into(),
        undo: None,
    }
}

/// The note that says that not all pairs were looked at.
pub(crate) fn limit_note(series: usize, looked_at: usize) -> DataNote {
    DataNote {
        kind: "limit".into(),
        subject: None,
        count: (series - looked_at) as u64,
        message: format!(
            "relations were looked for among {looked_at} of {series} series, the ones with the strongest findings first"
        ),
        undo: None,
    }
}

/// What detection has learned about a series, and how often patterns of accents stand in it.
pub(crate) fn fill(
    summary: &mut SeriesSummary,
    values: &[f64],
    facts: &Facts,
    grid: &TimeGrid,
    patterns: &[Vec<bool>],
) {
    summary.points = values.iter().filter(|value| value.is_finite()).count();
    let first = values.iter().position(|value| value.is_finite());
    let last = values.iter().rposition(|value| value.is_finite());
    summary.missing = match (first, last) {
        (Some(first), Some(last)) => (last + 1 - first) - summary.points,
        _ => 0,
    };
    summary.median = facts.standard.map(|standard| standard.centre);
    summary.spread = facts.standard.map(|standard| standard.spread);
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    summary.min = finite().min_by(f64::total_cmp);
    summary.max = finite().max_by(f64::total_cmp);
    let strongest = || {
        let fundamentals = facts.peaks.iter().filter(|peak| peak.harmonic_of.is_none());
        fundamentals.max_by(|a, b| a.power_share.total_cmp(&b.power_share)).map(|peak| peak.period_steps)
    };
    // The onsets of short runs tell their period much better than a line does.
    let period = facts.recurrence.job.as_ref().map(|job| job.period).or_else(strongest);
    summary.period_s = period.map(|period| period * grid.step_s());
    summary.periods = periods(&facts.peaks, grid);
    summary.scale_shares = facts.scale_shares.map(Vec::from).unwrap_or_default();
    summary.accents = accents(facts, grid);
    let dated = |beat: Beat| report::Beat { at_ms: grid.time_ms(beat.slot), came: beat.came, bits: beat.bits };
    summary.rhythm = facts.recurrence.job.as_ref().map(|job| report::Rhythm {
        period_s: job.period * grid.step_s(),
        plus_minus_s: job.plus_minus * grid.step_s(),
        variation: job.variation,
        count: job.runs.len(),
        foot: facts.recurrence.foot.map(|(foot, _)| to_report(foot)),
        foot_share: facts.recurrence.foot.map_or(0.0, |(_, share)| share),
        p: job.p,
        newest: job.newest.map(dated),
        strangest: job.strangest.map(dated),
        offbeats: job
            .offbeats
            .iter()
            .skip(job.offbeats.len().saturating_sub(MOST_ACCENTS))
            .map(|off| report::Offbeat {
                at_ms: grid.time_ms(off.slot),
                instead_of_ms: grid.time_ms(off.instead_of),
                bits: off.bits,
            })
            .collect(),
    });
    summary.patterns = pattern::count(&facts.recurrence.strong, patterns, grid);
}

/// The longest first, as found.
fn periods(peaks: &[Peak], grid: &TimeGrid) -> Vec<report::Period> {
    let step_s = grid.step_s();
    peaks
        .iter()
        .enumerate()
        .map(|(place, peak)| {
            // The phase is that of a cosine at slot 0.
            let turn = std::f64::consts::TAU;
            let crest = (turn - peak.phase).rem_euclid(turn) / turn * peak.period_steps;
            report::Period {
                period_s: peak.period_steps * step_s,
                low_s: peak.period_low * step_s,
                high_s: peak.period_high * step_s,
                share: peak.power_share,
                amplitude: peak.amplitude,
                crest_ms: grid.time_ms(crest.round() as usize),
                harmonic: peak.harmonic_of.map_or(1, |(_, number)| number),
                family: peak.harmonic_of.map_or(place, |(family, _)| family),
            }
        })
        .collect()
}

/// Those of the feet where they have any; else the runs of the job; else what left the normal band.
fn accents(facts: &Facts, grid: &TimeGrid) -> Vec<report::Accent> {
    let dated = |start: usize, end: usize, strength: f64, foot: Option<Foot>| report::Accent {
        start_ms: grid.time_ms(start),
        end_ms: grid.time_ms(end),
        strength: strength.min(analysis::distribution::SCORE_CAP),
        foot: foot.map(to_report),
    };
    let recurrence = &facts.recurrence;
    let spread = facts.standard.map_or(1.0, |standard| standard.spread).max(f64::MIN_POSITIVE);
    let mut accents: Vec<report::Accent> = match &recurrence.job {
        _ if !recurrence.accents.is_empty() => {
            recurrence.accents.iter().map(|one| dated(one.start, one.end, one.strength, one.foot)).collect()
        }
        Some(job) => {
            let run = |slot: &usize| dated(*slot, slot + job.duration - 1, job.height.abs() / spread, None);
            job.runs.iter().map(run).collect()
        }
        None => facts.accents.iter().map(|one| dated(one.start, one.end, one.z.abs(), None)).collect(),
    };
    if accents.len() > MOST_ACCENTS {
        order::sort_by(&mut accents, |a, b| b.strength.total_cmp(&a.strength).then(a.start_ms.cmp(&b.start_ms)));
        accents.truncate(MOST_ACCENTS);
        order::sort_by_key(&mut accents, |accent| accent.start_ms);
    }
    accents
}

fn to_report(foot: Foot) -> report::Foot {
    match foot {
        Foot::Iamb => report::Foot::Iamb,
        Foot::Trochee => report::Foot::Trochee,
        Foot::Anapest => report::Foot::Anapest,
        Foot::Dactyl => report::Foot::Dactyl,
        Foot::Amphibrach => report::Foot::Amphibrach,
    }
}
