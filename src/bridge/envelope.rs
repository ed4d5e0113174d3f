//! How a message crosses: some bytes, and buffers that change hands.

use js_sys::{Array, ArrayBuffer, BigUint64Array, Float64Array, Object, Reflect, Uint8Array};
use report::bytes::{self, Bytes};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, MessageChannel};

const HEAD: &str = "head";
const BUFFERS: &str = "buffers";
const FILES: &str = "files";

/// Why a message could not be sent or understood.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    /// The bytes are not those of such a message.
    #[error("the message is of another version of the page")]
    Shape,
    /// The browser refused it.
    #[error("the browser refused the message: {}", words(.0))]
    Browser(JsValue),
}

/// What the browser says of a failure.
pub fn words(error: &JsValue) -> String {
    error.as_string().unwrap_or_else(|| String::from(Object::from(error.clone()).to_string()))
}

/// A message with its buffers and files.
#[derive(Debug)]
pub struct Envelope<T> {
    /// The small value.
    pub head: T,
    /// What is transferred; in the sender these are empty afterwards.
    pub buffers: Vec<ArrayBuffer>,
    /// Handles of files, not their contents.
    pub files: Vec<Blob>,
}

impl<T> Envelope<T> {
    /// A message without buffers.
    pub fn of(head: T) -> Self {
        Self::with(head, Vec::new())
    }

    /// A message with buffers.
    pub fn with(head: T, buffers: Vec<ArrayBuffer>) -> Self {
        Self { head, buffers, files: Vec::new() }
    }
}

impl<T: Bytes> Envelope<T> {
    /// The object to post, and the list of what to transfer with it.
    pub fn pack(self) -> Result<(JsValue, Array), EnvelopeError> {
        let transfer: Array = self.buffers.iter().collect();
        let object = Object::new();
        let set = |name: &str, value: &JsValue| Reflect::set(&object, &name.into(), value);
        set(HEAD, &Uint8Array::from(bytes::encode(&self.head).as_slice())).map_err(EnvelopeError::Browser)?;
        set(BUFFERS, &transfer).map_err(EnvelopeError::Browser)?;
        set(FILES, &self.files.iter().collect::<Array>()).map_err(EnvelopeError::Browser)?;
        Ok((object.into(), transfer))
    }
}

impl<T: Bytes> Envelope<T> {
    /// Reads a message's data.
    pub fn unpack(data: &JsValue) -> Result<Self, EnvelopeError> {
        let get = |name: &str| Reflect::get(data, &name.into()).map_err(EnvelopeError::Browser);
        let head = get(HEAD)?.dyn_into::<Uint8Array>().map_err(EnvelopeError::Browser)?;
        let head = bytes::decode(&head.to_vec()).ok_or(EnvelopeError::Shape)?;
        Ok(Self { head, buffers: list(&get(BUFFERS)?), files: list(&get(FILES)?) })
    }
}

/// What of a list is of one kind; what is no list has nothing of it.
fn list<T: JsCast>(values: &JsValue) -> Vec<T> {
    let values = values.dyn_ref::<Array>();
    values.map(|values| values.iter().filter_map(|value| value.dyn_into().ok()).collect()).unwrap_or_default()
}

/// A copy of our bytes that can be transferred.
pub fn to_bytes(bytes: &[u8]) -> ArrayBuffer {
    Uint8Array::from(bytes).buffer()
}

/// A copy of our numbers that can be transferred.
pub fn to_f64s(values: &[f64]) -> ArrayBuffer {
    Float64Array::from(values).buffer()
}

/// Gives back the memory of buffers, which are empty afterwards.
///
/// What has come with a message, or from a stream, is held by the browser until it next collects rubbish, which may be 80 MB
/// later; moving it (`transfer`) does not help. Sent on to where nobody is, it is gone at once.
pub fn give_back(buffers: &Array) {
    let Ok(channel) = MessageChannel::new() else { return };
    let (from, to) = (channel.port1(), channel.port2());
    to.close();
    // The only failure is a buffer that was given away before, and holds nothing.
    let _ = from.post_message_with_transferable(&JsValue::NULL, buffers);
    from.close();
}

/// The bytes of a transferred buffer, which is [given back](give_back).
pub fn take_bytes(buffer: &ArrayBuffer) -> Vec<u8> {
    let bytes = Uint8Array::new(buffer).to_vec();
    give_back(&Array::of1(buffer));
    bytes
}

/// The numbers of a transferred buffer.
pub fn from_f64s(buffer: &ArrayBuffer) -> Vec<f64> {
    Float64Array::new(buffer).to_vec()
}

/// A copy of our words that can be transferred.
pub fn to_words(words: &[u64]) -> ArrayBuffer {
    BigUint64Array::from(words).buffer()
}

/// The words of a transferred buffer, which is [given back](give_back).
pub fn take_words(buffer: &ArrayBuffer) -> Vec<u64> {
    let words = BigUint64Array::new(buffer).to_vec();
    give_back(&Array::of1(buffer));
    words
}
