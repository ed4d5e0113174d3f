//! What the server has, to choose from, and the plan for what was chosen.

use super::Panel;
use crate::bridge::{Finding, Offer, PackOffer, Probe};
use crate::dom::{El, View, batch, el};
use report::format::plural;
use wasm_bindgen::JsValue;

impl Panel {
    /// Finds out what the server has, and what the settings in force would fetch of it.
    pub(super) fn survey(self) {
        let server = self.finding.with_untracked(|finding| finding.as_ref().map(|finding| finding.address.clone()));
        let Some(address) = server.filter(|address| !address.is_empty() && self.is_wide.get_untracked()) else {
            return;
        };
        let number = self.surveys.get_untracked().wrapping_add(1);
        batch(|| self.surveys.set(number));
        let settings = self.settings.with_untracked(|settings| settings.list().to_vec());
        let (access, asker) = (self.access.get_clone_untracked(), self.asker.get_clone_untracked());
        asker.ask(address, access, &Probe::Survey(settings), move |offer: Offer| {
            // Of several surveys the last is of interest.
            if self.surveys.get_untracked() == number {
                batch(|| {
                    self.surveyed.set(number);
                    self.offer.set(Some(offer));
                });
            }
        });
    }
}

/// The packs of which the server has anything, each with how many series it has.
pub(super) fn packs(panel: Panel) -> El {
    let content = move || match panel.offer.get_clone() {
        None => el("p").class("connect-status").text("Looking at what the server has …").into(),
        Some(offer) if !offer.problem.is_empty() => el("p").class("connect-warning").text(&offer.problem).into(),
        Some(offer) if offer.packs.is_empty() => {
            let metrics = plural(offer.metrics, "metric", "metrics");
            let words = format!("It has {metrics}, but none of a pack.");
            el("p").class("connect-status").text(&words).into()
        }
        Some(offer) => offer.packs.iter().map(|pack| choice(panel, pack)).collect::<View>(),
    };
    el("fieldset")
        .class("connect-packs")
        .attr("data-testid", "connect-packs")
        .child(el("legend").text("Packs of known metrics; without any, what is worth looking at is chosen by name"))
        .dynamic(content)
}

fn choice(panel: Panel, pack: &PackOffer) -> El {
    let setting = format!("pack={}", pack.name);
    let known = setting.clone();
    let is_chosen = move || panel.settings.with(|settings| settings.list().contains(&known));
    let check = el("input")
        .attr("type", "checkbox")
        .attr("data-testid", &format!("pack-{}", pack.name))
        .property_with("checked", move || JsValue::from_bool(is_chosen()))
        .on("change", move |_| {
            panel.settings.update(|settings| settings.toggle(&setting));
            panel.survey();
        });
    let series = format!("{} series of {}", pack.series, plural(pack.metrics, "metric", "metrics"));
    el("label").child(check).child(el("span").text(&pack.title)).child(el("small").text(&series))
}

/// The plan, folded away until it is wanted.
pub(super) fn plan(panel: Panel) -> El {
    let text = move || panel.offer.with(|offer| offer.as_ref().map(|offer| offer.plan.clone())).unwrap_or_default();
    let is_connected = move || panel.finding.with(|finding| finding.as_ref().is_some_and(Finding::is_connected));
    el("details")
        .class("connect-plan")
        .hidden_with(move || !is_connected() || text().is_empty())
        .child(el("summary").text("The plan"))
        .child(el("pre").attr("tabindex", "0").attr("data-testid", "connect-plan").text_with(text))
}
