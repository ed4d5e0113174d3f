//! Which page a source needs, and what that page may reach.

use super::sharing::{absolute, go_to, is_live_page};
use crate::dom::document;
use crate::state::Link;

/// Makes the page the one that its address needs: a server is asked from the live page only, and that page reaches no
/// other server. False if the browser goes elsewhere, or if the policy could not be set; then nothing may be asked.
pub(super) fn settle(link: &Link) -> bool {
    let servers = link.origins();
    if is_live_page() {
        return narrow(&servers);
    } else if !servers.is_empty() {
        go_to(&format!("{}{}", absolute("live.html"), link.encode()));
        return false;
    }
    true
}

/// Adds a second policy, which can only take permissions away: from now on, requests go to our own host and to these
/// servers alone. The worker inherits it, because it is started afterwards.
fn narrow(servers: &[String]) -> bool {
    let narrowed = || {
        let meta = document().create_element("meta").ok()?;
        let policy = format!("connect-src 'self' {}", servers.join(" "));
        meta.set_attribute("http-equiv", "Content-Security-Policy").ok()?;
        meta.set_attribute("content", policy.trim_end()).ok()?;
        document().query_selector("head").ok()??.append_child(&meta).ok()
    };
    narrowed().is_some()
}
