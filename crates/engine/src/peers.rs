//! Instances of one metric that part from their group.

use crate::describe::{Context, in_seconds, pure};
use crate::detect;
use crate::episodes::episodes;
use analysis::anomaly::peers::{against_peers, beyond_size, share_left};
use analysis::change::contrast::{largest_contrast, nearly};
use analysis::robust;
use order::SortedMap;
use report::format::duration_s;
use report::{Direction, Finding, FindingKind};
use series::{Dataset, Kind};

/// Labels that tell instances of one thing apart. Series that differ in other ones (`mode`, `device`, `code`) measure
/// different things.
const INSTANCE_LABELS: [&str; 30] = [
    "addr",
    "address",
    "broker",
    "container_id",
    "core",
    "cpu",
    "host",
    "host_name",
    "hostname",
    "id",
    "instance",
    "instance_id",
    "ip",
    "kubernetes_node",
    "kubernetes_pod_name",
    "machine",
    "node",
    "node_name",
    "nodename",
    "pid",
    "pod",
    "pod_ip",
    "pod_name",
    "process",
    "replica",
    "server",
    "shard",
    "task",
    "task_id",
    "worker",
];
/// Fewest instances that make a group.
const FEWEST: usize = 4;
/// A group goes together if what a member does that the others do not is at most this share of its variance.
const SHARE_LEFT: f64 = 0.5;
/// The least step of the difference to the others, in spreads of its noise.
const LEAST_SIZE: f64 = 1.0;
/// A departure of less than this share of another one at the same time is that one's shadow on the median.
const SHADOW: f64 = 0.25;
/// What is left of a departure once the size of the instance is allowed for must be this share of it.
const BEYOND_SIZE: f64 = 0.5;

/// The series of one metric that differ in nothing but the instance, four or more, in the order of the data set.
///
/// `units` are the series' units as the Report has them.
pub(crate) fn groups(dataset: &Dataset, units: &[&str]) -> Vec<Vec<usize>> {
    let mut found: SortedMap<String, Vec<usize>> = SortedMap::new();
    for (position, series) in dataset.series.iter().enumerate() {
        let Some(metric) = &series.metric else { continue };
        let is_instance = |name: &str| INSTANCE_LABELS.contains(&name);
        if !series.labels.iter().any(|(name, _)| is_instance(name)) {
            continue;
        }
        let counts = if series.kind == Kind::Counter { "counter" } else { "gauge" };
        let mut key = [metric.as_str(), units.get(position).copied().unwrap_or(""), counts].join("\n");
        for (name, value) in series.labels.iter().filter(|(name, _)| !is_instance(name)) {
            key.push('\n');
            key.push_str(name);
            key.push('=');
            key.push_str(value);
        }
        found.at(key).push(position);
    }
    let mut groups: Vec<Vec<usize>> =
        found.into_iter().map(|(_, members)| members).filter(|members| members.len() >= FEWEST).collect();
    order::sort(&mut groups);
    groups
}

/// A stretch in which one instance went its own way.
#[derive(Clone, Debug)]
pub(crate) struct Departure {
    /// The series.
    pub(crate) series: usize,
    /// The first slot …
    from: usize,
    /// … and the last.
    to: usize,
    /// The interval of the first slot.
    low: usize,
    high: usize,
    /// The difference to the median of the others before, and then.
    before: f64,
    after: f64,
    /// Whether it drifts away instead of stepping.
    drifts: bool,
    returned: bool,
    p: f64,
    score: f64,
}

impl Departure {
    fn size(&self) -> f64 {
        (self.after - self.before).abs()
    }

    fn meets(&self, other: &Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    fn direction(&self) -> Direction {
        if self.after > self.before { Direction::Up } else { Direction::Down }
    }
}

/// The departures in one group, each significant at `alpha` for its series.
///
/// A group that does not go together has none: there a series is as strange by itself. Nor is it told where more than a third
/// of the group parts at once, as nobody could say which part did.
pub(crate) fn departures(members: &[usize], rests: &[&[f64]], alpha: f64) -> Vec<Departure> {
    let columns: Vec<&[f64]> = members.iter().map(|series| rests.get(*series).copied().unwrap_or_default()).collect();
    let apart = against_peers(&columns);
    let shares: Vec<f64> = columns.iter().zip(&apart).filter_map(|(column, apart)| share_left(column, apart)).collect();
    if robust::median(&shares).is_none_or(|share| share > SHARE_LEFT) {
        return Vec::new();
    }
    let mut found: Vec<Departure> = Vec::new();
    for ((series, column), apart) in members.iter().zip(&columns).zip(&apart) {
        if largest_contrast(apart) < nearly(alpha) {
            continue;
        }
        found.extend(of_one(*series, apart, alpha).into_iter().filter(|one| {
            beyond_size(column, apart, one.from..one.to + 1)
                .is_some_and(|beyond| beyond * (one.after - one.before).signum() >= BEYOND_SIZE * one.size())
        }));
    }
    let most = members.len().saturating_sub(1) / 3;
    let is_told = |one: &Departure| {
        let together = found.iter().filter(|other| other.meets(one) && other.size() >= SHADOW * one.size());
        let largest = together.clone().map(Departure::size).fold(0.0, f64::max);
        let mut parting: Vec<usize> = together.map(|other| other.series).collect();
        order::sort(&mut parting);
        parting.dedup();
        one.size() >= SHADOW * largest && parting.len() <= most
    };
    found.iter().filter(|one| is_told(one)).cloned().collect()
}

fn of_one(series: usize, apart: &[f64], alpha: f64) -> Vec<Departure> {
    let (shifts, drift) = detect::lasting_changes(apart, alpha);
    let mut found: Vec<Departure> = episodes(&shifts, apart.len())
        .into_iter()
        .filter(|episode| {
            let first = episode.first;
            let spread = ((first.after - first.before) / first.size_in_spreads).abs();
            (episode.level - first.before).abs() >= LEAST_SIZE * spread
        })
        .map(|episode| Departure {
            series,
            from: episode.first.slot,
            to: episode.end,
            low: episode.first.low,
            high: episode.first.high,
            before: episode.first.before,
            after: episode.level,
            drifts: false,
            returned: episode.returned,
            p: episode.p,
            score: episode.score,
        })
        .collect();
    found.extend(drift.map(|line| Departure {
        series,
        from: line.start,
        to: line.end,
        low: line.start,
        high: line.start,
        before: line.value_at(line.start as f64),
        after: line.value_at(line.end as f64),
        drifts: true,
        returned: false,
        p: line.p,
        score: line.score,
    }));
    found
}

/// Whether what the series does by itself tells the departure already: it went the same way at the same time, or is gone.
pub(crate) fn is_told(departure: &Departure, findings: &[Finding], context: &Context<'_>) -> bool {
    let grid = context.grid;
    let reach = context.guard(departure.from, departure.to);
    findings.iter().filter(|one| one.series.contains(&departure.series)).any(|one| {
        let (start, end) = (grid.slot(one.start_ms), grid.slot(one.end_ms));
        let meets = start <= departure.to && departure.from <= end;
        let begins_there = start + reach >= departure.low && start <= departure.high + reach;
        match one.kind {
            FindingKind::Vanished | FindingKind::Frozen => meets,
            FindingKind::Trend | FindingKind::SlopeChange => meets && one.direction == Some(departure.direction()),
            FindingKind::LevelShift | FindingKind::Spike => {
                begins_there && one.direction == Some(departure.direction())
            }
            _ => false,
        }
    })
}

/// The finding. `group` names the metric, `others` is how many other instances there are.
pub(crate) fn finding(context: &Context<'_>, departure: &Departure, group: &str, others: usize) -> Finding {
    let beside = |difference: f64| {
        let text = context.show(difference.abs());
        if text == context.show(0.0) {
            "level with".to_owned()
        } else {
            format!("{text} {}", if difference > 0.0 { "above" } else { "below" })
        }
    };
    let lasted_s = context.seconds(departure.to + 1 - departure.from);
    let then = if departure.returned {
        format!(" for {}, then came back", duration_s(lasted_s))
    } else if departure.drifts {
        format!(" after {}", duration_s(lasted_s))
    } else {
        " and stayed there".to_owned()
    };
    let uncertainty_s = context.seconds(departure.high.saturating_sub(departure.low)) / 2.0;
    Finding {
        direction: Some(departure.direction()),
        p: Some(departure.p),
        numbers: vec![
            context.number("usual difference to the median of its peers", departure.before),
            context.number("difference then", departure.after),
            pure("peers", others as f64),
            in_seconds("duration", lasted_s),
            in_seconds(operations::spread::ONSET_UNCERTAINTY, uncertainty_s),
        ],
        sentence: format!(
            "It {} its {others} peers, the other instances of {group}: from {} their median it went to {} it{then}.",
            if departure.drifts { "drifted away from" } else { "parted from" },
            beside(departure.before),
            beside(departure.after)
        ),
        refuted_by:
            "a wanted difference of this instance, such as a rollout, another size or another share of the load".into(),
        ..context.finding(FindingKind::PeerDeparture, departure.from, departure.to, departure.score)
    }
}
