//! One reader, whatever the bytes look like. The environment says which, so that no format can be without a target; if it
//! says `list`, the names of all are printed.
#![no_main]

use ingest::{Format, Options};
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

/// None if only the list was wanted.
static FORMAT: OnceLock<Option<Format>> = OnceLock::new();

fn format() -> Option<Format> {
    *FORMAT.get_or_init(|| {
        let names = || Format::ALL.map(Format::name);
        let name = std::env::var("MONTEVERDI_FORMAT").unwrap_or_default();
        if name == "list" {
            println!("{}", names().join("\n"));
            return None;
        }
        let format = Format::from_name(&name);
        assert!(format.is_some(), "MONTEVERDI_FORMAT is {name:?}, and must be one of {}", names().join(", "));
        format
    })
}

fuzz_target!(|bytes: &[u8]| {
    if let Some(format) = format() {
        // A refusal is as good as a result; what must hold is checked inside.
        let _ = fuzz::check(bytes, &Options { format: Some(format), ..Options::default() });
    }
});
