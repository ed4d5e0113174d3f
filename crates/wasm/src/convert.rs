//! JavaScript values as the core's, and back.

use crate::analysis::{GivenSeries, NamedFile};
use crate::choice::Choice;
use crate::picture::Picture;
use js_sys::{Array, ArrayBuffer, Float64Array, Object, Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Deserializer;
use wasm_bindgen::prelude::*;

/// The name of a file that came without one.
const NAMELESS: &str = "data";

/// Text, bytes, or an array of `{ name, bytes }`.
pub(crate) fn files(input: &JsValue) -> Result<Vec<NamedFile>, JsError> {
    if let Some(bytes) = bytes(input) {
        return Ok(vec![NamedFile { name: NAMELESS.to_string(), bytes }]);
    }
    let Some(list) = input.dyn_ref::<Array>() else {
        return Err(JsError::new("expected text, bytes (Uint8Array or ArrayBuffer) or an array of { name, bytes }"));
    };
    let mut files = Vec::new();
    for (position, entry) in list.iter().enumerate() {
        let name = property(&entry, "name").and_then(|name| name.as_string());
        let content = property(&entry, "bytes").and_then(|content| bytes(&content));
        let Some(content) = content else {
            return Err(JsError::new(&format!("entry {position} of the array has no `bytes` (bytes or text)")));
        };
        files.push(NamedFile { name: name.unwrap_or_else(|| format!("{NAMELESS} {}", position + 1)), bytes: content });
    }
    Ok(files)
}

fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    if let Some(text) = value.as_string() {
        return Some(text.into_bytes());
    }
    if let Some(array) = value.dyn_ref::<Uint8Array>() {
        return Some(array.to_vec());
    }
    value.dyn_ref::<ArrayBuffer>().map(|buffer| Uint8Array::new(buffer).to_vec())
}

fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &JsValue::from_str(name)).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

/// What of a series is small.
#[derive(Deserialize)]
struct Heading {
    name: String,
    #[serde(default)]
    labels: std::collections::BTreeMap<String, String>,
}

/// An array of `{ name, labels?, times_ms, values }`; numbers as arrays or typed arrays.
pub(crate) fn series(input: &JsValue) -> Result<Vec<GivenSeries>, JsError> {
    let Some(list) = input.dyn_ref::<Array>() else {
        return Err(JsError::new("expected an array of { name, labels, times_ms, values }"));
    };
    let mut given = Vec::new();
    for (position, entry) in list.iter().enumerate() {
        let heading: Heading = serde_wasm_bindgen::from_value(entry.clone())
            .map_err(|error| JsError::new(&format!("series {position} of the array: {}", message(&error))))?;
        let column = |what: &str| -> Result<Vec<f64>, JsError> {
            property(&entry, what)
                .and_then(|values| numbers(&values))
                .ok_or_else(|| JsError::new(&format!("series `{}`: `{what}` is no array of numbers", heading.name)))
        };
        let (times_ms, values) = (column("times_ms")?, column("values")?);
        given.push(GivenSeries { times_ms, values, name: heading.name, labels: heading.labels });
    }
    Ok(given)
}

/// `null` and `undefined` are missing values.
fn numbers(value: &JsValue) -> Option<Vec<f64>> {
    if let Some(array) = value.dyn_ref::<Float64Array>() {
        return Some(array.to_vec());
    }
    let list = Array::is_array(value).then(|| Array::from(value))?;
    list.iter()
        .map(|entry| if entry.is_null() || entry.is_undefined() { Some(f64::NAN) } else { entry.as_f64() })
        .collect()
}

/// Options of an analysis; absent is none.
pub(crate) fn choice(options: &JsValue) -> Result<Choice, JsError> {
    options_of(options)
}

/// Options of a picture; absent is none.
pub(crate) fn picture(options: &JsValue) -> Result<Picture, JsError> {
    options_of(options)
}

fn options_of<T: DeserializeOwned + Default>(options: &JsValue) -> Result<T, JsError> {
    if options.is_undefined() || options.is_null() {
        return Ok(T::default());
    }
    // Read as a struct, serde_wasm_bindgen asks the object for the fields it knows and never sees a misspelt one; as a
    // list of entries, every name meets `deny_unknown_fields`.
    let object = options.dyn_ref::<Object>().filter(|object| !Array::is_array(object));
    let object = object.ok_or_else(|| JsError::new("options: expected an object"))?;
    let entries = Object::entries(object).into_iter().filter_map(|entry| {
        let entry: Array = entry.into();
        let value = entry.get(1);
        // `{ services: undefined }` is how JavaScript says nothing.
        (!value.is_undefined()).then(|| (entry.get(0).as_string().unwrap_or_default(), Deserializer::from(value)))
    });
    T::deserialize(MapDeserializer::new(entries))
        .map_err(|error| JsError::new(&format!("options: {}", message(&error))))
}

/// What the error says, without the name of its class: the caller gets an `Error` already.
pub(crate) fn message(error: &serde_wasm_bindgen::Error) -> String {
    let text = error.to_string();
    text.strip_prefix("Error: ").map_or_else(|| text.clone(), str::to_string)
}

/// As `JSON.parse` would give it: plain objects, `null` for what is not known.
pub(crate) fn to_js(value: &impl Serialize) -> Result<JsValue, JsError> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).map_err(|error| JsError::new(&format!("the Report cannot be passed on: {error}")))
}
