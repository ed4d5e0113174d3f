//! What an entry of a ZIP archive is called, and which names are no exports.

use crate::error::excerpt;

/// The characters of the IBM PC above 127, in which names are written that are no UTF-8.
const IBM: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀\
                   αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";
/// More of a name is not shown.
const LONGEST: usize = 200;

/// The name as it is shown: without control characters, and not too long.
pub(super) fn decode(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| ibm(byte)).collect(),
    };
    let shown: String =
        text.chars().map(|sign| if sign.is_control() { char::REPLACEMENT_CHARACTER } else { sign }).collect();
    excerpt(&shown, LONGEST)
}

fn ibm(byte: u8) -> char {
    if byte.is_ascii() { char::from(byte) } else { IBM.chars().nth(usize::from(byte & 0x7f)).unwrap_or('?') }
}

/// Whether an entry is a folder, or what an operating system leaves in folders.
pub(super) fn is_no_file(name: &str) -> bool {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.is_empty()
        || last.starts_with("._")
        || name.starts_with("__MACOSX/")
        || [".DS_Store", "Thumbs.db", "desktop.ini"].contains(&last)
}

/// What an archive is made for, if it is no folder of files; by the name of one of its entries.
pub(super) fn purpose(name: &str) -> Option<&'static str> {
    const PURPOSES: [(&str, &str); 6] = [
        ("xl/", "an Excel workbook"),
        ("word/", "a Word document"),
        ("ppt/", "a PowerPoint presentation"),
        ("visio/", "a Visio drawing"),
        ("META-INF/MANIFEST.MF", "a Java archive"),
        ("AndroidManifest.xml", "an Android app"),
    ];
    // Their folders hold nothing but markup and binaries of their own.
    let is_part = !name.contains("/") || [".xml", ".rels", ".bin", ".MF"].iter().any(|end| name.ends_with(end));
    PURPOSES.iter().find(|(start, _)| is_part && name.starts_with(start)).map(|(_, purpose)| *purpose)
}

/// Whether an entry says that the archive is one of Microsoft's documents.
pub(super) fn is_of_office(name: &str) -> bool {
    name == "[Content_Types].xml"
}

/// What an archive is made for that says so in its first entry, `mimetype`.
pub(super) fn purpose_of_type(media_type: &[u8]) -> Option<&'static str> {
    if media_type.starts_with(b"application/vnd.oasis.opendocument.spreadsheet") {
        Some("an OpenDocument spreadsheet")
    } else if media_type.starts_with(b"application/vnd.oasis.opendocument") {
        Some("an OpenDocument file")
    } else if media_type.starts_with(b"application/epub") {
        Some("an e-book")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_whatever_they_are_written_in() {
        assert_eq!(IBM.chars().count(), 128);
        assert_eq!(decode("größe/a.csv".as_bytes()), "größe/a.csv");
        assert_eq!(decode(b"gr\x94\xe1e.csv"), "größe.csv");
        assert_eq!(decode(b"a\n\x1b[31m.csv"), "a\u{fffd}\u{fffd}[31m.csv");
        assert_eq!(decode(&[b'a'; 60_000]).chars().count(), LONGEST + 1);
    }

    #[test]
    fn a_folder_named_like_a_part_of_a_document_is_none() {
        assert_eq!(purpose("xl/workbook.xml"), Some("an Excel workbook"));
        assert_eq!(purpose("xl/cpu.csv"), None);
        assert_eq!(purpose("META-INF/MANIFEST.MF"), Some("a Java archive"));
        assert!(
            is_no_file("a/") && is_no_file("__MACOSX/._a.csv") && is_no_file("a/.DS_Store") && !is_no_file("a/b.csv")
        );
    }
}
