//! The servers of the load, one below the other: their addresses, what each is or why it cannot be read, and who asks.

use super::{Panel, access, link, reason};
use crate::bridge::{Access, Finding, Offer};
use crate::dom::{El, Row, batch, el, memo};
use crate::state::Pasted;
use wasm_bindgen::JsValue;
use web_sys::HtmlInputElement;

/// A server of the load, and what is known of it.
#[derive(Clone, Default)]
pub(super) struct Server {
    /// Its address, as the page has it.
    pub(super) address: String,
    /// What goes along with every request to it, and to no other server.
    pub(super) access: Access,
    /// What came of connecting; none while it is under way or was not tried.
    pub(super) finding: Option<Finding>,
    /// Counts connections: what an earlier one brings is of no interest.
    pub(super) round: u32,
    /// What it has, and what would be fetched of it; none until that was found out.
    pub(super) offer: Option<Offer>,
    /// Which survey the offer is of.
    pub(super) surveyed: u32,
}

impl Server {
    pub(super) fn is_connected(&self) -> bool {
        self.finding.as_ref().is_some_and(Finding::is_connected)
    }
}

fn connected(servers: &[Server]) -> Vec<Server> {
    servers.iter().filter(|server| server.is_connected()).cloned().collect()
}

/// An address without its scheme.
pub(super) fn name(address: &str) -> &str {
    address.split_once("://").map_or(address, |(_, name)| name)
}

/// What an address is to look like, where something else was typed.
const EXPECTED: &str = "Write an address like http://localhost:9090";
const KNOWN: &str = "This server is asked already";

impl Panel {
    /// Something about the server with this address, for what follows its changes.
    pub(super) fn of<T>(self, address: &str, read: impl FnOnce(&Server) -> T) -> Option<T> {
        self.servers.with(|servers| servers.iter().find(|server| server.address == address).map(read))
    }

    /// The same as it is now.
    pub(super) fn now_of<T>(self, address: &str, read: impl FnOnce(&Server) -> T) -> Option<T> {
        self.servers.with_untracked(|servers| servers.iter().find(|server| server.address == address).map(read))
    }

    /// Changes what is known of the server with this address, if it is still among them.
    pub(super) fn update(self, address: &str, change: impl FnOnce(&mut Server)) {
        batch(|| {
            self.servers.update(|servers| {
                if let Some(server) = servers.iter_mut().find(|server| server.address == address) {
                    change(server);
                }
            });
        });
    }

    /// Those that can be asked, for what follows changes.
    pub(super) fn connected(self) -> Vec<Server> {
        self.servers.with(|servers| connected(servers))
    }

    /// Those that can be asked now.
    pub(super) fn now_connected(self) -> Vec<Server> {
        self.servers.with_untracked(|servers| connected(servers))
    }

    /// Whether any of them can be asked.
    pub(super) fn is_any_connected(self) -> bool {
        self.servers.with(|servers| servers.iter().any(Server::is_connected))
    }

    fn addresses(self) -> Vec<String> {
        self.servers.with_untracked(|servers| servers.iter().map(|server| server.address.clone()).collect())
    }

    /// Begins the page anew with other servers; what is asked stays.
    fn go_to(self, servers: Vec<String>) {
        self.settings.with_untracked(|settings| link::go_to(servers, settings.list()));
    }

    /// Takes an address in place of another one, which is connected again where it is the same.
    fn change(self, before: &str, after: String) {
        if before == after {
            self.connect(before);
            return;
        }
        let servers: Vec<String> =
            self.addresses().into_iter().map(|one| if one == before { after.clone() } else { one }).collect();
        self.go_to(servers);
    }

    fn remove(self, address: &str) {
        let mut servers = self.addresses();
        servers.retain(|one| one != address);
        self.go_to(servers);
    }

    /// Reads the alerts of the Alertmanager at an address, too; without one, of none.
    fn read_alertmanager(self, address: &str) {
        if address == self.setting(ALERTMANAGER) {
            return;
        }
        self.set(ALERTMANAGER, address);
        // To ask nobody any more, the page has leave enough.
        if !address.is_empty() {
            self.go_to(self.addresses());
        }
    }
}

/// All of them, and where to add more.
pub(super) fn list(panel: Panel) -> El {
    let rows = move || {
        panel.servers.with(|servers| {
            let key = |place: usize, address: &str| format!("{place} {} {address}", servers.len());
            let number = |place: usize| if servers.len() > 1 { Some(place + 1) } else { None };
            let row = |(place, server): (usize, &Server)| {
                let (address, number) = (server.address.clone(), number(place));
                Row::new(key(place, &address), move || row(panel, &address, number))
            };
            servers.iter().enumerate().map(row).collect()
        })
    };
    el("ul").class("connect-servers").attr("data-testid", "connect-servers").keyed(rows)
}

/// One of them; `number` where there are several.
fn row(panel: Panel, address: &str, number: Option<usize>) -> El {
    let finding = {
        let address = address.to_owned();
        memo(move || panel.of(&address, |server| server.finding.clone()).flatten())
    };
    let problem = {
        let address = address.to_owned();
        let of = |server: &Server| server.offer.as_ref().map(|offer| offer.problem.clone());
        memo(move || panel.of(&address, of).flatten().unwrap_or_default())
    };
    let status = move || match finding.get_clone() {
        None => el("p").class("connect-status").attr("role", "status").text("Connecting …").into(),
        Some(finding) if finding.is_connected() => reason::connected(&finding).into(),
        // Of several, each has its place before all the words on one of them.
        Some(finding) => reason::trouble(&finding, number.is_none()).into(),
    };
    el("li")
        .class("connect-row")
        .attr("data-testid", "connect-row")
        .attr_with("data-trouble", move || {
            finding.with(|finding| finding.as_ref().map(|finding| finding.name.clone())).unwrap_or_default()
        })
        .child(address_form(panel, address, number))
        .dynamic(status)
        .show(
            move || problem.with(|problem| !problem.is_empty()),
            move || el("p").class("connect-warning").text_with(move || problem.get_clone()),
        )
        .child(access::details(panel, address))
}

fn address_form(panel: Panel, address: &str, number: Option<usize>) -> El {
    let (shown, before, gone) = (JsValue::from_str(address), address.to_owned(), address.to_owned());
    let label = number.map_or_else(|| "Address".to_owned(), |number| format!("Server {number}"));
    let input = address_input("connect-address").attr("title", address).property_with("value", move || shown.clone());
    let field: HtmlInputElement = input.cast();
    let remove = number.map(|_| {
        let remove = el("button").class("button").attr("type", "button").attr("data-testid", "connect-remove");
        let words = format!("Remove {}", name(address));
        remove.attr("aria-label", &words).text("Remove").on_click(move || panel.remove(&gone))
    });
    el("form")
        .class("connect-address")
        .on("submit", move |event| {
            event.prevent_default();
            let others: Vec<String> = panel.addresses().into_iter().filter(|one| *one != before).collect();
            if let Some(address) = address_in(&field, &others) {
                panel.change(&before, address);
            }
        })
        .child(el("label").text(&label).child(input))
        .child(el("button").class("button").attr("type", "submit").text("Connect"))
        .child(remove)
}

/// The setting that names an Alertmanager.
const ALERTMANAGER: &str = "alertmanager";

/// Where to add a further server, and an Alertmanager.
pub(super) fn others(panel: Panel) -> El {
    let server = address_input("connect-add").attr("placeholder", "http://prometheus-b:9090");
    let alertmanager = address_input("connect-alertmanager")
        .attr("placeholder", "http://alertmanager:9093")
        .property_with("value", move || JsValue::from_str(&panel.setting(ALERTMANAGER)));
    let (server_field, alertmanager_field): (HtmlInputElement, HtmlInputElement) = (server.cast(), alertmanager.cast());
    let form = |label: &str, input: El, button: &str, hint: &str| {
        el("form")
            .class("connect-address")
            .child(el("label").text(label).child(input))
            .child(el("button").class("button").attr("type", "submit").text(button))
            .child(el("p").class("hint is-wide").text(hint))
    };
    let add = form(
        "Add a server",
        server,
        "Add",
        "It is asked the same. Where two call a series the same, the later one's name stands in front.",
    )
    .on("submit", move |event| {
        event.prevent_default();
        let mut servers = panel.addresses();
        if let Some(address) = address_in(&server_field, &servers) {
            servers.push(address);
            panel.go_to(servers);
        }
    });
    let read = form(
        "Alertmanager",
        alertmanager,
        "Read it",
        "Its alerts and silences become events. It is only read, and is not told who asks.",
    )
    .on("submit", move |event| {
        event.prevent_default();
        if alertmanager_field.value().trim().is_empty() {
            panel.read_alertmanager("");
        } else if let Some(address) = address_in(&alertmanager_field, &[]) {
            panel.read_alertmanager(&address);
        }
    });
    let hint = "Adding or changing one loads this page anew, because it may reach only what its own address names. Passwords \
                and tokens are then asked for again.";
    let forms =
        el("div").class("connect-others").child(add).child(read).child(el("p").class("hint is-wide").text(hint));
    let summary = move || {
        let alertmanager = panel.setting(ALERTMANAGER);
        let known = if alertmanager.is_empty() { String::new() } else { format!(" (now {})", name(&alertmanager)) };
        format!("Add a server, or an Alertmanager{known}")
    };
    el("details")
        .class("connect-more")
        .child(el("summary").attr("data-testid", "connect-more").text_with(summary))
        .child(forms)
}

fn address_input(name: &str) -> El {
    let input = el("input")
        .attr("type", "text")
        .attr("inputmode", "url")
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("data-testid", name);
    let field: HtmlInputElement = input.cast();
    // What was wrong with it is no longer there.
    input.on("input", move |_| field.set_custom_validity(""))
}

/// The address that was typed; none, which the browser then says at the field, where it is none or among `known`.
fn address_in(field: &HtmlInputElement, known: &[String]) -> Option<String> {
    let trouble = match Pasted::classify(&field.value()) {
        Pasted::Address(address) if !known.contains(&address) => return Some(address),
        Pasted::Address(_) => KNOWN,
        _ => EXPECTED,
    };
    field.set_custom_validity(trouble);
    field.report_validity();
    None
}
