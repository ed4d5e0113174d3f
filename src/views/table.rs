//! The radar's facts as a table.

use super::session::session;
use crate::state::Level;
use leptos::prelude::*;
use report::Subject;
use scene::Row;

/// Every cell of the radar in words.
#[component]
pub(super) fn RadarTable() -> impl IntoView {
    let session = session();
    let rows = move || {
        let view = session.view.get();
        let Some(shown) = session.shown.get() else { return Vec::new() };
        let report = &shown.report;
        let frame = (!report.replay.frames.is_empty()).then(|| view.frame(report));
        match view.level {
            Level::System => scene::table(report, frame),
            Level::Service(service) => scene::service_table(report, service, frame),
            Level::Series(series) => {
                let service = report.series.get(series).map_or(0, |series| series.service);
                let rows = scene::service_table(report, service, frame);
                rows.into_iter().filter(|row| row.subject == Subject::Series(series)).collect()
            }
        }
    };
    view! {
        <div class="radar-table" data-testid="radar-table" tabindex="0" role="region" aria-label="Radar as a table">
            <table class="facts">
                <caption class="visually-hidden">"Class, consonance and score of every sector and ring at the cursor"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Ring"</th>
                        <th scope="col">"Class"</th>
                        <th scope="col" class="number">"Consonance"</th>
                        <th scope="col" class="number">"Score"</th>
                        <th scope="col">"Evidence over the whole window"</th>
                    </tr>
                </thead>
                <tbody>{move || rows().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(row: Row) -> impl IntoView {
    let session = session();
    let is_trouble = row.score >= 1.0;
    let subject = row.subject;
    let name = if subject == Subject::System {
        view! { {row.name.clone()} }.into_any()
    } else {
        let go = move |_| session.look(|view, report| view.drill(report, subject));
        view! { <button on:click=go>{row.name.clone()}</button> }.into_any()
    };
    let number =
        |value: Option<f64>| value.map_or_else(|| report::format::NONE.to_owned(), |value| format!("{value:.2}"));
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{row.scale.name()}</td>
            <td class:is-trouble=is_trouble>{row.class.name()}</td>
            <td class="number">{number(row.consonance)}</td>
            <td class="number">{number((row.score > 0.0).then_some(row.score))}</td>
            <td>{row.evidence}</td>
        </tr>
    }
}
