//! Machines, containers and Kubernetes objects: utilisation, saturation and errors (USE).

use super::Entry;

/// Network devices and file systems that are no hardware's.
const DEVICES: &str = r#"device!~"lo|veth.*|docker.*|br-.*|cali.*|flannel.*|cni.*""#;
const DISKS: &str = r#"device!~"loop.*|ram.*|sr.*|fd.*""#;
const FILE_SYSTEMS: &str = r#"fstype!~"tmpfs|ramfs|overlay|squashfs|devtmpfs|nsfs|fuse.*|iso9660""#;
/// Without the pods' own and the slices' groups, which hold what their containers hold.
const CONTAINERS: &str = r#"container!="",container!="POD""#;

pub(super) const USE: &[Entry] = &[
    Entry::counter("node_cpu_seconds_total", "processor time used, of all cores")
        .only(r#"mode!~"idle|iowait|steal""#)
        .away("cpu,mode"),
    Entry::counter("node_cpu_seconds_total", "processor time spent waiting for disks or taken by the host")
        .only(r#"mode=~"iowait|steal""#)
        .away("cpu")
        .keep("mode"),
    Entry::level("node_load1", "processes that run or wait"),
    Entry::counter(
        "node_pressure_cpu_waiting_seconds_total node_pressure_io_waiting_seconds_total \
         node_pressure_memory_waiting_seconds_total",
        "time in which something waited (PSI)",
    ),
    Entry::amount("node_memory_MemAvailable_bytes node_memory_SwapFree_bytes", "memory that is free"),
    Entry::counter(
        "node_vmstat_pgmajfault node_vmstat_oom_kill node_vmstat_pswpin node_vmstat_pswpout",
        "memory under pressure",
    ),
    Entry::counter(
        "node_disk_io_time_seconds_total node_disk_io_time_weighted_seconds_total",
        "disks: busy and queued",
    )
    .only(DISKS),
    Entry::counter("node_disk_read_bytes_total node_disk_written_bytes_total", "disks: bytes").only(DISKS),
    Entry::amount("node_filesystem_avail_bytes", "space that is free").only(FILE_SYSTEMS),
    Entry::counter("node_network_receive_bytes_total node_network_transmit_bytes_total", "network: bytes")
        .only(DEVICES),
    Entry::counter(
        "node_network_receive_errs_total node_network_transmit_errs_total node_network_receive_drop_total \
         node_network_transmit_drop_total",
        "network: errors and drops",
    )
    .only(DEVICES),
    Entry::counter("node_netstat_Tcp_RetransSegs node_netstat_TcpExt_ListenDrops", "network: sent again, refused"),
    Entry::amount(
        "node_netstat_Tcp_CurrEstab node_nf_conntrack_entries node_filefd_allocated",
        "connections and files",
    ),
    Entry::counter(
        "node_context_switches_total node_forks_total node_intr_total",
        "context switches, processes begun, interrupts",
    ),
    Entry::level("node_procs_running node_procs_blocked", "processes that run, that wait for disks"),
];

pub(super) const CADVISOR: &[Entry] = &[
    Entry::counter("container_cpu_usage_seconds_total", "processor time used").only(CONTAINERS).away("cpu"),
    Entry::counter(
        "container_cpu_cfs_throttled_periods_total container_cpu_cfs_throttled_seconds_total container_cpu_cfs_periods_total",
        "processor limit reached",
    )
    .only(CONTAINERS),
    Entry::amount("container_memory_working_set_bytes container_memory_rss", "memory used").only(CONTAINERS),
    Entry::counter("container_oom_events_total container_memory_failcnt", "memory limit reached").only(CONTAINERS),
    Entry::counter("container_network_receive_bytes_total container_network_transmit_bytes_total", "network: bytes").away("interface"),
    Entry::counter(
        "container_network_receive_errors_total container_network_transmit_errors_total \
         container_network_receive_packets_dropped_total container_network_transmit_packets_dropped_total",
        "network: errors and drops",
    )
    .away("interface"),
    Entry::counter("container_fs_reads_bytes_total container_fs_writes_bytes_total", "disks: bytes").only(CONTAINERS).away("device"),
    Entry::amount("container_threads container_sockets container_file_descriptors", "threads, sockets, files").only(CONTAINERS),
];

pub(super) const KUBE_STATE: &[Entry] = &[
    Entry::amount(
        "kube_deployment_status_replicas_unavailable kube_statefulset_status_replicas_ready \
         kube_deployment_status_replicas_available kube_daemonset_status_number_unavailable",
        "replicas that are there, or missing",
    ),
    Entry::counter("kube_pod_container_status_restarts_total", "containers begun again"),
    Entry::amount("kube_pod_status_phase", "pods that are not running")
        .only(r#"phase=~"Pending|Failed|Unknown""#)
        .keep("phase"),
    Entry::amount("kube_pod_status_ready", "pods that are ready").only(r#"condition="true""#),
    Entry::amount("kube_pod_container_status_waiting_reason", "containers that wait, by reason").keep("reason"),
    Entry::amount("kube_pod_container_status_last_terminated_reason", "how containers ended, by reason").keep("reason"),
    Entry::amount("kube_node_status_condition", "nodes in trouble")
        .only(r#"condition!="Ready",status="true""#)
        .keep("condition"),
    Entry::health("kube_node_status_condition", "nodes that are ready").only(r#"condition="Ready",status="true""#),
    Entry::amount("kube_job_status_failed kube_job_status_active", "jobs that failed, that run"),
    Entry::level(
        "kube_horizontalpodautoscaler_status_current_replicas kube_horizontalpodautoscaler_status_desired_replicas",
        "autoscaling",
    ),
];
