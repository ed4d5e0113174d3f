//! The number in the middle, and how it changes.

use super::cells::Cells;
use crate::display::{Anchor, Baseline, Scene, Text, Weight};
use crate::paint::{Paint, Tint};
use crate::polar::Polar;
use crate::text;
use report::{Replay, Report, Scale, Subject, format};

/// What the middle says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Centre {
    pub(crate) consonance: Option<f64>,
    caption: String,
    number: String,
    note: String,
    note_short: String,
    note_tint: Tint,
}

/// A change that is worth words.
const NOTABLE: f64 = 0.05;
/// At least this much of what is usual counts as usual.
const USUAL: f64 = 0.9;

impl Centre {
    /// The consonance of a subject: the mean over the rings where it is defined, or one ring's where that is zoomed
    /// into. In a frame it is relative to the subject's own usual level.
    pub(crate) fn new(
        report: &Report,
        cells: &Cells,
        subject: Subject,
        caption: &str,
        frame: Option<usize>,
        zoom: Option<Scale>,
    ) -> Self {
        let scales: Vec<Scale> =
            Scale::ALL.into_iter().filter(|scale| zoom.is_none_or(|zoom| zoom == *scale)).collect();
        let column = cells.column(subject).cloned().unwrap_or_default();
        let consonance = mean(scales.iter().filter_map(|scale| column[scale.index()].consonance));
        let (mut note_short, mut note_tint) = (String::new(), Paint::Muted.into());
        let note = match (consonance, frame) {
            (None, _) => "not defined".to_owned(),
            (Some(_), None) => "at its lowest".to_owned(),
            (Some(now), Some(frame)) => {
                if let Some((change, within_s)) = change(&report.replay, subject, &scales, frame, now) {
                    let arrow = if change < 0.0 { "▼" } else { "▲" };
                    note_short = format!("{arrow} {}", format::number((change.abs() * 100.0).round() / 100.0));
                    note_tint = Paint::Consonance(Some(if change < 0.0 { 0.0 } else { 1.0 })).into();
                    format!("{note_short} in {}", format::duration_s(within_s))
                } else {
                    if now >= USUAL { "as usual" } else { "below usual" }.to_owned()
                }
            }
        };
        if note_short.is_empty() {
            note_short.clone_from(&note);
        }
        let number = consonance.map_or_else(|| format::NONE.to_owned(), |value| format::decimals(value, 2));
        Self { consonance, caption: caption.to_owned(), number, note, note_short, note_tint }
    }

    /// The same in words.
    pub(crate) fn description(&self) -> String {
        format!("{} {}, {}", self.caption, self.number, self.note)
    }

    /// Draws it, and gives the radius around the middle that it fills.
    pub(crate) fn draw(&self, scene: &mut Scene, polar: Polar, hole_px: f64, is_compact: bool) -> f64 {
        let number_px = (hole_px * 0.32).clamp(12.0, 36.0);
        let small_px = (hole_px * 0.115).clamp(8.5, 12.5);
        let note = if is_compact { &self.note_short } else { &self.note };
        let most_px = hole_px * if is_compact { 1.6 } else { 1.3 };
        let lines = [
            (-0.92, &self.caption, small_px, Weight::Regular, Paint::Muted.into()),
            (0.0, &self.number, number_px, Weight::Bold, Paint::Ink.into()),
            (0.84, note, small_px, Weight::Regular, self.note_tint),
        ];
        let mut filled_px: f64 = 0.0;
        for (line, content, size_px, weight, tint) in lines {
            let content = text::shorten_name(content, most_px, size_px, weight);
            let y = polar.y + line * (number_px * 0.62 + small_px * 0.62) + number_px * 0.02;
            let half_px = text::width_px(&content, size_px, weight) / 2.0;
            filled_px = filled_px.max({
                let across_px = (y - polar.y).abs() + size_px * 0.4;
                (half_px * half_px + across_px * across_px).sqrt()
            });
            let text = Text::new(polar.x, y, content).anchored(Anchor::Middle, Baseline::Middle);
            scene.text(text.font(size_px, weight).tint(tint));
        }
        filled_px
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}

/// How far consonance has come from the turning point before, and since when, where that is worth words.
fn change(replay: &Replay, subject: Subject, scales: &[Scale], frame: usize, now: f64) -> Option<(f64, f64)> {
    let tracks: Vec<_> = scales.iter().filter_map(|scale| replay.track(subject, *scale)).collect();
    let level =
        |frame: usize| mean(tracks.iter().filter_map(|track| track.consonance_at(frame)).filter(|v| v.is_finite()));
    // Not further back than an eighth of the window: a change is news only while it is recent.
    let earliest = frame.saturating_sub((replay.frames.len() / 8).max(2));
    let before: Vec<(usize, f64)> =
        (earliest..frame).rev().map_while(|index| level(index).map(|level| (index, level))).collect();
    let farthest = before
        .into_iter()
        .reduce(|one, other| if (other.1 - now).abs() > (one.1 - now).abs() { other } else { one })?;
    let change = now.clamp(0.0, 1.0) - farthest.1.clamp(0.0, 1.0);
    let (then, here) = (replay.frames.get(farthest.0)?, replay.frames.get(frame)?);
    // A small step between two usual levels is no news.
    let is_usual = now >= USUAL && farthest.1 >= USUAL - NOTABLE;
    (change.abs() >= NOTABLE && !is_usual).then_some((change, here.end_ms.saturating_sub(then.end_ms) as f64 / 1_000.0))
}
