//! Files of unusual shapes: each is read, or refused with the limit that it hits, and none takes more than a moment.
#![allow(clippy::unwrap_used, missing_docs)]

use ingest::{Error, Options, Source, read};
use series::Dataset;

const T: usize = 1_700_000_000;

fn import(text: &str) -> Result<Dataset, Error> {
    read(&Source { name: "x", bytes: text.as_bytes() }, &Options::default())
}

fn refusal(text: &str) -> String {
    import(text).unwrap_err().to_string()
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}

#[test]
fn so_many_series_that_the_first_rows_share_a_moment() {
    let text = lines(3_000, |row| format!("{},host-{},{row}\n", T + row / 1_000 * 15, row % 1_000));
    let dataset = import(&format!("time,host,load\n{text}")).unwrap();
    assert_eq!(dataset.series.len(), 1_000);
    assert!(dataset.series.iter().all(|series| series.point_count() == 3));
}

#[test]
fn more_names_than_tell_series_apart() {
    let text = lines(60_000, |row| format!("{},host-{},{row}\n", T + row / 30_000 * 15, row % 30_000));
    let error = refusal(&format!("time,host,load\n{text}"));
    assert!(error.contains("more than 20000 different names in the column \"host\""), "{error}");
}

#[test]
fn more_columns_than_a_table_may_have() {
    let header = lines(120_000, |column| format!(",c{column}"));
    let rows = lines(4, |row| format!("{}{}\n", T + row, ",1".repeat(120_000)));
    assert!(refusal(&format!("time{header}\n{rows}")).contains("more than 100000 columns"));
    let error = refusal(&",".repeat(20_000_000));
    assert!(error.contains("No known format"), "{error}");
}

#[test]
fn more_series_than_can_be_held() {
    let samples = lines(500_001, |row| format!("m{{i=\"{row}\"}} 1 {T}000\n"));
    assert!(refusal(&samples).contains("more than 500000 series"));
    let columns = lines(1_000, |column| format!(",v{column}"));
    let rows = lines(1_200, |row| format!("{},host-{}{}\n", T + row / 600, row % 600, ",1".repeat(1_000)));
    assert!(refusal(&format!("time,host{columns}\n{rows}")).contains("more than 500000 series"));
}

#[test]
fn very_many_series_take_no_longer_one_by_one() {
    let result = lines(100_000, |row| {
        let separator = if row == 0 { "" } else { "," };
        format!("{separator}{{\"metric\":{{\"a\":\"{row}\"}},\"values\":[[{T},\"1\"],[{},\"2\"]]}}", T + 15)
    });
    let json = format!("{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{result}]}}}}");
    assert_eq!(import(&json).unwrap().series.len(), 100_000);
    let types = lines(200_000, |row| format!("# TYPE m{row} gauge\n"));
    assert_eq!(import(&format!("{types}up 1 {T}000\nup 2 {}000\n", T + 15)).unwrap().series.len(), 1);
}

#[test]
fn a_line_without_an_end() {
    let rows = lines(400, |row| format!("{},{row}\n", T + row));
    let dataset = import(&format!("time,a\n{rows}{}", "1,".repeat(8_000_000))).unwrap();
    // The line begins with a time and a value.
    assert_eq!(dataset.series[0].point_count(), 401);
    assert!(
        refusal(&format!("time,a\n{rows}{}", "1".repeat(140 << 20)))
            .contains("in the line or value that begins in line 402")
    );
}

#[test]
fn quotes_and_brackets_that_are_never_closed() {
    let rows = lines(2_000, |row| format!("{},\"x{row},{row}\n", T + row));
    assert!(import(&format!("time,a,b\n{rows}")).is_ok());
    assert!(refusal(&"\"".repeat(5_000_000)).contains("No known format"));
    assert!(refusal(&"[".repeat(2_000_000)).contains("JSON of a kind that is not known"));
    let nested =
        format!("{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":{}", "[".repeat(500_000));
    assert!(refusal(&nested).contains("expected a series"));
}

#[test]
fn names_with_numbers_stay_unique() {
    let dataset = import(&format!("time,a,a,a (2)\n{T},1,2,3\n{},1,2,3\n", T + 15)).unwrap();
    let names: Vec<&str> = dataset.series.iter().map(|series| series.name.as_str()).collect();
    assert_eq!(names, ["a", "a (2)", "a (2) (2)"]);
}
