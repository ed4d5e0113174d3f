//! The whole page.

use super::drop::DropZone;
use super::faults::FaultBanner;
use super::first_screen::FirstScreen;
use super::header::Header;
use super::help::Help;
use super::keyboard;
use super::progress::ProgressBar;
use super::session::{Session, session};
use super::workspace::Workspace;
use crate::state::Link;
use leptos::prelude::*;
use std::time::Duration;

/// How long the view rests before the address follows it: browsers limit how often it may change.
const HASH_DELAY: Duration = Duration::from_millis(120);

/// Shows the page in the document's body.
pub fn mount() {
    // What the document showed while the program was loading.
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    leptos::mount::mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let session = Session::start();
    provide_context(session);
    keyboard::listen(session);
    show_state(session);
    keep_address(session);
    view! {
        <DropZone>
            <Header/>
            <ProgressBar/>
            <FaultBanner/>
            <Body/>
            <Help/>
            {move || session.toast.get().map(|words| view! { <p class="toast" aria-hidden="true">{words}</p> })}
            <p class="visually-hidden" role="status" data-testid="status">{move || session.notice.get()}</p>
        </DropZone>
    }
}

#[component]
fn Body() -> impl IntoView {
    let session = session();
    let has_report = Memo::new(move |_| session.shown.with(Option::is_some));
    move || if has_report.get() { view! { <Workspace/> }.into_any() } else { view! { <FirstScreen/> }.into_any() }
}

/// The body's `data-state` says what the page is doing.
fn show_state(session: Session) {
    Effect::new(move |_| {
        let name = session.load.with(|load| load.phase().name());
        if let Some(body) = document().body() {
            // An element always takes an attribute with a valid name.
            let _ = body.set_attribute("data-state", name);
        }
    });
}

/// The address follows the view, and the view follows an address that the user changes.
fn keep_address(session: Session) {
    let is_settled = Memo::new(move |_| session.load.with(|load| !load.is_loading()));
    let pending = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let has_report = session.shown.with(Option::is_some);
        let hash = session.link().encode();
        if !is_settled.get() || !has_report {
            return;
        }
        if let Some(handle) = pending.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        let write = move || {
            let address = if hash.is_empty() { location().pathname().unwrap_or_default() } else { hash.clone() };
            if let Ok(history) = window().history() {
                // Refused only when it changes too often; the next change brings it up to date.
                let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
            }
        };
        pending.set_value(set_timeout_with_handle(write, HASH_DELAY).ok());
    });
    let handle = window_event_listener(leptos::ev::hashchange, move |_| {
        let link = Link::decode(&location().hash().unwrap_or_default());
        session.follow_changed(link);
    });
    on_cleanup(move || handle.remove());
}
