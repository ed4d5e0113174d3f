//! Series names that carry labels: `up{job="node"}`, `{__name__="up", job="node"}`, `net.bytes(device=eth0,host=a)`.

use crate::series_set::Identity;
use crate::write::identity::{ORIGINAL_NAME, sanitised_metric};
use series::Labels;

/// Reads a name with labels. None if there are none in it, or if they cannot be read; then the text is just a name.
pub(crate) fn parse(text: &str) -> Option<Identity> {
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
            Some(Identity::of(metric, labels))
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
            (!labels.is_empty()).then(|| Identity {
                name: text.to_owned(),
                metric: (!metric.is_empty()).then(|| metric.to_owned()),
                labels,
            })
        }
        _ => None,
    }
}

/// Gives a series its own name back where [`crate::write::openmetrics`] had to change it and kept it in a label.
pub(crate) fn with_original_name(mut identity: Identity) -> Identity {
    let Some(original) = identity.labels.get(ORIGINAL_NAME).map(str::to_owned) else { return identity };
    let parsed = parse(&original).and_then(|parsed| parsed.metric);
    let written = sanitised_metric(parsed.as_deref().unwrap_or(&original));
    if identity.metric.as_deref() != Some(written.as_str()) || written == original {
        return identity;
    }
    identity.labels.remove(ORIGINAL_NAME);
    Identity { name: original, metric: parsed, labels: identity.labels }
}

/// Reads `{name="value", …}` at the start of a text; returns the labels and what follows. A quoted name without a value
/// is the metric's name, as Prometheus 3 writes names with other signs than letters, digits, `_` and `:`.
pub(crate) fn parse_braces(text: &str) -> Option<(Labels, &str)> {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_with_labels() {
        let found = parse("{__name__=\"up\", job=\"a \\\"b\\\"\"}").unwrap();
        assert_eq!((found.name.as_str(), found.metric.as_deref()), ("up{job=\"a \\\"b\\\"\"}", Some("up")));
        assert_eq!(found.labels.get("job"), Some("a \"b\""));
        let found = parse("{\"my.metric\",a=\"b\"}").unwrap();
        assert_eq!(found.metric.as_deref(), Some("my.metric"));
        assert_eq!(parse("{mode=\"idle\",}").unwrap().metric, None);
        let found = parse("net.out.value(device=eth0,service=monitoring,)").unwrap();
        assert_eq!((found.metric.as_deref(), found.labels.get("device")), (Some("net.out.value"), Some("eth0")));
        for plain in ["cpu", "CpuUsage(m)", "f(x)", "{a=b}", "{", "a{b=\"c\"", "}", ""] {
            assert_eq!(parse(plain), None, "{plain}");
        }
    }

    proptest! {
        #[test]
        fn a_written_name_reads_back(metric in "[a-z_:]{1,8}", pairs in proptest::collection::btree_map("[a-z_]{1,6}", "\\PC{0,8}", 1..4)) {
            prop_assume!(!pairs.contains_key("__name__"));
            let identity = Identity::of(Some(metric), pairs.into_iter().collect());
            prop_assert_eq!(parse(&identity.name), Some(identity));
        }

        #[test]
        fn nothing_panics(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }
    }
}
