//! Carrying a connection out.

use super::Panel;
use crate::dom::batch;
use crate::net;
use js_sys::{Function, Promise, Reflect};
use prometheus::Endpoint;
use prometheus::connect::{Caller, Connection, HostKind, Manner, Outcome, Permission, Times, Trouble};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

impl Panel {
    /// Finds out what is there.
    pub(super) fn connect(self) {
        let round = self.round.get_untracked().wrapping_add(1);
        let address = self.address.get_clone_untracked();
        batch(|| {
            self.round.set(round);
            self.outcome.set(None);
        });
        let Ok(endpoint) = Endpoint::parse(&address) else { return };
        let access = self.access.get_clone_untracked();
        spawn_local(async move {
            let sends_headers = access.credentials.is_some() || !access.headers.is_empty();
            let caller = Caller::Page { origin: origin(), permission: permission(&address).await };
            let mut connection = Connection::new(endpoint, caller, sends_headers);
            while let Some(attempt) = connection.next_request() {
                let sent_ms = js_sys::Date::now() as i64;
                let answer = match attempt.manner {
                    Manner::Full => net::carry_out_soon(&attempt.request, &access).await,
                    Manner::Plain => net::carry_out_soon(&attempt.request, &Default::default()).await,
                    Manner::Probe => net::probe(&attempt.request).await,
                };
                if self.round.get_untracked() != round {
                    return;
                }
                let times = Times { sent_ms, received_ms: js_sys::Date::now() as i64 };
                connection.accept(answer.as_ref().map(net::Answer::as_response).map_err(Clone::clone), times);
            }
            batch(|| self.outcome.set(connection.outcome()));
            self.check_queries();
        });
    }
}

fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// What the browser says about its permission for such a host, by any of the names that it has had.
async fn permission(address: &str) -> Permission {
    let names = match HostKind::of(address) {
        HostKind::Loopback => ["loopback-network", "local-network-access"],
        _ => ["local-network", "local-network-access"],
    };
    for name in names {
        let state = ask_permission(name).await.and_then(|state| state.as_string());
        match state.as_deref() {
            Some("prompt") => return Permission::Prompt,
            Some("granted") => return Permission::Granted,
            Some("denied") => return Permission::Denied,
            _ => {}
        }
    }
    Permission::Unknown
}

/// None where the browser knows no such permission.
async fn ask_permission(name: &str) -> Option<JsValue> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &JsValue::from_str(name)).ok();
    let permissions = get(&web_sys::window()?.navigator(), "permissions")?;
    let query: Function = get(&permissions, "query")?.dyn_into().ok()?;
    let wanted = js_sys::Object::new();
    Reflect::set(&wanted, &JsValue::from_str("name"), &JsValue::from_str(name)).ok()?;
    let promise: Promise = query.call1(&permissions, &wanted).ok()?.dyn_into().ok()?;
    get(&JsFuture::from(promise).await.ok()?, "state")
}

/// The outcome's name, for tests.
pub(super) fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Connected(_) => "connected",
        Outcome::Failed(diagnosis) => match diagnosis.trouble {
            Trouble::NotReachable => "not-reachable",
            Trouble::MixedContent => "mixed-content",
            Trouble::LocalNetwork => "local-network",
            Trouble::Cors => "cors",
            Trouble::Preflight => "preflight",
            Trouble::WrongPath { .. } => "wrong-path",
            Trouble::NotFound { .. } => "not-found",
            Trouble::Unauthorized => "unauthorized",
            Trouble::Forbidden => "forbidden",
            Trouble::Tenant => "tenant",
            Trouble::TimedOut => "timed-out",
            Trouble::Tls { .. } => "tls",
            _ => "refused",
        },
    }
}
