//! Findings that belong together.

use order::SortedSet;
use report::{Finding, FindingKind, Relation};

/// Findings whose onsets lie this many sampling steps apart at most belong together.
const LINK_STEPS: i64 = 20;
/// A finding of a related series joins an earlier one that is still going on, up to this share of the window later.
const LASTING_SHARE: f64 = 0.25;

/// Groups findings (positions in `findings`) into incidents, the weightiest first; a group's weight is the sum of its
/// scores, each counted up to 10.
///
/// Two findings are linked when their onsets are close (20 sampling steps or 1 % of the window, whichever is longer), or
/// when the later one begins while the earlier still lasts, within a quarter of the window, in the same service or in a
/// series with a significant relation to it. A leak that ends in a cascade is one incident that way; two independent
/// drifts are two. Beats have no moment at which they begin to spread; all of them are one group. A drifting period is in
/// none.
pub fn group(findings: &[Finding], relations: &[Relation], interval_ms: i64, window_ms: i64) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..findings.len())
        .filter(|&position| findings.get(position).is_some_and(|finding| !finding.kind.is_standing()))
        .collect();
    order::sort_by_key(&mut order, |&position| findings.get(position).map_or(0, |finding| finding.start_ms));
    let link_ms = (LINK_STEPS * interval_ms).max(window_ms / 100);
    let lasting_ms = (window_ms as f64 * LASTING_SHARE) as i64;
    let mut related: SortedSet<(usize, usize)> = SortedSet::new();
    for relation in relations {
        related.extend([(relation.from, relation.to), (relation.to, relation.from)]);
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for position in order {
        let Some(finding) = findings.get(position) else { continue };
        let linked: Vec<usize> = (0..groups.len())
            .filter(|&group| {
                groups.get(group).is_some_and(|members| {
                    members.iter().filter_map(|member| findings.get(*member)).any(|earlier| {
                        let apart = finding.start_ms - earlier.start_ms;
                        apart <= link_ms
                            || (apart <= lasting_ms
                                && finding.start_ms <= earlier.end_ms
                                && connected(earlier, finding, &related))
                    })
                })
            })
            .collect();
        let mut joined = vec![position];
        for group in linked.into_iter().rev() {
            joined.splice(0..0, groups.remove(group));
        }
        groups.push(joined);
    }
    let beats: Vec<usize> = (0..findings.len()).filter(|&position| is_beat(findings, position)).collect();
    if !beats.is_empty() {
        groups.push(beats);
    }
    for group in &mut groups {
        order::sort_by_key(group, |&position| (findings.get(position).map_or(0, |finding| finding.start_ms), position));
    }
    let weight = |group: &[usize]| {
        group.iter().filter_map(|position| findings.get(*position)).map(|finding| finding.score.min(10.0)).sum::<f64>()
    };
    order::sort_by(&mut groups, |a, b| weight(b).total_cmp(&weight(a)).then(a.first().cmp(&b.first())));
    groups
}

/// Whether a finding is a beat.
pub fn is_beat(findings: &[Finding], position: usize) -> bool {
    findings.get(position).is_some_and(|finding| finding.kind == FindingKind::Beat)
}

fn connected(earlier: &Finding, later: &Finding, related: &SortedSet<(usize, usize)>) -> bool {
    earlier.services.iter().any(|service| later.services.contains(service))
        || earlier.series.iter().any(|a| later.series.iter().any(|b| related.contains(&(*a, *b))))
}

/// When most of a group's findings were going on at once, each weighed by its score (up to 10): the start of that
/// stretch. `None` for an empty group.
pub fn peak_ms(findings: &[Finding], group: &[usize]) -> Option<i64> {
    let members: Vec<&Finding> = group.iter().filter_map(|position| findings.get(*position)).collect();
    let active = |at: i64| {
        members.iter().filter(|one| one.start_ms <= at && at <= one.end_ms).map(|one| one.score.min(10.0)).sum::<f64>()
    };
    members
        .iter()
        .map(|one| one.start_ms)
        .fold(None, |best: Option<(f64, i64)>, at| match best {
            Some((most, _)) if active(at) <= most => best,
            _ => Some((active(at), at)),
        })
        .map(|(_, at)| at)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use report::{RelationKind, Scale};

    pub(crate) fn finding(series: usize, service: usize, start_ms: i64, end_ms: i64, score: f64) -> Finding {
        Finding {
            id: format!("level_shift:{series}:{start_ms}"),
            kind: FindingKind::LevelShift,
            series: vec![series],
            services: vec![service],
            scale: Scale::Micro,
            start_ms,
            end_ms,
            score,
            direction: None,
            p: None,
            numbers: Vec::new(),
            sentence: String::new(),
            refuted_by: String::new(),
        }
    }

    fn coupling(from: usize, to: usize) -> Relation {
        Relation {
            kind: RelationKind::Coupling,
            from,
            to,
            scale: Scale::Micro,
            strength: 0.8,
            sign: 1,
            q: 0.001,
            ..Relation::default()
        }
    }

    #[test]
    fn close_onsets_are_one_incident_and_far_ones_two() {
        let findings =
            [finding(0, 0, 0, 10, 1.5), finding(1, 1, 15_000, 20_000, 1.5), finding(2, 2, 900_000, 910_000, 9.0)];
        assert_eq!(group(&findings, &[], 1_000, 1_000_000), [vec![2], vec![0, 1]]);
    }

    #[test]
    fn a_lasting_leak_and_the_cascade_it_ends_in_are_one_if_they_are_related() {
        let findings = [finding(0, 0, 0, 1_000_000, 3.0), finding(1, 1, 200_000, 300_000, 2.0)];
        assert_eq!(group(&findings, &[], 1_000, 1_000_000).len(), 2);
        assert_eq!(group(&findings, &[coupling(1, 0)], 1_000, 1_000_000).len(), 1);
    }

    #[test]
    fn a_finding_between_two_groups_joins_them() {
        let findings = [
            finding(0, 0, 0, 500_000, 1.0),
            finding(1, 1, 100_000, 500_000, 1.0),
            finding(2, 2, 200_000, 210_000, 1.0),
        ];
        assert_eq!(group(&findings, &[coupling(0, 2), coupling(1, 2)], 1_000, 1_000_000), [vec![0, 1, 2]]);
    }

    #[test]
    fn the_peak_is_where_most_is_going_on() {
        let findings = [finding(0, 0, 0, 100, 1.0), finding(1, 1, 50, 60, 1.0), finding(2, 2, 55, 90, 1.0)];
        assert_eq!(peak_ms(&findings, &[0, 1, 2]), Some(55));
        assert_eq!(peak_ms(&findings, &[]), None);
    }
}
