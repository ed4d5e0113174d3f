//! Which of the many reasons it is that a server cannot be read.

use super::host::{self, HostKind};
use super::ways_out::{self, WayOut};
use super::{Caller, Permission, program};
use crate::request::Response;
use crate::{Endpoint, Error};

/// Why it does not connect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// Nobody answers, as far as can be seen.
    NotReachable,
    /// A page over https must not ask a server over http.
    MixedContent,
    /// The browser wants the user's leave to reach the local network.
    LocalNetwork,
    /// It answers, but this page must not read it.
    Cors,
    /// It refuses the question that a browser asks before it sends headers.
    Preflight,
    /// A page for people came.
    WrongPath {
        /// The page's title, or its first words.
        found: String,
        /// The program that it looks like.
        program: Option<&'static str>,
    },
    /// 404 or 405, and no page that would tell more.
    NotFound {
        /// The status.
        status: u16,
    },
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// The server holds the data of several tenants, and wants to know which.
    Tenant,
    /// No answer in time.
    TimedOut,
    /// The encryption failed.
    Tls {
        /// The transport's words.
        reason: String,
    },
    /// Another answer that is an error.
    Refused {
        /// The whole sentence.
        sentence: String,
    },
}

/// What is wrong, and what helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Which it is.
    pub trouble: Trouble,
    /// In a few words.
    pub title: String,
    /// In one or two sentences.
    pub words: String,
    /// What can be done, ready to copy, the most likely first.
    pub ways_out: Vec<WayOut>,
}

/// Why nothing came back at all, not even unread.
pub(super) fn unanswered(server: &Endpoint, caller: &Caller) -> Trouble {
    let Caller::Page { origin, permission } = caller else { return Trouble::NotReachable };
    let (there, here) = (HostKind::of(server.address()), HostKind::of(origin));
    let asks = matches!(permission, Permission::Prompt | Permission::Denied);
    let is_mixed = host::is_encrypted(origin) && !host::is_encrypted(server.address()) && there != HostKind::Loopback;
    if there < here && asks {
        return Trouble::LocalNetwork;
    }
    if is_mixed && !(there == HostKind::Private && *permission == Permission::Granted) {
        return Trouble::MixedContent;
    }
    Trouble::NotReachable
}

/// What an answer means that is not the API's.
pub(super) fn of_refusal(error: &Error, response: &Response<'_>) -> Trouble {
    let program = program::of(response);
    let is_page = response.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<');
    match error {
        Error::TenantNeeded => Trouble::Tenant,
        Error::Unauthorized => Trouble::Unauthorized,
        Error::Forbidden { .. } => Trouble::Forbidden,
        Error::TimedOut { .. } => Trouble::TimedOut,
        Error::NotPrometheus { .. } => Trouble::WrongPath { found: program::title(response), program },
        Error::NotFound { .. } if is_page && program.is_some() => {
            Trouble::WrongPath { found: program::title(response), program }
        }
        Error::NotFound { status, .. } => Trouble::NotFound { status: *status },
        other => Trouble::Refused { sentence: other.to_string() },
    }
}

impl Diagnosis {
    pub(super) fn new(trouble: Trouble, server: &Endpoint, caller: &Caller) -> Self {
        let address = server.address();
        let origin = match caller {
            Caller::Native => "",
            Caller::Page { origin, .. } => origin.as_str(),
        };
        let (title, words) = words(&trouble, address, origin);
        let ways_out = ways_out::of(&trouble, address, caller);
        Self { trouble, title, words, ways_out }
    }
}

fn words(trouble: &Trouble, address: &str, origin: &str) -> (String, String) {
    let host = host::authority_of(address);
    match trouble {
        Trouble::NotReachable => (
            format!("Nobody answers at {host}"),
            if host::is_encrypted(address) {
                "Check that the server runs, the port, and that this machine can reach it (VPN, firewall). A certificate \
                 that this machine does not trust looks the same from here: open the address in a tab of its own to see \
                 which it is."
            } else {
                "Check that the server runs, the port, and that this machine can reach it (VPN, firewall). If the server \
                 speaks https only, write https://."
            }
            .to_owned(),
        ),
        Trouble::MixedContent => (
            format!("The browser does not let this page ask {host} over http"),
            "This page came over https, and from such a page browsers ask servers over https only (they call the rest \
             mixed content). Give the server https, or take this page from localhost."
                .to_owned(),
        ),
        Trouble::LocalNetwork => (
            format!("The browser wants your permission to reach {host}"),
            "The server is in your local network and this page is not, so the browser asks you first whether this page \
             may reach it. Allow it, and connect again."
                .to_owned(),
        ),
        Trouble::Cors => (
            format!("{host} answers, but this page may not read it"),
            format!(
                "The server does not say that pages of {origin} may read its answers (CORS). A server or gateway that \
                 wants a password looks the same, because its refusal does not say so either: then sign in below."
            ),
        ),
        Trouble::Preflight => (
            format!("{host} refuses the browser's question whether it may send your headers"),
            "Before a browser sends a password or a header of your own to another server, it asks for leave without them \
             (OPTIONS, the preflight). This server answers that as it answers everybody without a password: with a \
             refusal. Something in front of it must answer OPTIONS with 204 first."
                .to_owned(),
        ),
        Trouble::WrongPath { found, program } => (
            match program {
                Some(program) => format!("{host} answers with {program}"),
                None => format!("{host} answers with a web page instead of data"),
            },
            format!("The page is called {found}. {}", advice(*program)),
        ),
        Trouble::NotFound { status } => (
            format!("{host} answers, but has no Prometheus API there"),
            format!(
                "It says {status} to {address}/api/v1 and to the usual places behind gateways. Give the address in front \
                 of /api/v1; another program may also be listening on this port."
            ),
        ),
        Trouble::Unauthorized => (
            format!("{host} wants to know who asks"),
            "It says 401. Give user and password, or a token; they stay in this tab's memory.".to_owned(),
        ),
        Trouble::Forbidden => (
            format!("{host} refuses access"),
            "It says 403: it knows who asks, or needs not know, and says no. Ask for the right to read metrics, or give \
             another token."
                .to_owned(),
        ),
        Trouble::Tenant => (
            format!("{host} wants to know which tenant"),
            "It holds the metrics of several tenants (Mimir, Cortex) and wants the header X-Scope-OrgID with the \
             tenant's name."
                .to_owned(),
        ),
        Trouble::TimedOut => (
            format!("{host} does not answer in time"),
            "It took the connection, or nobody refused it, and then nothing came. A firewall that drops packets does \
             this, and so does a server with too much to do."
                .to_owned(),
        ),
        Trouble::Tls { reason } => (
            format!("The encrypted connection to {host} fails"),
            format!(
                "{reason}. If the server speaks plain http, write http://; if its certificate is from a private \
                 authority, let this machine trust that."
            ),
        ),
        Trouble::Refused { sentence } => (format!("{host} answers with an error"), sentence.clone()),
    }
}

fn advice(program: Option<&str>) -> &'static str {
    match program {
        Some("Grafana") => {
            "Give the address of the server behind it (in Grafana: Connections, Data sources, the source's URL), or \
             …/api/datasources/proxy/uid/UID with a token."
        }
        Some("a login page") => "Give the address of the server itself, or a token if the gateway takes one.",
        Some("Alertmanager") => "It holds alerts; give the address of the Prometheus that sends them.",
        Some(program) if program.starts_with("an exporter") || program.ends_with("scrapes") => {
            "Give the address of the server that scrapes it, or save this page and drop it here twice, some time apart."
        }
        _ => "Give the address in front of /api/v1, mostly the one of the server's own page.",
    }
}
