//! What came of connecting to a server, as it crosses between the programs.

use report::{enum_bytes, struct_bytes};

/// What the panel wants to know of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// What is there, and if nothing can be read, why: a [`Finding`].
    Find {
        /// The page's origin.
        origin: String,
        /// The state of the browser's permission to reach the local network; empty where it has none.
        permission: String,
    },
    /// What a query gives at the moment: a [`Trial`].
    Try(String),
}

/// Something that helps, ready to copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WayOut {
    /// What it does, and where it belongs.
    pub title: String,
    /// What to copy.
    pub text: String,
}

/// What came of connecting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// Which it is, in one word: `connected`, or the trouble (`cors`, `tenant`, …).
    pub name: String,
    /// What the server is, or what is wrong, in a few words.
    pub title: String,
    /// What is known of it, or what it means, in one or two sentences.
    pub words: String,
    /// Something to be set right although it connects; empty where there is nothing.
    pub warning: String,
    /// Where the API is; empty where it was not found.
    pub address: String,
    /// What helps where it does not connect.
    pub ways_out: Vec<WayOut>,
}

impl Finding {
    /// Whether the server can be asked.
    pub fn is_connected(&self) -> bool {
        !self.address.is_empty()
    }
}

/// What a query gives at the moment, or where it is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// How many series it gives.
    pub series: usize,
    /// What is wrong with it, in the server's words; empty where nothing is.
    pub problem: String,
    /// Where that is, in letters from its beginning; none where the server does not say.
    pub column: Option<usize>,
}

enum_bytes! { Probe { 0: Find { origin, permission }, 1: Try(query) } else Self::Try(String::new()) }
struct_bytes! {
    WayOut { title, text }
    Finding { name, title, words, warning, address, ways_out }
    Trial { series, problem, column }
}
