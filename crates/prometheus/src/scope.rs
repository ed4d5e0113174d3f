//! What is asked of a server, as settings `name=value`: the same in the page, in a link and on the command line. No
//! setting holds a secret.

use crate::{Endpoint, Error, duration, preset};
use series::Dataset;
use std::collections::BTreeMap;

/// The settings that [`Scope::set`] understands, for people.
pub const SETTINGS: &str = "pack=NAME, query=PROMQL, service-label=NAME, range=DURATION, step=DURATION, budget=SAMPLES, \
                            events=alerts|none, alertmanager=URL";

/// What is asked of a server. The default is whatever it has that is worth looking at, see [`crate::worth`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Names of presets, see [`preset`].
    pub packs: Vec<String>,
    /// PromQL expressions.
    pub queries: Vec<String>,
    /// The label that tells services apart; found if none.
    pub service_label: Option<String>,
    /// The length of time looked at; [`crate::Ask::USUAL_RANGE_MS`] if none.
    pub range_ms: Option<i64>,
    /// The resolution; found if none.
    pub step_ms: Option<i64>,
    /// The most samples to fetch; [`Budget::default`] if none.
    pub budget_samples: Option<u64>,
    /// Whether alerts are asked for; if none, they are wherever the server's metrics are looked through.
    pub alerts: Option<bool>,
    /// The address of an Alertmanager, without credentials.
    pub alertmanager: Option<String>,
}

/// How much may be fetched. What would be more is aggregated in the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The most samples: series times points.
    pub samples: u64,
    /// The most series.
    pub series: usize,
}

/// What a browser can hold and analyse: 4 million samples, 500 series.
impl Default for Budget {
    fn default() -> Self {
        Self { samples: 4_000_000, series: 500 }
    }
}

impl Scope {
    /// Reads settings, one after the other; empty ones are passed over.
    ///
    /// # Errors
    /// [`Error::Setting`] for the first that cannot be followed.
    pub fn of<S: AsRef<str>>(settings: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let mut scope = Self::default();
        for setting in settings {
            if !setting.as_ref().trim().is_empty() {
                scope.set(setting.as_ref())?;
            }
        }
        Ok(scope)
    }

    /// Takes a setting `name=value`. `pack` and `query` may come several times, of the others the last one counts.
    ///
    /// # Errors
    /// [`Error::Setting`] if it has no such name or its value cannot be understood; nothing is changed then.
    pub fn set(&mut self, setting: &str) -> Result<(), Error> {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        let (name, value) = (name.trim(), value.trim());
        // An address may have been pasted with a password in it.
        let shown = if name == "alertmanager" { "alertmanager=…" } else { setting.trim() };
        let wrong = |expected: &str| Error::Setting { setting: shown.to_owned(), expected: expected.to_owned() };
        let milliseconds = || duration::parse_ms(value).ok_or_else(|| wrong("a duration like 30s, 5m, 1h30m or 7d"));
        match name {
            "pack" if preset::named(value).is_some() => add(&mut self.packs, value),
            "pack" => return Err(wrong(&format!("one of the packs {}", preset::names()))),
            "query" if value.is_empty() => return Err(wrong("a PromQL expression, as in query=up")),
            "query" => add(&mut self.queries, value),
            "service-label" if is_label(value) => self.service_label = Some(value.to_owned()),
            "service-label" => return Err(wrong("the name of a label, as in service-label=job")),
            "range" => self.range_ms = Some(milliseconds()?),
            "step" => self.step_ms = Some(milliseconds()?),
            "budget" => match value.parse() {
                Ok(samples) if samples > 0 => self.budget_samples = Some(samples),
                _ => return Err(wrong("a whole number of samples, as in budget=4000000")),
            },
            "events" => match value {
                "alerts" => self.alerts = Some(true),
                "none" => self.alerts = Some(false),
                _ => return Err(wrong("events=alerts or events=none")),
            },
            "alertmanager" => {
                let address = Endpoint::parse(value).ok().filter(|endpoint| endpoint.credentials().is_none());
                let expected = "the address of an Alertmanager, without user name and password: \
                                alertmanager=http://localhost:9093";
                self.alertmanager = Some(address.ok_or_else(|| wrong(expected))?.address().to_owned());
            }
            _ => return Err(wrong(&format!("one of {SETTINGS}"))),
        }
        Ok(())
    }

    /// The settings that make this scope: [`Scope::set`] takes them back.
    pub fn settings(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut say = |name: &str, value: Option<String>| {
            out.extend(value.map(|value| format!("{name}={value}")));
        };
        self.packs.iter().for_each(|pack| say("pack", Some(pack.clone())));
        self.queries.iter().for_each(|query| say("query", Some(query.clone())));
        say("service-label", self.service_label.clone());
        say("range", self.range_ms.map(duration::written));
        say("step", self.step_ms.map(duration::written));
        say("budget", self.budget_samples.map(|samples| samples.to_string()));
        say("events", self.alerts.map(|alerts| if alerts { "alerts" } else { "none" }.to_owned()));
        say("alertmanager", self.alertmanager.clone());
        out
    }

    /// The newest moment that is a whole number of steps since 1970 (of seconds, without a step): the same question a
    /// moment later meets the same points.
    pub fn newest_ms(&self, now_ms: i64) -> i64 {
        let step_ms = self.step_ms.unwrap_or(1_000).max(1);
        now_ms.div_euclid(step_ms) * step_ms
    }

    /// How much may be fetched.
    pub fn budget(&self) -> Budget {
        let usual = Budget::default();
        Budget { samples: self.budget_samples.unwrap_or(usual.samples), ..usual }
    }

    /// The service of every series that carries the chosen label, by the series' name. Empty where no label was chosen:
    /// then whoever analyses the data finds the services.
    pub fn services(&self, dataset: &Dataset) -> BTreeMap<String, String> {
        dataset.services_by(self.service_label.as_deref().unwrap_or_default())
    }
}

fn add(list: &mut Vec<String>, value: &str) {
    if !list.iter().any(|known| known == value) {
        list.push(value.to_owned());
    }
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`, what may stand in `by (…)`.
fn is_label(text: &str) -> bool {
    text == series::sanitised_label(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn settings_make_a_scope_and_come_back() {
        let settings = [
            "pack=red",
            "pack=use",
            "query=sum by (job) (rate(x{a=\"b\"}[1m]))",
            "service-label=app",
            "range=6h",
            "step=30s",
            "budget=1000",
            "events=alerts",
            "alertmanager=http://h:9093",
        ];
        let scope = Scope::of(settings).unwrap();
        assert_eq!(scope.settings(), settings);
        assert_eq!((scope.range_ms, scope.step_ms), (Some(21_600_000), Some(30_000)));
        assert_eq!(scope.budget(), Budget { samples: 1_000, series: 500 });
        assert_eq!(scope.newest_ms(100_001), 90_000);
        assert_eq!(Scope::of(["", " pack = red ", "pack=red"]).unwrap().packs, ["red"]);
        assert!(Scope::default().settings().is_empty());
    }

    #[test]
    fn what_cannot_be_followed_says_what_can() {
        for (setting, expected) in [
            ("pack=everything", "red"),
            ("query=", "PromQL"),
            ("service-label=a-b", "label"),
            ("range=soon", "duration"),
            ("step=0s", "duration"),
            ("budget=-1", "samples"),
            ("events=deploys", "alerts"),
            ("speed=9", "service-label"),
            ("alertmanager=http://me:secret@h", "without user name"),
        ] {
            let error = Scope::default().set(setting).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("secret"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_what_is_taken_comes_back(settings in proptest::collection::vec("[a-z-]{0,8}=?\\PC{0,12}", 0..4)) {
            if let Ok(scope) = Scope::of(&settings) {
                prop_assert_eq!(Scope::of(scope.settings()), Ok(scope));
            }
        }
    }
}
