//! What `sadf -j` writes (sysstat, `sadf_misc.c` and `json_stats.c`): hosts with statistics per moment, activities as
//! objects or as lists of objects, each with members that say which processor, disk or interface it is. Restarts and
//! comments become events.

use crate::Format;
use crate::cell::timestamp::{self, DateOrder, Stamp, TimeStyle};
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use series::{Event, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::SadfJson, probe, is_table: false, read };

/// Members that say which device it is although they are numbers.
const NUMBERED: [&str; 6] = ["cpu", "number", "line", "intr", "bus_number", "irq"];

fn probe(head: &Head<'_>) -> bool {
    head.json().is_some_and(|json| json.has_at_top("sysstat") || json.has_at_top("[]/sysstat"))
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let mut found = Found::default();
    Json::new(text).documents(&mut |json, _| found.node(json))?;
    found.finish()
}

#[derive(Default)]
struct Found {
    set: SeriesSet,
    timeless: usize,
    zones: usize,
}

impl Found {
    fn node(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.node(json)),
            Kind::Object => json.object(&mut |json, name| match (name, json.peek()?) {
                ("sysstat", Kind::Object) => self.node(json),
                ("hosts", Kind::List) => json.list(&mut |json, _| self.host(json)),
                _ => Ok(()),
            }),
            _ => json.skip(),
        }
    }

    fn host(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let mut labels = Labels::new();
        // Restarts may stand in front of the host's name.
        let mut events = Vec::new();
        json.object(&mut |json, name| {
            match (name, json.peek()?) {
                ("nodename", Kind::Text) => {
                    labels.insert("hostname", json.text()?);
                }
                ("statistics", Kind::List) => {
                    return json.list(&mut |json, _| {
                        let moment = json.value()?;
                        self.moment(&moment, &labels)
                    });
                }
                ("restarts" | "comments", Kind::List) => {
                    return json.list(&mut |json, _| {
                        events.push(json.value()?);
                        Ok(())
                    });
                }
                _ => {}
            }
            Ok(())
        })?;
        for event in &events {
            self.event(event, &labels);
        }
        Ok(())
    }

    /// All activities at one time.
    fn moment(&mut self, moment: &Value, labels: &Labels) -> Result<(), Error> {
        let Some(stamp) = moment.get("timestamp").and_then(|time| self.stamp(time)) else {
            // The first entry after a start has nothing in it.
            self.timeless += usize::from(moment.members().len() > 1);
            return Ok(());
        };
        for (name, activity) in moment.members().iter().filter(|(name, _)| name != "timestamp") {
            self.activity(name, activity, stamp, labels);
        }
        self.set.refuse_too_many()
    }

    fn activity(&mut self, path: &str, activity: &Value, stamp: Stamp, labels: &Labels) {
        match activity {
            Value::List(items) => {
                for item in items {
                    self.activity(path, item, stamp, labels);
                }
            }
            Value::Object(members) => {
                let mut labels = labels.clone();
                for (name, value) in members {
                    match value {
                        Value::Text(text) => labels.insert(name.as_str(), text.as_str()),
                        Value::Number(number) if NUMBERED.contains(&name.as_str()) => {
                            labels.insert(name.as_str(), number.to_string())
                        }
                        _ => None,
                    };
                }
                for (name, value) in members {
                    match value {
                        Value::Number(number) if !NUMBERED.contains(&name.as_str()) => {
                            let position = self.set.position_of(&format!("{path}.{name}"), labels.clone());
                            if let Some(entry) = self.set.entry(position).filter(|entry| entry.unit.is_none()) {
                                entry.unit = unit(path, name).map(str::to_owned);
                            }
                            self.set.push_at(position, stamp, *number);
                        }
                        Value::Null => {
                            let position = self.set.position_of(&format!("{path}.{name}"), labels.clone());
                            self.set.push_at(position, stamp, f64::NAN);
                        }
                        Value::List(_) | Value::Object(_) => {
                            self.activity(&format!("{path}.{name}"), value, stamp, &labels);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn event(&mut self, event: &Value, labels: &Labels) {
        for (kind, what) in event.members() {
            let Some(stamp) = self.stamp(what) else {
                self.timeless += 1;
                continue;
            };
            let title = match what.get("com").and_then(Value::as_str) {
                Some(comment) => excerpt(comment, 300),
                None if kind == "boot" => "Restart".to_owned(),
                None => kind.clone(),
            };
            let event = Event { start_ms: stamp.ms, end_ms: None, title, labels: labels.clone() };
            self.set.push_event(event, !stamp.zoned);
        }
    }

    /// `{"date":"2019-04-18","time":"13:20:19","tz":"UTC"}`; versions before 12.5.6 have `"utc":1` instead of the zone.
    fn stamp(&mut self, time: &Value) -> Option<Stamp> {
        let text = |name: &str| time.get(name).and_then(Value::as_str).unwrap_or("");
        let is_utc = time.get("utc").and_then(Value::as_f64).is_some_and(|utc| utc != 0.0);
        let zone = if is_utc { "UTC" } else { text("tz") };
        let parse = |text: &str| timestamp::parse(text, TimeStyle::Calendar(DateOrder::YearFirst));
        let clock = format!("{} {}", text("date"), text("time"));
        parse(&format!("{clock} {zone}")).or_else(|| {
            // An abbreviation that means several zones is none.
            let local = parse(&clock)?;
            self.zones += 1;
            Some(local)
        })
    }

    fn finish(mut self) -> Result<Body, Error> {
        self.set.refuse_empty(
            "the file has no statistics",
            "Choose a day with recordings, and activities (sadf -j /var/log/sa/sa18 -- -A).",
        )?;
        let notes = &mut self.set.notes;
        notes.add(
            NoteKind::Unreadable,
            self.timeless,
            format!("{} without a readable time left out", plural(self.timeless, "entry", "entries")),
        );
        notes.add(
            NoteKind::Assumption,
            self.zones,
            "The name of the time zone can mean several; the times were taken as if they had none",
        );
        Ok(self.set.into())
    }
}

/// The unit of an activity's member, as `cell::unit` writes it.
fn unit(path: &str, name: &str) -> Option<&'static str> {
    let group = path.split('.').next().unwrap_or("");
    if name.ends_with("-percent") || group == "cpu-load" || group == "cpu-load-all" || group == "psi" && name != "total"
    {
        return Some("%");
    }
    Some(match (group, name) {
        // sysstat's kB have 1024 bytes.
        ("memory" | "hugepages", _) => "KiB",
        (_, "rxkB" | "txkB" | "rkB" | "wkB" | "dkB") => "KiB/s",
        ("filesystems", "MBfsfree" | "MBfsused") => "MiB",
        ("paging", "pgpgin" | "pgpgout") => "KiB/s",
        ("disk", "await") => "ms",
        ("disk", "areq-sz") => "KiB",
        (_, "frequency" | "weighted-frequency") => "MHz",
        (_, "degC") => "°C",
        _ => return None,
    })
}
