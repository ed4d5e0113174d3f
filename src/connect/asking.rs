//! What is asked: packs, range, step, label of services, queries.

use super::{Panel, offer, queries, value_of};
use crate::bridge::LabelOffer;
use crate::dom::{El, View, el};
use report::format::plural;
use wasm_bindgen::JsValue;

/// Ranges that people ask for, as settings have them.
const RANGES: [(&str, &str); 7] = [
    ("", "12 hours"),
    ("1h", "1 hour"),
    ("3h", "3 hours"),
    ("6h", "6 hours"),
    ("1d", "1 day"),
    ("3d", "3 days"),
    ("7d", "7 days"),
];
const STEPS: [(&str, &str); 8] = [
    ("", "as it was scraped, or fitting"),
    ("15s", "15 seconds"),
    ("30s", "30 seconds"),
    ("1m", "1 minute"),
    ("5m", "5 minutes"),
    ("15m", "15 minutes"),
    ("1h", "1 hour"),
    ("1d", "1 day"),
];
/// All fields.
pub(super) fn fields(panel: Panel) -> El {
    let grid = el("div")
        .class("connect-grid")
        .child(choice(panel, "Range", "range", &RANGES))
        .child(choice(panel, "Step", "step", &STEPS))
        .child(service_label(panel));
    let asking = el("section").class("connect-asking").child(offer::packs(panel)).child(grid);
    asking.child(queries::field(panel)).child(offer::plan(panel))
}

fn choice(panel: Panel, label: &str, setting: &'static str, options: &'static [(&str, &str)]) -> El {
    let mut select = el("select").attr("data-testid", &format!("connect-{setting}"));
    for (value, words) in options {
        select = select.child(el("option").attr("value", value).text(words));
    }
    // A value from a link or a command line need not be among them.
    let chosen = panel.settings.with_untracked(|settings| settings.get(setting).map(str::to_owned)).unwrap_or_default();
    if options.iter().all(|(value, _)| *value != chosen) {
        select = select.child(el("option").attr("value", &chosen).text(&chosen));
    }
    let field: JsValue = select.cast();
    let select = select
        .property_with("value", move || JsValue::from_str(&panel.setting(setting)))
        .on("change", move |_| panel.set(setting, &value_of(&field)));
    el("label").text(label).child(select)
}

/// The label that names services: those that were found, and any other.
fn service_label(panel: Panel) -> El {
    let options = move || {
        let option =
            |label: &LabelOffer| el("option").attr("value", &label.name).text(&plural(label.values, "value", "values"));
        panel.labels().iter().map(option).collect::<View>()
    };
    let list = el("datalist").attr("id", "connect-labels").dynamic(options);
    let input = el("input")
        .attr("list", "connect-labels")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("data-testid", "connect-service-label")
        .attr_with("placeholder", move || {
            let found = panel.label();
            if found.is_empty() { "as found".to_owned() } else { found }
        })
        .property_with("value", move || JsValue::from_str(&panel.setting("service-label")));
    let field: JsValue = input.cast();
    let input = input.on("change", move |_| panel.set("service-label", value_of(&field).trim()));
    el("label").text("Label that names services").child(input).child(list)
}
