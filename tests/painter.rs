//! The canvas painters, by the pixels that they leave.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use app::bridge::{Dial, Evidence, Level, Stretch};
use app::{charts, paint};
use js_sys::{Function, Uint8Array};
use report::bytes::encode;
use scene::{Paint, Path, Scene, Stroke, Text, Theme, radar};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

wasm_bindgen_test_configure!(run_in_browser);

fn canvas() -> HtmlCanvasElement {
    let document = web_sys::window().unwrap().document().unwrap();
    document.create_element("canvas").unwrap().dyn_into().unwrap()
}

/// Red, green, blue and opacity at a point in CSS pixels.
fn pixel(canvas: &HtmlCanvasElement, x: f64, y: f64) -> [u8; 4] {
    let ratio = web_sys::window().unwrap().device_pixel_ratio().max(1.0);
    let context = canvas.get_context("2d").unwrap().unwrap().dyn_into::<CanvasRenderingContext2d>().unwrap();
    let data = context.get_image_data((x * ratio).floor(), (y * ratio).floor(), 1.0, 1.0).unwrap().data();
    [data[0], data[1], data[2], data[3]]
}

fn painted_share(canvas: &HtmlCanvasElement) -> f64 {
    let context = canvas.get_context("2d").unwrap().unwrap().dyn_into::<CanvasRenderingContext2d>().unwrap();
    let (width, height) = (canvas.width(), canvas.height());
    let data = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height)).unwrap().data();
    let painted = data.chunks(4).filter(|pixel| pixel[3] > 0).count();
    painted as f64 / f64::from(width * height)
}

#[wasm_bindgen_test]
fn a_shape_has_its_colour_inside_and_nothing_outside() {
    let (canvas, theme) = (canvas(), Theme::dark());
    let mut scene = Scene::new(60.0, 40.0);
    scene.path(Path::rect(10.0, 10.0, 20.0, 20.0).fill(Paint::Accent));
    scene.path(Path::new().move_to(40.0, 0.0).line_to(40.0, 40.0).stroke(Stroke::flat(Paint::Ink, 6.0)));
    paint::paint(&canvas, &scene, &theme);
    let (accent, ink) = (theme.accent, theme.ink);
    assert_eq!(pixel(&canvas, 20.0, 20.0), [accent.0, accent.1, accent.2, 255]);
    assert_eq!(pixel(&canvas, 40.0, 20.0), [ink.0, ink.1, ink.2, 255]);
    assert_eq!(pixel(&canvas, 5.0, 5.0)[3], 0);
}

#[wasm_bindgen_test]
fn painting_again_leaves_nothing_of_before() {
    let (canvas, theme) = (canvas(), Theme::light());
    let mut scene = Scene::new(30.0, 30.0);
    scene.path(Path::rect(0.0, 0.0, 30.0, 30.0).fill(Paint::Ink));
    paint::paint(&canvas, &scene, &theme);
    assert!(painted_share(&canvas) > 0.99);
    paint::paint(&canvas, &Scene::new(30.0, 30.0), &theme);
    assert_eq!(painted_share(&canvas), 0.0);
}

#[wasm_bindgen_test]
fn text_is_drawn_and_never_read_as_markup() {
    let (canvas, theme) = (canvas(), Theme::dark());
    let mut scene = Scene::new(200.0, 30.0);
    scene.text(Text::new(4.0, 20.0, "<img src=x onerror=alert(1)>").tint(Paint::Ink).on_surface());
    paint::paint(&canvas, &scene, &theme);
    assert!(painted_share(&canvas) > 0.02);
    assert!(web_sys::window().unwrap().document().unwrap().query_selector("img").unwrap().is_none());
}

#[wasm_bindgen_test]
fn the_radar_changes_with_the_cursor_and_with_the_theme() {
    let canvas = canvas();
    let report = scene::example::incident();
    let picture = |frame: usize, theme: &Theme| {
        paint::paint(&canvas, &radar::system(&report, &radar::View::new(400.0, 400.0).at(frame)), theme);
        canvas.to_data_url().unwrap()
    };
    let last = report.replay.frames.len() - 1;
    let at_start = picture(0, &Theme::dark());
    assert!(painted_share(&canvas) > 0.2);
    assert_ne!(at_start, picture(last, &Theme::dark()));
    assert_ne!(at_start, picture(0, &Theme::light()));
    assert_eq!(at_start, picture(0, &Theme::dark()), "the same scene is the same picture");
}

#[wasm_bindgen_test]
fn the_evidence_chart_needs_no_style_attribute() {
    let document = web_sys::window().unwrap().document().unwrap();
    let canvas = canvas();
    let count: u32 = 240;
    let times = 0..count;
    let level = |start_ms, end_ms, value| Level { stretch: Stretch { start_ms, end_ms }, value };
    let evidence = Evidence {
        times_ms: times.clone().map(|index| f64::from(index) * 15_000.0).collect(),
        values: times
            .map(|index| if index == 100 { f64::NAN } else { f64::from(index % 9) + f64::from(index / 150) * 20.0 })
            .collect(),
        lower: vec![-2.0; count as usize],
        upper: vec![11.0; count as usize],
        unit: "B".to_owned(),
        window: Some(Stretch { start_ms: 2_250_000, end_ms: 3_000_000 }),
        levels: vec![level(0, 2_250_000, 4.0), level(2_250_000, 3_585_000, 24.0)],
        cursor_ms: Some(2_400_000),
        width_px: 420.0,
        height_px: 190.0,
        ..Evidence::default()
    };
    // Plotters' own measuring puts elements with a style attribute into the body; ours must not.
    let before = document.body().unwrap().inner_html();
    let bytes = encode(&evidence);
    charts::open(&canvas, &bytes, None).unwrap();
    assert_eq!(document.body().unwrap().inner_html(), before);
    assert!(painted_share(&canvas) > 0.1, "{}", painted_share(&canvas));
    let once = canvas.to_data_url().unwrap();
    charts::open(&canvas, &bytes, None).unwrap();
    assert_eq!(canvas.to_data_url().unwrap(), once, "painting again starts afresh");
    charts::open(&canvas, &encode(&Evidence { is_light: true, ..evidence.clone() }), None).unwrap();
    assert_ne!(canvas.to_data_url().unwrap(), once, "the theme is the page's");
    assert!(charts::open(&canvas, &bytes[..bytes.len() - 1], None).is_err(), "what another build says is refused");
    let empty = Evidence { times_ms: Vec::new(), values: Vec::new(), lower: Vec::new(), upper: Vec::new(), ..evidence };
    charts::open(&canvas, &encode(&empty), None).unwrap();
    assert_eq!(painted_share(&canvas), 0.0);
}

#[wasm_bindgen_test]
fn a_closeup_is_painted_while_it_is_wanted_and_tells_what_is_in_it() {
    let canvas = canvas();
    let (report, [from, to]) = scene::example::pair();
    let closeup = radar::Closeup::pair(&report, 0, [&from, &to], &radar::View::new(360.0, 300.0));
    let wanted = closeup.draw().hits;
    let bytes = encode(&Dial { edition: 7, is_light: false, closeup });
    let told = Rc::new(RefCell::new(Vec::new()));
    let note = {
        let told = Rc::clone(&told);
        Closure::<dyn FnMut(Uint8Array)>::new(move |hits: Uint8Array| told.borrow_mut().push(hits.to_vec()))
    };
    let done = || note.as_ref().unchecked_ref::<Function>().clone();
    canvas.set_attribute(Dial::EDITION, "8").unwrap();
    charts::open(&canvas, &bytes, Some(done())).unwrap();
    assert!(told.borrow().is_empty(), "the page has gone on to another picture");
    canvas.set_attribute(Dial::EDITION, "7").unwrap();
    charts::open(&canvas, &bytes, Some(done())).unwrap();
    assert!(painted_share(&canvas) > 0.2);
    let hits: Vec<scene::Hit> = report::bytes::decode(&told.borrow()[0]).unwrap();
    assert_eq!(hits, wanted);
    assert!(charts::open(&canvas, &bytes[1..], Some(done())).is_err(), "what another build says is refused");
}
