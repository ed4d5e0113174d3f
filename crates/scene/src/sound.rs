//! The radar for the ear: one voice per sector, so that what is seen can be heard as well.

use crate::polar::sine_cosine;
use crate::radar::{Cells, is_trouble};
use report::{Class, Report, Scale, Subject};

/// No more voices than this sound at once: more are a noise in which none can be told apart.
pub const MOST_VOICES: usize = 12;
/// The lowest voice.
const ROOT_HZ: f64 = 110.0;
/// Just intonation over the root: any of them sound together without roughness.
const PURE: [f64; MOST_VOICES] = [1.0, 3.0 / 2.0, 2.0, 5.0 / 2.0, 3.0, 4.0, 9.0 / 2.0, 5.0, 6.0, 15.0 / 2.0, 8.0, 9.0];
/// How far the second string of a voice is off at no consonance: a quarter tone, whose beating is plainly heard.
const OFF_CENTS: f64 = 50.0;
/// Pulses in a second: of what is periodic, of what beats, of what is broken.
const PERIODIC_HZ: f64 = 2.0;
const BEATING_HZ: f64 = 0.6;
const FRAGMENTED_HZ: f64 = 7.0;

/// One voice at one moment. All numbers are finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Voice {
    /// Its sector.
    pub subject: Subject,
    /// The pitch of its first string, in hertz.
    pub pitch_hz: f64,
    /// The pitch of its second string: the same where consonance is 1, a quarter tone off where it is 0.
    pub second_hz: f64,
    /// Loudness, 0 to 1; 0 where there are no data.
    pub gain: f64,
    /// How often its loudness goes up and down in a second; 0 where it stands.
    pub pulse_hz: f64,
    /// How harsh its tone is, 0 (a sine) to 1.
    pub harshness: f64,
    /// Where it stands: -1 is left, 1 is right, as its sector does on the radar.
    pub pan: f64,
}

/// The voices of the subjects at a frame (`None`: of the whole window), or of one ring only.
///
/// A voice keeps its pitch for as long as the Report is the same. Of more than [`MOST_VOICES`] subjects those sound that
/// are in the most trouble over the whole window. Steady is soft and still, periodic pulses, beating swells slowly,
/// jagged is loud and harsh, fragmented stutters, and without data there is silence. Where consonance is undefined, the
/// strings are pure.
pub fn voices(report: &Report, subjects: &[Subject], frame: Option<usize>, ring: Option<Scale>) -> Vec<Voice> {
    let whole = Cells::at(report, None);
    let now = Cells::at(report, frame);
    let trouble = |subject: &Subject| whole.column(*subject).map_or(0.0, crate::radar::trouble);
    let mut ranked = subjects.to_vec();
    order::sort_by(&mut ranked, |one, other| trouble(other).total_cmp(&trouble(one)));
    ranked.truncate(MOST_VOICES);
    // In the order of the circle again, low to high.
    let sounding: Vec<Subject> = subjects.iter().copied().filter(|subject| ranked.contains(subject)).collect();
    let count = sounding.len().max(1) as f64;
    sounding
        .iter()
        .zip(PURE)
        .enumerate()
        .map(|(place, (subject, ratio))| {
            let angle = std::f64::consts::TAU * (place as f64 + 0.5) / count;
            let cells = now.column(*subject).map(Vec::from).unwrap_or_default();
            let heard = cells.iter().zip(Scale::ALL).filter(|(_, scale)| ring.is_none_or(|ring| ring == *scale));
            let heard: Vec<_> = heard.map(|(cell, _)| cell).collect();
            let class = heard.iter().map(|cell| cell.class).max().unwrap_or_default();
            let score = heard.iter().map(|cell| cell.score).fold(0.0, f64::max);
            let defined: Vec<f64> = heard.iter().filter_map(|cell| cell.consonance).collect();
            let consonance = if defined.is_empty() { 1.0 } else { defined.iter().sum::<f64>() / defined.len() as f64 };
            let pitch_hz = ROOT_HZ * ratio;
            // Higher ones carry further.
            let soft = 0.5 / ratio.sqrt();
            Voice {
                subject: *subject,
                pitch_hz,
                second_hz: pitch_hz * raised((1.0 - consonance) * OFF_CENTS),
                gain: match class {
                    Class::Insufficient => 0.0,
                    Class::Jagged | Class::Fragmented => soft * (1.3 + 0.7 * score / (1.0 + score)),
                    Class::Steady | Class::Periodic | Class::Beating => soft,
                },
                pulse_hz: match class {
                    Class::Periodic => PERIODIC_HZ,
                    Class::Beating => BEATING_HZ,
                    Class::Fragmented => FRAGMENTED_HZ,
                    Class::Insufficient | Class::Steady | Class::Jagged => 0.0,
                },
                harshness: if is_trouble(class) { (score / (1.0 + score)).clamp(0.3, 1.0) } else { 0.0 },
                pan: sine_cosine(angle).0 * 0.8,
            }
        })
        .collect()
}

/// The ratio of two pitches that are at most [`OFF_CENTS`] apart, to 10⁻⁶ of a cent: the first terms of the exponential.
fn raised(cents: f64) -> f64 {
    let power = cents / 1_200.0 * std::f64::consts::LN_2;
    1.0 + power * (1.0 + power / 2.0 * (1.0 + power / 3.0 * (1.0 + power / 4.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    fn services(report: &Report) -> Vec<Subject> {
        (0..report.services.len()).map(Subject::Service).collect()
    }

    #[test]
    fn consonance_is_a_pure_string_and_trouble_is_loud_and_off() {
        let report = example::incident();
        let calm = voices(&report, &services(&report), Some(0), None);
        let late = voices(&report, &services(&report), None, None);
        assert_eq!(calm.len(), 10);
        let is_loud = |voice: &&Voice| voice.harshness > 0.0;
        assert_eq!(calm.iter().filter(is_loud).count(), 0);
        let troubled: Vec<&Voice> = late.iter().filter(is_loud).collect();
        assert!(!troubled.is_empty());
        for voice in troubled {
            let before = calm.iter().find(|other| other.subject == voice.subject);
            let before = before.unwrap_or(voice);
            assert_eq!(before.pitch_hz, voice.pitch_hz, "a voice keeps its pitch");
            assert!(voice.gain > before.gain && voice.second_hz / voice.pitch_hz > before.second_hz / before.pitch_hz);
        }
        for voice in calm.iter().chain(&late) {
            assert!((0.0..=1.0).contains(&voice.gain) && (-1.0..=1.0).contains(&voice.pan));
        }
    }

    #[test]
    fn many_services_are_few_voices_and_a_ring_has_its_own() {
        let report = example::services(60);
        let all = voices(&report, &services(&report), None, None);
        assert_eq!(all.len(), MOST_VOICES);
        let mut silent = report;
        silent.states.retain(|state| state.scale != Scale::Meso);
        silent.replay.tracks.retain(|track| track.scale != Scale::Meso);
        let ring = voices(&silent, &services(&silent), None, Some(Scale::Meso));
        assert!(ring.iter().all(|voice| voice.gain == 0.0), "without data there is silence");
        assert!(voices(&Report::default(), &[], None, None).is_empty());
    }
}
