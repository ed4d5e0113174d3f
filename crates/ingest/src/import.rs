//! From a source's bytes to data sets: one file, or all files of an archive.

use crate::container;
use crate::head::Head;
use crate::notebook::Notebook;
use crate::series_set::SeriesSet;
use crate::table::Table;
use crate::table::read::TableBody;
use crate::text::Text;
use crate::{Error, Format, Options, sniff};
use series::{Dataset, Note, NoteKind};
use std::io::Read;
use std::ops::ControlFlow;

/// What a reader is given beside the text.
pub(crate) struct Context<'a> {
    pub(crate) options: &'a Options,
    /// How the beginning of the text looks as a table; only for readers of tables.
    pub(crate) table: Option<Table>,
}

/// What a reader makes of a text, before it becomes series.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Table(Box<TableBody>),
    Samples(Box<SeriesSet>),
}

impl From<SeriesSet> for Body {
    fn from(set: SeriesSet) -> Self {
        Self::Samples(Box::new(set))
    }
}

/// One file that was read.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) format: Format,
    pub(crate) body: Body,
    pub(crate) notes: Vec<Note>,
}

/// A source that was read, from which data sets can be made under different options without reading it again.
#[derive(Clone, Debug)]
pub struct Import {
    pub(crate) parts: Vec<Part>,
}

impl Import {
    /// Reads a source to its end. At no time more than a few megabytes of its text are in memory.
    ///
    /// `name` is shown to people and never used to guess the format. gzip is unpacked; each file of a zip becomes a part,
    /// and those that cannot be read are left out with a note. `length` is the number of bytes that the source has, where
    /// that is known: memory is then taken once, and not again and again.
    ///
    /// # Errors
    /// If nothing in it can be read: see [`Error`].
    pub fn open(name: &str, source: &mut dyn Read, length: Option<u64>, options: &Options) -> Result<Self, Error> {
        let mut parts = Vec::new();
        let mut failed: Vec<(String, Error)> = Vec::new();
        container::open(source, length, &mut |inner, bytes, length| {
            let Some(inner) = inner else {
                parts.push(read_part(name.to_owned(), bytes, length, options)?);
                return Ok(ControlFlow::Continue(()));
            };
            match read_part(format!("{name}: {inner}"), bytes, length, options) {
                Ok(part) => parts.push(part),
                Err(error) => failed.push((inner.to_owned(), error)),
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let Some(first) = parts.first_mut() else {
            return Err(failed.into_iter().next().map_or(Error::Empty, |(_, error)| error));
        };
        let mut notes = Notebook::default();
        for (inner, error) in failed {
            notes.add_about(&inner, NoteKind::Dropped, 1, format!("Not read: {error}"));
        }
        first.notes.extend(notes.into_notes());
        Ok(Self { parts })
    }

    /// The formats of the files in it, in their order.
    pub fn formats(&self) -> impl Iterator<Item = Format> {
        self.parts.iter().map(|part| part.format)
    }

    /// Makes a data set and keeps what was read, at the price of a copy.
    ///
    /// The options whose settings need the text ([`crate::needs_text`]) have been followed when it was opened; changed
    /// ones are followed only after opening the source again. All others count anew.
    ///
    /// # Errors
    /// If there is nothing to be made of it.
    pub fn dataset(&self, options: &Options) -> Result<Dataset, Error> {
        self.clone().into_dataset(options)
    }

    /// Makes a data set.
    ///
    /// # Errors
    /// If there is nothing to be made of it.
    pub fn into_dataset(self, options: &Options) -> Result<Dataset, Error> {
        let mut sets = Vec::with_capacity(self.parts.len());
        for part in self.parts {
            let mut dataset = match part.body {
                Body::Table(table) => table.into_dataset(&part.name, options)?,
                Body::Samples(set) => set.into_dataset(&part.name, part.format, options)?,
            };
            dataset.notes.splice(0..0, part.notes);
            sets.push(dataset);
        }
        // A single one stays as it is, row numbers included.
        if sets.len() == 1 {
            return sets.pop().ok_or(Error::Empty);
        }
        Ok(Dataset::merge(sets))
    }
}

fn read_part(name: String, source: &mut dyn Read, length: Option<u64>, options: &Options) -> Result<Part, Error> {
    let mut text = Text::open(source, length)?;
    let head = Head::new(text.rest(), text.is_last(), options);
    let reader = sniff::choose(&head)?;
    let table = if reader.is_table { head.into_table() } else { None };
    let body = (reader.read)(&mut text, Context { options, table })?;
    Ok(Part { name, format: reader.format, body, notes: text.notes() })
}
