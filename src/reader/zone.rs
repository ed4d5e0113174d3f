//! Time zones by name, from the browser's own tables.

use super::wall_clock::{Placed, WallClock};
use ingest::{TimeZone, ZoneRules};
use js_sys::{Array, Function, Object, Reflect};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};

/// The zone that the browser is set to; UTC where it does not say.
pub fn local_zone() -> TimeZone {
    let name = || {
        let options = call(&formatter(None)?, "resolvedOptions", &[])?;
        Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
    };
    name().and_then(|name| TimeZone::fixed(&name).or_else(|| named_zone(&name))).unwrap_or_default()
}

/// A zone by its name (`Europe/Berlin`); none where the browser does not know it.
pub fn named_zone(name: &str) -> Option<TimeZone> {
    let formatter = formatter(Some(name))?;
    let offset_ms = move |instant_ms: i64| {
        let text = call(&formatter, "format", &[JsValue::from_f64(instant_ms as f64)]);
        // Days beyond the browser's calendar have no offset.
        text.and_then(|text| offset_ms(&text.as_string()?)).unwrap_or(0)
    };
    Some(TimeZone::Named(Rc::new(Rules { name: name.to_owned(), clock: WallClock::new(offset_ms) })))
}

struct Rules {
    name: String,
    clock: WallClock,
}

impl ZoneRules for Rules {
    fn name(&self) -> &str {
        &self.name
    }

    fn instant_ms(&self, local_ms: i64) -> i64 {
        self.clock.place(local_ms).instant_ms()
    }

    fn later_instant_ms(&self, local_ms: i64) -> Option<i64> {
        match self.clock.place(local_ms) {
            Placed::Twice(_, later_ms) => Some(later_ms),
            _ => None,
        }
    }

    fn skips(&self, local_ms: i64) -> bool {
        matches!(self.clock.place(local_ms), Placed::Never(_))
    }
}

/// What writes the offset behind a date: `1/5/2026, GMT+01:00`.
fn formatter(zone: Option<&str>) -> Option<JsValue> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
    let kind: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
    let options = Object::new();
    if let Some(zone) = zone {
        for (name, value) in [("timeZone", zone), ("timeZoneName", "longOffset")] {
            Reflect::set(&options, &name.into(), &value.into()).ok()?;
        }
    }
    Reflect::construct(&kind, &Array::of2(&"en-US".into(), &options)).ok()
}

fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = Reflect::get(object, &name.into()).ok()?.dyn_into().ok()?;
    method.apply(object, &arguments.iter().collect()).ok()
}

/// The offset at the end of a text, in milliseconds to the east: `GMT`, `GMT-03:30`, `GMT+00:53:28`.
fn offset_ms(text: &str) -> Option<i64> {
    let (_, offset) = text.rsplit_once("GMT")?;
    let mut signs = offset.chars();
    let sign = match signs.next() {
        None => return Some(0),
        Some('+') => 1,
        Some('-' | '\u{2212}') => -1,
        Some(_) => return None,
    };
    let mut unit_ms = 3_600_000;
    let mut sum_ms = 0;
    for part in signs.as_str().split(':') {
        sum_ms += part.parse::<i64>().ok()? * unit_ms;
        unit_ms /= 60;
    }
    Some(sign * sum_ms)
}
