//! What the values of series mean: units, counters.

use crate::Options;
use crate::cell::unit;
use crate::notebook::{Notebook, plural};
use series::{Declared, Growth, Kind, NoteKind, Series};

/// Gives series the units and kinds that the user names, finds the counters among the others, and notes it. `declared`
/// says of each series what its source declares.
pub(crate) fn of(
    mut series: Vec<Series>,
    declared: &[Declared],
    options: &Options,
    notes: &mut Notebook,
) -> Vec<Series> {
    mark_counters(&mut series, declared, options, notes);
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

/// Marks the series that are counters, by what the user says, what the source declares, their names and their values.
fn mark_counters(series: &mut [Series], declared: &[Declared], options: &Options, notes: &mut Notebook) {
    let (mut marked, mut resets) = (0, 0);
    for (position, series) in series.iter_mut().enumerate() {
        let name = series.metric.as_deref().unwrap_or(&series.name);
        let told = options.kind(&series.name).or_else(|| options.kind(name));
        if let Some(kind) = told {
            series.kind = kind;
            continue;
        }
        let declared = declared.get(position).copied().unwrap_or(Declared::Nothing);
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
