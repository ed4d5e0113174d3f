//! One announced, timed step of a longer command.
