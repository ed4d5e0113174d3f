//! Part of an analysis that another program does, and how it crosses to there and back.

use crate::detect::Setting;
use crate::profile::{Look, Profile, View};
use analysis::harmony::Bounds;
use analysis::spectrum::Peak;
use report::bytes::{Bytes, Reader};
use report::{SeriesSummary, struct_bytes};
use series::{Break, TimeGrid};

/// Series that another thread or program is to look at, with all that it needs for that. What comes of it is the same
/// wherever it is done.
#[derive(Debug)]
pub struct Portion {
    pub(crate) view: View,
    pub(crate) series: Vec<Unseen>,
}

/// A series that was not looked at.
#[derive(Debug)]
pub(crate) struct Unseen {
    /// Its place among all.
    pub(crate) place: usize,
    pub(crate) summary: SeriesSummary,
    pub(crate) values: Vec<f64>,
}

/// What came of a portion, for [`Analysis::take_in`](crate::Analysis::take_in).
#[derive(Debug)]
pub struct Answer(pub(crate) Vec<(usize, Look)>);

impl Portion {
    /// Looks at the series, which takes a few milliseconds for every ten thousand values.
    pub fn answer(self) -> Answer {
        let Self { view, series } = self;
        Answer(series.into_iter().map(|one| (one.place, view.look(one.place, one.summary, &one.values))).collect())
    }
}

struct_bytes! {
    Portion { view, series }
    Unseen { place, summary, values }
    Look { summary, findings, profile }
}

impl Bytes for Profile {
    fn write(&self, output: &mut Vec<u8>) {
        let Self { peaks, more_peaks, season, deseasonalised, band } = self;
        write_peaks(peaks, output);
        more_peaks.is_some().write(output);
        if let Some(peaks) = more_peaks {
            write_peaks(peaks, output);
        }
        season.write(output);
        deseasonalised.write(output);
        band.write(output);
    }

    fn read(input: &mut Reader<'_>) -> Self {
        Self {
            peaks: read_peaks(input),
            more_peaks: bool::read(input).then(|| read_peaks(input)),
            season: Bytes::read(input),
            deseasonalised: Bytes::read(input),
            band: Bytes::read(input),
        }
    }
}

fn write_peaks(peaks: &[Peak], output: &mut Vec<u8>) {
    peaks.len().write(output);
    for peak in peaks {
        let Peak { frequency, period_steps, period_low, period_high, power_share, .. } = *peak;
        let Peak { amplitude, phase, ratio, p, cycles, harmonic_of, .. } = *peak;
        for number in
            [frequency, period_steps, period_low, period_high, power_share, amplitude, phase, ratio, p, cycles]
        {
            number.write(output);
        }
        harmonic_of.write(output);
    }
}

fn read_peaks(input: &mut Reader<'_>) -> Vec<Peak> {
    let peaks = (0..input.length()).map(|_| Peak {
        frequency: Bytes::read(input),
        period_steps: Bytes::read(input),
        period_low: Bytes::read(input),
        period_high: Bytes::read(input),
        power_share: Bytes::read(input),
        amplitude: Bytes::read(input),
        phase: Bytes::read(input),
        ratio: Bytes::read(input),
        p: Bytes::read(input),
        cycles: Bytes::read(input),
        harmonic_of: Bytes::read(input),
    });
    peaks.collect()
}

impl Bytes for Answer {
    fn write(&self, output: &mut Vec<u8>) {
        self.0.write(output);
    }

    fn read(input: &mut Reader<'_>) -> Self {
        Self(Bytes::read(input))
    }
}

impl Bytes for View {
    fn write(&self, output: &mut Vec<u8>) {
        let Self { setting, grid, patterns, keeps_bands } = self;
        let Setting { end_of_observation, stretch, missing, step_s, bounds, alpha } = setting;
        end_of_observation.write(output);
        stretch.write(output);
        missing.write(output);
        for number in [*step_s, bounds.macro_from_s, bounds.meso_from_s, *alpha] {
            number.write(output);
        }
        let TimeGrid { start_ms, step_ms, len, breaks } = grid;
        start_ms.write(output);
        step_ms.write(output);
        len.write(output);
        breaks.iter().map(|cut| (cut.slot, cut.skipped_ms)).collect::<Vec<_>>().write(output);
        patterns.write(output);
        keeps_bands.write(output);
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let setting = Setting {
            end_of_observation: Bytes::read(input),
            stretch: Bytes::read(input),
            missing: Bytes::read(input),
            step_s: Bytes::read(input),
            bounds: Bounds { macro_from_s: Bytes::read(input), meso_from_s: Bytes::read(input) },
            alpha: Bytes::read(input),
        };
        let (start_ms, step_ms, len) = (Bytes::read(input), Bytes::read(input), Bytes::read(input));
        let breaks = Vec::<(usize, i64)>::read(input);
        let breaks = breaks.into_iter().map(|(slot, skipped_ms)| Break { slot, skipped_ms }).collect();
        let grid = TimeGrid { start_ms, step_ms, len, breaks };
        Self { setting, grid, patterns: Bytes::read(input), keeps_bands: Bytes::read(input) }
    }
}
