//! A compact form for programs of one build: how worker and page hand each other the Report and their messages.
//!
//! Not a format to keep: it has no names and no version, and is read by the program that was built together with the one
//! that wrote it. Every number keeps every bit.
//!
//! Reading never fails half way: where the bytes end too early or make no sense, values are the defaults of their types
//! from there on, and [`decode`] gives nothing in the end. That keeps the code of reading, which is fetched by every
//! visitor of the page, several times smaller than checking every field and taking back what was read before it.

use std::collections::BTreeMap;

/// Tells the form of the Report: a fingerprint of the list of its fields.
pub const FORM: u64 = fingerprint(include_bytes!("wire.rs"), 0);

/// Mixes a text into a fingerprint (FNV-1a), when the program is built.
pub const fn fingerprint(text: &[u8], seed: u64) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325 ^ seed;
    let mut place = 0;
    while place < text.len() {
        hash = (hash ^ text[place] as u64).wrapping_mul(0x0100_0000_01b3);
        place += 1;
    }
    hash
}

/// A value as bytes.
pub fn encode<T: Bytes>(value: &T) -> Vec<u8> {
    let mut output = Vec::new();
    value.write(&mut output);
    output
}

/// What [`encode`] wrote; nothing where the bytes are not exactly one such value.
pub fn decode<T: Bytes>(bytes: &[u8]) -> Option<T> {
    let mut input = Reader { bytes, is_broken: false };
    let value = T::read(&mut input);
    (!input.is_broken && input.bytes.is_empty()).then_some(value)
}

/// A value that can be written as bytes and read back.
pub trait Bytes: Sized {
    /// Appends the value.
    fn write(&self, output: &mut Vec<u8>);

    /// Takes the value off the front; a default where there is none.
    fn read(input: &mut Reader<'_>) -> Self;
}

/// What is left to read.
#[derive(Debug)]
pub struct Reader<'b> {
    bytes: &'b [u8],
    is_broken: bool,
}

impl Reader<'_> {
    /// Says that what was read makes no sense.
    pub fn refuse(&mut self) {
        self.is_broken = true;
        self.bytes = &[];
    }

    #[inline(never)]
    fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                *first
            }
            None => {
                self.is_broken = true;
                0
            }
        }
    }

    /// Eight bytes, the lowest first.
    #[inline(never)]
    fn word(&mut self) -> u64 {
        match self.bytes.split_first_chunk::<8>() {
            Some((first, rest)) => {
                self.bytes = rest;
                u64::from_le_bytes(*first)
            }
            None => {
                self.refuse();
                0
            }
        }
    }

    /// How many items follow, each of at least one byte.
    #[inline(never)]
    pub fn length(&mut self) -> usize {
        let length = usize::try_from(self.word()).unwrap_or(usize::MAX);
        if length > self.bytes.len() {
            self.refuse();
            return 0;
        }
        length
    }
}

#[inline(never)]
fn write_word(word: u64, output: &mut Vec<u8>) {
    output.extend_from_slice(&word.to_le_bytes());
}

macro_rules! words {
    ($($type:ty: $to:expr, $from:expr;)*) => {
        $(impl Bytes for $type {
            fn write(&self, output: &mut Vec<u8>) {
                write_word($to(*self), output);
            }

            fn read(input: &mut Reader<'_>) -> Self {
                $from(input.word())
            }
        })*
    };
}

words! {
    u64: |value| value, |word| word;
    u32: u64::from, |word| word as u32;
    usize: |value| value as u64, |word| word as usize;
    i64: |value| value as u64, |word| word as i64;
    f64: f64::to_bits, f64::from_bits;
}

impl Bytes for bool {
    fn write(&self, output: &mut Vec<u8>) {
        output.push(u8::from(*self));
    }

    fn read(input: &mut Reader<'_>) -> Self {
        input.byte() != 0
    }
}

impl Bytes for u8 {
    fn write(&self, output: &mut Vec<u8>) {
        output.push(*self);
    }

    fn read(input: &mut Reader<'_>) -> Self {
        input.byte()
    }
}

impl Bytes for i8 {
    fn write(&self, output: &mut Vec<u8>) {
        output.push(self.cast_unsigned());
    }

    fn read(input: &mut Reader<'_>) -> Self {
        input.byte().cast_signed()
    }
}

impl Bytes for String {
    fn write(&self, output: &mut Vec<u8>) {
        write_word(self.len() as u64, output);
        output.extend_from_slice(self.as_bytes());
    }

    #[inline(never)]
    fn read(input: &mut Reader<'_>) -> Self {
        let length = input.length();
        let (text, rest) = input.bytes.split_at_checked(length).unwrap_or_default();
        input.bytes = rest;
        match std::str::from_utf8(text) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                input.refuse();
                String::new()
            }
        }
    }
}

impl<T: Bytes> Bytes for Option<T> {
    fn write(&self, output: &mut Vec<u8>) {
        self.is_some().write(output);
        if let Some(value) = self {
            value.write(output);
        }
    }

    fn read(input: &mut Reader<'_>) -> Self {
        bool::read(input).then(|| T::read(input))
    }
}

impl<T: Bytes> Bytes for Vec<T> {
    fn write(&self, output: &mut Vec<u8>) {
        write_word(self.len() as u64, output);
        self.iter().for_each(|item| item.write(output));
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let length = input.length();
        let mut items = Vec::with_capacity(length);
        for _ in 0..length {
            if input.is_broken {
                break;
            }
            items.push(T::read(input));
        }
        items
    }
}

impl<A: Bytes, B: Bytes> Bytes for (A, B) {
    fn write(&self, output: &mut Vec<u8>) {
        self.0.write(output);
        self.1.write(output);
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let first = A::read(input);
        (first, B::read(input))
    }
}

impl Bytes for BTreeMap<String, String> {
    fn write(&self, output: &mut Vec<u8>) {
        write_word(self.len() as u64, output);
        for (name, value) in self {
            name.write(output);
            value.write(output);
        }
    }

    fn read(input: &mut Reader<'_>) -> Self {
        let mut map = Self::new();
        for _ in 0..input.length() {
            let name = String::read(input);
            map.insert(name, String::read(input));
        }
        map
    }
}

/// Writes and reads a struct field by field. A field that is forgotten does not compile.
#[macro_export]
macro_rules! struct_bytes {
    ($($name:ty { $($field:ident),* $(,)? })*) => {
        $(impl $crate::bytes::Bytes for $name {
            fn write(&self, output: &mut Vec<u8>) {
                let Self { $($field),* } = self;
                $($field.write(output);)*
            }

            fn read(input: &mut $crate::bytes::Reader<'_>) -> Self {
                $(let $field = $crate::bytes::Bytes::read(input);)*
                Self { $($field),* }
            }
        })*
    };
}

/// Writes and reads an enum: a number for the variant, then its fields. The first variant stands for what makes no sense.
#[macro_export]
macro_rules! enum_bytes {
    ($name:ty { $($number:literal: $variant:ident $({ $($field:ident),* })? $(( $($item:ident),* ))?),* $(,)? } else $default:expr) => {
        impl $crate::bytes::Bytes for $name {
            fn write(&self, output: &mut Vec<u8>) {
                match self {
                    $(Self::$variant $({ $($field),* })? $(( $($item),* ))? => {
                        output.push($number);
                        $($($field.write(output);)*)?
                        $($($item.write(output);)*)?
                    })*
                }
            }

            fn read(input: &mut $crate::bytes::Reader<'_>) -> Self {
                match <u8 as $crate::bytes::Bytes>::read(input) {
                    $($number => {
                        $($(let $field = $crate::bytes::Bytes::read(input);)*)?
                        $($(let $item = $crate::bytes::Bytes::read(input);)*)?
                        Self::$variant $({ $($field),* })? $(( $($item),* ))?
                    })*
                    _ => {
                        input.refuse();
                        $default
                    }
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Accent, Beat, Class, Expectation, Foot, Offbeat, PatternCount, Period, Relation, Report, Rhythm, SeriesSummary,
        Subject, Surprise,
    };

    fn report() -> Report {
        let series = SeriesSummary {
            name: "cart_latency".into(),
            service: 0,
            metric: "Latenz (µs)".into(),
            labels: [("job".to_owned(), "cart".to_owned()), ("zone".to_owned(), String::new())].into(),
            unit: "s".into(),
            is_rate_of_counter: true,
            points: 7,
            missing: 1,
            median: Some(0.1 + 0.2),
            spread: None,
            min: Some(-0.0),
            max: Some(f64::MIN_POSITIVE),
            period_s: None,
            periods: vec![Period { period_s: 60.0, harmonic: 1, ..Period::default() }],
            scale_shares: vec![0.25, 0.5, 0.25],
            accents: vec![Accent { start_ms: -5, end_ms: 9, strength: 2.5, foot: Some(Foot::Anapest) }],
            rhythm: Some(Rhythm {
                count: 3,
                newest: Some(Beat { at_ms: 7, came: true, bits: 0.5 }),
                offbeats: vec![Offbeat { at_ms: 8, instead_of_ms: 9, bits: 1.5 }],
                ..Rhythm::default()
            }),
            patterns: vec![PatternCount { pattern: "1,0".into(), count: 1, by_chance: 0.5, at_ms: vec![-3] }],
            expectation: Some(Expectation {
                predicted: 3,
                violations: vec![Surprise { at_ms: 4, bits: 12.5, ..Surprise::default() }],
                ..Expectation::default()
            }),
        };
        let relation = Relation { periods_s: Some((60.0, 66.0)), next_ms: Some(7), ..Relation::default() };
        Report {
            version: crate::VERSION,
            complete: true,
            series: vec![series],
            relations: vec![relation],
            ..Report::default()
        }
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let report = report();
        assert_eq!(decode::<Report>(&encode(&report)), Some(report));
        for subject in [Subject::System, Subject::Service(3), Subject::Series(usize::MAX)] {
            assert_eq!(decode(&encode(&subject)), Some(subject));
        }
        let numbers = vec![f64::NAN, f64::INFINITY, -0.0];
        let back: Vec<f64> = decode(&encode(&numbers)).unwrap_or_default();
        assert!(back.iter().zip(&numbers).all(|(one, other)| one.to_bits() == other.to_bits()) && back.len() == 3);
    }

    #[test]
    fn bytes_that_are_cut_or_too_many_are_refused() {
        let bytes = encode(&report());
        for length in 0..bytes.len() {
            assert_eq!(decode::<Report>(&bytes[..length]), None, "cut at {length} of {}", bytes.len());
        }
        assert_eq!(decode::<Report>(&[bytes.as_slice(), &[0]].concat()), None);
    }

    #[test]
    fn nonsense_is_refused_without_asking_for_memory() {
        assert_eq!(decode::<Vec<f64>>(&[0xff; 8]), None);
        assert_eq!(decode::<String>(&[2, 0, 0, 0, 0, 0, 0, 0, 0xc3, 0x28]), None);
        assert_eq!(decode::<Class>(&[200]), None);
    }
}
