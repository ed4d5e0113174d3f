//! Properties that rhythm and expectation must have, on signals with known truth (fixtures F8 and F9).
#![allow(clippy::unwrap_used)]

#[path = "signals/feet.rs"]
mod played_feet;
mod signals;

use std::f64::consts::TAU;

use analysis::expectation::markov::{ContextTree, accent_surprisal};
use analysis::expectation::predictive::{PredictiveOptions, Predictor, predictive};
use analysis::rhythm::{
    AccentOptions, AccentStream, Beat, Foot, GroupKind, Ictus, JobOptions, Jobs, MetreOptions, PulseOptions,
    RhythmOptions, Threshold, dominance_p, feet, find_pattern, ictuses, jobs, levels, metre, metre_changes, pulse,
    rhythm, syncopation,
};
use played_feet::played;
use proptest::prelude::*;
use signals::Noise;

// Jobs (F9)

const DAY: usize = 288;

/// Two weeks at 5 minutes: a daily cycle, a weekend, noise of 1, and a job of 6 slots at slot 30 of each day.
fn two_weeks(seed: u64, height: f64, runs: impl Fn(usize) -> Option<usize>) -> Vec<f64> {
    let mut noise = Noise::new(seed);
    let mut values: Vec<f64> = (0..14 * DAY)
        .map(|t| {
            let day = t as f64 / DAY as f64;
            let weekend = if (t / DAY) % 7 >= 5 { 0.5 } else { 1.0 };
            20.0 + 8.0 * weekend * (1.0 - (TAU * day).cos()) + noise.normal()
        })
        .collect();
    for day in 0..14 {
        if let Some(at) = runs(day) {
            let from = day * DAY + at;
            values[from..(from + 6).min(14 * DAY)].iter_mut().for_each(|value| *value += height);
        }
    }
    values
}

fn job_of(values: &[f64]) -> Option<Jobs> {
    jobs(values, &JobOptions::default())
}

#[test]
fn the_missed_run_of_a_daily_job_is_found_and_no_other() {
    let mut right = 0;
    for seed in 0..100 {
        let gone = 1 + (seed as usize % 13);
        let values = two_weeks(seed, 8.0, |day| (day != gone).then_some(30));
        let Some(found) = job_of(&values) else { continue };
        assert!((found.pulse.period_steps / DAY as f64 - 1.0).abs() < 0.01);
        assert!(found.pulse.low < DAY as f64 && (DAY as f64) < found.pulse.high);
        assert_eq!((found.sign, found.duration), (1, 6));
        let missed = &found.pulse.missed;
        let exact = missed.len() == 1 && missed[0].slot == gone * DAY + 30 && missed[0].score >= 1.0;
        right += i32::from(exact && found.pulse.late.is_empty() && found.pulse.extra.is_empty());
    }
    assert!(right >= 99, "{right}");
}

#[test]
fn a_late_run_is_late_and_not_missed_plus_extra() {
    for seed in 0..30 {
        let found = job_of(&two_weeks(seed, 10.0, |day| Some(if day == 6 { 75 } else { 30 }))).unwrap();
        assert!(found.pulse.missed.is_empty() && found.pulse.extra.is_empty(), "{seed}: {:?}", found.pulse);
        let [late] = found.pulse.late.as_slice() else { panic!("{seed}: {:?}", found.pulse.late) };
        assert!(late.slot.abs_diff(6 * DAY + 75) <= 1 && (late.by - 45.0).abs() < 2.0 && late.score >= 1.0, "{late:?}");
    }
}

#[test]
fn an_extra_run_is_told_and_a_job_that_stops_is_missed_from_then_on() {
    for seed in 0..20 {
        let mut values = two_weeks(seed, 10.0, |_| Some(30));
        values[5 * DAY + 150..5 * DAY + 156].iter_mut().for_each(|value| *value += 10.0);
        let found = job_of(&values).unwrap();
        assert_eq!(found.pulse.extra.iter().map(|extra| extra.slot).collect::<Vec<_>>(), [5 * DAY + 150]);
        assert!(found.pulse.missed.is_empty() && found.pulse.late.is_empty(), "{:?}", found.pulse);
        let stopped = job_of(&two_weeks(seed, 10.0, |day| (day < 11).then_some(30))).unwrap();
        let slots: Vec<usize> = stopped.pulse.missed.iter().map(|missed| missed.slot / DAY).collect();
        assert_eq!(slots, [11, 12, 13]);
    }
}

#[test]
fn a_job_that_lowers_the_series_and_one_that_begins_late_are_found() {
    let found = job_of(&two_weeks(3, -8.0, |day| (day != 8).then_some(30))).unwrap();
    assert_eq!((found.sign, found.pulse.missed.len(), found.pulse.missed[0].slot), (-1, 1, 8 * DAY + 30));
    // What came before its first run was not missed.
    let found = job_of(&two_weeks(3, 8.0, |day| (day >= 3).then_some(30))).unwrap();
    assert!(found.pulse.missed.is_empty());
    assert_eq!(found.pulse.cycles, 11);
}

#[test]
fn a_run_in_a_gap_is_not_missed() {
    for seed in 0..20 {
        let mut values = two_weeks(seed, 8.0, |day| (day != 9).then_some(30));
        values[4 * DAY..5 * DAY].fill(f64::NAN);
        let found = job_of(&values).unwrap();
        let slots: Vec<usize> = found.pulse.missed.iter().map(|missed| missed.slot).collect();
        assert_eq!(slots, [9 * DAY + 30]);
    }
}

#[test]
fn noise_and_smooth_seasons_are_no_jobs() {
    let mut found = 0;
    for seed in 5_000..5_060 {
        let mut noise = Noise::new(seed);
        for phi in [0.0, 0.6, 0.9, 1.0] {
            let mut values = noise.ar1(phi, 2016);
            found += i32::from(jobs(&values, &JobOptions { alpha: 0.05, ..JobOptions::default() }).is_some());
            values.iter_mut().enumerate().for_each(|(t, v)| *v += 10.0 * (TAU * t as f64 / 288.0).sin());
            found += i32::from(jobs(&values, &JobOptions { alpha: 0.05, ..JobOptions::default() }).is_some());
        }
    }
    assert!(found <= 24, "{found} of 480 at 5 %");
}

#[test]
fn a_series_too_short_or_constant_has_no_rhythm() {
    assert!(job_of(&[]).is_none() && job_of(&[1.0; 31]).is_none() && job_of(&[f64::NAN; 500]).is_none());
    assert!(job_of(&vec![7.0; 2000]).is_none());
    assert!(rhythm(&vec![7.0; 2000], None, &RhythmOptions::default()).is_none());
}

#[test]
fn an_exact_job_without_any_noise_is_found() {
    let mut values: Vec<f64> = (0..2000).map(|t| f64::from(u8::from(t % 100 < 3))).collect();
    values[700..703].fill(0.0);
    let found = job_of(&values).unwrap();
    assert!((found.pulse.period_steps - 100.0).abs() < 1e-9 && found.pulse.missed.len() == 1);
    assert_eq!((found.pulse.missed[0].slot, found.duration, found.height), (700, 3, 1.0));
}

#[test]
fn a_job_that_rests_at_weekends_is_not_missed_there() {
    for seed in 0..20 {
        let found = job_of(&two_weeks(seed, 8.0, |day| (day % 7 < 5).then_some(30))).unwrap();
        assert!(found.pulse.missed.is_empty(), "{:?}", found.pulse.missed);
        assert_eq!(
            found.pulse.rests.as_ref().map(|rests| (rests.every, rests.cycles.as_slice())),
            Some((7, &[5, 6][..]))
        );
        let found = job_of(&two_weeks(seed, 8.0, |day| (day % 7 < 5 && day != 9).then_some(30))).unwrap();
        assert_eq!(found.pulse.missed.iter().map(|missed| missed.slot / DAY).collect::<Vec<_>>(), [9]);
    }
}

#[test]
fn a_job_that_changes_its_period_is_told_with_the_date() {
    let mut told = 0;
    for seed in 0..40 {
        let mut noise = Noise::new(seed);
        let mut values = noise.ar1(0.5, 3000);
        let change = 1000 + (seed as usize * 37) % 900;
        let mut at = 11;
        while at + 4 < 3000 {
            values[at..at + 4].iter_mut().for_each(|value| *value += 9.0);
            at += if at < change { 60 } else { 40 };
        }
        let found = rhythm(&values, None, &RhythmOptions::default()).unwrap();
        if let [change_found] = found.changes.as_slice() {
            let right = (change_found.before - 60.0).abs() < 0.6 && (change_found.after - 40.0).abs() < 0.4;
            told += i32::from(right && change_found.slot.abs_diff(change) <= 120);
        }
    }
    assert!(told >= 36, "{told} of 40");
}

#[test]
fn a_known_period_needs_fewer_cycles() {
    let (mut plain, mut hinted, mut wrong) = (0, 0, 0);
    for seed in 0..40 {
        let values = two_weeks(seed, 8.0, |_| Some(30));
        let six = &values[..6 * DAY];
        plain += i32::from(job_of(six).is_some());
        let options = JobOptions { period: Some(DAY as f64), ..JobOptions::default() };
        hinted += i32::from(jobs(six, &options).is_some());
        let noise = Noise::new(seed + 900).ar1(0.6, 5 * DAY);
        wrong += i32::from(jobs(&noise, &JobOptions { alpha: 0.05, ..options }).is_some());
    }
    assert!(hinted >= 38 && hinted >= plain && wrong <= 4, "{plain} {hinted} {wrong}");
}

// Pulse

#[test]
fn a_pulse_of_exact_times_is_found_with_its_interval() {
    let mut covered = 0;
    for seed in 0..200 {
        let mut noise = Noise::new(seed);
        let onsets: Vec<f64> =
            (0..20).filter(|k| *k != 7).map(|k| 3.0 + 10.0 * f64::from(k) + 0.2 * noise.normal()).collect();
        let found = pulse(&onsets, 200.0, &PulseOptions { resolution: 0.0, ..PulseOptions::default() }).unwrap();
        assert!((found.period_steps / 10.0 - 1.0).abs() < 0.01);
        assert_eq!(found.missed.len(), 1);
        assert!((found.missed[0].expected - 73.0).abs() < 1.0);
        covered += i32::from(found.low <= 10.0 && 10.0 <= found.high);
    }
    assert!((184..=199).contains(&covered), "{covered} of 200");
}

#[test]
fn no_pulse_in_poisson_times_regular_renewals_or_bursts() {
    let mut found = 0;
    for seed in 7_000..7_200 {
        for (shape, burst) in [(1, 1), (4, 1), (1, 4)] {
            let mut noise = Noise::new(seed);
            let mut time = 0.0;
            let mut onsets = Vec::new();
            for _ in 0..40 {
                time += (0..shape).map(|_| -(1.0 - noise.uniform()).ln()).sum::<f64>() * 20.0 / f64::from(shape);
                onsets.extend((0..burst).map(|_| time - (1.0 - noise.uniform()).ln()));
            }
            found += i32::from(
                pulse(&onsets, time + 20.0, &PulseOptions { alpha: 0.05, ..PulseOptions::default() }).is_some(),
            );
        }
    }
    assert!(found <= 30, "{found} of 600 at 5 %");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(
        values in prop::collection::vec(prop_oneof![8 => -1e3..1e3_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY), 3 => Just(0.0), 1 => Just(1e300)], 0..400),
        period in prop_oneof![Just(None), (0.0..300.0f64).prop_map(Some)],
        pattern in prop::collection::vec(any::<bool>(), 0..5),
    ) {
        let options = RhythmOptions { alpha: 0.5, shuffles: 3, ..RhythmOptions::default() };
        let _ = rhythm(&values, period, &options);
        let _ = pulse(&values, 300.0, &PulseOptions { alpha: 1.0, ..PulseOptions::default() });
        let expected = predictive(&values, period, &PredictiveOptions::default());
        prop_assert_eq!(expected.lower.len(), values.len());
        for t in 0..values.len() {
            prop_assert!(expected.lower[t].is_nan() || expected.lower[t] <= expected.upper[t]);
        }
        let accents: Vec<bool> = values.iter().map(|value| *value > 0.0).collect();
        let _ = find_pattern(&accents, &pattern);
        let options = MetreOptions { alpha: 1.0, ..MetreOptions::default() };
        let _ = metre_changes(&accents, &MetreOptions::default());
        if let Some(metre) = metre(&accents, &options) {
            let _ = syncopation(&accents, &metre);
        }
    }
}

// Accents

/// Values with ties, gaps, levels and wild ones.
fn values() -> impl Strategy<Value = Vec<f64>> {
    let value = prop_oneof![
        8 => -3.0..3.0f64,
        3 => (-3i32..3).prop_map(f64::from),
        1 => Just(f64::NAN),
        1 => -200.0..200.0f64,
    ];
    prop::collection::vec(value, 0..600)
}

fn thresholds() -> impl Strategy<Value = Threshold> {
    prop_oneof![
        (1.0..4.0f64, 9usize..60).prop_map(|(theta, window)| Threshold::Adaptive { theta, window }),
        (-3.0..3.0f64).prop_map(Threshold::Above),
        (-3.0..3.0f64).prop_map(Threshold::Below),
    ]
}

fn streamed(stream: &mut AccentStream, values: &[f64]) -> Vec<Ictus> {
    values.iter().filter_map(|&value| stream.push(value)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_stream_gives_each_accent_of_the_batch_once(values in values(), threshold in thresholds(), cut in 0.0..1.0f64) {
        let options = AccentOptions { threshold, ..AccentOptions::default() };
        let batch = ictuses(&values, &options);
        let (first, second) = values.split_at((cut * values.len() as f64) as usize);
        let mut stream = AccentStream::new(&options);
        let mut found = streamed(&mut stream, first);
        found.extend(streamed(&mut stream, second));
        found.extend(stream.finish());
        prop_assert_eq!(found.len(), batch.len());
        for (ours, theirs) in found.iter().zip(&batch) {
            prop_assert_eq!((ours.slot, ours.end, ours.sign), (theirs.slot, theirs.end, theirs.sign));
            prop_assert!((ours.strength - theirs.strength).abs() <= 1e-9 * theirs.strength);
        }
    }

    #[test]
    fn adaptive_accents_do_not_know_units(
        values in values(), power in -3i32..8, negative in any::<bool>(), causal in any::<bool>(),
    ) {
        // Powers of two, so that the scaled values are exact.
        let factor = if negative { -(2f64.powi(power)) } else { 2f64.powi(power) };
        let options = AccentOptions { causal, ..AccentOptions::default() };
        let scaled: Vec<f64> = values.iter().map(|value| value * factor + 0.0).collect();
        let (plain, scaled) = (ictuses(&values, &options), ictuses(&scaled, &options));
        prop_assert_eq!(plain.len(), scaled.len());
        for (a, b) in plain.iter().zip(&scaled) {
            prop_assert_eq!((a.slot, a.end), (b.slot, b.end));
            prop_assert_eq!(a.sign, if negative { -b.sign } else { b.sign });
            prop_assert!((a.strength - b.strength).abs() <= 1e-9 * a.strength);
        }
    }
}

#[test]
fn a_shift_of_level_does_not_move_accents() {
    let values = Noise::new(1).ar1(0.5, 2000);
    let shifted: Vec<f64> = values.iter().map(|value| 100.0 - 3.7 * value).collect();
    let (plain, shifted) = (ictuses(&values, &AccentOptions::default()), ictuses(&shifted, &AccentOptions::default()));
    assert!(plain.len() > 20 && plain.len() == shifted.len());
    assert!(
        plain
            .iter()
            .zip(&shifted)
            .all(|(a, b)| a.slot == b.slot && (a.strength - b.strength).abs() < 1e-9 * a.strength)
    );
}

#[test]
fn hysteresis_holds_an_accent_and_a_gap_ends_it() {
    let options = |threshold| AccentOptions { threshold, ..AccentOptions::default() };
    let values = [0.0, 10.0, 8.0, 7.1, 6.9, 0.0, 12.0, f64::NAN, 12.0];
    let found = ictuses(&values, &options(Threshold::Above(10.0)));
    let spans: Vec<(usize, usize)> = found.iter().map(|ictus| (ictus.slot, ictus.end)).collect();
    assert_eq!(spans, [(1, 3), (6, 6), (8, 8)]);
    assert!((found[1].strength - 1.2).abs() < 1e-12);
    let found = ictuses(&[5.0, 1.0, 1.25, 1.4, 5.0], &options(Threshold::Below(1.0)));
    assert_eq!((found.len(), found[0].slot, found[0].end, found[0].sign), (1, 1, 2, -1));
    let longer = AccentOptions { min_length: 2, ..options(Threshold::Above(10.0)) };
    assert_eq!(ictuses(&values, &longer).len(), 1);
}

#[test]
fn in_a_series_that_stands_still_every_change_is_an_accent() {
    let mut values = vec![3.0; 400];
    values[200..203].fill(4.0);
    values[380] = 3.000_001;
    let found = ictuses(&values, &AccentOptions::default());
    assert_eq!(found.iter().map(|ictus| (ictus.slot, ictus.end)).collect::<Vec<_>>(), [(200, 202), (380, 380)]);
}

// Feet (F8)

#[test]
fn each_of_the_five_feet_is_told_at_ten_per_cent_jitter() {
    for (place, foot) in Foot::ALL.into_iter().enumerate() {
        let share: f64 =
            (0..200).map(|seed| feet(&played(&mut Noise::new(seed), foot, 20, 1.3, 0.1)).shares[place]).sum::<f64>()
                / 200.0;
        assert!(share >= 0.95, "{foot:?} {share}");
    }
}

#[test]
fn equal_gaps_are_grouped_by_the_length_or_the_loudness_of_accents() {
    for seed in 0..50 {
        let mut beats = played(&mut Noise::new(seed), Foot::Iamb, 20, 1.0, 0.1);
        beats.iter_mut().for_each(|beat| beat.duration = if beat.accented { 0.6 } else { 0.3 });
        assert_eq!(feet(&beats).dominant(), Some(Foot::Iamb));
        beats.iter_mut().for_each(|beat| {
            beat.duration = 0.3;
            beat.intensity = if beat.accented { 2.0 } else { 1.0 };
        });
        assert_eq!(feet(&beats).dominant(), Some(Foot::Trochee));
    }
}

#[test]
fn a_dominant_foot_is_significant_and_chance_is_not() {
    let played = played(&mut Noise::new(1), Foot::Dactyl, 20, 1.4, 0.1);
    assert_eq!(dominance_p(&played, &feet(&played), 5, 99), 0.01);
    let mut below = 0;
    for seed in 0..100 {
        let mut noise = Noise::new(seed);
        let beats: Vec<Beat> = (0..60)
            .map(|t| Beat {
                onset: f64::from(t) + 0.1 * noise.normal(),
                accented: noise.uniform() < 0.4,
                duration: f64::NAN,
                intensity: noise.uniform(),
            })
            .collect();
        below += i32::from(dominance_p(&beats, &feet(&beats), seed, 39) <= 0.05);
    }
    assert!(below <= 12, "{below} of 100 at 5 %");
}

proptest! {
    #[test]
    fn every_group_has_one_accent_and_every_beat_one_group(
        string in prop::collection::vec((any::<bool>(), 0.1..3.0f64, 0.0..2.0f64), 0..80),
    ) {
        let mut time = 0.0;
        let beats: Vec<Beat> = string
            .iter()
            .map(|&(accented, gap, intensity)| {
                time += gap;
                Beat { onset: time, accented, duration: gap / 2.0, intensity }
            })
            .collect();
        let parse = feet(&beats);
        let mut next = 0;
        for group in &parse.groups {
            prop_assert_eq!(group.first, next);
            next += group.len;
            let accents = beats[group.first..next].iter().filter(|beat| beat.accented).count();
            match group.kind {
                GroupKind::Foot(_) => prop_assert!(accents == 1 && (2..=3).contains(&group.len)),
                GroupKind::Rest => prop_assert!(accents == 0 && group.len == 1),
                GroupKind::Unresolved => prop_assert!(accents == 1 && group.len == 1),
            }
        }
        prop_assert_eq!(next, beats.len());
        let total: f64 = parse.shares.iter().sum::<f64>() + parse.unresolved;
        prop_assert!(beats.is_empty() || (total - 1.0).abs() < 1e-9);
        let all = levels(&beats, 5);
        for (low, high) in all.iter().zip(all.iter().skip(1)) {
            prop_assert_eq!(low.parents.len(), low.beats.len());
            for (child, parent) in low.beats.iter().zip(&low.parents) {
                if let Some(parent) = parent {
                    let parent = &high.beats[*parent];
                    prop_assert!(parent.onset <= child.onset && child.onset <= parent.onset + parent.duration + 1e-9);
                }
            }
            let linked = low.parents.iter().flatten().max().map_or(0, |last| last + 1);
            prop_assert_eq!(linked, high.beats.len());
        }
        prop_assert!(all.last().is_none_or(|top| top.parents.iter().all(Option::is_none)));
    }
}

#[test]
fn feet_of_feet_are_a_level() {
    // Loud and soft trochees in turn: a trochee of trochees.
    let beats: Vec<Beat> = (0..64)
        .map(|t| Beat {
            onset: f64::from(t),
            accented: t % 2 == 0,
            duration: 0.5,
            intensity: [8.0, 1.0, 4.0, 1.0][t as usize % 4],
        })
        .collect();
    let all = levels(&beats, 4);
    assert!(all.len() >= 2);
    assert_eq!((all[0].parse.dominant(), all[1].parse.dominant()), (Some(Foot::Trochee), Some(Foot::Trochee)));
    assert_eq!(all[1].beats.len(), 32);
    assert_eq!(all[0].parents[10], Some(5));
}

#[test]
fn a_users_pattern_is_found_where_it_stands() {
    let accents = [true, true, false, true, true, true, false, false];
    let found = find_pattern(&accents, &[true, true, false]);
    assert_eq!(found.positions, [0, 4]);
    // Five accents and three rests: 6 · (5/8)(4/7)(3/6).
    assert!((found.expected - 6.0 * 5.0 / 8.0 * 4.0 / 7.0 * 3.0 / 6.0).abs() < 1e-12);
    assert!(find_pattern(&accents, &[]).positions.is_empty());
}

// Metre

#[test]
fn a_metre_its_syncopation_and_its_change_are_found() {
    let string = |seed: u64| -> Vec<bool> {
        let mut noise = Noise::new(seed);
        (0..200)
            .map(|t| {
                let beat = if t < 100 { t % 4 == 0 } else { (t - 100) % 3 == 0 };
                beat != (noise.uniform() < 0.03)
            })
            .collect()
    };
    let mut right = 0;
    for seed in 0..100 {
        if let [change] = metre_changes(&string(seed), &MetreOptions::default()).as_slice() {
            right += i32::from((change.before, change.after) == (4, 3) && change.beat.abs_diff(100) <= 4);
        }
    }
    assert!(right >= 90, "{right}");
    let mut accents: Vec<bool> = (0..160).map(|t| t % 4 == 0).collect();
    accents.swap(79, 80);
    let metre = metre(&accents, &MetreOptions::default()).unwrap();
    assert_eq!((metre.length, metre.downbeat), (4, 0));
    let off = syncopation(&accents, &metre);
    assert_eq!(off.iter().map(|off| (off.beat, off.instead_of)).collect::<Vec<_>>(), [(79, 80)]);
    assert!(off[0].bits > 3.0);
    assert!(metre_changes(&accents, &MetreOptions::default()).is_empty());
}

// Expectation

#[test]
fn the_omitted_beat_is_the_most_surprising() {
    let (mut right, mut formed) = (0, 0);
    for seed in 0..1000 {
        let mut noise = Noise::new(seed);
        let accents: Vec<bool> =
            (0..120).map(|t| noise.normal() + if t % 4 == 0 && t != 80 { 8.0 } else { 0.0 } >= 4.0).collect();
        let bits = accent_surprisal(&accents, 8);
        let worst = (8..bits.len()).max_by(|a, b| bits[*a].total_cmp(&bits[*b])).unwrap();
        right += i32::from(worst == 80);
        // After three repeats the next beat is expected.
        formed += i32::from(bits[12] < 1.0);
    }
    assert!(right >= 990 && formed >= 990, "{right} {formed}");
}

#[test]
fn a_tree_that_predicts_one_step_at_a_time_is_a_probability() {
    let mut tree = ContextTree::new(6);
    let mut noise = Noise::new(9);
    let (mut bits, mut ideal) = (0.0, 0.0);
    let mut last = false;
    for _ in 0..20_000 {
        let rate: f64 = if last { 0.9 } else { 0.2 };
        let accent = noise.uniform() < rate;
        let expected = tree.predict();
        let told = tree.push(accent);
        let chance = if accent { expected } else { 1.0 - expected };
        assert!((told + chance.log2()).abs() < 1e-9);
        bits += told;
        ideal -= if accent { rate } else { 1.0 - rate }.log2();
        last = accent;
    }
    // What the true chain would have told, and what learning its two rates costs.
    assert!((0.0..60.0).contains(&(bits - ideal)), "{bits} {ideal}");
}

/// Mean coverage and surprisal from slot `from` on.
fn predicted(process: impl Fn(&mut Noise) -> Vec<f64>, period: Option<f64>, from: usize) -> (f64, f64) {
    let (mut inside, mut bits, mut count) = (0.0, 0.0, 0.0);
    for seed in 0..10 {
        let values = process(&mut Noise::new(seed));
        let found = predictive(&values, period, &PredictiveOptions::default());
        for t in from..values.len() {
            inside += f64::from(u8::from(found.lower[t] <= values[t] && values[t] <= found.upper[t]));
            bits += found.surprisal[t];
            count += 1.0;
        }
    }
    (inside / count, bits / count)
}

#[test]
fn intervals_cover_and_surprisal_is_the_entropy() {
    let entropy = 0.5 * (TAU * std::f64::consts::E).log2();
    let season = |values: Vec<f64>| -> Vec<f64> {
        values.iter().enumerate().map(|(t, v)| v + 5.0 * (TAU * t as f64 / 144.0).sin()).collect()
    };
    let cases = [
        predicted(|noise| noise.white(2000), None, 100),
        predicted(|noise| noise.ar1(0.9, 2000), None, 100),
        predicted(|noise| season(noise.white(2000)), Some(144.0), 300),
        predicted(|noise| season(noise.ar1(0.9, 2000)), Some(144.0), 300),
    ];
    for (coverage, bits) in cases {
        assert!((0.93..=0.97).contains(&coverage), "{coverage}");
        assert!((bits - entropy).abs() < 0.08, "{bits}");
    }
}

#[test]
fn it_recovers_ten_slots_after_a_level_shift() {
    let mut outside = 0;
    for seed in 0..50 {
        let mut values = Noise::new(seed).ar1(0.5, 1200);
        values[1000..].iter_mut().for_each(|value| *value += 10.0);
        let found = predictive(&values, None, &PredictiveOptions::default());
        assert!(values[1000] > found.upper[1000]);
        assert_eq!(found.violations.iter().map(|violation| violation.slot).next(), Some(1000));
        outside += (1010..1050).filter(|&t| values[t] < found.lower[t] || values[t] > found.upper[t]).count();
    }
    assert!(outside <= 160, "{outside} of 2000");
}

#[test]
fn nothing_later_and_no_unit_changes_what_was_expected() {
    let values: Vec<f64> = Noise::new(4).ar1(0.7, 900);
    let mut other = values.clone();
    other[600..].iter_mut().for_each(|value| *value *= -5.0);
    let (a, b) = (
        predictive(&values, Some(50.0), &PredictiveOptions::default()),
        predictive(&other, Some(50.0), &PredictiveOptions::default()),
    );
    assert!(a.lower[20..=600].iter().zip(&b.lower[20..=600]).all(|(a, b)| a == b));
    let scaled: Vec<f64> = values.iter().map(|value| 1e6 - 40.0 * value).collect();
    let c = predictive(&scaled, Some(50.0), &PredictiveOptions::default());
    for t in 20..900 {
        assert!((1e6 - 40.0 * a.centre[t] - c.centre[t]).abs() < 1e-3);
        // A unit 40 times smaller has 40 times the density.
        assert!((a.surprisal[t] + 40f64.log2() - c.surprisal[t]).abs() < 1e-3);
    }
}

#[test]
fn gaps_are_predicted_but_not_judged() {
    let mut values = Noise::new(6).ar1(0.9, 400);
    values[200] = f64::NAN;
    values[300..310].fill(f64::NAN);
    let mut predictor = Predictor::new(None, &PredictiveOptions::default());
    let expected: Vec<_> = values.iter().map(|&value| predictor.push(value)).collect();
    assert!(expected[..12].iter().all(|slot| slot.centre.is_nan()));
    assert!(
        expected[200].centre.is_finite() && expected[200].surprisal.is_nan() && expected[201].surprisal.is_finite()
    );
    // After three missing values nothing is known, until the first value has come.
    assert!(expected[303].lower.is_finite() && expected[304..=310].iter().all(|slot| slot.lower.is_nan()));
    assert!(expected[311].surprisal.is_finite());
}

// All of it

#[test]
fn the_rhythm_of_a_series_has_the_missed_run_as_its_greatest_surprise() {
    let mut right = 0;
    for seed in 0..50 {
        let values = two_weeks(seed, 9.0, |day| (day != 9).then_some(30));
        let found = rhythm(&values, Some(DAY as f64), &RhythmOptions::default()).unwrap();
        assert_eq!(found.jobs.as_ref().unwrap().pulse.missed.len(), 1);
        assert_eq!(found.beats.len(), found.played.len());
        right += i32::from(found.worst.unwrap().slot.abs_diff(9 * DAY + 30) <= 1);
        assert!(found.changes.is_empty() && found.syncopations.is_empty());
    }
    assert!(right >= 49, "{right}");
}

#[test]
fn a_gap_of_days_is_no_surprise_and_no_change() {
    for seed in 0..20 {
        let mut values = two_weeks(seed, 9.0, |day| (day != 11).then_some(30));
        values[4 * DAY..8 * DAY].fill(f64::NAN);
        let found = rhythm(&values, None, &RhythmOptions::default()).unwrap();
        assert!(found.changes.is_empty());
        assert!(found.worst.unwrap().slot.abs_diff(11 * DAY + 30) <= 1, "{:?}", found.worst);
        assert_eq!(found.jobs.unwrap().pulse.missed.len(), 1);
    }
}
