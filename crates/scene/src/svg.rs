//! The SVG painter, for the command line and for snapshots.

use crate::display::{Anchor, Baseline, Command, Path, Scene, Shape, Stroke, Text, Weight};
use crate::paint::{Theme, Tint};
use crate::polar::turned;
use std::f64::consts::TAU;
use std::fmt::Write;

/// The fonts that a picture asks for, most wanted first.
pub const FONT_FAMILY: &str = "Inter, system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif";

/// Paints a scene as a complete SVG document. Coordinates have two decimals; text is escaped.
pub fn paint(scene: &Scene, theme: &Theme) -> String {
    let (width, height) = (number(scene.width_px), number(scene.height_px));
    let mut svg = String::with_capacity(256 + scene.shapes.len() * 160);
    // Writing to a String cannot fail.
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{FONT_FAMILY}\">"
    );
    let surface = theme.color(crate::paint::Paint::Surface.into()).css();
    let _ = writeln!(svg, "<rect width=\"{width}\" height=\"{height}\" fill=\"{surface}\"/>");
    for shape in &scene.shapes {
        match shape {
            Shape::Path(path) => paint_path(&mut svg, path, theme),
            Shape::Text(text) => paint_text(&mut svg, text, theme),
        }
    }
    svg.push_str("</svg>\n");
    svg
}

fn color(svg: &mut String, attribute: &str, tint: Tint, theme: &Theme) {
    let rgba = theme.color(tint);
    let opaque = crate::paint::Rgba { alpha: 1.0, ..rgba }.css();
    let _ = write!(svg, " {attribute}=\"{opaque}\"");
    if rgba.alpha < 1.0 {
        let _ = write!(svg, " {attribute}-opacity=\"{}\"", number(rgba.alpha));
    }
}

fn paint_path(svg: &mut String, path: &Path, theme: &Theme) {
    svg.push_str("<path d=\"");
    outline(svg, path);
    svg.push('"');
    match path.fill {
        Some(tint) => color(svg, "fill", tint, theme),
        None => svg.push_str(" fill=\"none\""),
    }
    if let Some(stroke) = &path.stroke {
        paint_stroke(svg, stroke, theme);
    }
    svg.push_str("/>\n");
}

fn paint_stroke(svg: &mut String, stroke: &Stroke, theme: &Theme) {
    color(svg, "stroke", stroke.tint, theme);
    let _ = write!(svg, " stroke-width=\"{}\"", number(stroke.width_px));
    if !stroke.dash_px.is_empty() {
        let dash: Vec<String> = stroke.dash_px.iter().map(|length| number(*length)).collect();
        let _ = write!(svg, " stroke-dasharray=\"{}\"", dash.join(" "));
    }
    if stroke.round_cap {
        svg.push_str(" stroke-linecap=\"round\"");
    }
    if stroke.round_join {
        svg.push_str(" stroke-linejoin=\"round\"");
    }
}

fn outline(svg: &mut String, path: &Path) {
    let mut begun = false;
    for command in &path.commands {
        let _ = match *command {
            Command::Move { x, y } => write!(svg, "M{} {}", number(x), number(y)),
            Command::Line { x, y } => write!(svg, "L{} {}", number(x), number(y)),
            Command::Quadratic { control_x, control_y, x, y } => {
                write!(svg, "Q{} {} {} {}", number(control_x), number(control_y), number(x), number(y))
            }
            Command::Cubic { control1_x, control1_y, control2_x, control2_y, x, y } => write!(
                svg,
                "C{} {} {} {} {} {}",
                number(control1_x),
                number(control1_y),
                number(control2_x),
                number(control2_y),
                number(x),
                number(y)
            ),
            Command::Arc { center_x, center_y, radius, start, end, counter_clockwise } => {
                arc(svg, (center_x, center_y), radius, (start, end), counter_clockwise, begun);
                Ok(())
            }
            Command::Close => write!(svg, "Z"),
        };
        begun = !matches!(command, Command::Close);
    }
}

/// An arc as parts of at most half a turn, because one SVG arc cannot go all the way round.
fn arc(
    svg: &mut String,
    center: (f64, f64),
    radius: f64,
    (start, end): (f64, f64),
    counter_clockwise: bool,
    begun: bool,
) {
    let turn = match (counter_clockwise, end - start) {
        (false, turn) if turn < 0.0 => turned(turn, TAU),
        (true, turn) if turn > 0.0 => -turned(-turn, TAU),
        (_, turn) => turn.clamp(-TAU, TAU),
    };
    let at = |angle: f64| (number(center.0 + radius * angle.cos()), number(center.1 + radius * angle.sin()));
    let (x, y) = at(start);
    let _ = write!(svg, "{}{x} {y}", if begun { 'L' } else { 'M' });
    let parts = if turn.abs() > TAU * 0.49 { 2 } else { 1 };
    for part in 1..=parts {
        let (x, y) = at(start + turn * f64::from(part) / f64::from(parts));
        let (radius, sweep) = (number(radius), u8::from(turn > 0.0));
        let _ = write!(svg, "A{radius} {radius} 0 0 {sweep} {x} {y}");
    }
}

fn paint_text(svg: &mut String, text: &Text, theme: &Theme) {
    // Half of the height of capitals lies about 0.36 em above the baseline; dominant-baseline differs between viewers.
    let y = match text.baseline {
        Baseline::Alphabetic => text.y,
        Baseline::Middle => text.y + text.size_px * 0.36,
    };
    let _ = write!(svg, "<text x=\"{}\" y=\"{}\" font-size=\"{}\"", number(text.x), number(y), number(text.size_px));
    if text.weight != Weight::Regular {
        let _ = write!(svg, " font-weight=\"{}\"", text.weight.css());
    }
    svg.push_str(match text.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    });
    color(svg, "fill", text.tint, theme);
    if let Some(halo) = text.halo {
        color(svg, "stroke", halo, theme);
        let width = number(Text::HALO_WIDTH_PX);
        let _ = write!(svg, " stroke-width=\"{width}\" stroke-linejoin=\"round\" paint-order=\"stroke\"");
    }
    svg.push('>');
    escape(svg, &text.content);
    svg.push_str("</text>\n");
}

/// Text from a file is never markup, and control characters are not allowed in XML.
fn escape(svg: &mut String, content: &str) {
    for letter in content.chars() {
        match letter {
            '&' => svg.push_str("&amp;"),
            '<' => svg.push_str("&lt;"),
            '>' => svg.push_str("&gt;"),
            '"' => svg.push_str("&quot;"),
            '\'' => svg.push_str("&#39;"),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => svg.push('\u{fffd}'),
            letter => svg.push(letter),
        }
    }
}

/// Two decimals, without trailing zeros and without a negative zero.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::Paint;

    #[test]
    fn names_from_a_file_cannot_become_markup() {
        let mut scene = Scene::new(100.0, 50.0);
        scene.text(Text::new(0.0, 10.0, "<script>&\"'\u{0}"));
        let svg = paint(&scene, &Theme::dark());
        assert!(svg.contains("&lt;script&gt;&amp;&quot;&#39;\u{fffd}</text>"), "{svg}");
    }

    #[test]
    fn a_full_circle_is_two_arcs() {
        let mut scene = Scene::new(100.0, 100.0);
        scene.path(Path::circle(50.0, 50.0, 10.0).fill(Paint::Ink));
        let svg = paint(&scene, &Theme::light());
        assert!(svg.contains("M60 50L60 50A10 10 0 0 1 40 50A10 10 0 0 1 60 50Z"), "{svg}");
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([number(1.0), number(-0.001), number(1.239), number(-2.5)], ["1", "0", "1.24", "-2.5"]);
    }
}
