//! How the beginning of a file is understood, for the panel in which the user corrects it.

use super::blob::BlobSource;
use super::files;
use crate::bridge::{ColumnPreview, FormatName, Preview, Understood};
use ingest::{Format, Options};
use web_sys::Blob;

/// What of the beginning is read, at most, for one answer.
const READ_BYTES: f64 = 16e6;

/// The preview of a file under settings. A file that cannot be shown has a preview with the problem alone.
pub(super) fn of(name: &str, blob: &Blob, settings: &[String]) -> Preview {
    let formats = Format::ALL.map(|format| FormatName { name: format.name().into(), label: format.label().into() });
    let empty = Preview { file: name.to_owned(), formats: formats.into(), ..Preview::default() };
    let found = files::options(settings)
        .map_err(|error| error.to_string())
        .and_then(|options| Ok((shape(blob).unwrap_or(0), beginning(blob, &options)?)));
    match found {
        Ok((shape, found)) => Preview { shape, ..converted(found, empty) },
        Err(problem) => Preview { problem: Some(problem), ..empty },
    }
}

/// The shape of a file, which does not depend on how it is to be read.
pub(super) fn shape(blob: &Blob) -> Option<u64> {
    Some(beginning(blob, &Options::default()).ok()?.shape)
}

fn beginning(blob: &Blob, options: &Options) -> Result<ingest::Preview, String> {
    // Its end is where the reading would go on: a cut line or value is nothing that matters for a preview.
    let blob = blob.slice_with_f64_and_f64(0.0, READ_BYTES).unwrap_or_else(|_| blob.clone());
    let mut source = BlobSource::new(&blob, &|_| {});
    ingest::preview(&mut source, options).map_err(|error| error.to_string())
}

fn converted(found: ingest::Preview, empty: Preview) -> Preview {
    let understood = |column: &ingest::ColumnPreview| match column.understood {
        ingest::Understood::Time => Understood::Time,
        ingest::Understood::Value => Understood::Value,
        ingest::Understood::Label => Understood::Label,
        ingest::Understood::Service => Understood::Service,
        ingest::Understood::Metric => Understood::Metric,
        ingest::Understood::Ignored => Understood::Ignored,
    };
    let column = |column: ingest::ColumnPreview| ColumnPreview {
        understood: understood(&column),
        name: column.name,
        unit: column.unit,
        detail: column.detail,
    };
    let note = |note: series::Note| match note.subject {
        Some(subject) => format!("{subject}: {}", note.message),
        None => note.message,
    };
    Preview {
        format: found.format,
        label: found.label,
        rows: found.rows,
        preamble: found.preamble,
        header_rows: found.header_rows,
        columns: found.columns.into_iter().map(column).collect(),
        delimiter: found.delimiter,
        decimal: found.decimal,
        assumed_time_zone: found.assumed_time_zone,
        series: found.series.0,
        series_count: found.series.1,
        notes: found.notes.into_iter().map(note).collect(),
        problem: found.problem,
        ..empty
    }
}
