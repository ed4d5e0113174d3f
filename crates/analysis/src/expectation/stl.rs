//! Seasonal and trend decomposition by local regression (Cleveland, Cleveland, McRae and Terpenning 1990), for slots at equal
//! distances, without gaps.
//!
//! Regressions stand a tenth of their window apart, with straight lines between them. What a regression is weighted with by
//! distance depends on nothing but its place in its window: it is worked out once, and serves all phases and loops.

use crate::robust;
use std::ops::Range;

/// How the parts are smoothed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StlOptions {
    /// The number of cycles over which the season is smoothed; at least 3, and made odd.
    pub(super) smoothed_cycles: usize,
    /// How often season and trend are found in turn before values are weighted.
    pub(super) inner_loops: usize,
    /// How often values are weighted by what season and trend leave of them.
    pub(super) robustness_loops: usize,
}

/// The season and the trend, in the values' length. All values must be finite, and fill two cycles of `period` slots (two or
/// more) at least.
///
/// The season is smoothed by levels; by lines the trend, over ⌈1.5 period / (1 − 1.5 / n(s))⌉ slots, and what the season has of
/// it, over a period.
pub(super) fn stl(values: &[f64], period: usize, options: &StlOptions) -> (Vec<f64>, Vec<f64>) {
    let count = values.len();
    let cycles = options.smoothed_cycles.max(3) | 1;
    let trend_length = ((1.5 * period as f32) / (1.0 - 1.5 / cycles as f32)).ceil() as usize;
    let of_phases = Phases::new(count, period, cycles);
    let of_trend = Smoother::new(count, trend_length.max(3) | 1, Degree::Line);
    let of_season = Smoother::new(count, period.max(3) | 1, Degree::Line);
    let (mut season, mut trend) = (vec![0.0; count], vec![0.0; count]);
    let mut weights: Option<Vec<f64>> = None;
    for round in 0..=options.robustness_loops {
        if round > 0 {
            weights = Some(bisquare(values, &difference(&difference(values, &season), &trend)));
        }
        for _ in 0..options.inner_loops {
            // The season goes on for a cycle before the first and behind the last value.
            let longer = of_phases.smooth(&difference(values, &trend), weights.as_deref());
            let level = moving_mean(&moving_mean(&moving_mean(&longer, period), period), 3);
            season = difference(&longer[period..period + count], &of_season.smooth(&level, None));
            trend = of_trend.smooth(&difference(values, &season), weights.as_deref());
        }
    }
    (season, trend)
}

fn difference(values: &[f64], others: &[f64]) -> Vec<f64> {
    values.iter().zip(others).map(|(value, other)| value - other).collect()
}

/// The means of each `length` neighbours.
fn moving_mean(values: &[f64], length: usize) -> Vec<f64> {
    let mut sum: f64 = values.iter().take(length).sum();
    let mut means = Vec::with_capacity(values.len() + 1 - length);
    means.push(sum / length as f64);
    for (old, new) in values.iter().zip(values.iter().skip(length)) {
        sum = sum - old + new;
        means.push(sum / length as f64);
    }
    means
}

/// What a season and a trend leave of values that they explain, as a share of the largest value: rounding.
const ROUNDING: f64 = 1e-12;

/// How much values count of which `rest` is left: what is further away than six times the median distance, not at all. Where
/// more than half are explained, the median is rounding, and must not decide.
fn bisquare(values: &[f64], rest: &[f64]) -> Vec<f64> {
    let distances: Vec<f64> = rest.iter().map(|value| value.abs()).collect();
    let largest = values.iter().fold(0.0, |largest, value| robust::larger(largest, value.abs()));
    let reach = robust::larger(6.0 * robust::median_of_finite(&distances).unwrap_or(0.0), ROUNDING * largest);
    let weight = |distance: f64| {
        if distance <= 0.001 * reach {
            1.0
        } else if distance <= 0.999 * reach {
            let share = distance / reach;
            (1.0 - share * share) * (1.0 - share * share)
        } else {
            0.0
        }
    };
    distances.into_iter().map(weight).collect()
}

/// The season's smoothers: the values of each phase, one of every cycle, are smoothed by themselves.
struct Phases {
    period: usize,
    /// Of the phases that have a value more than the others, and of these; each with the regressions a cycle before the first
    /// and behind the last value.
    smoothers: [(Smoother, [Fit; 2]); 2],
    /// How many phases have a value more.
    longer: usize,
}

impl Phases {
    fn new(count: usize, period: usize, cycles: usize) -> Self {
        let smoother = |count: usize| {
            let mut smoother = Smoother::new(count, cycles, Degree::Level);
            let before = smoother.fit(-1, 0..cycles.min(count), cycles);
            let behind = smoother.fit(count as isize, count.saturating_sub(cycles)..count, cycles);
            (smoother, [before, behind])
        };
        Self { period, smoothers: [smoother(count.div_ceil(period)), smoother(count / period)], longer: count % period }
    }

    /// Smooth values from a cycle before to a cycle behind those given.
    fn smooth(&self, values: &[f64], weights: Option<&[f64]>) -> Vec<f64> {
        let mut found = vec![0.0; values.len() + 2 * self.period];
        let of_phase =
            |all: &[f64], phase: usize| all.iter().skip(phase).step_by(self.period).copied().collect::<Vec<f64>>();
        for phase in 0..self.period {
            let (smoother, [before, behind]) = &self.smoothers[usize::from(phase >= self.longer)];
            let own = of_phase(values, phase);
            let weights = weights.map(|weights| of_phase(weights, phase));
            let smooth = smoother.smooth(&own, weights.as_deref());
            let outside = |fit: &Fit, nearest: Option<&f64>| {
                smoother.at(fit, &own, weights.as_deref()).or(nearest.copied()).unwrap_or(0.0)
            };
            let (first, last) = (outside(before, smooth.first()), outside(behind, smooth.last()));
            let all = [first].into_iter().chain(smooth).chain([last]);
            found.iter_mut().skip(phase).step_by(self.period).zip(all).for_each(|(slot, value)| *slot = value);
        }
        found
    }
}

/// What a local regression fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Degree {
    Level,
    Line,
}

/// A regression about one place.
#[derive(Clone, Debug)]
struct Fit {
    /// The place; it may lie one outside of the values.
    place: isize,
    /// The values that it is of.
    window: Range<usize>,
    /// Where the numbers of these values begin among those of all regressions.
    numbers: usize,
}

/// Local regressions of so many values.
struct Smoother {
    count: usize,
    degree: Degree,
    fits: Vec<Fit>,
    /// What each value of a window weighs by its distance: Cleveland's tricube.
    weights: Vec<f64>,
    /// What it is multiplied with, where it weighs nothing but that.
    factors: Vec<f64>,
}

impl Smoother {
    /// Regressions of `count` values over `length` each, which is odd.
    fn new(count: usize, length: usize, degree: Degree) -> Self {
        let mut smoother = Self { count, degree, fits: Vec::new(), weights: Vec::new(), factors: Vec::new() };
        let last = count.saturating_sub(1);
        let jump = length.div_ceil(10).min(last).max(1);
        let window = |place: usize| {
            let start = (place + 1).saturating_sub(length.div_ceil(2)).min(count.saturating_sub(length));
            start..(start + length).min(count)
        };
        for place in (0..count).step_by(jump) {
            let fit = smoother.fit(place as isize, window(place), length);
            smoother.fits.push(fit);
        }
        // The last place is seen in the window of the one before.
        let before = last / jump * jump;
        if before != last {
            let fit = smoother.fit(last as isize, window(before), length);
            smoother.fits.push(fit);
        }
        smoother
    }

    /// The regression about a place. It shares its numbers with the last one that was kept, where they are the same.
    fn fit(&mut self, place: isize, window: Range<usize>, length: usize) -> Fit {
        let offset = |place: isize, window: &Range<usize>| place - window.start as isize;
        let is_like =
            |fit: &&Fit| offset(fit.place, &fit.window) == offset(place, &window) && fit.window.len() == window.len();
        if let Some(fit) = self.fits.last().filter(is_like) {
            return Fit { place, window, numbers: fit.numbers };
        }
        let fit = Fit { numbers: self.weights.len(), window, place };
        let at = offset(place, &fit.window) as f64;
        let reach = at.max(fit.window.len() as f64 - 1.0 - at) + (length.saturating_sub(self.count) / 2) as f64;
        let cube = |number: f64| number * number * number;
        self.weights.extend((0..fit.window.len()).map(|slot| {
            let distance = (slot as f64 - at).abs();
            if distance > 0.999 * reach {
                0.0
            } else if distance <= 0.001 * reach {
                1.0
            } else {
                cube(1.0 - cube(distance / reach))
            }
        }));
        let weights = &self.weights[fit.numbers..];
        let (level, slope) =
            Sums::of(-at, weights.iter().map(|weight| (*weight, 0.0))).factors(self.degree, self.count);
        let distances = (0..).map(|slot| f64::from(slot) - at);
        self.factors
            .extend(weights.iter().zip(distances).map(|(weight, distance)| weight * (level + slope * distance)));
        fit
    }

    /// The values smoothed; a value that has no weighty neighbour stays.
    fn smooth(&self, values: &[f64], weights: Option<&[f64]>) -> Vec<f64> {
        let mut smooth = vec![0.0; values.len()];
        let mut before: Option<(usize, f64)> = None;
        for fit in &self.fits {
            let place = fit.place.unsigned_abs();
            let value = self.at(fit, values, weights).unwrap_or(values[place]);
            smooth[place] = value;
            if let Some((from, known)) = before {
                let rise = (value - known) / (place - from) as f64;
                for (steps, between) in smooth[from..place].iter_mut().enumerate().skip(1) {
                    *between = known + rise * steps as f64;
                }
            }
            before = Some((place, value));
        }
        smooth
    }

    /// What one regression says of its place; none where nothing in its window weighs anything.
    fn at(&self, fit: &Fit, values: &[f64], weights: Option<&[f64]>) -> Option<f64> {
        let numbers = fit.numbers..fit.numbers + fit.window.len();
        let values = &values[fit.window.clone()];
        let Some(weights) = weights else { return Some(dot(&self.factors[numbers], values)) };
        let weights = self.weights[numbers].iter().zip(&weights[fit.window.clone()]).map(|(one, other)| one * other);
        let sums = Sums::of((fit.window.start as isize - fit.place) as f64, weights.zip(values.iter().copied()));
        (sums.weights > 0.0).then(|| {
            let (level, slope) = sums.factors(self.degree, self.count);
            level * sums.values + slope * sums.moments
        })
    }
}

/// Sums over the values of a window, for the line of least squares at distance 0.
struct Sums {
    weights: f64,
    /// Of weight × distance, and of weight × distance².
    distances: f64,
    squares: f64,
    /// Of weight × value, and of weight × value × distance.
    values: f64,
    moments: f64,
}

impl Sums {
    /// Of weights and values; the first stands at this distance, each other one a step further.
    fn of(first: f64, parts: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut sums = Self { weights: 0.0, distances: 0.0, squares: 0.0, values: 0.0, moments: 0.0 };
        let mut distance = first;
        for (weight, value) in parts {
            let (turned, weighty) = (weight * distance, weight * value);
            sums.weights += weight;
            sums.distances += turned;
            sums.squares += turned * distance;
            sums.values += weighty;
            sums.moments += weighty * distance;
            distance += 1.0;
        }
        sums
    }

    /// What `values` and `moments` are multiplied with. Of `count` values in all, those of the window must lie far enough
    /// apart for a slope.
    fn factors(&self, degree: Degree, count: usize) -> (f64, f64) {
        let centre = self.distances / self.weights;
        let variance = self.squares / self.weights - centre * centre;
        let slope = match degree {
            Degree::Line if variance.sqrt() > 0.001 * (count as f64 - 1.0) => -centre / variance,
            _ => 0.0,
        };
        ((1.0 - slope * centre) / self.weights, slope / self.weights)
    }
}

/// Σ a·b, in four sums that a processor adds at once.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len().min(b.len());
    let (a, a_rest) = a[..count].as_chunks::<4>();
    let (b, b_rest) = b[..count].as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..4 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use stlrs::Stl;

    fn noise(count: usize, seed: u32) -> impl Iterator<Item = f64> {
        let mut state = seed;
        (0..count).map(move |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 8) / f64::from(1u32 << 23) - 1.0
        })
    }

    /// A season, a slope and noise with wild values, far from 0.
    fn values(count: usize, period: usize) -> Vec<f64> {
        let wild = |slot: usize| if slot % 97 == 13 { 40.0 } else { 0.0 };
        let season = |slot: usize| 5.0 * (slot as f64 / period as f64 * std::f64::consts::TAU).sin();
        let noise = noise(count, 7).enumerate();
        noise.map(|(slot, noise)| 1e3 + 0.01 * slot as f64 + season(slot) + noise + wild(slot)).collect()
    }

    #[test]
    fn is_what_the_program_of_its_authors_gives() {
        for (count, period) in
            [(700, 2), (700, 3), (1_000, 12), (1_440, 60), (1_003, 24), (2_880, 96), (50, 3), (301, 150)]
        {
            for cycles in [7, 8, 35] {
                for (inner_loops, robustness_loops) in [(1, 2), (2, 0)] {
                    let values = values(count, period);
                    let options = StlOptions { smoothed_cycles: cycles, inner_loops, robustness_loops };
                    let (season, trend) = stl(&values, period, &options);
                    let mut parameters = Stl::params();
                    parameters.seasonal_length(cycles).inner_loops(inner_loops).outer_loops(robustness_loops);
                    let theirs = parameters.fit(&values, period).unwrap();
                    for (ours, theirs) in [(&season, theirs.seasonal()), (&trend, theirs.trend())] {
                        assert_eq!(ours.len(), count);
                        for (slot, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                            let context = (count, period, cycles, inner_loops, slot);
                            assert!((ours - theirs).abs() < 1e-9, "{context:?}: {ours} {theirs}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_stands_still_has_no_season() {
        let (season, trend) =
            stl(&[5.0; 96], 6, &StlOptions { smoothed_cycles: 35, inner_loops: 1, robustness_loops: 2 });
        assert!(season.iter().all(|value| value.abs() < 1e-12));
        assert!(trend.iter().all(|value| (value - 5.0).abs() < 1e-12));
    }
}
