//! When something began, as far as the data let one say.

use report::{Finding, Report};

/// The name of the evidence number that says how long before its onset a finding's series was not observed, in seconds. Only
/// findings that begin behind a gap of the data have it.
pub const UNSEEN_BEFORE: &str = "not observed before";

/// What is known of an onset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onset {
    /// Seen to begin, at this time.
    Seen(i64),
    /// It began in a gap of the data: after the first of these times, at the second one at the latest.
    InGap(i64, i64),
    /// It was so when the data begin, at this time.
    FromTheStart(i64),
}

/// The onset of a finding of this report.
pub fn onset(report: &Report, finding: &Finding) -> Onset {
    let at_ms = finding.start_ms;
    let unseen_ms = (unseen_s(finding) * 1000.0) as i64;
    if at_ms.saturating_sub(report.dataset.start_ms) < report.dataset.interval_ms {
        Onset::FromTheStart(at_ms)
    } else if unseen_ms > 0 {
        Onset::InGap(at_ms.saturating_sub(unseen_ms), at_ms)
    } else {
        Onset::Seen(at_ms)
    }
}

/// How long before its onset the series was not observed, in seconds; 0 where it was.
pub(crate) fn unseen_s(finding: &Finding) -> f64 {
    finding.numbers.iter().find(|number| number.name == UNSEEN_BEFORE).map_or(0.0, |number| number.value.max(0.0))
}

impl Onset {
    /// The latest time at which it can have begun.
    pub fn latest_ms(self) -> i64 {
        match self {
            Self::Seen(at_ms) | Self::InGap(_, at_ms) | Self::FromTheStart(at_ms) => at_ms,
        }
    }

    /// The earliest time at which it can have begun.
    fn earliest_ms(self) -> i64 {
        match self {
            Self::Seen(at_ms) => at_ms,
            Self::InGap(from_ms, _) => from_ms,
            Self::FromTheStart(_) => i64::MIN,
        }
    }

    /// Whether it was seen to begin.
    pub fn is_seen(self) -> bool {
        matches!(self, Self::Seen(_))
    }

    /// Whether nobody can say which of the two was first, as both began while nobody looked.
    pub fn is_hidden_with(self, other: Self) -> bool {
        !self.is_seen()
            && !other.is_seen()
            && self.earliest_ms() < other.latest_ms()
            && other.earliest_ms() < self.latest_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::tests::finding;
    use report::{DatasetSummary, Quantity};

    #[test]
    fn a_gap_and_the_start_hide_when_it_began() {
        let dataset = DatasetSummary { start_ms: 10_000, interval_ms: 1_000, ..DatasetSummary::default() };
        let report = Report { dataset, ..Report::default() };
        let behind = |start_ms: i64, gap_s: f64| {
            let mut behind = finding(0, 0, start_ms, 90_000, 2.0);
            behind.numbers.push(Quantity { name: UNSEEN_BEFORE.into(), value: gap_s, unit: "s".into() });
            onset(&report, &behind)
        };
        assert_eq!(onset(&report, &finding(0, 0, 10_500, 90_000, 2.0)), Onset::FromTheStart(10_500));
        assert_eq!(onset(&report, &finding(0, 0, 11_000, 90_000, 2.0)), Onset::Seen(11_000));
        assert_eq!(behind(60_000, 30.0), Onset::InGap(30_000, 60_000));
        assert!(behind(60_000, 30.0).is_hidden_with(behind(62_000, 32.0)));
        assert!(!behind(60_000, 20.0).is_hidden_with(behind(80_000, 20.0)), "another gap");
        assert!(!behind(60_000, 20.0).is_hidden_with(Onset::Seen(50_000)));
    }
}
