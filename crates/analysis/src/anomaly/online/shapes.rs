//! The shapes that a series has shown.

use super::tail::Tail;
use std::collections::VecDeque;

/// The number of means that make a shape.
const POINTS: usize = 8;
/// The number of shapes that are kept.
const KEPT: usize = 64;
/// The first shapes are kept whatever they look like.
const FIRST: usize = 16;

/// A stretch of a series, as the means of its eighths.
type Shape = [f32; POINTS];

/// The stretches that end with the values of a series, each in eight blocks: how unlike any before they are as they are,
/// and about their mean.
#[derive(Clone, Debug)]
pub(super) struct Stretches {
    block: usize,
    sum: f64,
    count: usize,
    means: VecDeque<f32>,
    levels: Shapes,
    forms: Shapes,
}

impl Stretches {
    /// Of eight times `block` values. After `memory` values, one counts e⁻¹.
    pub(super) fn new(block: usize, memory: f64) -> Self {
        let block = block.max(1);
        let shapes = || Shapes::new(memory / block as f64);
        Self { block, sum: 0.0, count: 0, means: VecDeque::new(), levels: shapes(), forms: shapes() }
    }

    /// Begins anew: what comes next does not come right after what was last.
    pub(super) fn begin(&mut self) {
        (self.sum, self.count) = (0.0, 0);
        self.means.clear();
    }

    /// Takes the next value. Where a stretch ends: the surprise (nats) of it and of its form; zero elsewhere. Since it is
    /// looked at only once in a block, its surprise is worth more by the logarithm of that, and equals that of what is
    /// looked at with every value. Root mean squares below `least` are no difference.
    pub(super) fn push(&mut self, value: f64, least: f64) -> [f64; 2] {
        self.sum += value;
        self.count += 1;
        if self.count < self.block {
            return [0.0; 2];
        }
        if self.means.len() == POINTS {
            self.means.pop_front();
        }
        self.means.push_back((self.sum / self.block as f64) as f32);
        (self.sum, self.count) = (0.0, 0);
        if self.means.len() < POINTS {
            return [0.0; 2];
        }
        let mut shape: Shape = [0.0; POINTS];
        shape.iter_mut().zip(&self.means).for_each(|(point, mean)| *point = *mean);
        let level = self.levels.push(&shape, least);
        let centre = shape.iter().sum::<f32>() / POINTS as f32;
        shape.iter_mut().for_each(|point| *point -= centre);
        let rarely = (self.block as f64).ln();
        [level, self.forms.push(&shape, least)].map(|surprise| if surprise > 0.0 { surprise + rarely } else { 0.0 })
    }
}

/// Shapes seen before, of which the one that was not seen for the longest time makes room for a new one.
#[derive(Clone, Debug)]
struct Shapes {
    kept: Vec<(Shape, u32)>,
    distances: Tail,
    now: u32,
}

impl Shapes {
    /// None yet; `memory` is that of [`Tail::new`], in shapes.
    fn new(memory: f64) -> Self {
        Self { kept: Vec::new(), distances: Tail::new(memory), now: 0 }
    }

    /// How surprising it is that the nearest shape so far is so far away, as −ln of its chance; and keeps the shape where
    /// it is less usual than every second one. Distances (root mean squares) below `least` count as none.
    fn push(&mut self, shape: &Shape, least: f64) -> f64 {
        self.now = self.now.saturating_add(1);
        let mut nearest = (f32::INFINITY, 0);
        for (place, (kept, _)) in self.kept.iter().enumerate() {
            let square: f32 = kept.iter().zip(shape).map(|(a, b)| (a - b) * (a - b)).sum();
            if square < nearest.0 {
                nearest = (square, place);
            }
        }
        let seen = (*shape, self.now);
        if self.kept.is_empty() {
            self.kept.push(seen);
            return 0.0;
        }
        let distance = (f64::from(nearest.0) / POINTS as f64).sqrt();
        let surprise = self.distances.push(if distance < least { 0.0 } else { distance });
        if let Some((_, last)) = self.kept.get_mut(nearest.1) {
            *last = self.now;
        }
        if surprise > std::f64::consts::LN_2 || self.kept.len() < FIRST {
            if self.kept.len() < KEPT {
                self.kept.push(seen);
            } else if let Some(oldest) = self.kept.iter_mut().min_by_key(|(_, last)| *last) {
                *oldest = seen;
            }
        }
        surprise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_surprising_once() {
        let mut shapes = Shapes::new(1e6);
        let usual =
            |turn: usize| -> Shape { std::array::from_fn(|at| ((at + turn) % 5) as f32 + (turn % 7) as f32 * 0.01) };
        (0..500).for_each(|turn| {
            shapes.push(&usual(turn), 0.0);
        });
        let odd: Shape = std::array::from_fn(|at| if at == 3 { 90.0 } else { 0.0 });
        assert!(shapes.push(&odd, 0.0) > 5.0);
        assert_eq!(shapes.push(&odd, 0.0), 0.0);
        assert!(shapes.kept.len() <= KEPT);
    }

    #[test]
    fn what_differs_too_little_to_matter_is_no_news() {
        let mut shapes = Shapes::new(1e6);
        (0..200).for_each(|_| {
            shapes.push(&[1.0; POINTS], 0.5);
        });
        assert_eq!(shapes.push(&[1.4; POINTS], 0.5), 0.0);
        assert!(shapes.push(&[1.6; POINTS], 0.5) > 4.0);
    }
}
