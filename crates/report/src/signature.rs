//! Seen before: signatures of incidents, and stretches of time that look alike.

use serde::{Deserialize, Serialize};

/// How many features a signature has.
pub const FEATURES: usize = 46;

/// A signature of the user's library that an incident is near to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Known {
    /// What the user called it.
    pub name: String,
    /// How far away it is; beyond 1 nothing is near enough.
    pub distance: f64,
    /// The probability that it is the same kind of incident, read off simulated ones.
    pub confidence: f64,
}

/// A stretch of time that looks like another one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Resemblance {
    /// Its first moment.
    pub start_ms: i64,
    /// Its last moment.
    pub end_ms: i64,
    /// How different the shapes are: 0 is the same shape, 1 is none in common.
    pub distance: f64,
    /// The probability that unrelated stretches look that much alike.
    pub p: f64,
}

/// A signature that the user has given a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NamedSignature {
    /// What the user called it.
    pub name: String,
    /// Its features, as [`crate::Incident::signature`] has them.
    pub features: Vec<Option<f64>>,
}

/// The signatures that a user knows: what the page keeps, and what is exchanged as a JSON file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Library {
    /// In the order in which they were added.
    pub signatures: Vec<NamedSignature>,
}

impl Library {
    /// Adds a signature under a name; one that has it already is replaced.
    pub fn add(&mut self, name: &str, features: &[Option<f64>]) {
        self.signatures.retain(|known| known.name != name);
        self.signatures.push(NamedSignature { name: name.to_owned(), features: features.to_vec() });
    }
}
