//! A series as a line in a list row.

use crate::display::{Path, Scene, Stroke};
use crate::paint::Paint;
use crate::thin::extremes;

/// A line through values that are evenly apart; it breaks at values that are not finite. `paint` is
/// [`Paint::Alarm`] in a row that raises one, [`Paint::Muted`] otherwise.
///
/// More values than fit are thinned so that the extremes of each pixel stay visible.
pub fn spark(values: &[f64], width_px: f64, height_px: f64, paint: Paint) -> Scene {
    let mut scene = Scene::new(width_px, height_px);
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    let span = high - low;
    if !span.is_finite() || scene.width_px < 4.0 || scene.height_px < 4.0 {
        return scene;
    }
    let (width, height) = (scene.width_px - 2.0, scene.height_px - 4.0);
    let y = |value: f64| {
        let part = if span > 0.0 { (value - low) / span } else { 0.5 };
        if value.is_finite() { 2.0 + height * (1.0 - part) } else { f64::NAN }
    };
    let steps = values.len().saturating_sub(1).max(1) as f64;
    let x = |index: usize| 1.0 + width * index as f64 / steps;
    let columns = width as usize * 2;
    let points: Vec<(f64, f64)> = if values.len() <= columns {
        values.iter().enumerate().map(|(index, value)| (x(index), y(*value))).collect()
    } else {
        extremes(values, columns.div_ceil(2)).into_iter().map(|index| (x(index), y(values[index]))).collect()
    };
    scene.path(Path::polyline(points).stroke(Stroke::round(paint, 1.25)));
    scene
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::display::{Command, Shape};

    #[test]
    fn thinning_keeps_a_single_outlier_and_a_gap() {
        let mut values = vec![1.0; 10_000];
        values[5_003] = 9.0;
        values[7_000..7_500].fill(f64::NAN);
        let scene = spark(&values, 100.0, 20.0, Paint::Muted);
        let Some(Shape::Path(path)) = scene.shapes.first() else { panic!("one line") };
        assert!(path.commands.len() <= 200);
        let at_top = path.commands.iter().filter(|c| matches!(c, Command::Line { y, .. } if *y == 2.0)).count();
        assert_eq!(at_top, 1);
        assert_eq!(path.commands.iter().filter(|c| matches!(c, Command::Move { .. })).count(), 2);
    }

    #[test]
    fn nothing_to_draw_is_an_empty_scene() {
        for values in [&[][..], &[f64::NAN], &[f64::INFINITY, f64::NAN]] {
            assert!(spark(values, 100.0, 20.0, Paint::Muted).shapes.is_empty());
        }
        assert!(spark(&[1.0, 2.0], f64::NAN, 20.0, Paint::Muted).shapes.is_empty());
    }
}
