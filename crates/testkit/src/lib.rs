//! Seeded signals with known truth, and the incident simulator.
//!
//! Everything here is a function of its arguments and a seed. Only operations that IEEE 754 defines exactly are used
//! (`elementary` has our own exponential, logarithm and sine), so a seed gives the same bits on every target, and a
//! committed sample can be compared with what the simulator makes today.
//!
//! - [`signal`]: noises, oscillations, steps and maps, one vector each;
//! - [`dataset`], [`noise_panel`], [`poisson_traffic`]: vectors as a [`series::Dataset`];
//! - [`fixture`]: small data sets with one known property each;
//! - [`simulate`]: a network of services under load, with a fault and the truth about it;
//! - [`samples`], [`load_test`]: the bundled incidents, and data sets of a given size;
//! - [`csv`]: a data set as the wide table that monitoring tools export;
//! - [`bulk`]: tables of any size, wide and long, written row by row.

pub mod bulk;
pub mod csv;
mod elementary;
pub mod fixture;
mod live_server;
pub mod load_test;
mod noise;
mod random;
pub mod samples;
pub mod signal;
pub mod simulator;
mod table;

pub use elementary::{exp, ln, sine_of_turns};
pub use live_server::{LiveFleet, LiveServer};
pub use noise::{Noise, coupled_pairs, noise_of_mixed_intervals, noise_panel, peers_under_load, poisson_traffic};
pub use random::Random;
pub use simulator::{FaultKind, Reached, Scenario, Setting, Simulation, Truth, simulate, simulate_with};
pub use table::{START_MS, dataset};
