//! Whether the past of one series helps to predict another, both ways.

use super::lag::LagError;
use super::whiten::{WhitenOptions, whiten};
use crate::distribution::f_survival;
use crate::spectrum::bridge;

/// How [`granger`] works.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GrangerOptions {
    /// Highest order that is tried; less where the rows would be under ten per coefficient.
    pub max_order: usize,
    /// The order, where it is known; otherwise the one of the lowest BIC of the bivariate autoregression, at least 1.
    pub order: Option<usize>,
    /// Longest gap, in steps, that is bridged by a straight line.
    pub bridge: usize,
    /// How each series is prewhitened; with none the values are taken as they are, which is right for stationary
    /// series without a common trend or season only.
    pub whiten: Option<WhitenOptions>,
}

impl Default for GrangerOptions {
    fn default() -> Self {
        let whiten = WhitenOptions { difference: false, ..WhitenOptions::default() };
        Self { max_order: 16, order: None, bridge: 3, whiten: Some(whiten) }
    }
}

/// One direction of [`Granger`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GrangerTest {
    /// The F statistic of the coefficients of the other series' past, all of them together.
    pub f: f64,
    /// Chance of so large an F where the other's past does not help.
    pub p: f64,
    /// Coefficients that were tested: the order.
    pub df1: usize,
    /// Rows less coefficients.
    pub df2: usize,
}

/// Granger's test, both ways.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Granger {
    /// Steps of the past that were used of each series.
    pub order: usize,
    /// Steps that were predicted: those with `order` complete steps before them in both series.
    pub rows: usize,
    /// Whether the first series helps to predict the second.
    pub forward: GrangerTest,
    /// Whether the second series helps to predict the first.
    pub backward: GrangerTest,
}

/// Series that are prepared once, for tests between many pairs.
pub struct GrangerPlan {
    prepared: Vec<Vec<f64>>,
    options: GrangerOptions,
}

impl GrangerPlan {
    /// Bridges, prewhitens and centres series of equal length.
    ///
    /// # Errors
    /// [`LagError`] if the lengths differ.
    pub fn new(series: &[&[f64]], options: &GrangerOptions) -> Result<Self, LagError> {
        Self::of_some(series, &|_| true, options)
    }

    /// As [`GrangerPlan::new`], but only the series whose index is `wanted` are tested; the others take no memory.
    ///
    /// # Errors
    /// [`LagError`] if the lengths differ.
    pub fn of_some(
        series: &[&[f64]],
        wanted: &dyn Fn(usize) -> bool,
        options: &GrangerOptions,
    ) -> Result<Self, LagError> {
        let steps = series.first().map_or(0, |s| s.len());
        if let Some((index, other)) = series.iter().enumerate().find(|(_, s)| s.len() != steps) {
            return Err(LagError::UnequalLengths { index, found: other.len(), expected: steps });
        }
        let prepare =
            |(index, values): (usize, &&[f64])| if wanted(index) { prepare(values, options) } else { Vec::new() };
        let prepared = series.iter().enumerate().map(prepare).collect();
        Ok(Self { prepared, options: *options })
    }

    /// The test between series `i` (the first) and `j`, see [`granger`].
    pub fn pair(&self, i: usize, j: usize) -> Option<Granger> {
        self.pair_at(i, j, 1)
    }

    /// As [`pair`](Self::pair), of an order of at least `least`, so that a lag that is known is not beyond the order
    /// that BIC finds worth its coefficients. At most `max_order`.
    pub fn pair_at(&self, i: usize, j: usize, least: usize) -> Option<Granger> {
        test(self.prepared.get(i)?, self.prepared.get(j)?, &self.options, least)
    }
}

/// Granger's F-test between two series, both ways: whether the past of one, beside the other's own past, predicts the
/// other better than its own past alone.
///
/// Both series are first prewhitened, each by its own autoregression (see [`whiten`]); causal filters of each series by
/// itself leave the answer as it is, and take out trends and seasons, which would make the test reject on independent
/// series. Without prewhitening it is what `statsmodels`' `grangercausalitytests` computes (`ssr_ftest`, 1e-6).
///
/// Missing values: gaps up to `bridge` steps are bridged; a row with anything else missing in it is left out.
/// `None` if the lengths differ, a series is constant, one is a copy of the other, or under 32 rows and ten per
/// coefficient remain.
///
/// Source: Granger 1969, Econometrica 37, 424–438.
pub fn granger(first: &[f64], second: &[f64], options: &GrangerOptions) -> Option<Granger> {
    if first.len() != second.len() {
        return None;
    }
    test(&prepare(first, options), &prepare(second, options), options, 1)
}

fn prepare(values: &[f64], options: &GrangerOptions) -> Vec<f64> {
    let mut prepared = bridge(values, options.bridge);
    if let Some(how) = &options.whiten {
        prepared = whiten(&prepared, how).values;
    }
    // The test has a constant of its own; centred, its sums keep their digits.
    let count = prepared.iter().filter(|v| v.is_finite()).count();
    let mean = prepared.iter().filter(|v| v.is_finite()).sum::<f64>() / count.max(1) as f64;
    prepared.iter_mut().for_each(|v| *v -= mean);
    prepared
}

fn test(x: &[f64], y: &[f64], options: &GrangerOptions, least: usize) -> Option<Granger> {
    let complete = complete_runs(x, y);
    let rows_at = |order: usize| complete.iter().map(|(x, _)| x.len().saturating_sub(order)).sum::<usize>();
    let is_enough = |order: usize| rows_at(order) >= 32.max(10 * (2 * order + 1));
    let order = match options.order {
        Some(order) => order,
        None => {
            let most = (1..=options.max_order.max(1)).rev().find(|order| is_enough(*order))?;
            best_order(&complete, most)?.max(least.min(most))
        }
    };
    if order == 0 || !is_enough(order) {
        return None;
    }
    let products = Products::new(&complete, order);
    Some(Granger { order, rows: products.rows, forward: products.f_test(0, 1)?, backward: products.f_test(1, 0)? })
}

/// The stretches in which both series are present.
fn complete_runs<'a>(x: &'a [f64], y: &'a [f64]) -> Vec<(&'a [f64], &'a [f64])> {
    let mut found = Vec::new();
    let mut start = None;
    for t in 0..=x.len().min(y.len()) {
        let present = x.get(t).zip(y.get(t)).is_some_and(|(x, y)| x.is_finite() && y.is_finite());
        match (present, start) {
            (true, None) => start = Some(t),
            (false, Some(from)) => {
                found.push((&x[from..t], &y[from..t]));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// The order of the lowest BIC of the bivariate autoregression, all orders over the same rows.
///
/// With the regressors in the order x₁ y₁ x₂ y₂ …, one Cholesky factor holds those of all lower orders.
fn best_order(complete: &[(&[f64], &[f64])], most: usize) -> Option<usize> {
    let products = Products::new(complete, most);
    let columns: Vec<usize> = (2..2 * (most + 1)).collect();
    let n = products.rows as f64;
    let mut residual = [products.at(0, 0), products.at(0, 1), products.at(1, 1)];
    let mut best = (f64::INFINITY, 1);
    let mut factor = Factor::new(&products, [0, 1]);
    for order in 0..=most {
        if order > 0 {
            for column in &columns[2 * order - 2..2 * order] {
                let Some([a, b]) = factor.push(*column) else { return (order > 1).then_some(best.1) };
                residual = [residual[0] - a * a, residual[1] - a * b, residual[2] - b * b];
            }
        }
        let determinant = residual[0] * residual[2] - residual[1] * residual[1];
        if determinant <= 1e-12 * products.at(0, 0) * products.at(1, 1) {
            return (order > 1).then_some(best.1);
        }
        let criterion = n * (determinant / (n * n)).ln() + 4.0 * order as f64 * n.ln();
        if criterion < best.0 {
            best = (criterion, order.max(1));
        }
    }
    Some(best.1)
}

/// Centred products of all lagged columns. Column 2a + v is series v (0 or 1), a steps ago.
struct Products {
    order: usize,
    rows: usize,
    width: usize,
    values: Vec<f64>,
}

impl Products {
    fn new(complete: &[(&[f64], &[f64])], order: usize) -> Self {
        let width = 2 * (order + 1);
        let mut values = vec![0.0; width * width];
        let mut sums = vec![0.0; width];
        let mut rows = 0;
        for &(x, y) in complete.iter().filter(|(x, _)| x.len() > order) {
            let run = [x, y];
            let n = x.len();
            rows += n - order;
            let mut own = vec![0.0; width * width];
            for (first, u) in run.iter().enumerate() {
                for (second, v) in run.iter().enumerate() {
                    for lag in 0..=order {
                        let sum = dot(&u[order..], &v[order - lag..n - lag]);
                        own[first * width + 2 * lag + second] = sum;
                        own[(2 * lag + second) * width + first] = sum;
                    }
                }
            }
            // One step further back, a product loses its last row and gains one before the first.
            for a in 1..=order {
                for b in 1..=order {
                    for (first, u) in run.iter().enumerate() {
                        for (second, v) in run.iter().enumerate() {
                            own[(2 * a + first) * width + 2 * b + second] =
                                own[(2 * a - 2 + first) * width + 2 * b - 2 + second] + u[order - a] * v[order - b]
                                    - u[n - a] * v[n - b];
                        }
                    }
                }
            }
            values.iter_mut().zip(&own).for_each(|(sum, part)| *sum += part);
            for (column, sum) in sums.iter_mut().enumerate() {
                let lag = column / 2;
                *sum += run[column % 2][order - lag..n - lag].iter().sum::<f64>();
            }
        }
        for (row, a) in sums.iter().enumerate() {
            for (value, b) in values[row * width..(row + 1) * width].iter_mut().zip(&sums) {
                *value -= a * b / rows.max(1) as f64;
            }
        }
        Self { order, rows, width, values }
    }

    fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.width + column]
    }

    /// Whether the lags of series `from` help to predict series `to`.
    fn f_test(&self, from: usize, to: usize) -> Option<GrangerTest> {
        let mut factor = Factor::new(self, [to, to]);
        let total = self.at(to, to);
        let mut residual = total;
        let mut restricted = total;
        for lag in 1..=self.order {
            let [part, _] = factor.push(2 * lag + to)?;
            restricted -= part * part;
            residual = restricted;
        }
        for lag in 1..=self.order {
            let [part, _] = factor.push(2 * lag + from)?;
            residual -= part * part;
        }
        let (df1, df2) = (self.order, self.rows.checked_sub(2 * self.order + 1)?);
        if residual <= 1e-12 * total || df2 == 0 {
            return None;
        }
        let f = ((restricted - residual) / df1 as f64 / (residual / df2 as f64)).max(0.0);
        Some(GrangerTest { f, p: f_survival(f, df1 as f64, df2 as f64), df1, df2 })
    }
}

/// A Cholesky factor that grows by a column at a time, and the share that each column takes of two targets.
struct Factor<'a> {
    products: &'a Products,
    targets: [usize; 2],
    columns: Vec<usize>,
    rows: Vec<Vec<f64>>,
    shares: Vec<[f64; 2]>,
}

impl<'a> Factor<'a> {
    fn new(products: &'a Products, targets: [usize; 2]) -> Self {
        Self { products, targets, columns: Vec::new(), rows: Vec::new(), shares: Vec::new() }
    }

    /// What the next column explains of the targets beyond the former ones; `None` where it is made of them.
    fn push(&mut self, column: usize) -> Option<[f64; 2]> {
        let mut row: Vec<f64> = Vec::with_capacity(self.columns.len() + 1);
        for (known, factor) in self.columns.iter().zip(&self.rows) {
            let (diagonal, before) = factor.split_last()?;
            row.push((self.products.at(column, *known) - dot(before, &row)) / diagonal);
        }
        let own = self.products.at(column, column);
        let pivot = own - dot(&row, &row);
        if pivot.is_nan() || pivot <= 1e-10 * own {
            return None;
        }
        let diagonal = pivot.sqrt();
        let shares = [0, 1].map(|k| {
            let known: f64 = row.iter().zip(&self.shares).map(|(a, share)| a * share[k]).sum();
            (self.products.at(column, self.targets[k]) - known) / diagonal
        });
        row.push(diagonal);
        self.columns.push(column);
        self.rows.push(row);
        self.shares.push(shares);
        Some(shares)
    }
}

/// Σ a·b in eight sums that a processor adds at once.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len().min(b.len());
    let (a, a_rest) = a[..count].as_chunks::<8>();
    let (b, b_rest) = b[..count].as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f64>()
}
