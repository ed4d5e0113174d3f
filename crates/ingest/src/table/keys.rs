//! Which columns of words tell the series of a table apart.

use super::columns::WordColumn;
use super::scan::Scan;
use crate::Role;
use crate::preview::Understood;
use series::SERVICE_LABELS;
use std::collections::HashMap;

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
            let (groups, count) = refine(&found.groups, found.group_count, column);
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

impl Keys {
    /// The column that would tell most rows apart and holds too many different words for it.
    pub(super) fn lacking<'s>(&self, scan: &'s Scan) -> Option<&'s WordColumn> {
        let names = |column: &WordColumn| column.overflows && (column.role.is_some() || is_identity(&column.name));
        let column =
            self.dropped.iter().filter_map(|&(position, _)| scan.words.get(position)).find(|one| names(one))?;
        let shared = rows_that_share(&scan.times_ms, &self.groups, self.group_count);
        (shared * 2 > scan.times_ms.len()).then_some(column)
    }

    /// What the columns of words are, by their positions in the table.
    pub(super) fn understood(&self, scan: &Scan) -> Vec<(usize, Understood)> {
        let used = self.keys.iter().chain(&self.constant).filter_map(|&position| scan.words.get(position));
        let of = |column: &WordColumn| {
            let what = match column {
                column if column.is_metric() => Understood::Metric,
                column if column.is_service() => Understood::Service,
                _ => Understood::Label,
            };
            (column.index, what)
        };
        let dropped = self.dropped.iter().filter_map(|&(position, _)| scan.words.get(position));
        used.map(of).chain(dropped.map(|column| (column.index, Understood::Ignored))).collect()
    }
}

/// Divides groups further by a column's words. Groups are numbered in the order of their first row.
fn refine(groups: &[u32], group_count: usize, column: &WordColumn) -> (Vec<u32>, usize) {
    let words = column.words.len();
    let most = group_count.saturating_mul(words);
    let mut count = 0;
    let mut next = || {
        count += 1;
        count - 1
    };
    let pairs = groups.iter().zip(&column.codes);
    let refined = if most <= groups.len().max(SMALL) {
        // A place for every pair of group and word.
        let mut numbers: Vec<u32> = vec![u32::MAX; most];
        let number = |(&group, &code): (&u32, &u16)| match numbers.get_mut(group as usize * words + code as usize) {
            Some(number) if *number != u32::MAX => *number,
            Some(number) => {
                *number = next();
                *number
            }
            None => u32::MAX,
        };
        pairs.map(number).collect()
    } else {
        let mut numbers: HashMap<(u32, u16), u32> = HashMap::new();
        let mut last = ((u32::MAX, u16::MAX), 0);
        let number = |(&group, &code): (&u32, &u16)| {
            if last.0 != (group, code) {
                last = ((group, code), *numbers.entry((group, code)).or_insert_with(&mut next));
            }
            last.1
        };
        pairs.map(number).collect()
    };
    (refined, count as usize)
}

/// So many places are few, whatever the number of rows.
const SMALL: usize = 1 << 16;

/// The number of rows whose time an earlier row of their group has.
fn rows_that_share(times_ms: &[i64], groups: &[u32], group_count: usize) -> usize {
    // Where no group steps back in time, only its latest row can have the time of another one.
    let mut latest: Vec<i64> = vec![i64::MIN; group_count];
    let mut shared = 0;
    let ascends = times_ms.iter().zip(groups).all(|(&time_ms, &group)| {
        let Some(latest) = latest.get_mut(group as usize) else { return false };
        shared += usize::from(*latest == time_ms);
        let ascends = *latest <= time_ms;
        *latest = time_ms;
        ascends
    });
    // No row is from the beginning of all time.
    if ascends && !times_ms.contains(&i64::MIN) {
        return shared;
    }
    let mut seen: Vec<(u32, i64)> = groups.iter().copied().zip(times_ms.iter().copied()).collect();
    order::sort(&mut seen);
    seen.windows(2).filter(|pair| matches!(pair, [a, b] if a == b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn column(codes: Vec<u16>, words: u32) -> WordColumn {
        let words = (0..words).map(|word| word.to_string()).collect();
        WordColumn { index: 0, name: String::new(), codes, words, overflows: false, role: None }
    }

    proptest! {
        #[test]
        fn groups_are_numbered_as_they_come(rows in proptest::collection::vec((0u32..4, 0u16..3), 1..40)) {
            let (groups, codes): (Vec<u32>, Vec<u16>) = rows.iter().copied().unzip();
            let mut seen = Vec::new();
            let mut expected = Vec::new();
            for pair in &rows {
                let place = seen.iter().position(|known| known == pair).unwrap_or(seen.len());
                if place == seen.len() {
                    seen.push(*pair);
                }
                expected.push(place as u32);
            }
            let few = refine(&groups, 4, &column(codes.clone(), 3));
            prop_assert_eq!(&few, &(expected, seen.len()));
            // So many words that the pairs have no place each.
            prop_assert_eq!(refine(&groups, 4, &column(codes, 1 << 16)), few);
        }

        #[test]
        fn rows_that_share_a_time_are_counted(mut rows in proptest::collection::vec((0i64..6, 0u32..3), 0..30), sorted in any::<bool>()) {
            if sorted {
                rows.sort_unstable();
            }
            let (times, groups): (Vec<i64>, Vec<u32>) = rows.iter().copied().unzip();
            let different: HashSet<_> = rows.iter().collect();
            prop_assert_eq!(rows_that_share(&times, &groups, 3), rows.len() - different.len());
        }
    }
}
