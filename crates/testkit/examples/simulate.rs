//! Writes one scenario to standard output, and its truth to standard error: `simulate SCENARIO SEED`.

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let scenario: testkit::Scenario = arguments.next().ok_or("which scenario?")?.parse()?;
    let seed = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let simulation = testkit::simulate(scenario, seed);
    std::io::stdout().write_all(simulation.to_csv().as_bytes())?;
    writeln!(std::io::stderr(), "{}", serde_json::to_string_pretty(&simulation.truth)?)?;
    Ok(())
}
