//! What a caller may choose.

use report::NamedSignature;
use serde::Deserialize;
use std::collections::BTreeMap;
use thiserror::Error;

/// Options of `analyze` and `analyzeSeries`, as JavaScript names them. Absent ones keep the core's defaults.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Choice {
    /// The share of healthy Reports that may carry any finding.
    pub false_alarm_rate: Option<f64>,
    /// The false-discovery rate among the relations.
    pub false_discovery_rate: Option<f64>,
    /// The border between micro and macro in seconds.
    pub micro_to_macro_s: Option<f64>,
    /// The border between macro and meso in seconds.
    pub macro_to_meso_s: Option<f64>,
    /// Series name to service name, where the names say it wrong.
    pub services: BTreeMap<String, String>,
    /// Incidents that are known: names, and their features as `signature` of an incident has them.
    pub signatures: Vec<NamedSignature>,
    /// What services weigh in the impact of an incident; services that are not named weigh 1.
    pub weights: BTreeMap<String, f64>,
    /// Who calls whom, by the names of services: pairs of caller and callee. Where none is given, labels may say it.
    pub calls: Vec<(String, String)>,
    /// Patterns of strong (1) and weak (0) accents to count in every series.
    pub patterns: Vec<Vec<i64>>,
    /// The format's name; found by content if absent.
    pub format: Option<String>,
    /// The column that holds the time.
    pub time_column: Option<String>,
    /// The table has no time column; its rows are this far apart.
    pub step_ms: Option<f64>,
    /// Minutes that times without a zone are ahead of UTC.
    pub utc_offset_minutes: Option<i32>,
    /// Read only these columns or series.
    pub columns: Option<Vec<String>>,
    /// Leave these columns or series out.
    pub ignore: Vec<String>,
    /// Reading settings, `name=value`; the ones in `undo` of the notes on the data among them.
    pub settings: Vec<String>,
}

/// An option that cannot be followed.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ChoiceError {
    /// A rate outside 0 to 1.
    #[error("{name} is {value}; it must lie between 0 and 1")]
    NoRate {
        /// The option.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// A duration that is none.
    #[error("{name} is {value}; it must be positive")]
    NoDuration {
        /// The option.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// The borders of the scales in the wrong order.
    #[error("microToMacroS is {from}, macroToMesoS is {to}: the first must be smaller")]
    BordersCrossed {
        /// The first border.
        from: f64,
        /// The second border.
        to: f64,
    },
    /// No reader has this name.
    #[error("there is no format `{0}`; leave the option away to have it found by content")]
    UnknownFormat(String),
    /// A weight that is none.
    #[error("the weight of {service} is {weight}: a number of 0 or more was expected")]
    Weight {
        /// The service.
        service: String,
        /// What was given.
        weight: f64,
    },
    /// A pattern that is none.
    #[error(transparent)]
    Pattern(#[from] engine::PatternError),
    /// A reading setting that is none.
    #[error(transparent)]
    Setting(#[from] ingest::SettingError),
}

impl Choice {
    /// The options of the engine.
    ///
    /// # Errors
    /// Rates outside 0 to 1, borders that are no durations or in the wrong order, weights and patterns that are none.
    pub fn engine(&self) -> Result<engine::Options, ChoiceError> {
        let default = engine::Options::default();
        let options = engine::Options {
            false_alarm_rate: rate("falseAlarmRate", self.false_alarm_rate, default.false_alarm_rate)?,
            false_discovery_rate: rate("falseDiscoveryRate", self.false_discovery_rate, default.false_discovery_rate)?,
            micro_to_macro_s: duration("microToMacroS", self.micro_to_macro_s, default.micro_to_macro_s)?,
            macro_to_meso_s: duration("macroToMesoS", self.macro_to_meso_s, default.macro_to_meso_s)?,
            services: self.services.clone(),
            weights: weights(&self.weights)?,
            calls: self.calls.clone(),
            signatures: self.signatures.clone(),
            patterns: self.patterns.iter().map(|accents| pattern(accents)).collect::<Result<_, _>>()?,
        };
        if options.micro_to_macro_s >= options.macro_to_meso_s {
            return Err(ChoiceError::BordersCrossed { from: options.micro_to_macro_s, to: options.macro_to_meso_s });
        }
        Ok(options)
    }

    /// The options of the readers.
    ///
    /// # Errors
    /// An unknown format, a step that is no duration, and a setting that cannot be followed.
    pub fn ingest(&self) -> Result<ingest::Options, ChoiceError> {
        let format = match &self.format {
            None => None,
            Some(name) => {
                Some(ingest::Format::from_name(name).ok_or_else(|| ChoiceError::UnknownFormat(name.clone()))?)
            }
        };
        let step_ms = match self.step_ms {
            None => None,
            Some(step_ms) => Some(duration("stepMs", Some(step_ms), 1.0)?.round().max(1.0) as i64),
        };
        let time_zone =
            self.utc_offset_minutes.map_or(ingest::TimeZone::Utc, |minutes| ingest::TimeZone::FixedOffset { minutes });
        let mut options = ingest::Options {
            format,
            time_column: self.time_column.clone(),
            step_ms,
            time_zone,
            columns: self.columns.clone(),
            ignore: self.ignore.clone(),
            ..ingest::Options::default()
        };
        for setting in &self.settings {
            options.set(setting, |_| None)?;
        }
        Ok(options)
    }
}

fn weights(given: &BTreeMap<String, f64>) -> Result<BTreeMap<String, f64>, ChoiceError> {
    match given.iter().find(|(_, weight)| !weight.is_finite() || **weight < 0.0) {
        Some((service, weight)) => Err(ChoiceError::Weight { service: service.clone(), weight: *weight }),
        None => Ok(given.clone()),
    }
}

fn pattern(accents: &[i64]) -> Result<Vec<bool>, engine::PatternError> {
    let signs: Vec<String> = accents.iter().map(ToString::to_string).collect();
    engine::pattern(&signs.join(","))
}

fn rate(name: &'static str, chosen: Option<f64>, default: f64) -> Result<f64, ChoiceError> {
    let value = chosen.unwrap_or(default);
    if value > 0.0 && value < 1.0 { Ok(value) } else { Err(ChoiceError::NoRate { name, value }) }
}

fn duration(name: &'static str, chosen: Option<f64>, default: f64) -> Result<f64, ChoiceError> {
    let value = chosen.unwrap_or(default);
    if value > 0.0 && value.is_finite() { Ok(value) } else { Err(ChoiceError::NoDuration { name, value }) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn from_json(text: &str) -> Choice {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn nothing_chosen_is_the_cores_default() {
        assert_eq!(from_json("{}").engine(), Ok(engine::Options::default()));
        assert_eq!(from_json(r#"{"patterns": [[1, 1, 0]]}"#).engine().unwrap().patterns, [[true, true, false]]);
        let refused = from_json(r#"{"patterns": [[1, 2]]}"#).engine().unwrap_err().to_string();
        assert!(refused.contains("`1,2`"), "{refused}");
        assert_eq!(from_json(r#"{"weights": {"cart": 2.5}}"#).engine().unwrap().weights["cart"], 2.5);
        assert!(from_json("{}").ingest().unwrap().format.is_none());
    }

    #[test]
    fn what_is_chosen_arrives() {
        let choice = from_json(
            r#"{"falseAlarmRate": 0.01, "services": {"up": "node"}, "stepMs": 1000, "utcOffsetMinutes": 60, "ignore": ["x"]}"#,
        );
        let options = choice.engine().unwrap();
        assert_eq!((options.false_alarm_rate, options.services["up"].as_str()), (0.01, "node"));
        let options = choice.ingest().unwrap();
        assert_eq!((options.step_ms, options.time_zone.instant_ms(0)), (Some(1000), -3_600_000));
        assert_eq!(options.ignore, ["x"]);
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        let message = |text: &str| {
            let choice = from_json(text);
            match (choice.engine(), choice.ingest()) {
                (Err(error), _) | (_, Err(error)) => error.to_string(),
                _ => panic!("{text} was accepted"),
            }
        };
        assert!(message(r#"{"falseAlarmRate": 2}"#).contains("falseAlarmRate is 2"));
        assert!(message(r#"{"microToMacroS": 30000}"#).contains("the first must be smaller"));
        assert!(message(r#"{"stepMs": -1}"#).contains("stepMs is -1"));
        let refused = from_json(r#"{"weights": {"cart": -1}}"#).engine().unwrap_err().to_string();
        assert_eq!(refused, "the weight of cart is -1: a number of 0 or more was expected");
        assert!(message(r#"{"settings": ["counters=maybe"]}"#).contains("`counters=maybe`"));
        assert!(message(r#"{"format": "tea leaves"}"#).contains("`tea leaves`"));
        assert!(serde_json::from_str::<Choice>(r#"{"falseAlarmrate": 0.1}"#).is_err());
    }
}
