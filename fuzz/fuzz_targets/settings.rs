//! Any settings, one a line, up to an empty line; behind it the file.
#![no_main]

use libfuzzer_sys::fuzz_target;

/// What is read if the input holds settings only.
const TABLE: &[u8] = b"time;host;load;requests_total;Latency (ms)\n\
    01/02/2023 10:00;a;1,5;10;12 ms\n01/02/2023 10:01;a;2,5;20;1.2 s\n01/02/2023 10:02;b;3,5;5;\n";

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n");
    let (settings, file) = end.map_or((bytes, TABLE), |end| (&bytes[..end], &bytes[end + 2..]));
    if let Ok(settings) = std::str::from_utf8(settings) {
        let settings: Vec<&str> = settings.lines().take(20).collect();
        fuzz::check_later(file, &settings);
    }
});
