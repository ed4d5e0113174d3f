//! Alerts and silences as events.

use crate::answer::QuerySeries;
use serde_json::Value;
use series::{Event, Labels};

/// The most letters of a title.
const LONGEST_TITLE: usize = 300;

/// The alerts that fired, of the series `ALERTS{alertstate="firing"}` and `ALERTS_FOR_STATE` at every `step_ms`.
///
/// Each run of samples without a hole is one alert. Two follow each other without a hole where the value of
/// `ALERTS_FOR_STATE`, the time since when the condition holds, changes. An alert that fires in the first step began
/// before the range: then that time is its begin, where it is known. One that fires in the last step still lasts.
/// `alertstate` is no label of the event.
pub(crate) fn firing(
    alerts: &[QuerySeries],
    since: &[QuerySeries],
    (start_ms, end_ms): (i64, i64),
    step_ms: i64,
) -> Vec<Event> {
    let mut events = Vec::new();
    for one in alerts {
        let mut labels: Labels = one.metric.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        labels.remove("__name__");
        labels.remove("alertstate");
        let is_same = |other: &&QuerySeries| {
            let known = other.metric.iter().filter(|(name, _)| name.as_str() != "__name__");
            known.map(|(name, value)| (name.as_str(), value.as_str())).eq(labels.iter())
        };
        let since = since.iter().find(is_same);
        let began = |time_ms: i64| {
            let sample = since?.values.iter().find(|sample| sample.time_ms == time_ms)?;
            Some((sample.value * 1000.0) as i64).filter(|began| *began > 0)
        };
        let title = labels.get("alertname").unwrap_or("alert").to_owned();
        let mut run: Option<(Event, i64, Option<i64>)> = None;
        for sample in &one.values {
            let held_since = began(sample.time_ms);
            match &mut run {
                Some((event, last_ms, since)) if sample.time_ms - *last_ms <= step_ms && *since == held_since => {
                    *last_ms = sample.time_ms;
                    event.end_ms = Some(sample.time_ms);
                    continue;
                }
                _ => events.extend(run.take().map(|(event, ..)| event)),
            }
            let is_older = sample.time_ms - start_ms < step_ms;
            let begin_ms = held_since.filter(|began| is_older && *began < sample.time_ms).unwrap_or(sample.time_ms);
            let event = Event {
                start_ms: begin_ms,
                end_ms: Some(sample.time_ms),
                title: title.clone(),
                labels: labels.clone(),
            };
            run = Some((event, sample.time_ms, held_since));
        }
        events.extend(run.map(|(event, last_ms, _)| Event {
            end_ms: event.end_ms.filter(|_| last_ms + step_ms <= end_ms),
            ..event
        }));
    }
    events
}

/// Puts the alerts that Alertmanager lists, which all still last, to those that are known. One that is known gets its
/// words; it is known if an alert of its name, whose labels it has among others, was firing when it began or later.
pub(crate) fn add_managed(events: &mut Vec<Event>, alerts: &Value, end_ms: i64) {
    for alert in alerts.as_array().into_iter().flatten() {
        let Some(start_ms) = time_of(alert, "startsAt").filter(|start| *start <= end_ms) else { continue };
        let mut labels = Labels::new();
        for (name, value) in alert.get("labels").and_then(Value::as_object).into_iter().flatten() {
            labels.insert(name.as_str(), value.as_str().unwrap_or_default());
        }
        let name = labels.get("alertname").unwrap_or("alert");
        let annotations = alert.get("annotations");
        let said =
            ["summary", "title", "message", "description"].iter().find_map(|name| annotations?.get(*name)?.as_str());
        let title = match said.map(str::trim).filter(|text| !text.is_empty() && *text != name) {
            Some(text) => cut(format!("{name}: {text}")),
            None => name.to_owned(),
        };
        let is_known = |event: &&mut Event| {
            event.end_ms.is_none_or(|end| end >= start_ms)
                && event.labels.get("alertname").is_some()
                && event.labels.iter().all(|(name, value)| labels.get(name) == Some(value))
        };
        match events.iter_mut().find(is_known) {
            Some(event) => event.title = title,
            None => events.push(Event { start_ms, end_ms: None, title, labels }),
        }
    }
}

/// The silences that touch a range of time. The labels are those that a silence wants to be equal.
pub(crate) fn silences(all: &Value, (start_ms, end_ms): (i64, i64)) -> Vec<Event> {
    let mut events = Vec::new();
    for one in all.as_array().into_iter().flatten() {
        let (Some(begin_ms), Some(finish_ms)) = (time_of(one, "startsAt"), time_of(one, "endsAt")) else { continue };
        if begin_ms > end_ms || finish_ms < start_ms {
            continue;
        }
        let mut labels = Labels::new();
        let mut title = "Silence".to_owned();
        for matcher in one.get("matchers").and_then(Value::as_array).into_iter().flatten() {
            let is = |name: &str| matcher.get(name).and_then(Value::as_bool);
            let text = |name: &str| matcher.get(name).and_then(Value::as_str).unwrap_or_default();
            // Alertmanager before 0.22 has none that are not equal, and does not say so.
            let sign = match (is("isEqual").unwrap_or(true), is("isRegex").unwrap_or(false)) {
                (true, false) => "=",
                (true, true) => "=~",
                (false, false) => "!=",
                (false, true) => "!~",
            };
            title.push_str(if title.contains(' ') { ", " } else { " " });
            title.push_str(text("name"));
            title.push_str(sign);
            title.push_str(text("value"));
            if sign == "=" {
                labels.insert(text("name"), text("value"));
            }
        }
        if let Some(comment) = one.get("comment").and_then(Value::as_str).filter(|comment| !comment.is_empty()) {
            title.push_str(" (");
            title.push_str(comment);
            title.push(')');
        }
        let end_ms = (finish_ms <= end_ms).then_some(finish_ms);
        events.push(Event { start_ms: begin_ms, end_ms, title: cut(title), labels });
    }
    events
}

fn time_of(one: &Value, name: &str) -> Option<i64> {
    time_ms(one.get(name)?.as_str()?)
}

fn cut(text: String) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_TITLE).collect()
}

/// Milliseconds since 1970 of `2024-05-01T08:00:00.123Z` or with an offset (RFC 3339); none for anything else, and for
/// the time zero that Go writes for none.
fn time_ms(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let rest = text.get(19..)?;
    let digits = rest.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    let fraction: i64 = format!("{:0<3}", rest.get(1..1 + digits).unwrap_or("")).get(..3)?.parse().ok()?;
    let zone = rest.get(if digits > 0 { digits + 1 } else { 0 }..)?;
    let offset_min = match zone.as_bytes() {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), ..] if zone.len() == 6 => {
            let minutes = zone.get(1..3)?.parse::<i64>().ok()? * 60 + zone.get(4..6)?.parse::<i64>().ok()?;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    // Days since 1970 in the Gregorian calendar, of a year that begins in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day
            - 1
            - 719_468;
    let seconds = (days * 24 + hour) * 3_600 + (minute - offset_min) * 60 + second;
    Some(seconds * 1_000 + fraction).filter(|time_ms| *time_ms > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::answer::Sample;
    use proptest::prelude::*;

    fn series(labels: &[(&str, &str)], samples: &[(i64, f64)]) -> QuerySeries {
        let values = samples.iter().map(|(time_ms, value)| Sample { time_ms: *time_ms, value: *value }).collect();
        let metric = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        QuerySeries { metric, values, value: None, histograms: Vec::new(), histogram: None }
    }

    #[test]
    fn runs_of_samples_are_alerts() {
        let firing_labels =
            [("__name__", "ALERTS"), ("alertname", "Slow"), ("alertstate", "firing"), ("severity", "page")];
        let alerts =
            [series(&firing_labels, &[(100, 1.0), (110, 1.0), (150, 1.0), (160, 1.0), (170, 1.0), (200, 1.0)])];
        let since_labels = [("__name__", "ALERTS_FOR_STATE"), ("alertname", "Slow"), ("severity", "page")];
        let held = [(100, 0.05), (110, 0.05), (150, 0.14), (160, 0.14), (170, 0.165), (200, 0.19)];
        let events = firing(&alerts, &[series(&since_labels, &held)], (95, 205), 10);
        let spans: Vec<(i64, Option<i64>)> = events.iter().map(|event| (event.start_ms, event.end_ms)).collect();
        assert_eq!(spans, [(50, Some(110)), (150, Some(160)), (170, Some(170)), (200, None)]);
        assert_eq!(
            (events[0].title.as_str(), events[0].labels.to_string().as_str()),
            ("Slow", "{alertname=\"Slow\",severity=\"page\"}")
        );
        // Without ALERTS_FOR_STATE there are fewer of them, and the first begins where it is first seen.
        let spans: Vec<i64> = firing(&alerts, &[], (95, 205), 10).iter().map(|event| event.start_ms).collect();
        assert_eq!(spans, [100, 150, 200]);
    }

    #[test]
    fn alertmanager_gives_words_to_alerts_that_are_known_and_adds_the_others() {
        let body = r#"[{"labels":{"alertname":"Slow","cluster":"a","severity":"page"},"annotations":{"summary":"p99 above 1 s"},
            "startsAt":"1970-01-01T00:00:00.150Z","endsAt":"2030-01-01T00:00:00Z","status":{"state":"active"}},
            {"labels":{"alertname":"Full"},"startsAt":"1970-01-01T01:00:00.160+01:00","annotations":{}},
            {"labels":{"alertname":"Later"},"startsAt":"2030-01-01T00:00:00Z"}]"#;
        let labels: Labels = [("alertname", "Slow"), ("severity", "page")].into_iter().collect();
        let mut events = vec![Event { start_ms: 140, end_ms: None, title: "Slow".to_owned(), labels }];
        add_managed(&mut events, &serde_json::from_str(body).unwrap(), 205);
        let found: Vec<(i64, &str)> = events.iter().map(|event| (event.start_ms, event.title.as_str())).collect();
        assert_eq!(found, [(140, "Slow: p99 above 1 s"), (160, "Full")]);
    }

    #[test]
    fn silences_of_the_range_are_events() {
        let body = r#"[{"id":"1","matchers":[{"name":"alertname","value":"Slow","isRegex":false,"isEqual":true},
            {"name":"job","value":"a|b","isRegex":true}],"startsAt":"1970-01-01T00:00:00.100Z",
            "endsAt":"1970-01-01T00:00:00.300Z","createdBy":"someone","comment":"deploy"},
            {"matchers":[],"startsAt":"1970-01-01T00:00:00.001Z","endsAt":"1970-01-01T00:00:00.002Z"}]"#;
        let events = silences(&serde_json::from_str(body).unwrap(), (90, 400));
        let [one] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(one.title, "Silence alertname=Slow, job=~a|b (deploy)");
        assert_eq!(
            (one.start_ms, one.end_ms, one.labels.to_string().as_str()),
            (100, Some(300), "{alertname=\"Slow\"}")
        );
    }

    #[test]
    fn times_are_those_of_rfc_3339() {
        for (text, expected) in [
            ("2024-02-29T12:30:15.25Z", Some(1_709_209_815_250)),
            ("2024-02-29T14:30:15+02:00", Some(1_709_209_815_000)),
            ("1999-12-31T23:59:59.999999999-00:30", Some(946_686_599_999)),
            ("0001-01-01T00:00:00Z", None),
            ("2024-02-29", None),
            ("2024-02-29T12:30:15", None),
        ] {
            assert_eq!(time_ms(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\PC{0,8}|\\PC{0,30}") {
            let _ = time_ms(&text);
        }
    }
}
