//! `monteverdi pair`: how two series move together at every period.

use crate::failure::Failure;
use crate::output;
use crate::reader::Files;
use clap::Args;
use report::PairSpectrum;
use std::io::Write;

/// Arguments of `pair`.
#[derive(Args, Debug)]
pub(crate) struct Pair {
    /// The series that the gain goes from
    #[arg(value_name = "FROM")]
    from: String,
    /// The series that it goes to
    #[arg(value_name = "TO")]
    to: String,
    #[command(flatten)]
    files: Files,
    /// As JSON, as the npm package gives it
    #[arg(long)]
    json: bool,
}

impl Pair {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let dataset = self.files.read()?;
        let place = |name: &str| {
            dataset.series.iter().position(|series| series.name == name).ok_or_else(|| {
                let some: Vec<&str> = dataset.series.iter().take(8).map(|series| series.name.as_str()).collect();
                let count = dataset.series.len();
                Failure::input(format_args!("There is no series `{name}`; there are {count}: {} …", some.join(", ")))
            })
        };
        let (from, to) = (place(&self.from)?, place(&self.to)?);
        let analysis = crate::analysis::analyze(dataset, &engine::Options::default())?;
        let Some(spectrum) = analysis.pair_spectrum(from, to) else {
            return Err(Failure::input("The two have too few samples in common for a spectrum; give a longer time."));
        };
        if self.json {
            return output::json(&spectrum);
        }
        let mut out = output::stdout();
        write(&mut out, &spectrum)?;
        Ok(out.flush()?)
    }
}

/// One line per period; an empty cell where there is no value.
fn write(out: &mut impl Write, spectrum: &PairSpectrum) -> Result<(), Failure> {
    writeln!(out, "scale,period_s,coherence,threshold,phase_rad,phase_plus_minus_rad,gain_db")?;
    for band in &spectrum.bands {
        for index in 0..band.period_s.len() {
            let cell = |values: &[f64]| match values.get(index) {
                Some(value) if value.is_finite() => value.to_string(),
                _ => String::new(),
            };
            let columns = [&band.phase, &band.phase_plus_minus, &band.gain_db].map(|values| cell(values));
            let (period_s, coherence) = (cell(&band.period_s), cell(&band.coherence));
            let (scale, threshold) = (band.scale.name(), band.threshold);
            writeln!(out, "{scale},{period_s},{coherence},{threshold},{}", columns.join(","))?;
        }
    }
    Ok(())
}
