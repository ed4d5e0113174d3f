//! Requests: rate, errors and duration (RED), by the names that client libraries, instrumentation and proxies give them.

use super::Entry;

/// The labels that hold a status in one naming or another.
const STATUS: &str = "code status status_code response_code http_status_code http_response_status_code grpc_code \
                      grpc_status rpc_grpc_status_code envoy_response_code_class outcome";

pub(super) const RED: &[Entry] = &[
    Entry::health("up probe_success", "whether targets answer"),
    Entry::counter(
        "http_requests_total http_server_requests_total *_http_requests_total promhttp_metric_handler_requests_total \
         http_requests_received_total starlette_requests_total flask_http_request_total django_http_responses_total_by_status_total",
        "HTTP requests, by status",
    )
    .keep(STATUS),
    Entry::counter(
        "grpc_server_handled_total grpc_server_started_total grpc_client_handled_total",
        "gRPC calls, by code",
    )
    .keep(STATUS),
    Entry::counter("istio_requests_total envoy_cluster_upstream_rq_xx envoy_http_downstream_rq_xx", "requests through the mesh, by status")
        .keep(STATUS),
    Entry::counter(
        "nginx_ingress_controller_requests traefik_service_requests_total traefik_entrypoint_requests_total \
         haproxy_backend_http_responses_total haproxy_frontend_http_responses_total caddy_http_requests_total \
         nginx_http_requests_total apache_accesses_total kong_http_requests_total",
        "requests through the proxy, by status",
    )
    .keep(STATUS),
    Entry::counter(
        "haproxy_backend_connection_errors_total haproxy_backend_response_errors_total haproxy_backend_internal_errors_total",
        "errors between the proxy and what is behind it",
    ),
    Entry::delay(
        "haproxy_backend_total_time_average_seconds haproxy_backend_queue_time_average_seconds",
        "mean time of the last requests, in all and in the queue",
    ),
    Entry::counter(
        "traces_spanmetrics_calls_total traces_span_metrics_calls_total calls_total",
        "calls, counted from traces",
    )
    .keep("status_code"),
    Entry::counter(
        "traces_service_graph_request_total traces_service_graph_request_failed_total",
        "requests between services, counted from traces",
    )
    .keep("client server"),
    Entry::counter(
        "http_server_requests_seconds_count http_server_request_duration_seconds_count http_request_duration_seconds_count \
         http_server_duration_milliseconds_count http_server_duration_seconds_count http_request_duration_milliseconds_count \
         *_http_request_duration_seconds_count nginx_ingress_controller_request_duration_seconds_count \
         rpc_server_duration_milliseconds_count rpc_server_call_duration_seconds_count grpc_server_handling_seconds_count \
         istio_request_duration_milliseconds_count traefik_service_request_duration_seconds_count \
         traces_spanmetrics_latency_count",
        "requests, counted with their duration",
    )
    .keep(STATUS),
    Entry::counter(
        "http_server_requests_seconds_sum http_server_request_duration_seconds_sum http_request_duration_seconds_sum \
         http_server_duration_milliseconds_sum http_server_duration_seconds_sum http_request_duration_milliseconds_sum \
         *_http_request_duration_seconds_sum nginx_ingress_controller_request_duration_seconds_sum \
         rpc_server_duration_milliseconds_sum rpc_server_call_duration_seconds_sum grpc_server_handling_seconds_sum \
         istio_request_duration_milliseconds_sum traefik_service_request_duration_seconds_sum \
         traces_spanmetrics_latency_sum",
        "time spent in requests",
    ),
    Entry::buckets(
        "http_server_requests_seconds_bucket http_server_request_duration_seconds_bucket http_request_duration_seconds_bucket \
         http_server_duration_milliseconds_bucket http_server_duration_seconds_bucket http_request_duration_milliseconds_bucket \
         *_http_request_duration_seconds_bucket nginx_ingress_controller_request_duration_seconds_bucket \
         rpc_server_duration_milliseconds_bucket rpc_server_call_duration_seconds_bucket grpc_server_handling_seconds_bucket \
         istio_request_duration_milliseconds_bucket envoy_cluster_upstream_rq_time_bucket \
         envoy_http_downstream_rq_time_bucket traefik_service_request_duration_seconds_bucket \
         traces_spanmetrics_latency_bucket traces_spanmetrics_duration_milliseconds_bucket",
        "duration of requests: p50, p95, p99",
    ),
    Entry::amount(
        "http_server_active_requests http_requests_in_progress http_requests_in_flight http_requests_inprogress \
         haproxy_backend_current_sessions haproxy_backend_current_queue nginx_connections_active nginx_ingress_controller_nginx_process_connections envoy_cluster_upstream_rq_active \
         promhttp_metric_handler_requests_in_flight",
        "requests in flight",
    ),
];
