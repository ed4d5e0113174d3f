//! Beats in feet, for the tests and the false-positive program of rhythm.

use crate::signals::Noise;
use analysis::rhythm::{Beat, Foot};

/// Groups with gaps of 1 within and `pause` between, each onset displaced by `jitter`.
pub(crate) fn played(noise: &mut Noise, foot: Foot, groups: usize, pause: f64, jitter: f64) -> Vec<Beat> {
    let string: &[bool] = match foot {
        Foot::Iamb => &[false, true],
        Foot::Trochee => &[true, false],
        Foot::Anapest => &[false, false, true],
        Foot::Dactyl => &[true, false, false],
        Foot::Amphibrach => &[false, true, false],
    };
    let mut time = 0.0;
    let mut beats = Vec::new();
    for _ in 0..groups {
        for &accented in string {
            let onset = time + jitter * noise.normal();
            beats.push(Beat { onset, accented, duration: f64::NAN, intensity: f64::NAN });
            time += 1.0;
        }
        time += pause - 1.0;
    }
    beats
}
