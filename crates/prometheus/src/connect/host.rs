//! What kind of place a host is, as browsers see it.

/// Where a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostKind {
    /// This machine: `localhost`, `127.0.0.1`, `[::1]`.
    Loopback,
    /// The local network, by its address or by a name that ends in `.local`.
    Private,
    /// Anywhere, by a name or a public address. A name may still lead to the local network: only the browser knows.
    Public,
}

impl HostKind {
    /// The kind of the host in an address `scheme://host:port/…`.
    pub fn of(address: &str) -> Self {
        let host = name_of(address);
        if host == "localhost" || host.ends_with(".localhost") || host == "::1" {
            return Self::Loopback;
        }
        let numbers: Option<Vec<u8>> = host.split('.').map(|part| part.parse().ok()).collect();
        match numbers.as_deref() {
            Some([127, _, _, _]) => return Self::Loopback,
            Some(
                [10, _, _, _] | [192, 168, _, _] | [169, 254, _, _] | [172, 16..=31, _, _] | [100, 64..=127, _, _],
            ) => {
                return Self::Private;
            }
            _ => {}
        }
        let is_local_v6 =
            host.contains(':') && ["fc", "fd", "fe8", "fe9", "fea", "feb"].iter().any(|start| host.starts_with(start));
        if is_local_v6 || host.ends_with(".local") { Self::Private } else { Self::Public }
    }
}

/// The host's name without port and brackets.
pub(super) fn name_of(address: &str) -> &str {
    let authority = authority_of(address);
    if let Some(rest) = authority.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    authority.split(':').next().unwrap_or(authority)
}

/// Host and port.
pub(super) fn authority_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

pub(super) fn is_encrypted(address: &str) -> bool {
    address.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_apart_as_browsers_do() {
        for (address, kind) in [
            ("http://localhost:9090", HostKind::Loopback),
            ("http://127.8.0.1/x", HostKind::Loopback),
            ("http://[::1]:9090/x", HostKind::Loopback),
            ("http://10.0.0.7:9090", HostKind::Private),
            ("http://172.31.0.1", HostKind::Private),
            ("http://172.32.0.1", HostKind::Public),
            ("http://192.168.1.1", HostKind::Private),
            ("http://[fd00::1]:80", HostKind::Private),
            ("http://nas.local", HostKind::Private),
            ("http://fdic.example", HostKind::Public),
            ("https://prometheus.example.org/x", HostKind::Public),
            ("http://10.example.org", HostKind::Public),
        ] {
            assert_eq!(HostKind::of(address), kind, "{address}");
        }
    }
}
