//! Fewer points than were measured, with every extreme still there.

/// The positions of the smallest and the largest value of each of `count` parts, in order; a part without any is a gap.
pub(crate) fn extremes(values: &[f64], count: usize) -> Vec<usize> {
    let mut kept = Vec::with_capacity(count * 2);
    for part in 0..count {
        let (from, to) = (part * values.len() / count, (part + 1) * values.len() / count);
        let finite = || (from..to).filter(|index| values[*index].is_finite());
        let least = finite().min_by(|one, other| values[*one].total_cmp(&values[*other]));
        let most = finite().max_by(|one, other| values[*one].total_cmp(&values[*other]));
        match (least, most) {
            (Some(least), Some(most)) => {
                kept.push(least.min(most));
                if least != most {
                    kept.push(least.max(most));
                }
            }
            _ => kept.extend((from < to).then_some(from)),
        }
    }
    kept
}
