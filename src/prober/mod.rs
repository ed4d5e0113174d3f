//! The prober: finds out about a server what the panel asks, from whether it can be reached to what would be fetched.
//!
//! A program of its own, started by the panel, so that the analysis need not carry what is seldom asked for.

mod answer;

use crate::bridge::{Envelope, Mailbox, Request, Response, to_bytes};
use wasm_bindgen_futures::spawn_local;

/// Listens to the panel, and says so.
pub fn start() {
    let panel = Mailbox::open();
    let mailbox = panel.clone();
    panel.listen(move |message| {
        // All else is for the reader and the analysis.
        let Request::Connect { ticket, address, access, question } = message.head else { return };
        let panel = mailbox.clone();
        spawn_local(async move {
            let answer = answer::answer(&address, &access, &question).await;
            panel.say(Envelope::with(Response::Found { ticket }, vec![to_bytes(&answer)]));
        });
    });
}
