//! Aggregations of Elasticsearch and OpenSearch: date histograms, in any nesting with terms, filters, ranges and composite
//! buckets. Buckets other than those of time become labels (with underscores for the points of a field's name), metrics
//! beneath them become series, and so does the number of documents.

use super::naming::settle;
use crate::Format;
use crate::cell::timestamp::{EpochUnit, Stamp};
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value, stamp_of_count, stamp_of_text};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use series::{Declared, Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::ElasticJson, probe, is_table: false, read };

/// From this size on a bucket's number is a time in milliseconds (March 1973).
const LEAST_TIME: f64 = 1e11;

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    json.has("aggregations/*/buckets")
        || json.has("aggs/*/buckets")
        || json.has("aggregations/*/*/buckets")
        || json.has("took") && (json.has("_shards") || json.has("timed_out"))
        || json.has("error/root_cause")
        || json.has_at_top("*/buckets/[]/doc_count")
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let mut found = Found::default();
    Json::new(text).documents(&mut |json, position| {
        let path = format!("answer {}", position + 1);
        found.node(json).map_err(|error| error.within_member(&path))
    })?;
    found.finish()
}

#[derive(Default)]
struct Found {
    set: SeriesSet,
    names: Vec<Vec<Identity>>,
    timeless: usize,
    partial: usize,
    others: usize,
    hits: usize,
    failure: Option<String>,
}

/// Where in the nesting a bucket stands.
#[derive(Clone, Default)]
struct Place {
    time: Option<Stamp>,
    labels: Labels,
    /// The names of the aggregations around it that give no label, and a point behind each.
    prefix: String,
    /// The name of the outermost aggregation.
    root: String,
}

impl Found {
    /// An answer, or what answers are wrapped in.
    fn node(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.node(json)),
            Kind::Object => json.object(&mut |json, name| self.member(json, name)),
            _ => json.skip(),
        }
    }

    fn member(&mut self, json: &mut Json<'_, '_>, name: &str) -> Result<(), Error> {
        match (name, json.peek()?) {
            ("aggregations" | "aggs", Kind::Object) => json.object(&mut |json, name| self.outermost(json, plain(name))),
            ("response" | "rawResponse" | "responses" | "body", Kind::Object | Kind::List) => self.node(json),
            ("timed_out" | "is_partial", Kind::Bool) => {
                self.partial += usize::from(json.truth()?);
                Ok(())
            }
            ("_shards", Kind::Object) => {
                let shards = json.value()?;
                let failed = shards.get("failed").and_then(Value::as_f64);
                self.partial += usize::from(failed.is_some_and(|failed| failed > 0.0));
                Ok(())
            }
            ("hits", Kind::Object) => json.object(&mut |json, name| match (name, json.peek()?) {
                ("hits", Kind::List) => json.list(&mut |_, _| {
                    self.hits += 1;
                    Ok(())
                }),
                _ => Ok(()),
            }),
            ("error", Kind::Object) => {
                let error = json.value()?;
                self.failure = error.get("reason").and_then(Value::as_str).map(|reason| excerpt(reason, 300));
                Ok(())
            }
            // The aggregations alone.
            (_, Kind::Object) if !matches!(name, "_clusters" | "profile" | "suggest" | "status") => {
                self.outermost(json, plain(name))
            }
            _ => Ok(()),
        }
    }

    /// An outermost aggregation; its buckets are taken one by one.
    fn outermost(&mut self, json: &mut Json<'_, '_>, name: &str) -> Result<(), Error> {
        if json.peek()? != Kind::Object {
            return Ok(());
        }
        let place = Place { root: name.to_owned(), ..Place::default() };
        let mut rest = Vec::new();
        json.object(&mut |json, member| {
            match (member, json.peek()?) {
                ("buckets", Kind::List) => {
                    return json.list(&mut |json, _| {
                        let bucket = json.value()?;
                        self.bucket(name, None, &bucket, &place)
                    });
                }
                ("buckets", Kind::Object) => {
                    return json.object(&mut |json, key| {
                        let bucket = json.value()?;
                        self.bucket(name, Some(key), &bucket, &place)
                    });
                }
                (member, _) => {
                    let member = member.to_owned();
                    rest.push((member, json.value()?));
                }
            }
            Ok(())
        })?;
        self.aggregation(name, &Value::Object(rest), &place)
    }

    /// An aggregation: buckets, one bucket, or a metric.
    fn aggregation(&mut self, name: &str, aggregation: &Value, place: &Place) -> Result<(), Error> {
        let members = aggregation.members();
        let others = aggregation.get("sum_other_doc_count").and_then(Value::as_f64);
        self.others += usize::from(others.is_some_and(|others| others > 0.0));
        if let Some(buckets) = aggregation.get("buckets") {
            for bucket in buckets.items() {
                self.bucket(name, None, bucket, place)?;
            }
            for (key, bucket) in buckets.members() {
                self.bucket(name, Some(key), bucket, place)?;
            }
            return Ok(());
        }
        if aggregation.get("doc_count").is_some() {
            // One bucket: a filter, or a nested document.
            let mut inner = place.clone();
            inner.prefix = format!("{}{name}.", place.prefix);
            return self.contents(aggregation, &inner);
        }
        if let Some(value) = aggregation.get("value").and_then(Value::as_measure) {
            self.push(name, Labels::new(), value, place);
        } else if let Some(values) = aggregation.get("values") {
            let pair = |item: &Value| Some((item.get("key")?.to_label()?, item.get("value")?.as_measure()?));
            let listed = values.items().iter().filter_map(pair);
            let keyed = values.members().iter().filter(|(key, _)| !key.ends_with("_as_string"));
            let keyed = keyed.filter_map(|(key, value)| Some((key.clone(), value.as_measure()?)));
            let all: Vec<(String, f64)> = listed.chain(keyed).collect();
            for (percentile, value) in all {
                self.push(name, [("percentile", percentile)].into_iter().collect(), value, place);
            }
        } else {
            // Statistics: min, max, avg, sum and their kin. Other aggregations without numbers have none.
            for (statistic, value) in
                members.iter().filter(|(name, _)| name != "meta" && !name.starts_with("doc_count"))
            {
                match value {
                    Value::Number(value) => {
                        self.push(name, [("statistic", statistic)].into_iter().collect(), *value, place);
                    }
                    Value::Null if place.time.is_some() => {
                        self.push(name, [("statistic", statistic)].into_iter().collect(), f64::NAN, place);
                    }
                    // `std_deviation_bounds` is one level deeper; aggregations without a bucket of their own are none.
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn bucket(&mut self, name: &str, key: Option<&str>, bucket: &Value, place: &Place) -> Result<(), Error> {
        let mut inner = place.clone();
        let label = name.replace('.', "_");
        let written = bucket.get("key_as_string").and_then(Value::as_str);
        match bucket.get("key") {
            Some(Value::Object(sources)) => {
                for (source, value) in sources {
                    match composite_time(value) {
                        Some(stamp) if inner.time.is_none() => inner.time = Some(stamp),
                        _ => {
                            inner.labels.insert(source.replace('.', "_"), value.to_label().unwrap_or_default());
                        }
                    }
                }
            }
            Some(Value::Number(count)) => match bucket_time(*count, written) {
                Some(stamp) => inner.time = Some(stamp),
                None => {
                    inner.labels.insert(label, written.map_or_else(|| count.to_string(), str::to_owned));
                }
            },
            // Several terms are a list.
            Some(Value::List(keys)) => {
                let keys: Vec<String> = keys.iter().filter_map(Value::to_label).collect();
                inner.labels.insert(label, keys.join("|"));
            }
            Some(other) => {
                inner.labels.insert(label, other.to_label().unwrap_or_default());
            }
            None => match key {
                Some(key) => match stamp_of_text(key, Some(EpochUnit::Milliseconds)).filter(|_| key.len() >= 10) {
                    Some(stamp) => inner.time = Some(stamp),
                    None => {
                        inner.labels.insert(label, key);
                    }
                },
                None => inner.prefix = format!("{}{name}.", place.prefix),
            },
        }
        self.contents(bucket, &inner)?;
        self.set.refuse_too_many()
    }

    /// The number of documents in a bucket, and the aggregations in it.
    fn contents(&mut self, bucket: &Value, place: &Place) -> Result<(), Error> {
        if let Some(count) = bucket.get("doc_count").and_then(Value::as_f64) {
            self.push("doc_count", Labels::new(), count, place);
        }
        for (name, inner) in bucket.members() {
            if matches!(inner, Value::Object(_)) && !matches!(name.as_str(), "key" | "meta") {
                self.aggregation(plain(name), inner, place)?;
            }
        }
        Ok(())
    }

    fn push(&mut self, name: &str, more: Labels, value: f64, place: &Place) {
        let Some(stamp) = place.time else {
            self.timeless += 1;
            return;
        };
        let mut labels = place.labels.clone();
        for (name, value) in more.iter() {
            labels.insert(name, value);
        }
        let metric = format!("{}{name}", place.prefix);
        let key = format!("{}\u{1f}{metric}\u{1f}{labels}", place.root);
        let position = self.set.position(Identity { name: key, ..Identity::default() });
        if position == self.names.len() {
            let qualified = Identity::of(Some(format!("{}.{metric}", place.root)), labels.clone());
            self.names.push(vec![Identity::of(Some(metric), labels), qualified]);
        }
        if let Some(entry) = self.set.entry(position) {
            // Every bucket counts anew.
            entry.declared = Declared::Gauge;
        }
        self.set.push_at(position, stamp, value);
    }

    fn finish(mut self) -> Result<Body, Error> {
        if self.set.sample_count() == 0 {
            if let Some(reason) = self.failure {
                let message = format!("{}.", reason.trim_end_matches('.'));
                return Err(Error::ServerFailed { kind: "Elasticsearch".to_owned(), message });
            }
            if self.hits > 0 && self.timeless == 0 {
                return Err(Error::Unsupported {
                    looks_like: format!("a search result with {} and no aggregation", plural(self.hits, "hit", "hits")),
                    remedy: "Ask for a date_histogram over the time field with the metrics in it (size 0).".to_owned(),
                });
            }
        }
        let seen = if self.timeless > 0 { "no bucket has a time" } else { "the aggregations have no buckets" };
        self.set.refuse_empty(seen, "Ask for a date_histogram over a range of time that has documents.")?;
        settle(&mut self.set, &self.names);
        let notes = &mut self.set.notes;
        notes.add(
            NoteKind::Dropped,
            self.timeless,
            format!("{} outside of any date histogram left out", plural(self.timeless, "number", "numbers")),
        );
        notes.add(
            NoteKind::Dropped,
            self.others,
            format!(
                "{} not all terms (sum_other_doc_count); ask for a larger size to have the others",
                plural(self.others, "list of buckets has", "lists of buckets have")
            ),
        );
        notes.add(
            NoteKind::SourceWarning,
            self.partial,
            "The answer is not complete: the search timed out, or shards failed",
        );
        notes.add(
            NoteKind::Dropped,
            self.hits,
            format!("{} left out; only aggregations are read", plural(self.hits, "hit was", "hits were")),
        );
        Ok(self.set.into())
    }
}

/// The name without the type that `typed_keys` puts in front (`avg#latency`).
fn plain(name: &str) -> &str {
    name.split_once('#').map_or(name, |(_, name)| name)
}

/// The time of a bucket; none if its number counts something else. A date histogram writes its times as text, too; where
/// that is missing, only whole seconds are taken for times, as identifiers can be as large.
fn bucket_time(count: f64, written: Option<&str>) -> Option<Stamp> {
    let is_time = match written {
        Some(text) if text.len() >= 8 && stamp_of_text(text, None).is_some() => count.abs() >= 1e8,
        Some(_) => count >= LEAST_TIME,
        None => (LEAST_TIME..1e14).contains(&count) && count % 1000.0 == 0.0,
    };
    is_time.then(|| stamp_of_count(count, Some(EpochUnit::Milliseconds))).flatten()
}

/// The time of a source of composite buckets; none if it is something else.
fn composite_time(value: &Value) -> Option<Stamp> {
    match value {
        Value::Number(count) => bucket_time(*count, None),
        Value::Text(text) if text.len() >= 10 && !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            stamp_of_text(text, None)
        }
        _ => None,
    }
}
