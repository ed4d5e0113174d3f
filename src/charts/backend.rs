//! Plotters on a canvas of ours.

use plotters_backend::{BackendColor, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use plotters_canvas::CanvasBackend;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

/// Plotters counts in whole units; this many of them make a CSS pixel, so that lines keep their finer course.
pub(super) const FINE: f64 = 4.0;

/// A canvas whose units are a fraction of a pixel, and which measures text itself: plotters measures it with an element
/// that has a `style` attribute, which the page's policy forbids.
pub(super) struct FineBackend {
    inner: CanvasBackend,
    context: CanvasRenderingContext2d,
    size: (u32, u32),
}

type BackendResult<T> = Result<T, DrawingErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

impl FineBackend {
    /// Scales the context, which counts in CSS pixels until then.
    pub(super) fn new(
        canvas: &HtmlCanvasElement,
        context: &CanvasRenderingContext2d,
        (width_px, height_px): (f64, f64),
    ) -> Option<Self> {
        let inner = CanvasBackend::with_canvas_object(canvas.clone())?;
        context.scale(1.0 / FINE, 1.0 / FINE).ok()?;
        let size = ((width_px * FINE) as u32, (height_px * FINE) as u32);
        Some(Self { inner, context: context.clone(), size })
    }
}

impl DrawingBackend for FineBackend {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> BackendResult<()> {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> BackendResult<()> {
        self.inner.present()
    }

    fn draw_pixel(&mut self, point: (i32, i32), color: BackendColor) -> BackendResult<()> {
        self.inner.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: (i32, i32), to: (i32, i32), style: &S) -> BackendResult<()> {
        self.inner.draw_line(from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: (i32, i32),
        bottom_right: (i32, i32),
        style: &S,
        fill: bool,
    ) -> BackendResult<()> {
        self.inner.draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = (i32, i32)>>(
        &mut self,
        path: I,
        style: &S,
    ) -> BackendResult<()> {
        self.inner.draw_path(path, style)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = (i32, i32)>>(
        &mut self,
        vertices: I,
        style: &S,
    ) -> BackendResult<()> {
        self.inner.fill_polygon(vertices, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: (i32, i32),
        radius: u32,
        style: &S,
        fill: bool,
    ) -> BackendResult<()> {
        self.inner.draw_circle(center, radius, style, fill)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, position: (i32, i32)) -> BackendResult<()> {
        self.inner.draw_text(text, style, position)
    }

    fn estimate_text_size<S: BackendTextStyle>(&self, text: &str, style: &S) -> BackendResult<(u32, u32)> {
        self.context.set_font(&format!("{}px {}", style.size(), style.family().as_str()));
        let width = self.context.measure_text(text).map_or(0.0, |metrics| metrics.width());
        Ok((width.ceil() as u32, (style.size() * 1.2).ceil() as u32))
    }
}
