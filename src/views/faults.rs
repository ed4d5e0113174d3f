//! What went wrong, where, and what to do.

use super::session::session;
use crate::bridge::{Credentials, Reading, Remedy};
use leptos::html;
use leptos::prelude::*;
use web_sys::SubmitEvent;

/// The message of the last failure. What was shown before stays below it.
#[component]
pub(super) fn FaultBanner() -> impl IntoView {
    let session = session();
    let fault = Memo::new(move |_| session.fault());
    move || {
        fault.get().map(|fault| {
            view! {
                <section class="fault" role="alert" data-testid="error">
                    <div class="fault-words">
                        <h2>{fault.title}</h2>
                        <p>{fault.message}</p>
                        {match fault.remedy {
                            Remedy::None => ().into_any(),
                            Remedy::SignIn => view! { <SignIn/> }.into_any(),
                            Remedy::Explain => view! { <Explain/> }.into_any(),
                        }}
                    </div>
                    <button class="button" on:click=move |_| session.load.update(|load| load.dismiss())>"Dismiss"</button>
                </section>
            }
        })
    }
}

/// Asks who is there. What is typed stays in memory.
#[component]
fn SignIn() -> impl IntoView {
    let session = session();
    let user: NodeRef<html::Input> = NodeRef::new();
    let secret: NodeRef<html::Input> = NodeRef::new();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let value = |field: NodeRef<html::Input>| field.get_untracked().map(|input| input.value()).unwrap_or_default();
        let (user, secret) = (value(user), value(secret));
        if secret.is_empty() {
            return;
        }
        session.open_with_credentials(match user.trim() {
            "" => Credentials::Bearer(secret),
            user => Credentials::Basic { user: user.to_owned(), password: secret },
        });
    };
    view! {
        <form class="login" on:submit=on_submit>
            <label>"User" <input node_ref=user autocomplete="username" placeholder="empty for a token"/></label>
            <label>"Password or token" <input node_ref=secret type="password" autocomplete="current-password"/></label>
            <button class="button is-primary" type="submit">"Sign in"</button>
            <p class="hint">"Kept in this tab's memory only, and sent to this server only."</p>
        </form>
    }
}

/// Asks for what the file does not say.
#[component]
fn Explain() -> impl IntoView {
    let session = session();
    let column: NodeRef<html::Input> = NodeRef::new();
    let step: NodeRef<html::Input> = NodeRef::new();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let value = |field: NodeRef<html::Input>| field.get_untracked().map(|input| input.value()).unwrap_or_default();
        let time_column = Some(value(column).trim().to_owned()).filter(|name| !name.is_empty());
        let step_s = value(step).trim().parse::<f64>().ok().filter(|step_s| step_s.is_finite() && *step_s > 0.0);
        if time_column.is_some() || step_s.is_some() {
            session.open_as(Reading { time_column, step_s });
        }
    };
    view! {
        <details class="explain">
            <summary>"Say how to read it"</summary>
            <form class="login" on:submit=on_submit>
                <label>"Time column (--time-column)" <input node_ref=column autocomplete="off"/></label>
                <label>"Or rows apart, in seconds (--step)" <input node_ref=step inputmode="decimal" autocomplete="off"/></label>
                <button class="button is-primary" type="submit">"Read again"</button>
            </form>
        </details>
    }
}
