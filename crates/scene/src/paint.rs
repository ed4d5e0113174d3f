//! Paints by meaning, and the two themes that turn them into colours.
//!
//! Text paints reach a contrast of 4.5 to 1 against the surface, lines of the picture 3 to 1 (WCAG 2.2, 1.4.3 and
//! 1.4.11); the tests check it. Consonance goes from orange through a neutral grey to teal, a pair that stays apart
//! for the three kinds of colour blindness.

use report::format::decimals;
use serde::{Deserialize, Serialize};

/// What a colour stands for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Paint {
    /// The ground that the picture lies on.
    Surface,
    /// Text that matters, and the cursor.
    Ink,
    /// Other text.
    Muted,
    /// The quietest text and dotted lines.
    Faint,
    /// Hairlines; decoration only.
    Line,
    /// The bed of a ring that has nothing to say.
    Bed,
    /// Selection, focus and events: the one accent colour.
    Accent,
    /// Consonance from 0 (dissonant) to 1 (consonant); neutral where undefined.
    Consonance(Option<f64>),
    /// A relation in phase with a gain peak.
    Resonance,
    /// A relation in antiphase.
    AntiResonance,
    /// A relation without more to it.
    Coupling,
    /// Two close periods that beat.
    Beat,
    /// Trouble: the dissonant end.
    Alarm,
}

impl Paint {
    /// The paint with an opacity of 0 to 1.
    pub fn alpha(self, alpha: f64) -> Tint {
        Tint { paint: self, alpha }
    }
}

/// A paint and its opacity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tint {
    /// The paint.
    pub paint: Paint,
    /// 0 to 1.
    pub alpha: f64,
}

impl From<Paint> for Tint {
    fn from(paint: Paint) -> Self {
        Self { paint, alpha: 1.0 }
    }
}

/// A colour in sRGB, 0 to 255 each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// A colour with its opacity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rgba {
    /// The colour.
    pub rgb: Rgb,
    /// 0 to 1.
    pub alpha: f64,
}

impl Rgba {
    /// The colour as CSS, `#rrggbb` or `rgba(r,g,b,a)`.
    pub fn css(&self) -> String {
        let Rgb(red, green, blue) = self.rgb;
        if self.alpha >= 1.0 {
            format!("#{red:02x}{green:02x}{blue:02x}")
        } else {
            format!("rgba({red},{green},{blue},{})", decimals(self.alpha.max(0.0), 3))
        }
    }
}

/// The colours of a page in the dark or in the light.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Theme {
    /// [`Paint::Surface`].
    pub surface: Rgb,
    /// [`Paint::Ink`].
    pub ink: Rgb,
    /// [`Paint::Muted`].
    pub muted: Rgb,
    /// [`Paint::Faint`].
    pub faint: Rgb,
    /// [`Paint::Line`].
    pub line: Rgb,
    /// [`Paint::Bed`].
    pub bed: Rgb,
    /// [`Paint::Accent`] and [`Paint::Beat`].
    pub accent: Rgb,
    /// [`Paint::Coupling`].
    pub coupling: Rgb,
    /// Consonance 0, ¼, ½, ¾ and 1; between them it is mixed.
    pub consonance: [Rgb; 5],
}

impl Theme {
    /// The dark theme.
    pub fn dark() -> Self {
        Self {
            surface: Rgb(0x0d, 0x11, 0x17),
            ink: Rgb(0xec, 0xee, 0xf1),
            muted: Rgb(0x9a, 0xa3, 0xae),
            faint: Rgb(0x7c, 0x86, 0x92),
            line: Rgb(0x24, 0x2b, 0x35),
            bed: Rgb(0x8a, 0x94, 0xa6),
            accent: Rgb(0xe9, 0xb4, 0x4c),
            coupling: Rgb(0x8f, 0xa3, 0xbd),
            consonance: [
                Rgb(0xfa, 0x7d, 0x45),
                Rgb(0xe8, 0xa6, 0x80),
                Rgb(0xcf, 0xc6, 0xba),
                Rgb(0x87, 0xbe, 0xb6),
                Rgb(0x38, 0xb3, 0xb0),
            ],
        }
    }

    /// The light theme.
    pub fn light() -> Self {
        Self {
            surface: Rgb(0xf7, 0xf6, 0xf3),
            ink: Rgb(0x17, 0x1a, 0x21),
            muted: Rgb(0x57, 0x5f, 0x6b),
            faint: Rgb(0x68, 0x70, 0x7b),
            line: Rgb(0xdf, 0xdd, 0xd7),
            bed: Rgb(0x80, 0x86, 0x8f),
            accent: Rgb(0x93, 0x61, 0x00),
            coupling: Rgb(0x5d, 0x74, 0x93),
            consonance: [
                Rgb(0xbf, 0x48, 0x10),
                Rgb(0xa8, 0x68, 0x3f),
                Rgb(0x8c, 0x85, 0x7c),
                Rgb(0x4d, 0x81, 0x7b),
                Rgb(0x06, 0x7a, 0x7a),
            ],
        }
    }

    /// The colour of a paint at an opacity.
    pub fn color(&self, tint: Tint) -> Rgba {
        let rgb = match tint.paint {
            Paint::Surface => self.surface,
            Paint::Ink => self.ink,
            Paint::Muted => self.muted,
            Paint::Faint => self.faint,
            Paint::Line => self.line,
            Paint::Bed => self.bed,
            Paint::Accent | Paint::Beat => self.accent,
            Paint::Coupling => self.coupling,
            Paint::Resonance => self.ramp(1.0),
            Paint::AntiResonance | Paint::Alarm => self.ramp(0.0),
            Paint::Consonance(value) => self.ramp(value.filter(|value| value.is_finite()).unwrap_or(0.5)),
        };
        Rgba { rgb, alpha: if tint.alpha.is_finite() { tint.alpha.clamp(0.0, 1.0) } else { 1.0 } }
    }

    /// The consonance ramp: the only place where consonance becomes a colour.
    fn ramp(&self, consonance: f64) -> Rgb {
        let position = consonance.clamp(0.0, 1.0) * 4.0;
        let below = (position.floor() as usize).min(3);
        let part = position - below as f64;
        let (Rgb(r0, g0, b0), Rgb(r1, g1, b1)) = (self.consonance[below], self.consonance[below + 1]);
        let mix = |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * part).round() as u8;
        Rgb(mix(r0, r1), mix(g0, g1), mix(b0, b1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(channel: u8) -> f64 {
        let value = f64::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    }

    fn luminance(Rgb(red, green, blue): Rgb) -> f64 {
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let (high, low) = (luminance(one).max(luminance(other)), luminance(one).min(luminance(other)));
        (high + 0.05) / (low + 0.05)
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((contrast(Rgb(0, 0, 0), Rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
        // The well-known lightest grey that passes AA on white.
        assert!((contrast(Rgb(0x76, 0x76, 0x76), Rgb(255, 255, 255)) - 4.54).abs() < 0.01);
    }

    #[test]
    fn text_and_lines_stand_out() {
        for theme in [Theme::dark(), Theme::light()] {
            for paint in [Paint::Ink, Paint::Muted, Paint::Faint, Paint::Accent, Paint::Alarm] {
                let ratio = contrast(theme.color(paint.into()).rgb, theme.surface);
                assert!(ratio >= 4.5, "{paint:?}: {ratio}");
            }
            let lines = [Paint::Resonance, Paint::AntiResonance, Paint::Coupling, Paint::Beat, Paint::Consonance(None)];
            let ramp = (0..=100).map(|step| Paint::Consonance(Some(f64::from(step) / 100.0)));
            for paint in lines.into_iter().chain(ramp) {
                let ratio = contrast(theme.color(paint.into()).rgb, theme.surface);
                assert!(ratio >= 3.0, "{paint:?}: {ratio}");
            }
            assert!(contrast(theme.ink, theme.surface) >= 12.0);
        }
    }

    /// Machado, Oliveira and Fernandes (2009), severity 1.0, in linear light.
    const BLINDNESS: [(&str, [[f64; 3]; 3]); 3] = [
        (
            "protanopia",
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        ),
        (
            "deuteranopia",
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        ),
        (
            "tritanopia",
            [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
        ),
    ];

    /// OKLab (Ottosson, 2020) of a colour as seen through a matrix.
    fn seen(Rgb(red, green, blue): Rgb, eye: &[[f64; 3]; 3]) -> [f64; 3] {
        let light = [linear(red), linear(green), linear(blue)];
        let [r, g, b] =
            [0, 1, 2].map(|row| (0..3).map(|column| eye[row][column] * light[column]).sum::<f64>().clamp(0.0, 1.0));
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        ]
    }

    #[test]
    fn the_ramp_stays_apart_for_every_eye() {
        for theme in [Theme::dark(), Theme::light()] {
            for (name, eye) in &BLINDNESS {
                let at = |consonance: f64| seen(theme.color(Paint::Consonance(Some(consonance)).into()).rgb, eye);
                let distance = |one: [f64; 3], other: [f64; 3]| {
                    one.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
                };
                let (low, middle, high) = (at(0.0), at(0.5), at(1.0));
                // 0.02 is about the smallest difference that an eye tells apart in OKLab.
                assert!(distance(low, high) > 0.12, "{name}: ends {}", distance(low, high));
                assert!(distance(low, middle) > 0.05, "{name}: low to middle {}", distance(low, middle));
                assert!(distance(middle, high) > 0.05, "{name}: middle to high {}", distance(middle, high));
            }
        }
    }

    #[test]
    fn undefined_and_absurd_consonance_have_a_colour() {
        let theme = Theme::dark();
        let neutral = theme.color(Paint::Consonance(None).into());
        assert_eq!(theme.color(Paint::Consonance(Some(f64::NAN)).into()), neutral);
        assert_eq!(neutral.rgb, theme.consonance[2]);
        assert_eq!(theme.color(Paint::Consonance(Some(7.0)).into()).rgb, theme.consonance[4]);
        assert_eq!(theme.color(Paint::Ink.alpha(0.5)).css(), "rgba(236,238,241,0.500)");
        assert_eq!(theme.color(Paint::Ink.into()).css(), "#eceef1");
    }
}
