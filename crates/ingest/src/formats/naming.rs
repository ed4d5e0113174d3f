//! Names for series whose source can give several of them the same one.

use crate::series_set::SeriesSet;
use series::Identity;
use std::collections::HashMap;

/// Names the series of a set. `names` has for each position what the series may be called, the best first; a name that
/// several series would have is passed over by all of them, as long as they have another.
pub(crate) fn settle(set: &mut SeriesSet, names: &[Vec<Identity>]) {
    let mut ranks = vec![0usize; names.len()];
    let name = |position: usize, rank: usize| names.get(position).and_then(|names| names.get(rank));
    loop {
        let mut holders: HashMap<&str, usize> = HashMap::new();
        for (position, rank) in ranks.iter().enumerate() {
            if let Some(identity) = name(position, *rank) {
                *holders.entry(identity.name.as_str()).or_default() += 1;
            }
        }
        let mut has_changed = false;
        for (position, rank) in ranks.iter_mut().enumerate() {
            let is_shared = name(position, *rank)
                .and_then(|identity| holders.get(identity.name.as_str()))
                .is_some_and(|holders| *holders > 1);
            if is_shared && name(position, *rank + 1).is_some() {
                *rank += 1;
                has_changed = true;
            }
        }
        if !has_changed {
            break;
        }
    }
    for (position, rank) in ranks.into_iter().enumerate() {
        if let (Some(entry), Some(identity)) = (set.entry(position), name(position, rank)) {
            entry.identity = identity.clone();
        }
    }
}
