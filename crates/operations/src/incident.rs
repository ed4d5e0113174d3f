//! Findings that belong together.

use order::SortedSet;
use report::{Finding, FindingKind, Relation};

/// Findings whose onsets lie this many sampling steps apart at most belong together.
const LINK_STEPS: i64 = 20;
/// And this long apart at most, in milliseconds, where steps are short.
const LONGEST_LINK_MS: i64 = 300_000;
/// If the earlier one is over before the later one begins, it has to be for this part of that time only.
const PAUSE_PART: i64 = 4;
/// What begins within this time, in milliseconds and in sampling steps, breaks out together.
const OUTBREAK_MS: i64 = 300_000;
const OUTBREAK_STEPS: i64 = 2;
/// A finding joins an earlier one that is still going on, up to this share of the window later if it is of the same series, up
/// to half of that if its series is related, and never later than this many milliseconds (and sampling steps): what lasts
/// longer is the state of things.
const LASTING_SHARE: f64 = 0.5;
const LONGEST_LASTING_MS: i64 = 6 * 3_600_000;
const LONGEST_LASTING_STEPS: i64 = 72;

/// Groups findings (positions in `findings`) into incidents, the weightiest first; a group's weight is the sum of its
/// scores, each counted up to 10.
///
/// Two findings are linked when their onsets are close (20 sampling steps, or 1 % of the window up to five minutes where
/// that is longer) and the earlier one is not over for more than a quarter of that time, or
/// when the later one begins while the earlier still lasts: in the same series within half of the window, in the same service
/// or in a series with a significant relation to it within a quarter, and never more than six hours (72 steps) later. A leak that ends in a cascade is one incident that way; two independent
/// drifts are two. What is so from `start_ms` on, when the data begin, has no onset that could be close to another one, and
/// is linked to related series only.
/// Beats have no moment at which they begin to spread; all of them are one group. A drifting period is in
/// none.
///
/// `window_ms` is the time that was recorded, without gaps.
pub fn group(
    findings: &[Finding],
    relations: &[Relation],
    start_ms: i64,
    interval_ms: i64,
    window_ms: i64,
) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..findings.len())
        .filter(|&position| findings.get(position).is_some_and(|finding| !finding.kind.is_standing()))
        .collect();
    order::sort_by_key(&mut order, |&position| findings.get(position).map_or(0, |finding| finding.start_ms));
    let link_ms = (LINK_STEPS * interval_ms).max((window_ms / 100).min(LONGEST_LINK_MS));
    let lasting_ms =
        ((window_ms as f64 * LASTING_SHARE) as i64).min(LONGEST_LASTING_MS.max(LONGEST_LASTING_STEPS * interval_ms));
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
                        let has_onset = earlier.start_ms - start_ms >= interval_ms;
                        let pause_ms = finding.start_ms - earlier.end_ms;
                        (apart <= link_ms && pause_ms <= link_ms / PAUSE_PART && has_onset)
                            || (finding.start_ms <= earlier.end_ms
                                && ((apart <= lasting_ms && is_same_series(earlier, finding))
                                    || (apart <= lasting_ms / 2 && connected(earlier, finding, has_onset, &related))))
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

fn is_same_series(earlier: &Finding, later: &Finding) -> bool {
    earlier.series.iter().any(|series| later.series.contains(series))
}

/// Whether two findings are of the same service, which counts where the earlier one was seen to begin, or of related series.
fn connected(earlier: &Finding, later: &Finding, has_onset: bool, related: &SortedSet<(usize, usize)>) -> bool {
    (has_onset && earlier.services.iter().any(|service| later.services.contains(service)))
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

/// When most of a group's findings began: the first onset that has the largest sum of scores (each up to 10) in the five
/// minutes (or two sampling steps) that follow. `None` for an empty group.
pub fn outbreak_ms(findings: &[Finding], group: &[usize], interval_ms: i64) -> Option<i64> {
    let reach_ms = OUTBREAK_MS.max(OUTBREAK_STEPS * interval_ms);
    let members: Vec<&Finding> = group.iter().filter_map(|position| findings.get(*position)).collect();
    let weight = |from: i64| {
        let near = members.iter().filter(|one| one.start_ms >= from && one.start_ms - from <= reach_ms);
        near.map(|one| one.score.min(10.0)).sum::<f64>()
    };
    let mut onsets: Vec<(i64, f64)> = members.iter().map(|one| (one.start_ms, weight(one.start_ms))).collect();
    order::sort_by(&mut onsets, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    onsets.first().map(|(at, _)| *at)
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

    /// The data begin long before the findings.
    const BEFORE: i64 = -1_000_000;

    #[test]
    fn what_is_so_from_the_start_begins_with_nothing_else() {
        let findings = [finding(0, 0, 0, 900_000, 3.0), finding(1, 1, 0, 900_000, 2.0)];
        assert_eq!(group(&findings, &[], 0, 1_000, 1_000_000).len(), 2);
        assert_eq!(group(&findings, &[coupling(0, 1)], 0, 1_000, 1_000_000).len(), 1, "but they are related");
        assert_eq!(group(&findings, &[], BEFORE, 1_000, 1_000_000).len(), 1);
    }

    #[test]
    fn a_series_in_trouble_stays_in_one_incident() {
        let findings = [finding(0, 0, 0, 900_000, 3.0), finding(0, 0, 400_000, 410_000, 2.0)];
        assert_eq!(group(&findings, &[], BEFORE, 1_000, 1_000_000).len(), 1);
        let other = [finding(0, 0, 0, 900_000, 3.0), finding(1, 0, 400_000, 410_000, 2.0)];
        assert_eq!(group(&other, &[], BEFORE, 1_000, 1_000_000).len(), 2);
        let slow = [finding(0, 0, 0, 90_000_000, 3.0), finding(0, 0, 25_000_000, 26_000_000, 2.0)];
        assert_eq!(group(&slow, &[], BEFORE, 1_000, 100_000_000).len(), 2, "after a day it is usual");
    }

    #[test]
    fn close_onsets_are_one_incident_and_far_ones_two() {
        let findings =
            [finding(0, 0, 0, 10_000, 1.5), finding(1, 1, 15_000, 20_000, 1.5), finding(2, 2, 900_000, 910_000, 9.0)];
        assert_eq!(group(&findings, &[], BEFORE, 1_000, 1_000_000), [vec![2], vec![0, 1]]);
        let paused = [finding(0, 0, 0, 9_000, 1.5), finding(1, 1, 15_000, 20_000, 1.5)];
        assert_eq!(group(&paused, &[], BEFORE, 1_000, 1_000_000).len(), 2, "over for too long");
    }

    #[test]
    fn a_lasting_leak_and_the_cascade_it_ends_in_are_one_if_they_are_related() {
        let findings = [finding(0, 0, 0, 1_000_000, 3.0), finding(1, 1, 200_000, 300_000, 2.0)];
        assert_eq!(group(&findings, &[], BEFORE, 1_000, 1_000_000).len(), 2);
        assert_eq!(group(&findings, &[coupling(1, 0)], BEFORE, 1_000, 1_000_000).len(), 1);
    }

    #[test]
    fn a_finding_between_two_groups_joins_them() {
        let findings = [
            finding(0, 0, 0, 500_000, 1.0),
            finding(1, 1, 100_000, 500_000, 1.0),
            finding(2, 2, 200_000, 210_000, 1.0),
        ];
        assert_eq!(group(&findings, &[coupling(0, 2), coupling(1, 2)], BEFORE, 1_000, 1_000_000), [vec![0, 1, 2]]);
    }

    #[test]
    fn it_breaks_out_where_most_begins() {
        let findings = [
            finding(0, 0, 0, 9_000, 9.0),
            finding(1, 1, 600_000, 900_000, 5.0),
            finding(2, 2, 650_000, 900_000, 6.0),
            finding(3, 3, 1_000_000, 1_900_000, 50.0),
        ];
        assert_eq!(outbreak_ms(&findings, &[0, 1, 2, 3], 1_000), Some(600_000));
        assert_eq!(outbreak_ms(&findings, &[0, 1, 2, 3], 200_000), Some(600_000));
        assert_eq!(outbreak_ms(&findings, &[0, 3], 1_000), Some(1_000_000), "the stronger one");
        assert_eq!(outbreak_ms(&findings, &[], 1_000), None);
    }

    #[test]
    fn the_peak_is_where_most_is_going_on() {
        let findings = [finding(0, 0, 0, 100, 1.0), finding(1, 1, 50, 60, 1.0), finding(2, 2, 55, 90, 1.0)];
        assert_eq!(peak_ms(&findings, &[0, 1, 2]), Some(55));
        assert_eq!(peak_ms(&findings, &[]), None);
    }
}
