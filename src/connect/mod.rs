//! A server: what it is, why it cannot be read, who asks, and what is asked of it.
//!
//! A program of its own, fetched when it is asked for. The page gives it the address and the settings in force, and a
//! function that takes who asks and the settings in the end. What the user types to prove who asks is held in this
//! program's memory, and handed to the page's; it goes nowhere else.

mod access;
mod asker;
mod asking;
mod finding;
mod offer;
mod queries;
mod reason;

use crate::bridge::{Access, Finding, Offer};
use crate::dom::{El, Signal, View, batch, document, el, root, signal};
use crate::net;
use crate::state::Settings;
use asker::Asker;
use js_sys::{Array, Function};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use web_sys::{Element, HtmlDialogElement, HtmlInputElement};

/// What the panel shows and knows.
#[derive(Clone, Copy)]
pub(crate) struct Panel {
    address: Signal<String>,
    settings: Signal<Settings>,
    access: Signal<Access>,
    /// What came of connecting; none while it is under way.
    finding: Signal<Option<Finding>>,
    /// Counts connections: what an earlier one brings is of no interest.
    round: Signal<u32>,
    /// What the server has, and what would be fetched; none while that is being found out.
    offer: Signal<Option<Offer>>,
    /// Whether the dialogue is open: for a failure's words nothing is surveyed.
    is_wide: Signal<bool>,
    /// Counts surveys, as `round` does connections.
    surveys: Signal<u32>,
    /// Which of them the offer is of.
    surveyed: Signal<u32>,
    /// What was found out about the user's own queries, in their order.
    verdicts: Signal<Vec<queries::Verdict>>,
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

/// Opens the panel for a server: in `outlet`, which holds words that say that something failed, the reason takes their
/// place as soon as it is known; without it a dialogue opens.
///
/// `settings` are those in force. `done` is called with two lists: headers that prove who asks, and settings.
pub fn open(address: &str, settings: &Array, outlet: Option<Element>, done: Function) {
    let settings = Settings::new(settings.iter().filter_map(|text| text.as_string()));
    PLACES.with_borrow_mut(|places| {
        let places = places.get_or_insert_with(|| places_for(done.clone()));
        let panel = places.panel;
        batch(|| {
            panel.address.set(address.to_owned());
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
        panel.is_wide.set(places.dialog.open());
        panel.connect();
    });
}

fn places_for(done: Function) -> Places {
    let mut places = None;
    root(|| {
        let panel = Panel {
            address: signal(String::new()),
            settings: signal(Settings::default()),
            access: signal(Access::default()),
            finding: signal(None),
            asker: signal(Asker::new()),
            round: signal(0),
            offer: signal(None),
            surveys: signal(0),
            surveyed: signal(0),
            is_wide: signal(false),
            verdicts: signal(Vec::new()),
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
    /// What takes the place of a failure's words: the reason and its ways out; or, where the server can be reached, what
    /// it is, below the words.
    fn banner(self) -> El {
        let content = move || match self.finding.get_clone() {
            None => el("p").class("connect-status").attr("role", "status").text("Looking for the reason …").into(),
            Some(finding) if !finding.is_connected() => {
                let form = access::form(self, &finding.name, move || self.finish());
                let again = el("button").class("button").text("Try again").on_click(move || self.finish());
                let (first, last) = if access::is_wanted(&finding.name) { (form, None) } else { (None, form) };
                [
                    el("h2").text(&finding.title).into(),
                    el("p").text(&finding.words).into(),
                    View::from(first),
                    reason::ways_out(&finding),
                    View::from(last),
                    el("div").class("connect-actions").child(again).into(),
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
        let is_told =
            move || self.finding.with(|finding| finding.as_ref().is_some_and(|finding| !finding.is_connected()));
        el("div")
            .class("connect connect-banner")
            .attr("data-testid", "diagnosis")
            .attr_with("data-trouble", move || {
                self.finding.with(|finding| finding.as_ref().map(|finding| finding.name.clone())).unwrap_or_default()
            })
            .class_with("is-told", is_told)
            .dynamic(content)
    }

    fn dialog(self) -> El {
        let dialog = el("dialog")
            .class("connect connect-dialog")
            .attr("data-testid", "connect")
            .attr("aria-labelledby", "connect-title");
        let element: HtmlDialogElement = dialog.cast();
        let (to_close, to_finish) = (element.clone(), element);
        let head = el("header")
            .child(el("h2").attr("id", "connect-title").text("What is asked of the server"))
            .child(el("button").class("button").text("Close").on_click(move || to_close.close()));
        let is_connected = move || self.finding.with(|finding| finding.as_ref().is_some_and(Finding::is_connected));
        let analyse = el("button")
            .class("button is-primary")
            .attr("data-testid", "connect-analyse")
            .property_with("disabled", move || JsValue::from_bool(!is_connected()))
            .text("Analyse")
            .on_click(move || {
                to_finish.close();
                self.finish();
            });
        let server = move || match self.finding.get_clone() {
            None => el("p").class("connect-status").attr("role", "status").text("Connecting …").into(),
            Some(finding) if finding.is_connected() => reason::connected(&finding).into(),
            Some(finding) => el("section")
                .class("connect-reason")
                .attr("role", "status")
                .child(el("h3").text(&finding.title))
                .child(el("p").text(&finding.words))
                .child(reason::ways_out(&finding))
                .into(),
        };
        let body = el("div")
            .class("connect-body")
            .child(self.address_form())
            .dynamic(server)
            .child(access::details(self))
            .show(is_connected, move || asking::fields(self));
        let foot = el("footer").child(asking::summary(self)).child(analyse);
        dialog.child(head).child(body).child(foot)
    }

    /// The one box.
    fn address_form(self) -> El {
        let input = el("input")
            .attr("type", "text")
            .attr("inputmode", "url")
            .attr("autocomplete", "off")
            .attr("spellcheck", "false")
            .attr("data-testid", "connect-address")
            .property_with("value", move || JsValue::from_str(&self.address.get_clone()));
        let field: HtmlInputElement = input.cast();
        el("form")
            .class("connect-address")
            .on("submit", move |event| {
                event.prevent_default();
                self.go_to(field.value());
            })
            .child(el("label").text("Address").child(input))
            .child(el("button").class("button").attr("type", "submit").text("Connect"))
    }

    /// Connects again where the address is the same. For another one the page begins anew: it has forbidden itself to
    /// reach any other server than the one that its own address names.
    fn go_to(self, text: String) {
        use crate::state::{Link, Pasted, SourceLink};
        let Pasted::Address(address) = Pasted::classify(&text) else { return };
        if address == self.address.get_clone_untracked() {
            self.connect();
            return;
        }
        let link = Link { source: Some(SourceLink::Prometheus(vec![address])), ..Link::default() };
        if let Some(window) = web_sys::window() {
            // Our own address is always allowed.
            let _ = window.location().set_hash(&link.encode());
            let _ = window.location().reload();
        }
    }

    /// Hands who asks and what is asked to the page.
    fn finish(self) {
        let list = |texts: &[String]| texts.iter().map(|text| JsValue::from_str(text)).collect::<Array>();
        let Access { credentials, mut headers } = self.access.get_clone_untracked();
        // The page sends lines, and need not know how a password is written in one.
        headers.extend(credentials.map(|credentials| format!("Authorization: {}", net::authorization(&credentials))));
        let settings = self.settings.with_untracked(|settings| list(settings.list()));
        let chosen = Array::of2(&list(&headers), &settings);
        // What the page does with it is the page's affair.
        let _ = self.done.with_untracked(|done| done.call1(&JsValue::NULL, &chosen));
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
