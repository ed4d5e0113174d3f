#![allow(clippy::unwrap_used)]

use super::*;
use std::io::Write;

type File = (Option<String>, Vec<u8>);

/// Every file in a source with its name, or the first error that reading one or going on gives.
fn files(bytes: &[u8]) -> Result<Vec<File>, Error> {
    files_of(&mut &*bytes)
}

fn files_of(source: &mut dyn Read) -> Result<Vec<File>, Error> {
    let mut all = Vec::new();
    open(source, None, &mut |name, file, _| {
        let mut content = Vec::new();
        file.read_to_end(&mut content).map_err(|error| error_of(&error))?;
        all.push((name.map(str::to_owned), content));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(all)
}

fn refusal(bytes: &[u8]) -> String {
    files(bytes).unwrap_err().to_string()
}

/// A source that hands out one byte at a time, with interruptions.
struct Drops<'a>(&'a [u8], bool);

impl Read for Drops<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = into.len().min(1);
        self.0.read(&mut into[..count])
    }
}

fn gzip_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::GzBuilder::new()
        .filename("a.csv")
        .comment("made for a test")
        .extra(vec![1, 2, 3])
        .write(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn best_gzip_of(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Stored,
    Deflated,
    /// With sizes behind the data.
    Streamed {
        has_signature: bool,
        is_wide: bool,
    },
    /// With sizes in the extra fields.
    Wide,
}

const STYLES: [Style; 7] = [
    Style::Stored,
    Style::Deflated,
    Style::Streamed { has_signature: true, is_wide: false },
    Style::Streamed { has_signature: true, is_wide: true },
    Style::Streamed { has_signature: false, is_wide: false },
    Style::Streamed { has_signature: false, is_wide: true },
    Style::Wide,
];

/// One entry as an archive has it, and its flags to be changed at byte 6 and its method at byte 8.
fn entry_of(name: &str, content: &[u8], style: Style) -> Vec<u8> {
    let mut crc = crc32::Crc32::new();
    crc.add(content);
    let data = if style == Style::Stored { content.to_vec() } else { deflated(content) };
    let is_streamed = matches!(style, Style::Streamed { .. });
    let (packed, unpacked) = (data.len() as u64, content.len() as u64);
    let mut extra = vec![0x55, 0x54, 5, 0, 1, 2, 3, 4, 5];
    let sizes = match style {
        Style::Streamed { .. } => [0; 2],
        Style::Wide => {
            extra.extend([1, 0, 16, 0]);
            extra.extend(unpacked.to_le_bytes());
            extra.extend(packed.to_le_bytes());
            [u32::MAX; 2]
        }
        Style::Stored | Style::Deflated => [packed as u32, unpacked as u32],
    };
    let mut bytes = b"PK\x03\x04\x14\x00".to_vec();
    bytes.extend([if is_streamed { 8 } else { 0 }, 0]);
    bytes.extend([if style == Style::Stored { 0 } else { 8 }, 0]);
    bytes.extend([0; 4]);
    bytes.extend(if is_streamed { 0 } else { crc.sum() }.to_le_bytes());
    bytes.extend(sizes.map(u32::to_le_bytes).concat());
    bytes.extend((name.len() as u16).to_le_bytes());
    bytes.extend((extra.len() as u16).to_le_bytes());
    bytes.extend(name.as_bytes());
    bytes.extend(extra);
    bytes.extend(data);
    if let Style::Streamed { has_signature, is_wide } = style {
        bytes.extend(if has_signature { &b"PK\x07\x08"[..] } else { &[] });
        bytes.extend(crc.sum().to_le_bytes());
        for size in [packed, unpacked] {
            bytes.extend(&size.to_le_bytes()[..if is_wide { 8 } else { 4 }]);
        }
    }
    bytes
}

/// An archive of these entries, with a directory of which only the beginning is there: nobody looks at more.
fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), b"PK\x01\x02 and so on".to_vec()].concat()
}

fn text() -> Vec<u8> {
    (0..20_000).map(|row| format!("{},{}\n", 1_700_000_000 + row, row % 7)).collect::<String>().into_bytes()
}

fn noise(length: u32) -> Vec<u8> {
    (0..length).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect()
}

#[test]
fn a_plain_file_comes_out_as_it_is() {
    for length in [0, 1, 300, 1 << 16, (1 << 17) + 1] {
        let bytes = noise(length)[..length as usize].to_vec();
        assert_eq!(files(&bytes).unwrap(), [(None, bytes)]);
    }
}

#[test]
fn members_stand_one_behind_the_other() {
    let text = text();
    let both = [gzip_of(&text), gzip_of(b""), gzip_of(b"end")].concat();
    let whole = [text, b"end".to_vec()].concat();
    assert_eq!(files(&both).unwrap(), [(None, whole.clone())]);
    assert_eq!(files(&[both.clone(), vec![0; 3 << 16]].concat()).unwrap(), [(None, whole.clone())], "filled up");
    assert!(refusal(&[both.clone(), vec![0, 0, 7]].concat()).contains("damaged"));
    assert!(refusal(&[both.clone(), vec![7]].concat()).contains("end too early"));
    assert_eq!(files_of(&mut Drops(&both, false)).unwrap(), [(None, whole)]);
}

#[test]
fn cut_and_damaged_gzip_says_so_at_every_byte() {
    let whole = gzip_of(&noise(500));
    for end in 2..whole.len() {
        assert!(refusal(&whole[..end]).contains("end too early"), "{end}");
    }
    for place in [2, whole.len() / 2, whole.len() - 6, whole.len() - 1] {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        let error = files(&damaged).unwrap_err();
        assert_eq!(files_of(&mut Drops(&damaged, false)).unwrap_err(), error, "{place}");
    }
}

#[test]
fn archives_of_every_writer_are_read() {
    let text = text();
    for style in STYLES {
        let names = ["a.csv", "folder/b.csv", "c.csv"];
        let contents = [text.clone(), b"".to_vec(), noise(3_000)];
        let entries: Vec<_> =
            names.iter().zip(&contents).map(|(name, content)| entry_of(name, content, style)).collect();
        let wanted: Vec<_> = names.iter().map(|name| Some((*name).to_owned())).zip(contents).collect();
        let bytes = archive(&entries);
        assert_eq!(files(&bytes).unwrap(), wanted);
        assert_eq!(files_of(&mut Drops(&bytes, false)).unwrap(), wanted);
    }
}

#[test]
fn a_file_that_is_not_read_to_its_end_does_not_hide_the_next() {
    let entries = STYLES.map(|style| entry_of("a.csv", &text(), style));
    let mut count = 0;
    open(&mut archive(&entries).as_slice(), None, &mut |_, file, _| {
        let mut start = [0; 10];
        file.read_exact(&mut start).unwrap();
        assert_eq!(&start, b"1700000000");
        count += 1;
        Ok(if count < 6 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })
    .unwrap();
    assert_eq!(count, 6);
}

#[test]
fn folders_and_traces_of_systems_are_passed_over() {
    let names = ["a/", "__MACOSX/._a.csv", "a/.DS_Store", "a/b.csv", "Thumbs.db"];
    let entries = names.map(|name| entry_of(name, if name.ends_with('/') { b"" } else { b"x" }, Style::Deflated));
    assert_eq!(files(&archive(&entries)).unwrap(), [(Some("a/b.csv".to_owned()), b"x".to_vec())]);
    assert!(refusal(&archive(&entries[..3])).contains("without any file"));
    assert!(refusal(b"PK\x05\x06 and so on").contains("without any file"));
}

#[test]
fn gzip_in_an_archive_is_unpacked() {
    let text = text();
    let bytes = archive(&[entry_of("a.csv.gz", &gzip_of(&text), Style::Stored)]);
    assert_eq!(files(&bytes).unwrap(), [(Some("a.csv.gz".to_owned()), text)]);
}

#[test]
fn cut_and_damaged_archives_say_so() {
    for style in STYLES {
        let content = noise(300);
        let entry = entry_of("a.csv", &content, style);
        for end in 4..entry.len() {
            let message = refusal(&entry[..end]);
            assert!(message.contains("end too early"), "{end} of {}: {message}", entry.len());
        }
        let mut damaged = archive(std::slice::from_ref(&entry));
        let place = entry.len() / 2;
        damaged[place] ^= 0x10;
        assert!(refusal(&damaged).contains("are damaged"), "{}", refusal(&damaged));
    }
    assert!(refusal(&[entry_of("a", b"x", Style::Stored), b"what is this".to_vec()].concat()).contains("are damaged"));
}

#[test]
fn what_is_said_of_damage_does_not_depend_on_the_pieces() {
    // An archive in an archive whose data break off: its first bytes come out in pieces, and are lost with one large piece.
    let damaged = include_bytes!("../../../../fuzz/corpus/sniff/ec528b91ab4c");
    assert_eq!(refusal(damaged), files_of(&mut Drops(damaged, false)).unwrap_err().to_string());
}

#[test]
fn archives_in_archives_are_named() {
    let inner = archive(&[entry_of("a.csv", b"x", Style::Stored)]);
    let bytes = archive(&[entry_of("inner.zip", &inner, Style::Deflated), entry_of("b.csv", b"y", Style::Stored)]);
    let message = refusal(&bytes);
    assert!(message.contains("a ZIP archive that holds a ZIP archive, \"inner.zip\""), "{message}");
    assert!(refusal(&gzip_of(&inner)).contains("a ZIP archive inside gzip data"));
    assert!(refusal(&gzip_of(&gzip_of(b"x"))).contains("gzip data inside gzip data"));
    let tar = [vec![b'a'; 257], b"ustar\x0000".to_vec()].concat();
    assert!(refusal(&tar).contains("a tar archive"));
    assert!(refusal(&gzip_of(&tar)).contains("a tar archive inside gzip data"));

    // Who carries on finds the rest.
    let mut read = Vec::new();
    open(&mut bytes.as_slice(), None, &mut |name, file, _| {
        let mut content = String::new();
        read.push((name.map(str::to_owned), file.read_to_string(&mut content).is_ok()));
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    assert_eq!(read, [(Some("inner.zip".to_owned()), false), (Some("b.csv".to_owned()), true)]);
}

#[test]
fn what_cannot_be_unpacked_is_named_and_passed_over() {
    let mut encrypted = entry_of("a.csv", b"secret", Style::Stored);
    encrypted[6] |= 1;
    let mut bzip2 = entry_of("b.csv", b"other", Style::Stored);
    bzip2[8] = 12;
    assert!(refusal(&archive(&[encrypted.clone()])).contains("whose file \"a.csv\" is encrypted"));
    assert!(refusal(&archive(&[bzip2.clone()])).contains("whose file \"b.csv\" is packed with bzip2"));
    let mut count = 0;
    open(&mut archive(&[encrypted, bzip2, entry_of("c.csv", b"x", Style::Stored)]).as_slice(), None, &mut |_, _, _| {
        count += 1;
        Ok(ControlFlow::Continue(()))
    })
    .unwrap();
    assert_eq!(count, 3);
    let mut unmeasured = entry_of("a.csv", b"x", Style::Streamed { has_signature: true, is_wide: false });
    unmeasured[8] = 0;
    assert!(refusal(&archive(&[unmeasured])).contains("does not say how long"));
    assert!(refusal(b"PK\x07\x08PK\x03\x04").contains("a part of a split ZIP archive"));
}

#[test]
fn documents_are_named() {
    let of = |names: &[&str]| {
        archive(&names.iter().map(|name| entry_of(name, b"<xml/>", Style::Deflated)).collect::<Vec<_>>())
    };
    assert!(refusal(&of(&["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"])).contains("an Excel workbook"));
    assert!(refusal(&of(&["word/document.xml", "[Content_Types].xml"])).contains("a Word document"));
    assert!(refusal(&of(&["[Content_Types].xml", "a.xml"])).contains("an Office document"));
    let spreadsheet = b"application/vnd.oasis.opendocument.spreadsheet";
    assert!(
        refusal(&archive(&[entry_of("mimetype", spreadsheet, Style::Stored)])).contains("an OpenDocument spreadsheet")
    );
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![0; 40 << 20];
    for bytes in [archive(&[entry_of("a.csv", &zeros, Style::Deflated)]), best_gzip_of(&zeros)] {
        assert!(refusal(&bytes).contains("more than 500 times as much"));
    }
}

#[test]
fn a_wide_table_that_never_changes_is_no_bomb() {
    let row = ",0".repeat(1_000);
    let text: String = (0..20_000).map(|step| format!("{}{row}\n", 1_700_000_000 + step * 15)).collect();
    let bytes = best_gzip_of(text.as_bytes());
    assert!(text.len() > 40_000_000 && text.len() / bytes.len() > 250, "{} from {}", text.len(), bytes.len());
    assert_eq!(files(&bytes).unwrap(), [(None, text.into_bytes())]);
}

#[test]
fn an_archive_of_very_many_files_is_refused() {
    let entries = vec![entry_of("a/", b"", Style::Stored); 1_001];
    assert!(refusal(&archive(&entries)).contains("more than 1000 entries"));
    assert!(refusal(&archive(&entries[..1_000])).contains("without any file"));
}

#[test]
fn a_source_that_fails_is_not_called_damaged() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _into: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    for start in [b"time,a\n".to_vec(), gzip_of(b"x")[..15].to_vec(), b"PK\x03\x04".to_vec()] {
        let message = files_of(&mut start.as_slice().chain(Broken)).unwrap_err().to_string();
        assert!(message.contains("the disk is gone"), "{message}");
    }
}
