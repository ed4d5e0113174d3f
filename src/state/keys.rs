//! What the keys do.

/// A key as the browser names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress<'a> {
    /// `KeyboardEvent.key`.
    pub key: &'a str,
    /// Whether shift is held.
    pub shift: bool,
    /// Whether control or command is held.
    pub control: bool,
    /// Whether alt is held.
    pub alt: bool,
}

/// Where the keyboard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Nowhere in particular.
    Page,
    /// In a field that takes text.
    Text,
    /// On a control that uses arrows and Enter itself (tabs, buttons, lists).
    Control,
    /// On the radar.
    Radar,
    /// On the timeline.
    Timeline,
    /// In an open dialog.
    Dialog,
}

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Show or hide the keys.
    Help,
    /// Close what is open, else one step up.
    Back,
    /// Go down to what the radar's keyboard cursor is on.
    Drill,
    /// Move the radar's keyboard cursor by sectors.
    Sector(i32),
    /// Move the radar's keyboard cursor by rings, outwards.
    Ring(i32),
    /// Zoom to the next ring.
    NextRing,
    /// Move the time cursor by frames.
    Step(i32),
    /// Move the time cursor to the first frame.
    First,
    /// Move the time cursor to the last frame.
    Last,
    /// Play or pause.
    Play,
    /// Hear the radar, or not.
    Sound,
    /// Open the next or previous finding.
    Finding(i32),
    /// Open a tab, by its place from 0.
    Tab(usize),
    /// Show the radar as a table, or as shapes.
    Table,
    /// Light or dark.
    Theme,
    /// Put the keyboard into the filter's field.
    Search,
    /// Ask for a file.
    Open,
}

const PAGE_STEP: i32 = 10;

/// What a key asks for at a place; none where it should do what it always does.
pub fn command(press: KeyPress<'_>, focus: Focus) -> Option<Command> {
    if press.alt {
        return None;
    }
    if press.control {
        return (press.key.eq_ignore_ascii_case("k")).then_some(Command::Search);
    }
    match focus {
        // A dialog closes itself on Escape.
        Focus::Dialog => None,
        Focus::Text => (press.key == "Escape").then_some(Command::Back),
        Focus::Radar => radar(press.key).or_else(|| anywhere(press)),
        Focus::Timeline => timeline(press).or_else(|| anywhere(press)),
        Focus::Control if matches!(press.key, " " | "Enter") => None,
        Focus::Control | Focus::Page => anywhere(press),
    }
}

fn radar(key: &str) -> Option<Command> {
    Some(match key {
        "ArrowRight" => Command::Sector(1),
        "ArrowLeft" => Command::Sector(-1),
        "ArrowUp" => Command::Ring(1),
        "ArrowDown" => Command::Ring(-1),
        "Enter" | " " => Command::Drill,
        "Backspace" => Command::Back,
        _ => return None,
    })
}

fn timeline(press: KeyPress<'_>) -> Option<Command> {
    let frames = if press.shift { PAGE_STEP } else { 1 };
    Some(match press.key {
        "ArrowRight" => Command::Step(frames),
        "ArrowLeft" => Command::Step(-frames),
        "PageUp" => Command::Step(PAGE_STEP),
        "PageDown" => Command::Step(-PAGE_STEP),
        "Home" => Command::First,
        "End" => Command::Last,
        _ => return None,
    })
}

fn anywhere(press: KeyPress<'_>) -> Option<Command> {
    let frames = if press.shift { PAGE_STEP } else { 1 };
    Some(match press.key {
        "?" => Command::Help,
        "Escape" => Command::Back,
        "w" | "W" => Command::Drill,
        "s" | "S" => Command::Back,
        "a" | "A" | "," | "<" => Command::Step(-frames),
        "d" | "D" | "." | ">" => Command::Step(frames),
        "r" => Command::NextRing,
        " " => Command::Play,
        "m" => Command::Sound,
        "j" => Command::Finding(1),
        "k" => Command::Finding(-1),
        "1" => Command::Tab(0),
        "2" => Command::Tab(1),
        "3" => Command::Tab(2),
        "4" => Command::Tab(3),
        "v" => Command::Table,
        "t" => Command::Theme,
        "/" => Command::Search,
        "o" => Command::Open,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str) -> KeyPress<'_> {
        KeyPress { key, shift: false, control: false, alt: false }
    }

    #[test]
    fn arrows_belong_to_what_has_the_focus() {
        assert_eq!(command(press("ArrowRight"), Focus::Radar), Some(Command::Sector(1)));
        assert_eq!(command(press("ArrowRight"), Focus::Timeline), Some(Command::Step(1)));
        assert_eq!(command(KeyPress { shift: true, ..press("ArrowLeft") }, Focus::Timeline), Some(Command::Step(-10)));
        assert_eq!(command(press("ArrowRight"), Focus::Control), None);
        assert_eq!(command(press("ArrowRight"), Focus::Page), None, "arrows scroll the page");
    }

    #[test]
    fn letters_stay_letters_in_a_text() {
        assert_eq!(command(press("t"), Focus::Text), None);
        assert_eq!(command(press("?"), Focus::Text), None);
        assert_eq!(command(press("Escape"), Focus::Text), Some(Command::Back));
        assert_eq!(command(press("t"), Focus::Page), Some(Command::Theme));
    }

    #[test]
    fn the_browsers_own_keys_are_left_alone() {
        let held = |key| KeyPress { control: true, ..press(key) };
        assert_eq!(command(held("d"), Focus::Page), None);
        assert_eq!(command(held("k"), Focus::Text), Some(Command::Search));
        assert_eq!(command(KeyPress { alt: true, ..press("ArrowLeft") }, Focus::Radar), None);
        assert_eq!(command(press("Enter"), Focus::Control), None, "a button's own key");
        assert_eq!(command(press("Escape"), Focus::Dialog), None);
    }

    #[test]
    fn the_help_names_keys_that_work() {
        let help = include_str!("../../www/help.html");
        let named: Vec<&str> = help.split("<kbd>").skip(1).filter_map(|text| text.split('<').next()).collect();
        assert!(named.len() > 20, "{named:?}");
        for key in named.iter().filter(|key| key.len() == 1) {
            let lower = key.to_ascii_lowercase();
            assert!(command(press(&lower), Focus::Page).is_some(), "{key}");
        }
    }
}
