//! The header: what is shown, and what can be done with all of it.

use super::export::{export, share};
use super::session::Session;
use crate::dom::{El, View, el, icon, listen_window, memo};
use crate::state::Tab;
use report::format as words;

/// The header.
pub(super) fn header(session: &'static Session) -> El {
    let source = memo(move || session.report().map(|report| facts(&report)));
    let note_count = memo(move || session.of_report(0, |report| report.dataset.notes.len()));
    let chip = move || {
        let chip = source
            .get_clone()
            .map(|(names, facts)| el("p").class("chip").child(el("b").text(&names)).child(el("span").text(&facts)));
        chip.into()
    };
    let notes = move || {
        el("button")
            .class("chip is-button")
            .attr("data-testid", "data-notes")
            .on_click(move || session.look(|view, _| view.tab = Tab::Data))
            .text_with(move || words::plural(note_count.get(), "note on the data", "notes on the data"))
    };
    let has_report = memo(move || session.shown.with(Option::is_some));
    let brand = el("button").class("brand").attr("title", "Back to the first screen");
    el("header")
        .class("header")
        .child(brand.text("Monte").child(el("b").text("verdi")).on_click(move || session.close()))
        .dynamic(chip)
        .show(move || note_count.get() != 0, notes)
        .child(el("span").class("header-space"))
        .show(
            move || has_report.get(),
            move || {
                el("button")
                    .class("button is-open")
                    .attr("title", "Open a file (O)")
                    .text("Open")
                    .on_click(move || session.choose_files())
            },
        )
        .child(live(session))
        .show(move || has_report.get(), move || share(session))
        .show(move || has_report.get(), move || export(session))
        .child(
            el("button")
                .class("button is-icon")
                .attr("data-testid", "theme-toggle")
                .attr("aria-label", "Light or dark")
                .attr("title", "Light or dark (T)")
                .child(icon("", "M12 3a9 9 0 1 0 0 18V3z", "M3 12a9 9 0 1 0 18 0a9 9 0 1 0-18 0"))
                .on_click(move || session.toggle_theme()),
        )
        .child(
            el("button")
                .class("button is-icon")
                .attr("data-testid", "help-button")
                .attr("aria-label", "Help")
                .attr("title", "Keys and signs (?)")
                .text("?")
                .on_click(move || session.is_help_open.set(true)),
        )
}

/// How old a server's data are, and whether it is asked for more; the button pauses that.
fn live(session: &'static Session) -> View {
    let is_live = memo(move || session.live.with(|live| !live.words.is_empty()));
    listen_window("visibilitychange", move |_| session.ask_for_news());
    View::show(
        move || is_live.get(),
        move || {
            let asked = el("button").class("button").attr("data-testid", "asked").text("What is asked");
            let asked = asked.on_click(move || session.open_connect(0, None));
            let follow = el("button")
                .class("button")
                .class_with("is-old", move || session.live.with(|live| live.is_old))
                .attr("data-testid", "live")
                .aria_with("aria-pressed", move || !session.is_paused.get())
                .attr_with("title", move || session.live.with(|live| live.detail.clone()))
                .text_with(move || session.live.with(|live| format!("Live · {}", live.words)))
                .on_click(move || {
                    session.is_paused.update(|is_paused| *is_paused = !*is_paused);
                    session.ask_for_news();
                });
            el("span").class("header-pair").child(asked).child(follow)
        },
    )
}

/// The sources' names, and what was read from them.
fn facts(report: &report::Report) -> (String, String) {
    let data = &report.dataset;
    let names: Vec<&str> = data.sources.iter().map(|source| source.name.as_str()).collect();
    let mut facts: Vec<String> = Vec::new();
    if let [source] = data.sources.as_slice() {
        facts.push(source.format.clone());
    }
    facts.push(words::plural(report.series.len(), "series", "series"));
    facts.push(words::duration_s(data.interval_ms as f64 / 1000.0));
    facts.push(words::duration_s(super::format::span_ms(report) as f64 / 1000.0));
    if let Some(zone) = data.sources.iter().find_map(|source| source.assumed_time_zone.as_ref()) {
        facts.push(format!("times read as {zone}"));
    }
    (names.join(", "), facts.join(" · "))
}
