//! One voice: two strings and a harsh one, a tremolo, and a place.

use super::NUMBERS;
use wasm_bindgen::JsValue;
use web_sys::{AudioContext, AudioParam, GainNode, OscillatorNode, OscillatorType, StereoPannerNode};

/// How fast a voice follows, as the time constant of an exponential, in seconds.
const GLIDE_S: f64 = 0.05;
/// How loud the harsh string is beside the others.
const HARSH: f64 = 0.35;

/// The strings of one voice. They sound for as long as the program is there; a voice that is silent has no gain.
pub(super) struct Strings {
    pair: [OscillatorNode; 2],
    harsh: OscillatorNode,
    harshness: GainNode,
    pulse: OscillatorNode,
    depth: GainNode,
    tremolo: GainNode,
    loudness: GainNode,
    place: StereoPannerNode,
}

impl Strings {
    pub(super) fn new(context: &AudioContext, output: &GainNode) -> Result<Self, JsValue> {
        let strings = Self {
            pair: [context.create_oscillator()?, context.create_oscillator()?],
            harsh: context.create_oscillator()?,
            harshness: context.create_gain()?,
            pulse: context.create_oscillator()?,
            depth: context.create_gain()?,
            tremolo: context.create_gain()?,
            loudness: context.create_gain()?,
            place: context.create_stereo_panner()?,
        };
        strings.harsh.set_type(OscillatorType::Sawtooth);
        for silent in [&strings.harshness, &strings.depth, &strings.loudness] {
            silent.gain().set_value(0.0);
        }
        for string in &strings.pair {
            string.connect_with_audio_node(&strings.tremolo)?;
        }
        strings.harsh.connect_with_audio_node(&strings.harshness)?.connect_with_audio_node(&strings.tremolo)?;
        strings.pulse.connect_with_audio_node(&strings.depth)?.connect_with_audio_param(&strings.tremolo.gain())?;
        strings
            .tremolo
            .connect_with_audio_node(&strings.loudness)?
            .connect_with_audio_node(&strings.place)?
            .connect_with_audio_node(output)?;
        for string in strings.pair.iter().chain([&strings.harsh, &strings.pulse]) {
            string.start()?;
        }
        Ok(strings)
    }

    /// Goes over to what is asked; to silence where nothing is.
    pub(super) fn play(&self, voice: Option<&[f64; NUMBERS]>, now_s: f64) -> Result<(), JsValue> {
        let glide =
            |parameter: AudioParam, value: f64| parameter.set_target_at_time(value as f32, now_s, GLIDE_S).map(|_| ());
        let Some(&[pitch_hz, second_hz, gain, pulse_hz, harshness, pan]) = voice else {
            return glide(self.loudness.gain(), 0.0);
        };
        let [first, second] = &self.pair;
        glide(first.frequency(), pitch_hz)?;
        glide(second.frequency(), second_hz)?;
        glide(self.harsh.frequency(), pitch_hz)?;
        glide(self.harshness.gain(), HARSH * harshness)?;
        // What does not pulse is as loud as what does in its middle.
        let depth = if pulse_hz > 0.0 { 0.25 } else { 0.0 };
        glide(self.pulse.frequency(), pulse_hz)?;
        glide(self.depth.gain(), depth)?;
        glide(self.tremolo.gain(), 0.25)?;
        glide(self.loudness.gain(), gain)?;
        glide(self.place.pan(), pan)
    }
}
