//! Which series are counters.

/// What the source says about a series' kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// Nothing, or nothing that decides.
    Nothing,
    /// That it only grows, but for resets.
    Counter,
    /// That it goes up and down.
    Gauge,
}

/// How a counter grew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Whether it grew at all.
    pub has_grown: bool,
    /// How often it began again near zero.
    pub resets: usize,
}

impl Growth {
    /// The growth of a series that is a counter; none for a gauge.
    ///
    /// A counter is declared or named as one (by the endings that Prometheus' naming rules reserve: `_total`, `_count`,
    /// `_sum`, `_bucket`; labels in braces behind the name are ignored) and its values agree: at least three, none negative,
    /// falling only to half or less and at most once in ten rises. One that is declared may fall once in any case, so that
    /// a short recording may hold a restart. By its name alone it must also have grown. A name is not enough
    /// (`subscriber_count` goes up and down), nor are growing values (a disk that fills). NaN and infinite values are passed
    /// over.
    pub fn of_counter(name: &str, declared: Declared, values: &[f64]) -> Option<Self> {
        match declared {
            Declared::Gauge => None,
            Declared::Counter => Self::of(values, 1),
            Declared::Nothing if has_counter_name(name) => Self::of(values, 0).filter(|growth| growth.has_grown),
            Declared::Nothing => None,
        }
    }

    /// The growth, if the values reset at most `spare` times or once in ten rises.
    fn of(values: &[f64], spare: usize) -> Option<Self> {
        let (mut count, mut rises, mut resets) = (0, 0, 0);
        let mut before = f64::NAN;
        for &value in values.iter().filter(|value| value.is_finite()) {
            if value < 0.0 || (value < before && value > before / 2.0) {
                return None;
            }
            count += 1;
            rises += usize::from(value > before);
            resets += usize::from(value < before);
            before = value;
        }
        (count >= 3 && resets * 10 <= rises.max(10 * spare)).then_some(Self { has_grown: rises > 0, resets })
    }
}

fn has_counter_name(name: &str) -> bool {
    let name = name.split('{').next().unwrap_or(name);
    ["_total", "_count", "_sum", "_bucket"].iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declaration_or_name_and_values_must_agree() {
        let is_counter = |name: &str, values: &[f64], declared| Growth::of_counter(name, declared, values).is_some();
        let mut growing: Vec<f64> = (0..40).map(f64::from).collect();
        growing.push(f64::NAN);
        growing.extend((0..40).map(f64::from));
        assert!(is_counter("requests_total{job=\"a_sum\"}", &growing, Declared::Nothing));
        assert!(!is_counter("disk_used{mount=\"a_total\"}", &growing, Declared::Nothing));
        assert!(is_counter("disk_used", &growing, Declared::Counter));
        assert!(!is_counter("requests_total", &growing, Declared::Gauge));
        assert!(!is_counter("subscriber_count", &[5.0, 4.0, 5.0, 6.0, 5.0], Declared::Nothing));
        assert!(!is_counter("memory_total", &[5.0; 9], Declared::Nothing));
        assert!(is_counter("errors_total", &[5.0; 9], Declared::Counter));
        assert!(!is_counter("x_sum", &[-1.0, 0.0, 1.0, 2.0], Declared::Counter));
        assert!(!is_counter("x_sum", &[1.0, 2.0], Declared::Counter));
        let (once, twice) = ([20.0, 22.0, 5.0, 6.0], [20.0, 22.0, 5.0, 6.0, 1.0]);
        assert!(is_counter("x_sum", &once, Declared::Counter), "a restart in a short recording");
        assert!(!is_counter("x_sum", &once, Declared::Nothing));
        assert!(!is_counter("x_sum", &twice, Declared::Counter));
        let growth = Growth::of_counter("x_total", Declared::Nothing, &growing);
        assert_eq!(growth, Some(Growth { has_grown: true, resets: 1 }));
    }
}
