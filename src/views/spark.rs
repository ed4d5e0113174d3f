//! A series as a line in a row.

use super::chart_data::{Wanted, chart_data};
use super::session::Session;
use crate::dom::{El, effect, el};
use crate::paint;
use scene::Paint;

const WIDTH_PX: f64 = 112.0;
const HEIGHT_PX: f64 = 28.0;

/// How many points a spark is asked for.
pub(super) const SPARK_POINTS: usize = 112;

/// A series over the whole data, in the colour of trouble where the row raises an alarm.
pub(super) fn spark(session: &'static Session, wanted: Wanted, is_strong: bool) -> El {
    let view = el("canvas").class("spark").attr("width", "112").attr("height", "28").attr("aria-hidden", "true");
    let canvas = view.cast();
    let data = chart_data(session, move || wanted);
    effect(move || {
        let theme = super::theme_colors(session.theme.get());
        if let Some(chart) = data.get_clone() {
            let paint = if is_strong { Paint::Alarm } else { Paint::Muted };
            let scene = scene::spark(&chart.values, WIDTH_PX, HEIGHT_PX, paint);
            paint::paint(&canvas, &scene, &theme);
        }
    });
    view
}
