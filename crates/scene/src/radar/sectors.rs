//! Who gets which sector.

use super::cells::{Cell, Cells, Column, is_trouble, trouble};
use order::sort_by;
use report::{Class, Report, Subject, format};
use std::f64::consts::TAU;

/// With more subjects than this, sectors are ordered by trouble and the calm ones are folded.
pub(crate) const MOST_UNFOLDED: usize = 16;
/// No unfolded sector is wider than this where there is a fold to take the rest.
const WIDEST_BESIDE_FOLD: f64 = TAU / 12.0;

/// One sector.
#[derive(Clone, Debug)]
pub(crate) struct Sector {
    /// Its subject; `None` is the fold.
    pub(crate) subject: Option<Subject>,
    pub(crate) name: String,
    pub(crate) column: Column,
    pub(crate) start: f64,
    pub(crate) end: f64,
}

/// All sectors, with the clock from twelve.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sectors {
    pub(crate) sectors: Vec<Sector>,
    /// How many subjects are folded, or would be.
    pub(crate) foldable: usize,
    /// Whether all of them are calm.
    pub(crate) fold_is_calm: bool,
}

impl Sectors {
    /// Sectors for subjects in the Report's order; `noun` is one and many of them.
    pub(crate) fn new(
        report: &Report,
        cells: &Cells,
        subjects: &[Subject],
        noun: (&str, &str),
        selected: Option<Subject>,
        fold_open: bool,
    ) -> Self {
        let whole = Cells::at(report, None);
        let mut ranked: Vec<(Subject, f64)> =
            subjects.iter().map(|subject| (*subject, whole.column(*subject).map_or(0.0, trouble))).collect();
        let folds = subjects.len() > MOST_UNFOLDED;
        if folds {
            // The order of the whole window, not of the frame: sectors must not jump while time is scrubbed.
            sort_by(&mut ranked, |one, other| other.1.total_cmp(&one.1));
        }
        let shown = if folds {
            ranked.iter().take(MOST_UNFOLDED - 1).filter(|(_, trouble)| *trouble > 0.0).count()
        } else {
            ranked.len()
        };
        let (mut unfolded, mut folded): (Vec<_>, Vec<_>) = (ranked[..shown].to_vec(), ranked[shown..].to_vec());
        if fold_open {
            unfolded = ranked.clone();
        } else if let Some(position) = folded.iter().position(|(subject, _)| Some(*subject) == selected) {
            unfolded.push(folded.remove(position));
        }
        let fold_is_calm = folded.iter().all(|(_, trouble)| *trouble == 0.0);
        let mut sectors: Vec<Sector> = unfolded
            .iter()
            .map(|(subject, _)| Sector {
                subject: Some(*subject),
                name: name(report, *subject).to_owned(),
                column: cells.column(*subject).cloned().unwrap_or_default(),
                start: 0.0,
                end: 0.0,
            })
            .collect();
        let has_fold = folds && !fold_open && !folded.is_empty();
        if has_fold {
            let columns: Vec<&Column> = folded.iter().filter_map(|(subject, _)| cells.column(*subject)).collect();
            let is_unknown = columns.iter().all(|column| column.iter().all(|cell| cell.class == Class::Insufficient));
            // Nothing may be called calm of which nothing is known.
            let adjective = match (is_unknown, fold_is_calm) {
                (true, _) => "",
                (false, true) => "calm ",
                (false, false) => "more ",
            };
            let words = [noun.0, noun.1].map(|noun| format!("{adjective}{noun}"));
            sectors.push(Sector {
                subject: None,
                name: format::plural(folded.len(), &words[0], &words[1]),
                column: gathered(&columns),
                start: 0.0,
                end: 0.0,
            });
        }
        lay_out(&mut sectors, has_fold);
        Self { sectors, foldable: folded.len(), fold_is_calm }
    }
}

fn lay_out(sectors: &mut [Sector], has_fold: bool) {
    let count = sectors.len();
    let each = match count {
        0 => return,
        // The fold is at least as wide as two others.
        _ if has_fold => (TAU / (count as f64 + 1.0)).min(WIDEST_BESIDE_FOLD),
        _ => TAU / count as f64,
    };
    for (index, sector) in sectors.iter_mut().enumerate() {
        sector.start = each * index as f64;
        sector.end = if index + 1 == count { TAU } else { each * (index + 1) as f64 };
    }
}

/// What several subjects look like as one: steady unless one of them is in trouble at that moment.
fn gathered(columns: &[&Column]) -> Column {
    [0, 1, 2].map(|ring| {
        let cells = || columns.iter().map(|column| &column[ring]);
        let worst = cells().map(|cell| cell.class).max().unwrap_or_default();
        let defined: Vec<f64> = cells().filter_map(|cell| cell.hue).collect();
        // Trouble in one of them must not drown in the calm of the others.
        let shown = if is_trouble(worst) {
            defined.iter().copied().fold(1.0, f64::min)
        } else {
            defined.iter().sum::<f64>() / defined.len() as f64
        };
        Cell {
            class: if is_trouble(worst) || worst == Class::Insufficient { worst } else { Class::Steady },
            consonance: None,
            hue: (!defined.is_empty()).then_some(shown),
            score: cells().map(|cell| cell.score).fold(0.0, f64::max),
            period_s: None,
            beat_period_s: None,
            beat_at_ms: None,
        }
    })
}

/// The name of a subject.
pub(crate) fn name(report: &Report, subject: Subject) -> &str {
    match subject {
        Subject::System => "system",
        Subject::Service(index) => report.services.get(index).map_or("", |service| &service.name),
        Subject::Series(index) => report
            .series
            .get(index)
            .map_or("", |series| if series.metric.is_empty() { &series.name } else { &series.metric }),
    }
}
