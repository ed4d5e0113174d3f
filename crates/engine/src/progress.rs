//! How far an analysis has come.

/// The stages, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// One common time grid.
    Align,
    /// Per series: seasons, spikes, shifts, trends, silences.
    Detect,
    /// Spectra and pairs.
    Relate,
    /// Classes and consonance over time.
    Replay,
    /// Incidents, causes and the story.
    Explain,
}

impl Stage {
    /// What the stage does, in words for the progress line.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Align => "Aligning series",
            Stage::Detect => "Looking for what broke",
            Stage::Relate => "Looking for what moves together",
            Stage::Replay => "Following consonance over time",
            Stage::Explain => "Putting the story together",
        }
    }
}

/// Where the work stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The stage at work.
    pub stage: Stage,
    /// The share of all work that is done, 0 to 1.
    pub done: f64,
}

/// What a step has come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    /// There is more to do.
    Working(Progress),
    /// The Report is complete.
    Done,
}
