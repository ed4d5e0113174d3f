//! The first screen: where data can come in, and what happens to them.

use super::session::session;
use leptos::html;
use leptos::prelude::*;
use web_sys::{KeyboardEvent, SubmitEvent};

/// The first screen.
#[component]
pub(super) fn FirstScreen() -> impl IntoView {
    let session = session();
    let text: NodeRef<html::Textarea> = NodeRef::new();
    let submit = move || {
        if let Some(text) = text.get_untracked() {
            session.open_text(text.value());
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        submit();
    };
    // An address is one line: Enter sends it. Data have many lines: there Enter is Enter.
    let on_key = move |event: KeyboardEvent| {
        let is_one_line = text.get_untracked().is_some_and(|text| !text.value().contains('\n'));
        if event.key() == "Enter" && !event.shift_key() && is_one_line {
            event.prevent_default();
            submit();
        }
    };
    let is_waiting = move || session.load.with(|load| load.is_loading());
    view! {
        <main class="first" class:is-waiting=is_waiting>
            <div class="first-lead">
                <h1>"See what broke first, how it spread, and what moves together."</h1>
                <p>
                    "Drop an export of any monitoring tool anywhere in this window: CSV, Grafana, Prometheus or OpenMetrics, "
                    "gzip of any."
                </p>
                <Show when=move || session.awaits_data.get()>
                    <p class="hint" role="note">
                        "This link holds a view, not the data. Open the same file to see what was shared."
                    </p>
                </Show>
            </div>
            <form class="source" on:submit=on_submit>
                <button type="button" class="source-drop" on:click=move |_| session.choose_files()>
                    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 4v11m0-11 4 4m-4-4-4 4M5 15v4h14v-4"/></svg>
                    <span><b>"Drop files here"</b>" or choose them"</span>
                </button>
                <label class="visually-hidden" for="source-text">"Address of a Prometheus server, or the text of an export"</label>
                <div class="source-row">
                    <textarea
                        id="source-text"
                        node_ref=text
                        rows="1"
                        spellcheck="false"
                        autocomplete="off"
                        data-testid="source-input"
                        placeholder="Prometheus URL, or pasted export"
                        on:keydown=on_key
                    ></textarea>
                    <button type="submit" class="button is-primary" data-testid="source-submit">"Analyse"</button>
                </div>
            </form>
            <p class="promise">
                <b>"Your data never leaves this tab."</b>
                " The page may talk to its own host only, by its content security policy; check it in the developer tools: "
                "the network panel stays empty while a file is analysed, and it works offline."
            </p>
            <Samples/>
        </main>
    }
}

#[component]
fn Samples() -> impl IntoView {
    let session = session();
    view! {
        <Show when=move || session.samples.with(|samples| !samples.is_empty())>
            <section class="samples" aria-labelledby="samples-title">
                <h2 id="samples-title">"Or look at a sample incident"</h2>
                <ul>
                    <For
                        each=move || session.samples.get()
                        key=|sample| sample.name.clone()
                        children=move |sample| {
                            let origin = super::origin::Origin::Sample(sample.clone());
                            view! {
                                <li>
                                    <button
                                        class="sample"
                                        data-testid=format!("sample-{}", sample.name)
                                        on:click=move |_| session.open(origin.clone())
                                    >
                                        <b>{sample.title}</b>
                                        <span>{sample.what}</span>
                                    </button>
                                </li>
                            }
                        }
                    />
                </ul>
            </section>
        </Show>
    }
}
