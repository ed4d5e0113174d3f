//! Trying a query of the user's own: how many series it gives, or where it is wrong.

use crate::answer::{self, QueryResult};
use crate::request::{Failure, Request, Response};
use crate::{Endpoint, Error, form};

/// What is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryFault {
    /// The server's words, or why there are none.
    pub message: String,
    /// Where in the query, in bytes from its beginning; none where the server does not say. At most its length.
    pub at: Option<usize>,
}

/// The request that tries a query at one moment: one sample of each series comes back.
pub fn try_query(endpoint: &Endpoint, query: &str, time_ms: i64) -> Request {
    form::call(endpoint.call(&["query"]), &[("query", query), ("time", &form::seconds(time_ms))])
}

/// The number of series that the query gave.
///
/// # Errors
/// What is wrong with the query, or why the server gave no answer.
pub fn tried(query: &str, endpoint: &Endpoint, answer: Result<Response<'_>, Failure>) -> Result<usize, QueryFault> {
    let elsewhere = |error: Error| QueryFault { message: error.to_string(), at: None };
    let response = answer.map_err(|failure| elsewhere(Error::of_failure(failure, endpoint.address())))?;
    let envelope = answer::envelope(response.body).ok().filter(|envelope| envelope.status == "success");
    let result = envelope.and_then(|envelope| answer::query_result(envelope.data?).ok());
    match result {
        Some(QueryResult::Series(all)) => Ok(all.len()),
        Some(QueryResult::Scalar(_)) => Ok(1),
        Some(QueryResult::Text) => Ok(0),
        None => match Error::of_response(&response, endpoint.address(), None) {
            Error::BadQuery { message, .. } | Error::Unprocessable { message, .. } => {
                let at = place(&message, query);
                Err(QueryFault { message, at })
            }
            other => Err(elsewhere(other)),
        },
    }
}

/// Where a server's words say that a query is wrong: `1:5: parse error` (line and column), `parse error at char 5`,
/// `parse error at line 1, char 5`, or the rest that could not be read (`unparsed data left: "…"`).
fn place(message: &str, query: &str) -> Option<usize> {
    let number = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let leading = |text: &str| text.get(..number(text))?.parse::<usize>().ok();
    let (line, column) = if let Some((before, _)) = message.split_once(": parse error") {
        let mut parts = before.rsplit(':');
        let column = parts.next()?.trim().parse().ok()?;
        let line = parts.next()?;
        (line.rsplit(' ').next()?.parse().ok()?, column)
    } else if let Some((_, after)) = message.split_once("parse error at line ") {
        (leading(after)?, leading(after.split_once("char ")?.1)?)
    } else if let Some((_, after)) = message.split_once("parse error at char ") {
        (1, leading(after)?)
    } else {
        let (_, after) = message.split_once("unparsed data left: \"")?;
        let left = after.split(['"', ';']).next()?;
        return query.trim_end().strip_suffix(left.trim_end()).map(str::len);
    };
    let start: usize = query.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
    let at = (start + column.checked_sub(1)?).min(query.len());
    (0..=at).rev().find(|at| query.is_char_boundary(*at))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_caret_stands_where_the_server_says() {
        for (message, query, at) in [
            ("invalid parameter \"query\": 1:5: parse error: unexpected <by>", "sum by by (x)", Some(4)),
            ("invalid parameter \"query\": 2:3: parse error: unexpected", "sum(\nup))", Some(7)),
            ("parse error at char 4: no", "sum(", Some(3)),
            ("parse error at line 1, char 2: no", "sum(", Some(1)),
            ("1:99: parse error: unclosed left parenthesis", "sum(", Some(4)),
            ("cannot parse: unparsed data left: \")) \"", "sum(up)))", Some(7)),
            ("unknown function", "no(up)", None),
            ("1:3: parse error: inside of a letter", "aü)", Some(1)),
            ("0:0: parse error: nowhere", "up", None),
        ] {
            assert_eq!(place(message, query), at, "{message}");
        }
    }

    #[test]
    fn series_are_counted_and_errors_are_the_servers() {
        let endpoint = Endpoint::parse("http://h").unwrap();
        let answer = |status, body: &'static str| {
            Ok(Response { status, content_type: None, retry_after: None, body: body.as_bytes() })
        };
        let two = r#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"1"]},{"metric":{"a":"b"},"value":[1,"1"]}]}}"#;
        assert_eq!(tried("up", &endpoint, answer(200, two)), Ok(2));
        let bad = r#"{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:4: parse error: unclosed left parenthesis"}"#;
        let fault = tried("sum(", &endpoint, answer(400, bad)).unwrap_err();
        assert_eq!(fault.at, Some(3));
        assert!(fault.message.contains("unclosed left parenthesis"));
        assert!(tried("up", &endpoint, Err(Failure::Unreachable("gone".into()))).unwrap_err().message.contains("gone"));
    }
}
