//! Level shifts: the value moves and stays.

use super::noise::LevelNoise;
use super::segmentation::{Cost, PrefixSums, pelt};
use crate::distribution::score_from_ln_p;
use crate::moments::Moments;
use crate::robust;

/// How to look for level shifts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelShiftOptions {
    /// The probability that a series without a shift gives any.
    pub alpha: f64,
    /// The fewest slots that a level must last.
    pub minimum_length: usize,
    /// The least share of the series that a level must last; what is shorter is a burst.
    pub minimum_share: f64,
    /// The smallest shift that counts, in spreads of the noise around the levels.
    pub minimum_size: f64,
}

impl Default for LevelShiftOptions {
    fn default() -> Self {
        Self { alpha: 0.001, minimum_length: 10, minimum_share: 0.0125, minimum_size: 0.5 }
    }
}

/// A confirmed shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LevelShift {
    /// The first slot of the new level.
    pub slot: usize,
    /// The interval of the date, 95 %: earliest …
    pub low: usize,
    /// … and latest first slot of the new level.
    pub high: usize,
    /// The level before (median since the last shift).
    pub before: f64,
    /// The level after (median until the next shift).
    pub after: f64,
    /// (after − before) / spread of the noise around the levels.
    pub size_in_spreads: f64,
    /// The probability of such a shift anywhere in a series without one.
    pub p: f64,
    /// √(ln p / ln α), ≥ 1.
    pub score: f64,
}

/// The level shifts of a series, in order of time, each confirmed at `alpha`.
///
/// Excursions shorter than the shortest level are cut back first, to three spreads about a rolling median, so that no spike
/// passes for a level. PELT then proposes changes of mean at a penalty of b² · V, where V is the long-run variance of the
/// noise (see [`LevelNoise`]) and b the value that the largest of all possible before/after differences, in their own
/// standard errors, exceeds with probability `alpha` (Miller and Siegmund 1982). Every proposed shift is then tested by
/// itself, the mean since the last shift against the mean until the next, at the same b and in the noise of these two segments
/// where it is louder than overall (unless one lies on one side of the other); the weakest is dropped and its
/// neighbours are tested anew, until all hold. The noise is then measured once more without the levels found, and if it
/// proves larger, the shifts have to hold against that. A shift that a straight line describes better than a step is a drift and
/// is dropped, too. Missing values are left out.
pub fn level_shifts(values: &[f64], options: &LevelShiftOptions) -> Vec<LevelShift> {
    let share = (options.minimum_share.clamp(0.0, 0.5) * values.len() as f64) as usize;
    let shortest = options.minimum_length.max(share).max(3);
    let Some(noise) = LevelNoise::of(values, shortest) else { return Vec::new() };
    let sums = PrefixSums::of(&noise.calmed);
    let mut scan = Scan { noise, ln_alpha: options.alpha.ln(), sums, length: values.len(), shortest };
    let mut borders = scan.propose();
    loop {
        let tests = scan.confirm(&mut borders);
        if tests.is_empty() {
            return Vec::new();
        }
        let known = scan.noise.long_run_variance;
        scan.noise.look_again(&borders);
        if scan.noise.long_run_variance <= known {
            return scan.describe(values, &borders, &tests, options);
        }
    }
}

/// The most cells that PELT is run on; longer series are proposed on a coarser grid, and dated on the fine one.
const FINEST_GRID: usize = 1_500;
/// Where a likelihood ratio for the date of a change leaves its 95 % interval (Hansen 2000, table 1).
const DATE_CRITICAL: f64 = 7.35;

/// From this ratio of variances on a segment is louder than the series usually is.
const LOUD: f64 = 2.0;
/// The share of a louder segment's values on one side of the level before or after it that makes it another level.
const APART: f64 = 0.95;

/// Means of `stride` slots times √stride, so that their variance is the noise's long-run variance.
fn grid_means(values: &[f64], stride: usize) -> Vec<f64> {
    let scale = (stride as f64).sqrt();
    values.chunks(stride).map(|chunk| robust::mean(chunk).map_or(f64::NAN, |mean| mean * scale)).collect()
}

/// ln of the probability that somewhere among all ways to cut a series once, the difference of the means exceeds `z` standard
/// errors: 2 φ(z) ((z − 1/z) ln((1 − ε)/ε) + 2/z), ε the `share` of the shortest segment, at most a quarter (Miller and Siegmund
/// 1982, for the process that it converges to).
fn ln_p_of_maximum(z: f64, share: f64) -> f64 {
    // Further in, the approximation no longer falls with z.
    if z < 1.8 {
        return 0.0;
    }
    let share = share.min(0.25);
    let ln_density = -0.5 * z * z - 0.5 * std::f64::consts::TAU.ln();
    let cuts = 2.0 * ((z - 1.0 / z) * ((1.0 - share) / share).ln() + 2.0 / z);
    (ln_density + cuts.ln()).min(0.0)
}

/// What all tests of one series share.
struct Scan {
    noise: LevelNoise,
    /// What a change's ln p has to reach.
    ln_alpha: f64,
    sums: PrefixSums,
    length: usize,
    shortest: usize,
}

impl Scan {
    /// The borders of the segments that PELT proposes, with both ends of the series.
    fn propose(&self) -> Vec<usize> {
        // On a grid of a quarter of the shortest level.
        let stride = (self.shortest / 4).max(self.length.div_ceil(FINEST_GRID)).max(1);
        let coarse = grid_means(&self.noise.calmed, stride);
        let critical = self.critical_value();
        let penalty = critical * critical * self.noise.long_run_variance;
        let mut borders = vec![0];
        borders.extend(
            pelt(&coarse, Cost::Mean, penalty, self.shortest.div_ceil(stride)).iter().map(|change| change * stride),
        );
        borders.push(self.length);
        self.redate(&mut borders, None);
        borders
    }

    /// Drops the weakest change until all are significant, and returns ln p of each that is left.
    fn confirm(&self, borders: &mut Vec<usize>) -> Vec<f64> {
        let mut tests: Vec<f64> = borders.windows(3).map(|around| self.ln_p(around)).collect();
        while let Some((weakest, ln_p)) = tests.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)) {
            if ln_p <= self.ln_alpha {
                break;
            }
            borders.remove(weakest + 1);
            tests.remove(weakest);
            // The neighbours have longer segments now: date and test them anew.
            self.redate(borders, Some(weakest));
            for (index, around) in borders.windows(3).enumerate().skip(weakest.saturating_sub(2)).take(5) {
                if let Some(test) = tests.get_mut(index) {
                    *test = self.ln_p(around);
                }
            }
        }
        tests
    }

    fn ln_p_of_maximum(&self, z: f64) -> f64 {
        ln_p_of_maximum(z, self.shortest as f64 / self.length as f64)
    }

    /// The before/after difference, in standard errors, that the largest of all exceeds with probability `alpha`.
    fn critical_value(&self) -> f64 {
        let (mut low, mut high) = (1.8, 60.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.ln_p_of_maximum(middle) > self.ln_alpha { low = middle } else { high = middle }
        }
        self.noise.student_from_normal(high)
    }

    /// The squared before/after difference of the means, in units of its variance for noise of variance 1.
    fn gain(&self, start: usize, slot: usize, end: usize) -> f64 {
        let (count_before, sum_before) = self.sums.count_and_sum(start, slot);
        let (count_after, sum_after) = self.sums.count_and_sum(slot, end);
        if count_before <= 0.0 || count_after <= 0.0 {
            return 0.0;
        }
        let difference = sum_after / count_after - sum_before / count_before;
        difference * difference * count_before * count_after / (count_before + count_after)
    }

    /// ln p of the change at the middle of three borders; 0 where a straight line describes the values no worse.
    fn ln_p(&self, around: &[usize]) -> f64 {
        let &[start, slot, end] = around else { return 0.0 };
        let step = self.sums.squares(start, slot) + self.sums.squares(slot, end);
        let line = self.noise.calmed.get(start..end).map(|values| Moments::of_series(values).squares_about_line());
        if line.is_none_or(|line| line <= step) {
            return 0.0;
        }
        let gain = self.gain(start, slot, end);
        let (before, after) = self.long_run_variances(around);
        let (count_before, _) = self.sums.count_and_sum(start, slot);
        let (count_after, _) = self.sums.count_and_sum(slot, end);
        // The variance of a mean of n values is that of one over n: the gain is in those of noise that is equally loud.
        let variance = (before * count_after + after * count_before) / (count_before + count_after);
        let ln_p = |squared: f64| self.ln_p_of_maximum(self.noise.normal_from_student(squared.sqrt()));
        // What lies on one side of a level that is not loud is a level of its own however loud it is.
        let usual = self.noise.long_run_variance;
        let is_apart = before.min(after) <= LOUD * usual && self.is_apart(around, before <= after);
        ln_p(gain / if is_apart { usual } else { variance })
    }

    /// Whether the louder of the two segments of three borders lies on one side of the median of the other, nearly whole.
    fn is_apart(&self, around: &[usize], is_louder_after: bool) -> bool {
        let &[start, slot, end] = around else { return false };
        let of = |start, end| self.noise.calmed.get(start..end).unwrap_or_default();
        let (quiet, loud) =
            if is_louder_after { (of(start, slot), of(slot, end)) } else { (of(slot, end), of(start, slot)) };
        let Some(median) = robust::median(quiet) else { return false };
        let (above, below) = loud.iter().fold((0usize, 0usize), |(above, below), value| {
            (above + usize::from(*value > median), below + usize::from(*value < median))
        });
        above.max(below) as f64 >= APART * (above + below) as f64
    }

    /// The long-run variance of the noise in the two segments of three borders.
    fn long_run_variances(&self, around: &[usize]) -> (f64, f64) {
        let &[start, slot, end] = around else { return (self.noise.long_run_variance, self.noise.long_run_variance) };
        let of = |start, end| self.noise.long_run_variance * self.noise.loudness(start, end, &self.sums);
        (of(start, slot), of(slot, end))
    }

    /// Moves each border to where it parts its two segments best, those next to `around` only if given; drops what
    /// leaves no room for two levels.
    fn redate(&self, borders: &mut Vec<usize>, around: Option<usize>) {
        let mut index = around.map_or(1, |border| border.max(1));
        let last = around.map_or(usize::MAX, |border| border + 1);
        while index + 1 < borders.len() && index <= last {
            let (Some(&start), Some(&end)) = (borders.get(index - 1), borders.get(index + 1)) else { break };
            let best = (start + self.shortest..=end.saturating_sub(self.shortest))
                .max_by(|a, b| self.gain(start, *a, end).total_cmp(&self.gain(start, *b, end)));
            match (best, borders.get_mut(index)) {
                (Some(best), Some(border)) => *border = best,
                // Only before the first test, where no result is kept yet.
                _ if around.is_none() => {
                    borders.remove(index);
                    continue;
                }
                _ => {}
            }
            index += 1;
        }
    }

    fn describe(
        &self,
        values: &[f64],
        borders: &[usize],
        tests: &[f64],
        options: &LevelShiftOptions,
    ) -> Vec<LevelShift> {
        let level = |start: usize, end: usize| values.get(start..end).and_then(robust::median).unwrap_or(f64::NAN);
        let deviations: Vec<f64> = borders
            .windows(2)
            .filter_map(|segment| {
                let &[start, end] = segment else { return None };
                let centre = level(start, end);
                Some(values.get(start..end)?.iter().map(move |value| value - centre))
            })
            .flatten()
            .collect();
        let spread = robust::spread(&deviations).unwrap_or(0.0).max(self.noise.smallest_spread);
        borders
            .windows(3)
            .zip(tests)
            .filter_map(|(around, &ln_p)| {
                let &[start, slot, end] = around else { return None };
                let (before, after) = (level(start, slot), level(slot, end));
                let best = self.gain(start, slot, end);
                let (noise_before, noise_after) = self.long_run_variances(around);
                let within = |at: &usize| {
                    let noise = if *at < slot { noise_before } else { noise_after };
                    best - self.gain(start, *at, end) <= DATE_CRITICAL * noise
                };
                let dates = start + 1..end;
                Some(LevelShift {
                    slot,
                    low: dates.clone().find(within).unwrap_or(slot),
                    high: dates.rev().find(within).unwrap_or(slot),
                    before,
                    after,
                    size_in_spreads: (after - before) / spread,
                    p: ln_p.exp(),
                    score: score_from_ln_p(ln_p, options.alpha),
                })
            })
            .filter(|shift| shift.size_in_spreads.abs() >= options.minimum_size)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The critical values of the largest squared difference over the middle 70 % of a series, one mean that may change
    /// (Andrews 1993, table I: p = 1, π₀ = 0.15).
    #[test]
    fn the_largest_difference_has_the_published_critical_values() {
        for (probability, squared) in [(0.10, 7.17f64), (0.05, 8.85), (0.01, 12.35)] {
            let found = ln_p_of_maximum(squared.sqrt(), 0.15).exp();
            assert!((found / probability - 1.0).abs() < 0.06, "{found} is not {probability}");
        }
        assert_eq!(ln_p_of_maximum(1.7, 0.15), 0.0);
        assert_eq!(
            ln_p_of_maximum(3.0, 0.5),
            ln_p_of_maximum(3.0, 0.25),
            "a cut somewhere near the middle is a search, too"
        );
    }
}
