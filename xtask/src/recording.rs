//! Labelled recordings of a folder of public data: their tables, what was done to them, and new tables made of parts.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::project::Project;

/// The lines above petshop's rows: service, metric, statistic, and the name of the column of times.
pub(crate) const PETSHOP_HEAD: usize = 4;

/// A fault that somebody injected.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    /// The service that it was injected into.
    pub(crate) service: String,
    /// When it began or, in petshop, raised an alarm: seconds since 1970.
    pub(crate) at_s: f64,
}

/// A folder below the build folder for files that are made for one command only.
pub(crate) fn workshop(project: &Project, command: &str) -> Result<PathBuf> {
    let folder = project.target.join(command);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The entries of a folder, sorted by name.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut entries: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    entries.sort();
    Ok(entries)
}

/// JSON, or an error that names where it came from.
pub(crate) fn read_json(text: &str, from: &Path) -> Result<Value> {
    serde_json::from_str(text).with_context(|| format!("{} gave no JSON", from.display()))
}

/// A text file, or an error that names it.
pub(crate) fn read(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| file.display().to_string())
}

/// The fault of a case of the sock shop, and the row of its table that it begins at.
pub(crate) fn sock_shop_fault(case: &Path) -> Result<(Fault, usize)> {
    let file = case.join("label.json");
    let label = read_json(&read(&file)?, &file)?;
    let service = label["root_cause_service"].as_str().context("label.json names root_cause_service")?.to_owned();
    let at_s = label["inject_time"].as_f64().context("label.json has inject_time")?;
    let row = label["inject_row"].as_u64().context("label.json has inject_row")?;
    Ok((Fault { service, at_s }, usize::try_from(row)?))
}

/// The fault of an issue of petshop, at the time of the alarm.
pub(crate) fn petshop_fault(issue: &Path) -> Result<Fault> {
    let file = issue.join("label.json");
    let label = read_json(&read(&file)?, &file)?;
    let service = label["root_cause"]["node"].as_str().context("label.json names root_cause.node")?.to_owned();
    let at_s = label["target"]["timestamp"].as_f64().context("label.json has target.timestamp")?;
    Ok(Fault { service, at_s })
}

/// The faults of a day of Nezha in order of time, each with its kind.
pub(crate) fn nezha_faults(folder: &Path) -> Result<Vec<(Fault, String)>> {
    let file = folder.join("faults.json");
    let faults = read_json(&read(&file)?, &file)?;
    let fault = |fault: &Value| {
        let service = fault["service"].as_str().context("a fault names its service")?.to_owned();
        let at_s = fault["time"].as_f64().context("a fault has a time")?;
        Ok((Fault { service, at_s }, fault["type"].as_str().unwrap_or_default().to_owned()))
    };
    faults.as_array().context("faults.json is a list")?.iter().map(fault).collect()
}

/// The column `time` of a table, in seconds; NaN where a cell is none.
pub(crate) fn times_s(table: &Path) -> Result<Vec<f64>> {
    let text = fs::read_to_string(table)?;
    let mut lines = text.lines();
    let head = lines.next().unwrap_or_default();
    let column = head.split(',').position(|name| name == "time").context("the table has a column `time`")?;
    Ok(lines.map(|line| line.split(',').nth(column).and_then(|cell| cell.parse().ok()).unwrap_or(f64::NAN)).collect())
}

/// The head and the rows whose first cell lies between two times.
pub(crate) fn rows_between(table: &str, first_s: f64, last_s: f64) -> String {
    let is_within = |line: &&str| {
        let time = line.split(',').next().and_then(|cell| cell.parse::<f64>().ok());
        time.is_some_and(|time| (first_s..=last_s).contains(&time))
    };
    let rows = table.lines().skip(1).filter(is_within);
    table.lines().take(1).chain(rows).flat_map(|line| [line, "\n"]).collect()
}

/// A recording of petshop directly behind another one, as if both had been exported at once: the columns of the first that
/// the second has, too, and the times of the first moved to end one sampling step before the second. No cell holds a comma.
pub(crate) fn petshop_joined(normal: &str, issue: &str) -> Result<String> {
    let (normal, issue) = (PetshopTable::of(normal)?, PetshopTable::of(issue)?);
    let places: BTreeMap<&[&str], usize> = issue.names.iter().map(Vec::as_slice).zip(0..).collect();
    let both: Vec<(usize, usize)> =
        normal.names.iter().enumerate().filter_map(|(at, name)| Some((at, *places.get(name.as_slice())?))).collect();
    let cell = |row: &[&'_ str], place: usize| row.get(place).copied().unwrap_or_default().to_owned();
    let times = |table: &PetshopTable<'_>| -> Vec<f64> {
        table.rows.iter().filter_map(|row| row.first()?.parse().ok()).collect()
    };
    let (before, after) = (times(&normal), times(&issue));
    let ([.., last], [first, second, ..]) = (before.as_slice(), after.as_slice()) else {
        anyhow::bail!("a recording without rows");
    };
    let move_s = first - (second - first) - last;
    let mut joined = String::new();
    for line in 0..PETSHOP_HEAD {
        let cells: Vec<String> = both.iter().map(|(at, _)| cell(&normal.names[*at], line)).collect();
        let _ = writeln!(joined, "{}", cells.join(","));
    }
    ensure!(before.len() == normal.rows.len(), "a row of the normal recording has no time");
    for (row, time_s) in normal.rows.iter().zip(before) {
        let cells = both.iter().skip(1).map(|(at, _)| cell(row, *at));
        let cells: Vec<String> = std::iter::once(format!("{:.1}", time_s + move_s)).chain(cells).collect();
        let _ = writeln!(joined, "{}", cells.join(","));
    }
    for row in &issue.rows {
        let cells: Vec<String> = both.iter().map(|(_, at)| cell(row, *at)).collect();
        let _ = writeln!(joined, "{}", cells.join(","));
    }
    Ok(joined)
}

/// A table of petshop: for each column the cells above its rows, and the cells of each row. The first column holds times.
struct PetshopTable<'a> {
    names: Vec<Vec<&'a str>>,
    rows: Vec<Vec<&'a str>>,
}

impl<'a> PetshopTable<'a> {
    fn of(text: &'a str) -> Result<Self> {
        let mut lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        ensure!(lines.len() > PETSHOP_HEAD, "a table of petshop has {PETSHOP_HEAD} lines above its rows");
        let rows = lines.split_off(PETSHOP_HEAD);
        let width = lines.iter().map(Vec::len).max().unwrap_or(0);
        let of_column = |column: usize| lines.iter().map(|line| line.get(column).copied().unwrap_or("")).collect();
        Ok(Self { names: (0..width).map(of_column).collect(), rows })
    }
}

/// `caller,callee` from a matrix whose row calls its column. The names hold no commas.
pub(crate) fn calls_of_matrix(matrix: &str) -> String {
    let mut lines = matrix.lines();
    let callees: Vec<&str> = lines.next().unwrap_or_default().split(',').skip(1).collect();
    let mut calls = String::from("caller,callee\n");
    for line in lines {
        let mut cells = line.split(',');
        let caller = cells.next().unwrap_or_default();
        for (callee, cell) in callees.iter().zip(cells) {
            if cell.trim().parse::<f64>().is_ok_and(|weight| weight != 0.0) {
                let _ = writeln!(calls, "{caller},{callee}");
            }
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_call_graph_is_read_from_a_matrix() {
        assert_eq!(calls_of_matrix(",a,b c\na,0,1\nb c,0.0,\n"), "caller,callee\na,b c\n");
    }

    #[test]
    fn a_slice_of_a_day_keeps_its_head_and_both_ends() {
        assert_eq!(rows_between("time,x\n1,0\n2,0\n3,0\n4,0\n", 2.0, 3.0), "time,x\n2,0\n3,0\n");
    }

    #[test]
    fn recordings_are_joined_by_the_names_of_columns_and_lie_one_step_apart() {
        let normal =
            "microservice,a,b\nmetric,latency,latency\nstatistic,p50,p50\nunix_timestamp,,\n100.0,1,2\n400.0,3,\n";
        let issue = "microservice,b,c,a\nmetric,latency,latency,latency\nstatistic,p50,p50,p99\nunix_timestamp,,,\n\
                     9000.0,5,6,7\n9300.0,8,9,10\n";
        let joined = petshop_joined(normal, issue).unwrap();
        assert_eq!(
            joined,
            "microservice,b\nmetric,latency\nstatistic,p50\nunix_timestamp,\n8400.0,2\n8700.0,\n9000.0,5\n9300.0,8\n"
        );
        assert!(petshop_joined("a\nb\nc\nd\n", issue).is_err());
    }
}
