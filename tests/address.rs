//! The view in the address bar of a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use app::state::{Level, Link, SourceLink, Tab, View};
use report::Scale;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// What the browser makes of a link.
fn through_address_bar(link: &Link) -> Link {
    let window = web_sys::window().unwrap();
    let address = format!("{}{}", window.location().pathname().unwrap(), link.encode());
    window.history().unwrap().replace_state_with_url(&JsValue::NULL, "", Some(&address)).unwrap();
    Link::decode(&window.location().hash().unwrap())
}

#[wasm_bindgen_test]
fn the_browser_gives_back_what_was_written() {
    let view = View {
        level: Level::Series(4),
        ring: Some(Scale::Micro),
        finding: Some(0),
        relation: None,
        service: Some(1),
        series: Some(4),
        cursor_ms: Some(86_400_000),
        tab: Tab::Relations,
        as_table: true,
    };
    for source in [
        None,
        Some(SourceLink::Sample("a healthy day".into())),
        Some(SourceLink::Prometheus(vec!["http://[::1]:9090/select/0/prometheus".into(), "http://b:1".into()])),
    ] {
        let asked = ["pack=red", "query=a{b=~\"c&d#é\"} + 1"].map(str::to_owned);
        let settings = if source.is_some() { asked.to_vec() } else { Vec::new() };
        let link = Link { source, settings, view: view.clone() };
        assert_eq!(through_address_bar(&link), link);
    }
    assert_eq!(through_address_bar(&Link::default()), Link::default());
}

#[wasm_bindgen_test]
fn a_secret_in_the_address_does_not_come_back() {
    let window = web_sys::window().unwrap();
    window.location().set_hash("source=http://me:secret@prom:9090/graph?token=secret").unwrap();
    let link = Link::decode(&window.location().hash().unwrap());
    assert!(!through_address_bar(&link).encode().contains("secret"));
    assert!(!window.location().href().unwrap().contains("secret"));
}
