//! Delimited tables: what all CSV-like formats share.
//!
//! [`Table::find`] looks at the first rows and says where the table begins, what separates cells, which rows are
//! headers and what each column holds. Then one pass over all rows ([`scan`]) reads times, numbers and words, [`keys`]
//! says which words tell series apart, and [`read`] makes series of it all.

pub(crate) mod arrange;
pub(crate) mod clock;
pub(crate) mod columns;
pub(crate) mod delimiter;
pub(crate) mod head;
pub(crate) mod keys;
pub(crate) mod levels;
mod pass;
pub(crate) mod preview;
pub(crate) mod read;
pub(crate) mod roles;
mod room;
pub(crate) mod rows;
pub(crate) mod scan;
pub(crate) mod style;
pub(crate) mod tags;
mod times;

pub(crate) use head::Table;
