//! The scan of all pairs in single precision, eight pairs at a time: twice as many numbers in a register.

use std::ops::Range;

use super::coherence::SegmentSpectra;
use crate::lanes::{LANES, Lanes, cross, cross_two};

/// Bins after which the next first series has its turn: as many as stay in the cache.
const CHUNK: usize = 16;

/// The segment spectra of all series in single precision, as far as they are kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Single {
    /// `[group of eight series]`; empty where each scan makes its own.
    groups: Vec<Group>,
}

/// The segment spectra of eight series beside each other, every bin of unit power.
#[derive(Debug, Clone)]
struct Group {
    /// `[bin][segment]`.
    re: Vec<Lanes>,
    im: Vec<Lanes>,
}

impl Group {
    fn new(spectra: &SegmentSpectra, group: usize) -> Self {
        let size = spectra.bins() * spectra.segments();
        let mut made = Self { re: vec![Lanes::splat(0.0); size], im: vec![Lanes::splat(0.0); size] };
        for (lane, series) in (group * LANES..((group + 1) * LANES).min(spectra.series())).enumerate() {
            let slots = made.re.iter_mut().zip(&mut made.im);
            for ((re, im), value) in slots.zip(of_unit_power(spectra, series, 0..spectra.bins())) {
                re.as_mut_array()[lane] = value[0];
                im.as_mut_array()[lane] = value[1];
            }
        }
        made
    }
}

/// The transforms of a series, `[bin][segment]`, every bin of unit power.
fn of_unit_power(
    spectra: &SegmentSpectra,
    series: usize,
    bins: Range<usize>,
) -> impl Iterator<Item = [f32; 2]> + use<'_> {
    bins.flat_map(move |bin| {
        let power = spectra.bin_power(series, bin);
        let scale = if power > 0.0 { 1.0 / power.sqrt() } else { 0.0 };
        (0..spectra.segments()).map(move |segment| {
            let [re, im] = spectra.value(series, bin, segment);
            [(re * scale) as f32, (im * scale) as f32]
        })
    })
}

/// The strongest bins of one series with eight others.
#[derive(Debug, Clone, Copy)]
pub(super) struct LaneBest {
    /// The highest coherence of each.
    pub(super) squared: Lanes,
    /// Its bin.
    pub(super) bin: Lanes,
    /// The normalised cross spectrum there.
    pub(super) re: Lanes,
    pub(super) im: Lanes,
    /// The sum of the coherences.
    pub(super) sum: Lanes,
}

impl LaneBest {
    fn nothing() -> Self {
        let zero = Lanes::splat(0.0);
        Self { squared: zero, bin: zero, re: zero, im: zero, sum: zero }
    }

    #[inline]
    fn update(&mut self, bin: f32, re: Lanes, im: Lanes) {
        let squared = re * re + im * im;
        self.sum += squared;
        let is_best = squared.simd_gt(self.squared);
        self.squared = is_best.bitselect(squared, self.squared);
        self.bin = is_best.bitselect(Lanes::splat(bin), self.bin);
        self.re = is_best.bitselect(re, self.re);
        self.im = is_best.bitselect(im, self.im);
    }
}

impl Single {
    pub(super) fn new(spectra: &SegmentSpectra) -> Self {
        Self { groups: (0..spectra.series().div_ceil(LANES)).map(|group| Group::new(spectra, group)).collect() }
    }

    /// Calls `found` with each first series, each group of eight second ones that holds any after it, and what they have
    /// in a band of bins. The groups at the ends of `seconds` hold others, too.
    pub(super) fn scan(
        &self,
        spectra: &SegmentSpectra,
        bins: Range<usize>,
        firsts: Range<usize>,
        seconds: Range<usize>,
        mut found: impl FnMut(usize, usize, &LaneBest),
    ) {
        let segments = spectra.segments();
        // The first series' own numbers, one behind the other.
        let size = firsts.len() * bins.len() * segments;
        let (mut own_re, mut own_im): (Vec<f32>, Vec<f32>) = (Vec::with_capacity(size), Vec::with_capacity(size));
        for [re, im] in firsts.clone().flat_map(|first| of_unit_power(spectra, first, bins.clone())) {
            own_re.push(re);
            own_im.push(im);
        }
        for group in seconds.start.max(firsts.start + 1) / LANES..seconds.end.div_ceil(LANES) {
            let made;
            let lanes = match self.groups.get(group) {
                Some(kept) => kept,
                None => {
                    made = Group::new(spectra, group);
                    &made
                }
            };
            let mut best = vec![LaneBest::nothing(); firsts.len()];
            for from in bins.clone().step_by(CHUNK) {
                let chunk = from..(from + CHUNK).min(bins.end);
                for (pair, best) in best.chunks_mut(2).enumerate() {
                    if firsts.start + 2 * pair + 1 >= (group + 1) * LANES {
                        break;
                    }
                    for bin in chunk.clone() {
                        let own = |index: usize| {
                            let at = (index * bins.len() + bin - bins.start) * segments;
                            [&own_re[at..at + segments], &own_im[at..at + segments]]
                        };
                        let at = bin * segments;
                        let (yr, yi) = (&lanes.re[at..at + segments], &lanes.im[at..at + segments]);
                        match best {
                            [one, other] => {
                                let [a, b] = cross_two([own(2 * pair), own(2 * pair + 1)], yr, yi);
                                one.update(bin as f32, a.0, a.1);
                                other.update(bin as f32, b.0, b.1);
                            }
                            [one] => {
                                let [xr, xi] = own(2 * pair);
                                let (re, im) = cross(xr, xi, yr, yi);
                                one.update(bin as f32, re, im);
                            }
                            _ => {}
                        }
                    }
                }
            }
            for (first, best) in firsts.clone().zip(&best).take_while(|(first, _)| first + 1 < (group + 1) * LANES) {
                found(first, group, best);
            }
        }
    }
}
