//! The page's hold on a worker, under the page's content security policy.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use app::bridge::{Envelope, Event, FORM, Host, Input, Request, Response};
use gloo_timers::future::TimeoutFuture;
use js_sys::Array;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, BlobPropertyBag, Url};

wasm_bindgen_test_configure!(run_in_browser);

/// The page's policy, with `blob:` for scripts, because the worker of these tests is made here, and for requests, because
/// the test runner reads a worker's source before it starts it.
fn apply_policy() {
    let document = web_sys::window().unwrap().document().unwrap();
    let meta = document.create_element("meta").unwrap();
    meta.set_attribute("http-equiv", "Content-Security-Policy").unwrap();
    let policy = "script-src 'self' blob: 'wasm-unsafe-eval'; connect-src 'self' blob:; worker-src 'self' blob:; base-uri 'none'";
    meta.set_attribute("content", policy).unwrap();
    document.head().unwrap().append_child(&meta).unwrap();
}

/// A module like the worker's: what it exports starts it.
fn module(body: &str) -> String {
    let kind = BlobPropertyBag::new();
    kind.set_type("text/javascript");
    let source = format!("export default function () {{ {body} }}");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&JsValue::from_str(&source)), &kind).unwrap();
    Url::create_object_url_with_blob(&blob).unwrap()
}

/// What a worker's script posts to say this.
fn post(response: &Response) -> String {
    let head = report::bytes::encode(response);
    format!("postMessage({{ head: new Uint8Array({head:?}), buffers: [] }});")
}

fn stage(generation: u32, stage: &str) -> String {
    post(&Response::Progress { generation, stage: stage.into(), done: 0.0 })
}

#[derive(Clone, Default)]
struct Diary(Rc<RefCell<Vec<String>>>);

impl Diary {
    fn start(&self, body: &str) -> Host {
        let diary = self.clone();
        let host = Host::new(module(body), move |event| {
            diary.0.borrow_mut().push(match event {
                Event::Message(response, buffers) => format!("{response:?} {}", buffers.len()),
                Event::Restarted => "restarted".into(),
                Event::Broken(reason) => format!("broken {reason}"),
            });
        });
        host.wake();
        host
    }

    /// Waits until a line begins so.
    async fn reads(&self, start: &str) -> String {
        for _ in 0..200 {
            if let Some(line) = self.0.borrow().iter().find(|line| line.starts_with(start)) {
                return line.clone();
            }
            TimeoutFuture::new(20).await;
        }
        panic!("no line begins with {start:?}: {:?}", self.0.borrow());
    }
}

fn load(generation: u32) -> Envelope<Request> {
    Envelope::of(Request::Load {
        generation,
        input: Input::Files { names: vec![], settings: vec![], remembered: String::new() },
    })
}

#[wasm_bindgen_test]
async fn what_is_sent_early_waits_for_the_worker() {
    apply_policy();
    let diary = Diary::default();
    // Ready after a while; before that nobody listens.
    let host = diary.start(&format!(
        "setTimeout(() => {{ onmessage = () => {{ {} }}; {} }}, 150);",
        post(&Response::Cancelled { generation: 42 }),
        post(&Response::Ready { form: FORM })
    ));
    host.send(load(42));
    let expected = format!("{:?} 0", Response::Cancelled { generation: 42 });
    assert_eq!(diary.reads("Cancelled").await, expected);
}

#[wasm_bindgen_test]
async fn the_worker_inherits_the_policy() {
    apply_policy();
    let diary = Diary::default();
    let _host = diary.start(&format!(
        "fetch('https://example.org/').then(() => {{ {} }}, () => {{ {} }});
         self.addEventListener('securitypolicyviolation', () => {{ {} }});",
        stage(1, "reached"),
        stage(1, "refused"),
        stage(2, "violation")
    ));
    assert!(diary.reads("Progress { generation: 1").await.contains("refused"));
    diary.reads("Progress { generation: 2").await;
}

#[wasm_bindgen_test]
async fn a_worker_that_does_not_listen_is_replaced() {
    let diary = Diary::default();
    // The first load keeps it busy for ever.
    let host = diary.start(&format!("onmessage = () => {{ for (;;); }}; {}", post(&Response::Ready { form: FORM })));
    // Let it become ready, so that the load reaches it.
    TimeoutFuture::new(600).await;
    host.send(load(1));
    TimeoutFuture::new(50).await;
    let clock = web_sys::window().unwrap().performance().unwrap();
    let asked_ms = clock.now();
    host.cancel(1);
    diary.reads("restarted").await;
    assert!(clock.now() - asked_ms < 400.0, "{} ms", clock.now() - asked_ms);
}

/// What is sent so long after a worker was ended reaches the next one, and is answered once.
async fn is_answered_after_the_end(pause_ms: u32) {
    let diary = Diary::default();
    let ready = post(&Response::Ready { form: FORM });
    let told = stage(1, "told");
    let host = diary.start(&format!("onmessage = () => {{ {told} }}; {ready}"));
    TimeoutFuture::new(600).await;
    host.retire();
    if pause_ms > 0 {
        TimeoutFuture::new(pause_ms).await;
    }
    host.send(load(1));
    diary.reads("Progress").await;
    let lines = diary.0.borrow();
    assert_eq!(lines.iter().filter(|line| *line == "restarted").count(), 1, "{lines:?}");
    assert_eq!(lines.iter().filter(|line| line.starts_with("Progress")).count(), 1, "{lines:?}");
    let place = |start: &str| lines.iter().position(|line| line.starts_with(start));
    assert!(place("restarted") < place("Progress"), "{lines:?}");
}

#[wasm_bindgen_test]
async fn what_is_sent_while_a_worker_is_ended_reaches_the_next_one() {
    is_answered_after_the_end(0).await;
}

#[wasm_bindgen_test]
async fn what_is_sent_after_a_worker_was_ended_starts_the_next_one() {
    is_answered_after_the_end(200).await;
}

#[wasm_bindgen_test]
async fn a_worker_that_confirms_is_kept() {
    let diary = Diary::default();
    // What it is sent second is the cancel.
    let host = diary.start(&format!(
        "let count = 0; onmessage = () => {{ if (++count === 2) {} }}; {}",
        post(&Response::Cancelled { generation: 1 }),
        post(&Response::Ready { form: FORM })
    ));
    TimeoutFuture::new(600).await;
    host.send(load(1));
    host.cancel(1);
    diary.reads("Cancelled { generation: 1 }").await;
    TimeoutFuture::new(200).await;
    assert!(!diary.0.borrow().iter().any(|line| line == "restarted"), "{:?}", diary.0.borrow());
}

#[wasm_bindgen_test]
async fn a_worker_that_cannot_start_is_reported() {
    let diary = Diary::default();
    let _host = diary.start("throw new Error('no luck')");
    assert!(diary.reads("broken").await.contains("no luck"));
}

#[wasm_bindgen_test]
async fn a_worker_of_another_build_is_not_spoken_to() {
    let diary = Diary::default();
    let host = diary.start(&format!(
        "onmessage = () => {{ {} }}; {}",
        post(&Response::Cancelled { generation: 1 }),
        post(&Response::Ready { form: FORM ^ 1 })
    ));
    host.send(load(1));
    assert!(diary.reads("broken").await.contains("another version"));
    TimeoutFuture::new(100).await;
    assert!(!diary.0.borrow().iter().any(|line| line.starts_with("Cancelled")), "{:?}", diary.0.borrow());
}
