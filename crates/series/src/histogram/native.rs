//! Native histograms: samples that are whole histograms with buckets of their own.

use super::QUANTILES;
use crate::columns::is_cumulative;
use crate::{Identity, Kind, Labels, Series, TimeAxis, Unit};
use std::sync::Arc;

/// Which bounds of a bucket do not belong to it. The Prometheus API writes the place in this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenBounds {
    /// `(lower, upper]`.
    Lower,
    /// `[lower, upper)`.
    Upper,
    /// `(lower, upper)`.
    Both,
    /// `[lower, upper]`, the bucket around zero.
    Neither,
}

impl OpenBounds {
    /// The rule by the number that the API writes (0 to 3).
    pub fn from_rule(rule: u64) -> Option<Self> {
        [Self::Lower, Self::Upper, Self::Both, Self::Neither].get(usize::try_from(rule).ok()?).copied()
    }
}

/// One bucket of a native histogram: `count` observations between `lower` and `upper`, not cumulative.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NativeBucket {
    /// Which bounds belong to it.
    pub open: OpenBounds,
    /// The lower bound; −∞ only in histograms with bounds of their own.
    pub lower: f64,
    /// The upper bound; ∞ only in histograms with bounds of their own, or beyond the largest number.
    pub upper: f64,
    /// The number of observations; a fraction where it is a rate.
    pub count: f64,
}

/// One sample of a native histogram. Empty buckets need not be listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NativeHistogram {
    /// All observations, those that were no number included.
    pub count: f64,
    /// The sum of all observations.
    pub sum: f64,
    /// The buckets, ascending.
    pub buckets: Vec<NativeBucket>,
}

impl NativeHistogram {
    /// The quantile `q` (0 to 1), by the rules of Prometheus 3.
    ///
    /// In a bucket of an exponential schema (bounds 2^(i · 2^−s)) the observations count as evenly spread over the
    /// logarithm; in the bucket around zero, and between bounds of any other kind, over the values. The bucket around zero ends
    /// at 0 on the side on which there are no observations. An infinite bound is answered by the other one, but below a
    /// positive one the bucket begins at 0. Ranks are counted from the nearer end. NaN without observations; the
    /// highest bound where the rank is beyond all buckets, as observations that are no number make it.
    pub fn quantile(&self, q: f64) -> f64 {
        self.quantile_of(q, self.is_exponential())
    }

    fn quantile_of(&self, q: f64, is_exponential: bool) -> f64 {
        if self.count.is_nan() || self.count <= 0.0 || self.count.is_infinite() {
            return f64::NAN;
        }
        // Observations that are no number are in no bucket, so that only the lower end is where ranks can be counted from.
        let from_below = self.sum.is_nan() || q < 0.5;
        let rank = if from_below { q * self.count } else { (1.0 - q) * self.count };
        let mut passed = 0.0;
        let mut found = None;
        let mut reach = |bucket: &NativeBucket| {
            passed += bucket.count;
            found = Some(*bucket);
            passed >= rank
        };
        let is_filled = |bucket: &&NativeBucket| bucket.count > 0.0;
        let _ = if from_below {
            self.buckets.iter().filter(is_filled).any(&mut reach)
        } else {
            self.buckets.iter().rev().filter(is_filled).any(&mut reach)
        };
        let Some(mut bucket) = found else { return f64::NAN };
        if bucket.lower < 0.0 && bucket.upper > 0.0 && is_exponential {
            let (has_below, has_above) = self.sides();
            match (has_below, has_above) {
                (false, true) => bucket.lower = 0.0,
                (true, false) => bucket.upper = 0.0,
                _ => {}
            }
        }
        if bucket.lower == f64::NEG_INFINITY {
            if bucket.upper <= 0.0 {
                return bucket.upper;
            }
            bucket.lower = 0.0;
        }
        if bucket.upper == f64::INFINITY {
            return bucket.lower;
        }
        let passed = passed.min(self.count);
        if passed < rank {
            return bucket.upper;
        }
        let inside = if from_below { rank - (passed - bucket.count) } else { passed - rank };
        let share = (inside / bucket.count).clamp(0.0, 1.0);
        if !is_exponential || (bucket.lower <= 0.0 && bucket.upper >= 0.0) {
            return bucket.lower + (bucket.upper - bucket.lower) * share;
        }
        // Below zero the logarithms run the other way.
        let (near, far, share) = if bucket.lower > 0.0 {
            (bucket.lower, bucket.upper, share)
        } else {
            (-bucket.upper, -bucket.lower, 1.0 - share)
        };
        let size = (near.log2() + (far.log2() - near.log2()) * share).exp2();
        if bucket.lower > 0.0 { size } else { -size }
    }

    /// Whether there are observations in buckets wholly below and wholly above zero.
    fn sides(&self) -> (bool, bool) {
        let any = |is_side: fn(&NativeBucket) -> bool| self.buckets.iter().any(|one| one.count > 0.0 && is_side(one));
        (
            any(|bucket| bucket.upper <= 0.0 && bucket.lower < 0.0),
            any(|bucket| bucket.lower >= 0.0 && bucket.upper > 0.0),
        )
    }

    /// The exponential schema s of the buckets, whose bounds are 2^(i · 2^−s); none if any is not, or if there are none
    /// but the one around zero.
    fn schema(&self) -> Option<i32> {
        let mut schema = None;
        for bucket in self.buckets.iter().filter(|bucket| !bucket.is_around_zero()) {
            let found = bucket.schema()?;
            if *schema.get_or_insert(found) != found {
                return None;
            }
        }
        schema
    }

    fn is_exponential(&self) -> bool {
        self.schema().is_some() || self.buckets.iter().all(NativeBucket::is_around_zero)
    }

    /// What was observed from `self` to the `later` sample; the later one whole, if it began again in between: if its
    /// count or one of its buckets is less.
    ///
    /// Where one of the two has finer buckets (the resolution is halved when they become too many), they are put
    /// together to the other's. Buckets that only one has count as empty in the other.
    #[must_use]
    pub fn increase_to(&self, later: &Self) -> Self {
        let bounds = Bounds::coarsest([self, later]);
        let (before, after) = (bounds.merged(self), bounds.merged(later));
        let count_before =
            |bucket: &NativeBucket| before.iter().find(|one| one.is_same(bucket)).map_or(0.0, |one| one.count);
        let has_shrunk = |one: &NativeBucket| {
            one.count > after.iter().find(|bucket| bucket.is_same(one)).map_or(0.0, |bucket| bucket.count)
        };
        // A finer resolution comes with a new process only.
        if later.count < self.count || before.iter().any(has_shrunk) {
            return later.clone();
        }
        let buckets = after
            .iter()
            .map(|bucket| NativeBucket { count: bucket.count - count_before(bucket), ..*bucket })
            .filter(|bucket| bucket.count != 0.0)
            .collect();
        Self { count: later.count - self.count, sum: later.sum - self.sum, buckets }
    }
}

impl NativeBucket {
    fn is_around_zero(&self) -> bool {
        self.lower <= 0.0 && self.upper >= 0.0 && self.open == OpenBounds::Neither && self.lower == -self.upper
    }

    fn is_same(&self, other: &Self) -> bool {
        let is_near = |a: f64, b: f64| a == b || (a - b).abs() <= 1e-9 * a.abs();
        is_near(self.lower, other.lower) && is_near(self.upper, other.upper)
    }

    /// The exponential schema that the bounds follow, from −4 to 8 as Prometheus has them.
    fn schema(&self) -> Option<i32> {
        let (near, far) = if self.lower > 0.0 { (self.lower, self.upper) } else { (-self.upper, -self.lower) };
        if near.is_nan() || near <= 0.0 || !far.is_finite() {
            return None;
        }
        let schema = -(far.log2() - near.log2()).log2();
        let rounded = schema.round();
        // Bounds are written to 15 digits or more.
        let is_whole = |place: f64| (place - place.round()).abs() < 1e-6;
        let is_bound = |bound: f64| is_whole(bound.log2() * rounded.exp2());
        ((-4.0..=8.0).contains(&rounded) && (schema - rounded).abs() < 1e-6 && is_bound(near) && is_bound(far))
            .then_some(rounded as i32)
    }
}

/// The bounds that two histograms have in common.
struct Bounds {
    /// The coarser of the two schemas; none for bounds of another kind, which stay as they are.
    schema: Option<i32>,
    /// The upper bound of the bucket around zero.
    zero: f64,
}

impl Bounds {
    fn coarsest(histograms: [&NativeHistogram; 2]) -> Self {
        let schemas = histograms.map(NativeHistogram::schema);
        let schema =
            if histograms.iter().all(|one| one.is_exponential()) { schemas.into_iter().flatten().min() } else { None };
        let zero = histograms
            .iter()
            .flat_map(|one| &one.buckets)
            .filter(|bucket| bucket.is_around_zero())
            .map(|bucket| bucket.upper)
            .fold(0.0, f64::max);
        Self { schema, zero }
    }

    /// The buckets of a histogram on these bounds.
    fn merged(&self, histogram: &NativeHistogram) -> Vec<NativeBucket> {
        let mut merged: Vec<NativeBucket> = Vec::with_capacity(histogram.buckets.len());
        for bucket in &histogram.buckets {
            let widened = self.widened(*bucket);
            match merged.iter_mut().rev().find(|one| one.is_same(&widened)) {
                Some(one) => one.count += widened.count,
                None => merged.push(widened),
            }
        }
        merged
    }

    fn widened(&self, bucket: NativeBucket) -> NativeBucket {
        let Some(schema) = self.schema else { return bucket };
        let nearer = bucket.lower.abs().min(bucket.upper.abs());
        // The bucket around zero grows over whole buckets.
        if bucket.is_around_zero() || nearer < self.zero * (1.0 - 1e-9) {
            return NativeBucket { open: OpenBounds::Neither, lower: -self.zero, upper: self.zero, ..bucket };
        }
        let is_below = bucket.upper <= 0.0;
        let far = if is_below { -bucket.lower } else { bucket.upper };
        let width = f64::from(-schema).exp2();
        // The place of the bucket's far bound; a hair less, so that a bound that is one stays it.
        let place = (far.log2() / width - 1e-6).ceil();
        let (near, far) = (((place - 1.0) * width).exp2(), (place * width).exp2());
        let (lower, upper) = if is_below { (-far, -near) } else { (near, far) };
        NativeBucket { lower, upper, ..bucket }
    }
}

/// The samples of one series of native histograms, with ascending times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NativeSeries {
    /// The metric's name; none for the result of an expression.
    pub metric: Option<String>,
    /// The labels, without `__name__`.
    pub labels: Labels,
    /// The times, in milliseconds since 1970-01-01 UTC.
    pub times_ms: Vec<i64>,
    /// One histogram per time.
    pub samples: Vec<NativeHistogram>,
}

impl NativeSeries {
    /// The series `X_p50`, `X_p95`, `X_p99`, and `X_count` and `X_sum`, which are counters; X is the metric.
    ///
    /// Quantiles are of what was observed since the sample before (see [`NativeHistogram::increase_to`]), NaN at the
    /// first sample and without observations. Where the counts go down without beginning again the samples are rates
    /// already: then each is taken as it is, and `X_count` and `X_sum` are gauges. Times are sorted, and of equal ones
    /// the last counts. Quantiles without a single value are left out; nothing at all comes of no samples.
    pub fn derive(&self) -> Vec<Series> {
        let (axis, kept, ..) = TimeAxis::from_unsorted(&self.times_ms);
        let samples: Vec<&NativeHistogram> = kept.iter().filter_map(|&position| self.samples.get(position)).collect();
        if samples.is_empty() || samples.len() != axis.len() {
            return Vec::new();
        }
        let axis = Arc::new(axis);
        let counts: Vec<f64> = samples.iter().map(|sample| sample.count).collect();
        let sums: Vec<f64> = samples.iter().map(|sample| sample.sum).collect();
        let is_cumulative = is_cumulative(&counts);
        // One answer for all samples: a sample with a single bucket may not show what bounds it follows.
        let is_exponential = samples.iter().all(|sample| sample.is_exponential());
        let mut columns = vec![vec![f64::NAN; axis.len()]; QUANTILES.len()];
        let mut before: Option<&NativeHistogram> = None;
        for (index, sample) in samples.iter().enumerate() {
            let observed = match before.replace(sample) {
                Some(before) if is_cumulative => before.increase_to(sample),
                None if is_cumulative => continue,
                _ => (*sample).clone(),
            };
            for ((q, _), column) in QUANTILES.iter().zip(&mut columns) {
                if let Some(slot) = column.get_mut(index) {
                    *slot = observed.quantile_of(*q, is_exponential);
                }
            }
        }
        let unit = Unit::of_metric(self.metric.as_deref().unwrap_or(""));
        let mut derived: Vec<Series> = QUANTILES
            .iter()
            .zip(columns)
            .filter(|(_, values)| values.iter().any(|value| !value.is_nan()))
            .map(|((_, suffix), values)| self.series(suffix, &axis, values, unit.clone()))
            .collect();
        let kind = if is_cumulative { Kind::Counter } else { Kind::Gauge };
        // Observations below zero let a sum fall; then it is no counter.
        let sum_kind = if sums.iter().any(|sum| *sum < 0.0) { Kind::Gauge } else { kind };
        derived.push(Series { kind, ..self.series("count", &axis, counts, Unit::default()) });
        derived.push(Series { kind: sum_kind, ..self.series("sum", &axis, sums, unit) });
        derived
    }

    fn series(&self, suffix: &str, axis: &Arc<TimeAxis>, values: Vec<f64>, unit: Unit) -> Series {
        let identity = Identity::of(Some(super::derived_metric(self.metric.as_deref(), suffix)), self.labels.clone());
        let mut series = Series::new(identity.name, Arc::clone(axis), values);
        series.metric = identity.metric;
        series.labels = identity.labels;
        series.unit = unit;
        series.histogram = Some(super::source(self.metric.as_deref(), &self.labels));
        series
    }
}

/// The text of a native histogram as `promtool tsdb dump` prints it: `{count:1, sum:2, (0.5,1]:1}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NativeText;

impl NativeText {
    /// Reads the text at the start of `text`; returns the histogram and what follows its brace. None if it is none.
    pub fn parse(text: &str) -> Option<(NativeHistogram, &str)> {
        let (inside, rest) = text.trim_start().strip_prefix('{')?.split_once('}')?;
        let mut histogram = NativeHistogram { count: f64::NAN, sum: f64::NAN, buckets: Vec::new() };
        let mut left = inside.trim();
        while !left.is_empty() {
            // A bucket's bounds hold a comma of their own.
            let colon = left.find(':')?;
            let (key, behind) = (left.get(..colon)?.trim(), left.get(colon + 1..)?);
            let end = behind.find(',').unwrap_or(behind.len());
            let value: f64 = behind.get(..end)?.trim().parse().ok()?;
            left = behind.get(end..)?.trim_start_matches(',').trim_start();
            match key {
                "count" => histogram.count = value,
                "sum" => histogram.sum = value,
                _ => histogram.buckets.push(bucket_of(key, value)?),
            }
        }
        // A sum may be NaN, a count not.
        (!histogram.count.is_nan()).then_some((histogram, rest))
    }
}

fn bucket_of(bounds: &str, count: f64) -> Option<NativeBucket> {
    let open = match (bounds.chars().next()?, bounds.chars().last()?) {
        ('(', ']') => OpenBounds::Lower,
        ('[', ')') => OpenBounds::Upper,
        ('(', ')') => OpenBounds::Both,
        ('[', ']') => OpenBounds::Neither,
        _ => return None,
    };
    let (lower, upper) = bounds.get(1..bounds.len() - 1)?.split_once(',')?;
    let (lower, upper) = (lower.trim().parse().ok()?, upper.trim().parse().ok()?);
    Some(NativeBucket { open, lower, upper, count })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> NativeHistogram {
        NativeText::parse(text).unwrap().0
    }

    fn assert_near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
    }

    #[test]
    fn the_text_of_a_dump() {
        let (histogram, rest) =
            NativeText::parse("{count:5, sum:NaN, [-1,-0.5):1, [-0.001,0.001]:1, (0.5,1]:2} 60000").unwrap();
        assert_eq!((histogram.count, histogram.buckets.len(), rest), (5.0, 3, " 60000"));
        assert_eq!(histogram.buckets[2], NativeBucket { open: OpenBounds::Lower, lower: 0.5, upper: 1.0, count: 2.0 });
        assert_eq!(histogram.buckets[0].open, OpenBounds::Upper);
        assert!(histogram.sum.is_nan());
        assert_eq!(read("{count:0, sum:0}"), NativeHistogram::default());
        for other in
            ["", "{}", "{sum:1}", "{count:1", "{count:x}", "{count:1, (1]:2}", "{count:1, 1,2:3}", "{count:1, é:1}"]
        {
            assert_eq!(NativeText::parse(other), None, "{other}");
        }
        assert_eq!(OpenBounds::from_rule(3), Some(OpenBounds::Neither));
        assert_eq!(OpenBounds::from_rule(4), None);
    }

    #[test]
    fn exponential_buckets_are_spread_by_logarithm() {
        let histogram = read("{count:8, sum:9, (0.5,1]:4, (1,2]:4}");
        assert_near(histogram.quantile(0.25), 0.5f64.sqrt());
        assert_near(histogram.quantile(0.75), 2f64.sqrt());
        assert_near(histogram.quantile(1.0), 2.0);
        assert_near(histogram.quantile(0.0), 0.5);
        let below = read("{count:8, sum:-9, [-2,-1):4, [-1,-0.5):4}");
        assert_near(below.quantile(0.25), -(2f64.sqrt()));
        assert_near(below.quantile(1.0), -0.5);
    }

    #[test]
    fn around_zero_and_between_other_bounds_they_are_spread_by_value() {
        let zero = read("{count:4, sum:1, [-0.5,0.5]:2, (0.5,1]:2}");
        assert_near(zero.quantile(0.25), 0.25);
        let both = read("{count:3, sum:0, [-1,-0.5):1, [-0.5,0.5]:1, (0.5,1]:1}");
        assert_near(both.quantile(0.5), 0.0);
        let custom = read("{count:10, sum:9, [-Inf,0.3]:5, (0.3,0.7]:4, (0.7,+Inf]:1}");
        assert_near(custom.quantile(0.25), 0.15);
        assert_near(custom.quantile(0.7), 0.5);
        assert_near(custom.quantile(0.99), 0.7);
        assert_near(read("{count:2, sum:-5, [-Inf,-2]:1, (-2,+Inf]:1}").quantile(0.1), -2.0);
    }

    #[test]
    fn without_observations_there_is_no_quantile_and_nan_has_no_bucket() {
        assert!(read("{count:0, sum:0}").quantile(0.5).is_nan());
        assert!(read("{count:3, sum:1}").quantile(0.5).is_nan());
        assert_near(read("{count:10, sum:NaN, (1,2]:5}").quantile(0.9), 2.0);
    }

    #[test]
    fn what_came_between_two_samples() {
        let before = read("{count:3, sum:3, [-0.001,0.001]:1, (1,2]:2}");
        let after = read("{count:6, sum:8, [-0.001,0.001]:1, (0.5,1]:1, (1,2]:4}");
        assert_eq!(before.increase_to(&after), read("{count:3, sum:5, (0.5,1]:1, (1,2]:2}"));
        assert_eq!(after.increase_to(&before), before, "it began again");
        let moved = read("{count:7, sum:8, (2,4]:7}");
        assert_eq!(before.increase_to(&moved), moved, "more in all, but buckets have lost");
    }

    #[test]
    fn a_halved_resolution_is_no_new_beginning() {
        let fine = read("{count:3, sum:3, [-0.001,0.001]:1, (1,1.414213562373095]:1, (1.414213562373095,2]:1}");
        let coarse = read("{count:7, sum:9, [-0.001,0.001]:2, (1,2]:5}");
        let grown = fine.increase_to(&coarse);
        assert_eq!(grown.count, 4.0);
        assert_eq!(grown.buckets.iter().map(|bucket| bucket.count).collect::<Vec<_>>(), [1.0, 3.0]);
        let wide = read("{count:8, sum:9, [-1.414213562373095,1.414213562373095]:3, (1.414213562373095,2]:5}");
        let grown = fine.increase_to(&wide);
        assert_eq!(grown.buckets.iter().map(|bucket| bucket.count).collect::<Vec<_>>(), [1.0, 4.0]);
    }

    #[test]
    fn a_series_becomes_quantiles_count_and_sum() {
        let series = NativeSeries {
            metric: Some("wait_seconds".into()),
            labels: [("job", "a")].into_iter().collect(),
            times_ms: vec![0, 15_000, 30_000, 45_000],
            samples: [
                "{count:4, sum:4, (0.5,1]:4}",
                "{count:8, sum:9, (0.5,1]:4, (1,2]:4}",
                "{count:8, sum:9, (0.5,1]:4, (1,2]:4}",
                "{count:9, sum:12, (0.5,1]:4, (1,2]:4, (2,4]:1}",
            ]
            .map(read)
            .to_vec(),
        };
        let derived = series.derive();
        let names: Vec<_> = derived.iter().map(|one| one.metric.as_deref().unwrap()).collect();
        assert_eq!(
            names,
            ["wait_seconds_p50", "wait_seconds_p95", "wait_seconds_p99", "wait_seconds_count", "wait_seconds_sum"]
        );
        assert_eq!(derived[0].name, "wait_seconds_p50{job=\"a\"}");
        assert_eq!((derived[3].kind, derived[4].kind), (Kind::Counter, Kind::Counter));
        assert_eq!(derived[0].unit, Unit::of(crate::BaseUnit::Seconds));
        assert!(derived[0].values[0].is_nan() && derived[0].values[2].is_nan());
        assert_near(derived[0].values[1], 2f64.sqrt());
        assert_near(derived[0].values[3], 8f64.sqrt());
        assert_eq!(derived[4].values, [4.0, 9.0, 9.0, 12.0]);
    }

    #[test]
    fn rates_are_taken_as_they_are() {
        let series = NativeSeries {
            times_ms: vec![0, 15_000],
            samples: vec![read("{count:0.5, sum:1, (1,2]:0.5}"), read("{count:0.3, sum:1, (2,4]:0.3}")],
            ..NativeSeries::default()
        };
        let derived = series.derive();
        assert_eq!(derived[0].name, "p50");
        assert_near(derived[0].values[0], 2f64.sqrt());
        assert_eq!(derived[3].kind, Kind::Gauge);
        assert_eq!(NativeSeries::default().derive(), []);
    }
}
