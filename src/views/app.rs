//! The whole page.

use super::drop::drop_zone;
use super::faults::fault_banner;
use super::first_screen::first_screen;
use super::header::header;
use super::help::help;
use super::keyboard;
use super::progress::progress_bar;
use super::session::{Session, show_address};
use super::workspace::workspace;
use crate::dom::{self, El, View, document, effect, el, listen_window, memo, on_cleanup, untrack};
use crate::state::Link;
use wasm_bindgen::UnwrapThrowExt;

/// How long the view rests before the address follows it: browsers limit how often it may change.
const HASH_DELAY_MS: u32 = 120;

/// Shows the page in the document's body.
pub fn mount() {
    // What the document showed while the program was loading.
    if let Some(shell) = document().get_element_by_id("shell") {
        shell.remove();
    }
    dom::root(|| {
        let page: web_sys::Node = page().cast();
        // The program is started by a script of the body.
        document().body().unwrap_throw().append_child(&page).unwrap_throw();
    });
}

fn page() -> El {
    let session = Session::start();
    keyboard::listen(session);
    show_state(session);
    keep_address(session);
    drop_zone(session, |zone| {
        zone.child(header(session))
            .child(progress_bar(session))
            .child(fault_banner(session))
            .child(body(session))
            .child(help(session))
            .dynamic(move || {
                let words = session.toast.get_clone();
                words.map(|words| el("p").class("toast").attr("aria-hidden", "true").text(&words)).into()
            })
            .child(
                el("p")
                    .class("visually-hidden")
                    .attr("role", "status")
                    .attr("data-testid", "status")
                    .text_with(move || session.notice.get_clone()),
            )
    })
}

fn body(session: &'static Session) -> View {
    let has_report = memo(move || session.shown.with(Option::is_some));
    View::dynamic(move || {
        let has_report = has_report.get();
        // On a telephone the first screen may have been scrolled to its samples; what comes now begins at its top.
        if let Some(window) = web_sys::window() {
            window.scroll_to_with_x_and_y(0.0, 0.0);
        }
        untrack(|| if has_report { workspace(session) } else { first_screen(session) }).into()
    })
}

/// The body's `data-state` says what the page is doing.
fn show_state(session: &'static Session) {
    effect(move || {
        let name = session.load.with(|load| load.phase().name());
        if let Some(body) = document().body() {
            // An element always takes an attribute with a valid name.
            let _ = body.set_attribute("data-state", name);
        }
    });
}

/// The address follows the view, and the view follows an address that the user changes.
fn keep_address(session: &'static Session) {
    let is_settled = memo(move || session.load.with(|load| !load.is_loading()));
    effect(move || {
        let has_report = session.shown.with(Option::is_some);
        let hash = session.link().encode();
        if !is_settled.get() || !has_report {
            return;
        }
        let pending = dom::after(HASH_DELAY_MS, move || show_address(&hash));
        // The next view comes before this one is written: then it need not be.
        on_cleanup(move || drop(pending));
    });
    listen_window("hashchange", move |_| {
        let hash = web_sys::window().and_then(|window| window.location().hash().ok());
        session.follow_changed(Link::decode(&hash.unwrap_or_default()));
    });
}
