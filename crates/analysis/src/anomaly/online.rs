//! Anomalies in a series as it grows.

mod detector;
mod prediction;
mod shapes;
mod tail;

pub use detector::{Detector, DetectorOptions, Judgement, threshold};
use std::collections::VecDeque;

/// How far a scan can be rewound from the most values it has had, in values.
pub const REWIND: usize = 320;

/// A [`Detector`] that can take back its latest values.
///
/// Besides its own state it keeps up to two earlier ones, and the values since then: some 80 KB, however long it goes
/// on.
#[derive(Debug)]
pub struct OnlineScan {
    now: Detector,
    len: usize,
    /// Earlier states, each with the number of values it has seen.
    earlier: VecDeque<(usize, Box<Detector>)>,
    /// The values since the first of them.
    values: Vec<f64>,
}

impl OnlineScan {
    /// A scan that has seen nothing.
    pub fn new(options: &DetectorOptions) -> Self {
        let now = Detector::new(options);
        let earlier = VecDeque::from([(0, Box::new(now.clone()))]);
        Self { now, len: 0, earlier, values: Vec::new() }
    }

    /// The number of values so far.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there has been no value.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of values that are kept.
    pub fn kept(&self) -> usize {
        self.values.len()
    }

    /// Takes the next value; see [`Detector::push`].
    pub fn push(&mut self, value: f64) -> Judgement {
        let since = self.earlier.back().map_or(0, |(len, _)| self.len - len);
        if since >= REWIND {
            if self.earlier.len() > 1 {
                self.earlier.pop_front();
                let first = self.earlier.front().map_or(0, |(len, _)| *len);
                self.values.drain(..self.values.len() - (self.len - first));
            }
            self.earlier.push_back((self.len, Box::new(self.now.clone())));
        }
        self.values.push(value);
        self.len += 1;
        self.now.push(value)
    }

    /// Forgets all values from place `len` on, as if they had never come. False, and nothing is changed, where that is
    /// further back than what is kept.
    pub fn rewind(&mut self, len: usize) -> bool {
        if len >= self.len {
            return true;
        }
        let Some(first) = self.earlier.front().map(|(first, _)| *first).filter(|first| *first <= len) else {
            return false;
        };
        while self.earlier.back().is_some_and(|(from, _)| *from > len) {
            self.earlier.pop_back();
        }
        let Some((from, state)) = self.earlier.back() else { return false };
        self.now = (**state).clone();
        self.values.truncate(len - first);
        for value in self.values.iter().skip(from - first) {
            self.now.push(*value);
        }
        self.len = len;
        true
    }
}

#[cfg(test)]
mod tests;
