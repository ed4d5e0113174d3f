//! The system view and the service view: sectors, rings and chords.

use super::calls;
use super::cells::{Cell, Cells, is_trouble, trouble};
use super::centre::Centre;
use super::chords::{self, Channel};
use super::labels::{self, Label, Margin};
use super::rings::{self, Rings};
use super::sectors::{Sector, Sectors};
use super::view::View;
use crate::contour::{Contour, seed, span_s};
use crate::display::{Anchor, Baseline, Path, Scene, Stroke, Text, Weight};
use crate::hit::{Hit, Region, Target};
use crate::paint::Paint;
use crate::polar::{Polar, Slice, sine_cosine, turned};
use crate::{table, text};
use report::{Class, Report, Scale, Subject, format};
use std::f64::consts::TAU;

/// The system view: a sector per service, a ring per scale, chords between services.
///
/// With more than 16 services the troubled ones come first and the calm ones are folded into one sector
/// ([`Target::Fold`]) until [`View::fold_open`]. An empty Report gives three empty rings.
pub fn system(report: &Report, view: &View) -> Scene {
    let subjects: Vec<Subject> = (0..report.services.len()).map(Subject::Service).collect();
    Circle::new(report, view, Subject::System, &subjects, ("service", "services")).draw()
}

/// The service view: a sector per series of the service. A service that does not exist gives empty rings.
pub fn service(report: &Report, service: usize, view: &View) -> Scene {
    let series = report.services.get(service).map_or(&[][..], |service| &service.series);
    let subjects: Vec<Subject> =
        series.iter().filter(|index| **index < report.series.len()).map(|index| Subject::Series(*index)).collect();
    Circle::new(report, view, Subject::Service(service), &subjects, ("series", "series")).draw()
}

struct Circle<'r> {
    report: &'r Report,
    view: &'r View,
    subject: Subject,
    noun: (&'r str, &'r str),
    cells: Cells,
    sectors: Sectors,
    rings: Rings,
    margin: Margin,
    polar: Polar,
    titles: [String; 3],
}

impl<'r> Circle<'r> {
    fn new(
        report: &'r Report,
        view: &'r View,
        subject: Subject,
        subjects: &[Subject],
        noun: (&'r str, &'r str),
    ) -> Self {
        let cells = Cells::at(report, view.frame);
        let selected = view.selected.and_then(Target::subject);
        let sectors = Sectors::new(report, &cells, subjects, noun, selected, view.fold_open);
        let titles = Scale::ALL.map(|scale| rings::title(report, scale));
        let margin = margin(view, &sectors, &titles[2]);
        let rings =
            Rings::new(margin.outer_px, view.zoom, Scale::ALL.map(|scale| rings::unavailable(report, scale).is_some()));
        Self { report, view, subject, noun, cells, sectors, rings, polar: margin.polar, margin, titles }
    }

    fn draw(self) -> Scene {
        let mut scene = Scene::new(self.view.width_px, self.view.height_px);
        if self.rings.outer_px < 12.0 {
            return scene;
        }
        self.draw_centre_hit(&mut scene);
        for scale in Scale::ALL {
            self.draw_ring(&mut scene, scale);
        }
        self.draw_middle(&mut scene);
        self.draw_fold_ticks(&mut scene);
        self.draw_selection(&mut scene);
        for scale in Scale::ALL {
            self.draw_title(&mut scene, scale);
        }
        if self.view.labels {
            labels::draw(&mut scene, &self.margin, self.labels());
        }
        self.draw_unfold(&mut scene);
        scene.order = self.order(&scene);
        self.draw_focus(&mut scene);
        scene
    }

    fn slice(&self, sector: &Sector, scale: Scale) -> Slice {
        Slice { start: sector.start, end: sector.end, ..self.rings.rings[scale.index()] }
    }

    fn gap_px(&self) -> f64 {
        let narrowest = self.sectors.sectors.iter().map(|sector| sector.end - sector.start).fold(TAU, f64::min);
        (narrowest * self.rings.hole_px * 0.09).clamp(0.35, 2.6)
    }

    fn target(sector: &Sector, scale: Scale) -> Target {
        sector.subject.map_or(Target::Fold, |subject| Target::Cell { subject, scale })
    }

    fn draw_ring(&self, scene: &mut Scene, scale: Scale) {
        let ring = self.rings.rings[scale.index()];
        let reason = rings::unavailable(self.report, scale);
        if reason.is_some() || self.sectors.sectors.is_empty() {
            scene.path(self.polar.outline(&ring, 0.0, 0.0).fill(Paint::Bed.alpha(0.07)));
            let words = reason.map_or_else(|| "no data".to_owned(), str::to_owned);
            scene.hits.push(Hit {
                region: Region::Slice { polar: self.polar, slice: ring },
                target: Target::Scale(scale),
                description: format!("{}: {words}", self.titles[scale.index()]),
            });
            if let Some(reason) = reason {
                self.draw_reason(scene, &ring, reason);
            }
            return;
        }
        let span_s = span_s(scale, self.longest_s(scale));
        let gap_px = self.gap_px();
        for sector in &self.sectors.sectors {
            let slice = self.slice(sector, scale);
            let cell = &sector.column[scale.index()];
            let target = Self::target(sector, scale);
            let is_absent = cell.class == Class::Insufficient;
            let bed = if is_absent { Paint::Bed } else { Paint::Consonance(cell.hue) };
            let emphasis = match (self.view.hovered == Some(target), is_trouble(cell.class)) {
                (true, _) => 0.24,
                (false, true) => 0.15,
                (false, false) if is_absent => 0.07,
                (false, false) => 0.105,
            };
            scene.path(self.polar.outline(&slice, gap_px, 4.0).fill(bed.alpha(emphasis)));
            let contour = Contour {
                class: cell.class,
                score: cell.score,
                period: cell.period_s.map(|period_s| period_s / span_s),
                beat_period: cell.beat_period_s.map(|period_s| period_s / span_s),
                seed: seed(&sector.name, scale),
                since_swell: self.since_swell(cell),
            };
            for path in contour.paths(self.polar, &slice, Paint::Consonance(cell.hue).into()) {
                scene.path(path);
            }
            scene.hits.push(Hit {
                region: Region::Slice { polar: self.polar, slice },
                target,
                description: format!(
                    "{}, {}: {}",
                    sector.name,
                    self.titles[scale.index()],
                    table::describe(cell.class, cell.consonance, cell.score)
                ),
            });
        }
    }

    /// How long the last swell is ago at the moment that is shown, in beat periods.
    fn since_swell(&self, cell: &Cell) -> f64 {
        let (Some(period_s), Some(at_ms)) = (cell.beat_period_s, cell.beat_at_ms) else { return 0.0 };
        let frame = self.view.frame.and_then(|frame| self.report.replay.frames.get(frame));
        let now_ms = frame.map_or(self.report.dataset.end_ms, |frame| frame.end_ms);
        let since = turned((now_ms as f64 - at_ms as f64) / (period_s * 1_000.0), 1.0);
        if since.is_finite() { since } else { 0.0 }
    }

    fn longest_s(&self, scale: Scale) -> Option<f64> {
        self.report.scales.iter().find(|summary| summary.scale == scale).and_then(|summary| summary.to_s)
    }

    /// Why a ring is grey, inside the ring at twelve o'clock.
    fn draw_reason(&self, scene: &mut Scene, ring: &Slice, reason: &str) {
        let size_px = (ring.width_px() * 0.3).clamp(8.0, 11.5);
        let middle_px = ring.middle_px();
        let room_px = 2.0 * (ring.outer_px.powi(2) - (middle_px + size_px * 0.5).powi(2)).max(0.0).sqrt() - 8.0;
        // The first clause says what is needed; the rest is in the description.
        let clause = reason.split("; ").next().unwrap_or(reason);
        let fits = |words: &&str| text::width_px(words, size_px, Weight::Regular) <= room_px;
        // Half a word would only be in the way of the rings' names.
        let Some(words) = [reason, clause].into_iter().find(fits) else { return };
        let text = Text::new(self.polar.x, self.polar.y - middle_px, words.to_owned());
        scene.text(text.anchored(Anchor::Middle, Baseline::Middle).font(size_px, Weight::Regular).tint(Paint::Faint));
    }

    fn draw_centre_hit(&self, scene: &mut Scene) {
        let centre = self.centre();
        scene.hits.push(Hit {
            region: Region::Slice {
                polar: self.polar,
                slice: Slice { inner_px: 0.0, outer_px: self.rings.hole_px, start: 0.0, end: TAU },
            },
            target: Target::Centre,
            description: centre.description(),
        });
    }

    fn centre(&self) -> Centre {
        let caption = match self.subject {
            Subject::System => "consonance".to_owned(),
            subject => super::sectors::name(self.report, subject).to_owned(),
        };
        Centre::new(self.report, &self.cells, self.subject, &caption, self.view.frame, self.view.zoom)
    }

    fn draw_middle(&self, scene: &mut Scene) {
        let is_compact = self.rings.is_compact();
        let mut text_layer = Scene::new(self.view.width_px, self.view.height_px);
        let clear_px = self.centre().draw(&mut text_layer, self.polar, self.rings.hole_px, is_compact) + 3.0;
        let emphasised = [self.view.hovered, self.view.selected].into_iter().flatten().find_map(Target::subject);
        let most = match self.sectors.sectors.len() {
            _ if is_compact => 5,
            0..=24 => 14,
            _ => 8,
        };
        let channel = Channel { polar: self.polar, clear_px, hole_px: self.rings.hole_px, most };
        chords::draw(scene, self.report, &self.sectors.sectors, emphasised, &channel);
        calls::draw(scene, self.report, &self.sectors.sectors, emphasised, &channel);
        scene.shapes.append(&mut text_layer.shapes);
    }

    /// One tick outside the fold for each subject inside.
    fn draw_fold_ticks(&self, scene: &mut Scene) {
        let Some(fold) = self.sectors.sectors.iter().find(|sector| sector.subject.is_none()) else { return };
        let outer_px = self.rings.outer_px;
        let margin = crate::polar::inset(8.0, outer_px);
        let width = fold.end - fold.start - 2.0 * margin;
        let count = self.sectors.foldable;
        if width <= 0.0 || width * outer_px / (count as f64) < 2.5 {
            return;
        }
        let mut ticks = Path::new();
        for index in 0..count {
            let angle = fold.start + margin + width * (index as f64 + 0.5) / count as f64;
            let (sine, cosine) = sine_cosine(angle);
            let is_under_title = cosine > 0.0 && (sine * outer_px).abs() < self.margin.title_half_px + 6.0;
            if is_under_title {
                continue;
            }
            let ((from_x, from_y), (to_x, to_y)) =
                (self.polar.point(outer_px + 3.0, angle), self.polar.point(outer_px + 6.5, angle));
            ticks = ticks.move_to(from_x, from_y).line_to(to_x, to_y);
        }
        scene.path(ticks.stroke(Stroke::flat(Paint::Faint.alpha(0.7), 1.0)));
    }

    fn draw_selection(&self, scene: &mut Scene) {
        let outer_px = self.rings.outer_px;
        for sector in &self.sectors.sectors {
            let is = |target: Option<Target>| target.is_some_and(|target| is_of(target, sector));
            let (alpha, width_px) = if is(self.view.selected) {
                (1.0, 2.5)
            } else if is(self.view.hovered) {
                (0.45, 1.5)
            } else {
                continue;
            };
            let margin = crate::polar::inset(3.0, outer_px).min((sector.end - sector.start) * 0.2);
            let arc = self.polar.arc_path(outer_px + 5.0, sector.start + margin, sector.end - margin);
            scene.path(arc.stroke(Stroke::round(Paint::Accent.alpha(alpha), width_px)));
        }
    }

    fn draw_title(&self, scene: &mut Scene, scale: Scale) {
        let ring = self.rings.rings[scale.index()];
        let is_zoomed = self.view.zoom == Some(scale);
        let size_px = title_size_px(self.rings.outer_px);
        let content = if self.rings.is_compact() && scale != Scale::Meso {
            scale.name().to_owned()
        } else {
            self.titles[scale.index()].clone()
        };
        let y = self.polar.y - ring.outer_px - (self.rings.outer_px * 0.033).clamp(3.5, 9.5);
        let text = Text::new(self.polar.x, y, content)
            .anchored(Anchor::Middle, Baseline::Middle)
            .font(size_px, if is_zoomed { Weight::Semibold } else { Weight::Regular })
            .tint(if is_zoomed { Paint::Ink } else { Paint::Faint })
            .on_surface();
        let (left, top, width, height) = text::bounds(&text);
        scene.hits.push(Hit {
            region: Region::Rect { x: left - 4.0, y: top - 2.0, width: width + 8.0, height: height + 4.0 },
            target: Target::Scale(scale),
            description: format!("ring {}", self.titles[scale.index()]),
        });
        scene.text(text);
    }

    fn labels(&self) -> Vec<Label> {
        let labels = self.sectors.sectors.iter().map(|sector| {
            let is_selected = self.view.selected.is_some_and(|target| is_of(target, sector));
            let in_trouble = sector.column.iter().any(|cell| is_trouble(cell.class));
            let worst = sector.column.iter().map(|cell| cell.class).max().unwrap_or_default();
            Label {
                content: sector.name.clone(),
                angle: (sector.start + sector.end) / 2.0,
                weight: if is_selected { Weight::Semibold } else { Weight::Regular },
                tint: if is_selected || in_trouble { Paint::Ink } else { Paint::Muted }.into(),
                target: sector.subject.map_or(Target::Fold, Target::of),
                description: format!("{}: {}", sector.name, worst.name()),
                rank: trouble(&sector.column) + if is_selected || sector.subject.is_none() { 1e6 } else { 0.0 },
            }
        });
        labels.collect()
    }

    /// Where the fold is open, the words that close it.
    fn draw_unfold(&self, scene: &mut Scene) {
        if !self.view.fold_open || self.sectors.foldable == 0 {
            return;
        }
        let adjective = if self.sectors.fold_is_calm { "calm" } else { "other" };
        let (one, many) = self.noun;
        let words = [one, many].map(|noun| format!("{adjective} {noun}"));
        let content = format!("fold {}", format::plural(self.sectors.foldable, &words[0], &words[1]));
        let text = Text::new(8.0, self.view.height_px - 8.0, content).font(11.5, Weight::Regular).tint(Paint::Accent);
        let (left, top, width, height) = text::bounds(&text);
        scene.hits.push(Hit {
            region: Region::Rect { x: left - 4.0, y: top - 6.0, width: width + 8.0, height: height + 10.0 },
            target: Target::Fold,
            description: text.content.clone(),
        });
        scene.text(text);
    }

    /// The middle, then every sector from the outside in, then the rings.
    fn order(&self, scene: &Scene) -> Vec<Target> {
        let mut order = vec![Target::Centre];
        for sector in &self.sectors.sectors {
            order.push(sector.subject.map_or(Target::Fold, Target::of));
            if sector.subject.is_some() {
                let available =
                    Scale::ALL.into_iter().filter(|scale| rings::unavailable(self.report, *scale).is_none());
                order.extend(available.map(|scale| Self::target(sector, scale)));
            }
        }
        order.extend(Scale::ALL.map(Target::Scale));
        if self.view.fold_open && scene.hits.iter().any(|hit| hit.target == Target::Fold) {
            order.push(Target::Fold);
        }
        order
    }

    fn draw_focus(&self, scene: &mut Scene) {
        let Some(focused) = self.view.focused else { return };
        let ring = match scene.hits.iter().rev().find(|hit| hit.target == focused).map(|hit| &hit.region) {
            Some(Region::Slice { slice, .. }) if slice.inner_px <= 0.0 => {
                Path::circle(self.polar.x, self.polar.y, slice.outer_px - 2.0)
            }
            Some(Region::Slice { slice, .. }) => self.polar.outline(slice, self.gap_px(), 4.0),
            Some(Region::Rect { x, y, width, height }) => Path::rounded_rect(*x, *y, *width, *height, 4.0),
            Some(Region::Near { points, .. }) => Path::polyline(points.iter().copied()),
            None => return,
        };
        scene.path(ring.stroke(Stroke::round(Paint::Accent, 2.0)));
    }
}

fn is_of(target: Target, sector: &Sector) -> bool {
    match sector.subject {
        Some(subject) => target.subject() == Some(subject),
        None => target == Target::Fold,
    }
}

fn title_size_px(outer_px: f64) -> f64 {
    (outer_px * 0.04).clamp(8.5, 11.0)
}

/// The largest circle that leaves its labels room.
fn margin(view: &View, sectors: &Sectors, outer_title: &str) -> Margin {
    let scene = Scene::new(view.width_px, view.height_px);
    // Where the fold is open, the words that close it have the lowest line to themselves.
    let fold_px = if view.fold_open && sectors.foldable > 0 { 22.0 } else { 0.0 };
    let (width_px, height_px) = (scene.width_px, (scene.height_px - fold_px).max(0.0));
    let is_narrow = width_px < 480.0;
    let size_px = if is_narrow { 11.0 } else { 12.5 };
    let gap_px = if is_narrow { 9.0 } else { 12.0 };
    let (above_px, below_px) = if view.labels { (30.0, 24.0) } else { (22.0, 10.0) };
    let by_height = (height_px - above_px - below_px) / 2.0;
    let widest_px = (width_px * if is_narrow { 0.19 } else { 0.21 }).clamp(40.0, 150.0);
    let side_px = |sector: &Sector| {
        let label_px =
            text::width_px(&sector.name, size_px, Weight::Regular).min(widest_px) + gap_px + labels::EDGE_PX + 1.0;
        let sine = sine_cosine((sector.start + sector.end) / 2.0).0.abs();
        // Beside the circle a label takes all of its width; above and below it, none.
        if sine > 0.35 { (width_px / 2.0 - label_px) / sine.max(0.75) } else { width_px / 2.0 - 10.0 }
    };
    let by_width = if view.labels {
        sectors.sectors.iter().map(side_px).fold(width_px / 2.0 - 14.0, f64::min)
    } else {
        width_px / 2.0 - 10.0
    };
    let outer_px = by_height.min(by_width).max(0.0);
    // What the labels leave over in height is shared evenly.
    let slack = (height_px - above_px - below_px - 2.0 * outer_px).max(0.0) / 2.0;
    Margin {
        polar: Polar { x: width_px / 2.0, y: above_px + slack + outer_px },
        outer_px,
        gap_px,
        width_px,
        height_px,
        size_px,
        title_half_px: text::width_px(outer_title, title_size_px(outer_px), Weight::Regular) / 2.0,
    }
}
