//! What a monitoring system sees of the network.

use super::scenario::Setting;
use super::topology::SERVICES;
use crate::{Random, START_MS};
use series::{BaseUnit, Dataset, Origin, Series, TimeAxis, Unit};
use std::sync::Arc;

/// The 95th percentile of a log-logistic latency with shape 4 is 19^(1/4) times its median.
const P95_PER_MEDIAN: f64 = 2.087_8;
/// The mean of the same is (pi/4) / sin(pi/4) times its median.
const MEAN_PER_MEDIAN: f64 = 1.110_7;

/// One service in one second.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Second {
    pub(super) arriving: f64,
    /// The share that fails beyond that of a good day.
    pub(super) failing: f64,
    pub(super) latency_s: f64,
    pub(super) cpu: f64,
    pub(super) memory_bytes: f64,
    pub(super) in_flight: f64,
    pub(super) is_reporting: bool,
}

/// The metrics of a service, in the order of their columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Metric {
    Requests,
    Errors,
    LatencyP50,
    LatencyP95,
    Cpu,
    Memory,
    InFlight,
}

impl Metric {
    const ALL: [Metric; 7] = [
        Metric::Requests,
        Metric::Errors,
        Metric::LatencyP50,
        Metric::LatencyP95,
        Metric::Cpu,
        Metric::Memory,
        Metric::InFlight,
    ];

    fn name(self, answers: bool) -> &'static str {
        match self {
            Metric::Requests => "requests_per_second",
            Metric::Errors => "error_ratio",
            Metric::LatencyP50 => "latency_p50_seconds",
            Metric::LatencyP95 => "latency_p95_seconds",
            Metric::Cpu => "cpu_ratio",
            Metric::Memory => "memory_bytes",
            Metric::InFlight if answers => "inflight_requests",
            Metric::InFlight => "queue_depth",
        }
    }

    fn unit(self) -> Unit {
        match self {
            Metric::Requests => Unit { per_second: true, ..Unit::default() },
            Metric::Errors | Metric::Cpu => Unit::of(BaseUnit::Ratio),
            Metric::LatencyP50 | Metric::LatencyP95 => Unit::of(BaseUnit::Seconds),
            Metric::Memory => Unit::of(BaseUnit::Bytes),
            Metric::InFlight => Unit::default(),
        }
    }
}

/// One scrape interval of one service.
#[derive(Clone, Copy, Debug, Default)]
struct Window {
    seconds: f64,
    arriving: f64,
    failing: f64,
    latency_s: f64,
    cpu: f64,
    memory_bytes: f64,
    in_flight: f64,
    is_reporting: bool,
}

/// Collects seconds into scrapes.
pub(super) struct Recorder {
    setting: Setting,
    seconds: usize,
    windows: [Window; SERVICES.len()],
    random: Vec<Random>,
    /// One per service and metric.
    columns: Vec<Vec<Vec<f64>>>,
}

impl Recorder {
    pub(super) fn new(seed: u64, setting: Setting) -> Self {
        let random = SERVICES.iter().map(|service| Random::stream(seed, &format!("{} scrape", service.name))).collect();
        Self {
            setting,
            seconds: 0,
            windows: Default::default(),
            random,
            columns: vec![vec![Vec::new(); Metric::ALL.len()]; SERVICES.len()],
        }
    }

    pub(super) fn record(&mut self, measured: &[Second; SERVICES.len()]) {
        self.seconds += 1;
        let ends = self.seconds.is_multiple_of(self.setting.step_s.max(1) as usize);
        for (service, second) in measured.iter().enumerate() {
            self.windows[service].add(second);
            if ends {
                let window = std::mem::take(&mut self.windows[service]);
                let values = window.scrape(&mut self.random[service], SERVICES[service].error_share);
                for (column, value) in self.columns[service].iter_mut().zip(values) {
                    column.push(four_digits(value));
                }
            }
        }
    }

    pub(super) fn finish(self) -> Dataset {
        let rows = self.columns.first().and_then(|service| service.first()).map_or(0, Vec::len);
        let step_ms = i64::from(self.setting.step_s.max(1)) * 1000;
        let times: Vec<i64> = (1..=rows as i64).map(|row| START_MS + row * step_ms).collect();
        let (axis, ..) = TimeAxis::from_unsorted(&times);
        let axis = Arc::new(axis);
        let mut series = Vec::new();
        for (service, columns) in SERVICES.iter().zip(self.columns) {
            for (metric, values) in Metric::ALL.into_iter().zip(columns) {
                let has_metric = match metric {
                    Metric::Errors | Metric::LatencyP50 => service.answers,
                    Metric::InFlight => service.name != "redis",
                    _ => true,
                };
                if has_metric {
                    let name = metric.name(service.answers);
                    let mut one = Series::new(format!("{}_{name}", service.name), Arc::clone(&axis), values);
                    one.metric = Some(name.to_string());
                    one.unit = metric.unit();
                    series.push(one);
                }
            }
        }
        Dataset {
            origins: vec![Origin { name: "simulation".into(), format: "simulated".into(), assumed_time_zone: None }],
            series,
            row_count: rows,
            ..Dataset::default()
        }
    }
}

impl Window {
    fn add(&mut self, second: &Second) {
        self.seconds += 1.0;
        self.arriving += second.arriving;
        self.failing += second.failing * second.arriving;
        self.latency_s += second.latency_s * second.arriving;
        self.cpu += second.cpu;
        self.memory_bytes = second.memory_bytes;
        self.in_flight += second.in_flight;
        self.is_reporting = second.is_reporting;
    }

    /// The values of [`Metric::ALL`], with the sampling noise that so many requests give.
    fn scrape(&self, random: &mut Random, usual_error_share: f64) -> [f64; 7] {
        let requests = self.arriving.max(1.0);
        let failing = self.failing / requests;
        let error_share = usual_error_share + failing * (1.0 - usual_error_share);
        let errors = random.poisson(requests * error_share).min(requests.round());
        let median_s = self.latency_s / requests / MEAN_PER_MEDIAN;
        // The standard error of a sample quantile, sqrt(p (1 - p) / n) / density, for this distribution; both quantiles
        // come from the same requests and share part of it.
        let (shared, own) = (random.normal(), random.normal());
        let per_root = 1.0 / requests.sqrt();
        let p50_s = median_s * (1.0 + 0.5 * per_root * shared).max(0.05);
        let p95_s = median_s * P95_PER_MEDIAN * (1.0 + 1.15 * per_root * (0.23 * shared + 0.97 * own)).max(0.05);
        let in_flight = random.poisson(self.in_flight) / self.seconds;
        let cpu = self.cpu / self.seconds + 0.004 * random.normal();
        // A full processor is never quite full: what would be above is as much below.
        let cpu = (1.0 - (1.0 - cpu).abs()).max(0.0);
        let page = 4096.0;
        let memory_bytes = (self.memory_bytes / page).round() * page;
        if !self.is_reporting {
            return [f64::NAN; 7];
        }
        if self.arriving < 1.0 {
            // Without requests there is no quantile and no share, as in any monitoring system.
            return [self.arriving / self.seconds, f64::NAN, f64::NAN, f64::NAN, cpu, memory_bytes, in_flight];
        }
        [self.arriving / self.seconds, errors / requests.round(), p50_s, p95_s, cpu, memory_bytes, in_flight]
    }
}

/// Rounded to four significant digits, as exports are. Multiplying and dividing by exact powers of ten gives the number
/// nearest to the decimal, so that it is written in as few digits.
fn four_digits(value: f64) -> f64 {
    let size = value.abs();
    if size < 1e-15 || !size.is_finite() {
        return value;
    }
    let (mut factor, mut divisor) = (1.0, 1.0);
    while size * factor < 1000.0 {
        factor *= 10.0;
    }
    while size / divisor >= 10_000.0 {
        divisor *= 10.0;
    }
    if divisor > 1.0 { (value / divisor).round() * divisor } else { (value * factor).round() / factor }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_to_the_number_that_the_decimal_reads_as() {
        for (value, rounded) in [
            (0.000_123_449, 0.000_123_4),
            (0.029_999_6, 0.03),
            (1_234.5, 1_235.0),
            (803_209_216.0, 803_200_000.0),
            (0.0, 0.0),
            (-99.996, -100.0),
        ] {
            assert_eq!(four_digits(value), rounded);
        }
        assert!(four_digits(f64::NAN).is_nan());
    }
}
