//! Having a connection carried out.

use super::Panel;
use crate::bridge::{Finding, Probe};
use crate::dom::batch;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

impl Panel {
    /// Finds out what is there.
    pub(super) fn connect(self) {
        let round = self.round.get_untracked().wrapping_add(1);
        let address = self.address.get_clone_untracked();
        batch(|| {
            self.round.set(round);
            self.finding.set(None);
        });
        let access = self.access.get_clone_untracked();
        let asker = self.asker.get_clone_untracked();
        spawn_local(async move {
            let (origin, permission) = (origin(), permission().await);
            asker.ask(address, access, &Probe::Find { origin, permission }, move |finding: Finding| {
                // Of several connections the last is of interest.
                if self.round.get_untracked() == round {
                    batch(|| self.finding.set(Some(finding)));
                    self.check_queries();
                    self.survey();
                }
            });
        });
    }
}

fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// What the browser says about its permission to reach the local network, by any of the names that it has had; empty
/// where it knows none.
async fn permission() -> String {
    for name in ["local-network", "loopback-network", "local-network-access"] {
        if let Some(state) = ask_permission(name).await.and_then(|state| state.as_string()) {
            return state;
        }
    }
    String::new()
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
