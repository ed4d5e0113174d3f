//! The radar's facts as a table.

use super::session::Session;
use crate::dom::{El, View, el};
use crate::state::Level;
use report::{Report, Subject};
use scene::Row;

/// The columns: their titles, and whether they hold numbers.
const COLUMNS: [(&str, bool); 6] = [
    ("Name", false),
    ("Ring", false),
    ("Class", false),
    ("Consonance", true),
    ("Score", true),
    ("Evidence over the whole window", false),
];

/// Every cell of the radar in words.
pub(super) fn radar_table(session: &'static Session) -> El {
    let caption = "Class, consonance and score of every sector and ring at the cursor";
    let head = COLUMNS.into_iter().map(|(title, is_number)| {
        el("th").attr("scope", "col").class(if is_number { "number" } else { "" }).text(title)
    });
    let table = el("table")
        .class("facts")
        .child(el("caption").class("visually-hidden").text(caption))
        .child(el("thead").child(el("tr").child(head.collect::<View>())))
        .child(el("tbody").dynamic(move || rows(session).into_iter().map(|each| row(session, &each)).collect()));
    el("div")
        .class("radar-table")
        .attr("data-testid", "radar-table")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", "Radar as a table")
        .child(table)
}

fn rows(session: &Session) -> Vec<Row> {
    let view = session.view.get_clone();
    session.of_report(Vec::new(), |report| {
        let frame = (!report.replay.frames.is_empty()).then(|| view.frame(report));
        match view.level {
            Level::System => scene::table(report, frame),
            Level::Service(service) => scene::service_table(report, service, frame),
            Level::Series(series) => series_rows(report, series, frame),
            Level::Pair(relation) => {
                let joined = report.relations.get(relation).map(|joined| [joined.from, joined.to]);
                joined.into_iter().flatten().flat_map(|series| series_rows(report, series, frame)).collect()
            }
        }
    })
}

fn series_rows(report: &Report, series: usize, frame: Option<usize>) -> Vec<Row> {
    let service = report.series.get(series).map_or(0, |series| series.service);
    let rows = scene::service_table(report, service, frame);
    rows.into_iter().filter(|row| row.subject == Subject::Series(series)).collect()
}

fn row(session: &'static Session, row: &Row) -> El {
    let subject = row.subject;
    let name = if subject == Subject::System {
        View::from(row.name.as_str())
    } else {
        let go = move || session.look(|view, report| view.drill(report, subject));
        el("button").text(&row.name).on_click(go).into()
    };
    let number = |value: Option<f64>| {
        let text = value.map_or_else(|| report::format::NONE.to_owned(), |value| report::format::decimals(value, 2));
        el("td").class("number").text(&text)
    };
    el("tr")
        .child(el("th").attr("scope", "row").child(name))
        .child(el("td").text(row.scale.name()))
        .child(el("td").class(if row.score >= 1.0 { "is-trouble" } else { "" }).text(row.class.name()))
        .child(number(row.consonance))
        .child(number((row.score > 0.0).then_some(row.score)))
        .child(el("td").text(&row.evidence))
}
