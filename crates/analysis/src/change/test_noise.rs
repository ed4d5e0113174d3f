//! Noise for this folder's tests.

/// Values around 0 with a spread of 1, nearly normal: sums of twelve numbers of a linear congruence.
pub(super) fn noise(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed;
    (0..count)
        .map(|_| {
            let mut sum = 0.0;
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                sum += (state >> 33) as f64 / (1u64 << 31) as f64;
            }
            sum - 6.0
        })
        .collect()
}
