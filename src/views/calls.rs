//! Who calls whom: what is known of it, and where it can be said.

use super::pick::text_file;
use super::session::Session;
use crate::dom::{Signal, View, el};
use crate::state::Settings;
use js_sys::{Array, JSON, Reflect};
use operations::calls::{self, Call, ENDS, MEMBERS};
use report::Report;
use report::format::plural;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlTextAreaElement;

const EXAMPLE: &str = "frontend -> cart\ncart -> redis";

/// How many calls are known, and a field in which they can be typed, pasted or read from a file. They are a setting, under which
/// all is looked at again. What is typed and not used yet outlives a new Report, as `draft`.
pub(super) fn calls(session: &'static Session, report: &Report, draft: Signal<Option<String>>) -> View {
    let known: usize = report.services.iter().map(|service| service.calls.len()).sum();
    let words = match known {
        0 => "Nothing says who calls whom. With it the cause of an incident is told from those that wait for it."
            .to_owned(),
        known => format!("{} between these services.", plural(known, "call", "calls")),
    };
    let given = Settings::new(session.settings())
        .get("calls")
        .and_then(|calls| calls::from_setting(calls).ok())
        .unwrap_or_default();
    let field = el("textarea")
        .class("calls-field")
        .attr("rows", "4")
        .attr("spellcheck", "false")
        .attr("placeholder", EXAMPLE)
        .attr("aria-label", "Who calls whom, one call on each line")
        .attr("data-testid", "calls")
        .text(&draft.get_clone_untracked().unwrap_or_else(|| calls::written(&given)));
    let area: HtmlTextAreaElement = field.cast();
    let apply = el("button").class("button").attr("data-testid", "calls-use").text("Use these calls");
    let typed = area.clone();
    let field = field.on("input", move |_| draft.set(Some(typed.value())));
    let take = move |text: &str| {
        if take(session, text) {
            draft.set(None);
        }
    };
    let apply = apply.on_click(move || take(&area.value()));
    let file = text_file("Read from a file", "calls-file", "", move |_, text| take(text));
    [el("p").class("panel-text").text(&words), field, el("p").class("note-action").child(apply).child(file)]
        .into_iter()
        .collect()
}

/// Looks at the data again with these calls; says what is wrong with a text that holds none, and that it was not taken. An empty
/// one takes them back.
fn take(session: &'static Session, text: &str) -> bool {
    let found = if text.trim().is_empty() { Ok(Vec::new()) } else { json(text).map_or_else(|| calls::read(text), Ok) };
    match &found {
        Ok(found) => session.set_setting("calls", &calls::to_setting(found)),
        Err(error) => session.tell(&error.to_string()),
    }
    found.is_ok()
}

/// The calls of a JSON document, as [`calls::from_json`] has them on the command line. `None` where it is none, has no list of
/// calls, or an entry without two names.
fn json(text: &str) -> Option<Vec<Call>> {
    let document = JSON::parse(text).ok()?;
    let member = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let list = |value: JsValue| value.dyn_into::<Array>().ok();
    let found = list(document.clone()).or_else(|| MEMBERS.iter().find_map(|name| list(member(&document, name)?)))?;
    let ends = |entry: JsValue| -> Option<Call> {
        let name = |key: &str| member(&entry, key)?.as_string();
        name("0").zip(name("1")).or_else(|| ENDS.iter().find_map(|(caller, callee)| name(caller).zip(name(callee))))
    };
    found.iter().map(ends).collect()
}
