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
    /// What the server has, and what these settings would fetch of it: an [`Offer`].
    Survey(Vec<String>),
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

enum_bytes! { Probe { 0: Find { origin, permission }, 1: Try(query), 2: Survey(settings) } else Self::Try(String::new()) }
/// A pack of known metrics, of which the server has some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackOffer {
    /// The name that settings use.
    pub name: String,
    /// In words.
    pub title: String,
    /// How many of its metrics there are.
    pub metrics: usize,
    /// How many series they have.
    pub series: u64,
}

/// A label that could tell services apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelOffer {
    /// Its name.
    pub name: String,
    /// How many values it has.
    pub values: usize,
}

/// What a server has, and what would be fetched of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Why there is none; empty where there is.
    pub problem: String,
    /// The number of metrics in all.
    pub metrics: usize,
    /// Packs of which there is anything.
    pub packs: Vec<PackOffer>,
    /// Labels that could tell services apart, best first.
    pub labels: Vec<LabelOffer>,
    /// The one that does.
    pub label: String,
    /// Series on the server that are asked for; none where no pack or query is.
    pub series_before: u64,
    /// Series that would be fetched.
    pub series: u64,
    /// Samples that would be fetched.
    pub samples: u64,
    /// The most samples that may be fetched.
    pub budget: u64,
    /// The plan in words, line by line; empty where no pack or query is asked for.
    pub plan: String,
}

struct_bytes! {
    PackOffer { name, title, metrics, series }
    Offer { problem, metrics, packs, labels, label, series_before, series, samples, budget, plan }
    LabelOffer { name, values }
    WayOut { title, text }
    Finding { name, title, words, warning, address, ways_out }
    Trial { series, problem, column }
}
