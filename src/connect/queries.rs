//! The user's own queries: tried as they are typed, with the server's error under the place that it names.

use super::{Panel, value_of};
use crate::bridge::{Probe, Trial};
use crate::dom::{El, View, batch, el};
use crate::state::Settings;
use wasm_bindgen::JsValue;

/// What was found out about a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) query: String,
    pub(super) trial: Trial,
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
    let verdicts = move || panel.verdicts.get_clone().iter().map(verdict).collect::<View>();
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

fn verdict(verdict: &Verdict) -> El {
    let (item, Trial { series, problem, column }) = (el("li"), &verdict.trial);
    if problem.is_empty() {
        let item = if *series == 0 { item.class("is-empty") } else { item };
        let words = report::format::plural(*series, "series", "series");
        return item.child(el("code").text(&verdict.query)).text(&format!(" gives {words} at the moment"));
    }
    let mut marked = verdict.query.clone();
    if let Some(column) = *column {
        marked.push('\n');
        marked.push_str(&" ".repeat(column));
        marked.push('^');
    }
    item.class("is-wrong").child(el("pre").attr("tabindex", "0").text(&marked)).child(el("p").text(problem))
}

impl Panel {
    /// Asks the server about each query, one after the other.
    pub(super) fn check_queries(self) {
        batch(|| self.verdicts.set(Vec::new()));
        self.check_next(now(self));
    }

    fn check_next(self, queries: Vec<String>) {
        let server = self.finding.with_untracked(|finding| finding.as_ref().map(|finding| finding.address.clone()));
        let place = self.verdicts.with_untracked(Vec::len);
        let (Some(address), Some(query)) = (server.filter(|server| !server.is_empty()), queries.get(place).cloned())
        else {
            return;
        };
        let access = self.access.get_clone_untracked();
        let probe = Probe::Try(query.clone());
        self.asker.get_clone_untracked().ask(address, access, &probe, move |trial: Trial| {
            // While the server answered, the queries may have changed.
            if now(self) == queries && self.verdicts.with_untracked(Vec::len) == place {
                batch(|| self.verdicts.update(|verdicts| verdicts.push(Verdict { query, trial })));
                self.check_next(queries);
            }
        });
    }
}
