//! Loading: which load is the current one, and how far it is.

use crate::bridge::Fault;

/// What the page is doing. [`Phase::name`] is the body's `data-state`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// Nothing has been loaded yet.
    #[default]
    Empty,
    /// Work is under way.
    Loading {
        /// What is being loaded.
        source: String,
        /// The stage at work, in words.
        stage: String,
        /// The share of all work that is done, 0 to 1.
        done: f64,
    },
    /// A complete Report is shown.
    Done,
    /// The last load failed. What was shown before is still shown.
    Failed(Fault),
}

impl Phase {
    /// One word: `empty`, `loading`, `done` or `error`.
    pub fn name(&self) -> &'static str {
        match self {
            Phase::Empty => "empty",
            Phase::Loading { .. } => "loading",
            Phase::Done => "done",
            Phase::Failed(_) => "error",
        }
    }
}

/// The current load. Every load has a number; messages about any other load are stale and refused.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    generation: u32,
    phase: Phase,
    has_complete: bool,
    is_quiet: bool,
}

impl Load {
    /// The number of the current load; 0 before the first.
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// What the page is doing.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Whether work is under way that the user asked for.
    pub fn is_loading(&self) -> bool {
        matches!(self.phase, Phase::Loading { .. })
    }

    /// Begins a load, which makes every earlier one stale. Returns its number.
    pub fn begin(&mut self, source: impl Into<String>) -> u32 {
        self.generation += 1;
        self.is_quiet = false;
        self.phase = Phase::Loading { source: source.into(), stage: "Reading".into(), done: 0.0 };
        self.generation
    }

    /// Begins a load in the background, while what was loaded stays on the screen. Returns its number.
    pub fn begin_quietly(&mut self) -> u32 {
        self.generation += 1;
        self.is_quiet = true;
        self.generation
    }

    /// Takes note of progress. False if it is about a stale load.
    pub fn progress(&mut self, generation: u32, new_stage: &str, share: f64) -> bool {
        if generation != self.generation {
            return false;
        }
        if let Phase::Loading { stage, done, .. } = &mut self.phase {
            new_stage.clone_into(stage);
            // Stages that overlap must not make the bar run backwards.
            *done = done.max(share.clamp(0.0, 1.0));
        }
        true
    }

    /// Takes note of a Report. False if it is about a stale load, or a partial one of a load in the background.
    pub fn report(&mut self, generation: u32, complete: bool) -> bool {
        if generation != self.generation || (self.is_quiet && !complete) {
            return false;
        }
        if complete {
            self.has_complete = true;
            if !self.is_quiet {
                self.phase = Phase::Done;
            }
            self.is_quiet = false;
        }
        true
    }

    /// Takes note of a failure. False if it is about a stale load; a load in the background fails in silence.
    pub fn fail(&mut self, generation: u32, fault: Fault) -> bool {
        if generation != self.generation {
            return false;
        }
        if !self.is_quiet {
            self.phase = Phase::Failed(fault);
        }
        true
    }

    /// Stops the current load: what was complete before is shown again. Returns the number that has become stale.
    pub fn cancel(&mut self) -> u32 {
        let stopped = self.generation;
        self.generation += 1;
        self.is_quiet = false;
        self.phase = if self.has_complete { Phase::Done } else { Phase::Empty };
        stopped
    }

    /// Puts the message of a failure away.
    pub fn dismiss(&mut self) {
        if let Phase::Failed(_) = self.phase {
            self.phase = if self.has_complete { Phase::Done } else { Phase::Empty };
        }
    }

    /// Forgets everything that was loaded.
    pub fn close(&mut self) {
        self.generation += 1;
        self.has_complete = false;
        self.is_quiet = false;
        self.phase = Phase::Empty;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(load: &Load) -> f64 {
        match load.phase() {
            Phase::Loading { done, .. } => *done,
            _ => f64::NAN,
        }
    }

    #[test]
    fn a_second_load_makes_the_first_stale() {
        let mut load = Load::default();
        let first = load.begin("a.csv");
        assert!(load.progress(first, "Aligning", 0.2));
        let second = load.begin("b.csv");
        assert!(!load.progress(first, "Aligning", 0.9));
        assert!(!load.report(first, true));
        assert!(!load.fail(first, Fault::default()));
        assert_eq!(load.phase().name(), "loading");
        assert!(load.report(second, false));
        assert_eq!(load.phase().name(), "loading", "a partial Report is not the end");
        assert!(load.report(second, true));
        assert_eq!(load.phase().name(), "done");
    }

    #[test]
    fn the_bar_never_runs_backwards_nor_over() {
        let mut load = Load::default();
        let generation = load.begin("a.csv");
        load.progress(generation, "one", 0.4);
        load.progress(generation, "two", 0.3);
        assert_eq!(done(&load), 0.4);
        load.progress(generation, "two", 7.0);
        assert_eq!(done(&load), 1.0);
    }

    #[test]
    fn cancelling_shows_what_was_complete_before() {
        let mut load = Load::default();
        let first = load.begin("a.csv");
        assert_eq!(load.cancel(), first);
        assert_eq!(load.phase(), &Phase::Empty);
        assert!(!load.report(first, true), "what arrives late is refused");
        let second = load.begin("a.csv");
        load.report(second, true);
        load.begin("b.csv");
        load.cancel();
        assert_eq!(load.phase(), &Phase::Done);
    }

    #[test]
    fn a_failure_can_be_put_away() {
        let mut load = Load::default();
        let generation = load.begin("a.csv");
        load.fail(generation, Fault { title: "no".into(), ..Fault::default() });
        assert_eq!(load.phase().name(), "error");
        load.dismiss();
        assert_eq!(load.phase().name(), "empty");
        load.close();
        assert_ne!(load.generation(), generation);
    }

    #[test]
    fn a_load_in_the_background_changes_nothing_on_the_screen_until_it_is_complete() {
        let mut load = Load::default();
        let first = load.begin("a.csv");
        load.report(first, true);
        let quiet = load.begin_quietly();
        assert!(load.progress(quiet, "Aligning", 0.1));
        assert_eq!(load.phase(), &Phase::Done);
        assert!(!load.report(quiet, false));
        assert!(load.report(quiet, true));
        let quiet = load.begin_quietly();
        assert!(load.fail(quiet, Fault::default()));
        assert_eq!(load.phase(), &Phase::Done);
    }
}
