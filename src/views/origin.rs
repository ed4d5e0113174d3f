//! Where data come from, with what is needed to read them again, and how their bytes get here.

use crate::bridge::{Credentials, Input, Reading, to_bytes};
use crate::state::{Sample, SourceLink};
use js_sys::{Array, ArrayBuffer, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, Response};

/// A source that can be read again, as long as the page is open.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// Files of the user: handles, not contents.
    Files(Vec<File>, Reading),
    /// Text that was pasted.
    Text(String, Reading),
    /// A bundled incident.
    Sample(Sample),
    /// A server.
    Server { address: String, credentials: Option<Credentials> },
}

impl Origin {
    /// A bundled incident that a link names: its file is known once the list of samples is here.
    pub(super) fn linked_sample(name: String) -> Self {
        Origin::Sample(Sample { name, ..Sample::default() })
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        match self {
            Origin::Files(files, _) => match files.as_slice() {
                [file] => file.name(),
                files => format!("{} files", files.len()),
            },
            Origin::Text(..) => "pasted text".to_owned(),
            Origin::Sample(sample) => sample.title.clone(),
            Origin::Server { address, .. } => address.clone(),
        }
    }

    /// What a link can say of it.
    pub(super) fn link(&self) -> Option<SourceLink> {
        match self {
            Origin::Files(..) | Origin::Text(..) => None,
            Origin::Sample(sample) => Some(SourceLink::Sample(sample.name.clone())),
            Origin::Server { address, .. } => Some(SourceLink::Prometheus(address.clone())),
        }
    }

    /// What the worker is asked for, and the bytes that go with it.
    pub(super) async fn input(&self) -> Result<(Input, Vec<ArrayBuffer>), JsValue> {
        match self {
            Origin::Files(files, reading) => {
                let mut buffers = Vec::with_capacity(files.len());
                for file in files {
                    buffers.push(blob_bytes(file).await?);
                }
                let names = files.iter().map(File::name).collect();
                Ok((Input::Files { names, reading: reading.clone() }, buffers))
            }
            Origin::Text(text, reading) => {
                let names = vec![self.name()];
                Ok((Input::Files { names, reading: reading.clone() }, vec![to_bytes(text.as_bytes())]))
            }
            Origin::Sample(sample) => {
                let bytes = fetched(&format!("samples/{}", sample.file)).await?;
                let names = vec![sample.file.clone()];
                Ok((Input::Files { names, reading: Reading::default() }, vec![bytes]))
            }
            Origin::Server { address, credentials } => {
                let end_ms = js_sys::Date::now() as i64;
                let (address, credentials) = (address.clone(), credentials.clone());
                Ok((Input::Prometheus { address, credentials, end_ms }, Vec::new()))
            }
        }
    }
}

/// The samples that are bundled; none where their list cannot be read.
pub(super) async fn samples() -> Vec<Sample> {
    let Ok(response) = answered("samples/index.json").await else { return Vec::new() };
    let Ok(json) = response.json() else { return Vec::new() };
    let list = JsFuture::from(json).await.ok().and_then(|list| list.dyn_into::<Array>().ok()).unwrap_or_default();
    let read = |entry: JsValue| {
        let text = |name: &str| Reflect::get(&entry, &JsValue::from_str(name)).ok()?.as_string();
        Some(Sample { name: text("name")?, file: text("file")?, title: text("title")?, what: text("what")? })
    };
    list.iter().filter_map(read).collect()
}

async fn blob_bytes(blob: &Blob) -> Result<ArrayBuffer, JsValue> {
    JsFuture::from(blob.array_buffer()).await?.dyn_into()
}

async fn fetched(path: &str) -> Result<ArrayBuffer, JsValue> {
    JsFuture::from(answered(path).await?.array_buffer()?).await?.dyn_into()
}

async fn answered(path: &str) -> Result<Response, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str(path)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::from_str(&format!("{path}: status {}", response.status())));
    }
    Ok(response)
}
