//! The Report: the one contract between engine, page, command line and npm.
