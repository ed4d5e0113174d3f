//! Any settings, one a line, up to an empty line; behind it the file.
#![no_main]

use ingest::{Options, TimeZone};
use libfuzzer_sys::fuzz_target;

/// What is read if the input holds settings only.
const TABLE: &[u8] = b"time;host;load;requests_total;Latency (ms)\n\
    01/02/2023 10:00;a;1,5;10;12 ms\n01/02/2023 10:01;a;2,5;20;1.2 s\n01/02/2023 10:02;b;3,5;5;\n";

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (settings, file) = end.map_or((bytes, TABLE), |end| (&bytes[..end], &bytes[end + 2..]));
    let Ok(settings) = std::str::from_utf8(settings) else { return };
    let mut options = Options::default();
    let mut half = Options::default();
    for (index, line) in settings.lines().take(20).enumerate() {
        let is_half = index % 2 == 0;
        for options in [&mut options].into_iter().chain(is_half.then_some(&mut half)) {
            // Unknown settings are refused, and the rest counts.
            let _ = options.set(line, |name| (name == "Z").then_some(TimeZone::default()));
        }
    }
    let _ = fuzz::check(file, &options);
    fuzz::check_again(file, &half, &options);
});
