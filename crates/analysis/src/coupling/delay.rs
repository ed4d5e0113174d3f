//! The delay between two series from the slope of their phase over frequency.

use std::f64::consts::{PI, TAU};
use std::ops::Range;

use super::lag::Lag;
use crate::distribution::chi_squared_survival;
use crate::harmony::{SegmentSpectra, coherence_threshold};

/// A delay by the slope of the phase, τ = −dφ / 2π df.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delay {
    /// By how many (decimated) steps the first series leads; negative when the second one does.
    pub steps: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
    /// The phase that the line has at frequency zero, radians: near 0 for a pure delay, near ±π for one of the opposite
    /// sign.
    pub intercept: f64,
    /// Standard error of the intercept.
    pub intercept_error: f64,
    /// The lowest frequency that was used, cycles per (decimated) step.
    pub from: f64,
    /// The highest one.
    pub to: f64,
    /// How many bins were used: those whose coherence is significant.
    pub bins: usize,
    /// Their mean magnitude-squared coherence.
    pub coherence: f64,
    /// Chance that the phases are so far from a straight line when there is one delay for all frequencies. Small:
    /// dispersive, and `steps` is a mean.
    pub line_p: f64,
}

/// What the phase slope says about the lag of the strongest correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Both intervals overlap, the phases lie on a line, and it passes through 0 or ±π.
    Agree,
    /// The delay depends on the frequency: a filter or a queue rather than a transport time.
    Dispersive,
    /// The intervals do not overlap although the phases lie on a line: trust neither.
    Disagree,
}

/// Share of a line's fit below which phases are called dispersive.
const NO_LINE: f64 = 0.001;

/// The longest delay that is looked for, as a share of a segment: beyond it, segments share too little.
const LONGEST: f64 = 0.25;

/// Bins to either side over which the coherence is averaged for the weights.
const AROUND: usize = 2;

/// The squared correlation of Hann bins that are one and two apart.
const NEIGHBOURS: [f64; 2] = [4.0 / 9.0, 1.0 / 36.0];

/// The delay of `second` behind `first` from the slope of their phase over the bins of `bins` that are coherent at
/// level `alpha` each; positive when `first` leads.
///
/// Maximum likelihood for phases that err independently of the delay (Hannan and Thomson 1973): weights γ²/(1 − γ²), γ² averaged over five
/// bins, a free intercept, delays up to a quarter of a segment. Phases that the whitening filters of the spectra added are
/// taken out first.
///
/// Missing values as in [`SegmentSpectra`]. `None` if an index is out of range, under four segments are complete in
/// both, or under three bins, or fewer than chance gives (twice `alpha`), are coherent: there is no band.
pub fn phase_slope(
    spectra: &SegmentSpectra,
    first: usize,
    second: usize,
    bins: Range<usize>,
    alpha: f64,
) -> Option<Delay> {
    let pair = spectra.pair(first, second, alpha)?;
    let segments = pair.effective_segments;
    let bins = bins.start..bins.end.min(pair.frequency.len());
    let looked_at = bins.len();
    let most = bins.clone().map(|bin| pair.magnitude_squared[bin]).fold(0.0, f64::max);
    // One bin must be significant among all that were looked at.
    if most < coherence_threshold(segments, alpha / looked_at.max(1) as f64) {
        return None;
    }
    let points: Vec<Point> = bins
        .clone()
        .filter_map(|bin| {
            let squared = pair.magnitude_squared[bin];
            (squared >= pair.threshold).then(|| {
                // Of the bin alone, what was chosen for being high would be trusted too much.
                let around = bin.saturating_sub(AROUND).max(bins.start)..(bin + AROUND + 1).min(bins.end);
                let present = pair.magnitude_squared[around].iter().filter(|v| v.is_finite());
                let mean = present.clone().sum::<f64>() / present.count() as f64;
                // Independent noise has 1/K on average.
                let unbiased = ((mean - 1.0 / segments) / (1.0 - 1.0 / segments)).clamp(1e-6, 1.0 - 1e-6);
                let turned = spectra.filter_phase(second, bin) - spectra.filter_phase(first, bin);
                Point {
                    bin,
                    frequency: pair.frequency[bin],
                    phase: pair.phase[bin] - turned,
                    weight: 2.0 * segments * unbiased / (1.0 - unbiased),
                    squared,
                }
            })
        })
        .collect();
    if points.len() < 3 || (points.len() as f64) < 2.0 * alpha * looked_at as f64 {
        return None;
    }
    let longest = LONGEST * spectra.segment_len() as f64;
    fit(&points, longest)
}

impl Delay {
    /// Whether this delay and the lag of the strongest correlation say the same. `decimate` is how many steps of the
    /// lag are one step here.
    pub fn compare(&self, lag: &Lag, decimate: usize) -> Agreement {
        self.compare_interval(lag.low, lag.high, decimate)
    }

    /// As [`Delay::compare`], of a lag that is known by the ends of its interval, in steps.
    pub fn compare_interval(&self, low: f64, high: f64, decimate: usize) -> Agreement {
        let scale = decimate.max(1) as f64;
        let overlap = self.low * scale <= high && low <= self.high * scale;
        // Whichever of 0 and ±π is nearer.
        let off = wrap(2.0 * self.intercept).abs() / 2.0;
        if self.line_p < NO_LINE || off > 3.3 * self.intercept_error.max(0.02) {
            Agreement::Dispersive
        } else if overlap {
            Agreement::Agree
        } else {
            Agreement::Disagree
        }
    }
}

struct Point {
    bin: usize,
    frequency: f64,
    phase: f64,
    weight: f64,
    squared: f64,
}

fn fit(points: &[Point], longest: f64) -> Option<Delay> {
    let (from, to) = (points.first()?.frequency, points.last()?.frequency);
    let span = to - from;
    if span <= 0.0 {
        return None;
    }
    // The resultant of the turned phases has a main lobe of 1 / span: four points on it cannot miss the summit.
    let step = 0.25 / span;
    let reach = (longest / step).ceil();
    let mut best = (f64::NEG_INFINITY, 0.0);
    for k in 0..=(2.0 * reach) as usize {
        let delay = (k as f64 - reach) * step;
        let (re, im) = resultant(points, delay);
        let length = re * re + im * im;
        if length > best.0 {
            best = (length, delay);
        }
    }
    let mut delay = best.1;
    let (re, im) = resultant(points, delay);
    let mut intercept = im.atan2(re);
    let total: f64 = points.iter().map(|p| p.weight).sum();
    let centre = points.iter().map(|p| p.weight * p.frequency).sum::<f64>() / total;
    let spread: f64 = points.iter().map(|p| p.weight * (p.frequency - centre).powi(2)).sum();
    if spread <= 0.0 {
        return None;
    }
    for _ in 0..3 {
        let (mut mean, mut slope) = (0.0, 0.0);
        for point in points {
            let rest = residual(point, delay, intercept);
            mean += point.weight * rest / total;
            slope += point.weight * (point.frequency - centre) * rest / spread;
        }
        delay -= slope / TAU;
        intercept = wrap(intercept + mean - slope * centre);
    }
    // Errors of neighbouring bins are correlated, so the variance of a weighted sum has their products in it.
    let (mut slope_variance, mut intercept_variance, mut misfit) = (0.0, 0.0, 0.0);
    for (index, a) in points.iter().enumerate() {
        misfit += a.weight * 2.0 * (1.0 - residual(a, delay, intercept).cos());
        for b in points.iter().skip(index).take(3) {
            let correlation = match b.bin - a.bin {
                0 => 1.0,
                apart @ 1..=2 => 2.0 * NEIGHBOURS[apart - 1],
                _ => continue,
            };
            let (u, v) = (a.frequency - centre, b.frequency - centre);
            let error = correlation * (a.weight * b.weight).sqrt();
            slope_variance += error * u * v / spread / spread;
            let (u, v) = (1.0 / total - centre * u / spread, 1.0 / total - centre * v / spread);
            intercept_variance += error * u * v;
        }
    }
    // Phases that scatter more than their coherence says widen the interval.
    let scatter = (misfit / (points.len() - 2) as f64).max(1.0);
    let half = 1.96 * (slope_variance.max(0.0) * scatter).sqrt() / TAU;
    // Correlated residuals make the sum of squares vary as one of fewer degrees of freedom.
    let thinned = 1.0 + 2.0 * NEIGHBOURS.iter().map(|r| r * r).sum::<f64>();
    let freedom = (points.len() - 2) as f64 / thinned;
    Some(Delay {
        steps: delay,
        low: delay - half,
        high: delay + half,
        intercept,
        intercept_error: (intercept_variance.max(0.0) * scatter).sqrt(),
        from,
        to,
        bins: points.len(),
        coherence: points.iter().map(|p| p.squared).sum::<f64>() / points.len() as f64,
        line_p: chi_squared_survival(misfit / thinned, freedom),
    })
}

/// What is left of a phase, on (−π, π].
fn residual(point: &Point, delay: f64, intercept: f64) -> f64 {
    wrap(point.phase + TAU * point.frequency * delay - intercept)
}

fn resultant(points: &[Point], delay: f64) -> (f64, f64) {
    points.iter().fold((0.0, 0.0), |(re, im), point| {
        let (sine, cosine) = (point.phase + TAU * point.frequency * delay).sin_cos();
        (re + point.weight * cosine, im + point.weight * sine)
    })
}

fn wrap(angle: f64) -> f64 {
    angle - TAU * ((angle + PI) / TAU).floor()
}
