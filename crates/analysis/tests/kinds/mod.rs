//! Simulated services of which the class is known, and the facts about them by the crate's own detectors.
#![allow(dead_code)]

use std::f64::consts::TAU;

use analysis::anomaly::silence::{SilenceOptions, end_of_observation, vanished};
use analysis::anomaly::spike::{SpikeOptions, scan_spikes};
use analysis::change::level_shift::{LevelShiftOptions, level_shifts};
use analysis::change::trend::{TrendOptions, trend};
use analysis::change::variance::{VarianceOptions, variance_escalation};
use analysis::expectation::fold::folded_season;
use analysis::harmony::{BeatOptions, Class, Features, beats_within};
use analysis::spectrum::{Peak, PeakOptions, significant_peaks};

use super::signals::{Noise, add, sine};

/// What is simulated, its true class, and how: `strength` 1 is what the fixture says, less is fainter.
pub(crate) type Kind = (&'static str, Class, fn(&mut Noise, f64) -> Service);

/// The series of one service, and those of others that it may be in a cascade with.
pub(crate) struct Service {
    pub(crate) series: Vec<Vec<f64>>,
    pub(crate) others: Vec<Vec<f64>>,
}

/// Slots: a day of minutes.
pub(crate) const LEN: usize = 1440;

fn alone(series: Vec<Vec<f64>>) -> Service {
    Service { series, others: Vec::new() }
}

fn four(noise: &mut Noise, mut one: impl FnMut(&mut Noise, usize) -> Vec<f64>) -> Service {
    alone((0..4).map(|k| one(noise, k)).collect())
}

fn from_step(values: &mut [f64], at: usize, size: f64) {
    values[at..].iter_mut().for_each(|v| *v += size);
}

fn place(noise: &mut Noise) -> usize {
    LEN / 4 + (noise.uniform() * LEN as f64 / 2.0) as usize
}

/// The kinds of fixtures F1 to F16 of which a class follows.
pub(crate) const KINDS: [Kind; 17] = [
    ("F1 white noise", Class::Steady, |r, _| four(r, |r, _| r.white(LEN))),
    ("F5 AR(1) 0.9, stationary", Class::Steady, |r, _| four(r, |r, _| r.ar1(0.9, LEN))),
    ("F4 coupled, lag 3", Class::Steady, |r, _| {
        let x = r.white(LEN + 12);
        four(r, |r, k| add(&r.white(LEN), &x[12 - 3 * k..], 0.8))
    }),
    ("F2 sine 300 s", Class::Periodic, |r, s| four(r, |r, _| add(&r.white(LEN), &sine(5.0, LEN), 1.4 * s))),
    ("F2 sine 1 h on AR(1) 0.6", Class::Periodic, |r, s| {
        four(r, |r, _| add(&r.ar1(0.6, LEN), &sine(60.0, LEN), 1.6 * s))
    }),
    ("F9 a batch job every hour", Class::Periodic, |r, s| {
        four(r, |r, _| (0..LEN).map(|t| r.normal() + if t % 60 < 6 { 5.0 * s } else { 0.0 }).collect())
    }),
    ("F15 amplitude modulation", Class::Periodic, |r, s| {
        four(r, |r, _| {
            (0..LEN)
                .map(|t| {
                    let t = t as f64;
                    s * 1.4 * (1.0 + 0.7 * (TAU * t / 66.0).cos()) * (TAU * t / 6.3).sin() + r.normal()
                })
                .collect()
        })
    }),
    ("F3 60 s and 66 s", Class::Beating, |r, s| {
        four(r, |r, _| add(&add(&r.white(LEN), &sine(6.0, LEN), 1.2 * s), &sine(6.6, LEN), 1.2 * s))
    }),
    ("F15 beat of two lines", Class::Beating, |r, s| {
        four(r, |r, _| add(&add(&r.ar1(0.6, LEN), &sine(40.0, LEN), 1.8 * s), &sine(46.0, LEN), 1.5 * s))
    }),
    ("F16 step in one series", Class::Jagged, |r, s| {
        let mut service = four(r, |r, _| r.white(LEN));
        let at = place(r);
        from_step(&mut service.series[1], at, 2.0 * s);
        service
    }),
    ("F5 variance that grows fourfold", Class::Jagged, |r, s| {
        let mut service = four(r, |r, _| r.white(LEN));
        service.series[2].iter_mut().enumerate().for_each(|(t, v)| *v *= 1.0 + s * t as f64 / LEN as f64);
        service
    }),
    ("F7 spikes every six hours", Class::Jagged, |r, s| {
        let mut service = four(r, |r, _| r.white(LEN));
        for at in [200, 560, 920, 1280] {
            service.series[0][at..at + 5].iter_mut().for_each(|v| *v += 10.0 * s);
        }
        service
    }),
    ("F12 leak in one series", Class::Jagged, |r, s| {
        let mut service = four(r, |r, _| r.white(LEN));
        service.series[3].iter_mut().enumerate().for_each(|(t, v)| *v += s * 3.0 * t as f64 / LEN as f64);
        service
    }),
    ("F6 chain of four services", Class::Fragmented, |r, s| {
        let at = place(r);
        let mut member = |lag: usize| {
            let mut values = r.white(LEN);
            from_step(&mut values, at + lag, 3.0 * s);
            values
        };
        Service {
            series: vec![member(4), member(4), member(5)],
            others: vec![member(0), member(0), member(2), member(2), member(6), member(6)],
        }
    }),
    ("F11 a series vanishes", Class::Fragmented, |r, _| {
        let mut service = four(r, |r, _| r.white(LEN));
        let at = place(r);
        service.series[1][at..].fill(f64::NAN);
        service
    }),
    ("F11 no data", Class::Insufficient, |_, _| alone(vec![vec![f64::NAN; LEN]; 4])),
    ("F11 a few minutes of data", Class::Insufficient, |r, _| {
        four(r, |r, _| {
            let mut values = vec![f64::NAN; LEN];
            (0..20).for_each(|t| values[700 + t] = r.normal());
            values
        })
    }),
];

/// What one series shows.
struct Facts {
    score: f64,
    /// Where it deviates first.
    onset: Option<usize>,
    share: f64,
    has_beat: bool,
    is_usable: bool,
    has_vanished: bool,
}

/// The season first, then lasting changes, then variance and spikes in what is left.
fn facts(values: &[f64], end: usize, alpha: f64) -> Facts {
    let present = values.iter().filter(|v| v.is_finite()).count();
    let mut found = Facts {
        score: 0.0,
        onset: None,
        share: 0.0,
        has_beat: false,
        is_usable: 4 * present >= values.len(),
        has_vanished: false,
    };
    if present < 32 {
        return found;
    }
    found.has_vanished = vanished(values, end, &SilenceOptions { alpha, ..SilenceOptions::default() }).is_some();
    let peaks = significant_peaks(values, &PeakOptions::default());
    found.share = peaks.iter().map(|p| p.power_share).sum();
    found.has_beat = !beats_within(values, &peaks, &BeatOptions::default()).is_empty();
    let mut rest = values.to_vec();
    // Every line of the series, not only the strongest: a beat is two.
    let roots: Vec<&Peak> = peaks.iter().filter(|p| p.harmonic_of.is_none() && p.power_share >= 0.02).collect();
    for peak in roots {
        // A period that is a whole number of slots, as far as can be told, is one: its fold is sharper.
        let whole = peak.period_steps.round();
        let drifts = (peak.period_steps - whole).abs() * peak.cycles > 0.2 * peak.period_steps;
        if let Some(season) = folded_season(&rest, if drifts { peak.period_steps } else { whole }) {
            rest.iter_mut().zip(&season).for_each(|(v, s)| *v -= s);
        }
    }
    let mut note = |score: f64, at: usize| {
        if score >= 1.0 {
            found.onset = Some(found.onset.map_or(at, |first| first.min(at)));
        }
        found.score = found.score.max(score);
    };
    let shifts = level_shifts(&rest, &LevelShiftOptions { alpha, ..LevelShiftOptions::default() });
    for shift in &shifts {
        note(shift.score, shift.slot);
    }
    let drift = trend(&rest, &TrendOptions { alpha, ..TrendOptions::default() });
    if let Some(drift) = drift.filter(|drift| shifts.is_empty() && drift.score >= 1.0) {
        note(drift.score, 0);
        rest.iter_mut().enumerate().for_each(|(t, v)| *v -= drift.value_at(t as f64));
    }
    for (t, value) in rest.iter_mut().enumerate() {
        if let Some(shift) = shifts.iter().rev().find(|shift| shift.slot <= t) {
            *value -= shift.after - shifts[0].before;
        }
    }
    if let Some(variance) = variance_escalation(&rest, &VarianceOptions { alpha, ..VarianceOptions::default() }) {
        note(variance.score, values.len() / 2);
    }
    let scan = scan_spikes(&rest, &SpikeOptions { window: 145, alpha, ..SpikeOptions::default() });
    let largest = scan.z.iter().copied().filter(|z| z.is_finite()).fold(0.0, |m: f64, z| m.max(z.abs()));
    let at = scan.accents.first().map_or(0, |a| a.start);
    note(largest / scan.threshold, at);
    found
}

/// The features of a service, at the false-alarm rate that the engine gives each detector.
pub(crate) fn features(service: &Service) -> Features {
    let all: Vec<&[f64]> = service.series.iter().chain(&service.others).map(Vec::as_slice).collect();
    let end = end_of_observation(all.iter().copied()).unwrap_or(0);
    let alpha = 0.02 / (5.0 * all.len() as f64);
    let own: Vec<Facts> = service.series.iter().map(|values| facts(values, end, alpha)).collect();
    let mut features = Features::default();
    for one in own.iter().filter(|one| one.is_usable || one.has_vanished) {
        features.usable_series += usize::from(one.is_usable);
        features.deviation_score = features.deviation_score.max(one.score);
        features.deviating_series += usize::from(one.score >= 1.0);
        features.vanished_series += usize::from(one.has_vanished);
        features.beat |= one.has_beat;
        features.periodic_share = features.periodic_share.max(one.share);
    }
    // A cascade: most of the other services' series deviate from about the same time on.
    let onset = own.iter().filter_map(|one| one.onset).min();
    let others: Vec<Option<usize>> = service.others.iter().map(|v| facts(v, end, alpha).onset).collect();
    let close = others.iter().flatten().filter(|at| onset.is_some_and(|own| own.abs_diff(**at) <= 30)).count();
    features.in_cascade = !others.is_empty() && 2 * close > others.len();
    features
}
