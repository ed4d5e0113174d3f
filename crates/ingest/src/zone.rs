//! The zone of times that carry none.

use crate::notebook::Notebook;
use series::{Note, NoteKind};
use std::fmt;
use std::rc::Rc;

/// The rules of a named time zone, supplied by whoever has a zone database (the browser's Intl, the system's files).
pub trait ZoneRules {
    /// The zone's name as shown to people (`Europe/Berlin`).
    fn name(&self) -> &str;

    /// The instant, in milliseconds since 1970-01-01 UTC, at which a clock in the zone shows `local_ms`, the wall
    /// clock's reading counted as if it were UTC. Of two instants (the hour repeated in autumn) the earlier; for a
    /// reading that never was (the hour skipped in spring) the instant as far after the jump.
    fn instant_ms(&self, local_ms: i64) -> i64;

    /// The second of two instants at which the clock shows `local_ms`; none where it does so once or never.
    fn later_instant_ms(&self, local_ms: i64) -> Option<i64> {
        let _ = local_ms;
        None
    }

    /// Whether the clock never shows `local_ms`, because it was put forward over it.
    fn skips(&self, local_ms: i64) -> bool {
        let _ = local_ms;
        false
    }
}

/// How to place times that carry no zone.
#[derive(Clone, Default)]
pub enum TimeZone {
    /// Universal time.
    #[default]
    Utc,
    /// A fixed distance from UTC, in minutes, positive to the east.
    FixedOffset {
        /// Minutes to the east of Greenwich.
        minutes: i32,
    },
    /// A zone with rules of its own.
    Named(Rc<dyn ZoneRules>),
}

impl TimeZone {
    /// `UTC`, `Z`, or a fixed distance from it (`+02:00`, `-0330`, `UTC+1`); none for any other name.
    pub fn fixed(name: &str) -> Option<Self> {
        let name = name.trim();
        if name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("z") {
            return Some(Self::Utc);
        }
        let offset = name.strip_prefix("UTC").or_else(|| name.strip_prefix("GMT")).unwrap_or(name);
        let (sign, digits) = match offset.as_bytes().first()? {
            b'+' => (1, offset.get(1..)?),
            b'-' => (-1, offset.get(1..)?),
            _ => return None,
        };
        let (hours, minutes) = match digits.split_once(':') {
            Some(parts) => parts,
            None if digits.len() == 4 => digits.split_at_checked(2)?,
            None => (digits, "0"),
        };
        let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2).map(|number| number as i32);
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        (hours <= 18 && minutes < 60).then_some(Self::FixedOffset { minutes: sign * (hours * 60 + minutes) })
    }

    /// The instant at which the wall clock reads `local_ms` (counted as if it were UTC), in milliseconds.
    pub fn instant_ms(&self, local_ms: i64) -> i64 {
        match self {
            Self::Utc => local_ms,
            Self::FixedOffset { minutes } => local_ms.saturating_sub(i64::from(*minutes) * 60_000),
            Self::Named(rules) => rules.instant_ms(local_ms),
        }
    }
}

/// Turns the readings of a wall clock, in the order of a file, into instants.
///
/// Where the clock shows an hour twice, the order tells the two apart: of the two instants the one counts that is nearer
/// to the reading before. So rows that step back by most of an hour have reached the second time round, and rows that
/// ascend or descend go on where they are. Equal readings are one instant, so that series may take turns; a larger
/// step back in a file that ascends (a table that has one series behind the other), or forward in one that descends,
/// begins a new run at its first time round. An hour that the clock skips is read as lying as far behind the jump.
#[derive(Clone, Debug)]
pub struct Localiser {
    zone: TimeZone,
    /// The last reading and its instant.
    last: Option<(i64, i64)>,
    /// Steps forward less steps back so far.
    forward: i64,
    /// A stretch of readings in which the clock is this far from UTC, with nothing shown twice or skipped.
    plain: Option<Plain>,
    /// What was counted.
    readings: u64,
    ambiguous: u64,
    second: u64,
    skipped: u64,
}

#[derive(Clone, Copy, Debug)]
struct Plain {
    start_ms: i64,
    offset_ms: i64,
}

/// The length of a stretch that is looked at for changes of the clock. They come at full quarters of an hour.
const STRETCH_MS: i64 = 900_000;

impl Localiser {
    /// Begins with a file, oldest first unless its first readings say otherwise.
    pub fn new(zone: &TimeZone) -> Self {
        Self {
            zone: zone.clone(),
            last: None,
            forward: 0,
            plain: None,
            readings: 0,
            ambiguous: 0,
            second: 0,
            skipped: 0,
        }
    }

    /// The same for a file that is known to begin with its newest reading: matters where it begins in an hour that the
    /// clock shows twice.
    #[must_use]
    pub fn newest_first(mut self) -> Self {
        self.forward = -1;
        self
    }

    /// The instant of the next reading of the wall clock (counted as if it were UTC), in milliseconds since 1970-01-01
    /// UTC.
    pub fn instant_ms(&mut self, local_ms: i64) -> i64 {
        self.readings += 1;
        let TimeZone::Named(rules) = &self.zone else { return self.zone.instant_ms(local_ms) };
        let start_ms = local_ms.saturating_sub(local_ms.rem_euclid(STRETCH_MS));
        let offset_ms = match self.plain.filter(|plain| plain.start_ms == start_ms) {
            Some(plain) => Some(plain.offset_ms),
            None => {
                self.plain = plain_stretch(rules.as_ref(), start_ms);
                self.plain.map(|plain| plain.offset_ms)
            }
        };
        let instant_ms = match offset_ms {
            Some(offset_ms) => local_ms.saturating_sub(offset_ms),
            None => {
                let rules = Rc::clone(rules);
                self.near_a_change(rules.as_ref(), local_ms)
            }
        };
        if let Some((last_local_ms, _)) = self.last {
            self.forward += i64::from(local_ms > last_local_ms) - i64::from(local_ms < last_local_ms);
        }
        self.last = Some((local_ms, instant_ms));
        instant_ms
    }

    fn near_a_change(&mut self, rules: &dyn ZoneRules, local_ms: i64) -> i64 {
        let earlier_ms = rules.instant_ms(local_ms);
        let Some(later_ms) = rules.later_instant_ms(local_ms) else {
            self.skipped += u64::from(rules.skips(local_ms));
            return earlier_ms;
        };
        self.ambiguous += 1;
        let descends = self.forward < 0;
        let chosen_ms = match self.last {
            Some((last_local_ms, last_ms))
                if last_local_ms == local_ms && (last_ms == earlier_ms || last_ms == later_ms) =>
            {
                last_ms
            }
            last => {
                // Runs begin where the file does: at their oldest or at their newest reading.
                let first_ms = if descends { later_ms } else { earlier_ms };
                match last {
                    None => first_ms,
                    Some((last_local_ms, last_ms)) => {
                        let repeated_ms = later_ms.saturating_sub(earlier_ms);
                        let (from, to) = if descends { (last_local_ms, local_ms) } else { (local_ms, last_local_ms) };
                        let against = to.saturating_sub(from);
                        // Going against the file's order by most of an hour is the second time round, but only once.
                        let other_ms = if descends { earlier_ms } else { later_ms };
                        let is_past = if descends { last_ms <= other_ms } else { last_ms >= other_ms };
                        let (to_earlier, to_later) = (last_ms.abs_diff(earlier_ms), last_ms.abs_diff(later_ms));
                        if against > repeated_ms || against > repeated_ms / 2 && is_past {
                            first_ms
                        } else if to_earlier == to_later {
                            // Half an hour each way: on in the file's order.
                            other_ms
                        } else if to_earlier < to_later {
                            earlier_ms
                        } else {
                            later_ms
                        }
                    }
                }
            }
        };
        self.second += u64::from(chosen_ms == later_ms);
        chosen_ms
    }

    /// What was assumed, if anything had to be: readings that the clock shows twice or never.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let times = |count: u64| if count == 1 { "1 time is".to_owned() } else { format!("{count} times are") };
        if self.ambiguous > 0 {
            let message = format!(
                "{} in an hour that a clock in {} shows twice; by the order of the rows {} at its second time",
                times(self.ambiguous),
                self.zone,
                if self.second == 1 { "1 is".to_owned() } else { format!("{} are", self.second) }
            );
            notes.push(Note::new(NoteKind::Assumption, self.ambiguous, message).undone_by("time-zone=UTC"));
        }
        if self.skipped > 0 {
            let message = format!(
                "{} in an hour that a clock in {} skips, and read as lying behind the jump; perhaps the zone is another",
                times(self.skipped),
                self.zone
            );
            notes.push(Note::new(NoteKind::Assumption, self.skipped, message).undone_by("time-zone=UTC"));
        }
        notes
    }

    /// Notes which zone was taken and what else was assumed; the zone's name, if there was any reading.
    pub(crate) fn note(&self, notes: &mut Notebook) -> Option<String> {
        if self.readings == 0 {
            return None;
        }
        let zone = self.zone.to_string();
        let message = format!("The times carry no zone; they were read as {zone}. Another zone can be named");
        let note = notes.add(NoteKind::Assumption, self.readings as usize, message);
        if zone != "UTC" {
            note.undone_by("time-zone=UTC");
        }
        notes.extend(self.notes());
        Some(zone)
    }
}

/// The stretch that begins at `start_ms`, if the clock runs through it evenly.
fn plain_stretch(rules: &dyn ZoneRules, start_ms: i64) -> Option<Plain> {
    let end_ms = start_ms.saturating_add(STRETCH_MS - 1);
    let is_plain = |local_ms: i64| rules.later_instant_ms(local_ms).is_none() && !rules.skips(local_ms);
    let offset_ms = start_ms.saturating_sub(rules.instant_ms(start_ms));
    (end_ms.saturating_sub(rules.instant_ms(end_ms)) == offset_ms && is_plain(start_ms) && is_plain(end_ms))
        .then_some(Plain { start_ms, offset_ms })
}

/// `UTC`, `UTC+02:00`, or the name of the zone.
impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utc => f.write_str("UTC"),
            Self::FixedOffset { minutes } => {
                let sign = if *minutes < 0 { '-' } else { '+' };
                write!(f, "UTC{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
            }
            Self::Named(rules) => f.write_str(rules.name()),
        }
    }
}

impl fmt::Debug for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TimeZone({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;

    /// A clock one hour ahead of UTC that is put forward from 02:00 to 03:00 on the day 10 and back from 03:00 to 02:00
    /// on the day 20.
    struct Summer;

    const SPRING: i64 = 240 * HOUR + 2 * HOUR;
    const AUTUMN: i64 = 480 * HOUR + 2 * HOUR;

    impl ZoneRules for Summer {
        fn name(&self) -> &str {
            "Summer"
        }

        fn instant_ms(&self, local_ms: i64) -> i64 {
            // Up to the end of the repeated hour the earlier instant is of the summer.
            if (SPRING + HOUR..AUTUMN + HOUR).contains(&local_ms) { local_ms - 2 * HOUR } else { local_ms - HOUR }
        }

        fn later_instant_ms(&self, local_ms: i64) -> Option<i64> {
            (AUTUMN..AUTUMN + HOUR).contains(&local_ms).then_some(local_ms - HOUR)
        }

        fn skips(&self, local_ms: i64) -> bool {
            (SPRING..SPRING + HOUR).contains(&local_ms)
        }
    }

    fn summer() -> Localiser {
        Localiser::new(&TimeZone::Named(Rc::new(Summer)))
    }

    /// The readings of a clock in summer time until the change and in winter time behind it, every `step` minutes for
    /// `hours` before and after.
    fn instants(step: i64, hours: i64) -> Vec<i64> {
        let change = AUTUMN + HOUR - 2 * HOUR;
        (-hours * 60 / step..=hours * 60 / step).map(|index| change + index * step * MINUTE).collect()
    }

    fn reading(instant_ms: i64) -> i64 {
        let change = AUTUMN + HOUR - 2 * HOUR;
        if instant_ms < change { instant_ms + 2 * HOUR } else { instant_ms + HOUR }
    }

    #[test]
    fn the_order_of_rows_tells_the_repeated_hour_apart() {
        for step in [1, 5, 10, 20, 30] {
            let ascending = instants(step, 4);
            let mut found = summer();
            for &instant in &ascending {
                assert_eq!(found.instant_ms(reading(instant)), instant, "ascending by {step}");
            }
            let notes = found.notes();
            assert_eq!((notes.len(), notes[0].count), (1, 120 / step as u64));
            assert!(notes[0].message.contains(&format!("{} are at its second", 60 / step)), "{}", notes[0].message);
            let mut found = summer();
            for &instant in ascending.iter().rev() {
                assert_eq!(found.instant_ms(reading(instant)), instant, "descending by {step}");
            }
        }
    }

    #[test]
    fn a_file_may_begin_in_the_repeated_hour() {
        let all: Vec<i64> = instants(10, 3).into_iter().filter(|one| *one >= AUTUMN - 2 * HOUR + 20 * MINUTE).collect();
        let mut found = summer();
        assert!(all.iter().all(|&instant| found.instant_ms(reading(instant)) == instant));
        let until: Vec<i64> =
            instants(10, 3).into_iter().filter(|one| *one <= AUTUMN - HOUR + 20 * MINUTE).rev().collect();
        let mut found = summer().newest_first();
        assert!(until.iter().all(|&instant| found.instant_ms(reading(instant)) == instant));
    }

    #[test]
    fn series_may_take_turns_or_stand_one_behind_the_other() {
        let all = instants(10, 3);
        let mut found = summer();
        for &instant in &all {
            for _ in 0..3 {
                assert_eq!(found.instant_ms(reading(instant)), instant, "turns");
            }
        }
        let mut found = summer();
        for run in 0..3 {
            for &instant in &all {
                assert_eq!(found.instant_ms(reading(instant)), instant, "run {run}");
            }
        }
        let mut found = summer();
        for run in 0..3 {
            for &instant in all.iter().rev() {
                assert_eq!(found.instant_ms(reading(instant)), instant, "descending run {run}");
            }
        }
    }

    #[test]
    fn small_disorder_changes_nothing() {
        let mut all = instants(1, 3);
        for pair in all.chunks_mut(2) {
            pair.reverse();
        }
        let mut found = summer();
        assert!(all.iter().all(|&instant| found.instant_ms(reading(instant)) == instant));
    }

    #[test]
    fn a_skipped_hour_is_noted() {
        let mut found = summer();
        let times: Vec<i64> = (0..4).map(|half| found.instant_ms(SPRING - 30 * MINUTE + half * 30 * MINUTE)).collect();
        let skipped = SPRING - HOUR;
        assert_eq!(times, [skipped - 30 * MINUTE, skipped, skipped + 30 * MINUTE, skipped]);
        let notes = found.notes();
        assert_eq!((notes.len(), notes[0].count), (1, 2));
        assert!(notes[0].message.contains("skips"), "{}", notes[0].message);
    }

    #[test]
    fn fixed_zones_have_nothing_to_say() {
        let mut found = Localiser::new(&TimeZone::FixedOffset { minutes: 60 });
        assert_eq!(found.instant_ms(HOUR), 0);
        assert_eq!((found.notes(), found.readings), (vec![], 1));
        let mut extreme = summer();
        for time in [i64::MIN + 2 * HOUR, i64::MAX - HOUR, i64::MIN + 3 * HOUR] {
            extreme.instant_ms(time);
        }
    }

    #[test]
    fn an_eastern_clock_is_ahead() {
        let zone = TimeZone::FixedOffset { minutes: 330 };
        assert_eq!(zone.instant_ms(19_800_000), 0);
        assert_eq!(zone.to_string(), "UTC+05:30");
        let offset = |name: &str| TimeZone::fixed(name).map(|zone| zone.instant_ms(0) / -60_000);
        assert_eq!(["UTC", "+05:30", "-0330", "UTC+1", "GMT-2"].map(offset), [0, 330, -210, 60, -120].map(Some));
        assert_eq!(["Europe/Berlin", "+99:00", "+", "1", ""].map(offset), [None; 5]);
        assert_eq!(TimeZone::FixedOffset { minutes: -90 }.to_string(), "UTC-01:30");
    }
}
