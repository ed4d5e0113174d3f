//! What was said of how files of one shape are read, as the browser's store keeps it.

use super::Settings;

/// The store's key.
pub const KEY: &str = "monteverdi.reading";
/// The setting under which nothing counts that was said before.
pub const FORGOTTEN: &str = "remembered=none";
/// Shapes that are remembered; the ones that were not used for longest go first.
const MOST_SHAPES: usize = 50;

/// Settings by the shape of files, the ones used last at the end. As text: one shape on each line, its number and its
/// settings separated by tabs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remembered(Vec<(u64, Settings)>);

impl Remembered {
    /// Reads what [`Self::to_text`] wrote. Lines that are none are left out.
    pub fn parse(text: &str) -> Self {
        let line = |line: &str| {
            let mut parts = line.split('\t');
            let shape = u64::from_str_radix(parts.next()?, 16).ok()?;
            Some((shape, Settings::new(parts.map(str::to_owned))))
        };
        Self(text.lines().filter_map(line).collect())
    }

    /// As text.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (shape, settings) in &self.0 {
            text.push_str(&format!("{shape:x}"));
            for setting in settings.list() {
                text.push('\t');
                text.push_str(setting);
            }
            text.push('\n');
        }
        text
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The settings for files of this shape; none where nothing was said.
    pub fn get(&self, shape: u64) -> Option<&Settings> {
        self.0.iter().find(|(known, _)| *known == shape).map(|(_, settings)| settings)
    }

    /// Remembers settings for files of this shape. No settings are forgotten; neither can what has a tab or a line end in
    /// it be kept.
    pub fn put(&mut self, shape: u64, settings: Settings) {
        self.0.retain(|(known, _)| *known != shape);
        let can_be_kept = settings.list().iter().all(|setting| !setting.contains(['\t', '\n', '\r']));
        if can_be_kept && !settings.list().is_empty() {
            self.0.push((shape, settings));
        }
        let surplus = self.0.len().saturating_sub(MOST_SHAPES);
        self.0.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(list: &[&str]) -> Settings {
        Settings::new(list.iter().map(|one| (*one).to_owned()))
    }

    #[test]
    fn what_was_said_comes_back() {
        let mut remembered = Remembered::default();
        remembered.put(u64::MAX, settings(&["decimal=,", "role.a b=label"]));
        remembered.put(7, settings(&["units=written"]));
        let read = Remembered::parse(&remembered.to_text());
        assert_eq!(read, remembered);
        assert_eq!(read.get(u64::MAX), Some(&settings(&["decimal=,", "role.a b=label"])));
        remembered.put(7, Settings::default());
        assert_eq!(remembered.get(7), None);
        assert_eq!(Remembered::parse("nonsense\n\nx\ty"), Remembered::default());
    }

    #[test]
    fn the_oldest_go_first() {
        let mut remembered = Remembered::default();
        for shape in 0..60 {
            remembered.put(shape, settings(&["decimal=,"]));
        }
        assert_eq!((remembered.get(9), remembered.get(10).is_some()), (None, true));
    }
}
