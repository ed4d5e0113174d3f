//! What holds for the whole file: format, signs, dates, zone.

use super::Panel;
use crate::bridge::{Preview, Understood};
use crate::dom::{El, View, el, untrack};
use web_sys::{HtmlInputElement, HtmlSelectElement};

/// How the file was understood, in a line.
pub(super) fn summary(panel: Panel) -> El {
    el("p").class("mapping-summary").text_with(move || panel.preview.with(words))
}

fn words(preview: &Preview) -> String {
    let mut parts = vec![preview.label.clone()];
    let separator = match preview.delimiter.as_str() {
        "," => "commas",
        ";" => "semicolons",
        "tab" => "tabs",
        "|" => "bars",
        sign => sign,
    };
    if !separator.is_empty() {
        parts.push(format!("cells separated by {separator}"));
    }
    if preview.decimal == "," {
        parts.push("decimal comma".into());
    }
    match preview.preamble {
        0 => {}
        1 => parts.push("one line before the table".to_owned()),
        lines => parts.push(format!("{lines} lines before the table")),
    }
    if let Some(zone) = &preview.assumed_time_zone {
        parts.push(format!("times without a zone, read as {zone}"));
    }
    parts.join(" · ")
}

/// The settings for the whole file. Each begins with what reading finds by itself.
pub(super) fn controls(panel: Panel) -> El {
    el("div").class("mapping-controls").dynamic(move || {
        let preview = panel.preview.get_clone();
        untrack(|| fields(panel, &preview))
    })
}

fn fields(panel: Panel, preview: &Preview) -> View {
    let is_table = !preview.columns.is_empty();
    let formats: Vec<(&str, &str)> =
        preview.formats.iter().map(|format| (format.name.as_str(), format.label.as_str())).collect();
    let mut all = vec![choice(panel, "Format", "format", &formats)];
    if is_table {
        all.push(choice(
            panel,
            "Separator",
            "delimiter",
            &[(",", "comma"), (";", "semicolon"), ("tab", "tab"), ("|", "bar")],
        ));
        all.push(choice(panel, "Fractions", "decimal", &[(".", "with a point"), (",", "with a comma")]));
        let dates = [
            ("day-first", "day, month, year"),
            ("month-first", "month, day, year"),
            ("year-first", "year, month, day"),
        ];
        all.push(choice(panel, "Dates", "dates", &dates));
        let epochs = [("s", "seconds"), ("ms", "milliseconds"), ("us", "microseconds"), ("ns", "nanoseconds")];
        all.push(choice(panel, "Time numbers", "epoch", &epochs));
    }
    let zone = preview.assumed_time_zone.as_deref().unwrap_or("Europe/Berlin, +02:00");
    all.push(text(panel, "Time zone", "time-zone", zone, 1.0));
    let has_time = preview.columns.iter().any(|column| column.understood == Understood::Time);
    if is_table && (!has_time || panel.settings.with(|settings| settings.get("step").is_some())) {
        all.push(text(panel, "Seconds from row to row", "step", "60", 1000.0));
    }
    all.into_iter().collect()
}

fn choice(panel: Panel, label: &str, setting: &'static str, options: &[(&str, &str)]) -> El {
    let chosen = panel.settings.with(|settings| settings.get(setting).map(str::to_owned));
    let mut select = el("select").child(el("option").attr("value", "").text("as found"));
    for (value, words) in options {
        let option = el("option").attr("value", value).text(words);
        let is_chosen = chosen.as_deref() == Some(value);
        select = select.child(if is_chosen { option.attr("selected", "") } else { option });
    }
    let field: HtmlSelectElement = select.cast();
    let select = select.on("change", move |_| {
        let value = field.value();
        panel.change(move |settings| settings.set(setting, &value));
    });
    el("label").text(label).child(select)
}

/// A field whose number, if it is one, is `factor` times as much in the setting.
fn text(panel: Panel, label: &str, setting: &'static str, placeholder: &str, factor: f64) -> El {
    let is_number = factor > 1.0;
    let told = panel.settings.with(|settings| settings.get(setting).map(str::to_owned)).unwrap_or_default();
    let input = el("input").attr("placeholder", placeholder).attr("autocomplete", "off");
    let input = if is_number { input.attr("type", "number").attr("min", "0").attr("step", "any") } else { input };
    let field: HtmlInputElement = input.cast();
    if is_number {
        // Digits only: the panel wrote them.
        let digits = told.bytes().fold(0.0, |sum, digit| sum * 10.0 + f64::from(digit.wrapping_sub(b'0')));
        if digits > 0.0 {
            field.set_value_as_number(digits / factor);
        }
    } else {
        field.set_value(&told);
    }
    let input = input.on("change", move |_| {
        let value = if is_number {
            let number = (field.value_as_number() * factor).round();
            if number >= 1.0 { (number as u64).to_string() } else { String::new() }
        } else {
            field.value().trim().to_owned()
        };
        panel.change(move |settings| settings.set(setting, &value));
    });
    el("label").text(label).child(input)
}
