//! How a file is read: its first rows, what each column is understood as, and what the user says instead.
//!
//! A program of its own, fetched when it is asked for. The page gives it the files and the settings in force, and a
//! function that takes the settings in the end; for previews it asks a reader of its own.

mod controls;
mod reader;
mod table;

use crate::bridge::Preview;
use crate::dom::{El, Signal, View, batch, document, el, root, signal};
use crate::state::{FORGOTTEN, Remembered, Settings};
use crate::store;
use js_sys::{Array, Function};
use reader::Reader;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue, UnwrapThrowExt};
use web_sys::{Blob, HtmlDialogElement, HtmlSelectElement};

/// What the panel shows and knows.
#[derive(Clone, Copy)]
struct Panel {
    names: Signal<Vec<String>>,
    files: Signal<Vec<Blob>>,
    /// The file that is shown.
    file: Signal<usize>,
    preview: Signal<Preview>,
    settings: Signal<Settings>,
    is_asking: Signal<bool>,
    remembers: Signal<bool>,
    done: Signal<Function>,
    reader: Signal<Reader>,
}

thread_local! {
    static PANEL: Cell<Option<(Panel, &'static HtmlDialogElement)>> = const { Cell::new(None) };
}

/// Opens the panel for files with these names.
///
/// `settings` are those in force. `done` is called with the list of settings where the files are to be read again.
pub fn open(names: &Array, files: &Array, settings: &Array, done: Function) {
    let names = texts(names);
    let files: Vec<Blob> = files.iter().filter_map(|file| file.dyn_into().ok()).collect();
    let settings = Settings::new(texts(settings));
    if PANEL.get().is_none() {
        root(|| {
            let panel = Panel {
                names: signal(Vec::new()),
                files: signal(Vec::new()),
                file: signal(0),
                preview: signal(Preview::default()),
                settings: signal(Settings::default()),
                is_asking: signal(false),
                remembers: signal(true),
                done: signal(done.clone()),
                reader: signal(Reader::new()),
            };
            let dialog: &'static HtmlDialogElement = Box::leak(Box::new(panel.dialog()));
            PANEL.set(Some((panel, dialog)));
        });
    }
    let Some((panel, dialog)) = PANEL.get() else { return };
    batch(|| {
        panel.names.set(names);
        panel.files.set(files);
        panel.file.set(0);
        panel.preview.set(Preview::default());
        panel.settings.set(settings);
        panel.done.set(done);
    });
    panel.ask(true);
    if !dialog.open() {
        // Fails only for a dialog that is open already.
        let _ = dialog.show_modal();
    }
}

fn texts(list: &Array) -> Vec<String> {
    list.iter().filter_map(|text| text.as_string()).collect()
}

impl Panel {
    fn dialog(self) -> HtmlDialogElement {
        let style = el("link").attr("rel", "stylesheet").attr("href", "./mapping.css");
        let dialog =
            el("dialog").class("mapping").attr("data-testid", "mapping").attr("aria-labelledby", "mapping-title");
        let element: HtmlDialogElement = dialog.cast();
        let (to_close, to_finish) = (element.clone(), element.clone());
        let title = el("h2").attr("id", "mapping-title").text_with(move || {
            let name = self.names.with(|names| names.get(self.file.get()).cloned());
            format!("How {} is read", name.unwrap_or_default())
        });
        let close = el("button").class("button").text("Close").on_click(move || to_close.close());
        let head = el("header").child(title).dynamic(move || self.choice_of_file()).child(close);
        let remember = el("input")
            .attr("type", "checkbox")
            .property_with("checked", move || JsValue::from_bool(self.remembers.get()))
            .on("change", move |_| self.remembers.set(!self.remembers.get_untracked()));
        let words = "Remember it for files of this shape, in this browser";
        let read =
            el("button").class("button is-primary").attr("data-testid", "mapping-read").text("Read it like this");
        let read = read.on_click(move || {
            to_finish.close();
            self.finish();
        });
        let foot = el("footer").child(el("label").class("mapping-remember").child(remember).text(words)).child(read);
        let body = el("div")
            .class("mapping-body")
            .aria_with("aria-busy", move || self.is_asking.get())
            .child(controls::summary(self))
            .child(table::first_rows(self))
            .child(controls::controls(self))
            .child(outcome(self));
        let dialog = dialog.child(head).child(body).child(foot);
        let (head, page) = (document().head().unwrap_throw(), document().body().unwrap_throw());
        // A document takes new elements.
        let _ = head.append_child(&style.cast::<web_sys::Node>());
        let _ = page.append_child(&dialog.cast::<web_sys::Node>());
        element
    }

    /// Which of several files is shown.
    fn choice_of_file(self) -> View {
        let names = self.names.get_clone();
        if names.len() < 2 {
            return View::NONE;
        }
        let mut select = el("select").attr("aria-label", "The file that is shown");
        for name in &names {
            select = select.child(el("option").text(name));
        }
        let field: HtmlSelectElement = select.cast();
        let select = select.on("change", move |_| {
            self.file.set(usize::try_from(field.selected_index()).unwrap_or(0));
            self.ask(true);
        });
        select.into()
    }

    /// Reads the files like this: what is remembered need not be said.
    fn finish(self) {
        let mut settings = self.settings.get_clone_untracked();
        settings.remove("remembered");
        let shape = self.preview.with_untracked(|preview| preview.shape);
        let mut remembered = Remembered::parse(&store::remembered());
        if self.remembers.get_untracked() && shape != 0 {
            remembered.put(shape, settings.clone());
            store::remember(&remembered.to_text());
            let kept = Remembered::parse(&store::remembered());
            if kept.get(shape) == Some(&settings) {
                settings = Settings::default();
            }
        } else if remembered.get(shape).is_some() {
            settings.add(FORGOTTEN.to_owned());
        }
        let list = settings.list().iter().map(|setting| JsValue::from_str(setting)).collect::<Array>();
        // What the page does with it is the page's affair.
        let _ = self.done.with_untracked(|done| done.call1(&JsValue::NULL, &list));
    }

    /// Changes settings and shows what comes of it.
    fn change(self, change: impl FnOnce(&mut Settings)) {
        self.settings.update(change);
        self.ask(false);
    }

    /// Asks how the file is understood. `is_first` takes what was said before of files of its shape for said again.
    fn ask(self, is_first: bool) {
        let position = self.file.get_untracked();
        let file = self.files.with_untracked(|files| files.get(position).cloned());
        let name = self.names.with_untracked(|names| names.get(position).cloned()).unwrap_or_default();
        let Some(file) = file else { return };
        self.is_asking.set(true);
        let settings = self.settings.with_untracked(|settings| settings.list().to_vec());
        let reader = self.reader.get_clone_untracked();
        reader.ask(name, file, settings, move |preview| {
            let known = Remembered::parse(&store::remembered()).get(preview.shape).cloned();
            let mut settings = self.settings.get_clone_untracked();
            let is_forgotten = settings.get("remembered").is_some();
            if let Some(known) = known.filter(|_| is_first && !is_forgotten) {
                let said = std::mem::replace(&mut settings, known);
                said.list().iter().for_each(|setting| settings.add(setting.clone()));
                self.settings.set(settings);
                self.ask(false);
                return;
            }
            batch(|| {
                self.is_asking.set(false);
                self.preview.set(preview);
            });
        });
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
