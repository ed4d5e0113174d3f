//! Histograms into quantiles: classic ones, which are families of series with a label `le`
//! ([`derive_quantiles`]), and native ones, of which every sample is a histogram of its own ([`NativeSeries`]).

mod classic;
mod interpolate;
mod native;

pub use classic::{Found, HISTOGRAM_SETTING, cumulative_parts, derive_quantiles};
pub use native::{NativeBucket, NativeHistogram, NativeSeries, NativeText, OpenBounds};

use crate::{Identity, Labels};
use std::sync::Arc;

/// The quantiles that are derived, and what their series' names end with.
pub const QUANTILES: [(f64, &str); 3] = [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")];

/// What the series that come of a histogram have in common: its name with its labels.
fn source(stem: Option<&str>, labels: &Labels) -> Arc<str> {
    Identity::of(stem.map(str::to_owned), labels.clone()).name.into()
}

/// The metric's name of what was derived from a histogram: `X_p50`; behind the text of an expression ` p50`.
fn derived_metric(stem: Option<&str>, suffix: &str) -> String {
    match stem {
        None | Some("") => suffix.to_owned(),
        Some(stem) if stem.ends_with(|last: char| last.is_alphanumeric() || last == '_') => format!("{stem}_{suffix}"),
        Some(expression) => format!("{expression} {suffix}"),
    }
}
