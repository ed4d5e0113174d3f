//! How the keyboard walks over the radar.

use report::{Scale, Subject};
use scene::Target;

/// The target beside the current one, by whole sectors, round the circle. `order` is the scene's.
///
/// From a cell it goes to the next cell of the same ring; from anywhere else to the next sector as a whole.
pub fn beside(order: &[Target], current: Option<Target>, step: i32) -> Option<Target> {
    let scale = match current {
        Some(Target::Cell { scale, .. }) => Some(scale),
        _ => None,
    };
    let is_stop = |target: &Target| match (target, scale) {
        (Target::Cell { scale: other, .. }, Some(scale)) => *other == scale,
        (Target::Service(_) | Target::Series(_), None) | (Target::Fold, _) => true,
        _ => false,
    };
    let stops: Vec<Target> = order.iter().copied().filter(is_stop).collect();
    let count = stops.len() as i64;
    if count == 0 {
        return None;
    }
    let place = current.and_then(|current| stops.iter().position(|stop| *stop == current));
    let next = match place {
        Some(place) => (place as i64 + i64::from(step)).rem_euclid(count),
        None if step < 0 => count - 1,
        None => 0,
    };
    stops.get(next as usize).copied()
}

/// The target outside (`step` > 0) or inside the current one: middle, rings, the sector as a whole.
pub fn across(order: &[Target], current: Option<Target>, step: i32) -> Option<Target> {
    let current = current.or_else(|| beside(order, None, 1))?;
    let Some(subject) = current.subject() else {
        // From the middle outwards: into the first sector.
        return match current {
            Target::Centre if step > 0 => order.iter().copied().find(|target| matches!(target, Target::Cell { .. })),
            other => Some(other),
        };
    };
    let column = column(order, subject);
    let place = column.iter().position(|target| *target == current)? as i64 + i64::from(step.signum());
    let last = column.len() as i64 - 1;
    column.get(place.clamp(0, last) as usize).copied()
}

/// A sector from the inside out.
fn column(order: &[Target], subject: Subject) -> Vec<Target> {
    let cells = Scale::ALL.into_iter().map(|scale| Target::Cell { subject, scale });
    let known = cells.filter(|cell| order.contains(cell));
    std::iter::once(Target::Centre).chain(known).chain([Target::of(subject)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(service: usize, scale: Scale) -> Target {
        Target::Cell { subject: Subject::Service(service), scale }
    }

    fn order() -> Vec<Target> {
        let mut order = vec![Target::Centre];
        for service in 0..2 {
            order.push(Target::Service(service));
            order.extend([Scale::Micro, Scale::Macro].map(|scale| cell(service, scale)));
        }
        order.extend([Target::Fold, Target::Scale(Scale::Micro)]);
        order
    }

    #[test]
    fn sectors_go_round() {
        let order = order();
        assert_eq!(beside(&order, None, 1), Some(Target::Service(0)));
        assert_eq!(beside(&order, Some(Target::Service(1)), 1), Some(Target::Fold));
        assert_eq!(beside(&order, Some(Target::Fold), 1), Some(Target::Service(0)));
        assert_eq!(beside(&order, Some(Target::Service(0)), -1), Some(Target::Fold));
        assert_eq!(beside(&[], None, 1), None);
    }

    #[test]
    fn a_ring_is_kept_while_walking_round() {
        let order = order();
        assert_eq!(beside(&order, Some(cell(0, Scale::Macro)), 1), Some(cell(1, Scale::Macro)));
        assert_eq!(beside(&order, Some(cell(1, Scale::Macro)), 1), Some(Target::Fold));
    }

    #[test]
    fn inwards_ends_in_the_middle_and_outwards_at_the_label() {
        let order = order();
        let mut at = Some(Target::Service(1));
        let mut seen = Vec::new();
        for _ in 0..4 {
            at = across(&order, at, -1);
            seen.push(at);
        }
        assert_eq!(
            seen,
            [Some(cell(1, Scale::Macro)), Some(cell(1, Scale::Micro)), Some(Target::Centre), Some(Target::Centre)]
        );
        assert_eq!(across(&order, at, 1), Some(cell(0, Scale::Micro)));
        assert_eq!(across(&order, Some(Target::Service(1)), 1), Some(Target::Service(1)));
        assert_eq!(across(&order, Some(Target::Fold), 1), Some(Target::Fold));
    }
}
