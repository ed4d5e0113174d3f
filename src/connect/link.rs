//! The page's own address with other servers in it.
//!
//! The page has forbidden itself to reach any server that its address does not name, and nothing can take that back: for
//! another server it begins anew.

use js_sys::encode_uri_component;

/// Begins the page anew, for these servers and these settings.
pub(super) fn go_to(servers: &[String], settings: &[String]) {
    if let Some(window) = web_sys::window() {
        // Our own address is always allowed.
        let _ = window.location().set_hash(&hash(servers, settings));
        let _ = window.location().reload();
    }
}

/// What stands behind the page's address.
fn hash(servers: &[String], settings: &[String]) -> String {
    let pair = |name: &str, value: &String| format!("{name}={}", encode_uri_component(value));
    let servers = servers.iter().map(|address| pair("source", address));
    let pairs: Vec<String> = servers.chain(settings.iter().map(|setting| pair("ask", setting))).collect();
    format!("#{}", pairs.join("&"))
}
