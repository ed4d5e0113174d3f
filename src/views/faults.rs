//! What went wrong, where, and what to do.

use super::session::Session;
use crate::bridge::{Credentials, Remedy};
use crate::dom::{El, View, el, memo, untrack};
use crate::state::Load;
use web_sys::HtmlInputElement;

/// The message of the last failure. What was shown before stays below it.
pub(super) fn fault_banner(session: &'static Session) -> View {
    let fault = memo(move || session.fault());
    View::dynamic(move || {
        let Some(fault) = fault.get_clone() else { return View::NONE };
        let remedy = untrack(|| match fault.remedy {
            Remedy::None => None,
            Remedy::SignIn => Some(sign_in(session)),
            Remedy::Explain => Some(explain(session)),
        });
        let words = el("div").class("fault-words").child(el("h2").text(&fault.title));
        let dismiss = el("button").class("button").text("Dismiss");
        el("section")
            .class("fault")
            .attr("role", "alert")
            .attr("data-testid", "error")
            .child(words.child(el("p").text(&fault.message)).child(remedy))
            .child(dismiss.on_click(move || session.load.update(Load::dismiss)))
            .into()
    })
}

/// Asks who is there. What is typed stays in memory.
fn sign_in(session: &'static Session) -> El {
    let user = el("input").attr("autocomplete", "username").attr("placeholder", "empty for a token");
    let secret = el("input").attr("type", "password").attr("autocomplete", "current-password");
    let (user_field, secret_field) = (user.cast(), secret.cast());
    let on_submit = move || {
        let (user, secret) = (value(&user_field), value(&secret_field));
        if secret.is_empty() {
            return;
        }
        session.open_with_credentials(match user.trim() {
            "" => Credentials::Bearer(secret),
            user => Credentials::Basic { user: user.to_owned(), password: secret },
        });
    };
    form(on_submit)
        .child(el("label").text("User ").child(user))
        .child(el("label").text("Password or token ").child(secret))
        .child(submit("Sign in"))
        .child(el("p").class("hint").text("Kept in this tab's memory only, and sent to this server only."))
}

/// Asks for what the file does not say.
fn explain(session: &'static Session) -> El {
    let column = el("input").attr("autocomplete", "off");
    let step = el("input").attr("type", "number").attr("min", "0").attr("step", "any").attr("autocomplete", "off");
    let column_field = column.cast();
    let step_field: HtmlInputElement = step.cast();
    let on_submit = move || {
        let column = value(&column_field);
        let time_column = Some(column.trim()).filter(|name| !name.is_empty()).map(|name| format!("time-column={name}"));
        // An empty field is no number.
        let step_ms = Some((step_field.value_as_number() * 1_000.0).round()).filter(|step_ms| *step_ms > 0.0);
        let step = step_ms.map(|step_ms| format!("step={}", step_ms as i64));
        let settings: Vec<String> = time_column.into_iter().chain(step).collect();
        if !settings.is_empty() {
            session.open_as(settings);
        }
    };
    let form = form(on_submit)
        .child(el("label").text("Time column ").child(column))
        .child(el("label").text("Or, without one: seconds from row to row ").child(step))
        .child(submit("Read again"));
    el("details").class("explain").child(el("summary").text("Say how to read it")).child(form)
}

fn value(field: &HtmlInputElement) -> String {
    field.value()
}

fn form(on_submit: impl Fn() + 'static) -> El {
    el("form").class("login").on("submit", move |event| {
        event.prevent_default();
        on_submit();
    })
}

fn submit(label: &str) -> El {
    el("button").class("button is-primary").attr("type", "submit").text(label)
}
