//! Which reader understands a file: the registry of formats.
//!
//! To add a format: a variant of [`Format`], a file in `formats/` with a `READER`, and its line in [`READERS`].

use crate::error::{Error, excerpt};
use crate::formats::csv_wide;
use crate::input::Input;
use crate::{Format, Options};
use series::Dataset;

/// A format's reader.
pub(crate) struct Reader {
    pub(crate) format: Format,
    /// Whether a file is in this format, by its content. Asked in the order of [`READERS`].
    pub(crate) probe: fn(&Input<'_>) -> bool,
    /// Reads it.
    pub(crate) read: fn(&Input<'_>, &Options) -> Result<Dataset, Error>,
}

/// All readers; the more particular a format is, the further in front it stands.
const READERS: [&Reader; 1] = [&csv_wide::READER];

/// The reader that the options name, or the first that knows the content.
pub(crate) fn choose(input: &Input<'_>, options: &Options) -> Result<&'static Reader, Error> {
    let found = match options.format {
        Some(format) => READERS.into_iter().find(|reader| reader.format == format),
        None => READERS.into_iter().find(|reader| (reader.probe)(input)),
    };
    found.ok_or_else(|| Error::Unknown {
        beginning: excerpt(input.text.trim_start(), 60),
        formats: Format::ALL.map(Format::name).join(", "),
    })
}
