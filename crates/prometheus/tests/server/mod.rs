//! A server in a table: it holds series and answers the requests of a plan as the API's documentation says.

use prometheus::{Method, Request, Response};
use std::collections::BTreeMap;

/// A series: metric name, value of the label `job`, and samples by time in milliseconds.
pub(crate) type Held = (&'static str, &'static str, Vec<(i64, f64)>);

/// What the server holds, and how it behaves.
pub(crate) struct Server {
    pub(crate) series: Vec<Held>,
    /// The most points of a range query.
    pub(crate) max_points: i64,
    /// Whether a range selector includes its beginning (Prometheus before 3).
    pub(crate) closed: bool,
    /// The path in front of the API.
    pub(crate) prefix: &'static str,
    /// All requests so far.
    pub(crate) asked: Vec<Request>,
}

/// An owned answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn response(&self) -> Response<'_> {
        Response { status: self.status, content_type: None, retry_after: None, body: self.body.as_bytes() }
    }
}

impl Server {
    pub(crate) fn new(series: Vec<Held>) -> Self {
        Self { series, max_points: 11_000, closed: true, prefix: "", asked: Vec::new() }
    }

    /// Answers a request.
    pub(crate) fn answer(&mut self, request: &Request) -> Answer {
        self.asked.push(request.clone());
        let (url, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
        let form = match request.method {
            Method::Get => query.to_owned(),
            Method::Post => request.body.clone().unwrap(),
        };
        let parameters: BTreeMap<String, String> = form
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        let get = |name: &str| parameters.get(name).cloned().unwrap_or_default();
        let ms = |name: &str| (get(name).parse::<f64>().unwrap() * 1000.0).round() as i64;
        let Some(call) = url
            .strip_prefix("http://server")
            .and_then(|path| path.strip_prefix(self.prefix))
            .and_then(|path| path.strip_prefix("/api/v1/"))
        else {
            return Answer { status: 404, body: "404 page not found".to_owned() };
        };
        match call {
            "label/__name__/values" => {
                let names: Vec<String> = self.series.iter().map(|(name, ..)| format!("\"{name}\"")).collect();
                success(&format!("[{}]", names.join(",")))
            }
            "metadata" => Answer { status: 404, body: "no such call here".to_owned() },
            "series" => {
                let found: Vec<String> = self.matching(&get("match[]")).map(|(metric, _)| metric).collect();
                success(&format!("[{}]", found.join(",")))
            }
            "query" => {
                let query = get("query");
                if query.starts_with("count by ") {
                    return Answer { status: 422, body: "this server does not count".to_owned() };
                }
                if query.starts_with("quantile(") {
                    return success(r#"{"resultType":"vector","result":[]}"#);
                }
                let is_count = query.starts_with("count(last_over_time(");
                let query = query.trim_start_matches("count(last_over_time(").trim_end_matches(')');
                let (selector, window) = query.rsplit_once('[').unwrap();
                let window: i64 = window.trim_end_matches("ms]").parse().unwrap();
                let end = ms("time");
                if is_count {
                    let is_in = |(time, _): &(i64, f64)| (end - window..=end).contains(time);
                    let count = self.matching(selector).filter(|(_, samples)| samples.iter().any(is_in)).count();
                    let value = format!(r#"{{"metric":{{}},"value":[{},"{count}"]}}"#, end / 1000);
                    let result = if count == 0 { "" } else { &value };
                    return success(&format!(r#"{{"resultType":"vector","result":[{result}]}}"#));
                }
                let first = if self.closed { end - window } else { end - window + 1 };
                self.matrix(selector, |samples| {
                    samples.iter().filter(|(time, _)| (first..=end).contains(time)).copied().collect()
                })
            }
            "query_range" => {
                let (start, end, step) = (ms("start"), ms("end"), ms("step"));
                if (end - start) / step > self.max_points {
                    let body = r#"{"status":"error","errorType":"bad_data","error":"exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"}"#;
                    return Answer { status: 400, body: body.to_owned() };
                }
                let query = get("query");
                let (selector, lookback) = match query.strip_prefix("last_over_time(") {
                    Some(inner) => {
                        let (selector, window) = inner.trim_end_matches("ms])").rsplit_once('[').unwrap();
                        (selector.to_owned(), window.parse().unwrap())
                    }
                    None => (query, 300_000),
                };
                self.matrix(&selector, |samples| {
                    (0..=(end - start) / step)
                        .map(|index| start + index * step)
                        .filter_map(|time| {
                            let first = if self.closed { time - lookback } else { time - lookback + 1 };
                            let newest = samples.iter().rev().find(|(at, _)| (first..=time).contains(at))?;
                            Some((time, newest.1))
                        })
                        .collect()
                })
            }
            _ => Answer { status: 404, body: "404 page not found".to_owned() },
        }
    }

    fn matrix(&self, selector: &str, pick: impl Fn(&[(i64, f64)]) -> Vec<(i64, f64)>) -> Answer {
        let series: Vec<String> = self
            .matching(selector)
            .map(|(metric, samples)| (metric, pick(samples)))
            .filter(|(_, samples)| !samples.is_empty())
            .map(|(metric, samples)| {
                let values: Vec<String> =
                    samples.iter().map(|(time, value)| format!("[{},\"{value}\"]", *time as f64 / 1000.0)).collect();
                format!("{{\"metric\":{metric},\"values\":[{}]}}", values.join(","))
            })
            .collect();
        success(&format!("{{\"resultType\":\"matrix\",\"result\":[{}]}}", series.join(",")))
    }

    /// Series of a name, or of `{__name__="…"}` and `{__name__=~"a|b"}`.
    fn matching(&self, selector: &str) -> impl Iterator<Item = (String, &[(i64, f64)])> {
        let names =
            selector.trim_start_matches("{__name__=").trim_start_matches('~').trim_end_matches('}').trim_matches('"');
        let names: Vec<String> = names.split('|').map(str::to_owned).collect();
        self.series
            .iter()
            .filter(move |(name, ..)| names.iter().any(|wanted| wanted == name))
            .map(|(name, job, samples)| (format!("{{\"__name__\":\"{name}\",\"job\":\"{job}\"}}"), samples.as_slice()))
    }
}

fn success(data: &str) -> Answer {
    Answer { status: 200, body: format!("{{\"status\":\"success\",\"data\":{data}}}") }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        if *first == b'%' {
            let hex = std::str::from_utf8(&behind[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).unwrap()
}
