//! Panels of pure noise: whatever is found in them is a false positive.

use crate::{Random, dataset, signal};
use series::Dataset;

/// A kind of stationary Gaussian noise of unit variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Noise {
    /// Independent values.
    White,
    /// First-order autoregressive, with this lag-1 autocorrelation.
    Ar1(f64),
}

/// Independent series of noise around 10, 15 s apart, named `noise_0`, `noise_1`, ….
pub fn noise_panel(noise: Noise, series: usize, points: usize, seed: u64) -> Dataset {
    let columns = (0..series).map(|index| {
        let mut random = Random::stream(seed, &format!("noise {index}"));
        let values = match noise {
            Noise::White => signal::white_noise(points, &mut random),
            Noise::Ar1(phi) => signal::ar1(points, phi, &mut random),
        };
        (format!("noise_{index}"), signal::scaled(&values, 1.0, 10.0))
    });
    dataset(15_000, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_decides_and_the_series_are_independent() {
        let panel = noise_panel(Noise::White, 8, 1440, 1);
        assert_eq!(panel, noise_panel(Noise::White, 8, 1440, 1));
        assert_ne!(panel, noise_panel(Noise::White, 8, 1440, 2));
        assert_eq!((panel.series.len(), panel.point_count()), (8, 8 * 1440));
        let (a, b) = (&panel.series[0].values, &panel.series[1].values);
        let product: f64 = a.iter().zip(b).map(|(a, b)| (a - 10.0) * (b - 10.0)).sum::<f64>() / 1440.0;
        assert!(product.abs() < 0.1, "{product}");
    }
}
