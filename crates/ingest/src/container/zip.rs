//! ZIP archives (PKWARE's APPNOTE 6.3), read from the front: entry by entry, by the headers in front of their data, without
//! the directory at the end. So an archive is read while it arrives, and is never held as a whole.

use super::budget::Budget;
use super::bytes::Bytes;
use super::entry::{self, Entry, Measure, Packing};
use super::header::{self, Header, Method};
use super::inflate::{Fault, Inflate};
use super::{EachFile, Kind, Refusal, error_of, gzip, name, refused};
use crate::Error;
use std::ops::ControlFlow;

/// Where a part of a split archive begins.
const SPLIT: &[u8] = b"PK\x07\x08";
/// Where an archive ends.
const END: &[u8] = b"PK\x05\x06";
/// What stands behind the last entry: the directory, what belongs to it, or the end of an archive without entries.
const BEHIND: [&[u8]; 4] = [b"PK\x01\x02", b"PK\x06\x08", b"PK\x06\x06", END];

/// The most entries that are looked at, folders included.
const MOST_ENTRIES: usize = 1_000;

const WHAT: &str = "ZIP archive";

/// Whether a file is an archive.
pub(super) fn is_start(head: &[u8]) -> bool {
    [header::SIGNATURE, SPLIT, END].iter().any(|start| head.starts_with(start))
}

/// Hands out the files of an archive.
pub(super) fn open(bytes: &mut Bytes<'_>, budget: &Budget, each: EachFile<'_>) -> Result<(), Error> {
    let mut is_empty = true;
    let mut is_of_office = false;
    for count in 0.. {
        let next = bytes.peek(4).map_err(|error| error_of(&error))?;
        if BEHIND.contains(&next) {
            break;
        }
        if next == SPLIT && count == 0 {
            return Err(refused("a part of a split ZIP archive".to_owned()));
        }
        if count == MOST_ENTRIES {
            return Err(Error::TooLarge {
                what: "entries in the ZIP archive".to_owned(),
                limit: MOST_ENTRIES as u64,
                remedy: "Pack fewer files into one archive.".to_owned(),
            });
        }
        let header = Header::take(bytes).map_err(|fault| fault.into_error(WHAT, 0))?;
        if let Some(purpose) = purpose(&header, bytes, count == 0) {
            return Err(document(purpose));
        }
        is_of_office |= name::is_of_office(&header.name);
        let is_wanted = !is_of_office && !name::is_no_file(&header.name);
        is_empty &= !is_wanted;
        let flow = if is_wanted {
            hand_out(&header, bytes, budget, each)?
        } else {
            hand_out(&header, bytes, budget, &mut |_, _, _| Ok(ControlFlow::Continue(())))?
        };
        if flow.is_break() {
            return Ok(());
        }
    }
    if is_of_office {
        return Err(document("an Office document"));
    }
    if is_empty {
        return Err(Error::Unsupported {
            looks_like: "a ZIP archive without any file in it".to_owned(),
            remedy: "Pack the exported files into it, or open them as they are.".to_owned(),
        });
    }
    Ok(())
}

/// What the archive is made for, if one of its entries says so.
fn purpose(header: &Header, bytes: &mut Bytes<'_>, is_first: bool) -> Option<&'static str> {
    const LONGEST: usize = 80;
    if is_first && header.name == "mimetype" && header.method == Method::Stored {
        // A source that fails fails again when the entry is read.
        return name::purpose_of_type(bytes.peek(LONGEST).unwrap_or_default());
    }
    name::purpose(&header.name)
}

fn document(purpose: &str) -> Error {
    Error::Unsupported {
        looks_like: purpose.to_owned(),
        remedy: "If there is a table of measurements in it, save that as CSV (in Excel: Save As, CSV UTF-8)."
            .to_owned(),
    }
}

/// Hands out one entry, and passes over what is left of it.
fn hand_out(
    header: &Header,
    bytes: &mut Bytes<'_>,
    budget: &Budget,
    each: EachFile<'_>,
) -> Result<ControlFlow<()>, Error> {
    let Header { name, method, measure, is_measured_behind } = header;
    let what = format!("file {name:?} in the ZIP archive");
    let packing = match method {
        Method::Stored if *is_measured_behind && measure.packed == 0 => {
            let descriptor = entry::descriptor(bytes, &Measure::default());
            if descriptor.map_err(|fault| fault.into_error(&what, 0))?.is_none() {
                return Err(refused(format!("a ZIP archive that does not say how long its file {name:?} is")));
            }
            Packing::Stored(0)
        }
        Method::Stored => Packing::Stored(measure.packed),
        Method::Deflated => Packing::Deflated(Inflate::new()),
        Method::Encrypted | Method::Other(_) => {
            let refusal = refused(format!("a ZIP archive whose file {name:?} is {}", method.label()));
            let flow = each(Some(name), &mut Refusal(refusal.clone()), None)?;
            // Only the method knows where its data end.
            if *is_measured_behind && flow.is_continue() {
                return Err(refusal);
            }
            return match bytes.skip(measure.packed).map_err(Fault::Source) {
                Ok(true) => Ok(flow),
                Ok(false) => Err(Fault::Cut.into_error(&what, 0)),
                Err(fault) => Err(fault.into_error(&what, 0)),
            };
        }
    };
    let declared = Some(*measure).filter(|_| !is_measured_behind);
    let mut entry = Entry::new(bytes, budget, packing, declared, what);
    let flow = unpacked(name, &mut entry, budget, each)?;
    if flow.is_continue() {
        entry.finish()?;
    }
    Ok(flow)
}

/// Hands out what an entry unpacks to, and what that unpacks to if it is gzip data.
fn unpacked(
    name: &str,
    entry: &mut Entry<'_, '_>,
    budget: &Budget,
    each: EachFile<'_>,
) -> Result<ControlFlow<()>, Error> {
    let mut inner = Bytes::of_stream(entry);
    let refusal = match Kind::of(&mut inner) {
        Ok(Kind::Plain) => return each(Some(name), &mut inner, None),
        Ok(Kind::Gzip) => return gzip::open(&mut inner, Some(name), budget, each),
        Ok(kind) => refused(format!("a ZIP archive that holds {}, {name:?}", kind.label())),
        Err(error) => error_of(&error),
    };
    each(Some(name), &mut Refusal(refusal), None)
}
