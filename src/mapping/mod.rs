//! How a file is read: its first rows, what each column is understood as, and what the user says instead.
//!
//! A program of its own, fetched when it is asked for. The page gives it a dialog to fill, the first preview, and two
//! functions: one that asks the reader for a preview under other settings, one that takes the settings in the end.

mod controls;
mod table;

use crate::bridge::Preview;
use crate::dom::{El, Signal, View, batch, el, root, signal};
use crate::state::Settings;
use js_sys::{Array, Function, Promise, Uint8Array};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::HtmlDialogElement;

/// What the panel shows and knows.
#[derive(Clone, Copy)]
struct Panel {
    preview: Signal<Preview>,
    settings: Signal<Settings>,
    is_asking: Signal<bool>,
    remembers: Signal<bool>,
    ask: Signal<Function>,
    done: Signal<Function>,
}

thread_local! {
    static PANEL: Cell<Option<Panel>> = const { Cell::new(None) };
}

/// Fills the dialog and opens it.
///
/// `first` is a preview as bytes, `settings` those that it was made under. `ask` takes a list of settings and returns a
/// promise of a preview; `done` takes the list of settings, or null where nothing is to change, and whether they shall be
/// remembered for files of this shape.
pub fn open(host: &HtmlDialogElement, first: &Uint8Array, settings: &Array, ask: Function, done: Function) {
    let Some(preview) = report::bytes::decode::<Preview>(&first.to_vec()) else { return };
    let settings = Settings::new(settings.iter().filter_map(|setting| setting.as_string()));
    if let Some(panel) = PANEL.get() {
        batch(|| {
            panel.preview.set(preview);
            panel.settings.set(settings);
            panel.ask.set(ask);
            panel.done.set(done);
        });
    } else {
        root(|| {
            let panel = Panel {
                preview: signal(preview),
                settings: signal(settings),
                is_asking: signal(false),
                remembers: signal(true),
                ask: signal(ask),
                done: signal(done),
            };
            PANEL.set(Some(panel));
            add_style();
            panel.fill(host);
        });
    }
    if !host.open() {
        // Fails only for a dialog that is open already.
        let _ = host.show_modal();
    }
}

fn add_style() {
    let link = el("link").attr("rel", "stylesheet").attr("href", "./mapping.css");
    if let Some(head) = crate::dom::document().head() {
        let _ = head.append_child(&link.cast::<web_sys::Node>());
    }
}

impl Panel {
    fn fill(self, host: &HtmlDialogElement) {
        let close = host.clone();
        let finish = move |settings: JsValue| {
            close.close();
            let remembers = JsValue::from_bool(self.remembers.get_untracked());
            // What the page does with it is the page's affair.
            let _ = self.done.with_untracked(|done| done.call2(&JsValue::NULL, &settings, &remembers));
        };
        let (cancel, read) = (finish.clone(), finish);
        let title = el("h2")
            .attr("id", "mapping-title")
            .text_with(move || self.preview.with(|preview| format!("How {} is read", preview.file)));
        let head = el("header")
            .child(title)
            .child(el("button").class("button").text("Close").on_click(move || cancel(JsValue::NULL)));
        let remember = el("input")
            .attr("type", "checkbox")
            .property_with("checked", move || JsValue::from_bool(self.remembers.get()))
            .on("change", move |_| self.remembers.set(!self.remembers.get_untracked()));
        let foot = el("footer")
            .child(
                el("label")
                    .class("mapping-remember")
                    .child(remember)
                    .text(" for all files of this shape in this browser"),
            )
            .child(
                el("button")
                    .class("button is-primary")
                    .attr("data-testid", "mapping-read")
                    .text("Read it like this")
                    .on_click(move || read(self.list())),
            );
        let body = el("div")
            .class("mapping-body")
            .aria_with("aria-busy", move || self.is_asking.get())
            .child(controls::summary(self))
            .child(table::first_rows(self))
            .child(controls::controls(self))
            .child(outcome(self));
        for part in [head, body, foot] {
            let _ = host.append_child(&part.cast::<web_sys::Node>());
        }
    }

    fn list(self) -> JsValue {
        let list = Array::new();
        self.settings.with_untracked(|settings| {
            for setting in settings.list() {
                list.push(&JsValue::from_str(setting));
            }
        });
        list.into()
    }

    /// Changes settings and shows what comes of it.
    fn change(self, change: impl FnOnce(&mut Settings)) {
        self.settings.update(change);
        self.is_asking.set(true);
        let asked = self.settings.get_clone_untracked();
        spawn_local(async move {
            let answer = self.answer().await;
            // A later change has asked for itself.
            if self.settings.with_untracked(|settings| *settings != asked) {
                return;
            }
            batch(|| {
                self.is_asking.set(false);
                if let Some(preview) = answer {
                    self.preview.set(preview);
                }
            });
        });
    }

    async fn answer(self) -> Option<Preview> {
        let asked = self.ask.with_untracked(|ask| ask.call1(&JsValue::NULL, &self.list())).ok()?;
        let bytes = JsFuture::from(asked.dyn_into::<Promise>().ok()?).await.ok()?;
        report::bytes::decode(&Uint8Array::new(&bytes).to_vec())
    }
}

/// What comes out: series, or why there are none; and what was assumed.
fn outcome(panel: Panel) -> El {
    let line = move || {
        let preview = panel.preview.get_clone();
        if let Some(problem) = preview.problem {
            return el("p").class("mapping-problem").attr("role", "status").text(&problem).into();
        }
        let names = preview.series.join(", ");
        let more = if preview.series_count > preview.series.len() { " …" } else { "" };
        let count = match preview.series_count {
            0 if preview.columns.is_empty() => String::new(),
            1 => "One series comes out: ".to_owned(),
            count => format!("{count} series come out of the first rows: "),
        };
        let names = el("span").class("mapping-names").text(&format!("{names}{more}"));
        el("p").attr("role", "status").attr("data-testid", "mapping-outcome").text(&count).child(names).into()
    };
    let notes = move || {
        let notes = panel.preview.with(|preview| preview.notes.clone());
        notes.iter().map(|note| el("li").text(note)).collect::<View>()
    };
    el("section").class("mapping-outcome").dynamic(line).child(el("ul").class("mapping-notes").dynamic(notes))
}
