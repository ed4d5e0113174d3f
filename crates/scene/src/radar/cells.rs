//! What the Report says about each subject on each ring, read in one pass.

use report::{Class, Report, Scale, Subject};

/// One subject on one ring.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cell {
    pub(crate) class: Class,
    pub(crate) consonance: Option<f64>,
    /// The consonance that the cell is coloured by; differs from the above where that is undefined.
    pub(crate) hue: Option<f64>,
    pub(crate) score: f64,
    pub(crate) period_s: Option<f64>,
    pub(crate) beat_period_s: Option<f64>,
    pub(crate) beat_at_ms: Option<i64>,
}

/// One subject on all rings.
pub(crate) type Column = [Cell; 3];

/// All subjects on all rings, at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    pub(crate) system: Column,
    pub(crate) services: Vec<Column>,
    pub(crate) series: Vec<Column>,
}

impl Cells {
    /// The cells in a frame; `None` is the whole window. A frame that the replay does not have is the whole window.
    ///
    /// Consonance is against the subject's own habit: in a frame what it is then, over the whole window the lowest that it
    /// came to. Its absolute value says nothing by itself (a healthy system of many loosely coupled services has a low one),
    /// and stands in only where there is no replay.
    pub(crate) fn at(report: &Report, frame: Option<usize>) -> Self {
        let mut cells = Self {
            system: Column::default(),
            services: vec![Column::default(); report.services.len()],
            series: vec![Column::default(); report.series.len()],
        };
        for state in &report.states {
            if let Some(cell) = cells.get_mut(state.subject, state.scale) {
                *cell = Cell {
                    class: state.class,
                    consonance: finite(state.consonance),
                    hue: None,
                    score: score(state.score),
                    period_s: positive(state.period_s),
                    beat_period_s: positive(state.beat_period_s),
                    beat_at_ms: state.beat_at_ms,
                };
            }
        }
        if let Some(frame) = frame.filter(|frame| *frame < report.replay.frames.len()) {
            for track in &report.replay.tracks {
                if let Some(cell) = cells.get_mut(track.subject, track.scale) {
                    let (class, strength) = track.at(frame);
                    cell.class = class;
                    cell.score = score(strength);
                    cell.consonance = finite(track.consonance_at(frame));
                }
            }
        }
        if frame.is_none_or(|frame| frame >= report.replay.frames.len()) {
            for track in &report.replay.tracks {
                let lowest = track.consonance.iter().flatten().copied().reduce(f64::min);
                if let (Some(cell), Some(lowest)) = (cells.get_mut(track.subject, track.scale), finite(lowest)) {
                    cell.consonance = Some(lowest);
                }
            }
        }
        cells.color(report);
        cells
    }

    /// Where consonance is undefined, trouble takes the dissonant end, and a calm series its service's colour.
    fn color(&mut self, report: &Report) {
        let own = |cell: &Cell| cell.consonance.or_else(|| is_trouble(cell.class).then_some(0.0));
        for cell in self.services.iter_mut().chain([&mut self.system]).flatten() {
            cell.hue = own(cell);
        }
        for (column, series) in self.series.iter_mut().zip(&report.series) {
            let service = self.services.get(series.service);
            for (ring, cell) in column.iter_mut().enumerate() {
                cell.hue = own(cell).or_else(|| service.and_then(|service| service[ring].consonance));
            }
        }
    }

    pub(crate) fn column(&self, subject: Subject) -> Option<&Column> {
        match subject {
            Subject::System => Some(&self.system),
            Subject::Service(index) => self.services.get(index),
            Subject::Series(index) => self.series.get(index),
        }
    }

    fn get_mut(&mut self, subject: Subject, scale: Scale) -> Option<&mut Cell> {
        let column = match subject {
            Subject::System => Some(&mut self.system),
            Subject::Service(index) => self.services.get_mut(index),
            Subject::Series(index) => self.series.get_mut(index),
        };
        column.map(|column| &mut column[scale.index()])
    }
}

/// Whether a class is trouble.
pub(crate) fn is_trouble(class: Class) -> bool {
    matches!(class, Class::Jagged | Class::Fragmented)
}

/// How much a column is in trouble: 0 is calm.
pub(crate) fn trouble(column: &Column) -> f64 {
    let of_cell = |cell: &Cell| match cell.class {
        Class::Fragmented => 200.0 + cell.score,
        Class::Jagged => 100.0 + cell.score,
        _ if cell.score >= 1.0 => cell.score,
        _ => 0.0,
    };
    column.iter().map(of_cell).fold(0.0, f64::max)
}

fn finite(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite()).map(|value| value.clamp(0.0, 1.0))
}

fn positive(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite() && *value > 0.0)
}

fn score(value: f64) -> f64 {
    if value.is_finite() { value.max(0.0) } else { 0.0 }
}
