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
pub(crate) fn metrics(names: &[&str]) -> String {
    matching(names, "")
}

/// The same, with further matchers: `{__name__="a",mode!="idle"}`.
pub(crate) fn matching(names: &[&str], matchers: &str) -> String {
    let comma = if matchers.is_empty() { "" } else { "," };
    match names {
        [only] => format!("{{__name__={}{comma}{matchers}}}", quoted(only)),
        _ => {
            let alternatives: Vec<String> = names.iter().map(|name| literal(name)).collect();
            format!("{{__name__=~{}{comma}{matchers}}}", quoted(&alternatives.join("|")))
        }
    }
}

/// A selector of all series of one metric, as people write it where its name may stand alone: `a`, `a{b="c"}`.
pub(crate) fn metric(name: &str, matchers: &str) -> String {
    if name != series::sanitised_metric(name) {
        matching(&[name], matchers)
    } else if matchers.is_empty() {
        name.to_owned()
    } else {
        format!("{name}{{{matchers}}}")
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
        assert_eq!(metrics(&["up"]), r#"{__name__="up"}"#);
        assert_eq!(metrics(&["a", "b.c"]), r#"{__name__=~"a|b\\.c"}"#);
        assert_eq!(matching(&["a"], "b!=\"c\""), r#"{__name__="a",b!="c"}"#);
        assert_eq!(
            [metric("a", ""), metric("a", "b=\"c\""), metric("a.b", "")],
            ["a", "a{b=\"c\"}", "{__name__=\"a.b\"}"]
        );
        assert_eq!(matching(&["a", "b"], "c=\"d\""), r#"{__name__=~"a|b",c="d"}"#);
        assert_eq!(quoted("a\"\\\n"), "\"a\\\"\\\\\\n\"");
    }
}
