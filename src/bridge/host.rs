//! The page's hold on a worker: starts it, queues for it, and replaces it when it does not answer.

use super::{Envelope, EnvelopeError, FORM, Request, Response};
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, ArrayBuffer};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, BlobPropertyBag, MessageEvent, Url, Worker, WorkerOptions, WorkerType};

/// How long the worker may take to confirm a cancel before it is replaced.
const CANCEL_PATIENCE_MS: u32 = 80;

/// A worker that fails more often than this is not started again: the same data would make it fail for ever.
const MOST_FAILURES: u32 = 3;

/// What the host has to tell.
#[derive(Debug)]
pub enum Event {
    /// The worker said something.
    Message(Response, Vec<ArrayBuffer>),
    /// The worker was replaced; what it held is gone.
    Restarted,
    /// The worker cannot be started, or died.
    Broken(String),
}

/// The page's hold on a worker. Clones hold the same one.
#[derive(Clone)]
pub struct Host(Rc<Inner>);

struct Inner {
    script: String,
    listener: Box<dyn Fn(Event)>,
    running: RefCell<Option<Running>>,
    is_awake: Cell<bool>,
    is_ready: Cell<bool>,
    waiting: RefCell<Vec<Envelope<Request>>>,
    unconfirmed_cancel: Cell<Option<u32>>,
    failures: Cell<u32>,
}

struct Running {
    worker: Worker,
    _listeners: [EventListener; 2],
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl Host {
    /// A hold on a worker whose module is at `script` (an absolute address of our own origin). It is started when it is
    /// woken, or when there is something to send.
    pub fn new(script: String, listener: impl Fn(Event) + 'static) -> Self {
        Self(Rc::new(Inner {
            script,
            listener: Box::new(listener),
            running: RefCell::default(),
            is_awake: Cell::new(false),
            is_ready: Cell::new(false),
            waiting: RefCell::default(),
            unconfirmed_cancel: Cell::new(None),
            failures: Cell::new(0),
        }))
    }

    /// Starts the worker, if it has not been started.
    pub fn wake(&self) {
        if !self.0.is_awake.replace(true) {
            self.spawn();
        }
    }

    /// Sends a message as soon as the worker listens.
    pub fn send(&self, message: Envelope<Request>) {
        if self.0.is_ready.get() && self.0.unconfirmed_cancel.get().is_none() {
            self.post(message);
        } else {
            self.0.waiting.borrow_mut().push(message);
            self.wake();
        }
    }

    /// Drops a load. A worker that does not confirm it in time is busy where it cannot listen, and is replaced.
    pub fn cancel(&self, generation: u32) {
        self.0.waiting.borrow_mut().retain(|message| !is_load(&message.head, generation));
        if !self.0.is_ready.get() {
            return;
        }
        self.post(Envelope::of(Request::Cancel { generation }));
        self.0.unconfirmed_cancel.set(Some(generation));
        let host = self.clone();
        spawn_local(async move {
            TimeoutFuture::new(CANCEL_PATIENCE_MS).await;
            if host.0.unconfirmed_cancel.get() == Some(generation) {
                host.restart();
            }
        });
    }

    /// Ends a worker that has done its work, with the memory that it never gives back. The next message starts a new one.
    pub fn retire(&self) {
        if !self.0.is_awake.get() {
            return;
        }
        self.0.is_ready.set(false);
        let host = self.clone();
        // Not within the listener that is about to be dropped.
        spawn_local(async move {
            host.0.unconfirmed_cancel.set(None);
            host.0.running.replace(None);
            host.0.is_awake.set(false);
            (host.0.listener)(Event::Restarted);
            if !host.0.waiting.borrow().is_empty() {
                host.wake();
            }
        });
    }

    /// Ends the worker, and forgets what waits for it.
    pub fn stop(&self) {
        self.0.waiting.borrow_mut().clear();
        self.retire();
    }

    fn renew(&self) {
        self.0.is_ready.set(false);
        let host = self.clone();
        // Not within the listener that is about to be dropped.
        spawn_local(async move { host.restart() });
    }

    fn restart(&self) {
        self.0.unconfirmed_cancel.set(None);
        self.spawn();
        (self.0.listener)(Event::Restarted);
    }

    /// Replaces the worker by a fresh one. What waits is sent once it is ready.
    fn spawn(&self) {
        self.0.is_ready.set(false);
        self.0.running.replace(None);
        match self.running() {
            Ok(running) => {
                self.0.running.replace(Some(running));
            }
            Err(error) => (self.0.listener)(Event::Broken(super::envelope::words(&error))),
        }
    }

    fn running(&self) -> Result<Running, JsValue> {
        // A worker made from a blob inherits the page's content security policy, also where that was narrowed by script;
        // a worker made from a file has the policy of the file's response headers, which a static host does not send.
        let address = js_sys::JSON::stringify(&self.0.script.as_str().into())?;
        let source = format!("import start from {address};\nstart();\n");
        let kind = BlobPropertyBag::new();
        kind.set_type("text/javascript");
        let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&source.into()), &kind)?;
        let url = Url::create_object_url_with_blob(&blob)?;
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&url, &options)?;
        let host = self.clone();
        let on_message = EventListener::new(&worker, "message", move |event| {
            if let Some(event) = event.dyn_ref::<MessageEvent>() {
                host.receive(&event.data());
            }
        });
        let host = self.clone();
        let on_error = EventListener::new(&worker, "error", move |event| {
            let message = event.dyn_ref::<web_sys::ErrorEvent>().map(web_sys::ErrorEvent::message).unwrap_or_default();
            host.fail(message);
        });
        Ok(Running { worker, _listeners: [on_message, on_error] })
    }

    /// A worker that has worked and then failed is in no state to go on; one that never began would fail again.
    fn fail(&self, reason: String) {
        let failures = self.0.failures.get() + 1;
        self.0.failures.set(failures);
        let may_go_on = self.0.is_ready.get() && failures <= MOST_FAILURES;
        (self.0.listener)(Event::Broken(reason));
        if may_go_on {
            self.renew();
        }
    }

    fn receive(&self, data: &JsValue) {
        match Envelope::<Response>::unpack(data) {
            Ok(Envelope { head: Response::Ready { form }, .. }) if form != FORM => {
                (self.0.listener)(Event::Broken(EnvelopeError::Shape.to_string()));
            }
            Ok(Envelope { head: Response::Ready { .. }, .. }) => {
                self.0.is_ready.set(true);
                self.flush();
            }
            Ok(Envelope { head: Response::Cancelled { generation }, .. }) => {
                if self.0.unconfirmed_cancel.get() == Some(generation) {
                    self.0.unconfirmed_cancel.set(None);
                    self.flush();
                }
                (self.0.listener)(Event::Message(Response::Cancelled { generation }, Vec::new()));
            }
            Ok(Envelope { head, buffers, .. }) => (self.0.listener)(Event::Message(head, buffers)),
            Err(error) => (self.0.listener)(Event::Broken(error.to_string())),
        }
    }

    fn flush(&self) {
        for message in self.0.waiting.take() {
            self.send(message);
        }
    }

    fn post(&self, message: Envelope<Request>) {
        let running = self.0.running.borrow();
        let Some(running) = running.as_ref() else { return };
        let sent = message.pack().and_then(|(message, transfer)| {
            running.worker.post_message_with_transfer(&message, &transfer).map_err(EnvelopeError::Browser)
        });
        if let Err(error) = sent {
            (self.0.listener)(Event::Broken(error.to_string()));
        }
    }
}

fn is_load(request: &Request, number: u32) -> bool {
    matches!(request, Request::Load { generation, .. } if *generation == number)
}
