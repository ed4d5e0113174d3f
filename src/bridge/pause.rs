//! Giving way to waiting messages.

use js_sys::{Array, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// A way to let the event loop take its next messages. A message channel queues behind the messages that wait already,
/// and unlike a timer it has no shortest time.
#[derive(Debug)]
pub struct Pause(Option<MessageChannel>);

impl Default for Pause {
    fn default() -> Self {
        Self(MessageChannel::new().ok())
    }
}

impl Pause {
    /// Comes back when every message that waits now has been received.
    pub async fn take(&self) {
        let Some(channel) = &self.0 else { return };
        let promise = Promise::new(&mut |resolve, _| {
            let resolve = Closure::once_into_js(move || resolve.call0(&JsValue::NULL));
            channel.port1().set_onmessage(Some(resolve.unchecked_ref()));
        });
        if channel.port2().post_message_with_transferable(&JsValue::NULL, &Array::new()).is_ok() {
            // The promise is never rejected.
            let _ = JsFuture::from(promise).await;
        }
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        if let Some(channel) = &self.0 {
            channel.port1().close();
        }
    }
}
