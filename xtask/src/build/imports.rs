//! Short names for what a program imports from its loader, and for what it exports to it alone.
//!
//! wasm-bindgen names every such function by what it does and by a hash, once in the program and once in the script. Both
//! files are fetched by every visitor, and no one else reads the names.

use anyhow::{Context, Result, bail};

use super::binary::{Bytes, HEADER};

const IMPORT_SECTION: u8 = 2;
const EXPORT_SECTION: u8 = 7;
const FUNCTION: u8 = 0;
/// How exports begin that are wasm-bindgen's own: what closures are called by. All others have names that somebody chose.
const OWN_EXPORT: &str = "wasm_bindgen_";

/// The program and its loader, with imported functions called `_a`, `_b`, … in both, and exported ones `$a`, `$b`, ….
pub(super) fn shorten(wasm: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    let mut shortened = wasm.get(..HEADER).context("a wasm file has a header")?.to_vec();
    let mut script = script.to_owned();
    let mut rest = Bytes(&wasm[HEADER..]);
    while let Some(kind) = rest.byte() {
        let length = rest.number()?;
        let content = rest.take(length)?;
        let content = match kind {
            IMPORT_SECTION => imports(content, &mut script)?,
            EXPORT_SECTION => exports(content, &mut script)?,
            _ => content.to_vec(),
        };
        shortened.push(kind);
        push_number(content.len(), &mut shortened);
        shortened.extend_from_slice(&content);
    }
    Ok((shortened, script))
}

fn imports(section: &[u8], script: &mut String) -> Result<Vec<u8>> {
    let mut rest = Bytes(section);
    let mut shortened = Vec::with_capacity(section.len());
    let count = rest.number()?;
    push_number(count, &mut shortened);
    for index in 0..count {
        let module = rest.name()?;
        let name = rest.name()?;
        let short = short_name(index);
        // A name that the script does not define is not the loader's, and stays.
        let renamed = replace_word(script, name, &short);
        push_name(module, &mut shortened);
        push_name(if renamed { &short } else { name }, &mut shortened);
        let kind = rest.byte().context("an import has a kind")?;
        if kind != FUNCTION {
            bail!("the program imports something that is no function: {name}");
        }
        shortened.push(kind);
        push_number(rest.number()?, &mut shortened);
    }
    Ok(shortened)
}

fn exports(section: &[u8], script: &mut String) -> Result<Vec<u8>> {
    let mut rest = Bytes(section);
    let mut shortened = Vec::with_capacity(section.len());
    let count = rest.number()?;
    push_number(count, &mut shortened);
    for index in 0..count {
        let name = rest.name()?;
        let short = short_name(index).replacen('_', "$", 1);
        let renamed = name.starts_with(OWN_EXPORT) && replace_word(script, name, &short);
        push_name(if renamed { &short } else { name }, &mut shortened);
        shortened.push(rest.byte().context("an export has a kind")?);
        push_number(rest.number()?, &mut shortened);
    }
    Ok(shortened)
}

/// `_a` to `_z`, then `_ba`, `_bb`, …: never a word of the language.
fn short_name(index: usize) -> String {
    let mut name = if index < 26 { "_".to_owned() } else { short_name(index / 26) };
    name.push(char::from(b'a' + (index % 26) as u8));
    name
}

/// Replaces a name wherever it stands as a whole word; says whether it did.
fn replace_word(text: &mut String, word: &str, by: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    let mut replaced = String::with_capacity(text.len());
    let mut from = 0;
    let mut found = false;
    while let Some(place) = text[from..].find(word).map(|place| from + place) {
        let end = place + word.len();
        let is_whole = !text[..place].ends_with(is_part) && !text[end..].starts_with(is_part);
        replaced.push_str(&text[from..place]);
        replaced.push_str(if is_whole { by } else { word });
        found |= is_whole;
        from = end;
    }
    replaced.push_str(&text[from..]);
    *text = replaced;
    found
}

fn push_number(mut number: usize, output: &mut Vec<u8>) {
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        output.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return;
        }
    }
}

fn push_name(name: &str, output: &mut Vec<u8>) {
    push_number(name.len(), output);
    output.extend_from_slice(name.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A program with two imports of one function type, and a section behind them.
    fn program(names: [&str; 2]) -> Vec<u8> {
        let mut section = vec![2];
        for name in names {
            push_name("./app_bg.js", &mut section);
            push_name(name, &mut section);
            section.extend([FUNCTION, 0]);
        }
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.extend([1, 4, 1, 0x60, 0, 0, IMPORT_SECTION, section.len() as u8]);
        wasm.extend(section);
        wasm.extend([10, 1, 0]);
        wasm
    }

    #[test]
    fn program_and_script_get_the_same_names() -> Result<()> {
        let wasm = program(["__wbg_append_0a1b", "__wbg_append_0a1b2c"]);
        let script = "let i = { __wbg_append_0a1b: f, __wbg_append_0a1b2c: g, x__wbg_append_0a1b: h };";
        let (wasm, script) = shorten(&wasm, script)?;
        assert_eq!(script, "let i = { _a: f, _b: g, x__wbg_append_0a1b: h };");
        assert_eq!(wasm, program(["_a", "_b"]));
        Ok(())
    }

    #[test]
    fn exports_for_the_loader_alone_are_shortened_too() -> Result<()> {
        let program = |name: &str| {
            let mut section = vec![2];
            for name in [name, "memory"] {
                push_name(name, &mut section);
                section.extend([FUNCTION, 3]);
            }
            let mut wasm = b"\0asm\x01\0\0\0".to_vec();
            wasm.extend([EXPORT_SECTION, section.len() as u8]);
            wasm.extend(section);
            wasm
        };
        let (wasm, script) =
            shorten(&program("wasm_bindgen_8a59__invoke"), "wasm.wasm_bindgen_8a59__invoke(wasm.memory)")?;
        assert_eq!(script, "wasm.$a(wasm.memory)");
        assert_eq!(wasm, program("$a"));
        Ok(())
    }

    #[test]
    fn what_the_script_does_not_name_stays() -> Result<()> {
        let wasm = program(["memory_like", "other"]);
        assert_eq!(shorten(&wasm, "nothing")?, (wasm, "nothing".to_owned()));
        Ok(())
    }

    #[test]
    fn a_cut_file_is_refused() {
        let wasm = program(["one", "two"]);
        assert!(shorten(&wasm[..wasm.len() - 9], "").is_err());
    }

    #[test]
    fn names_are_all_different() {
        let names: std::collections::BTreeSet<String> = (0..2_000).map(short_name).collect();
        assert_eq!(names.len(), 2_000);
    }
}
