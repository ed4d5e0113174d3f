//! Which page a source needs, and what that page may reach.

use super::sharing::{absolute, go_to, is_live_page};
use crate::dom::document;
use crate::state::{Link, SourceLink};

/// Makes the page the one that its address needs: a server is asked from the live page only, and that page reaches no
/// other server. False if the browser goes elsewhere, or if the policy could not be set; then nothing may be asked.
pub(super) fn settle(link: &Link) -> bool {
    let server = match &link.source {
        Some(SourceLink::Prometheus(address)) => crate::state::origin(address),
        _ => None,
    };
    if is_live_page() {
        return narrow(server.as_deref());
    } else if server.is_some() {
        go_to(&format!("{}{}", absolute("live.html"), link.encode()));
        return false;
    }
    true
}

/// Adds a second policy, which can only take permissions away: from now on, requests go to our own host and to this
/// server alone. The worker inherits it, because it is started afterwards.
fn narrow(server: Option<&str>) -> bool {
    let narrowed = || {
        let meta = document().create_element("meta").ok()?;
        let policy = format!("connect-src 'self' {}", server.unwrap_or_default());
        meta.set_attribute("http-equiv", "Content-Security-Policy").ok()?;
        meta.set_attribute("content", policy.trim_end()).ok()?;
        document().query_selector("head").ok()??.append_child(&meta).ok()
    };
    narrowed().is_some()
}
