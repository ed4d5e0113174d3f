//! What moves together: coherence of all pairs at each scale, one false-discovery rate over all of them, lags and
//! consonance.

use crate::profile::Profile;
use crate::refine::Refining;
use crate::scales::to_report;
use analysis::coupling::{LagOptions, LagPlan};
use analysis::harmony::{
    BandPlan, BeatOptions, Bounds, ConsonanceMatrix, FoundBeat, PairCoherence, RelatedPair, Scale, Transforming, Voice,
    band_plan, pair_count,
};
use analysis::multiplicity::benjamini_hochberg;
use analysis::spectrum::Peak;
use report::{Relation, RelationKind};
use series::TimeGrid;
use std::ops::Range;

/// The most series whose pairs are all looked at; with more, the ones with the strongest findings are.
pub(crate) const MOST_SERIES: usize = 300;
/// Series that are transformed at once.
const SERIES_PER_STEP: usize = 32;
/// Values of the series whose spectra are held to be compared with all later ones: their spectra are two to three times as
/// large. The later ones come a third as many at once, and are transformed anew for the next first ones.
const TILE_VALUES: usize = 1_500_000;
/// The fewest such series, however long they are.
const SMALLEST_TILE: usize = 24;
/// The most relations that are kept, the strongest.
const MOST_RELATIONS: usize = 400;
/// The share of a lagged correlation that a single stretch may hold.
const ONE_EVENT: f64 = 0.6;
/// A phase beyond this is antiphase.
const ANTIPHASE: f64 = 0.75 * std::f64::consts::PI;

/// What is known of all pairs at one scale; of single ones until they have been judged.
pub(crate) struct AtScale {
    pub(crate) scale: Scale,
    /// Seconds per unit of the plan's time: the decimated step.
    step_s: f64,
    pairs: Vec<PairCoherence>,
    q: Vec<f64>,
    pub(crate) matrix: ConsonanceMatrix,
}

/// A scan of all pairs at one scale, under way: a tile of series with itself, then with the later ones, a few at a time;
/// then the next tile.
struct Scanning {
    /// The tile, and behind it those that it is compared with.
    spectra: Transforming,
    /// The members that are the tile.
    tile: Range<usize>,
    /// The members that it is compared with: itself, or later ones.
    others: Range<usize>,
    /// The next member to be transformed.
    next: usize,
    pairs: Vec<PairCoherence>,
}

/// The work on pairs. `members` are the series looked at, by their number in the panel; all indices inside are
/// positions in `members`. What is asked for as `rests` are the panel's series without their seasons.
pub(crate) struct Relating {
    pub(crate) members: Vec<usize>,
    plans: Vec<(Scale, BandPlan)>,
    pub(crate) scales: Vec<AtScale>,
    scanning: Option<Scanning>,
    lags: Option<LagPlan>,
    refining: Option<Refining>,
    drafts: Vec<Relation>,
    next_lag: usize,
}

impl Scanning {
    /// Compares what has been transformed, and goes on to the next of `count` members, `most` of them at once beside a tile;
    /// true when all have been compared.
    fn scan(&mut self, bins: Range<usize>, count: usize, most: usize) -> bool {
        let (size, is_itself) = (self.tile.len(), self.others.start == self.tile.start);
        let seconds = if is_itself { 0..size } else { size..size + self.others.len() };
        let member = |place: usize| {
            if place < size { self.tile.start + place } else { self.others.start + place - size }
        };
        let found = self.spectra.spectra().scan_between(bins, 0..size, seconds);
        let numbered =
            |pair: PairCoherence| PairCoherence { first: member(pair.first), second: member(pair.second), ..pair };
        self.pairs.extend(found.into_iter().map(numbered));
        let next = self.others.end;
        if next < count {
            self.spectra.back_to(size);
            self.others = next..(next + most).min(count);
        } else {
            self.spectra.back_to(0);
            self.tile = self.tile.end..(self.tile.end + size).min(count);
            self.others = self.tile.clone();
        }
        self.next = self.others.start;
        self.tile.is_empty()
    }
}

impl Relating {
    /// Chooses of `series` series: all, or the [`MOST_SERIES`] with the highest `weights`.
    pub(crate) fn new(series: usize, weights: &[f64], grid: &TimeGrid, bounds: &Bounds) -> Self {
        let mut members: Vec<usize> = (0..series).collect();
        if members.len() > MOST_SERIES {
            let weight = |series: usize| weights.get(series).copied().unwrap_or(0.0);
            order::sort_by(&mut members, |a, b| weight(*b).total_cmp(&weight(*a)).then(a.cmp(b)));
            members.truncate(MOST_SERIES);
            order::sort(&mut members);
        }
        let plans = Scale::ALL
            .into_iter()
            .filter_map(|scale| Some((scale, band_plan(grid.len, grid.step_s(), scale, bounds)?)))
            .collect();
        Self {
            members,
            plans,
            scales: Vec::new(),
            scanning: None,
            lags: None,
            refining: None,
            drafts: Vec::new(),
            next_lag: 0,
        }
    }

    /// The members of the panel's series.
    fn columns<'a>(&self, rests: &[&'a [f64]]) -> Vec<&'a [f64]> {
        self.members.iter().filter_map(|series| rests.get(*series).copied()).collect()
    }

    /// How many series a tile has, and how many others are compared with it at once.
    fn tile(&self, grid: &TimeGrid) -> (usize, usize) {
        let tile = (TILE_VALUES / grid.len.max(1)).max(SMALLEST_TILE).min(self.members.len());
        (tile, tile.div_ceil(3).min(self.members.len() - tile))
    }

    /// How many scales there are to scan.
    pub(crate) fn scale_count(&self) -> usize {
        self.plans.len()
    }

    /// Scans some of the pairs at the plan's `index`-th scale; true when that scale is done.
    pub(crate) fn scan(
        &mut self,
        index: usize,
        rests: &[&[f64]],
        profiles: &[Profile],
        grid: &TimeGrid,
        bounds: &Bounds,
    ) -> bool {
        let Some((_, plan)) = self.plans.get(index) else { return true };
        let (count, (size, others)) = (self.members.len(), self.tile(grid));
        let Some(mut scanning) = self.scanning.take() else {
            match Transforming::new(size + others, grid.len, &plan.options) {
                Ok(spectra) => {
                    let (tile, pairs) = (0..size, Vec::with_capacity(pair_count(count)));
                    self.scanning = Some(Scanning { spectra, others: tile.clone(), tile, next: 0, pairs });
                    return false;
                }
                Err(_) => {
                    self.conclude(index, Vec::new(), profiles, grid, bounds);
                    return true;
                }
            }
        };
        if scanning.next < scanning.others.end {
            let to = (scanning.next + SERIES_PER_STEP).min(scanning.others.end);
            let columns = self.members.get(scanning.next..to).unwrap_or_default();
            columns.iter().filter_map(|series| rests.get(*series)).for_each(|column| scanning.spectra.add(column));
            scanning.next = to;
        } else if scanning.scan(plan.bins.clone(), count, others) {
            order::sort_by_key(&mut scanning.pairs, |pair| (pair.first, pair.second));
            self.conclude(index, scanning.pairs, profiles, grid, bounds);
            return true;
        }
        self.scanning = Some(scanning);
        false
    }

    /// Keeps what was found at a scale.
    fn conclude(
        &mut self,
        index: usize,
        pairs: Vec<PairCoherence>,
        profiles: &[Profile],
        grid: &TimeGrid,
        bounds: &Bounds,
    ) {
        let Some((scale, plan)) = self.plans.get(index) else { return };
        let voices: Vec<Voice> = self
            .members
            .iter()
            .filter_map(|series| profiles.get(*series))
            .map(|profile| Voice::at_scale(&profile.peaks, grid.len, grid.step_s(), *scale, bounds))
            .collect();
        let step_s = grid.step_s() * plan.options.decimate as f64;
        let matrix = ConsonanceMatrix::new(&voices, &[], &[], 0.0);
        self.scales.push(AtScale { scale: *scale, step_s, pairs, q: Vec::new(), matrix });
    }

    /// One false-discovery rate over all pairs and scales; drafts the relations.
    pub(crate) fn judge(
        &mut self,
        rate: f64,
        rests: &[&[f64]],
        profiles: &[Profile],
        grid: &TimeGrid,
        bounds: &Bounds,
    ) {
        let p: Vec<f64> = self.scales.iter().flat_map(|at| at.pairs.iter().map(|pair| pair.p)).collect();
        let mut q = benjamini_hochberg(&p).into_iter();
        for at in &mut self.scales {
            at.q = q.by_ref().take(at.pairs.len()).collect();
            let voices: Vec<Voice> = self
                .members
                .iter()
                .filter_map(|series| profiles.get(*series))
                .map(|profile| Voice::at_scale(&profile.peaks, grid.len, grid.step_s(), at.scale, bounds))
                .collect();
            at.matrix = ConsonanceMatrix::new(&voices, &at.pairs, &at.q, rate);
        }
        self.drafts = self.couplings(rate);
        for at in &mut self.scales {
            (at.pairs, at.q) = (Vec::new(), Vec::new());
        }
        if !self.drafts.is_empty() {
            let mut is_related = vec![false; self.members.len()];
            for end in self.drafts.iter().flat_map(|draft| [draft.from, draft.to]) {
                if let Some(flag) = is_related.get_mut(end) {
                    *flag = true;
                }
            }
            let wanted = |series: usize| is_related.get(series).copied().unwrap_or(false);
            self.lags = LagPlan::of_some(&self.columns(rests), &wanted, &LagOptions::default()).ok();
        }
    }

    /// Each significant pair at its clearest scale, the strongest first. `from` and `to` are positions in `members`.
    fn couplings(&self, rate: f64) -> Vec<Relation> {
        let count = self.scales.iter().map(|at| at.pairs.len()).max().unwrap_or(0);
        let mut found: Vec<Relation> = (0..count)
            .filter_map(|index| {
                let best = self
                    .scales
                    .iter()
                    .filter_map(|at| Some((at, at.pairs.get(index)?, *at.q.get(index)?)))
                    .filter(|(_, _, q)| *q < rate)
                    .min_by(|a, b| a.1.p.total_cmp(&b.1.p))?;
                let (at, pair, q) = best;
                let antiphase = pair.phase.abs() > ANTIPHASE;
                Some(Relation {
                    kind: if antiphase { RelationKind::AntiResonance } else { RelationKind::Coupling },
                    from: pair.first,
                    to: pair.second,
                    scale: to_report(at.scale),
                    strength: pair.unbiased(),
                    sign: if antiphase { -1 } else { 1 },
                    q,
                    period_s: (pair.frequency > 0.0).then(|| at.step_s / pair.frequency),
                    ..Relation::default()
                })
            })
            .collect();
        // Strengths that differ by rounding only, as those of copies do, are equal on one machine and not on another.
        let rank = |relation: &Relation| (relation.strength * 1e9).round();
        order::sort_by(&mut found, |a, b| rank(b).total_cmp(&rank(a)).then((a.from, a.to).cmp(&(b.from, b.to))));
        found.truncate(MOST_RELATIONS);
        found
    }

    /// Looks for the lags of the next `count` relations; `false` when all are done.
    pub(crate) fn lag(&mut self, count: usize, grid: &TimeGrid) -> bool {
        let Some(plan) = &mut self.lags else { return false };
        let end = (self.next_lag + count).min(self.drafts.len());
        for relation in self.drafts.get_mut(self.next_lag..end).unwrap_or_default() {
            let Some(lag) = plan.pair(relation.from, relation.to) else { continue };
            // One event that both share is no evidence of a lag between them.
            if lag.p > 0.01 || lag.concentration > ONE_EVENT {
                continue;
            }
            let half_width_s = (lag.high - lag.low).abs() / 2.0 * grid.step_s();
            // A lag whose interval holds zero is no lag.
            let seconds = if lag.low <= 0.0 && lag.high >= 0.0 { 0.0 } else { lag.steps * grid.step_s() };
            relation.sign = if lag.correlation < 0.0 { -1 } else { 1 };
            relation.kind = if relation.sign < 0 { RelationKind::AntiResonance } else { RelationKind::Coupling };
            relation.lag_s = Some(seconds.abs());
            relation.lag_plus_minus_s = Some(half_width_s.max(grid.step_s() / 2.0));
            if seconds < 0.0 {
                std::mem::swap(&mut relation.from, &mut relation.to);
            }
        }
        self.next_lag = end;
        end < self.drafts.len()
    }

    /// Finds out more about the next `count` relations, see [`Refining`]; `false` when all are done.
    pub(crate) fn refine(
        &mut self,
        count: usize,
        rate: f64,
        rests: &[&[f64]],
        profiles: &[Profile],
        grid: &TimeGrid,
    ) -> bool {
        let columns = self.columns(rests);
        // Lags and phases of a season would be those of the clock.
        if let Some(lags) = self.lags.take() {
            self.refining = Some(Refining::new(&columns, lags, &mut self.drafts, grid, &self.plans));
            return true;
        }
        let Some(refining) = &mut self.refining else { return false };
        let profiles: Vec<&Profile> = self.members.iter().filter_map(|series| profiles.get(*series)).collect();
        let goes_on = refining.step(count, rate, &columns, &mut self.drafts, &profiles, grid);
        if !goes_on {
            refining.conclude(rate, &mut self.drafts, grid);
        }
        goes_on
    }

    /// Lets go what only the search for relations needs: copies of the series.
    pub(crate) fn let_go(&mut self) {
        self.refining = None;
    }

    /// The relations with the panel's series numbers, the strongest first.
    pub(crate) fn relations(&self) -> Vec<Relation> {
        let number = |position: usize| self.members.get(position).copied().unwrap_or(usize::MAX);
        self.drafts
            .iter()
            .map(|draft| Relation {
                from: number(draft.from),
                to: number(draft.to),
                explained_by: draft.explained_by.map(number),
                ..draft.clone()
            })
            .collect()
    }

    /// The pairs related at a scale, for the ribbons, with the panel's series numbers.
    pub(crate) fn related_pairs(&self, scale: Scale, grid: &TimeGrid) -> Vec<RelatedPair> {
        let number = |position: usize| self.members.get(position).copied().unwrap_or(usize::MAX);
        self.drafts
            .iter()
            .filter(|draft| draft.scale == to_report(scale))
            .map(|draft| RelatedPair {
                first: number(draft.from),
                second: number(draft.to),
                lag_steps: (draft.lag_s.unwrap_or(0.0) / grid.step_s()).round() as isize,
                weight: draft.strength,
            })
            .collect()
    }

    /// Consonance of the series with these panel numbers at a scale: of the set where it has two or more that speak,
    /// else between them and the rest.
    pub(crate) fn consonance(&self, scale: Scale, series: &[usize]) -> Option<f64> {
        let at = self.scales.iter().find(|at| at.scale == scale)?;
        let positions: Vec<usize> =
            series.iter().filter_map(|number| self.members.binary_search(number).ok()).collect();
        let rest = || (0..self.members.len()).filter(|position| !positions.contains(position)).collect::<Vec<_>>();
        at.matrix.subset(&positions).or_else(|| at.matrix.between(&positions, &rest()))
    }
}

/// The beats within series and between them, the clearest first. Only those that hold `rate`, a false-discovery rate, are
/// kept.
pub(crate) fn beats(columns: &[Vec<f64>], profiles: &[Profile], rate: f64) -> Vec<FoundBeat> {
    let views: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let peaks: Vec<Vec<Peak>> =
        profiles.iter().map(|one| one.more_peaks.as_ref().unwrap_or(&one.peaks).clone()).collect();
    let mut found = analysis::harmony::beats(&views, &peaks, &BeatOptions::default());
    found.retain(|beat| beat.q < rate);
    found
}
