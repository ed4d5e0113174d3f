//! Incidents and the story told about them.
