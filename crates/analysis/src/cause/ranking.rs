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

/// What is known of how the groups hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Graph<'a> {
    /// Who calls whom: (caller, callee).
    Calls(&'a [(usize, usize)]),
    /// Who moves after whom: (follower, leader).
    Lags(&'a [(usize, usize)]),
}

impl Graph<'_> {
    /// (dependent, what it depends on).
    fn edges(&self) -> &[(usize, usize)] {
        let (Self::Calls(edges) | Self::Lags(edges)) = self;
        edges
    }

    fn callers(&self, group: usize) -> Vec<usize> {
        self.edges().iter().filter(|(caller, callee)| *callee == group && caller != callee).map(|edge| edge.0).collect()
    }

    fn callees(&self, group: usize) -> Vec<usize> {
        self.edges().iter().filter(|(caller, callee)| *caller == group && caller != callee).map(|edge| edge.1).collect()
    }

    /// The groups that `group`, which calls nobody, may be another view of, as a load balancer or a proxy is: each has callees
    /// of its own, is called by all who call `group`, and does not call it.
    fn behind(&self, group: usize) -> Vec<usize> {
        let callers = self.callers(group);
        let Some(first) = callers.first().filter(|_| matches!(self, Self::Calls(_)) && self.callees(group).is_empty())
        else {
            return Vec::new();
        };
        let mut behind = self.callees(*first);
        behind.retain(|other| {
            *other != group
                && !self.callees(*other).is_empty()
                && callers.iter().all(|caller| self.edges().contains(&(*caller, *other)))
        });
        behind
    }
}

/// A group's place in the ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The group.
    pub group: usize,
    /// Strength of the evidence; 1.0 where it is visible, below which healthy series get too.
    pub score: f64,
    /// The share of the evidence of all candidates and of "none of them", 0 to 1.
    pub confidence: f64,
    /// Positions in the evidence, strongest first.
    pub evidence: Vec<usize>,
    /// The group that explains the deviation of this one.
    pub explained_by: Option<usize>,
}

/// Evidence of this strength is seldom reached at the time of an alarm where nothing happened …
pub const VISIBLE: f64 = 4.0;
/// … and this one in the most telling of three disturbances of a whole recording.
pub const VISIBLE_ANYWHERE: f64 = 5.0;
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
/// what they would alone, and traffic 70 % of what symptoms do. In the `graph` a group's states and symptoms are explained by a
/// callee whose states or symptoms are at least half as strong, and its traffic by a caller that is; what is explained keeps
/// 80 %. A group that calls nobody and has symptoms alone is also explained by a group that is as strong, is called by the
/// same callers, and calls others, but not it: had the trouble begun in the former, the latter would not have moved, while the
/// former may be a way to the latter. Each caller whose states or symptoms moved too adds a tenth of the smaller of the two:
/// what a cause passes on speaks for it. Evidence of strength `visible`, positive, is a score of 1.0.
#[must_use]
pub fn rank(evidence: &[Evidence], graph: Graph<'_>, visible: f64) -> Vec<Candidate> {
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
    // The first of the strongest neighbours, if it is strong enough to explain `least`.
    let explainer = |least: f64, neighbours: &[usize], strength: &dyn Fn(usize) -> f64| {
        let mut best: Option<(usize, f64)> = None;
        for &group in neighbours {
            let strength = strength(group);
            if best.is_none_or(|(_, most)| strength > most) {
                best = Some((group, strength));
            }
        }
        best.filter(|(_, most)| least > 0.0 && *most >= EXPLAINS * least).map(|(group, _)| group)
    };
    let mut candidates: Vec<Candidate> = groups
        .into_iter()
        .map(|(group, mut positions)| {
            order::sort_by(&mut positions, |a, b| weight_at(*b).total_cmp(&weight_at(*a)).then(a.cmp(b)));
            let (mut inner, mut traffic) = own(group);
            let is_seen_from_outside =
                positions.iter().all(|position| evidence.get(*position).is_none_or(|one| one.kind != Kind::State));
            let (callers, mut callees) = (graph.callers(group), graph.callees(group));
            if is_seen_from_outside {
                callees.extend(graph.behind(group));
            }
            let callee = explainer(inner, &callees, &|other| own(other).0);
            let caller = explainer(traffic, &callers, &|other| {
                let (inner, traffic) = own(other);
                inner.max(traffic)
            });
            if callee.is_some() {
                inner *= EXPLAINED_SHARE;
            }
            if caller.is_some() {
                traffic *= EXPLAINED_SHARE;
            }
            let (strength, explained_by) = if inner >= traffic { (inner, callee) } else { (traffic, caller) };
            let support: f64 = callers.iter().map(|other| own(*other).0.min(strength)).sum();
            let strength = strength + SUPPORT_SHARE * support;
            Candidate { group, score: strength / visible, confidence: 0.0, evidence: positions, explained_by }
        })
        .collect();
    order::sort_by(&mut candidates, |a, b| b.score.total_cmp(&a.score).then(a.group.cmp(&b.group)));
    let fourth_power = |candidate: &Candidate| (candidate.score * candidate.score).powi(2);
    // One more candidate, just visible, stands for "none of them".
    let total = 1.0 + candidates.iter().map(fourth_power).sum::<f64>();
    for candidate in &mut candidates {
        candidate.confidence = fourth_power(candidate) / total;
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
        let ranked = rank(&evidence, Graph::Calls(&[]), VISIBLE);
        assert_eq!(groups(&ranked), [1, 2, 0]);
        assert_eq!(ranked.first().map(|candidate| candidate.evidence.clone()), Some(vec![2, 1]));
        assert_eq!(ranked.first().map(|candidate| candidate.score), Some(9.0 / 4.0));
        let weights = [9.0f64, 8.0, 5.0].map(|strength| (strength / 4.0).powi(4));
        let expected = weights[0] / (1.0 + weights.iter().sum::<f64>());
        assert!(ranked.first().is_some_and(|candidate| (candidate.confidence - expected).abs() < 1e-12));
    }

    #[test]
    fn a_symptom_steps_behind_a_resource_that_is_nearly_as_strong() {
        let mixed = [one(0, 10.0, Kind::Symptom), one(1, 8.0, Kind::State), one(2, 5.0, Kind::State)];
        assert_eq!(groups(&rank(&mixed, Graph::Calls(&[]), VISIBLE)), [1, 0, 2]);
        let symptoms = [one(0, 10.0, Kind::Symptom), one(1, 8.0, Kind::Symptom)];
        assert_eq!(
            rank(&symptoms, Graph::Calls(&[]), VISIBLE).first().map(|candidate| candidate.score),
            Some(2.5),
            "nothing to step behind"
        );
    }

    #[test]
    fn latency_is_explained_by_a_callee_and_traffic_by_a_caller() {
        let slow = [one(0, 10.0, Kind::Symptom), one(1, 9.0, Kind::Symptom), one(2, 4.0, Kind::Symptom)];
        let ranked = rank(&slow, Graph::Calls(&[(0, 1), (1, 2)]), VISIBLE);
        assert_eq!(groups(&ranked), [1, 0, 2], "a callee that hardly moved explains nothing");
        assert_eq!(ranked.get(1).and_then(|candidate| candidate.explained_by), Some(1));
        assert_eq!(
            ranked.first().map(|candidate| candidate.score),
            Some((9.0 + 0.1 * 9.0) / 4.0),
            "its caller moved too"
        );
        let busy = [one(0, 10.0, Kind::Symptom), one(1, 13.0, Kind::Traffic)];
        assert_eq!(
            groups(&rank(&busy, Graph::Calls(&[(0, 1)]), VISIBLE)),
            [0, 1],
            "more requests to a callee explain no latency"
        );
    }

    #[test]
    fn a_way_to_a_service_is_explained_by_it() {
        // 0 calls 1 (a load balancer) and 2, which calls 3; 4 calls 2 as well.
        let calls = [(0, 1), (0, 2), (2, 3), (4, 2)];
        let slow = [one(0, 3.0, Kind::Symptom), one(1, 10.0, Kind::Symptom), one(2, 8.5, Kind::Symptom)];
        let ranked = rank(&slow, Graph::Calls(&calls), VISIBLE);
        assert_eq!(groups(&ranked), [2, 1, 0]);
        assert_eq!(ranked.get(1).and_then(|candidate| candidate.explained_by), Some(2));
        let first = |evidence: &[Evidence], graph| groups(&rank(evidence, graph, VISIBLE)).first().copied();
        assert_eq!(first(&slow, Graph::Lags(&calls)), Some(1), "who moves first is no way to anybody");
        assert_eq!(first(&slow, Graph::Calls(&[(0, 1), (0, 2), (2, 3), (4, 1)])), Some(1), "4 does not go to 2 by 1");
        assert_eq!(first(&slow, Graph::Calls(&[(0, 1), (0, 2), (2, 1), (2, 3)])), Some(1), "2 depends on 1");
        assert_eq!(first(&slow, Graph::Calls(&[(0, 1), (0, 2)])), Some(1), "2 may as well be a way to 1");
        let [.., balancer, _] = slow;
        let loaded = [one(1, 10.0, Kind::State), balancer, slow[2]];
        assert_eq!(first(&loaded, Graph::Calls(&calls)), Some(1), "it has a resource of its own");
    }

    #[test]
    fn nothing_ranks_nobody_with_confidence() {
        let ranked = rank(&[one(3, 0.0, Kind::State)], Graph::Calls(&[(3, 3)]), VISIBLE);
        assert_eq!(ranked.first().map(|candidate| candidate.confidence), Some(0.0));
        assert!(rank(&[], Graph::Calls(&[]), VISIBLE).is_empty());
    }
}
