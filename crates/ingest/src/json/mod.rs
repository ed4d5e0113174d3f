//! JSON as it comes: [`Json`] hands out one value after the other while the text streams by, [`Outline`] says which keys
//! the beginning of a file has where, and [`Value`] holds what is small.

mod outline;
mod pull;
mod stamp;
mod value;

pub(crate) use outline::Outline;
pub(crate) use pull::{Json, Kind};
pub(crate) use stamp::{of_count as stamp_of_count, of_text as stamp_of_text};
pub(crate) use value::Value;
