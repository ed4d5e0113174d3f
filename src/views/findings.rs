//! What every detector found, ranked.

use super::evidence::finding_evidence;
use super::format;
use super::session::{Session, Shown};
use super::spark::{SPARK_POINTS, spark};
use crate::bridge::ChartRequest;
use crate::dom::{El, Row, View, el, memo, signal};
use crate::state::{Filter, Look, look};
use report::format as words;
use report::{Behind, Finding, Scale};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};

/// More rows than this are shown on request only.
const ROWS: usize = 300;

/// So many rows while more are sought: with every one that is found most others move, and what is taken off the screen
/// keeps its memory until the browser next collects rubbish.
const ROWS_MEANWHILE: usize = 40;

/// A telephone shows this many rows until it is asked for more, so that the timeline stays in reach (see app.css).
const SHORT_ROWS: usize = 8;

/// A score from here on is written in the colour of trouble.
const STRONG: f64 = 2.0;

/// What an empty list says; the story above it says what was looked at.
const CALM: &str = "No finding reaches its threshold, and none is hidden. What moves together all the same is in Relations, how each \
     service goes at each scale in the radar, and what was read and assumed in Data.";

/// The list of findings and its filters.
pub(super) fn findings(session: &'static Session) -> View {
    let shows_all = signal(false);
    let passing = memo(move || {
        let filter = session.filter.get_clone();
        session.of_report(Vec::new(), |report| filter.apply(report))
    });
    let most = memo(move || session.of_report(ROWS, |report| if report.complete { ROWS } else { ROWS_MEANWHILE }));
    let rows = move || {
        let Some(shown) = session.shown.get_clone() else { return Vec::new() };
        let limit = if shows_all.get() { usize::MAX } else { most.get() };
        passing.with(|passing| passing.iter().take(limit).filter_map(|&index| row(session, &shown, index)).collect())
    };
    let count = move || passing.with(Vec::len);
    let more = move || {
        el("button")
            .class("button more")
            .class_with("is-for-short", move || count() <= most.get())
            .text_with(move || format!("Show all {}", count()))
            .on_click(move || shows_all.set(true))
    };
    let list = el("ol").class("findings").class_with("is-short", move || !shows_all.get()).keyed(rows);
    let more = View::show(move || count() > SHORT_ROWS && !shows_all.get(), more);
    [filters(session).into(), View::dynamic(move || empty(session)), list.into(), more].into_iter().collect()
}

/// What is said where the list is empty: that nothing was found, or that the filter hides all.
fn empty(session: &'static Session) -> View {
    let Some(report) = session.report() else { return View::NONE };
    let calm = |title: &str, text: &str| {
        let section = el("section").class("calm").attr("data-testid", "no-findings");
        section.child(el("h2").text(title)).child(el("p").text(text)).into()
    };
    match look(&report, None) {
        Look::Calm => return calm("Nothing found", CALM),
        Look::TooLittle => {
            return calm(
                "Nothing found, because there is too little data",
                "A ring needs three cycles of data before anything is said about it.",
            );
        }
        _ => {}
    }
    let filter = session.filter.get_clone();
    if filter.is_empty() || !filter.apply(&report).is_empty() {
        return View::NONE;
    }
    let all = el("button").class("button").text("Show all").on_click(move || session.filter.set(Filter::default()));
    el("p").class("panel-text").text("No finding passes the filter. ").child(all).into()
}

/// By words, kind, service and scale. Not shown for lists that one sees whole.
fn filters(session: &'static Session) -> El {
    let is_needed = memo(move || session.of_report(false, |report| report.findings.len() > 5));
    let kinds = memo(move || session.of_report(Vec::new(), Filter::kinds));
    let services = memo(move || {
        session.of_report(Vec::new(), |report| report.services.iter().map(|service| service.name.clone()).collect())
    });
    let kind_options = move || {
        let option = |&(kind, count): &(report::FindingKind, usize)| {
            option(kind.name(), &format!("{} {count}", kind.name()), move || {
                session.filter.with(|filter| filter.kind == Some(kind))
            })
        };
        kinds.get_clone().iter().map(option).collect()
    };
    let service_options = move || {
        let option = |(index, name): (usize, &String)| {
            option(&index.to_string(), name, move || session.filter.with(|filter| filter.service == Some(index)))
        };
        services.get_clone().iter().enumerate().map(option).collect()
    };
    let scale_option = |scale: Scale| {
        option(scale.name(), scale.name(), move || session.filter.with(|filter| filter.scale == Some(scale)))
    };
    let choose_kind = move |event: &Event| {
        let value = chosen(event);
        let kind = kinds.get_clone_untracked().into_iter().map(|(kind, _)| kind).find(|kind| kind.name() == value);
        session.filter.update(|filter| filter.kind = kind);
    };
    let choose_service = move |event: &Event| {
        let service = chosen(event).parse().ok();
        session.filter.update(|filter| filter.service = service);
    };
    let choose_scale = move |event: &Event| {
        let value = chosen(event);
        let scale = Scale::ALL.into_iter().find(|scale| scale.name() == value);
        session.filter.update(|filter| filter.scale = scale);
    };
    let search = el("input")
        .attr("id", "findings-search")
        .attr("type", "search")
        .attr("placeholder", "Search findings")
        .attr("aria-label", "Search findings")
        .property_with("value", move || session.filter.with(|filter| JsValue::from_str(&filter.words)));
    let field: HtmlInputElement = search.cast();
    let search = search.on("input", move |_| session.filter.update(|filter| filter.words = field.value()));
    let every = |label: &str| option("", label, || false);
    el("div")
        .class("filters")
        .attr("role", "search")
        .hidden_with(move || !is_needed.get())
        .child(search)
        .child(select("Kind", "").child(every("every kind")).dynamic(kind_options).on("change", choose_kind))
        .child(
            select("Service", "filter-extra")
                .child(every("every service"))
                .dynamic(service_options)
                .on("change", choose_service),
        )
        .child(
            select("Scale", "filter-extra")
                .child(every("every scale"))
                .child(Scale::ALL.into_iter().map(scale_option).collect::<View>())
                .on("change", choose_scale),
        )
}

fn select(label: &str, class: &str) -> El {
    el("select").class(class).attr("aria-label", label)
}

fn option(value: &str, label: &str, is_chosen: impl Fn() -> bool + 'static) -> El {
    el("option").attr("value", value).text(label).property_with("selected", move || JsValue::from_bool(is_chosen()))
}

/// The value that a select has now.
fn chosen(event: &Event) -> String {
    let select = event.target().map(|target| target.unchecked_into::<HtmlSelectElement>().value());
    select.unwrap_or_default()
}

/// A finding of the Report, which opens its evidence below itself.
fn row(session: &'static Session, shown: &Shown, index: usize) -> Option<Row> {
    let finding = shown.report.findings.get(index)?;
    let (generation, complete) = (shown.generation, shown.report.complete);
    let key = format!("{generation} {complete} {index} {} {}", finding.id, finding.score.to_bits());
    let shown = shown.clone();
    Some(Row::new(key, move || {
        let is_open = move || session.view.with(|view| view.finding == Some(index));
        let toggle = move || {
            session.look(|view, report| view.toggle_finding(report, index));
            super::reveal_open_finding();
        };
        match shown.report.findings.get(index) {
            Some(finding) => item(session, &shown, finding, "finding", Rc::new(is_open), Box::new(toggle)),
            None => el("li"),
        }
    }))
}

/// Findings outside of the ranked list, such as warnings.
pub(super) fn finding_list(session: &'static Session, shown: &Shown, findings: &[Finding]) -> El {
    let open = signal(None::<usize>);
    let row = |(index, finding): (usize, &Finding)| {
        let is_open = move || open.get() == Some(index);
        let toggle = move || open.update(|open| *open = (*open != Some(index)).then_some(index));
        item(session, shown, finding, "warning", Rc::new(is_open), Box::new(toggle))
    };
    el("ol").class("findings").child(findings.iter().enumerate().map(row).collect::<View>())
}

fn item(
    session: &'static Session,
    shown: &Shown,
    finding: &Finding,
    test_id: &'static str,
    is_open: Rc<dyn Fn() -> bool>,
    toggle: Box<dyn Fn()>,
) -> El {
    let report = &shown.report;
    let is_strong = finding.score >= STRONG;
    let data = &report.dataset;
    // While findings still come and go, lines would be fetched in vain.
    let wanted = finding.series.first().filter(|_| report.complete).map(|&series| {
        let (start_ms, end_ms) = (data.start_ms, data.end_ms);
        let chart = ChartRequest { series, start_ms, end_ms, max_points: SPARK_POINTS, behind: Behind::Nothing };
        (shown.generation, chart)
    });
    let words = el("span")
        .class("finding-words")
        .child(el("b").text(&format::subject(report, finding)))
        .child(el("span").text(&finding.sentence));
    let is_expanded = Rc::clone(&is_open);
    let button = el("button")
        .class(if is_strong { "finding is-strong" } else { "finding" })
        .attr("data-testid", test_id)
        .attr("data-kind", &finding.kind.name().replace(' ', "_"))
        .attr("data-score-bits", &finding.score.to_bits().to_string())
        .aria_with("aria-expanded", move || is_expanded())
        .child(el("time").class("finding-time").text(&format::clock(report, finding.start_ms)))
        .child(words)
        .child(el("span").class("finding-spark").child(spark(session, wanted, is_strong)))
        .child(el("span").class("finding-score").text(&words::decimals(finding.score, 1)))
        .on_click(toggle);
    let (shown, finding) = (shown.clone(), finding.clone());
    let is_marked = Rc::clone(&is_open);
    el("li")
        .class("finding-item")
        .class_with("is-open", move || is_marked())
        .child(button)
        .show(move || is_open(), move || finding_evidence(session, &shown, &finding))
}
