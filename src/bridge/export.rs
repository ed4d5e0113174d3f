//! What is taken along: the order that the page gives to the program that makes files of a Report.

use report::{Scale, enum_bytes, struct_bytes};

/// A form in which a result can be taken along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Export {
    /// The story as Markdown.
    #[default]
    Story,
    /// The whole Report as JSON, as the command line writes it.
    Json,
    /// The accents as a Standard MIDI File.
    Midi,
    /// The incidents as JSON that stands by itself.
    Incidents,
    /// The incidents as annotations for Grafana.
    Annotations,
    /// The radar as it is looked at.
    Svg,
}

/// What is to be made, and for a picture what it shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Order {
    /// The form.
    pub form: Export,
    /// The service whose radar it is; the system's without one.
    pub inside: Option<usize>,
    /// The frame of the replay; the whole window without one.
    pub frame: Option<usize>,
    /// The service that is chosen.
    pub selected: Option<usize>,
    /// The scale that is drawn large.
    pub ring: Option<Scale>,
    /// Whether it is drawn on white.
    pub is_light: bool,
}

struct_bytes! {
    Order { form, inside, frame, selected, ring, is_light }
}
enum_bytes! { Export { 0: Story, 1: Json, 2: Midi, 3: Incidents, 4: Annotations, 5: Svg } else Self::Story }
