//! Level shifts as people tell them: away from home and back, or away for good.

use analysis::change::level_shift::LevelShift;

/// A level is home again within this share of how far it was away.
const HOME: f64 = 0.25;
/// A level that lasts for this share of the window is the new home.
const SETTLED_SHARE: f64 = 0.25;

/// A stretch away from the usual level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Episode {
    /// The shift that began it.
    pub(crate) first: LevelShift,
    /// The last slot away from home; the last slot of all where it lasts.
    pub(crate) end: usize,
    /// The level that was furthest from home.
    pub(crate) level: f64,
    /// Whether the level came back.
    pub(crate) returned: bool,
    /// The strongest shift's score and the smallest p.
    pub(crate) score: f64,
    pub(crate) p: f64,
}

/// Groups the shifts of one series of `len` slots, which are in order of time.
pub(crate) fn episodes(shifts: &[LevelShift], len: usize) -> Vec<Episode> {
    let settled = (len as f64 * SETTLED_SHARE) as usize;
    let mut told: Vec<Episode> = Vec::new();
    let mut open: Option<Episode> = None;
    let mut last_shift = 0;
    for shift in shifts {
        if let Some(mut episode) = open.take() {
            if shift.slot - last_shift >= settled {
                episode.end = shift.slot.saturating_sub(1);
                told.push(episode);
            } else {
                episode.score = episode.score.max(shift.score);
                episode.p = episode.p.min(shift.p);
                let home = episode.first.before;
                if (shift.after - home).abs() <= HOME * (episode.level - home).abs() {
                    told.push(Episode { end: shift.slot.saturating_sub(1), returned: true, ..episode });
                } else {
                    if (shift.after - home).abs() > (episode.level - home).abs() {
                        episode.level = shift.after;
                    }
                    open = Some(episode);
                }
                last_shift = shift.slot;
                continue;
            }
        }
        open = Some(Episode {
            first: *shift,
            end: 0,
            level: shift.after,
            returned: false,
            score: shift.score,
            p: shift.p,
        });
        last_shift = shift.slot;
    }
    told.extend(open.map(|episode| Episode { end: len.saturating_sub(1), ..episode }));
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift(slot: usize, before: f64, after: f64) -> LevelShift {
        LevelShift { slot, low: slot, high: slot, before, after, size_in_spreads: after - before, p: 1e-6, score: 2.0 }
    }

    #[test]
    fn up_further_up_and_back_is_one_episode() {
        let told = episodes(&[shift(100, 1.0, 5.0), shift(120, 5.0, 9.0), shift(150, 9.0, 1.5)], 1000);
        assert_eq!(told.len(), 1);
        assert_eq!(
            told.first().map(|one| (one.first.slot, one.end, one.level, one.returned)),
            Some((100, 149, 9.0, true))
        );
    }

    #[test]
    fn a_level_that_lasts_is_the_new_home() {
        let told = episodes(&[shift(100, 1.0, 5.0), shift(600, 5.0, 9.0), shift(650, 9.0, 5.0)], 1000);
        assert_eq!(
            told.iter().map(|one| (one.first.slot, one.end, one.returned)).collect::<Vec<_>>(),
            [(100, 599, false), (600, 649, true)]
        );
    }

    #[test]
    fn what_never_comes_back_lasts_to_the_end() {
        let told = episodes(&[shift(900, 1.0, 5.0)], 1000);
        assert_eq!(told.iter().map(|one| (one.end, one.returned)).collect::<Vec<_>>(), [(999, false)]);
        assert!(episodes(&[], 10).is_empty());
    }
}
