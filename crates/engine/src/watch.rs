//! Series as they grow: a score for the newest sample, at the cost of the new samples.

use crate::Options;
use crate::score::online::detector_options;
use analysis::anomaly::online::{Judgement, OnlineScan};
use series::Kind;
use std::collections::VecDeque;

/// The online detector ([`crate::Mode::Online`]) over series that grow, each under a number that the caller gives.
///
/// The score of a sample is what [`crate::score()`] gives it, over all samples since the series was added; a counter is
/// scored by its growth per second from sample to sample. A late sample is put where it belongs, and what comes behind it
/// is scored again. An update costs time for the samples from the earliest change on, whatever is before, and for a late
/// sample up to 320 before it; the memory of a series is bounded, some 80 KB.
#[derive(Debug)]
pub struct Watch {
    options: Options,
    count: usize,
    /// Ascending by their numbers.
    series: Vec<Watched>,
}

#[derive(Debug)]
struct Watched {
    id: usize,
    kind: Kind,
    scan: OnlineScan,
    /// The times of the samples that the scan keeps.
    times_ms: VecDeque<i64>,
    newest: Judgement,
}

/// Of a series without samples.
const UNKNOWN: Judgement = Judgement { score: f64::NAN, unrest: f64::NAN, lasting: 0, deviation: 0.0 };

impl Watch {
    /// A watch over about so many series: the threshold keeps [`Options::false_alarm_rate`] over all of them together.
    pub fn new(options: &Options, count: usize) -> Self {
        Self { options: options.clone(), count, series: Vec::new() }
    }

    /// Takes the samples of a series as they are now, of which those before `from_ms` are the same as before. A number
    /// that is new begins a series. `times_ms` are ascending; the earliest samples may have left.
    ///
    /// Returns the score of the newest sample; 1.0 is the alarm threshold, NaN where it is missing, 0 where
    /// too little is known.
    pub fn update(&mut self, id: usize, kind: Kind, from_ms: i64, times_ms: &[i64], values: &[f64]) -> f64 {
        let scan = || OnlineScan::new(&detector_options(&self.options, self.count));
        let fresh = || Watched { id, kind, scan: scan(), times_ms: VecDeque::new(), newest: UNKNOWN };
        let place = match self.place(id) {
            Ok(place) => place,
            Err(place) => {
                self.series.insert(place, fresh());
                place
            }
        };
        let Some(watched) = self.series.get_mut(place) else { return f64::NAN };
        if watched.kind != kind {
            *watched = fresh();
        }
        let staying = watched.times_ms.partition_point(|time_ms| *time_ms < from_ms);
        let leaving = watched.times_ms.len() - staying;
        let mut from = times_ms.partition_point(|time_ms| *time_ms < from_ms);
        if watched.scan.rewind(watched.scan.len() - leaving) {
            watched.times_ms.truncate(staying);
        } else {
            // Older than what is kept: from the beginning.
            *watched = fresh();
            from = 0;
        }
        if watched.scan.is_empty() {
            from = 0;
        }
        watched.take(times_ms, values, from);
        watched.newest.score
    }

    /// Forgets a series.
    pub fn remove(&mut self, id: usize) {
        if let Ok(place) = self.place(id) {
            self.series.remove(place);
        }
    }

    /// The score of a series' newest sample; NaN where there is no such series, or it is
    /// missing.
    pub fn score(&self, id: usize) -> f64 {
        self.place(id).ok().and_then(|place| self.series.get(place)).map_or(f64::NAN, |watched| watched.newest.score)
    }

    /// What a series' newest sample was taken for: its score, how long an event lasts, and how far it deviates. All NaN
    /// and zero where there is no such series.
    pub fn newest(&self, id: usize) -> Judgement {
        self.place(id).ok().and_then(|place| self.series.get(place)).map_or(UNKNOWN, |watched| watched.newest)
    }

    /// As what a series is scored; none where there is no such series.
    pub fn kind(&self, id: usize) -> Option<Kind> {
        self.place(id).ok().and_then(|place| self.series.get(place)).map(|watched| watched.kind)
    }

    /// Where a series is, or where it belongs.
    fn place(&self, id: usize) -> Result<usize, usize> {
        self.series.binary_search_by_key(&id, |watched| watched.id)
    }

    /// The numbers of the series of which an event lasts at the newest sample, the strongest first.
    pub fn alarms(&self) -> Vec<usize> {
        let mut beyond: Vec<(usize, f64)> = self
            .series
            .iter()
            .map(|watched| (watched.id, watched.newest.unrest))
            .filter(|(_, unrest)| *unrest >= 1.0)
            .collect();
        order::sort_by(&mut beyond, |a, b| b.1.total_cmp(&a.1));
        beyond.into_iter().map(|(id, _)| id).collect()
    }
}

impl Watched {
    /// Scores the samples from place `from` on.
    fn take(&mut self, times_ms: &[i64], values: &[f64], from: usize) {
        let samples = || times_ms.iter().copied().zip(values.iter().copied());
        let mut before = samples().take(from).rev().find(|(_, value)| value.is_finite());
        for (time_ms, value) in samples().skip(from) {
            let scored = match self.kind {
                Kind::Gauge => value,
                Kind::Counter => growth(before, time_ms, value),
            };
            if value.is_finite() {
                before = Some((time_ms, value));
            }
            self.newest = self.scan.push(scored);
            self.times_ms.push_back(time_ms);
        }
        while self.times_ms.len() > self.scan.kept() {
            self.times_ms.pop_front();
        }
    }
}

/// What a counter has grown by per second since the last sample; after a reset it began at zero.
fn growth(before: Option<(i64, f64)>, time_ms: i64, count: f64) -> f64 {
    let Some((then_ms, earlier)) = before.filter(|_| count.is_finite()) else { return f64::NAN };
    let grown = if count < earlier { count } else { count - earlier };
    grown / ((time_ms - then_ms) as f64 / 1000.0)
}
