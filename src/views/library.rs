//! The incidents that the user knows: their names, and how to take them along, bring others in, and forget them.

use super::export::save;
use super::pick::text_file;
use super::session::Session;
use crate::dom::{El, View, batch, el, signal};
use crate::store;
use js_sys::{Array, JSON, Object, Reflect};
use report::bytes::encode;
use report::{FEATURES, NamedSignature};
use wasm_bindgen::{JsCast, JsValue};

/// The list, and what can be done with it.
pub(super) fn library(session: &'static Session) -> El {
    let edition = signal(0_u32);
    let changed = move || edition.update(|edition| *edition += 1);
    el("div").class("library").attr("data-testid", "library").dynamic(move || {
        edition.track();
        let names: Vec<String> = signatures(&store::library()).into_iter().filter_map(|one| name(&one)).collect();
        let words = if names.is_empty() {
            "None yet. Give an incident a name beside its story, and one like it is known again.".to_owned()
        } else {
            names.join(", ")
        };
        let take = move || save(session, "monteverdi-incidents.json", "application/json", &store::library().into());
        let forget = move || {
            store::keep_library("");
            changed();
        };
        let button = |test_id: &str, label: &str| el("button").class("button").attr("data-testid", test_id).text(label);
        let mut tools = el("p").class("note-action");
        if !names.is_empty() {
            tools = tools
                .child(button("library-export", "Export").on_click(take))
                .child(button("library-forget", "Forget all").on_click(forget));
        }
        [el("p").class("panel-text").text(&words), tools.child(import(session, changed))].into_iter().collect::<View>()
    })
}

/// A field that takes a library from a file.
fn import(session: &'static Session, changed: impl Fn() + Copy + 'static) -> El {
    text_file("Import", "library-import", ".json", move |name, text| {
        let added = add(&signatures(text));
        batch(|| {
            session.tell(&match added {
                Some(count) => format!("{count} more known. Incidents are compared with them from the next data on."),
                None => format!(
                    "{name} is no library of incidents. Expected is a file that Export wrote here, or the command line with \
                     --remember."
                ),
            });
            changed();
        });
    })
}

/// The signatures in a library; none in a text that is none.
fn signatures(library: &str) -> Array {
    let list = JSON::parse(library).and_then(|library| Reflect::get(&library, &"signatures".into()));
    list.ok().and_then(|list| list.dyn_into().ok()).unwrap_or_default()
}

fn name(signature: &JsValue) -> Option<String> {
    Reflect::get(signature, &"name".into()).ok()?.as_string()
}

/// What is known, for the analysis: a list of [`NamedSignature`], as bytes.
pub(super) fn known() -> Vec<u8> {
    let features = |signature: &JsValue| -> Option<Vec<Option<f64>>> {
        let features: Array = Reflect::get(signature, &"features".into()).ok()?.dyn_into().ok()?;
        Some(features.iter().map(|feature| feature.as_f64()).collect())
    };
    let known = |one: JsValue| Some(NamedSignature { name: name(&one)?, features: features(&one)? });
    encode(&signatures(&store::library()).iter().filter_map(known).collect::<Vec<_>>())
}

/// Keeps an incident under a name, to be known again, and says so.
pub(super) fn remember(session: &'static Session, name: &str, signature: &[Option<f64>]) {
    let features: Array = signature.iter().map(|feature| feature.map_or(JsValue::NULL, JsValue::from_f64)).collect();
    let one = Object::new();
    let set = |key: &str, value: &JsValue| Reflect::set(&one, &key.into(), value).is_ok();
    let is_kept = set("name", &name.into()) && set("features", &features) && add(&Array::of1(&one)).is_some();
    session.tell(&if is_kept {
        format!(
            "“{name}” is known from now on, in this browser. What is kept are {FEATURES} numbers, none of them data."
        )
    } else {
        "This browser does not keep anything between visits.".to_owned()
    });
}

/// Adds signatures to those that are known, in the place of ones of the same name, and says how many they are. `None`
/// where there are none, or the browser keeps nothing.
fn add(new: &Array) -> Option<u32> {
    let names: Vec<String> = new.iter().filter_map(|one| name(&one)).collect();
    if names.is_empty() || names.len() != new.length() as usize {
        return None;
    }
    let kept =
        signatures(&store::library()).into_iter().filter(|one| name(one).is_some_and(|name| !names.contains(&name)));
    let all: Array = kept.chain(new.iter()).collect();
    let library = Object::new();
    Reflect::set(&library, &"signatures".into(), &all).ok()?;
    let text = JSON::stringify(&library).ok()?.as_string()?;
    store::keep_library(&text).then(|| new.length())
}
