//! sysstat's format for pattern matching, `sadf -p`: one sample a line, tabs between host, interval, time, device, metric
//! and value. `-` is no device.

use super::sysstat::Found;
use crate::Format;
use crate::cell::number::{self, Number, NumberStyle};
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::notebook::plural;
use crate::sniff::Reader;
use crate::text::Text;
use series::NoteKind;

pub(crate) const READER: Reader = Reader { format: Format::SadfPpc, probe, is_table: false, read };

/// How many lines are looked at to know the format.
const PROBED_LINES: usize = 20;

fn probe(head: &Head<'_>) -> bool {
    let fits = |line: &str| match parts(line) {
        Some(Line::Sample { metric, value, .. }) => !metric.is_empty() && is_value(value),
        Some(Line::Event(..)) => true,
        None => false,
    };
    let lines = || head.text.lines().filter(|line| !line.trim().is_empty()).take(PROBED_LINES);
    // The last line of the window may be cut.
    let seen = lines().filter(|line| fits(line)).count();
    seen > 0 && seen + usize::from(!head.is_whole) >= lines().count() && {
        let mut times = Found::default();
        lines().take(1).filter_map(|line| line.split('\t').nth(2)).all(|time| times.time(time).is_some())
    }
}

fn is_value(cell: &str) -> bool {
    !matches!(number::parse(cell, NumberStyle::PLAIN), Number::Unreadable)
}

enum Line<'a> {
    Sample { host: &'a str, time: &'a str, device: &'a str, metric: &'a str, value: &'a str },
    Event(&'a str, &'a str, String),
}

fn parts(line: &str) -> Option<Line<'_>> {
    let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
    let is_interval = |cell: &str| cell.parse::<i64>().is_ok();
    match cells.as_slice() {
        [host, interval, time, word, rest @ ..]
            if is_interval(interval) && (word.starts_with("LINUX-RESTART") || word.starts_with("COM ")) =>
        {
            let title = format!("{} {}", word.strip_prefix("COM ").unwrap_or(word), rest.join(" "));
            Some(Line::Event(host, time, title))
        }
        [host, interval, time, device, metric, value] if is_interval(interval) => {
            Some(Line::Sample { host, time, device, metric, value })
        }
        _ => None,
    }
}

fn read(text: &mut Text<'_>, _: Context<'_>) -> Result<Body, Error> {
    let mut found = Found::default();
    let (mut foreign, mut unreadable) = (0, 0);
    let mut first_foreign: Option<(u64, String)> = None;
    while let Some((number, line)) = text.next_line()? {
        if line.trim().is_empty() {
            continue;
        }
        let stamped = match parts(line) {
            Some(Line::Sample { host, time, device, metric, value }) => found.time(time).map(|stamp| {
                let value = match number::parse(value, NumberStyle::PLAIN) {
                    Number::Value(value) => value,
                    Number::Missing => f64::NAN,
                    Number::Unreadable => {
                        unreadable += 1;
                        f64::NAN
                    }
                };
                let (label, device) = device_label(device, metric);
                let position = found.position(metric, &[("hostname", host), (label, device)]);
                found.set.push_at(position, stamp, value);
            }),
            Some(Line::Event(host, time, title)) => found.time(time).map(|stamp| found.event(stamp, host, &title)),
            None => None,
        };
        if stamped.is_none() {
            foreign += 1;
            first_foreign.get_or_insert_with(|| (number, excerpt(line, 40)));
        }
    }
    found.set.refuse_too_many()?;
    found.set.refuse_empty(
        "no line has a host, an interval, a time, a device, a metric and a value",
        "Export again with sadf -p.",
    )?;
    let notes = &mut found.set.notes;
    if let Some((line, text)) = first_foreign {
        let lines = plural(foreign, "line is", "lines are");
        notes.add(NoteKind::Dropped, foreign, format!("{lines} no sample and left out (first line {line}: {text:?})"));
    }
    notes.add(
        NoteKind::Unreadable,
        unreadable,
        format!("{} no number and count as missing", plural(unreadable, "value is", "values are")),
    );
    Ok(found.finish().into())
}

/// The label of a device and its name, which this format does not tell: by how the devices of each activity are written.
fn device_label<'a>(device: &'a str, metric: &str) -> (&'static str, &'a str) {
    let numbered = |prefix: &str| {
        device.strip_prefix(prefix).filter(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if device == "-" {
        return ("device", "");
    }
    if device == "all" {
        return ("CPU", device);
    }
    if let Some(number) = numbered("cpu") {
        return ("CPU", number);
    }
    if let Some(number) = numbered("i") {
        return ("INTR", number);
    }
    if metric == "intr/s" {
        return ("INTR", device);
    }
    let is_network = ["rx", "tx", "coll", "%ifutil"].iter().any(|start| metric.starts_with(start));
    let is_disk =
        matches!(metric, "tps" | "await" | "%util" | "areq-sz" | "avgrq-sz" | "aqu-sz" | "avgqu-sz" | "svctm")
            || ["rkB/s", "wkB/s", "dkB/s", "rd_sec/s", "wr_sec/s"].contains(&metric);
    (
        if is_network {
            "IFACE"
        } else if is_disk {
            "DEV"
        } else {
            "device"
        },
        device,
    )
}
