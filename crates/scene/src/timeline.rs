//! The timeline: consonance per scale, the selected series with its normal band, events, incidents and the cursor.

use crate::display::{Anchor, Baseline, Path, Scene, Stroke, Text, Weight};
use crate::hit::{Hit, Region, Target};
use crate::paint::Paint;
use crate::text;
use report::{ChartData, Class, Report, Scale, Subject, Track, format};

mod breaks;
mod events;
mod ribbon;
mod ticks;
mod trace;

/// Size, window and cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct TimelineView {
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// The first moment shown.
    pub from_ms: i64,
    /// The last moment shown.
    pub to_ms: i64,
    /// Long stretches without any data, in order: each is drawn as a narrow seam instead of its length.
    pub breaks_ms: Vec<(i64, i64)>,
    /// The cursor.
    pub cursor_ms: Option<i64>,
    /// A stretch that is being selected.
    pub brush_ms: Option<(i64, i64)>,
    /// Whose consonance the ribbons show; the system unless a service is looked at.
    pub subject: Subject,
    /// The ring that is zoomed into, whose ribbon is emphasised.
    pub zoom: Option<Scale>,
    /// Minutes that the clock of the reader's zone is ahead of UTC.
    pub offset_min: i32,
}

impl TimelineView {
    /// The whole window of a Report, with the cursor at the replay's start frame.
    pub fn new(report: &Report, width_px: f64, height_px: f64) -> Self {
        let cursor_ms = report.replay.frames.get(report.replay.start_frame).map(|frame| frame.start_ms);
        Self {
            width_px,
            height_px,
            from_ms: report.dataset.start_ms,
            to_ms: report.dataset.end_ms,
            breaks_ms: breaks::of(&report.replay.frames),
            cursor_ms,
            brush_ms: None,
            subject: Subject::System,
            zoom: None,
            offset_min: 0,
        }
    }

    /// The left and right edge of the part that time is mapped to.
    pub fn plot_px(&self) -> (f64, f64) {
        let width_px = Scene::new(self.width_px, 0.0).width_px;
        let gutter_px: f64 = if self.is_narrow() { 58.0 } else { 110.0 };
        (gutter_px.min(width_px), (width_px - 18.0).max(gutter_px.min(width_px)))
    }

    fn is_narrow(&self) -> bool {
        self.width_px < 480.0
    }
}

/// Where the rows are.
#[derive(Clone, Copy, Debug)]
struct Rows {
    ribbons: [(f64, f64); 3],
    trace: (f64, f64),
    events: (f64, f64),
    axis_y: f64,
    /// The bottom of everything that a moment crosses.
    bottom: f64,
}

impl Rows {
    fn new(height_px: f64) -> Self {
        let axis_px = 26.0;
        let top = 8.0;
        let room = (height_px - axis_px - top).max(0.0);
        let pitch = (room * 0.135).clamp(9.0, 23.0);
        let ribbons = [0.0, 1.0, 2.0].map(|index| (top + pitch * index, pitch * 0.68));
        let after = top + pitch * 3.0 + 4.0;
        let events_px = if room > 110.0 { 34.0 } else { 17.0 };
        let bottom = top + room;
        let events = ((bottom - events_px).max(after), events_px);
        Self { ribbons, trace: (after, (events.0 - after - 2.0).max(0.0)), events, axis_y: bottom + 15.0, bottom }
    }
}

/// Draws the timeline. `chart` is the selected series over (at least) the window.
pub fn timeline(report: &Report, chart: Option<&ChartData>, view: &TimelineView) -> Scene {
    let mut scene = Scene::new(view.width_px, view.height_px);
    let (left, right) = view.plot_px();
    if right - left < 20.0 || scene.height_px < 40.0 {
        return scene;
    }
    let rows = Rows::new(scene.height_px);
    ticks::draw(&mut scene, view, &rows);
    breaks::draw(&mut scene, view, &rows);
    draw_incidents(&mut scene, report, view, &rows);
    for scale in Scale::ALL {
        draw_ribbon(&mut scene, report, view, &rows, scale);
    }
    if let Some(chart) = chart {
        trace::draw(&mut scene, report, chart, view, &rows);
    }
    events::draw(&mut scene, &report.dataset.events, view, &rows);
    draw_brush(&mut scene, view, &rows);
    draw_cursor(&mut scene, view, &rows);
    scene.order = Scale::ALL.map(Target::Scale).into_iter().collect();
    scene.order.extend((0..report.incidents.len()).map(Target::Incident));
    scene.order.extend((0..report.dataset.events.len()).map(Target::Event));
    scene.order.retain(|target| scene.hits.iter().any(|hit| hit.target == *target));
    scene
}

/// A row's name at the left.
fn row_name(scene: &mut Scene, view: &TimelineView, y: f64, name: &str, is_emphasised: bool) {
    let (left, _) = view.plot_px();
    let size_px = 11.5;
    let content = text::shorten_name(name, left - 18.0, size_px, Weight::Regular);
    let text =
        Text::new(left - 11.0, y, content).anchored(Anchor::End, Baseline::Middle).font(size_px, Weight::Regular);
    scene.text(text.tint(if is_emphasised { Paint::Ink } else { Paint::Muted }));
}

fn draw_ribbon(scene: &mut Scene, report: &Report, view: &TimelineView, rows: &Rows, scale: Scale) {
    let (top, height) = rows.ribbons[scale.index()];
    let (left, right) = view.plot_px();
    row_name(scene, view, top + height / 2.0, scale.name(), view.zoom == Some(scale));
    scene.path(Path::rect(left, top, right - left, height).fill(Paint::Bed.alpha(0.16)));
    if let Some(track) = report.replay.track(view.subject, scale) {
        ribbon::draw(scene, &report.replay.frames, track, view, (top, height));
    }
    let now = view.cursor_ms.map(|cursor_ms| report.replay.frame_at(cursor_ms));
    let state = report.replay.track(view.subject, scale).zip(now).map(|(track, frame): (&Track, usize)| {
        let (class, score) = track.at(frame);
        crate::table::describe(class, track.consonance_at(frame), score)
    });
    let state = state.unwrap_or_else(|| Class::Insufficient.name().to_owned());
    scene.hits.push(Hit {
        region: Region::Rect { x: 0.0, y: top - 2.0, width: right, height: height + 4.0 },
        target: Target::Scale(scale),
        description: format!("{}: {state}", scale.name()),
    });
}

fn draw_incidents(scene: &mut Scene, report: &Report, view: &TimelineView, rows: &Rows) {
    let (left, right) = view.plot_px();
    for (index, incident) in report.incidents.iter().enumerate() {
        let from = view.x_at(incident.start_ms as f64).max(left);
        let to = view.x_at(incident.end_ms as f64).min(right);
        if to < left || from > right || to < from {
            continue;
        }
        let (y, height) = (rows.ribbons[0].0 - 4.0, rows.bottom - rows.ribbons[0].0 + 4.0);
        let width = (to - from).max(2.0);
        scene.path(Path::rect(from, y, width, height).fill(Paint::Alarm.alpha(0.12)));
        scene.path(Path::rect(from, y, width, 2.0).fill(Paint::Alarm.alpha(0.9)));
        let span_ms = view.to_ms.saturating_sub(view.from_ms);
        scene.hits.push(Hit {
            region: Region::Rect { x: from, y, width, height },
            target: Target::Incident(index),
            description: format!(
                "incident from {} to {}",
                format::clock(incident.start_ms, view.offset_min, span_ms),
                format::clock(incident.end_ms, view.offset_min, span_ms)
            ),
        });
    }
}

fn draw_brush(scene: &mut Scene, view: &TimelineView, rows: &Rows) {
    let Some((one, other)) = view.brush_ms else { return };
    let (left, right) = view.plot_px();
    let from = view.x_at(one.min(other) as f64).clamp(left, right);
    let to = view.x_at(one.max(other) as f64).clamp(left, right);
    let brush = Path::rect(from, 2.0, to - from, rows.bottom - 2.0);
    scene.path(brush.fill(Paint::Accent.alpha(0.14)).stroke(Stroke::flat(Paint::Accent.alpha(0.8), 1.0)));
}

fn draw_cursor(scene: &mut Scene, view: &TimelineView, rows: &Rows) {
    let Some(cursor_ms) = view.cursor_ms.filter(|time| (view.from_ms..=view.to_ms).contains(time)) else { return };
    let x = view.x_at(cursor_ms as f64);
    scene.path(Path::new().move_to(x, 1.0).line_to(x, rows.bottom + 3.0).stroke(Stroke::flat(Paint::Ink, 1.5)));
    let Some((flag_left, flag_width, content)) = flag(view) else { return };
    let (y, height) = (rows.axis_y - 12.5, 17.0);
    scene.path(Path::rounded_rect(flag_left, y, flag_width, height, 3.0).fill(Paint::Ink));
    let text = Text::new(flag_left + flag_width / 2.0, y + height / 2.0, content);
    let text = text.anchored(Anchor::Middle, Baseline::Middle).font(FLAG_SIZE_PX, Weight::Semibold);
    scene.text(text.tint(Paint::Surface));
}

const FLAG_SIZE_PX: f64 = 11.0;

/// The left edge, the width and the words of the cursor's flag.
fn flag(view: &TimelineView) -> Option<(f64, f64, String)> {
    let cursor_ms = view.cursor_ms.filter(|time| (view.from_ms..=view.to_ms).contains(time))?;
    let (left, right) = view.plot_px();
    let words = if view.breaks_ms.is_empty() {
        format::clock(cursor_ms, view.offset_min, view.to_ms.saturating_sub(view.from_ms))
    } else {
        format::date_time(cursor_ms, view.offset_min)
    };
    let width = text::width_px(&words, FLAG_SIZE_PX, Weight::Semibold) + 12.0;
    let middle = view.x_at(cursor_ms as f64).min(right + 14.0 - width / 2.0).max(left);
    Some((middle - width / 2.0, width, words))
}
