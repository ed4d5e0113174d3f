//! All lasting changes of one series in one list: of level, slope, variance and rhythm.

use super::pieces::{PieceOptions, piece_changes};
use super::spectrum_change::{SpectrumChange, SpectrumPart, frame_length, spectrum_changes};
use crate::moments::Moments;
use crate::robust;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegimeKind {
    /// The values jump.
    Level,
    /// The slope changes without a jump.
    Slope,
    /// The fluctuation grows or shrinks at all frequencies.
    Variance,
    /// The fluctuation takes another period, memory or shape.
    Period,
}

/// One change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RegimeChange {
    /// The first slot of the new regime.
    pub slot: usize,
    /// The interval of the date: earliest …
    pub low: usize,
    /// … and latest first slot of the new regime.
    pub high: usize,
    /// What changed.
    pub kind: RegimeKind,
    /// ln of the probability of such a change anywhere in a series without one.
    pub ln_p: f64,
}

/// The changes of a series in order of time, as the shortest description of it has them; significant ones and weaker ones,
/// which their `ln_p` parts.
///
/// `values` as they are, `deseasonalised` without their season (of the same length; the same slice if there is none).
/// Levels and slopes are [`piece_changes`] of the latter. Variances and rhythms are [`spectrum_changes`] of what the pieces
/// leave of the former; where there are any, the pieces are sought once more, with the noise of each regime by itself. A
/// change of the spectrum within two frames of one of level or slope is the same event and is not told again.
///
/// Missing values are left out. Nothing for a constant series.
pub fn regime_changes(values: &[f64], deseasonalised: &[f64], options: &PieceOptions) -> Vec<RegimeChange> {
    let Some(scale) = robust::variance(values).map(f64::sqrt).filter(|scale| *scale > 0.0) else { return Vec::new() };
    let mut pieces = piece_changes(deseasonalised, scale, &[], options);
    let borders: Vec<usize> = pieces.iter().map(|change| change.slot).collect();
    let spectra = spectrum_changes(&without_lines(values, &borders), options.series);
    if !spectra.is_empty() {
        let noise_borders: Vec<usize> = spectra.iter().map(|change| change.slot).collect();
        pieces = piece_changes(deseasonalised, scale, &noise_borders, options);
    }
    let reach = 2 * frame_length(values.len()).unwrap_or(0);
    let own = |spectrum: &&SpectrumChange| pieces.iter().all(|piece| piece.slot.abs_diff(spectrum.slot) > reach);
    let mut changes: Vec<RegimeChange> = spectra
        .iter()
        .filter(own)
        .map(|change| RegimeChange {
            slot: change.slot,
            low: change.low,
            high: change.high,
            kind: match change.part {
                SpectrumPart::Power => RegimeKind::Variance,
                SpectrumPart::Shape => RegimeKind::Period,
            },
            ln_p: change.ln_p,
        })
        .collect();
    changes.extend(pieces.iter().map(|change| RegimeChange {
        slot: change.slot,
        low: change.low,
        high: change.high,
        kind: if change.jumps { RegimeKind::Level } else { RegimeKind::Slope },
        ln_p: change.ln_p,
    }));
    order::sort_by_key(&mut changes, |change| change.slot);
    changes
}

/// The values less a straight line between each two borders.
fn without_lines(values: &[f64], borders: &[usize]) -> Vec<f64> {
    let mut rest = values.to_vec();
    let mut start = 0;
    for end in borders.iter().copied().chain([values.len()]) {
        let Some(inside) = rest.get_mut(start..end) else { break };
        let moments = Moments::of_series(inside);
        let slope = moments.slope();
        for (index, value) in inside.iter_mut().enumerate() {
            *value -= moments.mean_y + slope * (index as f64 - moments.mean_x);
        }
        start = end;
    }
    rest
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::test_noise::noise;
    use super::*;

    #[test]
    fn each_kind_is_told_once_and_in_order() {
        let normal = noise(3_000, 7);
        // A step at 1000, four times the fluctuation from 2000 on.
        let values: Vec<f64> = (0..3_000)
            .map(|t| normal[t] * if t < 2_000 { 1.0 } else { 4.0 } + if t < 1_000 { 0.0 } else { 8.0 })
            .collect();
        let changes = regime_changes(&values, &values, &PieceOptions::default());
        let kinds: Vec<RegimeKind> = changes.iter().map(|change| change.kind).collect();
        assert_eq!(kinds, [RegimeKind::Level, RegimeKind::Variance], "{changes:?}");
        assert!(changes[0].slot.abs_diff(1_000) <= 6 && changes[1].slot.abs_diff(2_000) <= 32, "{changes:?}");
        let scaled: Vec<f64> = values.iter().map(|value| 1e6 - 1e3 * value).collect();
        let again = regime_changes(&scaled, &scaled, &PieceOptions::default());
        assert_eq!(again.len(), 2);
        assert!(changes.iter().zip(&again).all(|(a, b)| a.slot == b.slot && a.kind == b.kind));
    }

    #[test]
    fn a_constant_series_has_no_regimes() {
        for values in [vec![], vec![3.0; 700], vec![f64::NAN; 700]] {
            assert_eq!(regime_changes(&values, &values, &PieceOptions::default()), []);
        }
    }
}
