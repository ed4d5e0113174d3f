//! What the servers have, to choose from, and the plans for what was chosen.
//!
//! All are asked the same, so there is one choice; where numbers differ from server to server, they stand side by side.

use super::Panel;
use super::servers::Server;
use crate::bridge::{Finding, LabelOffer, Offer, PackOffer, Probe};
use crate::dom::{El, View, batch, el, memo};
use report::format::plural;
use wasm_bindgen::JsValue;

impl Panel {
    /// Finds out what the settings in force would fetch of each server.
    pub(super) fn survey(self) {
        batch(|| self.surveys.set(self.surveys.get_untracked().wrapping_add(1)));
        self.now_connected().iter().for_each(|server| self.survey_one(&server.address));
    }

    /// Finds out what one of them has, and what would be fetched of it.
    pub(super) fn survey_one(self, address: &str) {
        let known = self.now_of(address, |server| (server.finding.clone(), server.round, server.access.clone()));
        let Some((Some(finding), round, access)) = known else { return };
        if !finding.is_connected() || !self.is_wide.get_untracked() {
            return;
        }
        let (number, asker) = (self.surveys.get_untracked(), self.asker.get_clone_untracked());
        let settings = self.settings.with_untracked(|settings| settings.list().to_vec());
        let (address, Finding { address: api, .. }) = (address.to_owned(), finding);
        asker.ask(api, access, &Probe::Survey(settings), move |offer: Offer| {
            // Of several surveys the last is of interest.
            let is_last =
                self.now_of(&address, |server| server.round) == Some(round) && self.surveys.get_untracked() == number;
            if is_last {
                self.update(&address, |server| {
                    server.surveyed = number;
                    server.offer = Some(offer);
                });
            }
        });
    }

    /// The offers of the servers that made one, and how many were asked for one.
    fn offers(self) -> (Vec<Offer>, usize) {
        let connected = self.connected();
        let made = |server: &Server| server.offer.clone().filter(|offer| offer.problem.is_empty());
        (connected.iter().filter_map(made).collect(), connected.len())
    }

    /// The labels that could tell services apart, each once, with the most values that a server has.
    pub(super) fn labels(self) -> Vec<LabelOffer> {
        let mut labels: Vec<LabelOffer> = Vec::new();
        for label in self.offers().0.into_iter().flat_map(|offer| offer.labels) {
            match labels.iter_mut().find(|known| known.name == label.name) {
                Some(known) => known.values = known.values.max(label.values),
                None => labels.push(label),
            }
        }
        labels
    }

    /// The labels that do tell them apart, where none is chosen.
    pub(super) fn label(self) -> String {
        let mut labels: Vec<String> = Vec::new();
        for Offer { label, .. } in self.offers().0 {
            if !label.is_empty() && !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels.join(", ")
    }
}

/// Numbers of several servers, side by side.
pub(super) fn side_by_side(numbers: impl IntoIterator<Item = u64>) -> String {
    let numbers: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    numbers.join(" + ")
}

/// A pack in the list.
#[derive(Clone, PartialEq)]
struct Choice {
    name: String,
    title: String,
    amount: String,
}

/// The packs that any of the servers has, and how much each server has of them.
fn choices(offers: &[Offer]) -> Vec<Choice> {
    let mut packs: Vec<&PackOffer> = Vec::new();
    for pack in offers.iter().flat_map(|offer| &offer.packs) {
        if packs.iter().all(|known| known.name != pack.name) {
            packs.push(pack);
        }
    }
    let choice = |pack: &PackOffer| {
        let same = |offer: &Offer| offer.packs.iter().find(|one| one.name == pack.name).map_or(0, |one| one.series);
        let series = side_by_side(offers.iter().map(same));
        let amount = match offers.len() {
            1 => format!("{series} series of {}", plural(pack.metrics, "metric", "metrics")),
            _ => format!("{series} series"),
        };
        Choice { name: pack.name.clone(), title: pack.title.clone(), amount }
    };
    packs.into_iter().map(choice).collect()
}

/// The packs of which a server has anything, each with how many series it has.
pub(super) fn packs(panel: Panel) -> El {
    // Built anew only when something else is on offer: who chooses by keyboard stays where the choice was.
    let packs = memo(move || choices(&panel.offers().0));
    let status = memo(move || {
        let (offers, asked) = panel.offers();
        match offers.as_slice() {
            [] if panel.servers.with(|servers| servers.iter().all(|server| server.offer.is_some())) => String::new(),
            [] => "Looking at what there is …".to_owned(),
            _ if offers.iter().any(|offer| !offer.packs.is_empty()) => String::new(),
            _ if metrics(&offers).sum::<u64>() == 0 => "There are no metrics in this range.".to_owned(),
            [offer] if asked == 1 => {
                format!("It has {}, but none of a pack.", plural(offer.metrics, "metric", "metrics"))
            }
            _ => format!("They have {} metrics, but none of a pack.", side_by_side(metrics(&offers))),
        }
    });
    let content = move || packs.get_clone().iter().map(|pack| choice(panel, pack)).collect::<View>();
    el("fieldset")
        .class("connect-packs")
        .attr("data-testid", "connect-packs")
        .child(el("legend").text("Packs of known metrics; without any, what is worth looking at is chosen by name"))
        .child(
            el("p")
                .class("connect-status")
                .hidden_with(move || status.with(String::is_empty))
                .text_with(move || status.get_clone()),
        )
        .dynamic(content)
}

fn metrics(offers: &[Offer]) -> impl Iterator<Item = u64> {
    offers.iter().map(|offer| offer.metrics as u64)
}

fn choice(panel: Panel, Choice { name, title, amount }: &Choice) -> El {
    let setting = format!("pack={name}");
    let known = setting.clone();
    let is_chosen = move || panel.settings.with(|settings| settings.list().contains(&known));
    let check = el("input")
        .attr("type", "checkbox")
        .attr("data-testid", &format!("pack-{name}"))
        .property_with("checked", move || JsValue::from_bool(is_chosen()))
        .on("change", move |_| {
            panel.settings.update(|settings| settings.toggle(&setting));
            panel.survey();
        });
    el("label").child(check).child(el("span").text(title)).child(el("small").text(amount))
}

/// The plans, folded away until they are wanted.
pub(super) fn plan(panel: Panel) -> El {
    let text = move || {
        let connected = panel.connected();
        let plan = |server: &Server| {
            let plan = server.offer.as_ref().map(|offer| offer.plan.clone()).filter(|plan| !plan.is_empty())?;
            Some(if connected.len() > 1 { format!("{}\n\n{plan}", server.address) } else { plan })
        };
        connected.iter().filter_map(plan).collect::<Vec<_>>().join("\n\n")
    };
    let text = memo(text);
    el("details")
        .class("connect-plan")
        .hidden_with(move || text.with(String::is_empty))
        .child(el("summary").text("The plan"))
        .child(el("pre").attr("tabindex", "0").attr("data-testid", "connect-plan").text_with(move || text.get_clone()))
}

/// What will be asked, in a line.
pub(super) fn summary(panel: Panel) -> El {
    let words = move || {
        let all = panel.servers.with(Vec::len);
        let failed = panel.servers.with(|servers| {
            let is_failed = |server: &&Server| server.finding.is_some() && !server.is_connected();
            servers.iter().filter(is_failed).count()
        });
        let estimate = estimate(panel);
        if all == 1 || failed == 0 || estimate.is_empty() {
            return estimate;
        }
        format!("{estimate} {failed} of {all} servers cannot be read.")
    };
    el("p").class("connect-summary").attr("data-testid", "connect-estimate").attr("role", "status").text_with(words)
}

/// Empty where nothing can be asked, or where it could not be found out.
fn estimate(panel: Panel) -> String {
    let number = panel.surveys.get();
    let connected = panel.connected();
    let is_behind = |server: &Server| server.surveyed != number || server.offer.is_none();
    if connected.iter().any(is_behind) {
        return "Estimating …".to_owned();
    }
    let (offers, _) = panel.offers();
    let is_one = offers.len() == 1;
    if offers.iter().all(|offer| offer.plan.is_empty()) {
        let words = match offers.as_slice() {
            [] => return String::new(),
            [offer] => plural(offer.metrics, "metric", "metrics"),
            _ => format!("{} metrics", side_by_side(metrics(&offers))),
        };
        return format!(
            "What matters most of {words}: {}up to 200 series as they are, more of them put together by service.",
            if is_one { "" } else { "of each server " }
        );
    }
    let before: u64 = offers.iter().map(|offer| offer.series_before).sum();
    let after: u64 = offers.iter().map(|offer| offer.series).sum();
    let samples: u64 = offers.iter().map(|offer| offer.samples).sum();
    let less = if after < before { format!(" of {before}") } else { String::new() };
    let share = offers.iter().map(|offer| offer.samples.saturating_mul(100) / offer.budget.max(1)).max();
    let share = match share.unwrap_or(0) {
        0 => "less than 1".to_owned(),
        share if is_one => share.to_string(),
        share => format!("at most {share}"),
    };
    let budget = if is_one { "the budget" } else { "each server's budget" };
    let series = side_by_side(offers.iter().map(|offer| offer.series));
    format!("About {series}{less} series, {samples} samples ({share} % of {budget}).")
}
