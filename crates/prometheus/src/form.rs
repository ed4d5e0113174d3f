//! Parameters in URLs and forms.

use crate::request::{Method, Request};

/// A GET is used while the whole address is shorter than this; many proxies refuse much longer ones.
const LONGEST_URL: usize = 1_800;

/// A call with parameters, as GET if short enough and as form POST otherwise.
pub(crate) fn call(url: String, parameters: &[(&str, &str)]) -> Request {
    let form = encode(parameters);
    if url.len() + 1 + form.len() <= LONGEST_URL {
        get(url, parameters)
    } else {
        Request { method: Method::Post, url, body: Some(form) }
    }
}

/// A call that the API offers by GET only.
pub(crate) fn get(url: String, parameters: &[(&str, &str)]) -> Request {
    let form = encode(parameters);
    let url = if form.is_empty() { url } else { format!("{url}?{form}") };
    Request { method: Method::Get, url, body: None }
}

/// `name=value&…`, percent-encoded.
fn encode(parameters: &[(&str, &str)]) -> String {
    let mut form = String::new();
    for (name, value) in parameters {
        if !form.is_empty() {
            form.push('&');
        }
        escape_into(&mut form, name);
        form.push('=');
        escape_into(&mut form, value);
    }
    form
}

/// Escapes everything but the unreserved characters (RFC 3986, section 2.3); right in paths, queries and forms alike.
pub(crate) fn escape_into(out: &mut String, text: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend(HEX.get(usize::from(byte >> 4)));
            out.extend(HEX.get(usize::from(byte & 15)));
        }
    }
}

/// Milliseconds as seconds in the fewest digits: `1.5`, `1700000000`.
pub(crate) fn seconds(time_ms: i64) -> String {
    let text =
        format!("{}{}.{:03}", if time_ms < 0 { "-" } else { "" }, (time_ms / 1000).abs(), (time_ms % 1000).abs());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_calls_are_get_and_long_ones_post() {
        let short = call("http://p/api".into(), &[("query", "a{b=\"ü\"} + 1")]);
        assert_eq!(short.url, "http://p/api?query=a%7Bb%3D%22%C3%BC%22%7D%20%2B%201");
        let long = call("http://p/api".into(), &[("query", &"x".repeat(2_000)), ("step", "15")]);
        assert_eq!((long.method, long.url.as_str()), (Method::Post, "http://p/api"));
        assert!(long.body.is_some_and(|body| body.ends_with("x&step=15")));
    }

    #[test]
    fn seconds_keep_milliseconds_and_no_more() {
        for (time_ms, text) in
            [(0, "0"), (1_500, "1.5"), (1_700_000_000_000, "1700000000"), (-1_250, "-1.25"), (7, "0.007")]
        {
            assert_eq!(seconds(time_ms), text);
        }
    }
}
