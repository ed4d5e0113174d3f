//! Which columns of words tell the series of a table apart.

use super::scan::{Scan, WordColumn};
use crate::Role;
use series::SERVICE_LABELS;
use std::collections::{HashMap, HashSet};

/// How a table's rows fall into series.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// Positions in `scan.words` of the columns that tell series apart, in the order of the table.
    pub(crate) keys: Vec<usize>,
    /// Positions of the columns that hold one word throughout.
    pub(crate) constant: Vec<usize>,
    /// Positions of all others, and why they are no key.
    pub(crate) dropped: Vec<(usize, &'static str)>,
    /// For each kept row the series (without regard to number columns) that it belongs to.
    pub(crate) groups: Vec<u32>,
    pub(crate) group_count: usize,
}

/// Names, in plain letters, of columns that hold the metric's own name.
const METRICS: [&str; 11] = [
    "series",
    "metric",
    "name",
    "metricname",
    "measurement",
    "field",
    "counter",
    "kpi",
    "indicator",
    "variable",
    "item",
];

/// Names of columns that hold the name of a service.
const SERVICES: [&str; 3] = ["service", "servicename", "microservice"];

/// Names of other columns that say who was measured, beside [`SERVICE_LABELS`].
const PARTS: [&str; 48] = [
    "application",
    "jobname",
    "nodename",
    "server",
    "machine",
    "vm",
    "instanceid",
    "podname",
    "containername",
    "cluster",
    "region",
    "zone",
    "az",
    "datacenter",
    "dc",
    "device",
    "interface",
    "iface",
    "disk",
    "mount",
    "mountpoint",
    "endpoint",
    "path",
    "route",
    "method",
    "operation",
    "queue",
    "topic",
    "partition",
    "consumer",
    "database",
    "db",
    "table",
    "tenant",
    "customer",
    "user",
    "cpu",
    "core",
    "tags",
    "tag",
    "label",
    "scope",
    "entity",
    "resource",
    "target",
    "sensor",
    "location",
    "site",
];

/// Whether a column of that name says who was measured. It tells series apart even if no two rows share a time.
pub(crate) fn is_identity(name: &str) -> bool {
    let name = plain(name);
    let is_label = || SERVICE_LABELS.iter().any(|label| plain(label) == name);
    [&METRICS[..], &SERVICES, &PARTS].iter().any(|names| names.contains(&name.as_str())) || is_label()
}

/// Whether a column of that name holds the metric's own name.
pub(crate) fn is_metric(name: &str) -> bool {
    METRICS.contains(&plain(name).as_str())
}

/// Whether a column of that name holds the measured value, whatever the metric is.
pub(crate) fn is_value(name: &str) -> bool {
    matches!(
        plain(name).as_str(),
        "value" | "metricvalue" | "val" | "v" | "mean" | "avg" | "average" | "reading" | "sample" | "data"
    )
}

/// Whether a column of that name holds the name of a service.
pub(crate) fn is_service(name: &str) -> bool {
    SERVICES.contains(&plain(name).as_str())
}

impl WordColumn {
    /// Whether the column holds the metric's own name.
    pub(super) fn is_metric(&self) -> bool {
        self.role.map_or_else(|| is_metric(&self.name), |role| role == Role::Metric)
    }

    /// Whether the column holds the name of a service.
    pub(super) fn is_service(&self) -> bool {
        self.role.map_or_else(|| is_service(&self.name), |role| role == Role::Service)
    }
}

/// A name's letters and digits alone, in lower case.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric()).collect::<String>().to_ascii_lowercase()
}

const TELLS_NOTHING: &str = "The column holds text that tells no series apart; left out";

impl Keys {
    /// No keys: words that are the same throughout stay labels, all others are dropped.
    pub(crate) fn none(scan: &Scan) -> Self {
        let mut found = Self { group_count: 1, ..Self::default() };
        for (position, column) in scan.words.iter().enumerate() {
            if column.words.len() == 1 {
                found.constant.push(position);
            } else {
                found.dropped.push((position, TELLS_NOTHING));
            }
        }
        found
    }

    /// Finds the keys. With `forced` there is one if any column has words.
    pub(crate) fn find(scan: &Scan, forced: bool) -> Self {
        let rows = scan.times_ms.len();
        let mut found = Self { groups: vec![0; rows], group_count: 1, ..Self::default() };
        let mut candidates = Vec::new();
        // One column of values beside a column of metric names: the names are the series, be it one or as many as rows.
        let has_value_alone = matches!(scan.numbers.as_slice(), [only] if is_value(&only.name));
        for (position, column) in scan.words.iter().enumerate() {
            if !column.overflows && (column.role.is_some() || has_value_alone && column.is_metric()) {
                candidates.push((false, position));
            } else if column.overflows || column.words.len() * 2 > rows.max(2) && column.words.len() > 1 {
                found.dropped.push((position, "Almost every row has another text in this column; left out"));
            } else if column.words.len() == 1 {
                found.constant.push(position);
            } else {
                candidates.push((column.role.is_none() && !is_identity(&column.name), position));
            }
        }
        order::sort(&mut candidates);
        let mut shared = rows_that_share(&scan.times_ms, &found.groups, found.group_count);
        for (is_other, position) in candidates {
            let Some(column) = scan.words.get(position) else { continue };
            let (groups, count) = refine(&found.groups, column);
            let then = rows_that_share(&scan.times_ms, &groups, count);
            let determined = count == found.group_count && found.group_count > 1;
            let last_chance = forced && found.keys.is_empty();
            if !is_other || last_chance || determined || (shared > 0 && then * 2 <= shared) {
                found.keys.push(position);
                found.groups = groups;
                found.group_count = count;
                shared = then;
            } else {
                found.dropped.push((position, TELLS_NOTHING));
            }
        }
        order::sort(&mut found.keys);
        order::sort(&mut found.dropped);
        found
    }
}

/// Divides groups further by a column's words. Groups are numbered in the order of their first row.
fn refine(groups: &[u32], column: &WordColumn) -> (Vec<u32>, usize) {
    let mut numbers: HashMap<(u32, u32), u32> = HashMap::new();
    let mut last = ((u32::MAX, u32::MAX), 0);
    let refined = groups
        .iter()
        .zip(&column.codes)
        .map(|(&group, &code)| {
            if last.0 != (group, code) {
                let next = numbers.len() as u32;
                last = ((group, code), *numbers.entry((group, code)).or_insert(next));
            }
            last.1
        })
        .collect();
    (refined, numbers.len())
}

/// The number of rows whose time another row of their group has.
fn rows_that_share(times_ms: &[i64], groups: &[u32], group_count: usize) -> usize {
    let mut latest: Vec<Option<i64>> = vec![None; group_count];
    let ascends = times_ms.iter().zip(groups).all(|(&time_ms, &group)| {
        latest
            .get_mut(group as usize)
            .is_some_and(|latest| latest.replace(time_ms).is_none_or(|before| before < time_ms))
    });
    if ascends {
        return 0;
    }
    let mut seen = HashSet::with_capacity(times_ms.len());
    times_ms.iter().zip(groups).filter(|(time_ms, group)| !seen.insert((**time_ms, **group))).count()
}
