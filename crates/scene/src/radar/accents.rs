//! Accents: what the analysis says of them, or values outside of the normal band.

use super::closeup::Player;

use order::{ascending, sort_by};
use report::{ChartData, Foot, Offbeat};

/// No more accents than this are marked.
const MOST: usize = 60;

/// An accent to mark.
pub(super) struct Mark {
    pub(super) time_ms: f64,
    pub(super) value: f64,
    /// The foot that it is the accent of.
    pub(super) foot: Option<Foot>,
    /// Where it came on a weak beat in the place of a strong one.
    pub(super) offbeat: Option<Offbeat>,
}

/// The accents of a series, each at its most extreme value, in order of time.
pub(super) fn marks(player: &Player) -> Vec<Mark> {
    let chart = &player.chart;
    if player.accents.is_empty() {
        let outside = accents(chart).into_iter();
        return outside.map(|(time_ms, value)| Mark { time_ms, value, foot: None, offbeat: None }).collect();
    }
    let mut finite: Vec<f64> = chart.values.iter().copied().filter(|value| value.is_finite()).collect();
    ascending(&mut finite);
    let median = finite.get(finite.len() / 2).copied().unwrap_or(0.0);
    let mut strongest: Vec<_> = player.accents.iter().filter(|accent| accent.strength.is_finite()).collect();
    sort_by(&mut strongest, |one, other| other.strength.total_cmp(&one.strength));
    strongest.truncate(MOST);
    sort_by(&mut strongest, |one, other| one.start_ms.cmp(&other.start_ms));
    let mark = |accent: &report::Accent| {
        let (start_ms, end_ms) = (accent.start_ms as f64, accent.end_ms as f64);
        let from = chart.times_ms.partition_point(|time_ms| *time_ms < start_ms);
        // Thinned values keep the extreme, not the onset.
        let during = chart.times_ms.iter().zip(&chart.values).skip(from);
        let within = during.take_while(|(time_ms, _)| **time_ms <= end_ms).filter(|(_, value)| value.is_finite());
        let far = |value: f64| (value - median).abs();
        let extreme = within.fold(None, |best: Option<(f64, f64)>, (time_ms, value)| match best {
            Some((_, most)) if far(most) >= far(*value) => best,
            _ => Some((*time_ms, *value)),
        });
        // An accent and the beat that it falls on are dated to a slot or so; half the way to the other beat tells them apart.
        let offbeat = player.offbeats.iter().find(|off| {
            let reach_ms = off.instead_of_ms.abs_diff(off.at_ms) / 2;
            off.at_ms.abs_diff(accent.start_ms) < reach_ms.max(1)
        });
        extreme.map(|(time_ms, value)| Mark { time_ms, value, foot: accent.foot, offbeat: offbeat.copied() })
    };
    strongest.into_iter().filter_map(mark).collect()
}

/// The most extreme value of each run outside of the band, the strongest runs only, in order of time.
pub(super) fn accents(chart: &ChartData) -> Vec<(f64, f64)> {
    let mut runs: Vec<(f64, f64, f64)> = Vec::new();
    let mut in_run = false;
    let rows = chart.times_ms.iter().zip(&chart.values).zip(chart.lower.iter().zip(&chart.upper));
    for ((time_ms, value), (lower, upper)) in rows {
        let excess = (value - upper).max(lower - value);
        let is_outside = time_ms.is_finite() && excess.is_finite() && excess > 0.0;
        let accent = (*time_ms, *value, excess);
        if is_outside && !in_run {
            runs.push(accent);
        } else if is_outside && let Some(last) = runs.last_mut().filter(|last| excess > last.2) {
            *last = accent;
        }
        in_run = is_outside;
    }
    sort_by(&mut runs, |one, other| other.2.total_cmp(&one.2));
    runs.truncate(MOST);
    sort_by(&mut runs, |one, other| one.0.total_cmp(&other.0));
    runs.into_iter().map(|(time_ms, value, _)| (time_ms, value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_exceedances_is_one_accent() {
        let chart = ChartData {
            series: 0,
            times_ms: (0..8).map(f64::from).collect(),
            values: vec![0.0, 5.0, 9.0, 5.0, 0.0, f64::NAN, -7.0, 0.0],
            lower: vec![-1.0; 8],
            upper: vec![1.0; 8],
            ..ChartData::default()
        };
        assert_eq!(accents(&chart), [(2.0, 9.0), (6.0, -7.0)]);
    }
}
