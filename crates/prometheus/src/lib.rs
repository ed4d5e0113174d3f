//! The Prometheus HTTP API as values: plans, requests, answers.
