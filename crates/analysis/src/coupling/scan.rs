//! The lag of every pair at once: correlations at a few lags by short transforms, eight pairs at a time.

use std::ops::Range;

use super::lag::LagPlan;
use super::lanes::LaneTransform;
use crate::harmony::pair_index;
use crate::lanes::{LANES, Lanes, cross};

/// First series that are scanned before the next eight second ones: as many as stay in the cache.
const TILE: usize = 16;

/// The lag of a pair, as a scan of all of them finds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScannedLag {
    /// The first series.
    pub first: usize,
    /// The second series; greater than the first.
    pub second: usize,
    /// By how many steps the first leads; negative when the second does.
    pub lag: isize,
    /// Correlation of the prewhitened series there, to five digits; NaN where the pair is undefined.
    pub correlation: f64,
    /// Chance that two independent series are as correlated at any of the lags looked at; 1 where undefined.
    pub p: f64,
}

/// The lag of every pair of a [`LagPlan`]: what [`LagPlan::pair`] finds, in single precision, without the interval and
/// at a tenth of the time. Lags whose correlations agree to five digits may be taken for each other.
///
/// Each series is cut into blocks; a block's transform times that of the other series' block with the largest lag on
/// either side is, summed over the blocks and transformed back, the correlation at the lags looked at and no others
/// (overlap-save; Rabiner and Gold 1975), exact but for rounding.
pub struct LagScan<'a> {
    plan: &'a LagPlan,
    /// Length of the transforms.
    len: usize,
    values: Blocks,
    /// Of the indicators of presence, where any series has gaps.
    presence: Option<Blocks>,
}

impl<'a> LagScan<'a> {
    /// Cuts the plan's whitened series into blocks and transforms them.
    pub fn new(plan: &'a LagPlan) -> Self {
        let len = (8 * plan.max_lag()).next_power_of_two().max(16);
        let (series, max_lag) = (plan.series(), plan.max_lag());
        let values = Blocks::new(series, max_lag, len, |one| plan.whitened(one).to_vec());
        let presence = plan.has_gaps().then(|| Blocks::new(series, max_lag, len, |one| plan.indicator(one)));
        Self { plan, len, values, presence }
    }

    /// All pairs, in the order of [`pair_index`].
    pub fn all(&self) -> Vec<ScannedLag> {
        (0..self.plan.series()).step_by(TILE).flat_map(|first| self.some(first..first + TILE)).collect()
    }

    /// The pairs whose first series is one of `firsts`. One range of them after the other gives what
    /// [`all`](Self::all) gives at once.
    pub fn some(&self, firsts: Range<usize>) -> Vec<ScannedLag> {
        let series = self.plan.series();
        let firsts = firsts.start.min(series)..firsts.end.min(series);
        let before = |first: usize| first * (2 * series).saturating_sub(first + 1) / 2;
        let from = before(firsts.start);
        let nothing = ScannedLag { first: 0, second: 0, lag: 0, correlation: f64::NAN, p: 1.0 };
        let mut found = vec![nothing; before(firsts.end) - from];
        let mut transform = LaneTransform::new(self.len);
        let mut sums = [transform.bins(), transform.bins()];
        let mut counts = sums.clone();
        for group in (firsts.start + 1) / LANES..series.div_ceil(LANES) {
            for first in firsts.clone().take_while(|first| *first + 1 < (group + 1) * LANES) {
                self.values.cross(first, group, &mut sums);
                transform.inverse(&mut sums);
                let strongest = match &self.presence {
                    Some(presence) => {
                        presence.cross(first, group, &mut counts);
                        transform.inverse(&mut counts);
                        let scale = Lanes::splat(1.0 / self.len as f32);
                        self.strongest(&sums, |_, at| (counts[at % 2][at / 2] * scale).round())
                    }
                    None => {
                        let spans = self.spans(first, group);
                        self.strongest(&sums, |lag, _| spans.at(lag))
                    }
                };
                for second in (group * LANES).max(first + 1)..((group + 1) * LANES).min(series) {
                    if let Some(slot) = found.get_mut(pair_index(series, first, second) - from) {
                        *slot = self.told(first, second, &strongest);
                    }
                }
            }
        }
        found
    }

    /// The lag of each lane's strongest correlation, by its significance, given how many pairs of values each lag has.
    #[inline]
    fn strongest(&self, sums: &[Vec<Lanes>; 2], count: impl Fn(f32, usize) -> Lanes) -> Strongest {
        let limit = self.plan.max_lag();
        let (zero, one, fewest) = (Lanes::splat(0.0), Lanes::splat(1.0), Lanes::splat(FEWEST));
        let mut best = Strongest { sum: zero, count: one, lag: zero, tests: zero };
        let mut square = zero;
        for at in 0..=2 * limit {
            let lag = at as f32 - limit as f32;
            let (sum, count) = (sums[at % 2][at / 2], count(lag, at));
            let counted = count.simd_ge(fewest);
            best.tests += counted.bitselect(one, zero);
            // sum² / count is what is compared, without its division.
            let own = sum * sum;
            let is_best = (own * best.count).simd_gt(square * count) & counted;
            square = is_best.bitselect(own, square);
            best.sum = is_best.bitselect(sum, best.sum);
            best.count = is_best.bitselect(count, best.count);
            best.lag = is_best.bitselect(Lanes::splat(lag), best.lag);
        }
        best
    }

    /// What is told of a pair, of the strongest correlations of its lanes.
    fn told(&self, first: usize, second: usize, strongest: &Strongest) -> ScannedLag {
        let nothing = ScannedLag { first, second, lag: 0, correlation: f64::NAN, p: 1.0 };
        let lane = second % LANES;
        let of = |lanes: &Lanes| f64::from(lanes.as_array()[lane]);
        let tests = of(&strongest.tests);
        let Some(pair) = self.plan.null(first, second).filter(|_| tests > 0.0) else { return nothing };
        let (count, sum) = (of(&strongest.count), of(&strongest.sum) * pair.scale / self.len as f64);
        ScannedLag {
            first,
            second,
            lag: of(&strongest.lag) as isize,
            correlation: (sum / count).clamp(-1.0, 1.0),
            p: pair.p(sum.abs() / count.sqrt(), tests),
        }
    }

    /// Where the whitened values of a first series and of eight second ones begin.
    fn spans(&self, first: usize, group: usize) -> Spans {
        let mut seconds = [0.0; LANES];
        for (lane, second) in seconds.iter_mut().enumerate() {
            *second = self.plan.first(group * LANES + lane) as f32;
        }
        let steps = self.plan.steps() as f32;
        Spans { first: self.plan.first(first) as f32, seconds: Lanes::new(seconds), steps }
    }
}

/// Fewest pairs of values of which a correlation is told.
const FEWEST: f32 = 32.0;

/// The strongest correlation of each lane.
struct Strongest {
    /// The sum of products there, times the transform's length.
    sum: Lanes,
    /// How many products that are.
    count: Lanes,
    lag: Lanes,
    /// How many lags had enough products.
    tests: Lanes,
}

/// How many pairs of values there are of series without gaps, which begin late only.
struct Spans {
    first: f32,
    seconds: Lanes,
    steps: f32,
}

impl Spans {
    /// At a lag: of x(t) and y(t + lag).
    #[inline]
    fn at(&self, lag: f32) -> Lanes {
        let from = Lanes::splat(self.first).fast_max(self.seconds - Lanes::splat(lag));
        Lanes::splat(self.steps.min(self.steps - lag)) - from
    }
}

/// The transforms of all blocks of all series: of the blocks themselves, and of the blocks with the largest lag on
/// either side.
struct Blocks {
    bins: usize,
    blocks: usize,
    /// `[series][bin][block]`, real and imaginary parts.
    plain: [Vec<f32>; 2],
    /// `[group of eight series][bin][block]`, real and imaginary parts.
    extended: [Vec<Lanes>; 2],
}

impl Blocks {
    fn new(series: usize, max_lag: usize, len: usize, values: impl Fn(usize) -> Vec<f64>) -> Self {
        use crate::spectrum::RealTransform;
        let bins = len / 2 + 1;
        let size = len - 2 * max_lag;
        let first = values(0);
        let blocks = first.len().div_ceil(size).max(1);
        let groups = series.div_ceil(LANES);
        let mut result = Self {
            bins,
            blocks,
            plain: [vec![0.0; series * bins * blocks], vec![0.0; series * bins * blocks]],
            extended: [
                vec![Lanes::splat(0.0); groups * bins * blocks],
                vec![Lanes::splat(0.0); groups * bins * blocks],
            ],
        };
        let mut transform = RealTransform::new(len);
        for one in 0..series {
            let values = values(one);
            let (group, lane) = (one / LANES, one % LANES);
            for block in 0..blocks {
                let from = block * size;
                fill(&mut transform.input[..size], &values, from as isize);
                transform.input[size..].fill(0.0);
                transform.forward();
                for (bin, value) in transform.bins.iter().enumerate() {
                    let at = (one * bins + bin) * blocks + block;
                    result.plain[0][at] = value.re as f32;
                    result.plain[1][at] = value.im as f32;
                }
                fill(&mut transform.input, &values, from as isize - max_lag as isize);
                transform.forward();
                for (bin, value) in transform.bins.iter().enumerate() {
                    let at = (group * bins + bin) * blocks + block;
                    result.extended[0][at].as_mut_array()[lane] = value.re as f32;
                    result.extended[1][at].as_mut_array()[lane] = value.im as f32;
                }
            }
        }
        result
    }

    /// Σ conj(X)·Y over the blocks, of a first series with eight second ones.
    fn cross(&self, first: usize, group: usize, spectrum: &mut [Vec<Lanes>; 2]) {
        let len = self.bins * self.blocks;
        let (x, y) = (first * len..(first + 1) * len, group * len..(group + 1) * len);
        let plain = self.plain[0][x.clone()].chunks_exact(self.blocks).zip(self.plain[1][x].chunks_exact(self.blocks));
        let extended =
            self.extended[0][y.clone()].chunks_exact(self.blocks).zip(self.extended[1][y].chunks_exact(self.blocks));
        let [re, im] = spectrum;
        for (((xr, xi), (yr, yi)), (re, im)) in plain.zip(extended).zip(re.iter_mut().zip(im)) {
            (*re, *im) = cross(xr, xi, yr, yi);
        }
    }
}

/// The values from a place on, zeros outside.
fn fill(slots: &mut [f64], values: &[f64], from: isize) {
    for (offset, slot) in slots.iter_mut().enumerate() {
        let at = usize::try_from(from + offset as isize).ok();
        *slot = at.and_then(|at| values.get(at)).copied().unwrap_or(0.0);
    }
}
