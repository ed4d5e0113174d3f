//! Cutting a long range into requests that the server accepts.

/// The most points per series that one request asks for. Prometheus, Thanos and Mimir refuse a range query of more than
/// 11,000 steps; VictoriaMetrics one of more than 30,000.
pub const MAX_POINTS: i64 = 11_000;

/// A part of a range: all grid points from `start_ms` to `end_ms`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The first point.
    pub start_ms: i64,
    /// The last point.
    pub end_ms: i64,
}

/// Cuts the points `start_ms`, `start_ms + step_ms`, … up to `end_ms` into runs of at most `max_points`.
///
/// Each point is in exactly one chunk: the next chunk begins one step after the last one's end, because the API includes
/// both ends. None if the range is empty or the step not positive.
pub fn chunks(start_ms: i64, end_ms: i64, step_ms: i64, max_points: i64) -> Vec<Chunk> {
    if end_ms < start_ms || step_ms <= 0 {
        return Vec::new();
    }
    let last = (end_ms - start_ms) / step_ms;
    let per_chunk = max_points.max(1);
    let mut out = Vec::new();
    let mut first = 0;
    while first <= last {
        let until = (first + per_chunk - 1).min(last);
        out.push(Chunk { start_ms: start_ms + first * step_ms, end_ms: start_ms + until * step_ms });
        first = until + 1;
    }
    out
}

impl Chunk {
    /// The two halves, cut between points; none if there is only one point.
    pub(crate) fn halves(self, step_ms: i64) -> Option<[Chunk; 2]> {
        let steps = (self.end_ms - self.start_ms) / step_ms.max(1);
        let middle = self.start_ms + (steps / 2) * step_ms;
        (steps > 0).then_some([
            Chunk { start_ms: self.start_ms, end_ms: middle },
            Chunk { start_ms: middle + step_ms, end_ms: self.end_ms },
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points(chunk: Chunk, step: i64) -> Vec<i64> {
        (0..).map(|i| chunk.start_ms + i * step).take_while(|time| *time <= chunk.end_ms).collect()
    }

    proptest! {
        #[test]
        fn chunks_together_are_the_range_and_no_point_comes_twice(
            start in -1_000_000i64..1_000_000, range in 0i64..2_000_000, step in 1i64..5_000, most in 1i64..700
        ) {
            let whole = points(Chunk { start_ms: start, end_ms: start + range }, step);
            let parts = chunks(start, start + range, step, most);
            prop_assert!(parts.iter().all(|chunk| points(*chunk, step).len() as i64 <= most));
            let joined: Vec<i64> = parts.iter().flat_map(|chunk| points(*chunk, step)).collect();
            prop_assert_eq!(&joined, &whole);
            let halved: Vec<i64> = parts
                .iter()
                .flat_map(|chunk| chunk.halves(step).map_or(vec![*chunk], |halves| halves.to_vec()))
                .flat_map(|chunk| points(chunk, step))
                .collect();
            prop_assert_eq!(&halved, &whole);
        }
    }

    #[test]
    fn an_empty_range_has_no_chunk() {
        assert!(chunks(10, 0, 1, 100).is_empty());
        assert!(chunks(0, 10, 0, 100).is_empty());
        assert_eq!(chunks(5, 5, 1, 100), [Chunk { start_ms: 5, end_ms: 5 }]);
    }
}
