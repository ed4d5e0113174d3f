//! Writes the sample incidents and their index: `samples [FOLDER]`, by default `www/samples` of this repository.

use flate2::{Compression, GzBuilder};
use std::io::Write;
use std::path::PathBuf;
use testkit::samples::SAMPLES;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/samples");
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| default.to_string()));
    std::fs::create_dir_all(&folder)?;
    let mut index = Vec::new();
    for sample in SAMPLES {
        let entry = sample.index_entry();
        // Neither time nor name in the header: the same simulation gives the same file.
        let mut file = GzBuilder::new().write(Vec::new(), Compression::best());
        file.write_all(sample.simulate().to_csv().as_bytes())?;
        std::fs::write(folder.join(&entry.file), file.finish()?)?;
        index.push(entry);
    }
    let mut text = serde_json::to_string_pretty(&index)?;
    text.push('\n');
    std::fs::write(folder.join("index.json"), text)?;
    Ok(())
}
