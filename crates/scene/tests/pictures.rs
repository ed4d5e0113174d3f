//! Snapshots of the SVG of every view. A change of the picture shows up here; look at it before you accept it
//! (`cargo run -p monteverdi-scene --example pictures -- FOLDER`).

use report::{Report, Scale};
use scene::{Target, Theme, TimelineView, View, example, legend, radar, svg, timeline};

fn dark(scene: &scene::Scene) -> String {
    svg::paint(scene, &Theme::dark())
}

#[test]
fn system_of_four_services() {
    let report = example::services(4);
    insta::assert_snapshot!(dark(&radar::system(&report, &View::new(460.0, 320.0).at(report.replay.start_frame))));
}

#[test]
fn system_of_ten_services_on_a_phone() {
    let report = example::incident();
    let view = View { selected: Some(Target::Service(2)), ..View::new(390.0, 330.0).at(report.replay.start_frame) };
    insta::assert_snapshot!(svg::paint(&radar::system(&report, &view), &Theme::light()));
}

#[test]
fn system_of_sixty_services_folds_the_calm_ones() {
    let report = example::services(60);
    insta::assert_snapshot!(dark(&radar::system(&report, &View::new(920.0, 640.0).at(report.replay.start_frame))));
}

#[test]
fn service_view() {
    let report = example::incident();
    let view = View { hovered: Some(Target::Series(9)), ..View::new(600.0, 420.0).at(report.replay.start_frame) };
    insta::assert_snapshot!(dark(&radar::service(&report, 2, &view)));
}

#[test]
fn series_view_of_a_periodic_series() {
    let view = View::new(600.0, 420.0).at(30);
    insta::assert_snapshot!(dark(&radar::series(&example::incident(), &example::periodic_chart(), &view)));
}

#[test]
fn series_view_of_a_leak() {
    let view = View::new(390.0, 330.0);
    insta::assert_snapshot!(dark(&radar::series(&example::incident(), &example::chart(), &view)));
}

#[test]
fn pair_view_of_a_leader_and_its_follower() {
    let (report, [from, to]) = example::pair();
    insta::assert_snapshot!(dark(&radar::pair(&report, 0, [&from, &to], &View::new(460.0, 360.0).at(30))));
}

#[test]
fn spectrum_of_a_pair_that_resonates() {
    insta::assert_snapshot!(dark(&scene::spectrum(&example::pair_spectrum(), 420.0, 390.0)));
}

#[test]
fn a_spectrum_without_values_or_room_is_empty() {
    let absurd = report::PairSpectrum { bands: vec![report::SpectrumBand::default()], ..Default::default() };
    assert!(scene::spectrum(&absurd, 420.0, 390.0).shapes.is_empty());
    assert!(scene::spectrum(&example::pair_spectrum(), 60.0, 40.0).shapes.is_empty());
}

#[test]
fn timeline_view() {
    let report = example::incident();
    let view = TimelineView { offset_min: 120, ..TimelineView::new(&report, 390.0, 180.0) };
    insta::assert_snapshot!(dark(&timeline(&report, Some(&example::chart()), &view)));
}

#[test]
fn legend_on_a_phone() {
    insta::assert_snapshot!(dark(&legend(390.0)));
}

#[test]
fn empty_report() {
    let report = Report::default();
    insta::assert_snapshot!(dark(&radar::system(&report, &View::new(390.0, 330.0))));
    insta::assert_snapshot!(dark(&timeline(&report, None, &TimelineView::new(&report, 390.0, 180.0))));
}

#[test]
fn a_scale_without_enough_data_says_why() {
    let mut report = example::services(3);
    report.scales[Scale::Meso.index()].unavailable = Some("6 h of data hold no three cycles of 6 h".to_owned());
    insta::assert_snapshot!(dark(&radar::system(&report, &View::new(900.0, 700.0))));
    // Where there is no room for the words, the description has them: half a word helps nobody.
    let small = radar::system(&report, &View::new(460.0, 320.0));
    assert!(!dark(&small).contains("6 h of"));
    assert!(small.hits.iter().any(|hit| hit.description.contains("6 h of data hold no three cycles")));
}
