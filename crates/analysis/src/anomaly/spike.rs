//! Accents: short excursions from a series' own rolling band (robust z-score exceedances).

use super::habit::Habit;
use super::rolling::centred;
use crate::distribution;

/// How to look for accents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpikeOptions {
    /// The length of the rolling window in slots; at least 9 are taken.
    pub window: usize,
    /// The probability that a whole series of noise shows any accent.
    pub alpha: f64,
    /// An accent ends where |z| falls below this share of the threshold.
    pub leave: f64,
}

impl Default for SpikeOptions {
    fn default() -> Self {
        Self { window: 121, alpha: 0.001, leave: 0.7 }
    }
}

/// Which way an accent goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Above the band.
    Up,
    /// Below the band.
    Down,
}

/// One accent: the slots `start..=end`, from the first that reaches the threshold to the last before |z| leaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Accent {
    /// The slot where |z| first reaches the threshold.
    pub start: usize,
    /// The last slot before |z| falls below `leave` times the threshold.
    pub end: usize,
    /// The slot of the largest |z|.
    pub peak: usize,
    /// The z-score at the peak, with its sign.
    pub z: f64,
    /// |z| / threshold, ≥ 1.
    pub score: f64,
    /// Its way.
    pub direction: Direction,
}

/// The band of a series and what leaves it. All vectors have the input's length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpikeScan {
    /// (value − centre) / spread; NaN where the value is missing or the window holds too little.
    pub z: Vec<f64>,
    /// The rolling median.
    pub centre: Vec<f64>,
    /// The rolling spread, in units of a standard deviation; of the wider side, where the two differ.
    pub spread: Vec<f64>,
    /// The band's upper edge: where z reaches the threshold.
    pub upper: Vec<f64>,
    /// The band's lower edge.
    pub lower: Vec<f64>,
    /// The |z| that the noise of a whole series reaches with probability `alpha`.
    pub threshold: f64,
    /// The accents, in order.
    pub accents: Vec<Accent>,
}

/// Scans a series for accents (definition D1).
///
/// The centre is the rolling median. The spread is the rolling MAD, but never below √½ of the spread of the whole
/// series about its centre, so that a chance lull does not make an accent of what follows.
/// Where more than half of the values are equal, IQR / 1.349 takes the MAD's place, and where three quarters are, the
/// rule of absolute change: a unit no smaller than the usual excursion, the Poisson spread for the series' resolution,
/// or 1 % of the level. The unit is widened for being an estimate, and where the bulk of the series has heavier tails than
/// normal noise, so that `threshold` keeps its meaning. Missing values have no z and end an accent.
/// With fewer than 8 deviations, nothing is judged.
pub fn scan_spikes(values: &[f64], options: &SpikeOptions) -> SpikeScan {
    let window = options.window.max(9);
    let local = centred(values, window);
    let deviations: Vec<f64> = values.iter().zip(&local).map(|(value, standard)| value - standard.centre).collect();
    let count = deviations.iter().filter(|deviation| deviation.is_finite()).count().max(1);
    let threshold = distribution::normal_upper_quantile(options.alpha.clamp(1e-300, 0.5) / (2.0 * count as f64));
    let [z, centre, spread, upper, lower] = [(); 5].map(|()| Vec::with_capacity(values.len()));
    let mut scan = SpikeScan { z, centre, spread, upper, lower, threshold, accents: Vec::new() };
    let known = Habit::of(values, &deviations, &local);
    let (up, down) = known.map_or((f64::NAN, f64::NAN), |habit| habit.widening(threshold, window));
    let (habit, wider) = (known.unwrap_or_default(), up.max(down));
    for (&deviation, standard) in deviations.iter().zip(&local) {
        let unit = habit.spread(standard);
        let spread = unit * if deviation >= 0.0 { up } else { down };
        scan.z.push(if deviation == 0.0 && !up.is_nan() { 0.0 } else { deviation / spread });
        scan.centre.push(standard.centre);
        scan.spread.push(unit * wider);
        scan.upper.push(standard.centre + threshold * unit * up);
        scan.lower.push(standard.centre - threshold * unit * down);
    }
    scan.accents = accents(&scan.z, threshold, options.leave);
    scan
}

/// Accents of z-scores with hysteresis: entered where |z| ≥ `threshold`, left where |z| < `leave` · `threshold`, where
/// the sign turns, or at a missing value.
pub fn accents(z: &[f64], threshold: f64, leave: f64) -> Vec<Accent> {
    let mut found: Vec<Accent> = Vec::new();
    let mut open: Option<Accent> = None;
    for (slot, &value) in z.iter().enumerate() {
        if let Some(mut accent) = open.take() {
            let same_side = (value > 0.0) == (accent.z > 0.0);
            if value.abs() >= leave * threshold && same_side {
                accent.end = slot;
                if value.abs() > accent.z.abs() {
                    accent.peak = slot;
                    accent.z = value;
                    accent.score = value.abs() / threshold;
                }
                open = Some(accent);
                continue;
            }
            found.push(accent);
        }
        if value.abs() >= threshold {
            let direction = if value > 0.0 { Direction::Up } else { Direction::Down };
            let score = value.abs() / threshold;
            open = Some(Accent { start: slot, end: slot, peak: slot, z: value, score, direction });
        }
    }
    found.extend(open);
    found
}
