//! How unusual the newest value of a series is, by its past alone.

use super::prediction::{LAGS, Prediction};
use super::shapes::Stretches;
use super::tail::Tail;
use std::collections::VecDeque;

/// The parts that look at a value, each in its own way.
const PARTS: usize = 7;
/// After this many values one counts e⁻¹ in what is usual.
const MEMORY: f64 = 20_000.0;
/// Nothing is judged before so many values: first the unit, then the prediction, then what is usual have to be known.
const UNIT_FROM: usize = 32;
const ERRORS_FROM: usize = 48;
const LASTING_FROM: usize = 64;
const JUDGED_FROM: usize = 100;
/// A part's surprise counts for so many values, since parts notice the same event one after the other.
const TOGETHER: usize = 40;
/// The means of so many errors' surprises tell lasting ones.
const LASTING: [f64; 2] = [4.0, 16.0];
/// The values in an eighth of a short and of a long stretch.
const BLOCKS: [usize; 2] = [4, 48];
/// No error counts more than this in the mean.
const MOST_LASTING: f64 = 12.0;
/// The prediction learns from errors as if none was larger than so many times where their tail begins.
const LARGEST_LEARNED: f64 = 8.0;
/// What differs by less than this of the first values' range does not differ.
const NO_DIFFERENCE: f64 = 1e-6;
/// More missing values in a row than this, and what was before them is not what comes right before.
const LONGEST_GAP: usize = 8;
/// After an alarm comes a rest: of 128 values, or a 25th of the past, but not more than 1 000.
const REST: (usize, usize) = (128, 1_000);
const REST_SHARE: usize = 25;
/// During a rest only what is so many times as surprising is an alarm.
const ESCALATION: f64 = 1.3;
/// The threshold is that of a past of 4 800 values; it is lower for a shorter one, which cannot make anything as unlikely,
/// and higher for a longer one, by 0.25 for a factor e, as far as it is remembered.
const USUAL_PAST: f64 = 4_800.0;
const LONGER: f64 = 0.25;
const LEAST_LONGER: f64 = -0.6;
/// What a series does all the time is no alarm however rare it is among its values: an alarm exceeds by a fifth the
/// median of the largest surprises in the last 64 blocks of 128 values, as soon as there are 6.
const HABIT_BLOCK: usize = 128;
const HABIT_BLOCKS: (usize, usize) = (6, 64);
const BEYOND_HABIT: f64 = 1.2;

/// How to look for what is unusual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DetectorOptions {
    /// The surprise (nats) that is an alarm, positive; see [`threshold`].
    pub threshold: f64,
    /// The smallest deviation that matters, in the values' unit; what deviates less counts as nothing. Not negative.
    pub minimum_deviation: f64,
}

impl Default for DetectorOptions {
    fn default() -> Self {
        Self { threshold: threshold(1.0), minimum_deviation: 0.0 }
    }
}

/// The surprise (nats) that is an alarm where `series` are watched: 5.2 for one, which noise of most kinds passes about four
/// times in 10 000 values, and more for many, so that they do not raise as many times as many false alarms together. Not
/// less than 4; that of one series for NaN.
pub fn threshold(series: f64) -> f64 {
    let more = 0.5 * series.ln();
    if more.is_nan() { 5.2 } else { (5.2 + more).max(4.0) }
}

/// What the newest value was taken for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// 1.0 is an alarm, which is raised once for an event: what goes on, or comes soon after, has at most 0.5 unless it
    /// is more surprising still. NaN for a missing value, 0 while too little is known.
    pub score: f64,
    /// The same without a rest after an alarm: beyond 1.0 for as long as the event lasts.
    pub unrest: f64,
    /// The number of values since the event began, the newest included; 0 where there is none.
    pub lasting: usize,
    /// By how much the event's most surprising value was above (or, negative, below) what was expected of it, in the
    /// values' unit; 0 where there is no event.
    pub deviation: f64,
}

/// Judges values one at a time. Seven parts look at each, and turn what they see into the logarithm of its chance by
/// comparison with what they saw before: the error of a prediction, each sign for itself; the step from the last value;
/// errors that last, for some values and for longer; a stretch of 32 values unlike any before, the same about its mean,
/// and one of 384 values. The root mean square of the parts is the surprise.
///
/// Time and memory per value are bounded, some 20 KB for a series. Missing values change nothing; after more than 8 in
/// a row, lags and stretches begin anew.
#[derive(Clone, Debug)]
pub struct Detector {
    options: DetectorOptions,
    /// The number of finite values so far.
    seen: usize,
    /// The first value; all others are differences from it, in the unit.
    origin: f64,
    range: f64,
    unit: f64,
    missing: usize,
    /// The number of values since the last long gap.
    together: usize,
    prediction: Prediction,
    above: Tail,
    below: Tail,
    steps: Tail,
    mean_surprises: [f64; 2],
    lasting: [Tail; 2],
    short: Stretches,
    long: Stretches,
    /// What the parts said of the last values, and the errors of the prediction.
    recent: [[f64; PARTS]; TOGETHER],
    errors: [f64; TOGETHER],
    /// The largest surprises of the last blocks, that of the present one, and what an alarm has to reach because of them.
    habits: VecDeque<f64>,
    largest: f64,
    habit: f64,
    alarm: Option<(usize, f64)>,
    event: usize,
}

impl Detector {
    /// One that has seen nothing.
    pub fn new(options: &DetectorOptions) -> Self {
        let tail = || Tail::new(MEMORY);
        Self {
            options: *options,
            seen: 0,
            origin: 0.0,
            range: 0.0,
            unit: 0.0,
            missing: 0,
            together: 0,
            prediction: Prediction::new(),
            above: tail(),
            below: tail(),
            steps: tail(),
            mean_surprises: [0.0; 2],
            lasting: [tail(), tail()],
            short: Stretches::new(BLOCKS[0], MEMORY),
            long: Stretches::new(BLOCKS[1], MEMORY),
            recent: [[0.0; PARTS]; TOGETHER],
            errors: [0.0; TOGETHER],
            habits: VecDeque::new(),
            largest: 0.0,
            habit: 0.0,
            alarm: None,
            event: 0,
        }
    }

    /// Takes the next value (not finite: a missing one) and judges it.
    pub fn push(&mut self, value: f64) -> Judgement {
        if !value.is_finite() {
            self.missing += 1;
            if self.missing > LONGEST_GAP {
                self.together = 0;
            }
            return Judgement { score: f64::NAN, unrest: f64::NAN, lasting: self.event, deviation: 0.0 };
        }
        self.missing = 0;
        let value = self.in_units(value);
        let place = self.seen % TOGETHER;
        let parts = self.look(value, place);
        if let Some(recent) = self.recent.get_mut(place) {
            *recent = parts;
        }
        self.seen += 1;
        self.judge()
    }

    /// The value as a difference from the first one, in units of the range of the first 32. A series that stands still
    /// gets its unit from its first change.
    fn in_units(&mut self, value: f64) -> f64 {
        if self.seen == 0 {
            self.origin = value;
        }
        let difference = value - self.origin;
        if self.seen < UNIT_FROM {
            self.range = self.range.max(difference.abs());
            return 0.0;
        }
        if self.unit == 0.0 {
            self.unit = if self.range > 0.0 { self.range } else { difference.abs() };
        }
        if self.unit > 0.0 { (difference / self.unit).clamp(-1e15, 1e15) } else { 0.0 }
    }

    /// What each part makes of a value.
    fn look(&mut self, value: f64, place: usize) -> [f64; PARTS] {
        let mut parts = [0.0; PARTS];
        if self.seen < UNIT_FROM {
            return parts;
        }
        let least = self.least();
        let size = |difference: f64| if difference.abs() < least { 0.0 } else { difference.abs() };
        let [error_part, step_part, lasting_parts @ .., level_part, form_part, long_part] = &mut parts;
        let is_joined = self.together >= LAGS;
        let error = if is_joined { value - self.prediction.expected() } else { 0.0 };
        if is_joined {
            let largest = LARGEST_LEARNED * self.above.start().min(self.below.start());
            if self.seen >= ERRORS_FROM {
                let side = if error >= 0.0 { &mut self.above } else { &mut self.below };
                *error_part = side.push(size(error));
                *step_part = self.steps.push(size(value - self.prediction.last()));
            }
            if self.seen >= LASTING_FROM {
                let means = self.mean_surprises.iter_mut().zip(LASTING).zip(&mut self.lasting);
                for (part, ((mean, values), tail)) in lasting_parts.iter_mut().zip(means) {
                    *mean += (error_part.min(MOST_LASTING) - *mean) / values;
                    *part = tail.push(*mean);
                }
            }
            self.prediction.learn(error.clamp(-largest, largest));
        }
        if let Some(slot) = self.errors.get_mut(place) {
            *slot = error;
        }
        self.prediction.remember(value);
        if self.together == 0 {
            self.short.begin();
            self.long.begin();
        }
        self.together += 1;
        [*level_part, *form_part] = self.short.push(value, least);
        [*long_part, _] = self.long.push(value, least);
        parts
    }

    /// The smallest difference that is one, in units.
    fn least(&self) -> f64 {
        let minimum = if self.unit > 0.0 { self.options.minimum_deviation / self.unit } else { 0.0 };
        minimum.max(NO_DIFFERENCE)
    }

    fn judge(&mut self) -> Judgement {
        let nothing = Judgement { score: 0.0, unrest: 0.0, lasting: 0, deviation: 0.0 };
        if self.seen <= JUDGED_FROM {
            return nothing;
        }
        let mut most = [0.0f64; PARTS];
        for parts in &self.recent {
            most.iter_mut().zip(parts).for_each(|(most, part)| *most = most.max(*part));
        }
        let surprise = (most.iter().map(|part| part * part).sum::<f64>() / PARTS as f64).sqrt();
        let longer = LONGER * ((self.seen as f64).min(MEMORY) / USUAL_PAST).ln();
        let limit = self.options.threshold + longer.max(LEAST_LONGER);
        let unrest = surprise / limit.max(self.habit);
        self.get_used_to(surprise);
        let rest = (self.seen / REST_SHARE).clamp(REST.0, REST.1);
        let peak = self.alarm.filter(|(at, _)| self.seen - at <= rest).map(|(_, peak)| peak);
        let score = if peak.is_none_or(|peak| unrest > ESCALATION * peak) { unrest } else { 0.5 * unrest.min(1.0) };
        if score >= 1.0 {
            self.alarm = Some((self.seen, score));
        }
        self.event = if unrest >= 1.0 { self.event + 1 } else { 0 };
        if self.event == 0 {
            return Judgement { score, unrest, ..nothing };
        }
        let of_error = |parts: &[f64; PARTS]| parts.iter().take(2).fold(0.0f64, |most, part| most.max(*part));
        let worst = self.recent.iter().zip(&self.errors).max_by(|a, b| of_error(a.0).total_cmp(&of_error(b.0)));
        let deviation = worst.map_or(0.0, |(_, error)| error * self.unit);
        Judgement { score, unrest, lasting: self.event, deviation }
    }

    fn get_used_to(&mut self, surprise: f64) {
        self.largest = self.largest.max(surprise);
        if !(self.seen - JUDGED_FROM).is_multiple_of(HABIT_BLOCK) {
            return;
        }
        if self.habits.len() == HABIT_BLOCKS.1 {
            self.habits.pop_front();
        }
        self.habits.push_back(std::mem::take(&mut self.largest));
        if self.habits.len() >= HABIT_BLOCKS.0 {
            let mut sorted: Vec<f64> = self.habits.iter().copied().collect();
            order::ascending(&mut sorted);
            self.habit = BEYOND_HABIT * sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
        }
    }
}
