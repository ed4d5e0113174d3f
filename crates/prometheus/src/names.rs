//! The names of a server's metrics: which of them a question is about, and whether new ones would change its answer.

use crate::ask::Question;
use crate::{preset, worth};

/// Those of some names that a question is about, ascending.
pub(crate) fn wanted(question: &Question, names: &[String]) -> Vec<String> {
    let is_wanted = |name: &&String| match question {
        Question::Discover { .. } => worth::worth(name).is_some(),
        Question::Packs { packs, .. } => {
            let mut packs = packs.iter().filter_map(|pack| preset::named(pack));
            packs.any(|pack| pack.entries.iter().any(|entry| entry.holds(name)))
        }
        Question::Queries(_) => false,
    };
    let mut wanted: Vec<String> = names.iter().filter(is_wanted).cloned().collect();
    order::sort(&mut wanted);
    wanted
}

/// Whether one metric is looked at before another one where there is no room for both.
pub(crate) fn is_before(one: &str, other: &str) -> bool {
    (worth::worth(one), one) < (worth::worth(other), other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_about_what_it_would_fetch() {
        let names = ["up", "node_load1", "node_cpu_seconds_total", "build_info", "ALERTS"].map(str::to_owned);
        let packs = Question::Packs { packs: vec!["use".to_owned()], queries: vec!["up".to_owned()] };
        assert_eq!(wanted(&packs, &names), ["node_cpu_seconds_total", "node_load1"]);
        let discover = Question::Discover { max_series: 1 };
        assert_eq!(wanted(&discover, &names), ["node_cpu_seconds_total", "node_load1", "up"]);
        assert!(wanted(&Question::Queries(vec!["up".to_owned()]), &names).is_empty());
        assert!(is_before("up", "node_load1") && !is_before("go_threads", "node_load1"));
    }
}
