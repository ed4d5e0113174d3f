//! A server of the Prometheus API in memory, with a clock that the test turns: scrapes that arrive late, twice, out of
//! order or never, and restarts that lose what was there.

use crate::Random;
use std::fmt::Write;

/// One sample, and when the server has it.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Arrival {
    time_ms: i64,
    value: f64,
    here_ms: i64,
}

/// One series of the server.
#[derive(Clone, Debug, PartialEq)]
struct Scraped {
    metric: String,
    labels: String,
    samples: Vec<Arrival>,
}

/// The server. Times are its own, in milliseconds since 1970-01-01 UTC.
#[derive(Clone, Debug, Default)]
pub struct LiveServer {
    series: Vec<Scraped>,
    /// What time it is.
    pub now_ms: i64,
    /// When it was restarted with an empty head: it has nothing from before.
    pub restarted_ms: Option<i64>,
    /// Whether it refuses to count series.
    pub cannot_count: bool,
    /// How many samples it has served, those twice that were asked for twice.
    pub served: usize,
}

impl LiveServer {
    /// Adds a series of a metric; `labels` as they stand in JSON, without braces (`"job":"a"`).
    pub fn add(&mut self, metric: &str, labels: &str) -> usize {
        self.series.push(Scraped { metric: metric.to_owned(), labels: labels.to_owned(), samples: Vec::new() });
        self.series.len() - 1
    }

    /// A sample of a series that arrives at a time. Nothing happens where there is no such series.
    pub fn put(&mut self, series: usize, time_ms: i64, value: f64, here_ms: i64) {
        if let Some(series) = self.series.get_mut(series) {
            series.samples.push(Arrival { time_ms, value, here_ms });
        }
    }

    /// What the followed server's client calls a series.
    pub fn name(&self, series: usize) -> String {
        let Some(series) = self.series.get(series) else { return String::new() };
        let mut pairs: Vec<String> = series
            .labels
            .split(',')
            .filter_map(|pair| pair.split_once(':'))
            .map(|(name, value)| format!("{}={value}", name.trim_matches('"')))
            .collect();
        pairs.sort();
        format!("{}{{{}}}", series.metric, pairs.join(","))
    }

    /// Drops samples that nobody will ask for any more.
    pub fn forget(&mut self, before_ms: i64) {
        for series in &mut self.series {
            series.samples.retain(|sample| sample.time_ms >= before_ms);
        }
    }

    /// The same server, had it never been restarted; what arrived late for the time before that is lost all the same.
    pub fn unbroken(&self) -> Self {
        let mut unbroken = Self { restarted_ms: None, ..self.clone() };
        if let Some(restarted_ms) = self.restarted_ms {
            for series in &mut unbroken.series {
                series.samples.retain(|sample| sample.time_ms >= restarted_ms || sample.here_ms <= restarted_ms);
            }
        }
        unbroken
    }

    /// What the server has of a series from one time to another: ascending, of two at one time the one that arrived last.
    pub fn samples(&self, series: usize, from_ms: i64, to_ms: i64) -> Vec<(i64, f64)> {
        self.series.get(series).map(|series| self.visible(series, from_ms, to_ms)).unwrap_or_default()
    }

    fn visible(&self, series: &Scraped, from_ms: i64, to_ms: i64) -> Vec<(i64, f64)> {
        let is_here = |sample: &&Arrival| {
            (from_ms..=to_ms).contains(&sample.time_ms)
                && sample.here_ms <= self.now_ms
                && self.restarted_ms.is_none_or(|restarted_ms| sample.time_ms >= restarted_ms)
        };
        // As they were scraped, so that those from before need not be looked at one by one.
        let from = series.samples.partition_point(|sample| sample.time_ms < from_ms);
        let mut found: Vec<Arrival> = series.samples.iter().skip(from).filter(is_here).copied().collect();
        found.sort_by_key(|sample| (sample.time_ms, sample.here_ms));
        let mut out: Vec<(i64, f64)> = Vec::new();
        for sample in found {
            match out.last_mut() {
                Some(last) if last.0 == sample.time_ms => last.1 = sample.value,
                _ => out.push((sample.time_ms, sample.value)),
            }
        }
        out
    }

    /// Answers a request: the address with its query, and the form of a POST. Gives the status and the body.
    pub fn answer(&mut self, url: &str, form: Option<&str>) -> (u16, String) {
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let text = form.unwrap_or(query);
        let of = |name: &str| {
            text.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name)).map(|(_, v)| plain(v))
        };
        let ms = |name: &str| of(name).and_then(|text| text.parse::<f64>().ok()).map(|s| (s * 1000.0).round() as i64);
        let query = of("query").unwrap_or_default();
        let data = if path.ends_with("/values") {
            let mut names: Vec<String> = self.series.iter().map(|series| format!("{:?}", series.metric)).collect();
            names.sort();
            names.dedup();
            format!("[{}]", names.join(","))
        } else if path.ends_with("/metadata") {
            "{}".to_owned()
        } else if path.ends_with("/series") {
            let wanted = of("match[]").or_else(|| of("match%5B%5D")).unwrap_or_default();
            let found: Vec<String> = self.matching(&wanted).map(Scraped::metric_json).collect();
            format!("[{}]", found.join(","))
        } else if query == "time()" {
            let seconds = self.now_ms as f64 / 1000.0;
            format!("{{\"resultType\":\"scalar\",\"result\":[{seconds},\"{seconds}\"]}}")
        } else if let Some(selector) = query.strip_prefix("count by (__name__) (") {
            if self.cannot_count {
                return (422, "this server does not count".to_owned());
            }
            self.counts(selector, ms("end").unwrap_or(0))
        } else if path.ends_with("/query_range") {
            self.range(&query, ms("start").unwrap_or(0), ms("end").unwrap_or(0), ms("step").unwrap_or(1))
        } else if let Some((selector, window)) = query.strip_suffix("ms]").and_then(|text| text.rsplit_once('[')) {
            let end_ms = ms("time").unwrap_or(self.now_ms);
            self.raw(selector, end_ms - window.parse::<i64>().unwrap_or(0), end_ms)
        } else {
            let words = "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"not understood\"}";
            return (400, words.to_owned());
        };
        (200, format!("{{\"status\":\"success\",\"data\":{data}}}"))
    }

    /// How many series each metric has that a selector names.
    fn counts(&self, selector: &str, time_ms: i64) -> String {
        let mut names: Vec<&str> = self.matching(selector).map(|series| series.metric.as_str()).collect();
        names.sort_unstable();
        let counted: Vec<String> = names
            .chunk_by(|one, other| one == other)
            .map(|alike| {
                let metric = alike.first().map_or("", |name| name);
                let (time_s, count) = (time_ms as f64 / 1000.0, alike.len());
                format!("{{\"metric\":{{\"__name__\":\"{metric}\"}},\"values\":[[{time_s},\"{count}\"]]}}")
            })
            .collect();
        format!("{{\"resultType\":\"matrix\",\"result\":[{}]}}", counted.join(","))
    }

    /// All series that a selector (`{__name__="a"}`, `{__name__=~"a|b"}`) names, in whatever follows it.
    fn matching<'a>(&'a self, selector: &str) -> impl Iterator<Item = &'a Scraped> + use<'a> {
        let names: Vec<String> =
            selector.split('"').nth(1).unwrap_or_default().split('|').map(|name| name.replace('\\', "")).collect();
        self.series.iter().filter(move |series| names.contains(&series.metric))
    }

    fn raw(&mut self, selector: &str, from_ms: i64, to_ms: i64) -> String {
        let found = self.matching(selector).map(|series| (series.metric_json(), self.visible(series, from_ms, to_ms)));
        let (text, served) = matrix(found);
        self.served += served;
        text
    }

    /// The last sample of each step, as `last_over_time(selector[step])` has it.
    fn range(&mut self, query: &str, start_ms: i64, end_ms: i64, step_ms: i64) -> String {
        let found = self.matching(query).map(|series| {
            let samples = self.visible(series, start_ms - step_ms + 1, end_ms);
            let steps = (0..=(end_ms - start_ms) / step_ms).map(|step| start_ms + step * step_ms);
            let last = |at_ms: i64| {
                let until = samples.partition_point(|sample| sample.0 <= at_ms);
                samples.get(until.checked_sub(1)?).filter(|sample| sample.0 > at_ms - step_ms).map(|it| (at_ms, it.1))
            };
            (series.metric_json(), steps.filter_map(last).collect())
        });
        let (text, served) = matrix(found);
        self.served += served;
        text
    }
}

impl Scraped {
    fn metric_json(&self) -> String {
        let comma = if self.labels.is_empty() { "" } else { "," };
        format!("{{\"__name__\":{:?}{comma}{}}}", self.metric, self.labels)
    }
}

fn matrix(found: impl Iterator<Item = (String, Vec<(i64, f64)>)>) -> (String, usize) {
    let mut text = "{\"resultType\":\"matrix\",\"result\":[".to_owned();
    let (mut count, mut is_first) = (0, true);
    for (metric, samples) in found.filter(|(_, samples)| !samples.is_empty()) {
        count += samples.len();
        let values: Vec<String> = samples.iter().map(|(time, value)| sample(*time, *value)).collect();
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "{}{{\"metric\":{metric},\"values\":[{}]}}",
            if is_first { "" } else { "," },
            values.join(",")
        );
        is_first = false;
    }
    text.push_str("]}");
    (text, count)
}

fn sample(time_ms: i64, value: f64) -> String {
    format!("[{}.{:03},\"{value}\"]", time_ms / 1000, time_ms % 1000)
}

/// A value of a form without its escapes.
fn plain(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let code = (byte == b'%').then(|| after.get(..2)).flatten();
        match code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                rest = after.get(2..).unwrap_or_default();
            }
            None => bytes.push(if byte == b'+' { b' ' } else { byte }),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A fleet that is scraped every `interval_ms`, each series at a phase of its own target, with everything that happens to
/// scrapes: some arrive late, some twice and corrected, some never; a series vanishes and returns, new ones come.
#[derive(Clone, Debug)]
pub struct LiveFleet {
    /// The server.
    pub server: LiveServer,
    interval_ms: i64,
    random: Random,
    levels: Vec<f64>,
    scraped_to_ms: i64,
}

/// The series of one target.
const METRICS: [&str; 10] = [
    "http_requests_total",
    "request_duration_mean",
    "cpu_usage",
    "memory_usage",
    "queue_length",
    "disk_usage",
    "connections_open",
    "threads_running",
    "cache_hits_total",
    "load1",
];

impl LiveFleet {
    /// A fleet of so many series with nothing scraped before `start_ms`.
    pub fn new(series: usize, interval_ms: i64, start_ms: i64, seed: u64) -> Self {
        let mut server = LiveServer { now_ms: start_ms, ..LiveServer::default() };
        for number in 0..series {
            let metric = METRICS.get(number % METRICS.len()).copied().unwrap_or("up");
            server.add(metric, &format!("\"job\":\"shop\",\"instance\":\"host-{}\"", number / METRICS.len()));
        }
        let levels = vec![100.0; series];
        Self { server, interval_ms, random: Random::new(seed), levels, scraped_to_ms: start_ms }
    }

    /// Scrapes everything that is due up to a time. Without `is_rough` every scrape arrives at once.
    pub fn scrape_to(&mut self, time_ms: i64, is_rough: bool) {
        while self.scraped_to_ms < time_ms {
            self.scraped_to_ms += self.interval_ms;
            for series in 0..self.levels.len() {
                self.scrape(series, is_rough);
            }
        }
    }

    fn scrape(&mut self, series: usize, is_rough: bool) {
        let (target, round_ms) = ((series / METRICS.len()) as i64, self.scraped_to_ms);
        let at_ms = round_ms - self.interval_ms + (target * 7_919) % self.interval_ms;
        let Some(level) = self.levels.get_mut(series) else { return };
        let noise = self.random.uniform();
        let is_counter = METRICS.get(series % METRICS.len()).is_some_and(|metric| metric.ends_with("_total"));
        *level = if is_counter { *level + (noise * 20.0).round() } else { 0.9 * *level + 10.0 * noise };
        let value = *level;
        let luck = if is_rough { self.random.uniform() } else { 0.5 };
        let delay_ms = (self.random.uniform() * 240_000.0) as i64;
        match luck {
            // Lost for ever.
            ..0.005 => {}
            // Late, so that newer ones were here before.
            0.005..0.02 => self.server.put(series, at_ms, value, at_ms + delay_ms),
            // Twice, and the second time corrected.
            0.02..0.025 => {
                self.server.put(series, at_ms, value, at_ms);
                self.server.put(series, at_ms, value + 1.0, at_ms + delay_ms);
            }
            // Twice the same.
            0.025..0.03 => {
                self.server.put(series, at_ms, value, at_ms);
                self.server.put(series, at_ms, value, at_ms + delay_ms);
            }
            _ => self.server.put(series, at_ms, value, at_ms),
        }
    }
}
