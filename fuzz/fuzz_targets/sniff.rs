//! Any bytes, with nothing said about them: found by content, then read.
#![no_main]

use ingest::{Options, Source};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let found = ingest::detect(&Source { name: "x", bytes });
    let read = fuzz::check(bytes, &Options::default());
    // Whatever is read was recognised before.
    assert!(found.is_ok() || read.is_err(), "read without being recognised");
});
