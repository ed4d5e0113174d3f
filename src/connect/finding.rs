//! Having a connection carried out.

use super::Panel;
use super::servers::Server;
use crate::bridge::{Finding, Probe};
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

impl Panel {
    /// Finds out what is at every address that was not asked yet.
    pub(super) fn connect_new(self) {
        let is_new = |server: &&Server| server.round == 0;
        let address = |server: &Server| server.address.clone();
        let new: Vec<String> =
            self.servers.with_untracked(|servers| servers.iter().filter(is_new).map(address).collect());
        new.iter().for_each(|address| self.connect(address));
    }

    /// Finds out what is at the address of one of the servers.
    pub(super) fn connect(self, address: &str) {
        self.update(address, |server| {
            server.round = server.round.wrapping_add(1);
            server.finding = None;
            server.offer = None;
        });
        let Some((round, access)) = self.now_of(address, |server| (server.round, server.access.clone())) else {
            return;
        };
        let (address, asker) = (address.to_owned(), self.asker.get_clone_untracked());
        spawn_local(async move {
            let (origin, permission) = (origin(), permission().await);
            asker.ask(address.clone(), access, &Probe::Find { origin, permission }, move |finding: Finding| {
                // Of several connections the last is of interest.
                if self.now_of(&address, |server| server.round) == Some(round) {
                    self.update(&address, |server| server.finding = Some(finding));
                    self.check_queries();
                    self.survey_one(&address);
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
