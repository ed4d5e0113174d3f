//! The facts of the radar as rows, for people who read rather than see.

use crate::radar::subject_name;
use report::{Class, Report, Scale, Subject, format};
use serde::{Deserialize, Serialize};

/// One cell of the radar in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Whose.
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// The ring.
    pub scale: Scale,
    /// The class.
    pub class: Class,
    /// Consonance in 0 to 1; in a frame it is relative to what is usual. `None` where undefined.
    pub consonance: Option<f64>,
    /// The strongest finding's score; 1 is the threshold.
    pub score: f64,
    /// The evidence in one sentence, for the whole window.
    pub evidence: String,
}

/// The cells of the system and of every service, in a frame or over the whole window.
pub fn table(report: &Report, frame: Option<usize>) -> Vec<Row> {
    let services = (0..report.services.len()).map(Subject::Service);
    rows(report, frame, std::iter::once(Subject::System).chain(services))
}

/// The cells of a service and of its series.
pub fn service_table(report: &Report, service: usize, frame: Option<usize>) -> Vec<Row> {
    let series = report.services.get(service).map_or(&[][..], |service| &service.series);
    let series = series.iter().map(|index| Subject::Series(*index));
    rows(report, frame, std::iter::once(Subject::Service(service)).chain(series))
}

fn rows(report: &Report, frame: Option<usize>, subjects: impl Iterator<Item = Subject>) -> Vec<Row> {
    let cells = crate::radar::Cells::at(report, frame);
    let evidence = |subject: Subject, scale: Scale| {
        let state = report.states.iter().find(|state| state.subject == subject && state.scale == scale);
        state.map(|state| state.evidence.clone()).unwrap_or_default()
    };
    let mut rows = Vec::new();
    for subject in subjects {
        let Some(column) = cells.column(subject) else { continue };
        for scale in Scale::ALL {
            let cell = &column[scale.index()];
            rows.push(Row {
                subject,
                name: subject_name(report, subject).to_owned(),
                scale,
                class: cell.class,
                consonance: cell.consonance,
                score: cell.score,
                evidence: evidence(subject, scale),
            });
        }
    }
    rows
}

/// A cell in words: `fragmented, consonance 0.31, score 3.4`.
pub(crate) fn describe(class: Class, consonance: Option<f64>, score: f64) -> String {
    let mut words = class.name().to_owned();
    if let Some(consonance) = consonance {
        words.push_str(&format!(", consonance {}", format::decimals(consonance, 2)));
    }
    if score > 0.0 {
        words.push_str(&format!(", score {}", format::number(score)));
    }
    words
}
