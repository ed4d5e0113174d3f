//! The moments of pairs of values, from which lines of least squares are made.

/// The number of points, their means, and the sums of squares and products about the means, in one pass (Welford 1962).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Moments {
    /// The number of points.
    pub(crate) count: f64,
    /// Mean of x.
    pub(crate) mean_x: f64,
    /// Mean of y.
    pub(crate) mean_y: f64,
    /// Σ (x − mean)².
    pub(crate) xx: f64,
    /// Σ (x − mean)(y − mean).
    pub(crate) xy: f64,
    /// Σ (y − mean)².
    pub(crate) yy: f64,
}

impl Moments {
    /// Of points (x, y) that are all finite; zeros without a point.
    pub(crate) fn of(points: impl Iterator<Item = (f64, f64)>) -> Self {
        let mut all = Self::default();
        for (x, y) in points {
            all.count += 1.0;
            let (dx, dy) = (x - all.mean_x, y - all.mean_y);
            all.mean_x += dx / all.count;
            all.mean_y += dy / all.count;
            all.xx += dx * (x - all.mean_x);
            all.xy += dx * (y - all.mean_y);
            all.yy += dy * (y - all.mean_y);
        }
        all
    }

    /// Of the finite values against their places.
    pub(crate) fn of_series(values: &[f64]) -> Self {
        let present = values.iter().enumerate().filter(|(_, value)| value.is_finite());
        Self::of(present.map(|(slot, value)| (slot as f64, *value)))
    }

    /// The slope of the line of least squares; 0 where all x are equal.
    pub(crate) fn slope(&self) -> f64 {
        if self.xx > 0.0 { self.xy / self.xx } else { 0.0 }
    }

    /// The squares that the line of least squares leaves of y; where all x are equal, those about the mean.
    pub(crate) fn squares_about_line(&self) -> f64 {
        if self.xx > 0.0 { (self.yy - self.xy * self.xy / self.xx).max(0.0) } else { self.yy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moments_are_those_of_two_passes() {
        let points = [(1.0, 2.0), (2.0, 3.5), (4.0, 4.0), (7.0, 11.0)];
        let all = Moments::of(points.into_iter());
        let mean = |value: fn(&(f64, f64)) -> f64| points.iter().map(value).sum::<f64>() / 4.0;
        let (x, y) = (mean(|point| point.0), mean(|point| point.1));
        let sum =
            |term: &dyn Fn(f64, f64) -> f64| points.iter().map(|point| term(point.0 - x, point.1 - y)).sum::<f64>();
        let near = |ours: f64, theirs: f64| assert!((ours - theirs).abs() < 1e-12, "{ours} {theirs}");
        near(all.count, 4.0);
        near(all.mean_x, x);
        near(all.mean_y, y);
        near(all.xx, sum(&|x, _| x * x));
        near(all.xy, sum(&|x, y| x * y));
        near(all.yy, sum(&|_, y| y * y));
        let slope = all.slope();
        near(all.squares_about_line(), sum(&|x, y| (y - slope * x) * (y - slope * x)));
    }

    #[test]
    fn a_line_and_nothing_leave_nothing() {
        let straight = Moments::of_series(&[1.0, f64::NAN, 5.0, 7.0, f64::INFINITY]);
        assert!((straight.slope() - 2.0).abs() < 1e-12 && straight.squares_about_line() < 1e-12);
        assert_eq!((straight.count, straight.mean_y), (3.0, 13.0 / 3.0));
        let nothing = Moments::of_series(&[f64::NAN]);
        assert_eq!((nothing.slope(), nothing.squares_about_line()), (0.0, 0.0));
        let upright = Moments::of([(3.0, 1.0), (3.0, 5.0)].into_iter());
        assert_eq!((upright.slope(), upright.squares_about_line()), (0.0, 8.0));
    }
}
