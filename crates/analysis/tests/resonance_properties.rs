//! Resonance and anti-resonance on systems with a known response.
#![allow(clippy::unwrap_used)]

mod signals;

use std::f64::consts::{PI, TAU};

use analysis::harmony::{
    AntiKind, CoherenceOptions, ResonanceKind, ResonanceOptions, SegmentSpectra, resonance, resonance_of,
};
use signals::{Noise, add};

/// A second-order system: poles at r e^{±iθ}, r = e^{−πf/Q}, unit gain at frequency 0.
fn resonator(x: &[f64], frequency: f64, q: f64) -> Vec<f64> {
    let r = (-PI * frequency / q).exp();
    let (a, b) = (2.0 * r * (TAU * frequency).cos(), -r * r);
    let gain = 1.0 - a - b;
    let mut y = vec![0.0; x.len()];
    for t in 0..x.len() {
        let past = |k: usize| if t >= k { y[t - k] } else { 0.0 };
        y[t] = gain * x[t] + a * past(1) + b * past(2);
    }
    y
}

fn with_noise(noise: &mut Noise, y: &[f64], snr_db: f64) -> Vec<f64> {
    let power = y.iter().map(|v| v * v).sum::<f64>() / y.len() as f64;
    add(y, &noise.white(y.len()), (power / 10f64.powf(snr_db / 10.0)).sqrt())
}

fn find(x: &[f64], y: &[f64]) -> Option<analysis::harmony::Resonance> {
    resonance_of(x, y, &ResonanceOptions::default())
}

#[test]
fn a_resonator_is_found_with_its_frequency_and_q() {
    for (frequency, q) in [(0.05, 3.0), (0.1, 5.0), (0.2, 10.0), (0.1, 20.0)] {
        for snr_db in [20.0, 0.0] {
            let (mut right, mut sharp) = (0, 0);
            for seed in 0..8 {
                let mut noise = Noise::new(seed);
                let x = noise.white(10_080);
                let y = resonator(&x, frequency, q);
                let y = with_noise(&mut noise, &y, snr_db);
                let Some(found) = find(&x, &y) else { continue };
                right += i32::from(
                    found.kind == ResonanceKind::Resonance
                        && (found.frequency - frequency).abs() * found.segment_len as f64 <= 1.0,
                );
                sharp += i32::from((found.q / q - 1.0).abs() <= 0.2);
            }
            assert!(right == 8 && sharp == 8, "f = {frequency}, Q = {q}, {snr_db} dB: {right}, {sharp} of 8");
        }
    }
}

#[test]
fn what_is_no_resonance_gets_none() {
    let mut counts = [0; 6];
    for seed in 0..60 {
        let mut noise = Noise::new(seed);
        let x = noise.ar1(0.6, 2880);
        let copy = with_noise(&mut noise, &x, 6.0);
        let delayed: Vec<f64> = (0..2880).map(|t| if t < 7 { 0.0 } else { 2.0 * x[t - 7] }).collect();
        let delayed = with_noise(&mut noise, &delayed, 6.0);
        let mut level = 0.0;
        let low_pass: Vec<f64> = x
            .iter()
            .map(|v| {
                level += 0.2 * (v - level);
                level
            })
            .collect();
        let low_pass = with_noise(&mut noise, &low_pass, 6.0);
        // 90° throughout: neither the same sign nor the opposite one.
        let difference: Vec<f64> = (0..2880).map(|t| if t == 0 { 0.0 } else { x[t] - x[t - 1] }).collect();
        let difference = with_noise(&mut noise, &difference, 10.0);
        let noisy_first = with_noise(&mut noise, &x, 0.0);
        let other = noise.ar1(0.6, 2880);
        for (count, (a, b)) in counts.iter_mut().zip([
            (&x, &copy),
            (&x, &delayed),
            (&x, &low_pass),
            (&x, &difference),
            (&noisy_first, &x),
            (&x, &other),
        ]) {
            *count += i32::from(find(a, b).is_some());
        }
    }
    // At α = 0.01, of 60; 4 or more have a chance of 0.3 %.
    assert!(counts.iter().all(|count| *count < 4), "{counts:?}");
}

#[test]
fn a_mirrored_series_is_in_antiphase() {
    let mut found = 0;
    for seed in 0..50 {
        let mut noise = Noise::new(seed);
        let x = noise.ar1(0.6, 2000);
        let y: Vec<f64> = x.iter().map(|v| -v).collect();
        let y = with_noise(&mut noise, &y, 3.0);
        let one = find(&x, &y);
        found +=
            i32::from(one.is_some_and(|r| {
                r.kind == ResonanceKind::AntiResonance(AntiKind::Antiphase) && r.phase.abs() > 0.75 * PI
            }));
    }
    assert_eq!(found, 50);
}

#[test]
fn a_notch_is_found_where_it_is() {
    // Zeros on the unit circle, poles just inside: scipy's iirnotch.
    let (frequency, q) = (0.15, 4.0);
    let r = (-PI * frequency / q).exp();
    let cosine = (TAU * frequency).cos();
    let mut right = 0;
    for seed in 0..20 {
        let mut noise = Noise::new(seed);
        let x = noise.white(5000);
        let mut y = vec![0.0; 5000];
        for t in 2..5000 {
            y[t] = x[t] - 2.0 * cosine * x[t - 1] + x[t - 2] + 2.0 * r * cosine * y[t - 1] - r * r * y[t - 2];
        }
        let y = with_noise(&mut noise, &y, 15.0);
        if let Some(found) = find(&x, &y) {
            right += i32::from(
                found.kind == ResonanceKind::AntiResonance(AntiKind::Notch)
                    && (found.frequency - frequency).abs() * found.segment_len as f64 <= 1.0
                    && (found.q / q - 1.0).abs() < 0.35,
            );
        }
    }
    assert!(right >= 19, "{right} of 20");
}

#[test]
fn whitened_spectra_and_gaps_are_no_ground() {
    let mut noise = Noise::new(1);
    let x = noise.white(4000);
    let mut y = resonator(&x, 0.1, 5.0);
    let whitened = SegmentSpectra::new(&[&x, &y], &CoherenceOptions::default()).unwrap();
    assert!(resonance(&whitened, 0, 1, 2..60, 0.01).is_none());
    // A gap of a tenth of the data costs the segments that it touches.
    y[1000..1400].fill(f64::NAN);
    let found = find(&x, &y).unwrap();
    assert!((found.frequency - 0.1).abs() < 0.004 && (found.q / 5.0 - 1.0).abs() < 0.2, "{found:?}");
    assert!(find(&x, &vec![f64::NAN; 4000]).is_none() && find(&[], &[]).is_none() && find(&x, &[1.0; 4000]).is_none());
}
