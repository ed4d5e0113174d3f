//! Significant periods: lines that stand out of a red-noise background.

use super::lines::{Line, Lines};
use super::periodogram::Span;

/// How [`significant_peaks`] decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeakOptions {
    /// Chance that a series without any period gets one: the level of the test over all bins together.
    pub alpha: f64,
    /// Fewest whole cycles in the data.
    pub min_cycles: f64,
    /// Most peaks that are returned, the strongest; they are sorted by period.
    pub max_peaks: usize,
    /// Longest gap, in steps, that is bridged by a straight line; longer ones get no weight.
    pub bridge: usize,
}

impl Default for PeakOptions {
    fn default() -> Self {
        Self { alpha: 0.01, min_cycles: 3.0, max_peaks: 12, bridge: 3 }
    }
}

/// One significant period.
#[derive(Debug, Clone, PartialEq)]
pub struct Peak {
    /// Frequency in cycles per step.
    pub frequency: f64,
    /// Period in steps.
    pub period_steps: f64,
    /// Lower end of the 95 % interval of the period, in steps.
    pub period_low: f64,
    /// Upper end of the 95 % interval of the period, in steps.
    pub period_high: f64,
    /// Share of the detrended variance in this line, 0 to 1.
    pub power_share: f64,
    /// Amplitude of the sinusoid, in units of the values.
    pub amplitude: f64,
    /// Phase in radians, in (−π, π]: the sinusoid is amplitude · cos(2πft + phase), t in steps from the first slot of
    /// the values (whether that is present or not).
    pub phase: f64,
    /// Power over the background at this frequency.
    pub ratio: f64,
    /// Chance that noise with this background has such a peak anywhere in the spectrum.
    pub p: f64,
    /// Whole and partial cycles in the data.
    pub cycles: f64,
    /// If this is the k-th harmonic (k ≥ 2) of another peak in the list: that peak's index, and k.
    pub harmonic_of: Option<(usize, u32)>,
}

/// The significant periods of a series, longest first.
///
/// A Hann-tapered periodogram of the whole span (so that a daily cycle shows in three days, where segments could
/// not hold it), compared bin by bin with a robust red-noise background ([`super::background`]) times the χ²(2)/2
/// quantile at 1 − (1 − α)^{1/M} over the M bins. A peak must also have at least three cycles, stand above its own
/// neighbourhood, not be a side lobe of a stronger one, and be present throughout the span (a single step or burst
/// is not a period).
///
/// The lines found are fitted together by least squares (amplitudes, phases and frequencies at once, beside a straight
/// line), and the search goes on in what they leave, until nothing stands out: so lines that are close do not bias each
/// other, and weak ones are found beside strong ones.
///
/// Missing values: gaps up to `bridge` steps are bridged, longer ones have weight zero; copies of a line or of the red
/// background at the frequencies of the gap pattern are recognised by the transform of that pattern. Empty when under
/// 32 values or under half of the span are present, or when the series is constant.
///
/// Source: Torrence & Compo 1998, BAMS 79, 61–78 (section 4); Mann & Lees 1996; Li & Stoica 1996, IEEE Trans. Signal
/// Process. 44, 281–295 (relaxation over lines).
pub fn significant_peaks(values: &[f64], options: &PeakOptions) -> Vec<Peak> {
    let Some(mut span) = Span::new(values, options.bridge) else {
        return Vec::new();
    };
    let present = std::mem::take(&mut span.present);
    let values = span.values.clone();
    let mut lines = Lines::new(&values, &present);
    let Some(mut noise) = span.noise(&lines.residual, options) else {
        return Vec::new();
    };
    let total: f64 = span.power.iter().sum();
    let most = options.max_peaks.saturating_add(4);
    let mut starts: Vec<(f64, f64)> = Vec::new();
    for round in 0..ROUNDS {
        // What is left of a steady line is its rounding.
        let floor = total * if round == 0 { 1e-24 } else { 1e-14 };
        let mut found = span.candidates(&noise, floor, &lines, &present, options.alpha, options);
        found.truncate(most.saturating_sub(lines.lines.len()));
        // Copies of a line at the frequencies of the gaps lift the background that it should stand out of. So the best
        // one is taken out on trial, and judged by the background that is left.
        let on_trial = found.is_empty() && span.gaps.is_some() && lines.lines.len() < most;
        if on_trial {
            let loose = span.candidates(&noise, floor, &lines, &present, 0.9999, options);
            found.extend(loose.into_iter().min_by(|a, b| a.p.total_cmp(&b.p)));
        }
        if found.is_empty() {
            break;
        }
        let before = lines.keep();
        for candidate in &found {
            lines.lines.push(Line::at(candidate.frequency));
        }
        lines.refine(0.03);
        lines.thin_out(CLOSEST, 0.03);
        let Some(next) = span.noise(&lines.residual, options) else {
            break;
        };
        if on_trial {
            let candidate = found.first_mut();
            let judged = candidate.and_then(|candidate| {
                let line = lines.lines.iter().min_by(|a, b| {
                    (a.frequency - candidate.frequency).abs().total_cmp(&(b.frequency - candidate.frequency).abs())
                })?;
                candidate.p = SECOND_LOOK * span.judge(line, &lines.residual, &next, options).1;
                (candidate.p < options.alpha).then_some(())
            });
            if judged.is_none() {
                lines.go_back(before);
                break;
            }
        }
        starts.extend(found.iter().map(|candidate| (candidate.frequency, candidate.p)));
        noise = next;
    }
    if !lines.lines.is_empty() {
        // To the optimum itself: where it was only approached, two machines would stop at two places.
        lines.refine(1e-11);
        span.transform_with(&lines.residual, false);
    }
    let mut peaks: Vec<Peak> =
        lines.lines.iter().filter_map(|line| span.peak(line, &lines.residual, &starts, &noise, options)).collect();
    order::sort_by(&mut peaks, |a, b| b.amplitude.total_cmp(&a.amplitude));
    peaks.truncate(options.max_peaks);
    order::sort_by(&mut peaks, |a, b| a.frequency.total_cmp(&b.frequency));
    mark_harmonics(&mut peaks, span.len() as f64);
    peaks
}

/// What a p-value costs that was looked at a second time.
const SECOND_LOOK: f64 = 3.0;
/// How often lines are looked for in what the lines before have left.
const ROUNDS: usize = 8;
/// Lines that come nearer to one another than this when they are fitted are one.
const CLOSEST: f64 = 1.0;

/// Marks every peak that lies on a multiple of a longer period, within what both errors allow.
///
/// Each harmonic found sharpens the fundamental: its k-th part is known k times better.
fn mark_harmonics(peaks: &mut [Peak], span: f64) {
    let half_width = |peak: &Peak| 0.5 * (1.0 / peak.period_low - 1.0 / peak.period_high) * span;
    for root in 0..peaks.len() {
        if peaks[root].harmonic_of.is_some() {
            continue;
        }
        let mut weight = peaks[root].ratio;
        let mut fundamental = peaks[root].frequency;
        for index in root + 1..peaks.len() {
            // A faint line does not own a strong one: half of the Moon's 24.8 h is the main tide only by number.
            if peaks[index].harmonic_of.is_some() || peaks[root].power_share < 0.1 * peaks[index].power_share {
                continue;
            }
            let multiple = (peaks[index].frequency / fundamental).round();
            let distance = (peaks[index].frequency - multiple * fundamental).abs() * span;
            let error = half_width(&peaks[index]) + multiple * half_width(&peaks[root]);
            if (2.0..=32.0).contains(&multiple) && distance < (0.25 + error).min(1.5) {
                peaks[index].harmonic_of = Some((root, multiple as u32));
                let gain = multiple * multiple * peaks[index].ratio;
                fundamental += (peaks[index].frequency / multiple - fundamental) * gain / (weight + gain);
                weight += gain;
            }
        }
    }
}
