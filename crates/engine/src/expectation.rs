//! What each series made one expect of its next value.

use crate::analysis::longest_stretch;
use crate::chart::{self, Drawn};
use crate::detect::{self, Facts, SEASON_SHARE, Setting};
use crate::gap::longest_break;
use crate::pace::Pace;
use crate::{Error, Options, scales};
use analysis::anomaly::silence::end_of_observation;
use analysis::expectation::predictive::{Expected, PredictiveOptions, Predictor};
use report::{ChartData, Expectation, Surprise};
use series::{Dataset, Panel, TimeGrid};
use std::f64::consts::LN_2;

/// Slots that the Report's expectations are worked out for, over all series: some 40 ms of work. The first series is always
/// looked at.
const MOST_SLOTS: usize = 100_000;
/// The most violations told of a series.
const MOST_VIOLATIONS: usize = 20;

/// What was expected of every slot of a series, and how surprising its value was; NaN where nothing is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Course {
    pub(crate) expected: Vec<f64>,
    pub(crate) low: Vec<f64>,
    pub(crate) high: Vec<f64>,
    pub(crate) bits: Vec<f64>,
}

/// What was expected of every slot of one series, with its normal band, as the whole analysis would have it. `None` where
/// there is no such series.
///
/// # Errors
/// Data that have no grid, see [`series::PanelError`].
pub fn expect(dataset: &Dataset, series: usize, options: &Options) -> Result<Option<ChartData>, Error> {
    let mut panel = Panel::lay(dataset)?;
    panel.place(dataset, usize::MAX);
    let Some(values) = panel.columns.get(series) else { return Ok(None) };
    let grid = &panel.grid;
    let setting = Setting {
        end_of_observation: end_of_observation(panel.columns.iter().map(Vec::as_slice)).unwrap_or(0),
        stretch: longest_stretch(grid),
        missing: longest_break(grid),
        step_s: grid.step_s(),
        bounds: scales::bounds(options),
        alpha: detect::alpha(options, panel.columns.len()),
    };
    let facts = detect::detect(values, &setting);
    let course = course(values, grid, season(&facts));
    let drawn = Drawn { series, values, lower: &facts.band_lower, upper: &facts.band_upper, course: &course };
    Ok(Some(chart::thin(&drawn, grid, 0, grid.len, usize::MAX)))
}

/// The period in slots that a series is expected to go on with: its job's, else that of the strongest line that holds a
/// tenth of the variance.
pub(crate) fn season(facts: &Facts) -> Option<f64> {
    let strongest = || {
        let lines = facts.peaks.iter().filter(|peak| peak.power_share >= SEASON_SHARE);
        lines.max_by(|a, b| a.power_share.total_cmp(&b.power_share)).map(|peak| peak.period_steps)
    };
    facts.recurrence.job.as_ref().map(|job| job.period).or_else(strongest)
}

/// Which series the Report tells expectations of, given how much their findings weigh: the weightiest first.
pub(crate) fn chosen(weights: &[f64], slots: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    let weight = |series: &usize| weights.get(*series).copied().unwrap_or(0.0);
    order::sort_by(&mut order, |a, b| weight(b).total_cmp(&weight(a)).then(a.cmp(b)));
    order.truncate((MOST_SLOTS / slots.max(1)).max(1));
    order
}

/// Everything expected of a column; its season is in slots.
pub(crate) fn course(values: &[f64], grid: &TimeGrid, season: Option<f64>) -> Course {
    let nothing = vec![f64::NAN; values.len()];
    let mut course = Course { expected: nothing.clone(), low: nothing.clone(), high: nothing.clone(), bits: nothing };
    walk(
        values,
        grid,
        season,
        |_| true,
        |slot, _, expected| {
            for (column, number) in [
                (&mut course.expected, expected.centre),
                (&mut course.low, expected.lower),
                (&mut course.high, expected.upper),
                (&mut course.bits, bits(expected.ln_p)),
            ] {
                if let Some(cell) = column.get_mut(slot) {
                    *cell = number;
                }
            }
        },
    );
    course
}

/// The same in short. `alpha` is the chance that a series without anything unusual has a violation.
pub(crate) fn summary(values: &[f64], grid: &TimeGrid, season: Option<f64>, alpha: f64) -> Option<Expectation> {
    let newest = values.iter().rposition(|value| value.is_finite())?;
    let mut told = Expectation { period_s: season.map(|slots| slots * grid.step_s()), ..Expectation::default() };
    let mut inside = 0;
    // What is out of the interval, with its place among what was predicted.
    let mut outside: Vec<(usize, f64, Surprise)> = Vec::new();
    walk(
        values,
        grid,
        season,
        |slot| slot >= newest,
        |slot, value, expected| {
            let is_predicted = value.is_finite() && expected.lower.is_finite() && expected.upper.is_finite();
            if !is_predicted {
                return;
            }
            told.predicted += 1;
            let is_inside = expected.lower <= value && value <= expected.upper;
            inside += usize::from(is_inside);
            let surprise = Surprise {
                at_ms: grid.time_ms(slot),
                value,
                expected: expected.centre,
                low: expected.lower,
                high: expected.upper,
                bits: bits(expected.ln_p),
            };
            if !is_inside {
                outside.push((told.predicted, expected.ln_p, surprise));
            }
            // A slow series' values may stand a slot beside the middle of their cells.
            told.newest = (slot >= newest).then_some(surprise);
        },
    );
    if told.predicted == 0 {
        return None;
    }
    told.coverage = f64::from(inside as u32) / told.predicted as f64;
    let limit = alpha.ln() - (told.predicted as f64).ln();
    told.limit_bits = bits(limit);
    let mut last = None;
    let mut violations: Vec<Surprise> = Vec::new();
    for (place, _, surprise) in outside.into_iter().filter(|(_, ln_p, _)| *ln_p <= limit) {
        match violations.last_mut() {
            Some(before) if last == Some(place - 1) => {
                if surprise.bits > before.bits {
                    *before = surprise;
                }
            }
            _ => violations.push(surprise),
        }
        last = Some(place);
    }
    told.violation_count = violations.len();
    if violations.len() > MOST_VIOLATIONS {
        order::sort_by(&mut violations, |a, b| b.bits.total_cmp(&a.bits).then(a.at_ms.cmp(&b.at_ms)));
        violations.truncate(MOST_VIOLATIONS);
        order::sort_by_key(&mut violations, |one| one.at_ms);
    }
    told.violations = violations;
    Some(told)
}

/// Calls `tell` for every slot that stands for a value, with that and what was expected of it. The chance of a value within its
/// interval is worked out where `asks` says so.
///
/// A slow series is predicted in cells of its own interval. Behind a break nothing is known of the time before.
fn walk(
    values: &[f64],
    grid: &TimeGrid,
    season: Option<f64>,
    asks: impl Fn(usize) -> bool,
    mut tell: impl FnMut(usize, f64, &Expected),
) {
    let pace = Pace::of(values);
    let cells = pace.as_ref().map(|pace| pace.cells(values));
    let column = cells.as_deref().unwrap_or(values);
    let season = season.map(|slots| slots / pace.as_ref().map_or(1.0, Pace::stride));
    let place = |cell: usize| pace.as_ref().map_or(cell, |pace| pace.slot(cell));
    // A season that does not come twice is none.
    let season = season.filter(|season| 2.0 * season <= column.len() as f64);
    let mut breaks = grid.breaks.iter().map(|cut| cut.slot).filter(|slot| *slot > 0).peekable();
    let mut predictor = Predictor::new(season, &PredictiveOptions::default());
    for (cell, &value) in column.iter().enumerate() {
        let slot = place(cell);
        if breaks.next_if(|cut| *cut <= slot).is_some() {
            while breaks.next_if(|cut| *cut <= slot).is_some() {}
            predictor = Predictor::new(season, &PredictiveOptions::default());
        }
        let ln_chance = if asks(slot) { predictor.ln_chance(value) } else { 0.0 };
        let mut expected = predictor.push(value);
        if expected.ln_p == 0.0 {
            expected.ln_p = ln_chance;
        }
        tell(slot, value, &expected);
    }
}

fn bits(ln_p: f64) -> f64 {
    // Not below zero, nor minus zero.
    if ln_p < 0.0 { -ln_p / LN_2 } else { ln_p.abs() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use series::Break;

    fn noise(len: usize) -> Vec<f64> {
        let mut state = 99u64;
        (0..len)
            .map(|_| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 33) as f64 / (1u64 << 31) as f64
            })
            .collect()
    }

    #[test]
    fn the_summary_tells_what_the_course_has() {
        let mut values = noise(600);
        values[400] = 9.0;
        let grid = TimeGrid::new(0, 1_000, 600);
        let told = summary(&values, &grid, None, 0.001).unwrap();
        let course = course(&values, &grid, None);
        assert_eq!(told.predicted, course.low.iter().filter(|low| low.is_finite()).count());
        let inside = (0..600).filter(|&at| course.low[at] <= values[at] && values[at] <= course.high[at]).count();
        assert_eq!(told.coverage, inside as f64 / told.predicted as f64);
        let violation = told.violations.first().unwrap();
        assert_eq!((told.violation_count, violation.at_ms, violation.value), (1, 400_000, 9.0));
        let at = |slot: usize| (course.expected[slot], course.low[slot], course.high[slot], course.bits[slot]);
        assert_eq!((violation.expected, violation.low, violation.high, violation.bits), at(400));
        assert!(violation.bits > 20.0 && violation.high < 2.0);
        let newest = told.newest.unwrap();
        assert_eq!((newest.expected, newest.low, newest.high, newest.bits), at(599));
        assert_eq!(newest.at_ms, 599_000);
    }

    #[test]
    fn a_value_within_its_interval_has_few_bits_and_one_beside_the_mean_none() {
        let values = noise(3_000);
        let found = course(&values, &TimeGrid::new(0, 1_000, 3_000), None);
        let mut bits: Vec<f64> = found.bits.iter().copied().filter(|bits| bits.is_finite()).collect();
        order::ascending(&mut bits);
        // Half of the uniform values are 0.866 standard deviations off, which a normal one is with a chance of 0.386: 1.37
        // bits.
        let median = bits[bits.len() / 2];
        assert!((median - 1.37).abs() < 0.1, "{median}");
        assert!(bits[0] >= 0.0 && bits[0] < 0.01);
    }

    #[test]
    fn behind_a_break_nothing_is_known() {
        let values = noise(200);
        let grid =
            TimeGrid { breaks: vec![Break { slot: 100, skipped_ms: 86_400_000 }], ..TimeGrid::new(0, 1_000, 200) };
        let found = course(&values, &grid, None);
        assert!(found.low[99].is_finite() && found.low[100].is_nan() && found.low[111].is_nan());
        assert!(found.low[112].is_finite());
    }

    #[test]
    fn a_slow_series_is_expected_at_its_own_pace() {
        let own = noise(200);
        let mut values = vec![f64::NAN; 800];
        own.iter().enumerate().for_each(|(at, value)| values[4 * at] = *value);
        let slow = course(&values, &TimeGrid::new(0, 1_000, 800), None);
        let fast = course(&own, &TimeGrid::new(0, 4_000, 200), None);
        for at in 0..200 {
            let (a, b) = (slow.bits[4 * at], fast.bits[at]);
            assert!(a == b || (a.is_nan() && b.is_nan()), "{at}: {a} {b}");
        }
    }

    #[test]
    fn what_says_nothing_is_expected_to_say_nothing() {
        let grid = TimeGrid::new(0, 1_000, 100);
        for values in [Vec::new(), vec![f64::NAN; 100], vec![3.0; 100], vec![f64::INFINITY; 100]] {
            assert_eq!(summary(&values, &grid, Some(10.0), 0.001), None);
            assert!(course(&values, &grid, Some(0.0)).bits.iter().all(|bits| bits.is_nan()));
        }
    }

    #[test]
    fn the_weightiest_series_come_first_and_one_always() {
        assert_eq!(chosen(&[0.0, 2.0, 0.0, 1.0], 25_000), [1, 3, 0, 2]);
        assert_eq!(chosen(&[0.0, 2.0, 0.0, 1.0], 50_000), [1, 3]);
        assert_eq!(chosen(&[0.0, 2.0], 1_000_000), [1]);
        assert!(chosen(&[], 0).is_empty());
    }
}
