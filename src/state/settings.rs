//! Settings, `name=value`: how the reader reads, what a server is asked, and what the analysis should know.

/// Settings in the order in which they were made; one of each name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(Vec<String>);

impl Settings {
    /// From a list; of several with one name the last counts.
    pub fn new(list: impl IntoIterator<Item = String>) -> Self {
        let mut settings = Self::default();
        for one in list {
            settings.add(one);
        }
        settings
    }

    /// All of them.
    pub fn list(&self) -> &[String] {
        &self.0
    }

    /// Those for whatever reads.
    pub fn of_reading(&self) -> Vec<String> {
        self.0.iter().filter(|setting| !is_of_analysis(setting)).cloned().collect()
    }

    /// Those for the analysis: what services weigh (`weight.checkout=5`), patterns to count (`pattern=1,1,0`), who calls
    /// whom (`calls=frontend>cart`).
    pub fn of_analysis(&self) -> Vec<String> {
        self.0.iter().filter(|setting| is_of_analysis(setting)).cloned().collect()
    }

    /// These settings for the analysis, with others for whatever reads.
    pub fn with_reading(&self, reading: impl IntoIterator<Item = String>) -> Self {
        Self::new(reading.into_iter().chain(self.of_analysis()))
    }

    /// Adds a setting in place of one with the same name.
    pub fn add(&mut self, setting: String) {
        let name = name(&setting).to_owned();
        self.remove(&name);
        self.0.push(setting);
    }

    /// Sets a value; an empty one takes the setting away.
    pub fn set(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.remove(name);
        } else {
            self.add(format!("{name}={value}"));
        }
    }

    /// Takes a setting away where just this one is in force, and adds it where it is not.
    pub fn toggle(&mut self, setting: &str) {
        if self.0.iter().any(|known| known == setting) {
            self.0.retain(|known| known != setting);
        } else {
            self.add(setting.to_owned());
        }
    }

    /// Takes a setting away.
    pub fn remove(&mut self, wanted: &str) {
        self.0.retain(|setting| name(setting) != wanted);
    }

    /// The value of a setting.
    pub fn get(&self, wanted: &str) -> Option<&str> {
        let found = self.0.iter().find(|setting| name(setting) == wanted)?;
        found.get(wanted.len() + 1..)
    }
}

fn is_of_analysis(setting: &str) -> bool {
    ["weight.", "pattern=", "calls="].iter().any(|start| setting.starts_with(start))
}

/// What a setting is about: the names of columns may hold equals signs, the values of their settings may not. What is left
/// out adds up, and so does what is asked of a server: such a setting is about all of it.
fn name(setting: &str) -> &str {
    if ["ignore=", "pack=", "query=", "pattern="].iter().any(|start| setting.starts_with(start)) {
        return setting;
    }
    let is_about_one = ["role.", "unit.", "kind.", "weight."].iter().any(|start| setting.starts_with(start));
    let end = if is_about_one { setting.rfind('=') } else { setting.find('=') };
    setting.get(..end.unwrap_or(setting.len())).unwrap_or(setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_and_patterns_are_for_the_analysis() {
        let settings = Settings::new(["decimal=,", "weight.a=b=5", "weight.a=b=7"].map(str::to_owned));
        assert_eq!(settings.of_analysis(), ["weight.a=b=7"]);
        assert_eq!(settings.of_reading(), ["decimal=,"]);
        assert_eq!(settings.with_reading(["decimal=.".to_owned()]).list(), ["decimal=.", "weight.a=b=7"]);
        let mut settings = Settings::default();
        settings.set("pattern", "1,1,0");
        settings.set("calls", "a>b");
        settings.set("calls", "a=b>c,c>d");
        assert_eq!(settings.get("calls"), Some("a=b>c,c>d"));
        settings.set("pattern", "1,0");
        assert_eq!(settings.of_analysis(), ["pattern=1,1,0", "calls=a=b>c,c>d", "pattern=1,0"]);
        assert!(settings.of_reading().is_empty());
    }

    #[test]
    fn one_of_each_name() {
        let list = ["decimal=,", "unit.a{b=\"c\"}=ms", "decimal=.", "ignore=x=y", "ignore=z"].map(str::to_owned);
        let mut settings = Settings::new(list);
        assert_eq!(settings.list(), ["unit.a{b=\"c\"}=ms", "decimal=.", "ignore=x=y", "ignore=z"]);
        settings.toggle("ignore=z");
        assert_eq!(settings.get("unit.a{b=\"c\"}"), Some("ms"));
        assert_eq!(settings.get("unit.a{b"), None);
        settings.set("unit.a{b=\"c\"}", "");
        settings.set("decimal", ",");
        settings.toggle("decimal=.");
        settings.toggle("decimal=.");
        settings.toggle("decimal=,");
        assert_eq!(settings.list(), ["ignore=x=y", "decimal=,"]);
    }
}
