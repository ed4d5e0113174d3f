//! The result: radar, story and lists, timeline.

use super::lists::lists;
use super::radar::radar_pane;
use super::session::Session;
use super::story::story;
use super::timeline::timeline;
use crate::dom::{El, el};

/// The three parts that stay put.
pub(super) fn workspace(session: &'static Session) -> El {
    let side = el("section").class("side").attr("aria-label", "Story and findings");
    el("main")
        .class("workspace")
        .child(radar_pane(session))
        .child(side.child(story(session)).child(lists(session)))
        .child(timeline(session))
}
