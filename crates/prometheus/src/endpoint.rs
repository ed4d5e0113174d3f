//! The address of a server, as people paste it.

use crate::Error;
use crate::form::escape_into;

/// Paths under which the API is found when it is not at the address given: behind a shared gateway (Mimir, Cortex,
/// Thanos and VictoriaMetrics in a cluster; the last one of old Cortex and of hosted Mimir).
const PREFIXES: [&str; 3] = ["/prometheus", "/select/0/prometheus", "/api/prom"];

/// Parts of the address of a server's own page, where people copy it from.
const PAGES: [&str; 12] = [
    "graph",
    "query",
    "targets",
    "alerts",
    "rules",
    "status",
    "config",
    "flags",
    "tsdb-status",
    "service-discovery",
    "vmui",
    "classic",
];

/// A server that speaks the Prometheus HTTP API: scheme, host, and the path in front of `/api/v1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    base: String,
    credentials: Option<(String, String)>,
}

impl Endpoint {
    /// Reads an address. `localhost:9090`, the address of the server's own page (`…/graph?g0.expr=up`), and one that
    /// already ends in `/api/v1/…` all lead to the same place. Without a scheme it is `http`.
    ///
    /// # Errors
    /// [`Error::Address`] if it has no host, or a scheme other than `http` and `https`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::Address { text: text.trim().to_owned(), reason: reason.to_owned() };
        let trimmed = text.trim();
        let (scheme, rest) = match trimmed.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => ("http".to_owned(), trimmed),
        };
        if scheme != "http" && scheme != "https" {
            return Err(wrong("only http and https are spoken"));
        }
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (credentials, host) = match authority.rsplit_once('@') {
            Some((credentials, host)) => (Some(credentials), host),
            None => (None, authority),
        };
        if host.is_empty() || host.starts_with(':') || host.chars().any(|c| c.is_whitespace() || c == '"' || c == '\\')
        {
            return Err(wrong("it has no host name"));
        }
        let port =
            host.rsplit_once(':').filter(|(name, _)| !name.contains('[') || name.ends_with(']')).map(|(_, port)| port);
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return Err(wrong("its port is not a number"));
        }
        let credentials = credentials.map(|text| {
            let (user, password) = text.split_once(':').unwrap_or((text, ""));
            (unescape(user), unescape(password))
        });
        Ok(Self { base: format!("{scheme}://{}{}", host.to_ascii_lowercase(), api_root(path)), credentials })
    }

    /// The address up to `/api/v1`, without credentials and without a slash at its end.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// User name and password that stood in the address. A request's URL never carries them; a native client sends them
    /// as HTTP basic authentication, a page cannot (the server would have to allow it beforehand).
    pub fn credentials(&self) -> Option<(&str, &str)> {
        self.credentials.as_ref().map(|(user, password)| (user.as_str(), password.as_str()))
    }

    /// The address of an API call; `path` segments are escaped.
    pub(crate) fn call(&self, path: &[&str]) -> String {
        let mut url = format!("{}/api/v1", self.base);
        for segment in path {
            url.push('/');
            escape_into(&mut url, segment);
        }
        url
    }

    /// The address of a call to an Alertmanager.
    pub(crate) fn alertmanager_call(&self, what: &str) -> String {
        format!("{}/api/v2/{what}", self.base)
    }

    /// Whether a request goes to this server. What proves who asks is sent nowhere else.
    pub fn is_asked_by(&self, url: &str) -> bool {
        url.strip_prefix(self.base.as_str()).is_some_and(|rest| rest.starts_with("/api/v1/"))
    }

    /// Other places to look for the API when it is not here, most likely first: below the address, then at the host itself
    /// where the address had a path.
    pub fn alternatives(&self) -> Vec<Endpoint> {
        let host_end = self.base.find("://").map_or(0, |at| at + 3);
        let path_at = self.base.get(host_end..).and_then(|rest| rest.find('/')).map(|at| at + host_end);
        let root = path_at.and_then(|at| self.base.get(..at));
        let below = |base: &str| PREFIXES.map(|prefix| format!("{base}{prefix}"));
        let mut places: Vec<String> = Vec::new();
        if !PREFIXES.iter().any(|prefix| self.base.ends_with(prefix)) {
            places.extend(below(&self.base));
        }
        places.extend(root.map(str::to_owned));
        places.extend(root.into_iter().flat_map(below).filter(|place| *place != self.base));
        places.into_iter().map(|base| Self { base, credentials: self.credentials.clone() }).collect()
    }
}

/// The path in front of `/api/v1` or of the server's own page, without a slash at its end.
fn api_root(path: &str) -> String {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let api = segments.windows(2).position(|pair| matches!(pair, ["api", version] if is_version(version)));
    // The first segment that is a page ends the root, except where it names a folder that the API lives in, too.
    let page = segments.iter().position(|segment| PAGES.contains(segment));
    let end = api.or(page).unwrap_or(segments.len());
    segments.iter().take(end).map(|segment| format!("/{segment}")).collect()
}

fn is_version(segment: &str) -> bool {
    segment
        .strip_prefix('v')
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = text.get(at + 1..at + 3).filter(|_| byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_way_to_write_an_address_leads_to_the_api() {
        for (text, base) in [
            ("localhost:9090", "http://localhost:9090"),
            (" http://Prom.Example/ ", "http://prom.example"),
            ("http://h:9090/graph?g0.expr=up&g0.tab=0", "http://h:9090"),
            ("http://h:9090/query?g0.expr=up", "http://h:9090"),
            ("https://h/prometheus/graph", "https://h/prometheus"),
            ("https://h/select/0/prometheus/vmui/#/?g0.expr=up", "https://h/select/0/prometheus"),
            ("http://h:8428/vmui/", "http://h:8428"),
            ("http://h/api/v1/query?query=up", "http://h"),
            ("http://h/x/api/v1/", "http://h/x"),
            ("http://[::1]:9090", "http://[::1]:9090"),
            ("http://h/classic/graph", "http://h"),
        ] {
            assert_eq!(Endpoint::parse(text).unwrap().address(), base, "{text}");
        }
    }

    #[test]
    fn credentials_stay_out_of_the_address() {
        let endpoint = Endpoint::parse("https://me:se%40cret@h/").unwrap();
        assert_eq!(endpoint.address(), "https://h");
        assert_eq!(endpoint.credentials(), Some(("me", "se@cret")));
        assert!(!endpoint.call(&["query"]).contains("cret"));
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_reason() {
        for text in ["", "ftp://h", "http://", "http://:9090", "http://h:port", "just some words"] {
            assert!(matches!(Endpoint::parse(text), Err(Error::Address { .. })), "{text}");
        }
    }

    #[test]
    fn gateways_are_tried_in_turn() {
        let endpoint = Endpoint::parse("http://h").unwrap();
        let tried: Vec<String> = endpoint.alternatives().iter().map(|other| other.address().to_owned()).collect();
        assert_eq!(tried, ["http://h/prometheus", "http://h/select/0/prometheus", "http://h/api/prom"]);
        let below = Endpoint::parse("http://h:1/prometheus").unwrap();
        let tried: Vec<String> = below.alternatives().iter().map(|other| other.address().to_owned()).collect();
        assert_eq!(tried, ["http://h:1", "http://h:1/select/0/prometheus", "http://h:1/api/prom"]);
        assert_eq!(endpoint.call(&["label", "a/b", "values"]), "http://h/api/v1/label/a%2Fb/values");
    }
}
