//! What a caller may choose.

use operations::calls::Call;
use report::NamedSignature;
use std::collections::BTreeMap;

/// What a caller may choose; the defaults are meant to carry every data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The share of healthy Reports that may carry any finding at all (family-wise, over all series and detectors). The
    /// default leaves room under the promised 5 % for noise with heavier tails than a normal distribution.
    pub false_alarm_rate: f64,
    /// The false-discovery rate among the reported relations.
    pub false_discovery_rate: f64,
    /// The border between micro and macro in seconds.
    pub micro_to_macro_s: f64,
    /// The border between macro and meso in seconds.
    pub macro_to_meso_s: f64,
    /// Services that the user has put right: series name to service name.
    pub services: BTreeMap<String, String>,
    /// What services weigh in the impact of an incident (users, requests per second, money per second): service name to
    /// weight, 0 or more. Services that are not named weigh 1.
    pub weights: BTreeMap<String, f64>,
    /// Who calls whom (caller, callee), by the names of services; where it is empty, labels may say it.
    pub calls: Vec<Call>,
    /// Incidents that the user knows: new ones are compared with them.
    pub signatures: Vec<NamedSignature>,
    /// Patterns of strong (true) and weak accents to count in every series, as [`crate::pattern`] reads them.
    pub patterns: Vec<Vec<bool>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            false_alarm_rate: 0.02,
            false_discovery_rate: 0.01,
            micro_to_macro_s: 300.0,
            macro_to_meso_s: 21_600.0,
            services: BTreeMap::new(),
            weights: BTreeMap::new(),
            calls: Vec::new(),
            signatures: Vec::new(),
            patterns: Vec::new(),
        }
    }
}
