//! `cargo xtask stories --data DIR [--write | --all]`: the stories that docs/incident-stories.md quotes, beside what the
//! program says today. The quoted blocks are all that is ever written; the prose and the tables around them are people's.
//! With `--all` every labelled case is counted instead.

mod answer;
mod count;
mod page;
mod recorded;

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail};

use self::answer::Answer;
use self::recorded::{Input, Kind, Prepared};
use crate::project::Project;
use crate::{accuracy, recording, tool};

/// The page with the stories.
const PAGE: &str = "docs/incident-stories.md";

/// A story that the page quotes.
struct Story {
    /// What the heading above it begins with, and which of the indented blocks below that heading it is.
    place: (&'static str, usize),
    /// What the program reads.
    input: Input<'static>,
    /// Which of the incidents told in full it is, from 0.
    incident: usize,
}

const STORIES: [Story; 12] = [
    Story { place: ("## 1. ", 0), input: Input::SockShop("catalogue_cpu_1"), incident: 0 },
    Story { place: ("## 2. ", 0), input: Input::SockShop("payment_mem_4"), incident: 0 },
    Story { place: ("## 3. ", 0), input: Input::SockShop("user_mem_3"), incident: 0 },
    Story { place: ("## 4. ", 0), input: Input::Petshop("low_traffic", "train_issue_0"), incident: 2 },
    Story { place: ("## 5. ", 0), input: Input::Petshop("high_traffic", "train_issue_0"), incident: 0 },
    Story { place: ("## 6. ", 0), input: Input::Nezha("emailservice", "cpu_contention"), incident: 0 },
    Story { place: ("## 7. ", 0), input: Input::Nezha("productcatalogservice", "cpu_consumed"), incident: 0 },
    Story {
        place: ("## 8. ", 0),
        input: Input::Rows { table: "asd/omi-3_test.csv", labels: "asd/interpretation_label/omi-3.txt", step_s: 300 },
        incident: 0,
    },
    Story {
        place: ("## 9. ", 0),
        input: Input::Rows {
            table: "smd/machine-2-8_test.csv.gz",
            labels: "smd/interpretation_label/machine-2-8.txt",
            step_s: 60,
        },
        incident: 0,
    },
    Story {
        place: ("## 10. ", 0),
        input: Input::Nab("realKnownCause/machine_temperature_system_failure.csv"),
        incident: 0,
    },
    Story { place: ("## Two simulated ones", 0), input: Input::Simulated("memory-leak", 7), incident: 0 },
    Story { place: ("## Two simulated ones", 1), input: Input::Simulated("latency-cascade", 7), incident: 0 },
];

/// Runs the command. Without `--write` a story that differs fails it.
pub(crate) fn command(project: &Project, arguments: &[String]) -> Result<()> {
    let (folder, further) = match arguments {
        [flag, folder] if flag == "--data" => (folder, None),
        [flag, folder, further] | [further, flag, folder]
            if flag == "--data" && ["--write", "--all"].contains(&further.as_str()) =>
        {
            (folder, Some(further.as_str()))
        }
        _ => {
            bail!("`stories` needs `--data DIR`, a folder with rca, asd, smd and nab, and knows `--write` and `--all`")
        }
    };
    let is_writing = further == Some("--write");
    let data = fs::canonicalize(folder).with_context(|| folder.clone())?;
    let monteverdi = accuracy::command_line(project)?;
    let workshop = recording::workshop(project, "stories")?;
    if further == Some("--all") {
        println!("{}", count::count(project, &monteverdi, &data, &workshop)?);
        return Ok(());
    }
    let page = project.root.join(PAGE);
    let mut text = recording::read(&page)?;
    let mut table = String::from(
        "| story | label | from | until | the story's onset | off by | cause named | a labelled one first | among three |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    let (mut differing, mut sums) = (Vec::new(), Sums::default());
    for story in &STORIES {
        let (heading, block) = story.place;
        let name = heading.trim_start_matches('#').trim();
        let name = if block > 0 { format!("{name} ({})", block + 1) } else { name.to_owned() };
        let prepared = story.input.prepare(project, &monteverdi, &data, &workshop)?;
        let answer = answer(project, &monteverdi, &prepared, story.incident).with_context(|| name.clone())?;
        let quoted = page::block(&text, heading, block).with_context(|| format!("{PAGE}, {name}"))?;
        if quoted != answer.story {
            println!("\n{name} differs:\n{}", page::difference(&quoted, &answer.story));
            text = page::with_block(&text, heading, block, &answer.story).with_context(|| name.clone())?;
            differing.push(name.clone());
        }
        row(&mut table, project, &name, &prepared, &answer)?;
        sums.add(&prepared, &answer);
    }
    println!("\n{table}\n{}", sums.words());
    match (differing.as_slice(), is_writing) {
        ([], _) => println!("\n{PAGE} quotes all {} stories as the program tells them", STORIES.len()),
        (names, true) => {
            fs::write(&page, text).with_context(|| PAGE.to_owned())?;
            println!("\nwritten to {PAGE}: {}; read the prose beside them", names.join(", "));
        }
        (names, false) => {
            bail!("{} of {} stories differ: {} (`--write` replaces them)", names.len(), STORIES.len(), names.join(", "))
        }
    }
    Ok(())
}

/// What the program says of a recording.
fn answer(project: &Project, monteverdi: &std::path::Path, prepared: &Prepared, incident: usize) -> Result<Answer> {
    let analyze = |further: &[&str]| {
        let mut command = tool::command(project, monteverdi);
        tool::output(command.arg("analyze").args(&prepared.arguments).args(further).arg(&prepared.file))
    };
    Answer::of(&analyze(&[])?, &recording::read_json(&analyze(&["--json"])?, &prepared.file)?, incident)
}

/// The line of the table for one story.
fn row(table: &mut String, project: &Project, name: &str, prepared: &Prepared, answer: &Answer) -> Result<()> {
    let label = &prepared.label;
    let yes = |is_so: bool| if is_so { "yes" } else { "**no**" };
    let (named, first, three) = match &answer.named {
        Some((service, word)) => {
            let (first, three) = (label.blames(service), answer.first_three.iter().any(|one| label.blames(one)));
            (format!("{service}, \"{word}\""), yes(first), yes(three))
        }
        None => ("nobody".to_owned(), "–", "–"),
    };
    let until = label.until_s.map(|at_s| clock(project, at_s)).transpose()?.unwrap_or_default();
    let onset = match answer.unseen_from_s {
        Some(from_s) => format!("between {} and {}", clock(project, from_s)?, clock(project, answer.onset_s)?),
        None => clock(project, answer.onset_s)?,
    };
    let off_s = answer.onset_s - label.from_s;
    let _ = writeln!(
        table,
        "| {name} | {} | {} | {until} | {onset} | {}{} | {named} | {first} | {three} |",
        label.what,
        clock(project, label.from_s)?,
        if off_s < 0.0 { "−" } else { "" },
        duration(off_s.abs())
    );
    Ok(())
}

/// How many of the recorded stories are right.
#[derive(Debug, Default)]
struct Sums {
    recorded: usize,
    timely: usize,
    with_root: usize,
    first: usize,
    among_three: usize,
}

impl Sums {
    fn add(&mut self, prepared: &Prepared, answer: &Answer) {
        let label = &prepared.label;
        if label.kind == Kind::Simulated {
            return;
        }
        self.recorded += 1;
        self.timely += usize::from(answer.is_timely(label.from_s));
        if label.kind == Kind::Root {
            let named = answer.named.as_ref().is_some_and(|(service, _)| label.blames(service));
            let listed = answer.named.is_some() && answer.first_three.iter().any(|one| label.blames(one));
            self.with_root += 1;
            self.first += usize::from(named);
            self.among_three += usize::from(listed);
        }
    }

    fn words(&self) -> String {
        let Self { recorded, timely, with_root, first, among_three } = self;
        format!(
            "Of the {with_root} with a labelled root service it was named first in {first} and is among the first three in \
             {among_three}. The onset is within one sampling step (or its gap holds the labelled time) in {timely} of {recorded}."
        )
    }
}

/// A time in UTC: `2022-05-17 15:56:14`.
fn clock(project: &Project, at_s: f64) -> Result<String> {
    let mut date = tool::command(project, "date");
    Ok(tool::output(date.args(["-u", "-d", &format!("@{at_s}"), "+%F %T"]))?.trim().to_owned())
}

/// Seconds as `5 d 3 h`, `12 min 5 s`.
fn duration(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let of = |unit: u64| seconds / unit;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", of(60), seconds % 60),
        3_600..86_400 => format!("{} h {} min", of(3_600), of(60) % 60),
        _ => format!("{} d {} h", of(86_400), of(3_600) % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories::recorded::Label;

    fn prepared(kind: Kind) -> Prepared {
        let label = Label {
            kind,
            what: String::new(),
            services: vec!["mail".into(), "cart".into()],
            from_s: 100.0,
            until_s: None,
        };
        Prepared { file: "metrics.csv".into(), arguments: Vec::new(), label, graph: None }
    }

    fn told(onset_s: f64, unseen_from_s: Option<f64>, services: &[&str], is_named: bool) -> Answer {
        let first_three: Vec<String> = services.iter().map(|service| (*service).to_owned()).collect();
        let named = first_three.first().filter(|_| is_named).map(|first| (first.clone(), "likely".to_owned()));
        Answer { story: Vec::new(), onset_s, unseen_from_s, step_s: 60.0, named, first_three }
    }

    #[test]
    fn sums_count_what_is_labelled_and_named() {
        let mut sums = Sums::default();
        sums.add(&prepared(Kind::Root), &told(160.0, None, &["cart", "web"], true));
        sums.add(&prepared(Kind::Root), &told(161.0, None, &["web", "mail"], true));
        sums.add(&prepared(Kind::Root), &told(500.0, Some(90.0), &["mail"], false));
        sums.add(&prepared(Kind::Stretch), &told(39.0, None, &["mail"], true));
        sums.add(&prepared(Kind::Simulated), &told(100.0, None, &["mail"], true));
        assert_eq!(
            sums.words(),
            "Of the 3 with a labelled root service it was named first in 1 and is among the first three in 2. The onset is \
             within one sampling step (or its gap holds the labelled time) in 2 of 4."
        );
    }

    #[test]
    fn durations_have_two_units() {
        assert_eq!([7.0, 661.0, 9_000.0, 183_600.0].map(duration), ["7 s", "11 min 1 s", "2 h 30 min", "2 d 3 h"]);
    }
}
