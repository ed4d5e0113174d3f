//! The spectrum of a pair: what [`crate::Analysis::pair_spectrum`] gives.

use crate::scales::to_report;
use analysis::harmony::{Bounds, CoherenceOptions, Scale, SegmentSpectra, band_plan, coherence_threshold};
use report::{GainFit, PairSpectrum, Relation, RelationKind, SpectrumBand};
use series::TimeGrid;
use std::f64::consts::{PI, TAU};

/// Points of a fitted curve.
const CURVE: usize = 64;
/// How far a fitted curve reaches to either side of its period, as a factor.
const REACH: f64 = 3.0;

/// Coherence and phase of the whitened series, as relations are judged by, and the gain of the series as they are.
/// `relations` are those of the two, in whatever order.
pub(crate) fn of_pair(
    [from, to]: [usize; 2],
    [x, y]: [&[f64]; 2],
    relations: &[&Relation],
    grid: &TimeGrid,
    bounds: &Bounds,
    rate: f64,
) -> Option<PairSpectrum> {
    let bands: Vec<SpectrumBand> =
        Scale::ALL.into_iter().filter_map(|scale| band([x, y], scale, grid, bounds, rate)).collect();
    if bands.is_empty() {
        return None;
    }
    let mut periods_s = Vec::new();
    for relation in relations {
        let two = relation.periods_s.map(|(first, second)| [first, second]);
        for period_s in relation.period_s.into_iter().chain(two.into_iter().flatten()) {
            if !periods_s.contains(&period_s) {
                periods_s.push(period_s);
            }
        }
    }
    let fit = relations.iter().filter(|one| one.from == from).find_map(|relation| fit(relation, &bands));
    Some(PairSpectrum { from, to, bands, periods_s, fit })
}

fn band(pair: [&[f64]; 2], scale: Scale, grid: &TimeGrid, bounds: &Bounds, rate: f64) -> Option<SpectrumBand> {
    let plan = band_plan(grid.len, grid.step_s(), scale, bounds)?;
    let spectra = SegmentSpectra::new(&pair, &plan.options).ok()?;
    let found = spectra.pair(0, 1, rate)?;
    // Whitening flattens the gain.
    let plain = SegmentSpectra::new(&pair, &CoherenceOptions { whiten: false, ..plan.options }).ok()?;
    let plain = plain.pair(0, 1, rate)?;
    let step_s = grid.step_s() * plan.options.decimate as f64;
    let threshold = coherence_threshold(found.effective_segments, rate / plan.bins.len().max(1) as f64);
    let mut band = SpectrumBand {
        scale: to_report(scale),
        segments: found.effective_segments,
        threshold,
        ..SpectrumBand::default()
    };
    // High frequencies are short periods.
    for bin in plan.bins.rev() {
        let at = |values: &[f64]| values.get(bin).copied().unwrap_or(f64::NAN);
        let coherence = at(&found.magnitude_squared);
        let turned = spectra.filter_phase(1, bin) - spectra.filter_phase(0, bin);
        band.period_s.push(step_s / at(&found.frequency));
        band.coherence.push(coherence);
        band.phase.push(wrap(at(&found.phase) - turned));
        band.phase_plus_minus.push(if coherence >= threshold { found.phase_plus_minus(bin) } else { f64::NAN });
        band.gain_db.push(20.0 * at(&plain.gain).log10());
    }
    Some(band)
}

/// The curve of a peak or notch with the period, height and sharpness that the relation names, at the level of the gain
/// around it.
fn fit(relation: &Relation, bands: &[SpectrumBand]) -> Option<GainFit> {
    let (period_s, quality, height_db) = (relation.period_s?, relation.quality?, relation.gain_db?);
    let is_peak = relation.kind == RelationKind::Resonance;
    let depth = (height_db * std::f64::consts::LN_10 / 20.0).exp();
    let curve_db = |at_s: f64| {
        let ratio = period_s / at_s;
        let (real, width) = (1.0 - ratio * ratio, ratio / quality);
        let below = real * real + width * width;
        let above = if is_peak { 1.0 } else { real * real + (width * depth) * (width * depth) };
        10.0 * (above / below).log10()
    };
    let points = bands.iter().flat_map(|band| band.period_s.iter().zip(&band.gain_db));
    let near =
        points.filter(|(at_s, gain_db)| gain_db.is_finite() && **at_s > period_s / REACH && **at_s < period_s * REACH);
    let mut rest: Vec<f64> = near.map(|(at_s, gain_db)| gain_db - curve_db(*at_s)).collect();
    order::sort_by(&mut rest, |a, b| a.total_cmp(b));
    let level_db = rest.get(rest.len() / 2)?;
    let mut curve = GainFit::default();
    for point in 0..=CURVE {
        let part = 2.0 * point as f64 / CURVE as f64 - 1.0;
        let at_s = period_s * (part * REACH.ln()).exp();
        curve.period_s.push(at_s);
        curve.gain_db.push(level_db + curve_db(at_s));
    }
    Some(curve)
}

fn wrap(angle: f64) -> f64 {
    angle - TAU * ((angle + PI) / TAU).floor()
}
