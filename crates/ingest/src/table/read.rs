//! From a table to a data set.

use super::arrange::Arrangement;
use super::clock::Clock;
use super::columns::{MOST_WORDS, NumberColumn, WordColumn};
use super::keys::{self, Keys};
use super::pass::Pass;
use super::scan::Scan;
use super::{Table, levels, roles, tags};
use crate::cell::calendar::rfc3339;
use crate::error::{Error, list};
use crate::import::{Body, Context};
use crate::meaning;
use crate::notebook::{Notebook, plural};
use crate::preview::Understood;
use crate::series_set::{MOST_SERIES, too_many_series};
use crate::text::Text;
use crate::unique_names::UniqueNames;
use crate::{Format, Localiser, Options};
use series::{Dataset, Declared, Identity, Labels, NoteKind, Origin, Series, TimeAxis, Unit};
use std::sync::Arc;

/// A table that was read, and how it was understood.
#[derive(Clone, Debug)]
pub(crate) struct TableBody {
    pub(crate) table: Table,
    pub(crate) clock: Clock,
    scan: Scan,
    /// What it was taken for.
    format: Format,
}

/// Reads a table.
///
/// # Errors
/// If there is no time.
pub(crate) fn read(text: &mut Text<'_>, context: Context<'_>, format: Format) -> Result<Body, Error> {
    let table = context.table.ok_or(Error::Empty)?;
    let (mut pass, notes) = begin(&table, context.options)?;
    pass.start(text);
    loop {
        pass.window(text);
        if !text.more()? {
            break;
        }
    }
    let (clock, scan) = (pass.clock, Scan::end(pass, notes)?);
    Ok(Body::Table(Box::new(TableBody { table, clock, scan, format })))
}

/// Whether files of a format are read by [`read`] or [`read_fed`] alone.
pub(crate) fn is_plain(format: Format) -> bool {
    matches!(format, Format::CsvWide | Format::CsvLong | Format::CsvStacked | Format::GrafanaCsv)
}

/// The same of a text whose bytes come in the course of time. `feed` is awaited before each look at what comes next.
///
/// # Errors
/// As [`read`], and those of `feed`.
pub(crate) async fn read_fed(
    text: &mut Text<'_>,
    context: Context<'_>,
    format: Format,
    mut feed: impl AsyncFnMut(usize) -> Result<(), Error>,
) -> Result<Body, Error> {
    let table = context.table.ok_or(Error::Empty)?;
    let (mut pass, notes) = begin(&table, context.options)?;
    pass.start(text);
    loop {
        pass.window(text);
        feed(text.wants()).await?;
        if !text.more()? {
            break;
        }
    }
    let (clock, scan) = (pass.clock, Scan::end(pass, notes)?);
    Ok(Body::Table(Box::new(TableBody { table, clock, scan, format })))
}

fn begin<'t>(table: &'t Table, options: &Options) -> Result<(Pass<'t>, Notebook), Error> {
    let mut notes = Notebook::default();
    notes.add(
        NoteKind::Dropped,
        table.preamble,
        format!("{} before the table left out", plural(table.preamble, "line", "lines")),
    );
    let clock = Clock::find(table, options)?;
    let skipped = roles::skipped_columns(table, clock, options, &mut notes);
    Ok((Scan::begin(table, clock, &skipped, options)?, notes))
}

impl TableBody {
    /// Makes series of the table. Words that tell rows apart make it a long one, whatever format it was taken for.
    ///
    /// # Errors
    /// If there is no number, or one instant only.
    pub(crate) fn into_dataset(self, name: &str, options: &Options) -> Result<Dataset, Error> {
        self.into_dataset_and_keys(name, options).map(|(dataset, _)| dataset)
    }

    /// The same, and what the columns of words were understood as, by their positions in the table.
    pub(crate) fn into_dataset_and_keys(
        self,
        name: &str,
        options: &Options,
    ) -> Result<(Dataset, Vec<(usize, Understood)>), Error> {
        let Self { table, mut scan, format, .. } = self;
        let mut notes = std::mem::take(&mut scan.notes);
        let assumed_time_zone = localise(&mut scan, options, &mut notes);
        roles::name_without_header(&table, &mut scan, &mut notes);
        note_style(&table, &mut notes);
        for column in &mut scan.numbers {
            column.apply_unit(options);
        }
        roles::drop_columns(&mut scan, options, &mut notes);
        if scan.numbers.is_empty() {
            return Err(no_numbers(&table));
        }
        if options.format != Some(Format::CsvWide) {
            roles::numbers_as_names(&mut scan, options);
        }
        let keys = match options.format {
            Some(Format::CsvWide) => Keys::none(&scan),
            forced => Keys::find(&scan, forced == Some(Format::CsvLong)),
        };
        for &(position, reason) in &keys.dropped {
            if let Some(column) = scan.words.get(position) {
                let note = notes.add_about(&column.name, NoteKind::Dropped, 1, reason);
                note.undone_by(format!("role.{}=label", column.name));
            }
        }
        if let Some(column) = keys.lacking(&scan) {
            return Err(Error::TooLarge {
                what: format!("different names in the column {:?}, which tells the series apart", column.name),
                limit: MOST_WORDS as u64,
                remedy: "Export fewer series, or sum over what each row has a name of its own for.".to_owned(),
            });
        }
        let understood = keys.understood(&scan);
        let is_long = !keys.keys.is_empty();
        if is_long {
            roles::drop_identifiers(&mut scan, &keys, options, &mut notes);
        }
        if scan.numbers.is_empty() {
            return Err(no_numbers(&table));
        }
        let is_joined = scan.numbers.len() > 1;
        let row_count = scan.row_count;
        let series = assemble(&table, scan, keys, options, &mut notes)?;
        let format = match format {
            Format::CsvWide | Format::CsvLong if is_long => Format::CsvLong,
            Format::CsvLong => Format::CsvWide,
            other => other,
        };
        let label = match (format, is_long) {
            (Format::GrafanaCsv, true) => "Grafana CSV, one row per sample",
            (Format::GrafanaCsv, false) if is_joined => "Grafana CSV, series joined by time",
            _ => format.label(),
        };
        let declared = vec![Declared::Nothing; series.len()];
        let series = meaning::of(series, &declared, options, &mut notes);
        let origin = Origin { name: name.to_owned(), format: label.to_owned(), assumed_time_zone };
        let dataset =
            Dataset { origins: vec![origin], series, events: Vec::new(), notes: notes.into_notes(), row_count };
        Ok((dataset, understood))
    }
}

/// Turns the wall clock's times into instants. Returns the zone that was taken for it.
fn localise(scan: &mut Scan, options: &Options, notes: &mut Notebook) -> Option<String> {
    let mut localiser = Localiser::new(&options.time_zone);
    for (row, time_ms) in scan.times_ms.iter_mut().enumerate() {
        if scan.wall_rows.at(row) {
            *time_ms = localiser.instant_ms(*time_ms);
        }
    }
    localiser.note(notes)
}

fn no_numbers(table: &Table) -> Error {
    Error::NoNumbers {
        seen: format!("the columns are {}", list(table.names())),
        remedy: "Export the table with its measured values.".to_owned(),
    }
}

fn note_style(table: &Table, notes: &mut Notebook) {
    let style = table.style;
    if style.style.decimal == b',' {
        notes.add(NoteKind::Assumption, 1, "Numbers are written with a decimal comma").undone_by("decimal=.");
    }
    if let Some(sign) = style.style.thousands {
        notes.add(NoteKind::Assumption, 1, format!("{sign:?} was read as the sign between thousands"));
    }
    if style.is_ambiguous {
        notes
            .add(
                NoteKind::Ambiguous,
                1,
                "Every comma has three digits behind it, so it could separate thousands or a fraction",
            )
            .undone_by(if style.style.decimal == b',' { "decimal=." } else { "decimal=," });
    }
}

/// Makes the series: one per column of numbers and group of rows.
fn assemble(
    table: &Table,
    mut scan: Scan,
    mut keys: Keys,
    options: &Options,
    notes: &mut Notebook,
) -> Result<Vec<Series>, Error> {
    let stacked = levels::identities(table);
    let constant: Labels = labels(&scan, &keys.constant, |column| column.words.first());
    let is_long = !keys.keys.is_empty();
    let groups = if is_long { Groups::of(&keys) } else { Groups::default() };
    keys.groups = Vec::new();
    // Of the words only those of each group's first row are asked for again.
    for column in &mut scan.words {
        column.codes = groups.firsts().map(|row| column.codes.get(row).copied().unwrap_or_default()).collect();
    }
    let mut order = OrderOfRows::default();
    let mut found: Vec<Series> = Vec::new();
    let mut names = UniqueNames::default();
    let is_alone = scan.numbers.len() == 1;
    let mut last_axis: Option<Arc<TimeAxis>> = None;
    for group in 0..if is_long { keys.group_count } else { 1 } {
        let rows = is_long.then(|| groups.rows(group));
        let mut arrangement = Arrangement::of(&scan.times_ms, rows, |position| scan.row_number(position));
        if let Some(last) = &last_axis {
            arrangement.share_times(last);
        }
        last_axis = Some(Arc::clone(&arrangement.axis));
        order.add(&arrangement);
        let words = labels(&scan, &keys.keys, |column| {
            column.codes.get(group).and_then(|&code| column.words.get(usize::from(code)))
        });
        for position in 0..scan.numbers.len() {
            let taken_whole = match scan.numbers.get_mut(position) {
                Some(column) if arrangement.is_identity() => Some(std::mem::take(&mut column.values)),
                _ => None,
            };
            let Some(column) = scan.numbers.get(position) else { continue };
            let values = taken_whole.unwrap_or_else(|| arrangement.apply(&column.values, options.keep));
            if is_long && values.iter().all(|value| value.is_nan()) {
                continue;
            }
            let mut identity = match stacked.as_ref().and_then(|all| all.get(column.index)) {
                Some(identity) => identity.clone(),
                None if !is_long => tags::identity(&column.name)
                    .unwrap_or_else(|| Identity { name: column.name.clone(), ..Identity::default() }),
                None => identity_of_group(&scan, &keys, group, column, &words, is_alone),
            };
            for (name, value) in constant.iter() {
                if identity.labels.get(name).is_none() {
                    identity.labels.insert(name, value);
                }
            }
            if let Some(wanted) = &options.columns {
                let is_wanted = |name: &str| wanted.iter().any(|wanted| wanted.trim() == name.trim());
                if !is_wanted(&identity.name) && !is_wanted(&column.name) {
                    continue;
                }
            }
            if options.ignore.iter().any(|name| name.trim() == identity.name) {
                continue;
            }
            let mut series = Series::new(names.give(identity.name), arrangement.axis.clone(), values);
            series.unit = match &column.unit {
                Some((scale, written)) => scale.unit(written),
                None => Unit::of_metric(identity.metric.as_deref().unwrap_or(&column.name)),
            };
            series.metric = identity.metric;
            series.labels = identity.labels;
            if found.len() == MOST_SERIES {
                return Err(too_many_series());
            }
            found.push(series);
        }
    }
    order.refuse_one_instant(&scan)?;
    order.note(options, notes);
    if found.is_empty() {
        let asked = options.columns.as_ref().and_then(|names| names.first()).cloned();
        return Err(Error::UnknownColumn { column: asked.unwrap_or_default(), available: list(table.names()) });
    }
    Ok(found)
}

/// The words of some columns as labels. Empty words are none; a column without a name gives none.
fn labels<'a>(scan: &'a Scan, columns: &[usize], word: impl Fn(&'a WordColumn) -> Option<&'a String>) -> Labels {
    let of = |&position: &usize| {
        let column = scan.words.get(position)?;
        let value = word(column).filter(|word| !word.trim().is_empty() && !crate::cell::number::is_missing(word))?;
        let name = if column.is_service() { "service" } else { column.name.as_str() };
        Some(tags::expand(name, value))
    };
    columns.iter().filter_map(of).flatten().collect()
}

/// Who a series of a long table is: the metric column names it, or else the column of numbers.
fn identity_of_group(
    scan: &Scan,
    keys: &Keys,
    group: usize,
    column: &NumberColumn,
    words: &Labels,
    is_alone: bool,
) -> Identity {
    let mut labels = words.clone();
    let mut metric = Vec::new();
    for &position in keys.keys.iter().chain(&keys.constant) {
        let Some(key) = scan.words.get(position).filter(|key| key.is_metric()) else { continue };
        // `name` beside a value of its own name (`name, duration`) is a label; beside `value` it is the metric.
        let is_label = !(is_alone && keys::is_value(&column.name)) && key.name.trim().eq_ignore_ascii_case("name");
        let word = key.codes.get(group).and_then(|&code| key.words.get(usize::from(code)));
        if let Some(word) = word.filter(|word| !is_label && !word.trim().is_empty()) {
            labels.remove(&key.name);
            metric.push(word.as_str());
        }
    }
    if metric.is_empty() {
        return Identity::of(Some(column.name.clone()), labels);
    }
    let mut metric = metric.join("_");
    if !(is_alone || keys::is_value(&column.name)) {
        metric = format!("{metric}_{}", column.name);
    }
    match Identity::parse(&metric) {
        Some(mut identity) if labels.is_empty() => {
            identity.labels.remove("");
            identity
        }
        Some(identity) => {
            let mut all = identity.labels;
            for (name, value) in labels.iter() {
                all.insert(name, value);
            }
            Identity::of(identity.metric, all)
        }
        None if labels.is_empty() => Identity { name: metric.clone(), metric: Some(metric), labels },
        None => Identity::of(Some(metric), labels),
    }
}

/// The rows of every group, one group behind the other, each in the order of the table.
#[derive(Default)]
struct Groups {
    rows: Vec<u32>,
    /// Where each group begins, and where the last one ends.
    starts: Vec<usize>,
}

impl Groups {
    fn of(keys: &Keys) -> Self {
        // Counted two places on, so that filling moves each start to where the next group begins.
        let mut starts = vec![0; keys.group_count + 2];
        for &group in &keys.groups {
            if let Some(count) = starts.get_mut(group as usize + 2) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut rows = vec![0; keys.groups.len()];
        for (row, &group) in keys.groups.iter().enumerate() {
            let Some(next) = starts.get_mut(group as usize + 1) else { continue };
            if let Some(place) = rows.get_mut(*next) {
                *place = row as u32;
            }
            *next += 1;
        }
        starts.truncate(keys.group_count + 1);
        Self { rows, starts }
    }

    fn rows(&self, group: usize) -> &[u32] {
        match self.starts.get(group..group + 2) {
            Some(&[start, end]) => self.rows.get(start..end).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The first row of every group; the very first one if there are no groups.
    fn firsts(&self) -> impl Iterator<Item = usize> {
        let firsts = self.starts.iter().filter_map(|&start| self.rows.get(start)).map(|&row| row as usize);
        let is_whole = self.starts.is_empty();
        firsts.chain(is_whole.then_some(0))
    }
}

/// What was noticed about the times of all series.
#[derive(Default)]
struct OrderOfRows {
    duplicates: usize,
    backward: usize,
    has_several_instants: bool,
}

impl OrderOfRows {
    fn add(&mut self, arrangement: &Arrangement) {
        self.duplicates += arrangement.duplicates;
        self.backward += arrangement.backward;
        self.has_several_instants |= arrangement.axis.len() != 1;
    }

    /// Refuses a table with a single row, and one in which every series has several rows, all at one time.
    fn refuse_one_instant(&self, scan: &Scan) -> Result<(), Error> {
        let is_instant = !self.has_several_instants && self.duplicates > 0;
        if !is_instant && scan.times_ms.len() != 1 {
            return Ok(());
        }
        let mut time = String::new();
        rfc3339(scan.times_ms.first().copied().unwrap_or(0), &mut time);
        Err(Error::OneInstant { rows: scan.times_ms.len(), time })
    }

    fn note(&self, options: &Options, notes: &mut Notebook) {
        notes
            .add(
                NoteKind::Duplicate,
                self.duplicates,
                format!(
                    "{} a time that another row of the series has; of these {} was kept",
                    plural(self.duplicates, "row has", "rows have"),
                    options.keep.words(),
                ),
            )
            .undone_by(options.keep.other());
        notes.add(
            NoteKind::Unsorted,
            self.backward,
            format!("The times step back {}; the rows were sorted", plural(self.backward, "time", "times")),
        );
    }
}
