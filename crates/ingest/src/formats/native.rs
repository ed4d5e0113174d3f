//! Native histograms on their way to series.

use crate::json::Json;
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::{Error, cell::timestamp::EpochUnit};
use series::histogram::{NativeBucket, NativeHistogram, NativeSeries, OpenBounds};
use series::{Declared, Identity, Kind, NoteKind};
use std::collections::HashMap;

/// Series of native histograms in the order in which they first came.
#[derive(Default)]
pub(crate) struct NativeSet {
    series: Vec<NativeSeries>,
    positions: HashMap<Identity, usize>,
}

impl NativeSet {
    /// Adds a sample.
    pub(crate) fn push(&mut self, identity: &Identity, time_ms: i64, sample: NativeHistogram) {
        let position = match self.positions.get(identity) {
            Some(position) => *position,
            None => {
                let (metric, labels) = (identity.metric.clone(), identity.labels.clone());
                self.series.push(NativeSeries { metric, labels, ..NativeSeries::default() });
                self.positions.insert(identity.clone(), self.series.len() - 1);
                self.series.len() - 1
            }
        };
        if let Some(series) = self.series.get_mut(position) {
            series.times_ms.push(time_ms);
            series.samples.push(sample);
        }
    }

    /// Adds what is derived from the histograms to other series: quantiles, counts and sums.
    pub(crate) fn derive_into(self, set: &mut SeriesSet) {
        let samples: usize = self.series.iter().map(|series| series.samples.len()).sum();
        for series in &self.series {
            for derived in series.derive() {
                let identity = Identity { name: derived.name, metric: derived.metric, labels: derived.labels };
                let position = set.position(identity);
                let Some(entry) = set.entry(position) else { continue };
                // By its name alone the count of rates would pass for a counter.
                entry.declared = match derived.kind {
                    Kind::Counter => Declared::Counter,
                    Kind::Gauge => Declared::Gauge,
                };
                entry.histogram = derived.histogram;
                for (&time_ms, &value) in derived.axis.times_ms().iter().zip(&derived.values) {
                    entry.samples.push(time_ms, value);
                }
            }
        }
        set.notes.add(
            NoteKind::Derived,
            samples,
            format!(
                "{} of {} became p50, p95 and p99 of what was observed between one sample and the next, and counters of \
                 the number and the sum",
                plural(samples, "sample", "samples"),
                plural(self.series.len(), "native histogram", "native histograms")
            ),
        );
    }
}

/// `[1435781430.781, {"count": "3", "sum": "2.5", "buckets": [[0, "0.5", "1", "3"]]}]`, as the API of Prometheus writes
/// a sample; buckets are rule, lower and upper bound, and count.
///
/// # Errors
/// If it has another shape.
pub(crate) fn sample(json: &mut Json<'_, '_>) -> Result<(i64, NativeHistogram), Error> {
    let mut seconds = f64::NAN;
    let mut histogram = NativeHistogram { count: f64::NAN, sum: f64::NAN, buckets: Vec::new() };
    json.list(&mut |json, position| {
        match position {
            0 => seconds = json.measure()?,
            1 => json.object(&mut |json, name| {
                match name {
                    "count" => histogram.count = json.measure()?,
                    "sum" => histogram.sum = json.measure()?,
                    "buckets" => json.list(&mut |json, _| {
                        histogram.buckets.push(bucket(json)?);
                        Ok(())
                    })?,
                    _ => {}
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    })?;
    if !seconds.is_finite() || histogram.count.is_nan() {
        return Err(refused("a time without a histogram, or the reverse"));
    }
    Ok((EpochUnit::by_magnitude(seconds).to_ms(seconds), histogram))
}

fn bucket(json: &mut Json<'_, '_>) -> Result<NativeBucket, Error> {
    let mut cells = [f64::NAN; 4];
    json.list(&mut |json, position| {
        if let Some(cell) = cells.get_mut(position) {
            *cell = json.measure()?;
        }
        Ok(())
    })?;
    let [rule, lower, upper, count] = cells;
    let open = [0.0, 1.0, 2.0, 3.0]
        .iter()
        .position(|known| *known == rule)
        .and_then(|rule| OpenBounds::from_rule(rule as u64));
    match open {
        Some(open) if lower <= upper && !count.is_nan() => Ok(NativeBucket { open, lower, upper, count }),
        _ => Err(refused("a bucket of another shape")),
    }
}

fn refused(found: &str) -> Error {
    Error::Shape {
        path: String::new(),
        expected: "a time in seconds and a histogram, [1435781430.781, {\"count\": \"3\", \"sum\": \"2.5\", \
                   \"buckets\": [[0, \"0.5\", \"1\", \"3\"]]}]"
            .to_owned(),
        found: found.to_owned(),
        remedy: "Save the server's answer as it is.".to_owned(),
    }
}
