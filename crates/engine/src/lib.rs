//! From a data set to a Report, step by step.
