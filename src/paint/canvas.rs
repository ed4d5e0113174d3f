//! Paints a scene's display list on a canvas.

use report::format::decimals;
use scene::{Anchor, Baseline, Command, Path, Scene, Shape, Stroke, Text, Theme, Tint};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// The font of every picture; the same as the page's.
pub const FONT_FAMILY: &str =
    "Inter, \"Segoe UI\", system-ui, -apple-system, \"Helvetica Neue\", \"DejaVu Sans\", sans-serif";

/// Paints a scene in a theme. The canvas takes the scene's size in CSS pixels, and as many real pixels as the screen has
/// for it. Does nothing where the canvas cannot be drawn on.
pub fn paint(canvas: &HtmlCanvasElement, scene: &Scene, theme: &Theme) {
    let ratio = pixel_ratio();
    let Some(context) = prepare(canvas, scene.width_px, scene.height_px, ratio) else { return };
    let mut brush = Brush { context: &context, theme, fill: None, stroke: None };
    for shape in &scene.shapes {
        match shape {
            Shape::Path(path) => brush.path(path),
            Shape::Text(text) => brush.text(text),
        }
    }
}

/// The number of real pixels per CSS pixel.
pub(crate) fn pixel_ratio() -> f64 {
    let ratio = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio());
    if ratio.is_finite() { ratio.clamp(1.0, 4.0) } else { 1.0 }
}

/// Sizes and empties a canvas; the context then counts in CSS pixels.
pub(crate) fn prepare(
    canvas: &HtmlCanvasElement,
    width_px: f64,
    height_px: f64,
    ratio: f64,
) -> Option<CanvasRenderingContext2d> {
    let (width, height) = ((width_px * ratio).round() as u32, (height_px * ratio).round() as u32);
    // Setting a size, even to the same value, throws the canvas' memory away.
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0).ok()?;
    context.clear_rect(0.0, 0.0, width_px, height_px);
    Some(context)
}

/// A context and the styles that it has: colours cross over to JavaScript as text, which is worth sparing.
struct Brush<'a> {
    context: &'a CanvasRenderingContext2d,
    theme: &'a Theme,
    fill: Option<Tint>,
    stroke: Option<Tint>,
}

impl Brush<'_> {
    fn path(&mut self, path: &Path) {
        self.context.begin_path();
        for command in &path.commands {
            self.command(command);
        }
        if let Some(tint) = path.fill {
            self.fill_with(tint);
            self.context.fill();
        }
        if let Some(stroke) = &path.stroke {
            self.stroke_with(stroke);
            self.context.stroke();
        }
    }

    fn command(&self, command: &Command) {
        let context = self.context;
        match *command {
            Command::Move { x, y } => context.move_to(x, y),
            Command::Line { x, y } => context.line_to(x, y),
            Command::Quadratic { control_x, control_y, x, y } => {
                context.quadratic_curve_to(control_x, control_y, x, y);
            }
            Command::Cubic { control1_x, control1_y, control2_x, control2_y, x, y } => {
                context.bezier_curve_to(control1_x, control1_y, control2_x, control2_y, x, y);
            }
            Command::Arc { center_x, center_y, radius, start, end, counter_clockwise } => {
                // Fails on a negative radius only, which a scene does not have.
                let _ = context.arc_with_anticlockwise(center_x, center_y, radius, start, end, counter_clockwise);
            }
            Command::Close => context.close_path(),
        }
    }

    fn text(&mut self, text: &Text) {
        let context = self.context;
        context.set_font(&format!("{} {}px {FONT_FAMILY}", text.weight.css(), decimals(text.size_px, 2)));
        context.set_text_align(match text.anchor {
            Anchor::Start => "left",
            Anchor::Middle => "center",
            Anchor::End => "right",
        });
        context.set_text_baseline(match text.baseline {
            Baseline::Alphabetic => "alphabetic",
            Baseline::Middle => "middle",
        });
        if let Some(halo) = text.halo {
            self.stroke_with(&Stroke::round(halo, Text::HALO_WIDTH_PX));
            // Text fails on nothing: the results are a formality of the interface.
            let _ = context.stroke_text(&text.content, text.x, text.y);
        }
        self.fill_with(text.tint);
        let _ = context.fill_text(&text.content, text.x, text.y);
    }

    fn fill_with(&mut self, tint: Tint) {
        if self.fill != Some(tint) {
            self.context.set_fill_style_str(&self.theme.color(tint).css());
            self.fill = Some(tint);
        }
    }

    fn stroke_with(&mut self, stroke: &Stroke) {
        let context = self.context;
        if self.stroke != Some(stroke.tint) {
            context.set_stroke_style_str(&self.theme.color(stroke.tint).css());
            self.stroke = Some(stroke.tint);
        }
        context.set_line_width(stroke.width_px);
        context.set_line_cap(if stroke.round_cap { "round" } else { "butt" });
        context.set_line_join(if stroke.round_join { "round" } else { "miter" });
        let dashes: js_sys::Array = stroke.dash_px.iter().map(|&length| JsValue::from_f64(length)).collect();
        // Fails on negative lengths only.
        let _ = context.set_line_dash(&dashes);
    }
}
