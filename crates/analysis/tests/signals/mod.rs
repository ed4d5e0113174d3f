//! Seeded signals with known truth, for the tests and false-positive programs of the harmony statistics.
#![allow(dead_code)]

/// SplitMix64 (Steele, Lea & Flood 2014), with normal deviates by Box and Muller.
pub(crate) struct Noise {
    state: u64,
    spare: Option<f64>,
}

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        // The seed is scattered first: consecutive seeds would be shifts of one and the same sequence.
        let mut scattered = seed.wrapping_add(1).wrapping_mul(0xD134_2543_DE82_EF95);
        scattered ^= scattered >> 32;
        Self { state: scattered.wrapping_mul(0x9FB2_1C65_1E98_DF25) ^ (scattered << 21), spare: None }
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(crate) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let angle = std::f64::consts::TAU * self.uniform();
        self.spare = Some(radius * angle.sin());
        radius * angle.cos()
    }

    pub(crate) fn white(&mut self, len: usize) -> Vec<f64> {
        (0..len).map(|_| self.normal()).collect()
    }

    /// A stationary AR(1) process with unit innovations (a random walk from zero for φ = 1).
    pub(crate) fn ar1(&mut self, phi: f64, len: usize) -> Vec<f64> {
        let mut value = if phi < 1.0 { self.normal() / (1.0 - phi * phi).sqrt() } else { 0.0 };
        (0..len)
            .map(|_| {
                value = phi * value + self.normal();
                value
            })
            .collect()
    }

    /// Heavy tails: Student's t with three degrees of freedom.
    pub(crate) fn student3(&mut self, len: usize) -> Vec<f64> {
        (0..len)
            .map(|_| {
                let chi: f64 = (0..3).map(|_| self.normal().powi(2)).sum();
                self.normal() / (chi / 3.0).sqrt()
            })
            .collect()
    }
}

pub(crate) fn sine(period: f64, len: usize) -> Vec<f64> {
    (0..len).map(|t| (std::f64::consts::TAU * t as f64 / period).sin()).collect()
}

pub(crate) fn add(a: &[f64], b: &[f64], scale: f64) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a + scale * b).collect()
}

/// Kolmogorov–Smirnov distance of values from the uniform distribution, times √n: 1.36 is the 5 % level, 1.63 the 1 %.
pub(crate) fn uniform_distance(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let distance = sorted
        .iter()
        .enumerate()
        .fold(0.0_f64, |d, (i, v)| d.max((v - i as f64 / n).abs()).max(((i + 1) as f64 / n - v).abs()));
    distance * n.sqrt()
}

/// A kind of noise: its name, and a series of it.
pub(crate) type Process = (&'static str, fn(&mut Noise, usize) -> Vec<f64>);

pub(crate) const WHITE: Process = ("white", |r, n| r.white(n));
pub(crate) const RED: Process = ("AR(1) 0.6", |r, n| r.ar1(0.6, n));
pub(crate) const REDDER: Process = ("AR(1) 0.9", |r, n| r.ar1(0.9, n));
pub(crate) const WALK: Process = ("random walk", |r, n| r.ar1(1.0, n));
pub(crate) const WALK_AND_WHITE: Process = ("walk + white", |r, n| {
    let walk = r.ar1(1.0, n);
    add(&walk, &r.white(n), 5.0)
});
pub(crate) const HEAVY_TAILS: Process = ("Student t3", |r, n| r.student3(n));
pub(crate) const STEP: Process = ("white + step", |r, n| {
    let at = n / 4 + (r.uniform() * n as f64 / 2.0) as usize;
    r.white(n).iter().enumerate().map(|(t, v)| if t < at { *v } else { v + 5.0 }).collect()
});
pub(crate) const BURST: Process = ("white + burst", |r, n| {
    let at = n / 4 + (r.uniform() * n as f64 / 2.0) as usize;
    r.white(n).iter().enumerate().map(|(t, v)| if t >= at && t < at + n / 20 { v + 8.0 } else { *v }).collect()
});
pub(crate) const GAPPY: Process = ("AR(1) 0.6, 10 % gaps", |r, n| {
    let mut values = r.ar1(0.6, n);
    for _ in 0..n / 100 {
        let at = (r.uniform() * (n - 10) as f64) as usize;
        values[at..at + 10].fill(f64::NAN);
    }
    values
});
