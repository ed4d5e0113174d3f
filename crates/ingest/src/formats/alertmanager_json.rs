//! Alerts as Alertmanager hands them on: the body of a webhook notification, the lists of `/api/v2/alerts` and
//! `/api/v2/alerts/groups` (`amtool -o json` writes the same), Grafana's alerts in the same shape, and Prometheus'
//! `/api/v1/alerts` and `/api/v1/rules`. Every alert becomes an event.

use crate::Format;
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use series::{Event, Labels, NoteKind};
use std::collections::HashMap;

pub(crate) const READER: Reader = Reader { format: Format::AlertmanagerJson, probe, is_table: false, read };

/// More alerts than this are refused.
const MOST_ALERTS: usize = 200_000;

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    json.has("alerts/[]/startsAt")
        || json.has_at_top("[]/startsAt") && json.has_at_top("[]/labels")
        || json.has_at_top("startsAt") && json.has_at_top("labels")
        || json.has("data/[]/startsAt")
        || json.has("alerts/[]/activeAt")
        || json.has_at_top("receiver") && json.has_at_top("alerts")
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let mut found = Found::default();
    Json::new(text).documents(&mut |json, position| {
        let path = format!("notification {}", position + 1);
        found.node(json).map_err(|error| error.within_member(&path))
    })?;
    found.finish()
}

#[derive(Default)]
struct Found {
    alerts: Vec<Event>,
    /// Positions of alerts by their begin and labels; several notifications tell of one.
    known: HashMap<(i64, String), usize>,
    repeated: usize,
    timeless: usize,
    lasting: usize,
    truncated: usize,
}

impl Found {
    fn node(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.node(json)),
            Kind::Object => self.object(json),
            _ => json.skip(),
        }
    }

    /// A notification, a group, or an alert.
    fn object(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let mut alert = Vec::new();
        json.object(&mut |json, name| {
            match (name, json.peek()?) {
                ("alerts" | "data" | "groups" | "rules", Kind::List | Kind::Object) => return self.node(json),
                ("truncatedAlerts", Kind::Number) => {
                    self.truncated = self.truncated.saturating_add(json.number()?.max(0.0) as usize)
                }
                (
                    "labels" | "annotations" | "startsAt" | "endsAt" | "updatedAt" | "activeAt" | "status" | "state",
                    _,
                ) => {
                    let name = name.to_owned();
                    alert.push((name, json.value()?));
                }
                _ => {}
            }
            Ok(())
        })?;
        let alert = Value::Object(alert);
        if alert.get("startsAt").or_else(|| alert.get("activeAt")).is_some() { self.alert(&alert) } else { Ok(()) }
    }

    fn alert(&mut self, alert: &Value) -> Result<(), Error> {
        // Go's zero time stands for none.
        let time = |name: &str| alert.get(name).and_then(|time| time.as_stamp(None)).map(|time| time.ms);
        let time = |name: &str| time(name).filter(|ms| *ms > 0);
        let Some(start_ms) = time("startsAt").or_else(|| time("activeAt")) else {
            self.timeless += 1;
            return Ok(());
        };
        // A list of present alerts says when each would end by itself, which is not when it ended.
        let is_present = alert.get("status").is_some_and(|status| status.get("state").is_some());
        let is_resolved = alert.get("status").and_then(Value::as_str).is_none_or(|status| status == "resolved");
        let end_ms = time("endsAt").filter(|end_ms| !is_present && is_resolved && *end_ms >= start_ms);
        let labels = alert.get("labels").map(Value::to_labels).unwrap_or_default();
        let annotations = alert.get("annotations").map(Value::to_labels).unwrap_or_default();
        let event = Event { start_ms, end_ms, title: title(&labels, &annotations), labels };
        let key = (start_ms, event.labels.to_string());
        if let Some(known) = self.known.get(&key).and_then(|position| self.alerts.get_mut(*position)) {
            self.repeated += 1;
            known.end_ms = event.end_ms.or(known.end_ms);
        } else {
            self.known.insert(key, self.alerts.len());
            self.alerts.push(event);
        }
        if self.alerts.len() > MOST_ALERTS {
            return Err(Error::TooLarge {
                what: "alerts".to_owned(),
                limit: MOST_ALERTS as u64,
                remedy: "Keep those of the time that the metrics are from.".to_owned(),
            });
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Body, Error> {
        let mut set = SeriesSet::default();
        for event in self.alerts {
            self.lasting += usize::from(event.end_ms.is_none());
            set.push_event(event, false);
        }
        if set.event_count() == 0 {
            return Err(Error::Unsupported {
                looks_like: "a list of alerts without any alert in it".to_owned(),
                remedy: "Save a notification with its alerts, or the answer of /api/v2/alerts while something fires."
                    .to_owned(),
            });
        }
        let notes = &mut set.notes;
        notes.add(
            NoteKind::Duplicate,
            self.repeated,
            format!(
                "{} told of an alert again and put together with it",
                plural(self.repeated, "notification", "notifications")
            ),
        );
        notes.add(
            NoteKind::Assumption,
            self.lasting,
            format!("{} no end and was taken as still firing", plural(self.lasting, "alert has", "alerts have")),
        );
        notes.add(
            NoteKind::Unreadable,
            self.timeless,
            format!("{} without a begin left out", plural(self.timeless, "alert", "alerts")),
        );
        notes.add(
            NoteKind::SourceWarning,
            self.truncated,
            "The notification was cut to the receiver's max_alerts; further alerts are not in it",
        );
        Ok(set.into())
    }
}

/// `HighLatency: p99 above 1 s`
fn title(labels: &Labels, annotations: &Labels) -> String {
    let name = labels.get("alertname").unwrap_or("alert");
    let said = ["summary", "title", "message", "description"].iter().find_map(|name| annotations.get(name));
    match said.map(str::trim).filter(|text| !text.is_empty() && *text != name) {
        Some(text) => excerpt(&format!("{name}: {text}"), 300),
        None => name.to_owned(),
    }
}
