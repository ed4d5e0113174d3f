//! A fluctuation that goes over from one period to another.

use crate::distribution::{ln_family_wise, normal_ln_survival, score_from_ln_p};
use crate::spectrum::{Peak, PeakOptions, significant_peaks};

/// One period before, another one after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeriodChange {
    /// The first slot of the new period.
    pub slot: usize,
    /// The interval of that slot, 95 %: earliest …
    pub low: usize,
    /// … and latest.
    pub high: usize,
    /// The period before in slots, and after.
    pub before: f64,
    /// The period after in slots.
    pub after: f64,
    /// The probability that a series without such a change shows one.
    pub p: f64,
    /// √(ln p / ln α); 1.0 is the threshold.
    pub score: f64,
}

/// The blocks whose borders are tried for a period that fades.
const BLOCKS: usize = 128;
/// The most borders that are tried for two periods.
const FINEST: usize = 16_384;
/// The strongest periods that are tried with each other.
const MOST_PEAKS: usize = 2;
/// The least share of the variance of a period that is tried.
const LEAST_SHARE: f64 = 0.05;
/// Periods that differ by less than this share are the same.
const SAME: f64 = 0.1;
/// The score that a line's own fading must have before the spectra of both sides are made.
const NEARLY: f64 = 0.8;
/// A period is gone where its amplitude is below this share of what it was.
const GONE: f64 = 0.5;
/// Fewest cycles of a period in its part.
const FEWEST_CYCLES: f64 = 3.0;
/// How many bins of a spectrum without a taper a line's noise comes from under Hann's, which peaks are measured by.
const HANN_BANDWIDTH: f64 = 1.5;
/// Half of where a likelihood ratio for the date of a change leaves its 95 % interval (Hansen 2000, table 1).
const DATE_CRITICAL: f64 = 7.35 / 2.0;

/// The strongest change of period of a series whose significant `peaks` are given; `None` where no two periods take turns.
///
/// Only a period that fades asks for more: of the two strongest peaks one whose amplitude on one side of some border is below
/// half of that on the other. It is then sought on its own side, and the strongest significant period of the side that it left is
/// tried as the other one. Of the two the border is sought, slot by slot, at which the sinusoid of one before it and that of
/// the other after it leave the least squares. Four things must then hold, each against the background that the peak stands
/// out of on its own side, so that p is the largest of four: the one is there before, the other is there after (Schuster's exponential law), the one is weaker after, and the other
/// is stronger (the difference of two amplitudes, normal); times the borders and the bins of a spectrum. Where both are there
/// throughout, as with two jobs, neither gets weaker. Each part has three cycles of its period.
///
/// `values` without level and slopes; missing values are left out.
pub fn period_change(values: &[f64], peaks: &[Peak], alpha: f64) -> Option<PeriodChange> {
    let is_strong = |peak: &&Peak| peak.power_share >= LEAST_SHARE;
    let mut strong: Vec<&Peak> = peaks.iter().filter(is_strong).collect();
    order::sort_by(&mut strong, |a, b| b.power_share.total_cmp(&a.power_share));
    let length = values.len().div_ceil(BLOCKS).max(1);
    let fine = values.len().div_ceil(FINEST).max(1);
    let present = |values: &[f64]| values.iter().filter(|value| value.is_finite()).count() as f64;
    let mut best: Option<PeriodChange> = None;
    for peak in strong.into_iter().take(MOST_PEAKS) {
        let line = Line::of(values, peak, present(values), length);
        let Some((border, is_before)) = line.fades(length, values.len(), alpha) else { continue };
        let (own, other) = values
            .split_at_checked(border * length)
            .map_or((values, values), |(before, after)| if is_before { (before, after) } else { (after, before) });
        // Each side by itself: the background of the whole holds what comes and goes.
        let strongest = |side: &[f64], wanted: &dyn Fn(f64) -> bool| -> Option<Line> {
            let peaks = significant_peaks(side, &PeakOptions::default());
            let fits =
                peaks.iter().filter(|one| is_strong(one) && wanted((one.period_steps / peak.period_steps).ln().abs()));
            let peak = fits.max_by(|a, b| a.power_share.total_cmp(&b.power_share))?;
            Some(Line::of(values, peak, present(side), fine))
        };
        let Some(other) = strongest(other, &|apart| apart > SAME) else { continue };
        let Some(line) = strongest(own, &|apart| apart <= SAME) else { continue };
        let (first, second) = if is_before { (&line, &other) } else { (&other, &line) };
        let found = takes_over(first, second, fine, length, alpha);
        if let Some(found) = found.filter(|one| best.is_none_or(|known| one.score > known.score)) {
            best = Some(found);
        }
    }
    best
}

/// `step` slots lie between two borders of the lines' sums; those between two blocks of `length` are counted as tests.
fn takes_over(first: &Line, second: &Line, step: usize, length: usize, alpha: f64) -> Option<PeriodChange> {
    let last = first.sums.len() - 1;
    // Of one noise: of two, the line of the smaller one would be given the slots that both lines explain.
    let noise = (0.5 * (first.noise + second.noise)).max(f64::MIN_POSITIVE);
    let power = |border: usize| 2.0 * (first.lowered(0, border) + second.lowered(border, last)) / noise;
    let cycles = |line: &Line, borders: usize| (borders * step) as f64 / line.period;
    let tried: Vec<(usize, f64)> = (1..last)
        .filter(|&border| cycles(first, border) >= FEWEST_CYCLES && cycles(second, last - border) >= FEWEST_CYCLES)
        .map(|border| (border, power(border)))
        .collect();
    let &(border, most) = tried.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let [(gone, left), (absent, there)] =
        [first, second].map(|line| (line.amplitude(0, border), line.amplitude(border, last)));
    if left > GONE * gone || absent > GONE * there {
        return None;
    }
    let there = [-first.power(0, border), -second.power(border, last), first.differs(border), second.differs(border)];
    let count = tests((tried.len() * step).div_ceil(length), last * step);
    let ln_p = ln_family_wise(there.into_iter().fold(f64::NEG_INFINITY, f64::max), count);
    let near = |one: &&(usize, f64)| most - one.1 <= DATE_CRITICAL;
    Some(PeriodChange {
        slot: border * step,
        low: (tried.iter().find(near)?.0 * step).saturating_sub(step / 2),
        high: tried.iter().rev().find(near)?.0 * step + step / 2,
        before: first.period,
        after: second.period,
        p: ln_p.exp(),
        score: score_from_ln_p(ln_p, alpha),
    })
}

/// What a change is looked for among: the borders that are tried, and the bins of a spectrum of so many slots.
fn tests(borders: usize, slots: usize) -> f64 {
    (borders * slots) as f64 / 2.0
}

/// A sinusoid through a series, block by block.
struct Line {
    period: f64,
    /// Squared amplitude of the background in a stretch of one value: four times its variance.
    noise: f64,
    /// Up to each border between blocks: the number of values, their sums with cosine and sine, and those of cosine with
    /// itself and with sine.
    sums: Vec<[f64; 5]>,
}

impl Line {
    /// The line of a peak of `count` values.
    fn of(values: &[f64], peak: &Peak, count: f64, length: usize) -> Self {
        let mean = crate::robust::mean(values).unwrap_or(0.0);
        let (sine, cosine) = (std::f64::consts::TAU * peak.frequency).sin_cos();
        let (mut re, mut im) = (1.0, 0.0);
        let mut sums = vec![[0.0; 5]];
        let mut sum = [0.0; 5];
        for block in values.chunks(length) {
            for value in block {
                if value.is_finite() {
                    let value = value - mean;
                    for (sum, term) in sum.iter_mut().zip([1.0, value * re, value * im, re * re, re * im]) {
                        *sum += term;
                    }
                }
                (re, im) = (re * cosine - im * sine, re * sine + im * cosine);
            }
            sums.push(sum);
        }
        Self {
            period: peak.period_steps,
            noise: peak.amplitude * peak.amplitude / (HANN_BANDWIDTH * peak.ratio).max(f64::MIN_POSITIVE) * count,
            sums,
        }
    }

    /// The logarithm of the chance that noise makes the amplitudes on the two sides of a border differ so.
    fn differs(&self, border: usize) -> f64 {
        let last = self.sums.len() - 1;
        let (before, after) = (self.amplitude(0, border), self.amplitude(border, last));
        let noise = 0.5 * (self.background(0, border) + self.background(border, last));
        normal_ln_survival((before - after).abs() / noise.sqrt())
    }

    /// The border between blocks at which the line is most unlike itself on the other side, and whether it is there before it; none where it
    /// has half of its amplitude or more everywhere, or where noise may well have made the difference, though its background
    /// is that of the whole series, which holds what comes and goes.
    fn fades(&self, length: usize, slots: usize, alpha: f64) -> Option<(usize, bool)> {
        let last = self.sums.len() - 1;
        let cycles = |blocks: usize| (blocks * length) as f64 / self.period;
        let power = |border: usize| self.power(0, border) + self.power(border, last);
        let tried =
            (1..last).filter(|&border| cycles(border) >= FEWEST_CYCLES && cycles(last - border) >= FEWEST_CYCLES);
        let border = tried.clone().max_by(|a, b| power(*a).total_cmp(&power(*b)))?;
        let (before, after) = (self.amplitude(0, border), self.amplitude(border, last));
        let ln_p = ln_family_wise(self.differs(border), tests(tried.count(), slots));
        let fades = before.min(after) < GONE * before.max(after) && score_from_ln_p(ln_p, alpha) >= NEARLY;
        fades.then_some((border, before > after))
    }

    fn between(&self, from: usize, to: usize) -> [f64; 5] {
        let at = |border: usize| self.sums.get(border).copied().unwrap_or_default();
        let (start, end) = (at(from), at(to));
        std::array::from_fn(|index| end[index] - start[index])
    }

    fn amplitude(&self, from: usize, to: usize) -> f64 {
        let [count, re, im, ..] = self.between(from, to);
        2.0 * (re * re + im * im).sqrt() / count.max(1.0)
    }

    /// The mean squared amplitude that the background alone would show.
    fn background(&self, from: usize, to: usize) -> f64 {
        self.noise / self.between(from, to)[0].max(1.0)
    }

    /// By how much the line lowers the squares. By least squares, since the sums with cosine and sine alone err by as much as
    /// the part of a cycle that a border cuts off.
    fn lowered(&self, from: usize, to: usize) -> f64 {
        let [count, re, im, cosine, both] = self.between(from, to);
        let sine = count - cosine;
        let determinant = cosine * sine - both * both;
        if determinant <= 1e-6 * count * count {
            return 0.0;
        }
        (sine * re * re - 2.0 * both * re * im + cosine * im * im) / determinant
    }

    /// The same in units of twice the background's variance: the logarithm of a likelihood ratio, and of whole cycles the
    /// squared amplitude in units of the background's.
    fn power(&self, from: usize, to: usize) -> f64 {
        2.0 * self.lowered(from, to) / self.noise.max(f64::MIN_POSITIVE)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_noise::noise;
    use super::*;

    fn swing(seed: u64, turns: impl Fn(usize) -> f64) -> Vec<f64> {
        let noise = noise(1_440, seed);
        (0..1_440).map(|t| 3.0 * (std::f64::consts::TAU * turns(t)).sin() + noise[t]).collect()
    }

    fn change(values: &[f64], alpha: f64) -> Option<PeriodChange> {
        period_change(values, &significant_peaks(values, &PeakOptions::default()), alpha)
    }

    #[test]
    fn periods_that_take_turns_are_told_with_their_time() {
        for (seed, at, before, after) in [(1, 800, 60.0, 40.0), (2, 500, 20.0, 55.0), (3, 1_000, 90.0, 45.0)] {
            let values =
                swing(seed, |t| if t < at { t as f64 / before } else { at as f64 / before + (t - at) as f64 / after });
            let found = change(&values, 1e-4)
                .unwrap_or_else(|| panic!("{seed}: {:?}", significant_peaks(&values, &PeakOptions::default())));
            assert!(found.score > 1.3 && found.slot.abs_diff(at) < 40, "{found:?}");
            assert!(
                (found.before / before - 1.0).abs() < 0.03 && (found.after / after - 1.0).abs() < 0.03,
                "{found:?}"
            );
            assert!(found.low <= found.slot && found.slot <= found.high);
        }
    }

    #[test]
    fn two_periods_throughout_do_not_take_turns() {
        for seed in 0..20 {
            let one = swing(seed, |t| t as f64 / 60.0);
            let values: Vec<f64> = swing(seed + 100, |t| t as f64 / 40.0).iter().zip(one).map(|(a, b)| a + b).collect();
            assert!(change(&values, 0.01).is_none_or(|found| found.score < 1.0));
        }
    }

    #[test]
    fn one_period_and_noise_have_none() {
        for seed in 0..40 {
            let values = swing(seed, |t| t as f64 / 60.0);
            assert!(change(&values, 0.01).is_none_or(|found| found.score < 1.0));
            assert!(change(&noise(1_440, seed + 500), 0.01).is_none_or(|found| found.score < 1.0));
        }
        assert_eq!(period_change(&[], &[], 0.01), None);
    }
}
