//! What goes over the wire, as values.

/// The HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Everything is in the URL.
    Get,
    /// The parameters are in the body, as `application/x-www-form-urlencoded`.
    Post,
}

/// A request to carry out. It wants no header of its own but the form's content type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// GET or POST.
    pub method: Method,
    /// The whole address, without credentials.
    pub url: String,
    /// The form, for POST; to be sent as `application/x-www-form-urlencoded`.
    pub body: Option<String>,
}

/// What came back, whatever its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: Option<&'a str>,
    /// The header `Retry-After`.
    pub retry_after: Option<&'a str>,
    /// The body, already decompressed.
    pub body: &'a [u8],
}

/// Why nothing came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection (name, address, port, network; in a page also the server's refusal to answer another origin).
    Unreachable(String),
    /// The connection was made and the encryption failed.
    Tls(String),
    /// Nothing came within the given time.
    TimedOut {
        /// How long was waited.
        seconds: u64,
    },
    /// The answer began and broke off.
    CutOff(String),
}
