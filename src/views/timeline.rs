//! The timeline, whose cursor drives the radar.

use super::chart_data::{Wanted, chart_data};
use super::format::OFFSET_MIN;
use super::session::{Session, Shown, session};
use super::surface::size_of;
use crate::bridge::ChartRequest;
use crate::paint;
use crate::state::{Level, View};
use leptos::html;
use leptos::prelude::*;
use report::{Report, Subject};
use scene::{Scene, Target, TimelineView};
use std::time::Duration;
use web_sys::{PointerEvent, WheelEvent};

/// How long a frame stays while the radar plays.
const FRAME_DURATION: Duration = Duration::from_millis(90);
/// The shortest window, in steps of the data.
const SHORTEST_STEPS: i64 = 20;

/// The timeline.
#[component]
pub(super) fn Timeline() -> impl IntoView {
    let session = session();
    let frame: NodeRef<html::Div> = NodeRef::new();
    let canvas: NodeRef<html::Canvas> = NodeRef::new();
    let size = size_of(frame);
    let window_ms = RwSignal::new(None::<(i64, i64)>);
    let is_dragging = RwSignal::new(false);
    let picture = StoredValue::new_local(Scene::default());

    // Another data set is shown whole.
    let generation = Memo::new(move |_| session.shown.with(|shown| shown.as_ref().map(|shown| shown.generation)));
    Effect::new(move |_| {
        generation.track();
        window_ms.set(None);
    });
    let chart = chart_data(Memo::new(move |_| {
        let series = session.view.with(|view| (view.clone(), view.series));
        wanted(session.shown.get(), &series.0, window_ms.get(), size.get().0)
    }));

    Effect::new(move |_| {
        let (width_px, height_px) = size.get();
        let theme = super::theme_colors(session.theme.get());
        let (Some(canvas), Some(shown)) = (canvas.get(), session.shown.get()) else { return };
        if width_px < 1.0 {
            return;
        }
        let view = session.view.get();
        let asked = timeline_view(&shown.report, &view, window_ms.get(), width_px, height_px);
        let chart = chart.get();
        let series = view.timeline_series(&shown.report);
        let chart = chart.as_deref().filter(|chart| Some(chart.series) == series);
        let scene = scene::timeline(&shown.report, chart, &asked);
        paint::paint(&canvas, &scene, &theme);
        picture.set_value(scene);
    });

    let asked = move || {
        let (width_px, height_px) = size.get_untracked();
        let shown = session.shown.get_untracked()?;
        let view = session.view.get_untracked();
        Some((timeline_view(&shown.report, &view, window_ms.get_untracked(), width_px, height_px), shown))
    };
    let move_cursor = move |event: &PointerEvent| {
        if let Some((asked, _)) = asked() {
            let time_ms = asked.time_at(f64::from(event.offset_x()));
            session.look(|view, _| view.cursor_ms = Some(time_ms));
        }
    };
    let on_down = move |event: PointerEvent| {
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let is_in_gutter = asked().is_some_and(|(asked, _)| x < asked.plot_px().0);
        if is_in_gutter {
            if let Some(Target::Scale(scale)) = picture.with_value(|picture| picture.hit(x, y)) {
                session.look(|view, _| view.ring = (view.ring != Some(scale)).then_some(scale));
            }
            return;
        }
        session.is_playing.set(false);
        is_dragging.set(true);
        if let Some(canvas) = canvas.get_untracked() {
            // Fails only for a pointer that is gone already.
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
        move_cursor(&event);
    };
    let on_move = move |event: PointerEvent| {
        if is_dragging.get_untracked() {
            move_cursor(&event);
        }
    };
    let on_wheel = move |event: WheelEvent| {
        let Some((asked, shown)) = asked().filter(|_| !super::page_scrolls()) else { return };
        event.prevent_default();
        let around_ms = asked.time_at(f64::from(event.offset_x()));
        let data = &shown.report.dataset;
        let limits_ms = (data.start_ms, data.end_ms);
        let factor = (event.delta_y() * 0.002).exp();
        let next = asked.zoomed(factor, around_ms, limits_ms, data.interval_ms * SHORTEST_STEPS);
        window_ms.set((next != limits_ms).then_some(next));
    };
    play(session);

    let cursor_words = move || {
        let view = session.view.get();
        session.shown.with(|shown| {
            let report = &shown.as_ref()?.report;
            Some(report::format::date_time(view.cursor_or_start_ms(report), OFFSET_MIN))
        })
    };
    let share = move || {
        let view = session.view.get();
        session.shown.with(|shown| {
            let report = shown.as_ref().map(|shown| &shown.report)?;
            let last = report.replay.frames.len().saturating_sub(1).max(1);
            Some((100 * view.frame(report) / last).to_string())
        })
    };
    view! {
        <section class="timeline-pane" aria-label="Timeline">
            <div class="timeline-canvas" node_ref=frame>
                <canvas
                    node_ref=canvas
                    tabindex="0"
                    role="slider"
                    aria-label="Time cursor"
                    aria-valuemin="0"
                    aria-valuemax="100"
                    aria-valuenow=share
                    aria-valuetext=cursor_words
                    data-testid="timeline"
                    data-keys="timeline"
                    on:pointerdown=on_down
                    on:pointermove=on_move
                    on:pointerup=move |_| is_dragging.set(false)
                    on:pointercancel=move |_| is_dragging.set(false)
                    on:wheel=on_wheel
                    on:dblclick=move |_| window_ms.set(None)
                ></canvas>
            </div>
            <div class="timeline-tools">
                <button
                    class="button is-icon is-quiet"
                    aria-label=move || if session.is_playing.get() { "Pause" } else { "Play the radar over time" }
                    title="Play the radar over time (Space)"
                    on:click=move |_| session.toggle_play()
                >
                    {move || if session.is_playing.get() {
                        view! { <svg viewBox="0 0 24 24" aria-hidden="true"><path class="filled" d="M7 5h4v14H7zM13 5h4v14h-4z"/></svg> }
                    } else {
                        view! { <svg viewBox="0 0 24 24" aria-hidden="true"><path class="filled" d="M8 5v14l11-7z"/></svg> }
                    }}
                </button>
                <Show when=move || window_ms.get().is_some()>
                    <button class="button is-quiet" title="Show the whole window (double click)" on:click=move |_| window_ms.set(None)>
                        "All"
                    </button>
                </Show>
            </div>
        </section>
    }
}

/// The series in the timeline, as wide as the window.
fn wanted(shown: Option<Shown>, view: &View, window_ms: Option<(i64, i64)>, width_px: f64) -> Wanted {
    let shown = shown.filter(|_| width_px > 1.0)?;
    let series = view.timeline_series(&shown.report)?;
    let data = &shown.report.dataset;
    let (start_ms, end_ms) = window_ms.unwrap_or((data.start_ms, data.end_ms));
    // Two points per pixel: the smallest and the largest value there.
    let max_points = (2.0 * width_px) as usize;
    Some((shown.generation, ChartRequest { series, start_ms, end_ms, max_points }))
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
        Level::System => Subject::System,
        Level::Service(service) => Subject::Service(service),
        Level::Series(series) => {
            report.series.get(series).map_or(Subject::System, |series| Subject::Service(series.service))
        }
    };
    let cursor_ms = Some(view.cursor_or_start_ms(report));
    TimelineView { from_ms, to_ms, cursor_ms, subject, zoom: view.ring, offset_min: OFFSET_MIN, ..whole }
}

/// Moves the cursor on, frame by frame, for as long as the radar plays.
fn play(session: Session) {
    let clock = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        if let Some(handle) = clock.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    Effect::new(move |_| {
        stop();
        if !session.is_playing.get() {
            return;
        }
        let is_at_end = move || {
            let view = session.view.get_untracked();
            session.shown.with_untracked(|shown| {
                shown.as_ref().is_none_or(|shown| view.frame(&shown.report) + 1 >= shown.report.replay.frames.len())
            })
        };
        if is_at_end() {
            session.look(|view, report| view.step_cursor(report, i64::MIN / 2));
        }
        let step = move || {
            if is_at_end() {
                session.is_playing.set(false);
            } else {
                session.look(|view, report| view.step_cursor(report, 1));
            }
        };
        clock.set_value(set_interval_with_handle(step, FRAME_DURATION).ok());
    });
    on_cleanup(stop);
}
