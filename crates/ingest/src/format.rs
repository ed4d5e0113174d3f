//! The formats that can be read.

use std::fmt;

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A table with a time column and one column per series.
    CsvWide,
    /// A table with one row per sample, told apart by label columns.
    CsvLong,
    /// A table with one column per series whose name is spread over several header rows.
    CsvStacked,
    /// What Grafana's panel inspector and its predecessors download as CSV.
    GrafanaCsv,
    /// Answers of the Prometheus HTTP API.
    PrometheusJson,
    /// Prometheus exposition text and OpenMetrics, with time stamps.
    OpenMetrics,
    /// `promtool tsdb dump`.
    PromtoolDump,
    /// Grafana's data frames as JSON: the panel inspector, `/api/ds/query`, snapshots.
    GrafanaJson,
    /// Answers of Graphite's render API, and of Grafana's simple JSON sources.
    GraphiteJson,
    /// VictoriaMetrics' export in JSON lines.
    VictoriaJson,
    /// Answers of Datadog's query APIs.
    DatadogJson,
    /// Answers of CloudWatch (`get-metric-data`, `get-metric-statistics`).
    CloudwatchJson,
    /// Answers of InfluxDB's `/query`.
    InfluxqlJson,
    /// Answers of Netdata's data API.
    NetdataJson,
    /// Date histograms of Elasticsearch and OpenSearch.
    ElasticJson,
    /// OpenTelemetry metrics in JSON.
    OtlpJson,
    /// What `sadf -j` writes.
    SadfJson,
    /// Alerts of Alertmanager: notifications and lists. Events only.
    AlertmanagerJson,
    /// Annotations of Grafana. Events only.
    GrafanaAnnotations,
    /// What dstat and pcp-dstat record with `--output`.
    DstatCsv,
    /// The printed report of sar, mpstat or pidstat.
    SarText,
    /// `sadf -p`.
    SadfPpc,
    /// `sadf -d`.
    SadfCsv,
    /// InfluxDB's line protocol.
    InfluxLines,
    /// InfluxDB's annotated CSV and InfluxQL's CSV.
    InfluxCsv,
    /// The text of `promtool query range` and `instant`.
    PromtoolQuery,
    /// VictoriaMetrics' CSV with its list of columns.
    VictoriaMetricsCsv,
    /// Locust's history of statistics.
    LocustCsv,
    /// JMeter's results as CSV.
    JmeterCsv,
    /// Coherence SRE's table `signal_events`.
    CoherenceCsv,
    /// A table of events.
    EventsCsv,
    /// A table with one row per series and one column per time.
    CsvTransposed,
}

impl Format {
    /// Every format, in the order of the enum.
    pub const ALL: [Self; 32] = [
        Self::CsvWide,
        Self::CsvLong,
        Self::CsvStacked,
        Self::GrafanaCsv,
        Self::PrometheusJson,
        Self::OpenMetrics,
        Self::PromtoolDump,
        Self::GrafanaJson,
        Self::GraphiteJson,
        Self::VictoriaJson,
        Self::DatadogJson,
        Self::CloudwatchJson,
        Self::InfluxqlJson,
        Self::NetdataJson,
        Self::ElasticJson,
        Self::OtlpJson,
        Self::SadfJson,
        Self::AlertmanagerJson,
        Self::GrafanaAnnotations,
        Self::DstatCsv,
        Self::SarText,
        Self::SadfPpc,
        Self::SadfCsv,
        Self::InfluxLines,
        Self::InfluxCsv,
        Self::PromtoolQuery,
        Self::VictoriaMetricsCsv,
        Self::LocustCsv,
        Self::JmeterCsv,
        Self::CoherenceCsv,
        Self::EventsCsv,
        Self::CsvTransposed,
    ];

    /// The name by which a person asks for the format (`--format`).
    pub fn name(self) -> &'static str {
        match self {
            Self::CsvWide => "csv-wide",
            Self::CsvLong => "csv-long",
            Self::CsvStacked => "csv-stacked",
            Self::GrafanaCsv => "grafana-csv",
            Self::PrometheusJson => "prometheus-json",
            Self::OpenMetrics => "openmetrics",
            Self::PromtoolDump => "promtool-dump",
            Self::GrafanaJson => "grafana-json",
            Self::GraphiteJson => "graphite-json",
            Self::VictoriaJson => "victoria-json",
            Self::DatadogJson => "datadog-json",
            Self::CloudwatchJson => "cloudwatch-json",
            Self::InfluxqlJson => "influxql-json",
            Self::NetdataJson => "netdata-json",
            Self::ElasticJson => "elastic-json",
            Self::OtlpJson => "otlp-json",
            Self::SadfJson => "sadf-json",
            Self::AlertmanagerJson => "alertmanager-json",
            Self::GrafanaAnnotations => "grafana-annotations",
            Self::DstatCsv => "dstat-csv",
            Self::SarText => "sar-text",
            Self::SadfPpc => "sadf-ppc",
            Self::SadfCsv => "sadf-csv",
            Self::InfluxLines => "influx-lines",
            Self::InfluxCsv => "influx-csv",
            Self::PromtoolQuery => "promtool-query",
            Self::VictoriaMetricsCsv => "victoriametrics-csv",
            Self::LocustCsv => "locust-csv",
            Self::JmeterCsv => "jmeter-csv",
            Self::CoherenceCsv => "coherence-csv",
            Self::EventsCsv => "events-csv",
            Self::CsvTransposed => "csv-transposed",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The format in words.
    pub fn label(self) -> &'static str {
        match self {
            Self::CsvWide => "CSV, one column per series",
            Self::CsvLong => "CSV, one row per sample",
            Self::CsvStacked => "CSV, names over several header rows",
            Self::GrafanaCsv => "Grafana CSV",
            Self::PrometheusJson => "Prometheus API JSON",
            Self::OpenMetrics => "OpenMetrics text",
            Self::PromtoolDump => "promtool tsdb dump",
            Self::GrafanaJson => "Grafana JSON",
            Self::GraphiteJson => "Graphite JSON",
            Self::VictoriaJson => "VictoriaMetrics JSON lines",
            Self::DatadogJson => "Datadog JSON",
            Self::CloudwatchJson => "CloudWatch JSON",
            Self::InfluxqlJson => "InfluxQL JSON",
            Self::NetdataJson => "Netdata JSON",
            Self::ElasticJson => "Elasticsearch aggregations",
            Self::OtlpJson => "OpenTelemetry metrics (OTLP JSON)",
            Self::SadfJson => "sysstat JSON (sadf -j)",
            Self::AlertmanagerJson => "Alertmanager alerts",
            Self::GrafanaAnnotations => "Grafana annotations",
            Self::DstatCsv => "dstat CSV",
            Self::SarText => "sar report",
            Self::SadfPpc => "sysstat samples (sadf -p)",
            Self::SadfCsv => "sysstat statistics (sadf -d)",
            Self::InfluxLines => "InfluxDB line protocol",
            Self::InfluxCsv => "InfluxDB CSV",
            Self::PromtoolQuery => "promtool query",
            Self::VictoriaMetricsCsv => "VictoriaMetrics CSV",
            Self::LocustCsv => "Locust history",
            Self::JmeterCsv => "JMeter results",
            Self::CoherenceCsv => "Coherence SRE signal_events",
            Self::EventsCsv => "events as CSV",
            Self::CsvTransposed => "CSV, one row per series",
        }
    }
}

/// The format's name.
impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
        }
        assert_eq!(Format::from_name("xls"), None);
    }
}
