//! How a message crosses: a small object, and buffers that change hands.

use js_sys::{Array, ArrayBuffer, Float64Array, Object, Reflect, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

const HEAD: &str = "head";
const BUFFERS: &str = "buffers";

/// Why a message could not be sent or understood.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// The value has no form as a JavaScript object, or the object is none of ours.
    #[error("the message has another shape than expected: {0}")]
    Shape(#[from] serde_wasm_bindgen::Error),
    /// The browser refused it.
    #[error("the browser refused the message: {0:?}")]
    Browser(JsValue),
}

/// A message with its buffers.
#[derive(Debug)]
pub struct Envelope<T> {
    /// The small value.
    pub head: T,
    /// What is transferred; in the sender these are empty afterwards.
    pub buffers: Vec<ArrayBuffer>,
}

impl<T> Envelope<T> {
    /// A message without buffers.
    pub fn of(head: T) -> Self {
        Self { head, buffers: Vec::new() }
    }
}

impl<T: Serialize> Envelope<T> {
    /// The object to post, and the list of what to transfer with it.
    pub fn pack(self) -> Result<(JsValue, Array), EnvelopeError> {
        let transfer: Array = self.buffers.iter().collect();
        let object = Object::new();
        let set = |name: &str, value: &JsValue| Reflect::set(&object, &name.into(), value);
        set(HEAD, &serde_wasm_bindgen::to_value(&self.head)?).map_err(EnvelopeError::Browser)?;
        set(BUFFERS, &transfer).map_err(EnvelopeError::Browser)?;
        Ok((object.into(), transfer))
    }
}

impl<T: DeserializeOwned> Envelope<T> {
    /// Reads a message's data.
    pub fn unpack(data: &JsValue) -> Result<Self, EnvelopeError> {
        let get = |name: &str| Reflect::get(data, &name.into()).map_err(EnvelopeError::Browser);
        let head = serde_wasm_bindgen::from_value(get(HEAD)?)?;
        let buffers = get(BUFFERS)?.dyn_into::<Array>().map_err(EnvelopeError::Browser)?;
        let buffers = buffers.iter().filter_map(|buffer| buffer.dyn_into::<ArrayBuffer>().ok()).collect();
        Ok(Self { head, buffers })
    }
}

/// Reads a value from JSON in a transferred buffer.
///
/// The browser parses: its parser is there anyway, where one of ours would be an eighth of the page's program.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, EnvelopeError> {
    let value = js_sys::JSON::parse(&String::from_utf8_lossy(bytes)).map_err(EnvelopeError::Browser)?;
    Ok(serde_wasm_bindgen::from_value(value)?)
}

/// A copy of our bytes that can be transferred.
pub fn to_bytes(bytes: &[u8]) -> ArrayBuffer {
    Uint8Array::from(bytes).buffer()
}

/// A copy of our numbers that can be transferred.
pub fn to_f64s(values: &[f64]) -> ArrayBuffer {
    Float64Array::from(values).buffer()
}

/// The numbers of a transferred buffer.
pub fn from_f64s(buffer: &ArrayBuffer) -> Vec<f64> {
    Float64Array::new(buffer).to_vec()
}
