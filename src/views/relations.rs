//! What moves together.

use super::evidence::relation_evidence;
use super::format;
use super::session::{Session, Shown};
use crate::dom::{El, Row, View, el, memo, signal};
use report::format as words;
use report::{Relation, RelationKind, Report};

/// More rows than this are shown on request only.
const ROWS: usize = 150;

/// The list of relations.
pub(super) fn relations(session: &'static Session) -> View {
    let shows_all = signal(false);
    let count = memo(move || session.of_report(0, |report| report.relations.len()));
    let rows = move || {
        let Some(shown) = session.shown.get_clone() else { return Vec::new() };
        let limit = if shows_all.get() { usize::MAX } else { ROWS };
        let row = |index: usize| {
            let shown = shown.clone();
            let key = format!("{} {} {index}", shown.generation, shown.report.complete);
            Row::new(key, move || match shown.report.relations.get(index) {
                Some(relation) => item(session, &shown, index, relation),
                None => el("li"),
            })
        };
        (0..shown.report.relations.len().min(limit)).map(row).collect()
    };
    let none = || {
        el("p").class("panel-text").text(
            "No two series are coherent beyond what chance explains, with the false-discovery rate held over all pairs.",
        )
    };
    let more = move || {
        el("button")
            .class("button more")
            .text_with(move || format!("Show all {}", count.get()))
            .on_click(move || shows_all.set(true))
    };
    [
        View::show(move || count.get() == 0, none),
        el("ol").class("findings").keyed(rows).into(),
        View::show(move || count.get() > ROWS && !shows_all.get(), more),
    ]
    .into_iter()
    .collect()
}

fn item(session: &'static Session, shown: &Shown, index: usize, relation: &Relation) -> El {
    let is_open = memo(move || session.view.with(|view| view.relation == Some(index)));
    let arrow = match (relation.kind, relation.lag_s) {
        (RelationKind::Beat, _) => "≈",
        (_, Some(lag_s)) if lag_s > 0.0 => "→",
        _ => "–",
    };
    let width = format!("{}%", words::decimals(100.0 * relation.strength, 0));
    let names = el("b").text(&names(&shown.report, relation, arrow));
    let button = el("button")
        .class("finding is-relation")
        .attr("data-testid", "relation")
        .aria_with("aria-expanded", move || is_open.get())
        .child(
            el("span").class("finding-words").child(names).child(el("span").text(&sentence(&shown.report, relation))),
        )
        .child(el("span").class("strength").attr("aria-hidden", "true").child(el("i").style("width", &width)))
        .child(el("span").class("finding-score").text(&words::decimals(relation.strength, 2)))
        .on_click(move || session.look(|view, report| view.toggle_relation(report, index)));
    let (shown, relation) = (shown.clone(), relation.clone());
    el("li")
        .class("finding-item")
        .class_with("is-open", move || is_open.get())
        .child(button)
        .show(move || is_open.get(), move || relation_evidence(session, &shown, index, &relation))
}

/// Both series; the service once where it is the same.
fn names(report: &Report, relation: &Relation, arrow: &str) -> String {
    match (report.series.get(relation.from), report.series.get(relation.to)) {
        (Some(from), Some(to)) if from.service == to.service => {
            format!("{} · {} {arrow} {}", format::service(report, from.service), from.metric, to.metric)
        }
        _ => format!("{} {arrow} {}", format::series(report, relation.from), format::series(report, relation.to)),
    }
}

fn sentence(report: &Report, relation: &Relation) -> String {
    let mut words = relation.kind.name().to_owned();
    if let Some(period_s) = relation.period_s {
        words.push_str(&format!(" at {}", words::duration_s(period_s)));
    }
    let why = relation.explained_by.map_or_else(
        || match relation.same_source {
            true => "both of one distribution".to_owned(),
            false => format!("{} scale", relation.scale.name()),
        },
        |series| format!("explained by {}", format::series(report, series)),
    );
    format!("{words}, {}, {why}", lag_words(relation))
}

/// The lag with its uncertainty.
pub(super) fn lag_words(relation: &Relation) -> String {
    match (relation.lag_s, relation.lag_plus_minus_s) {
        (None, _) => "lag unknown".to_owned(),
        (Some(0.0), _) => "no lag".to_owned(),
        (Some(lag_s), Some(plus_minus_s)) => words::lag_s(lag_s, plus_minus_s),
        (Some(lag_s), None) => words::duration_s(lag_s),
    }
}
