//! How far the work is, and a way to stop it.

use super::session::session;
use crate::state::Phase;
use leptos::prelude::*;

/// A bar under the header while work is under way.
#[component]
pub(super) fn ProgressBar() -> impl IntoView {
    let session = session();
    let is_loading = Memo::new(move |_| session.load.with(|load| load.is_loading()));
    let progress = move || {
        session.load.with(|load| match load.phase() {
            Phase::Loading { source, stage, done } => (source.clone(), stage.clone(), *done),
            _ => Default::default(),
        })
    };
    let percent = move || format!("{:.0}", 100.0 * progress().2);
    view! {
        <Show when=move || is_loading.get()>
            <section class="progress" data-testid="progress" aria-label="Progress">
                <progress class="progress-track" max="100" prop:value=percent aria-label="Share of the work done"></progress>
                <p class="progress-text">
                    <span class="progress-stage">{move || progress().1}</span>
                    <span class="progress-source">{move || progress().0}</span>
                    <span class="progress-share">{move || format!("{} %", percent())}</span>
                </p>
                <button class="button" data-testid="cancel" on:click=move |_| session.cancel()>"Cancel"</button>
            </section>
        </Show>
    }
}
