//! A JSON value that is small enough to be held.

use super::{Json, Kind};
use crate::Error;
use crate::cell::number::{self, Number, NumberStyle};
use series::Labels;

/// A value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Value {
    #[default]
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Value>),
    /// In the order of the text.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The member of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub(crate) fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// What stands for a measured value: a number, a number in quotes, a truth value (1 or 0), or null and words for a
    /// missing one (NaN). None for anything else.
    pub(crate) fn as_measure(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Null => Some(f64::NAN),
            Self::Bool(truth) => Some(f64::from(u8::from(*truth))),
            Self::Text(text) => match number::parse(text, NumberStyle::PLAIN) {
                Number::Value(value) => Some(value),
                Number::Missing => Some(f64::NAN),
                Number::Unreadable => None,
            },
            Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The members of an object; none of anything else.
    pub(crate) fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// As the text of a label: texts as they are, numbers and truth values as they are written; nothing for the rest.
    pub(crate) fn to_label(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            Self::Bool(truth) => Some(truth.to_string()),
            Self::Null | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The members of an object as labels.
    pub(crate) fn to_labels(&self) -> Labels {
        self.members().iter().filter_map(|(name, value)| Some((name.clone(), value.to_label()?))).collect()
    }

    pub(super) fn read(json: &mut Json<'_, '_>) -> Result<Self, Error> {
        Ok(match json.peek()? {
            Kind::Null => {
                json.skip()?;
                Self::Null
            }
            Kind::Bool => Self::Bool(json.truth()?),
            Kind::Number => Self::Number(json.number()?),
            Kind::Text => Self::Text(json.text()?.to_owned()),
            Kind::List => {
                let mut items = Vec::new();
                json.list(&mut |json, _| {
                    items.push(Self::read(json)?);
                    Ok(())
                })?;
                Self::List(items)
            }
            Kind::Object => {
                let mut members = Vec::new();
                json.object(&mut |json, name| {
                    members.push((name.to_owned(), Self::read(json)?));
                    Ok(())
                })?;
                Self::Object(members)
            }
        })
    }
}
