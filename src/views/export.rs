//! Taking the result along: as JSON, as Markdown, as a picture, as music; and a link to the view.

use super::session::{Session, Shown, make_file};
use crate::bridge::{Export, Handed, Order};
use crate::dom::{self, El, batch, el, icon, signal, untrack};
use crate::state::Level;
use crate::store::Theme;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, BlobPropertyBag, Clipboard, FocusEvent, HtmlAnchorElement, KeyboardEvent, Node, Url};

/// How long the browser has to take a file before its address, which holds the memory, is given up.
const SAVED_MS: u32 = 60_000;

/// The menu.
pub(super) fn export(session: &'static Session) -> El {
    let is_open = signal(false);
    let made = move |form: Export, ending: &'static str, media_type: &'static str| {
        move || {
            is_open.set(false);
            let Some(shown) = session.shown.get_clone_untracked() else { return };
            let name = file_name(&shown, ending);
            let order = order(session, &shown, form);
            session.ask_handed(shown.generation, Handed::Report, move |report| {
                make_file(&order, &report, move |file| save(session, &name, media_type, &file));
            });
        }
    };
    let entries = move || {
        el("ul")
            .attr("role", "menu")
            .child(entry(
                "Markdown",
                "the story, to begin a post-mortem with",
                "export-markdown",
                made(Export::Story, "md", "text/markdown"),
            ))
            .child(entry(
                "JSON",
                "the whole Report, as the command line writes it",
                "export-json",
                made(Export::Json, "json", "application/json"),
            ))
            .child(entry(
                "Incidents",
                "as JSON, with names and times",
                "export-incidents",
                made(Export::Incidents, "incidents.json", "application/json"),
            ))
            .child(entry(
                "Annotations",
                "for Grafana",
                "export-annotations",
                made(Export::Annotations, "annotations.json", "application/json"),
            ))
            .child(entry("SVG", "the radar as it is now", "export-svg", made(Export::Svg, "svg", "image/svg+xml")))
            .child(entry("MIDI", "the accents as music", "export-midi", made(Export::Midi, "mid", "audio/midi")))
    };
    let button = el("button")
        .class("button")
        .attr("data-testid", "export")
        .attr("aria-label", "Export")
        .attr("aria-haspopup", "menu")
        .aria_with("aria-expanded", move || is_open.get())
        .child(icon("icon", "", "M12 4v11m0 0 4-4m-4 4-4-4M5 19h14"))
        .child(el("span").class("label").text("Export"))
        .on_click(move || is_open.update(|is_open| *is_open = !*is_open));
    el("div")
        .class("menu")
        .on_as("focusout", move |event: &FocusEvent| {
            // Closed when the keyboard goes elsewhere, not when it goes on to the next entry.
            let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
            let menu = event.current_target().and_then(|target| target.dyn_into::<Node>().ok());
            if !menu.is_some_and(|menu| menu.contains(next.as_ref())) {
                is_open.set(false);
            }
        })
        .on_as("keydown", move |event: &KeyboardEvent| {
            if event.key() == "Escape" && is_open.get_untracked() {
                event.stop_propagation();
                is_open.set(false);
            }
        })
        .child(button)
        .show(move || is_open.get(), entries)
}

fn entry(name: &str, what: &str, test_id: &str, act: impl FnMut() + 'static) -> El {
    let button = el("button").attr("role", "menuitem").attr("data-testid", test_id).text(name).text(" ");
    el("li").attr("role", "none").child(button.child(el("span").text(what)).on_click(act))
}

/// Copies the address.
pub(super) fn share(session: &'static Session) -> El {
    let share = move || {
        let link = untrack(|| session.link());
        let holds_source = link.source.is_some();
        let Some(window) = web_sys::window() else { return };
        let base = window.location().href().unwrap_or_default();
        let base = base.split('#').next().unwrap_or_default();
        let address = format!("{base}{}", link.encode());
        let clipboard = window.navigator().clipboard().dyn_into::<Clipboard>();
        spawn_local(async move {
            let copied = match clipboard {
                Ok(clipboard) => JsFuture::from(clipboard.write_text(&address)).await.is_ok(),
                // An address without TLS has no clipboard.
                Err(_) => false,
            };
            let words = match (copied, holds_source) {
                (false, _) => "The browser does not allow copying here; copy the address from the address bar.",
                (true, true) => "Link copied. It opens the same source in the same view.",
                (true, false) => "Link copied. It holds the view, not the data: whoever opens it needs the same file.",
            };
            batch(|| session.tell(words));
        });
    };
    el("button")
        .class("button")
        .attr("data-testid", "share")
        .attr("title", "Copy a link to this view")
        .attr("aria-label", "Share view")
        .child(icon(
            "icon",
            "",
            "M10 14a5 5 0 0 0 7 0l3-3a5 5 0 0 0-7-7l-1 1M14 10a5 5 0 0 0-7 0l-3 3a5 5 0 0 0 7 7l1-1",
        ))
        .child(el("span").class("label").text("Share view"))
        .on_click(share)
}

/// What is to be made of what is looked at.
fn order(session: &Session, shown: &Shown, form: Export) -> Order {
    let view = session.view.get_clone_untracked();
    Order {
        form,
        inside: match view.level {
            Level::Service(service) => Some(service),
            Level::System | Level::Series(_) | Level::Pair(_) => None,
        },
        frame: (!shown.report.replay.frames.is_empty()).then(|| view.frame(&shown.report)),
        selected: view.service,
        ring: view.ring,
        is_light: session.theme.get_untracked() == Theme::Light,
    }
}

/// The first source's name with another ending.
fn file_name(shown: &Shown, ending: &str) -> String {
    let source = shown.report.dataset.sources.first().map_or("report", |source| source.name.as_str());
    let stem: String = source
        .chars()
        // Letters of other alphabets stay; blanks and signs that a file system may not take go.
        .map(|letter| if letter.is_ascii_alphanumeric() || !letter.is_ascii() || letter == '_' { letter } else { '-' })
        .collect();
    format!("monteverdi-{}.{ending}", stem.trim_matches('-'))
}

/// Gives the browser a file to save.
pub(super) fn save(session: &'static Session, name: &str, media_type: &str, content: &JsValue) {
    let save = || -> Result<(), JsValue> {
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        let blob = Blob::new_with_blob_sequence_and_options(&Array::of1(content), &options)?;
        let address = Url::create_object_url_with_blob(&blob)?;
        let anchor: HtmlAnchorElement = el("a").cast();
        anchor.set_href(&address);
        anchor.set_download(name);
        anchor.click();
        dom::after(SAVED_MS, move || _ = Url::revoke_object_url(&address)).forget();
        Ok(())
    };
    if save().is_err() {
        session.tell("The browser does not allow saving files here.");
    }
}
