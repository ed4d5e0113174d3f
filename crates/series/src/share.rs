//! The share of requests that failed, from counters that are told apart by a status.

use crate::columns::{increase, values_at};
use crate::{BaseUnit, Identity, Kind, Labels, Note, NoteKind, Series, TimeAxis, Unit};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The reading setting under which no shares are worked out.
pub const SHARE_SETTING: &str = "shares=none";

/// Labels that hold the status of a request, best first.
const STATUS_LABELS: [&str; 8] =
    ["status_code", "http_status", "status_class", "response_code", "grpc_code", "grpc_status", "code", "status"];

/// Works out the share of failed requests wherever counters of one metric differ by a status, and puts the new series
/// `X_error_share` (a ratio, X without `_total` or `_count`) behind the last of its counters, which all stay.
///
/// A status is an HTTP code or class (`503`, `5xx`; 5xx failed) or the name of a gRPC code (those that tell of a failing
/// server, see [`Status`]). A group needs one series that failed and one that did not; one that has only one kind of
/// outcome tells no share. The value is the increase of the failed over the increase of all since the sample before, NaN
/// without requests and where a counter lacks a sample between its first and its last. A counter that appears later than
/// the others counted from zero; one that ends before them counts nothing more.
///
/// Returns a note with the number of new series, or none.
pub fn derive_error_shares(series: &mut Vec<Series>) -> Option<Note> {
    let mut taken: HashSet<String> = series.iter().map(|one| one.name.clone()).collect();
    let mut additions: Vec<(usize, Series)> = Vec::new();
    for group in groups(series) {
        let Some(last) = group.members.last().map(|member| member.position) else { continue };
        let Some((axis, values)) = group.share(series) else { continue };
        let stem = group.metric.strip_suffix("_total").or_else(|| group.metric.strip_suffix("_count"));
        let metric = format!("{}_error_share", stem.unwrap_or(&group.metric));
        let identity = Identity::of(Some(metric), group.labels);
        if !taken.insert(identity.name.clone()) {
            continue;
        }
        let mut share = Series::new(identity.name, axis, values);
        share.metric = identity.metric;
        share.labels = identity.labels;
        share.unit = Unit::of(BaseUnit::Ratio);
        additions.push((last, share));
    }
    if additions.is_empty() {
        return None;
    }
    let count = additions.len();
    order::sort_by_key(&mut additions, |(position, _)| *position);
    let mut additions = additions.into_iter().peekable();
    for (position, one) in std::mem::take(series).into_iter().enumerate() {
        series.push(one);
        while let Some((_, share)) = additions.next_if(|(behind, _)| *behind == position) {
            series.push(share);
        }
    }
    let message = format!(
        "{} worked out from counters by status: requests that failed (5xx, or a gRPC code of a failing server) of all \
         requests",
        if count == 1 { "1 share of errors was".to_owned() } else { format!("{count} shares of errors were") }
    );
    Some(Note::new(NoteKind::Derived, count as u64, message).undone_by(SHARE_SETTING))
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// Answered; also where the one who asked did wrong (4xx), or left (`Canceled`).
    Answered,
    /// The server failed: 5xx; of gRPC `Unknown`, `DeadlineExceeded`, `Internal`, `Unavailable` and `DataLoss`, as
    /// OpenTelemetry's conventions take them for a server's error, and `ResourceExhausted`, by which servers turn requests
    /// away when they are overloaded. `Unimplemented` says that the caller asked for what there is not, as 404 does.
    Failed,
}

/// The gRPC codes in plain letters, and whether they tell of a failing server.
const GRPC_CODES: [(&str, bool); 18] = [
    ("ok", false),
    ("canceled", false),
    ("cancelled", false),
    ("unknown", true),
    ("invalidargument", false),
    ("deadlineexceeded", true),
    ("notfound", false),
    ("alreadyexists", false),
    ("permissiondenied", false),
    ("resourceexhausted", true),
    ("failedprecondition", false),
    ("aborted", false),
    ("outofrange", false),
    ("unimplemented", false),
    ("internal", true),
    ("unavailable", true),
    ("dataloss", true),
    ("unauthenticated", false),
];

impl Status {
    /// Reads a label's value; none if it is no status. Proxies write `0` where the caller left before an answer.
    fn parse(value: &str) -> Option<Self> {
        let failed = |failed: bool| if failed { Self::Failed } else { Self::Answered };
        if value == "0" {
            return Some(Self::Answered);
        }
        let is_http = |rest: &[u8]| {
            matches!(rest, [b'x' | b'X', b'x' | b'X']) || rest.iter().all(u8::is_ascii_digit) && rest.len() == 2
        };
        match value.as_bytes() {
            [class @ b'1'..=b'5', rest @ ..] if is_http(rest) => Some(failed(*class == b'5')),
            _ => {
                let plain = value.replace('_', "").to_ascii_lowercase();
                GRPC_CODES.iter().find(|(name, _)| *name == plain).map(|(_, is_failure)| failed(*is_failure))
            }
        }
    }
}

struct Member {
    position: usize,
    status: Status,
}

/// Counters that differ by status only.
struct Group {
    metric: String,
    labels: Labels,
    members: Vec<Member>,
}

fn groups(series: &[Series]) -> impl Iterator<Item = Group> {
    let mut positions: HashMap<(String, &str, Labels), usize> = HashMap::new();
    let mut groups: Vec<Group> = Vec::new();
    for (position, one) in series.iter().enumerate() {
        let Some(metric) = one.metric.as_deref().filter(|metric| counts_requests(metric)) else { continue };
        let found = STATUS_LABELS.iter().find_map(|label| Some((*label, Status::parse(one.labels.get(label)?)?)));
        let Some((label, status)) = found.filter(|_| one.labels.get("le").is_none()) else { continue };
        let mut labels = one.labels.clone();
        labels.remove(label);
        let key = (metric.to_owned(), label, labels.clone());
        let group = match positions.get(&key) {
            Some(group) => *group,
            None => {
                groups.push(Group { metric: metric.to_owned(), labels, members: Vec::new() });
                positions.insert(key, groups.len() - 1);
                groups.len() - 1
            }
        };
        if let Some(group) = groups.get_mut(group) {
            group.members.push(Member { position, status });
        }
    }
    groups.into_iter()
}

/// Sums and buckets of histograms count no requests; their `_count` does.
fn counts_requests(metric: &str) -> bool {
    !["_bucket", "_sum", "_created"].iter().any(|ending| metric.ends_with(ending))
}

/// A counter of the group, on the times of the group.
struct Column<'a> {
    values: Cow<'a, [f64]>,
    /// The first and the last place that has a value.
    life: (usize, usize),
    is_failure: bool,
}

impl Column<'_> {
    fn at(&self, index: usize) -> f64 {
        self.values.get(index).copied().unwrap_or(f64::NAN)
    }

    /// How much it grew from the place `before` to the place `after`, at which it has values if it has any around there.
    fn growth(&self, before: usize, after: usize) -> f64 {
        let (first, last) = self.life;
        if after < first || after > last {
            0.0
        } else if before < first {
            self.at(after)
        } else {
            increase(self.at(before), self.at(after))
        }
    }
}

impl Group {
    /// The axis and the values of the share; none if this is no group of counters with both kinds of outcome.
    fn share(&self, series: &[Series]) -> Option<(Arc<TimeAxis>, Vec<f64>)> {
        let has = |status: Status| self.members.iter().any(|member| member.status == status);
        if !has(Status::Failed) || !has(Status::Answered) {
            return None;
        }
        let all = || self.members.iter().filter_map(|member| series.get(member.position));
        if !all().any(|one| one.kind == Kind::Counter)
            || !all().all(|one| one.kind == Kind::Counter || never_falls(one))
        {
            return None;
        }
        let axis = all().max_by_key(|one| one.axis.len()).map(|one| Arc::clone(&one.axis))?;
        let columns: Vec<Column<'_>> = self
            .members
            .iter()
            .filter_map(|member| {
                let values = values_at(series.get(member.position)?, &axis);
                let first = values.iter().position(|value| value.is_finite())?;
                let last = values.iter().rposition(|value| value.is_finite())?;
                Some(Column { values, life: (first, last), is_failure: member.status == Status::Failed })
            })
            .collect();
        let mut shares = vec![f64::NAN; axis.len()];
        let mut before: Option<usize> = None;
        for (index, share) in shares.iter_mut().enumerate() {
            let lives = |column: &&Column<'_>| (column.life.0..=column.life.1).contains(&index);
            let mut living = columns.iter().filter(lives).peekable();
            if living.peek().is_none() || living.any(|column| !column.at(index).is_finite()) {
                continue;
            }
            let Some(earlier) = before.replace(index) else { continue };
            let (mut failed, mut total) = (0.0, 0.0);
            for column in &columns {
                let growth = column.growth(earlier, index);
                total += growth;
                failed += if column.is_failure { growth } else { 0.0 };
            }
            if total > 0.0 {
                *share = failed / total;
            }
        }
        shares.iter().any(|share| !share.is_nan()).then_some((axis, shares))
    }
}

fn never_falls(series: &Series) -> bool {
    let finite = || series.values.iter().copied().filter(|value| value.is_finite());
    finite().zip(finite().skip(1)).all(|(before, after)| before <= after)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn counter(labels: &[(&str, &str)], times: &[i64], values: &[f64]) -> Series {
        let identity = Identity::of(Some("http_requests_total".into()), labels.iter().copied().collect());
        let (axis, ..) = TimeAxis::from_unsorted(times);
        let mut series = Series::new(identity.name, Arc::new(axis), values.to_vec());
        (series.metric, series.labels, series.kind) = (identity.metric, identity.labels, Kind::Counter);
        series
    }

    fn assert_same(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        let is_same = found.iter().zip(expected).all(|(a, b)| a == b || a.is_nan() && b.is_nan());
        assert!(is_same, "{found:?} instead of {expected:?}");
    }

    const TIMES: [i64; 5] = [0, 15, 30, 45, 60];

    #[test]
    fn failed_requests_over_all() {
        let mut series = vec![
            counter(&[("code", "200"), ("job", "a")], &TIMES, &[10.0, 19.0, 28.0, 28.0, 6.0]),
            counter(&[("code", "404"), ("job", "a")], &TIMES, &[1.0, 1.0, 1.0, 1.0, 1.0]),
            counter(&[("code", "503"), ("job", "a")], &TIMES, &[0.0, 1.0, 1.0, 1.0, 2.0]),
            counter(&[("code", "200"), ("job", "b")], &TIMES, &[1.0, 2.0, 3.0, 4.0, 5.0]),
        ];
        let note = derive_error_shares(&mut series).unwrap();
        assert_eq!((note.kind, note.count, note.undo.as_deref()), (NoteKind::Derived, 1, Some("shares=none")));
        let names: Vec<_> = series.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(series.len(), 5);
        assert_eq!(names[3], "http_requests_error_share{job=\"a\"}", "behind its counters; b has no failures");
        assert_eq!((series[3].unit.base, series[3].kind), (BaseUnit::Ratio, Kind::Gauge));
        // Then nobody asked, and then the process began again: 6 answered, 1 failed.
        assert_same(&series[3].values, &[f64::NAN, 0.1, 0.0, f64::NAN, 1.0 / 7.0]);
    }

    #[test]
    fn a_status_that_comes_later_counted_from_zero_and_gaps_stay() {
        let mut series = vec![
            counter(&[("code", "2xx")], &TIMES, &[0.0, 8.0, f64::NAN, 24.0, 30.0]),
            counter(&[("code", "5xx")], &[15, 30, 45], &[2.0, 2.0, 4.0]),
        ];
        derive_error_shares(&mut series).unwrap();
        assert_same(&series[2].values, &[f64::NAN, 0.2, f64::NAN, 2.0 / 18.0, 0.0]);
    }

    #[test]
    fn what_is_no_status_or_no_counter_is_left_alone() {
        let ok = counter(&[("code", "200")], &TIMES, &[1.0, 2.0, 3.0, 4.0, 5.0]);
        let failed = counter(&[("code", "500")], &TIMES, &[1.0, 2.0, 3.0, 4.0, 5.0]);
        let named = |name: &str, mut series: Series| {
            series.metric = Some(name.into());
            series
        };
        let gauge = |mut series: Series, values: &[f64]| {
            series.kind = Kind::Gauge;
            series.values = values.to_vec();
            series
        };
        let falling = [3.0, 2.0, 3.0, 2.0, 3.0];
        for mut series in [
            vec![failed.clone()],
            vec![named("x_sum", ok.clone()), named("x_sum", failed.clone())],
            vec![gauge(ok.clone(), &falling), gauge(failed.clone(), &falling)],
            vec![ok.clone(), counter(&[("code", "broken")], &TIMES, &falling)],
        ] {
            let before = series.clone();
            assert_eq!(derive_error_shares(&mut series), None);
            assert_eq!(series, before);
        }
        // A failure counter that never moved is one all the same.
        let mut series = vec![ok, gauge(failed, &[0.0; 5])];
        derive_error_shares(&mut series).unwrap();
        assert_same(&series[2].values, &[f64::NAN, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn codes_classes_and_names() {
        let failed = |value: &str| Status::parse(value).map(|status| status == Status::Failed);
        assert_eq!(["500", "5xx", "503", "5XX"].map(failed), [Some(true); 4]);
        assert_eq!(["200", "404", "4xx", "0", "OK", "Canceled", "NOT_FOUND"].map(failed), [Some(false); 7]);
        assert_eq!(["Unknown", "DEADLINE_EXCEEDED", "ResourceExhausted", "DataLoss"].map(failed), [Some(true); 4]);
        assert_eq!(["", "50", "5000", "600", "5x", "error", "x"].map(failed), [None; 7]);
    }
}
