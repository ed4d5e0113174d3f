//! What is known of a series once it was looked at.

use crate::detect::{Facts, Setting, detect};
use crate::{describe, expectation, summary};
use analysis::harmony::beat_peaks;
use analysis::spectrum::{Peak, PeakOptions};
use report::{Finding, SeriesSummary};
use series::TimeGrid;

/// What later stages need to know of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Profile {
    /// Significant periods.
    pub(crate) peaks: Vec<Peak>,
    /// More of them, for the search for beats: where the list is full, harmonics of short runs may have crowded out a
    /// fundamental.
    pub(crate) more_peaks: Option<Vec<Peak>>,
    /// The period in slots that it is expected to go on with; none without one.
    pub(crate) season: Option<f64>,
    /// The values without their season; empty where no season was taken out.
    pub(crate) deseasonalised: Vec<f64>,
    /// The lower and the upper edge of the normal band; empty where it is not kept, and can be had again.
    pub(crate) band: (Vec<f64>, Vec<f64>),
}

impl Profile {
    /// Keeps of what was found in `column` what later stages need.
    fn of(facts: Facts, column: &[f64], keeps_band: bool) -> Self {
        let is_same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan());
        let has_season = !facts.deseasonalised.iter().zip(column).all(is_same);
        let is_full = facts.peaks.len() >= PeakOptions::default().max_peaks;
        Self {
            season: expectation::season(&facts),
            more_peaks: is_full.then(|| beat_peaks(column)),
            peaks: facts.peaks,
            deseasonalised: if has_season { facts.deseasonalised } else { Vec::new() },
            band: if keeps_band { (facts.band_lower, facts.band_upper) } else { Default::default() },
        }
    }

    /// The values without their season, of the column that this is the profile of.
    pub(crate) fn rest<'a>(&'a self, column: &'a [f64]) -> &'a [f64] {
        if self.deseasonalised.is_empty() { column } else { &self.deseasonalised }
    }
}

/// All that came of looking at one series by itself.
#[derive(Debug)]
pub(crate) struct Look {
    /// Its summary, filled in.
    pub(crate) summary: SeriesSummary,
    pub(crate) findings: Vec<Finding>,
    pub(crate) profile: Profile,
}

/// What all series of an analysis are looked at with.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) setting: Setting,
    pub(crate) grid: TimeGrid,
    /// Patterns of strong and weak accents to count.
    pub(crate) patterns: Vec<Vec<bool>>,
    /// Whether normal bands are kept.
    pub(crate) keeps_bands: bool,
}

impl View {
    /// Looks at the series in place `series`, of which `summary` says what it is called.
    pub(crate) fn look(&self, series: usize, mut summary: SeriesSummary, values: &[f64]) -> Look {
        let facts = detect(values, &self.setting);
        summary::fill(&mut summary, values, &facts, &self.grid, &self.patterns);
        let context = describe::Context {
            series,
            service: summary.service,
            name: &summary.name,
            unit: &summary.unit,
            grid: &self.grid,
            bounds: self.setting.bounds,
            values,
        };
        let findings = describe::findings(&context, &facts);
        Look { findings, profile: Profile::of(facts, values, self.keeps_bands), summary }
    }
}
