//! Which keys the beginning of a JSON text has where.

use order::SortedSet;

/// How much of the text is looked at.
const LOOKED_AT: usize = 1 << 16;
/// Deeper values are not looked at.
const DEEPEST: usize = 10;
/// More different paths than this are not kept.
const MOST_PATHS: usize = 2000;

/// The paths of all values in the first 64 KiB: the keys from the outermost to the innermost, and `[]` for the items of a
/// list, joined by `/` (`data/result/[]/metric`). A text that is cut, or no valid JSON further down, has an outline, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    paths: SortedSet<String>,
    is_partial: bool,
}

impl Outline {
    /// None if the text does not begin with a bracket or brace.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim_start();
        if !text.starts_with(['{', '[']) {
            return None;
        }
        let mut outline = Self { is_partial: text.len() > LOOKED_AT, ..Self::default() };
        outline.read(text.as_bytes());
        Some(outline)
    }

    /// Whether there is a value whose path ends with this one. `*` stands for any one key.
    ///
    /// `frames/[]/schema` is in `{"results":{"A":{"frames":[{"schema":…`, however deep somebody has wrapped it.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.paths.iter().any(|known| {
            let mut segments = known.rsplit('/');
            path.rsplit('/').all(|wanted| segments.next().is_some_and(|segment| wanted == "*" || wanted == segment))
        })
    }

    /// Whether there is more text than was looked at.
    pub(crate) fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// The keys of the outermost object, or of the objects in the outermost list, in alphabetical order.
    pub(crate) fn top_keys(&self) -> Vec<&str> {
        let bare = |path: &'_ str| !path.contains('/') && path != "[]";
        let top = self.paths.iter().map(|path| path.strip_prefix("[]/").unwrap_or(path));
        top.filter(|path| bare(path)).collect()
    }

    /// Whether there is a value with exactly this path, from the outermost key on. `*` stands for any one key.
    pub(crate) fn has_at_top(&self, path: &str) -> bool {
        let wanted: Vec<&str> = path.split('/').collect();
        self.paths.iter().any(|known| {
            known.split('/').count() == wanted.len()
                && known.split('/').zip(&wanted).all(|(segment, wanted)| *wanted == "*" || *wanted == segment)
        })
    }

    fn read(&mut self, bytes: &[u8]) {
        let bytes = bytes.get(..LOOKED_AT).unwrap_or(bytes);
        // The path up to here, and for each open bracket the length of the path in front of it.
        let mut path = String::new();
        let mut open: Vec<(u8, usize)> = Vec::new();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' | b'[' => {
                    open.push((byte, path.len()));
                    if byte == b'[' {
                        push(&mut path, "[]");
                        self.keep(&path, open.len());
                    }
                }
                b'}' | b']' => {
                    let length = open.pop().map_or(0, |(_, length)| length);
                    path.truncate(length);
                    if let Some((b'{', outer)) = open.last() {
                        path.truncate(*outer);
                    }
                }
                b'"' => {
                    let start = at;
                    while !matches!(bytes.get(at), None | Some(b'"')) {
                        at += if bytes.get(at) == Some(&b'\\') { 2 } else { 1 };
                    }
                    let text = bytes.get(start..at.min(bytes.len())).unwrap_or_default();
                    at += 1;
                    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
                        at += 1;
                    }
                    let is_key = bytes.get(at) == Some(&b':');
                    if let Some(&(b'{', outer)) = open.last().filter(|_| is_key) {
                        path.truncate(outer);
                        push(&mut path, &String::from_utf8_lossy(text).replace('/', " "));
                        self.keep(&path, open.len());
                    }
                }
                _ => {}
            }
        }
    }

    fn keep(&mut self, path: &str, depth: usize) {
        if depth <= DEEPEST && self.paths.len() < MOST_PATHS {
            self.paths.insert(path.to_owned());
        }
    }
}

fn push(path: &mut String, segment: &str) {
    if !path.is_empty() {
        path.push('/');
    }
    path.push_str(segment);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_however_deep_they_are_wrapped() {
        let text = r#" {"request":{"url":"x"},"response":{"results":{"A":{"frames":[{"schema":{"fields":[{"name":"Time"}]},"da"#;
        let outline = Outline::of(text).unwrap_or_default();
        assert!(outline.has("results/*/frames"));
        assert!(outline.has("frames/[]/schema/fields/[]/name"));
        assert!(outline.has_at_top("request/url") && !outline.has_at_top("results"));
        assert!(!outline.has("frames/schema"));
    }

    #[test]
    fn lists_have_items() {
        let outline = Outline::of("[[\"time\",\"in\"],[1,0.").unwrap_or_default();
        assert!(outline.has_at_top("[]/[]"));
        let outline = Outline::of("[{\"target\":\"a\",\"datapoints\":[[1.0,1700000000]]}]").unwrap_or_default();
        assert!(outline.has_at_top("[]/target") && outline.has_at_top("[]/datapoints/[]/[]"));
        assert_eq!(Outline::of("time,a"), None);
    }
}
