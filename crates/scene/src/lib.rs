//! The radar and the timeline as a display list, and an SVG painter.
