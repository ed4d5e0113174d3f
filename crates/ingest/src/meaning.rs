//! What the values of series mean: units, counters, and what follows from them: quantiles of histograms, shares of errors.

use crate::Options;
use crate::cell::unit;
use crate::notebook::{Notebook, plural};
use series::{BaseUnit, Declared, Growth, Identity, Kind, NoteKind, Series, histogram, share};

/// Gives series the units and kinds that the user names, finds the counters among the others, and notes it. `declared`
/// says of each series what its source declares.
pub(crate) fn of(
    mut series: Vec<Series>,
    declared: &[Declared],
    options: &Options,
    notes: &mut Notebook,
) -> Vec<Series> {
    mark_counters(&mut series, declared, options, notes);
    note_doubtful_shares(&series, options, notes);
    if !options.keeps_buckets {
        notes.extend(histogram::derive_quantiles(&mut series).notes());
    }
    if !options.has_no_shares {
        notes.extend(share::derive_error_shares(&mut series));
    }
    series
}

/// Brings values to the base unit of the unit that their source names, or that the user names for them; notes it.
/// Nothing happens with a unit that is not known, and none where it shall stay as it is written.
pub(crate) fn convert(series: &mut Series, written: Option<&str>, options: &Options, notes: &mut Notebook) {
    let told = options.unit(&series.name).or_else(|| series.metric.as_deref().and_then(|metric| options.unit(metric)));
    let Some(written) = told.filter(|told| *told != "written").or(written).filter(|written| !written.is_empty()) else {
        return;
    };
    let stays = told == Some("written") || options.keeps_units && told.is_none();
    let Some(scale) = unit::scale(written).filter(|scale| !stays || scale.is_base()) else {
        series.unit = series::Unit { written: written.to_owned(), ..series::Unit::default() };
        return;
    };
    series.unit = scale.unit(written);
    if scale.is_base() {
        return;
    }
    let mut converted = 0;
    for value in series.values.iter_mut().filter(|value| !value.is_nan()) {
        *value = scale.to_base(*value);
        converted += 1;
    }
    let values = plural(converted, "value", "values");
    notes
        .add_about(
            &series.name,
            NoteKind::UnitConversion,
            converted,
            format!("{values} converted to {} (written with {written:?})", series.unit),
        )
        .undone_by(format!("unit.{}=written", series.name));
}

/// Whether a series counts what a bucket of a histogram holds.
pub(crate) fn is_bucket(series: &Series) -> bool {
    series.labels.get("le").is_some() && series.metric.as_deref().is_some_and(|metric| metric.ends_with("_bucket"))
}

/// Brings the bound of a bucket to the base unit of the unit that its source names, if the histogram's sum goes there, too.
/// Returns whether it has changed. The series is then named by the new bound.
pub(crate) fn convert_bound(series: &mut Series, written: Option<&str>, options: &Options) -> bool {
    let Some(stem) = series.metric.as_deref().and_then(|metric| metric.strip_suffix("_bucket")) else { return false };
    let mut labels = series.labels.clone();
    labels.remove("le");
    let sum = Identity::of(Some(format!("{stem}_sum")), labels);
    let told = options.unit(&sum.name).or_else(|| options.unit(sum.metric.as_deref().unwrap_or("")));
    if told == Some("written") || options.keeps_units && told.is_none() {
        return false;
    }
    let scale = told.or(written).and_then(unit::scale).filter(|scale| !scale.is_base());
    let bound = series.labels.get("le").and_then(|bound| bound.parse::<f64>().ok()).filter(|bound| bound.is_finite());
    let (Some(scale), Some(bound)) = (scale, bound) else { return false };
    series.labels.insert("le", scale.to_base(bound).to_string());
    series.name = Identity::of(series.metric.clone(), series.labels.clone()).name;
    true
}

/// Percentages whose values are all between 0 and 1 may be ratios, and ratios up to 100 percentages. Which of the two a
/// name means cannot be known, so nothing is converted; what was assumed is noted.
fn note_doubtful_shares(series: &[Series], options: &Options, notes: &mut Notebook) {
    for one in series {
        let metric = one.metric.as_deref().unwrap_or(&one.name);
        if options.unit(&one.name).or_else(|| options.unit(metric)).is_some() {
            continue;
        }
        let Some(unit) = share_unit(one, metric) else { continue };
        // A percentage above 1 and a ratio above 100 are in no doubt.
        let most_doubtful = if unit == BaseUnit::Percent { 1.0 } else { 100.0 };
        let (mut values, mut most) = (0, 0.0);
        let is_doubtful = one.values.iter().filter(|value| value.is_finite()).all(|&value| {
            values += 1;
            most = if value > most { value } else { most };
            (0.0..=most_doubtful).contains(&value)
        });
        let (assumed, other, seen) = match unit {
            BaseUnit::Percent if is_doubtful && most > 0.0 => ("percent", "ratio", "no value is above 1"),
            BaseUnit::Ratio if is_doubtful && most > LARGEST_RATIO => ("ratio", "percent", "values are above 1"),
            _ => continue,
        };
        notes
            .add_about(
                &one.name,
                NoteKind::Assumption,
                values,
                format!("By its name this is a {}, but {seen}; it stays as it is written", share_word(assumed)),
            )
            .undone_by(format!("unit.{}={other}", one.name));
    }
}

/// A ratio up to here is one that may pass 1 (a load, a share of a quota), and no percentage.
const LARGEST_RATIO: f64 = 2.0;

fn share_word(unit: &str) -> &str {
    if unit == "percent" { "percentage" } else { unit }
}

/// Whether a series is a percentage or a ratio, by its unit or else its name.
fn share_unit(series: &Series, metric: &str) -> Option<BaseUnit> {
    match series.unit.base {
        unit @ (BaseUnit::Percent | BaseUnit::Ratio) => Some(unit),
        BaseUnit::None if series.unit.is_unknown() => {
            let last =
                metric.rsplit(|sign: char| !sign.is_alphanumeric() && sign != '%').find(|word| !word.is_empty())?;
            match last.to_ascii_lowercase().as_str() {
                "percent" | "percentage" | "pct" | "%" => Some(BaseUnit::Percent),
                "ratio" => Some(BaseUnit::Ratio),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Marks the series that are counters, by what the user says, what the source declares, the histograms that they are part
/// of, their names and their values.
fn mark_counters(series: &mut [Series], declared: &[Declared], options: &Options, notes: &mut Notebook) {
    let (mut marked, mut resets) = (0, 0);
    let is_part = histogram::cumulative_parts(series);
    for (position, series) in series.iter_mut().enumerate() {
        let name = series.metric.as_deref().unwrap_or(&series.name);
        let told = options.kind(&series.name).or_else(|| options.kind(name));
        if let Some(kind) = told {
            series.kind = kind;
            continue;
        }
        let declared = match declared.get(position).copied().unwrap_or(Declared::Nothing) {
            Declared::Nothing if is_part.get(position) == Some(&true) => Declared::Counter,
            declared => declared,
        };
        let growth = Growth::of_counter(name, declared, &series.values).filter(|_| !options.has_no_counters);
        if let Some(growth) = growth {
            series.kind = Kind::Counter;
            marked += 1;
            resets += growth.resets;
        }
    }
    let those = if marked == 1 {
        "1 series only ever grows and is"
    } else {
        &format!("{marked} series only ever grow and are")
    };
    notes
        .add(
            NoteKind::Assumption,
            marked,
            format!("{those} named or declared as a counter; what is analysed is the rate"),
        )
        .undone_by("counters=none");
    notes.add(
        NoteKind::CounterReset,
        resets,
        format!("Counters start again from zero {}", plural(resets, "time", "times")),
    );
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use series::TimeAxis;
    use std::sync::Arc;

    fn named(name: &str, values: &[f64]) -> Series {
        let (axis, ..) = TimeAxis::from_unsorted(&(0..values.len() as i64).collect::<Vec<i64>>());
        Series::new(name, Arc::new(axis), values.to_vec())
    }

    #[test]
    fn percentages_below_one_and_ratios_far_above_it_are_noted_and_left() {
        let mut by_unit = named("cpu", &[0.2, 0.5]);
        by_unit.unit = series::Unit { written: "%".into(), ..series::Unit::of(BaseUnit::Percent) };
        let all = vec![
            named("cpu_percent", &[0.1, f64::NAN, 1.0]),
            by_unit,
            named("hit ratio", &[80.0, 99.5]),
            named("mem_pct", &[0.5, 40.0]),
            named("load_ratio", &[0.5, 1.5]),
            named("free_percent", &[0.0, 0.0]),
            named("change_percent", &[-0.5, 0.5]),
            named("ratio_of_x", &[50.0, 60.0]),
            named("growth_ratio", &[50.0, 600.0]),
        ];
        let mut notes = Notebook::default();
        let after = of(all.clone(), &[], &Options::default(), &mut notes);
        let same = |a: &Series, b: &Series| a.unit == b.unit && format!("{:?}", a.values) == format!("{:?}", b.values);
        assert!(all.iter().zip(&after).all(|(a, b)| same(a, b)), "nothing is converted");
        let notes = notes.into_notes();
        let undo: Vec<_> = notes.iter().map(|note| (note.count, note.undo.as_deref().unwrap())).collect();
        assert_eq!(undo, [(2, "unit.cpu_percent=ratio"), (2, "unit.cpu=ratio"), (2, "unit.hit ratio=percent")]);

        let mut options = Options::default();
        undo.iter().for_each(|(_, setting)| options.set(setting, |_| None).unwrap());
        let mut notes = Notebook::default();
        of(all, &[], &options, &mut notes);
        assert_eq!(notes.into_notes(), []);
    }

    #[test]
    fn histograms_and_shares_are_derived_unless_they_shall_not_be() {
        let counter = |name: &str, label: &str, value: &str, values: &[f64]| {
            let identity = series::Identity::of(Some(name.into()), [(label, value)].into_iter().collect());
            let mut one = named(&identity.name, values);
            (one.metric, one.labels) = (identity.metric, identity.labels);
            one
        };
        let all = vec![
            counter("x_bucket", "le", "1", &[0.0, 2.0, 4.0, 5.0]),
            counter("x_bucket", "le", "+Inf", &[0.0, 3.0, 4.0, 8.0]),
            counter("y_total", "code", "200", &[0.0, 60.0, 80.0, 160.0]),
            counter("y_total", "code", "500", &[0.0, 20.0, 20.0, 40.0]),
        ];
        let derive = |settings: &[&str]| {
            let mut options = Options::default();
            settings.iter().for_each(|setting| options.set(setting, |_| None).unwrap());
            let mut notes = Notebook::default();
            let series = of(all.clone(), &[], &options, &mut notes);
            let names: Vec<String> = series.into_iter().map(|one| one.name).collect();
            let undo = notes.into_notes().into_iter().filter(|note| note.kind == NoteKind::Derived);
            (names.join(" "), undo.filter_map(|note| note.undo).collect::<Vec<_>>())
        };
        let y = "y_total{code=\"200\"} y_total{code=\"500\"}";
        let (names, undo) = derive(&[]);
        assert_eq!(names, format!("x_p50 x_p95 x_p99 {y} y_error_share"));
        assert_eq!(undo, ["histograms=buckets", "shares=none"]);
        let (names, undo) = derive(&["histograms=buckets", "shares=none"]);
        assert_eq!(names, format!("x_bucket{{le=\"1\"}} x_bucket{{le=\"+Inf\"}} {y}"));
        assert_eq!(undo, Vec::<String>::new());
    }

    #[test]
    fn a_short_count_that_begins_again_is_a_counter_as_its_buckets_are() {
        let of_histogram = |metric: &str, labels: &[(&str, &str)]| {
            let identity = series::Identity::of(Some(metric.into()), labels.iter().copied().collect());
            let mut one = named(&identity.name, &[20.0, 22.0, 5.0, 6.0]);
            (one.metric, one.labels) = (identity.metric, identity.labels);
            one
        };
        let all = vec![
            of_histogram("x_bucket", &[("le", "1")]),
            of_histogram("x_bucket", &[("le", "+Inf")]),
            of_histogram("x_count", &[]),
            of_histogram("x_sum", &[]),
            of_histogram("other_count", &[]),
        ];
        let kinds = |declared: &[Declared], settings: &[&str]| {
            let mut options = Options::default();
            settings.iter().for_each(|setting| options.set(setting, |_| None).unwrap());
            let series = of(all.clone(), declared, &options, &mut Notebook::default());
            series.iter().filter(|one| one.kind == Kind::Counter).map(|one| one.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&[], &[]), ["x_count", "x_sum"]);
        assert_eq!(kinds(&[], &["kind.x_sum=gauge"]), ["x_count"]);
        assert_eq!(kinds(&[], &["counters=none"]), [""; 0]);
        let declared = [Declared::Nothing, Declared::Nothing, Declared::Gauge];
        assert_eq!(kinds(&declared, &["histograms=buckets"]).len(), 3, "both buckets and the sum");
    }

    #[test]
    fn counters_are_marked_and_their_resets_counted() {
        let mut growing: Vec<f64> = (0..40).map(f64::from).collect();
        growing.extend((0..40).map(f64::from));
        let (axis, ..) = TimeAxis::from_unsorted(&(0..80).collect::<Vec<i64>>());
        let axis = Arc::new(axis);
        let of = |name: &str| Series::new(name, Arc::clone(&axis), growing.clone());
        let mut series = [of("requests_total{job=\"a\"}"), of("disk_used"), of("disk_read")];
        let declared = [Declared::Nothing, Declared::Nothing, Declared::Counter];
        let mut notes = Notebook::default();
        mark_counters(&mut series, &declared, &Options::default(), &mut notes);
        assert_eq!(series.each_ref().map(|one| one.kind), [Kind::Counter, Kind::Gauge, Kind::Counter]);
        let counts: Vec<_> = notes.into_notes().iter().map(|note| (note.kind, note.count)).collect();
        assert_eq!(counts, [(NoteKind::Assumption, 2), (NoteKind::CounterReset, 2)]);

        let mut options = Options::default();
        options.set("counters=none", |_| None).unwrap();
        options.set("kind.disk_used=counter", |_| None).unwrap();
        let mut series = series.map(|one| Series { kind: Kind::Gauge, ..one });
        mark_counters(&mut series, &declared, &options, &mut Notebook::default());
        assert_eq!(series.map(|one| one.kind), [Kind::Gauge, Kind::Counter, Kind::Gauge]);
    }
}
