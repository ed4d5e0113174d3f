//! Times in JSON: a count since 1970, or a date as text.

use super::{Json, Kind, Value};
use crate::Error;
use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{self, DateOrder, EpochUnit, Stamp, TimeStyle};

/// A count since 1970-01-01 UTC; its unit is known or told by its size. None if it is not finite.
pub(crate) fn of_count(count: f64, unit: Option<EpochUnit>) -> Option<Stamp> {
    let unit = unit.unwrap_or_else(|| EpochUnit::by_magnitude(count));
    count.is_finite().then(|| Stamp { ms: unit.to_ms(count), zoned: true, has_clock: true })
}

/// A date with the year first (RFC 3339 and its kin), or a count in quotes. None for any other text.
pub(crate) fn of_text(text: &str, unit: Option<EpochUnit>) -> Option<Stamp> {
    match number::parse(text, NumberStyle::PLAIN) {
        Number::Value(count) => of_count(count, unit),
        _ => timestamp::parse(text, TimeStyle::Calendar(DateOrder::YearFirst)),
    }
}

impl Value {
    /// The time that it stands for; none if it is no time. `unit` is that of a count, told by its size if none.
    pub(crate) fn as_stamp(&self, unit: Option<EpochUnit>) -> Option<Stamp> {
        match self {
            Self::Number(count) => of_count(*count, unit),
            Self::Text(text) => of_text(text, unit),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Object(_) => None,
        }
    }
}

impl Json<'_, '_> {
    /// Takes a time; none for null. `unit` is that of a count, told by its size if none.
    ///
    /// # Errors
    /// If something else stands there.
    pub(crate) fn stamp(&mut self, unit: Option<EpochUnit>) -> Result<Option<Stamp>, Error> {
        const EXPECTED: &str = "a time (a count since 1970, or 2023-11-17T10:11:24Z)";
        let found = match self.peek()? {
            Kind::Null => return self.skip().map(|()| None),
            Kind::Number => of_count(self.number()?, unit),
            Kind::Text => {
                let text = self.text()?;
                match of_text(text, unit) {
                    None => return Err(super::pull::unexpected_text(EXPECTED, text)),
                    found => found,
                }
            }
            _ => return Err(self.refuse(EXPECTED)),
        };
        found.map(Some).ok_or_else(|| super::pull::unexpected_text(EXPECTED, "NaN"))
    }
}
