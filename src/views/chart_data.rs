//! Data to draw, from the worker.

use super::session::session;
use crate::bridge::ChartRequest;
use leptos::prelude::*;
use report::ChartData;
use std::sync::Arc;

/// A stretch of one series, and the load it is asked of.
pub(super) type Wanted = Option<(u32, ChartRequest)>;

/// What the worker answers to the latest wish; what came before stays until then, if it is of the same series.
pub(super) fn chart_data(wanted: Memo<Wanted>) -> ReadSignal<Option<Arc<ChartData>>> {
    let session = session();
    let (data, set_data) = signal(None::<Arc<ChartData>>);
    let latest = StoredValue::new(None::<(u32, ChartRequest)>);
    Effect::new(move |_| {
        let wish = wanted.get();
        latest.set_value(wish);
        let Some((generation, chart)) = wish else {
            set_data.set(None);
            return;
        };
        if data.with_untracked(|data| data.as_ref().is_some_and(|data| data.series != chart.series)) {
            set_data.set(None);
        }
        session.ask_chart(generation, chart, move |answer| {
            // The component may be gone, or want something else by now.
            if latest.try_get_value().flatten() == wish && answer.is_some() {
                let _ = set_data.try_set(answer.map(Arc::new));
            }
        });
    });
    data
}
