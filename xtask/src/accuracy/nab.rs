//! The Numenta Anomaly Benchmark (Lavin and Ahmad 2015): `score --mode online` against labelled windows.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::half::Half;
use super::{Section, workshop};
use crate::project::Project;
use crate::recording::read_json;
use crate::tool;

/// What a false alarm costs in the standard profile, where an early detection is worth 1 and a miss costs 1.
const FALSE_ALARM: f64 = 0.11;
/// What is asked of these files, and what others reach on them.
const AIM: f64 = 70.0;
const OTHERS: &str =
    "| ARTime | 79.0 |\n| CAD-OSE | 70.1 |\n| random cut forest | 59.1 |\n| windowed Gaussian | 36.9 |\n";
/// The windowed Gaussian of the benchmark: how many values it knows, and how many it takes in at once.
const GAUSSIAN: (usize, usize) = (6_400, 100);

/// A scored row: the window it is in, what an alarm there is worth, and whether it counts.
#[derive(Clone, Copy, Debug)]
struct Place {
    window: Option<usize>,
    worth: f64,
    counts: bool,
}

/// One file: its name, the scores and places of its rows, and the number of its windows.
struct Scored {
    name: String,
    scores: Vec<f64>,
    gaussian: Vec<f64>,
    places: Vec<Place>,
    windows: usize,
}

/// Scores every file, and the windowed Gaussian of the benchmark beside it.
pub(super) fn section(project: &Project, monteverdi: &Path, data: &Path) -> Result<Section> {
    let folder = data.join("nab");
    let path = folder.join("windows.json");
    let windows = read_json(&fs::read_to_string(&path).with_context(|| path.display().to_string())?, &path)?;
    let mut files = Vec::new();
    for (name, windows) in windows.as_object().context("nab/windows.json is no object")? {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let (times, values): (Vec<&str>, Vec<f64>) = text
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(','))
            .map(|(time, value)| (time, value.parse().unwrap_or(f64::NAN)))
            .unzip();
        let mut places = Vec::new();
        for window in windows.as_array().context("windows that are no list")? {
            let at = |end: usize| {
                let time = window[end].as_str().and_then(|time| time.split('.').next()).unwrap_or_default();
                times.iter().position(|other| *other == time).with_context(|| format!("{name} has no row {time}"))
            };
            places.push((at(0)?, at(1)?));
        }
        // Under a neutral name.
        let copy = workshop(project)?.join("series.csv");
        fs::write(&copy, &text).with_context(|| copy.display().to_string())?;
        let run = tool::output(tool::command(project, monteverdi).arg("score").arg(&copy).args(["--mode", "online"]))?;
        let scores: Vec<f64> = run
            .lines()
            .skip(1)
            .map(|line| line.rsplit(',').next().and_then(|score| score.parse().ok()).unwrap_or(0.0))
            .collect();
        ensure!(scores.len() == values.len(), "{name}: {} scores for {} rows", scores.len(), values.len());
        files.push(Scored {
            name: name.clone(),
            scores,
            gaussian: windowed_gaussian(&values),
            places: worth(times.len(), &places),
            windows: places.len(),
        });
    }
    Ok(told(&files))
}

fn told(files: &[Scored]) -> Section {
    let mut table = String::from(
        "| | files | windows | best threshold | threshold 1.0 | alarms at 1.0 | windowed Gaussian, best |\n\
         |---|---:|---:|---:|---:|---:|---:|\n",
    );
    let (own, _) = Corpus::of(files, |file| &file.scores).best();
    let (gaussian, _) = Corpus::of(files, |file| &file.gaussian).best();
    let mut failures = Vec::new();
    let mut row = |title: &str, is_own_threshold: bool, chosen: &[&Scored]| {
        let ours = Corpus::of(chosen.iter().copied(), |file| &file.scores);
        let theirs = Corpus::of(chosen.iter().copied(), |file| &file.gaussian);
        let limits = if is_own_threshold { (ours.best().0, theirs.best().0) } else { (own, gaussian) };
        let alarms: usize = chosen.iter().map(|file| file.alarms()).sum();
        let figures =
            [ours.normal(ours.raw(limits.0)), ours.normal(ours.raw(1.0)), theirs.normal(theirs.raw(limits.1))];
        let _ = writeln!(
            table,
            "| {title} | {} | {} | {} | {} | {alarms} | {} |",
            chosen.len(),
            ours.windows,
            shown(figures[0]),
            shown(figures[1]),
            shown(figures[2])
        );
        figures
    };
    let in_half = |half: Half| files.iter().filter(|file| Half::of(&file.name) == half).collect::<Vec<_>>();
    row("choosing half, its own threshold", true, &in_half(Half::Choosing));
    row("checking half, its own threshold", true, &in_half(Half::Checking));
    let all = row("all", false, &files.iter().collect::<Vec<_>>());
    if all[0] < AIM {
        failures.push(format!("NAB: {:.1} instead of {AIM}", all[0]));
    }
    let mut categories: Vec<&str> = files.iter().map(Scored::category).collect();
    categories.sort_unstable();
    categories.dedup();
    for category in categories {
        let of: Vec<&Scored> = files.iter().filter(|file| file.category() == category).collect();
        let figures = row(category, false, &of);
        if figures[0] <= figures[2] {
            failures.push(format!("NAB: {category} is no better than the windowed Gaussian"));
        }
        let alarms: usize = of.iter().map(|file| file.alarms()).sum();
        if category == "artificialNoAnomaly" && alarms > 0 {
            failures.push(format!("NAB: {alarms} alarms where there is no anomaly"));
        }
    }
    let body = format!(
        "`score --mode online` with default settings on the files of the Numenta Anomaly Benchmark that are at hand, each \
         under a neutral name; standard profile, 0 for no alarm at all and 100 for the perfect detector. One threshold for \
         all files, the best one, and the program's own 1.0. Methods and constants were chosen on simulated series and on \
         the choosing half (and with the other labelled sets; see [the method](methods/online_anomaly.md)). Aim: {AIM}.\n\n\
         {table}\n\
         Others on the same files, each at its best threshold, by their published scores:\n\n| | score |\n|---|---:|\n{OTHERS}"
    );
    Section { body, failures }
}

fn shown(figure: f64) -> String {
    if figure.is_nan() { "–".into() } else { format!("{figure:.1}") }
}

impl Scored {
    fn category(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// The number of alarms at 1.0, neighbouring rows being one.
    fn alarms(&self) -> usize {
        let is_alarm: Vec<bool> =
            self.scores.iter().zip(&self.places).map(|(score, place)| *score >= 1.0 && place.counts).collect();
        (0..is_alarm.len()).filter(|row| is_alarm[*row] && (*row == 0 || !is_alarm[row - 1])).count()
    }
}

/// 2 / (1 + e^5y) − 1: 1 well before the end of a window, 0 at its end, −1 behind it.
fn sigma(y: f64) -> f64 {
    if y > 3.0 { -1.0 } else { 2.0 / (1.0 + (5.0 * y).exp()) - 1.0 }
}

/// The places of `rows` rows among windows (first and last row), which are in order.
fn worth(rows: usize, windows: &[(usize, usize)]) -> Vec<Place> {
    let silent = (rows * 15 / 100).min(750);
    (0..rows)
        .map(|row| {
            let inside = windows.iter().position(|(first, last)| (*first..=*last).contains(&row));
            let before = windows.iter().rev().find(|(_, last)| *last < row);
            let worth = match (inside.and_then(|window| windows.get(window)), before) {
                (Some((first, last)), _) => {
                    let width = (last - first + 1) as f64;
                    sigma(-((last - row + 1) as f64) / width) / sigma(-1.0)
                }
                (None, Some((first, last))) => FALSE_ALARM * sigma((row - last) as f64 / (last - first) as f64),
                (None, None) => -FALSE_ALARM,
            };
            Place { window: inside, worth, counts: row >= silent }
        })
        .collect()
}

/// The rows of several files from the highest score down, with what lowering the threshold to each is worth.
struct Corpus {
    windows: usize,
    /// Score, and the worth of all rows down to this one.
    totals: Vec<(f64, f64)>,
    nothing: f64,
}

impl Corpus {
    fn of<'a>(files: impl IntoIterator<Item = &'a Scored>, scores: impl Fn(&Scored) -> &[f64]) -> Self {
        let mut rows = Vec::new();
        let mut windows = 0;
        for file in files {
            let counted = scores(file).iter().zip(&file.places).filter(|(_, place)| place.counts);
            rows.extend(
                counted.map(|(score, place)| (*score, place.window.map(|window| window + windows), place.worth)),
            );
            windows += file.windows;
        }
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
        // A window that is not detected costs 1; one that lies where nothing counts costs nothing.
        let mut best = vec![-1.0f64; windows];
        let mut is_seen = vec![false; windows];
        rows.iter().filter_map(|row| row.1).for_each(|window| is_seen[window] = true);
        let nothing = -(is_seen.iter().filter(|is_seen| **is_seen).count() as f64);
        let mut total = nothing;
        let totals = rows
            .iter()
            .map(|(score, window, worth)| {
                match window {
                    Some(window) if *worth > best[*window] => {
                        total += worth - best[*window];
                        best[*window] = *worth;
                    }
                    Some(_) => {}
                    None => total += worth,
                }
                (*score, total)
            })
            .collect();
        Self { windows, totals, nothing }
    }

    /// What alarms at scores of at least `threshold` are worth.
    fn raw(&self, threshold: f64) -> f64 {
        let rows = self.totals.partition_point(|(score, _)| *score >= threshold);
        rows.checked_sub(1).map_or(self.nothing, |last| self.totals[last].1)
    }

    /// The threshold that is worth most, and its worth.
    fn best(&self) -> (f64, f64) {
        let mut best = (f64::INFINITY, self.nothing);
        for (row, (score, total)) in self.totals.iter().enumerate() {
            let is_last = self.totals.get(row + 1).is_none_or(|(next, _)| next < score);
            if is_last && *total > best.1 {
                best = (*score, *total);
            }
        }
        best
    }

    /// From 0, no alarm, to 100, every window at its beginning and nothing else; NaN without windows.
    fn normal(&self, raw: f64) -> f64 {
        let windows = self.windows as f64;
        if self.windows == 0 { f64::NAN } else { 100.0 * (raw + windows) / (2.0 * windows) }
    }
}

/// The benchmark's own baseline: the distance from the mean of the last values in standard deviations. Its tail
/// probability, and with it the score, cannot be told from 0 beyond 8.2 of them.
fn windowed_gaussian(values: &[f64]) -> Vec<f64> {
    let (size, step) = GAUSSIAN;
    let mut known: Vec<f64> = Vec::new();
    let mut waiting = Vec::new();
    let (mut sum, mut squares) = (0.0, 0.0);
    // Differences from the first value keep the sums exact enough.
    let origin = values.first().copied().unwrap_or(0.0);
    values
        .iter()
        .map(|value| {
            let value = value - origin;
            let count = known.len() as f64;
            let score = if known.is_empty() {
                0.0
            } else {
                let mean = sum / count;
                let deviation = (squares / count - mean * mean).max(0.0).sqrt();
                ((value - mean).abs() / if deviation > 0.0 { deviation } else { 1e-6 }).min(8.2)
            };
            if known.len() < size {
                known.push(value);
                sum += value;
                squares += value * value;
            } else {
                waiting.push(value);
                if waiting.len() == step {
                    known.drain(..step);
                    known.append(&mut waiting);
                    sum = known.iter().sum();
                    squares = known.iter().map(|value| value * value).sum();
                }
            }
            score
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(scores: Vec<f64>, windows: &[(usize, usize)]) -> Scored {
        let places = worth(scores.len(), windows);
        Scored { name: "a/b".into(), gaussian: scores.clone(), scores, places, windows: windows.len() }
    }

    fn best(scores: Vec<f64>, windows: &[(usize, usize)]) -> f64 {
        let corpus = Corpus::of([&scored(scores, windows)], |file| &file.scores);
        corpus.normal(corpus.best().1)
    }

    #[test]
    fn no_alarm_is_0_and_the_perfect_detector_100() {
        let windows = [(300, 399), (700, 799)];
        assert_eq!(best(vec![0.0; 1_000], &windows), 0.0);
        let mut perfect = vec![0.0; 1_000];
        (perfect[300], perfect[700]) = (1.0, 1.0);
        assert_eq!(best(perfect, &windows), 100.0);
    }

    #[test]
    fn late_detections_and_false_alarms_cost_what_the_benchmark_says() {
        let windows = [(300, 399), (700, 799)];
        let mut scores = vec![0.0; 1_000];
        // Half a window late: sigma(-0.51) / sigma(-1); the other window is missed.
        scores[349] = 1.0;
        let late = sigma(-0.51) / sigma(-1.0);
        assert!((best(scores.clone(), &windows) - 100.0 * (late + 1.0) / 4.0).abs() < 1e-9);
        // A false alarm before any window costs 0.11; one right behind a window next to nothing.
        scores[200] = 1.0;
        let corpus = Corpus::of([&scored(scores.clone(), &windows)], |file| &file.scores);
        assert!((corpus.raw(1.0) - (late - 1.0 - 0.11)).abs() < 1e-9);
        scores[200] = 0.0;
        scores[400] = 1.0;
        let corpus = Corpus::of([&scored(scores, &windows)], |file| &file.scores);
        assert!((corpus.raw(1.0) - (late - 1.0 + 0.11 * sigma(1.0 / 99.0))).abs() < 1e-9);
        assert_eq!(sigma(3.1), -1.0);
    }

    #[test]
    fn the_beginning_does_not_count() {
        let mut scores = vec![0.0; 1_000];
        (0..150).for_each(|row| scores[row] = 1.0);
        let file = scored(scores, &[(300, 399)]);
        assert_eq!(file.alarms(), 0);
        assert_eq!(Corpus::of([&file], |file| &file.scores).raw(1.0), -1.0);
    }
}
