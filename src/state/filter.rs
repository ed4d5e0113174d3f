//! Which findings are listed.

use report::{Finding, FindingKind, Report, Scale};

/// The score from which a finding counts.
const THRESHOLD: f64 = 1.0;

/// Which findings are listed. The default lists all that reach the threshold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<FindingKind>,
    /// Only findings about this service.
    pub service: Option<usize>,
    /// Only findings at this scale.
    pub scale: Option<Scale>,
    /// Only findings in whose names or sentence every one of these words stands, in any case.
    pub words: String,
}

impl Filter {
    /// Whether everything is listed.
    pub fn is_empty(&self) -> bool {
        self.kind.is_none() && self.service.is_none() && self.scale.is_none() && self.words.trim().is_empty()
    }

    /// The positions in [`Report::findings`] that pass, in the Report's order.
    pub fn apply(&self, report: &Report) -> Vec<usize> {
        let words: Vec<String> = self.words.split_whitespace().map(str::to_ascii_lowercase).collect();
        let passes = |finding: &Finding| {
            finding.score >= THRESHOLD
                && self.kind.is_none_or(|kind| finding.kind == kind)
                && self.scale.is_none_or(|scale| finding.scale == scale)
                && self.service.is_none_or(|service| finding.services.contains(&service))
                && (words.is_empty() || contains_all(&words, report, finding))
        };
        report.findings.iter().enumerate().filter(|(_, finding)| passes(finding)).map(|(index, _)| index).collect()
    }

    /// The kinds that occur, in their own order, with how often.
    pub fn kinds(report: &Report) -> Vec<(FindingKind, usize)> {
        let of = |kind: FindingKind| {
            let is_listed = |finding: &&Finding| finding.kind == kind && finding.score >= THRESHOLD;
            (kind, report.findings.iter().filter(is_listed).count())
        };
        FindingKind::ALL.into_iter().map(of).filter(|(_, count)| *count > 0).collect()
    }
}

fn contains_all(words: &[String], report: &Report, finding: &Finding) -> bool {
    let mut text = format!("{} {}", finding.kind.name(), finding.sentence);
    for series in finding.series.iter().filter_map(|&series| report.series.get(series)) {
        text.push(' ');
        text.push_str(&series.name);
    }
    for service in finding.services.iter().filter_map(|&service| report.services.get(service)) {
        text.push(' ');
        text.push_str(&service.name);
    }
    let text = text.to_ascii_lowercase();
    words.iter().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::ServiceSummary;

    fn finding(kind: FindingKind, service: usize, sentence: &str) -> Finding {
        Finding {
            id: String::new(),
            kind,
            series: vec![],
            services: vec![service],
            scale: Scale::Macro,
            start_ms: 0,
            end_ms: 0,
            score: 1.5,
            direction: None,
            p: None,
            numbers: vec![],
            sentence: sentence.into(),
            refuted_by: String::new(),
        }
    }

    fn report() -> Report {
        let service = |name: &str| ServiceSummary { name: name.into(), series: vec![], ..ServiceSummary::default() };
        Report {
            services: vec![service("Cart"), service("web")],
            findings: vec![
                finding(FindingKind::LevelShift, 0, "rose to 860 ms"),
                finding(FindingKind::Spike, 1, "one spike"),
                finding(FindingKind::LevelShift, 1, "fell"),
            ],
            ..Report::default()
        }
    }

    #[test]
    fn conditions_add_up() {
        let report = report();
        let all = Filter::default();
        assert!(all.is_empty());
        assert_eq!(all.apply(&report), [0, 1, 2]);
        let shifts = Filter { kind: Some(FindingKind::LevelShift), ..Filter::default() };
        assert_eq!(shifts.apply(&report), [0, 2]);
        assert_eq!(Filter { service: Some(1), ..shifts.clone() }.apply(&report), [2]);
        assert_eq!(Filter { scale: Some(Scale::Micro), ..shifts }.apply(&report), [] as [usize; 0]);
    }

    #[test]
    fn words_are_sought_in_names_and_sentences() {
        let report = report();
        assert_eq!(Filter { words: "CART ms".into(), ..Filter::default() }.apply(&report), [0]);
        assert_eq!(Filter { words: "level web".into(), ..Filter::default() }.apply(&report), [2]);
        assert!(Filter { words: "  ".into(), ..Filter::default() }.is_empty());
        assert!(!Filter { words: "x".into(), ..Filter::default() }.is_empty());
    }

    #[test]
    fn kinds_are_counted_in_a_fixed_order() {
        assert_eq!(Filter::kinds(&report()), [(FindingKind::Spike, 1), (FindingKind::LevelShift, 2)]);
    }
}
