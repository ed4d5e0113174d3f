//! Who asks: what is typed here stays in memory.

use super::servers::Server;
use super::{Panel, value_of};
use crate::bridge::{Access, Credentials};
use crate::dom::{El, el, memo};
use wasm_bindgen::JsValue;

/// User, secret and headers, as texts.
pub(super) fn parts(access: &Access) -> (String, String, Vec<String>) {
    let (user, secret) = match &access.credentials {
        None => (String::new(), String::new()),
        Some(Credentials::Bearer(token)) => (String::new(), token.clone()),
        Some(Credentials::Basic { user, password }) => (user.clone(), password.clone()),
    };
    (user, secret, access.headers.clone())
}

const SUMMARY: &str = "Who asks: user, token, headers";

/// The fields for the server with this address, folded away until they are wanted.
pub(super) fn details(panel: Panel, address: &str) -> El {
    let (again, asked) = (address.to_owned(), address.to_owned());
    let is_missing = |server: &Server| server.finding.as_ref().is_some_and(|finding| is_wanted(&finding.name));
    let is_missing = memo(move || panel.of(&asked, is_missing).unwrap_or_default());
    let fields = fields(panel, address, "Connect", move || panel.connect(&again));
    let details = el("details").class("connect-access").child(el("summary").text(SUMMARY)).child(fields);
    details.property_with("open", move || JsValue::from_bool(is_missing.get()))
}

/// Whether to say who asks is what is missing.
pub(super) fn is_wanted(trouble: &str) -> bool {
    ["unauthorized", "forbidden", "tenant"].contains(&trouble)
}

/// The fields below a failure that they may help with; else nothing.
pub(super) fn form(panel: Panel, address: &str, trouble: &str, done: impl Fn() + 'static) -> Option<El> {
    let fields = |done| fields(panel, address, "Sign in", done);
    match trouble {
        _ if is_wanted(trouble) => Some(fields(done)),
        "cors" | "preflight" => {
            Some(el("details").class("connect-access").child(el("summary").text(SUMMARY)).child(fields(done)))
        }
        _ => None,
    }
}

fn fields(panel: Panel, address: &str, label: &'static str, done: impl Fn() + 'static) -> El {
    let access = panel.now_of(address, |server| server.access.clone()).unwrap_or_default();
    let (user, secret, headers) = parts(&access);
    let address = address.to_owned();
    let text = |value: &str| {
        let value = JsValue::from_str(value);
        el("input")
            .attr("autocomplete", "off")
            .attr("spellcheck", "false")
            .property_with("value", move || value.clone())
    };
    let user = text(&user).attr("placeholder", "empty for a token").attr("data-testid", "access-user");
    let secret = text(&secret).attr("type", "password").attr("data-testid", "access-secret");
    let lines = JsValue::from_str(&headers.join("\n"));
    let headers = el("textarea")
        .attr("rows", "2")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("placeholder", "X-Scope-OrgID: tenant")
        .attr("data-testid", "access-headers")
        .property_with("value", move || lines.clone());
    let (user_field, secret_field, headers_field): (JsValue, JsValue, JsValue) =
        (user.cast(), secret.cast(), headers.cast());
    let submit =
        el("button").class("button is-primary").attr("type", "submit").attr("data-testid", "access-use").text(label);
    el("form")
        .class("connect-fields")
        .on("submit", move |event| {
            event.prevent_default();
            let secret = value_of(&secret_field);
            let credentials = match value_of(&user_field).trim() {
                _ if secret.is_empty() => None,
                "" => Some(Credentials::Bearer(secret)),
                user => Some(Credentials::Basic { user: user.to_owned(), password: secret }),
            };
            let headers = value_of(&headers_field);
            let headers = headers.lines().map(str::trim).filter(|line| line.contains(':')).map(str::to_owned).collect();
            panel.update(&address, |server| server.access = Access { credentials, headers });
            done();
        })
        .child(el("label").text("User").child(user))
        .child(el("label").text("Password or token").child(secret))
        .child(el("label").class("is-wide").text("Headers, one a line").child(headers))
        .child(submit)
        .child(el("p").class("hint is-wide").text("Kept in this tab's memory only, and sent to this server only."))
}
