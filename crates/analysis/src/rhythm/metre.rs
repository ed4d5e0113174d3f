//! The metre of a string of beats: how many beats its accents repeat after, what falls off it, and when it changes.
//!
//! Both tests compare how well a string is coded by a model that is told nothing with the best that simple strings could
//! do in hindsight. The first is a probability over all strings, so the ratio exceeds 1/α with a chance of at most α
//! under every one of the simple models (Wasserman, Ramdas and Balakrishnan 2020): no approximation, no simulation.

use crate::distribution::score_from_ln_p;

/// How to look for a metre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetreOptions {
    /// The longest metre in beats; at most an eighth of the string is looked at (a tenth for changes).
    pub longest: usize,
    /// The chance that a string without a metre has one, or one without a change has one.
    pub alpha: f64,
}

impl Default for MetreOptions {
    fn default() -> Self {
        Self { longest: 16, alpha: 0.001 }
    }
}

/// A metre: accents that repeat.
#[derive(Clone, Debug, PartialEq)]
pub struct Metre {
    /// After how many beats they repeat.
    pub length: usize,
    /// The beat, from 0 to `length` − 1, that is accented most often.
    pub downbeat: usize,
    /// How often the beats at each place are accented, from the first beat of the string on (not from the downbeat).
    pub accent_rates: Vec<f64>,
    /// The chance of such a metre without any; at most.
    pub p: f64,
    /// 1.0 is the threshold.
    pub score: f64,
}

/// The metre of a string of beats (true: accented); none with fewer than 8 beats or where `alpha` is not reached.
///
/// The null hypotheses are accents at random with any rate, and accents that depend on the beat before in any way.
pub fn metre(accents: &[bool], options: &MetreOptions) -> Option<Metre> {
    let longest = options.longest.min(accents.len() / 8);
    if accents.len() < 8 || longest < 2 {
        return None;
    }
    let lengths = 2..=longest;
    let (length, coded) = lengths.map(|length| (length, coded(accents, length))).min_by(|a, b| a.1.total_cmp(&b.1))?;
    let hindsight = in_hindsight(accents, 1).min(markov_in_hindsight(accents));
    let ln_p = coded + ((longest - 1) as f64).ln() - hindsight;
    if ln_p > options.alpha.ln() {
        return None;
    }
    let accent_rates: Vec<f64> = (0..length)
        .map(|place| {
            let beats = accents.iter().skip(place).step_by(length);
            beats.clone().filter(|accent| **accent).count() as f64 / beats.count().max(1) as f64
        })
        .collect();
    // The first of several that are accented equally often.
    let mut downbeat = 0;
    for (place, rate) in accent_rates.iter().enumerate() {
        if accent_rates.get(downbeat).is_some_and(|highest| rate > highest) {
            downbeat = place;
        }
    }
    Some(Metre { length, downbeat, accent_rates, p: ln_p.min(0.0).exp(), score: score_from_ln_p(ln_p, options.alpha) })
}

/// An accent where the metre has a weak beat, with none on the stronger beat that follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offbeat {
    /// The beat that is accented.
    pub beat: usize,
    /// The stronger beat that is not.
    pub instead_of: usize,
    /// How much stronger: log₂ of the ratio of their accent rates.
    pub bits: f64,
}

/// The syncopations of a string against a metre learned from it (or from another one with the same first beat).
///
/// Longuet-Higgins and Lee (1984), with learned weights in the place of fixed ones: the weight of a beat is log₂ of how
/// often its place is accented, (k + ½)/(n + 1) to be finite. An accent is syncopated where, before the next accent, a beat
/// of a larger weight by a bit or more stays without; its bits are the largest such difference.
pub fn syncopation(accents: &[bool], metre: &Metre) -> Vec<Offbeat> {
    let cycles = (accents.len() / metre.length.max(1)).max(1) as f64;
    let weights: Vec<f64> =
        metre.accent_rates.iter().map(|rate| ((rate * cycles + 0.5) / (cycles + 1.0)).log2()).collect();
    let weight = |beat: usize| weights.get(beat % metre.length.max(1)).copied().unwrap_or(0.0);
    let mut found: Vec<Offbeat> = Vec::new();
    let mut last: Option<Offbeat> = None;
    for (beat, &accented) in accents.iter().enumerate() {
        if accented {
            found.extend(last.filter(|offbeat| offbeat.bits >= 1.0));
            last = Some(Offbeat { beat, instead_of: beat, bits: 0.0 });
        } else if let Some(offbeat) = &mut last {
            let bits = weight(beat) - weight(offbeat.beat);
            // Only within one metre: a longer silence is a rest, not a syncopation.
            if beat < offbeat.beat + metre.length && bits > offbeat.bits {
                offbeat.bits = bits;
                offbeat.instead_of = beat;
            }
        }
    }
    found.extend(last.filter(|offbeat| offbeat.bits >= 1.0));
    found
}

/// A beat from which on the accents keep another metre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetreChange {
    /// The first beat of the new metre.
    pub beat: usize,
    /// The length of the metre before; 1 where accents came at random.
    pub before: usize,
    /// The length of the metre after. Equal to `before` where accents moved to another place or came more or less often.
    pub after: usize,
    /// The chance of such a change in a string with one metre, at most.
    pub p: f64,
    /// 1.0 is the threshold.
    pub score: f64,
}

/// The changes of metre in a string of beats, in order.
///
/// The null hypothesis is one metre of any length up to `longest` with any accent rates, or accents that depend on the
/// beat before. The string is divided at its most significant change, then its parts.
pub fn metre_changes(accents: &[bool], options: &MetreOptions) -> Vec<MetreChange> {
    let mut found = Vec::new();
    let mut parts = vec![(0, accents.len())];
    while let Some((start, end)) = parts.pop() {
        let Some(part) = accents.get(start..end) else { continue };
        if let Some(mut change) = largest_change(part, options) {
            change.beat += start;
            parts.push((start, change.beat));
            parts.push((change.beat, end));
            found.push(change);
        }
    }
    order::sort_by_key(&mut found, |change| change.beat);
    found
}

fn largest_change(accents: &[bool], options: &MetreOptions) -> Option<MetreChange> {
    let count = accents.len();
    if count < 16 {
        return None;
    }
    let longest = options.longest.min(count / 10).max(1);
    // The best code of every beginning and of every end, with its metre.
    let mut beginnings = vec![(0.0f64, 1usize); count + 1];
    let mut ends = beginnings.clone();
    let mut hindsight = markov_in_hindsight(accents);
    for length in 1..=longest {
        hindsight = hindsight.min(in_hindsight(accents, length));
        let mut forward = Coder::new(length);
        let mut backward = Coder::new(length);
        for (beat, &accent) in accents.iter().enumerate() {
            forward.take(beat, accent);
            improve(beginnings.get_mut(beat + 1), forward.nats, length);
        }
        for (beat, &accent) in accents.iter().enumerate().rev() {
            backward.take(beat, accent);
            improve(ends.get_mut(beat), backward.nats, length);
        }
    }
    let (beat, total) = beginnings
        .iter()
        .zip(&ends)
        .enumerate()
        .skip(4)
        .take(count.saturating_sub(8))
        .map(|(beat, (before, after))| (beat, before.0 + after.0))
        .min_by(|a, b| a.1.total_cmp(&b.1))?;
    let ways = count as f64 * (longest * longest) as f64;
    let ln_p = total + ways.ln() - hindsight;
    if ln_p > options.alpha.ln() {
        return None;
    }
    Some(MetreChange {
        beat,
        before: beginnings.get(beat)?.1,
        after: ends.get(beat)?.1,
        p: ln_p.min(0.0).exp(),
        score: score_from_ln_p(ln_p, options.alpha),
    })
}

fn improve(known: Option<&mut (f64, usize)>, nats: f64, length: usize) {
    if let Some(known) = known
        && (length == 1 || nats < known.0)
    {
        *known = (nats, length);
    }
}

/// The code length of a string by a metre of which nothing is known but its length: Krichevsky and Trofimov's estimator
/// (1981) at each place.
struct Coder {
    counts: Vec<[f64; 2]>,
    nats: f64,
}

impl Coder {
    fn new(length: usize) -> Self {
        Self { counts: vec![[0.5; 2]; length], nats: 0.0 }
    }

    fn take(&mut self, beat: usize, accent: bool) {
        let place = beat % self.counts.len();
        if let Some(counts) = self.counts.get_mut(place) {
            self.nats += ((counts[0] + counts[1]) / counts[usize::from(accent)]).ln();
            counts[usize::from(accent)] += 1.0;
        }
    }
}

fn coded(accents: &[bool], length: usize) -> f64 {
    let mut coder = Coder::new(length);
    accents.iter().enumerate().for_each(|(beat, &accent)| coder.take(beat, accent));
    coder.nats
}

/// −ln of the largest probability that a metre of this length gives the string.
fn in_hindsight(accents: &[bool], length: usize) -> f64 {
    let mut counts = vec![[0.0; 2]; length];
    for (beat, &accent) in accents.iter().enumerate() {
        if let Some(counts) = counts.get_mut(beat % length) {
            counts[usize::from(accent)] += 1.0;
        }
    }
    counts.iter().map(entropy).sum()
}

/// −ln of the largest probability that a chain gives the string, its first beat for free.
fn markov_in_hindsight(accents: &[bool]) -> f64 {
    let mut counts = [[0.0; 2]; 2];
    for pair in accents.windows(2) {
        if let [before, after] = pair {
            counts[usize::from(*before)][usize::from(*after)] += 1.0;
        }
    }
    counts.iter().map(entropy).sum()
}

fn entropy(counts: &[f64; 2]) -> f64 {
    let total = counts[0] + counts[1];
    counts.iter().filter(|count| **count > 0.0).map(|count| count * (total / count).ln()).sum()
}
