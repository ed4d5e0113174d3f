//! The header: what is shown, and what can be done with all of it.

use super::export::{Export, Share};
use super::session::session;
use leptos::prelude::*;
use report::format as words;
use std::time::Duration;

/// How often a server is asked again.
const REFRESH_INTERVAL: Duration = Duration::from_secs(60);

/// The header.
#[component]
pub(super) fn Header() -> impl IntoView {
    let session = session();
    let source = Memo::new(move |_| session.shown.with(|shown| shown.as_ref().map(|shown| facts(&shown.report))));
    let note_count = Memo::new(move |_| {
        session.shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.report.dataset.notes.len()))
    });
    view! {
        <header class="header">
            <button class="brand" title="Back to the first screen" on:click=move |_| session.close()>
                "Monte"<b>"verdi"</b>
            </button>
            {move || source.get().map(|(names, facts)| view! {
                <p class="chip"><b>{names}</b><span>{facts}</span></p>
            })}
            <Show when=move || note_count.get() != 0>
                <button
                    class="chip is-button"
                    data-testid="data-notes"
                    on:click=move |_| session.look(|view, _| view.tab = crate::state::Tab::Data)
                >
                    {move || words::plural(note_count.get(), "note on the data", "notes on the data")}
                </button>
            </Show>
            <span class="header-space"></span>
            <Show when=move || session.shown.with(Option::is_some)>
                <button class="button is-open" title="Open a file (O)" on:click=move |_| session.choose_files()>"Open"</button>
                <Live/>
                <Share/>
                <Export/>
            </Show>
            <button
                class="button is-icon"
                data-testid="theme-toggle"
                aria-label="Light or dark"
                title="Light or dark (T)"
                on:click=move |_| session.toggle_theme()
            >
                <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3a9 9 0 1 0 0 18V3z" class="filled"/><circle cx="12" cy="12" r="9"/></svg>
            </button>
            <button
                class="button is-icon"
                data-testid="help-button"
                aria-label="Help"
                title="Keys and signs (?)"
                on:click=move |_| session.is_help_open.set(true)
            >
                "?"
            </button>
        </header>
    }
}

/// Reads a server again and again, or not.
#[component]
fn Live() -> impl IntoView {
    let session = session();
    // What is loaded changes together with what is shown.
    let is_live = Memo::new(move |_| {
        session.shown.track();
        session.is_live()
    });
    let follows = RwSignal::new(true);
    let refresh = move || {
        if is_live.get_untracked() && follows.get_untracked() && !document().hidden() {
            session.refresh();
        }
    };
    let clock = set_interval_with_handle(refresh, REFRESH_INTERVAL).ok();
    on_cleanup(move || {
        if let Some(clock) = clock {
            clock.clear();
        }
    });
    view! {
        <Show when=move || is_live.get()>
            <button
                class="button"
                aria-pressed=move || follows.get().to_string()
                title="Ask the server again every minute"
                on:click=move |_| follows.update(|follows| *follows = !*follows)
            >
                "Live"
            </button>
        </Show>
    }
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
