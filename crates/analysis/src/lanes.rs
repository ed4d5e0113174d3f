//! Eight pairs at a time, one in each lane of a vector, in single precision.
//!
//! Written with vectors: loops over lanes become vector instructions natively, but not in WebAssembly.

/// Pairs that are computed at once.
pub(crate) const LANES: usize = 8;

/// One value of each.
pub(crate) type Lanes = wide::f32x8;

/// Σ conj(x)·y of one series with eight others.
#[inline]
pub(crate) fn cross(xr: &[f32], xi: &[f32], yr: &[Lanes], yi: &[Lanes]) -> (Lanes, Lanes) {
    let (mut re, mut im) = (Lanes::splat(0.0), Lanes::splat(0.0));
    for ((xr, xi), (yr, yi)) in xr.iter().zip(xi).zip(yr.iter().zip(yi)) {
        let (xr, xi) = (Lanes::splat(*xr), Lanes::splat(*xi));
        re += xr * *yr + xi * *yi;
        im += xr * *yi - xi * *yr;
    }
    (re, im)
}

/// As [`cross`], of two series at once, which share the loads of the eight.
#[inline]
pub(crate) fn cross_two(x: [[&[f32]; 2]; 2], yr: &[Lanes], yi: &[Lanes]) -> [(Lanes, Lanes); 2] {
    let zero = Lanes::splat(0.0);
    let [mut one, mut other] = [(zero, zero); 2];
    let [[ar, ai], [br, bi]] = x;
    let firsts = ar.iter().zip(ai).zip(br.iter().zip(bi));
    for (((ar, ai), (br, bi)), (yr, yi)) in firsts.zip(yr.iter().zip(yi)) {
        let (xr, xi) = (Lanes::splat(*ar), Lanes::splat(*ai));
        one.0 += xr * *yr + xi * *yi;
        one.1 += xr * *yi - xi * *yr;
        let (xr, xi) = (Lanes::splat(*br), Lanes::splat(*bi));
        other.0 += xr * *yr + xi * *yi;
        other.1 += xr * *yi - xi * *yr;
    }
    [one, other]
}
