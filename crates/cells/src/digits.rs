//! The usual number, read fast: digits, perhaps with a minus sign and one decimal sign.
//!
//! Eight characters are taken as one integer, and three multiplications make their value of them (Lemire 2021, "Number
//! parsing at a gigabyte per second"). What comes out is the number nearest to the decimal, bit by bit as the standard
//! parser has it: by one division where that is exact (Clinger 1990), else by a reciprocal of 128 bits, and where even that
//! leaves a doubt, not at all.

/// `'0'` in every byte.
const ZEROS: u64 = 0x3030_3030_3030_3030;
const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
/// The longest cell that is looked at: 19 digits have room in an integer, and there may be a decimal sign.
const LONGEST: usize = 24;
const MOST_DIGITS: usize = 19;
/// Integers up to here are exact as floating point numbers.
const LARGEST_EXACT: u64 = 1 << 53;

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];
const INTEGER_POWERS: [u64; 9] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

/// The leading 128 bits of 1 / 5^places, cut off, and the power of two that they were multiplied with.
const RECIPROCALS: [(u64, u64, u32); MOST_DIGITS + 1] = {
    let mut all = [(0, 0, 0); MOST_DIGITS + 1];
    let mut places = 1;
    let mut power: u128 = 1;
    while places <= MOST_DIGITS {
        power *= 5;
        let (mut quotient, mut rest, mut shift) = (0u128, 1u128, 0);
        while quotient >> 127 == 0 {
            rest <<= 1;
            quotient <<= 1;
            if rest >= power {
                rest -= power;
                quotient |= 1;
            }
            shift += 1;
        }
        all[places] = ((quotient >> 64) as u64, quotient as u64, shift);
        places += 1;
    }
    all
};

/// Reads the cells of one column.
///
/// The cells of a column are mostly written alike, so the decimal sign is looked for first where it was in the last one.
#[derive(Clone, Debug)]
pub struct Digits {
    /// The decimal sign less `'0'`, in every byte.
    sign: u64,
    /// What is expected of a cell of up to eight characters, and ten to the power of its decimal places.
    short: Expected,
    power: f64,
    /// What is expected of the eight characters at the end of a longer cell, of the eight before them, and of the rest.
    long: [Expected; 3],
    places: usize,
}

/// The decimal sign in a word of eight characters; the first character is the lowest byte.
#[derive(Clone, Copy, Debug)]
struct Expected {
    /// Makes a zero of the sign.
    mark: u64,
    /// What a byte may still take before its high bit is set: a digit up to 9, and where the sign is, zero.
    room: u64,
    /// The characters that stay where they are, and those that move up one place.
    above: u64,
    below: u64,
    /// Ten to the power of the number of digits in a full word.
    scale: u64,
}

impl Expected {
    const NOTHING: Self = Self { mark: 0, room: 0x76 * ONES, above: u64::MAX, below: 0, scale: 100_000_000 };

    /// The sign with so many characters behind it in the word, at most 7.
    fn with(sign: u64, behind: usize) -> Self {
        let at = 8 * (7 - behind.min(7)) as u32;
        let below = (1 << at) - 1;
        let byte = 0xff << at;
        let room = (0x76 * ONES) | (0x7f << at);
        Self { mark: sign & byte, room, above: !(below | byte), below, scale: 10_000_000 }
    }

    /// The digits of a word of which so many characters count, as an integer; none if one of them is no digit, or the sign
    /// is not where it is expected. `text` has [`ZEROS`] taken off.
    #[inline(always)]
    fn value(self, text: u64, characters: usize) -> Option<u64> {
        let unused = (64 - 8 * characters as u32) & 63;
        let digits = (text >> unused << unused) ^ self.mark;
        // A carry out of a byte matters no more: that byte has its high bit itself.
        let is_odd = (digits.wrapping_add(self.room) | digits) & HIGH_BITS;
        (is_odd == 0).then(|| value((digits & self.above) | ((digits & self.below) << 8)))
    }
}

impl Digits {
    /// For a column with this decimal sign.
    pub fn new(decimal: u8) -> Self {
        let sign = u64::from(decimal ^ b'0') * ONES;
        let nothing = Expected::NOTHING;
        Self { sign, short: nothing, power: 1.0, long: [nothing; 3], places: 0 }
    }

    /// The number that `bytes` holds from `start` up to `end`; none if it is anything but digits with at most one minus
    /// sign in front and one decimal sign, or if it is not certain to be rounded right. Whoever gets none asks
    /// a parser that takes everything.
    #[inline(always)]
    pub fn read(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<f64> {
        let length = end.wrapping_sub(start);
        if (1..=8).contains(&length)
            && let Some(mantissa) = self.short.value(word(bytes, end) ^ ZEROS, length)
        {
            return Some(mantissa as i64 as f64 / self.power);
        }
        if length == 0 { None } else { self.read_long(bytes, start, end) }
    }

    #[inline(never)]
    fn read_long(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<f64> {
        self.read_as_last(bytes, start, end).or_else(|| self.read_any(bytes, start, end))
    }

    /// Reads a cell of more than eight characters that has its decimal sign where it is expected.
    fn read_as_last(&self, bytes: &[u8], start: usize, end: usize) -> Option<f64> {
        let length = end.checked_sub(start).filter(|length| (9..=LONGEST).contains(length))?;
        // A sign that is expected in front of the cell would not be missed.
        if length <= self.places || length - usize::from(self.places > 0) > MOST_DIGITS {
            return None;
        }
        let [last, before, first] = self.long;
        let mut mantissa = 0;
        if length > 16 {
            mantissa = first.value(word(bytes, end - 16) ^ ZEROS, length - 16)?;
        }
        mantissa = mantissa * before.scale + before.value(word(bytes, end - 8) ^ ZEROS, (length - 8).min(8))?;
        mantissa = mantissa * last.scale + last.value(word(bytes, end) ^ ZEROS, 8)?;
        quotient(mantissa, self.places)
    }

    /// Reads from the front, and remembers where the decimal sign is.
    fn read_any(&mut self, bytes: &[u8], start: usize, end: usize) -> Option<f64> {
        let is_negative = bytes.get(start) == Some(&b'-');
        let start = start + usize::from(is_negative);
        let length = end.checked_sub(start).filter(|length| (1..=LONGEST).contains(length))?;
        let (mut mantissa, mut digits, mut whole) = (0u64, 0, None);
        // The first word is the one that is not full.
        let mut characters = (length - 1) % 8 + 1;
        let mut at = start;
        while at < end {
            at += characters;
            let unused = (64 - 8 * characters as u32) & 63;
            let text = (word(bytes, at) ^ ZEROS) >> unused << unused;
            let signs = zero_bytes(text ^ self.sign) & (u64::MAX << unused);
            let mut expected = Expected::NOTHING;
            if signs != 0 {
                let behind = 7 - signs.trailing_zeros() as usize / 8;
                if whole.is_some() || signs & (signs - 1) != 0 {
                    return None;
                }
                characters -= 1;
                whole = Some(digits + characters - behind);
                expected = Expected::with(self.sign, behind);
            }
            let value = expected.value(text, 8)?;
            mantissa = mantissa.wrapping_mul(*INTEGER_POWERS.get(characters)?).wrapping_add(value);
            digits += characters;
            characters = 8;
        }
        if digits == 0 || digits > MOST_DIGITS {
            return None;
        }
        let places = digits - whole.unwrap_or(digits);
        self.expect(places, length);
        quotient(mantissa, places).map(|magnitude| if is_negative { -magnitude } else { magnitude })
    }

    /// Expects the next cell of about this length to have so many decimal places.
    fn expect(&mut self, places: usize, length: usize) {
        let at = |behind| if places == 0 { Expected::NOTHING } else { Expected::with(self.sign, behind) };
        if length <= 8 {
            (self.short, self.power) = (at(places), POWERS.get(places).copied().unwrap_or(1.0));
            return;
        }
        self.long = [Expected::NOTHING; 3];
        self.places = places;
        if let Some(word) = self.long.get_mut(places / 8) {
            *word = at(places % 8);
        }
    }
}

/// The eight characters in front of `end`; zero bytes where there are not so many.
#[inline(always)]
fn word(bytes: &[u8], end: usize) -> u64 {
    let word = bytes.get(end.wrapping_sub(8)..end).and_then(|word| <[u8; 8]>::try_from(word).ok());
    word.map_or(0, u64::from_le_bytes)
}

/// The value of eight digits, the first one in the lowest byte: pairs, then fours, then all.
#[inline(always)]
fn value(digits: u64) -> u64 {
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let mask = 0x0000_00ff_0000_00ff;
    let (even, odd) = (pairs & mask, (pairs >> 16) & mask);
    even.wrapping_mul(100 + (1_000_000 << 32)).wrapping_add(odd.wrapping_mul(1 + (10_000 << 32))) >> 32
}

/// The high bit of every byte that is zero.
#[inline(always)]
fn zero_bytes(word: u64) -> u64 {
    !((word & !HIGH_BITS).wrapping_add(!HIGH_BITS) | word) & HIGH_BITS
}

/// The number nearest to `mantissa` / 10^`places`; none where the reciprocal's 128 bits do not decide it.
fn quotient(mantissa: u64, places: usize) -> Option<f64> {
    if mantissa <= LARGEST_EXACT {
        return POWERS.get(places).map(|power| mantissa as i64 as f64 / power);
    }
    if places == 0 {
        return Some(mantissa as f64);
    }
    let &(high, low, shift) = RECIPROCALS.get(places)?;
    let leading = mantissa.leading_zeros();
    let normal = mantissa << leading;
    // All bounds are small: the result lies between 2^53 / 10^19 and 2^64.
    let number = |significand: u64, dropped: u32| {
        let exponent = i64::from(dropped + 64) - i64::from(shift + leading) - places as i64;
        f64::from_bits((((exponent + 1023 + 51) as u64) << 52).wrapping_add(significand))
    };
    // The leading 64 bits of the product say it mostly. The true ones are the same or the next ones.
    let product = ((u128::from(normal) * u128::from(high)) >> 64) as u64;
    let dropped = 11 - product.leading_zeros();
    let (rest, half) = (product & ((1 << dropped) - 1), 1 << (dropped - 1));
    if rest + 1 < half || rest > half && rest + 1 < 2 * half {
        return Some(number((product >> dropped) + u64::from(rest > half), dropped + 64));
    }
    // The leading 128 bits. As the reciprocal is cut off, and this product too, the true one is larger by less than 2.
    let normal = u128::from(normal);
    let product = normal * u128::from(high) + ((normal * u128::from(low)) >> 64);
    let dropped = 75 - product.leading_zeros();
    let rest = product & ((1 << dropped) - 1);
    let half = 1u128 << (dropped - 1);
    if rest <= half && rest + 2 >= half {
        return None;
    }
    Some(number((product >> dropped) as u64 + u64::from(rest > half), dropped))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the standard parser says of a cell that `read` takes.
    fn standard(cell: &str, decimal: u8) -> Option<u64> {
        let is_other = cell.contains(if decimal == b',' { '.' } else { ',' });
        let number = cell.replace(char::from(decimal), ".").parse::<f64>().ok();
        number.filter(|_| !is_other).map(f64::to_bits)
    }

    /// Reads a cell amid others.
    fn read(digits: &mut Digits, cell: &str) -> Option<u64> {
        let text = format!("9999999.9,-12,{cell},8.25\n");
        digits.read(text.as_bytes(), 14, 14 + cell.len()).map(f64::to_bits)
    }

    #[test]
    fn usual_cells_are_taken() {
        let mut digits = Digits::new(b'.');
        for cell in [
            "0",
            "7",
            "0.0123",
            "153.75",
            "1048576",
            "12345678",
            "123456789",
            "1234567890123456",
            "55.733333333333334",
            "-4.5",
            "-0",
            "0.5",
            ".5",
            "5.",
            "1234567.8",
            "12345678.9",
            "1.23456789",
            "9007199254740993",
            "100.0",
            "9999999999999999999",
            "0.000000000000001",
            "3.141592653589793",
        ] {
            assert_eq!(read(&mut digits, cell), cell.parse::<f64>().ok().map(f64::to_bits), "{cell}");
        }
        for cell in
            ["", ".", "-", "--1", "-.", "1.2.3", "1e5", " 1", "1 ", "+1", "1,5", "NaN", "0x1", "1\r", "12345678\u{e9}"]
        {
            assert_eq!(read(&mut digits, cell), None, "{cell:?}");
        }
        // Right also where the last cell makes it expect something else.
        for cell in [".", "1..2", "1.", "-1.5"] {
            read(&mut digits, "1.5");
            assert_eq!(read(&mut digits, cell), cell.parse::<f64>().ok().map(f64::to_bits), "{cell:?}");
        }
    }

    #[test]
    fn what_stands_at_the_very_front_is_left_out() {
        assert_eq!(Digits::new(b'.').read(b"1.5,", 0, 3), None);
        assert_eq!(Digits::new(b'.').read(b",,,,,,,1.5,", 7, 10), Some(1.5));
    }

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            // Of every length.
            (any::<i64>(), 0u32..64, 0usize..20).prop_map(|(bits, shift, places)| decimal(bits >> shift, places)),
            (any::<i64>(), 0u32..64).prop_map(|(bits, shift)| decimal(bits >> shift, 0)),
            (-100_000i64..100_000, 0usize..8).prop_map(|(number, places)| decimal(number, places)),
            any::<f64>().prop_map(|number| format!("{number}")),
            (0.0..1e9).prop_map(|number: f64| format!("{number:.2}")),
            (0.0..1e4).prop_map(|number: f64| format!("{number}")),
            "[-+0-9.,eE a]{0,22}",
            "[0-9]{0,10}[.,][0-9]{0,14}",
        ]
    }

    fn decimal(number: i64, places: usize) -> String {
        let digits = format!("{:0width$}", number.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let sign = if number < 0 { "-" } else { "" };
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// In columns of random cells, so that every expectation meets every cell.
        #[test]
        fn agrees_with_the_standard_parser_bit_by_bit(cells in proptest::collection::vec(cell(), 1..20), comma in any::<bool>()) {
            let decimal = if comma { b',' } else { b'.' };
            let mut digits = Digits::new(decimal);
            for cell in &cells {
                if let Some(found) = read(&mut digits, cell) {
                    prop_assert_eq!(Some(found), standard(cell, decimal), "{}", cell);
                }
            }
        }

        #[test]
        fn nineteen_digits_are_rounded_right(mantissa in (1u64 << 53)..10_000_000_000_000_000_000, places in 0usize..20) {
            let text = format!("{mantissa}e-{places}");
            if let Some(found) = quotient(mantissa, places) {
                prop_assert_eq!(Ok(found), text.parse::<f64>());
            }
        }

        /// Decimals that lie between two floating point numbers, or next to it.
        #[test]
        fn halves_are_never_rounded_wrong(mantissa in (1u64 << 52)..(1 << 53), places in 1usize..4, beside in -1i64..=1) {
            let half = (2 * mantissa + 1) * 5u64.pow(places as u32);
            let written = half.wrapping_add_signed(beside);
            if let Some(found) = quotient(written, places) {
                prop_assert_eq!(Ok(found), format!("{written}e-{places}").parse::<f64>());
            }
        }
    }
}
