//! What went wrong, where, and what to do.

use super::session::Session;
use crate::bridge::{Credentials, Remedy};
use crate::dom::{El, View, el, memo, untrack};
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
            .child(dismiss.on_click(move || session.dismiss()))
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

/// Opens the panel that asks for what the file does not say.
fn explain(session: &'static Session) -> El {
    el("button")
        .class("button is-primary")
        .attr("data-testid", "explain")
        .text("Say how to read it")
        .on_click(move || session.open_mapping(false))
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
