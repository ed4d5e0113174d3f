//! One file per format.

pub(crate) mod csv_wide;
