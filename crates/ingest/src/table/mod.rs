//! Delimited tables: what all CSV-like formats share.
//!
//! [`Table::find`] looks at the first rows and says where the table begins, what separates cells, which rows are
//! headers and what each column holds. Then one pass over all rows ([`scan`]) reads times, numbers and label codes, and
//! [`wide`] or [`long`] make series of them.

pub(crate) mod clock;
pub(crate) mod delimiter;
pub(crate) mod head;
pub(crate) mod read;
pub(crate) mod rows;
pub(crate) mod scan;
pub(crate) mod style;
pub(crate) mod wide;

pub(crate) use head::Table;
