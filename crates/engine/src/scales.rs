//! The same scale in the words of the analysis and of the Report.

use crate::Options;
use analysis::harmony::{Bounds, Scale, Unavailable, availability};
use report::ScaleSummary;
use report::format::duration_s;
use series::TimeGrid;

pub(crate) fn to_report(scale: Scale) -> report::Scale {
    match scale {
        Scale::Micro => report::Scale::Micro,
        Scale::Macro => report::Scale::Macro,
        Scale::Meso => report::Scale::Meso,
    }
}

pub(crate) fn bounds(options: &Options) -> Bounds {
    Bounds { macro_from_s: options.micro_to_macro_s, meso_from_s: options.macro_to_meso_s }
}

/// The three rings: their borders, and why one says nothing.
pub(crate) fn summaries(grid: &TimeGrid, bounds: &Bounds) -> Vec<ScaleSummary> {
    Scale::ALL
        .into_iter()
        .map(|scale| {
            let (from_s, to_s) = bounds.periods_s(scale);
            let unavailable =
                availability(grid.step_s(), grid.covered_s(), scale, bounds).err().map(|reason| match reason {
                    Unavailable::AboveNyquist { longest_s, .. } => {
                        format!(
                            "needs a sample at least every {}; these come every {}",
                            duration_s(longest_s / 2.0),
                            duration_s(grid.step_s())
                        )
                    }
                    Unavailable::TooShort { covered_s, needed_s } => {
                        format!("needs {} of data; there are {}", duration_s(needed_s), duration_s(covered_s))
                    }
                });
            ScaleSummary {
                scale: to_report(scale),
                from_s: if unavailable.is_none() { from_s.max(2.0 * grid.step_s()) } else { from_s },
                to_s: to_s.is_finite().then_some(to_s),
                unavailable,
            }
        })
        .collect()
}

/// The scale itself where the data can speak of it, else the nearest one that they can; fast ones first.
pub(crate) fn nearest_available(scales: &[ScaleSummary], wanted: report::Scale) -> report::Scale {
    let distance = |scale: report::Scale| scale.index().abs_diff(wanted.index());
    scales
        .iter()
        .filter(|summary| summary.unavailable.is_none())
        .map(|summary| summary.scale)
        .min_by_key(|scale| (distance(*scale), *scale))
        .unwrap_or(wanted)
}
