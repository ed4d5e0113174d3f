//! One or two series around a clock: drawn here, asked about by the page.

use crate::bridge::Dial;
use crate::paint;
use report::bytes::encode;
use scene::Theme;
use web_sys::HtmlCanvasElement;

/// Paints a close-up, and returns what can be pointed at in it: a list of [`scene::Hit`], as bytes. None where the page has
/// painted something else on the canvas by now.
pub(super) fn paint(canvas: &HtmlCanvasElement, dial: &Dial) -> Option<Vec<u8>> {
    let is_wanted = canvas.get_attribute(Dial::EDITION).is_some_and(|edition| edition == dial.edition.to_string());
    is_wanted.then(|| {
        let picture = dial.closeup.draw();
        paint::paint(canvas, &picture, &if dial.is_light { Theme::light() } else { Theme::dark() });
        encode(&picture.hits)
    })
}
