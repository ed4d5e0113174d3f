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
        let mut strangers: Vec<&str> = Vec::new();
        for (caller, callee) in calls {
            let ends = [caller, callee].map(|name| {
                let position = number.get(name.as_str()).copied();
                if position.is_none() && !strangers.contains(&name.as_str()) {
                    strangers.push(name);
                }
                position
            });
            if let [Some(caller), Some(callee)] = ends
                && caller != callee
            {
                found.pairs.insert((caller, callee));
            }
        }
        if !strangers.is_empty() {
            let mut message =
                "the call graph names what is no service here, so these calls count for nothing: ".to_owned();
            for (place, name) in strangers.iter().take(NAMED).enumerate() {
                message.push_str(if place > 0 { ", " } else { "" });
                message.push_str(name);
            }
            message.push_str(if strangers.len() > NAMED { ", …" } else { "" });
            found.note = Some(note("dropped", strangers.len(), message));
        }
        found
    }

    fn of_labels(dataset: &Dataset, number: &SortedMap<&str, usize>) -> Self {
        let mut found = Self::default();
        let mut labels = None;
        for series in &dataset.series {
            let service = |label: &str| {
                let name = in_source(dataset.source_apart(series), series.labels.get(label)?);
                number.get(name.as_str()).copied()
            };
            for (caller, callee) in CALL_LABELS {
                if let (Some(from), Some(to)) = (service(caller), service(callee))
                    && from != to
                {
                    found.pairs.insert((from, to));
                    labels = labels.or(Some((caller, callee)));
                }
            }
        }
        if let Some((caller, callee)) = labels {
            let message = format!("who calls whom is taken from labels ({caller}, {callee})");
            found.note = Some(note("derived", found.pairs.iter().count(), message));
        }
        found
    }
}

fn note(kind: &str, count: usize, message: String) -> DataNote {
    DataNote { kind: kind.to_owned(), subject: None, count: count as u64, message, undo: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use series::{Series, TimeAxis};
    use std::sync::Arc;

    /// web calls cart, as a service graph says it; shop has no series of its own.
    fn dataset() -> Dataset {
        let axis = Arc::new(TimeAxis::default());
        let series = [("web", "cart"), ("shop", "cart"), ("cart", "cart")].map(|(client, server)| {
            let mut one = Series::new(format!("requests {client} {server}"), Arc::clone(&axis), Vec::new());
            one.labels = [("client", client), ("server", server)].into_iter().collect();
            one
        });
        Dataset { series: series.into(), ..Dataset::default() }
    }

    fn found(given: &[(&str, &str)]) -> (Vec<(usize, usize)>, String) {
        let mut number = SortedMap::new();
        number.extend([("cart", 0), ("redis", 1), ("web", 2)]);
        let given: Vec<Call> = given.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        let calls = Calls::among(&dataset(), &given, &number);
        (calls.pairs(), calls.note.map_or_else(String::new, |note| format!("{} {}", note.count, note.message)))
    }

    #[test]
    fn labels_say_who_calls_whom_until_the_user_does() {
        let (calls, note) = found(&[]);
        assert_eq!(calls, [(2, 0)]);
        assert_eq!(note, "1 who calls whom is taken from labels (client, server)");
        assert_eq!(found(&[("cart", "redis")]), (vec![(0, 1)], String::new()));
    }

    #[test]
    fn names_that_no_service_has_are_told() {
        let (calls, note) = found(&[("web", "a"), ("web", "b"), ("c", "d"), ("web", "web"), ("web", "cart")]);
        assert_eq!(calls, [(2, 0)]);
        assert_eq!(
            note,
            "4 the call graph names what is no service here, so these calls count for nothing: a, b, c, …"
        );
    }
}
