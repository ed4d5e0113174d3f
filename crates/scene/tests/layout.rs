//! What must hold for every picture: hit testing inverts the layout, labels do not overlap, numbers are finite.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use report::{ChartData, Class, Report, Scale, Subject};
use scene::{Command, Region, Scene, Shape, Target, TimelineView, View, example, radar, text, timeline};

fn coordinates(scene: &Scene) -> Vec<f64> {
    let mut numbers = vec![scene.width_px, scene.height_px];
    for shape in &scene.shapes {
        match shape {
            Shape::Text(text) => numbers.extend([text.x, text.y, text.size_px]),
            Shape::Path(path) => {
                for command in &path.commands {
                    match *command {
                        Command::Move { x, y } | Command::Line { x, y } => numbers.extend([x, y]),
                        Command::Quadratic { control_x, control_y, x, y } => {
                            numbers.extend([control_x, control_y, x, y]);
                        }
                        Command::Cubic { control1_x, control1_y, control2_x, control2_y, x, y } => {
                            numbers.extend([control1_x, control1_y, control2_x, control2_y, x, y]);
                        }
                        Command::Arc { center_x, center_y, radius, start, end, .. } => {
                            numbers.extend([center_x, center_y, radius, start, end]);
                        }
                        Command::Close => {}
                    }
                }
            }
        }
    }
    numbers
}

fn texts(scene: &Scene) -> Vec<(String, (f64, f64, f64, f64))> {
    let text = |shape: &Shape| match shape {
        Shape::Text(text) => Some((text.content.clone(), text::bounds(text))),
        Shape::Path(_) => None,
    };
    scene.shapes.iter().filter_map(text).collect()
}

fn assert_texts_apart(scene: &Scene) {
    let texts = texts(scene);
    for (index, (one, a)) in texts.iter().enumerate() {
        assert!(
            a.0 >= -0.5 && a.0 + a.2 <= scene.width_px + 0.5 && a.1 >= -0.5 && a.1 + a.3 <= scene.height_px + 0.5,
            "{one:?} leaves the picture: {a:?} of {} x {}",
            scene.width_px,
            scene.height_px
        );
        for (other, b) in &texts[index + 1..] {
            let apart = a.0 + a.2 <= b.0 || b.0 + b.2 <= a.0 || a.1 + a.3 <= b.1 + 0.5 || b.1 + b.3 <= a.1 + 0.5;
            assert!(apart, "{one:?} {a:?} overlaps {other:?} {b:?}");
        }
    }
}

fn view(width_px: f64, height_px: f64, report: &Report) -> View {
    View::new(width_px, height_px).at(report.replay.start_frame)
}

#[test]
fn every_point_of_a_cell_maps_back_to_it() {
    for (count, width, height) in
        [(1, 920.0, 640.0), (2, 390.0, 330.0), (10, 920.0, 640.0), (16, 390.0, 330.0), (60, 920.0, 640.0)]
    {
        let report = example::services(count);
        let scene = radar::system(&report, &View { labels: false, ..view(width, height, &report) });
        let mut cells = 0;
        for hit in &scene.hits {
            let Region::Slice { polar, slice } = &hit.region else { continue };
            if slice.inner_px <= 0.0 {
                continue;
            }
            cells += 1;
            for (along, across) in [(0.02, 0.02), (0.5, 0.35), (0.98, 0.98), (0.02, 0.98)] {
                let radius = slice.inner_px + slice.width_px() * across;
                let (x, y) = polar.point(radius, slice.start + (slice.end - slice.start) * along);
                // Titles lie over the rings and answer first.
                let is_under_title = scene
                    .hits
                    .iter()
                    .any(|other| matches!(other.region, Region::Rect { .. }) && other.region.contains(x, y));
                if !is_under_title {
                    assert_eq!(
                        scene.hit(x, y),
                        Some(hit.target),
                        "{count} services, {:?} at {along}, {across}",
                        hit.target
                    );
                }
            }
        }
        assert!(cells >= 3, "{count} services have {cells} cells");
    }
}

#[test]
fn the_middle_of_every_label_and_title_answers() {
    let report = example::incident();
    let scene = radar::system(&report, &view(920.0, 640.0, &report));
    for (content, (left, top, width, height)) in texts(&scene) {
        let target = scene.hit(left + width / 2.0, top + height / 2.0);
        if let Some(service) = report.services.iter().position(|service| service.name == content) {
            assert_eq!(target, Some(Target::Service(service)));
        } else if content.starts_with("macro") {
            assert_eq!(target, Some(Target::Scale(Scale::Macro)));
        }
    }
    assert_eq!(scene.hit(1.0, 1.0), None);
}

#[test]
fn every_target_of_the_keyboard_can_be_shown() {
    let report = example::services(40);
    for fold_open in [false, true] {
        let scene = radar::system(&report, &View { fold_open, ..view(920.0, 640.0, &report) });
        let unique: std::collections::BTreeSet<_> = scene.order.iter().collect();
        assert_eq!(unique.len(), scene.order.len());
        for target in &scene.order {
            let label_hidden = matches!(target, Target::Service(_));
            assert!(label_hidden || scene.description(*target).is_some_and(|words| !words.is_empty()), "{target:?}");
        }
    }
}

#[test]
fn labels_of_any_number_of_services_stay_apart() {
    for count in [0, 1, 2, 3, 4, 5, 7, 9, 10, 13, 16, 17, 30, 50, 60, 200] {
        for (width, height) in [(920.0, 640.0), (390.0, 330.0), (360.0, 360.0), (1400.0, 500.0), (600.0, 900.0)] {
            for fold_open in [false, true] {
                let report = example::services(count);
                let scene = radar::system(&report, &View { fold_open, ..view(width, height, &report) });
                assert_texts_apart(&scene);
            }
        }
    }
}

#[test]
fn facets_are_the_cycles_in_the_sector() {
    for cycles in [2, 3, 5, 6] {
        let mut report = example::healthy(6);
        for state in &mut report.states {
            state.class = Class::Periodic;
            state.period_s = Some(21_600.0 / f64::from(cycles));
        }
        let scene = radar::system(&report, &View::new(920.0, 640.0));
        // A periodic cell is a line and the marks of its vertices, one full circle each.
        let marks = |shape: &Shape| match shape {
            Shape::Path(path) if path.fill.is_some() => {
                Some(path.commands.iter().filter(|c| matches!(c, Command::Arc { start: 0.0, .. })).count())
            }
            _ => None,
        };
        let cells = scene.shapes.iter().filter_map(marks).filter(|count| *count == cycles as usize).count();
        assert!(cells >= 6, "{cycles} cycles: {cells} cells");
    }
}

#[test]
fn a_period_of_five_minutes_makes_a_pentagon() {
    let scene = radar::series(&example::incident(), &example::periodic_chart(), &View::new(600.0, 420.0));
    let polygon = scene.shapes.iter().find_map(|shape| match shape {
        Shape::Path(path)
            if path.commands.last() == Some(&Command::Close) && path.stroke.is_some() && path.fill.is_none() =>
        {
            Some(path.commands.len() - 1).filter(|corners| *corners == 5)
        }
        _ => None,
    });
    assert_eq!(polygon, Some(5));
}

#[test]
fn the_way_between_a_pair_is_their_lag() {
    let (report, [from, to]) = example::pair();
    let scene = radar::pair(&report, 0, [&from, &to], &View::new(600.0, 420.0));
    let polar = scene::Polar { x: 300.0, y: 210.0 };
    // The way is the only line in the colour of the relation: 75 s of a turn of five cycles of 300 s.
    let ways: Vec<&scene::Path> = scene
        .shapes
        .iter()
        .filter_map(|shape| match shape {
            scene::Shape::Path(path) => Some(path),
            scene::Shape::Text(_) => None,
        })
        .filter(|path| path.stroke.as_ref().is_some_and(|stroke| stroke.tint.paint == scene::Paint::Resonance))
        .collect();
    assert_eq!(ways.len(), 1);
    let ends: Vec<f64> = ways[0]
        .commands
        .iter()
        .filter_map(|command| match command {
            scene::Command::Move { x, y } | scene::Command::Line { x, y } => Some(polar.inverse(*x, *y).1),
            _ => None,
        })
        .collect();
    let turned = (ends[ends.len() - 1] - ends[0]).rem_euclid(std::f64::consts::TAU);
    let wanted = std::f64::consts::TAU * 75.0 / 1_500.0;
    assert!((turned - wanted).abs() < 0.02 * wanted, "{turned} {wanted}");
    // Other charts than the pair's are not drawn.
    let strange = radar::pair(&report, 0, [&to, &from], &View::new(600.0, 420.0));
    assert!(strange.shapes.len() < scene.shapes.len());
    assert!(radar::pair(&report, 999, [&from, &to], &View::new(600.0, 420.0)).shapes.is_empty());
}

#[test]
fn a_steady_series_is_a_circle() {
    let mut report = example::healthy(1);
    report.states.iter_mut().for_each(|state| state.class = Class::Steady);
    report.series[0].period_s = None;
    let times_ms: Vec<f64> = (0..500).map(|slot| f64::from(slot) * 15_000.0).collect();
    // Noise of 1 % around the level.
    let values = (0..500).map(|slot| 100.0 + f64::from(slot * 7919 % 201 - 100) / 100.0).collect();
    let chart = ChartData { series: 0, times_ms, values, ..ChartData::default() };
    let scene = radar::series(&report, &chart, &View::new(600.0, 600.0));
    let centre = (scene.width_px / 2.0, scene.height_px / 2.0);
    let line = scene.shapes.iter().filter_map(|shape| match shape {
        Shape::Path(path) if path.commands.len() > 400 => Some(&path.commands),
        _ => None,
    });
    let radii: Vec<f64> = line
        .flatten()
        .filter_map(|command| match *command {
            Command::Line { x, y } => Some((x - centre.0).hypot(y - centre.1)),
            _ => None,
        })
        .collect();
    assert!(radii.len() > 400);
    let mean = radii.iter().sum::<f64>() / radii.len() as f64;
    assert!(radii.iter().all(|radius| (radius / mean - 1.0).abs() < 0.02));
}

#[test]
fn jags_differ_between_services_and_stay_the_same_for_one() {
    let mut report = example::healthy(8);
    report.relations.clear();
    for state in &mut report.states {
        state.class = Class::Jagged;
        state.score = 3.0;
    }
    let lines = |report: &Report| -> Vec<Vec<Command>> {
        let scene = radar::system(report, &View { labels: false, ..View::new(920.0, 640.0) });
        scene
            .shapes
            .into_iter()
            .filter_map(|shape| match shape {
                Shape::Path(path) if path.fill.is_none() && path.commands.len() > 6 => Some(path.commands),
                _ => None,
            })
            .collect()
    };
    let (one, again) = (lines(&report), lines(&report));
    assert_eq!(one, again);
    // The distances from point to point tell two lines apart however they are turned.
    let steps = |line: &Vec<Command>| -> Vec<i64> {
        let points: Vec<(f64, f64)> = line
            .iter()
            .filter_map(|command| match *command {
                Command::Move { x, y } | Command::Line { x, y } => Some((x, y)),
                _ => None,
            })
            .collect();
        points.windows(2).map(|pair| ((pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1) * 100.0) as i64).collect()
    };
    let mut all: Vec<_> = one.iter().map(steps).collect();
    let count = all.len();
    assert_eq!(count, 24);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn calls_are_drawn_of_the_chosen_service_only() {
    let mut report = example::incident();
    report.services[0].calls = vec![1, 2];
    report.services[2].calls = vec![3];
    let calls = |view: &View| -> Vec<(String, Target)> {
        let hits = radar::system(&report, view).hits.into_iter();
        hits.filter(|hit| hit.description.contains(" calls ")).map(|hit| (hit.description, hit.target)).collect()
    };
    let view = view(920.0, 640.0, &report);
    assert_eq!(calls(&view), []);
    let name = |service: usize| report.services[service].name.as_str();
    let found = calls(&View { hovered: Some(Target::Service(2)), ..view });
    assert_eq!(
        found,
        [
            (format!("{} calls {}", name(0), name(2)), Target::Service(0)),
            (format!("{} calls {}", name(2), name(3)), Target::Service(3)),
        ]
    );
}

#[test]
fn chords_keep_clear_of_the_number() {
    let report = example::incident();
    let scene = radar::system(&report, &view(920.0, 640.0, &report));
    let number = texts(&scene).into_iter().find(|(content, _)| content.starts_with("0.")).unwrap().1;
    let mut chords = 0;
    for hit in &scene.hits {
        let Region::Near { points, .. } = &hit.region else { continue };
        chords += 1;
        for (x, y) in points {
            let inside = (number.0..number.0 + number.2).contains(x) && (number.1..number.1 + number.3).contains(y);
            assert!(!inside, "{:?} crosses the number", hit.target);
        }
    }
    assert!(chords >= 8);
}

#[test]
fn the_fold_holds_the_calm_and_opens() {
    let report = example::services(60);
    let folded = radar::system(&report, &view(920.0, 640.0, &report));
    assert!(texts(&folded).iter().any(|(content, _)| content == "51 calm services"));
    let shown = |scene: &Scene| scene.order.iter().filter(|target| matches!(target, Target::Service(_))).count();
    assert_eq!(shown(&folded), 9);
    let open = radar::system(&report, &View { fold_open: true, ..view(920.0, 640.0, &report) });
    assert_eq!(shown(&open), 60);
    assert!(open.order.contains(&Target::Fold));
    // A calm service that is selected comes out of the fold.
    let selected = View { selected: Some(Target::Service(5)), ..view(920.0, 640.0, &report) };
    assert!(radar::system(&report, &selected).order.contains(&Target::Service(5)));
}

#[test]
fn nothing_is_called_calm_of_which_nothing_is_known() {
    let mut report = example::healthy(40);
    report.states.iter_mut().for_each(|state| state.class = Class::Insufficient);
    let scene = radar::system(&report, &View::new(920.0, 640.0));
    assert!(texts(&scene).iter().any(|(content, _)| content == "40 services"));
}

#[test]
fn the_table_holds_every_cell() {
    let report = example::incident();
    let rows = scene::table(&report, Some(report.replay.start_frame));
    assert_eq!(rows.len(), 11 * 3);
    let cart = rows.iter().find(|row| row.subject == Subject::Service(2) && row.scale == Scale::Macro).unwrap();
    assert_eq!((cart.name.as_str(), cart.class), ("cart", Class::Fragmented));
    assert!(cart.score > 1.0 && cart.consonance.is_some() && !cart.evidence.is_empty());
    assert_eq!(scene::service_table(&report, 2, None).len(), 5 * 3);
    assert!(scene::service_table(&report, 99, None).is_empty());
}

/// Numbers that an analysis must never give, and a file may still hold.
fn odd() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(0.0),
        Just(-1.0),
        Just(f64::MAX),
        Just(f64::MIN_POSITIVE),
        -10.0..1e4_f64,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn absurd_numbers_never_reach_a_shape(
        width in odd(), height in odd(), consonance in odd(), score in odd(), period in odd(), beat in odd(),
        strength in odd(), lag in odd(), at in any::<i64>(), values in prop::collection::vec(odd(), 0..40), class in 0..6_usize,
        frame in prop::option::of(0..300_usize), sized in any::<bool>(),
    ) {
        let mut report = example::services(20);
        let classes =
            [Class::Insufficient, Class::Steady, Class::Periodic, Class::Beating, Class::Jagged, Class::Fragmented];
        for state in &mut report.states {
            state.class = classes[class];
            state.consonance = Some(consonance);
            state.score = score;
            state.period_s = Some(period);
            state.beat_period_s = Some(beat);
            state.beat_at_ms = Some(at);
        }
        for track in &mut report.replay.tracks {
            track.consonance.fill(Some(consonance));
            track.spans.iter_mut().for_each(|span| span.score = score);
        }
        for relation in &mut report.relations {
            relation.strength = strength;
            relation.lag_s = Some(lag);
        }
        report.series[0].period_s = Some(period);
        let (width, height) = if sized { (600.0, 500.0) } else { (width, height) };
        let view = View { frame, ..View::new(width, height) };
        let chart = ChartData {
            series: 0,
            times_ms: values.iter().enumerate().map(|(index, value)| if *value == -1.0 { f64::NAN } else { index as f64 * 1e4 }).collect(),
            lower: values.clone(),
            upper: values.iter().rev().copied().collect(),
            values,
            ..ChartData::default()
        };
        let times = TimelineView { from_ms: i64::MIN, to_ms: i64::MAX, ..TimelineView::new(&report, width, height) };
        for scene in [
            radar::system(&report, &view),
            radar::service(&report, 0, &view),
            radar::series(&report, &chart, &view),
            timeline(&report, Some(&chart), &TimelineView::new(&report, width, height)),
            timeline(&report, Some(&chart), &times),
        ] {
            prop_assert!(coordinates(&scene).iter().all(|number| number.is_finite()));
            scene.hit(width, height);
        }
    }

    #[test]
    fn time_and_x_invert_each_other(part in 0.0..1.0_f64, width in 200.0..3000.0_f64) {
        let report = example::incident();
        let view = TimelineView::new(&report, width, 180.0);
        let (left, right) = view.plot_px();
        let x = left + (right - left) * part;
        prop_assert!((view.x_at(view.time_at(x) as f64) - x).abs() < 0.01);
        let (from, to) = view.zoomed(0.5, view.time_at(x), (view.from_ms, view.to_ms), 1_000);
        prop_assert!(from >= view.from_ms && to <= view.to_ms);
        prop_assert_eq!(to - from, (view.to_ms - view.from_ms) / 2);
        // The moment under the pointer stays under the pointer.
        let near = TimelineView { from_ms: from, to_ms: to, ..view.clone() };
        prop_assert!((near.x_at(view.time_at(x) as f64) - x).abs() < 1.0);
    }

    #[test]
    fn labels_with_names_of_any_length_stay_apart(
        names in prop::collection::vec("[a-zA-Z0-9_-]{0,60}", 1..40), width in 320.0..1400.0_f64, height in 300.0..900.0_f64,
    ) {
        let mut report = example::services(names.len());
        for (service, name) in report.services.iter_mut().zip(names) {
            service.name = name;
        }
        assert_texts_apart(&radar::system(&report, &view(width, height, &report)));
    }
}

#[test]
fn a_long_break_is_a_seam_and_time_still_inverts() {
    let mut report = example::incident();
    let day_ms = 86_400_000;
    let late = report.replay.frames.len() / 2;
    for frame in &mut report.replay.frames[late..] {
        frame.start_ms += day_ms;
        frame.end_ms += day_ms;
    }
    report.dataset.end_ms += day_ms;
    let view = TimelineView::new(&report, 1_000.0, 180.0);
    assert_eq!(view.breaks_ms.len(), 1);
    let (from, to) = view.breaks_ms[0];
    assert!((view.x_at(to as f64) - view.x_at(from as f64) - 14.0).abs() < 1e-6);
    let (left, right) = view.plot_px();
    assert!((view.x_at(view.to_ms as f64) - right).abs() < 1e-6);
    for step in 0..=200 {
        let x = left + (right - left) * f64::from(step) / 200.0;
        assert!((view.x_at(view.time_at(x) as f64) - x).abs() < 0.01, "{x}");
    }
    // Half of the data, not half of the calendar.
    let (near_from, near_to) = view.zoomed(0.5, view.from_ms, (view.from_ms, view.to_ms), 1_000);
    assert_eq!(near_from, view.from_ms);
    assert!((near_to - to).abs() < 60_000 || (near_to - from).abs() < 60_000, "{near_to}, break {from} to {to}");
    let scene = timeline(&report, None, &view);
    assert_texts_apart(&scene);
    assert_eq!(scene.hit((view.x_at(from as f64) + view.x_at(to as f64)) / 2.0, 100.0), Some(Target::Time(to)));
}

#[test]
fn trouble_without_consonance_is_still_seen_and_never_called_a_number() {
    let mut report = example::incident();
    for track in &mut report.replay.tracks {
        track.consonance.fill(None);
    }
    let at_start = view(920.0, 640.0, &report);
    let scene = radar::system(&report, &at_start);
    let cart = Target::Cell { subject: Subject::Service(2), scale: Scale::Macro };
    assert!(!scene.description(cart).unwrap().contains("consonance"));
    let rows = scene::service_table(&report, 2, Some(report.replay.start_frame));
    assert!(rows.iter().all(|row| row.consonance.is_none()));
}
