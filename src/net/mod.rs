//! The worker's way to a Prometheus server.
