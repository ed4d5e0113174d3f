//! Eight pairs at a time, one in each lane of a vector, in single precision.
//!
//! Written with vectors: loops over lanes become vector instructions natively, but not in WebAssembly.

/// Pairs that are computed at once.
pub(crate) const LANES: usize = 8;

/// One value of each.
pub(crate) type Lanes = wide::f32x8;

/// A loop over lanes that can be compiled for several widths of vectors. What it calls must be inlined into it.
pub(crate) trait Loop {
    /// Runs it. Each sum keeps its order of additions whatever the width, so the results are the same.
    fn run(self);
}

/// Runs a loop with the widest vectors that this processor has.
pub(crate) fn with_widest(work: impl Loop) {
    #[cfg(target_arch = "x86_64")]
    {
        struct Work<L>(L);
        impl<L: Loop> pulp::WithSimd for Work<L> {
            type Output = ();

            #[inline(always)]
            fn with_simd<S: pulp::Simd>(self, _: S) {
                self.0.run();
            }
        }
        pulp::Arch::new().dispatch(Work(work));
    }
    #[cfg(not(target_arch = "x86_64"))]
    work.run();
}

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
