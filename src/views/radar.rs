//! The radar: painted from its scene, and everything that a pointer or a key does on it.

use super::chart_data::{Wanted, chart_data};
use super::format::OFFSET_MIN;
use super::session::{Session, Shown, paint_dial};
use super::surface::size_of;
use crate::bridge::{self, ChartRequest};
use crate::dom::{self, El, ReadSignal, Signal, effect, el, memo, signal, untrack};
use crate::paint;
use crate::state::{Command, Level, Tab, View, across, beside};
use crate::store::Theme;
use report::format as numbers;
use report::{Behind, ChartData, Report, Subject};
use scene::{Scene, Target, radar};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web_sys::{HtmlCanvasElement, KeyboardEvent, MouseEvent, WheelEvent};

/// The most points that the series view folds.
const MOST_POINTS: usize = 4_000;
/// How far from a pointer a target may be, nearest first.
const NEAR_PX: [f64; 3] = [4.0, 9.0, 14.0];
/// How far a wheel turns for one step.
const WHEEL_STEP: f64 = 60.0;

/// What pointer and keyboard are at, and the picture that they are on.
struct Dial {
    session: &'static Session,
    hovered: Signal<Option<Target>>,
    focused: Signal<Option<Target>>,
    has_focus: Signal<bool>,
    is_fold_open: Signal<bool>,
    pointer: Signal<(f64, f64)>,
    picture: RefCell<Scene>,
    /// Grows with every picture, so that words about it follow it.
    edition: Signal<u32>,
}

/// The radar as a picture.
fn radar(session: &'static Session) -> El {
    let dial = Rc::new(Dial {
        session,
        hovered: signal(None),
        focused: signal(None),
        has_focus: signal(false),
        is_fold_open: signal(false),
        pointer: signal((0.0, 0.0)),
        picture: RefCell::default(),
        edition: signal(0),
    });
    let frame = el("div").class("radar-canvas");
    let size = size_of(&frame);
    let canvas = el("canvas")
        .attr("tabindex", "0")
        .attr("role", "application")
        .attr(
            "aria-label",
            "Harmonic radar. Arrow keys walk, Enter goes down, Escape goes up; the table has the same facts.",
        )
        .attr("data-testid", "radar")
        .attr("data-keys", "radar");
    forget_with_the_level(&dial);
    paint_picture(&dial, canvas.cast(), size);
    obey(&dial);
    // The keyboard's target in words, for screen readers.
    let spoken = Rc::clone(&dial);
    effect(move || {
        let target = spoken.focused.get();
        if let Some(words) = spoken.description(target.filter(|_| spoken.has_focus.get_untracked())) {
            session.notice.set(words);
        }
    });
    frame.child(listening(&dial, canvas)).child(tooltip(&dial, size))
}

/// What was under pointer and keyboard is gone with the level.
fn forget_with_the_level(dial: &Dial) {
    let Dial { session, hovered, focused, is_fold_open, .. } = *dial;
    let level = memo(move || session.view.with(|view| view.level));
    effect(move || {
        level.track();
        hovered.set(None);
        focused.set(None);
        is_fold_open.set(false);
    });
}

fn paint_picture(dial: &Rc<Dial>, canvas: HtmlCanvasElement, size: ReadSignal<(f64, f64)>) {
    let dial = Rc::clone(dial);
    let session = dial.session;
    let charts = [0, 1].map(|place| {
        chart_data(session, move || {
            folded_series(session.view.with(|view| view.level), place, session.shown.get_clone())
        })
    });
    effect(move || {
        let (width_px, height_px) = size.get();
        let theme = super::theme_colors(session.theme.get());
        let Some(report) = session.report() else { return };
        if width_px < 1.0 || height_px < 1.0 {
            return;
        }
        let view = session.view.get_clone();
        let charts = charts.map(|chart| chart.get_clone());
        let asked = radar::View {
            frame: (!report.replay.frames.is_empty()).then(|| view.frame(&report)),
            selected: view.service.map(Target::Service),
            hovered: dial.hovered.get(),
            focused: dial.focused.get().filter(|_| dial.has_focus.get()),
            zoom: view.ring,
            fold_open: dial.is_fold_open.get(),
            offset_min: OFFSET_MIN,
            ..radar::View::new(width_px, height_px)
        };
        let edition = dial.edition.get_untracked().wrapping_add(1);
        // Fails only for names that are none.
        let _ = canvas.set_attribute(bridge::Dial::EDITION, &edition.to_string());
        let closeup = match closeup(&report, &view, &charts, &asked) {
            Some(closeup) => closeup,
            None => {
                super::measured("monteverdi:radar", || {
                    let scene = draw(&report, &view, asked);
                    paint::paint(&canvas, &scene, &theme);
                    dial.picture.replace(scene);
                });
                dial.edition.set(edition);
                return;
            }
        };
        let is_light = session.theme.get_untracked() == Theme::Light;
        let told = Rc::clone(&dial);
        paint_dial(&canvas, &bridge::Dial { edition, is_light, closeup }, move |hits| {
            let order = hits.iter().map(|hit| hit.target).collect();
            told.picture.replace(Scene { hits, order, ..Scene::new(width_px, height_px) });
            if told.edition.is_alive() {
                told.edition.set(edition);
            }
        });
    });
}

/// Does what the keyboard wants.
fn obey(dial: &Rc<Dial>) {
    let dial = Rc::clone(dial);
    let session = dial.session;
    effect(move || {
        let Some(command) = session.radar_order.get() else { return };
        session.radar_order.set(None);
        let current = dial.focused.get_untracked();
        let next = |walk: fn(&[Target], Option<Target>, i32) -> Option<Target>, step: i32| {
            walk(&dial.picture.borrow().order, current, step)
        };
        match command {
            Command::Sector(step) => dial.focused.set(next(beside, step)),
            Command::Ring(step) => dial.focused.set(next(across, step)),
            Command::Drill => {
                let selected = session.view.with_untracked(|view| view.service).map(Target::Service);
                if let Some(target) = current.or(dial.hovered.get_untracked()).or(selected) {
                    dial.act(target);
                }
            }
            _ => {}
        }
    });
}

/// The canvas, with what a pointer and the focus do on it.
fn listening(dial: &Rc<Dial>, canvas: El) -> El {
    let [on_move, on_leave, on_click, on_wheel, is_pointing] = [0; 5].map(|_| Rc::clone(dial));
    let has_focus = dial.has_focus;
    let turned = Cell::new(0.0);
    canvas
        .class_with("is-pointing", move || is_pointing.hovered.get().is_some())
        .on_as("pointermove", move |event: &MouseEvent| {
            let at = place(event);
            on_move.pointer.set(at);
            let target = near(&on_move.picture.borrow(), at);
            if on_move.hovered.get_untracked() != target {
                on_move.hovered.set(target);
            }
        })
        .on("pointerleave", move |_| on_leave.hovered.set(None))
        .on_as("click", move |event: &MouseEvent| {
            let target = near(&on_click.picture.borrow(), place(event));
            if let Some(target) = target {
                on_click.act(target);
            }
        })
        .on_as("wheel", move |event: &WheelEvent| {
            if super::page_scrolls() {
                return;
            }
            event.prevent_default();
            let total = turned.get() + event.delta_y();
            if total.abs() < WHEEL_STEP {
                turned.set(total);
            } else {
                turned.set(0.0);
                on_wheel.turn(total > 0.0);
            }
        })
        // The keyboard reached the radar: show where it is.
        .on("focus", move |_| has_focus.set(true))
        .on("blur", move |_| has_focus.set(false))
        .on_as("keydown", move |event: &KeyboardEvent| {
            if event.key() == "Tab" {
                has_focus.set(false);
            }
        })
}

impl Dial {
    /// Does what a click on a target does.
    fn act(&self, target: Target) {
        let session = self.session;
        match target {
            Target::Service(_) | Target::Series(_) | Target::Cell { .. } => {
                if let Some(subject) = target.subject() {
                    session.look(|view, report| view.drill(report, subject));
                }
            }
            Target::Centre => session.look(|view, report| _ = view.up(report)),
            Target::Scale(scale) => session.look(|view, _| view.ring = (view.ring != Some(scale)).then_some(scale)),
            Target::Fold => self.is_fold_open.update(|is_open| *is_open = !*is_open),
            // A click opens its evidence, the next one shows the two around one clock.
            Target::Relation(index) => session.look(|view, report| {
                if view.relation == Some(index) {
                    view.show_pair(report, index);
                } else {
                    view.tab = Tab::Relations;
                    view.toggle_relation(report, index);
                }
            }),
            Target::Time(time_ms) => session.look(|view, _| view.cursor_ms = Some(time_ms)),
            Target::Event(index) => session.look(|view, report| {
                let start_ms = report.dataset.events.get(index).map(|event| event.start_ms);
                view.cursor_ms = start_ms.or(view.cursor_ms);
            }),
            Target::Incident(index) => session.look(|view, report| {
                let start_ms = report.incidents.get(index).map(|incident| incident.start_ms);
                view.cursor_ms = start_ms.or(view.cursor_ms);
            }),
        }
    }

    /// Zooms with the wheel: out, into a ring, or down into what is under the pointer.
    fn turn(&self, is_out: bool) {
        let hovered = self.hovered.get_untracked();
        let session = self.session;
        if is_out {
            session.look(|view, report| _ = view.up(report));
        } else if let Some(scale) =
            hovered.and_then(Target::scale).filter(|_| session.view.with_untracked(|view| view.ring.is_none()))
        {
            session.look(|view, _| view.ring = Some(scale));
        } else if let Some(target) = hovered.filter(|target| target.subject().is_some()) {
            self.act(target);
        }
    }

    /// A target in words, which follow the picture.
    fn description(&self, target: Option<Target>) -> Option<String> {
        self.edition.track();
        self.picture.borrow().description(target?).map(str::to_owned)
    }
}

fn place(event: &MouseEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

/// The target at a point, or the subject nearest to it: between two rings there is a gap, and fingers are broad.
fn near(picture: &Scene, (x, y): (f64, f64)) -> Option<Target> {
    let around = |reach_px: f64| {
        let turns = (0..8).map(|turn| f64::from(turn) * std::f64::consts::FRAC_PI_4);
        turns.map(move |angle| scene::Polar { x, y }.point(reach_px, angle))
    };
    let beside = || NEAR_PX.into_iter().flat_map(around).filter_map(|(x, y)| picture.hit(x, y));
    picture.hit(x, y).or_else(|| beside().find(|target| target.subject().is_some()))
}

/// The series that the radar folds, where it shows one; of a pair the first or the second.
fn folded_series(level: Level, place: usize, shown: Option<Shown>) -> Wanted {
    let shown = shown?;
    let series = match level {
        Level::Series(series) if place == 0 => series,
        Level::Pair(relation) => {
            let joined = shown.report.relations.get(relation)?;
            if place == 0 { joined.from } else { joined.to }
        }
        _ => return None,
    };
    let data = &shown.report.dataset;
    let (start_ms, end_ms) = (data.start_ms, data.end_ms);
    let chart = ChartRequest { series, start_ms, end_ms, max_points: MOST_POINTS, behind: Behind::Course };
    Some((shown.generation, chart))
}

/// One or two series around a clock, where they are looked at.
fn closeup(
    report: &Report,
    view: &View,
    charts: &[Option<Rc<ChartData>>; 2],
    asked: &radar::View,
) -> Option<radar::Closeup> {
    let empty = |series| ChartData { series, ..ChartData::default() };
    match view.level {
        Level::Series(series) => {
            let chart = charts[0].as_deref().filter(|chart| chart.series == series).cloned();
            Some(radar::Closeup::series(report, &chart.unwrap_or_else(|| empty(series)), asked))
        }
        Level::Pair(relation) => {
            let nothing = empty(usize::MAX);
            let [first, second] = charts.each_ref().map(|chart| chart.as_deref().unwrap_or(&nothing));
            Some(radar::Closeup::pair(report, relation, [first, second], asked))
        }
        Level::System | Level::Service(_) => None,
    }
}

fn draw(report: &Report, view: &View, mut asked: radar::View) -> Scene {
    match view.level {
        Level::System | Level::Series(_) | Level::Pair(_) => radar::system(report, &asked),
        Level::Service(service) => {
            asked.selected = view.series.map(Target::Series);
            radar::service(report, service, &asked)
        }
    }
}

/// Words beside the pointer.
fn tooltip(dial: &Rc<Dial>, room: ReadSignal<(f64, f64)>) -> dom::View {
    let told = Rc::clone(dial);
    let words = memo(move || told.description(told.hovered.get()));
    let pointer = dial.pointer;
    let place = move || {
        let ((x, y), (width, _)) = (pointer.get(), room.get());
        // Beside the pointer, on the side that has more room, and never over the edge.
        let (x_px, y_px, width_px) =
            (numbers::decimals(x, 0), numbers::decimals(y + 14.0, 0), numbers::decimals(width, 0));
        if x > width / 2.0 {
            format!("translate(max(4px, {x_px}px - 100% - 12px), {y_px}px)")
        } else {
            format!("translate(min({x_px}px + 16px, {width_px}px - 100% - 4px), {y_px}px)")
        }
    };
    dom::View::dynamic(move || {
        let words = words.get_clone();
        let tooltip = |words: String| {
            el("p").class("tooltip").attr("aria-hidden", "true").style_with("transform", place).text(&words)
        };
        words.map(tooltip).into()
    })
}

/// Shapes, tools and the way back, around the radar or its table.
pub(super) fn radar_pane(session: &'static Session) -> El {
    let as_table = memo(move || session.view.with(|view| view.as_table));
    let toggle = el("button")
        .class("button")
        .attr("data-testid", "radar-table-toggle")
        .aria_with("aria-pressed", move || as_table.get())
        .attr("title", "The same facts as a table (V)")
        .text("Table")
        .on_click(move || session.look(|view, _| view.as_table = !view.as_table));
    let tools = el("div").class("radar-tools").child(super::sound::sound(session)).child(toggle);
    el("section")
        .class("radar-pane")
        .attr("aria-label", "Radar")
        .child(el("div").class("radar-top").child(breadcrumb(session)).child(tools))
        .dynamic(move || {
            let as_table = as_table.get();
            untrack(|| {
                if as_table {
                    super::table::radar_table(session).into()
                } else {
                    [radar(session), legend(session)].into_iter().collect()
                }
            })
        })
}

/// The way from the system to what is shown.
fn breadcrumb(session: &'static Session) -> dom::View {
    let crumbs = memo(move || {
        let view = session.view.get_clone();
        session.report().map(|report| (facts(&view, &report), view.breadcrumb(&report)))
    });
    dom::View::dynamic(move || {
        let Some((facts, crumbs)) = crumbs.get_clone() else { return dom::View::NONE };
        let last = crumbs.len().saturating_sub(1);
        let mut way = el("nav").class("breadcrumb").attr("data-testid", "breadcrumb").attr("aria-label", "Way back");
        for (index, crumb) in crumbs.into_iter().enumerate() {
            if index > 0 {
                way = way.child(el("span").class("crumb-break").attr("aria-hidden", "true").text("›"));
            }
            let go = move || {
                session.look(|view, report| {
                    view.ring = None;
                    match crumb.level {
                        // Where one is already.
                        Level::Pair(_) => {}
                        level => view.drill(report, View { level, ..View::default() }.subject()),
                    }
                });
            };
            let button = el("button").text(&crumb.label).on_click(go);
            way = way.child(if index == last { button.attr("aria-current", "page") } else { button });
        }
        way.child(el("span").class("crumb-facts").text(&facts)).into()
    })
}

/// What is beside the way: how many there are, and which ring is looked at.
fn facts(view: &View, report: &Report) -> String {
    let mut facts = match view.subject() {
        Subject::System if matches!(view.level, Level::Pair(_)) => String::new(),
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
fn legend(session: &'static Session) -> El {
    let picture = el("canvas").attr("role", "img").attr(
        "aria-label",
        "Shapes: smooth arc steady, facets periodic, swelling wave beating, jags jagged, pieces fragmented. Colour: orange \
         dissonant, teal consonant.",
    );
    let shape = picture.clone();
    let canvas: HtmlCanvasElement = picture.cast();
    let frame = el("div").class("legend").child(picture);
    let size = size_of(&frame);
    effect(move || {
        let (width_px, _) = size.get();
        let theme = super::theme_colors(session.theme.get());
        if width_px > 40.0 {
            let scene = scene::legend(width_px);
            let px = |length: f64| format!("{}px", numbers::decimals(length, 2));
            let _ = shape.clone().style("width", &px(scene.width_px)).style("height", &px(scene.height_px));
            paint::paint(&canvas, &scene, &theme);
        }
    });
    frame
}
