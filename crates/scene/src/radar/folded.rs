//! Time folded into turns: which angle a moment has, and how far a value reaches.

use crate::polar::turned;
use order::{ascending, sort_by};
use report::ChartData;
use std::f64::consts::TAU;

/// What a turn over the whole window leaves open, so that its end does not touch its start.
const OPEN: f64 = TAU * 0.02;

/// The number of cycles in one turn for a period: a week of days, four weeks, else five; never more than the data
/// hold. `None` where they hold fewer than three.
pub fn cycles_per_turn(period_s: f64, span_s: f64) -> Option<usize> {
    let is_about = |wanted_s: f64| (period_s / wanted_s - 1.0).abs() < 0.05;
    let held = if period_s > 0.0 && span_s.is_finite() { (span_s / period_s).floor() } else { 0.0 };
    let wanted = if is_about(86_400.0) {
        7.0
    } else if is_about(604_800.0) {
        4.0
    } else {
        5.0
    };
    (held >= 3.0).then(|| held.min(wanted) as usize)
}

/// How times of one series become angles, and which values its radius spans.
pub(super) struct Folded {
    pub(super) median: f64,
    /// The deviation from the median that reaches the edge.
    pub(super) reach: f64,
    pub(super) start_ms: f64,
    pub(super) end_ms: f64,
    /// The length of a turn.
    pub(super) turn_ms: f64,
    /// The cycles in a turn; `None` where one turn is the whole window.
    pub(super) cycles: Option<usize>,
    offset_ms: f64,
    /// Long stretches without a sample, left out where one turn is the whole window.
    pub(super) breaks_ms: Vec<(f64, f64)>,
}

impl Folded {
    /// Measures a chart; `None` where it has no value. A steady series keeps the scale of its own level.
    pub(super) fn new(chart: &ChartData, period_s: Option<f64>, is_steady: bool, offset_min: i32) -> Option<Self> {
        let mut finite: Vec<f64> = chart.values.iter().copied().filter(|value| value.is_finite()).collect();
        ascending(&mut finite);
        let (low, high) = (*finite.first()?, *finite.last()?);
        let median = finite.get(finite.len() / 2).copied()?;
        let times = || chart.times_ms.iter().copied().filter(|time_ms| time_ms.is_finite());
        let (start_ms, end_ms) = (times().fold(f64::INFINITY, f64::min), times().fold(f64::NEG_INFINITY, f64::max));
        let breaks_ms = breaks(&chart.times_ms);
        let left_out_ms: f64 = breaks_ms.iter().map(|(from, to)| to - from).sum();
        let span_ms = end_ms - start_ms - left_out_ms;
        let farthest = (high - median).max(median - low);
        let mut deviations: Vec<f64> = finite.iter().map(|value| (value - median).abs()).collect();
        ascending(&mut deviations);
        // A single outlier must not press the rest onto the median; it is drawn at the edge.
        let usual = deviations.get(deviations.len() * 95 / 100).map_or(0.0, |usual| usual * 1.7);
        let spread = if usual > 0.0 { farthest.min(usual) } else { farthest };
        let reach = if is_steady { spread.max(median.abs()) } else { spread };
        if !span_ms.is_finite() || !reach.is_finite() {
            return None;
        }
        let period_s = period_s.filter(|period_s| period_s.is_finite() && *period_s > 0.0);
        let cycles = period_s.and_then(|period_s| cycles_per_turn(period_s, span_ms / 1_000.0));
        let turn_ms = match (cycles, period_s) {
            (Some(cycles), Some(period_s)) => period_s * 1_000.0 * cycles as f64,
            _ => span_ms,
        };
        let offset_ms = f64::from(offset_min) * 60_000.0;
        let reach = if reach > 0.0 { reach } else { 1.0 };
        Some(Self { median, reach, start_ms, end_ms, turn_ms, cycles, offset_ms, breaks_ms })
    }

    /// The angle of a moment. Folded time counts from the reader's midnight, so that the picture stands still while the
    /// window moves.
    pub(super) fn angle(&self, time_ms: f64) -> f64 {
        if self.cycles.is_some() {
            turned(time_ms + self.offset_ms, self.turn_ms) / self.turn_ms * TAU
        } else {
            let left_out: f64 = self.breaks_ms.iter().map(|(from, to)| (time_ms.min(*to) - from).max(0.0)).sum();
            OPEN / 2.0 + (time_ms - self.start_ms - left_out) / self.turn_ms.max(1.0) * (TAU - OPEN)
        }
    }

    /// Which turn a moment falls into.
    pub(super) fn turn_of(&self, time_ms: f64) -> i64 {
        if self.cycles.is_some() { ((time_ms + self.offset_ms) / self.turn_ms).floor() as i64 } else { 0 }
    }

    /// A value's deviation from the median, in parts of the reach; a little more than 1 at most.
    pub(super) fn deviation(&self, value: f64) -> f64 {
        ((value - self.median) / self.reach).clamp(-1.1, 1.1)
    }
}

/// Steps of time that are long against the usual one and against the whole: at most seven, the longest.
fn breaks(times_ms: &[f64]) -> Vec<(f64, f64)> {
    let mut steps: Vec<(f64, f64)> = times_ms
        .windows(2)
        .filter_map(|pair| match pair {
            [from, to] if from.is_finite() && to.is_finite() && to > from => Some((*from, *to)),
            _ => None,
        })
        .collect();
    let mut lengths: Vec<f64> = steps.iter().map(|(from, to)| to - from).collect();
    ascending(&mut lengths);
    let usual_ms = lengths.get(lengths.len() / 2).copied().unwrap_or(0.0);
    let long_ms = usual_ms * (lengths.len() as f64 / 50.0).max(10.0);
    steps.retain(|(from, to)| to - from > long_ms);
    sort_by(&mut steps, |one, other| (other.1 - other.0).total_cmp(&(one.1 - one.0)));
    steps.truncate(7);
    sort_by(&mut steps, |one, other| one.0.total_cmp(&other.0));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_holds_what_people_count_in() {
        assert_eq!(cycles_per_turn(300.0, 21_600.0), Some(5));
        assert_eq!(cycles_per_turn(86_000.0, 30.0 * 86_400.0), Some(7));
        assert_eq!(cycles_per_turn(86_400.0, 4.5 * 86_400.0), Some(4));
        assert_eq!(cycles_per_turn(300.0, 800.0), None);
        assert_eq!(cycles_per_turn(0.0, 800.0), None);
        assert_eq!(cycles_per_turn(f64::NAN, 800.0), None);
    }

    #[test]
    fn a_long_break_takes_no_angle() {
        let mut times_ms: Vec<f64> = (0..200).map(|slot| f64::from(slot) * 1_000.0).collect();
        times_ms[100..].iter_mut().for_each(|time| *time += 1e8);
        let chart = ChartData { values: (0..200).map(f64::from).collect(), times_ms, ..ChartData::default() };
        let folded = Folded::new(&chart, None, false, 0);
        let angles = folded.map(|folded| (folded.angle(99_000.0), folded.angle(1e8 + 100_000.0), folded.turn_ms));
        let Some((before, after, turn_ms)) = angles else { panic!("the chart has values") };
        assert!((before - after).abs() < 1e-9);
        assert!((turn_ms - 198_000.0).abs() < 1e-6);
    }
}
