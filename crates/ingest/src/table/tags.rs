//! Tags inside of cells and names, as Datadog and others write them: `host:web-1,service:cart`.

use super::keys::plain;
use series::{Identity, Labels};

/// Names of columns that hold several tags.
const LISTS: [&str; 6] = ["scope", "tags", "tagset", "labels", "dimensions", "attributes"];

/// A word of a label column as labels: if the column holds tags and all parts of the word are pairs, one each, or else
/// the word under the column's name.
pub(super) fn expand(column: &str, word: &str) -> Vec<(String, String)> {
    let pairs = LISTS.contains(&plain(column).as_str()).then(|| pairs(word)).flatten();
    pairs.unwrap_or_else(|| vec![(column.to_owned(), word.to_owned())])
}

/// `a:b,c=d`, in braces or not. None if a part is no pair.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let bare = text.trim().trim_start_matches(['{', '[']).trim_end_matches(['}', ']']);
    let separator = if bare.contains(';') { ';' } else { ',' };
    bare.split(separator)
        .map(|part| {
            let part = part.trim();
            let (name, value) = part.split_once('=').or_else(|| part.split_once(':'))?;
            let is_name = !name.is_empty() && name.chars().all(|sign| sign.is_alphanumeric() || "_.-/".contains(sign));
            let value = value.trim().trim_matches('"');
            (is_name && !value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// A name with labels in Prometheus' way, or with tags in Datadog's (`avg:system.cpu.user{service:cart,host:a}`), which
/// keeps its spelling.
pub(super) fn identity(name: &str) -> Option<Identity> {
    if let Some(identity) = Identity::parse(name) {
        return Some(identity);
    }
    let (metric, tags) = name.trim().strip_suffix('}')?.split_once('{')?;
    let labels: Labels = pairs(tags)?.into_iter().collect();
    let metric = metric.split_once(':').map_or(metric, |(_, metric)| metric);
    Some(Identity { name: name.to_owned(), metric: (!metric.is_empty()).then(|| metric.to_owned()), labels })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_labels() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(expand("scope", "host:web-1,service:cart"), [pair("host", "web-1"), pair("service", "cart")]);
        assert_eq!(expand("tags", "urgent,host:a"), [pair("tags", "urgent,host:a")]);
        assert_eq!(expand("path", "a:b"), [pair("path", "a:b")]);
        let found = identity("avg:system.cpu.user{service:cart}").unwrap_or_default();
        assert_eq!((found.metric.as_deref(), found.labels.get("service")), (Some("system.cpu.user"), Some("cart")));
        assert_eq!(identity("cpu {busy}"), None);
    }
}
