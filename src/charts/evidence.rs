//! The evidence chart: values with their normal band and what was expected of them, the window that a finding speaks of, and
//! axes; below, how surprising the values are.

use super::backend::{FINE, FineBackend};
use crate::bridge::{Evidence, Level, Stretch};
use crate::paint::{self, FONT_FAMILY, pixel_ratio, prepare};
use crate::state::{time_ticks, value_ticks};
use plotters::coord::ranged1d::ValueFormatter;
use plotters::prelude::*;
use report::{PairSpectrum, Surprise, format};
use scene::{Paint, Theme, Tint};
use web_sys::HtmlCanvasElement;

const LABEL_PX: f64 = 11.0;
/// The room of the surprisal: a line of text and the track.
const TRACK_PX: f64 = 48.0;
const CAPTION_PX: f64 = 15.0;
/// The room for the words of the vertical axis.
const AXIS_PX: f64 = 64.0;
/// Bits beyond which a bar grows no further, and the fewest that the track is high.
const MOST_BITS: f64 = 64.0;
const FEWEST_BITS: f64 = 16.0;
/// The room that a time's label takes.
const TICK_PX: f64 = 86.0;

/// Paints the chart. Nothing is painted where there are no values.
///
/// # Errors
/// In words, when the browser refuses to draw.
pub(super) fn paint(canvas: &HtmlCanvasElement, evidence: &Evidence) -> Result<(), String> {
    let ratio = pixel_ratio();
    let size_px = (evidence.width_px, evidence.height_px);
    let context = prepare(canvas, size_px.0, size_px.1, ratio).ok_or("no canvas")?;
    let theme = if evidence.is_light { Theme::light() } else { Theme::dark() };
    if let Some(found) = report::bytes::decode::<PairSpectrum>(&evidence.spectrum) {
        paint::paint(canvas, &scene::spectrum(&found, size_px.0, size_px.1), &theme);
        return Ok(());
    }
    let (Some(times_ms), Some(bounds)) = (time_bounds(evidence), value_bounds(evidence)) else { return Ok(()) };
    let backend = FineBackend::new(canvas, &context, size_px).ok_or("the canvas cannot be scaled")?;
    let drawing = Drawing { evidence, theme, times_ms, bounds, size_px };
    let drawn = drawing.draw(backend);
    say(canvas, drawing.strangest());
    // Whoever paints next counts in CSS pixels again.
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    drawn.map_err(|error| error.to_string())
}

/// Where a chart is narrower, the least expected value is told without its interval, which the label still has.
const NARROW_PX: f64 = 420.0;

/// A text without what stands in its first brackets.
fn without_aside(words: &str) -> String {
    let parts = words.split_once(" (").and_then(|(before, rest)| Some((before, rest.split_once(')')?.1)));
    parts.map_or_else(|| words.to_owned(), |(before, after)| format!("{before}{after}"))
}

/// Adds the least expected value to what is said of the picture.
fn say(canvas: &HtmlCanvasElement, strangest: Option<String>) {
    const LABEL: &str = "aria-label";
    const LEAD: &str = "; least expected: ";
    let label = canvas.get_attribute(LABEL).unwrap_or_default();
    let own = label.split(LEAD).next().unwrap_or_default();
    let more = strangest.map_or_else(String::new, |words| [LEAD, &words].concat());
    // An attribute with a valid name is always taken.
    let _ = canvas.set_attribute(LABEL, &[own, &more].concat());
}

fn time_bounds(evidence: &Evidence) -> Option<(i64, i64)> {
    let (first, last) = (evidence.times_ms.first()?, evidence.times_ms.last()?);
    (last > first).then_some((*first as i64, *last as i64))
}

/// The most that the band may reach beyond values and levels, in their span: a band that has lost its hold after a fault
/// would flatten everything else.
const BAND_REACH: f64 = 0.6;

/// The range of values and levels, and of the band as far as that is not out of proportion, with some air.
fn value_bounds(evidence: &Evidence) -> Option<(f64, f64)> {
    let levels = evidence.levels.iter().map(|level| level.value);
    let (low, high) = extremes(evidence.values.iter().copied().chain(levels));
    let (band_low, band_high) = extremes(evidence.lower.iter().chain(&evidence.upper).copied());
    if low > high {
        return None;
    }
    let reach = if high > low { (high - low) * BAND_REACH } else { f64::INFINITY };
    let (low, high) = (band_low.clamp(low - reach, low), band_high.clamp(high, high + reach));
    let air = if high > low { (high - low) * 0.07 } else { high.abs().max(1.0) * 0.1 };
    Some((low - air, high + air))
}

fn extremes(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let finite = values.filter(|value| value.is_finite());
    finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

type Failure = DrawingAreaErrorKind<<FineBackend as DrawingBackend>::ErrorType>;

/// A shape between the axes, in milliseconds and values.
enum Mark {
    Area(Vec<(f64, f64)>, Tint),
    /// With its width in CSS pixels.
    Line(Vec<(f64, f64)>, Tint, f64),
}

struct Drawing<'a> {
    evidence: &'a Evidence,
    theme: Theme,
    times_ms: (i64, i64),
    bounds: (f64, f64),
    size_px: (f64, f64),
}

impl Drawing<'_> {
    fn draw(&self, backend: FineBackend) -> Result<(), Failure> {
        let whole = backend.into_drawing_area();
        let has_track = self.evidence.bits.iter().any(|bits| bits.is_finite());
        let height_px = if has_track { self.size_px.1 - TRACK_PX } else { self.size_px.1 };
        let (root, track) = whole.split_vertically((height_px.max(0.0) * FINE) as u32);
        let (start_ms, end_ms) = self.times_ms;
        let (low, high) = self.bounds;
        let offset_min = self.evidence.offset_min as i32;
        let most_x = (self.size_px.0 / TICK_PX).max(2.0) as usize;
        let most_y = (height_px / 36.0).clamp(2.0, 6.0) as usize;
        let (ticks_ms, step_ms) = time_ticks(start_ms, end_ms, offset_min, most_x);
        let ticks = ticks_ms.into_iter().map(|tick_ms| tick_ms as f64).collect();
        let values = value_ticks(low, high, &self.evidence.unit, most_y);
        let x = Axis { range: (start_ms as f64, end_ms as f64), ticks };
        let y = Axis { range: (low, high), ticks: values };
        let fine = |px: f64| (px * FINE) as u32;
        let mut chart = ChartBuilder::on(&root)
            .margin_top(fine(6.0))
            .margin_right(fine(22.0))
            .x_label_area_size(fine(20.0))
            .y_label_area_size(fine(AXIS_PX))
            .build_cartesian_2d(x, y)?;
        let muted = self.color(Paint::Muted.into());
        let label = TextStyle::from((FontFamily::Name(FONT_FAMILY), LABEL_PX * FINE)).color(&muted);
        let caption = label.clone();
        let line = self.color(Paint::Line.into()).stroke_width(FINE as u32);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(line)
            .axis_style(line)
            .set_all_tick_mark_size(fine(3.0))
            .x_label_formatter(&|time_ms| format::tick(*time_ms as i64, offset_min, step_ms))
            .y_label_formatter(&|value| format::quantity(*value, &self.evidence.unit))
            .label_style(label)
            .draw()?;
        if has_track {
            self.draw_track(&track, &caption, line)?;
        }

        for mark in self.marks() {
            match mark {
                Mark::Area(outline, tint) => chart.draw_series([Polygon::new(outline, self.color(tint))])?,
                Mark::Line(points, tint, width_px) => {
                    let style = self.color(tint).stroke_width((width_px * FINE) as u32);
                    chart.draw_series([PathElement::new(points, style)])?
                }
            };
        }
        whole.present()
    }

    /// How surprising each value is, as bars; those beyond what the series makes likely stand out.
    fn draw_track(
        &self,
        area: &DrawingArea<FineBackend, plotters::coord::Shift>,
        label: &TextStyle<'_>,
        line: ShapeStyle,
    ) -> Result<(), Failure> {
        let data = self.evidence;
        let fine = |px: f64| (px * FINE) as u32;
        let most = data.bits.iter().copied().filter(|bits| bits.is_finite()).fold(FEWEST_BITS, f64::max);
        let top = most.min(MOST_BITS);
        let x = Axis { range: (self.times_ms.0 as f64, self.times_ms.1 as f64), ticks: Vec::new() };
        let y = Axis { range: (0.0, top), ticks: vec![0.0, top] };
        let mut chart = ChartBuilder::on(area)
            .margin_top(fine(CAPTION_PX))
            .margin_right(fine(22.0))
            .margin_bottom(fine(4.0))
            .y_label_area_size(fine(AXIS_PX))
            .build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(line)
            .axis_style(line)
            .set_all_tick_mark_size(fine(3.0))
            .y_label_formatter(&|bits| format!("{} bits", format::number(bits.round())))
            .label_style(label.clone())
            .draw()?;
        let limit = data.limit_bits.unwrap_or(f64::INFINITY);
        for (index, bits) in data.bits.iter().copied().enumerate().filter(|(_, bits)| bits.is_finite()) {
            let (tint, width_px) =
                if bits >= limit { (Paint::Alarm.into(), 2.0) } else { (Paint::Muted.alpha(0.7), 1.0) };
            let style = self.color(tint).stroke_width((width_px * FINE) as u32);
            let at = time(data, index);
            chart.draw_series([PathElement::new(vec![(at, 0.0), (at, bits.min(top))], style)])?;
        }
        if let Some(words) = self.strangest() {
            let words = if self.size_px.0 < NARROW_PX { without_aside(&words) } else { words };
            // Beside the label of the axis where there is room, else from the edge on.
            let width_px = f64::from(area.estimate_text_size(&words, label)?.0) / FINE;
            let from_px = if width_px <= self.size_px.0 - AXIS_PX - 4.0 { AXIS_PX } else { 4.0 };
            area.draw_text(&words, label, (fine(from_px) as i32, 0))?;
        }
        Ok(())
    }

    /// The least expected value of the window, or of all that is shown, in words.
    fn strangest(&self) -> Option<String> {
        let data = self.evidence;
        let of = |column: &[f64], index: usize| column.get(index).copied().filter(|number| number.is_finite());
        let is_spoken_of = |index: usize| {
            data.window.is_none_or(|window| {
                let at = time(data, index);
                window.start_ms as f64 <= at && at <= window.end_ms as f64
            })
        };
        let most = |indices: &mut dyn Iterator<Item = usize>| {
            let bits = indices.filter_map(|index| Some((index, of(&data.bits, index)?)));
            bits.max_by(|a, b| a.1.total_cmp(&b.1))
        };
        let count = data.bits.len();
        let (index, bits) =
            most(&mut (0..count).filter(|index| is_spoken_of(*index))).or_else(|| most(&mut (0..count)))?;
        let at_ms = time(data, index) as i64;
        let surprise = Surprise {
            at_ms,
            value: of(&data.values, index)?,
            expected: of(&data.expected, index)?,
            low: of(&data.low, index)?,
            high: of(&data.high, index)?,
            bits,
        };
        let span_ms = self.times_ms.1 - self.times_ms.0;
        Some(format!(
            "{} {}",
            format::clock(at_ms, self.evidence.offset_min as i32, span_ms),
            surprise.words(&self.evidence.unit)
        ))
    }

    /// What is drawn between the axes, from the back to the front.
    fn marks(&self) -> Vec<Mark> {
        let ((start_ms, end_ms), (low, high)) = (self.times_ms, self.bounds);
        let mut marks = Vec::new();
        if let Some(window) = self.evidence.window {
            let (from, to) = self.shown(window);
            // A window of one sample is still seen.
            let to = to.max(from + (end_ms - start_ms) as f64 / 300.0);
            let corners = vec![(from, low), (to, low), (to, high), (from, high)];
            marks.push(Mark::Area(corners, Paint::Alarm.alpha(0.13)));
        }
        let data = self.evidence;
        for run in runs(data, |index| finite(&data.lower, index) && finite(&data.upper, index)) {
            let at = |values: &[f64], index: usize| {
                (time(data, index), values.get(index).copied().unwrap_or_default().clamp(low, high))
            };
            let upper: Vec<_> = run.iter().map(|&index| at(&data.upper, index)).collect();
            let lower: Vec<_> = run.iter().map(|&index| at(&data.lower, index)).collect();
            let outline: Vec<_> = upper.iter().copied().chain(lower.iter().rev().copied()).collect();
            marks.push(Mark::Area(outline, Paint::Consonance(Some(1.0)).alpha(0.16)));
            marks.extend([upper, lower].map(|edge| Mark::Line(edge, Paint::Consonance(Some(1.0)).alpha(0.6), 1.0)));
        }
        for run in runs(data, |index| finite(&data.low, index) && finite(&data.high, index)) {
            let edge = |values: &[f64]| -> Vec<(f64, f64)> {
                let at = |&index: &usize| {
                    (time(data, index), values.get(index).copied().unwrap_or_default().clamp(low, high))
                };
                run.iter().map(at).collect()
            };
            marks
                .extend([edge(&data.low), edge(&data.high)].map(|edge| Mark::Line(edge, Paint::Muted.alpha(0.8), 0.8)));
        }
        for run in runs(data, |index| finite(&data.values, index)) {
            let mut points: Vec<_> = run
                .iter()
                .map(|&index| (time(data, index), data.values.get(index).copied().unwrap_or_default()))
                .collect();
            // A value between two gaps is a dash, long enough to be seen.
            if let [(at, value)] = *points.as_slice() {
                let half = (end_ms - start_ms) as f64 * 1.2 / self.size_px.0;
                points = vec![(at - half, value), (at + half, value)];
            }
            marks.push(Mark::Line(points, Paint::Ink.into(), 1.3));
        }
        for &Level { stretch, value } in &self.evidence.levels {
            let (from, to) = self.shown(stretch);
            if from < to {
                marks.push(Mark::Line(vec![(from, value), (to, value)], Paint::Alarm.into(), 1.6));
            }
        }
        if let Some(cursor_ms) = self.evidence.cursor_ms.filter(|at| (start_ms..=end_ms).contains(at)) {
            let at = cursor_ms as f64;
            marks.push(Mark::Line(vec![(at, low), (at, high)], Paint::Ink.alpha(0.6), 1.0));
        }
        marks
    }

    /// A stretch as far as it is between the ends of the axis.
    fn shown(&self, stretch: Stretch) -> (f64, f64) {
        (stretch.start_ms.max(self.times_ms.0) as f64, stretch.end_ms.min(self.times_ms.1) as f64)
    }

    fn color(&self, tint: Tint) -> RGBAColor {
        let rgba = self.theme.color(tint);
        RGBAColor(rgba.rgb.0, rgba.rgb.1, rgba.rgb.2, rgba.alpha)
    }
}

fn finite(values: &[f64], index: usize) -> bool {
    values.get(index).is_some_and(|value| value.is_finite())
}

fn time(chart: &Evidence, index: usize) -> f64 {
    chart.times_ms.get(index).copied().unwrap_or_default()
}

/// Stretches of positions that have what is needed, without the gaps between them.
fn runs(chart: &Evidence, is_there: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut is_open = false;
    for index in 0..chart.times_ms.len() {
        if !is_there(index) {
            is_open = false;
        } else if is_open && let Some(run) = runs.last_mut() {
            run.push(index);
        } else {
            runs.push(vec![index]);
            is_open = true;
        }
    }
    runs
}

/// A linear axis with ticks at given places.
struct Axis {
    range: (f64, f64),
    ticks: Vec<f64>,
}

impl Ranged for Axis {
    type FormatOption = plotters::coord::ranged1d::NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        let (from, to) = self.range;
        let part = if to > from { (value - from) / (to - from) } else { 0.5 };
        limit.0 + (part * f64::from(limit.1 - limit.0)).round() as i32
    }

    fn key_points<Hint: plotters::coord::ranged1d::KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // Plotters asks once for heavy and once for light lines; ours are all heavy.
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.clone() }
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.range.0..self.range.1
    }
}

impl ValueFormatter<f64> for Axis {}
