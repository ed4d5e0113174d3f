//! The timeline, whose cursor drives the radar.

use super::chart_data::{Wanted, chart_data};
use super::format::OFFSET_MIN;
use super::session::{Session, Shown};
use super::surface::size_of;
use crate::bridge::ChartRequest;
use crate::dom::{self, El, ReadSignal, Signal, effect, el, icon, memo, on_cleanup, signal};
use crate::paint;
use crate::state::{Level, View};
use report::{Behind, Report, Subject};
use scene::{Scene, Target, TimelineView};
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::{HtmlCanvasElement, PointerEvent, WheelEvent};

/// How long a frame stays while the radar plays.
const FRAME_MS: u32 = 90;
/// The shortest window, in steps of the data.
const SHORTEST_STEPS: i64 = 20;

/// What of the time is shown, and the picture of it.
struct Band {
    session: &'static Session,
    size: ReadSignal<(f64, f64)>,
    window_ms: Signal<Option<(i64, i64)>>,
    is_dragging: Signal<bool>,
    picture: RefCell<Scene>,
}

/// The timeline.
pub(super) fn timeline(session: &'static Session) -> El {
    let frame = el("div").class("timeline-canvas");
    let band = Rc::new(Band {
        session,
        size: size_of(&frame),
        window_ms: signal(None),
        is_dragging: signal(false),
        picture: RefCell::default(),
    });
    let window_ms = band.window_ms;
    // Another data set is shown whole.
    let generation = memo(move || session.shown.with(|shown| shown.as_ref().map(|shown| shown.generation)));
    effect(move || {
        generation.track();
        window_ms.set(None);
    });
    play(session);
    let whole = move || {
        el("button")
            .class("button is-quiet")
            .attr("title", "Show the whole window (double click)")
            .text("All")
            .on_click(move || window_ms.set(None))
    };
    let tools =
        el("div").class("timeline-tools").child(play_button(session)).show(move || window_ms.get().is_some(), whole);
    el("section").class("timeline-pane").attr("aria-label", "Timeline").child(frame.child(slider(&band))).child(tools)
}

/// The canvas, as a slider of the time cursor.
fn slider(band: &Rc<Band>) -> El {
    let session = band.session;
    let cursor_words = move || {
        let view = session.view.get_clone();
        session
            .of_report(String::new(), |report| report::format::date_time(view.cursor_or_start_ms(report), OFFSET_MIN))
    };
    let share = move || {
        let view = session.view.get_clone();
        session.of_report(0, |report| 100 * view.frame(report) / report.replay.frames.len().saturating_sub(1).max(1))
    };
    let canvas = el("canvas")
        .attr("tabindex", "0")
        .attr("role", "slider")
        .attr("aria-label", "Time cursor")
        .attr("aria-valuemin", "0")
        .attr("aria-valuemax", "100")
        .attr_with("aria-valuenow", move || share().to_string())
        .attr_with("aria-valuetext", cursor_words)
        .attr("data-testid", "timeline")
        .attr("data-keys", "timeline");
    paint_picture(band, canvas.cast());
    let [on_down, on_move, on_wheel] = [0; 3].map(|_| Rc::clone(band));
    let held: HtmlCanvasElement = canvas.cast();
    let (is_dragging, window_ms) = (band.is_dragging, band.window_ms);
    canvas
        .on_as("pointerdown", move |event: &PointerEvent| on_down.press(event, &held))
        .on_as("pointermove", move |event: &PointerEvent| {
            if is_dragging.get_untracked() {
                on_move.move_cursor(event);
            }
        })
        .on("pointerup", move |_| is_dragging.set(false))
        .on("pointercancel", move |_| is_dragging.set(false))
        .on_as("wheel", move |event: &WheelEvent| on_wheel.zoom(event))
        .on("dblclick", move |_| window_ms.set(None))
}

fn paint_picture(band: &Rc<Band>, canvas: HtmlCanvasElement) {
    let band = Rc::clone(band);
    let Band { session, size, window_ms, .. } = *band;
    let chart = chart_data(session, move || {
        let view = session.view.get_clone();
        wanted(session.shown.get_clone(), &view, window_ms.get(), size.get().0)
    });
    effect(move || {
        let (width_px, height_px) = size.get();
        let theme = super::theme_colors(session.theme.get());
        let chart = chart.get_clone();
        let (view, window_ms) = (session.view.get_clone(), window_ms.get());
        let Some(report) = session.report() else { return };
        if width_px < 1.0 {
            return;
        }
        let asked = timeline_view(&report, &view, window_ms, width_px, height_px);
        let series = view.timeline_series(&report);
        let chart = chart.as_deref().filter(|chart| Some(chart.series) == series);
        let scene = scene::timeline(&report, chart, &asked);
        paint::paint(&canvas, &scene, &theme);
        band.picture.replace(scene);
    });
}

impl Band {
    fn asked(&self) -> Option<(TimelineView, Rc<Report>)> {
        let (width_px, height_px) = self.size.get_untracked();
        let report = self.session.shown.with_untracked(|shown| Some(Rc::clone(&shown.as_ref()?.report)))?;
        let view = self.session.view.get_clone_untracked();
        Some((timeline_view(&report, &view, self.window_ms.get_untracked(), width_px, height_px), report))
    }

    fn press(&self, event: &PointerEvent, canvas: &HtmlCanvasElement) {
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let is_in_gutter = self.asked().is_some_and(|(asked, _)| x < asked.plot_px().0);
        if is_in_gutter {
            let target = self.picture.borrow().hit(x, y);
            if let Some(Target::Scale(scale)) = target {
                self.session.look(|view, _| view.ring = (view.ring != Some(scale)).then_some(scale));
            }
            return;
        }
        self.session.is_playing.set(false);
        self.is_dragging.set(true);
        // Fails only for a pointer that is gone already.
        let _ = canvas.set_pointer_capture(event.pointer_id());
        self.move_cursor(event);
    }

    fn move_cursor(&self, event: &PointerEvent) {
        if let Some((asked, _)) = self.asked() {
            let time_ms = asked.time_at(f64::from(event.offset_x()));
            self.session.look(|view, _| view.cursor_ms = Some(time_ms));
        }
    }

    fn zoom(&self, event: &WheelEvent) {
        let Some((asked, report)) = self.asked().filter(|_| !super::page_scrolls()) else { return };
        event.prevent_default();
        let around_ms = asked.time_at(f64::from(event.offset_x()));
        let data = &report.dataset;
        let limits_ms = (data.start_ms, data.end_ms);
        let factor = js_sys::Math::exp(event.delta_y() * 0.002);
        let next = asked.zoomed(factor, around_ms, limits_ms, data.interval_ms * SHORTEST_STEPS);
        self.window_ms.set((next != limits_ms).then_some(next));
    }
}

fn play_button(session: &'static Session) -> El {
    el("button")
        .class("button is-icon is-quiet")
        .attr_with("aria-label", move || {
            if session.is_playing.get() { "Pause" } else { "Play the radar over time" }.to_owned()
        })
        .attr("title", "Play the radar over time (Space)")
        .on_click(move || session.toggle_play())
        .dynamic(move || {
            let shape = if session.is_playing.get() { "M7 5h4v14H7zM13 5h4v14h-4z" } else { "M8 5v14l11-7z" };
            icon("", shape, "").into()
        })
}

/// The series in the timeline, as wide as the window.
fn wanted(shown: Option<Shown>, view: &View, window_ms: Option<(i64, i64)>, width_px: f64) -> Wanted {
    let shown = shown.filter(|_| width_px > 1.0)?;
    let series = view.timeline_series(&shown.report)?;
    let data = &shown.report.dataset;
    let (start_ms, end_ms) = window_ms.unwrap_or((data.start_ms, data.end_ms));
    // Two points per pixel: the smallest and the largest value there.
    let max_points = (2.0 * width_px) as usize;
    Some((shown.generation, ChartRequest { series, start_ms, end_ms, max_points, behind: Behind::Band }))
}

fn timeline_view(
    report: &Report,
    view: &View,
    window_ms: Option<(i64, i64)>,
    width_px: f64,
    height_px: f64,
) -> TimelineView {
    let whole = TimelineView::new(report, width_px, height_px);
    let (from_ms, to_ms) = window_ms.unwrap_or((whole.from_ms, whole.to_ms));
    let subject = match view.level {
        Level::System | Level::Pair(_) => Subject::System,
        Level::Service(service) => Subject::Service(service),
        Level::Series(series) => {
            report.series.get(series).map_or(Subject::System, |series| Subject::Service(series.service))
        }
    };
    let cursor_ms = Some(view.cursor_or_start_ms(report));
    TimelineView { from_ms, to_ms, cursor_ms, subject, zoom: view.ring, offset_min: OFFSET_MIN, ..whole }
}

/// Moves the cursor on, frame by frame, for as long as the radar plays.
fn play(session: &'static Session) {
    let is_at_end = move || {
        let view = session.view.get_clone_untracked();
        session.shown.with_untracked(|shown| {
            shown.as_ref().is_none_or(|shown| view.frame(&shown.report) + 1 >= shown.report.replay.frames.len())
        })
    };
    effect(move || {
        if !session.is_playing.get() {
            return;
        }
        if is_at_end() {
            session.look(|view, report| view.step_cursor(report, i64::MIN / 2));
        }
        let clock = dom::every(FRAME_MS, move || {
            if is_at_end() {
                session.is_playing.set(false);
            } else {
                session.look(|view, report| view.step_cursor(report, 1));
            }
        });
        on_cleanup(move || drop(clock));
    });
}
