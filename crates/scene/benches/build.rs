//! How long a scene takes to build: `cargo bench -p monteverdi-scene`.

use scene::{Theme, TimelineView, View, example, radar, svg, timeline};

fn main() {
    divan::main();
}

#[divan::bench(args = [10, 50, 200])]
fn system_open(bencher: divan::Bencher, services: usize) {
    let report = example::services(services);
    let view = View { fold_open: true, ..View::new(920.0, 640.0).at(report.replay.start_frame) };
    bencher.bench_local(|| radar::system(&report, &view));
}

#[divan::bench(args = [50, 200])]
fn system_folded(bencher: divan::Bencher, services: usize) {
    let report = example::services(services);
    let view = View::new(920.0, 640.0).at(report.replay.start_frame);
    bencher.bench_local(|| radar::system(&report, &view));
}

#[divan::bench]
fn series_view(bencher: divan::Bencher) {
    let (report, chart) = (example::incident(), example::periodic_chart());
    let view = View::new(920.0, 640.0).at(30);
    bencher.bench_local(|| radar::series(&report, &chart, &view));
}

#[divan::bench]
fn timeline_with_series(bencher: divan::Bencher) {
    let (report, chart) = (example::incident(), example::chart());
    let view = TimelineView::new(&report, 1440.0, 190.0);
    bencher.bench_local(|| timeline(&report, Some(&chart), &view));
}

#[divan::bench]
fn svg_of_fifty_open(bencher: divan::Bencher) {
    let report = example::services(50);
    let scene = radar::system(&report, &View { fold_open: true, ..View::new(920.0, 640.0) });
    bencher.bench_local(|| svg::paint(&scene, &Theme::dark()));
}
