//! Shape search: where the past looked like this window.

use std::ops::Range;

use rustfft::num_complex::Complex;

use super::draw::Draw;
use crate::spectrum::{InverseTransform, RealTransform, bridge, fast_len_at_least};

/// How [`similar_windows`] searches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShapeOptions {
    /// Most matches.
    pub most: usize,
    /// The largest distance of a match.
    pub farthest: f64,
    /// The largest p of a match, where there are surrogates; no more of these are drawn than it takes to know.
    pub largest_p: f64,
    /// Windows that share more than this share of their length with the window itself, or with a better match, do not
    /// count. Above 0 a ramp, say, resembles the window half before itself.
    pub largest_overlap: f64,
    /// Longest gap, in steps, that is bridged by a straight line.
    pub bridge: usize,
    /// Surrogates for the p-values; 0 for none, then they are NaN.
    pub surrogates: usize,
    /// Decides the surrogates.
    pub seed: u64,
    /// Whether windows behind the one looked for count too, or only earlier ones.
    pub is_past_only: bool,
}

impl Default for ShapeOptions {
    fn default() -> Self {
        Self {
            most: 5,
            farthest: f64::INFINITY,
            largest_p: 1.0,
            largest_overlap: 0.0,
            bridge: 3,
            surrogates: 39,
            seed: 1,
            is_past_only: false,
        }
    }
}

/// Correlations are told apart to a part in so many. What is closer, most of all what is closer to 1, may be the rounding of
/// sums, which is not the same on every machine.
const FINENESS: f64 = 1e11;

/// A window that looks like the one looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// Its first step.
    pub from: usize,
    /// Distance of the z-normalised windows per value, √(2(1 − mean correlation)): 0 for the same shape, √2 for
    /// unrelated ones, 2 for the opposite.
    pub distance: f64,
    /// Chance that the best match in series with the same spectra, but without this shape, is as near.
    pub p: f64,
}

/// The distance of every window of the columns to the one at `window`: √(2(1 − r)), r the mean over the columns of the
/// correlation with it (z-normalised Euclidean distance per value; several columns are joined by their mean square).
///
/// One value per place where a window fits; NaN where under half of the columns that can be used have a complete window
/// there. Missing values: gaps up to `longest` steps are bridged; a column in which the window itself has a longer one, or is
/// constant, is not used. A constant window elsewhere has the correlation 0. By FFT, O(n log n) per column.
///
/// Source: Mueen et al. 2017, The fastest similarity search algorithm (MASS).
pub fn distance_profile(columns: &[&[f64]], window: Range<usize>, longest: usize) -> Vec<f64> {
    let columns: Vec<Vec<f64>> = columns.iter().map(|c| bridge(c, longest)).collect();
    let queries: Vec<Vec<f64>> = columns.iter().filter_map(|c| c.get(window.clone()).map(<[f64]>::to_vec)).collect();
    if queries.len() < columns.len() {
        return Vec::new();
    }
    let steps = columns.iter().map(Vec::len).min().unwrap_or(0);
    profile(&columns, &Query::all(&queries, steps), window.len(), steps)
}

/// What is looked for in a column: normalised, and transformed.
struct Query {
    len: usize,
    bins: Vec<Complex<f64>>,
}

impl Query {
    /// One for each column, to be looked for in so many steps; none where there is nothing to look for.
    fn all(queries: &[Vec<f64>], steps: usize) -> Vec<Option<Self>> {
        let prepared = |query: &Vec<f64>| {
            let normalised = normalised(query)?;
            let mut forward = RealTransform::new(fast_len_at_least(steps + query.len()));
            forward.input.iter_mut().zip(&normalised).for_each(|(slot, value)| *slot = *value);
            forward.forward();
            Some(Self { len: query.len(), bins: forward.bins })
        };
        queries.iter().map(prepared).collect()
    }
}

fn profile(columns: &[Vec<f64>], queries: &[Option<Query>], len: usize, steps: usize) -> Vec<f64> {
    if len < 4 || len > steps || queries.is_empty() {
        return Vec::new();
    }
    let size = fast_len_at_least(steps + len);
    let (mut forward, mut inverse) = (RealTransform::new(size), InverseTransform::new(size));
    let places = steps - len + 1;
    let (mut sums, mut counts) = (vec![0.0; places], vec![0u32; places]);
    let mut used = 0;
    for (column, query) in columns.iter().zip(queries) {
        let Some(query) = query else { continue };
        used += 1;
        for ((sum, count), r) in
            sums.iter_mut().zip(&mut counts).zip(correlations(&column[..steps], query, &mut forward, &mut inverse))
        {
            if !r.is_nan() {
                *sum += r;
                *count += 1;
            }
        }
    }
    let distance = |(sum, count): (f64, u32)| {
        let mean = (sum / f64::from(count) * FINENESS).round() / FINENESS;
        if count > 0 && 2 * count >= used { (2.0 * (1.0 - mean)).max(0.0).sqrt() } else { f64::NAN }
    };
    sums.into_iter().zip(counts).map(distance).collect()
}

/// Mean 0 and sum of squares 1; none with a missing value or without variation.
fn normalised(values: &[f64]) -> Option<Vec<f64>> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    // NaN fails as well; and so does what differs by rounding only.
    (squares > 1e-24 * n * largest * largest).then(|| values.iter().map(|v| (v - mean) / squares.sqrt()).collect())
}

/// The correlation of every window with a normalised query; NaN where a value is missing.
fn correlations(
    column: &[f64],
    query: &Query,
    forward: &mut RealTransform,
    inverse: &mut InverseTransform,
) -> Vec<f64> {
    let (steps, len) = (column.len(), query.len);
    let present = column.iter().filter(|v| v.is_finite());
    let count = present.clone().count();
    let mean = present.clone().sum::<f64>() / count.max(1) as f64;
    let scale = (present.map(|v| (v - mean) * (v - mean)).sum::<f64>() / count.max(1) as f64).sqrt();
    let places = steps + 1 - len;
    if count == 0 || scale.is_nan() || scale <= 0.0 {
        return vec![if count == steps { 0.0 } else { f64::NAN }; places];
    }
    let values: Vec<f64> = column.iter().map(|v| if v.is_finite() { (v - mean) / scale } else { 0.0 }).collect();
    let size = forward.input.len();
    forward.input[..steps].copy_from_slice(&values);
    forward.input[steps..].fill(0.0);
    forward.forward();
    for ((slot, bin), query) in inverse.bins.iter_mut().zip(&forward.bins).zip(&query.bins) {
        *slot = bin * query.conj();
    }
    inverse.inverse();
    let (mut sum, mut squares, mut missing) = (0.0, 0.0, 0usize);
    let n = len as f64;
    let mut found = Vec::with_capacity(places);
    for (t, value) in values.iter().enumerate() {
        sum += value;
        squares += value * value;
        missing += usize::from(!column[t].is_finite());
        if t + 1 < len {
            continue;
        }
        let from = t + 1 - len;
        let spread = squares - sum * sum / n;
        found.push(if missing > 0 {
            f64::NAN
        } else if spread > 1e-9 * n {
            (inverse.output[from] / size as f64 / spread.sqrt()).clamp(-1.0, 1.0)
        } else {
            0.0
        });
        sum -= values[from];
        squares -= values[from] * values[from];
        missing -= usize::from(!column[from].is_finite());
    }
    found
}

/// The windows that look most like the one at `window`, the nearest first, all columns together.
///
/// See [`distance_profile`] for the distance and for missing values. Windows that overlap the one looked for, or a better
/// match, by more than `largest_overlap` are left out. p: the share of surrogates (the columns with the phases of their
/// Fourier transforms drawn anew, so with the same spectra but unrelated shapes and without their common timing) whose nearest
/// window is as near as the match: so it is the chance that the *best* match of all places is so near. It answers "is this
/// more alike than chance makes the best of so many places", for series that are noise of any colour; a level shift or a
/// spike alone resembles every other one, and that is meant.
pub fn similar_windows(columns: &[&[f64]], window: Range<usize>, options: &ShapeOptions) -> Vec<Match> {
    let steps = columns.iter().map(|c| c.len()).min().unwrap_or(0);
    if window.end > steps || window.len() < 4 {
        return Vec::new();
    }
    let columns: Vec<Vec<f64>> = columns.iter().map(|c| bridge(c, options.bridge)).collect();
    let queries: Vec<Vec<f64>> = columns.iter().filter_map(|c| c.get(window.clone()).map(<[f64]>::to_vec)).collect();
    let queries = Query::all(&queries, steps);
    let mut distances = profile(&columns, &queries, window.len(), steps);
    let apart = ((1.0 - options.largest_overlap.clamp(0.0, 1.0)) * window.len() as f64).ceil().max(1.0) as usize;
    let exclude = |distances: &mut [f64], centre: usize| {
        let from = (centre + 1).saturating_sub(apart);
        let to = (centre + apart).min(distances.len());
        if let Some(range) = distances.get_mut(from..to) {
            range.fill(f64::NAN);
        }
    };
    exclude(&mut distances, window.start);
    if options.is_past_only {
        let last = (window.start + 1).min(distances.len());
        distances[last..].fill(f64::NAN);
    }
    let allowed: Vec<bool> = distances.iter().map(|d| !d.is_nan()).collect();
    let mut found: Vec<Match> = Vec::new();
    while found.len() < options.most {
        let nearest = distances.iter().enumerate().filter(|(_, d)| !d.is_nan()).min_by(|a, b| a.1.total_cmp(b.1));
        let nearest = nearest.map(|(from, d)| (from, *d)).filter(|(_, distance)| *distance <= options.farthest);
        let Some((from, distance)) = nearest else { break };
        found.push(Match { from, distance, p: f64::NAN });
        exclude(&mut distances, from);
    }
    if !found.is_empty() && options.surrogates > 0 {
        let mut draw = Draw::new(options.seed);
        let mut surrogates: Vec<Surrogate> = columns.iter().map(|c| Surrogate::new(c)).collect();
        let mut reached = vec![0usize; found.len()];
        for _ in 0..options.surrogates {
            let drawn: Vec<Vec<f64>> = surrogates.iter_mut().map(|s| s.draw(&mut draw)).collect();
            let distances = profile(&drawn, &queries, window.len(), steps);
            let places = distances.iter().zip(&allowed).filter(|(d, allowed)| **allowed && !d.is_nan());
            let nearest = places.map(|(d, _)| *d).fold(f64::INFINITY, f64::min);
            for (one, reached) in found.iter_mut().zip(&mut reached) {
                *reached += usize::from(nearest <= one.distance);
                one.p = (1 + *reached) as f64 / (1 + options.surrogates) as f64;
            }
            if found.iter().all(|one| one.p > options.largest_p) {
                break;
            }
        }
        found.retain(|one| one.p <= options.largest_p);
    }
    found
}

/// A column whose phases are drawn anew.
struct Surrogate {
    magnitudes: Vec<f64>,
    inverse: InverseTransform,
    missing: Vec<bool>,
    size: usize,
}

impl Surrogate {
    fn new(column: &[f64]) -> Self {
        let missing: Vec<bool> = column.iter().map(|v| !v.is_finite()).collect();
        let first = column.iter().copied().find(|v| v.is_finite()).unwrap_or(0.0);
        let last = column.iter().rev().copied().find(|v| v.is_finite()).unwrap_or(0.0);
        // A line from end to end goes first: its jump would be high frequencies that the column does not have. Missing
        // values continue the last one.
        let size = fast_len_at_least(column.len());
        let mut forward = RealTransform::new(size);
        let slope = (last - first) / (column.len().max(2) - 1) as f64;
        let mut held = 0.0;
        let mut sum = 0.0;
        for (t, value) in column.iter().enumerate() {
            if value.is_finite() {
                held = value - first - slope * t as f64;
            }
            forward.input[t] = held;
            sum += held;
        }
        let mean = sum / column.len().max(1) as f64;
        forward.input[..column.len()].iter_mut().for_each(|v| *v -= mean);
        forward.input[column.len()..].fill(0.0);
        forward.forward();
        let magnitudes = forward.bins.iter().map(|bin| bin.norm()).collect();
        Self { magnitudes, inverse: InverseTransform::new(size), missing, size }
    }

    fn draw(&mut self, draw: &mut Draw) -> Vec<f64> {
        let last = self.magnitudes.len() - 1;
        for (k, (slot, magnitude)) in self.inverse.bins.iter_mut().zip(&self.magnitudes).enumerate() {
            let angle = if k == 0 || k == last { 0.0 } else { std::f64::consts::TAU * draw.uniform() };
            *slot = Complex::from_polar(*magnitude, angle);
        }
        self.inverse.inverse();
        let scale = 1.0 / self.size as f64;
        let values = self.inverse.output.iter().zip(&self.missing);
        values.map(|(v, missing)| if *missing { f64::NAN } else { v * scale }).collect()
    }
}
