//! Series that are sampled more rarely than the grid has slots: their own pace, and the way back.
//!
//! On the grid such a series is mostly empty. Detectors leave missing values out, but they measure a series' memory from
//! neighbouring slots, of which it has none: noise with memory would pass for independent values, and its swings for
//! level shifts. So a series is looked at in cells of its own interval, and what is found is told in slots of the grid.

use crate::detect::Facts;

/// A series is slow from this many slots between its values on.
const LEAST_STRIDE: f64 = 1.75;
/// Fewer values than this tell no interval.
const FEWEST_VALUES: usize = 8;

/// The interval of a slow series, in slots of the grid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pace {
    first: usize,
    stride: f64,
    /// The slot that stands for each cell: that of its value, or its middle where it has none.
    slots: Vec<usize>,
}

impl Pace {
    /// The pace of a column; none where it has values in neighbouring slots, at no interval, or too few of them.
    ///
    /// The interval is the mean step, gaps counted as several. It counts if nine in ten steps are at least three quarters of the
    /// median: jitter moves a sample by a slot, but a series with values missing at random has short steps, too.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let present: Vec<usize> =
            values.iter().enumerate().filter(|(_, value)| !value.is_nan()).map(|(slot, _)| slot).collect();
        if present.len() < FEWEST_VALUES {
            return None;
        }
        let first = *present.first()?;
        let mut steps: Vec<i64> =
            present.iter().zip(present.iter().skip(1)).map(|(before, after)| (after - before) as i64).collect();
        order::ascending_integers(&mut steps);
        let median = *steps.get(steps.len() / 2)? as f64;
        let short = *steps.get(steps.len() / 10)? as f64;
        if median < LEAST_STRIDE || short < 0.75 * median {
            return None;
        }
        let usual = || steps.iter().map(|step| *step as f64).filter(|step| *step <= 1.5 * median);
        let rough = usual().sum::<f64>() / usual().count() as f64;
        // From end to end, so that jitter around gaps does not add up.
        let cells: f64 = steps.iter().map(|step| (*step as f64 / rough).round().max(1.0)).sum();
        let last = *present.last()?;
        let stride = (last - first) as f64 / cells;
        let mut pace = Self { first, stride, slots: Vec::new() };
        let cells = pace.cell(last).max(pace.cell_before(values.len().saturating_sub(1))) + 1;
        pace.slots = (0..cells)
            .map(|cell| ((first as f64 + cell as f64 * stride).round() as usize).min(values.len() - 1))
            .collect();
        for slot in present {
            let cell = pace.cell(slot);
            if let Some(stands) = pace.slots.get_mut(cell) {
                *stands = slot;
            }
        }
        Some(pace)
    }

    fn cell(&self, slot: usize) -> usize {
        (slot.saturating_sub(self.first) as f64 / self.stride).round() as usize
    }

    /// The values in cells: the mean of what falls into each, NaN where nothing does.
    pub(crate) fn cells(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![(0.0, 0u32); self.slots.len()];
        for (slot, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
            if let Some((sum, count)) = sums.get_mut(self.cell(slot)) {
                *sum += value;
                *count += 1;
            }
        }
        sums.into_iter().map(|(sum, count)| if count == 0 { f64::NAN } else { sum / f64::from(count) }).collect()
    }

    /// The last cell at or before a slot.
    pub(crate) fn cell_before(&self, slot: usize) -> usize {
        (slot.saturating_sub(self.first) as f64 / self.stride) as usize
    }

    /// Slots of the grid from cell to cell.
    pub(crate) fn stride(&self) -> f64 {
        self.stride
    }

    /// The slot that stands for a cell.
    pub(crate) fn slot(&self, cell: usize) -> usize {
        self.slots.get(cell).or(self.slots.last()).copied().unwrap_or(0)
    }

    /// What was found in cells, in slots of a grid of `len` slots. Values stand in the slots that they came from, with NaN
    /// between; the edges of the normal band hold from cell to cell.
    pub(crate) fn on_grid(&self, mut facts: Facts, len: usize, end_of_observation: usize) -> Facts {
        let standing = |cells: &[f64]| {
            let mut values = vec![f64::NAN; len];
            for (cell, value) in cells.iter().enumerate() {
                if let Some(slot) = values.get_mut(self.slot(cell)) {
                    *slot = *value;
                }
            }
            values
        };
        let held = |edge: &[f64]| -> Vec<f64> {
            (0..len).map(|slot| edge.get(self.cell(slot)).copied().unwrap_or(f64::NAN)).collect()
        };
        facts.move_values(standing, held);
        for peak in &mut facts.peaks {
            peak.frequency /= self.stride;
            // Cell 0 stands in the slot of the first value.
            let turn = std::f64::consts::TAU;
            peak.phase -= turn * (peak.frequency * self.first as f64).fract();
            peak.phase -= turn * (peak.phase / turn).round();
            peak.period_steps *= self.stride;
            peak.period_low *= self.stride;
            peak.period_high *= self.stride;
        }
        facts.recurrence.on_grid(self);
        for shift in &mut facts.shifts {
            (shift.slot, shift.low, shift.high) = (self.slot(shift.slot), self.slot(shift.low), self.slot(shift.high));
        }
        for line in &mut facts.drifts {
            (line.start, line.end) = (self.slot(line.start), self.slot(line.end));
            line.slope /= self.stride;
            line.slope_low /= self.stride;
            line.slope_high /= self.stride;
            line.intercept -= line.slope * self.first as f64;
        }
        if let Some(bend) = &mut facts.bend {
            (bend.slot, bend.low, bend.high) = (self.slot(bend.slot), self.slot(bend.low), self.slot(bend.high));
            (bend.start, bend.end) = (self.slot(bend.start), self.slot(bend.end));
            bend.before /= self.stride;
            bend.after /= self.stride;
        }
        for step in &mut facts.steps {
            (step.from, step.to) = (self.slot(step.from), self.slot(step.to));
            (step.low, step.high) = (self.slot(step.low), self.slot(step.high));
        }
        if let Some(change) = &mut facts.period_change {
            (change.slot, change.low, change.high) =
                (self.slot(change.slot), self.slot(change.low), self.slot(change.high));
            change.before *= self.stride;
            change.after *= self.stride;
        }
        for accent in &mut facts.accents {
            (accent.start, accent.peak, accent.end) =
                (self.slot(accent.start), self.slot(accent.peak), self.slot(accent.end));
        }
        if let Some(variance) = &mut facts.variance {
            for window in &mut variance.windows {
                (window.start, window.end) = (self.slot(window.start), self.slot(window.end.saturating_sub(1)) + 1);
            }
        }
        if let Some(vanished) = &mut facts.vanished {
            vanished.last = self.slot(vanished.last);
            vanished.missing = end_of_observation.saturating_sub(vanished.last);
            vanished.longest_gap_before = (vanished.longest_gap_before as f64 * self.stride).round() as usize;
        }
        if let Some(frozen) = &mut facts.frozen {
            (frozen.start, frozen.end) = (self.slot(frozen.start), self.slot(frozen.end));
        }
        facts
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::detect::{Facts, Setting};
    use testkit::{Random, signal};

    fn detect(values: &[f64], end_of_observation: usize, alpha: f64) -> Facts {
        let setting = Setting {
            end_of_observation,
            stretch: (0, values.len()),
            missing: None,
            step_s: 15.0,
            bounds: Default::default(),
            alpha,
        };
        crate::detect::detect(values, &setting)
    }

    fn every(stride: usize, values: &[f64], len: usize) -> Vec<f64> {
        let mut column = vec![f64::NAN; len];
        for (index, value) in values.iter().enumerate() {
            if let Some(slot) = column.get_mut(index * stride + 1) {
                *slot = *value;
            }
        }
        column
    }

    #[test]
    fn only_regular_series_with_longer_steps_are_slow() {
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(Pace::of(&values), None);
        let column = every(4, &values, 400);
        let pace = Pace::of(&column).unwrap();
        assert_eq!((pace.first, pace.stride), (1, 4.0));
        assert_eq!(pace.cells(&column), values);
        let mut random = Random::new(1);
        let sparse: Vec<f64> = (0..400).map(|_| if random.uniform() < 0.7 { f64::NAN } else { 1.0 }).collect();
        assert_eq!(Pace::of(&sparse), None, "missing at random");
        assert_eq!(Pace::of(&every(4, &values[..7], 400)), None);
    }

    #[test]
    fn jitter_and_gaps_keep_their_cells() {
        let mut column = vec![f64::NAN; 400];
        for index in (0..100).filter(|index| !(40..50).contains(index)) {
            column[index * 4 + [0, 1, 0, 0, 1][index % 5]] = index as f64;
        }
        let pace = Pace::of(&column).unwrap();
        let cells = pace.cells(&column);
        assert_eq!(cells.len(), 100);
        assert!((0..100).all(|index| if (40..50).contains(&index) {
            cells[index].is_nan()
        } else {
            cells[index] == index as f64
        }));
    }

    #[test]
    fn what_is_found_is_told_in_slots_of_the_grid() {
        let mut values = signal::white_noise(360, &mut Random::new(3));
        for value in values.iter_mut().skip(200) {
            *value += 5.0;
        }
        values[100] += 20.0;
        let column = every(4, &values, 1440);
        let facts = detect(&column, 1439, 1e-3);
        assert_eq!(facts.shifts.len(), 1);
        assert!((797..=805).contains(&facts.shifts[0].slot), "{}", facts.shifts[0].slot);
        assert!(column[facts.shifts[0].slot].is_finite());
        assert!(facts.accents.iter().any(|accent| accent.peak == 401));
        assert_eq!((facts.deseasonalised.len(), facts.band_upper.len()), (1440, 1440));
        assert!(facts.band_upper[400..403].windows(2).all(|pair| pair[0] == pair[1]), "the band holds");

        let line: Vec<f64> =
            signal::white_noise(360, &mut Random::new(4)).iter().enumerate().map(|(i, v)| v + i as f64 * 0.1).collect();
        let drift = detect(&every(4, &line, 1440), 1439, 1e-3).drifts.pop().unwrap();
        assert!((drift.slope - 0.025).abs() < 0.002 && (drift.value_at(721.0) - 18.0).abs() < 1.0);

        let mut gone = every(4, &signal::white_noise(360, &mut Random::new(5)), 1440);
        gone[1001..].fill(f64::NAN);
        let vanished = detect(&gone, 1439, 1e-3).vanished.unwrap();
        assert_eq!((vanished.last, vanished.missing), (997, 442));
    }

    #[test]
    fn noise_with_memory_at_a_slower_pace_stays_noise() {
        let found = (0..40)
            .filter(|&seed| {
                let values = signal::ar1(360, 0.6, &mut Random::new(seed));
                !detect(&every(4, &values, 1440), 1439, 1e-3).shifts.is_empty()
            })
            .count();
        assert_eq!(found, 0);
    }
}
