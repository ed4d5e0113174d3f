//! Root causes: services and their series, ranked by what moved first and furthest.

use crate::services::{self, Membership};
use crate::{Error, Options};
use analysis::cause::{Candidate, Displacement, Evidence, common_onset, displacement, rank};
use order::{SortedMap, SortedSet};
use series::{Dataset, Panel};
use std::ops::Range;

/// How far around an alarm's time the fault is looked for, in sampling steps.
const ALARM_STEPS: usize = 120;
/// The fewest slots without a value that are a silence.
const SILENT_SLOTS: usize = 5;
/// A silence counts as a movement by this many spreads.
const SILENCE_SIZE: f64 = 30.0;

/// What is known beforehand.
#[derive(Clone, Debug, Default)]
pub struct CauseRequest<'a> {
    /// The time of an alarm, in milliseconds since 1970-01-01 UTC.
    pub alarm_ms: Option<i64>,
    /// The call graph: (caller, callee) by service name.
    pub calls: &'a [(String, String)],
    /// Normal operation; its series are matched by name.
    pub baseline: Option<&'a Dataset>,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Causes {
    /// When the disturbance began.
    pub onset_ms: i64,
    /// Services, best first, each once.
    pub services: Vec<RankedService>,
    /// Series, best first.
    pub series: Vec<RankedSeries>,
}

/// A service's place.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedService {
    /// Its name.
    pub service: String,
    /// Strength of the evidence.
    pub score: f64,
    /// Its share of the evidence of all services.
    pub confidence: f64,
}

/// A series' place.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedSeries {
    /// The position in the data set.
    pub series: usize,
    /// Its service and its name within it.
    pub member: Membership,
    /// How far it moved.
    pub moved: Displacement,
    /// When it left its band, in milliseconds.
    pub onset_ms: i64,
    /// How long after the disturbance's onset, in seconds.
    pub lag_s: f64,
}

/// Looks for the onset of the strongest common disturbance and ranks what it may have come from.
pub fn causes(dataset: &Dataset, request: &CauseRequest<'_>, options: &Options) -> Result<Causes, Error> {
    let panel = Panel::align(dataset)?;
    let members = services::infer(dataset, &options.services);
    let (columns, offset) = match request.baseline {
        Some(baseline) => with_baseline(dataset, &panel, baseline)?,
        None => (panel.columns.clone(), 0),
    };
    let len = offset + panel.grid.len;
    let search = match request.alarm_ms {
        Some(alarm_ms) => {
            let alarm = offset + panel.grid.slot(alarm_ms);
            alarm.saturating_sub(ALARM_STEPS).max(offset)..alarm + ALARM_STEPS + 1
        }
        None => offset..len,
    };
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let onset = common_onset(&views, search).map_or(offset, |onset| onset.slot);
    let names: SortedSet<&str> = members.iter().map(|member| member.service.as_str()).collect();
    let number: SortedMap<&str, usize> = names.iter().enumerate().map(|(position, name)| (*name, position)).collect();
    let groups: Vec<usize> =
        members.iter().map(|member| number.get(member.service.as_str()).copied().unwrap_or(0)).collect();
    let baseline = if offset > 0 { 0..offset } else { 0..onset };
    let moved: Vec<(usize, Displacement)> = evidence_of(&columns, baseline, onset, len).collect();
    // A callee that fails makes its callers fail: it leads.
    let leads: Vec<(usize, usize)> = request
        .calls
        .iter()
        .filter_map(|(caller, callee)| Some((*number.get(callee.as_str())?, *number.get(caller.as_str())?)))
        .collect();
    let evidence: Vec<Evidence> =
        moved.iter().map(|(series, moved)| weigh(groups.get(*series).copied().unwrap_or(0), moved, onset)).collect();
    let ranked = rank(&evidence, &leads);
    let named: Vec<&str> = names.into_iter().collect();
    let mut services: Vec<RankedService> = ranked
        .iter()
        .map(|candidate| RankedService {
            service: named.get(candidate.group).copied().unwrap_or("").to_owned(),
            score: candidate.score,
            confidence: candidate.confidence,
        })
        .collect();
    for name in named {
        if !services.iter().any(|listed| listed.service == name) {
            services.push(RankedService { service: name.to_owned(), score: 0.0, confidence: 0.0 });
        }
    }
    let mut series: Vec<RankedSeries> = moved
        .into_iter()
        .filter_map(|(position, moved)| {
            let slot = moved.first_outside.saturating_sub(offset);
            Some(RankedSeries {
                series: position,
                member: members.get(position)?.clone(),
                onset_ms: panel.grid.time_ms(slot),
                lag_s: (moved.first_outside - onset) as f64 * panel.grid.step_s(),
                moved,
            })
        })
        .collect();
    order::sort_by(&mut series, |a, b| b.moved.size.total_cmp(&a.moved.size).then(a.series.cmp(&b.series)));
    Ok(Causes { onset_ms: panel.grid.time_ms(onset.saturating_sub(offset)), services, series })
}

/// The displacement of every column that has one, or that fell silent.
pub(crate) fn evidence_of(
    columns: &[Vec<f64>],
    baseline: Range<usize>,
    onset: usize,
    end: usize,
) -> impl Iterator<Item = (usize, Displacement)> {
    columns.iter().enumerate().filter_map(move |(series, column)| {
        let silent = fell_silent(column, baseline.clone(), onset, end);
        Some((series, silent.or_else(|| displacement(column, baseline.clone(), onset, end))?))
    })
}

/// A series that was there before the onset and, for most of the time after it and to the end, is not.
fn fell_silent(column: &[f64], baseline: Range<usize>, onset: usize, end: usize) -> Option<Displacement> {
    let before = column.get(baseline)?;
    let after = column.get(onset..end.min(column.len()))?;
    let seen = before.iter().filter(|value| value.is_finite()).count();
    let still_there = after.iter().rposition(|value| value.is_finite()).map_or(0, |last| last + 1);
    let silent = after.len() - still_there;
    // A series that was seldom there is not missed.
    if 2 * seen < before.len() || silent < SILENT_SLOTS || 2 * silent < after.len() {
        return None;
    }
    let usual = analysis::robust::median(before)?;
    Some(Displacement {
        before: usual,
        after: f64::NAN,
        size: SILENCE_SIZE,
        direction: -1.0,
        first_outside: onset + still_there,
    })
}

/// A displacement as evidence for its group.
pub(crate) fn weigh(group: usize, moved: &Displacement, onset: usize) -> Evidence {
    Evidence { group, size: moved.size, delay: moved.first_outside.saturating_sub(onset) as f64 }
}

/// Ranks the groups of some columns by how they moved between `onset` and `end`; the evidence's positions are series.
pub(crate) fn rank_columns(
    columns: &[Vec<f64>],
    groups: &[usize],
    onset: usize,
    end: usize,
    leads: &[(usize, usize)],
) -> Vec<(Candidate, Vec<(usize, Displacement)>)> {
    let moved: Vec<(usize, Displacement)> = evidence_of(columns, 0..onset, onset, end).collect();
    let evidence: Vec<Evidence> = moved
        .iter()
        .map(|(series, moved)| weigh(groups.get(*series).copied().unwrap_or(usize::MAX), moved, onset))
        .collect();
    rank(&evidence, leads)
        .into_iter()
        .map(|candidate| {
            let telling = candidate.evidence.iter().filter_map(|position| moved.get(*position).copied()).collect();
            (candidate, telling)
        })
        .collect()
}

/// Each column with the baseline's column of the same name in front; returns the baseline's length.
fn with_baseline(dataset: &Dataset, panel: &Panel, baseline: &Dataset) -> Result<(Vec<Vec<f64>>, usize), Error> {
    let normal = Panel::align(baseline)?;
    let offset = normal.grid.len;
    let by_name: SortedMap<&str, &Vec<f64>> =
        baseline.series.iter().map(|series| series.name.as_str()).zip(&normal.columns).collect();
    let columns = dataset
        .series
        .iter()
        .zip(&panel.columns)
        .map(|(series, column)| {
            let mut joined =
                by_name.get(series.name.as_str()).map_or_else(|| vec![f64::NAN; offset], |before| (*before).clone());
            joined.extend_from_slice(column);
            joined
        })
        .collect();
    Ok((columns, offset))
}
