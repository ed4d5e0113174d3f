//! Beats: two close periods that drift in and out of step.

use std::borrow::Cow;

use rustfft::num_complex::Complex;

use super::collision::{Collision, PulseTrain, next_collision, pulse_train};
use crate::multiplicity::benjamini_hochberg_among;
use crate::spectrum::{
    InverseTransform, Pattern, Peak, PeakOptions, RealTransform, Sums, bridge, fast_len_at_least, hann, products,
    remove_line, significant_peaks,
};

/// How beats are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeatOptions {
    /// Two frequencies are close when their difference is at most this share of their mean.
    pub closest_share: f64,
    /// Fewest beat periods in the data.
    pub min_cycles: f64,
    /// Smallest depth: how far the envelope swings, 0 (one line alone) to 1 (equal lines).
    pub min_depth: f64,
}

impl Default for BeatOptions {
    fn default() -> Self {
        Self { closest_share: 0.3, min_cycles: 3.0, min_depth: 0.3 }
    }
}

/// Two close periods and the time after which they meet again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beat {
    /// Index of the first peak in its list (the longer period).
    pub first_peak: usize,
    /// Index of the second peak in its list.
    pub second_peak: usize,
    /// Steps from one swell to the next: 1 / |f₁ − f₂|.
    pub period_steps: f64,
    /// Lower end of the 95 % interval of the period.
    pub period_low: f64,
    /// Upper end of the 95 % interval of the period.
    pub period_high: f64,
    /// Swing of the envelope, 2ab/(a² + b²) for amplitudes a and b: 1 when the lines are equally strong.
    pub depth: f64,
    /// The first swell (both in step), in steps from the start of the data, within one beat period.
    pub first_swell_step: f64,
    /// The swell nearest to the middle of the data, where its time is known best.
    pub centre_step: f64,
    /// Standard error of `centre_step`.
    pub centre_error: f64,
    /// The larger p-value of the two peaks.
    pub p: f64,
}

/// A time at which both are in step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coincidence {
    /// In steps from the start of the data.
    pub step: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

impl Beat {
    /// The first coincidence at or after a step. Its interval grows with the distance from the middle of the data, by the
    /// error of the period.
    pub fn next_coincidence(&self, after: f64) -> Coincidence {
        let periods = ((after - self.centre_step) / self.period_steps).ceil();
        let step = self.centre_step + periods * self.period_steps;
        let error = (1.96 * self.centre_error).hypot(0.5 * (self.period_high - self.period_low) * periods);
        Coincidence { step, low: step - error, high: step + error }
    }
}

/// One of the two jobs of a beat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Job {
    /// Index of its series.
    pub series: usize,
    /// Index of its line among the peaks of that series.
    pub peak: usize,
    /// Its period, in steps.
    pub period_steps: f64,
    /// Its runs, where they are short enough to be told apart from a wave; then they can be said to collide.
    pub train: Option<PulseTrain>,
}

/// A beat within a set of series.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundBeat {
    /// The job with the longer period.
    pub first: Job,
    /// The job with the shorter period.
    pub second: Job,
    /// The beat; its peaks are those of the jobs.
    pub beat: Beat,
    /// False discovery rate at which it is found, over all pairs of series and each series with itself.
    pub q: f64,
}

impl FoundBeat {
    /// When both run at once next at or after a step, within two beat periods; none where a job has no short runs, or where
    /// they do not meet (they may pass each other between two runs).
    pub fn next_collision(&self, after: f64) -> Option<Collision> {
        next_collision(self.first.train.as_ref()?, self.second.train.as_ref()?, after, 2.0 * self.beat.period_steps)
    }
}

/// Of a set, so many pairs of lines are looked at, the strongest ones.
const MOST_CANDIDATES: usize = 2000;

/// Values of series without their lines that are kept for the next pair, with their transforms: 16 MB.
const MOST_CLEANED: usize = 1_000_000;

/// The peaks that [`beats`] needs: [`significant_peaks`] with room for the many harmonics of short pulses, which would
/// otherwise crowd out the fundamentals.
pub fn beat_peaks(values: &[f64]) -> Vec<Peak> {
    significant_peaks(values, &PeakOptions { max_peaks: 64, ..PeakOptions::default() })
}

/// The beats of a set of series, within each and between every two, with q-values, the clearest first.
///
/// `peaks` are those of each series ([`beat_peaks`]). Both lines of a beat have to be there, so its p-value is the larger
/// of both, times the pairs of lines that were compared in that pair of series; q is the false discovery rate (Benjamini
/// and Hochberg) over the series and their pairs, n(n + 1)/2. Two series that both have both lines give one beat: that of the
/// clearest. At most 2,000 pairs of lines are looked at, those with the largest shares of variance.
/// Missing values: as in [`significant_peaks`]. Series of different lengths: what both have.
pub fn beats(series: &[&[f64]], peaks: &[Vec<Peak>], options: &BeatOptions) -> Vec<FoundBeat> {
    let lines: Vec<(usize, usize, &Peak)> = peaks
        .iter()
        .enumerate()
        .take(series.len())
        .flat_map(|(s, list)| list.iter().enumerate().map(move |(k, peak)| (s, k, peak)))
        .filter(|(_, _, peak)| peak.harmonic_of.is_none())
        .collect();
    let mut candidates: Vec<(f64, usize, usize)> = Vec::new();
    for (one, (_, _, a)) in lines.iter().enumerate() {
        for (other, (_, _, b)) in lines.iter().enumerate().skip(one + 1) {
            let apart = (a.frequency - b.frequency).abs();
            if apart > 0.0 && apart <= options.closest_share * 0.5 * (a.frequency + b.frequency) {
                candidates.push((-(a.power_share * b.power_share), one, other));
            }
        }
        // All of them are many times what is looked at.
        if candidates.len() > 8 * MOST_CANDIDATES {
            keep_strongest(&mut candidates);
        }
    }
    keep_strongest(&mut candidates);
    let mut found: Vec<FoundBeat> = Vec::new();
    let mut voices: Vec<Voice> = series.iter().zip(peaks).map(|(values, peaks)| Voice::new(values, peaks)).collect();
    for (_, one, other) in candidates {
        let (Some((s, i, a)), Some((u, j, b))) = (lines.get(one), lines.get(other)) else { continue };
        let Some(beat) = beat(&mut voices, (*s, *i), (*u, *j), options) else { continue };
        let (Some(xs), Some(ys)) = (peaks.get(*s), peaks.get(*u)) else { continue };
        let compared = if s == u { xs.len() * xs.len().saturating_sub(1) / 2 } else { xs.len() * ys.len() };
        let job = |series: usize, peak: usize, line: &Peak| Job {
            series,
            peak,
            period_steps: line.period_steps,
            train: None,
        };
        let mut jobs = [job(*s, *i, a), job(*u, *j, b)];
        let mut beat = Beat { p: (beat.p * compared.max(1) as f64).min(1.0), ..beat };
        if a.period_steps < b.period_steps {
            jobs.swap(0, 1);
            (beat.first_peak, beat.second_peak) = (beat.second_peak, beat.first_peak);
        }
        let [first, second] = jobs;
        found.push(FoundBeat { first, second, beat, q: f64::NAN });
    }
    order::sort_by(&mut found, |a, b| {
        a.beat.p.total_cmp(&b.beat.p).then((a.first.series, a.second.series).cmp(&(b.first.series, b.second.series)))
    });
    // Untested pairs have the p-value 1.
    let tests = series.len() * (series.len() + 1) / 2;
    let p: Vec<f64> = found.iter().map(|f| f.beat.p).collect();
    for (one, q) in found.iter_mut().zip(benjamini_hochberg_among(&p, tests)) {
        one.q = q;
    }
    // A job may take part in many beats.
    let mut known: Vec<((usize, usize), Option<PulseTrain>)> = Vec::new();
    for one in &mut found {
        for job in [&mut one.first, &mut one.second] {
            let key = (job.series, job.peak);
            if let Some((_, train)) = known.iter().find(|(other, _)| *other == key) {
                job.train = *train;
                continue;
            }
            let line = peaks.get(job.series).and_then(|list| list.get(job.peak));
            job.train = match (series.get(job.series), line) {
                (Some(values), Some(line)) => pulse_train(values, line).filter(PulseTrain::is_short),
                _ => None,
            };
            known.push((key, job.train));
        }
    }
    found
}

/// Sorts pairs of lines by their strength, given with its sign turned, and keeps as many as are looked at.
fn keep_strongest(candidates: &mut Vec<(f64, usize, usize)>) {
    order::sort_by(candidates, |a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    candidates.truncate(MOST_CANDIDATES);
}

/// The beats between significant periods of one series.
///
/// Two fundamentals that are close but resolved (two bins apart at least), with no third line at the same distance
/// (three lines are amplitude modulation, F15), and an envelope whose own spectrum has its top at |f₁ − f₂| ± 1 bin.
/// Missing values: as in [`crate::spectrum::significant_peaks`].
pub fn beats_within(values: &[f64], peaks: &[Peak], options: &BeatOptions) -> Vec<Beat> {
    let mut found = Vec::new();
    let mut voices = [Voice::new(values, peaks)];
    for first in 0..peaks.len() {
        for second in first + 1..peaks.len() {
            if let Some(beat) = beat(&mut voices, (0, first), (0, second), options) {
                found.push(beat);
            }
        }
    }
    found
}

/// The beats between a significant period of one series and one of another (two jobs on one machine, say).
///
/// The envelope is that of the sum of both series, each in units of its own line. Peak indices refer to the first
/// and the second list. A period that both series share is not a beat.
pub fn beat_between(
    first: &[f64],
    first_peaks: &[Peak],
    second: &[f64],
    second_peaks: &[Peak],
    options: &BeatOptions,
) -> Vec<Beat> {
    let mut found = Vec::new();
    let mut voices = [Voice::new(first, first_peaks), Voice::new(second, second_peaks)];
    for i in 0..first_peaks.len() {
        for j in 0..second_peaks.len() {
            if let Some(beat) = beat(&mut voices, (0, i), (1, j), options) {
                found.push(beat);
            }
        }
    }
    found
}

/// A series with its peaks, and what was worked out of it for one beat and serves for the next.
struct Voice<'a> {
    values: &'a [f64],
    peaks: &'a [Peak],
    cleaned: Option<Cleaned>,
    /// When that was last asked for.
    used: usize,
    waves: Vec<(usize, Option<Wave>)>,
}

/// A series without its missing values and its straight line.
struct Cleaned {
    values: Vec<f64>,
    /// Its transform, padded to a length that is fast.
    bins: Vec<Complex<f64>>,
}

impl<'a> Voice<'a> {
    fn new(values: &'a [f64], peaks: &'a [Peak]) -> Self {
        Self { values, peaks, cleaned: None, used: 0, waves: Vec::new() }
    }

    fn clean(&mut self) {
        self.cleaned.get_or_insert_with(|| {
            let values = clean(self.values);
            Cleaned { bins: padded(&values), values }
        });
    }

    /// The transform of the first `span` values.
    fn bins(&self, span: usize) -> Option<Cow<'_, [Complex<f64>]>> {
        let cleaned = self.cleaned.as_ref()?;
        Some(if span == cleaned.values.len() {
            Cow::Borrowed(&cleaned.bins)
        } else {
            Cow::Owned(padded(cleaned.values.get(..span)?))
        })
    }

    fn wave(&mut self, peak: usize) -> Option<Wave> {
        if let Some((_, known)) = self.waves.iter().find(|(other, _)| *other == peak) {
            return *known;
        }
        self.clean();
        let found = wave(&self.cleaned.as_ref()?.values, self.peaks, peak);
        self.waves.push((peak, found));
        found
    }
}

/// Cleans two voices, and forgets of the others those that were not asked for the longest where too much is kept.
fn clean_both(voices: &mut [Voice], one: usize, other: usize) {
    let now = voices.iter().map(|voice| voice.used).max().unwrap_or(0) + 1;
    for index in [one, other] {
        if let Some(voice) = voices.get_mut(index) {
            voice.clean();
            voice.used = now;
        }
    }
    let size = |voice: &Voice| voice.cleaned.as_ref().map_or(0, |cleaned| cleaned.values.len());
    while voices.iter().map(size).sum::<usize>() > MOST_CLEANED {
        let kept = voices.iter_mut().filter(|voice| voice.cleaned.is_some() && voice.used < now);
        let Some(oldest) = kept.min_by_key(|voice| voice.used) else { break };
        oldest.cleaned = None;
    }
}

fn padded(values: &[f64]) -> Vec<Complex<f64>> {
    let mut transform = RealTransform::new(fast_len_at_least(values.len()));
    transform.input.iter_mut().zip(values).for_each(|(slot, value)| *slot = *value);
    transform.forward();
    transform.bins
}

/// The beat of a peak of one voice with a peak of another one or of the same.
fn beat(voices: &mut [Voice], (s, i): (usize, usize), (u, j): (usize, usize), options: &BeatOptions) -> Option<Beat> {
    let same = s == u;
    let (x_peaks, y_peaks) = (voices.get(s)?.peaks, voices.get(u)?.peaks);
    let span = voices.get(s)?.values.len().min(voices.get(u)?.values.len()) as f64;
    let (a, b) = (x_peaks.get(i)?, y_peaks.get(j)?);
    if a.harmonic_of.is_some() || b.harmonic_of.is_some() {
        return None;
    }
    let difference = (a.frequency - b.frequency).abs();
    if difference > options.closest_share * 0.5 * (a.frequency + b.frequency)
        || difference * span < options.min_cycles.max(2.0)
    {
        return None;
    }
    let near = |peaks: &[Peak], frequency: f64| {
        peaks.iter().find(|p| (p.frequency - frequency).abs() * span < 1.5).map(|p| p.power_share)
    };
    let (low, high) = if a.frequency < b.frequency { (a, b) } else { (b, a) };
    for peaks in [x_peaks, y_peaks] {
        // A side band at the same distance on the other side: amplitude modulation.
        for (outer, weaker) in [(low.frequency - difference, high), (high.frequency + difference, low)] {
            if near(peaks, outer).is_some_and(|share| share > 0.25 * weaker.power_share) {
                return None;
            }
        }
        // A line between the two: the pair is not neighbouring.
        if peaks.iter().any(|p| {
            p.frequency > low.frequency + 1.5 / span
                && p.frequency < high.frequency - 1.5 / span
                && p.power_share > 0.5 * low.power_share.min(high.power_share)
        }) {
            return None;
        }
    }
    if !same && (near(y_peaks, a.frequency).is_some() || near(x_peaks, b.frequency).is_some()) {
        return None;
    }
    let (strength_a, strength_b) = if same { (a.amplitude, b.amplitude) } else { (1.0, 1.0) };
    let depth = 2.0 * strength_a * strength_b / (strength_a * strength_a + strength_b * strength_b);
    if depth < options.min_depth {
        return None;
    }
    clean_both(voices, s, u);
    let (x, y) = (voices.get(s)?.bins(span as usize)?, voices.get(u)?.bins(span as usize)?);
    let mixed: Vec<Complex<f64>> = if same {
        x.to_vec()
    } else {
        x.iter().zip(y.iter()).map(|(x, y)| x / a.amplitude + y / b.amplitude).collect()
    };
    let envelope = envelope_frequency(&mixed, span as usize, a, b)?;
    if (envelope - difference).abs() * span > 1.0 {
        return None;
    }
    let (wave_a, wave_b) = (voices.get_mut(s)?.wave(i)?, voices.get_mut(u)?.wave(j)?);
    let spread = |p: &Peak| (1.0 / p.period_low - 1.0 / p.period_high) / 2.0;
    let error = LEAST_SQUARES * spread(a).hypot(spread(b));
    let apart = wave_a.frequency - wave_b.frequency;
    let (difference, period) = (apart.abs(), 1.0 / apart.abs());
    // In step where both phases are equal, which they are by turns of the difference of frequencies.
    let centre = 0.5 * (span - 1.0);
    let swell = centre - (wave_a.phase - wave_b.phase) / (std::f64::consts::TAU * apart);
    // A phase of a line has the variance 1 / (3 ratio) (Cramér and Rao; the taper takes two thirds off the ratio).
    let phases = (1.0 / (3.0 * a.ratio) + 1.0 / (3.0 * b.ratio)).sqrt();
    Some(Beat {
        first_peak: i,
        second_peak: j,
        period_steps: period,
        period_low: 1.0 / (difference + error),
        period_high: 1.0 / (difference - error).max(0.5 / span),
        depth,
        first_swell_step: swell.rem_euclid(period),
        centre_step: swell,
        centre_error: phases / std::f64::consts::TAU * period,
        p: a.p.max(b.p),
    })
}

/// The frequency at which the squared envelope of the band around both lines has its top, in cycles per step; of the
/// transform of `span` values.
fn envelope_frequency(bins: &[Complex<f64>], span: usize, a: &Peak, b: &Peak) -> Option<f64> {
    let len = fast_len_at_least(span);
    let difference = (a.frequency - b.frequency).abs();
    let (low, high) = (a.frequency.min(b.frequency), a.frequency.max(b.frequency));
    let from = ((low - difference).max(1.0 / len as f64) * len as f64).floor() as usize;
    let to = ((high + difference).min(0.5) * len as f64).ceil() as usize;
    let mut parts = Vec::new();
    // The band itself, and its Hilbert transform (every bin turned by −90°).
    for turned in [false, true] {
        let mut inverse = InverseTransform::new(len);
        for (k, (slot, bin)) in inverse.bins.iter_mut().zip(bins).enumerate() {
            *slot = if k < from || k > to {
                Complex::new(0.0, 0.0)
            } else if turned {
                Complex::new(bin.im, -bin.re)
            } else {
                *bin
            };
        }
        inverse.inverse();
        parts.push(inverse.output);
    }
    let (real, turned) = (parts.first()?, parts.get(1)?);
    let mut squared: Vec<f64> = real.iter().zip(turned).take(span).map(|(r, i)| r * r + i * i).collect();
    remove_line(&mut squared);
    let mut forward = RealTransform::new(len);
    for (slot, (value, weight)) in forward.input.iter_mut().zip(squared.iter().zip(hann(span))) {
        *slot = value * weight;
    }
    forward.forward();
    let upper = ((3.0 * difference).min(0.5) * len as f64).ceil() as usize;
    let (top, _) = forward
        .bins
        .iter()
        .enumerate()
        .take(upper + 1)
        .skip(1)
        .max_by(|p, q| p.1.norm_sqr().total_cmp(&q.1.norm_sqr()))?;
    let power = |k: usize| forward.bins.get(k).map_or(f64::MIN_POSITIVE, |v| v.norm_sqr().max(f64::MIN_POSITIVE)).ln();
    let (left, centre, right) = (power(top - 1), power(top), power(top + 1));
    let curvature = left - 2.0 * centre + right;
    let offset = if curvature < 0.0 { (0.5 * (left - right) / curvature).clamp(-0.5, 0.5) } else { 0.0 };
    Some((top as f64 + offset) / len as f64)
}

/// Standard error of a frequency by least squares against that of its peak, by which its interval was made: √(1.5/2.8).
const LEAST_SQUARES: f64 = 0.73;

/// Lines that are fitted together, because a line without a taper is seen far around.
const TOGETHER: usize = 6;

/// A sinusoid: cos(2πf(t − middle) + phase).
#[derive(Debug, Clone, Copy)]
struct Wave {
    frequency: f64,
    phase: f64,
    /// Amplitudes of cosine and sine about the middle.
    parts: [f64; 2],
}

/// The line of a peak by least squares, together with those that stand out most beside it.
fn wave(values: &[f64], peaks: &[Peak], wanted: usize) -> Option<Wave> {
    let target = peaks.get(wanted)?;
    let mut near: Vec<&Peak> = peaks.iter().collect();
    let nearness = |p: &Peak| p.amplitude / ((p.frequency - target.frequency).abs() + 1e-3 * target.frequency);
    order::sort_by(&mut near, |a, b| nearness(b).total_cmp(&nearness(a)));
    near.retain(|p| p.frequency != target.frequency);
    near.insert(0, target);
    near.truncate(TOGETHER);
    let mut waves: Vec<Wave> =
        near.iter().map(|p| Wave { frequency: p.frequency, phase: 0.0, parts: [0.0; 2] }).collect();
    let sums = Sums::of(values);
    for _ in 0..5 {
        for (index, peak) in near.iter().enumerate() {
            let mut wave = refit(&sums, values.len(), &waves, index)?;
            // Least squares may follow a neighbour that is no line of its own; the taper does not.
            wave.frequency = wave.frequency.min(1.0 / peak.period_low).max(1.0 / peak.period_high);
            if let Some(slot) = waves.get_mut(index) {
                *slot = wave;
            }
        }
    }
    waves.first().copied()
}

/// One step of Gauss and Newton in amplitude, phase and frequency of a wave, in what the others leave: about the middle the
/// frequency is nearly independent of the others.
fn refit(sums: &Sums<2>, steps: usize, waves: &[Wave], index: usize) -> Option<Wave> {
    let pattern = Pattern::Complete(steps);
    let mut wave = *waves.get(index)?;
    // The sums of what is left with cosine and sine, and of it times the distance from the middle.
    let mut sums = sums.at(wave.frequency).map(|sum| [sum.re, sum.im]);
    for (_, other) in waves.iter().enumerate().filter(|(place, _)| *place != index) {
        let products = products(&pattern, wave.frequency, other.frequency);
        for (sums, rows) in sums.iter_mut().zip(&products) {
            for (sum, row) in sums.iter_mut().zip(rows) {
                *sum -= row[0] * other.parts[0] + row[1] * other.parts[1];
            }
        }
    }
    let [[vc, vs], [along_c, along_s]] = sums;
    let [plain, first, second] = products(&pattern, wave.frequency, wave.frequency);
    let [[cc, cs], [_, ss]] = plain;
    let determinant = cc * ss - cs * cs;
    if determinant.is_nan() || determinant <= 0.0 {
        return Some(wave);
    }
    let (a, b) = ((ss * vc - cs * vs) / determinant, (cc * vs - cs * vc) / determinant);
    // The slope with the frequency is that of a·cos + b·sin with the phase, times 2π and the distance from the middle.
    let [[cc, cs], [_, ss]] = first;
    let product = b * (along_c - a * cc - b * cs) - a * (along_s - a * cs - b * ss);
    let [[cc, cs], [_, ss]] = second;
    let squares = b * b * cc - 2.0 * a * b * cs + a * a * ss;
    wave.parts = [a, b];
    wave.phase = (-b).atan2(a);
    if squares > 0.0 {
        wave.frequency += product / squares / (std::f64::consts::PI * (steps as f64 - 1.0));
    }
    Some(wave)
}

fn clean(values: &[f64]) -> Vec<f64> {
    let filled = bridge(values, 3);
    let present: Vec<f64> = filled.iter().copied().filter(|v| !v.is_nan()).collect();
    let mean = present.iter().sum::<f64>() / present.len().max(1) as f64;
    let mut centred: Vec<f64> = filled.iter().map(|v| if v.is_nan() { 0.0 } else { v - mean }).collect();
    remove_line(&mut centred);
    centred
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn of_cleaned_series_the_last_ones_are_kept() {
        let values: Vec<f64> = (0..MOST_CLEANED * 2 / 5).map(|t| ((t * t) % 17) as f64).collect();
        let mut voices: Vec<Voice> = (0..4).map(|_| Voice::new(&values, &[])).collect();
        let kept = |voices: &[Voice]| -> Vec<usize> {
            voices.iter().enumerate().filter(|(_, voice)| voice.cleaned.is_some()).map(|(index, _)| index).collect()
        };
        for (pair, wanted) in [((0, 1), [0, 1]), ((1, 2), [1, 2]), ((2, 0), [0, 2]), ((3, 2), [2, 3])] {
            clean_both(&mut voices, pair.0, pair.1);
            assert_eq!(kept(&voices), wanted);
        }
    }

    #[test]
    fn the_strongest_candidates_are_kept_in_order() {
        let mut candidates: Vec<(f64, usize, usize)> =
            (0..3 * MOST_CANDIDATES).map(|index| (-((index * 7 % 100) as f64), index, index + 1)).collect();
        keep_strongest(&mut candidates);
        assert_eq!(candidates.len(), MOST_CANDIDATES);
        assert!(candidates.is_sorted_by(|a, b| (a.0, a.1) < (b.0, b.1)));
        assert_eq!(candidates.last().unwrap().0, -66.0, "sixty of each of the strengths 99 to 67, and some more");
    }
}
