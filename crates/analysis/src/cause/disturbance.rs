//! The stretch of a disturbance: the slots in which most of the series are most unlike the rest, all taken together.

use super::Normal;
use std::ops::Range;

/// The best stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disturbance {
    /// The first disturbed slot.
    pub from: usize,
    /// The slot after the last disturbed one.
    pub to: usize,
    /// How unlike the rest it is: the root of the sum over series of the squared likelihood ratios.
    pub strength: f64,
}

/// When somebody or something noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The slot.
    pub slot: usize,
    /// How many slots before or after it the disturbance may have begun.
    pub reach: usize,
}

/// A value further out than this many spreads counts as this far: one spike does not make a stretch.
const CLIP: f64 = 8.0;
/// The shortest stretch, in slots; shorter ones are found by single spikes.
const SHORTEST: usize = 3;
/// A stretch begins after at least this many slots.
const MARGIN: usize = 3;
/// A beginning at the edge of an alarm's reach counts this much of one at the alarm.
const EDGE_WEIGHT: f64 = 0.5;

/// Finds the stretches in which the columns differ most from themselves outside of them: up to `most`, none of which
/// overlap as they were found, the strongest first.
///
/// Each column is standardised by the [`Normal`] of its first `normal` slots (of all slots where `normal` is 0) and
/// clipped at eight spreads. A stretch's likelihood ratio in a column is `k o / (k + o) (inside - outside)²` with `k`
/// values inside and `o` outside; over columns the squares are summed, between "all together" and "the most telling
/// one". Stretches begin in `search` (with an alarm, within its reach, and count less the further from it they begin)
/// and last 3, 4, 6, 9, … slots or to the end. The beginning of each then moves, slot by slot and whatever the alarm
/// says, to where its ratio is largest. NaN is skipped; a column needs values in half of a stretch, at least
/// two, and three outside. Nothing where no stretch is possible or nothing varies.
#[must_use]
pub fn disturbances(
    columns: &[&[f64]],
    normal: usize,
    search: Range<usize>,
    alarm: Option<Alarm>,
    most: usize,
) -> Vec<Disturbance> {
    let len = columns.iter().map(|column| column.len()).max().unwrap_or(0);
    let search = alarm.map_or(search.clone(), |alarm| {
        search.start.max(alarm.slot.saturating_sub(alarm.reach))..search.end.min(alarm.slot + alarm.reach + 1)
    });
    let begins = search.start.max(MARGIN)..search.end.min(len.saturating_sub(SHORTEST - 1));
    if begins.is_empty() {
        return Vec::new();
    }
    let stretches = stretches(&begins, len);
    let mut squares = vec![0.0; stretches.len()];
    for column in columns {
        add_ratios(column, normal, &stretches, &mut squares);
    }
    let weight = |from: usize| {
        alarm.map_or(1.0, |alarm| {
            1.0 - (1.0 - EDGE_WEIGHT) * from.abs_diff(alarm.slot) as f64 / (alarm.reach + 1) as f64
        })
    };
    let mut found: Vec<Disturbance> = Vec::new();
    while found.len() < most {
        let mut best: Option<(f64, Disturbance)> = None;
        for (&(from, to), square) in stretches.iter().zip(&squares) {
            let strength = square.sqrt();
            let weighted = strength * weight(from);
            if strength > 0.0
                && best.is_none_or(|(most, _)| weighted > most)
                && found.iter().all(|other| to <= other.from || other.to <= from)
            {
                best = Some((weighted, Disturbance { from, to, strength }));
            }
        }
        let Some((_, next)) = best else { break };
        found.push(next);
    }
    found.into_iter().map(|found| sharpened(columns, normal, &begins, found)).collect()
}

/// The same stretch with its beginning moved for as long as that makes it stronger.
fn sharpened(columns: &[&[f64]], normal: usize, begins: &Range<usize>, found: Disturbance) -> Disturbance {
    let others: Vec<(usize, usize)> =
        begins.clone().filter(|from| from + SHORTEST <= found.to).map(|from| (from, found.to)).collect();
    let mut squares = vec![0.0; others.len()];
    for column in columns {
        add_ratios(column, normal, &others, &mut squares);
    }
    let at = |place: usize| squares.get(place).copied().unwrap_or(0.0);
    let mut place = found.from - begins.start;
    loop {
        let (earlier, later) = (place.wrapping_sub(1), place + 1);
        let next = if at(later) > at(earlier) { later } else { earlier };
        if at(next) <= at(place) {
            break;
        }
        place = next;
    }
    let from = begins.start + place;
    Disturbance { from, to: found.to, strength: if from == found.from { found.strength } else { at(place).sqrt() } }
}

/// All stretches that are looked at, the shorter ones first.
fn stretches(begins: &Range<usize>, len: usize) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    let mut length = SHORTEST;
    while length < len - begins.start {
        all.extend(begins.clone().map(|from| (from, from + length)).filter(|(_, to)| *to < len));
        length += (length / 2).max(1);
    }
    all.extend(begins.clone().map(|from| (from, len)));
    all
}

/// Adds the squared likelihood ratio of a column for each stretch.
fn add_ratios(column: &[f64], normal: usize, stretches: &[(usize, usize)], squares: &mut [f64]) {
    let reference = if normal > 0 { column.get(..normal) } else { Some(column) };
    let Some(usual) = reference.and_then(Normal::of) else { return };
    let widest =
        column.iter().filter(|value| value.is_finite()).fold(0.0, |widest: f64, value| widest.max(value.abs()));
    let spread = usual.spread_beside(widest);
    if !(spread > 0.0 && spread.is_finite()) {
        return;
    }
    // Prefix sums and counts.
    let mut before = Vec::with_capacity(column.len() + 1);
    let mut running = (0.0, 0.0);
    before.push(running);
    for value in column {
        if value.is_finite() {
            running.0 += ((value - usual.level) / spread).clamp(-CLIP, CLIP);
            running.1 += 1.0;
        }
        before.push(running);
    }
    let (all, present) = running;
    for ((from, to), square) in stretches.iter().zip(squares) {
        let (Some(first), Some(last)) = (before.get(*from), before.get(*to)) else { continue };
        let (sum, inside) = (last.0 - first.0, last.1 - first.1);
        let outside = present - inside;
        if inside < (0.5 * (to - from) as f64).max(2.0) || outside < 3.0 {
            continue;
        }
        let difference = sum / inside - (all - sum) / outside;
        let ratio = inside * outside / present * difference * difference;
        *square += ratio * ratio;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// The strongest one.
    fn disturbance(
        columns: &[&[f64]],
        normal: usize,
        search: Range<usize>,
        alarm: Option<Alarm>,
    ) -> Option<Disturbance> {
        disturbances(columns, normal, search, alarm, 1).pop()
    }

    /// Something like noise, with a step from `from` to `to`.
    fn step(len: usize, from: usize, to: usize, size: f64) -> Vec<f64> {
        let shift = |i: usize| if (from..to).contains(&i) { size } else { 0.0 };
        (0..len).map(|i| ((i * 7919) % 101) as f64 / 101.0 + shift(i)).collect()
    }

    #[test]
    fn finds_a_short_stretch_that_two_of_three_series_share() {
        let (a, b, c) = (step(200, 120, 126, 3.0), step(200, 120, 126, -2.0), step(200, 0, 0, 0.0));
        let found = disturbance(&[&a, &b, &c], 0, 0..200, None).unwrap();
        assert_eq!((found.from, found.to), (120, 126));
    }

    #[test]
    fn what_lasts_to_the_end_is_seen_whole_and_an_alarm_decides_between_two() {
        let a = step(200, 80, 200, 3.0);
        let found = disturbance(&[&a], 0, 0..200, None).unwrap();
        assert_eq!((found.from, found.to), (80, 200));
        let twice: Vec<f64> = step(200, 40, 49, 3.0).iter().zip(step(200, 150, 159, 2.5)).map(|(a, b)| a + b).collect();
        assert_eq!(disturbance(&[&twice], 0, 0..200, None).unwrap().from, 40);
        let alarm = Alarm { slot: 155, reach: 20 };
        assert_eq!(disturbance(&[&twice], 0, 0..200, Some(alarm)).unwrap().from, 150);
    }

    #[test]
    fn several_disturbances_come_strongest_first_and_do_not_overlap() {
        let twice: Vec<f64> = step(200, 40, 49, 2.5).iter().zip(step(200, 150, 159, 3.0)).map(|(a, b)| a + b).collect();
        let found = disturbances(&[&twice], 0, 0..200, None, 4);
        assert_eq!(found.iter().take(2).map(|one| (one.from, one.to)).collect::<Vec<_>>(), [(150, 159), (40, 49)]);
        assert_eq!(found.len(), 4);
        assert!(found.is_sorted_by(|a, b| a.strength >= b.strength), "{found:?}");
        assert_eq!(disturbances(&[&twice], 0, 100..200, None, 1), found[..1]);
        assert_eq!(disturbances(&[&twice], 0, 0..200, None, 0), []);
    }

    #[test]
    fn one_spike_is_weaker_than_a_lasting_shift() {
        let mut spiky = step(200, 0, 0, 0.0);
        spiky[50] = 1e6;
        let shifted = step(200, 120, 140, 2.0);
        let found = disturbance(&[&spiky, &shifted], 0, 0..200, None).unwrap();
        assert_eq!(found.from, 120);
    }

    #[test]
    fn constant_or_short_columns_are_not_disturbed() {
        assert_eq!(disturbance(&[&[1.0; 50]], 0, 0..50, None), None);
        assert_eq!(disturbance(&[&[0.0; 50]], 0, 0..50, None), None);
        assert_eq!(disturbance(&[&[1.0, 2.0]], 0, 0..2, None), None);
        assert_eq!(disturbance(&[], 0, 0..2, None), None);
    }

    proptest! {
        #[test]
        fn units_do_not_matter(scale in 0.001f64..1000.0, at in 20usize..80) {
            let plain = step(100, at, 100, 2.0);
            let other: Vec<f64> = plain.iter().map(|value| value * scale).collect();
            let (a, b) = (disturbance(&[&plain], 0, 0..100, None).unwrap(), disturbance(&[&other], 0, 0..100, None).unwrap());
            prop_assert_eq!((a.from, a.to), (b.from, b.to));
        }

        #[test]
        fn gaps_do_not_panic(values in prop::collection::vec(prop_oneof![Just(f64::NAN), -5.0f64..5.0], 0..60), normal in 0usize..70, slot in 0usize..70) {
            let _ = disturbance(&[&values], normal, 0..60, Some(Alarm { slot, reach: 9 }));
        }
    }
}
