//! Taking the result along: as JSON, as Markdown, as a picture; and a link to the view.

use super::session::{Session, Shown, session};
use crate::state::{Level, View};
use js_sys::Array;
use leptos::prelude::*;
use scene::radar;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// The picture's size in an exported file.
const PICTURE_PX: f64 = 900.0;

/// The menu.
#[component]
pub(super) fn Export() -> impl IntoView {
    let session = session();
    let is_open = RwSignal::new(false);
    let json = move |_| {
        is_open.set(false);
        let Some(shown) = session.shown.get_untracked() else { return };
        let bytes = js_sys::Uint8Array::from(shown.json.as_ref());
        save(session, &file_name(&shown, "json"), "application/json", &bytes);
    };
    let story = move |_| {
        is_open.set(false);
        let Some(shown) = session.shown.get_untracked() else { return };
        let name = file_name(&shown, "md");
        session.ask_story(shown.generation, move |markdown| {
            save(session, &name, "text/markdown", &JsValue::from_str(&markdown))
        });
    };
    let picture = move |_| {
        is_open.set(false);
        let Some(shown) = session.shown.get_untracked() else { return };
        let theme = super::theme_colors(session.theme.get_untracked());
        let scene = picture(&shown, &session.view.get_untracked());
        save(
            session,
            &file_name(&shown, "svg"),
            "image/svg+xml",
            &JsValue::from_str(&scene::svg::paint(&scene, &theme)),
        );
    };
    view! {
        <div
            class="menu"
            on:focusout=move |event: web_sys::FocusEvent| {
                // Closed when the keyboard goes elsewhere, not when it goes on to the next entry.
                let next = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
                let menu = event.current_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
                if !menu.is_some_and(|menu| menu.contains(next.as_ref())) {
                    is_open.set(false);
                }
            }
            on:keydown=move |event: web_sys::KeyboardEvent| {
                if event.key() == "Escape" && is_open.get_untracked() {
                    event.stop_propagation();
                    is_open.set(false);
                }
            }
        >
            <button
                class="button"
                data-testid="export"
                aria-label="Export"
                aria-haspopup="menu"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|is_open| *is_open = !*is_open)
            >
                <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 4v11m0 0 4-4m-4 4-4-4M5 19h14"/></svg>
                <span class="label">"Export"</span>
            </button>
            <Show when=move || is_open.get()>
                <ul role="menu">
                    <li role="none">
                        <button role="menuitem" data-testid="export-markdown" on:click=story>
                            "Markdown" <span>"the story, to begin a post-mortem with"</span>
                        </button>
                    </li>
                    <li role="none">
                        <button role="menuitem" data-testid="export-json" on:click=json>
                            "JSON" <span>"the whole Report, as the command line writes it"</span>
                        </button>
                    </li>
                    <li role="none">
                        <button role="menuitem" data-testid="export-svg" on:click=picture>
                            "SVG" <span>"the radar as it is now"</span>
                        </button>
                    </li>
                </ul>
            </Show>
        </div>
    }
}

/// Copies the address.
#[component]
pub(super) fn Share() -> impl IntoView {
    let session = session();
    let share = move |_| {
        let link = untrack(|| session.link());
        let holds_source = link.source.is_some();
        let base = location().href().unwrap_or_default();
        let base = base.split('#').next().unwrap_or_default().to_owned();
        let address = format!("{base}{}", link.encode());
        wasm_bindgen_futures::spawn_local(async move {
            let copied = match window().navigator().clipboard().dyn_into::<web_sys::Clipboard>() {
                Ok(clipboard) => JsFuture::from(clipboard.write_text(&address)).await.is_ok(),
                // An address without TLS has no clipboard.
                Err(_) => false,
            };
            session.tell(match (copied, holds_source) {
                (false, _) => "The browser does not allow copying here; copy the address from the address bar.",
                (true, true) => "Link copied. It opens the same source in the same view.",
                (true, false) => "Link copied. It holds the view, not the data: whoever opens it needs the same file.",
            });
        });
    };
    view! { <button class="button" data-testid="share" title="Copy a link to this view" on:click=share aria-label="Share view">
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M10 14a5 5 0 0 0 7 0l3-3a5 5 0 0 0-7-7l-1 1M14 10a5 5 0 0 0-7 0l-3 3a5 5 0 0 0 7 7l1-1"/></svg>
        <span class="label">"Share view"</span>
    </button> }
}

fn picture(shown: &Shown, view: &View) -> scene::Scene {
    let report = &shown.report;
    let asked = radar::View {
        frame: (!report.replay.frames.is_empty()).then(|| view.frame(report)),
        selected: view.service.map(scene::Target::Service),
        zoom: view.ring,
        ..radar::View::new(PICTURE_PX, PICTURE_PX)
    };
    match view.level {
        Level::Service(service) => radar::service(report, service, &asked),
        Level::System | Level::Series(_) => radar::system(report, &asked),
    }
}

/// The first source's name with another ending.
fn file_name(shown: &Shown, ending: &str) -> String {
    let source = shown.report.dataset.sources.first().map_or("report", |source| source.name.as_str());
    let stem: String = source
        .chars()
        .map(|letter| if letter.is_alphanumeric() || "-_".contains(letter) { letter } else { '-' })
        .collect();
    format!("monteverdi-{}.{ending}", stem.trim_matches('-'))
}

/// Gives the browser a file to save.
fn save(session: Session, name: &str, kind: &str, content: &JsValue) {
    let save = || -> Result<(), JsValue> {
        let options = BlobPropertyBag::new();
        options.set_type(kind);
        let blob = Blob::new_with_u8_array_sequence_and_options(&Array::of1(content), &options)?;
        let address = Url::create_object_url_with_blob(&blob)?;
        let anchor = document().create_element("a")?.dyn_into::<HtmlAnchorElement>()?;
        anchor.set_href(&address);
        anchor.set_download(name);
        anchor.click();
        // The browser has taken the file by then; the address would hold its memory.
        set_timeout(move || _ = Url::revoke_object_url(&address), Duration::from_secs(60));
        Ok(())
    };
    if save().is_err() {
        session.tell("The browser does not allow saving files here.");
    }
}
