//! The keys, and what the shapes mean.

use super::session::session;
use crate::state::help;
use leptos::html;
use leptos::prelude::*;

/// The help, as a dialog.
#[component]
pub(super) fn Help() -> impl IntoView {
    let session = session();
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    Effect::new(move |_| {
        let is_open = session.is_help_open.get();
        let Some(dialog) = dialog.get() else { return };
        match (is_open, dialog.open()) {
            // Fails only for a dialog that is open already.
            (true, false) => _ = dialog.show_modal(),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let rows = help()
        .iter()
        .map(|(keys, what)| {
            let keys =
                keys.iter()
                    .map(|key| {
                        if *key == "–" {
                            view! { " – " }.into_any()
                        } else {
                            view! { <kbd>{*key}</kbd> }.into_any()
                        }
                    })
                    .collect_view();
            view! { <tr><th scope="row">{keys}</th><td>{*what}</td></tr> }
        })
        .collect_view();
    view! {
        <dialog
            node_ref=dialog
            class="help"
            data-testid="help"
            aria-labelledby="help-title"
            on:close=move |_| session.is_help_open.set(false)
        >
            <header>
                <h2 id="help-title">"Keys and signs"</h2>
                <button class="button" on:click=move |_| session.is_help_open.set(false)>"Close"</button>
            </header>
            <table class="keys"><tbody>{rows}</tbody></table>
            <dl class="signs">
                <dt>"smooth arc"</dt><dd>"steady: no significant period, no finding"</dd>
                <dt>"facets"</dt><dd>"periodic: one significant period"</dd>
                <dt>"swelling wave"</dt><dd>"beating: two close periods; the swell has the beat's period"</dd>
                <dt>"jags"</dt><dd>"unstable: a finding at this scale; the larger, the stronger"</dd>
                <dt>"broken pieces"</dt><dd>"fragmented: part of a cascade over several series"</dd>
                <dt>"dotted line"</dt><dd>"too little data to say anything"</dd>
                <dt>"colour"</dt>
                <dd>"consonance: coherence at shared spectral peaks, orange where it is lost, teal where it is whole"</dd>
                <dt>"chords"</dt><dd>"significant relations; the arrow points from what leads to what follows"</dd>
            </dl>
        </dialog>
    }
}
