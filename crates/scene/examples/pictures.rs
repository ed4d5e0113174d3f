//! Writes pictures of the example Reports, or of one Report, as SVG into a folder:
//! `cargo run --example pictures -- FOLDER [REPORT.json]`.
#![allow(clippy::print_stdout, clippy::expect_used)]

use report::Scale;
use scene::{Target, Theme, TimelineView, View, example, legend, radar, svg, timeline};

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let given = std::env::args().nth(2).map(|path| {
        let json = std::fs::read(path).expect("the Report can be read");
        serde_json::from_slice::<report::Report>(&json).expect("the file is a Report")
    });
    if let Some(report) = given {
        let frame = report.replay.start_frame;
        write(&folder, "given", &radar::system(&report, &View::new(920.0, 640.0).at(frame)));
        write(&folder, "given-whole", &radar::system(&report, &View::new(920.0, 640.0)));
        write(&folder, "given-phone", &radar::system(&report, &View::new(390.0, 330.0).at(frame)));
        write(&folder, "given-timeline", &timeline(&report, None, &TimelineView::new(&report, 1440.0, 190.0)));
        let worst =
            report.incidents.first().and_then(|incident| incident.causes.first()).map_or(0, |cause| cause.service);
        write(&folder, "given-service", &radar::service(&report, worst, &View::new(920.0, 640.0).at(frame)));
        return;
    }
    let incident = example::incident();
    let frame = incident.replay.start_frame;
    let desktop = || View::new(920.0, 640.0).at(frame);
    let phone = || View::new(390.0, 330.0).at(frame);
    let chosen = |view: View| View { selected: Some(Target::Service(2)), ..view };
    let (joined, [from, to]) = example::pair();
    let mut pictures = vec![
        ("system", radar::system(&incident, &chosen(desktop()))),
        ("system-phone", radar::system(&incident, &chosen(phone()))),
        ("system-before", radar::system(&incident, &desktop().at(40))),
        ("system-zoom", radar::system(&incident, &View { zoom: Some(Scale::Macro), ..desktop() })),
        ("service", radar::service(&incident, 2, &desktop())),
        ("series-periodic", radar::series(&incident, &example::periodic_chart(), &desktop().at(30))),
        ("series-leak", radar::series(&incident, &example::chart(), &desktop())),
        ("pair", radar::pair(&joined, 0, [&from, &to], &desktop().at(30))),
        ("pair-phone", radar::pair(&joined, 0, [&from, &to], &phone().at(30))),
        ("empty", radar::system(&report::Report::default(), &View::new(920.0, 640.0))),
    ];
    for (name, count) in [("one", 1), ("two", 2), ("three", 3), ("fifty", 50), ("sixty", 60), ("many", 200)] {
        pictures.push((name, radar::system(&example::services(count), &desktop())));
    }
    pictures.push(("sixty-phone", radar::system(&example::services(60), &phone())));
    pictures.push(("sixty-open", radar::system(&example::services(60), &View { fold_open: true, ..desktop() })));
    pictures.push(("healthy", radar::system(&example::healthy(40), &desktop())));
    let chart = example::chart();
    let timeline =
        |width_px, height_px| timeline(&incident, Some(&chart), &TimelineView::new(&incident, width_px, height_px));
    pictures.push(("timeline", timeline(1440.0, 190.0)));
    pictures.push(("timeline-phone", timeline(390.0, 170.0)));
    pictures.push(("spectrum", scene::spectrum(&example::pair_spectrum(), 420.0, 390.0)));
    pictures.push(("spectrum-phone", scene::spectrum(&example::pair_spectrum(), 330.0, 390.0)));
    pictures.push(("legend", legend(900.0)));
    pictures.push(("legend-phone", legend(390.0)));
    for (name, scene) in pictures {
        write(&folder, name, &scene);
    }
}

fn write(folder: &str, name: &str, scene: &scene::Scene) {
    for (kind, theme) in [("dark", Theme::dark()), ("light", Theme::light())] {
        let path = format!("{folder}/{name}-{kind}.svg");
        std::fs::write(&path, svg::paint(scene, &theme)).expect("the folder can be written to");
    }
}
