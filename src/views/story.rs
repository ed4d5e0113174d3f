//! The story: what broke first and how it spread, every number with its evidence; or that all is calm.

use super::format;
use super::library;
use super::session::{Session, Shown};
use crate::dom::{self, El, el, memo, untrack};
use crate::state::{Link, Look, View, look};
use report::format as words;
use report::{Incident, Report, Span};
use web_sys::HtmlInputElement;

/// The story above the lists.
pub(super) fn story(session: &'static Session) -> dom::View {
    let told = memo(move || {
        let cursor_ms = session.view.with(|view| view.cursor_ms);
        let shown = session.shown.get_clone()?;
        Some((look(&shown.report, cursor_ms), shown))
    });
    dom::View::dynamic(move || {
        let Some((look, shown)) = told.get_clone() else { return dom::View::NONE };
        untrack(|| told_story(session, look, &shown)).into()
    })
}

fn told_story(session: &'static Session, look: Look, shown: &Shown) -> El {
    let report = &shown.report;
    match look {
        Look::Incident(index) => match report.incidents.get(index) {
            Some(incident) => incident_story(session, shown, incident, index),
            None => plain("", "", ""),
        },
        Look::Findings => {
            let count = words::plural(report.findings.len(), "finding", "findings");
            plain(
                "",
                &format!("{count}, and no incident."),
                "The findings stand alone: they do not begin together and do not follow each other closely enough to be \
                 told as one story. Look at each by itself.",
            )
        }
        Look::Calm => plain("is-calm", "Nothing found.", &calm_words(report)),
        Look::TooLittle => {
            let reasons: Vec<String> = report
                .scales
                .iter()
                .filter_map(|scale| Some(format!("{}: {}.", scale.scale.name(), scale.unavailable.as_ref()?)))
                .collect();
            let text = format!("The data are too short to say anything, and nothing is said. {}", reasons.join(" "));
            plain("", "Too little data.", &text)
        }
        Look::Unfinished => plain("", "Looking…", "Findings appear here as they are made."),
    }
}

fn plain(class: &str, title: &str, text: &str) -> El {
    let section = el("section").class(&format!("story {class}")).attr("data-testid", "story");
    section.child(el("h1").text(title)).child(el("p").text(text))
}

/// What was looked at, so that silence can be trusted.
fn calm_words(report: &Report) -> String {
    format!(
        "{} of {} over {} stayed within what is usual for them: no spike, shift, drift, growing variance or silence that \
         chance would not explain. On data like these, at most one report in twenty raises a false alarm.",
        words::plural(report.series.len(), "series", "series"),
        words::plural(report.services.len(), "service", "services"),
        words::duration_s(format::span_ms(report) as f64 / 1000.0),
    )
}

fn incident_story(session: &'static Session, shown: &Shown, incident: &Incident, index: usize) -> El {
    let report: &Report = &shown.report;
    let Incident { narrative, causes, .. } = incident;
    let fact = |lead: &str, words: &str| el("p").text(lead).child(el("b").text(words));
    let mut facts = el("div").class("story-facts");
    if let Some(cause) = causes.first().filter(|cause| cause.is_named()) {
        // Where nothing says what belongs together, nobody has counted how often the first of a ranking is right.
        let counts = report.knows_services();
        let other = |other: &report::Cause| match format::service(report, other.service) {
            name if counts => format!("{name} {}", words::decimals(other.confidence, 2)),
            name => name.to_owned(),
        };
        let others: Vec<String> = causes.iter().skip(1).take(2).map(other).collect();
        facts = facts
            .child(fact(if counts { "cause " } else { "shows most in " }, &format::series(report, cause.series)))
            .child(counts.then(|| fact("confidence ", &words::decimals(cause.confidence, 2))))
            .child((!others.is_empty()).then(|| el("p").text("then ").text(&others.join(", "))));
    }
    if !incident.spread.is_empty() {
        let severity = fact("severity ", incident.severity.name()).attr("data-testid", "severity");
        facts = facts.child(severity.attr("title", &format!("risk {}", words::decimals(incident.risk, 2))));
    }
    if let Some(known) = &incident.known {
        let words = format!("{} ({})", known.name, words::decimals(known.confidence, 2));
        facts = facts.child(fact("seen before ", &words).attr("data-testid", "known"));
    }
    if !incident.resembles.is_empty() {
        let times: Vec<String> = incident.resembles.iter().map(|alike| format::clock(report, alike.start_ms)).collect();
        facts = facts.child(fact("it began like ", &times.join(", ")));
    }
    if !narrative.refuted_by.is_empty() {
        facts = facts.child(fact("would refute it: ", &narrative.refuted_by));
    }
    let next = (!narrative.check_next.is_empty())
        .then(|| fact("check next: ", &narrative.check_next.join("; ")).class("story-next"));
    el("section")
        .class("story")
        .attr("data-testid", "story")
        .child(pager(session, report.incidents.len(), index))
        .child(el("h1").child(spans(session, &narrative.headline)))
        .child(el("p").child(spans(session, &narrative.body)))
        .child(facts)
        .child(next)
        .child((!incident.signature.is_empty()).then(|| remember(session, incident.signature.clone())))
}

/// Gives the incident a name, so that one like it is known again.
fn remember(session: &'static Session, signature: Vec<Option<f64>>) -> El {
    let field = el("input")
        .attr("type", "text")
        .attr("required", "")
        .attr("maxlength", "80")
        .attr("placeholder", "name this incident")
        .attr("aria-label", "Name of this incident")
        .attr("data-testid", "remember-name");
    let input: HtmlInputElement = field.cast();
    let keep = move |event: &web_sys::Event| {
        event.prevent_default();
        let name = input.value();
        if !name.trim().is_empty() {
            input.set_value("");
            library::remember(session, name.trim(), &signature);
        }
    };
    let button = el("button").class("button is-quiet").attr("data-testid", "remember").text("Know it again");
    el("form").class("remember").child(field).child(button).on("submit", keep)
}

/// Text whose numbers lead to their evidence.
fn spans(session: &'static Session, spans: &[Span]) -> dom::View {
    let span = |span: &Span| {
        let Some(index) = span.finding else { return dom::View::from(span.text.as_str()) };
        // An anchor, because a button cannot break over lines like the words around it.
        let link = Link { view: View { finding: Some(index), ..View::default() }, ..Link::default() };
        let open = move |event: &web_sys::Event| {
            event.prevent_default();
            session.look(|view, report| {
                view.finding = None;
                view.toggle_finding(report, index);
            });
            super::reveal_open_finding();
        };
        el("a")
            .class("evidence-link")
            .attr("href", &link.encode())
            .attr("title", "Show the evidence")
            .text(&span.text)
            .on("click", open)
            .into()
    };
    spans.iter().map(span).collect()
}

/// From one incident to the next, where there are several.
fn pager(session: &'static Session, count: usize, index: usize) -> Option<El> {
    if count < 2 {
        return None;
    }
    let button = |label: &str, sign: &str, next: Option<usize>| {
        let button = el("button").class("button is-quiet is-icon").attr("aria-label", label).text(sign);
        let Some(next) = next else { return button.attr("disabled", "") };
        button.on_click(move || {
            session.look(|view, report| {
                if let Some(incident) = report.incidents.get(next) {
                    view.cursor_ms = Some(incident.peak_ms.clamp(incident.start_ms, incident.end_ms));
                }
            });
        })
    };
    let place = el("span").text(&format!("Incident {} of {count}", index + 1));
    let pager = el("p").class("pager").child(button("Earlier incident", "‹", index.checked_sub(1))).child(place);
    Some(pager.child(button("Later incident", "›", Some(index + 1).filter(|next| *next < count))))
}
