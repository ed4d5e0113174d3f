//! Two Reports as JSON, held against each other: the same structure and texts, numbers to within a tolerance.

use serde_json::Value;

/// How far two numbers may lie apart, relative to the larger one.
pub(crate) const TOLERANCE: f64 = 1e-9;

/// What was found so far.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// The largest relative difference between two numbers, allowed or not.
    pub(crate) largest: f64,
    /// Where the largest difference is; empty if all numbers are equal.
    pub(crate) largest_at: String,
    /// Every difference that is not allowed, with its place.
    pub(crate) differences: Vec<String>,
}

impl Comparison {
    /// Compares two values. An integer of the first must be met exactly: a time in milliseconds since 1970 would
    /// otherwise be free by more than a second.
    pub(crate) fn of(native: &Value, wasm: &Value) -> Self {
        let mut comparison = Self::default();
        comparison.compare("report", native, wasm);
        comparison
    }

    fn compare(&mut self, place: &str, native: &Value, wasm: &Value) {
        match (native, wasm) {
            (Value::Object(left), Value::Object(right)) => {
                for (key, value) in left {
                    match right.get(key) {
                        Some(other) => self.compare(&format!("{place}.{key}"), value, other),
                        None => self.differences.push(format!("{place}.{key} is missing in wasm")),
                    }
                }
                for key in right.keys().filter(|key| !left.contains_key(*key)) {
                    self.differences.push(format!("{place}.{key} is missing natively"));
                }
            }
            (Value::Array(left), Value::Array(right)) => {
                if left.len() != right.len() {
                    self.differences.push(format!("{place} has {} entries, {} in wasm", left.len(), right.len()));
                }
                for (position, (one, other)) in left.iter().zip(right).enumerate() {
                    self.compare(&format!("{place}[{position}]"), one, other);
                }
            }
            (Value::Number(left), Value::Number(right)) => {
                let (Some(one), Some(other)) = (left.as_f64(), right.as_f64()) else { return };
                self.numbers(place, one, other, left.is_f64());
            }
            _ if native == wasm => {}
            _ => self.differences.push(format!("{place} is {native}, {wasm} in wasm")),
        }
    }

    fn numbers(&mut self, place: &str, native: f64, wasm: f64, is_real: bool) {
        if native == wasm {
            return;
        }
        let relative = (native - wasm).abs() / native.abs().max(wasm.abs());
        if relative > self.largest {
            self.largest = relative;
            self.largest_at = place.to_owned();
        }
        if !is_real || relative > TOLERANCE {
            self.differences.push(format!("{place} is {native:?}, {wasm:?} in wasm (relative {relative:.1e})"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report() -> Value {
        json!({
            "complete": true,
            "findings": [
                { "id": "a", "score": 2.5, "start_ms": 1_773_122_400_000i64, "sentence": "It doubled.", "end_ms": null },
                { "id": "b", "score": 1.25, "start_ms": 1_773_122_415_000i64, "sentence": "It fell.", "end_ms": 5 },
            ],
        })
    }

    fn differences(wasm: &Value) -> Vec<String> {
        Comparison::of(&report(), wasm).differences
    }

    #[test]
    fn a_report_is_like_itself() {
        let comparison = Comparison::of(&report(), &report());
        assert!(comparison.differences.is_empty() && comparison.largest == 0.0, "{comparison:?}");
        // JavaScript writes a whole number without its point.
        assert!(Comparison::of(&json!([2.0, 0.0]), &json!([2, 0])).differences.is_empty());
    }

    #[test]
    fn a_swapped_finding_is_noticed() {
        let mut wasm = report();
        if let Some(findings) = wasm["findings"].as_array_mut() {
            findings.swap(0, 1);
        }
        let found = differences(&wasm);
        assert!(found.iter().any(|one| one == "report.findings[0].id is \"a\", \"b\" in wasm"), "{found:?}");
    }

    #[test]
    fn a_number_counts_from_one_in_a_thousand_million() {
        let mut wasm = report();
        wasm["findings"][1]["score"] = json!(1.25 * (1.0 + 1e-8));
        let comparison = Comparison::of(&report(), &wasm);
        assert_eq!(comparison.differences.len(), 1, "{comparison:?}");
        assert!(comparison.differences[0].starts_with("report.findings[1].score is 1.25, "), "{comparison:?}");
        wasm["findings"][1]["score"] = json!(1.25 * (1.0 + 1e-12));
        let comparison = Comparison::of(&report(), &wasm);
        assert!(comparison.differences.is_empty(), "{comparison:?}");
        assert!((comparison.largest / 1e-12 - 1.0).abs() < 1e-3 && comparison.largest_at.ends_with("score"));
    }

    #[test]
    fn integers_texts_and_structure_are_met_exactly() {
        let mut wasm = report();
        wasm["findings"][0]["start_ms"] = json!(1_773_122_400_001i64);
        assert_eq!(differences(&wasm).len(), 1);
        let mut wasm = report();
        wasm["findings"][0]["sentence"] = json!("It doubled!");
        wasm["findings"][0]["end_ms"] = json!(0);
        assert_eq!(differences(&wasm).len(), 2);
        let mut wasm = report();
        wasm["findings"].as_array_mut().and_then(Vec::pop);
        assert_eq!(differences(&wasm), ["report.findings has 2 entries, 1 in wasm"]);
        let mut wasm = report();
        wasm.as_object_mut().and_then(|report| report.remove("complete"));
        wasm["partial"] = json!(false);
        assert_eq!(differences(&wasm), ["report.complete is missing in wasm", "report.partial is missing natively"]);
    }
}
