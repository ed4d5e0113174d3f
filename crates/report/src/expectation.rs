//! What a series makes one expect of its next value, and how surprising what came was.

use crate::format::{number, quantity};
use serde::{Deserialize, Serialize};

/// What was expected of every value of a series, from the values before it alone (docs/methods/expectation.md), in short.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Expectation {
    /// The season that is expected to go on; `null` where the last values alone tell.
    pub period_s: Option<f64>,
    /// How many values were predicted: all but the first ones, and those after a gap.
    pub predicted: usize,
    /// The share of them that were within their 95 % interval.
    pub coverage: f64,
    /// The newest value; `null` where it could not be predicted.
    pub newest: Option<Surprise>,
    /// From so many bits on, a value is beyond what the whole series makes likely.
    pub limit_bits: f64,
    /// How often a value was beyond what the whole series makes likely; neighbouring ones count once.
    pub violation_count: usize,
    /// The most surprising of those, at most 20, in order of time.
    pub violations: Vec<Surprise>,
}

/// One value, and what was expected of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Surprise {
    /// When.
    pub at_ms: i64,
    /// What came, in the series' unit.
    pub value: f64,
    /// The mean of what was expected.
    pub expected: f64,
    /// The lower end of the 95 % interval.
    pub low: f64,
    /// The upper end of the 95 % interval.
    pub high: f64,
    /// How surprising it is: −log₂ of the chance of a value as far out or further. 1 bit is as usual as can be, 10 bits come
    /// once in a thousand values.
    pub bits: f64,
}

impl Surprise {
    /// `expected 420 ms (310 ms to 550 ms), was 910 ms: 9.3 bits`
    pub fn words(&self, unit: &str) -> String {
        let [expected, low, high, value] =
            [self.expected, self.low, self.high, self.value].map(|value| quantity(value, unit));
        format!("expected {expected} ({low} to {high}), was {value}: {} bits", number(self.bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_surprise_names_the_interval_and_what_came() {
        let surprise = Surprise { at_ms: 0, value: 0.91, expected: 0.42, low: 0.31, high: 0.55, bits: 9.31 };
        assert_eq!(surprise.words("s"), "expected 420 ms (310 ms to 550 ms), was 910 ms: 9.31 bits");
    }
}
