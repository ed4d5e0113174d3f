//! The random numbers of every fixture.

use crate::elementary::ln;

/// A seeded generator: xoshiro256++ (Blackman and Vigna, 2019), its state filled by SplitMix64.
///
/// The same seed gives the same numbers on every target.
#[derive(Clone, Debug, PartialEq)]
pub struct Random {
    state: [u64; 4],
    spare_normal: Option<f64>,
}

impl Random {
    /// A generator for a seed; every seed is good, 0 too.
    pub fn new(seed: u64) -> Self {
        let mut counter = seed;
        let state = std::array::from_fn(|_| split_mix(&mut counter));
        Self { state, spare_normal: None }
    }

    /// A generator of its own for one purpose, so that drawing more for one purpose changes nothing for another.
    pub fn stream(seed: u64, purpose: &str) -> Self {
        let hash = purpose
            .bytes()
            .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
        let mut counter = seed;
        Self::new(split_mix(&mut counter) ^ hash)
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let c = c ^ a;
        let d = d ^ b;
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// Uniform in 0 (inclusive) to 1 (exclusive), on a grid of 2^-53.
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * f64::from_bits(0x3CA0_0000_0000_0000)
    }

    /// Uniform between two bounds.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A whole number below `count`; 0 where `count` is 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.uniform() * count as f64) as usize).min(count.saturating_sub(1))
    }

    /// Standard normal, by Marsaglia's polar method.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        loop {
            let (x, y) = (self.between(-1.0, 1.0), self.between(-1.0, 1.0));
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let factor = (-2.0 * ln(square) / square).sqrt();
                self.spare_normal = Some(y * factor);
                return x * factor;
            }
        }
    }

    /// A Poisson count with the given mean.
    ///
    /// Always takes one uniform and one normal number from the stream, whatever the mean, so that two runs that differ
    /// in their means stay in step. Exact by inversion below a mean of 12; above, the normal approximation with the
    /// Cornish-Fisher correction for skewness.
    pub fn poisson(&mut self, mean: f64) -> f64 {
        let (uniform, normal) = (self.uniform(), self.normal());
        if mean.is_nan() || mean <= 0.0 {
            return 0.0;
        }
        if mean >= 12.0 {
            return (mean + mean.sqrt() * normal + (normal * normal - 1.0) / 6.0).round().max(0.0);
        }
        let mut probability = crate::exp(-mean);
        let mut cumulated = probability;
        let mut count = 0.0;
        while cumulated < uniform && count < 100.0 {
            count += 1.0;
            probability *= mean / count;
            cumulated += probability;
        }
        count
    }
}

fn split_mix(counter: &mut u64) -> u64 {
    *counter = counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut bits = *counter;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_mix_gives_the_published_numbers() {
        // First outputs for seed 1234567, as published with the reference implementation.
        let mut counter = 1_234_567;
        let outputs: Vec<u64> = (0..3).map(|_| split_mix(&mut counter)).collect();
        assert_eq!(outputs, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn xoshiro_follows_its_recurrence() {
        // State 1, 2, 3, 4: the first outputs of the published xoshiro256++.
        let mut random = Random { state: [1, 2, 3, 4], spare_normal: None };
        let outputs: Vec<u64> = (0..4).map(|_| random.bits()).collect();
        assert_eq!(outputs, [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386]);
    }

    #[test]
    fn moments_are_right() {
        let mut random = Random::new(7);
        let count = 200_000;
        let normals: Vec<f64> = (0..count).map(|_| random.normal()).collect();
        let mean = normals.iter().sum::<f64>() / f64::from(count);
        let variance = normals.iter().map(|x| x * x).sum::<f64>() / f64::from(count);
        let fourth = normals.iter().map(|x| x.powi(4)).sum::<f64>() / f64::from(count);
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02 && (fourth - 3.0).abs() < 0.1);
        for rate in [0.4, 5.0, 40.0] {
            let counts: Vec<f64> = (0..count).map(|_| random.poisson(rate)).collect();
            let mean = counts.iter().sum::<f64>() / f64::from(count);
            let variance = counts.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(count);
            assert!(
                (mean / rate - 1.0).abs() < 0.02 && (variance / rate - 1.0).abs() < 0.03,
                "{rate}: {mean} {variance}"
            );
        }
    }

    #[test]
    fn streams_differ_and_repeat() {
        assert_eq!(Random::stream(1, "load"), Random::stream(1, "load"));
        assert_ne!(Random::stream(1, "load"), Random::stream(1, "noise"));
        assert_ne!(Random::stream(1, "load"), Random::stream(2, "load"));
    }
}
