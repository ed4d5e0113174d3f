//! From scores to alarms: which way a value went, how far and for how long.

use crate::robust;

/// Which alarms are wanted. The default wants all.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AlarmOptions {
    /// Alarms of values that lie above the median, mostly.
    pub upward: bool,
    /// Alarms of values that lie below.
    pub downward: bool,
    /// The smallest deviation from the median that matters, in units of the values: the largest of the stretch counts.
    pub least_deviation: f64,
    /// The fewest slots that matter.
    pub least_slots: usize,
    /// Stretches at most so many slots apart are one.
    pub bridge: usize,
}

impl Default for AlarmOptions {
    fn default() -> Self {
        Self { upward: true, downward: true, least_deviation: 0.0, least_slots: 1, bridge: 0 }
    }
}

/// A stretch of scores at or above 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alarm {
    /// The first slot.
    pub start: usize,
    /// The last slot.
    pub end: usize,
    /// The slot with the highest score, the first of several.
    pub peak: usize,
    /// That score.
    pub score: f64,
    /// The value of the stretch that lies farthest from the median of all values, less that median: its sign is the way it
    /// went. 0 where the stretch changed its course without leaving the median.
    pub deviation: f64,
}

/// The stretches in which `scores` (1.0 is the threshold) reach 1 and what of them is wanted, in order.
///
/// NaN scores end a stretch unless it is bridged; missing values have no deviation. With one way wanted, an alarm without
/// deviation is left out. The shorter of both slices counts.
pub fn alarms(values: &[f64], scores: &[f64], options: &AlarmOptions) -> Vec<Alarm> {
    let centre = robust::median(values).unwrap_or(0.0);
    let mut found: Vec<Alarm> = Vec::new();
    for (slot, (value, score)) in values.iter().zip(scores).enumerate() {
        if score.is_nan() || *score < 1.0 {
            continue;
        }
        let deviation = if value.is_finite() { value - centre } else { 0.0 };
        match found.last_mut() {
            Some(last) if slot <= last.end + 1 + options.bridge => {
                last.end = slot;
                if *score > last.score {
                    (last.peak, last.score) = (slot, *score);
                }
                if deviation.abs() > last.deviation.abs() {
                    last.deviation = deviation;
                }
            }
            _ => found.push(Alarm { start: slot, end: slot, peak: slot, score: *score, deviation }),
        }
    }
    found.retain(|alarm| {
        let way = match (options.upward, options.downward) {
            (true, true) => true,
            (true, false) => alarm.deviation > 0.0,
            (false, true) => alarm.deviation < 0.0,
            (false, false) => false,
        };
        way && alarm.deviation.abs() >= options.least_deviation && alarm.end - alarm.start + 1 >= options.least_slots
    });
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const VALUES: [f64; 10] = [0.0, 0.0, 5.0, 9.0, 0.0, 0.0, -4.0, f64::NAN, -2.0, 0.0];
    const SCORES: [f64; 10] = [0.2, 0.4, 1.0, 2.0, 0.9, 0.1, 3.0, f64::NAN, 1.5, 0.0];

    #[test]
    fn a_stretch_has_its_peak_and_its_way() {
        let found = alarms(&VALUES, &SCORES, &AlarmOptions::default());
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], Alarm { start: 2, end: 3, peak: 3, score: 2.0, deviation: 9.0 });
        assert_eq!((found[1].start, found[1].end, found[1].deviation), (6, 6, -4.0));
        let bridged = alarms(&VALUES, &SCORES, &AlarmOptions { bridge: 1, ..AlarmOptions::default() });
        assert_eq!(bridged.len(), 2);
        assert_eq!((bridged[1].start, bridged[1].end, bridged[1].peak), (6, 8, 6));
    }

    #[test]
    fn only_what_is_wanted_is_told() {
        let starts = |options: AlarmOptions| -> Vec<usize> {
            alarms(&VALUES, &SCORES, &options).iter().map(|alarm| alarm.start).collect()
        };
        let all = AlarmOptions::default();
        assert_eq!(starts(AlarmOptions { downward: false, ..all }), [2]);
        assert_eq!(starts(AlarmOptions { upward: false, ..all }), [6, 8]);
        assert_eq!(starts(AlarmOptions { least_deviation: 4.0, ..all }), [2, 6]);
        assert_eq!(starts(AlarmOptions { least_slots: 2, ..all }), [2]);
        assert!(starts(AlarmOptions { upward: false, downward: false, ..all }).is_empty());
        assert!(alarms(&[], &SCORES, &all).is_empty());
    }
}
