//! Related series that part, though each stays within its own normal band.

use crate::describe::{Context, in_seconds, pure};
use crate::episodes::{Episode, episodes};
use analysis::coupling::parting::{LinearRelation, PartingOptions, partings};
use report::format::{decimals, duration_s};
use report::{Direction, Finding, FindingKind, Relation, RelationKind, Report};
use series::TimeGrid;

/// The most relations that are looked at, the strongest: those that are not explained by others and are no two views of one
/// source.
const MOST_PAIRS: usize = 80;
/// The share of the window that must be left once the stretches are taken out in which a series is strange by itself.
const LEAST_USUAL: f64 = 0.5;

/// The relations that are looked at, by their positions in the Report.
pub(crate) fn chosen(relations: &[Relation]) -> Vec<usize> {
    let is_direct = |relation: &Relation| {
        relation.kind != RelationKind::Beat
            && relation.from != relation.to
            && !relation.same_source
            && relation.explained_by.is_none()
    };
    (0..relations.len()).filter(|&one| relations.get(one).is_some_and(is_direct)).take(MOST_PAIRS).collect()
}

/// The most changes of a pair; with more, to part is what the pair does.
const MOST_SHIFTS: usize = 4;

/// A break of whose slots either series is strange by itself in more than this share is no parting of usual series.
const MOST_STRANGE: f64 = 0.1;

/// A stretch in which a pair parted.
#[derive(Clone, Debug)]
pub(crate) struct Break {
    /// The pair: what the line is of, and what it is on.
    second: usize,
    first: usize,
    from: usize,
    to: usize,
    /// Half the interval of the first slot, in slots.
    uncertainty: f64,
    returned: bool,
    usual_correlation: f64,
    correlation: Option<f64>,
    /// How far the second series lay from where the first one makes one expect it; none where the two merely went their
    /// own ways.
    offset: Option<f64>,
    /// The second series per unit of the first.
    slope: f64,
    p: f64,
    score: f64,
}

impl Break {
    fn meets(&self, other: &Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }

    /// What lasts for most of the window is the relation itself.
    fn is_exception(&self, grid: &TimeGrid) -> bool {
        2 * (self.to + 1 - self.from) <= grid.len
    }

    fn has(&self, series: usize) -> bool {
        self.first == series || self.second == series
    }
}

/// Where every series is strange by itself, as slots: the stretches of its findings.
pub(crate) fn strange(report: &Report, grid: &TimeGrid) -> Vec<Vec<(usize, usize)>> {
    let mut stretches = vec![Vec::new(); report.series.len()];
    for finding in report.findings.iter().filter(|finding| !finding.kind.is_standing()) {
        for series in &finding.series {
            if let Some(stretches) = stretches.get_mut(*series) {
                stretches.push((grid.slot(finding.start_ms), grid.slot(finding.end_ms)));
            }
        }
    }
    stretches
}

/// The breaks of one relation, each significant at `alpha`. The relation is learned, and judged, where both are usual.
pub(crate) fn breaks(
    relation: &Relation,
    rests: &[&[f64]],
    strange: &[Vec<(usize, usize)>],
    grid: &TimeGrid,
    alpha: f64,
) -> Vec<Break> {
    let usual = |series: usize| -> Vec<f64> {
        let mut values = rests.get(series).map(|rest| rest.to_vec()).unwrap_or_default();
        for &(from, to) in strange.get(series).map(Vec::as_slice).unwrap_or_default() {
            values.get_mut(from..(to + 1).min(grid.len)).unwrap_or_default().fill(f64::NAN);
        }
        values
    };
    let (first, second) = (usual(relation.from), usual(relation.to));
    let lag = (relation.lag_s.unwrap_or(0.0) / grid.step_s()).round() as isize;
    let Some(learned) = LinearRelation::learn(&first, &second, lag) else { return Vec::new() };
    let left = learned.residual.iter().filter(|rest| rest.is_finite()).count();
    if (left as f64) < LEAST_USUAL * grid.len as f64 {
        return Vec::new();
    }
    let (mut offsets, mut looser) = partings(&learned, &PartingOptions { alpha, ..PartingOptions::default() });
    for shifts in [&mut offsets, &mut looser] {
        if shifts.len() > MOST_SHIFTS {
            shifts.clear();
        }
    }
    let broken = |episode: Episode, offset: Option<f64>| Break {
        second: relation.to,
        first: relation.from,
        from: episode.first.slot,
        to: episode.end,
        uncertainty: episode.first.high.saturating_sub(episode.first.low) as f64 / 2.0,
        returned: episode.returned,
        usual_correlation: learned.correlation,
        correlation: learned.correlation_in(&second, episode.first.slot..episode.end + 1),
        offset,
        slope: learned.slope,
        p: episode.p,
        score: episode.score,
    };
    let mut found: Vec<Break> = episodes(&offsets, grid.len)
        .into_iter()
        .map(|episode| broken(episode, Some(episode.level - episode.first.before)))
        .collect();
    found.retain(|one| one.is_exception(grid));
    for episode in episodes(&looser, grid.len) {
        let rose = episode.level > episode.first.before;
        if rose && learned.is_looser_in(&second, episode.first.slot..episode.end + 1) {
            let one = broken(episode, None);
            if one.is_exception(grid) && !found.iter().any(|offset| offset.meets(&one)) {
                found.push(one);
            }
        }
    }
    let is_strange = |slot: usize| {
        let both = [relation.from, relation.to].into_iter().filter_map(|series| strange.get(series)).flatten();
        both.into_iter().any(|(from, to)| (*from..=*to).contains(&slot))
    };
    found.retain(|one| {
        let count = (one.from..=one.to).filter(|slot| is_strange(*slot)).count();
        count as f64 <= MOST_STRANGE * (one.to + 1 - one.from) as f64
    });
    found
}

/// The breaks that are told, the strongest first: of those that share a series and a time only the strongest, with how many
/// others there were and which of its two series has the most of them (`true`: the second one).
pub(crate) fn told(mut breaks: Vec<Break>) -> Vec<(Break, usize, bool)> {
    order::sort_by(&mut breaks, |a, b| {
        b.score.total_cmp(&a.score).then((a.from, a.first, a.second).cmp(&(b.from, b.first, b.second)))
    });
    let mut told: Vec<(Break, usize, bool)> = Vec::new();
    for one in &breaks {
        let is_same = |other: &Break| one.meets(other) && (other.has(one.first) || other.has(one.second));
        if told.iter().any(|(known, ..)| is_same(known)) {
            continue;
        }
        let with = |series: usize| breaks.iter().filter(|other| one.meets(other) && other.has(series)).count() - 1;
        let (of_first, of_second) = (with(one.first), with(one.second));
        told.push((one.clone(), of_first.max(of_second), of_second >= of_first));
    }
    told
}

/// The series that parted: of a pair the second one, unless the first has more breaks.
pub(crate) fn subject(one: &Break, is_second: bool) -> (usize, usize) {
    if is_second { (one.second, one.first) } else { (one.first, one.second) }
}

/// The finding. `context` is that of the series that parted, `other` the name of the other one and `services` the services
/// of both.
pub(crate) fn finding(
    context: &Context<'_>,
    told: &(Break, usize, bool),
    other: &str,
    services: Vec<usize>,
) -> Finding {
    let (one, further, is_second) = told;
    // Seen from the other end the line is turned round, and what is too high becomes too low.
    let offset = one.offset.map(|offset| if *is_second { offset } else { -offset / one.slope });
    let (_, partner) = subject(one, *is_second);
    let lasted_s = context.seconds(one.to + 1 - one.from);
    let lasting = if one.returned { format!("for {}", duration_s(lasted_s)) } else { "from here on".to_owned() };
    let mut numbers = vec![pure("usual correlation", one.usual_correlation)];
    numbers.extend(one.correlation.map(|correlation| pure("correlation then", correlation)));
    numbers.extend(offset.map(|offset| context.number("offset from what the other one makes one expect", offset)));
    numbers.push(in_seconds("duration", lasted_s));
    numbers.push(in_seconds(operations::spread::ONSET_UNCERTAINTY, one.uncertainty * context.grid.step_s()));
    if *further > 0 {
        numbers.push(pure("further pairs of this series", *further as f64));
    }
    let what = match offset {
        Some(offset) => format!(
            "{lasting} it lay {} {} than {other} makes one expect",
            context.show(offset.abs()),
            if offset > 0.0 { "higher" } else { "lower" }
        ),
        None => format!(
            "{lasting} it did not follow {other} (correlation {}, usually {})",
            decimals(one.correlation.unwrap_or(0.0), 2),
            decimals(one.usual_correlation, 2)
        ),
    };
    let more = match further {
        0 => String::new(),
        1 => " It parted from one more series.".to_owned(),
        _ => format!(" It parted from {further} more series."),
    };
    let mut finding = context.finding(FindingKind::CorrelationBreak, one.from, one.to, one.score);
    finding.series.push(partner);
    finding.services = services;
    Finding {
        direction: offset.map(|offset| if offset > 0.0 { Direction::Up } else { Direction::Down }),
        p: Some(one.p),
        numbers,
        sentence: format!("Within its own normal band, it parted from what it goes with: {what}.{more}"),
        refuted_by: "the same parting in a healthy period, or a planned change of what one of the two does".into(),
        ..finding
    }
}
