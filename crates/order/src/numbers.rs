//! Sorting and selecting numbers by their total order: negative NaN, −∞, …, −0, 0, …, ∞, NaN.

/// So many items are sorted by insertion: counting digits costs more.
const FEW: usize = 64;
/// From so many items on a digit has 11 bits, else 6.
const MANY: usize = 1_024;
/// The most values that say where a rank should be.
const SAMPLE: usize = 128;
/// How many values are looked at before those that are kept are moved away.
const STRETCH: usize = 128;
/// Into so many equal parts the range of what was kept is divided.
const PARTS: usize = 256;
/// After so many rounds what is left is sorted. Data that need more were made to.
const MOST_ROUNDS: usize = 16;

/// Sorts values by their total order.
pub fn ascending(values: &mut [f64]) {
    if values.len() <= FEW {
        return insert_in_order(values, &|value: &f64| key(*value));
    }
    // As whole numbers, so that one sort does for both.
    let mut keys: Vec<i64> = values.iter().map(|value| key(*value)).collect();
    ascending_integers(&mut keys);
    values.iter_mut().zip(keys).for_each(|(value, key)| *value = value_of(key));
}

/// Sorts whole numbers.
#[inline(never)]
pub fn ascending_integers(values: &mut [i64]) {
    sort_by_key(values, &|value: &i64| *value);
}

/// The positions of values by the values' total order, equal ones in the order given.
///
/// Much faster than [`sort_by`](crate::sort_by) where the values are many.
#[inline(never)]
pub fn positions(values: &[f64]) -> Vec<usize> {
    let mut keyed: Vec<(i64, usize)> =
        values.iter().enumerate().map(|(position, value)| (key(*value), position)).collect();
    sort_by_key(&mut keyed, &|(key, _): &(i64, usize)| *key);
    keyed.into_iter().map(|(_, position)| position).collect()
}

/// The values of rank `rank` and of the next rank (from 0) in the values' total order; of the last rank that value twice.
/// None where there are not so many values. NaN has no rank: none may be among the values.
///
/// Linear time, of about 1.5 looks at each value for a median.
#[inline(never)]
pub fn neighbours(values: &[f64], rank: usize) -> Option<(f64, f64)> {
    if rank >= values.len() {
        return None;
    }
    if values.len() <= FEW {
        let mut few = [0.0; FEW];
        few[..values.len()].copy_from_slice(values);
        ascending(&mut few[..values.len()]);
        return Some((few[rank], few[(rank + 1).min(values.len() - 1)]));
    }
    let mut among = Among { low: f64::NEG_INFINITY, high: f64::INFINITY, before: 0, kept: Vec::new() };
    among.narrow(values, rank);
    for _ in 0..MOST_ROUNDS {
        if among.kept.len() <= FEW || among.low == among.high {
            break;
        }
        let kept = std::mem::take(&mut among.kept);
        if !among.spread(&kept, rank) {
            among.narrow(&kept, rank);
        }
    }
    ascending(&mut among.kept);
    let mut ranked = among.kept.iter().skip(rank - among.before).copied();
    let found = ranked.next()?;
    let next = ranked.next().or_else(|| {
        // It is the first of those that were left out.
        values.iter().copied().filter(|value| *value > among.high).min_by(f64::total_cmp)
    });
    Some((found, next.unwrap_or(found)))
}

/// The values from `low` to `high` of a list, among which that of a rank is.
struct Among {
    low: f64,
    high: f64,
    /// How many values of the list are less.
    before: usize,
    kept: Vec<f64>,
}

impl Among {
    /// Keeps those of `values` (the list, or what was kept of it) that lie about where the one of rank `rank` should be, by
    /// a sample of them; where it is not among these, all to the one side of them.
    fn narrow(&mut self, values: &[f64], rank: usize) {
        let (low, high) = about(values, rank - self.before);
        let (mut low, mut high) = (low.max(self.low), high.min(self.high));
        // What is not in the middle is on one side.
        for _ in 0..2 {
            let less = self.keep(values, low, high);
            let wanted = rank - self.before;
            if wanted < less {
                (low, high) = (self.low, low.next_down());
            } else if wanted - less < self.kept.len() {
                (self.low, self.high) = (low, high);
                self.before += less;
                return;
            } else {
                (low, high) = (high.next_up(), self.high);
            }
        }
        // There is NaN among them.
        self.kept = values.to_vec();
    }

    /// Keeps those of `values` (what was kept of the list) that share one of 256 equal parts of their range with the one of rank
    /// `rank`: few, where values are spread evenly, as they mostly are about a quantile. False where they have no range.
    fn spread(&mut self, values: &[f64], rank: usize) -> bool {
        let per_part = PARTS as f64 / (self.high - self.low);
        if !(per_part.is_finite() && per_part > 0.0) {
            return false;
        }
        let part = |value: f64| (((value - self.low) * per_part) as usize).min(PARTS - 1);
        let mut counts = [0u32; PARTS];
        values.iter().for_each(|value| counts[part(*value)] += 1);
        let (mut chosen, mut less) = (0, 0);
        while chosen + 1 < PARTS && self.before + less + counts[chosen] as usize <= rank {
            less += counts[chosen] as usize;
            chosen += 1;
        }
        self.kept = values.iter().copied().filter(|value| part(*value) == chosen).collect();
        let (low, high) = self.kept.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (if *value < low { *value } else { low }, if *value > high { *value } else { high })
        });
        self.before += less;
        (self.low, self.high) = (low, high);
        true
    }

    /// Keeps the values from `low` to `high`, without a branch on them; how many are less.
    fn keep(&mut self, values: &[f64], low: f64, high: f64) -> usize {
        self.kept.clear();
        // Of a median a fifth is kept.
        self.kept.reserve(values.len() / 4);
        let mut less = 0;
        for stretch in values.chunks(STRETCH) {
            let mut kept = [0.0; STRETCH];
            let mut count = 0;
            for value in stretch {
                less += usize::from(*value < low);
                kept[count % STRETCH] = *value;
                count += usize::from(*value >= low && *value <= high);
            }
            self.kept.extend_from_slice(&kept[..count]);
        }
        less
    }
}

/// Two values between which that of rank `rank` should be, two standard deviations of a sample's quantile to either side.
fn about(values: &[f64], rank: usize) -> (f64, f64) {
    let size = values.len().isqrt().clamp(24, SAMPLE);
    // One value of each stretch, at another place in each: at one and the same, seasons would be sampled at one phase.
    let stretch = values.len() / size;
    let stretches = values.chunks_exact(stretch).take(size).enumerate();
    let mut sample: Vec<f64> = stretches.map(|(index, part)| part[(index * 31) % stretch]).collect();
    ascending(&mut sample);
    let share = rank as f64 / values.len() as f64;
    let (middle, reach) = (share * size as f64, 2.0 * (share * (1.0 - share) * size as f64).sqrt() + 1.0);
    let low = if middle < reach { f64::NEG_INFINITY } else { sample[(middle - reach) as usize] };
    (low, sample.get((middle + reach) as usize).copied().unwrap_or(f64::INFINITY))
}

/// A whole number with the same order as the value's total order (the trick of `f64::total_cmp`).
fn key(value: f64) -> i64 {
    let bits = value.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// The inverse of [`key`], which is itself.
fn value_of(key: i64) -> f64 {
    f64::from_bits((key ^ (((key >> 63) as u64) >> 1) as i64) as u64)
}

/// Sorts items by their keys; items with equal keys stay in the order given.
///
/// By the first digits of what the keys are more than the least one, from the second digit to the first. Items whose first
/// two digits are the same stand together then, and are few where keys are spread over their range; where they are many they
/// are sorted by what follows.
fn sort_by_key<T: Copy>(items: &mut [T], key: &impl Fn(&T) -> i64) {
    if items.len() <= FEW {
        return insert_in_order(items, key);
    }
    let (least, most) = items.iter().map(key).fold((i64::MAX, i64::MIN), |(least, most), key| {
        (if key < least { key } else { least }, if key > most { key } else { most })
    });
    // A few values do not deserve a count for each of many digits.
    let bits = if items.len() < MANY { 6 } else { 11 };
    let shift = (u64::BITS - most.abs_diff(least).leading_zeros()).saturating_sub(2 * bits);
    let mask = (1usize << bits) - 1;
    let first_digits = |item: &T| (key(item).wrapping_sub(least) as u64 >> shift) as usize;
    let mut starts = vec![[0u32; 2]; mask + 1];
    for item in items.iter() {
        let digits = first_digits(item);
        starts[digits & mask][1] += 1;
        starts[(digits >> bits) & mask][0] += 1;
    }
    let mut next = [0; 2];
    for start in &mut starts {
        for place in 0..2 {
            next[place] += std::mem::replace(&mut start[place], next[place]);
        }
    }
    let mut sorted = items.to_vec();
    for item in items.iter() {
        let start = &mut starts[first_digits(item) & mask][1];
        sorted[*start as usize] = *item;
        *start += 1;
    }
    for item in sorted {
        let start = &mut starts[(first_digits(&item) >> bits) & mask][0];
        items[*start as usize] = item;
        *start += 1;
    }
    if shift == 0 {
        return;
    }
    let mut from = 0;
    while from < items.len() {
        let digits = first_digits(&items[from]);
        let same = items[from..].iter().take_while(|item| first_digits(item) == digits).count();
        if same > 1 {
            sort_by_key(&mut items[from..from + same], key);
        }
        from += same;
    }
}

/// Sorts few items by their keys; items with equal keys stay in the order given.
fn insert_in_order<T: Copy>(items: &mut [T], key: &impl Fn(&T) -> i64) {
    for end in 1..items.len() {
        let (item, mut place) = (items[end], end);
        while place > 0 && key(&items[place - 1]) > key(&item) {
            items[place] = items[place - 1];
            place -= 1;
        }
        items[place] = item;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Ordinary numbers, ties, both zeros, infinities and both NaN.
    fn numbers(most: usize) -> impl Strategy<Value = Vec<f64>> {
        let number =
            prop_oneof![any::<f64>(), (-3i8..3).prop_map(f64::from), Just(-0.0), Just(f64::NAN), Just(-f64::NAN)];
        prop_oneof![
            prop::collection::vec(number, 0..most),
            prop::collection::vec(any::<f64>(), 0..most),
            prop::collection::vec((0u8..3).prop_map(f64::from), 0..most),
            (0..most).prop_map(|count| (0..count).map(|index| index as f64).collect()),
        ]
    }

    fn is_the_same(ours: &[f64], theirs: &[f64]) -> bool {
        ours.iter().map(|value| value.to_bits()).eq(theirs.iter().map(|value| value.to_bits()))
    }

    #[test]
    fn even_among_nan_the_search_ends() {
        let values: Vec<f64> =
            (0..1_000).map(|index| if index % 3 == 0 { f64::NAN } else { f64::from(index) }).collect();
        assert_eq!(neighbours(&values, 0), Some((1.0, 2.0)));
        assert!(neighbours(&values, 900).is_some_and(|(found, next)| found.is_nan() && next.is_nan()));
        assert!(neighbours(&[f64::NAN; 200], 100).is_some());
    }

    #[test]
    fn many_values_that_share_their_first_digits_are_sorted_by_what_follows() {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            1_000.0 + f64::from(state >> 16) * 1e-12
        };
        // Far outside, and twice each.
        let mut values: Vec<f64> = (0..3_000).flat_map(|_| [next(); 2]).collect();
        values.extend([-1e300, 1e300]);
        let mut expected: Vec<usize> = (0..values.len()).collect();
        expected.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        assert_eq!(positions(&values), expected);
        let sorted: Vec<f64> = expected.iter().map(|place| values[*place]).collect();
        for rank in [0, 1, 2_000, 2_999, 3_000, 5_999, 6_001] {
            let next = sorted.get(rank + 1).unwrap_or(&sorted[rank]);
            assert_eq!(neighbours(&values, rank), Some((sorted[rank], *next)));
        }
        ascending(&mut values);
        assert_eq!(values, sorted);
    }

    #[test]
    fn every_rank_has_its_neighbour() {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from(state >> 20)
        };
        let values: Vec<f64> = (0..2_000).map(|_| next()).collect();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        for rank in 0..2_000 {
            assert_eq!(neighbours(&values, rank), Some((sorted[rank], sorted[(rank + 1).min(1_999)])));
        }
    }

    proptest! {
        #[test]
        fn positions_are_those_of_a_stable_sort(values in numbers(1_000)) {
            let mut expected: Vec<usize> = (0..values.len()).collect();
            expected.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
            prop_assert_eq!(positions(&values), expected);
        }

        #[test]
        fn numbers_are_sorted_as_the_standard_library_does(values in numbers(1_000), whole in prop::collection::vec(any::<i64>(), 0..1_000)) {
            let (mut ours, mut theirs) = (values.clone(), values);
            ascending(&mut ours);
            theirs.sort_by(f64::total_cmp);
            prop_assert!(is_the_same(&ours, &theirs));
            let (mut ours, mut theirs) = (whole.clone(), whole);
            ascending_integers(&mut ours);
            theirs.sort();
            prop_assert_eq!(ours, theirs);
        }

        #[test]
        fn neighbours_stand_side_by_side_in_the_sorted_values(numbers in numbers(3_000), share in 0.0..1.1f64) {
            let values: Vec<f64> = numbers.into_iter().filter(|value| !value.is_nan()).collect();
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let rank = (share * values.len() as f64) as usize;
            let expected = sorted.get(rank).map(|found| [*found, *sorted.get(rank + 1).unwrap_or(found)]);
            let ours = neighbours(&values, rank).map(|(found, next)| [found, next]);
            prop_assert_eq!(ours.map(|pair| pair.map(f64::to_bits)), expected.map(|pair| pair.map(f64::to_bits)));
        }
    }
}
