//! The radar for the ear: a program of its own, fetched when the user first wants to hear it.
//!
//! The page says which voices sound ([`scene::sound`]), this program lets them. Nothing sounds that the user has not asked
//! for, and whatever changes glides.

mod voice;

use std::cell::RefCell;
use voice::Strings;
use wasm_bindgen::JsValue;
use web_sys::{AudioContext, AudioContextState, GainNode};

/// The numbers of one voice, in this order: pitch and second pitch in hertz, gain, pulses in a second, harshness, and where
/// it stands from left to right.
pub const NUMBERS: usize = 6;
/// How fast the whole comes and goes, as the time constant of an exponential, in seconds.
const FADE_S: f64 = 0.08;
/// As loud as all voices together may become.
const VOLUME: f32 = 0.35;

struct Orchestra {
    context: AudioContext,
    master: GainNode,
    strings: Vec<Strings>,
}

thread_local! {
    static ORCHESTRA: RefCell<Option<Orchestra>> = const { RefCell::new(None) };
}

/// Lets voices sound, [`NUMBERS`] for each; silence where there are none.
///
/// # Errors
/// In words, where the browser has no Web Audio or refuses it.
pub fn open(voices: &[f64]) -> Result<(), String> {
    let refused = |_: JsValue| "the browser does not play sound here".to_owned();
    ORCHESTRA.with_borrow_mut(|place| {
        if place.is_none() && !voices.is_empty() {
            *place = Some(Orchestra::seat().map_err(refused)?);
        }
        let Some(orchestra) = place else { return Ok(()) };
        orchestra.play(voices).map_err(refused)
    })
}

impl Orchestra {
    fn seat() -> Result<Self, JsValue> {
        let context = AudioContext::new()?;
        let master = context.create_gain()?;
        master.gain().set_value(0.0);
        // Many loud voices at once are held down instead of breaking up.
        let limiter = context.create_dynamics_compressor()?;
        master.connect_with_audio_node(&limiter)?.connect_with_audio_node(&context.destination())?;
        Ok(Self { context, master, strings: Vec::new() })
    }

    fn play(&mut self, voices: &[f64]) -> Result<(), JsValue> {
        let now_s = self.context.current_time();
        let volume = if voices.is_empty() { 0.0 } else { VOLUME };
        self.master.gain().set_target_at_time(volume, now_s, FADE_S)?;
        if voices.is_empty() {
            return Ok(());
        }
        // A browser may have put sound to sleep; it wakes up by itself after the user has done something.
        if self.context.state() == AudioContextState::Suspended {
            let _ = self.context.resume()?;
        }
        let (voices, _) = voices.as_chunks::<NUMBERS>();
        while self.strings.len() < voices.len() {
            self.strings.push(Strings::new(&self.context, &self.master)?);
        }
        for (place, strings) in self.strings.iter().enumerate() {
            strings.play(voices.get(place), now_s)?;
        }
        Ok(())
    }
}
