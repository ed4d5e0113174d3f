//! The whole window takes files.

use super::session::session;
use leptos::html;
use leptos::prelude::*;
use web_sys::{DragEvent, File, FileList};

/// The page as one large drop zone, with the file dialogue behind it.
#[component]
pub(super) fn DropZone(children: Children) -> impl IntoView {
    let session = session();
    let is_over = RwSignal::new(false);
    let input: NodeRef<html::Input> = NodeRef::new();
    session.set_file_input(input);
    let on_over = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(true);
    };
    let on_leave = move |event: DragEvent| {
        // Moving over a child leaves the parent, too; only leaving the window counts.
        if event.related_target().is_none() {
            is_over.set(false);
        }
    };
    let on_drop = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        let Some(transfer) = event.data_transfer() else { return };
        let files = listed(transfer.files());
        if files.is_empty() {
            // A link or a marked text can be dropped as well.
            if let Ok(text) = transfer.get_data("text/plain") {
                session.open_text(text);
            }
        } else {
            session.open_files(files);
        }
    };
    let on_change = move |_| {
        let Some(input) = input.get_untracked() else { return };
        session.open_files(listed(input.files()));
        // The same file chosen again is a change again.
        input.set_value("");
    };
    view! {
        <div
            class="app"
            data-testid="drop-zone"
            class:is-over=move || is_over.get()
            on:dragenter=on_over
            on:dragover=on_over
            on:dragleave=on_leave
            on:drop=on_drop
        >
            {children()}
            <input
                node_ref=input
                type="file"
                multiple
                hidden
                data-testid="file-input"
                aria-label="Files to analyse"
                on:change=on_change
            />
            <div class="drop-veil" aria-hidden="true"><p>"Drop to analyse"</p></div>
        </div>
    }
}

fn listed(files: Option<FileList>) -> Vec<File> {
    files.map(|files| (0..files.length()).filter_map(|index| files.item(index)).collect()).unwrap_or_default()
}
