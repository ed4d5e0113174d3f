//! VictoriaMetrics' export (`/api/v1/export`): one JSON object per line with a series' labels, values and times in
//! milliseconds (app/vmselect/prometheus/export.qtpl). A series may come in several lines. NaN is `null`, infinities are
//! texts.

use crate::Format;
use crate::cell::timestamp::EpochUnit;
use crate::error::Error;
use crate::head::Head;
use crate::import::{Body, Context};
use crate::json::{Json, Kind};
use crate::notebook::plural;
use crate::series_set::{Samples, SeriesSet};
use crate::sniff::Reader;
use crate::text::Text;
use series::{Identity, Labels, NoteKind};

pub(crate) const READER: Reader = Reader { format: Format::VictoriaJson, probe, is_table: false, read };

fn probe(head: &Head<'_>) -> bool {
    let Some(json) = head.json() else { return false };
    let is_line = |top: &str| {
        let has = |name: &str| json.has_at_top(&format!("{top}{name}"));
        // The times may lie behind more values than are looked at; Prometheus has pairs there.
        let has_plain_values = has("values") && !has("values/[]/[]") && !has("values/[]/*");
        has("metric") && (has("timestamps") || has_plain_values && !has("histograms"))
            || has("timestamps") && has_plain_values && !has("name")
    };
    // Nothing else is seen of a line that begins with more times than are looked at.
    let begins_with_times = json.is_partial() && json.top_keys() == ["timestamps"] && json.has_at_top("timestamps/[]");
    is_line("") || is_line("[]/") || begins_with_times
}

fn read(text: &mut Text<'_>, context: Context<'_>) -> Result<Body, Error> {
    let unit = context.options.epoch_unit.unwrap_or(EpochUnit::Milliseconds);
    let mut found = Found { set: SeriesSet::default(), unit, uneven: 0, foreign: 0 };
    Json::new(text).documents(&mut |json, position| {
        let path = format!("object {}", position + 1);
        found.node(json).map_err(|error| error.within_member(&path))
    })?;
    found.set.refuse_empty(
        "the export has no samples",
        "Ask for series (match[]) and a range of time (start, end) that have data.",
    )?;
    found.set.refuse_too_many()?;
    let notes = &mut found.set.notes;
    notes.add(
        NoteKind::Dropped,
        found.uneven,
        format!("{} of values or times without a counterpart left out", plural(found.uneven, "line", "lines")),
    );
    notes.add(
        NoteKind::Dropped,
        found.foreign,
        format!("{} without a series left out", plural(found.foreign, "JSON value", "JSON values")),
    );
    Ok(found.set.into())
}

struct Found {
    set: SeriesSet,
    unit: EpochUnit,
    uneven: usize,
    foreign: usize,
}

impl Found {
    fn node(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        match json.peek()? {
            Kind::List => json.list(&mut |json, _| self.node(json)),
            Kind::Object => self.line(json),
            _ => {
                self.foreign += 1;
                json.skip()
            }
        }
    }

    fn line(&mut self, json: &mut Json<'_, '_>) -> Result<(), Error> {
        let mut labels: Option<Labels> = None;
        let mut samples = Samples::default();
        json.object(&mut |json, name| {
            match name {
                "metric" => labels = Some(json.value()?.to_labels()),
                "values" => {
                    return json.list(&mut |json, _| {
                        samples.values.push(json.measure()?);
                        Ok(())
                    });
                }
                "timestamps" => {
                    return json.list(&mut |json, _| {
                        samples.times_ms.push(self.unit.to_ms(json.number()?));
                        Ok(())
                    });
                }
                _ => {}
            }
            Ok(())
        })?;
        let Some(mut labels) = labels else {
            self.foreign += 1;
            return Ok(());
        };
        let length = samples.values.len().min(samples.times_ms.len());
        self.uneven += usize::from(samples.values.len() != samples.times_ms.len());
        samples.values.truncate(length);
        samples.times_ms.truncate(length);
        let metric = labels.remove("__name__");
        let position = self.set.position(Identity::of(metric, labels).with_original_name());
        if let Some(known) = self.set.at(position) {
            known.append(samples);
        }
        Ok(())
    }
}
