//! Levels of grouping, each made of the groups of the one below, and the user's own patterns.

use super::feet::{Beat, GroupKind, Parse, feet};
use crate::robust;

/// One level of a hierarchy of groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Its beats; above the lowest level, the feet of the level below.
    pub beats: Vec<Beat>,
    /// Their groups.
    pub parse: Parse,
    /// For each beat the beat of the next level that it is a part of; none for a beat in no foot, and on the highest
    /// level.
    pub parents: Vec<Option<usize>>,
}

/// Divides beats into feet, the feet into feet of feet, and so on, for at most `most` levels.
///
/// A foot is a beat of the next level: it begins with its first beat, lasts to the end of its last (to the onset of that
/// where its duration is not known), and is as intense as its beats are on average. It is accented where that is the
/// median of its level or more, so that a level of equal feet has no unaccented one and ends the hierarchy. So does one
/// with fewer than 4 beats or no foot.
pub fn levels(beats: &[Beat], most: usize) -> Vec<Level> {
    let mut found: Vec<Level> = Vec::new();
    let mut current = beats.to_vec();
    while found.len() < most && (current.len() >= 4 || found.is_empty()) {
        let parse = feet(&current);
        let mut parents = vec![None; current.len()];
        let mut next = Vec::new();
        for group in parse.groups.iter().filter(|group| matches!(group.kind, GroupKind::Foot(_))) {
            let members = current.get(group.first..group.first + group.len).unwrap_or_default();
            let (Some(first), Some(last)) = (members.first(), members.last()) else { continue };
            let strengths: Vec<f64> = members.iter().map(|beat| beat.intensity).collect();
            let length = if last.duration.is_finite() { last.duration } else { 0.0 };
            for parent in parents.iter_mut().skip(group.first).take(group.len) {
                *parent = Some(next.len());
            }
            next.push(Beat {
                onset: first.onset,
                accented: false,
                duration: last.onset + length - first.onset,
                intensity: robust::mean(&strengths).unwrap_or(f64::NAN),
            });
        }
        let strengths: Vec<f64> = next.iter().map(|beat| beat.intensity).collect();
        let median = robust::median(&strengths).unwrap_or(f64::NAN);
        next.iter_mut().for_each(|beat| beat.accented = beat.intensity >= median);
        let ends = next.len() < 4 || found.len() + 1 >= most || next.iter().all(|beat| beat.accented);
        if ends {
            parents.fill(None);
        }
        found.push(Level { beats: current, parse, parents });
        if ends {
            break;
        }
        current = next;
    }
    found
}

/// Where a pattern of accents stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PatternMatches {
    /// The first beat of each place, in order; places may overlap.
    pub positions: Vec<usize>,
    /// How many places accents in random order would have on average, with as many accents as there are.
    pub expected: f64,
}

/// Finds a user's own pattern, such as `[true, true, false]`, wherever it stands. An empty pattern stands nowhere.
pub fn find_pattern(accents: &[bool], pattern: &[bool]) -> PatternMatches {
    if pattern.is_empty() || pattern.len() > accents.len() {
        return PatternMatches { positions: Vec::new(), expected: 0.0 };
    }
    let positions: Vec<usize> = accents
        .windows(pattern.len())
        .enumerate()
        .filter(|(_, window)| *window == pattern)
        .map(|(position, _)| position)
        .collect();
    // Drawn without putting back.
    let mut left = [0.0f64; 2];
    for &accent in accents {
        left[usize::from(accent)] += 1.0;
    }
    let mut chance = 1.0;
    for &accent in pattern {
        let of_kind = &mut left[usize::from(accent)];
        let kind = *of_kind;
        *of_kind = (kind - 1.0).max(0.0);
        chance *= kind / (left[0] + left[1] + kind - (kind - 1.0).max(0.0)).max(1.0);
    }
    PatternMatches { positions, expected: chance * (accents.len() - pattern.len() + 1) as f64 }
}
