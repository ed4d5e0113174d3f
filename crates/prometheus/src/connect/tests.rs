#![allow(clippy::unwrap_used)]
use super::*;

const PAGE: &str = "https://page.example.org";

fn page(permission: Permission) -> Caller {
    Caller::Page { origin: PAGE.to_owned(), permission }
}

fn local_page() -> Caller {
    Caller::Page { origin: "http://localhost:8000".to_owned(), permission: Permission::Unknown }
}

/// Answers: a status and a body, or nothing.
type Answer = Result<(u16, String), Failure>;

fn drive(address: &str, caller: Caller, sends_headers: bool, answer: impl Fn(&Attempt) -> Answer) -> (Outcome, usize) {
    let mut connection = Connection::new(Endpoint::parse(address).unwrap(), caller, sends_headers);
    let mut count = 0;
    while let Some(attempt) = connection.next_request() {
        count += 1;
        assert!(count <= 12, "it does not end");
        let times = Times { sent_ms: 1_700_000_000_000, received_ms: 1_700_000_000_100 };
        match answer(&attempt) {
            Ok((status, body)) => {
                let response = Response { status, content_type: None, retry_after: None, body: body.as_bytes() };
                connection.accept(Ok(response), times);
            }
            Err(failure) => connection.accept(Err(failure), times),
        }
    }
    (connection.outcome().unwrap(), count)
}

fn diagnosis(address: &str, caller: Caller, sends_headers: bool, answer: impl Fn(&Attempt) -> Answer) -> Diagnosis {
    match drive(address, caller, sends_headers, answer).0 {
        Outcome::Failed(diagnosis) => diagnosis,
        Outcome::Connected(server) => panic!("it connected: {server:?}"),
    }
}

fn nothing() -> Answer {
    Err(Failure::Unreachable("Failed to fetch".to_owned()))
}

/// A server at `prefix` with this buildinfo; time comes as the named type.
fn server(prefix: &'static str, build: &'static str, kind: &'static str) -> impl Fn(&Attempt) -> Answer {
    move |attempt| {
        let url = &attempt.request.url;
        let Some(path) = url.strip_prefix("http://h").and_then(|rest| rest.strip_prefix(prefix)) else {
            return Ok((404, "404 page not found".to_owned()));
        };
        let result = match path {
            path if path.starts_with("/api/v1/status/buildinfo") => build.to_owned(),
            path if path.starts_with("/api/v1/query?query=time") && kind == "scalar" => {
                r#"{"resultType":"scalar","result":[1700000060.05,"1700000060.05"]}"#.to_owned()
            }
            path if path.starts_with("/api/v1/query?query=time") => {
                r#"{"resultType":"vector","result":[{"metric":{},"value":[1700000000.05,"1700000000.05"]}]}"#.to_owned()
            }
            path if path.starts_with("/api/v1/query?query=count") => {
                r#"{"resultType":"vector","result":[]}"#.to_owned()
            }
            _ => return Ok((404, "404 page not found".to_owned())),
        };
        Ok((200, format!(r#"{{"status":"success","data":{result}}}"#)))
    }
}

#[test]
fn what_speaks_the_api_is_told_by_what_it_says_and_does() {
    let prometheus =
        r#"{"version":"2.42.0","revision":"225c61122d88b01d1f0eaaee0e05b6f3e0567ac0","goVersion":"go1.19.5"}"#;
    let thanos = r#"{"version":"0.34.1","revision":"4cf1559","goVersion":"go1.21.7"}"#;
    let mimir = r#"{"application":"Grafana Mimir","version":"2.11.0","revision":"c8939ea"}"#;
    let cortex = r#"{"version":"1.16.0","revision":"x","goVersion":"go1.21"}"#;
    let victoria = r#"{"version":"2.24.0"}"#;
    for (prefix, build, kind, expected, words) in [
        ("", prometheus, "scalar", ServerKind::Prometheus, "Prometheus 2.42.0"),
        ("", thanos, "scalar", ServerKind::Thanos, "Thanos 0.34.1"),
        ("/prometheus", mimir, "scalar", ServerKind::Mimir, "Mimir 2.11.0"),
        ("/api/prom", cortex, "scalar", ServerKind::Cortex, "Cortex 1.16.0"),
        ("", victoria, "vector", ServerKind::VictoriaMetrics, "VictoriaMetrics"),
        ("/select/0/prometheus", victoria, "vector", ServerKind::VictoriaMetricsCluster, "VictoriaMetrics cluster"),
        ("", "null", "scalar", ServerKind::Other, "A server with the Prometheus API"),
    ] {
        let (outcome, _) = drive("http://h", Caller::Native, false, server(prefix, build, kind));
        let Outcome::Connected(found) = outcome else { panic!("{prefix} {build}: {outcome:?}") };
        assert_eq!((found.kind, found.words().as_str()), (expected, words));
        assert_eq!(found.endpoint.address(), format!("http://h{prefix}"));
        assert_eq!(found.has_alerts, Some(false));
    }
}

#[test]
fn clocks_are_compared_within_what_can_be_measured() {
    let (outcome, count) = drive("http://h", Caller::Native, false, server("", "null", "scalar"));
    let Outcome::Connected(found) = outcome else { panic!("{outcome:?}") };
    assert_eq!((found.clock_ahead_ms, count), (Some((60_000, 50)), 3));
    assert!(found.clock_words().unwrap().contains("60 s ahead of"));
    let (outcome, _) = drive("http://h", Caller::Native, false, server("", "null", "vector"));
    let Outcome::Connected(found) = outcome else { panic!("{outcome:?}") };
    assert_eq!((found.clock_ahead_ms, found.clock_words()), (Some((0, 50)), None));
}

#[test]
fn silence_has_many_reasons_and_each_is_told() {
    let silent = |_: &Attempt| nothing();
    for (address, caller, trouble) in [
        ("http://prom.example.org:9090", page(Permission::Unknown), Trouble::MixedContent),
        ("http://10.0.0.7:9090", page(Permission::Unknown), Trouble::MixedContent),
        ("http://10.0.0.7:9090", page(Permission::Denied), Trouble::LocalNetwork),
        ("http://10.0.0.7:9090", page(Permission::Prompt), Trouble::LocalNetwork),
        ("http://10.0.0.7:9090", page(Permission::Granted), Trouble::NotReachable),
        ("http://localhost:9090", page(Permission::Unknown), Trouble::NotReachable),
        ("http://localhost:9090", page(Permission::Denied), Trouble::LocalNetwork),
        ("https://prom.example.org", page(Permission::Prompt), Trouble::NotReachable),
        ("http://10.0.0.7:9090", local_page(), Trouble::NotReachable),
        ("http://10.0.0.7:9090", Caller::Native, Trouble::NotReachable),
    ] {
        let found = diagnosis(address, caller.clone(), false, silent);
        assert_eq!(found.trouble, trouble, "{address} from {caller:?}");
        assert!(!found.ways_out.is_empty() && found.words.ends_with('.'), "{found:?}");
    }
}

#[test]
fn a_server_that_answers_but_not_this_page_is_told_from_one_that_does_not() {
    let answers_unread = |attempt: &Attempt| match attempt.manner {
        Manner::Probe => Ok((0, String::new())),
        _ => nothing(),
    };
    assert_eq!(diagnosis("http://h:9090", local_page(), false, answers_unread).trouble, Trouble::Cors);
    assert_eq!(diagnosis("http://h:9090", local_page(), true, answers_unread).trouble, Trouble::Preflight);
    let readable_without_headers = |attempt: &Attempt| match attempt.manner {
        Manner::Full => nothing(),
        _ => Ok((401, "no".to_owned())),
    };
    assert_eq!(diagnosis("http://h", local_page(), true, readable_without_headers).trouble, Trouble::Preflight);
    // To a program with sockets of its own it is simply not there.
    assert_eq!(diagnosis("http://h", Caller::Native, true, answers_unread).trouble, Trouble::NotReachable);
}

#[test]
fn answers_that_are_none_of_the_api_are_told_apart() {
    let html = "<!doctype html><html><head><title>Grafana</title></head>";
    for (status, body, expected) in [
        (200, html, Trouble::WrongPath { found: "\"Grafana\"".into(), program: Some("Grafana") }),
        (404, html, Trouble::WrongPath { found: "\"Grafana\"".into(), program: Some("Grafana") }),
        (404, "404 page not found", Trouble::NotFound { status: 404 }),
        (401, "Unauthorized", Trouble::Unauthorized),
        (401, "no org id", Trouble::Tenant),
        (403, "Forbidden", Trouble::Forbidden),
        (504, "upstream timed out", Trouble::TimedOut),
    ] {
        let found = diagnosis("http://h", local_page(), false, |_| Ok((status, body.to_owned())));
        assert_eq!(found.trouble, expected, "{status} {body}");
    }
    let found = diagnosis("http://h", local_page(), false, |_| Ok((503, "Service Unavailable".to_owned())));
    assert!(found.words.contains("503"), "{}", found.words);
    let found = diagnosis("http://h:9100", local_page(), false, |_| Ok((200, "# HELP go_gc x\n".to_owned())));
    assert!(found.title.contains("exporter"), "{}", found.title);
}

#[test]
fn what_the_first_place_said_is_kept_when_the_others_are_silent() {
    let answer = |attempt: &Attempt| match attempt.request.url.starts_with("http://h/api/v1") {
        true => Ok((404, "no".to_owned())),
        false => nothing(),
    };
    assert_eq!(diagnosis("http://h", local_page(), false, answer).trouble, Trouble::NotFound { status: 404 });
}

#[test]
fn ways_out_name_the_page_and_the_server() {
    let found = diagnosis("https://prom.example.org/x", page(Permission::Unknown), false, |attempt| {
        if attempt.manner == Manner::Probe { Ok((0, String::new())) } else { nothing() }
    });
    let texts: Vec<&str> = found.ways_out.iter().map(|way| way.text.as_str()).collect();
    assert_eq!(texts[0], r"--web.cors.origin='https://page\.example\.org'");
    assert!(texts[1].contains("return 204") && texts[1].contains("proxy_pass https://prom.example.org;"));
    assert!(texts[1].contains(&format!("\"{PAGE}\"")) && texts[2].contains(&format!("\"{PAGE}\"")));
    assert!(texts[3].starts_with("curl -sG https://prom.example.org/x/api/v1/query_range "));
    let inside = diagnosis("http://prom.monitoring.svc:8080", Caller::Native, false, |_| nothing());
    assert_eq!(inside.ways_out[0].text, "kubectl --namespace monitoring port-forward service/prom 9090:8080");
}

#[test]
fn secrets_of_an_address_stand_in_no_way_out() {
    let found = diagnosis("https://me:hunter2@prom.example.org", page(Permission::Unknown), true, |_| nothing());
    assert!(!format!("{found:?}").contains("hunter2"));
}
