//! What a server and its Alertmanager say of alerts, and how that is kept up to date.

use crate::answer::QuerySeries;
use crate::chunk::Chunk;
use crate::error::Error;
use crate::event;
use serde_json::Value;
use series::{Event, Note, NoteKind};

/// Alerts may come so late: what is asked again looks back on this much. It is as long as the server itself looks back for
/// the newest sample of a series.
const LATE_MS: i64 = 300_000;
/// What was as new as this when it was asked for may have been told too early, and is replaced by what comes now. What is
/// older stays, even where the server has lost it in a restart.
const FRESH_MS: i64 = 60_000;

/// Where events come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventSource {
    /// The series `ALERTS_FOR_STATE`.
    Since,
    /// The series `ALERTS`, of those that fire.
    Firing,
    /// Alertmanager's list of alerts.
    Managed,
    /// Alertmanager's silences.
    Silences,
}

impl EventSource {
    /// Those of the server itself, in the order in which they are asked for.
    pub(crate) const OWN: [Self; 2] = [Self::Since, Self::Firing];
    /// Those of an Alertmanager.
    pub(crate) const MANAGED: [Self; 2] = [Self::Managed, Self::Silences];

    pub(crate) fn is_of_alertmanager(self) -> bool {
        Self::MANAGED.contains(&self)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Firing | Self::Since => "Alerts",
            Self::Managed => "Alertmanager's alerts",
            Self::Silences => "Alertmanager's silences",
        }
    }
}

/// What is known of alerts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alerts {
    /// Whether the server's own are asked for.
    pub(crate) is_asked: bool,
    firing: Own,
    since: Own,
    /// Alertmanager's lists, as they came, and the range that they were asked for.
    managed: Value,
    silences: Value,
    managed_range: (i64, i64),
    /// The range that is asked about now.
    range: (i64, i64),
    /// Why they are not whole.
    failures: Vec<(EventSource, String)>,
}

/// One of the server's own series, of all alerts.
#[derive(Clone, Debug, Default)]
struct Own {
    /// Ascending by their labels.
    series: Vec<QuerySeries>,
    /// What is known, if anything.
    range: Option<(i64, i64)>,
}

impl Alerts {
    /// From now on it is asked about this range.
    pub(crate) fn ask_about(&mut self, start_ms: i64, end_ms: i64) {
        self.range = (start_ms, end_ms);
    }

    /// What is to be asked of one of the server's own series: the range, without what is known of it already. Its beginning
    /// is on the grid of `step_ms` from `origin_ms` on.
    pub(crate) fn missing(&self, source: EventSource, origin_ms: i64, step_ms: i64) -> Chunk {
        let (start_ms, end_ms) = self.range;
        let known = if source == EventSource::Since { &self.since } else { &self.firing };
        let from_ms = known.range.map_or(start_ms, |(_, known_ms)| known_ms.min(end_ms).saturating_sub(LATE_MS));
        let from_ms = from_ms.max(start_ms);
        Chunk { start_ms: from_ms - (from_ms - origin_ms).rem_euclid(step_ms.max(1)), end_ms }
    }

    /// Takes what the server has of one of its own series in a stretch of the range.
    pub(crate) fn take_own(&mut self, source: EventSource, chunk: Chunk, found: Vec<QuerySeries>) {
        let own = if source == EventSource::Since { &mut self.since } else { &mut self.firing };
        own.take(found, chunk, self.range);
        self.failures.retain(|(failed, _)| *failed != source);
    }

    /// Takes one of Alertmanager's lists.
    pub(crate) fn take_list(&mut self, source: EventSource, list: Value) {
        if source == EventSource::Silences {
            self.silences = list
        } else {
            self.managed = list
        }
        self.managed_range = self.range;
        self.failures.retain(|(failed, _)| *failed != source);
    }

    /// Does without for the time being.
    pub(crate) fn fail(&mut self, source: EventSource, error: &Error) {
        if source == EventSource::Since {
            // What is known only up to a moment would end all alerts there.
            self.since = Own::default();
        }
        self.failures.retain(|(failed, _)| *failed != source);
        self.failures.push((source, format!("{} could not be had: {error}", source.name())));
    }

    /// All events, ascending. `step_ms` is the resolution of the server's own.
    pub(crate) fn events(&self, step_ms: i64) -> Vec<Event> {
        let range = self.firing.range.unwrap_or(self.range);
        let mut events = event::firing(&self.firing.series, &self.since.series, range, step_ms);
        event::add_managed(&mut events, &self.managed, self.managed_range.1);
        events.extend(event::silences(&self.silences, self.managed_range));
        order::sort_by(&mut events, |a, b| (a.start_ms, &a.title).cmp(&(b.start_ms, &b.title)));
        events
    }

    /// Why they are not whole.
    pub(crate) fn notes(&self) -> impl Iterator<Item = Note> {
        self.failures.iter().map(|(_, message)| Note::new(NoteKind::Dropped, 1, message.as_str()))
    }
}

impl Own {
    /// Puts what was found in a stretch to what is known; what is before the range leaves.
    fn take(&mut self, found: Vec<QuerySeries>, chunk: Chunk, range: (i64, i64)) {
        let fresh_ms = self.range.map_or(chunk.start_ms, |(_, known_ms)| known_ms.saturating_sub(FRESH_MS));
        for known in &mut self.series {
            known.values.retain(|sample| sample.time_ms < fresh_ms);
        }
        for one in found {
            let place = self.series.binary_search_by(|known| known.metric.cmp(&one.metric));
            let known = match place.map(|place| self.series.get_mut(place)) {
                Ok(Some(known)) => known,
                Ok(None) => continue,
                Err(place) => {
                    self.series.insert(place, one);
                    continue;
                }
            };
            for sample in one.values {
                let place = known.values.binary_search_by_key(&sample.time_ms, |known| known.time_ms);
                match place.map(|place| known.values.get_mut(place)) {
                    Ok(kept) => kept.into_iter().for_each(|kept| *kept = sample),
                    Err(place) => known.values.insert(place, sample),
                }
            }
        }
        for known in &mut self.series {
            known.values.retain(|sample| sample.time_ms >= range.0);
        }
        self.series.retain(|known| !known.values.is_empty());
        self.range = Some(range);
    }
}
