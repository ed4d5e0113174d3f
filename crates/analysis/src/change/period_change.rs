//! A fluctuation that goes over from one period to another.

use crate::distribution::{ln_family_wise, normal_ln_survival, score_from_ln_p};
use crate::spectrum::{Peak, PeakOptions, significant_peaks};

/// One period before, another one after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeriodChange {
    /// The first slot of the new period, to a block.
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

/// The blocks whose borders are tried.
const BLOCKS: usize = 128;
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
/// Half of where a likelihood ratio for the date of a change leaves its 95 % interval (Hansen 2000, table 1).
const DATE_CRITICAL: f64 = 7.35 / 2.0;

/// The strongest change of period of a series whose significant `peaks` are given; `None` where no two periods take turns.
///
/// Only a period that fades asks for more: of the two strongest peaks one whose amplitude on one side of some border is below
/// half of that on the other. It is then sought on its own side, and the strongest significant period of the side that it left is
/// tried as the other one. Of the two the border is sought at which the sinusoid of one before it and that of the other after it hold the most
/// power, each in units of the background that its peak stands out of. Four things must then hold, so that p is the largest of
/// four: the one is there before, the other is there after (Schuster's exponential law), the one is weaker after, and the other
/// is stronger (the difference of two amplitudes, normal); times the borders and the bins of a spectrum. Where both are there
/// throughout, as with two jobs, neither gets weaker. Each part has three cycles of its period.
///
/// `values` without level and slopes; missing values are left out.
pub fn period_change(values: &[f64], peaks: &[Peak], alpha: f64) -> Option<PeriodChange> {
    let is_strong = |peak: &&Peak| peak.power_share >= LEAST_SHARE;
    let mut strong: Vec<&Peak> = peaks.iter().filter(is_strong).collect();
    order::sort_by(&mut strong, |a, b| b.power_share.total_cmp(&a.power_share));
    let length = values.len().div_ceil(BLOCKS).max(1);
    let present = |values: &[f64]| values.iter().filter(|value| value.is_finite()).count() as f64;
    let mut best: Option<PeriodChange> = None;
    for peak in strong.into_iter().take(MOST_PEAKS) {
        let line = Line::of(values, peak, present(values), length);
        let Some((border, is_before)) = line.fades(length, values.len(), alpha) else { continue };
        let middle = border * length;
        let (own, other) = values
            .split_at_checked(middle)
            .map_or((values, values), |(before, after)| if is_before { (before, after) } else { (after, before) });
        // Each side by itself: the background of the whole holds what comes and goes.
        let strongest = |side: &[f64], wanted: &dyn Fn(f64) -> bool| -> Option<Line> {
            let peaks = significant_peaks(side, &PeakOptions::default());
            let fits =
                peaks.iter().filter(|one| is_strong(one) && wanted((one.period_steps / peak.period_steps).ln().abs()));
            let peak = fits.max_by(|a, b| a.power_share.total_cmp(&b.power_share))?;
            Some(Line::of(values, peak, present(side), length))
        };
        let Some(other) = strongest(other, &|apart| apart > SAME) else { continue };
        let Some(line) = strongest(own, &|apart| apart <= SAME) else { continue };
        let (first, second) = if is_before { (&line, &other) } else { (&other, &line) };
        let found = takes_over(first, second, length, values.len(), alpha);
        if let Some(found) = found.filter(|one| best.is_none_or(|known| one.score > known.score)) {
            best = Some(found);
        }
    }
    best
}

fn takes_over(first: &Line, second: &Line, length: usize, slots: usize, alpha: f64) -> Option<PeriodChange> {
    let last = first.sums.len() - 1;
    let power = |border: usize| first.power(0, border) + second.power(border, last);
    let cycles = |line: &Line, blocks: usize| (blocks * length) as f64 / line.period;
    let tried: Vec<usize> = (1..last)
        .filter(|&border| cycles(first, border) >= FEWEST_CYCLES && cycles(second, last - border) >= FEWEST_CYCLES)
        .collect();
    let &border = tried.iter().max_by(|a, b| power(**a).total_cmp(&power(**b)))?;
    let [(gone, left), (absent, there)] =
        [first, second].map(|line| (line.amplitude(0, border), line.amplitude(border, last)));
    if left > GONE * gone || absent > GONE * there {
        return None;
    }
    let there = [-first.power(0, border), -second.power(border, last), first.differs(border), second.differs(border)];
    let ln_p = ln_family_wise(there.into_iter().fold(f64::NEG_INFINITY, f64::max), tests(tried.len(), slots));
    let most = power(border);
    let near = |border: &&usize| most - power(**border) <= DATE_CRITICAL;
    Some(PeriodChange {
        slot: border * length,
        // Borders stand between blocks: the change may lie anywhere in the half of one on either side.
        low: (tried.iter().find(near)? * length).saturating_sub(length / 2),
        high: tried.iter().rev().find(near)? * length + length / 2,
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
    /// Squared amplitude of the background in a stretch of one value.
    noise: f64,
    /// Up to each border between blocks: the number of values, and their sums with cosine and sine.
    sums: Vec<[f64; 3]>,
}

impl Line {
    /// The line of a peak of `count` values.
    fn of(values: &[f64], peak: &Peak, count: f64, length: usize) -> Self {
        let mean = crate::robust::mean(values).unwrap_or(0.0);
        let (sine, cosine) = (std::f64::consts::TAU * peak.frequency).sin_cos();
        let (mut re, mut im) = (1.0, 0.0);
        let mut sums = vec![[0.0; 3]];
        let mut sum = [0.0; 3];
        for block in values.chunks(length) {
            for value in block {
                if value.is_finite() {
                    sum[0] += 1.0;
                    sum[1] += (value - mean) * re;
                    sum[2] += (value - mean) * im;
                }
                (re, im) = (re * cosine - im * sine, re * sine + im * cosine);
            }
            sums.push(sum);
        }
        Self {
            period: peak.period_steps,
            noise: peak.amplitude * peak.amplitude / peak.ratio.max(f64::MIN_POSITIVE) * count,
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

    /// The border at which the line is most unlike itself on the other side, and whether it is there before it; none where it
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

    fn between(&self, from: usize, to: usize) -> [f64; 3] {
        let at = |border: usize| self.sums.get(border).copied().unwrap_or_default();
        let (start, end) = (at(from), at(to));
        [end[0] - start[0], end[1] - start[1], end[2] - start[2]]
    }

    fn amplitude(&self, from: usize, to: usize) -> f64 {
        let [count, re, im] = self.between(from, to);
        2.0 * (re * re + im * im).sqrt() / count.max(1.0)
    }

    /// The mean squared amplitude that the background alone would show.
    fn background(&self, from: usize, to: usize) -> f64 {
        self.noise / self.between(from, to)[0].max(1.0)
    }

    /// The squared amplitude in units of the background's.
    fn power(&self, from: usize, to: usize) -> f64 {
        self.amplitude(from, to).powi(2) / self.background(from, to).max(f64::MIN_POSITIVE)
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
