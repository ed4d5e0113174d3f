//! Trying a query of the user's own: how many series it gives, or where it is wrong.

use crate::answer::{self, QueryResult};
use crate::request::{Failure, Request, Response};
use crate::{Endpoint, Error, form, promql};

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
                let at = promql::place_of_error(query, &message);
                Err(QueryFault { message, at })
            }
            other => Err(elsewhere(other)),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

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
