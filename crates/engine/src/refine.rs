//! What can be said of a relation beyond its coherence and its lag: who predicts whom, whether a third series explains it,
//! whether the gain has a peak or a notch, and whether phases are locked.

use crate::profile::Profile;
use crate::scales::to_report;
use analysis::coupling::{
    Agreement, BandPhase, Edge, ExplainOptions, GrangerOptions, GrangerPlan, LagPlan, Verdict, explain, phase_locking,
    phase_slope,
};
use analysis::harmony::{
    AntiKind, BandPlan, Resonance, ResonanceKind, ResonanceOptions, Scale, Transforming, resonance_of,
};
use analysis::multiplicity::benjamini_hochberg;
use report::{DelayVerdict, Relation, RelationKind};
use series::TimeGrid;

/// So many samples of relations are looked at: with long series only the strongest relations are, but this many in any
/// case.
const SAMPLES: usize = 200_000;
const FEWEST: usize = 60;
/// A delay of fewer steps than this is none.
const ROUNDING: f64 = 1e-9;
/// How far the band around a period reaches in which phases are compared, as a share of its frequency.
const BAND: f64 = 0.15;
/// A peak or notch of less than this is no resonance that anybody would notice: half or double the power, and narrower than
/// its own frequency.
const LEAST_DB: f64 = 3.0;
const LEAST_Q: f64 = 1.0;
/// A period of a series is that of the relation if it is within this share of it.
const SAME_PERIOD: f64 = 0.1;

/// Chance that one bin without coherence counts for the slope of the phase.
const COHERENT: f64 = 0.01;

/// The refinement of relations, the strongest first.
pub(crate) struct Refining {
    granger: Option<GrangerPlan>,
    /// How each scale is looked at.
    plans: Vec<(Scale, BandPlan)>,
    next: usize,
    most: usize,
    /// Chance of each direction without any influence; `from` to `to`, then back.
    directions: Vec<(usize, f64, f64)>,
    resonances: Vec<(usize, Option<Resonance>)>,
}

impl Refining {
    /// Prepares the series, and finds which relations others explain; their ends are positions in `columns`.
    pub(crate) fn new(
        columns: &[&[f64]],
        mut lags: LagPlan,
        drafts: &mut [Relation],
        grid: &TimeGrid,
        plans: &[(Scale, BandPlan)],
    ) -> Self {
        let edges: Vec<Edge> = drafts
            .iter()
            .map(|draft| Edge { first: draft.from, second: draft.to, lag: draft.lag_s.unwrap_or(0.0) / grid.step_s() })
            .collect();
        for (draft, verdict) in drafts.iter_mut().zip(explain(&mut lags, &edges, &ExplainOptions::default())) {
            match verdict {
                Verdict::Stays => {}
                Verdict::Moved { lag, partial } => {
                    draft.lag_s = Some(lag.unsigned_abs() as f64 * grid.step_s());
                    draft.lag_plus_minus_s = Some(grid.step_s());
                    draft.sign = if partial < 0.0 { -1 } else { 1 };
                    if lag < 0 {
                        std::mem::swap(&mut draft.from, &mut draft.to);
                    }
                }
                Verdict::Explained(found) => draft.explained_by = found.by.first().copied(),
            }
        }
        // It holds as much as the next plan will.
        drop(lags);
        let most = (SAMPLES / grid.len.max(1)).max(FEWEST);
        let wanted = |series: usize| {
            let mut looked_at = drafts.iter().take(most).filter(|draft| draft.explained_by.is_none());
            looked_at.any(|draft| draft.from == series || draft.to == series)
        };
        Self {
            granger: GrangerPlan::of_some(columns, &wanted, &GrangerOptions::default()).ok(),
            plans: plans.to_vec(),
            next: 0,
            most,
            directions: Vec::new(),
            resonances: Vec::new(),
        }
    }

    /// Looks at the next `count` relations; false when all are done.
    pub(crate) fn step(
        &mut self,
        count: usize,
        rate: f64,
        columns: &[&[f64]],
        drafts: &mut [Relation],
        profiles: &[&Profile],
        grid: &TimeGrid,
    ) -> bool {
        let end = (self.next + count).min(drafts.len()).min(self.most);
        let options = ResonanceOptions { alpha: rate, ..ResonanceOptions::default() };
        for place in self.next..end {
            let Some(draft) = drafts.get_mut(place).filter(|draft| draft.explained_by.is_none()) else { continue };
            let (Some(from), Some(to)) = (columns.get(draft.from), columns.get(draft.to)) else { continue };
            if let Some(found) = self.granger.as_ref().and_then(|plan| plan.pair(draft.from, draft.to)) {
                self.directions.push((place, found.forward.p, found.backward.p));
            }
            self.resonances.push((place, resonance_of(from, to, &options)));
            delay(draft, [from, to], &self.plans, grid);
            draft.locking = locking(draft, from, to, profiles, grid);
        }
        self.next = end;
        end < drafts.len().min(self.most)
    }

    /// One false-discovery rate over all directions, and one over all peaks and notches.
    pub(crate) fn conclude(&self, rate: f64, drafts: &mut [Relation], grid: &TimeGrid) {
        let p: Vec<f64> = self.directions.iter().flat_map(|(_, forward, back)| [*forward, *back]).collect();
        for (at, q) in self.directions.iter().zip(benjamini_hochberg(&p).chunks_exact(2)) {
            if let (Some(draft), [leads, follows]) = (drafts.get_mut(at.0), q) {
                (draft.leads_q, draft.follows_q) = (Some(*leads), Some(*follows));
            }
        }
        let p: Vec<f64> =
            self.resonances.iter().map(|(_, found)| found.as_ref().map_or(1.0, |found| found.p)).collect();
        for ((place, found), q) in self.resonances.iter().zip(benjamini_hochberg(&p)) {
            let (Some(draft), Some(found)) = (drafts.get_mut(*place), found) else { continue };
            if q < rate {
                answers(draft, found, grid);
            }
        }
    }
}

/// Writes a peak or a notch of the gain into a relation, where it is high (or deep) and sharp enough to matter.
fn answers(draft: &mut Relation, found: &Resonance, grid: &TimeGrid) {
    if found.gain_db.abs() < LEAST_DB || found.q < LEAST_Q {
        return;
    }
    match found.kind {
        ResonanceKind::Resonance => draft.kind = RelationKind::Resonance,
        ResonanceKind::AntiResonance(AntiKind::Notch) => draft.kind = RelationKind::AntiResonance,
        // The sign of the correlation says so already, at its lag.
        ResonanceKind::AntiResonance(AntiKind::Antiphase) => return,
    }
    draft.period_s = (found.frequency > 0.0).then(|| grid.step_s() / found.frequency);
    draft.gain_db = found.gain_db.is_finite().then_some(found.gain_db);
    draft.quality = found.q.is_finite().then_some(found.q);
}

/// Writes the delay by the slope of the phase into a relation, at the scale at which it is clearest.
fn delay(draft: &mut Relation, [from, to]: [&[f64]; 2], plans: &[(Scale, BandPlan)], grid: &TimeGrid) {
    let Some((_, plan)) = plans.iter().find(|(scale, _)| to_report(*scale) == draft.scale) else { return };
    let Ok(mut transforming) = Transforming::new(2, grid.len, &plan.options) else { return };
    [from, to].into_iter().for_each(|values| transforming.add(values));
    let Some(found) = phase_slope(transforming.spectra(), 0, 1, plan.bins.clone(), COHERENT) else { return };
    let decimate = plan.options.decimate;
    let step_s = grid.step_s() * decimate as f64;
    // What is left of nothing is the rounding of sums, which differs from machine to machine.
    let steps = if found.steps.abs() < ROUNDING { 0.0 } else { found.steps };
    draft.delay_s = Some(steps * step_s);
    draft.delay_plus_minus_s = Some((found.high - found.low) / 2.0 * step_s);
    let (Some(lag_s), Some(plus_minus_s)) = (draft.lag_s, draft.lag_plus_minus_s) else { return };
    let (low, high) = ((lag_s - plus_minus_s) / grid.step_s(), (lag_s + plus_minus_s) / grid.step_s());
    draft.delay_verdict = Some(match found.compare_interval(low, high, decimate) {
        Agreement::Agree => DelayVerdict::Agrees,
        Agreement::Dispersive => DelayVerdict::Dispersive,
        Agreement::Disagree => DelayVerdict::Disagrees,
    });
}

/// How firmly phases are locked around a period that both have.
fn locking(draft: &Relation, from: &[f64], to: &[f64], profiles: &[&Profile], grid: &TimeGrid) -> Option<f64> {
    let period = draft.period_s? / grid.step_s();
    let has_it = |series: usize| {
        let peaks = profiles.get(series).map(|profile| profile.peaks.as_slice()).unwrap_or_default();
        peaks.iter().any(|peak| (peak.period_steps / period - 1.0).abs() < SAME_PERIOD)
    };
    if !has_it(draft.from) || !has_it(draft.to) {
        return None;
    }
    let band = |values: &[f64]| BandPhase::new(values, (1.0 - BAND) / period, (1.0 + BAND) / period);
    phase_locking(&band(from)?, &band(to)?).map(|locked| locked.value)
}
