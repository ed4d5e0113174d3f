//! Complex transforms out of a few parts.
//!
//! rustfft's own planner knows a hundred parts and links all of them, 260 KB of a browser's download. The lengths that are
//! transformed here are 2^a·3^b·5^c, for which six parts are enough.

use std::sync::Arc;

use rustfft::algorithm::butterflies::{Butterfly2, Butterfly4, Butterfly5, Butterfly8};
use rustfft::algorithm::{Dft, MixedRadix, Radix3, Radix4};
use rustfft::{Fft, FftDirection};

/// A complex transform, not normalised. Fast for 2^a·3^b·5^c; the rest of any other length is transformed by definition.
pub(super) fn plan(len: usize, direction: FftDirection) -> Arc<dyn Fft<f64>> {
    let (twos, rest) = divide_out(len, 2);
    let (threes, rest) = divide_out(rest, 3);
    let (fives, rest) = divide_out(rest, 5);
    // From the inside out: first what has no stage of its own, then stages of 4, then stages of 3.
    let (innermost, quarters): (Option<Arc<dyn Fft<f64>>>, u32) = match twos {
        0 => (None, 0),
        1 => (Some(Arc::new(Butterfly2::new(direction))), 0),
        even if even % 2 == 0 => (Some(Arc::new(Butterfly4::new(direction))), even / 2 - 1),
        odd => (Some(Arc::new(Butterfly8::new(direction))), (odd - 3) / 2),
    };
    let mut parts: Vec<Arc<dyn Fft<f64>>> = innermost.into_iter().collect();
    parts.extend((0..fives).map(|_| Arc::new(Butterfly5::new(direction)) as Arc<dyn Fft<f64>>));
    if rest > 1 || parts.is_empty() {
        parts.push(Arc::new(Dft::new(rest, direction)));
    }
    let mut whole: Option<Arc<dyn Fft<f64>>> = None;
    for part in parts {
        whole = Some(match whole {
            None => part,
            Some(inner) => Arc::new(MixedRadix::new(inner, part)),
        });
    }
    let mut whole = whole.unwrap_or_else(|| Arc::new(Dft::new(1, direction)));
    if quarters > 0 {
        whole = Arc::new(Radix4::new_with_base(quarters, whole));
    }
    if threes > 0 {
        whole = Arc::new(Radix3::new_with_base(threes, whole));
    }
    whole
}

/// How often a factor divides a value, and what is left.
fn divide_out(mut value: usize, factor: usize) -> (u32, usize) {
    let mut times = 0;
    while value > 0 && value.is_multiple_of(factor) {
        value /= factor;
        times += 1;
    }
    (times, value)
}
