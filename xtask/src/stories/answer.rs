//! What the program says of a recording: the text of one incident, and of its Report what can be held against a label.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The evidence number of a finding that began in a gap of the data.
const UNSEEN_BEFORE: &str = "not observed before";

/// One incident.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its story, line by line.
    pub(super) story: Vec<String>,
    /// When the finding that opens the story begins, in seconds since 1970.
    pub(super) onset_s: f64,
    /// The last time before it at which its series was seen, where that was behind a gap.
    pub(super) unseen_from_s: Option<f64>,
    /// From sample to sample.
    pub(super) step_s: f64,
    /// The service that the story calls the cause, and how surely.
    pub(super) named: Option<(String, String)>,
    /// The services ranked first.
    pub(super) first_three: Vec<String>,
}

impl Answer {
    /// Of the text and the Report the incident at `place`, from 0.
    pub(super) fn of(text: &str, report: &Value, place: usize) -> Result<Self> {
        let incident = &report["incidents"][place];
        let headline = incident["narrative"]["headline"].as_array().with_context(|| format!("no incident {place}"))?;
        let story = text.split("\n\n").nth(place + 1).context("fewer stories than incidents")?;
        let words: String = headline.iter().filter_map(|span| span["text"].as_str()).collect();
        let joined = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        ensure!(joined(story).starts_with(&joined(&words)), "the text does not tell incident {place} in its place");
        let opening =
            headline.iter().find_map(|span| span["finding"].as_u64()).context("a headline without evidence")?;
        let opening = &report["findings"][usize::try_from(opening)?];
        let onset_s = opening["start_ms"].as_f64().context("a finding has a start")? / 1_000.0;
        let numbers = opening["numbers"].as_array().into_iter().flatten();
        let unseen_s =
            numbers.filter(|number| number["name"] == UNSEEN_BEFORE).find_map(|number| number["value"].as_f64());
        let causes = incident["causes"].as_array().into_iter().flatten().take(3);
        let first_three: Vec<String> = causes.filter_map(|cause| service(report, cause)).collect();
        let word = certainty(&joined(story));
        Ok(Self {
            onset_s,
            unseen_from_s: unseen_s.map(|unseen_s| onset_s - unseen_s),
            step_s: report["dataset"]["interval_ms"].as_f64().context("a data set has an interval")? / 1_000.0,
            named: first_three.first().cloned().zip(word),
            first_three,
            story: story.lines().map(str::to_owned).collect(),
        })
    }

    /// Whether the onset lies at most one sampling step from this time, or in a gap that holds it.
    pub(super) fn is_timely(&self, at_s: f64) -> bool {
        (self.onset_s - at_s).abs() <= self.step_s
            || self.unseen_from_s.is_some_and(|from_s| (from_s..=self.onset_s).contains(&at_s))
    }
}

/// The service that a cause names.
pub(super) fn service(report: &Value, cause: &Value) -> Option<String> {
    let position = usize::try_from(cause["service"].as_u64()?).ok()?;
    Some(report["services"][position]["name"].as_str()?.to_owned())
}

/// How surely the story names a cause: `very likely`.
fn certainty(story: &str) -> Option<String> {
    let (before, _) = story.split_once(" came from ")?;
    before.rsplit_once(" It ").map(|(_, word)| word.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    const TEXT: &str = "metrics.csv (CSV)\n2 series\n\nweb up left its band\nat 00:01.\nIt jumped. It very likely came \
                        from mail.\n\ncart fell.\n\nFindings\n";

    fn report() -> Value {
        let headline = |text: &str| json!([{ "text": text, "finding": null }, { "text": " at 00:01.", "finding": 1 }]);
        json!({
            "dataset": { "interval_ms": 60_000 },
            "services": [{ "name": "web" }, { "name": "mail" }],
            "findings": [
                { "start_ms": 1 },
                { "start_ms": 600_000, "numbers": [{ "name": "p", "value": 0.1 }, { "name": "not observed before", "value": 90.0 }] },
            ],
            "incidents": [
                { "narrative": { "headline": headline("web up left its band") }, "causes": [{ "service": 1 }, { "service": 0 }] },
                { "narrative": { "headline": [{ "text": "cart fell.", "finding": 0 }] }, "causes": [] },
                { "narrative": { "headline": headline("web fell") }, "causes": [] },
            ],
        })
    }

    #[test]
    fn an_incident_is_text_onset_and_causes() {
        let answer = Answer::of(TEXT, &report(), 0).unwrap();
        assert_eq!(answer.story, ["web up left its band", "at 00:01.", "It jumped. It very likely came from mail."]);
        assert_eq!((answer.onset_s, answer.unseen_from_s, answer.step_s), (600.0, Some(510.0), 60.0));
        assert_eq!(answer.named, Some(("mail".to_owned(), "very likely".to_owned())));
        assert_eq!(answer.first_three, ["mail", "web"]);
        assert!([510.0, 660.0].iter().all(|at_s| answer.is_timely(*at_s)));
        assert!([509.0, 661.0].iter().all(|at_s| !answer.is_timely(*at_s)));
        let second = Answer::of(TEXT, &report(), 1).unwrap();
        assert_eq!((second.story, second.named, second.unseen_from_s), (vec!["cart fell.".to_owned()], None, None));
    }

    #[test]
    fn a_text_that_tells_something_else_is_refused() {
        assert!(Answer::of(TEXT, &report(), 2).is_err(), "the third block lists findings");
        assert!(Answer::of(TEXT, &report(), 3).is_err());
    }
}
