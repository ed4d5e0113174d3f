//! What can be told of a PromQL expression without a parser for it.

use crate::duration;

/// Functions over a window of which neighbouring values share samples where the window is longer than the step. Those of
/// the last one or two samples are not among them.
const OVER_WINDOWS: [&str; 9] = [
    "rate",
    "increase",
    "delta",
    "deriv",
    "changes",
    "resets",
    "predict_linear",
    "holt_winters",
    "double_exponential_smoothing",
];
const OF_FEW_SAMPLES: [&str; 4] = ["last_over_time", "first_over_time", "present_over_time", "absent_over_time"];

/// The longest window in a function over windows (`rate(x[5m])`), if it is longer than `step_ms`.
pub(crate) fn overlapping_window_ms(query: &str, step_ms: i64) -> Option<i64> {
    let mut longest = None;
    let mut functions: Vec<bool> = Vec::new();
    let mut word = String::new();
    let mut rest = query.char_indices();
    let mut quote: Option<char> = None;
    let (mut is_comment, mut is_behind_space) = (false, false);
    while let Some((position, sign)) = rest.next() {
        if is_comment {
            is_comment = sign != '\n';
            continue;
        }
        if let Some(open) = quote {
            if sign == '\\' && open != '`' {
                rest.next();
            } else if sign == open {
                quote = None;
            }
            continue;
        }
        match sign {
            '"' | '\'' | '`' => quote = Some(sign),
            '#' => is_comment = true,
            '(' => functions.push(is_over_window(&word)),
            ')' => {
                functions.pop();
            }
            '[' if functions.contains(&true) => {
                let inside = query.get(position + 1..).unwrap_or_default();
                let window = inside.split([':', ']']).next().unwrap_or_default();
                let window_ms = duration::parse_ms(window).filter(|window| *window > step_ms);
                longest = longest.max(window_ms);
            }
            _ => {}
        }
        if sign.is_whitespace() {
            is_behind_space = true;
            continue;
        }
        let is_letter = sign.is_ascii_alphanumeric() || sign == '_';
        if is_behind_space || !is_letter {
            word.clear();
        }
        if is_letter {
            word.push(sign);
        }
        is_behind_space = false;
    }
    longest
}

fn is_over_window(function: &str) -> bool {
    OVER_WINDOWS.contains(&function) || function.ends_with("_over_time") && !OF_FEW_SAMPLES.contains(&function)
}

/// The place in a query that the server's error speaks of, in bytes. Prometheus gives line and column (`1:5: parse error`),
/// VictoriaMetrics what it could not read (`unparsed data: "…"`).
pub(crate) fn place_of_error(query: &str, message: &str) -> Option<usize> {
    let unread = message.split_once("unparsed data: \"").or_else(|| message.split_once("unparsed data left: \""));
    if let Some((_, tail)) = unread {
        // The last quotation mark ends it: those inside have a stroke in front.
        let tail = tail.get(..tail.rfind('"')?)?.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\");
        return query.ends_with(&tail).then(|| query.len() - tail.len());
    }
    let before = message.split(": parse error").next().filter(|before| before.len() < message.len())?;
    let (line, column) = before.rsplit([' ', '"']).next()?.split_once(':')?;
    let (line, column) = (line.parse::<usize>().ok()?, column.parse::<usize>().ok()?);
    let start: usize = query.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let place = start.checked_add(column.checked_sub(1)?)?;
    (place <= query.len()).then_some(place)
}

/// The line of a query that a place is in, with a mark under the place.
pub(crate) fn marked(query: &str, place: usize) -> String {
    let before = query.get(..place).unwrap_or(query);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = query.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let lead = before.get(start..).unwrap_or_default();
    // A tab stays one, so that the mark stands below the place whatever a tab's width is.
    let indent: String = lead.chars().map(|sign| if sign == '\t' { '\t' } else { ' ' }).collect();
    format!("  {line}\n  {indent}^")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn windows_longer_than_the_step_overlap() {
        let minutes = |query: &str| overlapping_window_ms(query, 60_000).map(|window_ms| window_ms / 60_000);
        for (query, window) in [
            ("rate(x[5m])", Some(5)),
            ("sum by (job) (rate(x{a=\"[9m]\"}[5m])) / sum(increase(y[10m]))", Some(10)),
            ("avg_over_time(rate(x[1m])[30m:1m])", Some(30)),
            ("histogram_quantile(0.9, sum by (le) (rate(x_bucket [2m])))", Some(2)),
            ("rate (x[5m] offset 1h)", Some(5)),
            ("up and rate(x[5m])", Some(5)),
            ("rate(x[1m])", None),
            ("last_over_time(x[5m])", None),
            ("irate(x[5m])", None),
            ("rate(x[1m]) # rate(x[5m])", None),
            ("x[5m]", None),
            ("rate(x[$__interval])", None),
            ("rate(x[", None),
        ] {
            assert_eq!(minutes(query), window, "{query}");
        }
    }

    #[test]
    fn the_place_of_an_error_is_found_as_servers_tell_it() {
        let at = |query: &str, message: &str| place_of_error(query, message).map(|place| marked(query, place));
        let prometheus = r#"invalid parameter "query": 1:4: parse error: unexpected "+""#;
        assert_eq!(at("up ++ 1", prometheus).unwrap(), "  up ++ 1\n     ^");
        assert_eq!(at("sum(\n  up !! 1)", "2:6: parse error: unexpected").unwrap(), "    up !! 1)\n       ^");
        assert_eq!(at("up(", "1:4: parse error: unclosed left parenthesis").unwrap(), "  up(\n     ^");
        let victoria = r#"error when executing query="up{a=\"b\"} foo": cannot parse "x": unparsed data left; unparsed data: "foo""#;
        assert_eq!(at(r#"up{a="b"} foo"#, victoria).unwrap(), "  up{a=\"b\"} foo\n            ^");
        let left = r#"cannot execute query: unparsed data left: "foo". "#;
        assert_eq!(at("up ++ 1 foo", left).unwrap(), "  up ++ 1 foo\n          ^");
        assert_eq!(at("up", "9:9: parse error: x"), None);
        assert_eq!(at("up", "many-to-many matching not allowed"), None);
    }

    proptest! {
        #[test]
        fn nothing_panics(query in "\\PC{0,30}", message in "(\\PC{0,6}[0-9]{0,2}:[0-9]{0,2}: parse error|unparsed data: \"\\PC{0,6}\"?)") {
            let _ = overlapping_window_ms(&query, 1);
            if let Some(place) = place_of_error(&query, &message) {
                let _ = marked(&query, place);
            }
        }
    }
}
