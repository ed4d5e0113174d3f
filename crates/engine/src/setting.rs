//! Settings of the analysis as text, as links carry them: `weight.checkout=5`, `pattern=1,1,0`, `calls=frontend>cart`.

use crate::{Options, PatternError, pattern};
use operations::calls::{self, CallsError};
use thiserror::Error;

/// A setting that is none.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettingError {
    /// Its value is no weight.
    #[error("`{number}` is no weight of {service}; expected is a number from 0 on, like 5")]
    Weight {
        /// Whose weight it should be.
        service: String,
        /// What stands there.
        number: String,
    },
    /// Its value is no pattern.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// Its value does not say who calls whom.
    #[error(transparent)]
    Calls(#[from] CallsError),
    /// There is no such setting.
    #[error(
        "`{0}` is no setting of the analysis; there are `weight.SERVICE=NUMBER`, `pattern=1,1,0` and `calls=CALLER>CALLEE`"
    )]
    Unknown(String),
}

impl Options {
    /// Takes one setting: what a service weighs (`weight.SERVICE=NUMBER`; the last one of a service counts), a pattern to
    /// count (`pattern=1,1,0`; each one counts once), or who calls whom (`calls=a>b,a>c`; the last one counts).
    ///
    /// # Errors
    /// Anything else; then nothing is changed.
    pub fn set(&mut self, setting: &str) -> Result<(), SettingError> {
        if let Some(accents) = setting.strip_prefix("pattern=") {
            let accents = pattern(accents)?;
            if !self.patterns.contains(&accents) {
                self.patterns.push(accents);
            }
            return Ok(());
        }
        if let Some(calls) = setting.strip_prefix("calls=") {
            self.calls = calls::from_setting(calls)?;
            return Ok(());
        }
        let weight = setting.strip_prefix("weight.").and_then(|rest| rest.rsplit_once('='));
        let Some((service, number)) = weight else { return Err(SettingError::Unknown(setting.to_owned())) };
        let Some(weight) = plain_number(number.trim()) else {
            return Err(SettingError::Weight { service: service.to_owned(), number: number.to_owned() });
        };
        self.weights.insert(service.to_owned(), weight);
        Ok(())
    }
}

/// A number of up to fifteen digits, perhaps with a decimal point: the nearest one, as both integers are exact. The standard
/// library's reader, which knows every form of numbers, is 13 KB of what browsers fetch.
fn plain_number(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let count = whole.len() + fraction.len();
    let mut digits = whole.bytes().chain(fraction.bytes());
    if count == 0 || count > 15 || !digits.clone().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let value = digits.try_fold(0u64, |value, digit| Some(10 * value + u64::from(digit.checked_sub(b'0')?)))?;
    let places = (0..fraction.len()).fold(1.0, |places, _| places * 10.0);
    Some(value as f64 / places)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn weights_and_patterns_are_taken_and_all_else_is_refused_in_words() {
        let mut options = Options::default();
        for setting in ["weight.a=b=2", "weight.a=b=2.5", "pattern=1,1,0", "pattern=[1, 1, 0]", "pattern=0"] {
            options.set(setting).unwrap();
        }
        assert_eq!(options.weights.clone().into_iter().collect::<Vec<_>>(), [("a=b".to_owned(), 2.5)]);
        assert_eq!(options.patterns, [vec![true, true, false], vec![false]]);
        options.set("calls=web>cart,cart>redis").unwrap();
        options.set("calls=web>cart").unwrap();
        assert_eq!(options.calls, [("web".to_owned(), "cart".to_owned())]);
        let refused = |setting: &str| Options::default().set(setting).unwrap_err().to_string();
        assert_eq!(refused("weight.cart=-1"), "`-1` is no weight of cart; expected is a number from 0 on, like 5");
        for (text, number) in
            [("5", 5.0), ("0.1", 0.1), (".25", 0.25), ("12.", 12.0), ("123456789.012345", 123_456_789.012_345)]
        {
            assert_eq!(plain_number(text), Some(number), "{text}");
        }
        for wrong in [
            "weight.cart=much",
            "weight.cart=inf",
            "weight.cart=.",
            "weight.cart=1234567890123456",
            "weight.cart=",
            "weight.cart=NaN",
        ] {
            assert!(refused(wrong).contains("is no weight of cart"), "{wrong}");
        }
        assert!(refused("pattern=1,2").contains("`1,2` is no pattern of accents"));
        assert!(refused("calls=web").contains("`web>` is no call; expected is"));
        for wrong in ["weight.cart", "weights.cart=1", "pattern", ""] {
            assert!(refused(wrong).contains("is no setting of the analysis"), "{wrong}");
        }
    }
}
