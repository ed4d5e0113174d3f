//! Messages between page and worker, in a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use app::bridge::{
    Access, ChartRequest, Credentials, Envelope, Fault, Handed, Input, Remedy, Request, Response, Server, from_f64s,
    take_words, to_bytes, to_f64s, to_words,
};
use js_sys::{Array, Promise, Uint8Array};
use report::Behind;
use report::bytes::Bytes;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Blob, MessageChannel, MessageEvent};

wasm_bindgen_test_configure!(run_in_browser);

/// Sends a message through a channel, as between page and worker, and unpacks what arrives.
async fn through<T: Bytes>(message: Envelope<T>) -> Envelope<T> {
    let channel = MessageChannel::new().unwrap();
    let (packed, transfer) = message.pack().unwrap();
    let arrived = Promise::new(&mut |resolve, _| {
        let on_message = Closure::once_into_js(move |event: MessageEvent| {
            resolve.call1(&JsValue::NULL, &event.data()).unwrap();
        });
        channel.port1().set_onmessage(Some(on_message.unchecked_ref()));
    });
    channel.port2().post_message_with_transferable(&packed, &transfer).unwrap();
    Envelope::unpack(&JsFuture::from(arrived).await.unwrap()).unwrap()
}

#[wasm_bindgen_test]
async fn every_request_arrives_as_it_was_sent() {
    let chart =
        ChartRequest { series: 3, start_ms: -5, end_ms: 1_795_257_730_250, max_points: 400, behind: Behind::Course };
    let credentials = Some(Credentials::Basic { user: "møn".into(), password: "p:w".into() });
    let access = Access { credentials, headers: vec!["X-Scope-OrgID: a:b".into()] };
    let settings = vec!["time-column=when".into(), "step=250".into()];
    let requests = [
        Request::Load {
            generation: 1,
            input: Input::Files {
                names: vec!["a.csv".into(), "ü.json".into()],
                settings,
                remembered: "7 step=250".into(),
            },
        },
        Request::Load {
            generation: 2,
            input: Input::Prometheus {
                servers: vec![
                    Server { address: "http://prom".into(), access },
                    Server { address: "http://other".into(), access: Access::default() },
                ],
                end_ms: 1_795_257_730_250,
                settings: vec!["pack=red".into()],
            },
        },
        Request::Cancel { generation: u32::MAX },
        Request::Chart { ticket: 9, generation: 2, chart },
        Request::Hand { ticket: 10, generation: 2, what: Handed::Pair(3, 4) },
        Request::Analyse {
            generation: 2,
            service_label: "app".into(),
            settings: vec!["weight.a=2".into()],
            library: vec![1, 2],
        },
        Request::Rehearse,
        Request::Help { generation: 2, number: 7 },
        Request::Helped { generation: 2, number: 7 },
        Request::Analysed { generation: 2 },
    ];
    for request in requests {
        assert_eq!(through(Envelope::of(request.clone())).await.head, request);
    }
}

#[wasm_bindgen_test]
async fn every_response_arrives_as_it_was_sent() {
    let responses = [
        Response::Ready { form: u64::MAX },
        Response::Progress { generation: 1, stage: "Reading".into(), done: 0.125 },
        Response::Report { generation: 1, complete: true },
        Response::Failed {
            generation: 1,
            fault: Fault { title: "no".into(), message: "why".into(), remedy: Remedy::Explain },
        },
        Response::Dataset { generation: 1, service_label: "app".into() },
        Response::Cancelled { generation: 1 },
        Response::Chart { ticket: 1, series: 2 },
        Response::File { ticket: 1 },
        Response::Portion { generation: 1, number: 7 },
        Response::Helped { generation: 1, number: 7 },
    ];
    for response in responses {
        assert_eq!(through(Envelope::of(response.clone())).await.head, response);
    }
}

#[wasm_bindgen_test]
async fn buffers_change_hands_and_keep_every_bit() {
    let values = [0.1, -0.0, f64::MIN_POSITIVE, f64::INFINITY, f64::NAN];
    let (numbers, bytes) = (to_f64s(&values), to_bytes(b"time,cpu\n1,2\n"));
    let words = to_words(&[0, u64::MAX, 0xfff0_0000_0000_0001]);
    let buffers = [&numbers, &bytes, &words].map(Clone::clone).to_vec();
    let arrived = through(Envelope::with(Response::Chart { ticket: 1, series: 0 }, buffers)).await;
    let lengths = [&numbers, &bytes, &words].map(|buffer| buffer.byte_length());
    assert_eq!(lengths, [0; 3], "transferred, not copied");
    assert_eq!(take_words(&arrived.buffers[2]), [0, u64::MAX, 0xfff0_0000_0000_0001]);
    let back = from_f64s(&arrived.buffers[0]);
    assert!(back.iter().zip(values).all(|(one, other)| one.to_bits() == other.to_bits()), "{back:?}");
    assert_eq!(Uint8Array::new(&arrived.buffers[1]).to_vec(), b"time,cpu\n1,2\n");
}

#[wasm_bindgen_test]
async fn a_file_goes_along_and_stays_readable() {
    let file = Blob::new_with_str_sequence(&Array::of1(&"time,cpu".into())).unwrap();
    let head = Request::Cancel { generation: 1 };
    let arrived = through(Envelope { head, buffers: Vec::new(), files: vec![file.clone()] }).await;
    let text = JsFuture::from(arrived.files[0].text()).await.unwrap();
    assert_eq!((text.as_string().as_deref(), file.size()), (Some("time,cpu"), 8.0));
}

#[wasm_bindgen_test]
fn a_report_crosses_with_every_bit() {
    for report in [scene::example::incident(), scene::example::healthy(3), report::Report::default()] {
        let bytes = Uint8Array::new(&to_bytes(&report::bytes::encode(&report))).to_vec();
        assert_eq!(report::bytes::decode(&bytes), Some(report));
    }
}

#[wasm_bindgen_test]
fn something_else_is_refused() {
    for strange in [JsValue::NULL, JsValue::from_str("hello"), js_sys::Object::new().into()] {
        assert!(Envelope::<Response>::unpack(&strange).is_err());
    }
}
