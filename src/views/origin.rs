//! Where data come from, with what is needed to read them again.

use crate::bridge::{Input, Server};
use crate::state::{Sample, Settings, SourceLink};
use crate::store;
use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, Response};

/// A source, and how it is to be read.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) source: Source,
    pub(super) settings: Settings,
}

/// What can be read again, as long as the page is open.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Files of the user: handles, not contents.
    Files(Vec<File>),
    /// Text that was pasted.
    Text(String),
    /// A bundled incident.
    Sample(Sample),
    /// Servers, which are all asked the same.
    Servers(Vec<Server>),
}

impl From<Source> for Origin {
    fn from(source: Source) -> Self {
        Self { source, settings: Settings::default() }
    }
}

impl Source {
    /// A bundled incident that a link names: its file is known once the list of samples is here.
    pub(super) fn linked_sample(name: String) -> Self {
        Self::Sample(Sample { name, ..Sample::default() })
    }
}

impl Origin {
    /// What it is called.
    pub(super) fn name(&self) -> String {
        match &self.source {
            Source::Files(files) => match files.as_slice() {
                [file] => file.name(),
                files => format!("{} files", files.len()),
            },
            Source::Text(_) => "pasted text".to_owned(),
            Source::Sample(sample) => sample.title.clone(),
            Source::Servers(servers) => {
                servers.iter().map(|server| server.address.as_str()).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// What a link can say of it.
    pub(super) fn link(&self) -> Option<SourceLink> {
        match &self.source {
            Source::Files(_) | Source::Text(_) => None,
            Source::Sample(sample) => Some(SourceLink::Sample(sample.name.clone())),
            Source::Servers(servers) => {
                Some(SourceLink::Prometheus(servers.iter().map(|server| server.address.clone()).collect()))
            }
        }
    }

    /// What the reader is asked for, and the files that go with it.
    pub(super) async fn input(&self) -> Result<(Input, Vec<Blob>), JsValue> {
        let (names, files) = match &self.source {
            Source::Files(files) => {
                (files.iter().map(File::name).collect(), files.iter().map(|file| Blob::clone(file)).collect())
            }
            Source::Text(text) => {
                (vec![self.name()], vec![Blob::new_with_str_sequence(&Array::of1(&text.as_str().into()))?])
            }
            Source::Sample(sample) => {
                let response = answered(&format!("samples/{}", sample.file)).await?;
                (vec![sample.file.clone()], vec![JsFuture::from(response.blob()?).await?.dyn_into()?])
            }
            Source::Servers(servers) => {
                let end_ms = js_sys::Date::now() as i64;
                let (servers, settings) = (servers.clone(), self.settings.of_reading());
                return Ok((Input::Prometheus { servers, end_ms, settings }, Vec::new()));
            }
        };
        let remembered = store::remembered();
        Ok((Input::Files { names, settings: self.settings.of_reading(), remembered }, files))
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

/// The help's text, as the page's own HTML; empty where it cannot be read.
pub(super) async fn help() -> String {
    let Ok(text) = answered("help.html").await.and_then(|response| response.text()) else { return String::new() };
    JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

async fn answered(path: &str) -> Result<Response, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response: Response = JsFuture::from(window.fetch_with_str(path)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::from_str(&format!("{path}: status {}", response.status())));
    }
    Ok(response)
}
