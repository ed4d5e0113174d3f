//! A series as a line in a row.

use super::chart_data::{Wanted, chart_data};
use super::session::session;
use crate::paint;
use leptos::html;
use leptos::prelude::*;
use scene::Paint;

const WIDTH_PX: f64 = 112.0;
const HEIGHT_PX: f64 = 28.0;

/// How many points a spark is asked for.
pub(super) const SPARK_POINTS: usize = 112;

/// A series over the whole data, in the colour of trouble where the row raises an alarm.
#[component]
pub(super) fn Spark(wanted: Wanted, is_strong: bool) -> impl IntoView {
    let session = session();
    let canvas: NodeRef<html::Canvas> = NodeRef::new();
    let data = chart_data(Memo::new(move |_| wanted));
    Effect::new(move |_| {
        let theme = super::theme_colors(session.theme.get());
        if let (Some(canvas), Some(chart)) = (canvas.get(), data.get()) {
            let paint = if is_strong { Paint::Alarm } else { Paint::Muted };
            let scene = scene::spark(&chart.values, WIDTH_PX, HEIGHT_PX, paint);
            paint::paint(&canvas, &scene, &theme);
        }
    });
    view! { <canvas node_ref=canvas class="spark" width="112" height="28" aria-hidden="true"></canvas> }
}
