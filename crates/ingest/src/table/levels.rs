//! Names that are spread over several header rows (service, metric, statistic), as pandas writes them.

use super::Table;
use super::keys::{is_metric, is_service};
use series::{Identity, Labels};

/// Who each column is, by its header rows; none for tables with one header row.
///
/// The first column's cells name the levels. A level named metric gives the metric, one named service the service; other
/// levels become labels. Unnamed levels are put together to one name, a group's name counting for the columns to its
/// right up to the next name.
pub(crate) fn identities(table: &Table) -> Option<Vec<Identity>> {
    if table.headers.len() < 2 {
        return None;
    }
    let is_level = |row: &&Vec<String>| row.iter().skip(1).any(|cell| !cell.trim().is_empty());
    let levels: Vec<&Vec<String>> = table.headers.iter().filter(is_level).collect();
    let filled: Vec<Vec<&str>> = levels
        .iter()
        .enumerate()
        .map(|(level, row)| {
            if level + 1 < levels.len() {
                filled_to_the_right(row)
            } else {
                row.iter().map(|cell| cell.trim()).collect()
            }
        })
        .collect();
    let names: Vec<&str> = levels.iter().map(|row| row.first().map_or("", |name| name.trim())).collect();
    // With one name missing, or one that occurs twice, the rows are no named levels.
    let are_named = names
        .iter()
        .enumerate()
        .all(|(index, name)| !name.is_empty() && !names.iter().take(index).any(|other| other == name));
    let identities = table
        .columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let parts: Vec<&str> = filled.iter().map(|row| row.get(index).copied().unwrap_or("")).collect();
            if !are_named {
                let name = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" ");
                return Identity {
                    name: if name.is_empty() { column.name.clone() } else { name },
                    ..Identity::default()
                };
            }
            let mut metric = None;
            let mut labels = Labels::new();
            for (name, part) in names.iter().zip(parts).filter(|(_, part)| !part.is_empty()) {
                if is_metric(name) {
                    metric = Some(part.to_owned());
                } else if is_service(name) {
                    labels.insert("service", part);
                } else {
                    labels.insert(*name, part);
                }
            }
            Identity::of(metric, labels)
        })
        .collect();
    Some(identities)
}

fn filled_to_the_right(row: &[String]) -> Vec<&str> {
    let mut last = "";
    row.iter()
        .map(|cell| {
            let cell = cell.trim();
            if !cell.is_empty() {
                last = cell;
            }
            last
        })
        .collect()
}
