//! Beats over sets of series, and jobs that collide.
#![allow(clippy::unwrap_used)]

mod signals;

use std::f64::consts::TAU;

use analysis::harmony::{BeatOptions, FoundBeat, beat_peaks, beats, next_collision, pulse_train};
use analysis::spectrum::{PeakOptions, significant_peaks};
use signals::{Noise, add, sine};

fn beats_of(series: &[Vec<f64>]) -> Vec<FoundBeat> {
    let views: Vec<&[f64]> = series.iter().map(Vec::as_slice).collect();
    let peaks: Vec<_> = views.iter().map(|values| beat_peaks(values)).collect();
    beats(&views, &peaks, &BeatOptions::default())
}

/// Runs of `width` steps every `period`, the first one at `first`.
fn job(period: usize, first: usize, width: usize, len: usize) -> Vec<f64> {
    (0..len).map(|t| f64::from(u8::from(t >= first && (t - first) % period < width))).collect()
}

#[test]
fn both_jobs_are_named_and_the_next_coincidence_is_foretold() {
    let mut covered = 0;
    for seed in 0..50 {
        let mut noise = Noise::new(seed);
        // SNR 0 dB.
        let series = vec![
            noise.white(1440),
            add(&noise.white(1440), &sine(6.0, 1440), 1.4),
            noise.ar1(0.6, 1440),
            add(&noise.white(1440), &sine(6.6, 1440), 1.4),
        ];
        // What a chance line makes has a q-value beyond any level.
        let found: Vec<_> = beats_of(&series).into_iter().filter(|beat| beat.q < 0.01).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        let one = &found[0];
        assert_eq!((one.first.series, one.second.series), (3, 1));
        assert!((one.first.period_steps - 6.6).abs() < 0.02 && (one.second.period_steps - 6.0).abs() < 0.02);
        // 660 s at a step of 10 s, within 2 %.
        assert!((one.beat.period_steps / 66.0 - 1.0).abs() < 0.02 && one.q < 0.01);
        // Both started in step, so they meet at 66 · 22 = 1452, within 5 % of the beat.
        let next = one.beat.next_coincidence(1440.0);
        assert!((next.step - 1452.0).abs() < 0.05 * 66.0, "{next:?}");
        covered += i32::from(next.low < 1452.0 && 1452.0 < next.high);
    }
    // A 95 % interval, 50 times.
    assert!(covered >= 43, "{covered} of 50");
}

#[test]
fn pulse_trains_are_found_at_their_fundamentals_with_the_next_collision() {
    // Two cron jobs, every 60 and every 66 minutes, of 2 minutes each, in one week of minutes.
    let len = 10_080;
    for seed in 0..10 {
        let mut noise = Noise::new(seed);
        let (a, b) = (job(60, 5, 2, len), job(66, 17, 2, len));
        let one = add(&add(&noise.white(len), &a, 6.0), &b, 6.0);
        let found = beats_of(&[one, noise.white(len)]);
        assert_eq!(found.len(), 1, "{found:?}");
        let apart = vec![add(&noise.white(len), &a, 6.0), add(&noise.white(len), &b, 6.0)];
        let between = beats_of(&apart);
        assert_eq!(between.len(), 1);
        for one in found.iter().chain(&between) {
            assert!((one.first.period_steps - 66.0).abs() < 0.2 && (one.second.period_steps - 60.0).abs() < 0.2);
            assert!((one.beat.period_steps / 660.0 - 1.0).abs() < 0.02, "{}", one.beat.period_steps);
            let (slow, fast) = (one.first.train.unwrap(), one.second.train.unwrap());
            assert!(
                (slow.width_steps - 2.0).abs() <= 1.0 && (fast.width_steps - 2.0).abs() <= 1.0,
                "{slow:?} {fast:?}"
            );
            // The truth: the first minute from 10,080 on at which both run.
            let both = |t: usize| (t - 5) % 60 < 2 && (t - 17) % 66 < 2;
            let truth = (len..).find(|t| both(*t)).unwrap() as f64;
            let collision = one.next_collision(len as f64).unwrap();
            assert!((collision.step - truth).abs() <= 4.0, "{collision:?} {truth}");
            assert!(collision.low <= truth + 3.0 && truth <= collision.high);
            // Moved by what was advised, no minute of the horizon has both.
            let shift = collision.avoiding_shift.unwrap();
            let moved = |t: usize| {
                let t = t as f64;
                (t - 17.0).rem_euclid(66.0) < 2.0 && (t - 5.0 - shift).rem_euclid(60.0) < 2.0
            };
            assert!(!(len..len + 1320).any(moved), "{shift}");
        }
    }
}

#[test]
fn lines_like_those_of_the_tide_beat_as_published() {
    // A year of hours: published periods (hours) and amplitudes (mm) of seven constituents at Honolulu. P1 is two cycles a year
    // from K1.
    let constituents = [
        (12.420_601, 177.0),
        (12.0, 52.0),
        (12.658_348, 35.0),
        (23.934_470, 150.0),
        (25.819_342, 82.0),
        (24.065_890, 47.0),
        (26.868_357, 15.0),
    ];
    for seed in 0..10 {
        let mut noise = Noise::new(seed);
        let mut level = noise.ar1(0.9, 8760).iter().map(|v| 10.0 * v).collect::<Vec<f64>>();
        for (period, amplitude) in constituents {
            let phase = TAU * noise.uniform();
            level.iter_mut().enumerate().for_each(|(t, v)| *v += amplitude * (TAU * t as f64 / period + phase).cos());
        }
        let found = beats_of(&[level]);
        for (name, published_days) in [("M2-S2", 14.765), ("K1-O1", 13.661), ("M2-N2", 27.555)] {
            assert!(
                found.iter().any(|one| (one.beat.period_steps / 24.0 / published_days - 1.0).abs() < 0.02),
                "{name}: {:?}",
                found.iter().map(|one| one.beat.period_steps / 24.0).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn sets_without_a_beat_have_none() {
    let mut false_alarms = 0;
    for seed in 0..20 {
        let mut noise = Noise::new(seed);
        let series: Vec<Vec<f64>> = (0..50)
            .map(|k| match k % 4 {
                0 => noise.white(1440),
                1 => noise.ar1(0.9, 1440),
                2 => add(&noise.white(1440), &sine(30.0, 1440), 1.4),
                _ => {
                    let rest = noise.white(1440);
                    (0..1440)
                        .map(|t| {
                            let t = t as f64;
                            (1.0 + 0.5 * (TAU * t / 66.0).cos()) * (TAU * t / 6.3).sin() + 0.3 * rest[t as usize]
                        })
                        .collect()
                }
            })
            .collect();
        false_alarms += i32::from(beats_of(&series).iter().any(|one| one.q < 0.05));
    }
    assert!(false_alarms <= 2, "{false_alarms} of 20 sets");
}

#[test]
fn no_input_makes_a_train_of_nothing() {
    let wave = sine(60.0, 2000);
    let line = significant_peaks(&wave, &PeakOptions::default())[0].clone();
    let train = pulse_train(&wave, &line).unwrap();
    assert!(!train.is_short() && (train.period_steps - 60.0).abs() < 0.1 && (train.first_step - 15.0).abs() < 1.5);
    assert!(pulse_train(&[], &line).is_none() && pulse_train(&[f64::NAN; 500], &line).is_none());
    assert!(pulse_train(&wave[..100], &line).is_none());
    let odd = analysis::harmony::PulseTrain { period_steps: f64::NAN, ..train };
    assert!(
        next_collision(&odd, &train, 0.0, 1e4).is_none() && next_collision(&train, &train, f64::NAN, 1e4).is_none()
    );
    assert!(beats(&[], &[], &BeatOptions::default()).is_empty());
    assert!(beats(&[&wave], &[], &BeatOptions::default()).is_empty());
}
