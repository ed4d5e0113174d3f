//! Language runtimes, and the monitoring itself.

use super::Entry;

pub(super) const JVM: &[Entry] = &[
    Entry::amount("jvm_memory_used_bytes jvm_memory_bytes_used", "memory used, by area").keep("area"),
    Entry::amount("jvm_memory_committed_bytes jvm_memory_bytes_committed", "memory taken from the system").keep("area"),
    Entry::counter(
        "jvm_gc_pause_seconds_count jvm_gc_collection_seconds_count jvm_gc_duration_seconds_count",
        "collections",
    ),
    Entry::counter(
        "jvm_gc_pause_seconds_sum jvm_gc_collection_seconds_sum jvm_gc_duration_seconds_sum",
        "time spent in collections",
    ),
    Entry::counter(
        "jvm_gc_memory_allocated_bytes_total jvm_gc_memory_promoted_bytes_total",
        "memory allocated, promoted",
    ),
    Entry::amount("jvm_threads_live_threads jvm_threads_current jvm_thread_count", "threads"),
    Entry::amount("jvm_threads_states_threads jvm_threads_state", "threads, by state").keep("state"),
    Entry::level("process_cpu_usage system_cpu_usage jvm_cpu_recent_utilization_ratio", "processor, utilisation"),
    Entry::amount(
        "hikaricp_connections_active hikaricp_connections_pending jdbc_connections_active",
        "database connections",
    ),
    Entry::counter("hikaricp_connections_timeout_total", "database connections not had in time"),
    Entry::amount(
        "tomcat_threads_busy_threads executor_active_threads executor_queued_tasks",
        "threads at work, tasks that wait",
    ),
    Entry::counter("logback_events_total", "log lines, by level").keep("level"),
];

pub(super) const GO: &[Entry] = &[
    Entry::amount("go_goroutines go_threads", "goroutines and threads"),
    Entry::amount(
        "go_memstats_heap_inuse_bytes go_memstats_heap_alloc_bytes process_resident_memory_bytes",
        "memory used",
    ),
    Entry::counter("go_memstats_alloc_bytes_total", "memory allocated"),
    Entry::counter("go_gc_duration_seconds_count go_gc_duration_seconds_sum", "collections and their time"),
    Entry::delay("go_gc_duration_seconds", "the longest pause for a collection").only(r#"quantile="1""#),
    Entry::counter("process_cpu_seconds_total", "processor time used"),
    Entry::amount("process_open_fds", "files open"),
];

pub(super) const PYTHON: &[Entry] = &[
    Entry::counter("python_gc_collections_total", "collections, by generation").keep("generation"),
    Entry::counter(
        "python_gc_objects_collected_total python_gc_objects_uncollectable_total",
        "objects collected, by generation",
    )
    .keep("generation"),
    Entry::amount("process_resident_memory_bytes process_virtual_memory_bytes", "memory used"),
    Entry::counter("process_cpu_seconds_total", "processor time used"),
    Entry::amount("process_open_fds", "files open"),
];

pub(super) const NODE: &[Entry] = &[
    Entry::delay(
        "nodejs_eventloop_lag_seconds nodejs_eventloop_lag_p99_seconds nodejs_eventloop_lag_mean_seconds nodejs_eventloop_delay_p99_seconds",
        "event loop, delay",
    ),
    Entry::level("nodejs_eventloop_utilization nodejs_eventloop_utilization_ratio", "event loop, utilisation"),
    Entry::amount(
        "nodejs_heap_size_used_bytes nodejs_heap_size_total_bytes nodejs_external_memory_bytes process_resident_memory_bytes",
        "memory used",
    ),
    Entry::counter("nodejs_gc_duration_seconds_count nodejs_gc_duration_seconds_sum", "collections and their time")
        .keep("kind"),
    Entry::amount(
        "nodejs_active_handles_total_handles nodejs_active_requests nodejs_active_handles",
        "handles and requests",
    ),
    Entry::counter(
        "process_cpu_seconds_total process_cpu_user_seconds_total process_cpu_system_seconds_total",
        "processor time used",
    ),
];

pub(super) const PROMETHEUS: &[Entry] = &[
    Entry::health("up", "whether targets answer"),
    Entry::delay("scrape_duration_seconds", "duration of scrapes"),
    Entry::amount("scrape_samples_scraped", "samples per scrape"),
    Entry::amount("prometheus_tsdb_head_series", "series in memory"),
    Entry::counter(
        "prometheus_tsdb_head_samples_appended_total prometheus_tsdb_head_series_created_total prometheus_tsdb_head_series_removed_total",
        "samples and series written",
    ),
    Entry::counter(
        "prometheus_target_scrapes_exceeded_sample_limit_total prometheus_target_scrapes_sample_out_of_order_total \
         prometheus_target_scrapes_sample_duplicate_timestamp_total prometheus_rule_evaluation_failures_total \
         prometheus_rule_group_iterations_missed_total prometheus_notifications_dropped_total \
         prometheus_tsdb_compactions_failed_total prometheus_tsdb_wal_corruptions_total",
        "what goes wrong",
    ),
    Entry::delay("prometheus_engine_query_duration_seconds", "duration of queries")
        .only(r#"quantile="0.99""#)
        .keep("slice"),
    Entry::delay("prometheus_rule_group_last_duration_seconds", "duration of rules"),
    Entry::counter("prometheus_http_requests_total", "requests, by code").away("handler").keep("code"),
    Entry::amount("prometheus_remote_storage_samples_pending", "samples not yet sent on"),
    Entry::counter(
        "prometheus_remote_storage_samples_failed_total prometheus_remote_storage_samples_retried_total",
        "samples that could not be sent on",
    ),
    Entry::amount("prometheus_notifications_queue_length", "alerts not yet sent on"),
    Entry::amount("process_resident_memory_bytes", "memory used"),
    Entry::counter("process_cpu_seconds_total", "processor time used"),
];
