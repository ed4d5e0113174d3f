//! Standard output.

use crate::failure::Failure;
use serde::Serialize;
use std::io::{self, BufWriter, StdoutLock, Write};

/// A buffered standard output; to be flushed once, at the end.
pub(crate) fn stdout() -> BufWriter<StdoutLock<'static>> {
    BufWriter::with_capacity(1 << 17, io::stdout().lock())
}

/// Writes a text.
pub(crate) fn text(text: &str) -> Result<(), Failure> {
    bytes(text.as_bytes())
}

fn bytes(content: &[u8]) -> Result<(), Failure> {
    let mut out = stdout();
    out.write_all(content)?;
    Ok(out.flush()?)
}

/// Writes a value as JSON on one line.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let mut out = stdout();
    serde_json::to_writer(&mut out, value)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

/// Writes content to a file, or to standard output for `-`.
pub(crate) fn file(path: &str, content: &[u8]) -> Result<(), Failure> {
    if path == "-" {
        return bytes(content);
    }
    std::fs::write(path, content)
        .map_err(|error| Failure::input(format_args!("{path} could not be written: {error}. Name another file.")))
}
