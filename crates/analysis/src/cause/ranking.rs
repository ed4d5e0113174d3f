//! Candidates for the root cause, ranked by their evidence and their place in the graph.

use order::SortedMap;

/// What a series measures, as far as the order of cause and effect is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A resource or anything else that a service has of its own.
    State,
    /// Latency and errors: they pass from a callee to its callers.
    Symptom,
    /// Requests: they pass from a caller to its callees.
    Traffic,
}

/// What one series says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Which group (service) the series belongs to.
    pub group: usize,
    /// How much it says ([`super::Displacement::evidence`]).
    pub strength: f64,
    /// What it measures.
    pub kind: Kind,
}

/// A group's place in the ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The group.
    pub group: usize,
    /// Strength of the evidence; 1.0 at [`VISIBLE`], below which healthy series get too.
    pub score: f64,
    /// The share of the evidence of all candidates and of "none of them", 0 to 1.
    pub confidence: f64,
    /// Positions in the evidence, strongest first.
    pub evidence: Vec<usize>,
    /// The group that explains the deviation of this one.
    pub explained_by: Option<usize>,
}

/// Evidence of this strength is seldom reached where nothing happened.
pub const VISIBLE: f64 = 4.0;
/// A symptom counts this much of a state, and traffic this much of a symptom.
const STEP_SHARE: f64 = 0.7;
/// A neighbour explains a group from this share of its evidence on.
const EXPLAINS: f64 = 0.5;
/// What is explained keeps this share.
const EXPLAINED_SHARE: f64 = 0.8;
/// Each caller that moves with a group adds this share of what both moved.
const SUPPORT_SHARE: f64 = 0.1;

/// Ranks the groups, best first; ties in the order of the group's number.
///
/// A group's score is that of its strongest series. Where any series is a state, symptoms count 70 % of
/// what they would alone, and traffic 70 % of what symptoms do. In
/// the graph of `calls` (caller, callee) a group's states and symptoms are explained by a callee whose states or
/// symptoms are at least half as strong, and its traffic by a caller that is; what is explained keeps 80 %. Each caller whose states
/// or symptoms moved too adds a tenth of the smaller of the two: what a cause passes on speaks for it.
#[must_use]
pub fn rank(evidence: &[Evidence], calls: &[(usize, usize)]) -> Vec<Candidate> {
    let innermost = evidence.iter().map(|one| one.kind).min().unwrap_or(Kind::State);
    let weight = |one: &Evidence| {
        let steps = one.kind as usize - innermost as usize;
        let share = [1.0, STEP_SHARE, STEP_SHARE * STEP_SHARE].get(steps).copied().unwrap_or(1.0);
        share * one.strength.max(0.0)
    };
    let weight_at = |position: usize| evidence.get(position).map_or(0.0, weight);
    let mut groups: SortedMap<usize, Vec<usize>> = SortedMap::new();
    // Of each group its strongest state or symptom, and its strongest traffic.
    let mut strongest: SortedMap<usize, (f64, f64)> = SortedMap::new();
    for (position, one) in evidence.iter().enumerate() {
        groups.at(one.group).push(position);
        let of_group = strongest.at(one.group);
        let of_kind = if one.kind == Kind::Traffic { &mut of_group.1 } else { &mut of_group.0 };
        *of_kind = of_kind.max(weight(one));
    }
    let own = |group: usize| strongest.get(&group).copied().unwrap_or((0.0, 0.0));
    let explainer = |least: f64, neighbours: &mut dyn Iterator<Item = (usize, f64)>| {
        let best = neighbours.fold(None, |best: Option<(usize, f64)>, next| match best {
            Some((_, most)) if most >= next.1 => best,
            _ => Some(next),
        });
        best.filter(|(_, most)| least > 0.0 && *most >= EXPLAINS * least).map(|(group, _)| group)
    };
    let mut candidates: Vec<Candidate> = groups
        .into_iter()
        .map(|(group, mut positions)| {
            order::sort_by(&mut positions, |a, b| weight_at(*b).total_cmp(&weight_at(*a)).then(a.cmp(b)));
            let (mut inner, mut traffic) = own(group);
            let others = calls.iter().filter(|(caller, callee)| caller != callee);
            let callee = explainer(
                inner,
                &mut others.clone().filter(|(caller, _)| *caller == group).map(|(_, other)| (*other, own(*other).0)),
            );
            let caller = explainer(
                traffic,
                &mut others.clone().filter(|(_, callee)| *callee == group).map(|(other, _)| {
                    let (inner, traffic) = own(*other);
                    (*other, inner.max(traffic))
                }),
            );
            if callee.is_some() {
                inner *= EXPLAINED_SHARE;
            }
            if caller.is_some() {
                traffic *= EXPLAINED_SHARE;
            }
            let (strength, explained_by) = if inner >= traffic { (inner, callee) } else { (traffic, caller) };
            let callers = others.filter(|(_, callee)| *callee == group).map(|(other, _)| own(*other).0.min(strength));
            let strength = strength + SUPPORT_SHARE * callers.sum::<f64>();
            Candidate { group, score: strength / VISIBLE, confidence: 0.0, evidence: positions, explained_by }
        })
        .collect();
    order::sort_by(&mut candidates, |a, b| b.score.total_cmp(&a.score).then(a.group.cmp(&b.group)));
    let cubed = |candidate: &Candidate| candidate.score * candidate.score * candidate.score;
    // One more candidate, just visible, stands for "none of them".
    let total = 1.0 + candidates.iter().map(cubed).sum::<f64>();
    for candidate in &mut candidates {
        candidate.confidence = cubed(candidate) / total;
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(group: usize, strength: f64, kind: Kind) -> Evidence {
        Evidence { group, strength, kind }
    }

    fn groups(ranked: &[Candidate]) -> Vec<usize> {
        ranked.iter().map(|candidate| candidate.group).collect()
    }

    #[test]
    fn the_strongest_comes_first_and_each_group_once() {
        let evidence =
            [one(0, 5.0, Kind::State), one(1, 4.0, Kind::State), one(1, 9.0, Kind::State), one(2, 8.0, Kind::State)];
        let ranked = rank(&evidence, &[]);
        assert_eq!(groups(&ranked), [1, 2, 0]);
        assert_eq!(ranked.first().map(|candidate| candidate.evidence.clone()), Some(vec![2, 1]));
        assert_eq!(ranked.first().map(|candidate| candidate.score), Some(9.0 / 4.0));
        let cubes = [9.0f64, 8.0, 5.0].map(|strength| (strength / 4.0).powi(3));
        let expected = cubes[0] / (1.0 + cubes.iter().sum::<f64>());
        assert!(ranked.first().is_some_and(|candidate| (candidate.confidence - expected).abs() < 1e-12));
    }

    #[test]
    fn a_symptom_steps_behind_a_resource_that_is_nearly_as_strong() {
        let mixed = [one(0, 10.0, Kind::Symptom), one(1, 8.0, Kind::State), one(2, 5.0, Kind::State)];
        assert_eq!(groups(&rank(&mixed, &[])), [1, 0, 2]);
        let symptoms = [one(0, 10.0, Kind::Symptom), one(1, 8.0, Kind::Symptom)];
        assert_eq!(rank(&symptoms, &[]).first().map(|candidate| candidate.score), Some(2.5), "nothing to step behind");
    }

    #[test]
    fn latency_is_explained_by_a_callee_and_traffic_by_a_caller() {
        let slow = [one(0, 10.0, Kind::Symptom), one(1, 9.0, Kind::Symptom), one(2, 4.0, Kind::Symptom)];
        let ranked = rank(&slow, &[(0, 1), (1, 2)]);
        assert_eq!(groups(&ranked), [1, 0, 2], "a callee that hardly moved explains nothing");
        assert_eq!(ranked.get(1).and_then(|candidate| candidate.explained_by), Some(1));
        assert_eq!(
            ranked.first().map(|candidate| candidate.score),
            Some((9.0 + 0.1 * 9.0) / 4.0),
            "its caller moved too"
        );
        let busy = [one(0, 10.0, Kind::Symptom), one(1, 13.0, Kind::Traffic)];
        assert_eq!(groups(&rank(&busy, &[(0, 1)])), [0, 1], "more requests to a callee explain no latency");
    }

    #[test]
    fn nothing_ranks_nobody_with_confidence() {
        let ranked = rank(&[one(3, 0.0, Kind::State)], &[(3, 3)]);
        assert_eq!(ranked.first().map(|candidate| candidate.confidence), Some(0.0));
        assert!(rank(&[], &[]).is_empty());
    }
}
