//! The analysis: takes a data set, analyses it in short slices, and answers for it.

mod desk;
mod rehearsal;
mod work;

use crate::bridge::Mailbox;
use desk::Desk;
use std::rc::Rc;

/// Listens to the page, and says so.
pub fn start() {
    let page = Mailbox::open();
    let desk = Rc::new(Desk::new(page.clone()));
    page.listen(move |message| Desk::receive(&desk, message));
}
