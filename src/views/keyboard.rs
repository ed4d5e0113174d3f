//! Keys, wherever the keyboard is.

use super::session::Session;
use crate::dom::{document, listen_window, next_frame};
use crate::state::{Command, Focus, KeyPress, Tab, command};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};

/// Listens to the keyboard for as long as the page is there.
pub(super) fn listen(session: &'static Session) {
    listen_window("keydown", move |event| {
        let event: &KeyboardEvent = event.unchecked_ref();
        if event.is_composing() {
            return;
        }
        let key = event.key();
        let press = KeyPress {
            key: &key,
            shift: event.shift_key(),
            control: event.ctrl_key() || event.meta_key(),
            alt: event.alt_key(),
        };
        if let Some(command) = command(press, focus()) {
            event.prevent_default();
            obey(session, command);
        }
    });
}

/// Where the keyboard is.
fn focus() -> Focus {
    let Some(element) = document().active_element() else { return Focus::Page };
    let role = |element: &Element| element.get_attribute("data-keys");
    match (element.tag_name().to_ascii_lowercase().as_str(), role(&element).as_deref()) {
        (_, Some("radar")) => Focus::Radar,
        (_, Some("timeline")) => Focus::Timeline,
        _ if element.closest("dialog").is_ok_and(|dialog| dialog.is_some()) => Focus::Dialog,
        ("input" | "textarea" | "select", _) => Focus::Text,
        ("button" | "a" | "summary", _) => Focus::Control,
        _ => Focus::Page,
    }
}

fn obey(session: &'static Session, command: Command) {
    match command {
        Command::Help => session.is_help_open.set(true),
        Command::Theme => session.toggle_theme(),
        Command::Open => session.choose_files(),
        Command::Back => {
            if focus() == Focus::Text {
                leave_field();
            } else {
                session.back();
            }
        }
        Command::Search => search(session),
        Command::Tab(index) => {
            if let Some(&tab) = Tab::ALL.get(index) {
                session.look(|view, _| view.tab = tab);
            }
        }
        Command::Table => session.look(|view, _| view.as_table = !view.as_table),
        Command::NextRing => session.look(|view, _| view.next_ring()),
        Command::Step(frames) => session.look(|view, report| view.step_cursor(report, i64::from(frames))),
        Command::First => session.look(|view, report| view.step_cursor(report, i64::MIN / 2)),
        Command::Last => session.look(|view, report| view.step_cursor(report, i64::MAX / 2)),
        Command::Play => session.toggle_play(),
        Command::Sound => session.toggle_sound(),
        Command::Finding(step) => session.step_finding(step),
        Command::Drill | Command::Sector(_) | Command::Ring(_) => session.radar_order.set(Some(command)),
    }
}

fn leave_field() {
    if let Some(field) = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Only a field that is gone cannot lose the focus.
        let _ = field.blur();
    }
}

fn search(session: &'static Session) {
    session.look(|view, _| view.tab = Tab::Findings);
    // The field may have to be shown first.
    next_frame(|| {
        let field =
            document().get_element_by_id("findings-search").and_then(|field| field.dyn_into::<HtmlElement>().ok());
        if let Some(field) = field {
            let _ = field.focus();
        }
    });
}
