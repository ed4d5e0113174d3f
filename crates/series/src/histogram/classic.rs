//! Classic histograms: a family of series `X_bucket`, one per upper bound, which the label `le` holds.

use super::QUANTILES;
use super::interpolate::{make_monotone, quantile};
use crate::columns::{increase, is_cumulative, values_at};
use crate::{Identity, Kind, Labels, Note, NoteKind, Series, TimeAxis, Unit, windows};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The reading setting under which histograms stay as their buckets.
pub const HISTOGRAM_SETTING: &str = "histograms=buckets";

/// The label that holds a bucket's upper bound.
const BOUND_LABEL: &str = "le";
/// What the name of a bucket's metric ends with.
const BUCKET: &str = "_bucket";

/// What [`derive_quantiles`] did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Histograms that became quantiles.
    pub histograms: usize,
    /// The series of buckets that left.
    pub buckets: usize,
    /// Of the histograms, those without a single observation, which have no quantile.
    pub silent: usize,
    /// Of the histograms, those whose buckets are rates already.
    pub rates: usize,
    /// Quantiles that were left out, because even the longest windows hold too few observations for them.
    pub sparse: usize,
    /// Samples of histograms at which not every bucket has a value; they have no quantile.
    pub torn: usize,
    /// Series of buckets that stay as they are, because they are no whole histogram.
    pub incomplete: usize,
}

impl Found {
    /// The notes that say what was done.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.histograms > 0 {
            let mut message = format!(
                "{} became p50, p95 and p99, each of what was observed between one sample and the next, or over as many \
                 samples as a rare quantile needs",
                counted(self.histograms, "histogram", "histograms", self.buckets)
            );
            if self.rates > 0 {
                message.push_str(&format!("; {} of rates already, taken sample by sample", self.rates));
            }
            if self.sparse > 0 {
                let quantiles =
                    if self.sparse == 1 { "1 quantile".to_owned() } else { format!("{} quantiles", self.sparse) };
                message.push_str(&format!("; {quantiles} left out for too few observations"));
            }
            if self.silent > 0 {
                message.push_str(&format!("; {} without any observation", self.silent));
            }
            let note = Note::new(NoteKind::Derived, self.histograms as u64, message);
            notes.push(note.undone_by(HISTOGRAM_SETTING));
        }
        if self.torn > 0 {
            let message = format!("{} of histograms lack a bucket and have no quantile", samples(self.torn));
            notes.push(Note::new(NoteKind::Gap, self.torn as u64, message).undone_by(HISTOGRAM_SETTING));
        }
        if self.incomplete > 0 {
            let message = format!(
                "{} kept as {}: a histogram needs two buckets or more that have times in common, and le=\"+Inf\" or a \
                 _count",
                if self.incomplete == 1 {
                    "1 bucket was".to_owned()
                } else {
                    format!("{} buckets were", self.incomplete)
                },
                if self.incomplete == 1 { "it is" } else { "they are" }
            );
            notes.push(Note::new(NoteKind::Assumption, self.incomplete as u64, message));
        }
        notes
    }
}

fn counted(count: usize, one: &str, many: &str, buckets: usize) -> String {
    format!("{count} {} ({buckets} series of buckets)", if count == 1 { one } else { many })
}

fn samples(count: usize) -> String {
    if count == 1 { "1 sample".to_owned() } else { format!("{count} samples") }
}

/// Replaces the buckets of every histogram by the series `X_p50`, `X_p95` and `X_p99`, which stand where its first
/// bucket stood and have the unit of the measured quantity. `X_count` and `X_sum` stay.
///
/// Each value is the quantile of what was observed in a window that ends with its sample: of the increase of the buckets,
/// as `histogram_quantile(q, increase(X_bucket[w]))` gives. The windows lie side by side, so that no observation is in two
/// values, and each spans one sample or, where few observations come between two, as many as the quantile needs
/// (fifty beyond it, in nine of ten windows); it then has no value at the samples between. If any bucket falls, the process
/// began again and all buckets count from zero. Where the buckets go down without beginning again they are rates (or
/// observations per interval) already, and each sample is taken as it is. NaN at the first sample of a counter, without
/// observations, and where a bucket has no value; the next value then speaks of the longer time.
///
/// A histogram needs two buckets and the count of all observations: `le="+Inf"`, else `X_count` on the same times.
/// Whatever is less stays as it is and is counted.
pub fn derive_quantiles(series: &mut Vec<Series>) -> Found {
    let families = families(series);
    let mut found = Found::default();
    if families.is_empty() {
        return found;
    }
    let mut taken: HashSet<String> = series.iter().map(|one| one.name.clone()).collect();
    // The series that come in place of the one at each position; none for those that stay.
    let mut replaced: Vec<Option<Vec<Series>>> = series.iter().map(|_| None).collect();
    for family in &families {
        let Some(whole) = family.whole(series) else {
            found.incomplete += family.buckets.len();
            continue;
        };
        let derived = whole.quantiles();
        found.sparse +=
            if derived.is_observed { derived.columns.iter().filter(|column| column.is_none()).count() } else { 0 };
        found.histograms += 1;
        found.buckets += family.buckets.len();
        found.silent += usize::from(!derived.is_observed);
        found.rates += usize::from(!whole.is_cumulative);
        found.torn += derived.torn;
        let mut new = Vec::new();
        for ((_, suffix), values) in QUANTILES.iter().zip(derived.columns) {
            if let Some(values) = values {
                new.push(family.series(suffix, &whole, values, &mut taken));
            }
        }
        for &(_, position) in &family.buckets {
            if let Some(slot) = replaced.get_mut(position) {
                *slot = Some(std::mem::take(&mut new));
            }
        }
    }
    for family in &families {
        // Buckets that stay are of one histogram, too.
        let parts = family.buckets.iter().map(|(_, position)| *position).chain(family.count).chain(family.sum);
        for position in parts {
            if let Some(part) = series.get_mut(position) {
                part.histogram = Some(family.source());
            }
        }
    }
    let old = std::mem::take(series);
    for (one, replacement) in old.into_iter().zip(replaced) {
        match replacement {
            Some(new) => series.extend(new),
            None => series.push(one),
        }
    }
    found
}

/// Of each series whether it counts up because its histogram does: the buckets, the `X_count` and the `X_sum` of every
/// family that [`derive_quantiles`] takes for one of counters. They are as good as declared as counters.
pub fn cumulative_parts(series: &[Series]) -> Vec<bool> {
    let mut is_part = vec![false; series.len()];
    for family in families(series) {
        if family.whole(series).is_some_and(|whole| whole.is_cumulative) {
            let buckets = family.buckets.iter().map(|(_, position)| *position);
            for position in buckets.chain(family.count).chain(family.sum) {
                if let Some(is_part) = is_part.get_mut(position) {
                    *is_part = true;
                }
            }
        }
    }
    is_part
}

/// The buckets of one histogram.
struct Family {
    /// The metric without `_bucket`; none where the source names none (the result of an expression).
    stem: Option<String>,
    /// The labels without `le`.
    labels: Labels,
    /// Upper bounds and positions among the series, in the order of the series.
    buckets: Vec<(f64, usize)>,
    /// The position of `X_count`.
    count: Option<usize>,
    /// The position of `X_sum`.
    sum: Option<usize>,
    /// The unit of `X_sum`, which is that of the quantity.
    unit: Unit,
}

fn families(series: &[Series]) -> Vec<Family> {
    let mut positions: HashMap<(Option<String>, Labels), usize> = HashMap::new();
    let mut families: Vec<Family> = Vec::new();
    for (position, one) in series.iter().enumerate() {
        let Some((stem, labels, bound)) = bucket(one) else { continue };
        let key = (stem, labels);
        let family = match positions.get(&key) {
            Some(family) => *family,
            None => {
                let (stem, labels) = key.clone();
                let unit = Unit::of_metric(stem.as_deref().unwrap_or(""));
                families.push(Family { stem, labels, buckets: Vec::new(), count: None, sum: None, unit });
                positions.insert(key, families.len() - 1);
                families.len() - 1
            }
        };
        if let Some(family) = families.get_mut(family) {
            family.buckets.push((bound, position));
        }
    }
    for (position, one) in series.iter().enumerate() {
        let metric = one.metric.as_deref().unwrap_or("");
        let (stem, is_sum) = match (metric.strip_suffix("_count"), metric.strip_suffix("_sum")) {
            (Some(stem), _) => (stem, false),
            (_, Some(stem)) => (stem, true),
            _ => continue,
        };
        let key = (Some(stem.to_owned()), one.labels.clone());
        let Some(family) = positions.get(&key).and_then(|family| families.get_mut(*family)) else { continue };
        if !is_sum {
            family.count = Some(position);
            continue;
        }
        family.sum = Some(position);
        if !one.unit.is_unknown() {
            family.unit = one.unit.clone();
        }
    }
    families
}

/// What a bucket belongs to, and its upper bound; none for any other series.
fn bucket(series: &Series) -> Option<(Option<String>, Labels, f64)> {
    let bound = series.labels.get(BOUND_LABEL)?.trim().parse::<f64>().ok().filter(|bound| !bound.is_nan())?;
    // An expression over buckets has no name, or is named by its text.
    let stem = match series.metric.as_deref() {
        None | Some("") => None,
        Some(metric) => Some(metric.strip_suffix(BUCKET).unwrap_or(metric).to_owned()),
    };
    let mut labels = series.labels.clone();
    labels.remove(BOUND_LABEL);
    Some((stem, labels, bound))
}

/// A histogram that has all it needs.
struct Whole<'a> {
    axis: Arc<TimeAxis>,
    /// Ascending; the last is infinite.
    bounds: Vec<f64>,
    /// The values of each bound on the axis.
    columns: Vec<std::borrow::Cow<'a, [f64]>>,
    is_cumulative: bool,
}

struct Derived {
    /// One column per quantile; none for one that has too few observations.
    columns: Vec<Option<Vec<f64>>>,
    /// Whether there are observations at all.
    is_observed: bool,
    /// Samples that lack a bucket.
    torn: usize,
}

impl Family {
    /// The histogram, if it is a whole one.
    fn whole<'a>(&self, series: &'a [Series]) -> Option<Whole<'a>> {
        let mut buckets = self.buckets.clone();
        order::sort_by(&mut buckets, |(a, _), (b, _)| a.total_cmp(b));
        // One bound in two spellings ("1", "1.0") is not one series; which of them holds is not said.
        buckets.dedup_by(|(later, _), (earlier, _)| later == earlier);
        if buckets.last()?.0 != f64::INFINITY {
            buckets.push((f64::INFINITY, self.count?));
        }
        if buckets.len() < 2 {
            return None;
        }
        let all = series.get(buckets.last()?.1)?;
        let axis = Arc::clone(&all.axis);
        let columns: Vec<_> =
            buckets.iter().filter_map(|(_, position)| Some(values_at(series.get(*position)?, &axis))).collect();
        let is_cumulative = all.kind == Kind::Counter || is_cumulative(&all.values);
        let whole = Whole { axis, bounds: buckets.iter().map(|(bound, _)| *bound).collect(), columns, is_cumulative };
        let needed = if is_cumulative { 2 } else { 1 };
        (whole.complete().take(needed).count() == needed).then_some(whole)
    }

    fn source(&self) -> Arc<str> {
        super::source(self.stem.as_deref(), &self.labels)
    }

    fn series(&self, suffix: &str, whole: &Whole<'_>, values: Vec<f64>, taken: &mut HashSet<String>) -> Series {
        let metric = super::derived_metric(self.stem.as_deref(), suffix);
        let identity = Identity::of(Some(metric), self.labels.clone());
        let mut name = identity.name.clone();
        while !taken.insert(name.clone()) {
            name.push_str(" of buckets");
        }
        let mut series = Series::new(name, Arc::clone(&whole.axis), values);
        series.metric = identity.metric;
        series.labels = identity.labels;
        series.unit = self.unit.clone();
        series.histogram = Some(self.source());
        series
    }
}

impl Whole<'_> {
    /// The positions of samples at which every bucket has a value.
    fn complete(&self) -> impl Iterator<Item = usize> {
        (0..self.axis.len()).filter(|&index| self.row(index).all(f64::is_finite))
    }

    fn row(&self, index: usize) -> impl Iterator<Item = f64> {
        self.columns.iter().map(move |column| column.get(index).copied().unwrap_or(f64::NAN))
    }

    fn quantiles(&self) -> Derived {
        let complete: Vec<usize> = self.complete().collect();
        let torn = self.axis.len() - complete.len();
        if !self.is_cumulative {
            let columns: Vec<Vec<f64>> = QUANTILES.iter().map(|&(q, _)| self.column(q, complete.chunks(1))).collect();
            let is_observed = columns.iter().flatten().any(|value| !value.is_nan());
            return Derived {
                columns: columns.into_iter().map(|one| is_observed.then_some(one)).collect(),
                is_observed,
                torn,
            };
        }
        let totals: Vec<f64> = self.columns.last().map_or_else(Vec::new, |all| {
            let value = |index: &usize| all.get(*index).copied().unwrap_or(f64::NAN);
            complete.iter().zip(complete.iter().skip(1)).map(|(a, b)| increase(value(a), value(b))).collect()
        });
        let is_observed = totals.iter().any(|count| *count > 0.0);
        let column = |q: f64| {
            let wanted = OBSERVATIONS_BEYOND / q.min(1.0 - q);
            // A recording of fewer samples has no choice.
            let least = if totals.len() < windows::FEWEST { 0.0 } else { wanted };
            let span = windows::span(wanted, least, &totals).filter(|_| is_observed)?;
            Some(self.column(q, windows::side_by_side(&complete, span)))
        };
        Derived { columns: QUANTILES.iter().map(|&(q, _)| column(q)).collect(), is_observed, torn }
    }

    /// The quantile of what was observed in each window, at its last sample. The window names samples that have all
    /// buckets; one that is alone is taken as it is.
    fn column<'w>(&self, q: f64, windows: impl Iterator<Item = &'w [usize]>) -> Vec<f64> {
        let mut column = vec![f64::NAN; self.axis.len()];
        let mut counts = vec![0.0; self.bounds.len()];
        for window in windows {
            match window {
                &[only] => counts.iter_mut().zip(self.row(only)).for_each(|(count, now)| *count = now),
                _ => self.observed(window, &mut counts),
            }
            make_monotone(&mut counts);
            if let Some(slot) = window.last().and_then(|last| column.get_mut(*last)) {
                *slot = quantile(q, &self.bounds, &counts);
            }
        }
        column
    }

    /// What each bucket counted from the first sample of the window to its last, sample by sample.
    fn observed(&self, window: &[usize], counts: &mut [f64]) {
        counts.fill(0.0);
        for (&before, &index) in window.iter().zip(window.iter().skip(1)) {
            // The buckets of one histogram begin again together.
            let is_reset = self.row(before).zip(self.row(index)).any(|(then, now)| now < then);
            for (count, (then, now)) in counts.iter_mut().zip(self.row(before).zip(self.row(index))) {
                *count += if is_reset { now } else { now - then };
            }
        }
    }
}

/// How many observations a window holds beyond a quantile, on its rarer side. With fewer, a quantile that lies near the end
/// of a bucket falls into the next, wider one every now and then, and such a leap passes for a spike.
const OBSERVATIONS_BEYOND: f64 = 50.0;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TIMES: [i64; 4] = [0, 15, 30, 45];

    fn series(metric: &str, labels: &[(&str, &str)], times: &[i64], values: &[f64]) -> Series {
        let identity = Identity::of(Some(metric.into()), labels.iter().copied().collect());
        let (axis, ..) = TimeAxis::from_unsorted(times);
        let mut series = Series::new(identity.name, Arc::new(axis), values.to_vec());
        (series.metric, series.labels) = (identity.metric, identity.labels);
        series
    }

    fn bucket_of(bound: &str, values: &[f64]) -> Series {
        series("wait_seconds_bucket", &[("job", "a"), ("le", bound)], &TIMES, values)
    }

    fn assert_same(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        let is_same = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12 || a.is_nan() && b.is_nan());
        assert!(is_same, "{found:?} instead of {expected:?}");
    }

    fn names(series: &[Series]) -> Vec<&str> {
        series.iter().map(|one| one.name.as_str()).collect()
    }

    #[test]
    fn buckets_become_quantiles_of_what_came_between_samples() {
        let mut all = vec![
            series("up", &[], &TIMES, &[1.0; 4]),
            bucket_of("+Inf", &[100.0, 110.0, 110.0, 5.0]),
            bucket_of("1", &[100.0, 110.0, 110.0, 5.0]),
            bucket_of("5e-1", &[90.0, 95.0, 95.0, 5.0]),
            series("wait_seconds_count", &[("job", "a")], &TIMES, &[100.0, 110.0, 110.0, 5.0]),
        ];
        let found = derive_quantiles(&mut all);
        let p = |suffix: &str| format!("wait_seconds_{suffix}{{job=\"a\"}}");
        assert_eq!(names(&all), ["up", &p("p50"), &p("p95"), &p("p99"), "wait_seconds_count{job=\"a\"}"]);
        // Five below 0.5 and five below 1; then none; then a new process with five below 0.5.
        assert_same(&all[1].values, &[f64::NAN, 0.5, f64::NAN, 0.25]);
        assert_same(&all[2].values, &[f64::NAN, 0.95, f64::NAN, 0.475]);
        assert_eq!(all[1].unit, Unit::of(crate::BaseUnit::Seconds));
        assert_eq!((all[1].metric.as_deref(), all[1].kind), (Some("wait_seconds_p50"), Kind::Gauge));
        assert_eq!((found.histograms, found.buckets, found.torn, found.incomplete), (1, 3, 0, 0));
        let notes = found.notes();
        assert_eq!((notes.len(), notes[0].kind, notes[0].count), (1, NoteKind::Derived, 1));
        assert_eq!(notes[0].undo.as_deref(), Some("histograms=buckets"));
    }

    #[test]
    fn windows_span_as_many_samples_as_a_rare_quantile_needs() {
        // A hundred in each interval; in the second half ten of them are slow.
        let times: Vec<i64> = (0..601).collect();
        let all: Vec<f64> = times.iter().map(|time| *time as f64 * 100.0).collect();
        let fast: Vec<f64> =
            times.iter().map(|time| all[*time as usize] - 10.0 * (*time - 300).max(0) as f64).collect();
        let of = |bound: &str, values: &[f64]| series("x_bucket", &[("le", bound)], &times, values);
        let mut both = vec![of("1", &fast), of("2", &all), of("+Inf", &all)];
        let found = derive_quantiles(&mut both);
        assert_eq!((names(&both), found.sparse), (vec!["x_p50", "x_p95"], 1));
        let p95 = &both[1].values;
        let present: Vec<usize> = (0..601).filter(|&index| !p95[index].is_nan()).collect();
        assert_eq!(present, (10..=600).step_by(10).collect::<Vec<_>>());
        assert_eq!((p95[300], p95[310]), (0.95, 1.5));
        assert_eq!(both[0].point_count(), 600);
        assert!(found.notes()[0].message.contains("1 quantile left out"), "{}", found.notes()[0].message);
    }

    #[test]
    fn a_new_process_begins_all_buckets_anew() {
        // The first bucket has passed its old count before the sample, the others have not.
        let mut all = vec![bucket_of("1", &[2.0, 3.0, 4.0, 4.0]), bucket_of("+Inf", &[20.0, 22.0, 5.0, 5.0])];
        derive_quantiles(&mut all);
        assert_same(&all[0].values, &[f64::NAN, 1.0, 0.625, f64::NAN]);
    }

    #[test]
    fn parts_of_a_histogram_count_up_together() {
        let of = |metric: &str, values: &[f64]| series(metric, &[("job", "a")], &TIMES, values);
        let restarted = [20.0, 22.0, 5.0, 6.0];
        let parts = |values: &[f64]| {
            let all = [
                of("wait_seconds_count", values),
                bucket_of("1", values),
                bucket_of("+Inf", values),
                of("wait_seconds_sum", &[9.0, 9.5, 1.0, 1.5]),
                of("other_count", values),
            ];
            cumulative_parts(&all)
        };
        assert_eq!(parts(&restarted), [true, true, true, true, false]);
        assert_eq!(parts(&[20.0, 22.0, 21.0, 22.0]), [false; 5], "rates");
    }

    #[test]
    fn rates_are_taken_as_they_are() {
        let mut all = vec![
            series("", &[("le", "1")], &TIMES, &[0.5, 0.25, 0.0, 1.0]),
            series("", &[("le", "+Inf")], &TIMES, &[1.0, 0.75, 0.0, 1.0]),
        ];
        let found = derive_quantiles(&mut all);
        assert_eq!((names(&all), found.rates), (vec!["p50", "p95", "p99"], 1));
        assert_same(&all[0].values, &[1.0, 1.0, f64::NAN, 0.5]);
    }

    #[test]
    fn the_text_of_an_expression_is_a_name() {
        let of =
            |bound: &str| series("sum by (le) (rate(x_bucket[5m]))", &[("le", bound)], &TIMES, &[3.0, 1.0, 3.0, 1.0]);
        let mut all = vec![of("1"), of("+Inf")];
        derive_quantiles(&mut all);
        assert_eq!(all[0].name, "sum by (le) (rate(x_bucket[5m])) p50");
    }

    #[test]
    fn the_count_stands_in_for_the_last_bucket() {
        let count = |times: &[i64]| series("wait_seconds_count", &[("job", "a")], times, &[0.0, 10.0, 20.0, 30.0]);
        let mut all = vec![bucket_of("1", &[0.0, 5.0, 10.0, 15.0]), count(&TIMES)];
        assert_eq!(derive_quantiles(&mut all).histograms, 1);
        assert_same(&all[0].values, &[f64::NAN, 1.0, 1.0, 1.0]);
        assert_eq!(names(&all)[3..], ["wait_seconds_count{job=\"a\"}"], "the count stays");
        let mut all = vec![bucket_of("1", &[0.0, 5.0, 10.0, 15.0]), count(&[1, 16, 31, 46])];
        assert_eq!(derive_quantiles(&mut all).incomplete, 1, "it was never counted at the same time");
    }

    #[test]
    fn what_is_no_whole_histogram_stays_and_is_counted() {
        let summary = series("wait_seconds", &[("quantile", "0.5")], &TIMES, &[1.0; 4]);
        for mut all in [
            vec![bucket_of("+Inf", &[1.0, 2.0, 3.0, 4.0]), summary.clone()],
            vec![bucket_of("1", &[1.0, 2.0, 3.0, 4.0]), bucket_of("2", &[1.0, 2.0, 3.0, 4.0]), summary.clone()],
            vec![bucket_of("+Inf", &[1.0, f64::NAN]), bucket_of("1", &[f64::NAN, 2.0])],
            vec![bucket_of("small", &[1.0; 4])],
        ] {
            let before = all.len();
            let found = derive_quantiles(&mut all);
            assert_eq!((found.histograms, all.len()), (0, before));
            assert_eq!(found.notes().len(), usize::from(found.incomplete > 0));
        }
        // Beside a whole one it does not matter.
        let mut all = vec![
            series("b_bucket", &[("le", "1")], &TIMES, &[1.0; 4]),
            bucket_of("1", &[1.0, 2.0, 3.0, 4.0]),
            bucket_of("+Inf", &[1.0, 2.0, 3.0, 4.0]),
        ];
        let found = derive_quantiles(&mut all);
        assert_eq!((found.histograms, found.incomplete, names(&all)[0]), (1, 1, "b_bucket{le=\"1\"}"));
    }

    #[test]
    fn a_sample_that_lacks_a_bucket_has_no_quantile_and_the_next_spans_it() {
        let mut all = vec![
            series("x_bucket", &[("le", "1")], &[0, 30, 45], &[0.0, 5.0, 10.0]),
            series("x_bucket", &[("le", "+Inf")], &TIMES, &[0.0, 4.0, 10.0, 15.0]),
        ];
        let found = derive_quantiles(&mut all);
        assert_eq!(found.torn, 1);
        assert_same(&all[0].values, &[f64::NAN, f64::NAN, 1.0, 0.5]);
        assert_eq!(found.notes().iter().map(|note| note.kind).collect::<Vec<_>>(), [NoteKind::Derived, NoteKind::Gap]);
    }

    #[test]
    fn without_observations_only_the_buckets_leave() {
        let mut all = vec![bucket_of("1", &[7.0; 4]), bucket_of("+Inf", &[7.0; 4])];
        let found = derive_quantiles(&mut all);
        assert_eq!((all.len(), found.histograms, found.silent), (0, 1, 1));
    }

    #[test]
    fn a_name_that_is_taken_stays_with_its_owner() {
        let mut all = vec![
            series("x_p50", &[], &TIMES, &[1.0; 4]),
            series("x_bucket", &[("le", "1")], &TIMES, &[0.0, 1.0, 2.0, 3.0]),
            series("x_bucket", &[("le", "+Inf")], &TIMES, &[0.0, 1.0, 2.0, 3.0]),
        ];
        derive_quantiles(&mut all);
        assert_eq!(names(&all)[..2], ["x_p50", "x_p50 of buckets"]);
    }
}
