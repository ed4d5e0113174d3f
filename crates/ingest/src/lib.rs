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
mod error;
mod feed;
mod foreign;
mod format;
mod formats;
mod head;
mod import;
mod json;
mod meaning;
mod notebook;
mod options;
mod preview;
mod series_set;
mod sniff;
mod table;
mod text;
mod unique_names;
pub mod write;
mod zone;

pub use cell::timestamp::{DateOrder, EpochUnit};
pub use error::{Choice, Error};
pub use format::Format;
pub use import::Import;
pub use options::{Keep, Options, Role, SETTINGS, SettingError, Source, needs_text};
pub use preview::{ColumnPreview, Preview, Understood, preview};
pub use zone::{Localiser, TimeZone, ZoneRules};

use series::Dataset;
use std::io::Read;
use std::ops::ControlFlow;

/// Reads one file into a data set.
///
/// The format is found by content unless `options.format` names it. gzip is unpacked, UTF-8 and UTF-16 byte order marks
/// are honoured. The result has one origin, `row_count` data rows for tables, and each series' axis knows the rows that
/// its samples came from.
///
/// # Errors
/// Whatever cannot be read right is refused: see [`Error`].
pub fn read(source: &Source<'_>, options: &Options) -> Result<Dataset, Error> {
    let mut bytes = source.bytes;
    read_from(source.name, &mut bytes, Some(source.bytes.len() as u64), options)
}

/// Reads one file into a data set while its bytes come in; at no time more than a few megabytes of them are in memory.
/// The result does not depend on how the source cuts them. `length` is the number of bytes that it has, where that is
/// known: memory is then taken once, and not again and again.
///
/// # Errors
/// As [`read`], and if the source fails.
pub fn read_from(name: &str, source: &mut dyn Read, length: Option<u64>, options: &Options) -> Result<Dataset, Error> {
    Import::open(name, source, length, options)?.into_dataset(options)
}

/// Says by content which format a file is in, without reading all of it.
///
/// # Errors
/// As [`read`]: a file that no reader understands is named and refused.
pub fn detect(source: &Source<'_>) -> Result<Format, Error> {
    let mut bytes = source.bytes;
    let mut found = Err(Error::Empty);
    container::open(&mut bytes, None, &mut |_, bytes, _| {
        let text = text::Text::open(bytes, None)?;
        let options = Options::default();
        let head = head::Head::new(text.rest(), text.is_last(), &options);
        found = Ok(sniff::choose(&head)?.format);
        Ok(ControlFlow::Break(()))
    })?;
    found
}
