//! The first screen: where data can come in, and what happens to them.

use super::origin::Source;
use super::session::{Session, is_live_page};
use crate::dom::{El, Row, View, el, icon};
use crate::state::Sample;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

/// The first screen.
pub(super) fn first_screen(session: &'static Session) -> El {
    let hint = || {
        el("p")
            .class("hint")
            .attr("role", "note")
            .text("This link holds a view, not the data. Open the same file to see what was shared.")
    };
    let lead = el("div")
        .class("first-lead")
        .child(el("h1").text("See what broke first, how it spread, and what moves together."))
        .child(el("p").text(
            "Drop an export of any monitoring tool anywhere in this window: CSV, Grafana, Prometheus or OpenMetrics, gzip \
             of any.",
        ))
        .show(move || session.awaits_data.get(), hint);
    let promise = if is_live_page() {
        el("p").class("promise").child(el("b").text("Your data go nowhere else.")).text(
            " By its content security policy, the page may talk to its own host and to the server that its address names \
             only; a file that is dropped here stays in this tab.",
        )
    } else {
        el("p").class("promise").child(el("b").text("Your data never leaves this tab.")).text(
            " By its content security policy, the page may talk to its own host only; check it in the developer tools: \
             the network panel stays empty while a file is analysed, and it works offline.",
        )
    };
    el("main")
        .class("first")
        .class_with("is-waiting", move || session.load.with(|load| load.is_loading()))
        .child(lead)
        .child(source_form(session))
        .child(promise)
        .child(samples(session))
}

fn source_form(session: &'static Session) -> El {
    let field = el("textarea")
        .attr("id", "source-text")
        .attr("rows", "1")
        .attr("spellcheck", "false")
        .attr("autocomplete", "off")
        .attr("data-testid", "source-input")
        .attr("placeholder", "Prometheus URL, or pasted export");
    let text: HtmlTextAreaElement = field.cast();
    let typed = text.clone();
    // An address is one line: Enter sends it. Data have many lines: there Enter is Enter.
    let field = field.on_as("keydown", move |event: &KeyboardEvent| {
        let text = typed.value();
        if event.key() == "Enter" && !event.shift_key() && !text.contains('\n') {
            event.prevent_default();
            session.open_text(text);
        }
    });
    let choose = el("button")
        .attr("type", "button")
        .class("source-drop")
        .child(icon("", "", "M12 4v11m0-11 4 4m-4-4-4 4M5 15v4h14v-4"))
        .child(el("span").child(el("b").text("Drop files here")).text(" or choose them"))
        .on_click(move || session.choose_files());
    let label = el("label")
        .class("visually-hidden")
        .attr("for", "source-text")
        .text("Address of a Prometheus server, or the text of an export");
    let submit = el("button")
        .attr("type", "submit")
        .class("button is-primary")
        .attr("data-testid", "source-submit")
        .text("Analyse");
    el("form")
        .class("source")
        .on("submit", move |event| {
            event.prevent_default();
            session.open_text(text.value());
        })
        .child(choose)
        .child(label)
        .child(el("div").class("source-row").child(field).child(submit))
}

fn samples(session: &'static Session) -> View {
    let rows = move || session.samples.with(|samples| samples.iter().map(|each| row(session, each.clone())).collect());
    View::show(
        move || session.samples.with(|samples| !samples.is_empty()),
        move || {
            el("section")
                .class("samples")
                .attr("aria-labelledby", "samples-title")
                .child(el("h2").attr("id", "samples-title").text("Or look at a sample incident"))
                .child(el("ul").keyed(rows))
        },
    )
}

fn row(session: &'static Session, sample: Sample) -> Row {
    Row::new(sample.name.clone(), move || {
        let source = Source::Sample(sample.clone());
        let button = el("button")
            .class("sample")
            .attr("data-testid", &format!("sample-{}", sample.name))
            .child(el("b").text(&sample.title))
            .child(el("span").text(&sample.what))
            .on_click(move || session.open(source.clone().into()));
        el("li").child(button)
    })
}
