//! PromQL text.

/// A string literal.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// A selector of all series of some metrics: `{__name__="a"}`, `{__name__=~"a|b"}`.
pub(crate) fn metrics<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    matching(names, "")
}

/// The same, with further matchers: `{__name__="a",mode!="idle"}`.
pub(crate) fn matching<'a>(names: impl IntoIterator<Item = &'a str>, matchers: &str) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let comma = if matchers.is_empty() { "" } else { "," };
    match names.as_slice() {
        // As people write it, where the name may stand alone.
        [only] if !matchers.is_empty() && *only == series::sanitised_metric(only) => format!("{only}{{{matchers}}}"),
        [only] => format!("{{__name__={}{comma}{matchers}}}", quoted(only)),
        _ => {
            let alternatives: Vec<String> = names.iter().map(|name| literal(name)).collect();
            format!("{{__name__=~{}{comma}{matchers}}}", quoted(&alternatives.join("|")))
        }
    }
}

/// A duration: `90000ms`.
pub(crate) fn duration(milliseconds: i64) -> String {
    format!("{milliseconds}ms")
}

/// A text that a regular expression (RE2) takes literally.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\.+*?()|[]{}^$".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_literally() {
        assert_eq!(metrics(["up"]), r#"{__name__="up"}"#);
        assert_eq!(metrics(["a", "b.c"]), r#"{__name__=~"a|b\\.c"}"#);
        assert_eq!(matching(["a"], "b!=\"c\""), r#"a{b!="c"}"#);
        assert_eq!(matching(["a", "b"], "c=\"d\""), r#"{__name__=~"a|b",c="d"}"#);
        assert_eq!(quoted("a\"\\\n"), "\"a\\\"\\\\\\n\"");
    }
}
