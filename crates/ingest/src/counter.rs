//! Which series are counters.

use crate::notebook::{Notebook, plural};
use series::{Declared, Growth, Kind, NoteKind, Series};

/// Marks the series that are counters, by what the source declares, their names and their values, and notes it.
pub(crate) fn mark(series: &mut [Series], declared: impl Fn(&Series) -> Declared, notes: &mut Notebook) {
    let (mut marked, mut resets) = (0, 0);
    for series in series {
        let name = series.metric.as_deref().unwrap_or(&series.name);
        if let Some(growth) = Growth::of_counter(name, declared(series), &series.values) {
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
    notes.add(
        NoteKind::Assumption,
        marked,
        format!("{those} named or declared as a counter; what is analysed is the rate"),
    );
    notes.add(
        NoteKind::CounterReset,
        resets,
        format!("Counters start again from zero {}", plural(resets, "time", "times")),
    );
}

#[cfg(test)]
mod tests {
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
        let declared = |one: &Series| if one.name == "disk_read" { Declared::Counter } else { Declared::Nothing };
        let mut notes = Notebook::default();
        mark(&mut series, declared, &mut notes);
        assert_eq!(series.map(|one| one.kind), [Kind::Counter, Kind::Gauge, Kind::Counter]);
        let counts: Vec<_> = notes.into_notes().iter().map(|note| (note.kind, note.count)).collect();
        assert_eq!(counts, [(NoteKind::Assumption, 2), (NoteKind::CounterReset, 2)]);
    }
}
