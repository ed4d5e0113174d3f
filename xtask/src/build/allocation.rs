//! A check of what ships against a fault of the optimiser.
//!
//! Where giving memory back is inlined beside the place that took it, the optimiser reads the allocator's size before the
//! block, which lies outside of what it knows to be allocated, as what fresh memory holds: as 0. The allocator then finds a
//! block of no size, and the program stops. Nothing in the source is wrong, and only the shipped build does it, so it is
//! looked for there: a call of the allocator's check with that 0 as a constant.

use anyhow::{Context, Result, bail};

use super::binary::{Bytes, HEADER};

const CODE_SECTION: u8 = 10;
const CUSTOM_SECTION: u8 = 0;
const FUNCTION_NAMES: u8 = 1;
/// The allocator's function that compares sizes, as its mangled or its plain name has it.
const CHECK: &str = "validate_size";
const I32_CONST: u8 = 0x41;
const LOCAL_GET: u8 = 0x20;
const CALL: u8 = 0x10;

/// Fails if the program would take a block that it gives back for one of no size. Needs the names of functions; without
/// them, and with another allocator, it says nothing.
pub(crate) fn check(wasm: &[u8]) -> Result<()> {
    let mut code: &[u8] = &[];
    let mut index = None;
    let mut rest = Bytes(wasm.get(HEADER..).context("a wasm file has a header")?);
    while let Some(kind) = rest.byte() {
        let length = rest.number()?;
        let content = rest.take(length)?;
        match kind {
            CODE_SECTION => code = content,
            CUSTOM_SECTION => index = index.or(named(content)?),
            _ => {}
        }
    }
    let Some(index) = index else { return Ok(()) };
    let count = calls_with_zero(code, index);
    if count > 0 {
        bail!(
            "the optimiser takes {count} blocks of memory that the program gives back for empty ones, and the program \
             would stop there (docs/adr/0007): take such a block once, outside of the loop that fills it. Which function it \
             is shows a backtrace of the program before wasm-opt"
        );
    }
    Ok(())
}

/// The number of the allocator's check, in the section of names.
fn named(section: &[u8]) -> Result<Option<usize>> {
    let mut rest = Bytes(section);
    if rest.name()? != "name" {
        return Ok(None);
    }
    while let Some(kind) = rest.byte() {
        let length = rest.number()?;
        let mut names = Bytes(rest.take(length)?);
        if kind != FUNCTION_NAMES {
            continue;
        }
        for _ in 0..names.number()? {
            let index = names.number()?;
            if names.name()?.contains(CHECK) {
                return Ok(Some(index));
            }
        }
    }
    Ok(None)
}

/// How often a function is called with a constant 0 and a variable.
fn calls_with_zero(code: &[u8], index: usize) -> usize {
    let starts = code.windows(3).enumerate().filter(|(_, bytes)| *bytes == [I32_CONST, 0, LOCAL_GET]);
    starts
        .filter(|(at, _)| {
            let mut rest = Bytes(&code[at + 3..]);
            rest.number().is_ok() && rest.byte() == Some(CALL) && rest.number().is_ok_and(|called| called == index)
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(body: &[u8], name: &str) -> Vec<u8> {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        let mut section = |kind: u8, content: &[u8]| {
            wasm.push(kind);
            wasm.push(content.len() as u8);
            wasm.extend_from_slice(content);
        };
        section(CODE_SECTION, body);
        let mut names = vec![1, 7, name.len() as u8];
        names.extend_from_slice(name.as_bytes());
        let mut custom = b"\x04name".to_vec();
        custom.extend_from_slice(&[FUNCTION_NAMES, names.len() as u8]);
        custom.extend_from_slice(&names);
        section(CUSTOM_SECTION, &custom);
        wasm
    }

    #[test]
    fn a_size_that_is_taken_for_zero_is_found_and_one_that_is_read_is_not() {
        let folded = [I32_CONST, 0, LOCAL_GET, 5, CALL, 7];
        assert!(check(&program(&folded, "dlmalloc::validate_size")).is_err());
        assert!(check(&program(&folded, "another")).is_ok());
        assert!(check(&program(&[I32_CONST, 0, LOCAL_GET, 5, CALL, 8], "dlmalloc::validate_size")).is_ok());
        assert!(check(&program(&[LOCAL_GET, 4, LOCAL_GET, 5, CALL, 7], "dlmalloc::validate_size")).is_ok());
        assert!(check(b"\0as").is_err());
    }
}
