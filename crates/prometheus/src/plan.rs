//! What is fetched, and what the server puts together before: the plan, as a value that can be shown.

use crate::ask::{Ask, Question};
use crate::duration;
use crate::preset::Nature;
use crate::scope::Budget;
use crate::survey::{Inventory, Part};
use crate::{selector, step};
use order::SortedSet;
use series::{Note, NoteKind};
use std::fmt;

/// A step of what is aggregated holds at least so many scrapes: a late or a missing one leaves no hole in a sum.
const SCRAPES_PER_STEP: i64 = 2;
/// Metrics that are asked for together.
const METRICS_PER_QUERY: usize = 50;
/// About the most samples that one answer should hold (some 10 MB of JSON).
const SAMPLES_PER_ANSWER: u64 = 400_000;
/// So many meanings are named where many metrics are asked for together.
const MEANINGS_SHOWN: usize = 4;
/// So many names stand in a sentence.
const NAMES_SHOWN: usize = 5;
/// How often the step is doubled to keep the budget.
const MOST_DOUBLINGS: usize = 32;

/// What will be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The queries, in the order in which they are asked.
    pub queries: Vec<Planned>,
    /// The label that tells services apart.
    pub service_label: String,
    /// The scrape interval, as found or assumed.
    pub interval_ms: i64,
    /// How much may be fetched.
    pub budget: Budget,
    /// Metrics that do not fit in at all.
    pub left_out: Vec<String>,
    /// Whether alerts are asked for.
    pub has_alerts: bool,
}

/// One query of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The PromQL expression.
    pub text: String,
    /// What its metrics tell.
    pub meanings: Vec<&'static str>,
    /// What the server does before it answers.
    pub manner: Manner,
    /// The resolution.
    pub step_ms: i64,
    /// What there is on the server.
    pub before: Size,
    /// What is fetched.
    pub after: Size,
    /// What its series are called, where the answer does not tell.
    pub(crate) called: Option<Called>,
}

/// Series, and points of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The number of series.
    pub series: u64,
    /// The number of points of each.
    pub points: u64,
}

impl Size {
    /// Series times points.
    pub fn samples(self) -> u64 {
        self.series.saturating_mul(self.points)
    }
}

/// A name for series that come without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Called {
    /// The metric that they come from.
    pub(crate) metric: String,
    /// How they have been put together. Growth per step, added up, is a counter again.
    pub(crate) manner: Manner,
}

/// What the server does before it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Nothing: samples as they were scraped.
    Scraped,
    /// Nothing: the last sample of each step.
    LastOfStep,
    /// The sum over these labels inside each target.
    Within(&'static str),
    /// A person's own expression.
    Own,
    /// The sum of the growth from step to step, by service.
    Growth,
    /// The sum by service.
    Sum,
    /// The mean by service; of what is 1 where all is well, the share of those that are.
    Mean,
    /// The largest by service.
    Maximum,
    /// The smallest by service.
    Minimum,
    /// The 95th percentile by service.
    Percentile,
}

/// A metric on its way into the plan.
struct Lot<'a> {
    part: &'a Part,
    is_aggregated: bool,
}

/// The resolutions.
#[derive(Clone, Copy)]
struct Steps {
    range_ms: i64,
    interval_ms: i64,
    step_ms: i64,
    /// Samples as they were scraped.
    is_raw: bool,
}

impl Plan {
    /// The plan for what a survey has found: as it is where that keeps the budget; else the metrics that cost most are
    /// aggregated by service in the server, one after the other; then the step is made longer; and what still does not fit
    /// is left out, from the last metric on.
    pub fn of(inventory: &Inventory, ask: &Ask) -> Self {
        let interval_ms = inventory.interval_ms.unwrap_or(step::ASSUMED_INTERVAL_MS);
        let range_ms = ask.end_ms - ask.start_ms;
        let step_ms = ask.step_ms.unwrap_or_else(|| step::automatic_step_ms(range_ms, interval_ms));
        let mut steps =
            Steps { range_ms, interval_ms, step_ms, is_raw: ask.step_ms.is_none() && step_ms <= interval_ms };
        let mut seen = SortedSet::new();
        let mut lots: Vec<Lot<'_>> = Vec::new();
        // Otherwise the packs are on offer only.
        let is_asked = inventory.is_whole || matches!(ask.question, Question::Packs { .. });
        for part in inventory.parts.iter().filter(|_| is_asked) {
            if seen.insert((part.metric.as_str(), part.entry.only)) {
                lots.push(Lot { part, is_aggregated: false });
            }
        }
        let own: u64 = inventory.queries.iter().map(|(_, series)| series.unwrap_or(1)).sum();
        let budget = ask.budget;
        let is_over = |(series, samples): (u64, u64)| series > budget.series as u64 || samples > budget.samples;
        while is_over(size(&lots, own, &steps)) {
            let gain = |lot: &Lot<'_>| lot.part.series.saturating_sub(lot.aggregated_series());
            let costliest =
                lots.iter_mut().filter(|lot| !lot.is_aggregated && gain(lot) > 0).max_by_key(|lot| gain(lot));
            let Some(costliest) = costliest else { break };
            costliest.is_aggregated = true;
        }
        for _ in 0..MOST_DOUBLINGS {
            if size(&lots, own, &steps).1 <= budget.samples || steps.points(steps.step_ms) < 2 {
                break;
            }
            // From samples as they are to one per step is a step longer than the scrape interval.
            steps.step_ms *= 2;
            steps.is_raw = false;
        }
        let mut left_out = Vec::new();
        while is_over(size(&lots, own, &steps)) {
            let Some(last) = lots.pop() else { break };
            left_out.push(last.part.metric.clone());
        }
        left_out.reverse();
        let mut plan = Self {
            queries: Vec::new(),
            service_label: inventory.service_label.clone(),
            interval_ms,
            budget,
            left_out,
            has_alerts: ask.alerts.unwrap_or(inventory.has_alerts),
        };
        plan.add_plain(&lots, &steps);
        for lot in &lots {
            plan.add(lot, &steps);
        }
        for (text, series) in &inventory.queries {
            let one = Size { series: series.unwrap_or(1), points: steps.points(steps.step_ms) };
            plan.queries.push(Planned {
                text: text.clone(),
                meanings: Vec::new(),
                manner: Manner::Own,
                step_ms: steps.step_ms,
                before: one,
                after: one,
                called: None,
            });
        }
        plan
    }

    /// The whole of what there is, and of what is fetched: series and samples.
    pub fn totals(&self) -> ((u64, u64), (u64, u64)) {
        let add = |(series, samples): (u64, u64), one: Size| {
            (series.saturating_add(one.series), samples.saturating_add(one.samples()))
        };
        let before = self.queries.iter().filter(|one| !one.is_second()).map(|one| one.before).fold((0, 0), add);
        (before, self.queries.iter().map(|one| one.after).fold((0, 0), add))
    }

    /// How many series the server puts together, and into how many; none where everything is fetched as it is.
    pub fn aggregated(&self) -> Option<(u64, u64)> {
        let less = self.queries.iter().filter(|one| one.is_aggregated());
        let sums = less.fold((0, 0), |(before, after), one| {
            (before + if one.is_second() { 0 } else { one.before.series }, after + one.after.series)
        });
        (sums.0 > 0).then_some(sums)
    }

    /// What the plan did to keep the budget, in words.
    pub(crate) fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if let Some((before, after)) = self.aggregated() {
            let message = format!(
                "{before} series were aggregated in the server into {after}, by {}, to keep the budget of {} series and {} \
                 samples",
                self.service_label, self.budget.series, self.budget.samples
            );
            notes.push(Note::new(NoteKind::Limit, before, message));
        }
        if !self.left_out.is_empty() {
            let count = self.left_out.len() as u64;
            let message = format!(
                "{count} metrics were left out to keep the budget: {}; ask for fewer packs or a shorter range",
                some_of(&self.left_out)
            );
            notes.push(Note::new(NoteKind::Limit, count, message));
        }
        notes
    }

    /// Metrics that are fetched series by series and need nothing else, many in one query.
    fn add_plain(&mut self, lots: &[Lot<'_>], steps: &Steps) {
        let points = steps.points(steps.step_ms);
        let mut open: Vec<(&str, Vec<&Part>, u64)> = Vec::new();
        for lot in lots.iter().filter(|lot| lot.is_plain()) {
            let (part, only) = (lot.part, lot.part.entry.only);
            let has_room = |(other, parts, series): &&mut (&str, Vec<&Part>, u64)| {
                let samples = (*series + part.series).saturating_mul(points);
                *other == only && parts.len() < METRICS_PER_QUERY && samples <= SAMPLES_PER_ANSWER
            };
            match open.iter_mut().find(has_room) {
                Some((_, parts, series)) => {
                    parts.push(part);
                    *series += part.series;
                }
                None => open.push((only, vec![part], part.series)),
            }
        }
        for (only, parts, series) in open {
            let names: Vec<&str> = parts.iter().map(|part| part.metric.as_str()).collect();
            let selector = selector::matching(&names, only);
            let mut meanings: Vec<&str> = parts.iter().map(|part| part.entry.means).collect();
            meanings.dedup();
            let text = if steps.is_raw { selector } else { last_of_step(&selector, steps.step_ms) };
            let size = Size { series, points };
            let manner = if steps.is_raw { Manner::Scraped } else { Manner::LastOfStep };
            self.queries.push(Planned {
                text,
                meanings,
                manner,
                step_ms: steps.step_ms,
                before: size,
                after: size,
                called: None,
            });
        }
    }

    /// What the server puts together, metric by metric.
    fn add(&mut self, lot: &Lot<'_>, steps: &Steps) {
        if lot.is_plain() {
            return;
        }
        let (part, entry) = (lot.part, lot.part.entry);
        let manners: &[Manner] = match entry.nature {
            _ if !lot.is_aggregated => &[Manner::Within(entry.away)],
            Nature::Counter | Nature::Buckets => &[Manner::Growth],
            Nature::Amount => &[Manner::Sum],
            Nature::Level => &[Manner::Mean, Manner::Maximum],
            Nature::Delay => &[Manner::Percentile, Manner::Maximum],
            Nature::Health => &[Manner::Mean, Manner::Minimum],
        };
        let selector = selector::metric(&part.metric, entry.only);
        let step_ms = if lot.is_aggregated { steps.aggregated_ms() } else { steps.step_ms };
        let series = if lot.is_aggregated { part.groups } else { part.series };
        let by = entry.grouping(&self.service_label);
        for &manner in manners {
            let last = last_of_step(&selector, step_ms);
            let (function, inner) = match manner {
                Manner::Growth => ("sum", growth(&selector, step_ms)),
                Manner::Sum => ("sum", entry.inside(last)),
                Manner::Mean => ("avg", last),
                Manner::Maximum => ("max", last),
                Manner::Minimum => ("min", last),
                Manner::Percentile => ("quantile", format!("0.95, {last}")),
                Manner::Within(_) | Manner::Scraped | Manner::LastOfStep | Manner::Own => ("", entry.inside(last)),
            };
            let text = if function.is_empty() { inner } else { format!("{function} by ({by}) ({inner})") };
            self.queries.push(Planned {
                text,
                meanings: vec![entry.means],
                manner,
                step_ms,
                before: Size { series: part.series, points: steps.points(steps.step_ms) },
                after: Size { series, points: steps.points(step_ms) },
                called: Some(Called { metric: part.metric.clone(), manner }),
            });
        }
    }
}

/// The first of some names, for a sentence.
pub(crate) fn some_of<S: AsRef<str>>(names: &[S]) -> String {
    let some: Vec<&str> = names.iter().take(NAMES_SHOWN).map(AsRef::as_ref).collect();
    let more = if names.len() > some.len() { ", …" } else { "" };
    format!("{}{more}", some.join(", "))
}

impl Manner {
    /// What stands behind a metric's name.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Sum => ":sum",
            Self::Mean => ":avg",
            Self::Maximum => ":max",
            Self::Minimum => ":min",
            Self::Percentile => ":p95",
            Self::Scraped | Self::LastOfStep | Self::Within(_) | Self::Growth | Self::Own => "",
        }
    }
}

impl Planned {
    /// Whether samples come as they were scraped; else there is one value per step.
    pub fn is_raw(&self) -> bool {
        self.manner == Manner::Scraped
    }

    /// Whether the server puts series together by service.
    pub fn is_aggregated(&self) -> bool {
        !self.manner.suffix().is_empty() || self.manner == Manner::Growth
    }

    /// Whether it is the second aggregate of a metric, of the same series as the first.
    fn is_second(&self) -> bool {
        matches!(self.manner, Manner::Maximum | Manner::Minimum)
    }

    /// What it tells, and what the server does before it answers, in words. `service_label` is the plan's.
    pub fn why(&self, service_label: &str) -> String {
        let how = match self.manner {
            Manner::Scraped => "samples as they were scraped",
            Manner::LastOfStep => "the last sample of each step",
            Manner::Within(away) => {
                let away = away.replace(',', " and ");
                return format!("{}: summed over {away} inside each target", self.meanings.join("; "));
            }
            Manner::Own => return "your own expression, at every step".to_owned(),
            Manner::Growth => "growth from step to step, summed",
            Manner::Sum => "summed",
            Manner::Mean => "mean",
            Manner::Maximum => "maximum",
            Manner::Minimum => "minimum",
            Manner::Percentile => "95th percentile",
        };
        let shown = self.meanings.get(..MEANINGS_SHOWN).unwrap_or(&self.meanings);
        let more = if shown.len() < self.meanings.len() { "; and more" } else { "" };
        let by = if self.is_aggregated() { format!(", by {service_label}") } else { String::new() };
        format!("{}{more}: {how}{by}", shown.join("; "))
    }
}

impl Steps {
    /// The most points that a range holds: it begins with a whole step, which may lie before it.
    fn points(&self, step_ms: i64) -> u64 {
        let step_ms = step_ms.max(1);
        ((self.range_ms + step_ms - 1) / step_ms + 1).max(1).unsigned_abs()
    }

    /// The step of what is aggregated.
    fn aggregated_ms(&self) -> i64 {
        let least = SCRAPES_PER_STEP * self.interval_ms;
        let step_ms = self.step_ms.max(1);
        ((least + step_ms - 1) / step_ms).max(1) * step_ms
    }
}

impl Lot<'_> {
    fn is_plain(&self) -> bool {
        !self.is_aggregated && self.part.entry.away.is_empty()
    }

    fn aggregated_series(&self) -> u64 {
        match self.part.entry.nature {
            Nature::Level | Nature::Delay | Nature::Health => 2 * self.part.groups,
            Nature::Counter | Nature::Buckets | Nature::Amount => self.part.groups,
        }
    }

    fn size(&self, steps: &Steps) -> Size {
        if self.is_aggregated {
            Size { series: self.aggregated_series(), points: steps.points(steps.aggregated_ms()) }
        } else {
            Size { series: self.part.series, points: steps.points(steps.step_ms) }
        }
    }
}

/// Series and samples of metrics, and of `own` series besides. One copy of it is enough for the size of the program.
#[inline(never)]
fn size(lots: &[Lot<'_>], own: u64, steps: &Steps) -> (u64, u64) {
    let own = Size { series: own, points: steps.points(steps.step_ms) };
    let (mut series, mut samples) = (own.series, own.samples());
    for one in lots {
        let one = one.size(steps);
        (series, samples) = (series.saturating_add(one.series), samples.saturating_add(one.samples()));
    }
    (series, samples)
}

fn last_of_step(selector: &str, step_ms: i64) -> String {
    format!("last_over_time({selector}[{}])", duration::written(step_ms))
}

/// What counters have grown by from the last sample of one step to that of the next; from zero, where they began again.
/// The growth of all steps together is the whole growth: `increase(…[step])` knows only what happens between the samples
/// inside a step, leaves out what happens between two steps, and makes up for it by extrapolation.
fn growth(selector: &str, step_ms: i64) -> String {
    let step = duration::written(step_ms);
    let now = last_of_step(selector, step_ms);
    let before = format!("last_over_time({selector}[{step}] offset {step})");
    format!("({now} - {before} >= 0) or ({now} < {before})")
}

/// The plan in words: what is fetched, why, and how much it is.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((series, samples), (series_after, samples_after)) = self.totals();
        writeln!(
            f,
            "{series} series, {samples} samples on the server; {series_after} series, {samples_after} samples to fetch (budget: {} \
             series, {} samples).",
            self.budget.series, self.budget.samples
        )?;
        writeln!(f, "Scrape interval {}, services by {}.", duration::written(self.interval_ms), self.service_label)?;
        for one in &self.queries {
            let (before, after) = (one.before.series, one.after.series);
            let from = if before == after { String::new() } else { format!("{before} series become ") };
            let every = duration::written(one.step_ms);
            writeln!(
                f,
                "\n{}\n  {from}{after} × {} points, every {every}\n  {}",
                one.why(&self.service_label),
                one.after.points,
                one.text
            )?;
        }
        if self.has_alerts {
            writeln!(f, "\nalerts, as events\n  ALERTS, ALERTS_FOR_STATE")?;
        }
        if !self.left_out.is_empty() {
            writeln!(f, "\nLeft out, because it is too much even so: {}.", self.left_out.join(", "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::preset;
    use crate::{Endpoint, Scope};
    use order::SortedMap;
    use proptest::prelude::*;

    const HOUR_MS: i64 = 3_600_000;

    /// An inventory of metrics with so many series, in so many groups.
    fn inventory(pack: &str, metrics: &[(&str, u64, u64)]) -> Inventory {
        let pack = preset::named(pack).unwrap();
        let part = |(metric, series, groups): &(&str, u64, u64)| {
            let entry = pack.entries.iter().find(|entry| entry.holds(metric)).unwrap();
            Part { pack, entry, metric: (*metric).to_owned(), series: *series, groups: *groups }
        };
        Inventory {
            endpoint: Endpoint::parse("http://server").unwrap(),
            metric_count: metrics.len(),
            parts: metrics.iter().map(part).collect(),
            queries: Vec::new(),
            service_labels: Vec::new(),
            service_label: "app".to_owned(),
            interval_ms: Some(15_000),
            newest_ms: None,
            names: Vec::new(),
            has_alerts: false,
            is_whole: false,
            metadata: SortedMap::new(),
            warnings: SortedSet::new(),
        }
    }

    fn ask(settings: &[&str]) -> Ask {
        let scope = Scope::of(["pack=use"].iter().chain(settings)).unwrap();
        Ask::of_scope(Endpoint::parse("http://server").unwrap(), &scope, 100 * HOUR_MS)
    }

    fn texts(plan: &Plan) -> Vec<&str> {
        plan.queries.iter().map(|query| query.text.as_str()).collect()
    }

    #[test]
    fn what_fits_is_taken_as_it_was_scraped() {
        let found =
            inventory("use", &[("node_load1", 3, 3), ("node_procs_running", 3, 3), ("node_cpu_seconds_total", 3, 3)]);
        let plan = Plan::of(&found, &ask(&["range=6h"]));
        assert_eq!(
            texts(&plan),
            [
                "{__name__=~\"node_load1|node_procs_running\"}",
                "sum without (cpu,mode) (last_over_time(node_cpu_seconds_total{mode!~\"idle|iowait|steal\"}[15s]))"
            ]
        );
        assert!(plan.queries[0].is_raw() && !plan.queries[1].is_raw());
        assert_eq!((plan.totals(), plan.aggregated()), (((9, 9 * 1_441), (9, 9 * 1_441)), None));
        assert!(plan.notes().is_empty());
    }

    #[test]
    fn a_fleet_is_aggregated_in_the_server_as_each_metric_allows() {
        let red = [
            ("up", 4_000, 10),
            ("http_requests_total", 60_000, 40),
            ("http_request_duration_seconds_bucket", 90_000, 110),
            ("http_requests_in_flight", 4_000, 10),
        ];
        let mut found = inventory("red", &red);
        found.parts.extend(inventory("prometheus", &[("scrape_duration_seconds", 4_000, 10)]).parts);
        let plan = Plan::of(&found, &ask(&["range=6h"]));
        let status = "app, code, status, status_code, response_code, http_status_code, http_response_status_code, grpc_code, \
                      grpc_status, rpc_grpc_status_code, envoy_response_code_class, outcome";
        assert_eq!(
            texts(&plan),
            [
                format!("avg by (app) (last_over_time({}[30s]))", "up"),
                format!("min by (app) (last_over_time({}[30s]))", "up"),
                format!("sum by ({status}) ({})", growth("http_requests_total", 30_000)),
                format!("sum by (app, le) ({})", growth("http_request_duration_seconds_bucket", 30_000)),
                format!("sum by (app) (last_over_time({}[30s]))", "http_requests_in_flight"),
                format!("quantile by (app) (0.95, last_over_time({}[30s]))", "scrape_duration_seconds"),
                format!("max by (app) (last_over_time({}[30s]))", "scrape_duration_seconds"),
            ]
        );
        assert_eq!(
            growth("x", 30_000),
            "(last_over_time(x[30s]) - last_over_time(x[30s] offset 30s) >= 0) or \
             (last_over_time(x[30s]) < last_over_time(x[30s] offset 30s))"
        );
        assert!(plan.queries.iter().all(|query| query.step_ms == 30_000));
        let ((before, _), (after, samples)) = plan.totals();
        assert_eq!((before, after, samples), (162_000, 200, 200 * 721));
        let words = plan.to_string();
        assert!(words.contains("60000 series become 40 × 721 points, every 30s"), "{words}");
        assert!(plan.notes()[0].message.contains("by app"), "{:?}", plan.notes());
    }

    #[test]
    fn the_costliest_goes_first_and_the_step_follows() {
        let found =
            inventory("use", &[("node_load1", 400, 1), ("node_procs_running", 300, 1), ("node_intr_total", 90, 90)]);
        let plan = Plan::of(&found, &ask(&["range=6h"]));
        assert_eq!(plan.aggregated(), Some((400, 2)), "node_load1 by mean and maximum, the others as they are");
        // Two answers, so that neither is too long.
        assert_eq!(texts(&plan)[..2], ["{__name__=\"node_procs_running\"}", "{__name__=\"node_intr_total\"}"]);
        // 90 series cannot become fewer: at 6 h and 20,000 samples a point every two minutes.
        let plan = Plan::of(&found, &ask(&["range=6h", "budget=20000"]));
        assert_eq!(plan.queries.last().unwrap().step_ms, 120_000);
        assert!(plan.queries.iter().all(|query| !query.is_raw() && query.step_ms == 120_000), "{plan}");
        // And there is an end to it.
        let plan = Plan::of(&found, &ask(&["range=6h", "budget=1"]));
        assert_eq!(plan.left_out, ["node_load1", "node_procs_running", "node_intr_total"]);
    }

    proptest! {
        #[test]
        fn the_budget_is_kept_and_no_metric_is_lost(
            sizes in proptest::collection::vec((1u64..5_000, 1u64..200), 1..12),
            budget in 1u64..200_000, hours in 1i64..500, interval_s in 1i64..120, step_s in proptest::option::of(1i64..600)
        ) {
            let names = ["node_load1", "node_cpu_seconds_total", "node_memory_MemAvailable_bytes", "node_vmstat_oom_kill",
                "node_disk_io_time_seconds_total", "node_filesystem_avail_bytes", "node_network_receive_bytes_total",
                "node_forks_total", "node_procs_blocked", "node_filefd_allocated", "node_intr_total", "node_netstat_Tcp_CurrEstab"];
            let metrics: Vec<(&str, u64, u64)> =
                names.iter().zip(&sizes).map(|(name, (series, groups))| (*name, *series, *groups.min(series))).collect();
            let mut found = inventory("use", &metrics);
            found.interval_ms = Some(interval_s * 1_000);
            let mut ask = ask(&[&format!("budget={budget}"), &format!("range={hours}h")]);
            ask.step_ms = step_s.map(|step_s| step_s * 1_000);
            let plan = Plan::of(&found, &ask);
            let (_, (series, samples)) = plan.totals();
            prop_assert!(samples <= budget && series <= 500, "{plan}");
            for (metric, ..) in &metrics {
                let is_asked = plan.queries.iter().any(|query| query.text.contains(metric));
                prop_assert!(is_asked != plan.left_out.iter().any(|left| left == metric), "{metric} in {plan}");
            }
            for query in &plan.queries {
                prop_assert!(crate::promql::overlapping_window_ms(&query.text, query.step_ms).is_none(), "{}", query.text);
            }
        }
    }
}
