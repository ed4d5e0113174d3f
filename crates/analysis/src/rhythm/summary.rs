//! The rhythm of one series: everything of this module, in one call.

use super::feet::{Beat, Foot, dominance_p};
use super::ictus::{AccentOptions, Ictus, ictuses};
use super::jobs::{JobOptions, Jobs, jobs};
use super::levels::{Level, levels};
use super::metre::{Metre, MetreOptions, metre, metre_changes, syncopation};
use super::tempo::tempo_change;
use crate::distribution::score_from_ln_p;
use crate::expectation::markov::accent_surprisal;

/// How to look for the rhythm of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RhythmOptions {
    /// The chance that a series without any rhythm shows one of each kind.
    pub alpha: f64,
    /// What counts as an accent, for the feet.
    pub accents: AccentOptions,
    /// The longest metre in beats.
    pub longest_metre: usize,
    /// The most levels of feet.
    pub levels: usize,
    /// The number of beats on which the expectation of the next one may depend.
    pub depth: usize,
    /// Seeds the shuffles that the dominance of a foot is compared with.
    pub seed: u64,
    /// How many shuffles; 0 for none, then `dominance_p` is 1.
    pub shuffles: usize,
}

impl Default for RhythmOptions {
    fn default() -> Self {
        Self {
            alpha: 0.001,
            accents: AccentOptions { causal: false, ..AccentOptions::default() },
            longest_metre: 16,
            levels: 3,
            depth: 12,
            seed: 1,
            shuffles: 0,
        }
    }
}

/// An event of the rhythm that is dated in slots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DatedBeat {
    /// The beat, counted from the first.
    pub beat: usize,
    /// Its slot.
    pub slot: usize,
    /// How surprising, in bits.
    pub bits: f64,
    /// The chance of that anywhere in a string of this length.
    pub p: f64,
    /// 1.0 is the threshold.
    pub score: f64,
}

/// A run on a weak beat in the place of a strong one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DatedOffbeat {
    /// The beat that has the run, counted from the first.
    pub beat: usize,
    /// Its slot.
    pub slot: usize,
    /// The slot of the stronger beat that has none.
    pub instead_of: usize,
    /// How much stronger, in bits.
    pub bits: f64,
}

/// A date from which on the job keeps another metre or another period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DatedChange {
    /// The slot.
    pub slot: usize,
    /// The length of the metre or the period before, in slots.
    pub before: f64,
    /// The length of the metre or the period after, in slots.
    pub after: f64,
    /// The chance of such a change without any, at most.
    pub p: f64,
    /// 1.0 is the threshold.
    pub score: f64,
}

/// The rhythm of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Rhythm {
    /// The periodic job with its missed, late and extra runs; after a change of period, those of the part that it holds in.
    pub jobs: Option<Jobs>,
    /// The accents that the feet are made of.
    pub accents: Vec<Ictus>,
    /// Feet, feet of feet, and so on; the lowest level's beats are the accents.
    pub levels: Vec<Level>,
    /// The foot that most accents are in.
    pub foot: Option<Foot>,
    /// The chance of a foot this dominant in the same accents in random order.
    pub dominance_p: f64,
    /// The slots of the job's beats, four to a period; empty without a job.
    pub beats: Vec<usize>,
    /// Which of them a run begins at; at a beat in a gap, which of them one was expected at.
    pub played: Vec<bool>,
    /// How surprising each of them is after those before, in bits.
    pub surprisal: Vec<f64>,
    /// The metre of the beats.
    pub metre: Option<Metre>,
    /// Runs on weak beats in the place of strong ones.
    pub syncopations: Vec<DatedOffbeat>,
    /// Changes of metre, and of the period.
    pub changes: Vec<DatedChange>,
    /// The most surprising beat after the first two periods, in which nothing is expected yet.
    pub worst: Option<DatedBeat>,
}

/// The number of beats to a job's period.
const BEATS: usize = 4;

/// The rhythm of a series; none where there are neither accents nor a job.
///
/// `period` is a season in slots that is known beforehand: at it a job needs fewer cycles to be found. Missing values end accents and are not missed runs.
pub fn rhythm(values: &[f64], period: Option<f64>, options: &RhythmOptions) -> Option<Rhythm> {
    let settings = JobOptions { alpha: options.alpha, period, ..JobOptions::default() };
    let found = jobs(values, &settings);
    let tempo = tempo_change(values, found.as_ref(), &settings);
    let accents = ictuses(values, &options.accents);
    if found.is_none() && tempo.is_none() && accents.is_empty() {
        return None;
    }
    let beats = accented_beats(&accents);
    let levels = levels(&beats, options.levels);
    let (foot, dominance) = match levels.first() {
        Some(level) if options.shuffles > 0 => {
            (level.parse.dominant(), dominance_p(&level.beats, &level.parse, options.seed, options.shuffles))
        }
        level => (level.and_then(|level| level.parse.dominant()), 1.0),
    };
    let mut rhythm = Rhythm {
        jobs: found,
        accents,
        levels,
        foot,
        dominance_p: dominance,
        beats: Vec::new(),
        played: Vec::new(),
        surprisal: Vec::new(),
        metre: None,
        syncopations: Vec::new(),
        changes: Vec::new(),
        worst: None,
    };
    rhythm.expect(values, options);
    if let Some(tempo) = tempo {
        rhythm.take_tempo(tempo);
    }
    Some(rhythm)
}

impl Rhythm {
    /// Tells a change of period once: the beats of the whole job see it, too, and so do runs that were missed or extra
    /// by the period that did not hold.
    fn take_tempo(&mut self, tempo: DatedChange) {
        let reach = 4.0 * tempo.before.max(tempo.after);
        self.changes.retain(|change| (change.slot as f64 - tempo.slot as f64).abs() > reach);
        self.changes.push(tempo);
        order::sort_by_key(&mut self.changes, |change| change.slot);
        if let Some(job) = &mut self.jobs {
            let is_kept = |period: f64| (job.pulse.period_steps / period - 1.0).abs() < 0.02;
            let (early, late) = (is_kept(tempo.before), is_kept(tempo.after));
            let holds = |slot: usize| if slot < tempo.slot { early } else { late };
            job.pulse.missed.retain(|missed| holds(missed.slot));
            job.pulse.late.retain(|late| holds(late.slot));
            job.pulse.extra.retain(|extra| holds(extra.slot));
        }
    }

    /// What the job's beats make one expect.
    fn expect(&mut self, values: &[f64], options: &RhythmOptions) {
        let slots = values.len();
        let Some(found) = &self.jobs else { return };
        let step = found.pulse.period_steps / BEATS as f64;
        let place = |time: f64| ((time - found.pulse.phase) / step).round();
        let count = place(slots as f64 - 1.0).max(0.0) as usize + 1;
        self.beats = (0..count)
            .map(|beat| (found.pulse.phase + beat as f64 * step).round() as usize)
            .take_while(|slot| *slot < slots)
            .collect();
        self.played = vec![false; self.beats.len()];
        for run in &found.runs {
            if let Some(played) = self.played.get_mut(place(*run as f64).max(0.0) as usize) {
                *played = true;
            }
        }
        // What a gap hides is taken to have come as expected, so that it surprises nobody.
        for (beat, (played, slot)) in self.played.iter_mut().zip(&self.beats).enumerate() {
            let run = values.get(*slot..(slot + found.duration).min(slots)).unwrap_or_default();
            let known = run.iter().filter(|value| value.is_finite()).count();
            *played |= beat.is_multiple_of(BEATS) && 2 * known < found.duration;
        }
        self.surprisal = accent_surprisal(&self.played, options.depth);
        let settings = MetreOptions { longest: options.longest_metre, alpha: options.alpha };
        self.metre = metre(&self.played, &settings);
        let slot_of = |beat: usize| self.beats.get(beat).copied().unwrap_or(0);
        if let Some(metre) = &self.metre {
            self.syncopations = syncopation(&self.played, metre)
                .into_iter()
                .map(|off| DatedOffbeat {
                    beat: off.beat,
                    slot: slot_of(off.beat),
                    instead_of: slot_of(off.instead_of),
                    bits: off.bits,
                })
                .collect();
        }
        self.changes = metre_changes(&self.played, &settings)
            .into_iter()
            .map(|change| DatedChange {
                slot: slot_of(change.beat),
                before: change.before as f64 * step,
                after: change.after as f64 * step,
                p: change.p,
                score: change.score,
            })
            .collect();
        let tests = self.surprisal.len().max(1) as f64;
        let worst = self.surprisal.iter().enumerate().skip(2 * BEATS).max_by(|a, b| a.1.total_cmp(b.1));
        self.worst = worst.map(|(beat, &bits)| {
            let ln_p = (tests.ln() - bits * std::f64::consts::LN_2).min(0.0);
            DatedBeat { beat, slot: slot_of(beat), bits, p: ln_p.exp(), score: score_from_ln_p(ln_p, options.alpha) }
        });
    }
}

/// Accents as beats, of which the stronger ones are accented: those above the gap that divides the logarithms of their
/// strengths best (Otsu 1979).
fn accented_beats(accents: &[Ictus]) -> Vec<Beat> {
    let mut logs: Vec<f64> = accents.iter().map(|ictus| ictus.strength.ln()).collect();
    order::ascending(&mut logs);
    let total: f64 = logs.iter().sum();
    let (mut below, mut best, mut border) = (0.0, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (place, pair) in logs.windows(2).enumerate() {
        let [low, high] = pair else { continue };
        below += low;
        let (few, many) = ((place + 1) as f64, (logs.len() - place - 1) as f64);
        let between = few * many * (below / few - (total - below) / many).powi(2);
        if between > best && high > low {
            best = between;
            border = 0.5 * (low + high);
        }
    }
    accents
        .iter()
        .map(|ictus| Beat {
            onset: ictus.slot as f64,
            accented: ictus.strength.ln() > border,
            duration: (ictus.end + 1 - ictus.slot) as f64,
            intensity: ictus.strength,
        })
        .collect()
}
