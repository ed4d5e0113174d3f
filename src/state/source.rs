//! Where data comes from, as a person names it.

/// A bundled incident, as `samples/index.json` lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// The name used in addresses and test ids.
    pub name: String,
    /// The file, relative to `samples/`.
    pub file: String,
    /// The title shown to people.
    pub title: String,
    /// What happens in it, in a sentence.
    pub what: String,
}

/// A source that a link may name: enough to load it again, and never data nor a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceLink {
    /// Prometheus servers' addresses, without credentials; at least one.
    Prometheus(Vec<String>),
    /// A bundled incident, by name.
    Sample(String),
}

/// What a person put into the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pasted {
    /// Nothing but blanks.
    Nothing,
    /// An address: scheme, host, port and path; without credentials, query and fragment.
    Address(String),
    /// Anything else is data.
    Data,
}

impl Pasted {
    /// Tells an address from data. One line that begins with `http://` or `https://` is an address, and so is one word
    /// of the form `host:port` or `host:port/path`; anything else is data.
    pub fn classify(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Nothing;
        }
        let is_word = !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
        if !is_word {
            return Self::Data;
        }
        let scheme = ["http://", "https://"].into_iter().find(|scheme| starts_with_ignoring_case(text, scheme));
        match scheme {
            Some(scheme) => clean(scheme, text.get(scheme.len()..).unwrap_or("")).map_or(Self::Data, Self::Address),
            None if is_host_and_port(text) => clean("http://", text).map_or(Self::Data, Self::Address),
            None => Self::Data,
        }
    }
}

/// The origin (scheme, host and port) of an address that [`Pasted::classify`] has accepted.
pub fn origin(address: &str) -> Option<String> {
    let scheme = ["http://", "https://"].into_iter().find(|scheme| starts_with_ignoring_case(address, scheme))?;
    let authority = address.get(scheme.len()..)?.split(['/', '?', '#']).next()?;
    is_authority(authority).then(|| format!("{scheme}{}", authority.to_ascii_lowercase()))
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

/// Scheme, host, port and path alone: credentials must not reach the address bar, and a query or fragment is somebody's
/// view of the server's own pages.
fn clean(scheme: &str, rest: &str) -> Option<String> {
    let rest = rest.split(['?', '#']).next()?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next()?;
    if !is_authority(host) {
        return None;
    }
    let path = path.trim_end_matches('/');
    // The address of the server's own page, as people copy it.
    let path = ["/graph", "/query", "/api/v1"].into_iter().find_map(|page| path.strip_suffix(page)).unwrap_or(path);
    Some(format!("{scheme}{}{path}", host.to_ascii_lowercase()))
}

/// A host with or without port, in characters that mean nothing in a content security policy.
fn is_authority(text: &str) -> bool {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-._:[]".contains(letter);
    !text.is_empty() && text.chars().all(allowed) && text.chars().any(|letter| letter.is_ascii_alphanumeric())
}

fn is_host_and_port(text: &str) -> bool {
    let authority = text.split('/').next().unwrap_or("");
    let Some((host, port)) = authority.rsplit_once(':') else { return false };
    is_authority(host)
        && !host.contains(':')
        && (1..=5).contains(&port.len())
        && port.chars().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Pasted {
        Pasted::Address(text.into())
    }

    #[test]
    fn addresses_are_told_from_data() {
        assert_eq!(Pasted::classify(" \n"), Pasted::Nothing);
        assert_eq!(Pasted::classify("http://prom:9090/"), address("http://prom:9090"));
        assert_eq!(Pasted::classify("HTTPS://Prom.Example.org/metrics/"), address("https://prom.example.org/metrics"));
        assert_eq!(Pasted::classify("localhost:9090"), address("http://localhost:9090"));
        assert_eq!(Pasted::classify("10.0.0.7:9090/prometheus"), address("http://10.0.0.7:9090/prometheus"));
        assert_eq!(Pasted::classify("http://[::1]:9090"), address("http://[::1]:9090"));
        for data in ["time,cpu\n1,2", "up{job=\"a\"} 1", "12", "a,b:80", "http://", "http://a b", "{\"a\":1}"] {
            assert_eq!(Pasted::classify(data), Pasted::Data, "{data}");
        }
    }

    #[test]
    fn credentials_queries_and_the_servers_own_pages_are_left_out() {
        assert_eq!(Pasted::classify("https://me:secret@prom/graph?g0.expr=up#x"), address("https://prom"));
        assert_eq!(Pasted::classify("http://prom/p/api/v1/"), address("http://prom/p"));
        assert_eq!(Pasted::classify("http://user:p@ss@prom:9090"), address("http://prom:9090"));
    }

    #[test]
    fn an_origin_has_nothing_that_a_policy_would_read_as_its_own() {
        assert_eq!(origin("http://prom:9090/a/b").as_deref(), Some("http://prom:9090"));
        assert_eq!(origin("http://prom;script-src *"), None);
        assert_eq!(origin("http://'self'/"), None);
        assert_eq!(origin("http://*/"), None);
        assert_eq!(origin("ftp://prom"), None);
        assert_eq!(origin("http://"), None);
    }
}
