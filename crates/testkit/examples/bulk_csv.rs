//! Writes a large table to a file: `bulk_csv wide|long FILE [MEGABYTES [SERIES [SEED]]]`, by default 200 MB of 200 series.
//! A megabyte is a million bytes.

use std::io::BufWriter;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let form = arguments.next().ok_or("wide or long?")?;
    let path = arguments.next().ok_or("to which file?")?;
    let mut number = |default: u64| arguments.next().map_or(Ok(default), |text| text.parse());
    let (megabytes, series, seed) = (number(200)?, number(200)? as usize, number(1)?);
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    match form.as_str() {
        "wide" => testkit::bulk::wide(&mut file, series, megabytes * 1_000_000, seed)?,
        "long" => testkit::bulk::long(&mut file, series, megabytes * 1_000_000, seed)?,
        other => return Err(format!("there is no form {other:?}; it is wide or long").into()),
    }
    Ok(())
}
