//! Power spectra and the periodic components that stand out of them.
//!
//! Frequencies are in cycles per step everywhere, so the Nyquist frequency is 0.5 and a period in steps is `1 / f`.

mod background;
mod dpss;
mod gaps;
mod lines;
mod lomb_scargle;
mod multitaper;
mod peaks;
mod period;
mod periodogram;
mod plan;
mod sums;
pub(crate) mod transform;
mod welch;

pub use background::{Background, background};
pub use lomb_scargle::{LombScargle, LombScargleOptions, lomb_scargle, lomb_scargle_at};
pub use multitaper::{HarmonicTest, MultitaperOptions, harmonic_test, multitaper};
pub use peaks::{Peak, PeakOptions, significant_peaks};
pub use period::{BlockDelay, Drift, PeriodCourse, period_course};
pub use welch::{Detrend, Spectrum, SpectrumError, WelchOptions, welch};

pub(crate) use gaps::{bridge, runs};
pub(crate) use lines::products;
pub(crate) use sums::{Pattern, Sums};
pub(crate) use transform::{InverseTransform, RealTransform, fast_len_at_least, fast_len_at_most, hann, remove_line};
pub(crate) use welch::effective_segments;
