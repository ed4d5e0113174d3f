//! JSON as it comes: [`Json`] hands out one value after the other while the text streams by, [`Outline`] says which keys
//! the beginning of a file has where, and [`Value`] holds what is small.

mod outline;
mod pull;
mod value;

pub(crate) use outline::Outline;
pub(crate) use pull::{Json, Kind};
pub(crate) use value::Value;
