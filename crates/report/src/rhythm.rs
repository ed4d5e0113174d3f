//! What recurs in a series: its periods, and the rhythm of its events.

use serde::{Deserialize, Serialize};

/// A significant period of a series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Period {
    /// Its length.
    pub period_s: f64,
    /// Lower end of the 95 % interval of the length.
    pub low_s: f64,
    /// Upper end of the 95 % interval of the length.
    pub high_s: f64,
    /// The share of the series' variance in it, 0 to 1.
    pub share: f64,
    /// The amplitude of the sinusoid, in the series' unit.
    pub amplitude: f64,
    /// When it is highest for the first time within the window.
    pub crest_ms: i64,
    /// Which harmonic it is of the period at `family`; 1 is the fundamental itself.
    pub harmonic: u32,
    /// The position of its fundamental in the list of periods; its own where it is one.
    pub family: usize,
}

/// A group of beats with one accent (Cooper and Meyer's five).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Foot {
    /// Weak, strong.
    Iamb,
    /// Strong, weak.
    Trochee,
    /// Weak, weak, strong.
    Anapest,
    /// Strong, weak, weak.
    Dactyl,
    /// Weak, strong, weak.
    Amphibrach,
}

impl Foot {
    /// The word shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Iamb => "iamb",
            Self::Trochee => "trochee",
            Self::Anapest => "anapest",
            Self::Dactyl => "dactyl",
            Self::Amphibrach => "amphibrach",
        }
    }

    /// Its beats as signs: `◡` is weak, `–` is strong.
    pub fn signs(self) -> &'static str {
        match self {
            Self::Iamb => "◡–",
            Self::Trochee => "–◡",
            Self::Anapest => "◡◡–",
            Self::Dactyl => "–◡◡",
            Self::Amphibrach => "◡–◡",
        }
    }
}

/// An accent: an excursion beyond a series' usual values, and its place in the rhythm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Accent {
    /// Its onset (ictus).
    pub start_ms: i64,
    /// Its last moment.
    pub end_ms: i64,
    /// How far it reaches beyond what is usual, in robust standard deviations.
    pub strength: f64,
    /// The foot that it is the accent of; `null` where it is in none.
    pub foot: Option<Foot>,
}

/// The rhythm of a series: events that recur at a beat.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rhythm {
    /// The time from one event to the next.
    pub period_s: f64,
    /// Half the width of the period's 95 % interval.
    pub plus_minus_s: f64,
    /// How evenly they come: the standard deviation of the intervals over their mean; 0 is a clock.
    pub variation: f64,
    /// How many came.
    pub count: usize,
    /// The foot that most accents are in, and the share of them; `null` where no group has an accent.
    pub foot: Option<Foot>,
    /// The share of the feet that are the most frequent one; 0 where there are none.
    pub foot_share: f64,
    /// The probability that chance makes such a rhythm.
    pub p: f64,
    /// The newest beat, four of which make a period; `null` where there are no beats.
    pub newest: Option<Beat>,
    /// The most surprising beat after the first two periods.
    pub strangest: Option<Beat>,
    /// Events on weak beats in the place of strong ones (syncopation), in order of time: the last 200.
    pub offbeats: Vec<Offbeat>,
}

/// A beat, and how surprising it is after those before it (docs/methods/expectation.md).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Beat {
    /// When.
    pub at_ms: i64,
    /// Whether an event began there.
    pub came: bool,
    /// −log₂ of the probability of that.
    pub bits: f64,
}

/// An event on a weak beat, where the stronger one that follows has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Offbeat {
    /// When it came.
    pub at_ms: i64,
    /// The stronger beat.
    pub instead_of_ms: i64,
    /// How much stronger that one usually is: log₂ of how many times as often it has an event.
    pub bits: f64,
}

/// How often a pattern that the user asked for stands in the accents of a series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PatternCount {
    /// The pattern: 1 is a strong accent, 0 a weak one (`1,1,0`).
    pub pattern: String,
    /// How often it stands there; places may overlap.
    pub count: usize,
    /// How often it would if the same accents came in random order.
    pub by_chance: f64,
    /// The first accent of each place, in order of time: the last 200.
    pub at_ms: Vec<i64>,
}
