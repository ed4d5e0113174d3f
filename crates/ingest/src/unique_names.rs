//! Names that are each given once.

use std::collections::HashMap;

/// Names that were given, and how often each was asked for.
#[derive(Debug, Default)]
pub(crate) struct UniqueNames(HashMap<String, usize>);

impl UniqueNames {
    /// The name, or the first of `name (2)`, `name (3)` … that was not given yet.
    pub(crate) fn give(&mut self, name: String) -> String {
        let Some(count) = self.0.get(&name).copied() else {
            self.0.insert(name.clone(), 1);
            return name;
        };
        let mut number = count;
        let mut unique;
        loop {
            number += 1;
            unique = format!("{name} ({number})");
            if !self.0.contains_key(&unique) {
                break;
            }
        }
        self.0.insert(name, number);
        self.0.insert(unique.clone(), 1);
        unique
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_number_is_not_given_twice() {
        let mut names = UniqueNames::default();
        let given = ["a", "a (2)", "a", "b", "a", "a (2)"].map(|name| names.give(name.to_owned()));
        assert_eq!(given, ["a", "a (2)", "a (3)", "b", "a (4)", "a (2) (2)"]);
    }
}
