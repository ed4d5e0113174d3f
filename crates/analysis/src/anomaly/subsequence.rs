//! Stretches that resemble nothing else in their series.

use crate::lanes::{LANES, Lanes, Loop, with_widest};
use crate::robust::{self, quantile_of_finite};
use std::ops::Range;

/// The lengths of the windows, in slots: from a spike to a changed course of hours, by factors of four.
const WINDOWS: [usize; 4] = [4, 16, 64, 256];
/// A window is compared where the series holds this many of it.
const FEWEST_WINDOWS: usize = 8;
/// The windows that each is compared with. They lie spread over the series, so the cost grows with its length only.
const COMPARED: usize = 256;
/// Most pieces of a window whose means are its shape.
const PIECES: usize = 16;
/// Shapes of no more pieces are compared as of so many, all others as of [`PIECES`].
const FEW: usize = 4;
/// Windows start at every such part of their length.
const STRIDES: usize = 8;
/// Values count up to this many spreads from the median: what is far outside need not hide all else.
const FARTHEST: f64 = 20.0;
/// A spread of the middle half below this share of the root mean square is that of a series which mostly stands still.
const STILL: f64 = 0.1;
/// Slots over which a displaced level is averaged.
const LEVEL_SLOTS: usize = 4;
/// The parts are put on one scale by their quantile at this probability.
const SCALE: f64 = 0.95;
/// The most that company can raise a score by.
const MOST_COMPANY: f64 = 2.0;
/// What no threshold goes below, in units of that scale: normal noise of any length stays under it.
const LOWEST_THRESHOLD: f64 = 2.0;

/// The distance of each slot's windows of `window` slots from the most similar window elsewhere, in units of the spread of
/// the values; its mean over the windows that hold the slot.
///
/// A window is described by the means of up to 16 pieces of equal length, and compared with 256 windows that do not overlap
/// it, spread over the series at distances that keep no beat with any period. The distance is the root mean square over the
/// pieces. Values beyond 20 spreads from the median count as 20.
///
/// Gaps are bridged by straight lines; a window with values in fewer than half of its slots is neither judged nor compared
/// with. 0 where no window is judged, everywhere in a series of fewer than 8 windows, and in one without spread.
pub fn discords(values: &[f64], window: usize) -> Vec<f64> {
    match Standardised::of(values) {
        Some(series) => series.discords(window),
        None => vec![0.0; values.len()],
    }
}

/// How little each slot's surroundings resemble the rest of the series: 0 for the usual half, about 1 at the 95th percentile.
///
/// The root mean square of parts that are each 0 at their median and 1 at their 95th percentile: the [`discords`] of 4, 16,
/// 64 and 256 slots, as far as the series is eight times as long, and the distance of the mean of 4 slots from its median.
/// Where the quantiles say nothing because most slots are alike, an excursion of usual size gets the log₁₀(½/p) that an
/// exponential tail would have at its rarity p.
///
/// NaN and infinite values get NaN. 0 everywhere in a series without spread.
pub fn strangeness(values: &[f64]) -> Vec<f64> {
    let Some(series) = Standardised::of(values) else {
        return values.iter().map(|value| if value.is_finite() { 0.0 } else { f64::NAN }).collect();
    };
    let mut squares = vec![0.0; values.len()];
    let mut parts = 0.0;
    let mut add = |mut part: Vec<f64>| {
        scale(&mut part);
        parts += 1.0;
        for (sum, part) in squares.iter_mut().zip(&part) {
            *sum += part * part;
        }
    };
    for window in WINDOWS.into_iter().filter(|window| window * FEWEST_WINDOWS <= values.len()) {
        add(series.discords(window));
    }
    add(series.displacement(LEVEL_SLOTS));
    values
        .iter()
        .zip(&squares)
        .map(|(value, sum)| if value.is_finite() { (sum / parts).sqrt() } else { f64::NAN })
        .collect()
}

/// The strangeness that no slot of the series reaches with probability 1 − `alpha`, as far as its own tail tells.
///
/// An exponential tail through the quantiles 0.75 and 0.95 is carried on to `alpha`/n; the heavier one through 0.95 and
/// 0.99, which incidents may have made, has half a say (the geometric mean). At least 2. NaN is left out; infinite without
/// values.
pub fn strangeness_threshold(strangeness: &[f64], alpha: f64) -> f64 {
    let present = robust::finite(strangeness);
    let count = present.len() as f64;
    let at = |probability| quantile_of_finite(&present, probability);
    let (Some(middle), Some(high), Some(top)) = (at(0.75), at(0.95), at(0.99)) else { return f64::INFINITY };
    let carried =
        |from: f64, to: f64, beyond: f64| to + (to - from) / 5f64.ln() * (beyond * count / alpha).ln().max(0.0);
    let body = carried(middle, high, 0.05);
    let tail = carried(high, top, 0.01).max(body);
    (body * tail).sqrt().max(LOWEST_THRESHOLD)
}

/// Raises scores, one list per series, where the other series stand out at the same time.
///
/// Each score is multiplied by √(the mean of the other series' scores in its slot / that mean's median over the slots),
/// between 1 and 2; of the others a score counts up to 1. So company never lowers a score, alone makes none, and the series
/// that stand out most keep the highest. Series that are 0 or NaN throughout are no company; with a single one nothing
/// changes. Slots are those of the longest list; NaN stays NaN and is left out of the mean.
///
/// Scores are in units of an alarm threshold.
pub fn raise_in_company(scores: &mut [Vec<f64>]) {
    let slots = scores.iter().map(Vec::len).max().unwrap_or(0);
    let counted = |score: &f64| if score.is_finite() { score.min(1.0) } else { 0.0 };
    let mut all = vec![(0.0, 0.0); slots];
    let moves = |series: &[f64]| series.iter().any(|score| *score > 0.0);
    for series in scores.iter().filter(|series| moves(series)) {
        for ((sum, count), score) in all.iter_mut().zip(series) {
            (*sum, *count) = (*sum + counted(score), *count + f64::from(u8::from(score.is_finite())));
        }
    }
    for series in scores.iter_mut() {
        if !moves(series) {
            continue;
        }
        let others: Vec<f64> = series
            .iter()
            .zip(&all)
            .map(|(score, (sum, count))| (sum - counted(score)).max(0.0) / (count - 1.0))
            .collect();
        let present: Vec<f64> = others
            .iter()
            .zip(series.iter())
            .filter(|(other, score)| other.is_finite() && score.is_finite())
            .map(|(other, _)| *other)
            .collect();
        let usual = quantile_of_finite(&present, 0.5).unwrap_or(0.0);
        for (score, other) in series.iter_mut().zip(&others) {
            if usual > 0.0 && other.is_finite() {
                *score *= (other / usual).sqrt().clamp(1.0, MOST_COMPANY);
            }
        }
    }
}

/// Puts a part on the common scale: 0 up to its median, 1 at its 95th percentile.
fn scale(part: &mut [f64]) {
    let usual = quantile_of_finite(part, 0.5).unwrap_or(0.0);
    let span = quantile_of_finite(part, SCALE).unwrap_or(0.0) - usual;
    for value in part.iter_mut() {
        *value = (*value - usual).max(0.0);
    }
    let (sum, squares) = part.iter().fold((0.0, 0.0), |(sum, squares), value| (sum + value, squares + value * value));
    let count = part.len().max(1) as f64;
    let unit = if span * span >= STILL * STILL * squares / count {
        span
    } else {
        let share = sum * sum / (squares * count);
        squares / sum / (0.5 / share).log10().max(1.0)
    };
    for value in part.iter_mut() {
        *value = if unit > 0.0 { *value / unit } else { 0.0 };
    }
}

/// Median and spread: the MAD's, or half the standard deviation where most values are alike.
fn centre_and_spread(values: &[f64]) -> Option<(f64, f64)> {
    let centre = robust::median(values)?;
    let spread = robust::mad(values)?;
    let deviation = robust::variance(values).unwrap_or(0.0).sqrt();
    let still = deviation.is_finite() && spread < STILL * deviation;
    let spread = if still { 0.5 * deviation } else { spread };
    (spread > 0.0 && spread.is_finite()).then_some((centre, spread))
}

/// A series in units of its spread, as sums from the start: the mean of any stretch is a difference.
struct Standardised {
    sums: Vec<f64>,
    /// The number of values present before each slot.
    present: Vec<usize>,
}

impl Standardised {
    /// None without spread.
    fn of(values: &[f64]) -> Option<Self> {
        let (centre, spread) = centre_and_spread(values)?;
        let mut sums = Vec::with_capacity(values.len() + 1);
        let mut present = Vec::with_capacity(values.len() + 1);
        let (mut sum, mut count) = (0.0, 0);
        sums.push(sum);
        present.push(count);
        for (value, real) in bridged(values).zip(values) {
            sum += ((value - centre) / spread).clamp(-FARTHEST, FARTHEST);
            count += usize::from(real.is_finite());
            sums.push(sum);
            present.push(count);
        }
        Some(Self { sums, present })
    }

    fn len(&self) -> usize {
        self.sums.len().saturating_sub(1)
    }

    fn mean(&self, from: usize, to: usize) -> f64 {
        match (self.sums.get(from), self.sums.get(to)) {
            (Some(before), Some(after)) => (after - before) / (to.saturating_sub(from)).max(1) as f64,
            _ => 0.0,
        }
    }

    fn half_present(&self, from: usize, to: usize) -> bool {
        match (self.present.get(from), self.present.get(to)) {
            (Some(before), Some(after)) => 2 * (after - before) >= to - from,
            _ => false,
        }
    }

    /// The distance of the mean of `slots` slots around each slot from its median, in its spread.
    fn displacement(&self, slots: usize) -> Vec<f64> {
        let len = self.len();
        let half = slots / 2;
        let levels: Vec<f64> =
            (0..len).map(|slot| self.mean(slot.saturating_sub(half), (slot + half).min(len))).collect();
        let Some((centre, spread)) = centre_and_spread(&levels) else { return vec![0.0; len] };
        levels.into_iter().map(|level| (level - centre).abs() / spread).collect()
    }

    fn discords(&self, window: usize) -> Vec<f64> {
        let len = self.len();
        if window == 0 || window * FEWEST_WINDOWS > len {
            return vec![0.0; len];
        }
        let last = len - window;
        let starts: Vec<usize> = (0..last)
            .step_by((window / STRIDES).max(1))
            .chain([last])
            .filter(|start| self.half_present(*start, start + window))
            .collect();
        let pieces = window.min(PIECES);
        let edges: Vec<usize> = (0..=pieces).map(|index| index * window / pieces).collect();
        let means = |start: usize| {
            edges.windows(2).map(move |edges| match edges {
                [from, to] => self.mean(start + from, start + to),
                _ => 0.0,
            })
        };
        let compared = spread_out(&starts);
        let mut shapes = Shapes::new(pieces, window, &compared, means);
        let mut shape = vec![0.0; pieces];
        // What a slot's windows add and how many they are, as differences from slot to slot.
        let mut sums = vec![(0.0, 0.0); len + 1];
        for start in starts {
            for (own, mean) in shape.iter_mut().zip(means(start)) {
                *own = mean;
            }
            let nearest = shapes.nearest(start, &shape);
            let distance = if nearest.is_finite() { (nearest / pieces as f64).sqrt() } else { 0.0 };
            if let Some((sum, count)) = sums.get_mut(start) {
                (*sum, *count) = (*sum + distance, *count + 1.0);
            }
            if let Some((sum, count)) = sums.get_mut(start + window) {
                (*sum, *count) = (*sum - distance, *count - 1.0);
            }
        }
        let (mut sum, mut count) = (0.0, 0.0);
        sums.iter()
            .take(len)
            .map(|(more, windows)| {
                sum += more;
                count += windows;
                if count > 0.5 { (sum / count).max(0.0) } else { 0.0 }
            })
            .collect()
    }
}

/// Groups of which the smallest squares are kept together.
const BLOCK: usize = 4;
/// As far away as can be.
const FAR: Lanes = Lanes::splat(f32::INFINITY);

/// The shapes of windows. All are compared in single precision, eight at a time; of those that may be the nearest the
/// distance is taken in double precision.
struct Shapes<'a> {
    pieces: usize,
    /// The slots of a window.
    window: usize,
    /// Where the windows start, ascending.
    starts: &'a [usize],
    /// `[window][piece]`.
    means: Vec<f64>,
    /// `[group of eight windows][piece]`, with zeros up to [`FEW`] or [`PIECES`] pieces.
    lanes: Vec<Lanes>,
    /// The sums of each group's squares.
    norms: Vec<Lanes>,
    /// The windows that overlap the one looked at last.
    overlapping: Range<usize>,
    /// The shape looked at last, times −2.
    coarse: Vec<f32>,
    /// Its squared distances from each group, less its own sum of squares, and the smallest of each block.
    squares: Vec<Lanes>,
    smallest: Vec<Lanes>,
}

impl<'a> Shapes<'a> {
    /// Of windows of so many pieces and slots, given the means of the pieces of the window that starts at a slot.
    fn new<M: Iterator<Item = f64>>(
        pieces: usize,
        window: usize,
        starts: &'a [usize],
        of: impl Fn(usize) -> M,
    ) -> Self {
        let groups = starts.len().div_ceil(LANES);
        let padded = if pieces <= FEW { FEW } else { PIECES };
        let mut lanes = vec![Lanes::splat(0.0); groups * padded];
        let mut norms = vec![FAR; groups];
        let mut means = Vec::with_capacity(starts.len() * pieces);
        for (place, start) in starts.iter().enumerate() {
            let (group, lane) = (place / LANES, place % LANES);
            let mut norm = 0.0;
            for (slot, mean) in lanes.iter_mut().skip(group * padded).zip(of(*start)) {
                slot.as_mut_array()[lane] = mean as f32;
                means.push(mean);
                norm += mean * mean;
            }
            if let Some(slot) = norms.get_mut(group) {
                slot.as_mut_array()[lane] = norm as f32;
            }
        }
        let (squares, smallest) = (vec![FAR; groups], vec![FAR; groups.div_ceil(BLOCK)]);
        let coarse = vec![0.0; padded];
        Self { pieces, window, starts, means, lanes, norms, overlapping: 0..0, coarse, squares, smallest }
    }

    /// The smallest sum of squared differences between the shape of the window that starts at a slot, not before the one of
    /// the last call, and those of windows that do not overlap it; infinite without any.
    fn nearest(&mut self, start: usize, shape: &[f64]) -> f64 {
        let Range { start: from, end: to } = &mut self.overlapping;
        while self.starts.get(*from).is_some_and(|other| other + self.window <= start) {
            *from += 1;
        }
        while self.starts.get(*to).is_some_and(|other| *other < start + self.window) {
            *to += 1;
        }
        for (coarse, mean) in self.coarse.iter_mut().zip(shape) {
            *coarse = *mean as f32 * -2.0;
        }
        with_widest(Compare {
            shape: &self.coarse,
            means: &self.lanes,
            norms: &self.norms,
            overlapping: self.overlapping.clone(),
            squares: &mut self.squares,
            smallest: &mut self.smallest,
        });
        let least = self.smallest.iter().fold(FAR, |least, smallest| least.fast_min(*smallest));
        let least = least.as_array().iter().copied().fold(f32::INFINITY, f32::min);
        if least.is_infinite() {
            return f64::INFINITY;
        }
        let limit = Lanes::splat(least + 2.0 * self.rounding(shape, least));
        let mut nearest = f64::INFINITY;
        for (block, (smallest, groups)) in self.smallest.iter().zip(self.squares.chunks(BLOCK)).enumerate() {
            if smallest.simd_le(limit).none() {
                continue;
            }
            for (group, squares) in (block * BLOCK..).zip(groups) {
                let mut near = squares.simd_le(limit).to_bitmask();
                while near != 0 {
                    let from = (group * LANES + near.trailing_zeros() as usize) * self.pieces;
                    near &= near - 1;
                    let means = self.means.get(from..from + self.pieces).unwrap_or_default();
                    let sum =
                        shape.iter().zip(means).fold(0.0, |sum, (own, other)| sum + (own - other) * (own - other));
                    nearest = nearest.min(sum);
                }
            }
        }
        nearest
    }

    /// The most that rounding can have changed a sum of the coarse comparison that is about `least`.
    ///
    /// Each of the products, of the additions and of the roundings to single precision is off by at most half an epsilon of
    /// what is added up, which is at most the squares of both shapes; those of the other follow from the distance.
    fn rounding(&self, shape: &[f64], least: f32) -> f32 {
        let own = shape.iter().fold(0.0, |sum, mean| sum + mean * mean) as f32;
        let distance = (least + own).max(0.0);
        let other = 2.0 * (own + distance);
        (self.pieces as f32 + 8.0) * f32::EPSILON * (own + other)
    }
}

/// The comparison of a shape with all others but those that overlap it.
struct Compare<'a> {
    shape: &'a [f32],
    means: &'a [Lanes],
    norms: &'a [Lanes],
    overlapping: Range<usize>,
    squares: &'a mut [Lanes],
    smallest: &'a mut [Lanes],
}

impl Loop for Compare<'_> {
    #[inline(always)]
    fn run(self) {
        if let Ok(shape) = self.shape.try_into() {
            self.with::<FEW>(shape);
        } else if let Ok(shape) = self.shape.try_into() {
            self.with::<PIECES>(shape);
        }
    }
}

impl Compare<'_> {
    /// With a shape whose length is known when this is compiled.
    #[inline(always)]
    fn with<const P: usize>(self, shape: &[f32; P]) {
        let overlapping = self.overlapping.start / LANES..self.overlapping.end.div_ceil(LANES);
        let mut groups = self.means.as_chunks::<P>().0.iter().zip(self.norms).enumerate();
        for (squares, smallest) in self.squares.chunks_mut(BLOCK).zip(self.smallest) {
            let mut least = [f32::INFINITY; LANES];
            for (squares, (group, (means, norms))) in squares.iter_mut().zip(&mut groups) {
                let mut sums = products(shape, means, norms.to_array());
                if overlapping.contains(&group) {
                    for (place, sum) in (group * LANES..).zip(&mut sums) {
                        *sum = if self.overlapping.contains(&place) { f32::INFINITY } else { *sum };
                    }
                }
                for (least, sum) in least.iter_mut().zip(&sums) {
                    *least = if sum < least { *sum } else { *least };
                }
                *squares = Lanes::new(sums);
            }
            *smallest = Lanes::new(least);
        }
    }
}

/// Adds the products of a shape with eight others, in two chains of additions that do not wait for each other.
///
/// As loops over lanes, which become vectors of the width that the caller is compiled for.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn products<const P: usize>(shape: &[f32; P], means: &[Lanes; P], start: [f32; LANES]) -> [f32; LANES] {
    let [mut even, mut odd] = [start, [0.0; LANES]];
    for ([a, b], [c, d]) in shape.as_chunks::<2>().0.iter().zip(means.as_chunks::<2>().0) {
        let (c, d) = (c.as_array(), d.as_array());
        for (((even, odd), c), d) in even.iter_mut().zip(&mut odd).zip(c).zip(d) {
            *even += a * c;
            *odd += b * d;
        }
    }
    for (sum, odd) in even.iter_mut().zip(odd) {
        *sum += odd;
    }
    even
}

/// Adds the products of a shape with eight others, in two chains of additions that do not wait for each other.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn products<const P: usize>(shape: &[f32; P], means: &[Lanes; P], start: [f32; LANES]) -> [f32; LANES] {
    let [mut even, mut odd] = [Lanes::new(start), Lanes::splat(0.0)];
    for ([a, b], [c, d]) in shape.as_chunks::<2>().0.iter().zip(means.as_chunks::<2>().0) {
        even += Lanes::splat(*a) * *c;
        odd += Lanes::splat(*b) * *d;
    }
    (even + odd).to_array()
}

/// Up to [`COMPARED`] of the starts, one in each of as many equal parts, at places that follow the golden ratio: even
/// distances would miss the same phase of a period for ever.
fn spread_out(starts: &[usize]) -> Vec<usize> {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let count = starts.len().min(COMPARED);
    let part = starts.len() as f64 / count.max(1) as f64;
    let mut chosen: Vec<usize> = (0..count)
        .filter_map(|index| {
            let place = (index as f64 + (index as f64 * GOLDEN).fract()) * part;
            starts.get((place as usize).min(starts.len() - 1)).copied()
        })
        .collect();
    chosen.dedup();
    chosen
}

/// The values, with gaps bridged by straight lines, and the nearest value before the first and after the last.
fn bridged(values: &[f64]) -> impl Iterator<Item = f64> + '_ {
    let mut before = None;
    let mut next = values.iter().position(|value| value.is_finite());
    values.iter().enumerate().map(move |(slot, value)| {
        if value.is_finite() {
            before = Some((slot, *value));
            return *value;
        }
        if next.is_some_and(|next| next < slot) {
            next = values.iter().skip(slot).position(|value| value.is_finite()).map(|ahead| slot + ahead);
        }
        let after = next.and_then(|next| values.get(next).map(|value| (next, *value)));
        match (before, after) {
            (Some((from, low)), Some((to, high))) => low + (high - low) * (slot - from) as f64 / (to - from) as f64,
            (Some((_, only)), None) | (None, Some((_, only))) => only,
            (None, None) => 0.0,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A jagged course of values between −1 and 1.
    fn jagged(place: usize) -> f64 {
        (place as f64 * 12.989_8).sin() * 43_758.545_3 % 1.0
    }

    /// In single precision most of these windows cannot be told apart; the nearest one must be found all the same.
    #[test]
    fn the_nearest_window_is_that_of_double_precision() {
        for (pieces, window) in [(3, 3), (4, 4), (7, 7), (16, 64)] {
            for closeness in [1.0, 1e-3, 1e-6, 1e-9] {
                let starts: Vec<usize> = (0..61).map(|index| index * 5).collect();
                let shape = |start: usize| {
                    (0..pieces).map(move |piece| 19.0 + jagged(piece) + closeness * jagged(start * 31 + piece))
                };
                let mut shapes = Shapes::new(pieces, window, &starts, shape);
                for start in 0..330 {
                    let own: Vec<f64> = shape(start).collect();
                    let apart = |other: &&usize| **other + window <= start || **other >= start + window;
                    let distance =
                        |other: &usize| own.iter().zip(shape(*other)).fold(0.0, |sum, (a, b)| sum + (a - b) * (a - b));
                    let nearest = starts.iter().filter(apart).map(distance).fold(f64::INFINITY, f64::min);
                    assert_eq!(shapes.nearest(start, &own), nearest, "{pieces} pieces, {closeness}, from {start}");
                }
            }
        }
    }
}
