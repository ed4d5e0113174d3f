//! What was read, and every note about it.

use super::format;
use super::session::Session;
use crate::dom::{El, View, el, signal};
use crate::state::Settings;
use report::format as words;
use report::{DataNote, Report, Scale, Subject};
use web_sys::HtmlInputElement;

/// More notes than this of one kind are folded.
const NOTES: usize = 200;

/// So many services are seen at a glance.
const UNSEARCHED: usize = 12;

/// The data: sources, scales, notes, series.
pub(super) fn data(session: &'static Session) -> View {
    let draft = signal(None);
    View::dynamic(move || {
        let Some(report) = session.report() else { return View::NONE };
        let notes = &report.dataset.notes;
        let title = words::plural(notes.len(), "note on the data", "notes on the data");
        let rows = settings(session).chain(notes.iter().take(NOTES).map(|each| note(session, each)));
        [
            part("Read", sources(&report)),
            mapping(session),
            part("Scales of time", scales(&report)),
            part(&title, rows.collect()),
            part("Patterns of accents", patterns(session)),
            part("Services and series", services(session, &report)),
            el("h2").class("panel-title").text("Who calls whom").into(),
            super::calls::calls(session, &report, draft),
            el("h2").class("panel-title").text("Known incidents").into(),
            super::library::library(session).into(),
        ]
        .into_iter()
        .collect()
    })
}

/// The way to the panel that shows how a file was read. A server's data need none.
fn mapping(session: &'static Session) -> View {
    let button = el("button").class("button").attr("data-testid", "mapping-open").text("How it was read…");
    let button = button.on_click(move || session.open_mapping(true));
    (!session.is_live()).then(|| el("p").class("note-action").child(button)).into()
}

fn part(title: &str, rows: View) -> View {
    [el("h2").class("panel-title").text(title), el("ul").class("notes").child(rows)].into_iter().collect()
}

fn subject(text: &str) -> El {
    el("span").class("note-subject").text(text)
}

fn count(text: &str) -> El {
    el("span").class("note-count").text(text)
}

fn sentence(text: &str) -> El {
    el("span").class("note-words").text(text)
}

fn sources(report: &Report) -> View {
    let data = &report.dataset;
    let zone = |zone: &Option<String>| match zone {
        Some(zone) => format!("times without a zone read as {zone}"),
        None => "every time carries its zone".to_owned(),
    };
    let rows = data.sources.iter().map(|source| {
        let read = format!("{}; {}", source.format, zone(&source.assumed_time_zone));
        el("li").child(subject(&source.name)).child(sentence(&read))
    });
    let facts = format!(
        "{} and {} from {} to {} (shown in {}), analysed on a grid of {} slots, {} apart.",
        words::plural(data.series_count, "series", "series"),
        words::plural(data.point_count, "value", "values"),
        words::date_time(data.start_ms, format::OFFSET_MIN),
        words::date_time(data.end_ms, format::OFFSET_MIN),
        words::zone(format::OFFSET_MIN),
        data.slots,
        words::duration_s(data.interval_ms as f64 / 1000.0),
    );
    rows.chain([el("li").child(sentence(&facts))]).collect()
}

fn scales(report: &Report) -> View {
    let row = |scale: Scale| {
        let summary = report.scales.iter().find(|summary| summary.scale == scale)?;
        let to = summary.to_s.map_or_else(|| "the length of the data".to_owned(), words::duration_s);
        let range = format!("{} to {to}", words::duration_s(summary.from_s));
        let reason = summary.unavailable.as_deref().map(sentence);
        Some(el("li").child(subject(scale.name())).child(count(&range)).child(reason))
    };
    Scale::ALL.into_iter().filter_map(row).collect()
}

/// The settings in force, each with a way to give it up.
fn settings(session: &'static Session) -> impl Iterator<Item = El> {
    // Calls have a field of their own.
    let settings = session.settings().into_iter().filter(|setting| !setting.starts_with("calls="));
    settings.map(move |setting| el("li").child(subject(&setting)).child(toggle(session, "Remove", setting)))
}

fn note(session: &'static Session, note: &DataNote) -> El {
    let undo = note.undo.clone().map(|setting| toggle(session, "Undo", setting));
    el("li")
        .child(subject(note.subject.as_deref().unwrap_or("the whole source")))
        .child(count(&format!("{} × {}", note.count, note.kind.replace('_', " "))))
        .child(sentence(&note.message))
        .child(undo)
}

/// Reads the data again, with this setting or without it.
fn toggle(session: &'static Session, label: &str, setting: String) -> El {
    el("button")
        .class("note-link")
        .attr("title", &setting)
        .text(label)
        .on_click(move || session.toggle_setting(&setting))
}

/// What a service weighs in the impact of an incident. Another weight is a setting, under which all is looked at again.
fn weight(session: &'static Session, service: &report::ServiceSummary) -> El {
    let name = service.name.clone();
    let field = el("input")
        .attr("type", "number")
        .attr("min", "0")
        .attr("step", "any")
        .attr("placeholder", "1")
        .attr("aria-label", &format!("Weight of {name}"))
        .attr("value", Settings::new(session.settings()).get(&format!("weight.{name}")).unwrap_or_default());
    let input: HtmlInputElement = field.cast();
    let field = field.on("change", move |_| {
        if input.report_validity() {
            session.set_setting(&format!("weight.{name}"), &input.value());
        }
    });
    el("label").class("note-count weight").text("weighs ").child(field)
}

/// Where a pattern of accents can be typed. It is a setting, of which there may be several; the series view shows it.
fn patterns(session: &'static Session) -> View {
    const WHAT: &str = "Strong (1) and weak (0) accents, commas between, at most 64: 1,1,0";
    let field = el("input")
        .attr("pattern", r"\s*[01](\s*,\s*[01]){0,63}\s*")
        .attr("placeholder", "1,1,0")
        .attr("title", WHAT)
        .attr("data-testid", "pattern");
    let input: HtmlInputElement = field.cast();
    let field = field.on("change", move |_| {
        if input.report_validity() {
            session.set_setting("pattern", &input.value());
        }
    });
    el("li").child(el("label").class("note-words weight").text("Count ").child(field)).child(sentence(WHAT)).into()
}

fn services(session: &'static Session, report: &Report) -> View {
    let sought = signal(String::new());
    let row = |(index, service): (usize, &report::ServiceSummary)| {
        let go = move || session.look(|view, report| view.drill(report, Subject::Service(index)));
        let series = service.series.iter().filter_map(|&series| report.series.get(series));
        let series: Vec<&str> = series.map(|series| series.metric.as_str()).collect();
        let called = service.calls.iter().filter_map(|&callee| report.services.get(callee));
        let called: Vec<&str> = called.map(|callee| callee.name.as_str()).collect();
        let calls = (!called.is_empty()).then(|| sentence(&format!("calls {}", called.join(", "))));
        let (name, series) = (&service.name, series.join(", "));
        let names = format!("{name} {series}").to_ascii_lowercase();
        el("li")
            .hidden_with(move || sought.with(|sought| !names.contains(sought.as_str())))
            .child(el("button").class("note-link").text(name).on_click(go))
            .child(weight(session, service))
            .child(sentence(&series))
            .child(calls)
    };
    let rows: View = report.services.iter().enumerate().map(row).collect();
    let search = (report.services.len() > UNSEARCHED).then(|| {
        let field = el("input")
            .class("notes-search")
            .attr("type", "search")
            .attr("placeholder", "Search services and series")
            .attr("aria-label", "Search services and series");
        let input: HtmlInputElement = field.cast();
        el("li").child(field.on("input", move |_| sought.set(input.value().to_ascii_lowercase())))
    });
    [search.into(), rows].into_iter().collect()
}
