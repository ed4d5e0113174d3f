//! The selected series and its normal band.

use super::{Rows, TimelineView, row_name};
use crate::display::{Anchor, Baseline, Path, Scene, Stroke, Text, Weight};
use crate::hit::{Hit, Region, Target};
use crate::paint::Paint;
use crate::text;
use crate::thin::extremes;
use report::{ChartData, Report, format};

/// One point in pixels, or a gap.
#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
    lower_y: f64,
    upper_y: f64,
    is_outside: bool,
}

pub(super) fn draw(scene: &mut Scene, report: &Report, chart: &ChartData, view: &TimelineView, rows: &Rows) {
    let (top, height) = rows.trace;
    let Some(points) = points(chart, view, top, height) else { return };
    band(scene, &points);
    let line = Path::polyline(points.iter().map(|point| (point.x, point.y)));
    scene.path(line.stroke(Stroke::round(Paint::Muted, 1.25)));
    // What lies outside of its band is drawn once more, in the colour of trouble, from the point before it.
    let outside = points.windows(2).map(|pair| match pair {
        [from, to] if from.is_outside || to.is_outside => [(from.x, from.y), (to.x, to.y)],
        _ => [(f64::NAN, f64::NAN); 2],
    });
    scene.path(Path::polyline(outside.flatten()).stroke(Stroke::round(Paint::Alarm, 1.6)));
    let Some(series) = report.series.get(chart.series) else { return };
    let (left, right) = view.plot_px();
    if view.is_narrow() {
        // The gutter has no room for a name.
        let content = text::shorten_name(&series.name, right - left, 10.5, Weight::Regular);
        let text = Text::new(left + 2.0, top + 6.0, content).anchored(Anchor::Start, Baseline::Middle);
        scene.text(text.font(10.5, Weight::Regular).tint(Paint::Ink).on_surface());
    } else {
        row_name(scene, view, top + height / 2.0, &series.name, true);
    }
    let range = |edge: fn(f64, f64) -> f64, start: f64| {
        points_in_window(chart, view).map(|(_, index)| chart.values[index]).filter(|v| v.is_finite()).fold(start, edge)
    };
    if height >= 46.0 {
        let gap_px = if view.is_narrow() { 7.0 } else { 11.0 };
        let edges =
            [(top + 6.0, range(f64::max, f64::NEG_INFINITY)), (top + height - 6.0, range(f64::min, f64::INFINITY))];
        for (y, value) in edges {
            let words = format::quantity(value, &series.unit);
            let text = Text::new(left - gap_px, y, words).anchored(Anchor::End, Baseline::Middle);
            scene.text(text.font(10.0, Weight::Regular).tint(Paint::Faint));
        }
    }
    scene.hits.push(Hit {
        region: Region::Rect { x: 0.0, y: top, width: right, height },
        target: Target::Series(chart.series),
        description: format!(
            "{}: {} to {}",
            series.name,
            format::quantity(range(f64::min, f64::INFINITY), &series.unit),
            format::quantity(range(f64::max, f64::NEG_INFINITY), &series.unit)
        ),
    });
}

fn points_in_window<'c>(chart: &'c ChartData, view: &TimelineView) -> impl Iterator<Item = (f64, usize)> + 'c {
    let (from, to) = (view.from_ms as f64, view.to_ms as f64);
    let length = chart.times_ms.len().min(chart.values.len());
    let first = chart.times_ms[..length].partition_point(|time| *time < from).saturating_sub(1);
    let last = chart.times_ms[..length].partition_point(|time| *time <= to).saturating_add(1).min(length);
    (first..last.max(first)).map(|index| (chart.times_ms[index], index))
}

fn points(chart: &ChartData, view: &TimelineView, top: f64, height: f64) -> Option<Vec<Point>> {
    let at = |values: &[f64], index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (_, index) in points_in_window(chart, view) {
        for value in [chart.values[index], at(&chart.lower, index), at(&chart.upper, index)] {
            if value.is_finite() {
                (low, high) = (low.min(value), high.max(value));
            }
        }
    }
    let span = high - low;
    if !span.is_finite() || height < 8.0 {
        return None;
    }
    let (margin, (left, right)) = (height * 0.1, view.plot_px());
    let y = |value: f64| {
        let part = if span > 0.0 { (value - low) / span } else { 0.5 };
        top + height - margin - part * (height - 2.0 * margin)
    };
    let window: Vec<(f64, usize)> = points_in_window(chart, view).collect();
    let columns = (right - left).max(1.0) as usize;
    // More points than pixels: the extremes of each pixel are what can be seen.
    let kept: Vec<(f64, usize)> = if window.len() > columns * 2 {
        let values: Vec<f64> = window.iter().map(|(_, index)| chart.values[*index]).collect();
        extremes(&values, columns).into_iter().filter_map(|index| window.get(index).copied()).collect()
    } else {
        window
    };
    let gap = Point { x: f64::NAN, y: f64::NAN, lower_y: f64::NAN, upper_y: f64::NAN, is_outside: false };
    let mut points = Vec::with_capacity(kept.len());
    let mut before_ms = None;
    for (time_ms, index) in kept {
        if before_ms.is_some_and(|before: f64| view.break_in(before as i64, time_ms as i64).is_some()) {
            points.push(gap);
        }
        before_ms = Some(time_ms);
        let (value, lower, upper) = (chart.values[index], at(&chart.lower, index), at(&chart.upper, index));
        points.push(Point {
            x: view.x_at(time_ms).clamp(left, right),
            y: y(value),
            lower_y: y(lower),
            upper_y: y(upper),
            is_outside: value > upper || value < lower,
        });
    }
    Some(points)
}

/// The band, one area per stretch without a gap.
fn band(scene: &mut Scene, points: &[Point]) {
    let has_band = |point: &Point| point.lower_y.is_finite() && point.upper_y.is_finite();
    for stretch in points.split(|point| !has_band(point)).filter(|stretch| stretch.len() > 1) {
        let upper = stretch.iter().map(|point| (point.x, point.upper_y));
        let lower = stretch.iter().rev().map(|point| (point.x, point.lower_y));
        scene.path(Path::polyline(upper.chain(lower)).close().fill(Paint::Consonance(Some(1.0)).alpha(0.2)));
    }
}
