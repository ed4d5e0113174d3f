//! What the formats of sysstat share: which columns are labels, and what the others are measured in.

use crate::cell::timestamp::{self, DateOrder, EpochUnit, Stamp, TimeStyle};
use crate::series_set::SeriesSet;
use order::SortedMap;
use series::{Event, Labels, NoteKind};
use std::collections::HashMap;

/// Names of columns that say what was measured, as sar's headers write them.
const LABELS: [&str; 26] = [
    "CPU",
    "INTR",
    "DEV",
    "IFACE",
    "TTY",
    "FAN",
    "TEMP",
    "IN",
    "BAT",
    "BUS",
    "DEVICE",
    "FILESYSTEM",
    "MOUNTPOINT",
    "FCHOST",
    "NODE",
    "UID",
    "USER",
    "PID",
    "TGID",
    "TID",
    "Command",
    "idvendor",
    "idprod",
    "manufact",
    "product",
    "status",
];

/// Whether a column of that name tells devices apart.
pub(super) fn is_label(name: &str) -> bool {
    LABELS.contains(&name)
}

/// Whether a column can be a measurement of the devices that a label names.
pub(super) fn belongs(label: &str, name: &str) -> bool {
    let starts = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    match label {
        "CPU" => starts(&["%", "total/", "dropd/", "squeezd/", "rx_rps/", "flow_lim/", "blg_", "MHz", "wghMHz"]),
        "INTR" => name == "intr/s",
        "TTY" => starts(&["rcvin/", "txmtin/", "framerr/", "prtyerr/", "brk/", "ovrun/"]),
        "DEV" => {
            starts(&["tps", "rkB", "wkB", "dkB", "rd_sec", "wr_sec", "await", "svctm", "%util", "MHz"])
                || name.ends_with("-sz")
        }
        "IFACE" => starts(&["rx", "tx", "coll/", "%ifutil"]),
        "FAN" => matches!(name, "rpm" | "drpm"),
        "TEMP" => matches!(name, "degC" | "%temp"),
        "IN" => matches!(name, "inV" | "%in"),
        "BAT" => starts(&["%cap", "cap/"]),
        "FILESYSTEM" | "MOUNTPOINT" => starts(&["MB", "%fs", "%ufs", "I", "%I"]),
        "FCHOST" => name.starts_with("fch_"),
        _ => true,
    }
}

/// The unit of a column, as sar(1) describes it. Its kilobytes are 1024 bytes.
pub(super) fn unit(name: &str) -> Option<&'static str> {
    if name.starts_with('%') || matches!(name, "util" | "ifutil") {
        return Some("%");
    }
    if let Some(count) = name.strip_suffix("/s") {
        let is_kilobytes = count.contains("kB") || count.starts_with("kb") || matches!(count, "pgpgin" | "pgpgout");
        return Some(if is_kilobytes { "KiB/s" } else { "/s" });
    }
    if name.starts_with("kb") || name.starts_with("MB") {
        return Some(if name.starts_with("kb") { "KiB" } else { "MiB" });
    }
    match name {
        "await" | "r_await" | "w_await" | "svctm" => Some("ms"),
        "areq-sz" => Some("KiB"),
        "MHz" | "wghMHz" => Some("MHz"),
        "degC" => Some("°C"),
        _ => None,
    }
}

/// A device's name, as sadf's database format numbers it and its other formats name it.
pub(super) fn device<'a>(label: &str, written: &'a str) -> &'a str {
    match (label, written) {
        ("CPU", "-1") => "all",
        ("INTR", "-1") => "sum",
        _ => written,
    }
}

/// Series of sysstat's formats, found by a short key instead of their whole identity.
#[derive(Default)]
pub(super) struct Found {
    pub(super) set: SeriesSet,
    positions: HashMap<String, usize>,
    rows: HashMap<String, Vec<usize>>,
    restarts: SortedMap<(i64, String), ()>,
    /// Times whose zone has a name that several zones share, and the name.
    shared_zone: Option<(String, usize)>,
}

impl Found {
    /// The position of a metric of a device. `labels` are those of the host and the device, in any order.
    pub(super) fn position(&mut self, metric: &str, labels: &[(&str, &str)]) -> usize {
        let mut key = metric.to_owned();
        for (name, value) in labels {
            key.push('\n');
            key.push_str(name);
            key.push('=');
            key.push_str(value);
        }
        if let Some(&position) = self.positions.get(&key) {
            return position;
        }
        let labels: Labels = labels.iter().filter(|(_, value)| !value.is_empty()).copied().collect();
        let position = self.set.position_of(metric, labels);
        if let Some(entry) = self.set.entry(position) {
            entry.unit = unit(metric).map(str::to_owned);
        }
        self.positions.insert(key, position);
        position
    }

    /// The positions of a row's metrics, by a key that is the same for all rows of these columns and labels.
    pub(super) fn positions(
        &mut self,
        key: &str,
        metrics: &mut dyn Iterator<Item = &str>,
        labels: &[(&str, &str)],
    ) -> Vec<usize> {
        if let Some(known) = self.rows.get(key) {
            return known.clone();
        }
        let found: Vec<usize> = metrics.map(|metric| self.position(metric, labels)).collect();
        self.rows.insert(key.to_owned(), found.clone());
        found
    }

    /// A restart or a comment of the host, once, although every activity's block repeats it.
    pub(super) fn event(&mut self, stamp: Stamp, host: &str, title: &str) {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.restarts.insert((stamp.ms, title.clone()), ()).is_some() {
            return;
        }
        let mut labels = Labels::new();
        if !host.is_empty() {
            labels.insert("hostname", host);
        }
        self.set.push_event(Event { start_ms: stamp.ms, end_ms: None, title, labels }, !stamp.zoned);
    }

    /// A time of sadf: seconds since 1970, or a date with or without a zone.
    pub(super) fn time(&mut self, cell: &str) -> Option<Stamp> {
        if cell.len() >= 8 && cell.bytes().all(|byte| byte.is_ascii_digit()) {
            return timestamp::parse(cell, TimeStyle::Epoch(EpochUnit::Seconds));
        }
        let (stamp, zone) = timestamp::parse_with_any_zone(cell, DateOrder::YearFirst)?;
        if let Some(zone) = zone {
            self.shared_zone(zone);
        }
        Some(stamp)
    }

    /// Counts a time whose zone's name means several.
    pub(super) fn shared_zone(&mut self, zone: &str) {
        self.shared_zone.get_or_insert_with(|| (zone.to_owned(), 0)).1 += 1;
    }

    /// Gives the series, with a note on zones.
    pub(super) fn finish(mut self) -> SeriesSet {
        if let Some((zone, count)) = self.shared_zone.take() {
            self.set.notes.add(
                NoteKind::Assumption,
                count,
                format!("The zone {zone} can be one of several; the times were kept as the clock showed them"),
            );
        }
        self.set
    }
}
