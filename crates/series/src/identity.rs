//! Who a series is, and names that carry labels: `up{job="node"}`, `{__name__="up", job="node"}`,
//! `net.bytes(device=eth0,host=a)`.

use crate::Labels;

/// The label that keeps a series' own name where it cannot be a metric's name, or where two would become one.
pub const ORIGINAL_NAME: &str = "series";

/// Who a series is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The name shown to people; unique.
    pub name: String,
    /// The metric's own name, where the source tells it.
    pub metric: Option<String>,
    /// The labels, without `__name__`.
    pub labels: Labels,
}

impl Identity {
    /// A metric with labels, named in Prometheus' way (`up{job="node"}`).
    pub fn of(metric: Option<String>, labels: Labels) -> Self {
        let shown = metric.as_deref().unwrap_or("");
        let name = if shown.is_empty() && labels.is_empty() { "{}".to_owned() } else { format!("{shown}{labels}") };
        Self { name, metric: metric.filter(|metric| !metric.is_empty()), labels }
    }

    /// Reads a name with labels. None if there are none in it, or if they cannot be read; then the text is just a name.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        match text.as_bytes().last()? {
            b'}' => {
                let open = text.find('{')?;
                let metric = text.get(..open)?.trim();
                let (mut labels, rest) = parse_braces(text.get(open..)?)?;
                if !rest.is_empty() {
                    return None;
                }
                let named = labels.remove("__name__");
                let metric = if metric.is_empty() { named } else { Some(metric.to_owned()) };
                Some(Self::of(metric, labels))
            }
            b')' => {
                let open = text.find('(')?;
                let metric = text.get(..open)?.trim();
                let inside = text.get(open + 1..text.len() - 1)?;
                let mut labels = Labels::new();
                for pair in inside.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
                    let (name, value) = pair.split_once('=')?;
                    let is_name =
                        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_.-".contains(c));
                    if !is_name(name.trim()) {
                        return None;
                    }
                    labels.insert(name.trim(), value.trim());
                }
                // The source's own spelling stays the name.
                (!labels.is_empty()).then(|| Self {
                    name: text.to_owned(),
                    metric: (!metric.is_empty()).then(|| metric.to_owned()),
                    labels,
                })
            }
            _ => None,
        }
    }

    /// Gives a series its own name back where it could not be a metric's name and stands in the label [`ORIGINAL_NAME`],
    /// as Monteverdi writes OpenMetrics and a server hands it on. Any other series stays as it is.
    #[must_use]
    pub fn with_original_name(mut self) -> Self {
        let Some(original) = self.labels.get(ORIGINAL_NAME).map(str::to_owned) else { return self };
        let parsed = Self::parse(&original);
        // Labels alone have no metric; a text without labels is all metric.
        let metric = parsed.as_ref().map_or(Some(original.as_str()), |parsed| parsed.metric.as_deref());
        let written = sanitised_metric(metric.unwrap_or_default());
        if self.metric.as_deref() != Some(written.as_str()) || written == original {
            return self;
        }
        self.labels.remove(ORIGINAL_NAME);
        Self { name: original, metric: parsed.and_then(|parsed| parsed.metric), labels: self.labels }
    }
}

/// Reads `{name="value", …}` at the start of a text; returns the labels and what follows. A quoted name without a value
/// is the metric's name, as Prometheus 3 writes names with other signs than letters, digits, `_` and `:`.
fn parse_braces(text: &str) -> Option<(Labels, &str)> {
    let mut labels = Labels::new();
    let mut rest = text.strip_prefix('{')?.trim_start();
    loop {
        if let Some(after) = rest.strip_prefix('}') {
            return Some((labels, after));
        }
        let name;
        if rest.starts_with('"') {
            (name, rest) = parse_quoted(rest)?;
            rest = rest.trim_start();
            if !rest.starts_with('=') {
                labels.insert("__name__", name);
                rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
                continue;
            }
        } else {
            let end =
                rest.find(|sign: char| !(sign.is_alphanumeric() || matches!(sign, '_' | ':' | '.' | '-' | '/')))?;
            let (read, after) = rest.split_at_checked(end)?;
            if read.is_empty() {
                return None;
            }
            name = read.to_owned();
            rest = after.trim_start();
        }
        rest = rest.strip_prefix('=')?.trim_start();
        let (value, after) = parse_quoted(rest)?;
        labels.insert(name, value);
        rest = after.trim_start();
        rest = match rest.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if rest.starts_with('}') => rest,
            None => return None,
        };
    }
}

fn parse_quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = inside.char_indices();
    while let Some((position, character)) = characters.next() {
        match character {
            '"' => return Some((value, inside.get(position + 1..)?)),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

/// `[a-zA-Z_:][a-zA-Z0-9_:]*`, the names that every version of Prometheus takes; other signs become `_`.
pub fn sanitised_metric(name: &str) -> String {
    sanitised(name, ':')
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`, the same for labels.
pub fn sanitised_label(name: &str) -> String {
    sanitised(name, '_')
}

fn sanitised(name: &str, also: char) -> String {
    let mut plain: String = name
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() || sign == '_' || sign == also { sign } else { '_' })
        .collect();
    if plain.chars().next().is_none_or(|first| first.is_ascii_digit()) {
        plain.insert(0, '_');
    }
    plain
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_with_labels() {
        let found = Identity::parse("{__name__=\"up\", job=\"a \\\"b\\\"\"}").unwrap();
        assert_eq!((found.name.as_str(), found.metric.as_deref()), ("up{job=\"a \\\"b\\\"\"}", Some("up")));
        assert_eq!(found.labels.get("job"), Some("a \"b\""));
        let found = Identity::parse("{\"my.metric\",a=\"b\"}").unwrap();
        assert_eq!(found.metric.as_deref(), Some("my.metric"));
        assert_eq!(Identity::parse("{mode=\"idle\",}").unwrap().metric, None);
        let found = Identity::parse("net.out.value(device=eth0,service=monitoring,)").unwrap();
        assert_eq!((found.metric.as_deref(), found.labels.get("device")), (Some("net.out.value"), Some("eth0")));
        for plain in ["cpu", "CpuUsage(m)", "f(x)", "{a=b}", "{", "a{b=\"c\"", "}", ""] {
            assert_eq!(Identity::parse(plain), None, "{plain}");
        }
    }

    #[test]
    fn a_name_that_no_metric_can_have_comes_back() {
        let of = |metric: &str, labels: &[(&str, &str)]| {
            Identity::of(Some(metric.into()), labels.iter().copied().collect()).with_original_name()
        };
        let found = of("cart_cpu____", &[("job", "a"), (ORIGINAL_NAME, "cart cpu (%)")]);
        assert_eq!((found.name.as_str(), found.metric), ("cart cpu (%)", None));
        assert_eq!(found.labels.to_string(), "{job=\"a\"}");
        let found = of("net_out", &[("device", "eth0"), (ORIGINAL_NAME, "net.out(device=eth0)")]);
        assert_eq!((found.name.as_str(), found.metric.as_deref()), ("net.out(device=eth0)", Some("net.out")));
        // A label of that name that means something else stays.
        assert_eq!(of("books", &[(ORIGINAL_NAME, "Dune")]).name, "books{series=\"Dune\"}");
    }

    proptest! {
        #[test]
        fn a_written_name_reads_back(metric in "[a-z_:]{1,8}", pairs in proptest::collection::btree_map("[a-z_]{1,6}", "\\PC{0,8}", 1..4)) {
            prop_assume!(!pairs.contains_key("__name__"));
            let identity = Identity::of(Some(metric), pairs.into_iter().collect());
            prop_assert_eq!(Identity::parse(&identity.name), Some(identity));
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,40}") {
            let _ = Identity::parse(&text);
        }
    }
}
