//! Candidates for the root cause, ranked by strength, earliness and place in the graph.

use order::SortedMap;

/// What one series says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Which group (service) the series belongs to.
    pub group: usize,
    /// How far it moved, in spreads ([`super::Displacement::size`]).
    pub size: f64,
    /// How long after the common onset it left its band, in slots.
    pub delay: f64,
}

/// A group's place in the ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The group.
    pub group: usize,
    /// Strength of the evidence.
    pub score: f64,
    /// The share of the evidence of all candidates, 0 to 1; the shares of all candidates sum to 1.
    pub confidence: f64,
    /// Positions in the evidence, strongest first.
    pub evidence: Vec<usize>,
}

/// A delay of this many slots halves a candidate's score.
const HALVING_DELAY: f64 = 60.0;
/// A candidate whose deviation an upstream group explains keeps this share of its score.
const EXPLAINED_SHARE: f64 = 0.7;

/// Ranks the groups, best first; ties in the order of the group's number.
///
/// A group's score is the logarithm of one plus its strongest series' size, lowered the later that series left its
/// band. `leads` holds the relation graph's directed edges (leader, follower) between groups: a follower whose leader
/// moved at least as much, and not later, is explained by it and keeps 70 % of its score.
pub fn rank(evidence: &[Evidence], leads: &[(usize, usize)]) -> Vec<Candidate> {
    let mut groups: SortedMap<usize, Vec<usize>> = SortedMap::new();
    for (position, one) in evidence.iter().enumerate() {
        groups.at(one.group).push(position);
    }
    let weight = |one: &Evidence| (1.0 + one.size.max(0.0)).ln() * 0.5f64.powf(one.delay.max(0.0) / HALVING_DELAY);
    let weight_at = |position: usize| evidence.get(position).map_or(0.0, weight);
    let mut strongest: SortedMap<usize, (f64, f64)> = SortedMap::new();
    for (group, positions) in groups.iter_mut() {
        order::sort_by(positions, |a, b| weight_at(*b).total_cmp(&weight_at(*a)).then(a.cmp(b)));
        let delay = positions.first().and_then(|position| evidence.get(*position)).map_or(0.0, |one| one.delay);
        strongest.insert(*group, (positions.first().map_or(0.0, |position| weight_at(*position)), delay));
    }
    let explained = |group: usize| {
        let Some((own, delay)) = strongest.get(&group) else { return false };
        leads.iter().any(|(leader, follower)| {
            *follower == group
                && *leader != group
                && strongest.get(leader).is_some_and(|(lead, lead_delay)| lead >= own && lead_delay <= delay)
        })
    };
    let mut candidates: Vec<Candidate> = groups
        .into_iter()
        .map(|(group, evidence)| {
            let own = strongest.get(&group).map_or(0.0, |(own, _)| *own);
            Candidate {
                group,
                score: if explained(group) { EXPLAINED_SHARE * own } else { own },
                confidence: 0.0,
                evidence,
            }
        })
        .collect();
    order::sort_by(&mut candidates, |a, b| b.score.total_cmp(&a.score).then(a.group.cmp(&b.group)));
    let total: f64 = candidates.iter().map(|candidate| candidate.score.exp_m1()).sum();
    if total > 0.0 {
        for candidate in &mut candidates {
            candidate.confidence = if total.is_finite() { candidate.score.exp_m1() / total } else { 0.0 };
        }
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_and_earliest_comes_first_and_each_group_once() {
        let evidence = [
            Evidence { group: 0, size: 5.0, delay: 0.0 },
            Evidence { group: 1, size: 40.0, delay: 2.0 },
            Evidence { group: 1, size: 90.0, delay: 0.0 },
            Evidence { group: 2, size: 90.0, delay: 30.0 },
        ];
        let ranked = rank(&evidence, &[]);
        assert_eq!(ranked.iter().map(|candidate| candidate.group).collect::<Vec<_>>(), [1, 2, 0]);
        assert_eq!(ranked.first().map(|candidate| candidate.evidence.clone()), Some(vec![2, 1]));
        let total: f64 = ranked.iter().map(|candidate| candidate.confidence).sum();
        assert!((total - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_follower_that_its_leader_explains_steps_back() {
        let evidence = [
            Evidence { group: 0, size: 50.0, delay: 0.0 },
            Evidence { group: 1, size: 50.0, delay: 0.0 },
            Evidence { group: 2, size: 49.0, delay: 0.0 },
        ];
        let ranked = rank(&evidence, &[(2, 0), (0, 1)]);
        assert_eq!(
            ranked.iter().map(|candidate| candidate.group).collect::<Vec<_>>(),
            [0, 2, 1],
            "a weaker leader explains nothing"
        );
    }

    #[test]
    fn silence_ranks_nobody_with_confidence() {
        let ranked = rank(&[Evidence { group: 3, size: 0.0, delay: 0.0 }], &[]);
        assert_eq!(ranked.first().map(|candidate| candidate.confidence), Some(0.0));
        assert!(rank(&[], &[]).is_empty());
    }
}
