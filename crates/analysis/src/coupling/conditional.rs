//! Which relations are explained by a third series, or by a few: common drivers and chains.

use order::SortedMap;

use super::lag::LagPlan;
use crate::distribution::normal_survival;

/// A significant relation between two series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// One series, as its index in the [`LagPlan`].
    pub first: usize,
    /// The other.
    pub second: usize,
    /// By how many steps the first leads; negative when the second does. Rounded to a whole step.
    pub lag: f64,
}

/// How [`explain`] decides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExplainOptions {
    /// A relation stays if the correlation that is left when the others are held fixed is significant at this level.
    pub alpha: f64,
    /// How many steps to either side of the lag a third series is held fixed at.
    pub reach: usize,
    /// The most series that may explain a relation together.
    pub most: usize,
    /// Squared correlation from which two series count as copies, of which neither explains the other's relations.
    pub copy: f64,
}

impl Default for ExplainOptions {
    fn default() -> Self {
        Self { alpha: 0.001, reach: 6, most: 3, copy: 0.95 }
    }
}

/// What becomes of a relation.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It stays: no others explain it.
    Stays,
    /// Others explain what it has at its lag, and a relation at another lag is left.
    Moved {
        /// That lag, with the sign of [`Edge::lag`].
        lag: isize,
        /// The correlation there with the others held fixed.
        partial: f64,
    },
    /// It goes.
    Explained(Explained),
}

/// What explains a relation.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// The series which, held fixed, leave nothing of it; the one that takes most first.
    pub by: Vec<usize>,
    /// The correlation of the two before.
    pub correlation: f64,
    /// The one that is left.
    pub partial: f64,
    /// Chance of so large a rest if there is none.
    pub p: f64,
}

/// A rest of a relation under this share of it is none, however significant: the whitening filters of long series
/// leave that much.
const REST: f64 = 0.15;

/// A relation is explained only if at least this share of it goes.
const GONE: f64 = 0.5;

/// The most thirds of one relation that are tried, the ones most related to both.
const THIRDS: usize = 8;

/// Correlations that differ by less are equal: rounding must not decide between copies.
const ROUNDING: f64 = 1e-9;

/// The most lags at which a relation may be left, the strongest.
const LAGS: usize = 12;

/// Tells for every edge whether other series explain it, in the order given.
///
/// For an edge between a and b, each series that has edges to both is held fixed, at its own lags to either and `reach`
/// steps around them: what is left is the partial correlation of the whitened series. If no single series leaves
/// nothing, the best one is joined by a second and a third. What they leave at the other lags at which the two are
/// correlated is tested, too: a detour can be stronger than the direct way. All tests are made on all edges before any is dropped, so
/// that their order decides nothing (as in PC-stable: Colombo and Maathuis 2014). Then the ends of every dropped edge
/// must still be connected by edges that stay; where they are not (each of two relations explains the other), the
/// strongest come back, equals together.
///
/// A driver that was not measured, or only with much noise, explains nothing here.
/// An edge whose series are out of range, or without a correlation at its lag, stays.
pub fn explain(plan: &mut LagPlan, edges: &[Edge], options: &ExplainOptions) -> Vec<Verdict> {
    let mut lagged = Correlations { limit: plan.max_lag() as isize, known: SortedMap::new() };
    let mut neighbours: SortedMap<usize, Vec<(usize, isize)>> = SortedMap::new();
    for edge in edges.iter().filter(|edge| edge.first != edge.second) {
        let lag = edge.lag.round() as isize;
        for (from, to, lag) in [(edge.first, edge.second, lag), (edge.second, edge.first, -lag)] {
            neighbours.at(from).push((to, lag));
        }
    }
    let judge = |edge: &Edge| judge(plan, &mut lagged, &neighbours, edge, options).unwrap_or(Verdict::Stays);
    let mut verdicts: Vec<Verdict> = edges.iter().map(judge).collect();
    reconnect(edges, &mut verdicts);
    verdicts
}

/// Correlations over the lags, by pair, as they are needed.
struct Correlations {
    limit: isize,
    known: SortedMap<(usize, usize), Option<Vec<f64>>>,
}

impl Correlations {
    fn load(&mut self, plan: &mut LagPlan, a: usize, b: usize) {
        let key = (a.min(b), a.max(b));
        if self.known.get(&key).is_none() {
            self.known.insert(key, plan.correlations(key.0, key.1));
        }
    }

    /// Of a(t) and b(t + lag); zero where it is not known.
    fn at(&self, a: usize, b: usize, lag: isize) -> f64 {
        self.between(a, b).at(lag)
    }

    /// Those of one pair, for who asks for many.
    fn between(&self, a: usize, b: usize) -> Between<'_> {
        let values = self.known.get(&(a.min(b), a.max(b))).and_then(Option::as_deref).unwrap_or_default();
        Between { values, limit: self.limit, is_turned: a > b }
    }
}

/// The correlations of a pair over the lags.
#[derive(Clone, Copy)]
struct Between<'c> {
    values: &'c [f64],
    limit: isize,
    is_turned: bool,
}

impl Between<'_> {
    /// Zero where it is not known.
    fn at(self, lag: isize) -> f64 {
        let lag = if self.is_turned { -lag } else { lag };
        let value = usize::try_from(lag + self.limit).ok().and_then(|place| self.values.get(place));
        value.copied().filter(|v| v.is_finite()).unwrap_or(0.0)
    }
}

/// A third series, and its lags: by how many steps the edge's ends lead it.
#[derive(Clone, Copy)]
struct Third {
    series: usize,
    from_first: isize,
    from_second: isize,
    strength: f64,
}

fn judge(
    plan: &mut LagPlan,
    lagged: &mut Correlations,
    neighbours: &SortedMap<usize, Vec<(usize, isize)>>,
    edge: &Edge,
    options: &ExplainOptions,
) -> Option<Verdict> {
    let (a, b, lag) = (edge.first, edge.second, edge.lag.round() as isize);
    let (of_a, of_b) = (neighbours.get(&a)?, neighbours.get(&b)?);
    let mut thirds: Vec<Third> = Vec::new();
    for &(series, from_first) in of_a.iter().filter(|(c, _)| *c != b) {
        let Some(&(_, from_second)) = of_b.iter().find(|(other, _)| *other == series) else { continue };
        lagged.load(plan, a, series);
        lagged.load(plan, b, series);
        let (one, other) = (lagged.at(a, series, from_first), lagged.at(b, series, from_second));
        if (one * one).max(other * other) < options.copy {
            thirds.push(Third { series, from_first, from_second, strength: one.abs().min(other.abs()) });
        }
    }
    if thirds.is_empty() {
        return None;
    }
    order::sort_by(&mut thirds, |x, y| y.strength.total_cmp(&x.strength).then(x.series.cmp(&y.series)));
    thirds.truncate(THIRDS);
    lagged.load(plan, a, b);
    let correlation = lagged.at(a, b, lag);
    let overlap = plan.overlap(a, b, lag) as f64;
    let mut fixed = Fixed::new(a, b, lag, correlation);
    let mut by: Vec<Third> = Vec::new();
    let mut left = None;
    while by.len() < options.most && !thirds.is_empty() {
        let mut best: Option<(usize, Fixed)> = None;
        for (index, third) in thirds.iter().enumerate() {
            lagged.load(plan, third.series, third.series);
            by.iter().for_each(|known| lagged.load(plan, third.series, known.series));
            let mut tried = fixed.clone();
            tried.hold_around(lagged, third, options.reach as isize);
            if best.as_ref().is_none_or(|(_, least)| tried.partial().abs() < least.partial().abs() - ROUNDING) {
                best = Some((index, tried));
            }
        }
        let (index, tried) = best?;
        by.push(thirds.remove(index));
        fixed = tried;
        let (partial, p) = (fixed.partial(), fixed.p(overlap)?);
        let is_gone = partial.abs() < GONE * correlation.abs();
        if is_gone && (p > options.alpha || partial.abs() < REST * correlation.abs()) {
            left = elsewhere(lagged, &fixed, &by, overlap, options);
            if let Some((lag, _)) = left {
                // What is left may be another detour.
                fixed = Fixed::new(a, b, lag, lagged.at(a, b, lag));
                by.iter().for_each(|third| fixed.hold_around(lagged, third, options.reach as isize));
                continue;
            }
            let by = by.iter().map(|third| third.series).collect();
            return Some(Verdict::Explained(Explained { by, correlation, partial, p }));
        }
    }
    left.map(|(lag, partial)| Verdict::Moved { lag, partial })
}

/// The lag with the strongest relation that is left with others held fixed, and its correlation.
fn elsewhere(
    lagged: &Correlations,
    at: &Fixed,
    by: &[Third],
    overlap: f64,
    options: &ExplainOptions,
) -> Option<(isize, f64)> {
    let (a, b) = (at.first, at.second);
    let alpha = options.alpha / (2 * lagged.limit + 1) as f64;
    let notable = crate::distribution::normal_upper_quantile(alpha / 2.0) / overlap.sqrt();
    let own = lagged.at(a, b, at.lag).abs();
    let mut lags: Vec<isize> =
        (-lagged.limit..=lagged.limit).filter(|lag| lagged.at(a, b, *lag).abs() > notable.max(REST * own)).collect();
    order::sort_by(&mut lags, |x, y| lagged.at(a, b, *y).abs().total_cmp(&lagged.at(a, b, *x).abs()).then(x.cmp(y)));
    let mut best: Option<(isize, f64)> = None;
    for lag in lags.into_iter().take(LAGS) {
        let mut fixed = Fixed::new(a, b, lag, lagged.at(a, b, lag));
        by.iter().for_each(|third| fixed.hold_around(lagged, third, options.reach as isize));
        let partial = fixed.partial();
        let is_left = partial.abs() >= REST * own && fixed.p(overlap).is_some_and(|p| p < alpha);
        if is_left && best.is_none_or(|(_, most)| partial.abs() > most.abs() + ROUNDING) {
            best = Some((lag, partial));
        }
    }
    best
}

/// The offsets around the places at which a third series meets either end, once each.
fn offsets(from_first: isize, from_second: isize, lag: isize, reach: isize, limit: isize) -> Vec<isize> {
    let mut offsets: Vec<isize> = [from_first, from_second].iter().flat_map(|c| c - reach..=c + reach).collect();
    order::sort(&mut offsets);
    offsets.dedup();
    // What the plan did not look at cannot be held fixed.
    offsets.retain(|offset| offset.abs() <= limit && (lag - offset).abs() <= limit);
    offsets
}

/// Two values with all that is held fixed taken out of them, by a Cholesky factor that grows.
#[derive(Clone)]
struct Fixed {
    first: usize,
    second: usize,
    lag: isize,
    held: Vec<(usize, isize)>,
    rows: Vec<Vec<f64>>,
    shares: Vec<[f64; 2]>,
    /// What is left of both variances and of their covariance.
    rest: [f64; 3],
}

impl Fixed {
    fn new(first: usize, second: usize, lag: isize, correlation: f64) -> Self {
        Self {
            first,
            second,
            lag,
            held: Vec::new(),
            rows: Vec::new(),
            shares: Vec::new(),
            rest: [1.0, 1.0, correlation],
        }
    }

    /// Holds a third series fixed around the times at which it meets either end.
    fn hold_around(&mut self, lagged: &Correlations, third: &Third, reach: isize) {
        for offset in offsets(third.from_first, self.lag + third.from_second, self.lag, reach, lagged.limit) {
            self.hold(lagged, third.series, offset);
        }
    }

    /// The chance of so large a partial correlation if there is none; `None` if too few values are left to tell.
    fn p(&self, overlap: f64) -> Option<f64> {
        let freedom = overlap - self.held.len() as f64 - 3.0;
        let z = self.partial().clamp(-0.999_999, 0.999_999).atanh() * freedom.max(0.0).sqrt();
        (freedom >= 16.0).then(|| (2.0 * normal_survival(z.abs())).min(1.0))
    }

    /// Holds a series fixed at an offset; a value that is made of those held already changes nothing.
    fn hold(&mut self, lagged: &Correlations, series: usize, offset: isize) {
        let mut row: Vec<f64> = Vec::with_capacity(self.held.len() + 1);
        // Those of one series are held one after the other.
        let (mut of, mut known) = (series, lagged.between(series, series));
        for ((other, at), factor) in self.held.iter().zip(&self.rows) {
            if *other != of {
                (of, known) = (*other, lagged.between(series, *other));
            }
            let own = known.at(at - offset);
            let Some((diagonal, before)) = factor.split_last() else { return };
            row.push((own - super::granger::dot(before, &row)) / diagonal);
        }
        let pivot = 1.0 - super::granger::dot(&row, &row);
        if pivot.is_nan() || pivot < 1e-4 {
            return;
        }
        let diagonal = pivot.sqrt();
        let with = [lagged.at(self.first, series, offset), lagged.at(self.second, series, offset - self.lag)];
        let share = [0, 1].map(|k| {
            let known: f64 = row.iter().zip(&self.shares).map(|(a, share)| a * share[k]).sum();
            (with[k] - known) / diagonal
        });
        self.rest[0] -= share[0] * share[0];
        self.rest[1] -= share[1] * share[1];
        self.rest[2] -= share[0] * share[1];
        row.push(diagonal);
        self.held.push((series, offset));
        self.rows.push(row);
        self.shares.push(share);
    }

    fn partial(&self) -> f64 {
        let [first, second, both] = self.rest;
        // Nothing is left of one of them: it is made of what is held fixed, and so is the relation.
        if first <= 1e-6 || second <= 1e-6 { 0.0 } else { (both / (first * second).sqrt()).clamp(-1.0, 1.0) }
    }
}

/// Takes back what would leave the ends of an edge without a path.
fn reconnect(edges: &[Edge], verdicts: &mut [Verdict]) {
    let most = edges.iter().map(|edge| edge.first.max(edge.second)).max().map_or(0, |most| most + 1);
    let mut parents: Vec<usize> = (0..most).collect();
    let mut dropped: Vec<(usize, f64)> = Vec::new();
    for (index, (edge, verdict)) in edges.iter().zip(verdicts.iter()).enumerate() {
        match verdict {
            Verdict::Explained(why) => dropped.push((index, why.correlation.abs())),
            _ => join(&mut parents, edge.first, edge.second),
        }
    }
    order::sort_by(&mut dropped, |x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
    let mut rest = dropped.as_slice();
    while let Some((_, strongest)) = rest.first() {
        let equals = rest.iter().take_while(|(_, strength)| *strength >= strongest - ROUNDING).count();
        let (group, weaker) = rest.split_at(equals);
        let mut is_cut = |index: usize| {
            edges.get(index).is_some_and(|edge| root(&mut parents, edge.first) != root(&mut parents, edge.second))
        };
        let back: Vec<usize> = group.iter().map(|(index, _)| *index).filter(|index| is_cut(*index)).collect();
        for index in back {
            if let (Some(edge), Some(verdict)) = (edges.get(index), verdicts.get_mut(index)) {
                *verdict = Verdict::Stays;
                join(&mut parents, edge.first, edge.second);
            }
        }
        rest = weaker;
    }
}

fn root(parents: &mut [usize], of: usize) -> usize {
    let mut at = of;
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

fn join(parents: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b)] = a.min(b);
}
