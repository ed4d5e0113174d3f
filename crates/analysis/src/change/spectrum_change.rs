//! Changes of variance and of rhythm: where the local spectrum changes.

use super::pieces::naming;
use crate::distribution::{chi_squared_ln_survival, ln_family_wise};
use crate::robust;
use crate::spectrum::transform::{RealTransform, hann, remove_line};

/// What about the spectrum changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpectrumPart {
    /// All frequencies alike: the variance.
    Power,
    /// Some frequencies more than others: the period, the memory or the shape.
    Shape,
}

/// A change of the local spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpectrumChange {
    /// The first slot of the new spectrum, to a frame.
    pub slot: usize,
    /// The interval of the date: earliest …
    pub low: usize,
    /// … and latest first slot.
    pub high: usize,
    /// What changed.
    pub part: SpectrumPart,
    /// ln of the probability of such a change anywhere in a series of one spectrum.
    pub ln_p: f64,
}

/// The fewest frames that show how much a spectrum varies by itself.
const FEWEST_FRAMES: usize = 64;
/// The fewest slots of a frame.
const SHORTEST_FRAME: usize = 8;
/// The fewest frames that a spectrum must last.
const SHORTEST: usize = 6;
/// Power below this share of the mean is floor.
const FLOOR: f64 = 1e-3;
/// Memory from frame to frame beyond this is described as change; see `ln_p`.
const DESCRIBED_MEMORY: f64 = 0.7;
/// The least spread of a logarithm of power, which no estimate from few bins falls below.
const SMALLEST_SPREAD: f64 = 0.141;
const DATE_CRITICAL: f64 = 7.35;

/// The length of a frame of the local spectrum in slots: a power of two that leaves 64 to 128 frames. None if 8 slots
/// leave fewer.
pub fn frame_length(slots: usize) -> Option<usize> {
    let most = slots / FEWEST_FRAMES;
    (most >= SHORTEST_FRAME).then(|| 1 << most.ilog2())
}

/// Where the spectrum of `values` (levels and slopes taken out) changes, in order of time.
///
/// The series is cut into 64 to 128 frames, each looked at four times, a quarter of its length further on, with its line taken
/// out and tapered (Hann). The logarithms of the power in bands of half an octave and more, in units of the spread of their difference from frame to frame, are cut by PELT's criterion at
/// description length: (2 + bands) ln (frames) for a change, times the long-run variance of what is left. How much a
/// spectrum varies by itself is thus measured, not taken from normal noise. Spectra last at least 6 frames. `series` is the
/// number of series among which changes are sought, as in `PieceOptions`.
///
/// Frames with more than a quarter of their values missing are left out. None in series too short for 64 frames of 8 slots,
/// or with fewer than half of the frames left.
pub fn spectrum_changes(values: &[f64], series: usize) -> Vec<SpectrumChange> {
    let Some(length) = frame_length(values.len()) else { return Vec::new() };
    let Some(Frames { numbers, powers, bands }) = log_powers(values, length) else { return Vec::new() };
    let frames = numbers.len();
    if frames < FEWEST_FRAMES / 2 {
        return Vec::new();
    }
    let Some((standard, spreads)) = in_own_spreads(&powers, bands) else { return Vec::new() };
    let sums = Sums::of(&standard, bands);
    let ln_frames = (frames as f64).ln();
    let mut noise = 1.0f64;
    let (borders, memory) = loop {
        let borders = sums.partition(((bands + 2) as f64 * ln_frames + naming(series)) * noise);
        let (counted, memory) = sums.noise(&standard, &borders);
        if counted <= noise * 1.001 {
            break (borders, memory);
        }
        noise = counted;
    };
    let uncounted = memory.max(noise) / noise;
    borders
        .iter()
        .zip(borders.iter().skip(1))
        .zip(borders.iter().skip(2))
        .map(|((&start, &border), &end)| {
            let best = sums.cost(start, border) + sums.cost(border, end);
            // A likelihood ratio whose variance is itself estimated, from the frames.
            let gain = (sums.cost(start, end) - best) / (noise * uncounted);
            let ratio = frames as f64 * (gain / frames as f64).ln_1p();
            let within =
                |at: &usize| sums.cost(start, *at) + sums.cost(*at, end) - best <= DATE_CRITICAL * noise * uncounted;
            let low = (start + 1..=border).find(within).unwrap_or(border);
            let high = (border..end).rev().find(within).unwrap_or(border);
            // A frame and its quarters last 7/4 of its length: their middles lie 3/8 behind the frame's own.
            let number = |frame: usize| numbers.get(frame).copied().unwrap_or(0);
            let date = |frame: usize| frame * length + 3 * length / 8;
            SpectrumChange {
                slot: date(number(border)),
                low: date(number(low - 1) + 1).saturating_sub(length),
                high: (date(number(high)) + length).min(values.len() - 1),
                part: sums.part(start, border, end, &spreads),
                // Both ends of a stretch were chosen.
                ln_p: ln_family_wise(chi_squared_ln_survival(ratio, bands as f64), (frames * frames) as f64),
            }
        })
        .collect()
}

/// The first bin of each band and one past the last: half as high again, but at least one bin.
fn band_edges(bins: usize) -> Vec<usize> {
    let mut edges = vec![1];
    let mut edge = 1usize;
    while edge + 1 < bins {
        edge = (edge + edge.div_ceil(2)).min(bins);
        edges.push(edge);
    }
    if let Some(last) = edges.last_mut() {
        *last = bins;
    }
    edges
}

/// The local spectra; none without power.
fn log_powers(values: &[f64], length: usize) -> Option<Frames> {
    let mut transform = RealTransform::new(length);
    let taper = hann(length);
    let edges = band_edges(length / 2 + 1);
    let bands = edges.len() - 1;
    let mut powers: Vec<f64> = Vec::with_capacity(values.len() / length * bands);
    let mut frames = Vec::with_capacity(values.len() / length);
    for index in 0..values.len() / length {
        let mut sums = vec![0.0; bands];
        let mut looks = 0.0;
        // Moved on by quarters, so that a cycle about as long as the frame shows the same power at each of its phases.
        for quarter in 0..4 {
            let from = index * length + quarter * length / 4;
            let Some(frame) = values.get(from..from + length) else { continue };
            let present = frame.iter().filter(|value| value.is_finite()).count();
            if 4 * present < 3 * length {
                continue;
            }
            looks += 1.0;
            let mean = robust::mean(frame).unwrap_or(0.0);
            transform.input.clear();
            transform.input.extend(frame.iter().map(|value| if value.is_finite() { *value } else { mean }));
            remove_line(&mut transform.input);
            for (value, weight) in transform.input.iter_mut().zip(&taper) {
                *value *= weight;
            }
            transform.forward();
            let scale = length as f64 / present as f64;
            for (sum, (&from, &to)) in sums.iter_mut().zip(edges.iter().zip(edges.iter().skip(1))) {
                let bins = transform.bins.get(from..to).unwrap_or_default();
                *sum += scale * bins.iter().map(|bin| bin.norm_sqr()).sum::<f64>() / bins.len().max(1) as f64;
            }
        }
        if looks > 0.0 {
            powers.extend(sums.iter().map(|sum| sum / looks));
            frames.push(index);
        }
    }
    let floor = FLOOR * robust::mean(&powers)?;
    (floor > 0.0).then(|| Frames {
        numbers: frames,
        powers: powers.iter().map(|power| (power + floor).ln()).collect(),
        bands,
    })
}

/// The local spectra of a series.
struct Frames {
    /// Which frames have values.
    numbers: Vec<usize>,
    /// ln power of each band in each of them, frame after frame.
    powers: Vec<f64>,
    bands: usize,
}

/// Each band over the spread of its difference from frame to frame, and the spreads.
fn in_own_spreads(features: &[f64], bands: usize) -> Option<(Vec<f64>, Vec<f64>)> {
    let spreads: Vec<f64> = (0..bands)
        .map(|band| {
            let track: Vec<f64> = features.iter().skip(band).step_by(bands).copied().collect();
            let steps: Vec<f64> =
                track.iter().zip(track.iter().skip(1)).map(|(before, after)| after - before).collect();
            robust::mad(&steps).map(|spread| (spread * 0.5f64.sqrt()).max(SMALLEST_SPREAD))
        })
        .collect::<Option<_>>()?;
    let standard = features.chunks(bands).flat_map(|frame| frame.iter().zip(&spreads).map(|(f, s)| f / s)).collect();
    Some((standard, spreads))
}

/// Sums before each frame: of every band, and of all squares.
struct Sums {
    bands: usize,
    of_bands: Vec<f64>,
    of_squares: Vec<f64>,
}

impl Sums {
    fn of(standard: &[f64], bands: usize) -> Self {
        let mut of_bands = vec![0.0; bands];
        let mut of_squares = vec![0.0];
        let mut running = vec![0.0; bands];
        let mut squares = 0.0;
        for frame in standard.chunks(bands) {
            for (sum, value) in running.iter_mut().zip(frame) {
                *sum += value;
                squares += value * value;
            }
            of_bands.extend(&running);
            of_squares.push(squares);
        }
        Self { bands, of_bands, of_squares }
    }

    fn before(&self, frame: usize) -> &[f64] {
        self.of_bands.get(frame * self.bands..(frame + 1) * self.bands).unwrap_or_default()
    }

    fn means(&self, start: usize, end: usize) -> Vec<f64> {
        let count = end.saturating_sub(start).max(1) as f64;
        self.before(end).iter().zip(self.before(start)).map(|(end, start)| (end - start) / count).collect()
    }

    /// The squares about the means of `start..end`.
    fn cost(&self, start: usize, end: usize) -> f64 {
        let squares = self.of_squares.get(end).unwrap_or(&0.0) - self.of_squares.get(start).unwrap_or(&0.0);
        let count = end.saturating_sub(start).max(1) as f64;
        let explained: f64 =
            self.before(end).iter().zip(self.before(start)).map(|(end, start)| (end - start) * (end - start)).sum();
        (squares - explained / count).max(0.0)
    }

    /// The borders, with both ends, with the least cost plus `penalty` for each.
    fn partition(&self, penalty: f64) -> Vec<usize> {
        let frames = self.of_squares.len() - 1;
        let mut best = vec![f64::INFINITY; frames + 1];
        let mut origin = vec![0usize; frames + 1];
        if let Some(first) = best.first_mut() {
            *first = -penalty;
        }
        for end in SHORTEST..=frames {
            for start in 0..=end - SHORTEST {
                let total = best.get(start).copied().unwrap_or(f64::INFINITY) + self.cost(start, end) + penalty;
                if let (Some(best), Some(origin)) = (best.get_mut(end), origin.get_mut(end))
                    && total < *best
                {
                    (*best, *origin) = (total, start);
                }
            }
        }
        let mut borders = vec![frames];
        let mut end = frames;
        while let Some(&start) = origin.get(end).filter(|start| **start < end) {
            borders.push(start);
            end = start;
        }
        borders.reverse();
        borders
    }

    /// The mean long-run variance of the bands about the means between borders, at least 1: with memory as far as it is
    /// described, and with all of it.
    fn noise(&self, standard: &[f64], borders: &[usize]) -> (f64, f64) {
        let frames = self.of_squares.len() - 1;
        let spectra = borders.len().saturating_sub(1).max(1);
        let mut residuals: Vec<f64> = Vec::with_capacity(standard.len());
        for (&start, &end) in borders.iter().zip(borders.iter().skip(1)) {
            let means = self.means(start, end);
            let inside = standard.get(start * self.bands..end * self.bands).unwrap_or_default();
            residuals.extend(inside.chunks(self.bands).flat_map(|frame| frame.iter().zip(&means).map(|(f, m)| f - m)));
        }
        let length = frames as f64 / spectra as f64;
        let (mut counted, mut whole) = (0.0, 0.0);
        for band in 0..self.bands {
            let track: Vec<f64> = residuals.iter().skip(band).step_by(self.bands).copied().collect();
            let power: f64 = track.iter().map(|value| value * value).sum();
            let product: f64 = track.iter().zip(track.iter().skip(1)).map(|(before, after)| before * after).sum();
            let plain = if power > 0.0 { product / power } else { 0.0 };
            let memory = ((plain + 1.0 / length) / (1.0 - 3.0 / length)).clamp(0.0, 0.98);
            let variance = power / frames.saturating_sub(spectra).max(1) as f64;
            let described = memory.min(DESCRIBED_MEMORY);
            counted += variance * (1.0 + described) / (1.0 - described);
            whole += variance * (1.0 + memory) / (1.0 - memory);
        }
        let bands = self.bands as f64;
        ((counted / bands).max(1.0), (whole / bands).max(1.0))
    }

    /// Whether what the bands did in common is more than half of what they did.
    fn part(&self, start: usize, border: usize, end: usize, spreads: &[f64]) -> SpectrumPart {
        let (before, after) = (self.means(start, border), self.means(border, end));
        let steps = before.iter().zip(&after).zip(spreads).map(|((before, after), spread)| (after - before) * spread);
        let (sum, squares) = steps.fold((0.0, 0.0), |(sum, squares), step| (sum + step, squares + step * step));
        if sum * sum >= 0.5 * squares * self.bands as f64 { SpectrumPart::Power } else { SpectrumPart::Shape }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_noise::noise;
    use super::*;

    fn only(changes: &[SpectrumChange], at: usize, part: SpectrumPart) {
        assert_eq!(changes.len(), 1, "{changes:?}");
        let change = changes[0];
        assert_eq!(change.part, part);
        assert!(change.low <= at && at <= change.high && change.ln_p < -15.0, "{change:?}");
    }

    #[test]
    fn a_larger_variance_is_a_change_of_power() {
        let values: Vec<f64> =
            noise(2_000, 1).iter().enumerate().map(|(t, e)| if t < 900 { *e } else { 3.0 * e }).collect();
        only(&spectrum_changes(&values, 1), 900, SpectrumPart::Power);
    }

    #[test]
    fn another_period_is_a_change_of_shape() {
        let values: Vec<f64> = noise(3_000, 2)
            .iter()
            .enumerate()
            .map(|(t, e)| 0.3 * e + (t as f64 / if t < 1_500 { 5.0 } else { 3.0 }).sin())
            .collect();
        only(&spectrum_changes(&values, 1), 1_500, SpectrumPart::Shape);
    }

    #[test]
    fn one_spectrum_has_no_change_gaps_or_not() {
        let mut values = noise(2_500, 3);
        assert_eq!(spectrum_changes(&values, 1), []);
        let cycle: Vec<f64> = values.iter().enumerate().map(|(t, e)| 0.3 * e + (t as f64 / 7.3).sin()).collect();
        assert_eq!(spectrum_changes(&cycle, 1), []);
        values[..300].fill(f64::NAN);
        values[900..1_200].fill(f64::NAN);
        assert_eq!(spectrum_changes(&values, 1), []);
    }

    #[test]
    fn short_constant_and_empty_series_have_no_change() {
        for values in [vec![], vec![1.0; 511], vec![1.0; 2_000], vec![f64::NAN; 2_000]] {
            assert_eq!(spectrum_changes(&values, 1), []);
        }
        assert_eq!((frame_length(511), frame_length(512), frame_length(10_080)), (None, Some(8), Some(128)));
    }

    #[test]
    fn bands_cover_every_bin_once() {
        assert_eq!(band_edges(5), [1, 2, 3, 5]);
        assert_eq!(band_edges(17), [1, 2, 3, 5, 8, 12, 17]);
    }
}
