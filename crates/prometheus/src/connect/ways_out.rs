//! What can be done about it, ready to copy.

use super::diagnosis::Trouble;
use super::host;
use super::{Caller, Permission};
use crate::form;

/// A way out: what it is, and what to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOut {
    /// What it does, and where it belongs.
    pub title: String,
    /// What to copy.
    pub text: String,
}

fn way(title: &str, text: impl Into<String>) -> WayOut {
    WayOut { title: title.to_owned(), text: text.into() }
}

/// The ways out of a trouble, the most likely first.
pub(super) fn of(trouble: &Trouble, address: &str, caller: &Caller) -> Vec<WayOut> {
    let Caller::Page { origin, permission } = caller else { return of_a_program(trouble, address) };
    let mut ways = match trouble {
        Trouble::NotReachable | Trouble::TimedOut => vec![port_forward(address), curl(address)],
        Trouble::MixedContent => {
            vec![localhost(address), port_forward(address), nginx(address, origin), caddy(address, origin)]
        }
        Trouble::LocalNetwork => vec![permission_way(*permission), localhost(address), curl(address)],
        Trouble::Cors => vec![flag(origin), nginx(address, origin), caddy(address, origin), curl(address)],
        Trouble::Preflight | Trouble::Tenant => vec![nginx(address, origin), caddy(address, origin), curl(address)],
        Trouble::WrongPath { .. } | Trouble::NotFound { .. } => vec![try_address(address)],
        Trouble::Unauthorized | Trouble::Forbidden => vec![curl(address)],
        Trouble::Tls { .. } | Trouble::Refused { .. } => vec![curl(address)],
    };
    if !matches!(trouble, Trouble::WrongPath { .. } | Trouble::NotFound { .. }) {
        ways.push(command_line(trouble, address));
    }
    ways
}

/// To a program of its own, browsers' rules do not apply.
fn of_a_program(trouble: &Trouble, address: &str) -> Vec<WayOut> {
    match trouble {
        Trouble::NotReachable | Trouble::TimedOut => vec![port_forward(address)],
        Trouble::Unauthorized | Trouble::Forbidden | Trouble::Tenant => vec![command_line(trouble, address)],
        Trouble::WrongPath { .. } | Trouble::NotFound { .. } => vec![try_address(address)],
        _ => Vec::new(),
    }
}

/// Prometheus' flag. Its value is a regular expression that must match the whole origin.
fn flag(origin: &str) -> WayOut {
    let mut pattern = String::new();
    for letter in origin.chars() {
        if "\\.+*?()|[]{}^$".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    way(
        "Start Prometheus with this flag (Thanos: without --web.disable-cors; VictoriaMetrics: without -http.disableCORS)",
        format!("--web.cors.origin={}", quoted(&pattern)),
    )
}

/// What a page may send: what it sends by itself and, where the browser knows the star, any header of the user's own.
/// Browsers want `Authorization` to be named.
const ALLOWED_HEADERS: &str = "Authorization, Content-Type, X-Scope-OrgID, *";

/// nginx returns in its rewrite phase, before it looks at passwords. To a server with encryption it gives no name unless it
/// is told to, and many of them answer with another server's certificate then, or not at all.
fn nginx(address: &str, origin: &str) -> WayOut {
    let (upstream, path) = (upstream(address), path(address));
    let listen = if host::is_encrypted(origin) {
        format!(
            "# Then connect to https://THIS-HOST:9443{path}\nserver {{\n    # with ssl_certificate and \
             ssl_certificate_key: this page came over https\n    listen 9443 ssl;"
        )
    } else {
        format!("# Then connect to http://THIS-HOST:9091{path}\nserver {{\n    listen 9091;")
    };
    let name = if host::is_encrypted(address) { "        proxy_ssl_server_name on;\n" } else { "" };
    let text = format!(
        "{listen}\n    location / {{\n        if ($request_method = OPTIONS) {{\n            add_header \
         Access-Control-Allow-Origin \"{origin}\";\n            add_header Access-Control-Allow-Methods \"GET, POST, \
         OPTIONS\";\n            add_header Access-Control-Allow-Headers \"{ALLOWED_HEADERS}\";\n            add_header \
         Access-Control-Max-Age 86400;\n            return 204;\n        }}\n        proxy_hide_header \
         Access-Control-Allow-Origin;\n        add_header Access-Control-Allow-Origin \"{origin}\" always;\n        \
         add_header Vary Origin always;\n{name}        proxy_pass {upstream};\n    }}\n}}\n"
    );
    way("nginx in front of it, answering OPTIONS before it asks for a password", text)
}

/// Caddy hands on the name that it was asked for itself unless it is told to give the server's.
fn caddy(address: &str, origin: &str) -> WayOut {
    let (upstream, path) = (upstream(address), path(address));
    let site = if host::is_encrypted(origin) {
        format!(
            "# Then connect to https://metrics.example.org{path}, or a name of yours: Caddy gets its \
             certificate\nmetrics.example.org"
        )
    } else {
        format!("# Then connect to http://THIS-HOST:9091{path}\n:9091")
    };
    let text = format!(
        "{site} {{\n    @preflight method OPTIONS\n    handle @preflight {{\n        header \
         Access-Control-Allow-Origin \"{origin}\"\n        header Access-Control-Allow-Methods \"GET, POST, OPTIONS\"\n        \
         header Access-Control-Allow-Headers \"{ALLOWED_HEADERS}\"\n        header Access-Control-Max-Age \
         86400\n        respond 204\n    }}\n    handle {{\n        reverse_proxy {upstream} {{\n            header_up Host \
         {{upstream_hostport}}\n            header_down Access-Control-Allow-Origin \"{origin}\"\n        }}\n    }}\n}}\n"
    );
    way("Or Caddy in front of it (a Caddyfile)", text)
}

/// What stands behind scheme, host and port; empty where nothing does.
fn path(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.find('/').and_then(|place| rest.get(place..)).unwrap_or_default()
}

/// Scheme, host and port.
fn upstream(address: &str) -> String {
    let scheme = if host::is_encrypted(address) { "https" } else { "http" };
    format!("{scheme}://{}", host::authority_of(address))
}

/// A name of the cluster's own (`service.namespace.svc`) tells what to forward.
fn port_forward(address: &str) -> WayOut {
    let name = host::name_of(address);
    let port = host::authority_of(address).rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    let mut parts = name.split('.');
    let known = match (parts.next(), parts.next(), parts.next()) {
        (Some(service), Some(namespace), Some("svc")) => Some((service, namespace)),
        _ => None,
    };
    match known {
        Some((service, namespace)) => {
            let text = format!(
                "kubectl --namespace {} port-forward service/{} 9090:{}",
                quoted(namespace),
                quoted(service),
                port.unwrap_or(80)
            );
            way("The name is one of a Kubernetes cluster: forward it, then connect to http://localhost:9090", text)
        }
        None => way(
            "If it runs in Kubernetes: forward it (the first line finds its name), then connect to http://localhost:9090",
            "kubectl get services --all-namespaces | grep -i prometheus\n\
             kubectl --namespace monitoring port-forward service/prometheus-operated 9090:9090\n",
        ),
    }
}

/// The last hours of what matters most, in one file. The clock is the shell's.
fn curl(address: &str) -> WayOut {
    let query = "{__name__=~\"up|.+_(total|count|sum|bytes|seconds|ratio|percent|load1|usage)\"}";
    let url = quoted(&format!("{address}/api/v1/query_range"));
    let text = format!(
        "curl -sG {url} --data-urlencode {} -d step=60 -d start=$(($(date +%s)-21600)) -d end=$(date +%s) -o \
         prometheus.json\n",
        quoted(&format!("query={query}"))
    );
    way(
        "Fetch the last 6 hours with curl and drop the file here (with -u USER or -H 'Authorization: Bearer …' where it \
         wants to know who asks)",
        text,
    )
}

fn localhost(address: &str) -> WayOut {
    let mut source = String::new();
    form::escape_into(&mut source, address);
    way(
        "Run this page on your own machine: the same files, served there, then open the second line",
        format!(
            "python3 -m http.server 8000 --bind 127.0.0.1 --directory dist\nhttp://localhost:8000/live.html#source={source}\n"
        ),
    )
}

fn command_line(trouble: &Trouble, address: &str) -> WayOut {
    let header = match trouble {
        Trouble::Tenant => " --header 'X-Scope-OrgID: TENANT'",
        Trouble::Unauthorized | Trouble::Preflight => " --header 'Authorization: Bearer TOKEN'",
        _ => "",
    };
    way(
        "Or ask from the command line, where the rules of browsers do not apply",
        format!("monteverdi analyze --prometheus {}{header}\n", quoted(address)),
    )
}

fn permission_way(permission: Permission) -> WayOut {
    let title = match permission {
        Permission::Denied => {
            "It was refused before: click the sign left of the address, and allow access to the local network for this page"
        }
        _ => {
            "The browser's question may be hidden: click the sign left of the address, and allow access to the local network"
        }
    };
    way(title, "chrome://settings/content/localNetworkAccess")
}

/// The places where an API usually is.
fn try_address(address: &str) -> WayOut {
    let origin = upstream(address);
    way(
        "Where it often is: Prometheus; Mimir and Thanos behind a gateway; a VictoriaMetrics cluster; through Grafana",
        format!(
            "{origin}\n{origin}/prometheus\n{origin}/select/0/prometheus\n{origin}/api/datasources/proxy/uid/UID\n"
        ),
    )
}

/// A text as one word of a POSIX shell, whatever is in it.
fn quoted(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::process::Command;

    #[test]
    fn a_shell_reads_back_whatever_was_quoted() {
        for text in ["", "plain", "http://h/a b", "it's", "$(touch x)`y`", "a\\b\"c", "'';'", "line\nbreak", "ü&|*?[~"]
        {
            let output = Command::new("sh").arg("-c").arg(format!("printf %s {}", quoted(text))).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
        }
    }

    #[test]
    fn the_curl_line_is_one_command_with_the_address_as_it_is() {
        let line = curl("http://h/o'r;x").text.replace("curl ", "printf '%s\\n' ");
        let output = Command::new("sh").arg("-c").arg(line).output().unwrap();
        let words = String::from_utf8(output.stdout).unwrap();
        let words: Vec<&str> = words.lines().collect();
        assert_eq!(words.get(1), Some(&"http://h/o'r;x/api/v1/query_range"));
        assert!(words.get(3).is_some_and(|word| word.starts_with("query={__name__=~\"up|")), "{words:?}");
        assert_eq!(words.last(), Some(&"prometheus.json"));
    }
}
