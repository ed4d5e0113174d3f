//! The result: radar, story and lists, timeline.

use super::findings::Findings;
use super::session::session;
use leptos::prelude::*;

/// The three parts that stay put.
#[component]
pub(super) fn Workspace() -> impl IntoView {
    let session = session();
    view! {
        <main class="workspace">
            <section class="side">
                <p data-testid="findings-count">
                    {move || session.shown.with(|shown| shown.as_ref().map_or(0, |shown| shown.report.findings.len()))}
                </p>
                <Findings/>
            </section>
        </main>
    }
}
