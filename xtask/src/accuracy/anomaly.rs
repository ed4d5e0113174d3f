//! Retrospective anomaly scores: how well they rank labelled rows, name the responsible metrics, and keep quiet.

mod measures;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use self::measures::{acf_window, auc_pr, hit_rate, runs, vus_pr};
use super::Section;
use super::half::Half;
use crate::project::Project;
use crate::recording::entries;
use crate::tool;

/// The window of VUS-PR where several series lie in one file.
const WINDOW_OF_MANY: usize = 100;

/// Measures on `tsb_ad_u`, `ms_cloud`, `asd` and `smd`.
pub(super) fn section(project: &Project, monteverdi: &Path, data: &Path) -> Result<Section> {
    let bench = Bench { project, monteverdi, file: super::workshop(project)?.join("series.csv") };
    let mut table = String::from(
        "| data | cases | labelled files | AUC-PR | VUS-PR | plain z: AUC-PR | VUS-PR | responsible found | by mean z² | \
         false alarms per series-day | segments found |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for (name, cases) in [
        ("tsb_ad_u", single(&bench, &data.join("tsb_ad_u"))?),
        ("ms_cloud", single(&bench, &data.join("ms_cloud"))?),
        ("asd", many(&bench, &data.join("asd"), 300)?),
        ("smd", many(&bench, &data.join("smd"), 60)?),
    ] {
        for (title, half) in
            [("choosing half", Some(Half::Choosing)), ("checking half", Some(Half::Checking)), ("all", None)]
        {
            let chosen: Vec<&Case> = cases.iter().filter(|case| half.is_none_or(|half| half == case.half)).collect();
            // One half alone says what all say.
            if half.is_none() || (1..cases.len()).contains(&chosen.len()) {
                row(&mut table, name, title, &chosen);
            }
        }
    }
    let body = format!(
        "`score FILE` (retrospective, the default) on files without their labels; a row counts with its largest score over \
         the series. VUS-PR: window from the autocorrelation, {WINDOW_OF_MANY} rows on asd and smd, whose training rows precede \
         the test rows in the file and are not scored. *Plain z*: the largest |value − median| over the spread. *Responsible \
         found*: of the k metrics named for a segment, the share among the k with the highest mean score; *by mean z²*: the \
         same by the squared distance from the mean of the training rows in their standard deviations. *False alarms*: \
         stretches of a series with scores ≥ 1 that touch no label. Halves: by the first digit of the MD5 sum of the file's \
         name; nothing of this score was chosen on smd.\n\n{table}\n\
         Aimed at: tsb_ad_u VUS-PR .45, ms_cloud AUC-PR .70, asd VUS-PR .55 and .80 of the responsible metrics, at most .2 \
         false alarms per series-day. Published, VUS-PR: on these files of TSB-AD-U MOMENT .427, POLY .352, Sub-PCA .214; \
         on all of it Sub-PCA .423. PCA reconstruction error, fitted to the training rows: asd .494, smd .546.\n\n\
         **Bad**: of ms_cloud few labelled segments reach 1.0: where a tenth of the rows is labelled, they are the tail that the \
         threshold is read off. \
         Labels that are wide windows around an event nobody sees in the values (traffic speed, a service's requests) stay \
         near chance. In smd three faults of 14 hours each move the same metrics; a level that lasts so long, and comes back, is \
         strange at its edges only, and whoever knows which rows are normal names the responsible metrics more often. What was \
         tried and not taken is in [subsequence](methods/subsequence.md)."
    );
    Ok(Section { body, failures: Vec::new() })
}

/// What a file gave.
struct Case {
    half: Half,
    /// None where nothing is labelled.
    ranking: Option<Ranking>,
    /// Of each labelled segment with named metrics: what the scores find, and what the mean z² does.
    hits: Vec<(f64, f64)>,
    false_alarms: usize,
    series_days: f64,
    segments: usize,
    found: usize,
}

/// Areas under precision and recall: plain, and the volume.
struct Ranking {
    ours: (f64, f64),
    plain: (f64, f64),
}

struct Bench<'a> {
    project: &'a Project,
    monteverdi: &'a Path,
    /// Where series lie under a neutral name.
    file: PathBuf,
}

impl Bench<'_> {
    /// The scores of each column of the bench's file, and the seconds from its first row to its second.
    fn scores(&self, step_s: Option<u32>) -> Result<(Vec<Vec<f64>>, f64)> {
        let mut command = tool::command(self.project, self.monteverdi);
        command.arg("score").arg(&self.file);
        if let Some(step_s) = step_s {
            command.arg("--step").arg(format!("{step_s}s"));
        }
        let answer = tool::output(&mut command)?;
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let (mut row_now, mut column) = ("", 0);
        let mut seconds = Vec::new();
        for line in answer.lines().skip(1) {
            let (row, rest) = line.split_once(',').context("a row of scores")?;
            let (_, score) = rest.rsplit_once(',').context("a row of scores")?;
            if row != row_now {
                (row_now, column) = (row, 0);
                if seconds.len() < 2 {
                    seconds.push(second_of_day(rest));
                }
            }
            if columns.len() <= column {
                columns.push(Vec::new());
            }
            columns[column].push(score.parse().unwrap_or(0.0));
            column += 1;
        }
        let step = match (step_s, seconds.as_slice()) {
            (Some(step_s), _) => f64::from(step_s),
            (None, [Some(first), Some(second)]) => (second - first).rem_euclid(86_400.0),
            _ => f64::NAN,
        };
        Ok((columns, step))
    }

    /// Judges `scores`, one list per series, against the labels.
    fn judge(
        &self,
        half: Half,
        values: &[Vec<f64>],
        scores: &[Vec<f64>],
        labels: &[bool],
        window: usize,
        step_s: f64,
    ) -> Case {
        let largest = |columns: &[Vec<f64>]| -> Vec<f64> {
            (0..labels.len()).map(|row| columns.iter().map(|column| column[row]).fold(0.0, f64::max)).collect()
        };
        let plain: Vec<Vec<f64>> = values.iter().map(|values| plain_z(values)).collect();
        let (rows, plain) = (largest(scores), largest(&plain));
        let both = |scores: &[f64]| Some((auc_pr(scores, labels)?, vus_pr(scores, labels, window)?));
        let segments = runs(labels.iter().copied());
        let false_alarms = scores.iter().map(|column| {
            let alarms = runs(column.iter().map(|score| *score >= 1.0));
            alarms.iter().filter(|alarm| !labels[(*alarm).clone()].contains(&true)).count()
        });
        Case {
            half,
            ranking: both(&rows).zip(both(&plain)).map(|(ours, plain)| Ranking { ours, plain }),
            hits: Vec::new(),
            false_alarms: false_alarms.sum(),
            series_days: labels.len() as f64 * step_s / 86_400.0 * scores.len() as f64,
            found: segments.iter().filter(|rows_of| rows[(*rows_of).clone()].iter().any(|score| *score >= 1.0)).count(),
            segments: segments.len(),
        }
    }
}

/// Every file below `folder` with a column `Label` and one of values before it.
fn single(bench: &Bench<'_>, folder: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    let mut files = Vec::new();
    for entry in entries(folder)? {
        if entry.is_dir() { files.extend(entries(&entry)?) } else { files.push(entry) }
    }
    for file in files {
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        if !text.lines().next().is_some_and(|head| head.replace('"', "").ends_with("Label")) {
            continue;
        }
        let mut without = String::new();
        let (mut values, mut labels) = (Vec::new(), Vec::new());
        for (number, line) in text.lines().enumerate() {
            let (kept, label) = line.rsplit_once(',').context("a label")?;
            let _ = writeln!(without, "{kept}");
            if number > 0 {
                let value = kept.rsplit(',').next().unwrap_or("");
                values.push(value.trim_matches('"').parse().unwrap_or(f64::NAN));
                labels.push(label.trim().starts_with('1'));
            }
        }
        fs::write(&bench.file, without)?;
        let timeless = !text.starts_with("Time") && !text.starts_with("\"Time");
        let name = file.strip_prefix(folder)?.display().to_string();
        // As recorded: most of NAB's series have five minutes, the others one.
        let (scores, step_s) = bench.scores(timeless.then_some(if name.contains("_NAB_") { 300 } else { 60 }))?;
        ensure!(scores.len() == 1 && scores[0].len() == labels.len(), "{name}: not one score per row");
        let window = acf_window(&values);
        cases.push(bench.judge(Half::of(&name), &[values], &scores, &labels, window, step_s));
    }
    Ok(cases)
}

/// Every NAME_train.csv below `folder`, with NAME_test.csv, the labels, and the responsible metrics; all but the last may be
/// packed (`.gz`).
fn many(bench: &Bench<'_>, folder: &Path, step_s: u32) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for file in entries(folder)? {
        let file = file.file_name().and_then(|name| name.to_str()).unwrap_or("");
        let Some(name) = file.strip_suffix(".gz").unwrap_or(file).strip_suffix("_train.csv") else { continue };
        let read = |part: &str| unpacked(bench.project, &folder.join(format!("{name}_{part}.csv")));
        let (train, test) = (read("train")?, read("test")?);
        let labels: Vec<bool> = read("test_label")?.lines().map(|label| label.trim().starts_with('1')).collect();
        let width = test.lines().next().map_or(0, |line| line.split(',').count());
        let head: Vec<String> = (1..=width).map(|column| format!("m{column}")).collect();
        fs::write(&bench.file, format!("{}\n{}\n{}\n", head.join(","), train.trim_end(), test.trim_end()))?;
        let (mut scores, _) = bench.scores(Some(step_s))?;
        ensure!(scores.len() == width, "{name}: not one score per series");
        for column in &mut scores {
            let trained = column.len() - labels.len();
            column.drain(..trained);
        }
        let (trained, values) = (columns(&train, width), columns(&test, width));
        let plain: Vec<Vec<f64>> = trained.iter().zip(&values).map(|(train, test)| z_squared(train, test)).collect();
        let mut case = bench.judge(Half::of(name), &values, &scores, &labels, WINDOW_OF_MANY, f64::from(step_s));
        let responsible = format!("interpretation_label/{name}.txt");
        for line in fs::read_to_string(folder.join(&responsible)).context(responsible)?.lines() {
            let Some((rows, responsible)) = line.split_once(':') else { continue };
            let (first, last) = rows.split_once('-').context("rows")?;
            let rows = first.parse()?..last.parse::<usize>()? + 1;
            let responsible: Vec<usize> = responsible
                .split(',')
                .filter_map(|metric| metric.trim().parse::<usize>().ok()?.checked_sub(1))
                .collect();
            case.hits.push((hit_rate(&scores, rows.clone(), &responsible), hit_rate(&plain, rows, &responsible)));
        }
        cases.push(case);
    }
    Ok(cases)
}

/// The text of a file, or of the packed one beside it.
fn unpacked(project: &Project, file: &Path) -> Result<String> {
    if file.exists() {
        return fs::read_to_string(file).with_context(|| file.display().to_string());
    }
    tool::output(tool::command(project, "gzip").arg("-cd").arg(format!("{}.gz", file.display())))
}

/// The columns of a table of numbers without a head; NaN for what is none.
fn columns(table: &str, width: usize) -> Vec<Vec<f64>> {
    let mut columns = vec![Vec::new(); width];
    for line in table.lines() {
        for (column, value) in columns.iter_mut().zip(line.split(',')) {
            column.push(value.trim().parse().unwrap_or(f64::NAN));
        }
    }
    columns
}

/// The squared distance of each value from the mean of the training values in their standard deviations, at most 2500; in the
/// values' own unit where these never move.
fn z_squared(train: &[f64], values: &[f64]) -> Vec<f64> {
    let count = train.len().max(1) as f64;
    let mean = train.iter().sum::<f64>() / count;
    let deviation = (train.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    let unit = if deviation < 1e-9 { 1.0 } else { deviation };
    values.iter().map(|value| ((value - mean) / unit).clamp(-50.0, 50.0).powi(2)).collect()
}

fn row(table: &mut String, name: &str, title: &str, cases: &[&Case]) {
    let rankings: Vec<&Ranking> = cases.iter().filter_map(|case| case.ranking.as_ref()).collect();
    let mean =
        |of: fn(&Ranking) -> f64| rankings.iter().map(|ranking| of(ranking)).sum::<f64>() / rankings.len() as f64;
    let hits: Vec<(f64, f64)> = cases.iter().flat_map(|case| case.hits.iter().copied()).collect();
    let share = |of: fn(&(f64, f64)) -> f64| match hits.len() {
        0 => "–".to_owned(),
        count => format!("{:.3}", hits.iter().map(of).sum::<f64>() / count as f64),
    };
    let sum = |of: fn(&Case) -> usize| cases.iter().map(|case| of(case)).sum::<usize>();
    let days: f64 = cases.iter().map(|case| case.series_days).sum();
    let _ = writeln!(
        table,
        "| {name} | {title} | {} of {} | {:.3} | {:.3} | {:.3} | {:.3} | {} | {} | {:.3} | {} of {} |",
        rankings.len(),
        cases.len(),
        mean(|ranking| ranking.ours.0),
        mean(|ranking| ranking.ours.1),
        mean(|ranking| ranking.plain.0),
        mean(|ranking| ranking.plain.1),
        share(|hits| hits.0),
        share(|hits| hits.1),
        sum(|case| case.false_alarms) as f64 / days,
        sum(|case| case.found),
        sum(|case| case.segments),
    );
}

/// The distance of each value from the median, in MADs (or in standard deviations where more than half are equal).
fn plain_z(values: &[f64]) -> Vec<f64> {
    let median = |mut values: Vec<f64>| {
        values.retain(|value| value.is_finite());
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let centre = median(values.to_vec());
    let distances: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
    let squares = distances.iter().filter(|distance| distance.is_finite()).map(|distance| distance * distance);
    let deviation = (squares.sum::<f64>() / values.len().max(1) as f64).sqrt();
    let unit = (1.4826 * median(distances.clone())).max(0.5 * deviation);
    distances.iter().map(|distance| if unit > 0.0 && distance.is_finite() { distance / unit } else { 0.0 }).collect()
}

/// The second of the day of `2018-07-03T14:00:00Z,…`.
fn second_of_day(time: &str) -> Option<f64> {
    let clock = time.split_once('T')?.1.get(..8)?;
    let mut parts = clock.split(':').map(str::parse::<f64>);
    let mut next = || parts.next()?.ok();
    Some(next()? * 3600.0 + next()? * 60.0 + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_distances_are_read() {
        assert_eq!(second_of_day("2018-07-03T14:00:05Z,Value,0.1"), Some(50_405.0));
        assert_eq!(second_of_day("12,Value,0.1"), None);
        assert_eq!(plain_z(&[0.0, 1.0, 2.0, f64::NAN, 3.0])[3], 0.0);
        assert!(plain_z(&[0.0, 1.0, -1.0, 0.5, 9.0])[4] > 2.0);
        assert_eq!(columns("1,2\n3,\n", 2)[0], [1.0, 3.0]);
        assert_eq!(z_squared(&[0.0, 2.0], &[3.0, 1.0, 1e9]), [4.0, 0.0, 2500.0]);
        assert_eq!(z_squared(&[1.0, 1.0], &[3.0]), [4.0], "never moved");
    }
}
