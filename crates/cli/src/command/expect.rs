//! `monteverdi expect`: what was expected of every value of a series.

use crate::failure::Failure;
use crate::instant::rfc3339;
use crate::output;
use crate::reader::Files;
use clap::Args;
use report::ChartData;
use std::io::Write;

/// Arguments of `expect`.
#[derive(Args, Debug)]
pub(crate) struct Expect {
    #[command(flatten)]
    files: Files,
    /// The series; may be left away where there is only one
    #[arg(long, value_name = "NAME")]
    series: Option<String>,
}

/// So many names are told to somebody who gave none of them.
const NAMES: usize = 12;

impl Expect {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let dataset = self.files.read()?;
        let position = match &self.series {
            Some(name) => dataset.series.iter().position(|series| series.name == *name),
            None => (dataset.series.len() == 1).then_some(0),
        };
        let found = match position {
            Some(position) => engine::expect(&dataset, position, &engine::Options::default())
                .map_err(|error| Failure::input(format_args!("{error}.")))?,
            None => None,
        };
        let Some(chart) = found else {
            let names: Vec<&str> = dataset.series.iter().take(NAMES).map(|series| series.name.as_str()).collect();
            let more = if dataset.series.len() > NAMES { ", …" } else { "" };
            let wanted = self.series.map_or_else(
                || "which series is meant must be said".to_owned(),
                |name| format!("there is no series {name}"),
            );
            return Err(Failure::of("--series", format_args!("{wanted}; there are {}{more}.", names.join(", "))));
        };
        let mut out = output::stdout();
        write(&mut out, &chart)?;
        Ok(out.flush()?)
    }
}

/// One line per slot of the grid; a number that is not known is empty.
fn write(out: &mut impl Write, chart: &ChartData) -> Result<(), Failure> {
    writeln!(out, "time,value,expected,low,high,bits")?;
    for (slot, time_ms) in chart.times_ms.iter().enumerate() {
        write!(out, "{}", rfc3339(*time_ms as i64))?;
        for column in [&chart.values, &chart.expected, &chart.low, &chart.high, &chart.bits] {
            match column.get(slot).filter(|number| number.is_finite()) {
                Some(number) => write!(out, ",{number}")?,
                None => write!(out, ",")?,
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_not_known_is_empty() {
        let chart = ChartData {
            times_ms: vec![0.0, 60_000.0],
            values: vec![1.5, f64::NAN],
            expected: vec![f64::NAN, 2.0],
            low: vec![f64::NAN, 1.0],
            high: vec![f64::NAN, 3.0],
            bits: vec![f64::NAN; 2],
            ..ChartData::default()
        };
        let mut out = Vec::new();
        write(&mut out, &chart).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "time,value,expected,low,high,bits\n1970-01-01T00:00:00Z,1.5,,,,\n1970-01-01T00:01:00Z,,2,1,3,\n"
        );
    }
}
