//! What the page shows. Only these modules and `dom` know the document.
//!
//! A view is a function that builds an element once; what changes is bound to signals. A view's body runs untracked, so
//! it may read signals for its first state; what has to follow a signal is given as a closure.

mod app;
mod calls;
mod chart_data;
mod data;
mod drop;
mod evidence;
mod export;
mod faults;
mod findings;
mod first_screen;
mod format;
mod header;
mod help;
mod keyboard;
mod library;
mod lists;
mod origin;
mod pick;
mod progress;
mod radar;
mod relations;
mod session;
mod sound;
mod spark;
mod story;
mod surface;
mod table;
mod timeline;
mod workspace;

pub use app::mount;

use crate::dom::{document, next_frame};
use crate::store::Theme;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

/// The colours of pictures in a theme.
fn theme_colors(theme: Theme) -> scene::Theme {
    match theme {
        Theme::Dark => scene::Theme::dark(),
        Theme::Light => scene::Theme::light(),
    }
}

/// Does some work and puts its duration on the browser's time line.
fn measured(name: &str, work: impl FnOnce()) {
    let performance = web_sys::window().and_then(|window| window.performance());
    let Some(performance) = performance else { return work() };
    let start = format!("{name}:start");
    // Marks and measures fail only for names that the browser keeps for itself.
    let _ = performance.mark(&start);
    work();
    let _ = performance.measure_with_start_mark(name, &start);
    performance.clear_marks_with_mark_name(&start);
}

/// Whether the wheel has the whole page to move: then it is not for zooming.
fn page_scrolls() -> bool {
    let root = document().document_element();
    root.is_some_and(|root| root.scroll_height() > root.client_height() + 1)
}

/// Scrolls to the finding that was just opened, once it is there.
fn reveal_open_finding() {
    next_frame(|| {
        let Ok(Some(item)) = document().query_selector(".finding-item.is-open") else { return };
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        item.scroll_into_view_with_scroll_into_view_options(&options);
    });
}
