//! The radar as a picture.

use report::Report;
use scene::{Theme, View, radar, svg};
use serde::Deserialize;

/// The width that a picture has if nobody says another, in CSS pixels.
const WIDTH_PX: f64 = 720.0;
/// Below this nothing can be read, above it nothing is gained.
const WIDTHS_PX: (f64, f64) = (120.0, 8192.0);

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ground {
    /// Dark lines on white.
    #[default]
    Light,
    /// Light lines on black.
    Dark,
}

/// Options of `radarSvg`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Picture {
    /// Light or dark.
    pub theme: Ground,
    /// Width and height in CSS pixels, kept between 120 and 8192.
    pub width: Option<f64>,
    /// The frame of the replay; the whole window if absent.
    pub frame: Option<usize>,
}

/// The system's radar as a complete SVG document.
pub fn radar(report: &Report, picture: &Picture) -> String {
    let width_px = picture.width.filter(|width| width.is_finite()).unwrap_or(WIDTH_PX);
    let width_px = width_px.clamp(WIDTHS_PX.0, WIDTHS_PX.1);
    let view = View { frame: picture.frame, ..View::new(width_px, width_px) };
    let theme = match picture.theme {
        Ground::Light => Theme::light(),
        Ground::Dark => Theme::dark(),
    };
    svg::paint(&radar::system(report, &view), &theme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_report_is_a_picture_of_the_wanted_size() {
        let picture = Picture { width: Some(300.0), ..Picture::default() };
        let svg = radar(&Report::default(), &picture);
        assert!(svg.starts_with("<svg") && svg.contains("width=\"300\""), "{svg}");
        assert_ne!(svg, radar(&Report::default(), &Picture { theme: Ground::Dark, ..picture.clone() }));
        let senseless = Picture { width: Some(f64::NAN), ..picture };
        assert!(radar(&Report::default(), &senseless).contains("width=\"720\""));
    }
}
