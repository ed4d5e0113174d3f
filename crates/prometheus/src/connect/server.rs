//! What speaks the API.

use super::Times;
use crate::{Endpoint, duration};

/// A program that speaks the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerKind {
    /// Prometheus itself.
    Prometheus,
    /// Thanos' querier or query frontend.
    Thanos,
    /// Grafana Mimir.
    Mimir,
    /// Cortex.
    Cortex,
    /// VictoriaMetrics, one process.
    VictoriaMetrics,
    /// VictoriaMetrics in a cluster: the tenant is in the path.
    VictoriaMetricsCluster,
    /// Something else that answers as the API's documentation says.
    Other,
}

impl ServerKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prometheus => "Prometheus",
            Self::Thanos => "Thanos",
            Self::Mimir => "Mimir",
            Self::Cortex => "Cortex",
            Self::VictoriaMetrics => "VictoriaMetrics",
            Self::VictoriaMetricsCluster => "VictoriaMetrics cluster",
            Self::Other => "A server with the Prometheus API",
        }
    }
}

/// A server that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Where its API is.
    pub endpoint: Endpoint,
    /// What it is.
    pub kind: ServerKind,
    /// Its version, where it tells its own.
    pub version: Option<String>,
    /// Whether Grafana stands in between.
    pub is_behind_grafana: bool,
    /// Whether alerts fired within the last day; none where it does not say.
    pub has_alerts: Option<bool>,
    /// How far its clock is ahead of the caller's, in milliseconds, and how far that may be off; none where it does not
    /// say.
    pub clock_ahead_ms: Option<(i64, i64)>,
    /// Whether a number comes as a list of one.
    pub(super) answers_in_vectors: bool,
}

/// The text of that name in a JSON object of texts without signs that would have to be escaped, as versions are. A parser
/// for one more shape would be many times this.
fn text_of<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = json;
    loop {
        let (_, behind) = rest.split_once(name)?;
        rest = behind;
        let value = behind.strip_prefix('"').and_then(|behind| behind.trim_start().strip_prefix(':'));
        if let Some(text) = value.and_then(|value| value.trim_start().strip_prefix('"')) {
            return text.split('"').next();
        }
    }
}

impl Server {
    pub(super) fn at(endpoint: Endpoint) -> Self {
        Self {
            is_behind_grafana: endpoint.address().contains("/api/datasources/"),
            endpoint,
            kind: ServerKind::Other,
            version: None,
            has_alerts: None,
            clock_ahead_ms: None,
            answers_in_vectors: false,
        }
    }

    /// Learns from the answer to `status/buildinfo`, which old servers and many gateways do not have.
    ///
    /// Thanos and Cortex answer as Prometheus does, with versions that Prometheus had long before it had this call.
    /// VictoriaMetrics pretends to be a Prometheus, by its version and nothing else.
    pub(super) fn learn(&mut self, build: &str) {
        let text = |name: &str| text_of(build, name).filter(|text| !text.is_empty());
        let is_built = text("revision").or(text("goVersion")).is_some();
        let application = text("application").unwrap_or_default().to_ascii_lowercase();
        let major = text("version").and_then(|version| version.trim_start_matches('v').split('.').next()?.parse().ok());
        self.kind = match major {
            _ if application.contains("mimir") || application.contains("enterprise metrics") => ServerKind::Mimir,
            _ if application.contains("cortex") => ServerKind::Cortex,
            _ if application.contains("victoria") => self.victoria(),
            _ if self.answers_in_vectors && !is_built => self.victoria(),
            Some(0_u32) if is_built => ServerKind::Thanos,
            Some(1) if is_built => ServerKind::Cortex,
            Some(2..) if is_built => ServerKind::Prometheus,
            _ => ServerKind::Other,
        };
        let tells_its_own = is_built || !application.is_empty();
        self.version = text("version").filter(|_| tells_its_own).map(str::to_owned);
    }

    fn victoria(&self) -> ServerKind {
        let is_cluster = self.endpoint.address().contains("/select/");
        if is_cluster { ServerKind::VictoriaMetricsCluster } else { ServerKind::VictoriaMetrics }
    }

    /// Compares clocks: the server read its own somewhere between sending and receiving.
    pub(super) fn set_clock(&mut self, told_s: Option<f64>, times: Times) {
        let Some(told_ms) = told_s.map(|seconds| seconds * 1000.0).filter(|told| told.abs() < 1e15) else { return };
        let (sent, received) = (times.sent_ms as f64, times.received_ms as f64);
        if sent <= 0.0 || received < sent {
            return;
        }
        let ahead = (told_ms - (sent + received) / 2.0).round() as i64;
        self.clock_ahead_ms = Some((ahead, ((received - sent) / 2.0).round() as i64));
    }

    /// What it is, in a few words.
    pub fn words(&self) -> String {
        let version = self.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
        let through = if self.is_behind_grafana { ", through Grafana" } else { "" };
        format!("{}{version}{through}", self.kind.name())
    }

    /// A sentence on its clock, where that is off by more than two seconds and more than the measurement.
    pub fn clock_words(&self) -> Option<String> {
        let (ahead_ms, off_ms) = self.clock_ahead_ms?;
        let distance_ms = ahead_ms.saturating_abs();
        if distance_ms <= 2_000 + off_ms {
            return None;
        }
        let side = if ahead_ms > 0 { "ahead of" } else { "behind" };
        let distance = duration::said(distance_ms);
        Some(format!(
            "Its clock is {distance} {side} this machine's: set one of them, or the newest samples are missed."
        ))
    }
}
