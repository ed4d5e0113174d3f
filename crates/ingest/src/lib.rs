//! Reads what monitoring tools export.
//!
//! [`read`] takes the bytes of one file, finds out by content what format they are in, and returns a
//! [`series::Dataset`] with a counted note for everything that was assumed, changed or left out; or an [`Error`] whose
//! text says where the trouble is, what was expected, and what would help. [`write`] does the reverse for the formats
//! that `monteverdi convert` offers.
//!
//! Values are samples as the source has them, in base units; nothing is interpolated, averaged or turned into rates.
//! A missing value is NaN. Infinities are kept. Times are milliseconds since 1970-01-01 UTC.
//!
//! No function here panics on any input, reads a clock, or looks at more than the bytes and options given.

mod cell;
mod container;
mod counter;
mod error;
mod foreign;
mod format;
mod formats;
mod gzip;
mod input;
mod notebook;
mod options;
mod series_set;
mod sniff;
mod table;
mod text;
pub mod write;
mod zone;

pub use cell::timestamp::{DateOrder, EpochUnit};
pub use error::{Choice, Error};
pub use format::Format;
pub use options::{Keep, Options, Role, SETTINGS, SettingError, Source};
pub use zone::{TimeZone, ZoneRules};

use series::Dataset;

/// Reads one file into a data set.
///
/// The format is found by content unless `options.format` names it. gzip is unpacked, UTF-8 and UTF-16 byte order marks
/// are honoured. The result has one origin, `row_count` data rows for tables, and each series' axis knows the rows that
/// its samples came from.
///
/// # Errors
/// Whatever cannot be read right is refused: see [`Error`].
pub fn read(source: &Source<'_>, options: &Options) -> Result<Dataset, Error> {
    let text = text::decode(source.bytes)?;
    let input = input::Input::new(source.name, &text.text);
    let reader = sniff::choose(&input, options)?;
    let mut dataset = (reader.read)(&input, options)?;
    dataset.notes.splice(0..0, text.notes);
    Ok(dataset)
}

/// Says by content which format a file is in, without reading all of it.
///
/// # Errors
/// As [`read`]: a file that no reader understands is named and refused.
pub fn detect(source: &Source<'_>) -> Result<Format, Error> {
    let text = text::decode(source.bytes)?;
    let input = input::Input::new(source.name, &text.text);
    sniff::choose(&input, &Options::default()).map(|reader| reader.format)
}
