//! The radar for the ear, off until the user wants it.

use super::session::{Session, play_voices};
use crate::dom::{El, effect, el, icon, on_cleanup};
use crate::state::Level;
use report::Subject;
use scene::sound::{Voice, voices};

/// The switch, and what sounds while it is on.
pub(super) fn sound(session: &'static Session) -> El {
    let is_on = session.is_sounding;
    let has_sounded = std::cell::Cell::new(false);
    effect(move || {
        let is_on = is_on.get();
        // The program is fetched with the first sound, not with the page.
        if is_on || has_sounded.replace(is_on) {
            has_sounded.set(is_on);
            play_voices(&if is_on { heard(session) } else { Vec::new() });
        }
    });
    // What sounds, sounds of a radar that is on the screen.
    on_cleanup(move || {
        if is_on.get_untracked() {
            play_voices(&[]);
        }
    });
    el("button")
        .class("button")
        .attr("data-testid", "sound")
        .aria_with("aria-pressed", move || is_on.get())
        .attr(
            "title",
            "Hear the radar: one voice per sector, pure where it is consonant, harsh where there is trouble (M)",
        )
        .attr("aria-label", "Sound")
        .child(icon(
            "icon",
            "",
            "M9 18V6l10-2v12M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0m10-2a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0",
        ))
        .child(el("span").class("label").text("Sound"))
        .on_click(move || session.toggle_sound())
}

/// The voices of what is looked at, at the cursor.
fn heard(session: &'static Session) -> Vec<Voice> {
    let view = session.view.get_clone();
    let Some(report) = session.report() else { return Vec::new() };
    let subjects: Vec<Subject> = match view.level {
        Level::System => (0..report.services.len()).map(Subject::Service).collect(),
        Level::Service(service) => {
            let members = report.services.get(service).map(|service| service.series.as_slice()).unwrap_or_default();
            members.iter().copied().map(Subject::Series).collect()
        }
        Level::Series(series) => vec![Subject::Series(series)],
        Level::Pair(relation) => {
            let joined = report.relations.get(relation);
            joined.into_iter().flat_map(|joined| [joined.from, joined.to]).map(Subject::Series).collect()
        }
    };
    let frame = (!report.replay.frames.is_empty()).then(|| view.frame(&report));
    voices(&report, &subjects, frame, view.ring)
}
