//! An anomaly score for every sample.

pub(crate) mod online;
mod retrospective;

use crate::Options;
use series::Dataset;

/// Whether a score may know the future.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A sample's score uses nothing later than the sample.
    Online,
    /// Scores use the whole series.
    Retrospective,
}

/// One score per sample of each series, in the data set's order; 1.0 is the alarm threshold. NaN where there is no value
/// or too little to judge it by.
///
/// Samples count as equally spaced.
/// Online: how surprising the latest values are by what came before, once for every event; the threshold is such that one
/// series of noise has about four false alarms in 10 000 samples, and many series have fewer each. Retrospective: how little
/// the sample's surroundings of 4 to 256 samples resemble the rest of the series, raised where other series stand out at the
/// same time.
pub fn score(dataset: &Dataset, mode: Mode, options: &Options) -> Vec<Vec<f64>> {
    match mode {
        Mode::Online => {
            let series = dataset.series.iter();
            series.map(|series| online::scores(&series.values, options, dataset.series.len())).collect()
        }
        Mode::Retrospective => retrospective::scores(dataset, options),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use series::{Series, TimeAxis};
    use std::sync::Arc;

    fn spiked(len: usize, at: usize) -> Dataset {
        let mut noise = 12345u64;
        let values = (0..len)
            .map(|slot| {
                noise = noise.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (noise >> 33) as f64 / (1u64 << 31) as f64 + if slot == at { 30.0 } else { 0.0 }
            })
            .collect();
        let times: Vec<i64> = (0..len as i64).map(|second| second * 1000).collect();
        let (axis, ..) = TimeAxis::from_unsorted(&times);
        Dataset { series: vec![Series::new("x", Arc::new(axis), values)], ..Dataset::default() }
    }

    #[test]
    fn the_spike_has_the_highest_score_in_both_modes() {
        for mode in [Mode::Online, Mode::Retrospective] {
            let scores = score(&spiked(600, 400), mode, &Options::default()).remove(0);
            let top = (0..600)
                .filter(|slot| !scores[*slot].is_nan())
                .max_by(|a, b| scores[*a].total_cmp(&scores[*b]))
                .unwrap();
            assert_eq!(top, 400, "{mode:?}");
            assert!(scores[400] > 1.0);
        }
    }

    #[test]
    fn series_of_one_clock_raise_each_other() {
        let mut both = spiked(600, 400);
        both.series.extend(spiked(600, 400).series);
        let apart = score(&both, Mode::Retrospective, &Options::default());
        let axis = Arc::clone(&both.series[0].axis);
        both.series[1].axis = axis;
        let together = score(&both, Mode::Retrospective, &Options::default());
        assert!(together[0][400] > 1.5 * apart[0][400], "{} {}", together[0][400], apart[0][400]);
        assert_eq!(together[0], together[1]);
    }

    /// Six instances under one load, of which the third parts from the others by less than the load varies.
    #[test]
    fn an_instance_that_parts_from_its_peers_is_found_within_its_usual_range() {
        let mut group = spiked(2000, 0);
        group.series.clear();
        let load: Vec<f64> =
            (0..2000).map(|slot| 10.0 * (slot as f64 * 0.013).sin() + 6.0 * (slot as f64 * 0.0371).cos()).collect();
        for instance in 0..6 {
            let mut one = spiked(2000, 0).series.remove(0);
            one.name = format!("load{{pod=\"{instance}\"}}");
            if let Some(first) = group.series.first() {
                one.axis = Arc::clone(&first.axis);
            }
            for (slot, value) in one.values.iter_mut().enumerate() {
                let own = (slot as f64 * (1.7 + instance as f64 * 0.31) + instance as f64).sin();
                *value = load[slot] + 0.3 * own + if instance == 2 && (1200..1240).contains(&slot) { 3.0 } else { 0.0 };
            }
            group.series.push(one);
        }
        let strongest =
            |scores: &[Vec<f64>], instance: usize| scores[instance][1200..1240].iter().copied().fold(0.0, f64::max);
        let unknown = score(&group, Mode::Retrospective, &Options::default());
        for one in &mut group.series {
            one.metric = Some("load".to_owned());
        }
        let known = score(&group, Mode::Retrospective, &Options::default());
        assert!(strongest(&unknown, 2) < 1.0, "{}", strongest(&unknown, 2));
        assert!(strongest(&known, 2) > 1.0, "{}", strongest(&known, 2));
        for instance in [0, 1, 3, 4, 5] {
            let (other, parted) = (strongest(&known, instance), strongest(&known, 2));
            assert!(other < parted / 2.0, "{instance}: {other} beside {parted}");
        }
    }

    #[test]
    fn online_scores_do_not_know_the_future() {
        let whole = score(&spiked(600, 400), Mode::Online, &Options::default()).remove(0);
        let mut cut = spiked(600, 400);
        cut.series[0].values.truncate(300);
        let early = score(&cut, Mode::Online, &Options::default()).remove(0);
        for slot in 0..300 {
            let (a, b) = (whole[slot], early[slot]);
            assert!(a == b || (a.is_nan() && b.is_nan()), "{slot}: {a} {b}");
        }
    }
}
