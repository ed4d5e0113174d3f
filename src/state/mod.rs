//! What the page knows, apart from how it shows it. Pure: no browser, no clock.

mod filter;
mod hash;
mod keys;
mod load;
mod remembered;
mod settings;
mod source;
mod story;
mod ticks;
mod view;
mod walk;

pub use filter::Filter;
pub use hash::{HASH_VERSION, Link};
pub use keys::{Command, Focus, KeyPress, command};
pub use load::{Load, Phase};
pub use remembered::{FORGOTTEN, KEY as REMEMBERED_KEY, Remembered};
pub use settings::Settings;
pub use source::{Pasted, Sample, SourceLink, origin};
pub use story::{Look, incident_at, look};
pub use ticks::{time_ticks, value_ticks};
pub use view::{Crumb, Level, Tab, View};
pub use walk::{across, beside};
