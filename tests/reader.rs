//! Files and time zones as the reader sees them, in a worker of a real browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use app::reader::{BlobSource, BlobStream, local_zone, named_zone, open};
use ingest::Options;
use js_sys::{Array, Uint8Array};
use std::cell::{Cell, RefCell};
use std::io::Read;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::Blob;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn blob(bytes: &[u8]) -> Blob {
    Blob::new_with_u8_array_sequence(&Array::of1(&Uint8Array::from(bytes))).unwrap()
}

#[wasm_bindgen_test]
fn a_file_is_read_in_slices_and_says_how_far_it_is() {
    // More than two slices, and no round number.
    let bytes: Vec<u8> = (0..20_000_001_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let blob = blob(&bytes);
    let told = RefCell::new(Vec::new());
    let say = |read: f64| told.borrow_mut().push(read);
    let mut source = BlobSource::new(&blob, &say);
    let mut read = vec![0; 10];
    source.read_exact(&mut read).unwrap();
    source.read_to_end(&mut read).unwrap();
    assert!(read == bytes, "every byte, in order");
    assert_eq!(source.read(&mut [0; 4]).unwrap(), 0, "the end stays the end");
    assert_eq!(*told.borrow(), [8_388_608.0, 16_777_216.0, 20_000_001.0]);
    assert_eq!(source.failure(), None);
}

#[wasm_bindgen_test]
fn an_empty_file_is_read_to_its_end() {
    let blob = blob(&[]);
    let say = |_| panic!("nothing was read");
    assert_eq!(BlobSource::new(&blob, &say).read_to_end(&mut Vec::new()).unwrap(), 0);
}

#[wasm_bindgen_test]
async fn a_file_comes_in_pieces_while_others_work() {
    let bytes: Vec<u8> = (0..3_000_001_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let blob = blob(&bytes);
    let told = RefCell::new(Vec::new());
    let say = |read: f64| told.borrow_mut().push(read);
    let mut stream = BlobStream::open(&blob, &say).unwrap();
    let mut read = Vec::new();
    loop {
        let before = read.len();
        stream.next(&mut read).await.unwrap();
        if read.len() == before {
            break;
        }
    }
    assert!(read == bytes, "every byte, in order");
    assert_eq!(told.borrow().last(), Some(&3_000_001.0));
    assert_eq!(stream.failure(), None);
}

#[wasm_bindgen_test]
async fn a_large_table_is_read_as_it_comes_until_nobody_wants_it() {
    let row = |row: u32| format!("{},{},{}\n", 1_700_000_000 + 15 * row, row % 7, row);
    let text: String = std::iter::once("time,a,b\n".to_owned()).chain((0..500_000).map(row)).collect();
    assert!(text.len() > 8_000_000);
    let blob = blob(text.as_bytes());
    let options = Options::default();
    let read = open("x", &blob, &options, &|_| {}, &|| true).await.unwrap().unwrap().unwrap();
    let mut bytes = text.as_bytes();
    let wanted = ingest::Import::open("x", &mut bytes, None, &options).unwrap();
    let [read, wanted] = [read, wanted].map(|import| import.into_dataset(&options).unwrap());
    assert_eq!(read, wanted);
    assert_eq!(read.row_count, 500_000);

    let asked = Cell::new(0);
    let is_wanted = || {
        asked.set(asked.get() + 1);
        asked.get() < 2
    };
    assert!(open("x", &blob, &options, &|_| {}, &is_wanted).await.unwrap().is_none());
    assert!(asked.get() < 5, "it stops soon");
}

#[wasm_bindgen_test]
fn zones_are_the_browsers() {
    // Winter, summer, the hour that was skipped, the hour that came twice; by the zone database.
    let walls_ms = [1_704_110_400_000, 1_719_835_200_000, 1_711_852_200_000, 1_729_996_200_000];
    let offsets = |name: &str| {
        let zone = named_zone(name).unwrap();
        assert_eq!(zone.to_string(), name);
        walls_ms.map(|wall_ms| (wall_ms - zone.instant_ms(wall_ms)) / 60_000)
    };
    assert_eq!(offsets("Europe/Berlin"), [60, 120, 60, 120]);
    assert_eq!(offsets("America/St_Johns"), [-210, -150, -150, -150]);
    assert_eq!(offsets("Asia/Kathmandu"), [345; 4]);
    assert_eq!(offsets("Etc/GMT+3"), [-180; 4]);
    // Before zones were made, clocks went by the sun: 53 minutes and 28 seconds for Berlin.
    assert_eq!(named_zone("Europe/Berlin").unwrap().instant_ms(-2_500_000_000_000), -2_500_003_208_000);
    assert!(named_zone("Mars/Olympus").is_none() && named_zone("").is_none());
    assert!(!local_zone().to_string().is_empty());
}
