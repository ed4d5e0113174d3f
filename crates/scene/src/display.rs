//! The display list: what a painter needs to know, and nothing else.
//!
//! Coordinates are CSS pixels from the top left corner. Angles of an arc are radians clockwise from the positive x axis,
//! as on a canvas. Every coordinate is finite: a shape that would not be is left out when it is added.

use crate::hit::{Hit, Target};
use crate::paint::{Paint, Tint};
use serde::{Deserialize, Serialize};

/// A picture: shapes from back to front, and the regions that answer to a pointer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// Width in CSS pixels.
    pub width_px: f64,
    /// Height in CSS pixels.
    pub height_px: f64,
    /// What to paint, from back to front.
    pub shapes: Vec<Shape>,
    /// What answers to a pointer, from back to front.
    pub hits: Vec<Hit>,
    /// The order in which the keyboard walks through the targets.
    pub order: Vec<Target>,
}

/// One thing to paint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// Lines and areas.
    Path(Path),
    /// A line of text.
    Text(Text),
}

/// A path with its fill and its stroke; filled first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Path {
    /// The outline.
    pub commands: Vec<Command>,
    /// The paint of its inside (non-zero rule).
    pub fill: Option<Tint>,
    /// The paint of its outline.
    pub stroke: Option<Stroke>,
}

/// One step of an outline.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Starts a new piece.
    Move {
        /// Where to.
        x: f64,
        /// Where to.
        y: f64,
    },
    /// A straight line.
    Line {
        /// Where to.
        x: f64,
        /// Where to.
        y: f64,
    },
    /// A quadratic Bézier curve.
    Quadratic {
        /// Its control point.
        control_x: f64,
        /// Its control point.
        control_y: f64,
        /// Where to.
        x: f64,
        /// Where to.
        y: f64,
    },
    /// A cubic Bézier curve.
    Cubic {
        /// Its first control point.
        control1_x: f64,
        /// Its first control point.
        control1_y: f64,
        /// Its second control point.
        control2_x: f64,
        /// Its second control point.
        control2_y: f64,
        /// Where to.
        x: f64,
        /// Where to.
        y: f64,
    },
    /// A circular arc; a straight line leads to its start where the path is elsewhere.
    Arc {
        /// The circle's centre.
        center_x: f64,
        /// The circle's centre.
        center_y: f64,
        /// The circle's radius.
        radius: f64,
        /// The angle it starts at.
        start: f64,
        /// The angle it ends at.
        end: f64,
        /// Whether it runs against the clock.
        counter_clockwise: bool,
    },
    /// Back to the start of the piece.
    Close,
}

/// How an outline is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stroke {
    /// Its paint.
    pub tint: Tint,
    /// Its width.
    pub width_px: f64,
    /// Lengths of dashes and gaps in turn; empty for a whole line.
    pub dash_px: Vec<f64>,
    /// Whether ends are round; flat otherwise.
    pub round_cap: bool,
    /// Whether corners are round; mitred otherwise.
    pub round_join: bool,
}

impl Stroke {
    /// A whole line with round ends and corners.
    pub fn round(tint: impl Into<Tint>, width_px: f64) -> Self {
        Self { tint: tint.into(), width_px, dash_px: Vec::new(), round_cap: true, round_join: true }
    }

    /// A whole line with flat ends and mitred corners.
    pub fn flat(tint: impl Into<Tint>, width_px: f64) -> Self {
        Self { round_cap: false, round_join: false, ..Self::round(tint, width_px) }
    }

    /// The same line, dashed.
    pub fn dashed(self, dash_px: &[f64]) -> Self {
        Self { dash_px: dash_px.to_vec(), ..self }
    }
}

/// Which part of a text stands at its x.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Anchor {
    /// Its left end.
    #[default]
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// Which part of a text stands at its y.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Baseline {
    /// The line that letters stand on.
    #[default]
    Alphabetic,
    /// The middle of the letters.
    Middle,
}

/// How heavy letters are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weight {
    /// 400.
    #[default]
    Regular,
    /// 600.
    Semibold,
    /// 700.
    Bold,
}

impl Weight {
    /// The CSS `font-weight`.
    pub fn css(self) -> u16 {
        match self {
            Weight::Regular => 400,
            Weight::Semibold => 600,
            Weight::Bold => 700,
        }
    }
}

/// One line of plain text, never markup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Text {
    /// Where its anchor is.
    pub x: f64,
    /// Where its baseline is.
    pub y: f64,
    /// What stands at x.
    pub anchor: Anchor,
    /// What stands at y.
    pub baseline: Baseline,
    /// The font's size.
    pub size_px: f64,
    /// The font's weight.
    pub weight: Weight,
    /// The text, already shortened to its place.
    pub content: String,
    /// The paint of the letters.
    pub tint: Tint,
    /// The paint of a soft edge that keeps the letters legible over lines; painted first, [`Text::HALO_WIDTH_PX`] wide.
    pub halo: Option<Tint>,
}

impl Text {
    /// The stroke width of a halo.
    pub const HALO_WIDTH_PX: f64 = 4.0;

    /// Muted regular text of 12 px that starts at a point.
    pub fn new(x: f64, y: f64, content: impl Into<String>) -> Self {
        Self {
            x,
            y,
            anchor: Anchor::Start,
            baseline: Baseline::Alphabetic,
            size_px: 12.0,
            weight: Weight::Regular,
            content: content.into(),
            tint: Paint::Muted.into(),
            halo: None,
        }
    }

    /// The same text, anchored.
    pub fn anchored(self, anchor: Anchor, baseline: Baseline) -> Self {
        Self { anchor, baseline, ..self }
    }

    /// The same text in another font.
    pub fn font(self, size_px: f64, weight: Weight) -> Self {
        Self { size_px, weight, ..self }
    }

    /// The same text in another paint.
    pub fn tint(self, tint: impl Into<Tint>) -> Self {
        Self { tint: tint.into(), ..self }
    }

    /// The same text with a soft edge in the surface's colour.
    pub fn on_surface(self) -> Self {
        Self { halo: Some(Paint::Surface.into()), ..self }
    }
}

impl Path {
    /// An empty path.
    pub fn new() -> Self {
        Self::default()
    }

    /// A rectangle.
    pub fn rect(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self::new().move_to(x, y).line_to(x + width, y).line_to(x + width, y + height).line_to(x, y + height).close()
    }

    /// A rectangle with round corners.
    pub fn rounded_rect(x: f64, y: f64, width: f64, height: f64, radius: f64) -> Self {
        let radius = radius.min(width / 2.0).min(height / 2.0).max(0.0);
        let (right, bottom) = (x + width, y + height);
        Self::new()
            .move_to(x + radius, y)
            .line_to(right - radius, y)
            .quadratic_to(right, y, right, y + radius)
            .line_to(right, bottom - radius)
            .quadratic_to(right, bottom, right - radius, bottom)
            .line_to(x + radius, bottom)
            .quadratic_to(x, bottom, x, bottom - radius)
            .line_to(x, y + radius)
            .quadratic_to(x, y, x + radius, y)
            .close()
    }

    /// A full circle.
    pub fn circle(center_x: f64, center_y: f64, radius: f64) -> Self {
        let mut path = Self::new();
        path.push_circle(center_x, center_y, radius);
        path
    }

    /// Adds a full circle as a piece of its own.
    pub fn push_circle(&mut self, center_x: f64, center_y: f64, radius: f64) {
        self.commands.push(Command::Move { x: center_x + radius, y: center_y });
        self.commands.push(Command::Arc {
            center_x,
            center_y,
            radius,
            start: 0.0,
            end: std::f64::consts::TAU,
            counter_clockwise: false,
        });
        self.commands.push(Command::Close);
    }

    /// A line through points; a point that is not finite breaks it.
    pub fn polyline(points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut path = Self::new();
        let mut pen_down = false;
        for (x, y) in points {
            let finite = x.is_finite() && y.is_finite();
            match (finite, pen_down) {
                (true, true) => path.commands.push(Command::Line { x, y }),
                (true, false) => path.commands.push(Command::Move { x, y }),
                (false, _) => {}
            }
            pen_down = finite;
        }
        path
    }

    /// Starts a new piece.
    pub fn move_to(mut self, x: f64, y: f64) -> Self {
        self.commands.push(Command::Move { x, y });
        self
    }

    /// Adds a straight line.
    pub fn line_to(mut self, x: f64, y: f64) -> Self {
        self.commands.push(Command::Line { x, y });
        self
    }

    /// Adds a quadratic curve.
    pub fn quadratic_to(mut self, control_x: f64, control_y: f64, x: f64, y: f64) -> Self {
        self.commands.push(Command::Quadratic { control_x, control_y, x, y });
        self
    }

    /// Closes the piece.
    pub fn close(mut self) -> Self {
        self.commands.push(Command::Close);
        self
    }

    /// Fills it.
    pub fn fill(mut self, tint: impl Into<Tint>) -> Self {
        self.fill = Some(tint.into());
        self
    }

    /// Strokes it.
    pub fn stroke(mut self, stroke: Stroke) -> Self {
        self.stroke = Some(stroke);
        self
    }

    fn is_finite(&self) -> bool {
        self.commands.iter().all(|command| match *command {
            Command::Move { x, y } | Command::Line { x, y } => x.is_finite() && y.is_finite(),
            Command::Quadratic { control_x, control_y, x, y } => {
                [control_x, control_y, x, y].iter().all(|number| number.is_finite())
            }
            Command::Cubic { control1_x, control1_y, control2_x, control2_y, x, y } => {
                [control1_x, control1_y, control2_x, control2_y, x, y].iter().all(|number| number.is_finite())
            }
            Command::Arc { center_x, center_y, radius, start, end, .. } => {
                radius >= 0.0 && [center_x, center_y, radius, start, end].iter().all(|number| number.is_finite())
            }
            Command::Close => true,
        })
    }
}

impl Scene {
    /// An empty scene. A size that is not a positive number counts as nothing.
    pub fn new(width_px: f64, height_px: f64) -> Self {
        let sane = |size_px: f64| if size_px.is_finite() { size_px.clamp(0.0, 100_000.0) } else { 0.0 };
        Self { width_px: sane(width_px), height_px: sane(height_px), ..Self::default() }
    }

    /// Adds a path on top, unless it is empty or has a coordinate that is not finite.
    pub fn path(&mut self, path: Path) {
        if !path.commands.is_empty() && path.is_finite() {
            self.shapes.push(Shape::Path(path));
        }
    }

    /// Adds a text on top, unless it is empty or its place is not finite.
    pub fn text(&mut self, text: Text) {
        if !text.content.is_empty() && text.x.is_finite() && text.y.is_finite() {
            self.shapes.push(Shape::Text(text));
        }
    }

    /// The target under a point, the topmost one.
    pub fn hit(&self, x_px: f64, y_px: f64) -> Option<Target> {
        self.hits.iter().rev().find(|hit| hit.region.contains(x_px, y_px)).map(|hit| hit.target)
    }

    /// The words that describe a target, for a tooltip and a screen reader.
    pub fn description(&self, target: Target) -> Option<&str> {
        self.hits.iter().find(|hit| hit.target == target).map(|hit| hit.description.as_str())
    }
}
