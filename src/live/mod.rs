//! What asks servers: fetches what is asked of them, follows them, and hands data sets to the analysis. For the panel it
//! finds out about a server what that wants to know, from whether it can be reached to what would be fetched.
//!
//! A program of its own, so that a poll never waits for the analysis, nor the analysis for a poll.

mod fetch;
mod follow;
mod inbox;
mod line;
mod load;
mod probe;

use crate::bridge::{Envelope, Mailbox, Request, Response, to_bytes};
use line::Line;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;

/// Listens to the page or the panel, and says so.
pub fn start() {
    let page = Mailbox::open();
    let line = Rc::new(Line::new(page.clone()));
    page.listen(move |message| receive(&line, message));
}

/// Does what is asked.
fn receive(line: &Rc<Line>, message: Envelope<Request>) {
    match message.head {
        Request::Load { generation, input } => {
            line.begin(generation);
            let line = Rc::clone(line);
            spawn_local(async move { load::load(&line, generation, input).await });
        }
        Request::Analysed { generation } if line.wants(generation) => line.is_analysed.set(true),
        Request::Follow { generation, goes_on } if line.wants(generation) => line.is_paused.set(!goes_on),
        Request::Cancel { generation } => {
            line.end(generation);
            line.page.say(Envelope::of(Response::Cancelled { generation }));
        }
        Request::Connect { ticket, address, access, question } => {
            let line = Rc::clone(line);
            spawn_local(async move {
                let answer = probe::answer(&address, &access, &question).await;
                line.page.say(Envelope::with(Response::Found { ticket }, vec![to_bytes(&answer)]));
            });
        }
        // For the reader and the analysis.
        _ => {}
    }
}
