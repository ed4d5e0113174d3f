//! Which program an answer looks like that is not the API's.

use crate::answer;
use crate::request::Response;

/// Words that stand in a program's own pages, and what it is called.
const PROGRAMS: [(&str, &str); 16] = [
    ("<title>grafana", "Grafana"),
    ("grafana-app", "Grafana"),
    ("<title>alertmanager", "Alertmanager"),
    ("<title>pushgateway", "the Pushgateway"),
    ("prometheus time series collection", "Prometheus' own page"),
    ("<title>thanos", "Thanos' own page"),
    ("<title>vmui", "VictoriaMetrics' own page"),
    ("victoriametrics", "VictoriaMetrics' own page"),
    ("exporter</title>", "an exporter, which a server scrapes"),
    ("<title>cadvisor", "cAdvisor, which a server scrapes"),
    ("oauth2", "a login page"),
    ("<title>log in", "a login page"),
    ("<title>login", "a login page"),
    ("<title>sign in", "a login page"),
    ("type=\"password\"", "a login page"),
    ("welcome to nginx", "nginx without anything behind it"),
];

/// The program that answers, as far as its answer tells.
pub(super) fn of(response: &Response<'_>) -> Option<&'static str> {
    if response.body.starts_with(b"# HELP") || response.body.starts_with(b"# TYPE") {
        return Some("an exporter, which a server scrapes");
    }
    let text = String::from_utf8_lossy(response.body.get(..16_384).unwrap_or(response.body)).to_ascii_lowercase();
    PROGRAMS.iter().find(|(words, _)| text.contains(words)).map(|(_, name)| *name)
}

/// What the answer calls itself: the title of a page, or the first words of anything else.
pub(super) fn title(response: &Response<'_>) -> String {
    answer::page_title(response.body)
}
