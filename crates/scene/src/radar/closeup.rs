//! One or two series around a clock, and everything that their picture needs of a Report.

use super::cells::{Cells, is_trouble};
use super::pair as joint;
use super::view::View;
use super::{sectors, turn};
use crate::display::Scene;
use crate::table;
use report::{Accent, ChartData, Class, Offbeat, PatternCount, Relation, Report, Subject};

/// What the views of one series and of a pair show. It stands for itself, so that another program can draw it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Closeup {
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// Whether labels are shown.
    pub labels: bool,
    /// Minutes that the clock of the reader's zone is ahead of UTC.
    pub offset_min: i64,
    /// The moment that is shown, in milliseconds; `None` is all of the data.
    pub now_ms: Option<i64>,
    /// The series: one, or the two of a relation, the one that leads first.
    pub players: Vec<Player>,
    /// The relation of the two.
    pub joined: Option<Relation>,
}

/// One series of a close-up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Player {
    /// Its values.
    pub chart: ChartData,
    /// Its service.
    pub service: String,
    /// Its name within the service.
    pub metric: String,
    /// The symbol of its unit.
    pub unit: String,
    /// Its strongest period.
    pub period_s: Option<f64>,
    /// What it is like at the moment that is shown, in words.
    pub words: String,
    /// Whether it stands still, so that it is drawn at the scale of its own level.
    pub is_steady: bool,
    /// Whether it is in trouble.
    pub is_trouble: bool,
    /// Its accents; where there are none, values outside of the normal band are taken for such.
    pub accents: Vec<Accent>,
    /// Its runs on weak beats in the place of strong ones.
    pub offbeats: Vec<Offbeat>,
    /// From so many bits on, a value is beyond what the whole series makes likely.
    pub limit_bits: Option<f64>,
    /// The patterns of accents that the user asked for.
    pub patterns: Vec<PatternCount>,
}

report::struct_bytes! {
    Closeup { width_px, height_px, labels, offset_min, now_ms, players, joined }
    Player { chart, service, metric, unit, period_s, words, is_steady, is_trouble, accents, offbeats, limit_bits, patterns }
}

impl Closeup {
    /// One series, as [`super::series`] shows it.
    pub fn series(report: &Report, chart: &ChartData, view: &View) -> Self {
        let cells = Cells::at(report, view.frame);
        Self { players: vec![Player::of(report, &cells, chart.series, chart)], ..Self::of(report, view) }
    }

    /// The two series of a relation, as [`super::pair`] shows them; of a relation that is not there, nothing. A chart of
    /// another series counts as empty.
    pub fn pair(report: &Report, relation: usize, charts: [&ChartData; 2], view: &View) -> Self {
        let Some(joined) = report.relations.get(relation) else { return Self::of(report, view) };
        let cells = Cells::at(report, view.frame);
        let ends = [joined.from, joined.to].into_iter().zip(charts);
        let players = ends.map(|(series, chart)| Player::of(report, &cells, series, chart)).collect();
        Self { players, joined: Some(joined.clone()), ..Self::of(report, view) }
    }

    fn of(report: &Report, view: &View) -> Self {
        let frame = view.frame.and_then(|frame| report.replay.frames.get(frame));
        Self {
            width_px: view.width_px,
            height_px: view.height_px,
            labels: view.labels,
            offset_min: view.offset_min.into(),
            now_ms: frame.map(|frame| frame.end_ms),
            ..Self::default()
        }
    }

    /// The picture.
    pub fn draw(&self) -> Scene {
        match (self.players.as_slice(), &self.joined) {
            ([player], None) => turn::draw(self, player),
            ([from, to], Some(joined)) => joint::draw(self, [from, to], joined),
            _ => Scene::new(self.width_px, self.height_px),
        }
    }

    pub(super) fn clock_ahead(&self) -> i32 {
        i32::try_from(self.offset_min).unwrap_or(0)
    }
}

impl Player {
    fn of(report: &Report, cells: &Cells, position: usize, chart: &ChartData) -> Self {
        let column = cells.series.get(position);
        let classes: Vec<Class> =
            column.map(|column| column.iter().map(|cell| cell.class).collect()).unwrap_or_default();
        let worst = column.and_then(|column| column.iter().max_by(|one, other| one.class.cmp(&other.class)));
        let summary = report.series.get(position);
        let name = summary.map_or("series", |series| series.name.as_str());
        let state = worst.map(|cell| table::describe(cell.class, None, cell.score)).unwrap_or_default();
        let text = |text: Option<&String>| text.cloned().unwrap_or_default();
        let chart = if chart.series == position {
            chart.clone()
        } else {
            ChartData { series: position, ..ChartData::default() }
        };
        let service = summary.and_then(|series| report.services.get(series.service));
        Self {
            chart,
            service: text(service.map(|service| &service.name)),
            metric: sectors::name(report, Subject::Series(position)).to_owned(),
            unit: text(summary.map(|series| &series.unit)),
            period_s: summary.and_then(|series| series.period_s),
            words: format!("{name}: {state}"),
            is_steady: classes.iter().all(|class| *class <= Class::Steady),
            is_trouble: classes.iter().any(|class| is_trouble(*class)),
            accents: summary.map(|series| series.accents.clone()).unwrap_or_default(),
            offbeats: summary
                .and_then(|series| series.rhythm.as_ref())
                .map(|rhythm| rhythm.offbeats.clone())
                .unwrap_or_default(),
            limit_bits: summary.and_then(|series| series.expectation.as_ref()).map(|told| told.limit_bits),
            patterns: summary.map(|series| series.patterns.clone()).unwrap_or_default(),
        }
    }
}

/// The series view: the angle is time folded at the dominant period, the radius is the value.
///
/// A periodic series is drawn over a regular polygon with one vertex per cycle, placed where the cycle is highest; a
/// series without a period takes one turn for the whole window. Accents are marks ([`crate::Target::Time`]) on a stem that
/// stands on the median; those of the turn that is shown carry the signs of their foot. Thin lines around the turn that is
/// shown are the interval that was expected, bars at the edge how surprising its values were, in bits. Where the user asked
/// for patterns of accents, dots outside of the ring mark where each begins. A steady series keeps the scale of
/// its own level, so that it is a circle. An empty chart gives empty rings.
pub fn series(report: &Report, chart: &ChartData, view: &View) -> Scene {
    Closeup::series(report, chart, view).draw()
}

/// The pair view of a relation: the series that leads on the inner ring, the one that follows on the outer ring, both
/// folded at the period at which they are related, if it is a period of one of them. Otherwise one turn is the whole window.
///
/// Both rings have one clock, so that what goes together stands at one angle. Crests are marked; the arc between the rings
/// leads from a crest of the inner series to the next one of the outer, where one follows the other. Of a beat, time is
/// folded at the inner series' period, and the outer one wanders. Charts of other series, or without values, give empty
/// rings.
pub fn pair(report: &Report, relation: usize, charts: [&ChartData; 2], view: &View) -> Scene {
    Closeup::pair(report, relation, charts, view).draw()
}
