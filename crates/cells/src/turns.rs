//! Words that come in turn.

use crate::{Stretch, is_same};
use std::ops::Range;

/// Guesses the next word of a column: the one that came behind the last one before, or the last one again. Rows come in
/// blocks of one series, or with all series in turn.
///
/// Words have numbers below 65,536, from 0 in the order in which they first came.
#[derive(Clone, Debug, Default)]
pub struct Turns {
    /// For each word the one that came behind it last.
    followers: Vec<u16>,
    last: Option<u16>,
}

impl Turns {
    /// Notes the next word.
    #[inline(always)]
    pub fn add(&mut self, code: u16) {
        if let Some(follower) = self.last.and_then(|last| self.followers.get_mut(last as usize)) {
            *follower = code;
        }
        if self.followers.len() <= code as usize {
            self.followers.resize(code as usize + 1, code);
        }
        self.last = Some(code);
    }

    /// The number of a word, if it was guessed right.
    #[inline(always)]
    pub fn guess(&self, word: &[u8], words: &[String]) -> Option<u16> {
        let last = self.last?;
        let is_right = |code: &u16| words.get(*code as usize).is_some_and(|known| is_same(known.as_bytes(), word));
        self.followers.get(last as usize).copied().filter(is_right).or(Some(last).filter(is_right))
    }

    /// Notes the words of a column's rows and appends their numbers, up to the first one that it cannot guess.
    #[inline(never)]
    pub fn guess_all(
        &mut self,
        bytes: &[u8],
        stretch: &Stretch,
        column: usize,
        rows: Range<usize>,
        words: &[String],
        codes: &mut Vec<u16>,
    ) {
        codes.extend(stretch.cells(bytes, column, rows).map_while(|(start, end)| {
            let code = self.guess(bytes.get(start..end)?, words)?;
            self.add(code);
            Some(code)
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_turns_are_guessed() {
        let words = ["a", "b", "c"].map(str::to_owned);
        let mut turns = Turns::default();
        assert_eq!(turns.guess(b"a", &words), None);
        for code in [0, 1, 2, 0] {
            turns.add(code);
        }
        assert_eq!(turns.guess(b"b", &words), Some(1));
        assert_eq!(turns.guess(b"a", &words), Some(0));
        assert_eq!(turns.guess(b"c", &words), None);
    }
}
