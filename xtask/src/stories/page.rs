//! The page with the stories: its indented blocks, found by the heading above them.

use std::fmt::Write as _;
use std::ops::Range;

use anyhow::{Context, Result};

/// What stands before each line of a quoted story.
const INDENT: &str = "    ";

/// The lines of the `number`-th indented block (from 0) below the heading that begins so, without their indent.
pub(super) fn block(page: &str, heading: &str, number: usize) -> Result<Vec<String>> {
    let lines: Vec<&str> = page.lines().collect();
    let at = place(&lines, heading, number)?;
    Ok(lines[at].iter().map(|line| line.strip_prefix(INDENT).unwrap_or(line).to_owned()).collect())
}

/// The page with another block in that place.
pub(super) fn with_block(page: &str, heading: &str, number: usize, story: &[String]) -> Result<String> {
    let lines: Vec<&str> = page.lines().collect();
    let at = place(&lines, heading, number)?;
    let story: Vec<String> = story.iter().map(|line| format!("{INDENT}{line}")).collect();
    let before = lines[..at.start].iter().copied();
    let after = lines[at.end..].iter().copied();
    Ok(before.chain(story.iter().map(String::as_str)).chain(after).flat_map(|line| [line, "\n"]).collect())
}

/// Where the block is.
fn place(lines: &[&str], heading: &str, number: usize) -> Result<Range<usize>> {
    let top = lines.iter().position(|line| line.starts_with(heading));
    let top = top.with_context(|| format!("there is no heading `{heading}…`"))? + 1;
    let end = lines[top..].iter().position(|line| line.starts_with("## ")).map_or(lines.len(), |length| top + length);
    let is_quoted = |at: &usize| lines[*at].starts_with(INDENT);
    let mut starts = (top..end).filter(|at| is_quoted(at) && !is_quoted(&(at - 1)));
    let start = starts.nth(number).with_context(|| format!("below `{heading}…` there are fewer quoted stories"))?;
    let length = (start..end).take_while(is_quoted).count();
    Ok(start..start + length)
}

/// What the page has (`-`) and the program says (`+`), without the lines at both ends that are the same.
pub(super) fn difference(quoted: &[String], told: &[String]) -> String {
    let same =
        |pairs: &mut dyn Iterator<Item = (&String, &String)>| pairs.take_while(|(one, other)| one == other).count();
    let head = same(&mut quoted.iter().zip(told));
    let tail = same(&mut quoted[head..].iter().rev().zip(told[head..].iter().rev()));
    let mut lines = String::new();
    for (mark, text) in [('-', quoted), ('+', told)] {
        for line in &text[head..text.len() - tail] {
            let _ = writeln!(lines, "  {mark} {line}");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PAGE: &str =
        "# Title\n\n## 1. One\nLabel.\n\n    a\n    b\n\nProse.\n\n## 10. Ten\n\n    c\n\nand\n\n    d\n";

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_block_is_found_by_its_heading_and_number() {
        assert_eq!(block(PAGE, "## 1. ", 0).unwrap(), ["a", "b"]);
        assert_eq!(block(PAGE, "## 10. ", 1).unwrap(), ["d"]);
        assert!(block(PAGE, "## 1. ", 1).is_err(), "the next heading's block is another story");
        assert!(block(PAGE, "## 2. ", 0).is_err());
    }

    #[test]
    fn only_the_block_is_replaced() {
        let page = with_block(PAGE, "## 10. ", 0, &lines("x\ny")).unwrap();
        assert_eq!(page, PAGE.replace("    c\n", "    x\n    y\n"));
        assert_eq!(with_block(PAGE, "## 1. ", 0, &lines("a\nb")).unwrap(), PAGE);
    }

    #[test]
    fn a_difference_leaves_out_what_is_the_same_at_both_ends() {
        assert_eq!(difference(&lines("a\nb\nc\nd"), &lines("a\nx\nd")), "  - b\n  - c\n  + x\n");
        assert_eq!(difference(&lines("a\na"), &lines("a")), "  - a\n");
        assert_eq!(difference(&lines("a"), &lines("a\na")), "  + a\n");
    }
}
