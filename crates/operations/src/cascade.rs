//! Where a disturbance goes from here: who passes it on to whom, how surely, and after how long.

use order::{SortedMap, SortedSet};
use report::{Arrival, Relation, SeriesSummary, SpreadStep};

/// Arrivals less likely than this are not foretold.
const LEAST_CHANCE: f64 = 0.1;
/// The branching ratio is known to within this; and the most steps that may take.
const TOLERANCE: f64 = 1e-12;
const MOST_ITERATIONS: usize = 20_000;

/// One way from service to service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// The service that leads …
    pub from: usize,
    /// … and the one that follows.
    pub to: usize,
    /// The share of the follower's variation that the leader's explains, 0 to 1: the squared coherence.
    pub passed: f64,
    /// How long after, in seconds …
    pub lag_s: f64,
    /// … and the half width of its 95 % interval.
    pub plus_minus_s: f64,
}

/// Who passes disturbances on to whom: of each pair of services the strongest relation whose lag leaves no doubt about the
/// direction, that no third series and no common distribution explains.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ways {
    edges: Vec<Edge>,
    services: usize,
}

impl Ways {
    /// The ways among `services` services; `series` says which service a relation's ends belong to.
    pub fn new(relations: &[Relation], series: &[SeriesSummary], services: usize) -> Self {
        let service = |position: usize| series.get(position).map(|one| one.service);
        let mut best: SortedMap<(usize, usize), Edge> = SortedMap::new();
        for relation in relations.iter().filter(|relation| relation.explained_by.is_none() && !relation.same_source) {
            let Some((lag_s, plus_minus_s)) = relation.lag_s.zip(relation.lag_plus_minus_s) else { continue };
            let Some((from, to)) = service(relation.from).zip(service(relation.to)) else { continue };
            if from == to || lag_s <= plus_minus_s {
                continue;
            }
            let edge = Edge { from, to, passed: relation.strength.min(1.0), lag_s, plus_minus_s };
            let held = best.at_or((from, to), edge);
            if edge.passed > held.passed {
                *held = edge;
            }
        }
        let edges: Vec<Edge> = best.into_iter().map(|(_, edge)| edge).collect();
        Self { edges, services }
    }

    /// The ways, by service.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// How many services are disturbed by one that is, on average over the worst direction: the largest eigenvalue of the
    /// matrix of what is passed on. At 1 or more a disturbance in a loop feeds itself. 0 without loops.
    pub fn branching_ratio(&self) -> f64 {
        let reachable: Vec<SortedSet<usize>> = (0..self.services).map(|from| self.reachable(from)).collect();
        let can_reach = |from: usize, to: usize| reachable.get(from).is_some_and(|all| all.contains(&to));
        let mut largest = 0.0;
        let mut seen = vec![false; self.services];
        for service in 0..self.services {
            if seen.get(service).copied().unwrap_or(true) || !can_reach(service, service) {
                continue;
            }
            // Those that reach each other: each matrix of them has a largest eigenvalue of its own.
            let members: Vec<usize> =
                (0..self.services).filter(|&one| can_reach(service, one) && can_reach(one, service)).collect();
            for member in &members {
                if let Some(slot) = seen.get_mut(*member) {
                    *slot = true;
                }
            }
            largest = f64::max(largest, self.eigenvalue(&members));
        }
        largest
    }

    /// The services at the end of any way of one edge or more.
    fn reachable(&self, from: usize) -> SortedSet<usize> {
        let mut found = SortedSet::new();
        let mut open = vec![from];
        while let Some(service) = open.pop() {
            for edge in self.edges.iter().filter(|edge| edge.from == service && edge.passed > 0.0) {
                if found.insert(edge.to) {
                    open.push(edge.to);
                }
            }
        }
        found
    }

    /// The largest eigenvalue of the matrix among services that all reach each other, by power iteration.
    ///
    /// One is added on the diagonal: the values then do not swing between those of a loop, and the smallest and the largest
    /// growth of any service close in on the eigenvalue from both sides (Collatz and Wielandt).
    fn eigenvalue(&self, members: &[usize]) -> f64 {
        let place = |service: usize| members.binary_search(&service).ok();
        let edges: Vec<(usize, usize, f64)> =
            self.edges.iter().filter_map(|edge| Some((place(edge.from)?, place(edge.to)?, edge.passed))).collect();
        let mut vector = vec![1.0; members.len()];
        let (mut low, mut high) = (0.0, f64::INFINITY);
        for _ in 0..MOST_ITERATIONS {
            let mut next = vector.clone();
            for &(from, to, passed) in &edges {
                if let (Some(value), Some(slot)) = (vector.get(to), next.get_mut(from)) {
                    *slot += passed * value;
                }
            }
            let growth = next.iter().zip(&vector).map(|(after, before)| after / before);
            (low, high) = growth.fold((f64::INFINITY, 0.0), |(low, high), one| (one.min(low), one.max(high)));
            if high - low <= TOLERANCE {
                break;
            }
            let size = next.iter().copied().fold(0.0, f64::max);
            vector = next.into_iter().map(|value| value / size).collect();
        }
        0.5 * (low + high) - 1.0
    }

    /// For each service, how many others a disturbance of it is expected to reach: the sum over the others of the
    /// likelihood of the surest way to each. It never exceeds their number, loops or not.
    pub fn reach(&self) -> Vec<f64> {
        (0..self.services)
            .map(|from| {
                let chances = self.chances(&[from]);
                chances.iter().enumerate().filter(|(to, _)| *to != from).map(|(_, chance)| chance).sum()
            })
            .collect()
    }

    /// The likelihood of the surest way from any of `origins` to each service.
    fn chances(&self, origins: &[usize]) -> Vec<f64> {
        let mut chances = vec![0.0; self.services];
        for origin in origins {
            if let Some(chance) = chances.get_mut(*origin) {
                *chance = 1.0;
            }
        }
        // Each round lengthens the ways by one edge; more edges than services never make one surer.
        for _ in 0..self.services {
            let mut changed = false;
            for edge in &self.edges {
                let through = chances.get(edge.from).map_or(0.0, |chance| chance * edge.passed);
                if let Some(chance) = chances.get_mut(edge.to).filter(|chance| through > **chance) {
                    *chance = through;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        chances
    }

    /// When services that were not reached may be, the soonest first, given when others were (`spread`).
    ///
    /// The time is that of the quickest way, its uncertainty the root sum of squares along it, the onset's included; the
    /// likelihood is that of the surest way. Ways less likely than 10 % are left out.
    pub fn next(&self, spread: &[SpreadStep]) -> Vec<Arrival> {
        let origins: Vec<usize> = spread.iter().map(|step| step.service).collect();
        let chances = self.chances(&origins);
        let mut soonest: Vec<Option<Arrival>> = vec![None; self.services];
        for step in spread {
            if let Some(slot) = soonest.get_mut(step.service) {
                *slot = Some(Arrival {
                    service: step.service,
                    through: step.service,
                    at_ms: step.onset_ms,
                    plus_minus_s: step.lag_plus_minus_s,
                    chance: 1.0,
                });
            }
        }
        for _ in 0..self.services {
            let mut changed = false;
            for edge in self.edges.iter().filter(|edge| !origins.contains(&edge.to)) {
                let Some(from) = soonest.get(edge.from).cloned().flatten() else { continue };
                let at_ms = from.at_ms + (edge.lag_s * 1000.0).round() as i64;
                let Some(slot) = soonest.get_mut(edge.to) else { continue };
                if slot.as_ref().is_none_or(|held| at_ms < held.at_ms) {
                    *slot = Some(Arrival {
                        service: edge.to,
                        through: edge.from,
                        at_ms,
                        plus_minus_s: from.plus_minus_s.hypot(edge.plus_minus_s),
                        chance: chances.get(edge.to).copied().unwrap_or(0.0),
                    });
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        let mut next: Vec<Arrival> = soonest
            .into_iter()
            .flatten()
            .filter(|arrival| !origins.contains(&arrival.service) && arrival.chance >= LEAST_CHANCE)
            .collect();
        order::sort_by_key(&mut next, |arrival| (arrival.at_ms, arrival.service));
        next
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use report::{RelationKind, Scale};

    fn leads(from: usize, to: usize, strength: f64, lag_s: f64) -> Relation {
        Relation {
            kind: RelationKind::Coupling,
            from,
            to,
            scale: Scale::Micro,
            strength,
            sign: 1,
            lag_s: Some(lag_s),
            lag_plus_minus_s: Some(0.5),
            ..Relation::default()
        }
    }

    /// One series per service.
    fn ways(relations: &[Relation], services: usize) -> Ways {
        let series: Vec<SeriesSummary> =
            (0..services).map(|service| SeriesSummary { service, ..SeriesSummary::default() }).collect();
        Ways::new(relations, &series, services)
    }

    fn reached(service: usize, onset_ms: i64) -> SpreadStep {
        SpreadStep { service, onset_ms, lag_s: 0.0, lag_plus_minus_s: 0.0, finding: 0 }
    }

    #[test]
    fn a_chain_is_foretold_in_order_and_to_the_second() {
        let chain = ways(&[leads(0, 1, 0.9, 2.0), leads(1, 2, 0.9, 4.0), leads(2, 3, 0.9, 6.0)], 4);
        let next = chain.next(&[reached(0, 1_000)]);
        assert_eq!(
            next.iter().map(|one| (one.service, one.through, one.at_ms)).collect::<Vec<_>>(),
            [(1, 0, 3_000), (2, 1, 7_000), (3, 2, 13_000)]
        );
        assert!((next[2].chance - 0.9f64.powi(3)).abs() < 1e-12);
        assert!((next[2].plus_minus_s - 0.75f64.sqrt()).abs() < 1e-12);
        assert_eq!(chain.branching_ratio(), 0.0);
        let later = chain.next(&[reached(0, 1_000), reached(1, 4_000)]);
        assert_eq!(later.iter().map(|one| (one.service, one.at_ms)).collect::<Vec<_>>(), [(2, 8_000), (3, 14_000)]);
    }

    #[test]
    fn the_hub_of_a_star_reaches_most() {
        let reach = ways(&[leads(0, 1, 0.8, 5.0), leads(0, 2, 0.8, 5.0), leads(0, 3, 0.5, 5.0)], 4).reach();
        assert!((reach[0] - (0.8 + 0.8 + 0.5)).abs() < 1e-12);
        assert_eq!(reach[1..], [0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_loop_feeds_itself_by_its_geometric_mean() {
        let ring = ways(&[leads(0, 1, 0.9, 5.0), leads(1, 2, 0.8, 5.0), leads(2, 0, 0.7, 5.0)], 3);
        let expected = (0.9f64 * 0.8 * 0.7).cbrt();
        assert!((ring.branching_ratio() - expected).abs() < 1e-9, "{}", ring.branching_ratio());
        // Two loops through one service: the matrix [[0, 1, 1], [1, 0, 0], [1, 0, 0]] has the eigenvalue √2.
        let twice =
            ways(&[leads(0, 1, 1.0, 5.0), leads(1, 0, 1.0, 5.0), leads(0, 2, 1.0, 5.0), leads(2, 0, 1.0, 5.0)], 3);
        assert!((twice.branching_ratio() - 2f64.sqrt()).abs() < 1e-9, "{}", twice.branching_ratio());
        assert!(twice.reach().iter().all(|reach| *reach <= 2.0));
    }

    /// `reference/cascade/make.py`: random graphs, their eigenvalues by LAPACK and their surest ways by trying all of them.
    #[test]
    fn independent_implementations_agree() {
        #[derive(serde::Deserialize)]
        struct Case {
            services: usize,
            edges: Vec<(usize, usize, f64)>,
            ratio: f64,
            reach: Vec<f64>,
        }
        let cases: Vec<Case> = serde_json::from_str(include_str!("../reference/cascade/cascade.json")).unwrap();
        assert!(cases.len() >= 40);
        for case in cases {
            let relations: Vec<Relation> =
                case.edges.iter().map(|&(from, to, passed)| leads(from, to, passed, 5.0)).collect();
            let ways = ways(&relations, case.services);
            assert!((ways.branching_ratio() - case.ratio).abs() < 1e-9, "{} {}", ways.branching_ratio(), case.ratio);
            for (ours, theirs) in ways.reach().iter().zip(&case.reach) {
                assert!((ours - theirs).abs() < 1e-12, "{ours} {theirs}");
            }
        }
    }

    #[test]
    fn doubtful_explained_and_inner_relations_are_no_ways() {
        let doubtful = leads(0, 1, 0.9, 0.4);
        let explained = Relation { explained_by: Some(2), ..leads(0, 1, 0.9, 5.0) };
        let of_one_histogram = Relation { same_source: true, ..leads(0, 1, 0.9, 5.0) };
        assert!(ways(&[doubtful, explained, of_one_histogram], 3).edges().is_empty());
        let inner = SeriesSummary { service: 0, ..SeriesSummary::default() };
        assert!(Ways::new(&[leads(0, 1, 0.9, 5.0)], &[inner.clone(), inner], 1).edges().is_empty());
    }

    #[test]
    fn the_strongest_relation_of_two_services_counts() {
        let two = ways(&[leads(0, 1, 0.5, 9.0), leads(0, 1, 0.9, 5.0)], 2);
        assert_eq!(two.edges().iter().map(|edge| edge.lag_s).collect::<Vec<_>>(), [5.0]);
    }

    #[test]
    fn unlikely_arrivals_are_not_foretold() {
        let chain = ways(&[leads(0, 1, 0.3, 2.0), leads(1, 2, 0.3, 4.0)], 3);
        assert_eq!(chain.next(&[reached(0, 0)]).iter().map(|one| one.service).collect::<Vec<_>>(), [1]);
        assert!(ways(&[], 0).next(&[]).is_empty());
    }
}
