//! The user's own queries: tried as they are typed, with the server's error under the place that it names.

use super::servers::{Server, name};
use super::{Panel, offer, value_of};
use crate::bridge::{Probe, Trial};
use crate::dom::{El, View, batch, el};
use crate::state::Settings;
use wasm_bindgen::JsValue;

/// What was found out about a query at one of the servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    query: String,
    address: String,
    trial: Trial,
}

/// The setting that each query is one of.
const SETTING: &str = "query=";

/// The queries in force, for whoever is not to be told of changes.
fn now(panel: Panel) -> Vec<String> {
    panel.settings.with_untracked(among)
}

fn among(settings: &Settings) -> Vec<String> {
    settings.list().iter().filter_map(|setting| setting.strip_prefix(SETTING)).map(str::to_owned).collect()
}

/// The field, one query a line, and what was found out.
pub(super) fn field(panel: Panel) -> El {
    let text = el("textarea")
        .attr("rows", "3")
        .attr("spellcheck", "false")
        .attr("autocomplete", "off")
        .attr("placeholder", "sum by (job) (increase(http_requests_total[1m]))")
        .attr("data-testid", "connect-queries")
        .property_with("value", move || JsValue::from_str(&now(panel).join("\n")));
    let field: JsValue = text.cast();
    let text = text.on("change", move |_| {
        let lines = value_of(&field);
        let queries = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        panel.settings.update(|settings| {
            of_list(settings.list()).iter().for_each(|setting| settings.remove(setting));
            queries.for_each(|query| settings.add(format!("{SETTING}{query}")));
        });
        panel.check_queries();
        panel.survey();
    });
    let verdicts =
        move || panel.verdicts.with(|verdicts| by_query(verdicts).into_iter().map(of_query).collect::<View>());
    el("div")
        .class("connect-queries")
        .child(
            el("label")
                .text("Queries of your own (PromQL), one a line; without any, what the server has is looked at")
                .child(text),
        )
        .child(el("ul").attr("data-testid", "connect-verdicts").attr("role", "status").dynamic(verdicts))
}

fn of_list(list: &[String]) -> Vec<String> {
    list.iter().filter(|setting| setting.starts_with(SETTING)).cloned().collect()
}

/// What the servers say of one query stands together, as it was asked.
fn by_query(verdicts: &[Verdict]) -> Vec<&[Verdict]> {
    verdicts.chunk_by(|one, next| one.query == next.query).collect()
}

/// What the servers say of a query: the numbers side by side, and each trouble once.
fn of_query(verdicts: &[Verdict]) -> View {
    let is_good = |verdict: &&Verdict| verdict.trial.problem.is_empty();
    let good: Vec<&Verdict> = verdicts.iter().filter(is_good).collect();
    let mut troubles: Vec<&Verdict> = Vec::new();
    for verdict in verdicts.iter().filter(|verdict| !is_good(verdict)) {
        if troubles.iter().all(|known| known.trial != verdict.trial) {
            troubles.push(verdict);
        }
    }
    let number = (!good.is_empty()).then(|| number(&good));
    // What all say needs no name.
    let names_it = number.is_some() || troubles.len() > 1;
    [View::from(number), troubles.into_iter().map(|verdict| trouble(verdict, names_it)).collect()].into_iter().collect()
}

fn number(verdicts: &[&Verdict]) -> El {
    let item = el("li");
    let item = if verdicts.iter().all(|verdict| verdict.trial.series == 0) { item.class("is-empty") } else { item };
    let words = match verdicts {
        [one] => report::format::plural(one.trial.series, "series", "series"),
        several => format!("{} series", offer::side_by_side(several.iter().map(|one| one.trial.series as u64))),
    };
    let query = verdicts.first().map_or("", |verdict| verdict.query.as_str());
    item.child(el("code").text(query)).text(&format!(" gives {words} at the moment"))
}

fn trouble(Verdict { query, address, trial }: &Verdict, names_it: bool) -> El {
    let mut marked = query.clone();
    if let Some(column) = trial.column {
        marked.push('\n');
        marked.push_str(&" ".repeat(column));
        marked.push('^');
    }
    let who = if names_it { format!("{}: ", name(address)) } else { String::new() };
    el("li")
        .class("is-wrong")
        .child(el("pre").attr("tabindex", "0").text(&marked))
        .child(el("p").text(&who).text(&trial.problem))
}

impl Panel {
    /// Asks the servers about each query, one after the other.
    pub(super) fn check_queries(self) {
        let number = self.checks.get_untracked().wrapping_add(1);
        batch(|| {
            self.checks.set(number);
            self.verdicts.set(Vec::new());
        });
        let servers = self.now_connected();
        let mut left = Vec::new();
        for query in now(self).iter().rev() {
            left.extend(servers.iter().rev().map(|server| (query.clone(), server.clone())));
        }
        self.check_next(number, left);
    }

    /// Asks the last one, and then the others.
    fn check_next(self, number: u32, mut left: Vec<(String, Server)>) {
        let Some((query, Server { address, access, finding: Some(finding), .. })) = left.pop() else { return };
        let probe = Probe::Try(query.clone());
        self.asker.get_clone_untracked().ask(finding.address, access, &probe, move |trial: Trial| {
            // While the server answered, the queries may have changed.
            if self.checks.get_untracked() == number {
                batch(|| self.verdicts.update(|verdicts| verdicts.push(Verdict { query, address, trial })));
                self.check_next(number, left);
            }
        });
    }
}
