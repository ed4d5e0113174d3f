//! The Prometheus HTTP API as values: which requests to make, and what the answers mean. Nothing here does I/O.
//!
//! A [`Fetch`] is a plan under way. Whoever can speak HTTP drives it: take the next [`Request`], carry it out, hand back
//! the [`Response`] or the [`Failure`], until there is no next request; then [`Fetch::finish`] gives the
//! [`series::Dataset`]. The page does this with `fetch`, the command line with blocking sockets, a test with a table:
//!
//! ```
//! use prometheus::{Ask, Endpoint, Fetch, Response};
//! # fn main() -> Result<(), prometheus::Error> {
//! let mut ask = Ask::queries(Endpoint::parse("http://localhost:9090/graph")?, ["up"], 0, 60_000);
//! ask.step_ms = Some(30_000);
//! let mut fetch = Fetch::new(ask)?;
//! while let Some(request) = fetch.next_request() {
//!     assert_eq!(request.url, "http://localhost:9090/api/v1/query_range?query=up&start=0&end=60&step=30");
//!     let body = br#"{"status":"success","data":{"resultType":"matrix","result":[
//!         {"metric":{"__name__":"up","job":"a"},"values":[[0,"1"],[30,"0"],[60,"NaN"]]}]}}"#;
//!     fetch.accept(Ok(Response { status: 200, content_type: None, retry_after: None, body }))?;
//! }
//! let dataset = fetch.finish()?;
//! assert_eq!(dataset.series[0].name, "up{job=\"a\"}");
//! # Ok(()) }
//! ```
//!
//! Every request is a GET or a form POST without headers of its own, so a browser sends it to another origin without
//! asking first (no preflight).
//!
//! A [`connect::Connection`] is driven in the same way: it finds what speaks the API and where, or which of the many
//! reasons it is that nothing can be read.
//!
//! # What is asked
//! With queries: each of them, by `query_range`, in chunks below the server's limit of points. Without: the names of all
//! metrics, the series behind the ones worth looking at (see [`worth`]), and their samples as they were scraped; if that
//! would be too many, the last sample of each step. With presets (see [`preset`]): a [`Survey`] of what the server has of
//! them, a [`Plan`] that keeps a budget by letting the server aggregate, and what the plan says. [`Live`] then follows the
//! server: what is new since. [`Servers`] are several that are followed together.

mod alerts;
mod answer;
mod ask;
mod chunk;
mod collection;
pub mod connect;
mod conversation;
pub mod duration;
mod endpoint;
mod error;
mod event;
mod fetch;
mod form;
mod live;
mod meaning;
mod names;
mod patience;
mod plan;
pub mod preset;
mod promql;
mod request;
pub mod scope;
mod selector;
mod servers;
pub mod service;
mod step;
mod survey;
pub mod worth;

pub use answer::Metadata;
pub use ask::{Ask, Question};
pub use chunk::{Chunk, MAX_POINTS, chunks};
pub use endpoint::Endpoint;
pub use error::Error;
pub use fetch::{Fetch, Progress};
pub use live::{Live, Next, Snapshot, Update};
pub use plan::{Manner, Plan, Planned, Size};
pub use request::{Failure, Method, Request, Response};
pub use scope::{Budget, Scope};
pub use servers::{Servers, Snapshots};
pub use step::{TARGET_POINTS, automatic_step_ms};
pub use survey::{Inventory, Part, Survey};
