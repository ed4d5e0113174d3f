//! The result: radar, story and lists, timeline.

use super::lists::Lists;
use super::radar::RadarPane;
use super::story::Story;
use super::timeline::Timeline;
use leptos::prelude::*;

/// The three parts that stay put.
#[component]
pub(super) fn Workspace() -> impl IntoView {
    view! {
        <main class="workspace">
            <RadarPane/>
            <section class="side" aria-label="Story and findings">
                <Story/>
                <Lists/>
            </section>
            <Timeline/>
        </main>
    }
}
