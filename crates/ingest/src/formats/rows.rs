//! Rows in which some columns hold words that tell series apart, and others hold numbers.

use crate::cell::timestamp::Stamp;
use crate::series_set::SeriesSet;
use series::Labels;
use std::collections::HashMap;

/// One cell of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    /// Nothing that belongs to a series.
    Blank,
    /// A missing value of a column that may hold words or numbers.
    Missing,
    /// A measured value, NaN for a missing one.
    Number(f64),
    /// A word that tells series apart.
    Word(&'a str),
}

/// Where a column's numbers go.
#[derive(Debug)]
enum Place {
    /// No number has come yet; values were missing at these times.
    Waiting(Vec<Stamp>),
    /// The position of the series.
    Known(usize),
}

/// Finds the series of rows. Rows with the same words belong to the same series, one per column of numbers.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    places: HashMap<String, Vec<Place>>,
    key: String,
}

impl Rows {
    /// Adds a row's numbers. `position` finds the series of a column for words as labels; asked once for each. `names`
    /// are the columns' names.
    pub(crate) fn push(
        &mut self,
        set: &mut SeriesSet,
        stamp: Stamp,
        names: &[String],
        cells: &[Cell<'_>],
        position: &mut dyn FnMut(&mut SeriesSet, usize, Labels) -> usize,
    ) {
        self.key.clear();
        for cell in cells {
            if let Cell::Word(word) = cell {
                self.key.push_str(word);
            }
            self.key.push('\u{1f}');
        }
        if !self.places.contains_key(&self.key) {
            self.places.insert(self.key.clone(), Vec::new());
        }
        let Some(places) = self.places.get_mut(&self.key) else { return };
        places.resize_with(places.len().max(cells.len()), || Place::Waiting(Vec::new()));
        for (column, (cell, place)) in cells.iter().zip(places).enumerate() {
            let value = match (cell, &mut *place) {
                (Cell::Number(value), _) => *value,
                (Cell::Missing, Place::Known(_)) => f64::NAN,
                (Cell::Missing, Place::Waiting(missing)) => {
                    missing.push(stamp);
                    continue;
                }
                (Cell::Blank | Cell::Word(_), _) => continue,
            };
            let series = match place {
                Place::Known(series) => *series,
                Place::Waiting(missing) => {
                    let words = cells.iter().zip(names).filter_map(|(cell, name)| match cell {
                        Cell::Word(word) => Some((name.clone(), (*word).to_owned())),
                        _ => None,
                    });
                    let series = position(set, column, words.collect());
                    for stamp in std::mem::take(missing) {
                        set.push_at(series, stamp, f64::NAN);
                    }
                    *place = Place::Known(series);
                    series
                }
            };
            set.push_at(series, stamp, value);
        }
    }
}
