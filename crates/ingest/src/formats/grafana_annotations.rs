//! Grafana's annotations (`/api/annotations`): a list with times in milliseconds, a text, tags, and for alerts the state
//! that was entered. Every annotation becomes an event.

use crate::Format;
use crate::cell::timestamp::EpochUnit;
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use series::{Event, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::GrafanaAnnotations, probe, is_table: false, read };

/// More annotations than this are refused.
const MOST_ANNOTATIONS: usize = 200_000;

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    let marks = ["timeEnd", "tags", "newState", "alertName", "dashboardUID", "dashboardId", "panelId"];
    ["[]/", "", "annotations/[]/", "result/annotations/[]/"].iter().any(|top| {
        let has = |name: &str| json.has_at_top(&format!("{top}{name}"));
        has("time") && (has("text") || has("title")) && marks.iter().any(|mark| has(mark))
    })
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let unit = context.options.epoch_unit.unwrap_or(EpochUnit::Milliseconds);
    let mut found = Found { set: SeriesSet::default(), unit, count: 0, timeless: 0 };
    Json::new(text).documents(&mut |json, _| found.node(json))?;
    let Found { mut set, timeless, .. } = found;
    if set.event_count() == 0 {
        return Err(Error::Unsupported {
            looks_like: "a list of Grafana's annotations without any annotation in it".to_owned(),
            remedy: "Ask /api/annotations for a range of time (from, to) that has some.".to_owned(),
        });
    }
    set.notes.add(
        NoteKind::Unreadable,
        timeless,
        format!("{} without a time left out", plural(timeless, "annotation", "annotations")),
    );
    Ok(set.into())
}

struct Found {
    set: SeriesSet,
    unit: EpochUnit,
    count: usize,
    timeless: usize,
}

impl Found {
    fn node(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.node(json)),
            Kind::Object => {
                let annotation = json.value()?;
                let inner = annotation.get("annotations").or_else(|| annotation.get("result")?.get("annotations"));
                match inner {
                    Some(list) => list.items().iter().try_for_each(|annotation| self.annotation(annotation)),
                    None => self.annotation(&annotation),
                }
            }
            _ => json.skip(),
        }
    }

    fn annotation(&mut self, annotation: &Value) -> Result<(), Error> {
        let time = |name: &str| annotation.get(name).and_then(|time| time.as_stamp(Some(self.unit)));
        let Some(start) = time("time").filter(|time| time.ms > 0) else {
            self.timeless += 1;
            return Ok(());
        };
        // An annotation of an instant ends when it begins, or at 0.
        let end_ms = time("timeEnd").map(|end| end.ms).filter(|end_ms| *end_ms > start.ms);
        let text = |name: &str| annotation.get(name).and_then(Value::as_str).unwrap_or("").trim();
        let mut labels = Labels::new();
        let mut words: Vec<&str> = Vec::new();
        for tag in annotation.get("tags").map(Value::items).unwrap_or_default().iter().filter_map(Value::as_str) {
            match tag.split_once([':', '=']) {
                Some((name, value)) if !name.trim().is_empty() && !value.trim().is_empty() => {
                    labels.insert(name.trim(), value.trim());
                }
                _ => words.push(tag),
            }
        }
        if !words.is_empty() {
            labels.insert("tags", words.join(","));
        }
        for (name, key) in [("alertname", "alertName"), ("state", "newState")] {
            if !text(key).is_empty() {
                labels.insert(name, text(key));
            }
        }
        let written = without_markup([text("title"), text("text")].iter().filter(|text| !text.is_empty()));
        let title = match (text("alertName"), text("newState")) {
            ("", _) if !written.is_empty() => written,
            ("", _) => "annotation".to_owned(),
            (name, "") => format!("{name}: {written}"),
            (name, state) => format!("{name}: {state}"),
        };
        let title = excerpt(title.trim_end_matches([':', ' ']), 300);
        self.set.push_event(Event { start_ms: start.ms, end_ms, title, labels }, !start.zoned);
        self.count += 1;
        if self.count > MOST_ANNOTATIONS {
            return Err(Error::TooLarge {
                what: "annotations".to_owned(),
                limit: MOST_ANNOTATIONS as u64,
                remedy: "Keep those of the time that the metrics are from.".to_owned(),
            });
        }
        Ok(())
    }
}

/// Texts in one line, without the tags that Grafana lets them have.
fn without_markup<'a>(texts: impl Iterator<Item = &'a &'a str>) -> String {
    let mut plain = String::new();
    for text in texts {
        let mut is_tag = false;
        plain.push(' ');
        for sign in text.chars() {
            match sign {
                '<' => is_tag = true,
                '>' if is_tag => {
                    is_tag = false;
                    plain.push(' ');
                }
                _ if is_tag => {}
                sign => plain.push(sign),
            }
        }
        // A sign for "less than" is no tag.
        if is_tag {
            plain = format!(" {text}");
        }
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
