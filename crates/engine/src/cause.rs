//! Root causes: services and their series, ranked by how far they moved in the disturbance.

use crate::attribution;
use crate::calls::Calls;
use crate::services::{self, Membership};
use crate::{Error, Options, metric_kind};
use analysis::cause::{
    Alarm, Candidate, Displacement, Evidence, Graph, Kind, VISIBLE, VISIBLE_ANYWHERE, displacement,
    displacement_in_part, disturbances, rank, silence,
};
use operations::symptom::{self, Symptom};
use order::{SortedMap, SortedSet};
use report::LabelEvidence;
use series::{Dataset, Panel, TimeGrid};
use std::ops::Range;

/// How late or early an alarm may be, in milliseconds.
const ALARM_REACH_MS: i64 = 300_000;
/// The same in sampling steps, where these are long.
const ALARM_REACH_SLOTS: usize = 2;
/// At most this part of what precedes a disturbance is kept out of its normal operation.
const LARGEST_GUARD: usize = 4;
/// Where nobody said when, the most telling of so many disturbances is taken …
const DISTURBANCES: usize = 3;
/// … of those with so many slots before them to judge them by.
const FEWEST_BEFORE: usize = 8;

/// What is known beforehand.
#[derive(Clone, Debug, Default)]
pub struct CauseRequest<'a> {
    /// The time of an alarm, in milliseconds since 1970-01-01 UTC.
    pub alarm_ms: Option<i64>,
    /// The call graph: (caller, callee) by service name; where it is empty, labels may say it.
    pub calls: &'a [(String, String)],
    /// Normal operation; its series are matched by name.
    pub baseline: Option<&'a Dataset>,
}

/// The answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Causes {
    /// When the disturbance began.
    pub onset_ms: i64,
    /// The last time in it.
    pub end_ms: i64,
    /// Whether any service moved further than healthy ones do. If not, the order below means little.
    pub is_visible: bool,
    /// Services, best first, each once.
    pub services: Vec<RankedService>,
    /// Series, best first.
    pub series: Vec<RankedSeries>,
    /// Label values that the deviation comes with, the most telling first.
    pub labels: Vec<LabelEvidence>,
    /// Other disturbances in which a service moved visibly, in order of time. Only where no alarm was given.
    pub others: Vec<OtherDisturbance>,
}

/// A disturbance that the answer is not about.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherDisturbance {
    /// Its first time, in milliseconds.
    pub onset_ms: i64,
    /// Its last.
    pub end_ms: i64,
    /// The service that moved furthest in it.
    pub service: String,
}

/// A service's place.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedService {
    /// Its name.
    pub service: String,
    /// Strength of the evidence; below 1.0 nothing is visible.
    pub score: f64,
    /// How likely it is the cause: its share of the evidence of all services and of "none of these".
    pub confidence: f64,
    /// The position in the data set of its most telling series, where one moved.
    pub series: Option<usize>,
    /// The service whose deviation explains this one's.
    pub explained_by: Option<String>,
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

/// Looks for the strongest disturbance of all series together and ranks what it may have come from.
///
/// # Errors
/// Where the series have no common grid.
pub fn causes(dataset: &Dataset, request: &CauseRequest<'_>, options: &Options) -> Result<Causes, Error> {
    let panel = Panel::align(dataset)?;
    let grid = &panel.grid;
    let members = services::infer(dataset, &options.services);
    let joined = request.baseline.map(|baseline| with_baseline(dataset, &panel, baseline)).transpose()?;
    let (columns, offset) = joined.as_ref().map_or((&panel.columns, 0), |(columns, offset)| (columns, *offset));
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let alarm = request.alarm_ms.map(|alarm_ms| {
        let slot = grid.slot(alarm_ms);
        offset + slot + usize::from(grid.time_ms(slot) < alarm_ms)
    });
    let names: SortedSet<&str> = members.iter().map(|member| member.service.as_str()).collect();
    let number: SortedMap<&str, usize> = names.iter().enumerate().map(|(position, name)| (*name, position)).collect();
    let calls = Calls::among(dataset, request.calls, &number).pairs();
    let named: Vec<&str> = names.into_iter().collect();
    let name = |group: usize| named.get(group).map_or_else(String::new, |name| (*name).to_owned());
    let (most, visible) = if alarm.is_some() { (1, VISIBLE) } else { (DISTURBANCES, VISIBLE_ANYWHERE) };
    let ranked = |found: &Examined| {
        let evidence: Vec<Evidence> = found
            .moved
            .iter()
            .filter_map(|(series, moved)| {
                let member = members.get(*series)?;
                let metric = dataset.series.get(*series)?.metric.as_deref().unwrap_or(&member.metric);
                Some(weigh(*number.get(member.service.as_str())?, moved, metric))
            })
            .collect();
        rank(&evidence, Graph::Calls(&calls), visible)
    };
    let mut judged: Vec<(Examined, Vec<Candidate>)> = examine(&columns, offset, alarm, reach(grid), most)
        .into_iter()
        .map(|found| {
            let candidates = ranked(&found);
            (found, candidates)
        })
        .collect();
    let evidence = |candidates: &[Candidate]| candidates.first().map_or(0.0, |first| first.score);
    // The sort is stable: of two that tell as much, the stronger disturbance.
    order::sort_by(&mut judged, |a, b| evidence(&b.1).total_cmp(&evidence(&a.1)));
    let mut judged = judged.into_iter();
    let (found, candidates) = judged.next().unwrap_or_default();
    let time_ms = |slot: usize| grid.time_ms(slot.saturating_sub(offset));
    let mut others: Vec<OtherDisturbance> = judged
        .filter(|(_, candidates)| evidence(candidates) >= 1.0)
        .filter_map(|(other, candidates)| {
            let service = name(candidates.first()?.group);
            Some(OtherDisturbance { onset_ms: time_ms(other.from), end_ms: time_ms(other.to), service })
        })
        .collect();
    order::sort_by(&mut others, |a, b| a.onset_ms.cmp(&b.onset_ms));
    let mut services: Vec<RankedService> = candidates
        .into_iter()
        .map(|candidate| RankedService {
            service: name(candidate.group),
            score: candidate.score,
            confidence: candidate.confidence,
            series: candidate
                .evidence
                .first()
                .and_then(|position| found.moved.get(*position))
                .map(|(series, _)| *series),
            explained_by: candidate.explained_by.map(name),
        })
        .collect();
    for name in named {
        if !services.iter().any(|listed| listed.service == name) {
            let service = name.to_owned();
            services.push(RankedService { service, score: 0.0, confidence: 0.0, series: None, explained_by: None });
        }
    }
    // It began when the first service's most telling series left its band.
    let is_visible = services.first().is_some_and(|first| first.score >= 1.0);
    let first = services.first().and_then(|first| first.series).filter(|_| is_visible);
    let led = found.moved.iter().find(|(series, _)| Some(*series) == first).map(|(_, moved)| moved.first_outside);
    let onset = led.map_or(found.from, |slot| slot.min(found.from));
    let mut strength = vec![0.0; dataset.series.len()];
    let mut series: Vec<RankedSeries> = Vec::new();
    for (position, moved) in found.moved {
        let Some(member) = members.get(position) else { continue };
        if let Some(strength) = strength.get_mut(position) {
            *strength = moved.evidence;
        }
        let (onset_ms, lag_s) =
            (time_ms(moved.first_outside), (time_ms(moved.first_outside) - time_ms(onset)) as f64 / 1000.0);
        series.push(RankedSeries { series: position, member: member.clone(), moved, onset_ms, lag_s });
    }
    order::sort_by(&mut series, |a, b| b.moved.evidence.total_cmp(&a.moved.evidence).then(a.series.cmp(&b.series)));
    Ok(Causes {
        onset_ms: time_ms(onset),
        end_ms: time_ms(found.to),
        is_visible,
        services,
        series,
        labels: attribution::attribute(dataset, &strength),
        others,
    })
}

/// How many slots an alarm may be off.
pub(crate) fn reach(grid: &TimeGrid) -> usize {
    usize::try_from((ALARM_REACH_MS + grid.step_ms / 2) / grid.step_ms.max(1)).unwrap_or(0).max(ALARM_REACH_SLOTS)
}

/// A disturbance, and how far the columns moved in it.
#[derive(Debug, Default)]
pub(crate) struct Examined {
    /// The first disturbed slot.
    pub(crate) from: usize,
    /// The last one.
    pub(crate) to: usize,
    /// Of the columns that can be judged their position and displacement; its slot is one of the columns' slots.
    pub(crate) moved: Vec<(usize, Displacement)>,
}

/// Finds the disturbances (near `alarm`, at most `reach` slots off), up to `most`, the strongest first, and measures how far
/// every column moved in each or whether it fell silent. The first `offset` slots are a recording of normal operation; where
/// there is none, it is what precedes the disturbance. Where there is no disturbance, one in which nothing moved.
pub(crate) fn examine(
    columns: &[&[f64]],
    offset: usize,
    alarm: Option<usize>,
    reach: usize,
    most: usize,
) -> Vec<Examined> {
    // Slots without any value are no time that passed.
    let len = columns.iter().map(|column| column.len()).max().unwrap_or(0);
    let is_there = |column: &[f64], slot: usize| column.get(slot).is_some_and(|value| value.is_finite());
    let slots: Vec<usize> = (0..len).filter(|slot| columns.iter().any(|column| is_there(column, *slot))).collect();
    let row_of = |slot: usize| slots.partition_point(|one| *one < slot);
    let normal = row_of(offset);
    let rows = |column: &&[f64]| -> Vec<f64> {
        slots.iter().map(|slot| column.get(*slot).copied().unwrap_or(f64::NAN)).collect()
    };
    // Columns from which no slot is left out need no copy.
    let is_whole = columns.iter().all(|column| column.len() == slots.len());
    let copies: Vec<Vec<f64>> = if is_whole { Vec::new() } else { columns.iter().map(rows).collect() };
    let mut views: Vec<&[f64]> = if is_whole { columns.to_vec() } else { copies.iter().map(Vec::as_slice).collect() };
    // Whether a value is there is a series of its own where that says something.
    let presences: Vec<Vec<f64>> = views.iter().filter_map(|values| presence(values, normal)).collect();
    views.extend(presences.iter().map(Vec::as_slice));
    let alarm = alarm.map(|slot| Alarm { slot: row_of(slot), reach });
    let first = if alarm.is_some() || normal > 0 { normal + 1 } else { FEWEST_BEFORE };
    let found = disturbances(&views, normal, first..slots.len(), alarm, most);
    if found.is_empty() {
        let from = alarm.map_or(normal, |alarm| alarm.slot).min(slots.len().saturating_sub(1));
        let slot = slots.get(from).copied().unwrap_or(offset);
        return vec![Examined { from: slot, to: slot, moved: Vec::new() }];
    }
    let values = views.get(..columns.len()).unwrap_or_default();
    let slot = |row: usize| slots.get(row).copied().unwrap_or(offset);
    found
        .into_iter()
        .map(|found| Examined {
            from: slot(found.from),
            to: slot(found.to.saturating_sub(1)),
            moved: displacements(values, normal, found.from..found.to, alarm.is_some())
                .into_iter()
                .map(|(column, moved)| (column, Displacement { first_outside: slot(moved.first_outside), ..moved }))
                .collect(),
        })
        .collect()
}

/// How far each column that can be judged moved in the disturbed rows, or whether it fell silent. The first `normal` rows are
/// normal operation; where there are none, it is what precedes the disturbance.
/// A stretch that an `is_alarmed` alarm holds fast may not fit: there a third of it is enough.
fn displacements(
    columns: &[&[f64]],
    normal: usize,
    disturbed: Range<usize>,
    is_alarmed: bool,
) -> Vec<(usize, Displacement)> {
    let measure = if is_alarmed { displacement_in_part } else { displacement };
    // What begins slowly or is noticed late must not be its own normal.
    let guarded = |begin: usize| disturbed.start - disturbed.len().min((disturbed.start - begin) / LARGEST_GUARD);
    let (usual, recent) = if normal > 0 { (0..normal, normal..guarded(normal)) } else { (0..guarded(0), 0..0) };
    let judged = columns.iter().enumerate().filter_map(|(column, values)| {
        let value = measure(values, usual.clone(), recent.clone(), disturbed.clone());
        let silent = silence(values, usual.clone(), disturbed.clone());
        let stronger = match (value, silent) {
            (Some(value), Some(silent)) if value.evidence >= silent.evidence => Some(value),
            (value, silent) => silent.or(value),
        };
        Some((column, stronger?))
    });
    judged.collect()
}

/// 1 where there is a value and 0 where there is none; `None` where that says nothing: the series is seldom there, or
/// always. A series that was seldom there is not missed.
fn presence(values: &[f64], normal: usize) -> Option<Vec<f64>> {
    let there = |values: &[f64]| values.iter().filter(|value| value.is_finite()).count();
    let usual = if normal > 0 { values.get(..normal)? } else { values };
    let current = values.get(normal..)?;
    if 2 * there(usual) < usual.len() || there(current) == current.len() {
        return None;
    }
    Some(values.iter().map(|value| if value.is_finite() { 1.0 } else { 0.0 }).collect())
}

/// A displacement as evidence for its group.
pub(crate) fn weigh(group: usize, moved: &Displacement, metric: &str) -> Evidence {
    // Without requests there is no latency.
    let kind = match metric_kind::of(metric) {
        Kind::Symptom if moved.after.is_nan() => Kind::Traffic,
        kind => kind,
    };
    // What answers more often than before is no cause of trouble.
    let is_relief = moved.after > moved.before && symptom::of_metric(metric) == Some(Symptom::Availability);
    Evidence { group, strength: if is_relief { 0.0 } else { moved.evidence }, kind }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use testkit::{Random, START_MS, dataset, signal};

    const STEP_MS: i64 = 60_000;

    /// Three services, of which `a` is off by 12 in slots 30 to 35 and `b` by 15 in slots 70 to 75.
    fn twice() -> Dataset {
        let noise = |seed| signal::white_noise(100, &mut Random::new(seed));
        let off = |mut values: Vec<f64>, slots: Range<usize>, by: f64| {
            values[slots].iter_mut().for_each(|value| *value += by);
            values
        };
        let a = off(noise(1), 30..36, 12.0);
        let b = off(noise(2), 70..76, 15.0);
        dataset(STEP_MS, [("a_memory", a), ("b_memory", b), ("c_memory", noise(3))])
    }

    fn found(alarm_slot: Option<i64>) -> Causes {
        let request =
            CauseRequest { alarm_ms: alarm_slot.map(|slot| START_MS + slot * STEP_MS), ..CauseRequest::default() };
        causes(&twice(), &request, &Options::default()).unwrap()
    }

    #[test]
    fn of_two_disturbances_the_more_telling_one_is_explained_and_the_other_named() {
        let both = found(None);
        assert_eq!((both.services[0].service.as_str(), both.is_visible), ("b", true));
        assert_eq!(both.onset_ms, START_MS + 70 * STEP_MS);
        let others: Vec<(&str, i64, i64)> = both
            .others
            .iter()
            .map(|other| {
                let slot = |time_ms: i64| (time_ms - START_MS) / STEP_MS;
                (other.service.as_str(), slot(other.onset_ms), slot(other.end_ms))
            })
            .collect();
        assert_eq!(others, [("a", 30, 35)]);
        let first = found(Some(31));
        assert_eq!((first.services[0].service.as_str(), first.others.len()), ("a", 0));
    }

    #[test]
    fn what_is_odd_when_the_data_begin_hides_no_fault() {
        // All the rest is most unlike the first slots, and has too little before it to be judged by.
        let mut values = [1, 2, 3].map(|seed| signal::white_noise(100, &mut Random::new(seed)));
        values.iter_mut().for_each(|values| values[..2].iter_mut().for_each(|value| *value += 40.0));
        values[1][60..66].iter_mut().for_each(|value| *value += 20.0);
        let [a, b, c] = values;
        let data = dataset(STEP_MS, [("a_memory", a), ("b_memory", b), ("c_memory", c)]);
        let found = causes(&data, &CauseRequest::default(), &Options::default()).unwrap();
        assert_eq!((found.services[0].service.as_str(), found.onset_ms), ("b", START_MS + 60 * STEP_MS));
    }
}
