//! The causal scan for accents, continued value by value.

use super::habit::Habit;
use super::rolling::SortedWindow;
use super::spike::SpikeOptions;
use crate::distribution;
use crate::robust::Standard;
use std::collections::VecDeque;

/// How far a scan can always be rewound, in values.
pub const REWIND: usize = 320;

/// The state of [`super::spike::scan_spikes`] with `causal`, after the values so far.
///
/// Every value gets the z that the scan of the whole would give it. A value costs the time of a sorted window, and now
/// and then that of a habit; memory is that of [`past_habits`](super::habit)'s memory and the rewind, however long it goes
/// on.
#[derive(Debug)]
pub struct OnlineScan {
    window: usize,
    threshold: f64,
    /// The place of the first value that is still kept.
    first: usize,
    values: Vec<f64>,
    deviations: Vec<f64>,
    local: Vec<Standard>,
    sorted: SortedWindow,
    /// The habits of the values kept, and the one before them; each with the place it holds from.
    habits: VecDeque<(usize, Habit)>,
    widening: (f64, f64),
}

impl OnlineScan {
    /// A scan that has seen nothing. Of the options, `causal` is taken for granted; without a `horizon` it is 1.
    pub fn new(options: &SpikeOptions) -> Self {
        let window = options.window.max(9);
        let horizon = options.horizon.unwrap_or(1).max(1) as f64;
        Self {
            window,
            threshold: distribution::normal_upper_quantile(options.alpha.clamp(1e-300, 0.5) / (2.0 * horizon)),
            first: 0,
            values: Vec::new(),
            deviations: Vec::new(),
            local: Vec::new(),
            sorted: SortedWindow::with_capacity(window + 1),
            habits: VecDeque::new(),
            widening: (f64::NAN, f64::NAN),
        }
    }

    /// The |z| that counts as an accent.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// The number of values so far.
    pub fn len(&self) -> usize {
        self.first + self.values.len()
    }

    /// Whether there has been no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of values that are kept.
    pub fn kept(&self) -> usize {
        self.values.len()
    }

    /// Takes the next value and gives its z; NaN where the value is missing or too little is known of its past.
    pub fn push(&mut self, value: f64) -> f64 {
        let place = self.len();
        if place > 0 && place.is_multiple_of(self.window) {
            let from = place.saturating_sub(Habit::memory(self.window)).saturating_sub(self.first);
            let past = |all: usize| from..all;
            let habit = match (
                self.values.get(past(self.values.len())),
                self.deviations.get(past(self.deviations.len())),
                self.local.get(past(self.local.len())),
            ) {
                (Some(values), Some(deviations), Some(local)) => Habit::of(values, deviations, local),
                _ => None,
            };
            if let Some(habit) = habit {
                self.habits.push_back((place, habit));
                self.widening = habit.widening(self.threshold, self.window);
            }
        }
        let standard = self.sorted.before(place, self.window);
        let old = self.values.len().checked_sub(self.window).and_then(|position| self.values.get(position)).copied();
        self.sorted.advance(old, value);
        let deviation = value - standard.centre;
        self.values.push(value);
        self.deviations.push(deviation);
        self.local.push(standard);
        self.trim();
        let (up, down) = self.widening;
        let habit = self.habits.back().map_or_else(Habit::default, |(_, habit)| *habit);
        let spread = habit.spread(&standard) * if deviation >= 0.0 { up } else { down };
        if deviation == 0.0 && !up.is_nan() { 0.0 } else { deviation / spread }
    }

    /// Forgets all values from place `len` on, as if they had never come. False, and nothing is changed, where that is
    /// further back than what is kept; [`REWIND`] values are never too many.
    pub fn rewind(&mut self, len: usize) -> bool {
        let is_kept = self.first == 0 || len >= self.first + Habit::memory(self.window);
        if !is_kept {
            return false;
        }
        let kept = len.saturating_sub(self.first);
        if kept >= self.values.len() {
            return true;
        }
        self.values.truncate(kept);
        self.deviations.truncate(kept);
        self.local.truncate(kept);
        while self.habits.back().is_some_and(|(from, _)| *from >= len) {
            self.habits.pop_back();
        }
        let habit = self.habits.back().map(|(_, habit)| *habit);
        self.widening = habit.map_or((f64::NAN, f64::NAN), |habit| habit.widening(self.threshold, self.window));
        self.sorted = SortedWindow::with_capacity(self.window + 1);
        let window = self.values.len().saturating_sub(self.window);
        self.values.iter().skip(window).for_each(|&value| self.sorted.insert(value));
        true
    }

    /// Lets go of what is not needed any more, many values at a time.
    fn trim(&mut self) {
        let needed = Habit::memory(self.window) + REWIND;
        if self.values.len() <= needed + REWIND {
            return;
        }
        let leaving = self.values.len() - needed;
        self.values.drain(..leaving);
        self.deviations.drain(..leaving);
        self.local.drain(..leaving);
        self.first += leaving;
        let earliest = self.first + Habit::memory(self.window);
        while self.habits.get(1).is_some_and(|(from, _)| *from < earliest) {
            self.habits.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::spike::scan_spikes;
    use super::*;
    use proptest::prelude::*;

    fn options(window: usize) -> SpikeOptions {
        SpikeOptions { window, causal: true, horizon: Some(10_000), ..SpikeOptions::default() }
    }

    fn agree(ours: f64, theirs: f64) -> bool {
        ours == theirs || (ours.is_nan() && theirs.is_nan()) || (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0)
    }

    /// Values with ties, gaps, levels and wild ones, longer than what is kept.
    fn values() -> impl Strategy<Value = Vec<f64>> {
        let value = prop_oneof![
            8 => -3.0..3.0f64,
            3 => (-3i32..3).prop_map(f64::from),
            1 => Just(f64::NAN),
            1 => -200.0..200.0f64,
        ];
        (prop::collection::vec(value, 50..400), 1usize..9)
            .prop_map(|(some, times)| some.iter().cycle().take(some.len() * times).copied().collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 80, ..ProptestConfig::default() })]

        #[test]
        fn every_value_gets_the_z_of_the_whole_scan(
            values in values(), window in 9usize..130,
            rewinds in prop::collection::vec((0.0..1.0f64, 0usize..REWIND), 0..6),
        ) {
            let whole = scan_spikes(&values, &options(window));
            let mut scan = OnlineScan::new(&options(window));
            prop_assert_eq!(scan.threshold(), whole.threshold);
            let mut turns: Vec<(usize, usize)> =
                rewinds.iter().map(|(at, back)| ((at * values.len() as f64) as usize, *back)).collect();
            while scan.len() < values.len() {
                let place = scan.len();
                if let Some(turn) = turns.iter().position(|(at, _)| *at == place) {
                    let (_, back) = turns.remove(turn);
                    prop_assert!(scan.rewind(place.saturating_sub(back)));
                    continue;
                }
                let z = scan.push(values[place]);
                prop_assert!(agree(z, whole.z[place]), "{place}: {z} instead of {}", whole.z[place]);
            }
            prop_assert!(scan.kept() <= Habit::memory(window) + 2 * REWIND);
        }
    }

    #[test]
    fn what_is_not_kept_cannot_be_taken_back() {
        let mut scan = OnlineScan::new(&options(9));
        for value in 0..5_000 {
            scan.push(f64::from(value % 17));
        }
        assert!(!scan.rewind(10));
        assert_eq!(scan.len(), 5_000);
        assert!(scan.rewind(5_000 - REWIND));
        assert_eq!(scan.len(), 5_000 - REWIND);
    }
}
