//! Resonance and anti-resonance: where one series answers another more, less, or with the opposite sign.

use std::f64::consts::{LN_10, PI, TAU};
use std::ops::Range;

use rustfft::num_complex::Complex;

use super::coherence::{Coherence, CoherenceOptions, SegmentSpectra};
use super::second_order::{Fit, Point, fit_second_order};
use crate::distribution::student_t_survival;
use crate::spectrum::Detrend;

/// Which kind of anti-resonance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AntiKind {
    /// The gain has a local minimum: the second series does not answer at this frequency.
    Notch,
    /// The second series answers with the opposite sign, whatever delay is taken out.
    Antiphase,
}

/// What a pair does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResonanceKind {
    /// The gain has a local maximum.
    Resonance,
    /// The gain has a local minimum, or the sign is opposite.
    AntiResonance(AntiKind),
}

/// A significant feature of the gain or the phase from one series to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resonance {
    /// What it is.
    pub kind: ResonanceKind,
    /// The bin of the peak or notch; of the most coherent bin for antiphase.
    pub bin: usize,
    /// Its frequency in cycles per (decimated) step: fitted for a peak, the middle between its edges for a notch.
    pub frequency: f64,
    /// Standard error of `frequency`: of the fit for a peak, half a bin otherwise.
    pub frequency_error: f64,
    /// Frequency over the width at half power; NaN for antiphase, or where it cannot be told.
    pub q: f64,
    /// Standard error of ln q; NaN where it was not fitted.
    pub ln_q_error: f64,
    /// Peak: how far the gain stands above the higher of both flanks; notch: below the lower one (negative);
    /// antiphase: the gain itself. In decibels.
    pub gain_db: f64,
    /// Phase at the bin with the delay taken out, radians in (−π, π].
    pub phase: f64,
    /// The delay that was taken out, in (decimated) steps; positive when the second series follows.
    pub delay_steps: f64,
    /// Magnitude-squared coherence at the bin.
    pub coherence: f64,
    /// Chance of such a feature, anywhere in the band, with a gain that only rises, only falls or is flat
    /// (antiphase: with the same sign at some delay).
    pub p: f64,
    /// Length of the segments in which it was found, in (decimated) steps.
    pub segment_len: usize,
}

/// How [`resonance_of`] looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResonanceOptions {
    /// Chance that a pair without any resonance gets one.
    pub alpha: f64,
    /// Fewest segments, which limits their length.
    pub min_segments: usize,
    /// Longest gap, in steps, that is bridged by a straight line.
    pub bridge: usize,
}

impl Default for ResonanceOptions {
    fn default() -> Self {
        Self { alpha: 0.01, min_segments: 10, bridge: 3 }
    }
}

/// The least height of a peak or depth of a notch, as a natural logarithm: 1 dB.
const LEAST: f64 = LN_10 / 20.0;

/// Variance of a mean of neighbouring Hann bins against that of independent ones: 1 + 2·4/9 + 2/36.
pub(super) const NEIGHBOURS: f64 = 1.94;

/// How well a delay and a change of sign must explain the phases: the mean cosine of what is left, that of 32°.
const IN_LINE: f64 = 0.85;

/// Bins that the width of a notch should be worth: fewer are filled by leakage, more are noise.
const NOTCH_BINS: f64 = 8.0;

/// Delays for which sums are taken at once: no sum waits for another one.
const AT_ONCE: usize = 8;

/// The resonance or anti-resonance from series `first` to series `second`, in a range of bins.
///
/// A **peak** is a bin whose gain |P_xy|/P_xx is significantly above P_yy/|P_xy| at some lower and at some higher
/// frequency. The first is too low by noise in the first series, the second too high by noise in the second one, so
/// no noise makes a peak of a gain that only rises or falls. Where noise hides that, a peak of |P_xy|/P_xx by itself counts
/// if the phase turns there as that of a resonance does, significantly better than by any delay; noise turns no phase.
/// A **notch** is the mirror image: so the notch from x to y is the peak from y to x. **Antiphase** is a phase that a delay and a change of sign explain significantly better than
/// any delay alone. Of several the one with the smallest p counts, a peak or notch before antiphase.
///
/// `spectra` must not be prewhitened ([`CoherenceOptions::whiten`]), because whitening flattens the gain; `None` if
/// they are. Missing values: as in [`SegmentSpectra`], segments with a gap do not count, and under four that both
/// have there is no answer. `None` also where nothing is significant at `alpha`, or fewer than five bins are left of
/// the range.
pub fn resonance(
    spectra: &SegmentSpectra,
    first: usize,
    second: usize,
    bins: Range<usize>,
    alpha: f64,
) -> Option<Resonance> {
    if spectra.is_whitened() || first == second {
        return None;
    }
    // What detrending left stands in the lowest bins, and the last bin is real.
    let bins = bins.start.max(2)..bins.end.min(spectra.bins() - 1);
    if bins.len() < 5 {
        return None;
    }
    let pair = spectra.pair(first, second, alpha / bins.len() as f64)?;
    let transfer = Transfer::new(&pair, bins, spectra.segment_len());
    transfer.resonance(alpha)
}

/// As [`resonance`], from the values of two series, with the lengths of segments that suit: from 32 steps on, doubled
/// as long as `min_segments` fit; p counts all of them. The one with the smallest error of Q is returned.
///
/// Missing values: gaps up to `bridge` steps are bridged, segments with a longer one do not count.
pub fn resonance_of(x: &[f64], y: &[f64], options: &ResonanceOptions) -> Option<Resonance> {
    let steps = x.len().min(y.len());
    let (x, y) = (x.get(..steps)?, y.get(..steps)?);
    let mut lengths = Vec::new();
    let mut segment_len = 32;
    while steps >= segment_len && (steps - segment_len) / (segment_len / 2) + 1 >= options.min_segments.max(4) {
        lengths.push(segment_len);
        segment_len *= 2;
    }
    let tests = lengths.len().max(1) as f64;
    let mut best: Option<Resonance> = None;
    let mut found = Vec::new();
    for segment_len in lengths {
        let how = CoherenceOptions {
            segment_len,
            decimate: 1,
            detrend: Detrend::Linear,
            bridge: options.bridge,
            whiten: false,
        };
        let Ok(spectra) = SegmentSpectra::new(&[x, y], &how) else { continue };
        if let Some(mut one) = resonance(&spectra, 0, 1, 0..spectra.bins(), options.alpha / tests) {
            one.p = (one.p * tests).min(1.0);
            let is_shape = |r: &Resonance| r.kind != ResonanceKind::AntiResonance(AntiKind::Antiphase);
            let is_better = best.as_ref().is_none_or(|b| (!is_shape(&one), one.p) < (!is_shape(b), b.p));
            if is_better {
                best = Some(one);
            }
            found.push(one);
        }
    }
    let best = best?;
    // The same feature in other segments: a fit says which tell it best; a notch is filled by what leaks into it in short
    // ones, and is lost in noise in long ones.
    let same = found.into_iter().filter(|one| {
        let width = 1.0 / one.segment_len.min(best.segment_len) as f64;
        one.kind == best.kind && (one.frequency - best.frequency).abs() <= width
    });
    let sharpest = if best.kind == ResonanceKind::Resonance {
        same.filter(|one| one.ln_q_error.is_finite()).min_by(|a, b| a.ln_q_error.total_cmp(&b.ln_q_error))
    } else {
        let unlike = |one: &Resonance| (one.segment_len as f64 * one.frequency / one.q / NOTCH_BINS).ln().abs();
        same.min_by(|a, b| unlike(a).total_cmp(&unlike(b)))
    };
    Some(sharpest.map_or(best, |one| Resonance { p: best.p, ..one }))
}

/// Gain and phase of a pair in a range of bins.
struct Transfer<'a> {
    pair: &'a Coherence,
    bins: Range<usize>,
    segment_len: usize,
    /// ln of the gain that noise in the first series can only lower, |P_xy|/P_xx.
    low: Vec<f64>,
    /// ln of the gain that noise in the second series can only raise, P_yy/|P_xy|.
    high: Vec<f64>,
    /// Variance of both, and of the phase: (1 − C)/(2CK) (Bendat & Piersol 2010, section 9.2).
    variance: Vec<f64>,
}

/// A bin that stands out of both flanks.
struct Summit {
    bin: usize,
    p: f64,
    /// Distance to the nearer of both flanks, in ln of the gain, above zero.
    height: f64,
}

impl<'a> Transfer<'a> {
    fn new(pair: &'a Coherence, bins: Range<usize>, segment_len: usize) -> Self {
        let (mut low, mut high, mut variance) = (Vec::new(), Vec::new(), Vec::new());
        for bin in bins.clone() {
            let gain = pair.gain.get(bin).copied().unwrap_or(f64::NAN).ln();
            let squared = pair.magnitude_squared.get(bin).copied().unwrap_or(f64::NAN);
            low.push(gain);
            high.push(gain - squared.ln());
            // Nothing is known better than rounding allows.
            variance.push(((1.0 - squared) / (2.0 * squared * pair.effective_segments)).max(1e-9));
        }
        Self { pair, bins, segment_len, low, high, variance }
    }

    fn resonance(&self, alpha: f64) -> Option<Resonance> {
        let coherent = (self.bins.clone())
            .filter(|bin| self.pair.magnitude_squared.get(*bin).is_some_and(|c| *c > self.pair.threshold))
            .count();
        if coherent == 0 {
            return None;
        }
        let line = self.line(&|_| 0.0);
        let peak = self.feature(1.0, &line, alpha).filter(|s| s.p < alpha);
        let notch = self.feature(-1.0, &line, alpha).filter(|s| s.p < alpha);
        let is_peak = match (&peak, &notch) {
            (Some(peak), Some(notch)) => peak.p <= notch.p,
            (peak, None) => peak.is_some(),
            (None, Some(_)) => false,
        };
        if let Some(summit) = if is_peak { peak } else { notch } {
            return self.shape(&summit, is_peak, &line);
        }
        let line = line.filter(|line| line.p < alpha)?;
        let bin = self
            .bins
            .clone()
            .max_by(|a, b| self.squared(*a).total_cmp(&self.squared(*b)))
            .filter(|bin| self.squared(*bin).is_finite())?;
        Some(Resonance {
            kind: ResonanceKind::AntiResonance(AntiKind::Antiphase),
            bin,
            frequency: self.frequency(bin),
            frequency_error: 0.5 / self.segment_len as f64,
            q: f64::NAN,
            ln_q_error: f64::NAN,
            gain_db: decibels(self.pair.gain.get(bin)?.ln()),
            phase: self.phase_without(bin, line.delay),
            delay_steps: line.delay,
            coherence: self.squared(bin),
            p: line.p,
            segment_len: self.segment_len,
        })
    }

    fn squared(&self, bin: usize) -> f64 {
        self.pair.magnitude_squared.get(bin).copied().unwrap_or(f64::NAN)
    }

    fn frequency(&self, bin: usize) -> f64 {
        bin as f64 / self.segment_len as f64
    }

    fn phase_without(&self, bin: usize, delay: f64) -> f64 {
        let turned = self.pair.phase.get(bin).copied().unwrap_or(f64::NAN) + TAU * self.frequency(bin) * delay;
        turned.sin().atan2(turned.cos())
    }

    /// A peak (`sign` 1) or a notch (−1): one that no noise in either series explains; or one that noise in the first series
    /// might have made, but that turns the phase as a resonance does, which noise cannot. Of both the clearer one, and p counts
    /// both.
    fn feature(&self, sign: f64, line: &Option<Line>, alpha: f64) -> Option<Summit> {
        let strict = if sign > 0.0 {
            self.summit(&self.low, &self.high, sign)
        } else {
            let negative = |values: &[f64]| values.iter().map(|v| -v).collect::<Vec<f64>>();
            self.summit(&negative(&self.high), &negative(&self.low), sign)
        };
        let signed: Vec<f64> = self.low.iter().map(|v| sign * v).collect();
        let turned = self.summit(&signed, &signed, sign);
        // The phase is asked only where the gain has something to say.
        let clear = strict.as_ref().map_or(alpha, |one| one.p.min(alpha));
        let mut turned = turned.filter(|summit| summit.p < clear);
        if let Some(summit) = &mut turned {
            summit.p = summit.p.max(self.turning(summit, sign, line).unwrap_or(1.0));
        }
        let better = match (strict, turned) {
            (Some(one), Some(other)) => Some(if one.p <= other.p { one } else { other }),
            (one, other) => one.or(other),
        };
        better.map(|summit| Summit { p: (2.0 * summit.p).min(1.0), ..summit })
    }

    /// The chance that a delay alone explains the phase as well as a delay and the turn of a resonance (or of a notch) do.
    fn turning(&self, summit: &Summit, sign: f64, line: &Option<Line>) -> Option<f64> {
        let centre = self.frequency(self.bins.start + summit.bin);
        let width = self.half_power_width(summit, sign);
        let (resonance, q) = match self.fit(summit, width).filter(|_| sign > 0.0) {
            Some(fit) => (fit.frequency, fit.q),
            None => (centre, centre / width),
        };
        let turn = |frequency: f64| {
            let (real, imaginary) = (resonance * resonance - frequency * frequency, frequency * resonance / q);
            // A notch is the same response with zeros at the resonance: its phase jumps where the real part changes its sign.
            let zeros = if sign < 0.0 && real < 0.0 { PI } else { 0.0 };
            zeros - imaginary.atan2(real)
        };
        let (with, without) = (self.line(&turn)?, line.as_ref()?);
        // The place of the turn was chosen among all bins.
        let places = (self.bins.len() * (2 * self.segment_len + 1)) as f64;
        Some((places * ((without.agreement - with.agreement) / with.misfit).exp()).min(1.0))
    }

    /// The bin that stands out of `flank` on both sides with the largest significance; `sign` is −1 for a notch, of which both
    /// are negative.
    fn summit(&self, top: &[f64], flank: &[f64], sign: f64) -> Option<Summit> {
        let count = top.len();
        let mut best: Option<(f64, usize, Range<usize>, f64)> = None;
        // The lowest flank and the smallest variance before each bin, and behind it: what no flank on that side can beat.
        let lower = |held: [f64; 2], at: usize| [held[0].min(flank[at]), held[1].min(self.variance[at])];
        let mut before = vec![[f64::INFINITY; 2]; count];
        let mut behind = before.clone();
        for at in 1..count {
            before[at] = lower(before[at - 1], at - 1);
            behind[count - 1 - at] = lower(behind[count - at], count - at);
        }
        for centre in 1..count.saturating_sub(1) {
            let bar = best.as_ref().map_or(0.0, |b| b.0);
            let most = |[flank, variance]: [f64; 2]| (top[centre] - flank) / (self.variance[centre] + variance).sqrt();
            if most(before[centre]) <= bar || most(behind[centre]) <= bar {
                continue;
            }
            let side = |others: Range<usize>| {
                let mut strongest = (0.0, centre, 0.0);
                for other in others {
                    let rise = top[centre] - flank[other];
                    if rise > LEAST {
                        let z = rise / (self.variance[centre] + self.variance[other]).sqrt();
                        if z > strongest.0 {
                            strongest = (z, other, rise);
                        }
                    }
                }
                strongest
            };
            let left = side(0..centre);
            if left.0 <= bar {
                continue;
            }
            let right = side(centre + 1..count);
            let z = left.0.min(right.0);
            if z > bar {
                best = Some((z, centre, left.1..right.1, left.2.min(right.2)));
            }
        }
        let (z, _, flanks, _) = best?;
        // The most significant bin is not the outermost one, where noise may be larger: of all between the flanks.
        let inside = flanks.start + 1..flanks.end;
        let bin = inside.max_by(|a, b| (sign * self.low[*a]).total_cmp(&(sign * self.low[*b])))?;
        let height = sign * self.low[bin] - (sign * self.low[flanks.start]).max(sign * self.low[flanks.end]);
        let pairs = 0.5 * (count * count) as f64;
        let freedom = 2.0 * (self.pair.effective_segments - 1.0);
        Some(Summit { bin, p: (student_t_survival(z, freedom) * pairs).min(1.0), height })
    }

    fn shape(&self, summit: &Summit, is_peak: bool, line: &Option<Line>) -> Option<Resonance> {
        let bin = self.bins.start + summit.bin;
        let sign = if is_peak { 1.0 } else { -1.0 };
        let mut found = Resonance {
            kind: if is_peak { ResonanceKind::Resonance } else { ResonanceKind::AntiResonance(AntiKind::Notch) },
            bin,
            frequency: self.frequency(bin),
            frequency_error: 0.5 / self.segment_len as f64,
            q: f64::NAN,
            ln_q_error: f64::NAN,
            gain_db: decibels(sign * summit.height),
            phase: 0.0,
            delay_steps: 0.0,
            coherence: self.squared(bin),
            p: summit.p,
            segment_len: self.segment_len,
        };
        let width = self.half_power_width(summit, sign);
        if is_peak {
            if let Some(fit) = self.fit(summit, width) {
                found.frequency = fit.frequency;
                found.frequency_error = fit.frequency_error;
                found.q = fit.q;
                found.ln_q_error = fit.ln_q_error;
            }
        } else {
            // The bottom is flat with noise: the middle between both edges tells its place better.
            let (left, right) = self.half_power_edges(summit, sign);
            found.frequency += 0.5 * (right - left) / self.segment_len as f64;
            found.q = found.frequency / width;
        }
        found.delay_steps = line.as_ref().map_or(0.0, |line| line.delay);
        found.phase = self.phase_without(bin, found.delay_steps);
        Some(found)
    }

    /// Width at half power between the flanks, in cycles per step. Of a peak under its top; of a notch under its
    /// surroundings, as notch filters are described.
    fn half_power_width(&self, summit: &Summit, sign: f64) -> f64 {
        let (left, right) = self.half_power_edges(summit, sign);
        (left + right).max(0.5) / self.segment_len as f64
    }

    /// How many bins it is from the summit to half power below and above.
    fn half_power_edges(&self, summit: &Summit, sign: f64) -> (f64, f64) {
        let half = 0.5 * std::f64::consts::LN_2;
        let level = if sign > 0.0 {
            self.low[summit.bin] - half
        } else {
            crate::robust::median(&self.low).unwrap_or(f64::NAN) - half
        };
        let above = |at: usize| sign * (self.low[at] - level);
        let crossing = |towards: &mut dyn Iterator<Item = usize>| {
            let mut last = summit.bin;
            for at in towards {
                if above(at) < 0.0 {
                    let share = above(last) / (above(last) - above(at));
                    return (last as f64 - summit.bin as f64).abs() + share;
                }
                last = at;
            }
            (last as f64 - summit.bin as f64).abs().max(0.5)
        };
        let left = crossing(&mut (0..summit.bin).rev());
        let right = crossing(&mut (summit.bin + 1..self.low.len()));
        (left, right)
    }

    /// Fits the gain of a second-order resonance, as the tapered segments see it, to the bins around a peak.
    fn fit(&self, summit: &Summit, width: f64) -> Option<Fit> {
        // Down to a quarter of the gain (12 dB), at least three bins on each side, not beyond the flanks' valley.
        let floor = self.low[summit.bin] - 4f64.ln();
        let mut from = summit.bin;
        while from > 0 && (self.low[from - 1] > floor || summit.bin - from < 3) {
            from -= 1;
        }
        let mut to = summit.bin;
        while to + 1 < self.low.len() && (self.low[to + 1] > floor || to - summit.bin < 3) {
            to += 1;
        }
        if to - from < 4 {
            return None;
        }
        let points: Vec<Point> = (from..=to)
            .map(|at| Point {
                frequency: self.frequency(self.bins.start + at),
                ln_gain: self.low[at],
                weight: 1.0 / self.variance[at],
            })
            .collect();
        let centre = self.frequency(self.bins.start + summit.bin);
        fit_second_order(&points, self.segment_len, centre, centre / width)
    }

    /// The delay that explains best what is left of the phase without `turn`, and whether a change of sign explains it better
    /// than none.
    fn line(&self, turn: &dyn Fn(f64) -> f64) -> Option<Line> {
        let coherent: Vec<(f64, Complex<f64>)> = self
            .bins
            .clone()
            .enumerate()
            .filter(|(_, bin)| self.squared(*bin) > self.pair.threshold)
            .filter_map(|(at, bin)| {
                let weight = 1.0 / (NEIGHBOURS * self.variance.get(at)?);
                // No one bin decides, however coherent.
                let frequency = self.frequency(bin);
                Some((frequency, Complex::from_polar(weight.min(100.0), *self.pair.phase.get(bin)? - turn(frequency))))
            })
            .collect();
        if coherent.is_empty() {
            return None;
        }
        let total: f64 = coherent.iter().map(|(_, v)| v.norm()).sum();
        // A quarter of a step at a time, up to a quarter of a segment.
        let (mut same, mut opposite) = ((f64::NEG_INFINITY, 0.0), (f64::NEG_INFINITY, 0.0));
        let mut turning: Vec<Complex<f64>> = coherent
            .iter()
            .map(|(f, v)| v * Complex::from_polar(1.0, -TAU * f * (self.segment_len / 4) as f64))
            .collect();
        let quarter: Vec<Complex<f64>> =
            coherent.iter().map(|(f, _)| Complex::from_polar(1.0, TAU * f * 0.25)).collect();
        let delays = 2 * self.segment_len + 1;
        for start in (0..delays).step_by(AT_ONCE) {
            let mut sums = [0.0; AT_ONCE];
            for (v, q) in turning.iter_mut().zip(&quarter) {
                for sum in &mut sums {
                    *sum += v.re;
                    *v *= q;
                }
            }
            for (k, sum) in (start..delays).zip(sums) {
                let delay = 0.25 * k as f64 - (self.segment_len / 4) as f64;
                // Of equal ones the shorter delay.
                if sum > same.0 || (sum == same.0 && delay.abs() < f64::abs(same.1)) {
                    same = (sum, delay);
                }
                if -sum > opposite.0 {
                    opposite = (-sum, delay);
                }
            }
        }
        // A phase that is neither (a difference has 90° throughout) fits both badly: what a fit leaves, above what its errors
        // leave, is the scale of the comparison.
        let misfit = |best: f64| (2.0 * (total - best) / coherent.len() as f64).max(1.0);
        let advantage = (opposite.0 - same.0) / misfit(opposite.0);
        // A likelihood ratio exceeds e^a with chance e^−a at most (Markov), at each delay.
        let p = if opposite.0 >= IN_LINE * total { (delays as f64 * (-advantage).exp()).min(1.0) } else { 1.0 };
        let delay = if advantage > 0.0 { opposite.1 } else { same.1 };
        let agreement = same.0.max(opposite.0);
        Some(Line { delay, p, agreement, misfit: misfit(agreement) })
    }
}

/// The delay of a pair and the chance that its sign is not opposite.
struct Line {
    delay: f64,
    p: f64,
    /// Log likelihood of the phases with the better sign, up to a constant.
    agreement: f64,
    /// What the phases leave of it, 1 if that is no more than their errors.
    misfit: f64,
}

fn decibels(ln_gain: f64) -> f64 {
    ln_gain * 20.0 / LN_10
}
