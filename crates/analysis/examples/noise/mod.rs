//! Seeded noise without a signal, to count false alarms on.

#![allow(clippy::print_stdout, reason = "the examples print tables for docs/methods")]
#![allow(dead_code, reason = "every example uses a part")]

/// SplitMix64 (Steele, Lea and Flood 2014): enough for simulations, and the same everywhere.
pub(crate) struct Noise {
    state: u64,
}

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        // Mixed twice: neighbouring seeds of SplitMix64 itself give the same stream, shifted.
        let mut source = Self { state: seed };
        source.state = source.next() ^ seed.rotate_left(32);
        Self { state: source.next() }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Uniform on (0, 1).
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Standard normal (Box and Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// A stationary AR(1) series of variance 1; `phi` 0 is white noise.
    pub(crate) fn ar1(&mut self, phi: f64, count: usize) -> Vec<f64> {
        let mut value = self.normal();
        let innovation = (1.0 - phi * phi).sqrt();
        (0..count)
            .map(|_| {
                let now = value;
                value = phi * value + innovation * self.normal();
                now
            })
            .collect()
    }

    /// A random walk with steps of variance 1.
    pub(crate) fn random_walk(&mut self, count: usize) -> Vec<f64> {
        let mut value = 0.0;
        (0..count)
            .map(|_| {
                value += self.normal();
                value
            })
            .collect()
    }
}

/// The noises that every detector has to stand, by name and AR(1) coefficient.
pub(crate) const PROCESSES: [(&str, f64); 3] = [("white", 0.0), ("AR(1) 0.6", 0.6), ("AR(1) 0.9", 0.9)];

/// Prints, for each process, how often the largest score of a series reaches 1 at each α. `score` is given the values
/// and α.
pub(crate) fn table(name: &str, lengths: &[usize], series: u64, score: impl Fn(&[f64], f64) -> f64) {
    println!("| {name} | n | α = 0.01 | α = 0.001 | series |");
    println!("|---|---|---|---|---|");
    for &length in lengths {
        for (process, phi) in PROCESSES {
            let mut counts = [0u64; 2];
            for seed in 0..series {
                let values = Noise::new(seed + 1_000_000 * length as u64).ar1(phi, length);
                for (count, alpha) in counts.iter_mut().zip([0.01, 0.001]) {
                    *count += u64::from(score(&values, alpha) >= 1.0);
                }
            }
            let share = |count: u64| count as f64 / series as f64;
            println!("| {process} | {length} | {:.4} | {:.4} | {series} |", share(counts[0]), share(counts[1]));
        }
    }
}

/// As [`table`], for noise that is nearly or wholly a random walk.
pub(crate) fn walks(name: &str, lengths: &[usize], series: u64, score: impl Fn(&[f64], f64) -> f64) {
    println!("| {name} | n | α = 0.01 | α = 0.001 | series |");
    println!("|---|---|---|---|---|");
    for &length in lengths {
        for (process, phi) in [("AR(1) 0.97", 0.97), ("AR(1) 0.99", 0.99), ("random walk", 1.0)] {
            let mut counts = [0u64; 2];
            for seed in 0..series {
                let mut noise = Noise::new(seed + 3_000_000 * length as u64);
                let values = if phi < 1.0 { noise.ar1(phi, length) } else { noise.random_walk(length) };
                for (count, alpha) in counts.iter_mut().zip([0.01, 0.001]) {
                    *count += u64::from(score(&values, alpha) >= 1.0);
                }
            }
            let share = |count: u64| count as f64 / series as f64;
            println!("| {process} | {length} | {:.4} | {:.4} | {series} |", share(counts[0]), share(counts[1]));
        }
    }
}
