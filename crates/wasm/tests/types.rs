//! The TypeScript types say what the Report is: held against its JSON Schema.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::collections::BTreeSet;

const TYPES: &str = include_str!("../types/report.d.ts");

/// The body of `export interface NAME { … }`.
fn interface(name: &str) -> &'static str {
    let head = format!("export interface {name} {{");
    let start = TYPES.find(&head).unwrap_or_else(|| panic!("no interface {name}")) + head.len();
    let end = TYPES[start..].find("\n}").unwrap();
    &TYPES[start..start + end]
}

/// The names of its fields.
fn fields(name: &str) -> BTreeSet<String> {
    interface(name)
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("/*"))
        .filter_map(|line| Some(line.split_once(':')?.0.trim_end_matches('?').to_string()))
        .collect()
}

#[test]
fn every_struct_has_its_interface_with_its_fields() {
    let schema: Value = serde_json::to_value(schemars::schema_for!(report::Report)).unwrap();
    let mut checked = 0;
    let definitions = schema["$defs"].as_object().unwrap();
    for (name, definition) in
        std::iter::once(("Report", &schema)).chain(definitions.iter().map(|(n, d)| (n.as_str(), d)))
    {
        let Some(properties) = definition["properties"].as_object() else { continue };
        let expected: BTreeSet<String> = properties.keys().cloned().collect();
        assert_eq!(fields(name), expected, "{name}");
        checked += 1;
    }
    assert!(checked >= 15, "only {checked} structs in the schema");
}

#[test]
fn every_name_of_an_enum_is_a_literal() {
    let schema: Value = serde_json::to_value(schemars::schema_for!(report::Report)).unwrap();
    let mut checked = 0;
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        for one in definition["oneOf"].as_array().into_iter().flatten() {
            let literals = one["const"]
                .as_str()
                .into_iter()
                .chain(one["enum"].as_array().into_iter().flatten().filter_map(Value::as_str));
            for literal in literals {
                assert!(TYPES.contains(&format!("\"{literal}\"")), "{name}: {literal}");
                checked += 1;
            }
        }
    }
    assert!(checked >= 15, "only {checked} names in the schema");
}
