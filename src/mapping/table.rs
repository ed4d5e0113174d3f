//! The first rows, with what each column is above them.

use super::Panel;
use crate::bridge::{ColumnPreview, Preview, Understood};
use crate::dom::{El, View, el, untrack};
use web_sys::{HtmlInputElement, HtmlSelectElement};

/// Rows of data that are shown.
const DATA_ROWS: usize = 8;

const ROLES: [(Understood, &str, &str); 6] = [
    (Understood::Time, "time", "Time"),
    (Understood::Value, "value", "Values"),
    (Understood::Label, "label", "Label"),
    (Understood::Service, "service", "Service"),
    (Understood::Metric, "metric", "Metric"),
    (Understood::Ignored, "ignore", "Left out"),
];

/// The table; the lines of a file that is none.
pub(super) fn first_rows(panel: Panel) -> El {
    el("div").class("mapping-rows").attr("tabindex", "0").attr("aria-label", "The first rows").dynamic(move || {
        let preview = panel.preview.get_clone();
        untrack(|| if preview.columns.is_empty() { lines(&preview) } else { table(panel, &preview) })
    })
}

fn lines(preview: &Preview) -> View {
    let text: Vec<&str> = preview.rows.iter().filter_map(|row| row.first()).map(String::as_str).collect();
    el("pre").text(&text.join("\n")).into()
}

fn table(panel: Panel, preview: &Preview) -> View {
    // Rows are kept up to a number of cells; columns beyond it have no cells to show.
    let shown = preview.rows.iter().map(Vec::len).max().unwrap_or(0).min(preview.columns.len());
    let columns = preview.columns.get(..shown).unwrap_or_default();
    let roles = columns.iter().map(|column| role(panel, column)).collect::<View>();
    let headers = preview.preamble + preview.header_rows;
    let rows = preview.rows.iter().enumerate().take(headers + DATA_ROWS).map(|(index, row)| {
        let class = match index {
            index if index < preview.preamble => "is-preamble",
            index if index < headers => "is-header",
            _ => "",
        };
        let cells = columns.iter().zip(0..).map(|(column, position)| {
            let text = row.get(position).map_or("", String::as_str);
            let cell = el("td").text(text).attr("title", text);
            if column.understood == Understood::Ignored { cell.class("is-ignored") } else { cell }
        });
        el("tr").class(class).child(cells.collect::<View>())
    });
    let more = preview.columns.len() - shown;
    let rest = (more > 0).then(|| el("p").class("hint").text(&format!("and {more} more columns")));
    let table =
        el("table").child(el("thead").child(el("tr").child(roles))).child(el("tbody").child(rows.collect::<View>()));
    [Some(table), rest].into_iter().flatten().collect()
}

/// What a column is, to be changed; and its unit if it holds values.
fn role(panel: Panel, column: &ColumnPreview) -> El {
    let name = column.name.clone();
    let select = el("select").attr("aria-label", &format!("What {name} is")).class(match column.understood {
        Understood::Time => "is-time",
        Understood::Ignored => "is-ignored",
        _ => "",
    });
    let mut select = select;
    for (understood, value, label) in ROLES {
        let option = el("option").attr("value", value).text(label);
        let option = if understood == column.understood { option.attr("selected", "") } else { option };
        select = select.child(option);
    }
    let field: HtmlSelectElement = select.cast();
    let about = name.clone();
    let select = select.on("change", move |_| {
        let (chosen, about) = (field.value(), about.clone());
        panel.change(move |settings| {
            let role = format!("role.{about}");
            if chosen == "time" {
                settings.remove(&role);
                settings.set("time-column", &about);
                return;
            }
            if settings.get("time-column") == Some(about.as_str()) {
                settings.remove("time-column");
            }
            settings.set(&role, &chosen);
        });
    });
    let unit = (column.understood == Understood::Value).then(|| unit(panel, column));
    let detail = (!column.detail.is_empty()).then(|| el("span").class("mapping-detail").text(&column.detail));
    el("th").attr("scope", "col").attr("title", &name).child(select).child(unit).child(detail)
}

fn unit(panel: Panel, column: &ColumnPreview) -> El {
    let setting = format!("unit.{}", column.name);
    let told = panel.settings.with(|settings| settings.get(&setting).map(str::to_owned));
    let input = el("input")
        .attr("aria-label", &format!("Unit of {}", column.name))
        .attr("placeholder", if column.unit.is_empty() { "unit" } else { &column.unit })
        .attr("value", told.as_deref().unwrap_or(""))
        .attr("autocomplete", "off")
        .attr("size", "6");
    let field: HtmlInputElement = input.cast();
    input.on("change", move |_| {
        let (value, setting) = (field.value(), setting.clone());
        panel.change(move |settings| settings.set(&setting, value.trim()));
    })
}
