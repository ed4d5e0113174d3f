//! Data sets of a given size, for measuring time and memory.

use crate::{Scenario, Setting, simulate_with};
use series::Dataset;

/// The scenarios whose networks stand side by side.
const REGIONS: [(&str, Scenario); 5] = [
    ("eu", Scenario::LatencyCascade),
    ("us", Scenario::MemoryLeak),
    ("ap", Scenario::JobCollision),
    ("sa", Scenario::CpuSaturation),
    ("af", Scenario::HealthyDay),
];

/// Exactly `series` columns of `points` rows at 15 s: as many simulated shops, each with its own incident, as are
/// needed. Columns are named `cart-eu_memory_bytes`; from the sixth shop on regions are numbered (`eu2`).
pub fn sized(series: usize, points: usize, seed: u64) -> Dataset {
    let setting = Setting { duration_s: u32::try_from(points).unwrap_or(u32::MAX / 15) * 15, step_s: 15 };
    let mut all = Dataset::default();
    let mut shop = 0;
    while all.series.len() < series {
        let (region, scenario) = REGIONS[shop % REGIONS.len()];
        let region = match shop / REGIONS.len() {
            0 => region.to_string(),
            round => format!("{region}{}", round + 1),
        };
        let mut part = simulate_with(scenario, seed.wrapping_add(shop as u64), setting).dataset;
        for one in &mut part.series {
            one.name = one.name.replacen('_', &format!("-{region}_"), 1);
        }
        all.row_count = part.row_count;
        all.origins = part.origins;
        all.series.append(&mut part.series);
        shop += 1;
    }
    all.series.truncate(series);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_size_and_no_name_twice() {
        let data = sized(400, 40, 1);
        let names: std::collections::BTreeSet<&str> = data.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!((data.series.len(), names.len(), data.row_count), (400, 400, 40));
        assert!(names.contains("cart-eu_memory_bytes") && names.contains("cart-eu2_memory_bytes"));
    }
}
