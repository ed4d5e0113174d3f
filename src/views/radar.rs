//! The radar: painted from its scene, and everything that a pointer or a key does on it.

use super::chart_data::{Wanted, chart_data};
use super::format::OFFSET_MIN;
use super::session::session;
use super::surface::size_of;
use crate::bridge::ChartRequest;
use crate::paint;
use crate::state::{Command, Level, Tab, View, across, beside};
use leptos::html;
use leptos::prelude::*;
use report::{ChartData, Report, Subject};
use scene::{Scene, Target, radar};
use web_sys::{KeyboardEvent, PointerEvent, WheelEvent};

/// The most points that the series view folds.
const MOST_POINTS: usize = 4_000;
/// How far from a pointer a target may be, nearest first.
const NEAR_PX: [f64; 3] = [4.0, 9.0, 14.0];
/// How far a wheel turns for one step.
const WHEEL_STEP: f64 = 60.0;

/// The radar as a picture.
#[component]
pub(super) fn Radar() -> impl IntoView {
    let session = session();
    let frame: NodeRef<html::Div> = NodeRef::new();
    let canvas: NodeRef<html::Canvas> = NodeRef::new();
    let size = size_of(frame);
    let hovered = RwSignal::new(None::<Target>);
    let focused = RwSignal::new(None::<Target>);
    let has_focus = RwSignal::new(false);
    let is_fold_open = RwSignal::new(false);
    let pointer = RwSignal::new((0.0, 0.0));
    let picture = StoredValue::new_local(Scene::default());
    // Grows with every picture, so that words about it follow it.
    let edition = RwSignal::new(0_u32);
    let chart = chart_data(Memo::new(move |_| folded_series(session.view.get().level, session.shown.get())));

    // What was under pointer and keyboard is gone with the level.
    let level = Memo::new(move |_| session.view.with(|view| view.level));
    Effect::new(move |_| {
        level.track();
        hovered.set(None);
        focused.set(None);
        is_fold_open.set(false);
    });

    Effect::new(move |_| {
        let (width_px, height_px) = size.get();
        let theme = super::theme_colors(session.theme.get());
        let (Some(canvas), Some(shown)) = (canvas.get(), session.shown.get()) else { return };
        if width_px < 1.0 || height_px < 1.0 {
            return;
        }
        let view = session.view.get();
        let asked = radar::View {
            frame: (!shown.report.replay.frames.is_empty()).then(|| view.frame(&shown.report)),
            selected: view.service.map(Target::Service),
            hovered: hovered.get(),
            focused: focused.get().filter(|_| has_focus.get()),
            zoom: view.ring,
            fold_open: is_fold_open.get(),
            offset_min: OFFSET_MIN,
            ..radar::View::new(width_px, height_px)
        };
        super::measured("monteverdi:radar", || {
            let scene = draw(&shown.report, view.level, view.series, chart.get().as_deref(), asked);
            paint::paint(&canvas, &scene, &theme);
            picture.set_value(scene);
            edition.update(|edition| *edition = edition.wrapping_add(1));
        });
    });

    let act = move |target: Target| {
        let Some(shown) = session.shown.get_untracked() else { return };
        match target {
            Target::Service(_) | Target::Series(_) | Target::Cell { .. } => {
                if let Some(subject) = target.subject() {
                    session.look(|view, report| view.drill(report, subject));
                }
            }
            Target::Centre => session.look(|view, report| _ = view.up(report)),
            Target::Scale(scale) => session.look(|view, _| view.ring = (view.ring != Some(scale)).then_some(scale)),
            Target::Fold => is_fold_open.update(|is_open| *is_open = !*is_open),
            Target::Relation(index) => session.look(|view, report| {
                view.tab = Tab::Relations;
                view.toggle_relation(report, index);
            }),
            Target::Time(time_ms) => session.look(|view, _| view.cursor_ms = Some(time_ms)),
            Target::Event(index) => {
                let start_ms = shown.report.dataset.events.get(index).map(|event| event.start_ms);
                session.look(|view, _| view.cursor_ms = start_ms.or(view.cursor_ms));
            }
            Target::Incident(index) => {
                let start_ms = shown.report.incidents.get(index).map(|incident| incident.start_ms);
                session.look(|view, _| view.cursor_ms = start_ms.or(view.cursor_ms));
            }
        }
    };

    Effect::new(move |_| {
        let Some(command) = session.radar_order.get() else { return };
        session.radar_order.set(None);
        let current = focused.get_untracked();
        let next = |walk: fn(&[Target], Option<Target>, i32) -> Option<Target>, step: i32| {
            picture.with_value(|picture| walk(&picture.order, current, step))
        };
        match command {
            Command::Sector(step) => focused.set(next(beside, step)),
            Command::Ring(step) => focused.set(next(across, step)),
            Command::Drill => {
                let selected = session.view.get_untracked().service.map(Target::Service);
                if let Some(target) = current.or(hovered.get_untracked()).or(selected) {
                    act(target);
                }
            }
            _ => {}
        }
    });

    let place = move |event: &PointerEvent| (f64::from(event.offset_x()), f64::from(event.offset_y()));
    let target_at = move |at: (f64, f64)| picture.with_value(|picture| near(picture, at));
    let on_move = move |event: PointerEvent| {
        let at = place(&event);
        pointer.set(at);
        let target = target_at(at);
        if hovered.get_untracked() != target {
            hovered.set(target);
        }
    };
    let on_click = move |event: web_sys::MouseEvent| {
        let at = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        if let Some(target) = target_at(at) {
            act(target);
        }
    };
    let turned = StoredValue::new(0.0);
    let on_wheel = move |event: WheelEvent| {
        if super::page_scrolls() {
            return;
        }
        event.prevent_default();
        let total = turned.get_value() + event.delta_y();
        if total.abs() < WHEEL_STEP {
            turned.set_value(total);
            return;
        }
        turned.set_value(0.0);
        let scale = hovered.get_untracked().and_then(Target::scale);
        if total > 0.0 {
            session.look(|view, report| _ = view.up(report));
        } else if let Some(scale) = scale.filter(|_| session.view.get_untracked().ring.is_none()) {
            session.look(|view, _| view.ring = Some(scale));
        } else if let Some(target) = hovered.get_untracked().filter(|target| target.subject().is_some()) {
            act(target);
        }
    };
    let description = move |target: Option<Target>| {
        edition.track();
        target.and_then(|target| picture.with_value(|picture| picture.description(target).map(str::to_owned)))
    };
    // The keyboard's target in words, for screen readers.
    Effect::new(move |_| {
        if let Some(words) = description(focused.get().filter(|_| has_focus.get_untracked())) {
            session.notice.set(words);
        }
    });
    // The keyboard reached the radar: show where it is.
    let on_focus = move |_| has_focus.set(true);
    let on_blur = move |_| has_focus.set(false);
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Tab" {
            has_focus.set(false);
        }
    };

    view! {
        <div class="radar-canvas" node_ref=frame>
            <canvas
                node_ref=canvas
                tabindex="0"
                role="application"
                aria-label="Harmonic radar. Arrow keys walk, Enter goes down, Escape goes up; the table has the same facts."
                data-testid="radar"
                data-keys="radar"
                class:is-pointing=move || hovered.get().is_some()
                on:pointermove=on_move
                on:pointerleave=move |_| hovered.set(None)
                on:click=on_click
                on:wheel=on_wheel
                on:focus=on_focus
                on:blur=on_blur
                on:keydown=on_key
            ></canvas>
            <Tooltip
                words=Signal::derive(move || description(hovered.get()))
                at=pointer.read_only()
                room=size
            />
        </div>
    }
}

/// The target at a point, or the subject nearest to it: between two rings there is a gap, and fingers are broad.
fn near(picture: &Scene, (x, y): (f64, f64)) -> Option<Target> {
    let around = |reach_px: f64| {
        let turns = (0..8).map(|turn| f64::from(turn) * std::f64::consts::FRAC_PI_4);
        turns.map(move |angle| (x + reach_px * angle.cos(), y + reach_px * angle.sin()))
    };
    let beside = || NEAR_PX.into_iter().flat_map(around).filter_map(|(x, y)| picture.hit(x, y));
    picture.hit(x, y).or_else(|| beside().find(|target| target.subject().is_some()))
}

/// The series that the radar folds, where it shows one.
fn folded_series(level: Level, shown: Option<super::session::Shown>) -> Wanted {
    let Level::Series(series) = level else { return None };
    let shown = shown?;
    let data = &shown.report.dataset;
    let chart = ChartRequest { series, start_ms: data.start_ms, end_ms: data.end_ms, max_points: MOST_POINTS };
    Some((shown.generation, chart))
}

fn draw(
    report: &Report,
    level: Level,
    series: Option<usize>,
    chart: Option<&ChartData>,
    mut asked: radar::View,
) -> Scene {
    match level {
        Level::System => radar::system(report, &asked),
        Level::Service(service) => {
            asked.selected = series.map(Target::Series);
            radar::service(report, service, &asked)
        }
        Level::Series(series) => {
            let empty = ChartData { series, ..ChartData::default() };
            radar::series(report, chart.filter(|chart| chart.series == series).unwrap_or(&empty), &asked)
        }
    }
}

/// Words beside the pointer.
#[component]
fn Tooltip(words: Signal<Option<String>>, at: ReadSignal<(f64, f64)>, room: ReadSignal<(f64, f64)>) -> impl IntoView {
    let place = move || {
        let ((x, y), (width, _)) = (at.get(), room.get());
        // Beside the pointer, on the side that has room.
        let shift = if x > width / 2.0 { "calc(-100% - 12px)" } else { "16px" };
        format!("translate(calc({x:.0}px + {shift}), {:.0}px)", y + 14.0)
    };
    move || words.get().map(|words| view! { <p class="tooltip" style:transform=place aria-hidden="true">{words}</p> })
}

/// Shapes, tools and the way back, around the radar or its table.
#[component]
pub(super) fn RadarPane() -> impl IntoView {
    let session = session();
    let as_table = Memo::new(move |_| session.view.with(|view| view.as_table));
    view! {
        <section class="radar-pane" aria-label="Radar">
            <div class="radar-top">
                <Breadcrumb/>
                <div class="radar-tools">
                    <button
                        class="button"
                        data-testid="radar-table-toggle"
                        aria-pressed=move || as_table.get().to_string()
                        title="The same facts as a table (V)"
                        on:click=move |_| session.look(|view, _| view.as_table = !view.as_table)
                    >
                        "Table"
                    </button>
                </div>
            </div>
            {move || if as_table.get() {
                view! { <super::table::RadarTable/> }.into_any()
            } else {
                view! { <Radar/> <Legend/> }.into_any()
            }}
        </section>
    }
}

/// The way from the system to what is shown.
#[component]
fn Breadcrumb() -> impl IntoView {
    let session = session();
    let crumbs = Memo::new(move |_| {
        let view = session.view.get();
        session
            .shown
            .with(|shown| shown.as_ref().map(|shown| (facts(&view, &shown.report), view.breadcrumb(&shown.report))))
    });
    move || {
        let (facts, crumbs) = crumbs.get()?;
        let last = crumbs.len().saturating_sub(1);
        let crumbs = crumbs.into_iter().enumerate().map(|(index, crumb)| {
            let go = move |_| {
                session.look(|view, report| {
                    view.ring = None;
                    view.drill(report, View { level: crumb.level, ..View::default() }.subject());
                })
            };
            view! {
                {(index > 0).then(|| view! { <span class="crumb-break" aria-hidden="true">"›"</span> })}
                <button aria-current=(index == last).then_some("page") on:click=go>{crumb.label}</button>
            }
        });
        Some(view! {
            <nav class="breadcrumb" data-testid="breadcrumb" aria-label="Way back">
                {crumbs.collect_view()}
                <span class="crumb-facts">{facts}</span>
            </nav>
        })
    }
}

/// What is beside the way: how many there are, and which ring is looked at.
fn facts(view: &View, report: &Report) -> String {
    let mut facts = match view.subject() {
        Subject::System => report::format::plural(report.services.len(), "service", "services"),
        Subject::Service(service) => {
            let count = report.services.get(service).map_or(0, |service| service.series.len());
            report::format::plural(count, "series", "series")
        }
        Subject::Series(_) => String::new(),
    };
    if let Some(ring) = view.ring {
        facts.push_str(&format!(" · {} ring", ring.name()));
    }
    if facts.is_empty() { facts } else { format!("· {}", facts.trim_start_matches(" · ")) }
}

/// What the shapes mean.
#[component]
fn Legend() -> impl IntoView {
    let session = session();
    let frame: NodeRef<html::Div> = NodeRef::new();
    let canvas: NodeRef<html::Canvas> = NodeRef::new();
    let size = size_of(frame);
    Effect::new(move |_| {
        let (width_px, _) = size.get();
        let theme = super::theme_colors(session.theme.get());
        if let Some(canvas) = canvas.get().filter(|_| width_px > 40.0) {
            let scene = scene::legend(width_px);
            super::set_size(&canvas, scene.width_px, scene.height_px);
            paint::paint(&canvas, &scene, &theme);
        }
    });
    view! {
        <div class="legend" node_ref=frame>
            <canvas
                node_ref=canvas
                role="img"
                aria-label="Shapes: smooth arc steady, facets periodic, swelling wave beating, jags jagged, pieces fragmented. Colour: orange dissonant, teal consonant."
            ></canvas>
        </div>
    }
}
