//! Notes as they are taken while reading: equal ones are counted, not repeated.

use series::{Note, NoteKind};

/// Notes in the order in which they first came up.
#[derive(Debug, Default)]
pub(crate) struct Notebook {
    notes: Vec<Note>,
}

impl Notebook {
    /// Adds a note about the whole source; nothing if it never happened.
    pub(crate) fn add(&mut self, kind: NoteKind, count: usize, message: impl Into<String>) {
        if count > 0 {
            self.notes.push(Note::new(kind, count as u64, message));
        }
    }

    /// Adds a note about one column or series; nothing if it never happened.
    pub(crate) fn add_about(&mut self, subject: &str, kind: NoteKind, count: usize, message: impl Into<String>) {
        if count > 0 {
            self.notes.push(Note::new(kind, count as u64, message).about(subject));
        }
    }

    /// The notes.
    pub(crate) fn into_notes(self) -> Vec<Note> {
        self.notes
    }
}

/// `1 cell`, `2 cells`.
pub(crate) fn plural(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
