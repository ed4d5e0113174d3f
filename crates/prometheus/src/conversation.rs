//! One server being spoken to: where its API is, and what it says besides the data.

use crate::answer;
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::request::Response;
use order::SortedSet;
use serde_json::value::RawValue;

/// A server, as far as it is known.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    pub(crate) endpoint: Endpoint,
    /// Other places where the API may be.
    others: Vec<Endpoint>,
    /// Whether the API has been found.
    pub(crate) is_confirmed: bool,
    first_refusal: Option<Error>,
    /// What the server said besides the data.
    pub(crate) warnings: SortedSet<String>,
}

impl Conversation {
    pub(crate) fn new(endpoint: Endpoint) -> Self {
        let others = endpoint.alternatives();
        Self { endpoint, others, is_confirmed: false, first_refusal: None, warnings: SortedSet::new() }
    }

    /// The answer's data as `read` reads them, or what class of error it is. `call` and `query` are what was asked.
    pub(crate) fn data<'a, T>(
        &mut self,
        call: &str,
        query: Option<&str>,
        response: &Response<'a>,
        read: fn(&'a RawValue) -> Result<T, String>,
    ) -> Result<T, Error> {
        let data = self.unpack(call, query, response)?;
        read(data).map_err(|reason| self.malformed(call, reason))
    }

    fn malformed(&self, call: &str, reason: String) -> Error {
        Error::Malformed { address: self.endpoint.address().to_owned(), call: call.to_owned(), reason }
    }

    /// What is in the answer's envelope.
    fn unpack<'a>(&mut self, call: &str, query: Option<&str>, response: &Response<'a>) -> Result<&'a RawValue, Error> {
        let refused = || Error::of_response(response, self.endpoint.address(), query);
        if !(200..300).contains(&response.status) {
            return Err(refused());
        }
        let envelope = match answer::envelope(response.body) {
            Ok(envelope) => envelope,
            Err(_) if !looks_like_json(response.body) => return Err(refused()),
            Err(reason) => return Err(self.malformed(call, reason)),
        };
        if envelope.status == "error" {
            return Err(refused());
        }
        let data = envelope.data.ok_or_else(|| self.malformed(call, "it has no `data`".to_owned()))?;
        self.warnings.extend(envelope.warnings.into_iter().flatten());
        self.warnings.extend(envelope.infos.into_iter().flatten());
        Ok(data)
    }

    /// Looks for the API at another usual path, where it has not been found yet and the error says that it is not here.
    ///
    /// # Errors
    /// The error, where it says something else; the first of its kind, where there is no other path.
    pub(crate) fn seek(&mut self, error: Error) -> Result<(), Error> {
        if self.is_confirmed || !matches!(error, Error::NotFound { .. } | Error::NotPrometheus { .. }) {
            return Err(error);
        }
        let first = self.first_refusal.get_or_insert(error).clone();
        if self.others.is_empty() {
            return Err(first);
        }
        self.endpoint = self.others.remove(0);
        Ok(())
    }
}

fn looks_like_json(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|byte| *byte == b'{')
}
