//! The plain cells of large tables, many at a time.
//!
//! Most rows of an export are alike: no quotes, the usual number in every cell, the time a little after the last one. Here
//! are the loops that read such rows: [`Stretch`] finds them, and its columns are read by [`Digits`], [`Clock`] and
//! [`Turns`]. None of them knows what a table means, and every one leaves what it does not know to whoever asked; what it
//! does say is what the general way of reading would have said.
//!
//! They are a crate of their own because the browser's reader is compiled for size, but for these.

mod clock;
mod digits;
mod marks;
mod stretch;
mod turns;

pub use clock::Clock;
pub use digits::Digits;
pub use stretch::Stretch;
pub use turns::Turns;

/// The number of line feeds.
pub fn line_ends(text: &[u8]) -> usize {
    // In pieces whose count has room in a byte: so the compiler compares many bytes at a time.
    let of = |piece: &[u8]| piece.iter().map(|&byte| u8::from(byte == b'\n')).sum::<u8>();
    text.chunks(u8::MAX.into()).map(|piece| usize::from(of(piece))).sum()
}
