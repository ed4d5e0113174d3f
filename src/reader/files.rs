//! Reading files, one after the other.

use super::blob::{BlobSource, BlobStream};
use super::{fault, preview, zone};
use crate::bridge::{Fault, Mailbox, Pause, READING_SHARE};
use crate::state::{FORGOTTEN, Remembered, Settings};
use ingest::{Import, Options, SettingError, needs_text};
use series::{Dataset, Note, NoteKind};
use std::cell::Cell;
use std::io;
use wasm_bindgen::JsCast;
use web_sys::{Blob, File};

/// The shortest time between two messages about progress.
const PROGRESS_MS: f64 = 100.0;

/// Larger files are read again rather than kept.
const LARGEST_KEPT: f64 = 32e6;

/// A file as it was read, from which data sets are made under other settings without reading it again.
pub(super) struct Kept {
    file: Stamp,
    /// The settings that it was read under, of those that need the text.
    settings: Vec<String>,
    import: Import,
}

/// By what a file is known again: its name, size, and when it was changed.
#[derive(Clone, PartialEq)]
struct Stamp(String, f64, f64);

impl Stamp {
    /// None for what is no file of the user's.
    fn of(blob: &Blob) -> Option<Self> {
        let file = blob.dyn_ref::<File>()?;
        Some(Self(file.name(), file.size(), file.last_modified()))
    }
}

/// Larger files are parsed while the browser reads on.
const LARGEST_AT_ONCE: f64 = 8e6;
/// After so many bytes messages are looked for.
const HEARD_BYTES: usize = 1 << 21;

/// Reads all files and puts them together. `kept` are those of the last time. None if meanwhile `is_wanted` says no.
#[expect(clippy::too_many_arguments, reason = "what a load is made of")]
pub(super) async fn read(
    page: &Mailbox,
    kept: &mut Vec<Kept>,
    generation: u32,
    names: &[String],
    settings: &[String],
    remembered: &str,
    blobs: &[Blob],
    is_wanted: &dyn Fn() -> bool,
) -> Result<Option<Dataset>, Fault> {
    let asks_for_none = settings.iter().any(|setting| setting == FORGOTTEN);
    let remembered = Remembered::parse(if asks_for_none { "" } else { remembered });
    let all_bytes: f64 = blobs.iter().map(Blob::size).sum();
    let (read_before, last_said_ms) = (Cell::new(0.0), Cell::new(f64::NEG_INFINITY));
    let mut parts = Vec::with_capacity(names.len());
    let mut failed = Vec::new();
    let mut before = std::mem::take(kept);
    for (name, blob) in names.iter().zip(blobs) {
        let say = |read_bytes: f64| {
            let (now_ms, read_bytes) = (page.now_ms(), read_before.get() + read_bytes);
            if now_ms - last_said_ms.get() >= PROGRESS_MS {
                last_said_ms.set(now_ms);
                let stage = format!("Reading {name}, {} of {} MB", megabytes(read_bytes), megabytes(all_bytes));
                page.say_progress(generation, &stage, READING_SHARE * read_bytes / all_bytes.max(1.0));
            }
        };
        say(0.0);
        let known = Some(&remembered).filter(|remembered| !remembered.is_empty());
        let known = known.and_then(|remembered| remembered.get(preview::shape(blob)?));
        let known = known.map(Settings::list).unwrap_or_default();
        let told: Vec<String> = known.iter().chain(settings).cloned().collect();
        let options = options(&told).map_err(|error| fault::setting(&error))?;
        let stamp = Stamp::of(blob);
        let told: Vec<String> = told.into_iter().filter(|setting| needs_text(setting)).collect();
        let is_it = |one: &Kept| stamp.as_ref() == Some(&one.file) && one.settings == told;
        let import = match before.iter().position(is_it) {
            Some(position) => Ok(before.swap_remove(position).import),
            None => match open(name, blob, &options, &say, is_wanted).await? {
                Some(outcome) => outcome,
                None => return Ok(None),
            },
        };
        let is_small = blob.size() <= LARGEST_KEPT;
        let made = import.and_then(|import| match stamp.filter(|_| is_small) {
            Some(file) => {
                let made = import.dataset(&options);
                kept.push(Kept { file, settings: told, import });
                made
            }
            None => import.into_dataset(&options),
        });
        read_before.set(read_before.get() + blob.size());
        let mut part = match made {
            Ok(part) => part,
            Err(error) => {
                failed.push((name, error));
                continue;
            }
        };
        if !known.is_empty() {
            let message = format!("Read as was said before for files of this shape: {}", known.join(", "));
            part.notes.push(Note::new(NoteKind::Assumption, 1, message).about(name.as_str()).undone_by(FORGOTTEN));
        }
        parts.push(part);
    }
    // Of several files those that can be read are an answer, with a note on each that cannot.
    let Some(first) = parts.first_mut() else {
        return Err(match failed.first() {
            Some((name, error)) => fault::reading(name, error),
            None => fault::reading("Nothing", &ingest::Error::Empty),
        });
    };
    for (name, error) in failed {
        first.notes.push(Note::new(NoteKind::Dropped, 1, format!("Not read: {error}")).about(name.as_str()));
    }
    Ok(Some(Dataset::merge(parts)))
}

/// Reads one file; `say` is told how many bytes have come. None if it is not wanted any more.
///
/// # Errors
/// [`Fault`] where the browser does not give the bytes, the reader's own error where they cannot be read.
pub async fn open(
    name: &str,
    blob: &Blob,
    options: &Options,
    say: &dyn Fn(f64),
    is_wanted: &dyn Fn() -> bool,
) -> Result<Option<Result<Import, ingest::Error>>, Fault> {
    let length = Some(blob.size() as u64);
    if let Some(mut stream) = (blob.size() > LARGEST_AT_ONCE).then(|| BlobStream::open(blob, say)).flatten() {
        let (pause, mut unheard) = (Pause::default(), 0);
        let next = async |to: &mut Vec<u8>| {
            // Bytes that are there already come before any message, which may be that nobody wants them.
            if unheard >= HEARD_BYTES {
                pause.take().await;
                unheard = 0;
            }
            if !is_wanted() {
                return Err(io::Error::from(io::ErrorKind::Interrupted));
            }
            stream.next(to).await?;
            unheard += to.len();
            Ok(())
        };
        let outcome = Import::open_fed(name, next, length, options).await;
        if !is_wanted() {
            return Ok(None);
        }
        if let Some(reason) = stream.failure() {
            return Err(fault::opening(name, reason));
        }
        match outcome {
            Ok(Some(import)) => return Ok(Some(Ok(import))),
            // Not a plain table: once more from the beginning.
            Ok(None) => {}
            Err(error) => return Ok(Some(Err(error))),
        }
    }
    let mut source = BlobSource::new(blob, say);
    let outcome = Import::open(name, &mut source, length, options);
    match source.failure() {
        Some(reason) => Err(fault::opening(name, reason)),
        None => Ok(Some(outcome)),
    }
}

/// Times without a zone are taken for the browser's own, unless a setting names another.
pub(super) fn options(settings: &[String]) -> Result<Options, SettingError> {
    let mut options = Options { time_zone: zone::local_zone(), ..Options::default() };
    settings
        .iter()
        .filter(|setting| *setting != FORGOTTEN)
        .try_for_each(|setting| options.set(setting, zone::named_zone))?;
    Ok(options)
}

/// Megabytes (of a million bytes), with a decimal below ten.
fn megabytes(bytes: f64) -> String {
    // Whole numbers alone: the text of a fraction costs tables.
    let tenths = (bytes / 1e5).round() as u64;
    if tenths < 100 { format!("{}.{}", tenths / 10, tenths % 10) } else { (tenths / 10).to_string() }
}
