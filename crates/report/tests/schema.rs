//! The committed JSON Schema is what the types say. `UPDATE_SCHEMA=1` writes it anew:
//! `UPDATE_SCHEMA=1 cargo test -p monteverdi-report --features schema --test schema`.
#![allow(clippy::unwrap_used)]

use report::Report;
use std::path::Path;

#[test]
fn the_committed_schema_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json");
    let mut current = serde_json::to_string_pretty(&schemars::schema_for!(Report)).unwrap();
    current.push('\n');
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == current,
        "schema/report.schema.json is not what the types say; if the change is meant, and VERSION grown if it breaks \
         readers, write it anew with UPDATE_SCHEMA=1"
    );
}
