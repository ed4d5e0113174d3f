//! Files of a Report, for people and for other programs: a program of its own, fetched when something is taken along.

use crate::bridge::{Export, Order};
use report::Report;
use report::bytes::decode;
use scene::{Target, Theme, radar};

/// The picture's size.
const PICTURE_PX: f64 = 900.0;

/// Makes the file that an order asks for of a Report, both as bytes.
///
/// # Errors
/// In words, where the bytes are of another version of the page.
pub fn open(order: &[u8], report: &[u8]) -> Result<Vec<u8>, String> {
    let (Some(order), Some(report)) = (decode::<Order>(order), decode::<Report>(report)) else {
        return Err("what analyses and what makes files are of different versions".to_owned());
    };
    let json =
        |made: Result<String, serde_json::Error>| made.map(String::into_bytes).map_err(|error| error.to_string());
    match order.form {
        Export::Story => Ok(operations::markdown::write(&report).into_bytes()),
        Export::Json => json(serde_json::to_string(&report)),
        Export::Midi => Ok(operations::midi::write(&report)),
        Export::Incidents => json(operations::handover::incidents_json(&report)),
        Export::Annotations => json(operations::handover::annotations_json(&report)),
        Export::Svg => Ok(picture(&report, &order).into_bytes()),
    }
}

fn picture(report: &Report, order: &Order) -> String {
    let asked = radar::View {
        frame: order.frame,
        selected: order.selected.map(Target::Service),
        zoom: order.ring,
        ..radar::View::new(PICTURE_PX, PICTURE_PX)
    };
    let scene = match order.inside {
        Some(service) => radar::service(report, service, &asked),
        None => radar::system(report, &asked),
    };
    scene::svg::paint(&scene, &if order.is_light { Theme::light() } else { Theme::dark() })
}
