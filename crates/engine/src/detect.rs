//! One series through all detectors.

use crate::Options;
use crate::gap::hidden_step;
use crate::pace::Pace;
use crate::recurrence::{Recurrence, recurrence};
use crate::regime::{self, VarianceStep};
use analysis::anomaly::silence::{self, SilenceOptions};
use analysis::anomaly::spike::{self, Accent, SpikeOptions};
use analysis::change::bend::{Bend, bend};
use analysis::change::climb::climbs;
use analysis::change::level_shift::{LevelShift, LevelShiftOptions, level_shifts};
use analysis::change::period_change::PeriodChange;
use analysis::change::trend::{Trend, TrendOptions, trend};
use analysis::change::variance::{VarianceEscalation, VarianceOptions};
use analysis::expectation::fold::folded_season;
use analysis::expectation::season::{SeasonOptions, decompose};
use analysis::harmony::{Bounds, scale_energy};
use analysis::robust::Standard;
use analysis::spectrum::{Peak, PeakOptions, significant_peaks};

/// The detectors that each series passes; the false-alarm budget is divided among them.
const DETECTORS: f64 = 8.0;
/// A season is taken out only if it holds this share of the variance.
pub(crate) const SEASON_SHARE: f64 = 0.1;
/// A harmonic that holds this many times the variance of its fundamental is a season of its own.
const OVERTONE: f64 = 2.0;
/// A period that is no whole number of slots smears its season: it may drift by this share of a cycle over the window.
const SEASON_DRIFT: f64 = 0.2;
/// The rolling window of the normal band, as a share of the data and in slots.
const WINDOW_SHARE: f64 = 0.1;
const WINDOW_SLOTS: (usize, usize) = (31, 241);
/// By how much Schwarz's criterion must prefer a bend.
const CLEARLY: f64 = 10.0;
/// Accents this close to a level shift are the shift itself.
const SHIFT_GUARD: usize = 3;

/// What one series is like, and what happened to it. Slots refer to the panel's grid.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Median and spread over the window; none without values.
    pub(crate) standard: Option<Standard>,
    /// Significant periods.
    pub(crate) peaks: Vec<Peak>,
    /// The shares of the variance at the three scales; none without variance.
    pub(crate) scale_shares: Option<[f64; 3]>,
    /// The job, the accents and a period that leaves its clock.
    pub(crate) recurrence: Recurrence,
    /// The values without their season; NaN stays NaN.
    pub(crate) deseasonalised: Vec<f64>,
    /// The centre of the normal band, season included.
    pub(crate) band_centre: Vec<f64>,
    /// The edges of the normal band, where a value becomes an accent.
    pub(crate) band_lower: Vec<f64>,
    pub(crate) band_upper: Vec<f64>,
    /// What happened.
    pub(crate) shifts: Vec<LevelShift>,
    pub(crate) drifts: Vec<Trend>,
    pub(crate) accents: Vec<Accent>,
    pub(crate) bend: Option<Bend>,
    pub(crate) variance: Option<VarianceEscalation>,
    pub(crate) steps: Vec<VarianceStep>,
    pub(crate) period_change: Option<PeriodChange>,
    pub(crate) vanished: Option<silence::Vanished>,
    pub(crate) frozen: Option<silence::Frozen>,
}

impl Facts {
    /// Puts values, of which each stands for a slot, in other places; so with the edges of the normal band.
    pub(crate) fn move_values(&mut self, values: impl Fn(&[f64]) -> Vec<f64>, edges: impl Fn(&[f64]) -> Vec<f64>) {
        self.deseasonalised = values(&self.deseasonalised);
        for edge in [&mut self.band_centre, &mut self.band_lower, &mut self.band_upper] {
            *edge = edges(edge);
        }
    }
}

/// The false-alarm probability that one detector on one of `series` series may use.
pub(crate) fn alpha(options: &Options, series: usize) -> f64 {
    options.false_alarm_rate / (DETECTORS * series.max(1) as f64)
}

/// What a column is looked at with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// The last slot in which any series has a value.
    pub(crate) end_of_observation: usize,
    /// The longest stretch of slots in which time goes on without a break: beyond one, no rhythm keeps its beat.
    pub(crate) stretch: (usize, usize),
    /// The longest stretch of time that is left out: the first slot behind it, and how many slots are missing.
    pub(crate) missing: Option<(usize, f64)>,
    /// Seconds from slot to slot.
    pub(crate) step_s: f64,
    pub(crate) bounds: Bounds,
    /// The false-alarm probability of one detector on one series.
    pub(crate) alpha: f64,
}

/// Runs all detectors on one column.
///
/// The season goes first, because a nightly batch is no spike. What lasts goes next: of a staircase of shifts and a
/// straight drift only the better explanation is kept, and of these and a bend again; a drift that happened in a gap is a
/// step. Spikes and growing variance are then looked for in what is left, and variance that grows by spikes alone is theirs,
/// so that one event is not told three times.
///
/// A series that is sampled more rarely than the grid has slots is looked at in its own interval.
pub(crate) fn detect(values: &[f64], setting: &Setting) -> Facts {
    match Pace::of(values) {
        None => detect_evenly(values, setting),
        Some(pace) => {
            let own = Setting {
                end_of_observation: pace.cell_before(setting.end_of_observation),
                stretch: (pace.cell_before(setting.stretch.0), pace.cell_before(setting.stretch.1)),
                missing: setting
                    .missing
                    .map(|(slot, slots)| (pace.cell_before(slot.saturating_sub(1)) + 1, slots / pace.stride())),
                step_s: setting.step_s * pace.stride(),
                ..*setting
            };
            let facts = detect_evenly(&pace.cells(values), &own);
            pace.on_grid(facts, values.len(), setting.end_of_observation)
        }
    }
}

fn detect_evenly(values: &[f64], setting: &Setting) -> Facts {
    let Setting { end_of_observation, stretch, missing, step_s, bounds, alpha } = *setting;
    let mut facts = Facts { standard: Standard::of(values), ..Facts::default() };
    let silence_options = SilenceOptions { alpha, ..SilenceOptions::default() };
    facts.vanished = silence::vanished(values, end_of_observation, &silence_options);
    facts.frozen = silence::frozen(values, &silence_options).filter(|frozen| frozen.score >= 1.0);
    facts.peaks = significant_peaks(values, &PeakOptions::default());
    facts.scale_shares = scale_energy(values, step_s, &bounds).map(|energy| energy.shares);
    facts.recurrence = recurrence(values, stretch, &facts.peaks, step_s, alpha);
    let seasonal = take_season(values, &mut facts);
    let (mut shifts, mut drift) = lasting_changes(&facts.deseasonalised, alpha);
    let hidden = drift.as_ref().and_then(|line| hidden_step(&facts.deseasonalised, line, missing));
    if let Some(step) = hidden {
        (shifts, drift) = (vec![step], None);
    }
    let mut residual = without_changes(&facts.deseasonalised, &shifts, drift.as_ref());
    let mut drifts: Vec<Trend> = drift.into_iter().collect();
    let mut has_begun = false;
    // What climbs through a gap may be a step that nobody saw.
    let is_seen = |line: &Trend| missing.is_none_or(|(slot, _)| !(line.start + 1..=line.end).contains(&slot));
    if let Some(found) = Climbing::of(&facts.deseasonalised, &residual, &shifts, &drifts, alpha)
        .filter(|found| found.climbs.iter().all(is_seen))
    {
        has_begun = true;
        (shifts, drifts, residual) = (found.shifts, found.climbs, found.rest);
    }
    if let Some((bent, rest)) = bent(&facts.deseasonalised, &residual, &shifts, &drifts, has_begun, alpha) {
        (shifts, drifts, residual) = (Vec::new(), Vec::new(), rest);
        facts.bend = Some(bent);
    }
    facts.period_change = regime::period_change(values, &residual, &facts, &shifts, alpha);
    let options = VarianceOptions { alpha, ..VarianceOptions::default() };
    let season = facts.peaks.iter().max_by(|a, b| a.power_share.total_cmp(&b.power_share));
    let season = season.filter(|_| !seasonal.is_empty()).map(|peak| peak.period_steps);
    // What a level, line or period does not explain of a change that it does explain looks like another variance.
    let is_steady = shifts.is_empty() && facts.bend.is_none() && facts.period_change.is_none();
    let behind = missing.map(|(slot, _)| slot);
    (facts.variance, facts.steps) = regime::variance(&residual, season, is_steady, behind, &options);
    let scan = spike::scan_spikes(
        &residual,
        &SpikeOptions { window: band_window(values.len()), alpha, ..SpikeOptions::default() },
    );
    facts.accents = scan
        .accents
        .into_iter()
        .filter(|accent| !shifts.iter().any(|shift| belongs_to_shift(accent, shift)))
        // The band follows louder noise with a delay; what is usual in that noise is told with it.
        .filter(|accent| {
            let height = (value(&residual, accent.peak) - value(&scan.centre, accent.peak)).abs();
            let is_usual_in = |step: &VarianceStep| {
                (step.low..=step.to).contains(&accent.peak) && height < scan.threshold * step.after
            };
            !facts.steps.iter().any(is_usual_in)
        })
        // A job's runs are usual, and one that did not come is a hole where the season has a peak: it is told once.
        .filter(|accent| {
            let height = value(&residual, accent.peak) - value(&scan.centre, accent.peak);
            !facts.recurrence.explains(accent.start, accent.end, height)
        })
        .collect();
    let told = || facts.accents.iter().map(|accent| accent.start..=accent.end);
    if facts.variance.is_some() && !facts.accents.is_empty() && !regime::grows_without(&residual, told(), &options) {
        facts.variance = None;
    }
    // What was taken out of the values comes back into the band.
    let mut removed: Vec<f64> = facts.deseasonalised.iter().zip(&residual).map(|(value, rest)| value - rest).collect();
    add(&mut removed, &seasonal);
    let scan_edges = [
        (&mut facts.band_centre, scan.centre),
        (&mut facts.band_lower, scan.lower),
        (&mut facts.band_upper, scan.upper),
    ];
    for (edge, mut found) in scan_edges {
        add(&mut found, &removed);
        *edge = found;
    }
    facts.recurrence.widen(&facts.band_centre, &mut facts.band_lower, &mut facts.band_upper);
    facts.shifts = shifts;
    facts.drifts = drifts;
    facts
}

/// Adds values place by place, where both have one.
fn add(to: &mut [f64], values: &[f64]) {
    to.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
}

fn value(values: &[f64], slot: usize) -> f64 {
    values.get(slot).copied().unwrap_or(f64::NAN)
}

fn band_window(len: usize) -> usize {
    ((len as f64 * WINDOW_SHARE) as usize).clamp(WINDOW_SLOTS.0, WINDOW_SLOTS.1)
}

fn belongs_to_shift(accent: &Accent, shift: &LevelShift) -> bool {
    accent.start <= shift.high + SHIFT_GUARD && accent.end + SHIFT_GUARD >= shift.low
}

/// Fills `deseasonalised`; returns the seasonal part (empty where there is none).
///
/// The strongest fundamental is the season. Where a harmonic of it is much stronger than itself, as a day beside a week is,
/// that is a season of its own, and goes first: it has the more cycles, and is known better.
fn take_season(values: &[f64], facts: &mut Facts) -> Vec<f64> {
    let strongest = |of_all: bool| {
        let fits = |peak: &&Peak| peak.power_share >= SEASON_SHARE && (of_all || peak.harmonic_of.is_none());
        facts.peaks.iter().filter(fits).max_by(|a, b| a.power_share.total_cmp(&b.power_share))
    };
    let fundamental = strongest(false);
    let overtone = strongest(true).filter(|peak| {
        let share = fundamental.map_or(0.0, |fundamental| fundamental.power_share);
        peak.harmonic_of.is_some() && peak.power_share >= OVERTONE * share
    });
    let mut rest = values.to_vec();
    let mut seasonal: Vec<f64> = Vec::new();
    for peak in overtone.into_iter().chain(fundamental) {
        let Some(part) = season_of(&rest, peak.period_steps) else { continue };
        seasonal.resize(values.len(), 0.0);
        for ((rest, sum), part) in rest.iter_mut().zip(&mut seasonal).zip(&part) {
            *rest -= part;
            *sum += part;
        }
    }
    facts.deseasonalised = rest;
    seasonal
}

/// The values without their season, as [`detect`] takes it out.
pub(crate) fn without_season(values: &[f64]) -> Vec<f64> {
    let mut facts = Facts { peaks: significant_peaks(values, &PeakOptions::default()), ..Facts::default() };
    take_season(values, &mut facts);
    facts.deseasonalised
}

/// A period of whole slots is taken out by STL, which lets the season evolve; another one by folding at its exact period.
fn season_of(values: &[f64], period: f64) -> Option<Vec<f64>> {
    let cycles = values.len() as f64 / period;
    let drifts = (period - period.round()).abs() * cycles > SEASON_DRIFT * period;
    if drifts {
        folded_season(values, period)
    } else {
        decompose(values, period.round() as usize, &SeasonOptions::default()).ok().map(|parts| parts.seasonal)
    }
}

/// Level shifts or a drift, whichever explains the values better.
pub(crate) fn lasting_changes(values: &[f64], alpha: f64) -> (Vec<LevelShift>, Option<Trend>) {
    let shifts = level_shifts(values, &LevelShiftOptions { alpha, ..LevelShiftOptions::default() });
    let drift = trend(values, &TrendOptions { alpha, ..TrendOptions::default() }).filter(|found| found.score >= 1.0);
    match drift {
        None => (shifts, None),
        Some(drift) if shifts.is_empty() => (shifts, Some(drift)),
        Some(drift) => {
            let stairs = schwarz_criterion(&without_changes(values, &shifts, None), 2 * shifts.len() + 1);
            let line = schwarz_criterion(&without_changes(values, &[], Some(&drift)), 2);
            if line < stairs { (Vec::new(), Some(drift)) } else { (shifts, None) }
        }
    }
}

/// A bend that explains the values clearly better than the shifts or the drifts that were found, or as well as drifts that have
/// `begun`, with what it leaves.
///
/// Where neither was found there is no bend that anybody would notice, and none is looked for: a bend takes the place of
/// another finding and adds no false alarm.
fn bent(
    values: &[f64],
    residual: &[f64],
    shifts: &[LevelShift],
    drifts: &[Trend],
    begun: bool,
    alpha: f64,
) -> Option<(Bend, Vec<f64>)> {
    if shifts.is_empty() && drifts.is_empty() {
        return None;
    }
    let found = bend(values, alpha).filter(|found| found.score >= 1.0)?;
    let rest: Vec<f64> = values.iter().enumerate().map(|(slot, value)| value - found.value_at(slot as f64)).collect();
    let spread = analysis::robust::spread(&rest)?;
    let turned = (found.after - found.before) * (found.end as f64 - found.slot as f64);
    // Of a drift that has begun and goes on to the end it says the same, with its date.
    let margin = if begun { -CLEARLY } else { CLEARLY };
    let is_better =
        schwarz_criterion(&rest, 4) + margin < schwarz_criterion(residual, parameters(shifts, drifts, begun));
    (is_better && turned.abs() >= spread).then_some((found, rest))
}

/// A series that stood still and began to climb.
struct Climbing {
    climbs: Vec<Trend>,
    /// What shifts without the climbs.
    shifts: Vec<LevelShift>,
    rest: Vec<f64>,
}

impl Climbing {
    /// The climbs that explain the values clearly better than the shifts or the drift that were found, which left `residual`.
    fn of(values: &[f64], residual: &[f64], shifts: &[LevelShift], drifts: &[Trend], alpha: f64) -> Option<Self> {
        let climbs = climbs(values, alpha);
        climbs.first()?;
        let mut still = values.to_vec();
        for line in &climbs {
            // Back to where it began.
            let inside = still.get_mut(line.start..=line.end)?;
            inside.iter_mut().enumerate().for_each(|(slot, value)| *value -= line.slope * slot as f64);
        }
        let shifts_beside = level_shifts(&still, &LevelShiftOptions { alpha, ..LevelShiftOptions::default() });
        let rest = without_changes(&still, &shifts_beside, None);
        let own = parameters(&shifts_beside, &climbs, true);
        let is_better =
            schwarz_criterion(&rest, own) + CLEARLY < schwarz_criterion(residual, parameters(shifts, drifts, false));
        is_better.then_some(Self { climbs, shifts: shifts_beside, rest })
    }
}

/// How many numbers it takes to say what lasts: the level and for each shift its date and size; for each drift its slope and,
/// if it has `begun`, its date.
fn parameters(shifts: &[LevelShift], drifts: &[Trend], begun: bool) -> usize {
    1 + 2 * shifts.len() + if begun { 2 } else { 1 } * drifts.len()
}

/// Schwarz's criterion with Laplacian errors, which wild values do not decide: 2 n ln(mean |residual|) + k ln n.
fn schwarz_criterion(residual: &[f64], parameters: usize) -> f64 {
    let present: Vec<f64> = residual.iter().copied().filter(|value| value.is_finite()).collect();
    let count = present.len() as f64;
    let centre = analysis::robust::median(&present).unwrap_or(0.0);
    let mean = present.iter().map(|value| (value - centre).abs()).sum::<f64>() / count.max(1.0);
    2.0 * count * mean.max(f64::MIN_POSITIVE).ln() + parameters as f64 * count.max(1.0).ln()
}

/// The values less the levels of `shifts`, or less the line of `drift`.
fn without_changes(values: &[f64], shifts: &[LevelShift], drift: Option<&Trend>) -> Vec<f64> {
    let mut rest = values.to_vec();
    if let Some(line) = drift {
        for (slot, value) in rest.iter_mut().enumerate() {
            *value -= line.value_at(slot as f64);
        }
    }
    let Some(first) = shifts.first() else { return rest };
    for (slot, value) in rest.iter_mut().enumerate() {
        let level =
            shifts.iter().take_while(|shift| shift.slot <= slot).last().map_or(first.before, |shift| shift.after);
        *value -= level;
    }
    rest
}
