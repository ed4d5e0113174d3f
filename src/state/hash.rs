//! The address bar's hash: which source, and how it is looked at. Positions only, never data and never a secret.

use super::source::{Pasted, SourceLink, origin};
use super::view::{Level, Tab, View};
use report::Scale;

/// The version of the hash that is written.
pub const HASH_VERSION: u32 = 1;

/// Everything that a link restores.
///
/// The cursor is written relative to the start of the data, so that a link tells nothing about when it happened to
/// somebody who does not have them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// What to load; none for files, which a link cannot hold.
    pub source: Option<SourceLink>,
    /// How it is read, or what is asked of a server: settings `name=value`.
    pub settings: Vec<String>,
    /// How to look at it. `cursor_ms` is relative to the first sample.
    pub view: View,
}

impl Link {
    /// The hash with its `#`; empty where there is nothing to say.
    pub fn encode(&self) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        let (kind, sources) = match &self.source {
            Some(SourceLink::Prometheus(addresses)) => ("source", addresses.as_slice()),
            Some(SourceLink::Sample(name)) => ("sample", std::slice::from_ref(name)),
            None => ("", &[][..]),
        };
        let mut texts = |name, texts: &[String]| pairs.extend(texts.iter().map(|text| (name, escaped(text))));
        texts(kind, sources);
        if !sources.is_empty() {
            texts("ask", &self.settings);
        }
        let view = &self.view;
        match view.level {
            Level::System => {}
            Level::Service(service) => pairs.push(("view", format!("service.{service}"))),
            Level::Series(series) => pairs.push(("view", format!("series.{series}"))),
            Level::Pair(relation) => pairs.push(("view", format!("pair.{relation}"))),
        }
        let positions = [
            ("finding", view.finding),
            ("relation", view.relation),
            ("service", view.service),
            ("series", view.series),
        ];
        pairs.extend(positions.into_iter().filter_map(|(name, value)| Some((name, value?.to_string()))));
        pairs.extend(view.ring.map(|ring| ("ring", ring.name().to_owned())));
        pairs.extend(view.cursor_ms.map(|cursor_ms| ("at", cursor_ms.to_string())));
        if view.tab != Tab::default() {
            pairs.push(("tab", view.tab.name().to_owned()));
        }
        if view.as_table {
            pairs.push(("table", "1".to_owned()));
        }
        if pairs.is_empty() {
            return String::new();
        }
        let mut hash = format!("#v={HASH_VERSION}");
        for (name, value) in pairs {
            hash.push('&');
            hash.push_str(name);
            hash.push('=');
            hash.push_str(&value);
        }
        hash
    }

    /// Reads a hash, with or without `#`. What is not understood is left out; a hash of a later version gives its
    /// source only, because the meaning of the rest may have changed. A hash without version is one that a person wrote.
    pub fn decode(hash: &str) -> Self {
        let mut link = Self::default();
        let pairs = || hash.trim_start_matches('#').split('&').filter_map(|pair| pair.split_once('='));
        let version = pairs().find(|(name, _)| *name == "v").and_then(|(_, value)| value.parse::<u32>().ok());
        let is_known = version.is_none_or(|version| version <= HASH_VERSION);
        for (name, value) in pairs() {
            match name {
                "source" => {
                    if let Some(Pasted::Address(address)) = unescaped(value).map(|text| Pasted::classify(&text)) {
                        match &mut link.source {
                            Some(SourceLink::Prometheus(known)) if known.contains(&address) => {}
                            Some(SourceLink::Prometheus(known)) => known.push(address),
                            _ => link.source = Some(SourceLink::Prometheus(vec![address])),
                        }
                    }
                }
                "ask" => link.settings.extend(unescaped(value).filter(|setting| is_open(setting))),
                "sample" => link.source = unescaped(value).map(SourceLink::Sample).or(link.source),
                _ if is_known => link.view_part(name, value),
                _ => {}
            }
        }
        link
    }

    /// The origins (scheme, host and port) of all servers that are named: those that are asked, and an Alertmanager beside
    /// them.
    pub fn origins(&self) -> Vec<String> {
        let Some(SourceLink::Prometheus(addresses)) = &self.source else { return Vec::new() };
        let beside = self.settings.iter().filter_map(|setting| beside(setting));
        addresses.iter().map(String::as_str).chain(beside).filter_map(origin).collect()
    }

    fn view_part(&mut self, name: &str, value: &str) {
        let view = &mut self.view;
        let position = || value.parse::<usize>().ok();
        match name {
            "view" => {
                view.level = match value.split_once('.').map(|(kind, index)| (kind, index.parse::<usize>())) {
                    Some(("service", Ok(service))) => Level::Service(service),
                    Some(("series", Ok(series))) => Level::Series(series),
                    Some(("pair", Ok(relation))) => Level::Pair(relation),
                    _ => Level::System,
                }
            }
            "finding" => view.finding = position(),
            "relation" => view.relation = position(),
            "service" => view.service = position(),
            "series" => view.series = position(),
            "ring" => view.ring = Scale::ALL.into_iter().find(|scale| scale.name() == value),
            "at" => view.cursor_ms = value.parse().ok(),
            "tab" => view.tab = Tab::from_name(value).unwrap_or_default(),
            "table" => view.as_table = value == "1",
            _ => {}
        }
    }
}

/// Whether a setting may stand in an address: an Alertmanager's may only without a password in it.
fn is_open(setting: &str) -> bool {
    beside(setting).is_none_or(|address| origin(address).is_some())
}

/// The address of an Alertmanager that is read beside the servers.
fn beside(setting: &str) -> Option<&str> {
    setting.strip_prefix("alertmanager=")
}

/// Percent-encodes all but the characters that every reader of addresses leaves alone.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for &byte in text.as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The reverse of [`escaped`]; none where the bytes are no UTF-8.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = match (byte, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                after.get(2..).unwrap_or_default()
            }
            _ => {
                bytes.push(*byte);
                after
            }
        };
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Link {
        Link {
            source: Some(SourceLink::Prometheus(vec!["http://prom:9090/a%20b".into(), "https://other".into()])),
            settings: vec!["pack=red".into(), "query=sum(rate(x{a=\"b&c\"}[5m]))".into()],
            view: View {
                level: Level::Series(12),
                ring: Some(Scale::Meso),
                finding: Some(3),
                relation: Some(4),
                service: Some(2),
                series: Some(12),
                cursor_ms: Some(3_600_500),
                tab: Tab::Relations,
                as_table: true,
            },
        }
    }

    #[test]
    fn a_link_restores_exactly() {
        for link in [
            full(),
            Link::default(),
            Link { source: Some(SourceLink::Sample("cpu saturation & more".into())), ..Link::default() },
            Link { view: View { level: Level::Service(0), cursor_ms: Some(-5), ..View::default() }, ..Link::default() },
        ] {
            assert_eq!(Link::decode(&link.encode()), link, "{}", link.encode());
        }
        assert_eq!(Link::default().encode(), "");
    }

    #[test]
    fn a_hash_written_by_hand_is_read_as_far_as_it_is_understood() {
        let link =
            Link::decode("#source=http%3A%2F%2Fprom%3A9090%2Fgraph&finding=x&view=galaxy.1&ring=macro&new=1&broken");
        assert_eq!(link.source, Some(SourceLink::Prometheus(vec!["http://prom:9090".into()])));
        assert_eq!(link.view, View { ring: Some(Scale::Macro), ..View::default() });
        assert_eq!(Link::decode("#%%%=%&=&"), Link::default());
    }

    #[test]
    fn a_later_version_gives_its_source_only() {
        let link = Link::decode("#v=2&sample=leak&finding=3");
        assert_eq!(link, Link { source: Some(SourceLink::Sample("leak".into())), ..Link::default() });
    }

    #[test]
    fn credentials_never_get_through() {
        let link = Link::decode(
            "#source=http://me:secret@prom:9090&source=http://prom:9090&ask=alertmanager%3Dhttp://me:secret@am",
        );
        assert_eq!(link.source, Some(SourceLink::Prometheus(vec!["http://prom:9090".into()])));
        assert!(!link.encode().contains("secret"));
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert_eq!(unescaped("%ff"), None);
        assert_eq!(unescaped("a%2Fb%"), Some("a/b%".into()));
        assert_eq!(unescaped(&escaped("ü/ %&=#")), Some("ü/ %&=#".into()));
    }
}
