//! Notes as they are taken while reading: equal ones are counted, not repeated.

use series::{Note, NoteKind};

/// Notes in the order in which they first came up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notebook {
    notes: Vec<Note>,
}

impl Notebook {
    /// Adds a note about the whole source; nothing if it never happened.
    pub(crate) fn add(&mut self, kind: NoteKind, count: usize, message: impl Into<String>) -> Added<'_> {
        self.put(count, || Note::new(kind, count as u64, message))
    }

    /// Adds a note about one column or series; nothing if it never happened.
    pub(crate) fn add_about(
        &mut self,
        subject: &str,
        kind: NoteKind,
        count: usize,
        message: impl Into<String>,
    ) -> Added<'_> {
        self.put(count, || Note::new(kind, count as u64, message).about(subject))
    }

    fn put(&mut self, count: usize, note: impl FnOnce() -> Note) -> Added<'_> {
        if count == 0 {
            return Added(None);
        }
        self.notes.push(note());
        Added(self.notes.last_mut())
    }

    /// Adds notes that were taken elsewhere.
    pub(crate) fn extend(&mut self, notes: impl IntoIterator<Item = Note>) {
        self.notes.extend(notes);
    }

    /// The notes.
    pub(crate) fn into_notes(self) -> Vec<Note> {
        self.notes
    }
}

/// A note that was added, if it was.
pub(crate) struct Added<'a>(Option<&'a mut Note>);

impl Added<'_> {
    /// Tells the setting that undoes what the note says.
    pub(crate) fn undone_by(self, setting: impl Into<String>) {
        if let Some(note) = self.0 {
            note.undo = Some(setting.into());
        }
    }
}

/// `1 cell`, `2 cells`.
pub(crate) fn plural(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}
