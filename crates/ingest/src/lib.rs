//! Reads what monitoring tools export.
