//! How sure one may be of the first cause, in words that were right as often as they sound.

use report::format::decimals;
use report::{Cause, Incident, Report};

/// Up to this share of the evidence a service is no candidate worth naming.
const WORTH_NAMING: f64 = 0.1;
/// From these shares on the first cause was right in nearly all cases, and in most (docs/accuracy.md).
const VERY_LIKELY: f64 = 0.8;
const LIKELY: f64 = 0.6;

/// What may be said of an incident's cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The first cause holds nearly all the evidence.
    VeryLikely,
    /// It holds most of it.
    Likely,
    /// It is ahead of the others, and may well not be it.
    Possibly,
    /// It is ahead of the others, but they are series that nothing is known of: how often such a one is the cause, nobody has
    /// counted.
    Furthest,
    /// Several services moved alike; none is ahead.
    NobodyAhead,
    /// Nothing moved for as long and as far as a cause does where something is wrong.
    NothingVisible,
}

/// The verdict on an incident; `None` where it has no candidates.
pub fn verdict(report: &Report, incident: &Incident) -> Option<Verdict> {
    let first = incident.causes.first()?;
    Some(match first.confidence {
        _ if first.score < 1.0 => Verdict::NothingVisible,
        _ if first.is_named() && !report.knows_services() => Verdict::Furthest,
        share if share >= VERY_LIKELY => Verdict::VeryLikely,
        share if share >= LIKELY => Verdict::Likely,
        _ if first.is_named() => Verdict::Possibly,
        _ => Verdict::NobodyAhead,
    })
}

impl Verdict {
    /// The word before "X": "very likely", "likely", "possibly"; `None` where nobody can be named.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::VeryLikely => Some("very likely"),
            Self::Likely => Some("likely"),
            Self::Possibly => Some("possibly"),
            Self::Furthest | Self::NobodyAhead | Self::NothingVisible => None,
        }
    }

    /// What is said where nobody can be named.
    pub fn excuse(self) -> &'static str {
        match self {
            Self::NothingVisible => "no cause is visible in these metrics",
            Self::Furthest => "no series is called the cause, as nothing says which belong to one service",
            _ => "nothing stands out as the cause: several moved alike",
        }
    }
}

/// The candidates that are worth naming beside the first.
pub fn rivals(incident: &Incident) -> impl Iterator<Item = &Cause> {
    incident.causes.iter().skip(1).filter(|cause| cause.confidence >= WORTH_NAMING)
}

/// A share of the evidence: never 0 % or 100 %, as no evidence is as sure as that.
pub fn percent(share: f64) -> String {
    match 100.0 * share {
        percent if percent < 1.0 => "under 1 %".to_owned(),
        percent if percent > 99.0 => "over 99 %".to_owned(),
        percent => format!("{} %", decimals(percent, 0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::{SeriesSummary, ServiceSummary};

    fn cause(score: f64, confidence: f64) -> Cause {
        Cause { service: 0, series: 0, score, confidence, onset_ms: 0, findings: Vec::new(), sentence: String::new() }
    }

    fn of(causes: &[(f64, f64)]) -> Incident {
        Incident { causes: causes.iter().map(|one| cause(one.0, one.1)).collect(), ..Incident::default() }
    }

    #[test]
    fn a_name_is_given_as_surely_as_it_was_right() {
        let series = |metric: &str| SeriesSummary { metric: metric.into(), ..SeriesSummary::default() };
        let services = vec![ServiceSummary { name: "cart".into(), ..ServiceSummary::default() }];
        let known = Report { services: services.clone(), series: vec![series("cpu")], ..Report::default() };
        let said = |score: f64, share: f64| verdict(&known, &of(&[(score, share)])).and_then(Verdict::word);
        assert_eq!(said(5.0, 0.9), Some("very likely"));
        assert_eq!(said(5.0, 0.7), Some("likely"));
        assert_eq!(said(5.0, 0.5), Some("possibly"));
        assert_eq!(said(5.0, 0.1), None);
        assert_eq!(verdict(&known, &of(&[(5.0, 0.1)])), Some(Verdict::NobodyAhead));
        assert_eq!(verdict(&known, &of(&[(0.9, 0.4)])), Some(Verdict::NothingVisible));
        assert_eq!(verdict(&known, &Incident::default()), None);
        let unknown = Report { services, series: vec![series("cart")], ..Report::default() };
        assert_eq!(verdict(&unknown, &of(&[(5.0, 0.9)])), Some(Verdict::Furthest));
        assert_eq!(verdict(&unknown, &of(&[(5.0, 0.1)])), Some(Verdict::NobodyAhead));
    }

    #[test]
    fn a_rival_without_evidence_is_none() {
        assert_eq!(rivals(&of(&[(5.0, 0.8), (2.0, 0.15), (0.1, 0.001)])).count(), 1);
        assert_eq!([0.0, 0.004, 0.594, 0.9991].map(percent), ["under 1 %", "under 1 %", "59 %", "over 99 %"]);
    }
}
