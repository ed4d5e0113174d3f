//! Databases, caches and queues, by the names that their usual exporters give.

use super::Entry;

pub(super) const POSTGRES: &[Entry] = &[
    Entry::health("pg_up", "whether it answers"),
    Entry::amount("pg_stat_database_numbackends pg_stat_activity_count", "connections").keep("state"),
    Entry::counter("pg_stat_database_xact_commit pg_stat_database_xact_rollback", "transactions").keep("datname"),
    Entry::counter(
        "pg_stat_database_deadlocks pg_stat_database_conflicts pg_stat_database_temp_bytes",
        "deadlocks, conflicts, spills",
    ),
    Entry::counter("pg_stat_database_blks_hit pg_stat_database_blks_read", "blocks from memory, from disk"),
    Entry::counter(
        "pg_stat_database_tup_fetched pg_stat_database_tup_returned pg_stat_database_tup_inserted \
         pg_stat_database_tup_updated pg_stat_database_tup_deleted",
        "rows",
    ),
    Entry::counter("pg_stat_database_blk_read_time pg_stat_database_blk_write_time", "time spent reading, writing"),
    Entry::counter(
        "pg_stat_bgwriter_checkpoints_req_total pg_stat_bgwriter_buffers_backend_total pg_stat_archiver_failed_count",
        "checkpoints that were forced, writes of backends, archiving that failed",
    ),
    Entry::level("pg_stat_activity_max_tx_duration", "the longest transaction"),
    Entry::delay("pg_replication_lag pg_replication_lag_seconds", "replication lag"),
    Entry::amount("pg_locks_count", "locks").keep("mode"),
    Entry::amount("pg_database_size_bytes", "size"),
];

pub(super) const MYSQL: &[Entry] = &[
    Entry::health("mysql_up", "whether it answers"),
    Entry::amount("mysql_global_status_threads_connected mysql_global_status_threads_running", "connections"),
    Entry::counter(
        "mysql_global_status_queries mysql_global_status_questions mysql_global_status_slow_queries",
        "queries",
    ),
    Entry::counter(
        "mysql_global_status_aborted_connects mysql_global_status_aborted_clients mysql_global_status_connection_errors_total",
        "connections that failed",
    ),
    Entry::counter(
        "mysql_global_status_innodb_row_lock_waits mysql_global_status_innodb_row_lock_time \
         mysql_global_status_table_locks_waited mysql_global_status_innodb_deadlocks",
        "waits for locks, deadlocks",
    ),
    Entry::counter(
        "mysql_global_status_innodb_buffer_pool_reads mysql_global_status_innodb_buffer_pool_read_requests",
        "pages from disk, in all",
    ),
    Entry::counter("mysql_global_status_bytes_received mysql_global_status_bytes_sent", "network: bytes"),
    Entry::delay(
        "mysql_slave_status_seconds_behind_master mysql_slave_status_seconds_behind_source",
        "replication lag",
    ),
];

pub(super) const REDIS: &[Entry] = &[
    Entry::health("redis_up", "whether it answers"),
    Entry::counter("redis_commands_processed_total redis_connections_received_total", "commands and connections"),
    Entry::counter("redis_commands_duration_seconds_total", "time spent in commands").away("cmd"),
    Entry::counter("redis_commands_failed_calls_total redis_commands_rejected_calls_total", "commands that failed")
        .away("cmd"),
    Entry::counter("redis_keyspace_hits_total redis_keyspace_misses_total", "hits and misses"),
    Entry::counter(
        "redis_evicted_keys_total redis_expired_keys_total redis_rejected_connections_total",
        "evictions, expiries, refusals",
    ),
    Entry::amount("redis_connected_clients redis_blocked_clients", "clients"),
    Entry::amount("redis_memory_used_bytes redis_memory_used_rss_bytes", "memory used"),
    Entry::level("redis_mem_fragmentation_ratio", "memory, fragmentation"),
    Entry::counter("redis_net_input_bytes_total redis_net_output_bytes_total", "network: bytes"),
    Entry::counter("redis_cpu_sys_seconds_total redis_cpu_user_seconds_total", "processor time used"),
    Entry::counter("redis_slowlog_last_id", "slow commands"),
];

pub(super) const MONGODB: &[Entry] = &[
    Entry::health("mongodb_up", "whether it answers"),
    Entry::counter("mongodb_op_counters_total mongodb_ss_opcounters", "operations").keep("type legacy_op_type"),
    Entry::amount("mongodb_connections mongodb_ss_connections", "connections").keep("state conn_type"),
    Entry::amount("mongodb_memory mongodb_ss_mem_resident", "memory used").keep("type"),
    Entry::counter("mongodb_asserts_total mongodb_ss_asserts", "assertions").keep("type assert_type"),
    Entry::delay("mongodb_mongod_replset_member_replication_lag mongodb_rs_members_replication_lag", "replication lag"),
];

pub(super) const KAFKA: &[Entry] = &[
    Entry::amount("kafka_consumergroup_lag", "messages not yet read").keep("consumergroup topic"),
    Entry::amount("kafka_consumergroup_lag_sum", "messages not yet read, by group").keep("consumergroup"),
    Entry::counter("kafka_topic_partition_current_offset", "messages written").away("partition").keep("topic"),
    Entry::counter("kafka_consumergroup_current_offset", "messages read").away("partition").keep("consumergroup topic"),
    Entry::amount("kafka_topic_partition_under_replicated_partition", "partitions that lack a replica"),
    Entry::amount(
        "kafka_server_replicamanager_underreplicatedpartitions kafka_controller_kafkacontroller_offlinepartitionscount",
        "partitions in trouble",
    ),
    Entry::counter(
        "kafka_server_brokertopicmetrics_messagesin_total kafka_server_brokertopicmetrics_bytesin_total \
         kafka_server_brokertopicmetrics_bytesout_total",
        "messages and bytes",
    ),
];

pub(super) const RABBITMQ: &[Entry] = &[
    Entry::amount(
        "rabbitmq_queue_messages_ready rabbitmq_queue_messages_unacked rabbitmq_queue_messages",
        "messages that wait",
    )
    .keep("queue"),
    Entry::amount(
        "rabbitmq_connections rabbitmq_channels rabbitmq_queue_consumers rabbitmq_consumers",
        "connections, channels, consumers",
    ),
    Entry::counter(
        "rabbitmq_global_messages_received_total rabbitmq_global_messages_delivered_total \
         rabbitmq_global_messages_redelivered_total rabbitmq_queue_messages_published_total",
        "messages",
    ),
    Entry::counter(
        "rabbitmq_global_messages_unroutable_dropped_total rabbitmq_global_messages_unroutable_returned_total",
        "messages that no queue takes",
    ),
    Entry::amount(
        "rabbitmq_alarms_memory_used_watermark rabbitmq_alarms_free_disk_space_watermark rabbitmq_alarms_file_descriptor_limit",
        "alarms",
    ),
    Entry::amount(
        "rabbitmq_process_resident_memory_bytes rabbitmq_disk_space_available_bytes",
        "memory used, space that is free",
    ),
];
