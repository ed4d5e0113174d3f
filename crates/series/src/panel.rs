//! A data set on one regular grid.

use crate::{Break, Dataset, Kind, Note, NoteKind, Series, TimeAxis, TimeGrid};
use order::SortedMap;
use std::sync::Arc;

/// The number of empty slots that stand for a break: more than any method bridges, so that nothing reaches across.
const BREAK_SLOTS: usize = 8;
/// A silence of all series is a break only from this many steps on.
const SHORTEST_BREAK_STEPS: i64 = 64;

/// All series of a [`Dataset`] on one [`TimeGrid`]: column `i` belongs to `dataset.series[i]`.
///
/// Gaps are NaN. Counters have become rates per second, resets taken into account.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// The common grid.
    pub grid: TimeGrid,
    /// One column per series, each `grid.len` long.
    pub columns: Vec<Vec<f64>>,
    /// What aligning changed.
    pub notes: Vec<Note>,
    /// Infinite values so far.
    infinite: u64,
}

/// Why a data set has no panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelError {
    /// There is no series at all.
    NoSeries,
    /// There are events, and no series beside them.
    OnlyEvents,
    /// No series has two samples at different times, so there is no interval.
    NoInterval,
}

impl std::fmt::Display for PanelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoSeries => "there is no series of numbers in this data",
            Self::OnlyEvents => {
                "there are only events (alerts, annotations) in this data; add a file with the metrics of the same time"
            }
            Self::NoInterval => "every series has only one sample; at least two samples at different times are needed",
        })
    }
}

impl std::error::Error for PanelError {}

impl Panel {
    /// Aligns all series to the most common interval.
    ///
    /// The step is the median interval of most of the series (by series count; ties take the finer). Samples go to the
    /// nearest slot; several in one slot are averaged. A silence of all series that is longer than all the recorded
    /// time together becomes a break. Infinities become NaN.
    ///
    /// # Errors
    /// See [`PanelError`].
    pub fn align(dataset: &Dataset) -> Result<Self, PanelError> {
        let mut panel = Self::lay(dataset)?;
        while !panel.place(dataset, usize::MAX) {}
        Ok(panel)
    }

    /// Lays the grid of [`Panel::align`], with no column on it yet.
    ///
    /// # Errors
    /// See [`PanelError`].
    pub fn lay(dataset: &Dataset) -> Result<Self, PanelError> {
        if dataset.series.is_empty() {
            return Err(if dataset.events.is_empty() { PanelError::NoSeries } else { PanelError::OnlyEvents });
        }
        let step_ms = common_interval(dataset).ok_or(PanelError::NoInterval)?;
        let (grid, notes) = lay_grid(dataset, step_ms);
        Ok(Self { grid, columns: Vec::new(), notes, infinite: 0 })
    }

    /// Places the next `most` series of the same data set on the grid; true when all are placed.
    pub fn place(&mut self, dataset: &Dataset, most: usize) -> bool {
        let placed = self.columns.len();
        for series in dataset.series.iter().skip(placed).take(most) {
            let (column, infinities) = place(series, &self.grid);
            self.infinite += infinities;
            self.columns.push(column);
        }
        let is_whole = self.columns.len() >= dataset.series.len();
        if is_whole && self.infinite > 0 && placed < self.columns.len() {
            let message = format!("{} infinite values count as missing in the analysis", self.infinite);
            self.notes.push(Note::new(NoteKind::Infinite, self.infinite, message));
        }
        is_whole
    }

    /// As [`Panel::place`], of a data set whose values are not needed any longer: those of the series that were placed are
    /// let go, so that they are not held twice.
    pub fn take(&mut self, dataset: &mut Dataset, most: usize) -> bool {
        let placed = self.columns.len();
        let is_whole = self.place(dataset, most);
        for series in dataset.series.iter_mut().skip(placed).take(most) {
            series.values = Vec::new();
        }
        is_whole
    }
}

/// The different axes, each with the number of series on it.
fn axes(dataset: &Dataset) -> Vec<(&TimeAxis, usize)> {
    let mut all: Vec<&Arc<TimeAxis>> = dataset.series.iter().map(|series| &series.axis).collect();
    order::sort_by_key(&mut all, |axis| Arc::as_ptr(axis) as usize);
    let mut different: Vec<(&TimeAxis, usize)> = Vec::new();
    for axis in all {
        match different.last_mut() {
            Some((last, count)) if std::ptr::eq(*last, Arc::as_ptr(axis)) => *count += 1,
            _ => different.push((axis, 1)),
        }
    }
    different
}

fn common_interval(dataset: &Dataset) -> Option<i64> {
    let mut votes: SortedMap<i64, usize> = SortedMap::new();
    let mut longest = 0;
    for (axis, count) in axes(dataset) {
        if let Some(interval) = axis.interval_ms() {
            *votes.at(interval.max(1)) += count;
            longest = longest.max(axis.len());
        }
    }
    let most = votes.values().copied().max()?;
    let step = votes.into_iter().find(|&(_, count)| count == most).map(|(interval, _)| interval)?;
    // Bursty samples (one per request) have a tiny median interval over a long time: no finer grid than the data fill.
    let active: i64 = stretches(dataset, step * SHORTEST_BREAK_STEPS).iter().map(|(first, last)| last - first).sum();
    let slots = active / step;
    Some(if slots > 4 * longest as i64 { (active / longest.max(1) as i64).max(step) } else { step })
}

/// How many different times there are.
fn count_times(dataset: &Dataset) -> usize {
    let mut times: Vec<i64> = axes(dataset).into_iter().flat_map(|(axis, _)| axis.times_ms().iter().copied()).collect();
    order::ascending_integers(&mut times);
    times.dedup();
    times.len()
}

/// The stretches of time, first and last moment, in which no two neighbouring samples, of whatever series, are further
/// apart than `apart`. Each axis is gone through once: what it covers by itself is put together with the others.
fn stretches(dataset: &Dataset, apart: i64) -> Vec<(i64, i64)> {
    let mut covered: Vec<(i64, i64)> = Vec::new();
    for (axis, _) in axes(dataset) {
        let mut times = axis.times_ms().iter().copied();
        let Some(first) = times.next() else { continue };
        let mut stretch = (first, first);
        for time in times {
            if time - stretch.1 > apart {
                covered.push(stretch);
                stretch.0 = time;
            }
            stretch.1 = time;
        }
        covered.push(stretch);
    }
    order::sort(&mut covered);
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (first, last) in covered {
        match joined.last_mut() {
            Some(before) if first - before.1 <= apart => before.1 = before.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined
}

fn lay_grid(dataset: &Dataset, step_ms: i64) -> (TimeGrid, Vec<Note>) {
    let stretches = stretches(dataset, step_ms * SHORTEST_BREAK_STEPS);
    let (Some(&(first, _)), Some(&(_, last))) = (stretches.first(), stretches.last()) else {
        return (TimeGrid::new(0, step_ms, 0), Vec::new());
    };
    // Counting all times takes longer than everything else here, and is mostly of no use.
    let count = if stretches.len() > 1 { count_times(dataset) } else { 0 };
    let longest_allowed = (step_ms * count as i64).max(step_ms * SHORTEST_BREAK_STEPS);
    let mut breaks = Vec::new();
    let mut skipped_total = 0;
    for pair in stretches.windows(2) {
        let [(_, before), (after, _)] = *pair else { continue };
        if after - before <= longest_allowed {
            continue;
        }
        let behind = (before - first - skipped_total + step_ms / 2) / step_ms + 1 + BREAK_SLOTS as i64;
        let skipped_ms = after - (first + skipped_total + behind * step_ms);
        breaks.push(Break { slot: behind as usize, skipped_ms });
        skipped_total += skipped_ms;
    }
    let len = ((last - first - skipped_total + step_ms / 2) / step_ms + 1) as usize;
    let notes = if breaks.is_empty() {
        Vec::new()
    } else {
        // In tenths of an hour.
        let tenths = (skipped_total + 180_000) / 360_000;
        vec![Note::new(
            NoteKind::Break,
            breaks.len() as u64,
            format!(
                "{} without any sample, {}.{} h in all, left out: the parts around it are analysed side by side",
                plural(breaks.len(), "long stretch", "long stretches"),
                tenths / 10,
                tenths % 10
            ),
        )]
    };
    (TimeGrid { start_ms: first, step_ms, len, breaks }, notes)
}

fn plural(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

fn place(series: &Series, grid: &TimeGrid) -> (Vec<f64>, u64) {
    let mut sums = vec![0.0; grid.len];
    let mut counts = vec![0u32; grid.len];
    let mut infinite = 0;
    let mut slot = 0;
    let mut previous: Option<(i64, f64)> = None;
    for (&time, &raw) in series.axis.times_ms().iter().zip(&series.values) {
        if raw.is_infinite() {
            infinite += 1;
        }
        if !raw.is_finite() {
            continue;
        }
        let value = match series.kind {
            Kind::Gauge => raw,
            Kind::Counter => {
                let before = previous.replace((time, raw));
                let Some((then, count)) = before else { continue };
                // After a reset the counter started again at zero: everything it shows was counted since.
                let grown = if raw < count { raw } else { raw - count };
                grown / ((time - then) as f64 / 1000.0)
            }
        };
        while slot + 1 < grid.len && (grid.time_ms(slot + 1) - time).abs() <= (time - grid.time_ms(slot)).abs() {
            slot += 1;
        }
        if let (Some(sum), Some(count)) = (sums.get_mut(slot), counts.get_mut(slot)) {
            *sum += value;
            *count += 1;
        }
    }
    let column = sums
        .iter()
        .zip(&counts)
        .map(|(sum, &count)| if count == 0 { f64::NAN } else { sum / f64::from(count) })
        .collect();
    (column, infinite)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn dataset(times: &[i64], values: &[f64]) -> Dataset {
        let (axis, ..) = TimeAxis::from_unsorted(times);
        Dataset { series: vec![Series::new("x", Arc::new(axis), values.to_vec())], ..Dataset::default() }
    }

    #[test]
    fn gaps_become_nan_and_jitter_finds_its_slot() {
        let panel = Panel::align(&dataset(&[0, 1_010, 1_990, 4_000, 5_000], &[1.0, 2.0, 3.0, 5.0, 6.0])).unwrap();
        assert_eq!(panel.grid.step_ms, 1_000);
        let column = &panel.columns[0];
        assert_eq!(column.len(), 6);
        assert!(column[3].is_nan());
        assert_eq!((column[1], column[2], column[4], column[5]), (2.0, 3.0, 5.0, 6.0));
    }

    #[test]
    fn recordings_days_apart_meet_at_a_break() {
        let mut times: Vec<i64> = (0..100).map(|i| i * 1_000).collect();
        times.extend((0..100).map(|i| 86_400_000 + i * 1_000));
        let values: Vec<f64> = (0..200).map(f64::from).collect();
        let panel = Panel::align(&dataset(&times, &values)).unwrap();
        assert_eq!(panel.grid.len, 200 + BREAK_SLOTS);
        assert_eq!(panel.grid.time_ms(100 + BREAK_SLOTS), 86_400_000);
        assert_eq!(panel.columns[0][100 + BREAK_SLOTS], 100.0);
        assert_eq!(panel.columns[0].iter().filter(|value| value.is_nan()).count(), BREAK_SLOTS);
        assert_eq!(panel.notes[0].kind, NoteKind::Break);
        assert_eq!(panel.grid.end_ms(), 86_499_000);
    }

    #[test]
    fn a_counter_becomes_a_rate_and_survives_a_reset() {
        let mut data = dataset(&[0, 10_000, 20_000, 30_000], &[100.0, 150.0, 20.0, 40.0]);
        data.series[0].kind = Kind::Counter;
        let panel = Panel::align(&data).unwrap();
        assert!(panel.columns[0][0].is_nan());
        assert_eq!(panel.columns[0][1..], [5.0, 2.0, 2.0]);
    }

    proptest! {
        #[test]
        fn stretches_are_those_of_all_times_together(
            axes in prop::collection::vec(prop::collection::vec(0i64..3_000, 1..30), 1..6), apart in 1i64..200
        ) {
            let series = axes.iter().map(|times| on(times.clone(), Vec::new())).collect();
            let mut times: Vec<i64> = axes.into_iter().flatten().collect();
            times.sort_unstable();
            let naive: Vec<(i64, i64)> = times
                .chunk_by(|a, b| b - a <= apart)
                .map(|chunk| (chunk[0], chunk[chunk.len() - 1]))
                .collect();
            prop_assert_eq!(stretches(&Dataset { series, ..Dataset::default() }, apart), naive);
        }
    }

    #[test]
    fn placing_a_few_at_a_time_is_placing_all() {
        let mut data = dataset(&[0, 10_000, 20_000], &[1.0, f64::INFINITY, 3.0]);
        data.series.extend((0..4).map(|value| on(vec![0, 10_000, 20_000], vec![f64::from(value); 3])));
        let mut panel = Panel::lay(&data).unwrap();
        let whole: Vec<bool> = (0..4).map(|_| panel.place(&data, 2)).collect();
        assert_eq!(whole, [false, false, true, true]);
        // Gaps are no equals of gaps.
        assert_eq!(format!("{panel:?}"), format!("{:?}", Panel::align(&data).unwrap()));
        assert_eq!(panel.notes.len(), 1, "{:?}", panel.notes);

        let mut taken = Panel::lay(&data).unwrap();
        while !taken.take(&mut data, 2) {}
        assert_eq!(format!("{taken:?}"), format!("{panel:?}"));
        assert!(data.series.iter().all(|series| series.values.is_empty()), "values are held once");
    }

    #[test]
    fn one_sample_is_no_panel() {
        assert_eq!(Panel::align(&dataset(&[0], &[1.0])), Err(PanelError::NoInterval));
        assert_eq!(Panel::align(&Dataset::default()), Err(PanelError::NoSeries));
        let event = crate::Event { start_ms: 0, end_ms: None, title: "deploy".into(), labels: crate::Labels::new() };
        let events = Dataset { events: vec![event], ..Dataset::default() };
        assert_eq!(Panel::align(&events), Err(PanelError::OnlyEvents));
    }

    fn on(times: Vec<i64>, values: Vec<f64>) -> Series {
        Series::new("x", Arc::new(TimeAxis::from_unsorted(&times).0), values)
    }

    #[test]
    fn mixed_intervals_keep_their_gaps_and_nothing_is_invented() {
        let every =
            |step: i64, count: i64| on((0..count).map(|i| i * step).collect(), (0..count).map(|i| i as f64).collect());
        let series = vec![every(15_000, 80), every(15_000, 80), every(60_000, 20), every(300_000, 4)];
        let panel = Panel::align(&Dataset { series, ..Dataset::default() }).unwrap();
        assert_eq!((panel.grid.step_ms, panel.grid.len), (15_000, 80));
        let present = |column: usize| panel.columns[column].iter().filter(|value| !value.is_nan()).count();
        assert_eq!([0, 2, 3].map(present), [80, 20, 4]);
        assert_eq!((panel.columns[2][4], panel.columns[3][20]), (1.0, 1.0));
        assert!(panel.columns[2][5].is_nan());
    }

    #[test]
    fn a_counter_that_restarts_in_a_gap_counts_what_it_shows() {
        let mut data = dataset(&[0, 10_000, 20_000, 50_000, 60_000], &[100.0, 150.0, 200.0, 60.0, 70.0]);
        data.series[0].kind = Kind::Counter;
        let panel = Panel::align(&data).unwrap();
        assert_eq!(panel.columns[0][1..3], [5.0, 5.0]);
        assert!(panel.columns[0][3].is_nan() && panel.columns[0][4].is_nan());
        assert_eq!(panel.columns[0][5..], [2.0, 1.0], "60 in the 30 s of the gap");
    }
}
