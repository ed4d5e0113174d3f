//! The spectrum of a pair, the delay by its phase, and relations within one distribution.
#![allow(clippy::unwrap_used)]

use engine::{Analysis, Options, analyze};
use report::DelayVerdict;
use series::{Dataset, Labels, histogram};
use std::f64::consts::TAU;
use testkit::signal::{add, ar1, delayed, scaled, white_noise};
use testkit::{Random, dataset};

const STEP_MS: i64 = 15_000;
const STEP_S: f64 = 15.0;

/// `late` is `early` three steps later, with noise.
fn a_delay(seed: u64) -> Analysis {
    let mut random = Random::new(seed);
    let early = ar1(2_048, 0.5, &mut random);
    let late = add(&delayed(&early, 3), &scaled(&white_noise(2_048, &mut random), 0.3, 0.0));
    analyze(dataset(STEP_MS, [("early", early), ("late", late)]), &Options::default()).unwrap()
}

#[test]
fn a_delay_is_told_by_the_phase_as_by_the_lag() {
    let mut agree = 0;
    for seed in 0..10 {
        let analysis = a_delay(seed);
        let relation = &analysis.report().relations[0];
        assert_eq!((relation.from, relation.to), (0, 1), "seed {seed}");
        let (delay_s, plus_minus_s) = (relation.delay_s.unwrap(), relation.delay_plus_minus_s.unwrap());
        assert!(
            (delay_s - 3.0 * STEP_S).abs() < 2.5 * plus_minus_s.max(1.0),
            "seed {seed}: {delay_s} ± {plus_minus_s}"
        );
        agree += usize::from(relation.delay_verdict == Some(DelayVerdict::Agrees));
    }
    assert!(agree >= 8, "{agree} of 10");
}

#[test]
fn a_leaky_bucket_is_no_delay() {
    let mut dispersive = 0;
    for seed in 0..10 {
        let mut random = Random::new(seed);
        let input = white_noise(2_048, &mut random);
        let mut level = 0.0;
        let bucket: Vec<f64> = input
            .iter()
            .map(|value| {
                level += 0.1 * (value - level);
                level
            })
            .collect();
        let noise = scaled(&white_noise(2_048, &mut random), 0.05, 0.0);
        let data = dataset(STEP_MS, [("input", input), ("bucket", add(&bucket, &noise))]);
        let report = analyze(data, &Options::default()).unwrap().into_report();
        dispersive += usize::from(report.relations[0].delay_verdict == Some(DelayVerdict::Dispersive));
    }
    assert!(dispersive >= 8, "{dispersive} of 10");
}

#[test]
fn the_spectrum_shows_the_delay_as_a_slope() {
    let (mut held, mut all) = (0.0, 0.0);
    for seed in 0..5 {
        let spectrum = a_delay(seed).pair_spectrum(0, 1).unwrap();
        assert!(!spectrum.bands.is_empty());
        for band in &spectrum.bands {
            assert!(band.period_s.is_sorted() && band.period_s.len() == band.coherence.len());
            for (index, half) in band.phase_plus_minus.iter().enumerate() {
                assert_eq!(half.is_finite(), band.coherence[index] >= band.threshold);
                if half.is_finite() {
                    let expected = -TAU * 3.0 * STEP_S / band.period_s[index];
                    let off = (band.phase[index] - expected + TAU / 2.0).rem_euclid(TAU) - TAU / 2.0;
                    all += 1.0;
                    held += f64::from(off.abs() <= *half);
                }
            }
        }
    }
    assert!(all > 100.0 && held / all > 0.85, "{held} of {all} intervals hold the phase of the delay");
    // The other way round the phase has the other sign.
    let analysis = a_delay(1);
    let (there, back) = (analysis.pair_spectrum(0, 1).unwrap(), analysis.pair_spectrum(1, 0).unwrap());
    let sum = there.bands[0].phase[3] + back.bands[0].phase[3];
    assert!(sum.abs() < 1e-9, "{sum}");
    assert!(analysis.pair_spectrum(0, 9).is_none());
}

#[test]
fn views_of_one_histogram_stand_behind_everything_else() {
    // Buckets that count up: how many are slow goes up and down.
    let mut random = Random::new(4);
    let share = ar1(1_440, 0.8, &mut random);
    let mut counts = [0.0; 4];
    let mut columns = vec![Vec::new(); 4];
    for share in &share {
        let slow = (0.3 + 0.1 * share).clamp(0.05, 0.95);
        for (count, part) in counts.iter_mut().zip([0.4 * (1.0 - slow), 1.0 - slow, 1.0 - 0.02 * slow, 1.0]) {
            *count += (400.0 * part).round();
        }
        columns.iter_mut().zip(counts).for_each(|(column, count)| column.push(count));
    }
    let load = ar1(1_440, 0.5, &mut random);
    let echo = add(&load, &scaled(&white_noise(1_440, &mut random), 0.8, 0.0));
    let names = ["b0", "b1", "b2", "b3"];
    let buckets = names.into_iter().zip(columns);
    let mut data: Dataset = dataset(STEP_MS, buckets.chain([("load", load), ("echo", echo)]));
    for (series, bound) in data.series.iter_mut().zip(["0.1", "0.5", "1", "+Inf"]) {
        series.metric = Some("wait_seconds_bucket".into());
        series.labels = [("le".to_owned(), bound.to_owned())].into_iter().collect::<Labels>();
        series.kind = series::Kind::Counter;
    }
    histogram::derive_quantiles(&mut data.series);
    let report = analyze(data, &Options::default()).unwrap().into_report();
    let marks: Vec<bool> = report.relations.iter().map(|relation| relation.same_source).collect();
    assert!(marks.contains(&true) && marks.contains(&false), "{marks:?}");
    assert!(marks.is_sorted(), "{marks:?}");
    for relation in &report.relations {
        let of_histogram = |series: usize| report.series[series].name.starts_with("wait_seconds_p");
        assert_eq!(relation.same_source, of_histogram(relation.from) && of_histogram(relation.to));
    }
}

#[test]
fn ready_made_quantiles_of_one_metric_stand_behind_everything_else() {
    let mut random = Random::new(4);
    let (wait, load) = (ar1(1_440, 0.8, &mut random), ar1(1_440, 0.5, &mut random));
    let near = |column: &[f64], random: &mut Random| add(column, &scaled(&white_noise(1_440, random), 0.5, 0.0));
    let columns = [
        ("cart_wait_p50", near(&wait, &mut random)),
        ("cart_wait_p95", near(&wait, &mut random)),
        ("cart_load", near(&load, &mut random)),
        ("web_load", near(&load, &mut random)),
    ];
    let report = analyze(dataset(STEP_MS, columns), &Options::default()).unwrap().into_report();
    let marks: Vec<bool> = report.relations.iter().map(|relation| relation.same_source).collect();
    assert!(marks.contains(&true) && marks.contains(&false), "{marks:?}");
    assert!(marks.is_sorted(), "{marks:?}");
    for relation in &report.relations {
        let is_quantile = |series: usize| report.series[series].name.contains("_wait_p");
        assert_eq!(relation.same_source, is_quantile(relation.from) && is_quantile(relation.to));
    }
}
