//! Writes pictures of the example Reports as SVG into a folder: `cargo run --example pictures -- FOLDER`.
#![allow(clippy::print_stdout, clippy::expect_used)]

use report::Scale;
use scene::{Target, Theme, TimelineView, View, example, legend, radar, svg, timeline};

fn main() {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let incident = example::incident();
    let frame = incident.replay.start_frame;
    let desktop = || View::new(920.0, 640.0).at(frame);
    let phone = || View::new(390.0, 330.0).at(frame);
    let chosen = |view: View| View { selected: Some(Target::Service(2)), ..view };
    let mut pictures = vec![
        ("system", radar::system(&incident, &chosen(desktop()))),
        ("system-phone", radar::system(&incident, &chosen(phone()))),
        ("system-before", radar::system(&incident, &desktop().at(40))),
        ("system-zoom", radar::system(&incident, &View { zoom: Some(Scale::Macro), ..desktop() })),
        ("service", radar::service(&incident, 2, &desktop())),
        ("series-periodic", radar::series(&incident, &example::periodic_chart(), &desktop().at(30))),
        ("series-leak", radar::series(&incident, &example::chart(), &desktop())),
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
    pictures.push(("legend", legend(900.0)));
    pictures.push(("legend-phone", legend(390.0)));
    for (name, scene) in pictures {
        for (kind, theme) in [("dark", Theme::dark()), ("light", Theme::light())] {
            let path = format!("{folder}/{name}-{kind}.svg");
            std::fs::write(&path, svg::paint(&scene, &theme)).expect("the folder can be written to");
        }
    }
}
