//! The radar's class of a service at a scale.

/// What the shape of a ring says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Too little data at this scale to say anything.
    Insufficient,
    /// Nothing but noise around a level.
    Steady,
    /// A significant period.
    Periodic,
    /// Two close periods that swell and fade together.
    Beating,
    /// Instability: deviations above their threshold.
    Jagged,
    /// The parts have lost each other: a cascade, or a service of which series vanish.
    Fragmented,
}

/// The plain facts a class follows from. Scores are 1.0 at their detector's threshold.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Features {
    /// Series with enough data at this scale.
    pub usable_series: usize,
    /// Highest score of a deviation of one series at this scale: spikes, variance, level shifts.
    pub deviation_score: f64,
    /// How many series deviate (score of at least 1) at the same time at worst.
    pub deviating_series: usize,
    /// Series that vanished or froze within the span.
    pub vanished_series: usize,
    /// Whether the service deviates as part of a spread over at least two services.
    pub in_cascade: bool,
    /// Whether a significant beat was found.
    pub beat: bool,
    /// Largest share of variance in significant periods, over the series; 0 without any.
    pub periodic_share: f64,
    /// Fall of consonance against its own baseline, in units of its threshold; 0 when unknown.
    pub consonance_loss: f64,
}

/// Share of variance from which a significant period shapes the ring; a weaker one is reported but not drawn.
const PERIODIC_SHARE: f64 = 0.1;

/// The class of a service at a scale: fragmented over jagged over beating over periodic over steady.
///
/// Fragmented: a series vanished; or the service is part of a cascade, or its consonance fell past the threshold,
/// while at least half of its series (and at least two, or the only one) deviate. Jagged: a deviation of score 1 or
/// more. Beating: a significant beat. Periodic: significant periods hold a tenth of the variance of some series.
/// Not-a-number features count as zero.
pub fn classify(features: &Features) -> Class {
    if features.usable_series == 0 && features.vanished_series == 0 {
        return Class::Insufficient;
    }
    let deviates = features.deviation_score >= 1.0;
    let widespread = deviates && is_widespread(features);
    if features.vanished_series > 0 || (widespread && (features.in_cascade || features.consonance_loss >= 1.0)) {
        Class::Fragmented
    } else if deviates {
        Class::Jagged
    } else if features.beat {
        Class::Beating
    } else if features.periodic_share >= PERIODIC_SHARE {
        Class::Periodic
    } else {
        Class::Steady
    }
}

/// Whether at least half of the series deviate: two or more, or the only one.
fn is_widespread(features: &Features) -> bool {
    let needed = features.usable_series.div_ceil(2).max(2).min(features.usable_series);
    features.deviating_series >= needed.max(1)
}

/// A class and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// The class.
    pub class: Class,
    /// The chance that it is right, 0 to 1, among the simulated signals of docs/methods/radar_class.md: by how far the
    /// nearest fact that would change it is from its threshold.
    pub confidence: f64,
}

/// Facts further from their threshold than this factor are as sure as can be, as a natural logarithm.
const SURE: f64 = 3.0;

/// What share of simulated services of a class was rightly named, as points (margin, share) with straight lines between
/// them; beyond the last point it stays.
fn chances(class: Class) -> &'static [(f64, f64)] {
    match class {
        Class::Insufficient => &[(0.0, 1.0)],
        Class::Steady => &[(0.0, 0.05), (0.1, 0.42), (0.18, 0.68), (0.4, 0.75), (0.75, 0.97)],
        Class::Periodic => &[(0.0, 0.85), (0.07, 0.96), (0.15, 0.985), (0.3, 0.997)],
        Class::Beating => &[(0.0, 0.9)],
        Class::Jagged => &[(0.0, 0.35), (0.06, 0.65), (0.15, 0.92), (0.3, 0.98), (0.75, 0.995)],
        Class::Fragmented => &[(0.0, 0.9), (0.4, 0.99), (1.0, 0.997)],
    }
}

/// The share at `margin` on the lines of [`chances`].
fn chance(class: Class, margin: f64) -> f64 {
    let mut before = (0.0, 1.0);
    for &(at, share) in chances(class) {
        if margin < at {
            return before.1 + (share - before.1) * (margin - before.0) / (at - before.0);
        }
        before = (at, share);
    }
    before.1
}

/// As [`classify`], with a confidence.
///
/// [`Class::Insufficient`] is a fact about the data and has the confidence 1.
pub fn judge(features: &Features) -> Judgement {
    let class = classify(features);
    // How far above (or below, negative) its threshold a fact is.
    let above = |value: f64, threshold: f64| {
        if value > 0.0 { (value / threshold).ln().clamp(-SURE, SURE) } else { -SURE }
    };
    let deviation = above(features.deviation_score, 1.0);
    let share = above(features.periodic_share, PERIODIC_SHARE);
    let loss = if features.in_cascade { SURE } else { above(features.consonance_loss, 1.0) };
    let margin = match class {
        Class::Insufficient => return Judgement { class, confidence: 1.0 },
        Class::Steady => (-deviation).min(-share),
        Class::Periodic => (-deviation).min(share),
        Class::Beating => -deviation,
        Class::Jagged if is_widespread(features) => deviation.min(-loss),
        Class::Jagged => deviation,
        Class::Fragmented if features.vanished_series > 0 => SURE,
        Class::Fragmented => deviation.min(loss),
    };
    Judgement { class, confidence: chance(class, margin.max(0.0)) }
}

/// When a class over time gives way to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HoldOptions {
    /// A new class is shown once so many frames in a row said it …
    pub frames: usize,
    /// … or at once, where it is at least so sure.
    pub clearly: f64,
}

impl Default for HoldOptions {
    fn default() -> Self {
        Self { frames: 3, clearly: 0.95 }
    }
}

/// A class over time with hysteresis: it changes only to what held for some frames, or is clear.
#[derive(Debug, Clone)]
pub struct ClassTrack {
    options: HoldOptions,
    shown: Option<Class>,
    waiting: Option<(Class, usize)>,
}

impl ClassTrack {
    /// Nothing seen yet: the first class is shown at once.
    pub fn new(options: HoldOptions) -> Self {
        Self { options, shown: None, waiting: None }
    }

    /// The class to show, given what the next frame says.
    ///
    /// Frames without enough data are shown as that, and neither confirm nor change what is shown when data returns.
    pub fn push(&mut self, next: Judgement) -> Class {
        if next.class == Class::Insufficient {
            return next.class;
        }
        let Some(shown) = self.shown.filter(|shown| *shown != next.class) else {
            self.shown = Some(next.class);
            self.waiting = None;
            return next.class;
        };
        let held = match self.waiting {
            Some((class, frames)) if class == next.class => frames + 1,
            _ => 1,
        };
        if held >= self.options.frames || next.confidence >= self.options.clearly {
            self.shown = Some(next.class);
            self.waiting = None;
            return next.class;
        }
        self.waiting = Some((next.class, held));
        shown
    }
}

/// [`ClassTrack`] over a whole sequence.
pub fn hold(frames: &[Judgement], options: &HoldOptions) -> Vec<Class> {
    let mut track = ClassTrack::new(*options);
    frames.iter().map(|frame| track.push(*frame)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calm() -> Features {
        Features { usable_series: 4, ..Features::default() }
    }

    #[test]
    fn each_class_has_its_reason() {
        assert_eq!(classify(&Features::default()), Class::Insufficient);
        assert_eq!(classify(&calm()), Class::Steady);
        assert_eq!(classify(&Features { periodic_share: 0.3, ..calm() }), Class::Periodic);
        assert_eq!(classify(&Features { periodic_share: 0.05, ..calm() }), Class::Steady);
        assert_eq!(classify(&Features { beat: true, periodic_share: 0.3, ..calm() }), Class::Beating);
        assert_eq!(
            classify(&Features { deviation_score: 1.0, deviating_series: 1, beat: true, ..calm() }),
            Class::Jagged
        );
        assert_eq!(
            classify(&Features { deviation_score: 2.0, deviating_series: 2, in_cascade: true, beat: true, ..calm() }),
            Class::Fragmented
        );
        assert_eq!(classify(&Features { vanished_series: 1, ..Features::default() }), Class::Fragmented);
    }

    #[test]
    fn one_deviating_series_of_four_does_not_fragment() {
        let features = Features { deviation_score: 5.0, deviating_series: 1, in_cascade: true, ..calm() };
        assert_eq!(classify(&features), Class::Jagged);
    }

    #[test]
    fn not_a_number_is_no_evidence() {
        let nan = f64::NAN;
        let features = Features { deviation_score: nan, periodic_share: nan, consonance_loss: nan, ..calm() };
        assert_eq!(classify(&features), Class::Steady);
    }
}
