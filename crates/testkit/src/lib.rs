//! Seeded signals with known truth, and the incident simulator.
