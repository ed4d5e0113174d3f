//! The messages.

use report::{Behind, enum_bytes, struct_bytes};
use std::fmt;

/// The share of a load's work that reading is taken for; the rest is the analysis.
pub const READING_SHARE: f64 = 0.25;

/// Tells the form of messages and Reports and, as `cargo xtask build` names them, the sources: page and workers speak with each
/// other only if both were built from the same ones. A browser may hold files of two builds while a new one is being put in
/// place, and a helper of the next build may understand everything and compute otherwise.
pub const FORM: u64 = report::bytes::fingerprint(
    match option_env!("MONTEVERDI_SOURCES") {
        Some(number) => number.as_bytes(),
        None => b"",
    },
    report::bytes::fingerprint(
        include_bytes!("message.rs"),
        report::bytes::fingerprint(
            include_bytes!("dataset.rs"),
            report::bytes::fingerprint(
                include_bytes!("preview.rs"),
                report::bytes::fingerprint(
                    include_bytes!("connect.rs"),
                    report::bytes::fingerprint(
                        include_bytes!("../../crates/engine/src/portion.rs"),
                        report::bytes::FORM,
                    ),
                ),
            ),
        ),
    ),
);

/// What proves to a server who asks. Held in memory only; its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A user name and a password.
    Basic {
        /// The user's name.
        user: String,
        /// The password.
        password: String,
    },
    /// A bearer token.
    Bearer(String),
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// What goes along with every request to a server, besides the question. Held in memory only; its `Debug` shows nothing
/// of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Who asks, where the server wants to know.
    pub credentials: Option<Credentials>,
    /// Headers of the user's own (`X-Scope-OrgID: tenant`), one a line.
    pub headers: Vec<String>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access(…)")
    }
}

/// A server, and what it takes to be answered by it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Server {
    /// Its address, without credentials.
    pub address: String,
    /// What goes along with every request to it, and to no other server.
    pub access: Access,
}

/// What a person can do about a failure, besides choosing something else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing here.
    #[default]
    None,
    /// See why a server cannot be read, say who asks, or ask for something else: of the servers of the load, the one with
    /// this number.
    Connect(usize),
    /// Say how the file is to be read.
    Explain,
}

/// Why a load failed, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// What did not work, in a few words.
    pub title: String,
    /// Where, what was expected, and what to do.
    pub message: String,
    /// What a person can do about it here.
    pub remedy: Remedy,
}

/// Where the data come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Files, which go along with the message.
    Files {
        /// Their names, in the order of the files.
        names: Vec<String>,
        /// How they are to be read: settings `name=value`, as the readers take them.
        settings: Vec<String>,
        /// What was said before of files of one shape, as [`crate::state::Remembered`] writes it.
        remembered: String,
    },
    /// Prometheus servers, which are all asked the same. Where two call a series the same, the later one's name stands in
    /// front.
    Prometheus {
        /// The servers; at least one.
        servers: Vec<Server>,
        /// The end of the window, in milliseconds since 1970-01-01 UTC.
        end_ms: i64,
        /// What is asked for: settings `name=value`, as the prometheus crate takes them.
        settings: Vec<String>,
    },
}

/// A stretch of one series to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChartRequest {
    /// The series.
    pub series: usize,
    /// First moment.
    pub start_ms: i64,
    /// Last moment.
    pub end_ms: i64,
    /// At most so many points.
    pub max_points: usize,
    /// What is drawn behind it.
    pub behind: Behind,
}

/// What the page asks of the analysis as bytes, to hand it on without looking into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handed {
    /// The Report, for the program that makes files of it.
    Report,
    /// The spectrum of two series, a [`report::PairSpectrum`], for the charts; empty where there is none.
    Pair(usize, usize),
}

/// From the page to one of its workers.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// To the reader for files, to what asks servers for those: begin a load; whatever is under way is dropped.
    Load {
        /// The load's number.
        generation: u32,
        /// Where the data come from.
        input: Input,
    },
    /// To the analysis: begin with the data set in the buffers, as [`Response::Dataset`] brought it.
    Analyse {
        /// The load's number.
        generation: u32,
        /// As in [`Response::Dataset`].
        service_label: String,
        /// Settings for the analysis: `weight.SERVICE=NUMBER`, `pattern=1,1,0`.
        settings: Vec<String>,
        /// The incidents that the user knows: a list of [`report::NamedSignature`], as bytes: of all programs only the page and
        /// the analysis know it.
        library: Vec<u8>,
    },
    /// To the analysis, while nobody wants anything: get ready, by analysing made-up data.
    Rehearse,
    /// To a second analysis: look at the series in the only buffer, an [`engine::Portion`], for the first one.
    Help {
        /// The load's number.
        generation: u32,
        /// Which analysis of the first one they are of.
        number: u32,
    },
    /// To the analysis: what a second one found, an [`engine::Answer`] in the only buffer.
    Helped {
        /// As in [`Request::Help`].
        generation: u32,
        /// As in [`Request::Help`].
        number: u32,
    },
    /// To what asks servers: the data set that it sent last is analysed, and the next one may come.
    Analysed {
        /// The load's number.
        generation: u32,
    },
    /// Drop the load under way.
    Cancel {
        /// Its number.
        generation: u32,
    },
    /// To the reader: ask how the beginning of the file that goes along is understood.
    Preview {
        /// Comes back with the answer.
        ticket: u32,
        /// The file's name.
        name: String,
        /// How it is to be read.
        settings: Vec<String>,
    },
    /// To what asks servers: go on asking for what is new, or pause.
    Follow {
        /// The load.
        generation: u32,
        /// Whether to go on.
        goes_on: bool,
    },
    /// Ask for data to draw.
    Chart {
        /// Comes back with the answer.
        ticket: u32,
        /// The load that the Report on the screen belongs to.
        generation: u32,
        /// What to draw.
        chart: ChartRequest,
    },
    /// Ask for something that other programs read.
    Hand {
        /// Comes back with the answer.
        ticket: u32,
        /// The load that the Report on the screen belongs to.
        generation: u32,
        /// What.
        what: Handed,
    },
    /// To what asks servers, from the panel: what is at an address and why it cannot be read, or what a query gives there.
    Connect {
        /// Comes back with the answer.
        ticket: u32,
        /// The server's address, without credentials.
        address: String,
        /// What goes along with every request.
        access: Access,
        /// A [`super::Probe`], as bytes: of all programs only the panel and what asks servers know it.
        question: Vec<u8>,
    },
}

/// From a worker to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Response {
    /// The worker listens. Nothing may be sent before.
    Ready {
        /// The form of messages and Reports that it speaks, [`FORM`].
        form: u64,
    },
    /// How far a load is.
    Progress {
        /// The load.
        generation: u32,
        /// The stage at work, in words.
        stage: String,
        /// The share of all work that is done, 0 to 1.
        done: f64,
    },
    /// What was read: a data set in the buffers, which only the analysis unpacks. Of servers that are followed they come
    /// again and again.
    Dataset {
        /// The load.
        generation: u32,
        /// The label that tells services apart, if one was chosen; else empty.
        service_label: String,
    },
    /// Series that somebody else may look at meanwhile, in the only buffer.
    Portion {
        /// The load.
        generation: u32,
        /// Which analysis they are of.
        number: u32,
    },
    /// What was found in them, in the only buffer.
    Helped {
        /// As in [`Request::Help`].
        generation: u32,
        /// As in [`Request::Help`].
        number: u32,
    },
    /// A Report, encoded in the only buffer.
    Report {
        /// The load.
        generation: u32,
        /// Whether it is the last one.
        complete: bool,
    },
    /// How a server that is followed stands. Its Reports come again and again, each complete.
    Live {
        /// The load.
        generation: u32,
        /// How old its newest sample is, in a few words.
        words: String,
        /// The rest: the next poll, failures, stale series, and what left its habit; a sentence each.
        detail: String,
        /// Whether what is shown does not tell what is now.
        is_old: bool,
    },
    /// A load failed.
    Failed {
        /// The load.
        generation: u32,
        /// Why.
        fault: Fault,
    },
    /// A load was dropped on request.
    Cancelled {
        /// The load.
        generation: u32,
    },
    /// Data to draw: times, values, lower and upper bound as four buffers of 64-bit floats; no buffer where there is no
    /// such series or the load is gone.
    Chart {
        /// The request's.
        ticket: u32,
        /// The series.
        series: usize,
    },
    /// How a file is understood: a [`super::Preview`] in the only buffer.
    Preview {
        /// The request's.
        ticket: u32,
    },
    /// What came of connecting, a [`super::Finding`], or of a query, a [`super::Trial`], in the only buffer.
    Found {
        /// The request's.
        ticket: u32,
    },
    /// The file that was asked for in the only buffer; no buffer where the load is gone.
    File {
        /// The request's.
        ticket: u32,
    },
}

enum_bytes! {
    Credentials { 0: Basic { user, password }, 1: Bearer(token) } else Self::Bearer(String::new())
}
struct_bytes! {
    Access { credentials, headers }
    Server { address, access }
    Fault { title, message, remedy }
    ChartRequest { series, start_ms, end_ms, max_points, behind }
}
enum_bytes! { Handed { 0: Report, 1: Pair(from, to) } else Self::Report }
enum_bytes! { Remedy { 0: None, 1: Connect(server), 2: Explain } else Self::None }
enum_bytes! {
    Input { 0: Files { names, settings, remembered }, 1: Prometheus { servers, end_ms, settings } }
    else Self::Files { names: Vec::new(), settings: Vec::new(), remembered: String::new() }
}
enum_bytes! {
    Request {
        0: Load { generation, input },
        1: Cancel { generation },
        2: Chart { ticket, generation, chart },
        3: Hand { ticket, generation, what },
        4: Analyse { generation, service_label, settings, library },
        5: Preview { ticket, name, settings },
        6: Connect { ticket, address, access, question },
        7: Follow { generation, goes_on },
        8: Analysed { generation },
        9: Help { generation, number },
        10: Helped { generation, number },
        11: Rehearse,
    } else Self::Cancel { generation: 0 }
}
enum_bytes! {
    Response {
        0: Ready { form },
        1: Progress { generation, stage, done },
        2: Report { generation, complete },
        3: Failed { generation, fault },
        4: Cancelled { generation },
        5: Chart { ticket, series },
        6: File { ticket },
        7: Dataset { generation, service_label },
        8: Preview { ticket },
        9: Found { ticket },
        10: Live { generation, words, detail, is_old },
        11: Portion { generation, number },
        12: Helped { generation, number },
    } else Self::Ready { form: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::bytes::{decode, encode};

    #[test]
    fn credentials_are_not_shown() {
        let input = Input::Prometheus {
            servers: vec![Server {
                address: "http://prom".into(),
                access: Access {
                    credentials: Some(Credentials::Basic { user: "monica".into(), password: "hunter2".into() }),
                    headers: vec!["X-Scope-OrgID: hunter2".into()],
                },
            }],
            end_ms: 0,
            settings: Vec::new(),
        };
        let text = format!("{input:?}");
        assert!(!text.contains("hunter2") && !text.contains("monica"), "{text}");
    }

    #[test]
    fn messages_survive_being_bytes() {
        let request = Request::Load {
            generation: 7,
            input: Input::Files {
                names: vec!["a.csv".into()],
                settings: vec!["units=written".into()],
                remembered: String::new(),
            },
        };
        assert_eq!(decode(&encode(&request)), Some(request));
        let response = Response::Progress { generation: 7, stage: "Reading".into(), done: 0.5 };
        let bytes = encode(&response);
        assert_eq!(decode::<Response>(&bytes[..bytes.len() - 1]), None, "a message cut short is refused");
        assert_eq!(decode(&bytes), Some(response));
    }
}
