//! Measures of a ranking of rows, from their definitions.

use std::ops::Range;

/// The thresholds of VUS-PR, evenly spaced in rank.
const THRESHOLDS: usize = 250;

/// The stretches where `mask` is true.
pub(super) fn runs(mask: impl Iterator<Item = bool>) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (row, on) in mask.enumerate() {
        match found.last_mut() {
            Some(last) if on && last.end == row => last.end = row + 1,
            _ if on => found.push(row..row + 1),
            _ => {}
        }
    }
    found
}

/// Average precision: the sum of (Rₖ − Rₖ₋₁)·Pₖ over the distinct scores, highest first. None without a label.
pub(super) fn auc_pr(scores: &[f64], labels: &[bool]) -> Option<f64> {
    let positives = labels.iter().filter(|label| **label).count();
    if positives == 0 {
        return None;
    }
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    let (mut area, mut hits, mut hits_before) = (0.0, 0, 0);
    for (place, row) in order.iter().enumerate() {
        hits += usize::from(labels[*row]);
        if order.get(place + 1).is_none_or(|next| scores[*next] != scores[*row]) {
            area += (hits - hits_before) as f64 / positives as f64 * hits as f64 / (place + 1) as f64;
            hits_before = hits;
        }
    }
    Some(area)
}

/// The volume under the surface of precision, recall and buffer (Paparrizos et al. 2022): for every buffer w from 0 to
/// `window`, labelled stretches grow by w/2 rows on both sides with weights √(1 − d/w); recall is multiplied by the share of
/// stretches that are touched; the areas are averaged. None without a label.
pub(super) fn vus_pr(scores: &[f64], labels: &[bool], window: usize) -> Option<f64> {
    let count = scores.len();
    let segments = runs(labels.iter().copied());
    let positives = labels.iter().filter(|label| **label).count() as f64;
    if segments.is_empty() {
        return None;
    }
    let mut sorted = scores.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let cuts: Vec<f64> = (0..THRESHOLDS)
        .map(|index| sorted[(index as f64 * ((count - 1) as f64 / (THRESHOLDS - 1) as f64)) as usize])
        .collect();
    // The first threshold that flags each row.
    let ranks: Vec<usize> = scores.iter().map(|score| cuts.partition_point(|cut| cut > score)).collect();
    let upto = |mut each: Vec<f64>| {
        for index in 1..each.len() {
            each[index] += each[index - 1];
        }
        each
    };
    let (mut flagged, mut inside) = (vec![0.0; THRESHOLDS], vec![0.0; THRESHOLDS]);
    for (rank, label) in ranks.iter().zip(labels) {
        if let Some(flagged) = flagged.get_mut(*rank) {
            *flagged += 1.0;
            inside[*rank] += f64::from(u8::from(*label));
        }
    }
    let (flagged, inside) = (upto(flagged), upto(inside));
    let mut volume = 0.0;
    for buffer in 0..=window {
        let half = buffer / 2;
        // Each row outside counts by its nearness to every end of a stretch, up to 1.
        let mut weights = vec![0.0_f64; count];
        for segment in &segments {
            for distance in 1..=half {
                let weight = (1.0 - distance as f64 / buffer as f64).sqrt();
                for row in [segment.start.checked_sub(distance), Some(segment.end - 1 + distance)].into_iter().flatten()
                {
                    if row < count && !labels[row] {
                        weights[row] += weight;
                    }
                }
            }
        }
        let mut near = vec![0.0; THRESHOLDS];
        for (weight, rank) in weights.iter().zip(&ranks).filter(|(weight, _)| **weight > 0.0) {
            if let Some(near) = near.get_mut(*rank) {
                *near += weight.min(1.0);
            }
        }
        let near = upto(near);
        // Stretches whose buffers meet are one.
        let mut grown: Vec<Range<usize>> = Vec::new();
        for segment in &segments {
            match grown.last_mut() {
                Some(last)
                    if last.end + half > segment.start.saturating_sub(half) || last.end + 2 * half > segment.start =>
                {
                    last.end = segment.end;
                }
                _ => grown.push(segment.clone()),
            }
        }
        let mut touched = vec![0.0; THRESHOLDS];
        for stretch in &grown {
            let rows = stretch.start.saturating_sub(half)..(stretch.end + half).min(count);
            if let Some(touched) = ranks[rows].iter().min().and_then(|first| touched.get_mut(*first)) {
                *touched += 1.0 / grown.len() as f64;
            }
        }
        let touched = upto(touched);
        let mut before = 0.0;
        for index in 0..THRESHOLDS {
            let hits = inside[index] + near[index];
            let recall = (hits / (positives + near[index] / 2.0)).min(1.0) * touched[index];
            volume += (recall - before) * hits / flagged[index];
            before = recall;
        }
    }
    Some(volume / (window + 1) as f64)
}

/// The window of VUS-PR for a series: the lag of the highest local maximum of its autocorrelation among the lags 3 to 400;
/// 125 where there is none up to 300.
pub(super) fn acf_window(values: &[f64]) -> usize {
    const DEFAULT: usize = 125;
    let values = &values[..values.len().min(20_000)];
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    let at =
        |lag: usize| -> f64 { values.iter().zip(values.iter().skip(lag)).map(|(a, b)| (a - mean) * (b - mean)).sum() };
    let lags: Vec<f64> = (3..values.len().min(401)).map(at).collect();
    let peaks =
        (1..lags.len().saturating_sub(1)).filter(|lag| lags[*lag] > lags[lag - 1] && lags[*lag] > lags[lag + 1]);
    match peaks.max_by(|a, b| lags[*a].total_cmp(&lags[*b]).then(b.cmp(a))) {
        Some(best) if (3..=300).contains(&best) => best + 3,
        _ => DEFAULT,
    }
}

/// Of the `responsible` columns, the share among as many columns with the highest mean scores over `rows`. Ties share their
/// places; a mean of 0 names nothing.
pub(super) fn hit_rate(scores: &[Vec<f64>], rows: Range<usize>, responsible: &[usize]) -> f64 {
    let means: Vec<f64> =
        scores.iter().map(|column| column[rows.clone()].iter().sum::<f64>() / rows.len().max(1) as f64).collect();
    let places = responsible.len().min(means.len());
    let mut sorted = means.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let Some(last) = places.checked_sub(1).map(|place| sorted[place]) else { return 0.0 };
    let above = means.iter().filter(|mean| **mean > last).count();
    let equal = means.iter().filter(|mean| **mean == last && last > 0.0).count();
    let share = if equal > 0 { (places - above) as f64 / equal as f64 } else { 0.0 };
    let hits = responsible.iter().filter_map(|column| means.get(*column)).map(|mean| match mean.total_cmp(&last) {
        std::cmp::Ordering::Greater => f64::from(u8::from(*mean > 0.0)),
        std::cmp::Ordering::Equal if last > 0.0 => share,
        _ => 0.0,
    });
    hits.sum::<f64>() / responsible.len() as f64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Inputs by a formula, which the independent implementation was given, too.
    fn made_up(case: usize, count: usize) -> (Vec<f64>, Vec<bool>) {
        let labels: Vec<bool> = (0..count)
            .map(|row| match case {
                3 => (row * 7919 % count) / (count / 12) == 5,
                _ => row % (count / 3) < count / 11 && row > count / 4,
            })
            .collect();
        let scores = (0..count).map(|row| {
            let wave = (row as f64 * 0.7 + case as f64).sin().abs() * 3.0;
            let lift = if labels[row] && (row / 3) % 2 == 1 { 0.8 + 0.2 * case as f64 } else { 0.0 };
            ((wave + lift + (row * 37 % 11) as f64 / 11.0) * 1000.0).round() / 1000.0
        });
        (scores.collect(), labels)
    }

    /// Values of an implementation in numpy, written from the definitions by somebody else.
    #[test]
    fn areas_and_volumes_are_those_of_an_independent_implementation() {
        let expected = [
            (60, 8, 0.408_954_507_589_487_87, 0.330_171_977_257_722_3),
            (200, 25, 0.501_390_804_007_558, 0.437_041_214_118_767_8),
            (333, 100, 0.649_789_146_484_820_3, 0.449_909_625_684_481_95),
            (500, 1, 0.196_535_712_669_110_74, 0.383_800_772_939_419_44),
        ];
        for (case, (count, window, vus, auc)) in expected.into_iter().enumerate() {
            let (scores, labels) = made_up(case, count);
            let (ours, area) = (vus_pr(&scores, &labels, window).unwrap(), auc_pr(&scores, &labels).unwrap());
            assert!((ours - vus).abs() < 1e-12, "case {case}: {ours}, not {vus}");
            assert!((area - auc).abs() < 1e-12, "case {case}: {area}, not {auc}");
        }
    }

    #[test]
    fn a_perfect_ranking_has_area_one_and_a_flat_one_the_share_of_labels() {
        let labels: Vec<bool> = (0..100).map(|row| (40..50).contains(&row)).collect();
        let perfect: Vec<f64> = labels.iter().map(|label| f64::from(u8::from(*label))).collect();
        assert_eq!(auc_pr(&perfect, &labels), Some(1.0));
        assert!((auc_pr(&[0.0; 100], &labels).unwrap() - 0.1).abs() < 1e-12);
        assert_eq!(vus_pr(&perfect, &[false; 100], 10), None);
        assert!(vus_pr(&perfect, &labels, 10).unwrap() > vus_pr(&[0.0; 100], &labels, 10).unwrap());
    }

    #[test]
    fn the_window_is_the_period() {
        let wave = |period: f64, count: usize| -> Vec<f64> {
            (0..count)
                .map(|row| {
                    (row as f64 * std::f64::consts::TAU / period).sin() + 0.3 * ((row * row) as f64 * 0.11).cos()
                })
                .collect()
        };
        assert_eq!(acf_window(&wave(37.0, 500)), 37);
        assert_eq!(acf_window(&(0..50).map(f64::from).collect::<Vec<_>>()), 125);
    }

    #[test]
    fn responsible_metrics_share_the_places_of_ties() {
        let scores = vec![vec![3.0, 3.0], vec![1.0, 1.0], vec![1.0, 1.0], vec![0.0, 0.0]];
        assert_eq!(hit_rate(&scores, 0..2, &[0, 1]), 0.75);
        assert_eq!(hit_rate(&scores, 0..2, &[3]), 0.0);
        assert_eq!(runs([true, true, false, true].into_iter()), [0..2, 3..4]);
    }
}
