//! Who calls whom, by positions of services.

use operations::calls::Call;
use order::{SortedMap, SortedSet};
use report::DataNote;
use series::{CALL_LABELS, Dataset, in_source};

/// Names of the call graph that a note gives in full.
const NAMED: usize = 3;

/// The calls among services, whose positions `number` has, and what there is to say of them.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    /// (caller, callee), each once.
    pairs: SortedSet<(usize, usize)>,
    pub(crate) note: Option<DataNote>,
}

impl Calls {
    /// As the user says; where nothing is given, as labels do that name both ends of a request.
    pub(crate) fn among(dataset: &Dataset, given: &[Call], number: &SortedMap<&str, usize>) -> Self {
        if given.is_empty() { Self::of_labels(dataset, number) } else { Self::given(given, number) }
    }

    /// (caller, callee), each once, in order.
    pub(crate) fn pairs(&self) -> Vec<(usize, usize)> {
        self.pairs.iter().copied().collect()
    }

    /// Whom a service calls.
    pub(crate) fn of(&self, service: usize) -> Vec<usize> {
        self.pairs.iter().filter(|(caller, _)| *caller == service).map(|(_, callee)| *callee).collect()
    }

    fn given(calls: &[Call], number: &SortedMap<&str, usize>) -> Self {
        let mut found = Self::default();
        let mut strangers: SortedSet<&str> = SortedSet::new();
        for (caller, callee) in calls {
            let ends = [caller, callee].map(|name| number.get(name.as_str()).copied());
            if let [Some(caller), Some(callee)] = ends {
                found.pairs.insert((caller, callee));
            }
            let unknown = [caller, callee].into_iter().zip(ends).filter(|(_, end)| end.is_none());
            strangers.extend(unknown.map(|(name, _)| name.as_str()));
        }
        let count = strangers.iter().count();
        if count > 0 {
            let mut names = strangers.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
            if count > NAMED {
                names.push_str(", …");
            }
            let message =
                format!("the call graph names what is no service here, so these calls count for nothing: {names}");
            found.note = Some(note("dropped", count, message));
        }
        found
    }

    fn of_labels(dataset: &Dataset, number: &SortedMap<&str, usize>) -> Self {
        let mut found = Self::default();
        let mut labels: SortedSet<&str> = SortedSet::new();
        for series in &dataset.series {
            let service = |label: &str| {
                let name = in_source(dataset.source_apart(series), series.labels.get(label)?);
                number.get(name.as_str()).copied()
            };
            for (caller, callee) in CALL_LABELS {
                let (Some(from), Some(to)) = (service(caller), service(callee)) else { continue };
                if from != to {
                    found.pairs.insert((from, to));
                    labels.extend([caller, callee]);
                }
            }
        }
        let count = found.pairs.iter().count();
        if count > 0 {
            let labels = labels.iter().copied().collect::<Vec<_>>().join(", ");
            found.note = Some(note("derived", count, format!("who calls whom is taken from the labels {labels}")));
        }
        found
    }
}

fn note(kind: &str, count: usize, message: String) -> DataNote {
    DataNote { kind: kind.to_owned(), subject: None, count: count as u64, message, undo: None }
}
