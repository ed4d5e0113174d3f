//! The statistics of single series against numpy, scipy, mpmath, statsmodels, pymannkendall and ruptures; the values come
//! from `reference/single_series/make.py`.

#![allow(clippy::unwrap_used)]

use analysis::anomaly::silence::{SilenceOptions, frozen, vanished};
use analysis::anomaly::spike::{SpikeOptions, scan_spikes};
use analysis::autocorrelation::{Autoregression, autocorrelation};
use analysis::change::segmentation::{Cost, pelt};
use analysis::change::trend::{TrendOptions, trend};
use analysis::change::variance::{VarianceOptions, variance_escalation};
use analysis::expectation::season::{SeasonOptions, decompose};
use analysis::{distribution, multiplicity, robust};
use serde::Deserialize;
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).unwrap()
}

fn with_gaps(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

#[track_caller]
fn close(ours: f64, theirs: f64, relative: f64) {
    let scale = theirs.abs().max(1e-3);
    assert!((ours - theirs).abs() <= relative * scale, "{ours} is not {theirs}");
}

#[track_caller]
fn all_close(ours: &[f64], theirs: &[f64], relative: f64) {
    assert_eq!(ours.len(), theirs.len());
    for (a, b) in ours.iter().zip(theirs) {
        close(*a, *b, relative);
    }
}

#[test]
fn robust_centre_and_spread_agree_with_numpy_and_scipy() {
    #[derive(Deserialize)]
    struct Case {
        values: Vec<Option<f64>>,
        median: f64,
        mad: f64,
        iqr_sigma: f64,
        quantiles: Vec<(f64, f64)>,
    }
    let cases: Vec<Case> = read(include_str!("../reference/single_series/robust.json"));
    for case in cases {
        let values = with_gaps(&case.values);
        close(robust::median(&values).unwrap(), case.median, 1e-12);
        close(robust::mad(&values).unwrap(), case.mad, 1e-12);
        let range = robust::quantile(&values, 0.75).unwrap() - robust::quantile(&values, 0.25).unwrap();
        close(range / robust::IQR_PER_SIGMA, case.iqr_sigma, 1e-12);
        for (probability, quantile) in case.quantiles {
            close(robust::quantile(&values, probability).unwrap(), quantile, 1e-12);
        }
    }
}

#[test]
fn tails_agree_with_arbitrary_precision() {
    #[derive(Deserialize)]
    struct Quantiles {
        normal: Vec<(f64, f64)>,
        student_t: Vec<(f64, f64, f64)>,
        chi_squared: Vec<(f64, f64, f64)>,
        f: Vec<(f64, f64, f64, f64)>,
    }
    #[derive(Deserialize)]
    struct Tails {
        normal: Vec<(f64, f64)>,
        student_t: Vec<(f64, f64, f64)>,
        f: Vec<(f64, f64, f64, f64)>,
        chi_squared: Vec<(f64, f64, f64)>,
        quantiles: Quantiles,
    }
    let reference: Tails = read(include_str!("../reference/single_series/distribution.json"));
    // ln p to 1e-9 relative is p itself to better than 1e-6 at 1e-300.
    for (z, ln_p) in reference.normal {
        close(distribution::normal_ln_survival(z), ln_p, 1e-9);
    }
    for (t, dof, ln_p) in reference.student_t {
        close(distribution::student_t_ln_survival(t, dof), ln_p, 1e-9);
    }
    for (f, dof1, dof2, ln_p) in reference.f {
        close(distribution::f_ln_survival(f, dof1, dof2), ln_p, 1e-9);
    }
    for (x, dof, ln_p) in reference.chi_squared {
        close(distribution::chi_squared_ln_survival(x, dof), ln_p, 1e-9);
    }
    for (p, z) in reference.quantiles.normal {
        close(distribution::normal_upper_quantile(p), z, 1e-9);
        close(distribution::normal_quantile(p), -z, 1e-9);
    }
    for (p, dof, t) in reference.quantiles.student_t {
        close(distribution::student_t_upper_quantile(p, dof), t, 1e-9);
    }
    for (p, dof, x) in reference.quantiles.chi_squared {
        close(distribution::chi_squared_upper_quantile(p, dof), x, 1e-9);
    }
    for (p, dof1, dof2, f) in reference.quantiles.f {
        close(distribution::f_upper_quantile(p, dof1, dof2), f, 1e-9);
    }
}

#[derive(Deserialize)]
struct Memory {
    values: Vec<f64>,
    acf: Vec<f64>,
    gapped: Vec<Option<f64>>,
    second_order: Vec<f64>,
    coefficients: Vec<f64>,
    innovation_variance: f64,
}

#[test]
fn autocorrelation_and_burg_agree_with_statsmodels() {
    let reference: Memory = read(include_str!("../reference/single_series/autocorrelation.json"));
    all_close(&autocorrelation(&reference.values, 10), &reference.acf, 1e-10);
    let model = Autoregression::fit(&reference.second_order, 8).unwrap();
    all_close(&model.coefficients, &reference.coefficients, 1e-10);
    close(model.innovation_variance, reference.innovation_variance, 1e-10);
}

#[test]
fn gaps_leave_out_pairs_and_residuals_only() {
    let reference: Memory = read(include_str!("../reference/single_series/autocorrelation.json"));
    let gapped = with_gaps(&reference.gapped);
    let mean = robust::mean(&gapped).unwrap();
    let centred: Vec<f64> = gapped.iter().map(|value| value - mean).collect();
    let pairs: Vec<f64> = centred.iter().zip(&centred[1..]).map(|(a, b)| a * b).filter(|p| !p.is_nan()).collect();
    let squares: Vec<f64> = centred.iter().map(|v| v * v).filter(|p| !p.is_nan()).collect();
    let expected = robust::mean(&pairs).unwrap() / robust::mean(&squares).unwrap() * 59.0 / 60.0;
    close(autocorrelation(&gapped, 1)[1], expected, 1e-12);
    let model = Autoregression::fit(&gapped, 1).unwrap();
    let residuals = model.residuals(&gapped);
    let missing: Vec<usize> = (0..60).filter(|&slot| residuals[slot].is_nan()).collect();
    assert_eq!(missing, [0, 10, 11, 12, 30, 31]);
}

#[test]
fn adjusted_p_values_agree_with_statsmodels() {
    #[derive(Deserialize)]
    struct Adjusted {
        p: Vec<f64>,
        benjamini_hochberg: Vec<f64>,
        holm: Vec<f64>,
    }
    let reference: Adjusted = read(include_str!("../reference/single_series/multiplicity.json"));
    all_close(&multiplicity::benjamini_hochberg(&reference.p), &reference.benjamini_hochberg, 1e-12);
    all_close(&multiplicity::holm(&reference.p), &reference.holm, 1e-12);
}

#[test]
fn the_rolling_median_agrees_with_numpy() {
    #[derive(Deserialize)]
    struct Rolling {
        values: Vec<Option<f64>>,
        window: usize,
        centre: Vec<f64>,
    }
    let reference: Rolling = read(include_str!("../reference/single_series/rolling_median.json"));
    let options = SpikeOptions { window: reference.window, ..SpikeOptions::default() };
    let scan = scan_spikes(&with_gaps(&reference.values), &options);
    all_close(&scan.centre, &reference.centre, 1e-12);
}

#[test]
fn variance_escalation_agrees_with_scipy() {
    #[derive(Deserialize)]
    struct Case {
        values: Vec<f64>,
        p_last_against_first: f64,
        p_trend: f64,
        variances: Vec<f64>,
    }
    let reference: Case = read(include_str!("../reference/single_series/variance.json"));
    let result = variance_escalation(&reference.values, &VarianceOptions::default()).unwrap();
    let variances: Vec<f64> = result.windows.iter().map(|window| window.variance).collect();
    all_close(&variances, &reference.variances, 1e-10);
    assert!((result.p_last_against_first / reference.p_last_against_first - 1.0).abs() < 1e-6);
    assert!((result.p_trend / reference.p_trend - 1.0).abs() < 1e-6);
}

#[test]
fn slope_and_tau_agree_with_pymannkendall_and_scipy() {
    #[derive(Deserialize)]
    struct Case {
        values: Vec<f64>,
        slope: f64,
        kendall_tau: f64,
    }
    let cases: Vec<Case> = read(include_str!("../reference/single_series/trend.json"));
    for case in cases {
        let result = trend(&case.values, &TrendOptions::default()).unwrap();
        assert!((result.slope - case.slope).abs() < 1e-12, "{} {}", result.slope, case.slope);
        close(result.kendall_tau, case.kendall_tau, 1e-10);
    }
}

#[test]
fn pelt_finds_the_exact_optimum() {
    #[derive(Deserialize)]
    struct Case {
        cost: String,
        penalty: f64,
        shortest: usize,
        changes: Vec<usize>,
    }
    #[derive(Deserialize)]
    struct Segmentations {
        mean: Vec<f64>,
        mean_variance: Vec<f64>,
        cases: Vec<Case>,
    }
    let reference: Segmentations = read(include_str!("../reference/single_series/segmentation.json"));
    for case in reference.cases {
        let (values, cost) = match case.cost.as_str() {
            "mean" => (&reference.mean, Cost::Mean),
            _ => (&reference.mean_variance, Cost::MeanVariance),
        };
        assert_eq!(pelt(values, cost, case.penalty, case.shortest), case.changes, "{cost:?} {}", case.penalty);
    }
}

#[test]
fn stl_agrees_with_statsmodels() {
    #[derive(Deserialize)]
    struct Case {
        values: Vec<f64>,
        period: usize,
        trend: Vec<f64>,
        seasonal: Vec<f64>,
        remainder: Vec<f64>,
    }
    let reference: Case = read(include_str!("../reference/single_series/season.json"));
    let options = SeasonOptions { few_cycles: 0, ..SeasonOptions::default() };
    let parts = decompose(&reference.values, reference.period, &options).unwrap();
    for (ours, theirs) in
        [(parts.trend, reference.trend), (parts.seasonal, reference.seasonal), (parts.remainder, reference.remainder)]
    {
        assert!(ours.iter().zip(theirs).all(|(a, b)| (a - b).abs() < 1e-6));
    }
}

#[test]
fn silences_agree_with_python() {
    #[derive(Deserialize)]
    struct Cases {
        vanished: Vec<End>,
        frozen: Vec<Still>,
    }
    #[derive(Deserialize)]
    struct End {
        values: Vec<Option<f64>>,
        last: usize,
        missing: usize,
        gap: usize,
        p: Option<f64>,
    }
    #[derive(Deserialize)]
    struct Still {
        values: Vec<Option<f64>>,
        found: Option<Stretch>,
    }
    #[derive(Deserialize)]
    struct Stretch {
        start: usize,
        end: usize,
        length: usize,
        elsewhere: usize,
        p: f64,
    }
    let cases: Cases = read(include_str!("../reference/single_series/silence.json"));
    let options = SilenceOptions::default();
    assert_eq!(cases.vanished.iter().filter(|case| case.p.is_some()).count(), 3);
    for case in &cases.vanished {
        let found = vanished(&with_gaps(&case.values), case.values.len() - 1, &options);
        assert_eq!(found.is_some(), case.p.is_some(), "{found:?}");
        if let (Some(found), Some(p)) = (found, case.p) {
            assert_eq!((found.last, found.missing, found.longest_gap_before), (case.last, case.missing, case.gap));
            assert!((found.p / p - 1.0).abs() < 1e-12, "{} is not {p}", found.p);
        }
    }
    assert_eq!(cases.frozen.iter().filter(|case| case.found.is_some()).count(), 4);
    for case in &cases.frozen {
        let found = frozen(&with_gaps(&case.values), &options);
        assert_eq!(found.is_some(), case.found.is_some(), "{found:?}");
        if let (Some(found), Some(expected)) = (found, &case.found) {
            assert_eq!((found.start, found.end), (expected.start, expected.end));
            assert_eq!((found.length, found.longest_run_elsewhere), (expected.length, expected.elsewhere));
            assert!((found.p / expected.p - 1.0).abs() < 1e-12, "{} is not {}", found.p, expected.p);
        }
    }
}
