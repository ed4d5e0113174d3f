//! The servers of a load: what they are, why one cannot be read, who asks, and what is asked of them.
//!
//! A program of its own, fetched when it is asked for. The page gives it the addresses and the settings in force, and a
//! function that takes who asks and the settings in the end. What the user types to prove who asks is held in this
//! program's memory, for each address by itself, and handed to the page's; it goes nowhere else.

mod access;
mod asker;
mod asking;
mod finding;
mod link;
mod offer;
mod queries;
mod reason;
mod servers;

use crate::bridge::Access;
use crate::dom::{El, Signal, View, batch, document, el, memo, root, signal};
use crate::net;
use crate::state::Settings;
use asker::Asker;
use js_sys::{Array, Function};
use servers::Server;
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use web_sys::{Element, HtmlDialogElement};

/// What the panel shows and knows.
#[derive(Clone, Copy)]
pub(crate) struct Panel {
    /// The servers of the load, in their order.
    servers: Signal<Vec<Server>>,
    /// Which of them a failure is about.
    number: Signal<usize>,
    settings: Signal<Settings>,
    /// Whether the dialogue is open: for a failure's words nothing is surveyed.
    is_wide: Signal<bool>,
    /// Counts surveys: what an earlier one brings is of no interest.
    surveys: Signal<u32>,
    /// What was found out about the user's own queries, in their order.
    verdicts: Signal<Vec<queries::Verdict>>,
    /// Counts checks of them, as `surveys` does surveys.
    checks: Signal<u32>,
    done: Signal<Function>,
    asker: Signal<Asker>,
}

/// The panel, and the two places in which it shows itself.
struct Places {
    panel: Panel,
    dialog: HtmlDialogElement,
    banner: Element,
}

thread_local! {
    static PLACES: RefCell<Option<Places>> = const { RefCell::new(None) };
}

/// Opens the panel for the servers of a load: in `outlet`, which holds words that say that the one with this number
/// failed, the reason takes their place as soon as it is known; without it a dialogue opens.
///
/// `settings` are those in force. `done` is called with a list of two: the servers, each a list of its address and the
/// headers that prove who asks; and the settings.
pub fn open(addresses: &Array, number: usize, settings: &Array, outlet: Option<Element>, done: Function) {
    let texts = |list: &Array| list.iter().filter_map(|text| text.as_string()).collect::<Vec<_>>();
    let (addresses, settings) = (texts(addresses), Settings::new(texts(settings)));
    PLACES.with_borrow_mut(|places| {
        let places = places.get_or_insert_with(|| places_for(done.clone()));
        let panel = places.panel;
        // Who asks is remembered, and the rest found out anew.
        let server = |address: String| {
            let known = panel.servers.with_untracked(|servers| {
                servers.iter().find(|server| server.address == address).map(|server| server.access.clone())
            });
            Server { address, access: known.unwrap_or_default(), ..Server::default() }
        };
        let servers = addresses.into_iter().map(server).collect();
        batch(|| {
            panel.servers.set(servers);
            panel.number.set(number);
            panel.settings.set(settings);
            panel.verdicts.set(Vec::new());
            panel.done.set(done);
        });
        match outlet {
            Some(outlet) => {
                // An element takes another one.
                let _ = outlet.append_child(&places.banner);
            }
            None if !places.dialog.open() => {
                // Fails only for a dialogue that is open already.
                let _ = places.dialog.show_modal();
            }
            None => {}
        }
        batch(|| {
            panel.is_wide.set(places.dialog.open());
            if places.dialog.open() {
                panel.connect_new();
            } else {
                panel.connect(&panel.failed());
            }
        });
    });
}

fn places_for(done: Function) -> Places {
    let mut places = None;
    root(|| {
        let panel = Panel {
            servers: signal(Vec::new()),
            number: signal(0),
            settings: signal(Settings::default()),
            asker: signal(Asker::new()),
            surveys: signal(0),
            is_wide: signal(false),
            verdicts: signal(Vec::new()),
            checks: signal(0),
            done: signal(done),
        };
        let style = el("link").attr("rel", "stylesheet").attr("href", "./connect.css");
        let (head, page) = (document().head().unwrap_throw(), document().body().unwrap_throw());
        let dialog: HtmlDialogElement = panel.dialog().cast();
        // A document takes new elements.
        let _ = head.append_child(&style.cast::<web_sys::Node>());
        let _ = page.append_child(&dialog);
        places = Some(Places { panel, dialog, banner: panel.banner().cast() });
    });
    // It has just been made.
    places.unwrap_throw()
}

impl Panel {
    /// The address of the server that a failure is about, for what follows its changes; empty where there is none.
    fn failed(self) -> String {
        let number = self.number.get();
        self.servers.with(|servers| servers.get(number).map(|server| server.address.clone()).unwrap_or_default())
    }

    /// What takes the place of a failure's words: the reason and its ways out; or, where the server can be reached, what
    /// it is, below the words.
    fn banner(self) -> El {
        let finding = memo(move || self.of(&self.failed(), |server| server.finding.clone()).flatten());
        let content = move || match finding.get_clone() {
            None => el("p").class("connect-status").attr("role", "status").text("Looking for the reason …").into(),
            Some(finding) if !finding.is_connected() => {
                let form = access::form(self, &self.failed(), &finding.name, move || self.finish());
                let again = el("button").class("button").text("Try again").on_click(move || self.finish());
                let (first, last) = if access::is_wanted(&finding.name) { (form, None) } else { (None, form) };
                [
                    el("h2").text(&finding.title).into(),
                    el("p").text(&finding.words).into(),
                    View::from(first),
                    reason::ways_out(&finding, true),
                    View::from(last),
                    el("div").class("connect-actions").child(again).child(self.all_servers()).into(),
                ]
                .into_iter()
                .collect()
            }
            Some(finding) => {
                let asked = el("button").class("button").attr("data-testid", "asked-instead").text("What is asked");
                let asked = asked.on_click(show_dialog);
                let again = el("button").class("button").text("Try again").on_click(move || self.finish());
                let words = reason::connected(&finding);
                let actions = el("div").class("connect-actions").child(asked).child(again);
                [View::from(words), actions.into()].into_iter().collect()
            }
        };
        let is_told = move || finding.with(|finding| finding.as_ref().is_some_and(|finding| !finding.is_connected()));
        el("div")
            .class("connect connect-banner")
            .attr("data-testid", "diagnosis")
            .attr_with("data-trouble", move || {
                finding.with(|finding| finding.as_ref().map(|finding| finding.name.clone())).unwrap_or_default()
            })
            .class_with("is-told", is_told)
            .dynamic(content)
    }

    /// The way from the failure of one of several servers to all of them.
    fn all_servers(self) -> Option<El> {
        let count = self.servers.with_untracked(Vec::len);
        (count > 1).then(|| {
            let button = el("button").class("button").attr("data-testid", "all-servers");
            button.text("All servers").on_click(show_dialog)
        })
    }

    fn dialog(self) -> El {
        let dialog = el("dialog")
            .class("connect connect-dialog")
            .attr("data-testid", "connect")
            .attr("aria-labelledby", "connect-title");
        let element: HtmlDialogElement = dialog.cast();
        let (to_close, to_finish) = (element.clone(), element);
        let title = move || match self.servers.with(Vec::len) {
            0 | 1 => "What is asked of the server".to_owned(),
            several => format!("What is asked of {several} servers"),
        };
        let head = el("header")
            .child(el("h2").attr("id", "connect-title").text_with(title))
            .child(el("button").class("button").text("Close").on_click(move || to_close.close()));
        let is_connected = move || self.is_any_connected();
        let analyse = el("button")
            .class("button is-primary")
            .attr("data-testid", "connect-analyse")
            .property_with("disabled", move || JsValue::from_bool(!is_connected()))
            .text("Analyse")
            .on_click(move || {
                to_finish.close();
                self.finish();
            });
        let body = el("div")
            .class("connect-body")
            .child(servers::list(self))
            .child(servers::others(self))
            .show(is_connected, move || asking::fields(self));
        let foot = el("footer").child(offer::summary(self)).child(analyse);
        dialog.child(head).child(body).child(foot)
    }

    /// Hands who asks and what is asked to the page.
    fn finish(self) {
        let list = |texts: &[String]| texts.iter().map(|text| JsValue::from_str(text)).collect::<Array>();
        let server = |Server { address, access, .. }: &Server| {
            let Access { credentials, headers } = access;
            let mut line = vec![address.clone()];
            line.extend(headers.iter().cloned());
            // The page sends lines, and need not know how a password is written in one.
            line.extend(credentials.iter().map(|known| format!("Authorization: {}", net::authorization(known))));
            list(&line)
        };
        let servers = self.servers.with_untracked(|servers| servers.iter().map(server).collect::<Array>());
        let settings = self.settings.with_untracked(|settings| list(settings.list()));
        // What the page does with it is the page's affair.
        let _ = self.done.with_untracked(|done| done.call1(&JsValue::NULL, &Array::of2(&servers, &settings)));
    }

    /// Changes a setting; an empty value takes it away.
    fn set(self, name: &'static str, value: &str) {
        self.settings.update(|settings| settings.set(name, value));
        self.survey();
    }

    fn setting(self, name: &str) -> String {
        self.settings.with(|settings| settings.get(name).map(str::to_owned)).unwrap_or_default()
    }
}

fn show_dialog() {
    PLACES.with_borrow(|places| {
        if let Some(places) = places {
            // Fails only for a dialogue that is open already.
            let _ = places.dialog.show_modal();
            places.panel.is_wide.set(true);
            places.panel.survey();
            places.panel.connect_new();
        }
    });
}

/// What stands in a text field, typed by the user.
fn value_of(field: &JsValue) -> String {
    js_sys::Reflect::get(field, &JsValue::from_str("value"))
        .ok()
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}

/// Puts a text on the clipboard.
fn copy(text: &str) {
    if let Some(window) = web_sys::window() {
        // Where the browser refuses, the text is there to be selected.
        let _: js_sys::Promise = window.navigator().clipboard().write_text(text).unchecked_into();
    }
}
