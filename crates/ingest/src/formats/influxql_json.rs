//! InfluxDB's answers to InfluxQL (`/query`): results with series, each with a name, tags, columns and rows of values.
//! Times are RFC 3339, or counts in the unit that was asked for, told by their size.

use super::rows::{Cell, Rows};
use crate::error::{Error, excerpt};
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind, Value};
use crate::notebook::plural;
use crate::series_set::SeriesSet;
use crate::sniff::Reader;
use crate::text::Text;
use crate::{Format, Options, Role};
use order::SortedSet;
use series::{Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::InfluxqlJson, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    json.has("results/[]/series/[]/columns")
        || json.has("results/[]/statement_id")
        || json.has_at_top("results/[]/series")
        || json.has_at_top("series/[]/columns") && json.has_at_top("series/[]/values")
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let mut found = Found { options: context.options.clone(), ..Found::default() };
    Json::new(text).documents(&mut |json, position| {
        let path = format!("answer {}", position + 1);
        // Of several chunks all but the last say that there are more.
        found.is_cut = false;
        found.node(json).map_err(|error| error.within_member(&path))
    })?;
    found.finish()
}

#[derive(Default)]
struct Found {
    options: Options,
    set: SeriesSet,
    words: SortedSet<String>,
    is_cut: bool,
    tables: usize,
    timeless: usize,
    failures: Vec<String>,
    messages: Vec<String>,
}

/// A series as it is read.
#[derive(Default)]
struct Table {
    name: String,
    tags: Labels,
    columns: Vec<String>,
    time: Option<usize>,
    rows: Rows,
    cells: Vec<Value>,
}

impl Found {
    fn node(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.node(json)),
            Kind::Object => self.object(json),
            _ => json.skip(),
        }
    }

    /// An answer, or a result in it.
    fn object(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        json.object(&mut |json, name| {
            match (name, json.peek()?) {
                ("series", Kind::List) => return json.list(&mut |json, _| self.series(json)),
                ("results" | "data" | "response", Kind::List | Kind::Object) => return self.node(json),
                ("partial", Kind::Bool) => self.is_cut |= json.truth()?,
                ("error", Kind::Text) => {
                    let text = excerpt(json.text()?, 300);
                    self.failures.push(text);
                }
                ("messages", Kind::List) => {
                    let messages = json.value()?;
                    let texts = messages.items().iter().filter_map(|message| message.get("text")?.as_str());
                    self.messages.extend(texts.map(|text| excerpt(text, 300)));
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn series(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let mut table = Table::default();
        let mut held: Vec<Value> = Vec::new();
        json.object(&mut |json, name| {
            match (name, json.peek()?) {
                ("name", Kind::Text) => json.text()?.clone_into(&mut table.name),
                ("tags", Kind::Object) => table.tags = json.value()?.to_labels(),
                ("columns", Kind::List) => {
                    let columns = json.value()?;
                    let named = self.options.time_column.as_deref().unwrap_or("time");
                    table.columns = columns.items().iter().filter_map(Value::to_label).collect();
                    table.time = table.columns.iter().position(|column| column == named);
                }
                ("partial", Kind::Bool) => self.is_cut |= json.truth()?,
                // Rows can be placed once the server has said whose they are, as it does.
                ("values", Kind::List) if table.columns.is_empty() || table.name.is_empty() => {
                    held = json.value()?.items().to_vec();
                }
                ("values", Kind::List) => {
                    return json.list(&mut |json, _| {
                        table.cells.clear();
                        json.list(&mut |json, _| {
                            table.cells.push(json.value()?);
                            Ok(())
                        })?;
                        self.row(&mut table)
                    });
                }
                _ => {}
            }
            Ok(())
        })?;
        for row in held {
            table.cells = row.items().to_vec();
            self.row(&mut table)?;
        }
        self.tables += usize::from(table.time.is_none());
        Ok(())
    }

    fn row(&mut self, table: &mut Table) -> Result<(), Error> {
        let Table { name, tags, columns, time, rows, cells } = table;
        let Some(time) = *time else { return Ok(()) };
        let Some(stamp) = cells.get(time).and_then(|cell| cell.as_stamp(self.options.epoch_unit)) else {
            self.timeless += 1;
            return Ok(());
        };
        let mut read: Vec<Cell<'_>> = Vec::with_capacity(cells.len());
        for (column, cell) in columns.iter().zip(cells.iter()) {
            let role = self.options.role(column);
            read.push(match cell {
                _ if read.len() == time || role == Some(Role::Ignore) => Cell::Blank,
                Value::Null => Cell::Missing,
                Value::Text(text) if role != Some(Role::Value) => {
                    if !self.words.contains(column.as_str()) {
                        self.words.insert(column.clone());
                    }
                    Cell::Word(text)
                }
                other => other.as_measure().map_or(Cell::Blank, Cell::Number),
            });
        }
        rows.push(&mut self.set, stamp, columns, &read, &mut |set, column, words| {
            let column = columns.get(column).map_or("", String::as_str);
            let metric = match (name.as_str(), column) {
                ("", column) => column.to_owned(),
                (name, "value") => name.to_owned(),
                (name, column) => format!("{name}_{column}"),
            };
            // A series without a tag's value has an empty text there.
            let tags = tags.iter().chain(words.iter()).filter(|(_, value)| !value.is_empty());
            set.position_of(&metric, tags.collect())
        });
        self.set.refuse_too_many()
    }

    fn finish(mut self) -> Result<Body, Error> {
        if let (0, Some(message)) = (self.set.sample_count(), self.failures.first()) {
            let message = format!("{}.", message.trim_end_matches('.'));
            return Err(Error::ServerFailed { kind: "InfluxDB".to_owned(), message });
        }
        let seen = if self.tables > 0 {
            "InfluxDB's answer is a list of names, without a column \"time\""
        } else {
            "InfluxDB's answer has no series"
        };
        self.set.refuse_empty(seen, "Ask for fields and a range of time that have data (SELECT … WHERE time > …).")?;
        let notes = &mut self.set.notes;
        notes.add(
            NoteKind::SourceWarning,
            usize::from(self.is_cut),
            "The server cut the answer off (partial); ask with chunked=true or for a shorter range to have all of it",
        );
        notes.add(
            NoteKind::Dropped,
            self.tables,
            format!("{} without a column \"time\" left out", plural(self.tables, "series", "series")),
        );
        notes.add(
            NoteKind::Unreadable,
            self.timeless,
            format!("{} without a readable time left out", plural(self.timeless, "row", "rows")),
        );
        for word in self.words.iter() {
            notes
                .add_about(word, NoteKind::Assumption, 1, "This column holds words; they tell series apart as a label")
                .undone_by(format!("role.{word}=ignore"));
        }
        for message in self.failures.into_iter().chain(self.messages) {
            notes.add(NoteKind::SourceWarning, 1, message);
        }
        Ok(self.set.into())
    }
}
