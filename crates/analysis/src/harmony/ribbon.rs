//! Consonance over time: the ribbon that the timeline shows for a scale.

use std::ops::Range;

/// Two series that are known to move together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RelatedPair {
    /// Index of the series that leads.
    pub first: usize,
    /// Index of the series that follows.
    pub second: usize,
    /// By how many steps `first` leads; negative when `second` does.
    pub lag_steps: isize,
    /// How much the pair counts.
    pub weight: f64,
}

/// How a ribbon is cut into frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RibbonOptions {
    /// Length of a frame, in steps.
    pub window: usize,
    /// Steps from one frame to the next.
    pub hop: usize,
}

/// One frame of a ribbon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// First step.
    pub start: usize,
    /// One past the last step.
    pub end: usize,
    /// Consonance, 0 to 1; `None` where no pair has enough data.
    pub consonance: Option<f64>,
    /// Pairs that counted.
    pub pairs: usize,
}

/// Consonance of related pairs over time: per frame, the weighted mean of the squared correlations of the pairs,
/// each aligned by its lag and corrected for what independent series of the same smoothness would show.
///
/// `series` are band-limited to the scale ([`super::split`]) and of equal length. Missing values: a pair counts in a
/// frame if at least half of its aligned values are present and they are worth at least 4 independent ones. The
/// correction takes r² to (r² − b)/(1 − b) with b = 1/(nₑ − 1), not below 0; nₑ = n / (1 + 2 Σ ρ_x ρ_y) (Bartlett
/// 1946), with autocorrelations of the whole series.
pub fn windowed_consonance(series: &[&[f64]], pairs: &[RelatedPair], options: &RibbonOptions) -> Vec<Frame> {
    windowed_pairs(series, pairs, options)
        .into_iter()
        .map(|(frame, values)| {
            let (mut sum, mut weights, mut counted) = (0.0, 0.0, 0);
            for (pair, value) in pairs.iter().zip(values) {
                if let Some(value) = value {
                    sum += pair.weight * value;
                    weights += pair.weight;
                    counted += 1;
                }
            }
            let consonance = (weights > 0.0).then(|| sum / weights);
            Frame { start: frame.start, end: frame.end, consonance, pairs: counted }
        })
        .collect()
}

/// The parts of [`windowed_consonance`]: per frame the value of each pair, in the order given, so that the consonance
/// of any subset of the pairs follows without computing them again.
pub fn windowed_pairs(
    series: &[&[f64]],
    pairs: &[RelatedPair],
    options: &RibbonOptions,
) -> Vec<(Range<usize>, Vec<Option<f64>>)> {
    let steps = series.iter().map(|s| s.len()).min().unwrap_or(0);
    let window = options.window.clamp(1, steps.max(1));
    let hop = options.hop.max(1);
    let longest = (window / 2).min(128);
    let mut used = vec![false; series.len()];
    for pair in pairs {
        for index in [pair.first, pair.second] {
            if let Some(flag) = used.get_mut(index) {
                *flag = true;
            }
        }
    }
    let correlations: Vec<Vec<f64>> = series
        .iter()
        .zip(&used)
        .map(|(s, used)| if *used { autocorrelations(&s[..steps], longest) } else { Vec::new() })
        .collect();
    let dilution: Vec<f64> = pairs
        .iter()
        .map(|pair| match (correlations.get(pair.first), correlations.get(pair.second)) {
            (Some(a), Some(b)) => (1.0 + 2.0 * a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>()).max(1.0),
            _ => 1.0,
        })
        .collect();
    let mut frames = Vec::new();
    let mut start = 0;
    while start + window <= steps {
        let frame = start..start + window;
        let values = pairs
            .iter()
            .zip(&dilution)
            .map(|(pair, dilution)| {
                let (x, y) = (series.get(pair.first)?, series.get(pair.second)?);
                squared_correlation(x, y, frame.clone(), pair.lag_steps, *dilution)
            })
            .collect();
        frames.push((frame, values));
        start += hop;
    }
    frames
}

fn squared_correlation(x: &[f64], y: &[f64], frame: Range<usize>, lag: isize, dilution: f64) -> Option<f64> {
    let len = frame.len();
    // x(t) goes with y(t + lag), both inside the frame.
    let (from_x, from_y) = if lag >= 0 { (0, lag.unsigned_abs()) } else { (lag.unsigned_abs(), 0) };
    let overlap = len.checked_sub(from_x.max(from_y))?;
    let x = x.get(frame.start + from_x..frame.start + from_x + overlap)?;
    let y = y.get(frame.start + from_y..frame.start + from_y + overlap)?;
    let (mut n, mut sx, mut sy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        if (a * b).is_finite() {
            n += 1.0;
            sx += a;
            sy += b;
        }
    }
    let independent = n / dilution;
    if 2.0 * n < len as f64 || independent < 4.0 {
        return None;
    }
    let (mx, my) = (sx / n, sy / n);
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        if (a * b).is_finite() {
            xx += (a - mx) * (a - mx);
            yy += (b - my) * (b - my);
            xy += (a - mx) * (b - my);
        }
    }
    if !(xx > 0.0 && yy > 0.0) {
        return None;
    }
    let bias = 1.0 / (independent - 1.0);
    Some(((xy * xy / xx / yy - bias) / (1.0 - bias)).clamp(0.0, 1.0))
}

/// Autocorrelations at lags 1 to `longest`, over the present values.
fn autocorrelations(values: &[f64], longest: usize) -> Vec<f64> {
    let present = values.iter().filter(|v| v.is_finite());
    let count = present.clone().count().max(1) as f64;
    let mean = present.sum::<f64>() / count;
    let centred: Vec<f64> = values.iter().map(|v| if v.is_finite() { v - mean } else { 0.0 }).collect();
    let energy: f64 = centred.iter().map(|v| v * v).sum();
    if energy <= 0.0 {
        return vec![0.0; longest];
    }
    (1..=longest)
        .map(|k| centred.iter().zip(centred.iter().skip(k)).map(|(a, b)| a * b).sum::<f64>() / energy)
        .collect()
}
