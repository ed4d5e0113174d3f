//! The page's own address with other servers in it.

use crate::state::{Link, SourceLink, View};

/// Begins the page anew, for these servers and these settings: it has forbidden itself to reach any server that its
/// address does not name, and nothing takes that back.
pub(super) fn go_to(servers: Vec<String>, settings: &[String]) {
    let link =
        Link { source: Some(SourceLink::Prometheus(servers)), settings: settings.to_vec(), view: View::default() };
    if let Some(window) = web_sys::window() {
        // Our own address is always allowed.
        let _ = window.location().set_hash(&link.encode());
        let _ = window.location().reload();
    }
}
