//! Groups of beats around one accent: the five feet of Cooper and Meyer (definition D3).

/// The chance and its measure are in docs/methods/feet.md; the weights below were set on simulated beats.
const CONTINUITY: f64 = 0.4;
/// What an unaccented beat in no group costs.
const REST: f64 = 0.6;
/// What an accented beat in no group costs.
const ALONE: f64 = 1.5;
/// How much longer or louder accents count beside gaps, which they only decide between where gaps are equal.
const LEAN: f64 = 0.4;
/// A logarithm of a gap beyond this is no better evidence of a boundary.
const WIDEST: f64 = 2.0;

/// A beat: an event in time, accented or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beat {
    /// When it begins, in steps.
    pub onset: f64,
    /// Whether it is accented.
    pub accented: bool,
    /// How long it lasts, in steps; NaN where that is not known.
    pub duration: f64,
    /// How strong it is; NaN where that is not known.
    pub intensity: f64,
}

/// A group of two or three beats with one accent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foot {
    /// Weak, strong: 01.
    Iamb,
    /// Strong, weak: 10.
    Trochee,
    /// Weak, weak, strong: 001.
    Anapest,
    /// Strong, weak, weak: 100.
    Dactyl,
    /// Weak, strong, weak: 010.
    Amphibrach,
}

impl Foot {
    /// All five, in the order in which [`Parse::shares`] counts them.
    pub const ALL: [Self; 5] = [Self::Iamb, Self::Trochee, Self::Anapest, Self::Dactyl, Self::Amphibrach];

    /// The number of beats and the place of the accented one.
    fn shape(self) -> (usize, usize) {
        match self {
            Self::Iamb => (2, 1),
            Self::Trochee => (2, 0),
            Self::Anapest => (3, 2),
            Self::Dactyl => (3, 0),
            Self::Amphibrach => (3, 1),
        }
    }
}

/// What some neighbouring beats form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// One of the five feet.
    Foot(Foot),
    /// An unaccented beat that belongs to no foot.
    Rest,
    /// An accented beat that belongs to no foot, as the second of two accents in a row.
    Unresolved,
}

/// Neighbouring beats that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The first beat.
    pub first: usize,
    /// The number of beats: 2 or 3 of a foot, otherwise 1.
    pub len: usize,
    /// What they form.
    pub kind: GroupKind,
}

/// The groups of a string of beats.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parse {
    /// All beats, in order, each in one group.
    pub groups: Vec<Group>,
    /// The share of all beats in feet of each kind, in the order of [`Foot::ALL`].
    pub shares: [f64; 5],
    /// The share of beats in no foot.
    pub unresolved: f64,
    /// How well the groups fit: per beat, larger is better; comparable between strings of the same length.
    pub fit: f64,
}

impl Parse {
    /// The foot with the largest share; none where no beat is in a foot.
    pub fn dominant(&self) -> Option<Foot> {
        let largest = Foot::ALL.into_iter().zip(self.shares).max_by(|a, b| a.1.total_cmp(&b.1))?;
        (largest.1 > 0.0).then_some(largest.0)
    }

    /// The largest share.
    pub fn dominance(&self) -> f64 {
        self.shares.iter().copied().fold(0.0, f64::max)
    }
}

/// Divides beats into feet, the best division of all by dynamic programming.
///
/// A division is the better, the larger the gaps between its groups and the smaller the gaps within are (as logarithms of
/// the gap over the median gap), the more often a foot follows one of its own kind, and the fewer beats are left over.
/// Where gaps do not decide, longer accents end a group and louder ones begin it (Woodrow 1909; Cooper and Meyer 1960).
/// A group has exactly one accent, always.
///
/// Onsets must ascend; a gap that is not positive, an unknown duration or intensity is no evidence. Linear time.
pub fn feet(beats: &[Beat]) -> Parse {
    let gaps = log_gaps(beats);
    let lean = LEAN * lean(beats);
    let kinds = 6;
    // best[i · 6 + kind]: the best division of the first i beats that ends with this kind (5: no foot).
    let mut best = vec![f64::NEG_INFINITY; (beats.len() + 1) * kinds];
    let mut from = vec![(0usize, 5usize); best.len()];
    if let Some(start) = best.get_mut(5) {
        *start = 0.0;
    }
    let gap = |place: usize| gaps.get(place).copied().unwrap_or(0.0);
    let accented = |place: usize| beats.get(place).is_some_and(|beat| beat.accented);
    for first in 0..beats.len() {
        for previous in 0..kinds {
            let so_far = best.get(first * kinds + previous).copied().unwrap_or(f64::NEG_INFINITY);
            if so_far == f64::NEG_INFINITY {
                continue;
            }
            let mut offer = |len: usize, kind: usize, value: f64| {
                let place = (first + len) * kinds + kind;
                if let (Some(known), Some(origin)) = (best.get_mut(place), from.get_mut(place))
                    && so_far + value > *known
                {
                    *known = so_far + value;
                    *origin = (first, previous);
                }
            };
            for (kind, foot) in Foot::ALL.into_iter().enumerate() {
                let (len, accent) = foot.shape();
                if first + len > beats.len() || (0..len).any(|place| accented(first + place) != (place == accent)) {
                    continue;
                }
                let within: f64 = (first..first + len - 1).map(gap).sum();
                let leaning = match foot {
                    Foot::Iamb | Foot::Anapest => lean,
                    Foot::Trochee | Foot::Dactyl => -lean,
                    Foot::Amphibrach => 0.0,
                };
                let same = if previous == kind { CONTINUITY } else { 0.0 };
                offer(len, kind, gap(first + len - 1) - within + leaning + same);
            }
            let cost = if accented(first) { ALONE } else { REST };
            offer(1, 5, gap(first) - cost);
        }
    }
    read_back(beats, &best, &from)
}

fn read_back(beats: &[Beat], best: &[f64], from: &[(usize, usize)]) -> Parse {
    let value = |kind: usize| best.get(beats.len() * 6 + kind).copied().unwrap_or(f64::NEG_INFINITY);
    let mut kind = (0..6).max_by(|a, b| value(*a).total_cmp(&value(*b))).unwrap_or(5);
    let mut parse = Parse { fit: value(kind) / beats.len().max(1) as f64, ..Parse::default() };
    let mut end = beats.len();
    while end > 0 {
        let Some(&(first, previous)) = from.get(end * 6 + kind) else { break };
        let group_kind = match Foot::ALL.get(kind) {
            Some(foot) => GroupKind::Foot(*foot),
            None if beats.get(first).is_some_and(|beat| beat.accented) => GroupKind::Unresolved,
            None => GroupKind::Rest,
        };
        let share = (end - first) as f64 / beats.len() as f64;
        *parse.shares.get_mut(kind).unwrap_or(&mut parse.unresolved) += share;
        parse.groups.push(Group { first, len: end - first, kind: group_kind });
        (end, kind) = (first, previous);
    }
    parse.groups.reverse();
    parse
}

/// ln(gap / median gap) after each beat but the last.
fn log_gaps(beats: &[Beat]) -> Vec<f64> {
    let gaps: Vec<f64> = beats
        .windows(2)
        .map(|pair| match pair {
            [a, b] if b.onset > a.onset => b.onset - a.onset,
            _ => f64::NAN,
        })
        .collect();
    let median = crate::robust::median(&gaps).unwrap_or(1.0);
    let relative = |gap: f64| if gap > 0.0 { (gap / median).ln().clamp(-WIDEST, WIDEST) } else { 0.0 };
    gaps.into_iter().map(relative).collect()
}

/// From −1 (accents are louder) to 1 (accents are longer): on which side of a group its accent is heard.
fn lean(beats: &[Beat]) -> f64 {
    let contrast = |of: fn(&Beat) -> f64| {
        let mean = |accented: bool| {
            let logs: Vec<f64> =
                beats.iter().filter(|beat| beat.accented == accented).map(|beat| of(beat).ln()).collect();
            crate::robust::mean(&logs)
        };
        match (mean(true), mean(false)) {
            (Some(strong), Some(weak)) => (strong - weak).clamp(-1.0, 1.0),
            _ => 0.0,
        }
    };
    (contrast(|beat| beat.duration) - contrast(|beat| beat.intensity)).clamp(-1.0, 1.0)
}

/// How often beats in a random order have a foot as dominant as `parse` of these beats has: (1 + k) / (1 + `shuffles`).
///
/// Accents, durations and intensities are shuffled over the onsets, so that gaps and the number of accents stay.
pub fn dominance_p(beats: &[Beat], parse: &Parse, seed: u64, shuffles: usize) -> f64 {
    let mut random = super::random::Random::new(seed);
    let mut shuffled = beats.to_vec();
    let as_large = (0..shuffles)
        .filter(|_| {
            for place in (1..shuffled.len()).rev() {
                let other = random.below(place + 1);
                if let (Some(&a), Some(&b)) = (shuffled.get(place), shuffled.get(other)) {
                    for (to, from) in [(place, b), (other, a)] {
                        if let Some(beat) = shuffled.get_mut(to) {
                            *beat = Beat { onset: beat.onset, ..from };
                        }
                    }
                }
            }
            feet(&shuffled).dominance() >= parse.dominance()
        })
        .count();
    (1.0 + as_large as f64) / (1.0 + shuffles as f64)
}
