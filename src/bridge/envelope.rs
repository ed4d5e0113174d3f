//! How a message crosses: some bytes, and buffers that change hands.

use js_sys::{Array, ArrayBuffer, Float64Array, Object, Reflect, Uint8Array};
use nanoserde::{DeBin, SerBin};
use wasm_bindgen::{JsCast, JsValue};

const HEAD: &str = "head";
const BUFFERS: &str = "buffers";

/// Why a message could not be sent or understood.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// The bytes are not those of such a message.
    #[error("the message has another shape than expected: {0}")]
    Shape(#[from] nanoserde::DeBinErr),
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

impl<T: SerBin> Envelope<T> {
    /// The object to post, and the list of what to transfer with it.
    pub fn pack(self) -> Result<(JsValue, Array), EnvelopeError> {
        let transfer: Array = self.buffers.iter().collect();
        let object = Object::new();
        let set = |name: &str, value: &JsValue| Reflect::set(&object, &name.into(), value);
        set(HEAD, &Uint8Array::from(self.head.serialize_bin().as_slice())).map_err(EnvelopeError::Browser)?;
        set(BUFFERS, &transfer).map_err(EnvelopeError::Browser)?;
        Ok((object.into(), transfer))
    }
}

impl<T: DeBin> Envelope<T> {
    /// Reads a message's data.
    pub fn unpack(data: &JsValue) -> Result<Self, EnvelopeError> {
        let get = |name: &str| Reflect::get(data, &name.into()).map_err(EnvelopeError::Browser);
        let head = get(HEAD)?.dyn_into::<Uint8Array>().map_err(EnvelopeError::Browser)?;
        let head = decode(&head.to_vec())?;
        let buffers = get(BUFFERS)?.dyn_into::<Array>().map_err(EnvelopeError::Browser)?;
        let buffers = buffers.iter().filter_map(|buffer| buffer.dyn_into::<ArrayBuffer>().ok()).collect();
        Ok(Self { head, buffers })
    }
}

/// A value as bytes, for the other program of the same build.
///
/// Not JSON: it is read back by programs of the same build only, and reading JSON would be an eighth of the page's
/// program. Every number keeps every bit.
pub fn encode<T: SerBin>(value: &T) -> ArrayBuffer {
    to_bytes(&value.serialize_bin())
}

/// What [`encode`] wrote.
pub fn decode<T: DeBin>(bytes: &[u8]) -> Result<T, EnvelopeError> {
    Ok(T::deserialize_bin(bytes)?)
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
