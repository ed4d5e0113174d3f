//! Which series are counters.

use crate::notebook::{Notebook, plural};
use series::{Kind, NoteKind, Series};

/// What the source says about a series' kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declared {
    Nothing,
    Counter,
    Gauge,
}

/// Marks a series as a counter if the source or its name says so and its values agree: they only grow, but for resets.
///
/// A name alone is not enough (`subscriber_count` goes up and down), nor are growing values alone (a disk that fills).
pub(crate) fn mark(series: &mut [Series], declared: impl Fn(&Series) -> Declared, notes: &mut Notebook) {
    let (mut marked, mut resets) = (0, 0);
    for series in series {
        let declared = declared(series);
        let named = declared == Declared::Nothing && has_counter_name(series.metric.as_deref().unwrap_or(&series.name));
        if !named && declared != Declared::Counter {
            continue;
        }
        let Some(growth) = Growth::of(&series.values) else { continue };
        if declared == Declared::Counter || growth.grew {
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

fn has_counter_name(name: &str) -> bool {
    let name = name.split('{').next().unwrap_or(name);
    ["_total", "_count", "_sum", "_bucket"].iter().any(|suffix| name.ends_with(suffix))
}

struct Growth {
    grew: bool,
    resets: usize,
}

impl Growth {
    /// None if the values are not those of a counter: a fall that does not end near zero, or falls time and again.
    fn of(values: &[f64]) -> Option<Self> {
        let mut before: Option<f64> = None;
        let (mut count, mut rises, mut resets) = (0, 0, 0);
        for &value in values.iter().filter(|value| value.is_finite()) {
            if value < 0.0 {
                return None;
            }
            count += 1;
            if let Some(before) = before {
                rises += usize::from(value > before);
                if value < before {
                    resets += 1;
                    if value > before / 2.0 {
                        return None;
                    }
                }
            }
            before = Some(value);
        }
        (count >= 3 && resets * 10 <= rises).then_some(Self { grew: rises > 0, resets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::TimeAxis;
    use std::sync::Arc;

    fn kind(name: &str, values: &[f64], declared: Declared) -> Kind {
        let times: Vec<i64> = (0..values.len() as i64).collect();
        let (axis, ..) = TimeAxis::from_unsorted(&times);
        let mut series = [Series::new(name, Arc::new(axis), values.to_vec())];
        mark(&mut series, |_| declared, &mut Notebook::default());
        series[0].kind
    }

    #[test]
    fn name_and_values_must_agree() {
        let mut growing: Vec<f64> = (0..40).map(f64::from).collect();
        growing.extend((0..40).map(f64::from));
        assert_eq!(kind("requests_total{job=\"a\"}", &growing, Declared::Nothing), Kind::Counter);
        assert_eq!(kind("disk_used", &growing, Declared::Nothing), Kind::Gauge);
        assert_eq!(kind("disk_used", &growing, Declared::Counter), Kind::Counter);
        assert_eq!(kind("requests_total", &growing, Declared::Gauge), Kind::Gauge);
        assert_eq!(kind("subscriber_count", &[5.0, 4.0, 5.0, 6.0, 5.0], Declared::Nothing), Kind::Gauge);
        assert_eq!(kind("memory_total", &[5.0; 9], Declared::Nothing), Kind::Gauge);
        assert_eq!(kind("errors_total", &[5.0; 9], Declared::Counter), Kind::Counter);
        assert_eq!(kind("x_sum", &[-1.0, 0.0, 1.0, 2.0], Declared::Nothing), Kind::Gauge);
    }
}
