//! The share of requests that failed, from counters that are told apart by a status.

use crate::columns::{increase, values_at};
use crate::{BaseUnit, Identity, Kind, Labels, Note, NoteKind, Series, TimeAxis, Unit, windows};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The reading setting under which no shares are worked out.
pub const SHARE_SETTING: &str = "shares=none";

/// Labels that hold the status of a request, best first.
const STATUS_LABELS: [&str; 8] =
    ["status_code", "http_status", "status_class", "response_code", "grpc_code", "grpc_status", "code", "status"];

/// How many failing requests a window of the share holds where the recording is long enough. The share then varies nearly
/// normally.
const WANTED: f64 = 25.0;
/// With fewer failing requests in a window there is no share: it is mostly 0, and every failure passes for a spike.
const LEAST: f64 = 3.0;

/// Works out the share of failed requests wherever counters of one metric differ by a status, and puts the new series
/// `X_error_share` (a ratio, X without `_total` or `_count`) behind the last of its counters, which all stay.
///
/// A status is an HTTP code or class (`503`, `5xx`; 5xx failed) or the name of a gRPC code (those that tell of a failing
/// server, see [`Status`]). A group needs one series that failed and one that did not; one that has only one kind of
/// outcome tells no share. A counter that appears later than the others counted from zero; one that ends before them
/// counts nothing more.
///
/// Each value is the increase of the failed over the increase of all in a window that ends with its sample. The windows lie
/// side by side, and each spans as few samples as let nine in ten windows hold enough requests for 25 failures at the share
/// of the whole recording (or for 25 that do not fail, where most do); it then has no value at the samples between. Where
/// that would leave fewer than 60 windows, 60 or a few more hold what there is; in a recording of fewer samples each is its
/// own window. If they hold fewer than 3 failures, the share is left out and counted. NaN at the first sample, without
/// requests, and where a counter lacks a sample between its first and its last; the next value then speaks of the longer
/// time.
///
/// Returns a note with the number of new series and one with the number of those left out, each only where there are any.
pub fn derive_error_shares(series: &mut Vec<Series>) -> Vec<Note> {
    let mut taken: HashSet<String> = series.iter().map(|one| one.name.clone()).collect();
    let mut additions: Vec<(usize, Series)> = Vec::new();
    let mut rare = 0;
    for group in groups(series) {
        let Some(last) = group.members.last().map(|member| member.position) else { continue };
        let (axis, values) = match group.share(series) {
            Told::Share(axis, values) => (axis, values),
            Told::TooRare => {
                rare += 1;
                continue;
            }
            Told::Nothing => continue,
        };
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
    let notes = notes(additions.len(), rare);
    order::sort_by_key(&mut additions, |(position, _)| *position);
    let mut additions = additions.into_iter().peekable();
    for (position, one) in std::mem::take(series).into_iter().enumerate() {
        series.push(one);
        while let Some((_, share)) = additions.next_if(|(behind, _)| *behind == position) {
            series.push(share);
        }
    }
    notes
}

fn notes(derived: usize, rare: usize) -> Vec<Note> {
    let shares = |count: usize| match count {
        1 => "1 share of errors was".to_owned(),
        _ => format!("{count} shares of errors were"),
    };
    let mut notes = Vec::new();
    if derived > 0 {
        let message = format!(
            "{} worked out from counters by status: requests that failed (5xx, or a gRPC code of a failing server) of all \
             requests, over as many samples as rare failures need",
            shares(derived)
        );
        notes.push(Note::new(NoteKind::Derived, derived as u64, message).undone_by(SHARE_SETTING));
    }
    if rare > 0 {
        let message =
            format!("{} left out, because too few requests fail, or all do; the counters by status stay", shares(rare));
        notes.push(Note::new(NoteKind::Dropped, rare as u64, message));
    }
    notes
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

/// What a group tells.
enum Told {
    /// The axis and the values of the share.
    Share(Arc<TimeAxis>, Vec<f64>),
    /// Too few requests had the rarer outcome.
    TooRare,
    /// Nothing: this is no group of counters with both kinds of outcome, or nobody asked.
    Nothing,
}

/// How many requests ended each way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Requests {
    failed: f64,
    all: f64,
}

impl Requests {
    fn sum(each: &[Self]) -> Self {
        each.iter().fold(Self::default(), |sum, one| Self { failed: sum.failed + one.failed, all: sum.all + one.all })
    }

    /// The share of those that failed; NaN of none.
    fn share(self) -> f64 {
        if self.all > 0.0 { self.failed / self.all } else { f64::NAN }
    }
}

impl Group {
    fn share(&self, series: &[Series]) -> Told {
        let Some((axis, columns)) = self.columns(series) else { return Told::Nothing };
        let samples: Vec<usize> = (0..axis.len()).filter(|index| is_whole(&columns, *index)).collect();
        let steps = samples.iter().zip(samples.iter().skip(1));
        let steps: Vec<Requests> = steps.map(|(before, after)| requests(&columns, *before, *after)).collect();
        let share = Requests::sum(&steps).share();
        if share.is_nan() {
            return Told::Nothing;
        }
        let totals: Vec<f64> = steps.iter().map(|step| step.all).collect();
        // So many requests come with one of the rarer outcome; without any, no window is long enough.
        let with_one = 1.0 / share.min(1.0 - share);
        let Some(span) = windows::span(WANTED * with_one, LEAST * with_one, &totals) else { return Told::TooRare };
        let mut shares = vec![f64::NAN; axis.len()];
        for (window, steps) in windows::side_by_side(&samples, span).zip(steps.chunks_exact(span)) {
            if let Some(slot) = window.last().and_then(|last| shares.get_mut(*last)) {
                *slot = Requests::sum(steps).share();
            }
        }
        Told::Share(axis, shares)
    }

    /// The counters on the times of the longest of them; none if this is no group of counters with both kinds of outcome.
    fn columns<'a>(&self, series: &'a [Series]) -> Option<(Arc<TimeAxis>, Vec<Column<'a>>)> {
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
        let columns = self.members.iter().filter_map(|member| {
            let values = values_at(series.get(member.position)?, &axis);
            let first = values.iter().position(|value| value.is_finite())?;
            let last = values.iter().rposition(|value| value.is_finite())?;
            Some(Column { values, life: (first, last), is_failure: member.status == Status::Failed })
        });
        let columns = columns.collect();
        Some((axis, columns))
    }
}

/// Whether there are counters at this place, and all that live have a value.
fn is_whole(columns: &[Column<'_>], index: usize) -> bool {
    let mut living = columns.iter().filter(|column| (column.life.0..=column.life.1).contains(&index)).peekable();
    living.peek().is_some() && living.all(|column| column.at(index).is_finite())
}

/// What was counted from one place to a later one.
fn requests(columns: &[Column<'_>], before: usize, after: usize) -> Requests {
    let mut requests = Requests::default();
    for column in columns {
        let growth = column.growth(before, after);
        requests.all += growth;
        requests.failed += if column.is_failure { growth } else { 0.0 };
    }
    requests
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
        let times: Vec<i64> = (0..12).map(|index| index * 15).collect();
        // Then nobody asked, and then the process began again: 60 answered, 10 failed.
        let answered = [10.0, 100.0, 190.0, 190.0, 60.0, 150.0, 240.0, 330.0, 420.0, 510.0, 600.0, 690.0];
        let failed = [0.0, 10.0, 10.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0];
        let mut series = vec![
            counter(&[("code", "200"), ("job", "a")], &times, &answered),
            counter(&[("code", "404"), ("job", "a")], &times, &[1.0; 12]),
            counter(&[("code", "503"), ("job", "a")], &times, &failed),
            counter(&[("code", "200"), ("job", "b")], &TIMES, &[1.0, 2.0, 3.0, 4.0, 5.0]),
        ];
        let notes = derive_error_shares(&mut series);
        let notes: Vec<_> = notes.iter().map(|note| (note.kind, note.count, note.undo.as_deref())).collect();
        assert_eq!(notes, [(NoteKind::Derived, 1, Some("shares=none"))]);
        let names: Vec<_> = series.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(series.len(), 5);
        assert_eq!(names[3], "http_requests_error_share{job=\"a\"}", "behind its counters; b has no failures");
        assert_eq!((series[3].unit.base, series[3].kind), (BaseUnit::Ratio, Kind::Gauge));
        let mut expected = [0.1; 12];
        (expected[0], expected[2], expected[3], expected[4]) = (f64::NAN, 0.0, f64::NAN, 1.0 / 7.0);
        assert_same(&series[3].values, &expected);
    }

    #[test]
    fn a_status_that_comes_later_counted_from_zero_and_gaps_stay() {
        let mut series = vec![
            counter(&[("code", "2xx")], &TIMES, &[0.0, 80.0, f64::NAN, 240.0, 300.0]),
            counter(&[("code", "5xx")], &[15, 30, 45], &[20.0, 20.0, 40.0]),
        ];
        derive_error_shares(&mut series);
        assert_same(&series[2].values, &[f64::NAN, 0.2, f64::NAN, 20.0 / 180.0, 0.0]);
    }

    /// Counters of 100 requests from each of 601 samples to the next, so many of which fail; the process begins again
    /// before the sample 302.
    fn steady(failing: &dyn Fn(usize) -> f64) -> Vec<Series> {
        let times: Vec<i64> = (0..601).collect();
        let counts = |count: &dyn Fn(usize) -> f64| {
            let mut sum = 0.0;
            let sums = (0..601).map(|index| {
                sum = if index == 302 { 0.0 } else { sum } + count(index);
                sum
            });
            sums.collect::<Vec<f64>>()
        };
        vec![
            counter(&[("code", "200")], &times, &counts(&|index| 100.0 - failing(index))),
            counter(&[("code", "500")], &times, &counts(failing)),
        ]
    }

    #[test]
    fn windows_span_as_many_samples_as_rare_failures_need() {
        // At 7.5 % in all, 25 failures are expected of 333 requests.
        let mut series = steady(&|index| if index <= 300 { 5.0 } else { 10.0 });
        derive_error_shares(&mut series);
        let expected: Vec<f64> = (0..601)
            .map(|index| match index {
                0 => f64::NAN,
                _ if index % 4 != 0 => f64::NAN,
                1..=300 => 0.05,
                _ => 0.1,
            })
            .collect();
        assert_same(&series[2].values, &expected);

        // The other outcome can be the rare one: 5 of 100 are answered.
        let mut series = steady(&|_| 95.0);
        derive_error_shares(&mut series);
        let present = (0..601).filter(|index| !series[2].values[*index].is_nan());
        assert_eq!(present.collect::<Vec<_>>(), (5..601).step_by(5).collect::<Vec<_>>());

        // 60 windows of 10 samples stay, though they hold 10 failures only.
        let mut series = steady(&|_| 1.0);
        derive_error_shares(&mut series);
        assert_eq!((series[2].point_count(), series[2].values[10]), (60, 0.01));
    }

    #[test]
    fn too_few_failures_are_no_share_and_are_counted() {
        let left_out = |mut series: Vec<Series>| {
            let before = series.len();
            let notes = derive_error_shares(&mut series);
            assert_eq!(series.len(), before);
            notes.iter().map(|note| (note.kind, note.count)).collect::<Vec<_>>()
        };
        // 60 windows would hold 2.5 each; 0; and 100 of 100.
        assert_eq!(left_out(steady(&|index| f64::from(u8::from(index % 4 == 0)))), [(NoteKind::Dropped, 1)]);
        assert_eq!(left_out(steady(&|_| 0.0)), [(NoteKind::Dropped, 1)]);
        assert_eq!(left_out(steady(&|_| 100.0)), [(NoteKind::Dropped, 1)]);
        // A burst among rare failures makes them frequent enough.
        let mut series = steady(&|index| if (400..420).contains(&index) { 50.0 } else { 0.0 });
        derive_error_shares(&mut series);
        // At 1,000 of 60,000, 60 windows of 10 samples hold 17 each.
        assert_eq!((series[2].values[400], series[2].values[410]), (0.05, 0.5));
        // A short recording has windows of one sample.
        let of = |failed: &[f64]| {
            let all = [0.0, 50.0, 100.0, 150.0, 200.0];
            vec![counter(&[("code", "200")], &TIMES, &all), counter(&[("code", "500")], &TIMES, failed)]
        };
        assert_eq!(left_out(of(&[0.0, 2.0, 4.0, 6.0, 8.0])), [(NoteKind::Dropped, 1)]);
        assert_eq!(derive_error_shares(&mut of(&[0.0, 4.0, 8.0, 12.0, 16.0])).len(), 1);
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
            assert_eq!(derive_error_shares(&mut series), []);
            assert_eq!(series, before);
        }
        // What never falls is a counter all the same.
        let ok = counter(&[("code", "200")], &TIMES, &[100.0, 200.0, 300.0, 400.0, 500.0]);
        let mut series = vec![ok, gauge(failed, &[0.0, 0.0, 0.0, 0.0, 40.0])];
        derive_error_shares(&mut series);
        assert_same(&series[2].values, &[f64::NAN, 0.0, 0.0, 0.0, 40.0 / 140.0]);
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
