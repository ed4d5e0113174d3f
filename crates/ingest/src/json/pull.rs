//! One JSON value after the other.

use super::Value;
use crate::Error;
use crate::cell::number::{self, Number, NumberStyle};
use crate::error::excerpt;
use crate::text::Text;

/// Deeper nesting is refused.
const DEEPEST: usize = 128;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    Text,
    List,
    Object,
}

impl Kind {
    /// In words, with an article.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a truth value",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }
}

/// A JSON text (RFC 8259) from which values are pulled in their order.
///
/// What Python and JavaScript write beyond the standard is understood: `NaN`, `Infinity`, `-Infinity`. Texts may hold
/// control characters. Errors name line and column where the text is no JSON, and the path where it is something else
/// than was asked for.
pub(crate) struct Json<'t, 's> {
    text: &'t mut Text<'s>,
    /// The byte of `text.rest()` at which the next token begins.
    at: usize,
    /// Bytes of the current line in front of `text.rest()`.
    column: usize,
    depth: usize,
    /// Values that have been begun, to know whether a caller has taken one.
    begun: u64,
    /// The last text that had escapes.
    buffer: String,
}

impl<'t, 's> Json<'t, 's> {
    /// Begins where the text is.
    pub(crate) fn new(text: &'t mut Text<'s>) -> Self {
        Self { text, at: 0, column: 0, depth: 0, begun: 0, buffer: String::new() }
    }

    /// All values that stand one behind the other at the top, with or without commas or line ends between them. Values
    /// that `each` leaves alone are skipped.
    pub(crate) fn documents(
        &mut self,
        each: &mut dyn FnMut(&mut Self, usize) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut count = 0;
        loop {
            while self.blank()? == Some(b',') {
                self.at += 1;
            }
            if self.blank()?.is_none() {
                return if count > 0 { Ok(()) } else { Err(self.broken("there is no value")) };
            }
            let begun = self.begun;
            each(self, count)?;
            if self.begun == begun {
                self.skip()?;
            }
            count += 1;
        }
    }

    /// What the next value is, without taking it.
    pub(crate) fn peek(&mut self) -> Result<Kind, Error> {
        Ok(match self.blank()? {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::List,
            Some(b'"') => Kind::Text,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') => Kind::Null,
            Some(b'-' | b'+' | b'.' | b'0'..=b'9' | b'N' | b'I') => Kind::Number,
            Some(_) => return Err(self.broken("no value begins like this")),
            None => return Err(self.cut()),
        })
    }

    /// Takes an object and hands out its members: `member` is called with each name, and takes the value or leaves it.
    pub(crate) fn object(&mut self, member: &mut dyn FnMut(&mut Self, &str) -> Result<(), Error>) -> Result<(), Error> {
        self.expect(Kind::Object)?;
        self.enter()?;
        let mut name = String::new();
        if self.blank()? == Some(b'}') {
            return self.leave();
        }
        loop {
            if self.blank()? != Some(b'"') {
                return Err(self.missing("a name in quotes"));
            }
            name.clear();
            name.push_str(self.token()?);
            if self.blank()? != Some(b':') {
                return Err(self.missing("a colon"));
            }
            self.at += 1;
            let begun = self.begun;
            member(self, &name).map_err(|error| error.within_member(&name))?;
            if self.begun == begun {
                self.skip()?;
            }
            if self.ends(b'}')? {
                return self.leave();
            }
        }
    }

    /// Takes a list and hands out its items: `item` is called with each position, and takes the value or leaves it.
    pub(crate) fn list(&mut self, item: &mut dyn FnMut(&mut Self, usize) -> Result<(), Error>) -> Result<(), Error> {
        self.expect(Kind::List)?;
        self.enter()?;
        if self.blank()? == Some(b']') {
            return self.leave();
        }
        let mut position = 0;
        loop {
            let begun = self.begun;
            item(self, position).map_err(|error| error.within_item(position))?;
            if self.begun == begun {
                self.skip()?;
            }
            position += 1;
            if self.ends(b']')? {
                return self.leave();
            }
        }
    }

    /// Takes a text.
    pub(crate) fn text(&mut self) -> Result<&str, Error> {
        self.expect(Kind::Text)?;
        self.token()
    }

    /// Takes a number.
    pub(crate) fn number(&mut self) -> Result<f64, Error> {
        self.expect(Kind::Number)?;
        let (start, end) = self.word()?;
        let word = self.text.rest().get(start..end).unwrap_or_default();
        match read_number(word) {
            Some(value) => {
                self.at = end;
                Ok(value)
            }
            None => Err(self.broken("a number was expected")),
        }
    }

    /// Takes what stands for a measured value: a number, a number in quotes, or null, `NaN` and empty texts for a missing
    /// one (NaN). Truth values are 1 and 0.
    pub(crate) fn measure(&mut self) -> Result<f64, Error> {
        match self.peek()? {
            Kind::Number => self.number(),
            Kind::Null => self.skip().map(|()| f64::NAN),
            Kind::Bool => Ok(f64::from(u8::from(self.truth()?))),
            Kind::Text => {
                let text = self.text()?;
                match number::parse(text, NumberStyle::PLAIN) {
                    Number::Value(value) => Ok(value),
                    Number::Missing => Ok(f64::NAN),
                    Number::Unreadable => Err(unexpected_text("a number", text)),
                }
            }
            other => Err(unexpected("a number", other.words().to_owned())),
        }
    }

    /// Takes a truth value.
    pub(crate) fn truth(&mut self) -> Result<bool, Error> {
        self.expect(Kind::Bool)?;
        let (start, end) = self.word()?;
        match self.text.rest().get(start..end) {
            Some("true") => {
                self.at = end;
                Ok(true)
            }
            Some("false") => {
                self.at = end;
                Ok(false)
            }
            _ => Err(self.broken("no value begins like this")),
        }
    }

    /// Takes a value of any kind and holds it; only for what is small.
    pub(crate) fn value(&mut self) -> Result<Value, Error> {
        Value::read(self)
    }

    /// Takes a value of any kind and forgets it.
    pub(crate) fn skip(&mut self) -> Result<(), Error> {
        match self.peek()? {
            Kind::Object => self.object(&mut |_, _| Ok(())),
            Kind::List => self.list(&mut |_, _| Ok(())),
            Kind::Text => self.text().map(drop),
            Kind::Bool => self.truth().map(drop),
            Kind::Number => self.number().map(drop),
            Kind::Null => {
                self.begun += 1;
                let (start, end) = self.word()?;
                if self.text.rest().get(start..end) != Some("null") {
                    return Err(self.broken("no value begins like this"));
                }
                self.at = end;
                Ok(())
            }
        }
    }

    /// An error at the value that comes next: something else than was expected there.
    pub(crate) fn refuse(&mut self, expected: &str) -> Error {
        match self.peek() {
            Ok(found) => unexpected(expected, found.words().to_owned()),
            Err(error) => error,
        }
    }

    fn expect(&mut self, kind: Kind) -> Result<(), Error> {
        let found = self.peek()?;
        if found != kind {
            return Err(unexpected(kind.words(), found.words().to_owned()));
        }
        self.begun += 1;
        Ok(())
    }

    fn enter(&mut self) -> Result<(), Error> {
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Error::TooLarge {
                what: format!("levels of nesting in line {}", self.line()),
                limit: DEEPEST as u64,
                remedy: "No monitoring tool nests its answers so deep; export the data again.".to_owned(),
            });
        }
        Ok(())
    }

    fn leave(&mut self) -> Result<(), Error> {
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    /// Whether the closing bracket follows; else takes the comma.
    fn ends(&mut self, bracket: u8) -> Result<bool, Error> {
        match self.blank()? {
            Some(byte) if byte == bracket => Ok(true),
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(self.missing(if bracket == b'}' {
                "a comma or a closing brace"
            } else {
                "a comma or a closing bracket"
            })),
        }
    }

    /// Skips blanks; the byte behind them, none at the end.
    fn blank(&mut self) -> Result<Option<u8>, Error> {
        loop {
            let bytes = self.text.rest().as_bytes();
            let mut at = self.at;
            while matches!(bytes.get(at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
                at += 1;
            }
            let found = bytes.get(at).copied();
            self.at = at;
            if found.is_some() || !self.more()? {
                return Ok(found);
            }
        }
    }

    /// Takes the text whose opening quote is next.
    fn token(&mut self) -> Result<&str, Error> {
        let mut searched = 1;
        let mut has_escape = false;
        let end = loop {
            let bytes = self.text.rest().as_bytes();
            let found = loop {
                match bytes.get(self.at + searched) {
                    Some(b'"') => break Some(self.at + searched),
                    Some(b'\\') => {
                        if bytes.get(self.at + searched + 1).is_none() {
                            break None;
                        }
                        has_escape = true;
                        searched += 2;
                    }
                    Some(_) => searched += 1,
                    None => break None,
                }
            };
            match found {
                Some(end) => break end,
                None if self.more()? => {}
                None => return Err(self.cut()),
            }
        };
        let start = self.at + 1;
        if has_escape {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.clear();
            let is_right = unescape(self.text.rest().get(start..end).unwrap_or_default(), &mut buffer);
            self.buffer = buffer;
            if is_right.is_none() {
                return Err(self.broken("an escape sequence is not valid"));
            }
            self.at = end + 1;
            return Ok(&self.buffer);
        }
        self.at = end + 1;
        Ok(self.text.rest().get(start..end).unwrap_or_default())
    }

    /// Where the number or word that comes next begins and ends.
    fn word(&mut self) -> Result<(usize, usize), Error> {
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
        let mut length = 0;
        loop {
            let bytes = self.text.rest().as_bytes();
            while bytes.get(self.at + length).is_some_and(is_part) {
                length += 1;
            }
            if bytes.get(self.at + length).is_some() || !self.more()? {
                return Ok((self.at, self.at + length));
            }
        }
    }

    /// Gives the text up to here away and asks for more.
    fn more(&mut self) -> Result<bool, Error> {
        let passed = self.text.rest().get(..self.at).unwrap_or_default();
        self.column = match passed.rfind('\n') {
            Some(end) => passed.len() - end - 1,
            None => self.column + passed.len(),
        };
        self.text.consume(self.at);
        self.at = 0;
        self.text.more()
    }

    fn line(&self) -> u64 {
        let passed = self.text.rest().get(..self.at).unwrap_or_default();
        self.text.line() + passed.bytes().filter(|&byte| byte == b'\n').count() as u64
    }

    fn broken(&self, reason: &str) -> Error {
        let passed = self.text.rest().get(..self.at).unwrap_or_default();
        let column = match passed.rfind('\n') {
            Some(end) => passed.len() - end,
            None => self.column + passed.len() + 1,
        };
        Error::Json {
            line: self.line(),
            column: column as u64,
            reason: reason.to_owned(),
            remedy: "Save the answer as it is, without text around it.".to_owned(),
        }
    }

    /// An error at the end of the text, or where something else stands than must.
    fn missing(&mut self, what: &str) -> Error {
        match self.blank() {
            Ok(Some(_)) => self.broken(&format!("{what} was expected")),
            Ok(None) => self.cut(),
            Err(error) => error,
        }
    }

    fn cut(&self) -> Error {
        match self.broken("it ends in the middle of a value") {
            Error::Json { line, column, reason, .. } => Error::Json {
                line,
                column,
                reason,
                remedy: "The file was cut off; save the whole answer again.".to_owned(),
            },
            other => other,
        }
    }
}

fn unexpected(expected: &str, found: String) -> Error {
    Error::Shape {
        path: String::new(),
        expected: expected.to_owned(),
        found,
        remedy: "Save the tool's whole answer as it is.".to_owned(),
    }
}

/// An error at a text that is not what was expected.
pub(super) fn unexpected_text(expected: &str, text: &str) -> Error {
    unexpected(expected, format!("the text {:?}", excerpt(text, 40)))
}

fn read_number(word: &str) -> Option<f64> {
    match number::parse(word, NumberStyle::PLAIN) {
        Number::Value(value) => Some(value),
        Number::Missing => (word == "NaN").then_some(f64::NAN),
        Number::Unreadable => None,
    }
}

/// Resolves escapes; none if one is not valid. Half of a pair of surrogates becomes the replacement character.
fn unescape(raw: &str, out: &mut String) -> Option<()> {
    let mut rest = raw;
    while let Some(position) = rest.find('\\') {
        out.push_str(rest.get(..position)?);
        let escape = rest.as_bytes().get(position + 1)?;
        rest = rest.get(position + 2..)?;
        out.push(match escape {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = hexadecimal(&mut rest)?;
                let mut units = vec![first];
                if (0xd800..0xdc00).contains(&first) && rest.starts_with("\\u") {
                    let mut behind = rest.get(2..)?;
                    let second = hexadecimal(&mut behind)?;
                    if (0xdc00..0xe000).contains(&second) {
                        units.push(second);
                        rest = behind;
                    }
                }
                char::decode_utf16(units).next()?.unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return None,
        });
    }
    out.push_str(rest);
    Some(())
}

fn hexadecimal(rest: &mut &str) -> Option<u16> {
    let (digits, behind) = rest.split_at_checked(4)?;
    *rest = behind;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Vec<Value>, Error> {
        let mut bytes = text.as_bytes();
        let mut text = Text::open(&mut bytes, None)?;
        let mut all = Vec::new();
        Json::new(&mut text).documents(&mut |json, _| {
            all.push(json.value()?);
            Ok(())
        })?;
        Ok(all)
    }

    fn of_serde(value: &serde_json::Value) -> Value {
        use serde_json::Value as Theirs;
        match value {
            Theirs::Null => Value::Null,
            Theirs::Bool(truth) => Value::Bool(*truth),
            Theirs::Number(number) => Value::Number(number.as_f64().unwrap()),
            Theirs::String(text) => Value::Text(text.clone()),
            Theirs::Array(items) => Value::List(items.iter().map(of_serde).collect()),
            Theirs::Object(members) => {
                Value::Object(members.iter().map(|(name, value)| (name.clone(), of_serde(value))).collect())
            }
        }
    }

    #[test]
    fn values_one_behind_the_other() {
        let all = read("{\"a\":[1,\"\\u00e9\\ud834\\udd1e\\n\",null]} [true]\n, 2.5e3 NaN").unwrap();
        assert_eq!(all.len(), 4);
        assert_eq!(all[0].get("a").unwrap().items()[1].as_str(), Some("é𝄞\n"));
        assert_eq!(all[2], Value::Number(2500.0));
        assert!(all[3].as_f64().unwrap().is_nan());
    }

    #[test]
    fn what_is_no_json_is_placed() {
        let message = |text: &str| read(text).unwrap_err().to_string();
        assert!(
            message("{\"a\":1,\n \"b\" 2}")
                .starts_with("Line 2, column 6: this is not valid JSON (a colon was expected)")
        );
        assert!(message("{\"a\":[1,2").contains("cut off"));
        assert!(message("[1 2]").contains("Line 1, column 4"));
        assert!(message("[nothing]").contains("column 2"));
        assert!(message("[\"\\x\"]").contains("escape"));
        assert!(message(&"[".repeat(1000)).contains("more than 128 levels of nesting"));
    }

    #[test]
    fn what_is_something_else_is_named_by_its_path() {
        let mut bytes = &b"{\"data\":{\"result\":[{},{\"values\":[[1,true],7]}]}}"[..];
        let mut text = Text::open(&mut bytes, None).unwrap();
        let mut json = Json::new(&mut text);
        let error = json
            .object(&mut |json, _| {
                json.object(&mut |json, _| {
                    json.list(&mut |json, _| {
                        json.object(&mut |json, _| json.list(&mut |json, _| json.list(&mut |_, _| Ok(()))))
                    })
                })
            })
            .unwrap_err();
        assert!(
            error.to_string().starts_with("At data.result[1].values[1]: expected a list, found a number"),
            "{error}"
        );
    }

    #[test]
    fn what_is_left_alone_is_skipped() {
        let mut bytes = &b"{\"a\":{\"b\":[1,{\"c\":\"]\"}]},\"d\":4}"[..];
        let mut text = Text::open(&mut bytes, None).unwrap();
        let mut found = 0.0;
        let mut json = Json::new(&mut text);
        json.object(&mut |json, name| {
            if name == "d" {
                found = json.measure()?;
            }
            Ok(())
        })
        .unwrap();
        assert!((found - 4.0).abs() < 1e-12);
    }

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Into::into),
            "\\PC{0,8}|[\"\\\\\n\t\u{1}]{0,4}".prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
                proptest::collection::btree_map("\\PC{0,6}", inner, 0..6)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn agrees_with_serde(value in value(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            prop_assert_eq!(read(&text).unwrap(), vec![of_serde(&value)]);
        }

        #[test]
        fn nothing_panics(text in "[\\[\\]{}\",:0-9a-z\\\\ ]{0,60}") {
            let _ = read(&text);
        }

        #[test]
        fn refuses_what_serde_refuses(text in "[\\[\\]{}\",:01 ]{1,12}") {
            let one: Result<serde_json::Value, _> = serde_json::from_str(&text);
            if let Ok(value) = one {
                prop_assert_eq!(read(&text).unwrap(), vec![of_serde(&value)]);
            }
        }
    }
}
