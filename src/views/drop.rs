//! The whole window takes files.

use super::session::Session;
use crate::dom::{El, el, signal};
use web_sys::{DragEvent, File, FileList, HtmlInputElement};

/// The page as one large drop zone, with the file dialogue behind it.
pub(super) fn drop_zone(session: &'static Session, content: impl FnOnce(El) -> El) -> El {
    let is_over = signal(false);
    let input = el("input")
        .attr("type", "file")
        .attr("multiple", "")
        .attr("hidden", "")
        .attr("data-testid", "file-input")
        .attr("aria-label", "Files to analyse");
    let field: HtmlInputElement = input.cast();
    session.set_file_input(field.clone());
    let input = input.on("change", move |_| {
        session.open_files(listed(field.files()));
        // The same file chosen again is a change again.
        field.set_value("");
    });
    let on_over = move |event: &DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let on_leave = move |event: &DragEvent| {
        // Moving over a child leaves the parent, too; only leaving the window counts.
        if event.related_target().is_none() {
            is_over.set(false);
        }
    };
    let on_drop = move |event: &DragEvent| {
        event.prevent_default();
        is_over.set(false);
        let Some(transfer) = event.data_transfer() else { return };
        let files = listed(transfer.files());
        if !files.is_empty() {
            session.open_files(files);
        } else if let Ok(text) = transfer.get_data("text/plain") {
            // A link or a marked text can be dropped as well.
            session.open_text(text);
        }
    };
    let zone = el("div")
        .class("app")
        .attr("data-testid", "drop-zone")
        .class_with("is-over", move || is_over.get())
        .on_as("dragenter", on_over)
        .on_as("dragover", on_over)
        .on_as("dragleave", on_leave)
        .on_as("drop", on_drop);
    let veil = el("div").class("drop-veil").attr("aria-hidden", "true").child(el("p").text("Drop to analyse"));
    content(zone).child(input).child(veil)
}

fn listed(files: Option<FileList>) -> Vec<File> {
    files.map(|files| (0..files.length()).filter_map(|index| files.item(index)).collect()).unwrap_or_default()
}
