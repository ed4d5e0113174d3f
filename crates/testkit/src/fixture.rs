//! Small data sets with one known property each.
