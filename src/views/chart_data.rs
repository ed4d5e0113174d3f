//! Data to draw, from the worker.

use super::session::Session;
use crate::bridge::ChartRequest;
use crate::dom::{ReadSignal, effect, memo, signal};
use report::ChartData;
use std::cell::Cell;
use std::rc::Rc;

/// A stretch of one series, and the load it is asked of.
pub(super) type Wanted = Option<(u32, ChartRequest)>;

/// What the worker answers to the latest wish; what came before stays until then, if it is of the same series.
pub(super) fn chart_data(
    session: &'static Session,
    wanted: impl FnMut() -> Wanted + 'static,
) -> ReadSignal<Option<Rc<ChartData>>> {
    let wanted = memo(wanted);
    let data = signal(None::<Rc<ChartData>>);
    let latest = Rc::new(Cell::new(None));
    effect(move || {
        let wish = wanted.get();
        latest.set(wish);
        let Some((generation, chart)) = wish else {
            data.set(None);
            return;
        };
        if data.with_untracked(|data| data.as_ref().is_some_and(|data| data.series != chart.series)) {
            data.set(None);
        }
        let latest = Rc::clone(&latest);
        session.ask_chart(generation, chart, move |answer| {
            // Who asked may be gone, or want something else by now.
            if latest.get() == wish && answer.is_some() && data.is_alive() {
                data.set(answer.map(Rc::new));
            }
        });
    });
    *data
}
