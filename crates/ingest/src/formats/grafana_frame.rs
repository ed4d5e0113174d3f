//! Grafana's data frame: a table in columns, each with a name, a type, labels and a configuration.

use crate::cell::number::{self, Number, NumberStyle};
use crate::cell::timestamp::{EpochUnit, Stamp};
use crate::error::Error;
use crate::json::{Json, Kind, Value, stamp_of_count, stamp_of_text};
use crate::{Options, Role};
use series::Labels;
use std::collections::HashMap;

/// More different texts than this in one field are refused.
const MOST_WORDS: usize = 500_000;

/// A field of a frame.
#[derive(Debug, Default)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) labels: Labels,
    pub(super) display: String,
    pub(super) unit: String,
    pub(super) column: Column,
}

/// The cells of a field as they are written.
#[derive(Debug, Default)]
pub(super) struct Column {
    pub(super) numbers: Vec<f64>,
    /// Per row 0, or one more than the position of its text in `words`; shorter than `numbers` behind the last text.
    pub(super) texts: Vec<u32>,
    words: Vec<String>,
    known: HashMap<String, u32>,
}

/// A frame as it is read.
#[derive(Debug, Default)]
pub(super) struct Frame {
    pub(super) name: String,
    pub(super) ref_id: String,
    pub(super) fields: Vec<Field>,
    pub(super) columns: Vec<Column>,
    pub(super) entities: Vec<Value>,
    pub(super) has_nanos: bool,
}

/// What a field is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Nothing,
    Value,
    Word,
}

impl Field {
    fn describe(&mut self, description: &Value) {
        for (name, value) in description.members() {
            match name.as_str() {
                "name" => value.as_str().unwrap_or("").clone_into(&mut self.name),
                "type" => value.as_str().unwrap_or("").clone_into(&mut self.kind),
                "labels" => self.labels = value.to_labels(),
                "config" => self.configure(value),
                _ => {}
            }
        }
    }

    fn configure(&mut self, config: &Value) {
        let text = |name: &str| config.get(name).and_then(Value::as_str).unwrap_or("").trim();
        // A name with a variable in it is not what people saw.
        let shown = ["displayName", "displayNameFromDS"].map(text);
        let shown = shown.into_iter().find(|name| !name.is_empty() && !name.contains('$'));
        shown.unwrap_or("").clone_into(&mut self.display);
        text("unit").clone_into(&mut self.unit);
    }

    pub(super) fn usage(&self, options: &Options) -> Use {
        match options.role(&self.name) {
            Some(Role::Ignore) => return Use::Nothing,
            Some(Role::Value) => return Use::Value,
            Some(Role::Label | Role::Service | Role::Metric) => return Use::Word,
            None => {}
        }
        match self.kind.as_str() {
            "number" | "boolean" | "enum" => Use::Value,
            "string" => Use::Word,
            "" if self.column.texts.is_empty() => Use::Value,
            "" => Use::Word,
            _ => Use::Nothing,
        }
    }

    /// The name, where it says more than that it is the value.
    pub(super) fn own_name(&self) -> Option<&str> {
        let name = self.name.trim();
        let says_nothing = name.is_empty() || name.eq_ignore_ascii_case("value") || name.starts_with("Value #");
        (!says_nothing).then_some(name)
    }
}

impl Frame {
    pub(super) fn schema(&mut self, schema: &Value) {
        let text = |name: &str| schema.get(name).and_then(Value::as_str);
        if let Some(name) = text("name") {
            name.clone_into(&mut self.name);
        }
        if let Some(ref_id) = text("refId") {
            ref_id.clone_into(&mut self.ref_id);
        }
        for description in schema.get("fields").map(Value::items).unwrap_or_default() {
            let mut field = Field::default();
            field.describe(description);
            self.fields.push(field);
        }
    }

    /// A field that has its values with it.
    pub(super) fn panel_field(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let mut field = Field::default();
        let mut entities = Value::Null;
        json.object(&mut |json, name| {
            match name {
                "values" => return field.column.read(json),
                "entities" => entities = json.value()?,
                "nanos" => return self.nanos(json),
                "labels" => field.labels = json.value()?.to_labels(),
                "config" => {
                    let config = json.value()?;
                    field.configure(&config);
                }
                "name" if json.peek()? == Kind::Text => json.text()?.clone_into(&mut field.name),
                "type" if json.peek()? == Kind::Text => json.text()?.clone_into(&mut field.kind),
                _ => {}
            }
            Ok(())
        })?;
        field.column.restore(&entities);
        self.fields.push(field);
        Ok(())
    }

    /// The parts of times below a millisecond.
    pub(super) fn nanos(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.nanos(json)),
            Kind::Number => {
                self.has_nanos |= json.number()? != 0.0;
                Ok(())
            }
            _ => json.skip(),
        }
    }
}

impl Column {
    /// A list of cells; what lies in a vector object (`{"buffer":[…]}`) is found there.
    pub(super) fn read(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::Object => json.object(&mut |json, name| match (name, json.peek()?) {
                ("buffer" | "values" | "data", Kind::List | Kind::Object) => self.read(json),
                // An array that was written as an object has its positions for names.
                (name, _) if name.parse() == Ok(self.numbers.len()) => self.cell(json),
                _ => Ok(()),
            }),
            Kind::List => json.list(&mut |json, _| self.cell(json)),
            Kind::Null => json.skip(),
            _ => Err(json.refuse("a list of values")),
        }
    }

    fn cell(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::Number => self.numbers.push(json.number()?),
            Kind::Bool => self.numbers.push(f64::from(u8::from(json.truth()?))),
            Kind::Text => {
                let row = self.numbers.len();
                let text = json.text()?;
                let word = match self.known.get(text) {
                    Some(known) => *known,
                    None => {
                        self.words.push(text.to_owned());
                        let word = self.words.len() as u32;
                        self.known.insert(text.to_owned(), word);
                        word
                    }
                };
                if self.words.len() > MOST_WORDS {
                    return Err(Error::TooLarge {
                        what: "different texts in one field".to_owned(),
                        limit: MOST_WORDS as u64,
                        remedy: "This may be a panel of logs or traces; copy the data of a panel with numbers."
                            .to_owned(),
                    });
                }
                self.texts.resize(row, 0);
                self.texts.push(word);
                self.numbers.push(f64::NAN);
            }
            _ => {
                self.numbers.push(f64::NAN);
                json.skip()?;
            }
        }
        Ok(())
    }

    /// Puts back the numbers that JSON cannot write: positions by kind.
    pub(super) fn restore(&mut self, entities: &Value) {
        for (kind, positions) in entities.members() {
            let value = match kind.as_str() {
                "Inf" => f64::INFINITY,
                "NegInf" => f64::NEG_INFINITY,
                _ => continue,
            };
            for position in positions.items().iter().filter_map(Value::as_f64) {
                if let Some(cell) = self.numbers.get_mut(position as usize) {
                    *cell = value;
                }
            }
        }
    }

    pub(super) fn text(&self, row: usize) -> Option<&str> {
        let word = self.texts.get(row).copied().unwrap_or(0) as usize;
        self.words.get(word.checked_sub(1)?).map(String::as_str)
    }

    /// The row's number, also one in quotes; none if it is some other text, or if there is no such row.
    pub(super) fn measure(&self, row: usize) -> Option<f64> {
        match self.text(row) {
            None => self.numbers.get(row).copied(),
            Some(text) => match number::parse(text, NumberStyle::PLAIN) {
                Number::Value(value) => Some(value),
                Number::Missing => Some(f64::NAN),
                Number::Unreadable => None,
            },
        }
    }

    pub(super) fn stamp(&self, row: usize, unit: EpochUnit) -> Option<Stamp> {
        match self.text(row) {
            Some(text) => stamp_of_text(text, Some(unit)),
            None => stamp_of_count(*self.numbers.get(row)?, Some(unit)),
        }
    }
}
