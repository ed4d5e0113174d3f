//! Writes a table of a given size to a file: `sized_csv FILE [SERIES [POINTS [SEED]]]`, by default 200 series of 2,880
//! points.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("to which file?")?;
    let mut number = |default: u64| arguments.next().map_or(Ok(default), |text| text.parse());
    let (series, points, seed) = (number(200)? as usize, number(2880)? as usize, number(1)?);
    std::fs::write(path, testkit::csv::wide(&testkit::load_test::sized(series, points, seed)))?;
    Ok(())
}
