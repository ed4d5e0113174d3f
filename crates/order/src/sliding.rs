//! A sliding window over values that are all known beforehand, as the set of their ranks among these.

use crate::positions;

/// What a window holds; NaN for what is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Middle {
    /// The median.
    pub centre: f64,
    /// The median absolute deviation from it.
    pub deviation: f64,
    /// The distance of the quartiles, where the deviation is 0.
    pub range: f64,
}

/// What a window says that holds too little.
const UNKNOWN: Middle = Middle { centre: f64::NAN, deviation: f64::NAN, range: f64::NAN };

/// So many slots are ranked at once, at least: more would spread a window's ranks over memory.
const PIECE: usize = 8_192;
/// Stands for a value without a rank.
const NONE: usize = usize::MAX;

/// The places in the window that are followed, by their order in [`Ranked::marks`].
const MEDIAN: usize = 0;
/// The ends of the neighbourhood of the median that was looked at last.
const FIRST: usize = 1;
const LAST: usize = 2;
/// The quartiles.
const LOWER: usize = 3;
const UPPER: usize = 4;

/// A place among the ranks.
#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    rank: usize,
    /// How many ranks of the window are lower.
    below: usize,
}

/// A window, as the set of its values' ranks. A value comes and goes in constant time, and what moves by a few places from slot
/// to slot is found in a few steps.
#[derive(Debug)]
struct Ranked {
    /// All finite values in ascending order.
    sorted: Vec<f64>,
    /// A bit for each rank that is in the window.
    set: Vec<u64>,
    count: usize,
    marks: [Mark; 5],
    /// How many of the marks are followed: as many as were asked for.
    followed: usize,
}

impl Ranked {
    /// An empty window over these values, and each one's rank.
    fn over(values: &[f64]) -> (Self, Vec<usize>) {
        let mut ranks = vec![NONE; values.len()];
        let mut sorted = Vec::with_capacity(values.len());
        for position in positions(values) {
            if values[position].is_finite() {
                ranks[position] = sorted.len();
                sorted.push(values[position]);
            }
        }
        let set = vec![0; sorted.len() / 64 + 1];
        (Self { sorted, set, count: 0, marks: [Mark::default(); 5], followed: 1 }, ranks)
    }

    /// Adds the value of this rank, if it has one.
    fn insert(&mut self, rank: usize) {
        if rank != NONE {
            self.set[rank / 64] |= 1 << (rank % 64);
            self.count += 1;
            self.marks[..self.followed].iter_mut().for_each(|mark| mark.below += usize::from(rank < mark.rank));
        }
    }

    /// Takes out the value of this rank, which is there.
    fn remove(&mut self, rank: usize) {
        if rank != NONE {
            self.set[rank / 64] &= !(1 << (rank % 64));
            self.count -= 1;
            self.marks[..self.followed].iter_mut().for_each(|mark| mark.below -= usize::from(rank < mark.rank));
        }
    }

    fn is_in(&self, rank: usize) -> bool {
        self.set[rank / 64] >> (rank % 64) & 1 == 1
    }

    /// The nearest rank of the window above one that is not the highest.
    fn above(&self, rank: usize) -> usize {
        let mut word = rank / 64;
        // Two shifts: one by 64 is none.
        let mut left = self.set[word] & (u64::MAX << (rank % 64) << 1);
        while left == 0 {
            word += 1;
            left = self.set[word];
        }
        64 * word + left.trailing_zeros() as usize
    }

    /// The nearest rank of the window below one that is not the lowest.
    fn below(&self, rank: usize) -> usize {
        let mut word = rank / 64;
        let mut left = self.set[word] & !(u64::MAX << (rank % 64));
        while left == 0 {
            word -= 1;
            left = self.set[word];
        }
        64 * word + 63 - left.leading_zeros() as usize
    }

    /// Follows so many marks from now on; the new ones begin at the median.
    fn follow(&mut self, marks: usize) {
        while self.followed < marks {
            self.marks[self.followed] = self.marks[MEDIAN];
            self.followed += 1;
        }
    }

    /// Moves a mark to the value that so many others of the window precede, which is there; the value.
    fn seek(&mut self, mark: usize, index: usize) -> f64 {
        let Mark { mut rank, mut below } = self.marks[mark];
        while below > index {
            rank = self.below(rank);
            below -= 1;
        }
        loop {
            let is_in = self.is_in(rank);
            if is_in && below == index {
                break;
            }
            below += usize::from(is_in);
            rank = self.above(rank);
        }
        self.marks[mark] = Mark { rank, below };
        self.sorted[rank]
    }

    fn quantile(&mut self, mark: usize, probability: f64) -> f64 {
        let position = probability * (self.count - 1) as f64;
        let index = position as usize;
        let (low, share) = (self.seek(mark, index), position - index as f64);
        if share == 0.0 {
            return low;
        }
        low + share * (self.sorted[self.above(self.marks[mark].rank)] - low)
    }

    /// Median and, if it is `wanted`, deviation and range; unknown with fewer values than a quarter of `window`, or than 5.
    fn middle_of_at_least(&mut self, window: usize, wanted: bool) -> Middle {
        if self.count < (window / 4).max(5) {
            return UNKNOWN;
        }
        let centre = self.quantile(MEDIAN, 0.5);
        if !wanted {
            return Middle { centre, ..UNKNOWN };
        }
        self.follow(LAST + 1);
        let (lower, upper) = ((self.count - 1) / 2, self.count / 2);
        let below = self.nth_deviation(centre, lower);
        let deviation = if lower == upper { below } else { 0.5 * (below + self.nth_deviation(centre, upper)) };
        if deviation > 0.0 {
            return Middle { centre, deviation, range: f64::NAN };
        }
        self.follow(UPPER + 1);
        let range = self.quantile(UPPER, 0.75) - self.quantile(LOWER, 0.25);
        Middle { centre, deviation, range }
    }

    /// The deviation of rank `rank` (from 0) in the order of |value − centre|.
    ///
    /// The rank + 1 values nearest to the centre are neighbours in order, so the answer is the smallest
    /// max(centre − first, last − centre) over all such neighbourhoods; the two terms cross once.
    fn nth_deviation(&mut self, centre: f64, rank: usize) -> f64 {
        let highest = self.count - rank - 1;
        let index = self.marks[FIRST].below.min(highest);
        self.seek(FIRST, index);
        self.seek(LAST, index + rank);
        let [_, mut first, mut last, ..] = self.marks;
        let sides = |first: usize, last: usize| (centre - self.sorted[first], self.sorted[last] - centre);
        let width = |first: usize, last: usize| {
            let (left, right) = sides(first, last);
            if left > right { left } else { right }
        };
        let mut before = f64::INFINITY;
        while first.below > 0 {
            let (lower_first, lower_last) = (self.below(first.rank), self.below(last.rank));
            let (left, right) = sides(lower_first, lower_last);
            if left > right {
                before = left;
                break;
            }
            first = Mark { rank: lower_first, below: first.below - 1 };
            last = Mark { rank: lower_last, below: last.below - 1 };
        }
        while first.below < highest {
            let (left, right) = sides(first.rank, last.rank);
            if left <= right {
                break;
            }
            before = left;
            first = Mark { rank: self.above(first.rank), below: first.below + 1 };
            last = Mark { rank: self.above(last.rank), below: last.below + 1 };
        }
        let deviation = width(first.rank, last.rank);
        (self.marks[FIRST], self.marks[LAST]) = (first, last);
        if before < deviation { before } else { deviation }
    }
}

/// The middle of the `window` slots around each slot; at the ends, of the first or last `window` slots. The deviation and the
/// range, which are most of the work, only if they are `wanted`.
///
/// Values that are not finite are left out; nothing is known with fewer than 5, or than a quarter of the window.
#[inline(never)]
pub fn slide(values: &[f64], window: usize, wanted: bool) -> Vec<Middle> {
    let length = window.max(1).min(values.len());
    let half = length / 2;
    let first_of = |slot: usize| slot.saturating_sub(half).min(values.len() - length);
    let mut found = Vec::with_capacity(values.len());
    while found.len() < values.len() {
        let from = first_of(found.len());
        let slots = found.len()..(found.len() + PIECE.max(2 * length)).min(values.len());
        let (mut inside, ranks) = Ranked::over(&values[from..first_of(slots.end - 1) + length]);
        ranks[..length].iter().for_each(|rank| inside.insert(*rank));
        let mut first = from;
        let mut current = inside.middle_of_at_least(length, wanted);
        for slot in slots {
            while first < first_of(slot) {
                inside.remove(ranks[first - from]);
                inside.insert(ranks[first - from + length]);
                first += 1;
                current = inside.middle_of_at_least(length, wanted);
            }
            found.push(current);
        }
    }
    found
}
