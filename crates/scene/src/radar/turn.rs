//! The series view: one series around the clock of its own period.

use super::accents::{Mark, marks};
use super::closeup::{Closeup, Player};
use super::folded::Folded;
use crate::axis::moments_ms;
use crate::display::{Anchor, Baseline, Command, Path, Scene, Stroke, Text, Weight};
use crate::hit::{Hit, Region, Target};
use crate::paint::Paint;
use crate::polar::{Polar, Slice, sine_cosine};
use crate::text;
use order::ascending;
use report::{Offbeat, PatternCount, Surprise, format};
use std::f64::consts::TAU;

/// Below this width, times stand without their day.
const NARROW_PX: f64 = 480.0;
/// No more points than this are drawn.
const MOST_POINTS: usize = 4_000;
/// From so many bits on, which come once in a thousand values, a value has a bar at the edge; a bar grows no further than
/// the other.
const FEWEST_BITS: f64 = 10.0;
const MOST_BITS: f64 = 64.0;

/// See [`super::closeup::series`].
pub(super) fn draw(closeup: &Closeup, player: &Player) -> Scene {
    let mut scene = Scene::new(closeup.width_px, closeup.height_px);
    let Some((polar, outer_px)) = place(&scene, closeup.labels) else { return scene };
    let lane = Lane { inner_px: outer_px * HOLE, outer_px };
    let turn = Turn::new(closeup, player, polar, lane, player.period_s);
    turn.draw_bed(&mut scene);
    if let Some(values) = &turn.values {
        turn.draw_band(&mut scene, values);
        turn.draw_polygon(&mut scene, values);
        turn.draw_expectation(&mut scene, values);
        turn.draw_traces(&mut scene, values);
        turn.draw_accents(&mut scene, values);
        turn.draw_patterns(&mut scene, values);
        if closeup.labels {
            turn.draw_times(&mut scene, values);
        }
    }
    turn.draw_middle(&mut scene);
    scene.order = scene.hits.iter().map(|hit| hit.target).collect();
    scene
}

/// The part of the radius that the middle takes.
pub(super) const HOLE: f64 = 0.34;

/// Where the circle stands and how far it reaches; `None` where there is no room.
pub(super) fn place(scene: &Scene, labels: bool) -> Option<(Polar, f64)> {
    let (width, height) = (scene.width_px, scene.height_px);
    let label_px = match labels {
        true if width < NARROW_PX => 58.0,
        true => 84.0,
        false => 12.0,
    };
    // What stands above the circle on a wide page is kept clear of.
    let margin_px = match labels {
        true if width < NARROW_PX => 60.0,
        true => 84.0,
        false => 24.0,
    };
    let outer_px = ((height - margin_px) / 2.0).min(width / 2.0 - label_px);
    (outer_px >= 24.0).then_some((Polar { x: width / 2.0, y: height / 2.0 }, outer_px))
}

/// The ring that a series is drawn in.
#[derive(Clone, Copy)]
pub(super) struct Lane {
    pub(super) inner_px: f64,
    pub(super) outer_px: f64,
}

/// A series around a clock.
pub(super) struct Turn<'r> {
    closeup: &'r Closeup,
    player: &'r Player,
    polar: Polar,
    lane: Lane,
    pub(super) values: Option<Folded>,
}

impl<'r> Turn<'r> {
    /// Folds a series at a period; over the whole window where there is none.
    pub(super) fn new(
        closeup: &'r Closeup,
        player: &'r Player,
        polar: Polar,
        lane: Lane,
        period_s: Option<f64>,
    ) -> Self {
        let values = Folded::new(&player.chart, period_s, player.is_steady, closeup.clock_ahead());
        Self { closeup, player, polar, lane, values }
    }

    /// The same at the scale of its own movement, however little that is beside its level.
    pub(super) fn moving(mut self) -> Self {
        let period_s = self.values.as_ref().and_then(|values| Some(values.turn_ms / 1_000.0 / values.cycles? as f64));
        self.values = Folded::new(&self.player.chart, period_s, false, self.closeup.clock_ahead());
        self
    }

    fn points(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.player.chart.times_ms.iter().copied().zip(self.player.chart.values.iter().copied())
    }

    fn radius(&self, values: &Folded, value: f64) -> f64 {
        let Lane { inner_px, outer_px } = self.lane;
        let margin_px = (outer_px - inner_px) * 0.07;
        let (low, high) = (inner_px + margin_px, outer_px - margin_px);
        (low + high) / 2.0 + (high - low) / 2.0 * values.deviation(value)
    }

    /// The end of the frame that is shown, or of the data.
    fn now_ms(&self, values: &Folded) -> f64 {
        let now_ms = self.closeup.now_ms.map(|now_ms| now_ms as f64);
        now_ms.map_or(values.end_ms, |now_ms| now_ms.clamp(values.start_ms, values.end_ms))
    }

    pub(super) fn draw_bed(&self, scene: &mut Scene) {
        let slice = Slice { inner_px: self.lane.inner_px, outer_px: self.lane.outer_px, start: 0.0, end: TAU };
        let bed = if self.values.is_none() {
            Paint::Bed
        } else if self.player.is_trouble {
            Paint::Alarm
        } else {
            Paint::Consonance(Some(1.0))
        };
        scene.path(self.polar.outline(&slice, 0.0, 0.0).fill(bed.alpha(0.07)));
        scene.hits.push(Hit {
            region: Region::Slice { polar: self.polar, slice },
            target: Target::Series(self.player.chart.series),
            description: self.player.words.clone(),
        });
        if let Some(values) = &self.values {
            let median = Path::circle(self.polar.x, self.polar.y, self.radius(values, values.median));
            scene.path(median.stroke(Stroke::flat(Paint::Faint.alpha(0.5), 1.0).dashed(&[2.0, 4.0])));
        }
    }

    /// The normal band: over one turn where time is folded, the median of what it was in every turn.
    pub(super) fn draw_band(&self, scene: &mut Scene, values: &Folded) {
        const BINS: usize = 180;
        let mut bins = vec![(Vec::new(), Vec::new()); BINS];
        for ((time_ms, lower), upper) in
            self.player.chart.times_ms.iter().zip(&self.player.chart.lower).zip(&self.player.chart.upper)
        {
            if !(time_ms.is_finite() && lower.is_finite() && upper.is_finite()) {
                continue;
            }
            let bin = ((values.angle(*time_ms) / TAU * BINS as f64) as usize).min(BINS - 1);
            if let Some((lows, highs)) = bins.get_mut(bin) {
                lows.push(*lower);
                highs.push(*upper);
            }
        }
        let middle_of = |numbers: &mut Vec<f64>| {
            ascending(numbers);
            numbers.get(numbers.len() / 2).copied()
        };
        let edges: Vec<(f64, f64, f64)> = bins
            .iter_mut()
            .enumerate()
            .filter_map(|(bin, (lows, highs))| {
                Some(((bin as f64 + 0.5) / BINS as f64 * TAU, middle_of(lows)?, middle_of(highs)?))
            })
            .collect();
        if edges.len() < 3 {
            return;
        }
        let close = values.cycles.is_some().then(|| edges.first().map(|edge| (edge.0 + TAU, edge.1, edge.2))).flatten();
        let edges: Vec<_> = edges.into_iter().chain(close).collect();
        let outer = edges.iter().map(|(angle, _, high)| (self.radius(values, *high), *angle));
        let inner = edges.iter().rev().map(|(angle, low, _)| (self.radius(values, *low), *angle));
        scene.path(self.polar.polyline(outer.chain(inner)).close().fill(Paint::Consonance(Some(1.0)).alpha(0.16)));
    }

    /// The points of the turn that holds the cursor, up to the cursor: position and angle.
    fn current(&self, values: &Folded) -> impl Iterator<Item = (usize, f64)> {
        let now_ms = self.now_ms(values);
        let now_turn = values.turn_of(now_ms);
        let times = self.player.chart.times_ms.iter().copied().enumerate();
        times
            .filter(move |(_, time_ms)| *time_ms <= now_ms && values.turn_of(*time_ms) == now_turn)
            .map(|(index, time_ms)| (index, values.angle(time_ms)))
    }

    /// What was expected of the values of the turn that is shown: the interval as two lines, and at the edge how surprising
    /// the values were.
    fn draw_expectation(&self, scene: &mut Scene, values: &Folded) {
        let chart = &self.player.chart;
        for edge in [&chart.low, &chart.high] {
            let at = |(index, angle): (usize, f64)| {
                let value = edge.get(index).copied().unwrap_or(f64::NAN);
                (if value.is_finite() { self.radius(values, value) } else { f64::NAN }, angle)
            };
            let line = self.polar.polyline(self.current(values).map(at));
            scene.path(line.stroke(Stroke::round(Paint::Muted.alpha(0.8), 0.8)));
        }
        let limit = self.player.limit_bits.unwrap_or(f64::INFINITY);
        let (mut usual, mut strange) = (Path::new(), Path::new());
        for (index, angle) in self.current(values) {
            let bits = chart.bits.get(index).copied().filter(|bits| *bits >= FEWEST_BITS);
            let Some(bits) = bits else { continue };
            let reach_px = (self.lane.outer_px - self.lane.inner_px) * 0.12 * (bits / MOST_BITS).min(1.0);
            let (from, to) =
                (self.polar.point(self.lane.outer_px, angle), self.polar.point(self.lane.outer_px - reach_px, angle));
            let bars = if bits >= limit { &mut strange } else { &mut usual };
            bars.commands.extend([Command::Move { x: from.0, y: from.1 }, Command::Line { x: to.0, y: to.1 }]);
        }
        scene.path(usual.stroke(Stroke::flat(Paint::Muted.alpha(0.7), 1.0)));
        scene.path(strange.stroke(Stroke::flat(Paint::Alarm, 2.0)));
    }

    /// The least expected value of the turn that is shown, in words.
    fn strangest(&self, values: &Folded) -> Option<String> {
        let chart = &self.player.chart;
        let of = |column: &[f64], index: usize| column.get(index).copied().filter(|number| number.is_finite());
        let bits = self.current(values).filter_map(|(index, _)| Some((index, of(&chart.bits, index)?)));
        let (index, bits) = bits.max_by(|a, b| a.1.total_cmp(&b.1))?;
        let at_ms = of(&chart.times_ms, index)? as i64;
        let surprise = Surprise {
            at_ms,
            value: of(&chart.values, index)?,
            expected: of(&chart.expected, index)?,
            low: of(&chart.low, index)?,
            high: of(&chart.high, index)?,
            bits,
        };
        let at = format::date_time(at_ms, self.closeup.clock_ahead());
        Some(format!("least expected of this turn: {at} {}", surprise.words(&self.player.unit)))
    }

    /// Where the user's patterns begin.
    fn draw_patterns(&self, scene: &mut Scene, values: &Folded) {
        for found in &self.player.patterns {
            let words = pattern_words(found);
            for at_ms in &found.at_ms {
                let (x, y) = self.polar.point(self.lane.outer_px + 3.0, values.angle(*at_ms as f64));
                scene.path(Path::circle(x, y, 2.6).fill(Paint::Ink));
                scene.hits.push(Hit {
                    region: Region::Rect { x: x - 6.0, y: y - 6.0, width: 12.0, height: 12.0 },
                    target: Target::Time(*at_ms),
                    description: format!(
                        "{} begins at {}; {words}",
                        found.pattern,
                        format::date_time(*at_ms, self.closeup.clock_ahead())
                    ),
                });
            }
        }
    }

    /// Every turn as a faint line, the one that holds the cursor in full.
    pub(super) fn draw_traces(&self, scene: &mut Scene, values: &Folded) {
        let length = self.player.chart.times_ms.len().min(self.player.chart.values.len());
        let step = length.div_ceil(MOST_POINTS).max(1);
        let now_ms = self.now_ms(values);
        let now_turn = values.turn_of(now_ms);
        let mut earlier: Vec<(f64, f64)> = Vec::new();
        let mut current: Vec<(f64, f64)> = Vec::new();
        let mut outside: Vec<(f64, f64)> = Vec::new();
        let mut before: Option<(i64, bool, usize)> = None;
        let edge = |edges: &[f64], index: usize| edges.get(index).copied().unwrap_or(f64::NAN);
        for (index, (time_ms, value)) in self.points().enumerate().step_by(step) {
            if !time_ms.is_finite() {
                continue;
            }
            let turn = values.turn_of(time_ms);
            let point = (self.radius(values, value), values.angle(time_ms));
            let is_current = turn == now_turn && time_ms <= now_ms;
            let line = if is_current { &mut current } else { &mut earlier };
            let part = values.breaks_ms.iter().filter(|(_, to)| time_ms >= *to).count();
            if before != Some((turn, is_current, part)) {
                line.push((f64::NAN, 0.0));
                before = Some((turn, is_current, part));
            }
            line.push(point);
            let is_outside =
                value > edge(&self.player.chart.upper, index) || value < edge(&self.player.chart.lower, index);
            outside.push(if is_current && is_outside { point } else { (f64::NAN, 0.0) });
        }
        let alpha = if values.cycles.is_some() { 0.22 } else { 0.4 };
        scene.path(self.polar.polyline(earlier).stroke(Stroke::round(Paint::Muted.alpha(alpha), 1.0)));
        let tip = current.iter().rev().find(|(radius, _)| radius.is_finite()).copied();
        scene.path(self.polar.polyline(current).stroke(Stroke::round(Paint::Ink.alpha(0.9), 1.5)));
        scene.path(self.polar.polyline(outside).stroke(Stroke::round(Paint::Alarm, 1.8)));
        if let Some((radius, angle)) = tip.filter(|_| self.closeup.now_ms.is_some()) {
            let (x, y) = self.polar.point(radius, angle);
            scene.path(Path::circle(x, y, 3.5).fill(Paint::Ink).stroke(Stroke::round(Paint::Surface, 1.5)));
        }
    }

    /// The regular polygon of a periodic series.
    fn draw_polygon(&self, scene: &mut Scene, values: &Folded) {
        let Some(cycles) = values.cycles else { return };
        let vertices = self.vertices(values, cycles);
        let radius = self.radius(values, self.crest(values));
        let outline = self.polar.polyline(vertices.iter().map(|angle| (radius, *angle))).close();
        let tint = Paint::Consonance(Some(1.0));
        scene.path(outline.stroke(Stroke::round(tint, 2.0)));
        let mut marks = Path::new();
        for angle in &vertices {
            let (x, y) = self.polar.point(radius, *angle);
            marks.push_circle(x, y, 3.2);
        }
        scene.path(marks.fill(tint));
    }

    /// The angles at which the cycles are highest: the phase of the values' first harmonic at the period.
    pub(super) fn vertices(&self, values: &Folded, cycles: usize) -> Vec<f64> {
        let (mut cosine, mut sine) = (0.0, 0.0);
        for (time_ms, value) in self.points().filter(|(time_ms, value)| time_ms.is_finite() && value.is_finite()) {
            let phase = values.angle(time_ms) * cycles as f64;
            // One outlier must not turn the polygon.
            let deviation = values.deviation(value).clamp(-0.5, 0.5);
            let (phase_sine, phase_cosine) = sine_cosine(phase);
            cosine += deviation * phase_cosine;
            sine += deviation * phase_sine;
        }
        let first = sine.atan2(cosine) / cycles as f64;
        (0..cycles).map(|cycle| first + TAU * cycle as f64 / cycles as f64).collect()
    }

    /// A usual highest value of a cycle: the ninetieth percentile.
    fn crest(&self, values: &Folded) -> f64 {
        let mut finite: Vec<f64> = self.points().map(|(_, value)| value).filter(|value| value.is_finite()).collect();
        ascending(&mut finite);
        finite.get(finite.len() * 9 / 10).copied().unwrap_or(values.median)
    }

    pub(super) fn draw_accents(&self, scene: &mut Scene, values: &Folded) {
        let foot_px = self.radius(values, values.median);
        let now_turn = values.turn_of(self.now_ms(values));
        for Mark { time_ms, value, foot, offbeat } in marks(self.player) {
            let angle = values.angle(time_ms);
            let (base, head) = (self.polar.point(foot_px, angle), self.polar.point(self.radius(values, value), angle));
            let stem = Path::new().move_to(base.0, base.1).line_to(head.0, head.1);
            scene.path(stem.stroke(Stroke::round(Paint::Alarm.alpha(0.8), 1.25)));
            if offbeat.is_some() {
                // A ring instead of a disc: it stands off the beat.
                scene.path(Path::circle(base.0, base.1, 1.8).fill(Paint::Alarm));
                let ring = Path::circle(head.0, head.1, 4.2).fill(Paint::Surface);
                scene.path(ring.stroke(Stroke::round(Paint::Alarm, 1.8)));
            } else {
                let mut ends = Path::circle(base.0, base.1, 1.8);
                ends.push_circle(head.0, head.1, 3.6);
                scene.path(ends.fill(Paint::Alarm));
            }
            let unit = &self.player.unit;
            scene.hits.push(Hit {
                region: Region::Rect { x: head.0 - 8.0, y: head.1 - 8.0, width: 16.0, height: 16.0 },
                target: Target::Time(time_ms as i64),
                description: format!(
                    "accent at {}: {}{}{}",
                    format::date_time(time_ms as i64, self.closeup.clock_ahead()),
                    format::quantity(value, unit),
                    foot.map(|foot| format!(", of an {}", foot.name())).unwrap_or_default(),
                    offbeat.map(|off| self.off_the_beat(&off)).unwrap_or_default()
                ),
            });
            // The signs of all turns would stand on each other.
            if let Some(foot) = foot.filter(|_| self.closeup.labels && values.turn_of(time_ms) == now_turn) {
                let (x, y) = self.polar.point(self.lane.outer_px - 9.0, angle);
                let signs = Text::new(x, y, foot.signs().to_owned()).anchored(Anchor::Middle, Baseline::Middle);
                scene.text(signs.font(10.5, Weight::Semibold).tint(Paint::Alarm).on_surface());
            }
        }
    }

    fn off_the_beat(&self, off: &Offbeat) -> String {
        let due = format::date_time(off.instead_of_ms, self.closeup.clock_ahead());
        format!(", off the beat, instead of {due}")
    }

    /// Times around the circle: how far into the turn, or the reader's clock.
    pub(super) fn draw_times(&self, scene: &mut Scene, values: &Folded) {
        let labels: Vec<(f64, String)> = match values.cycles {
            Some(cycles) => {
                let part = |cycle: usize| cycle as f64 / cycles as f64;
                let words = |cycle: usize| match cycle {
                    0 => "0".to_owned(),
                    _ => format!("+{}", format::duration_s(part(cycle) * values.turn_ms / 1_000.0)),
                };
                (0..cycles).map(|cycle| (part(cycle) * TAU, words(cycle))).collect()
            }
            None if !values.breaks_ms.is_empty() => {
                // Beside a break, the time of day alone would not tell which day.
                let starts = std::iter::once(values.start_ms).chain(values.breaks_ms.iter().map(|(_, to)| *to));
                let words = |start: f64| {
                    if self.closeup.width_px < NARROW_PX {
                        format::tick(start as i64, self.closeup.clock_ahead(), 60_000)
                    } else {
                        format::clock(start as i64, self.closeup.clock_ahead(), 2 * 86_400_000)
                    }
                };
                starts.map(|start| (values.angle(start), words(start))).collect()
            }
            None => {
                let (from_ms, to_ms) = (values.start_ms as i64, values.end_ms as i64);
                let (moments, step) = moments_ms(from_ms, to_ms, self.closeup.clock_ahead(), 9.0);
                let angle = |moment: i64| values.angle(moment as f64);
                moments.iter().map(|at| (angle(*at), format::tick(*at, self.closeup.clock_ahead(), step))).collect()
            }
        };
        for (angle, content) in labels {
            let (from, to) =
                (self.polar.point(self.lane.outer_px, angle), self.polar.point(self.lane.outer_px + 5.0, angle));
            let mark = Path::new().move_to(from.0, from.1).line_to(to.0, to.1);
            scene.path(mark.stroke(Stroke::flat(Paint::Faint, 1.0)));
            let (x, y) = self.polar.point(self.lane.outer_px + 10.0, angle);
            let (sine, cosine) = sine_cosine(angle);
            // The last moment of a turn over the whole window stands beside the first.
            let anchor = match sine {
                s if s > 0.05 => Anchor::Start,
                s if s < -0.05 => Anchor::End,
                _ => Anchor::Middle,
            };
            let text = Text::new(x, y - cosine * 3.0, content).anchored(anchor, Baseline::Middle);
            scene.text(text.font(10.5, Weight::Regular).tint(Paint::Faint));
        }
    }

    /// The metric, its value at the cursor, and how time is folded.
    fn draw_middle(&self, scene: &mut Scene) {
        let unit = &self.player.unit;
        let (value, note) = match &self.values {
            None => (format::NONE.to_owned(), "no data".to_owned()),
            Some(values) => {
                let now_ms = self.now_ms(values);
                let known = self.points().filter(|(time_ms, value)| *time_ms <= now_ms && value.is_finite()).last();
                let value = known.map_or_else(|| format::NONE.to_owned(), |(_, value)| format::quantity(value, unit));
                let turn = format::duration_s(values.turn_ms / 1_000.0);
                let note = match values.cycles {
                    Some(cycles) => format!("{cycles} cycles in {turn}"),
                    None => format!("one turn is {turn}"),
                };
                (value, note)
            }
        };
        let mut words = vec![self.player.words.clone()];
        words.extend(self.values.as_ref().and_then(|values| self.strangest(values)));
        words.extend(self.player.patterns.iter().map(pattern_words));
        let names = [self.player.metric.as_str(), &value, &note];
        draw_middle(scene, self.polar, self.lane.inner_px, names, words.join("; "));
        self.draw_pattern_words(scene);
    }

    /// Below the middle's lines, where there is room, how often the user's patterns stand in the series.
    fn draw_pattern_words(&self, scene: &mut Scene) {
        const SIZE_PX: f64 = 11.0;
        let hole_px = self.lane.inner_px;
        if hole_px < 64.0 {
            return;
        }
        for (line, found) in self.player.patterns.iter().take(2).enumerate() {
            let y = self.polar.y + hole_px * 0.5 + 14.0 * line as f64;
            let words = format!("{}: {}, chance {}", found.pattern, found.count, format::number(found.by_chance));
            let content = text::shorten_name(&words, hole_px * 1.6, SIZE_PX, Weight::Regular);
            let text = Text::new(self.polar.x, y, content).anchored(Anchor::Middle, Baseline::Middle);
            scene.text(text.font(SIZE_PX, Weight::Regular).tint(Paint::Muted));
        }
    }
}

/// `1,1,0: 5 times, by chance 2.1`.
fn pattern_words(found: &PatternCount) -> String {
    let times = format::plural(found.count, "time", "times");
    format!("{}: {times}, by chance {}", found.pattern, format::number(found.by_chance))
}

/// Three lines in the middle: a small one, a large one, a small one. A click there leads back up.
pub(super) fn draw_middle(scene: &mut Scene, polar: Polar, hole_px: f64, words: [&str; 3], description: String) {
    let room_px = hole_px * 1.75;
    let (large_px, small_px) = ((hole_px * 0.28).clamp(11.0, 26.0), (hole_px * 0.13).clamp(8.5, 12.0));
    let [caption, value, note] = words;
    let lines = [
        (-1.0, caption, small_px, Weight::Regular, Paint::Muted),
        (0.0, value, large_px, Weight::Bold, Paint::Ink),
        (1.0, note, small_px, Weight::Regular, Paint::Muted),
    ];
    for (line, content, size_px, weight, paint) in lines {
        let content = text::shorten_name(content, room_px, size_px, weight);
        let y = polar.y + line * (large_px * 0.6 + small_px * 0.7);
        let text = Text::new(polar.x, y, content).anchored(Anchor::Middle, Baseline::Middle);
        scene.text(text.font(size_px, weight).tint(paint));
    }
    scene.hits.push(Hit {
        region: Region::Slice { polar, slice: Slice { inner_px: 0.0, outer_px: hole_px, start: 0.0, end: TAU } },
        target: Target::Centre,
        description,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::Shape;
    use report::ChartData;

    /// Ten turns of a series with an interval around each value, of which the newest but two is surprising.
    fn closeup(bits: f64) -> Closeup {
        let times_ms: Vec<f64> = (0..200).map(|slot| f64::from(slot) * 15_000.0).collect();
        let values: Vec<f64> = (0..200).map(|slot| f64::from(slot % 20)).collect();
        let mut surprise = vec![1.0; 200];
        surprise[197] = bits;
        let chart = ChartData {
            low: values.iter().map(|value| value - 2.0).collect(),
            high: values.iter().map(|value| value + 2.0).collect(),
            expected: values.clone(),
            bits: surprise,
            times_ms,
            values,
            ..ChartData::default()
        };
        let pattern = PatternCount { pattern: "1,1,0".into(), count: 5, by_chance: 2.1, at_ms: vec![60_000, 900_000] };
        let player = Player {
            chart,
            period_s: Some(300.0),
            words: "cpu: periodic".into(),
            limit_bits: Some(20.0),
            patterns: vec![pattern],
            ..Player::default()
        };
        Closeup { width_px: 800.0, height_px: 600.0, labels: true, players: vec![player], ..Closeup::default() }
    }

    fn alarms(closeup: &Closeup) -> usize {
        let is_bar = |shape: &&Shape| {
            matches!(shape, Shape::Path(path)
                if path.stroke.as_ref().is_some_and(|stroke| stroke.tint == Paint::Alarm.into() && stroke.width_px == 2.0)
                && !path.commands.is_empty())
        };
        closeup.draw().shapes.iter().filter(is_bar).count()
    }

    #[test]
    fn the_series_view_tells_what_was_expected_and_where_patterns_stand() {
        let scene = closeup(30.0).draw();
        let said: Vec<&str> = scene.hits.iter().map(|hit| hit.description.as_str()).collect();
        let middle = said.iter().find(|words| words.starts_with("cpu: periodic; ")).copied().unwrap_or_default();
        assert!(middle.contains("least expected of this turn: 1970-01-01 00:49:15 expected 17 (15 to 19)"), "{middle}");
        assert!(middle.ends_with("30 bits; 1,1,0: 5 times, by chance 2.1"), "{middle}");
        let begins = said.iter().filter(|words| words.starts_with("1,1,0 begins at ")).count();
        assert_eq!(begins, 2, "{said:?}");
        assert_eq!(
            (alarms(&closeup(30.0)), alarms(&closeup(15.0))),
            (1, 0),
            "only what is beyond the limit stands out"
        );
    }
}
