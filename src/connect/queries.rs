//! The user's own queries: tried as they are typed, with the server's error under the place that it names.

use super::{Panel, value_of};
use crate::dom::{El, View, batch, el, untrack};
use crate::net;
use prometheus::connect::{Outcome, QueryFault, tried, try_query};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// What was found out about a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) query: String,
    pub(super) result: Result<usize, QueryFault>,
}

/// The setting that each query is one of.
const SETTING: &str = "query=";

pub(super) fn of(panel: Panel) -> Vec<String> {
    let list = panel.settings.with(|settings| settings.list().to_vec());
    list.iter().filter_map(|setting| setting.strip_prefix(SETTING)).map(str::to_owned).collect()
}

/// The field, one query a line, and what was found out.
pub(super) fn field(panel: Panel) -> El {
    let text = el("textarea")
        .attr("rows", "3")
        .attr("spellcheck", "false")
        .attr("autocomplete", "off")
        .attr("placeholder", "sum by (job) (increase(http_requests_total[1m]))")
        .attr("data-testid", "connect-queries")
        .property_with("value", move || JsValue::from_str(&untrack(|| of(panel)).join("\n")));
    let field: JsValue = text.cast();
    let text = text.on("change", move |_| {
        let lines = value_of(&field);
        let queries = lines.lines().map(str::trim).filter(|line| !line.is_empty());
        panel.settings.update(|settings| {
            of_list(settings.list()).iter().for_each(|setting| settings.remove(setting));
            queries.for_each(|query| settings.add(format!("{SETTING}{query}")));
        });
        panel.check_queries();
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
    let item = el("li");
    match &verdict.result {
        Ok(0) => item.class("is-empty").child(el("code").text(&verdict.query)).text(" gives no series at the moment"),
        Ok(count) => {
            let words = report::format::plural(*count, "series", "series");
            item.child(el("code").text(&verdict.query)).text(&format!(" gives {words}"))
        }
        Err(fault) => {
            let mut marked = verdict.query.clone();
            if let Some(at) = fault.at {
                let column = verdict.query.get(..at).map_or(0, |before| before.chars().count());
                marked.push('\n');
                marked.extend(std::iter::repeat_n(' ', column));
                marked.push('^');
            }
            item.class("is-wrong")
                .child(el("pre").attr("tabindex", "0").text(&marked))
                .child(el("p").text(&fault.message))
        }
    }
}

impl Panel {
    /// Asks the server about each query, one after the other.
    pub(super) fn check_queries(self) {
        let queries = untrack(|| of(self));
        let server = self.outcome.with_untracked(|outcome| match outcome {
            Some(Outcome::Connected(server)) => Some(server.endpoint.clone()),
            _ => None,
        });
        let Some(endpoint) = server else { return };
        let access = self.access.get_clone_untracked();
        batch(|| self.verdicts.set(Vec::new()));
        spawn_local(async move {
            for query in queries.clone() {
                let request = try_query(&endpoint, &query, js_sys::Date::now() as i64);
                let answer = net::carry_out_soon(&request, &access).await;
                // While the server answered, the queries may have changed.
                if untrack(|| of(self)) != queries {
                    return;
                }
                let response = answer.as_ref().map(net::Answer::as_response).map_err(Clone::clone);
                let result = tried(&query, &endpoint, response);
                batch(|| self.verdicts.update(|verdicts| verdicts.push(Verdict { query, result })));
            }
        });
    }
}
