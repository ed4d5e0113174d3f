//! Who calls whom, as people and tools write it down.

use order::SortedSet;
use serde_json::Value;
use std::fmt;

/// The columns (or keys) that the common tools name the two ends of a call by: caller, callee.
pub const ENDS: [(&str, &str); 6] = [
    ("caller", "callee"),
    ("parent", "child"),
    ("source", "target"),
    ("source", "destination"),
    ("client", "server"),
    ("from", "to"),
];
/// The members of a JSON document that may hold the list of calls: Jaeger's, and those of common drawings of graphs.
pub const MEMBERS: [&str; 4] = ["data", "calls", "edges", "links"];
/// Words that begin lines without a call in the languages that draw graphs.
const GRAPH_WORDS: [&str; 8] = ["digraph", "graph", "flowchart", "strict", "subgraph", "end", "node", "edge"];

/// A call: caller and callee, by the names of their services.
pub type Call = (String, String);

/// What is no call graph; says where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallsError(String);

impl fmt::Display for CallsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CallsError {}

/// What is wrong, and what was expected of a text or document.
fn wrong(why: impl fmt::Display) -> CallsError {
    let expected = "Who calls whom is a table with the columns caller and callee, or lines like `frontend -> cart`.";
    CallsError(format!("{why}. {expected}"))
}

/// Reads a call graph: lines like `frontend -> cart -> redis` (also as DOT and Mermaid write them), or a table with the columns
/// caller and callee, parent and child, source and target, source and destination, client and server, or from and to, separated
/// by commas, semicolons or tabs. Each call once, in the order of the text; nobody calls itself.
///
/// # Errors
/// What is neither, with the number of the line.
pub fn read(text: &str) -> Result<Vec<Call>, CallsError> {
    let text = text.trim_start_matches('\u{feff}');
    let is_drawn = text.contains("->") || text.contains('→');
    if is_drawn { arrows(text) } else { table(text) }
}

/// The calls of a setting, as [`to_setting`] writes it: a small form, for the analysis in the browser, which is short of room.
///
/// # Errors
/// What has another form; says which part.
pub fn from_setting(setting: &str) -> Result<Vec<Call>, CallsError> {
    let mut calls = Vec::new();
    let (mut names, mut callee) = ([String::new(), String::new()], 0);
    let mut letters = setting.chars();
    loop {
        let letter = letters.next();
        match letter {
            Some('>') => callee += 1,
            None | Some(',') => {
                let [from, to] = std::mem::take(&mut names);
                if callee != 1 || from.is_empty() || to.is_empty() {
                    return Err(CallsError(format!(
                        "`{from}>{to}` is no call; expected is `frontend>cart,cart>redis`"
                    )));
                }
                calls.push((from, to));
                callee = 0;
                if letter.is_none() {
                    return Ok(calls);
                }
            }
            Some(letter) => {
                let letter = if letter == '\\' { letters.next() } else { Some(letter) };
                if let (Some(letter), [from, to]) = (letter, &mut names) {
                    if callee == 0 { from.push(letter) } else { to.push(letter) }
                }
            }
        }
    }
}

/// The calls as the value of a setting: `frontend>cart,cart>redis`; of a comma, a `>` and a backslash in a name a backslash says
/// that it is part of it.
pub fn to_setting(calls: &[Call]) -> String {
    let mut setting = String::new();
    for (caller, callee) in calls {
        for (mark, name) in [(',', caller), ('>', callee)] {
            if !setting.is_empty() {
                setting.push(mark);
            }
            for letter in name.chars() {
                if matches!(letter, ',' | '>' | '\\') {
                    setting.push('\\');
                }
                setting.push(letter);
            }
        }
    }
    setting
}

/// The calls of a JSON document: a list, or one in the member `data`, `calls`, `edges` or `links`, of pairs of names or of objects
/// that name the two ends as [`read`] has them (Jaeger's dependencies).
///
/// # Errors
/// What holds no such list, and an entry without two names.
pub fn from_json(document: &Value) -> Result<Vec<Call>, CallsError> {
    let list = document.as_array().or_else(|| MEMBERS.iter().find_map(|member| document.get(member)?.as_array()));
    let Some(list) = list else { return Err(wrong("this JSON holds no list of calls")) };
    let mut calls = Once::default();
    for (position, entry) in list.iter().enumerate() {
        let name = |key: &str| entry.get(key).and_then(Value::as_str);
        let pair = entry.as_array().and_then(|pair| match pair.as_slice() {
            [caller, callee] => Some((caller.as_str()?, callee.as_str()?)),
            _ => None,
        });
        let found = pair.or_else(|| ENDS.iter().find_map(|(caller, callee)| Some((name(caller)?, name(callee)?))));
        let Some((caller, callee)) = found else {
            return Err(wrong(format_args!("entry {} names no two services", position + 1)));
        };
        calls.add(caller, callee);
    }
    Ok(calls.list)
}

/// The calls as [`read`] reads them, one on each line: `frontend -> cart`.
pub fn written(calls: &[Call]) -> String {
    let mut line = String::new();
    for (caller, callee) in calls {
        if !line.is_empty() {
            line.push('\n');
        }
        name_into(&mut line, caller);
        line.push_str(" -> ");
        name_into(&mut line, callee);
    }
    line
}

/// A name, in quotes where it would not be read as one without.
fn name_into(line: &mut String, name: &str) {
    let is_plain = name.trim() == name
        && !name.is_empty()
        && !name.contains(['"', ';', '\n', '→', '[', ']', '|', '\\'])
        && !name.contains("->");
    if is_plain {
        line.push_str(name);
        return;
    }
    line.push('"');
    for letter in name.chars() {
        if matches!(letter, '"' | '\\') {
            line.push('\\');
        }
        line.push(letter);
    }
    line.push('"');
}

/// Calls, each once.
#[derive(Default)]
struct Once {
    list: Vec<Call>,
    known: SortedSet<Call>,
}

impl Once {
    fn add(&mut self, caller: &str, callee: &str) {
        let call = (caller.to_owned(), callee.to_owned());
        if caller != callee && !self.known.contains(&call) {
            self.known.insert(call.clone());
            self.list.push(call);
        }
    }
}

/// One entry of a drawn graph, as far as it is read: names with arrows between them.
#[derive(Default)]
struct Entry {
    names: Vec<String>,
    name: String,
    /// Whether the name stood in quotes, where blanks count.
    is_quoted: bool,
    /// Whether anything says that it is drawn: a service by itself may be.
    is_drawn: bool,
}

impl Entry {
    /// An arrow has come, or the end.
    fn next(&mut self) {
        let name = std::mem::take(&mut self.name);
        self.names.push(if std::mem::take(&mut self.is_quoted) { name } else { name.trim().to_owned() });
    }

    /// Adds its calls; what draws nothing is passed over.
    fn add_to(self, calls: &mut Once) -> Result<(), String> {
        let is_comment = |name: &String| ["#", "//", "%%"].iter().any(|mark| name.starts_with(mark));
        if self.names.first().is_some_and(is_comment) {
            return Ok(());
        }
        if let [alone] = self.names.as_slice() {
            let first = alone.split([' ', '{']).next().unwrap_or("");
            let is_mark = alone.is_empty() || alone.starts_with(['{', '}']);
            let is_no_call = self.is_drawn || is_mark || GRAPH_WORDS.contains(&first) || alone.contains('=');
            return if is_no_call { Ok(()) } else { Err(format!("`{alone}` calls nobody")) };
        }
        for pair in self.names.windows(2) {
            let [caller, callee] = pair else { continue };
            if caller.is_empty() || callee.is_empty() {
                return Err("a name is missing beside an arrow".into());
            }
            calls.add(caller, callee);
        }
        Ok(())
    }
}

/// Lines like `a -> b -> c`, also with `;` between them; quotes around names, and in brackets or bars what drawings say besides.
fn arrows(text: &str) -> Result<Vec<Call>, CallsError> {
    let mut calls = Once::default();
    let mut entry = Entry::default();
    let mut line = 1;
    let mut letters = text.chars().chain(['\n']).peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                entry.name.clear();
                while let Some(letter) = letters.next_if(|letter| *letter != '"' && *letter != '\n') {
                    let escaped = if letter == '\\' { letters.next() } else { None };
                    entry.name.push(escaped.unwrap_or(letter));
                }
                letters.next_if_eq(&'"');
                (entry.is_quoted, entry.is_drawn) = (true, true);
            }
            '[' => {
                entry.is_drawn = true;
                while letters.next_if(|letter| *letter != ']' && *letter != '\n').is_some() {}
            }
            '|' => while letters.next().is_some_and(|letter| letter != '|' && letter != '\n') {},
            // `->`, and `-->` and longer ones.
            '-' if letters.peek() == Some(&'>') => {
                letters.next();
                while entry.name.ends_with('-') {
                    entry.name.pop();
                }
                entry.next();
            }
            '→' => entry.next(),
            '\n' | ';' => {
                let mut read = std::mem::take(&mut entry);
                read.next();
                read.add_to(&mut calls).map_err(|why| wrong(format_args!("line {line}: {why}")))?;
                line += usize::from(letter == '\n');
            }
            // What follows a name in quotes is blank, or closes brackets.
            _ if entry.is_quoted || letter == ']' => {}
            _ => entry.name.push(letter),
        }
    }
    Ok(calls.list)
}

/// A table with a head that names the two ends.
fn table(text: &str) -> Result<Vec<Call>, CallsError> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some((_, head)) = lines.next() else { return Err(wrong("there is nothing in it")) };
    let found = [',', ';', '\t'].into_iter().find_map(|separator| {
        let names = cells(head, separator);
        let column = |wanted: &str| names.iter().position(|name| name.trim().eq_ignore_ascii_case(wanted));
        ENDS.iter().find_map(|(caller, callee)| Some((separator, column(caller)?, column(callee)?)))
    });
    let Some((separator, caller, callee)) = found else {
        return Err(wrong("line 1: the head does not name caller and callee"));
    };
    let mut calls = Once::default();
    for (position, line) in lines {
        let cells = cells(line, separator);
        let name = |column: usize| cells.get(column).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
        let (Some(caller), Some(callee)) = (name(caller), name(callee)) else {
            return Err(wrong(format_args!("line {}: there are no two names in it", position + 1)));
        };
        calls.add(caller, callee);
    }
    Ok(calls.list)
}

/// The cells of a line; quotes may enclose one, and double quotes inside stand for one.
fn cells(line: &str, separator: char) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if is_quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cells.last_mut().into_iter().for_each(|cell| cell.push('"'));
            }
            '"' => is_quoted = !is_quoted,
            _ if letter == separator && !is_quoted => cells.push(String::new()),
            _ => cells.last_mut().into_iter().for_each(|cell| cell.push(letter)),
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn pairs(calls: &[Call]) -> Vec<(&str, &str)> {
        calls.iter().map(|(caller, callee)| (caller.as_str(), callee.as_str())).collect()
    }

    fn refused(text: &str) -> String {
        read(text).unwrap_err().to_string()
    }

    #[test]
    fn lines_with_arrows_are_calls() {
        let text = "web -> cart -> redis; web→cart\nweb --> \"a; b\"\n\n# a comment\n// old -> gone\nweb -> web";
        assert_eq!(pairs(&read(text).unwrap()), [("web", "cart"), ("cart", "redis"), ("web", "a; b")]);
    }

    #[test]
    fn drawings_are_read() {
        let dot = "digraph G {\n  rankdir=LR; node [shape=box];\n  \"cart\" [label=\"Cart\"];\n  \"web app\" -> \"cart\" [label=\"12 -> 3\"];\n}\n";
        assert_eq!(pairs(&read(dot).unwrap()), [("web app", "cart")]);
        let mermaid = "graph TD\n  web -->|HTTP| cart[Cart service]\n  cart ---> redis\n";
        assert_eq!(pairs(&read(mermaid).unwrap()), [("web", "cart"), ("cart", "redis")]);
    }

    #[test]
    fn tables_are_read_by_their_heads() {
        for text in [
            "\u{feff}Source,Target,Weight\nweb,cart,1\nweb,\"b, \"\"c\"\"\",2\n",
            "n;Parent;child\n1;web;cart\n\n2;web;\"b, \"\"c\"\"\"\n",
            "client\tserver\r\nweb\tcart\r\nweb\t\"b, \"\"c\"\"\"\r\n",
        ] {
            assert_eq!(pairs(&read(text).unwrap()), [("web", "cart"), ("web", "b, \"c\"")], "{text}");
        }
    }

    #[test]
    fn what_is_no_graph_is_refused_with_its_place() {
        assert!(refused("").starts_with("there is nothing in it. Who calls whom is a table"));
        assert!(refused("a,b\nweb,cart").starts_with("line 1: the head does not name"));
        assert!(refused("caller,callee\nweb,cart\nweb").starts_with("line 3: there are no two names"));
        assert!(refused("web -> cart\ncart").starts_with("line 2: `cart` calls nobody"));
        assert!(refused("web -> ").starts_with("line 1: a name is missing"));
    }

    #[test]
    fn json_lists_are_read() {
        let of = |text: &str| from_json(&serde_json::from_str(text).unwrap());
        let jaeger =
            r#"{"data": [{"parent": "web", "child": "cart", "callCount": 3}, {"parent": "web", "child": "cart"}]}"#;
        assert_eq!(pairs(&of(jaeger).unwrap()), [("web", "cart")]);
        assert_eq!(
            pairs(&of(r#"[["web", "cart"], ["cart", "redis"]]"#).unwrap()),
            [("web", "cart"), ("cart", "redis")]
        );
        assert!(of("{}").unwrap_err().to_string().starts_with("this JSON holds no list"));
        assert!(of(r#"[["web"]]"#).unwrap_err().to_string().starts_with("entry 1 names no two services"));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let calls: Vec<Call> = [("web", "cart"), ("a -> b", "c;d"), ("\"q\\", " x "), ("y[1]", "z|w"), ("-", "a-")]
            .map(|(caller, callee)| (caller.to_owned(), callee.to_owned()))
            .to_vec();
        assert_eq!(read(&written(&calls)).unwrap(), calls);
        assert_eq!(written(&calls[..1]), "web -> cart");
        let setting = [&calls[..], &[("a,b>c\\".to_owned(), "d".to_owned())]].concat();
        assert_eq!(from_setting(&to_setting(&setting)).unwrap(), setting);
        assert_eq!(to_setting(&calls[..1]), "web>cart");
        for wrong in ["", "web", "web>cart,", "web>cart>redis", ">cart"] {
            assert!(from_setting(wrong).unwrap_err().to_string().contains("is no call; expected"), "{wrong}");
        }
    }
}
