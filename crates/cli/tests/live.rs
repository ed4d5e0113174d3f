//! `analyze --prometheus` against a server on loopback that says what it is told to say.
#![allow(clippy::unwrap_used)]

mod program;

use program::{ok, run};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// A request as it arrived: its first line, headers in lower case, and body.
#[derive(Clone, Debug)]
struct Arrived {
    line: String,
    headers: String,
    body: String,
}

/// Serves on a free port until the test ends; `answer` gives status and body. Returns the address and what has arrived.
fn serve(answer: impl Fn(&Arrived) -> (u16, String) + Send + 'static) -> (String, Arc<Mutex<Vec<Arrived>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let arrived = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&arrived);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            if reader.read_line(&mut line).is_err() || line.is_empty() {
                continue;
            }
            let mut headers = String::new();
            loop {
                let mut header = String::new();
                reader.read_line(&mut header).unwrap();
                if header.trim().is_empty() {
                    break;
                }
                headers.push_str(&header.to_lowercase());
            }
            let length =
                headers.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let request = Arrived { line: line.trim().to_owned(), headers, body: String::from_utf8(body).unwrap() };
            let (status, text) = answer(&request);
            log.lock().unwrap().push(request);
            let _ = write!(
                stream,
                "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nRetry-After: 0\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
                text.len()
            );
        }
    });
    (address, arrived)
}

fn success(data: &str) -> (u16, String) {
    (200, format!("{{\"status\":\"success\",\"data\":{data}}}"))
}

fn matrix(points: i64) -> String {
    let values: Vec<String> =
        (0..points).map(|i| format!("[{},\"{}\"]", 1_700_000_000 + 15 * i, (i * 37) % 11)).collect();
    format!(
        r#"{{"resultType":"matrix","result":[{{"metric":{{"__name__":"load","job":"api"}},"values":[{}]}}]}}"#,
        values.join(",")
    )
}

const RANGE: &str = "2023-11-14T22:13:20Z/2023-11-14T23:13:20Z";

#[test]
fn an_address_alone_is_explored() {
    let (address, arrived) = serve(|request| {
        let path = request.line.split([' ', '?']).nth(1).unwrap().to_owned();
        match path.as_str() {
            "/api/v1/label/__name__/values" => success("[\"load\",\"load_created\"]"),
            "/api/v1/series" => success("[{\"__name__\":\"load\",\"job\":\"api\"}]"),
            "/api/v1/query" => success(&matrix(200)),
            _ => (404, "404 page not found".into()),
        }
    });
    let report: Value =
        serde_json::from_str(&ok(&["analyze", "--prometheus", &address, "--range", RANGE, "--json"])).unwrap();
    assert_eq!(report["series"][0]["name"], "load{job=\"api\"}");
    assert_eq!(report["dataset"]["point_count"], 200);
    assert_eq!(report["dataset"]["sources"][0]["name"], address);
    let arrived = arrived.lock().unwrap();
    assert!(arrived.iter().all(|request| request.line.starts_with("GET ")), "{arrived:?}");
}

#[test]
fn queries_carry_headers_and_long_ones_are_posted() {
    let (address, arrived) = serve(|_| success(&matrix(100)));
    let long = format!("load{{job=~\"{}api\"}}", "x|".repeat(1_000));
    let host = address.replace("http://", "http://me:secret@");
    let arguments = [
        "analyze",
        "--prometheus",
        &host,
        "--query",
        &long,
        "--range",
        RANGE,
        "--step",
        "15s",
        "--header",
        "X-Scope-OrgID: shop",
        "--json",
    ];
    let report: Value = serde_json::from_str(&ok(&arguments)).unwrap();
    assert_eq!(report["dataset"]["sources"][0]["name"], address, "no credentials in what is shown");
    let arrived = arrived.lock().unwrap();
    let request = &arrived[0];
    assert!(request.line.starts_with("POST /api/v1/query_range HTTP/1.1"), "{}", request.line);
    assert!(request.headers.contains("content-type: application/x-www-form-urlencoded"), "{}", request.headers);
    assert!(request.headers.contains("x-scope-orgid: shop"), "{}", request.headers);
    assert!(request.headers.contains("authorization: basic bwu6c2vjcmv0"), "{}", request.headers);
    assert!(request.body.ends_with("&start=1700000000&end=1700003600&step=15"), "{}", request.body);
}

#[test]
fn a_header_with_an_address_goes_to_that_server_only() {
    let (first, asked_first) = serve(|_| success(&matrix(100)));
    let (second, asked_second) = serve(|_| success(&matrix(100)));
    let mut arguments = vec!["analyze", "--query", "load", "--range", RANGE, "--step", "15s", "--json"];
    let (named_first, named_second) = (first.replace("http://", "http://me:secret@"), format!("{second}/"));
    arguments.extend(["--prometheus", &named_first, "--prometheus", &second]);
    let for_second = format!("{named_second} Authorization: Bearer b");
    let with = |header: &str| run(&[&arguments[..], &["--header", "X-Scope-OrgID: both", "--header", header]].concat());
    let output = with(&for_second);
    assert_eq!(output.status, 0, "{}", output.stderr);
    let all = |asked: &Mutex<Vec<Arrived>>, is: &dyn Fn(&str) -> bool| {
        let asked = asked.lock().unwrap();
        !asked.is_empty() && asked.iter().all(|request| is(&request.headers))
    };
    assert!(all(&asked_first, &|headers| headers.contains("orgid: both") && !headers.contains("bearer")));
    assert!(all(&asked_second, &|headers| headers.contains("orgid: both") && headers.contains("bearer b")));
    let output = with("http://else:1 Authorization: Bearer hidden");
    assert_eq!(output.status, 2);
    let says = output.stderr;
    assert!(says.contains("http://else:1") && says.contains(&second) && !says.contains("hidden"), "{says}");
    assert!(!says.contains("secret"), "{says}");
}

#[test]
fn an_alertmanager_learns_nothing_of_who_asks_and_its_silences_are_events() {
    let (address, asked) = serve(|_| success(&matrix(100)));
    let silence = r#"[{"matchers":[{"name":"alertname","value":"Slow","isRegex":false,"isEqual":true}],
        "startsAt":"2023-11-14T22:20:00Z","endsAt":"2023-11-14T22:40:00Z","comment":"deploy"}]"#;
    let (manager, heard) =
        serve(move |request| (200, if request.line.contains("silences") { silence.into() } else { "[]".into() }));
    let host = address.replace("http://", "http://me:secret@");
    let arguments = ["analyze", "--prometheus", &host, "--query", "load", "--range", RANGE, "--step", "15s"];
    let rest = ["--alertmanager", &manager, "--header", "X-Scope-OrgID: shop", "--json"];
    let report: Value = serde_json::from_str(&ok(&[&arguments[..], &rest[..]].concat())).unwrap();
    assert_eq!(report["dataset"]["events"][0]["title"], "Silence alertname=Slow (deploy)");
    assert!(asked.lock().unwrap().iter().all(|request| request.headers.contains("x-scope-orgid: shop")));
    let heard = heard.lock().unwrap();
    let lines: Vec<&str> = heard.iter().map(|request| request.line.as_str()).collect();
    assert_eq!(lines, ["GET /api/v2/alerts HTTP/1.1", "GET /api/v2/silences HTTP/1.1"]);
    let is_told = |request: &Arrived| request.headers.contains("authorization") || request.headers.contains("orgid");
    assert!(!heard.iter().any(is_told), "{heard:?}");
    // A password in its address would have to be kept from reports and links.
    let output = run(&[&arguments[..], &["--alertmanager", "http://me:hidden@h"]].concat());
    assert_eq!(output.status, 2);
    let told = output.stderr;
    assert!(told.contains("without user name and password") && !told.contains("hidden"), "{told}");
}

#[test]
fn several_servers_and_files_are_looked_at_together_and_names_kept_apart() {
    let (first, _) = serve(|_| success(&matrix(100)));
    let (second, _) = serve(|_| success(&matrix(100)));
    let file = std::env::temp_dir().join(format!("monteverdi-beside-{}.csv", std::process::id()));
    let rows: String = (0..100).map(|row| format!("{},{}\n", 1_700_000_000 + 15 * row, row % 7)).collect();
    std::fs::write(&file, format!("time,cpu\n{rows}")).unwrap();
    let path = file.to_str().unwrap();
    let arguments =
        [path, "--prometheus", &first, "--prometheus", &second, "--query", "load", "--range", RANGE, "--step", "15s"];
    let report: Value = serde_json::from_str(&ok(&[&["analyze"], &arguments[..], &["--json"]].concat())).unwrap();
    std::fs::remove_file(&file).unwrap();
    let names: Vec<&str> =
        report["series"].as_array().unwrap().iter().map(|series| series["name"].as_str().unwrap()).collect();
    let host = second.strip_prefix("http://").unwrap();
    assert_eq!(names, ["cpu", "load{job=\"api\"}", &format!("{host}: load{{job=\"api\"}}")]);
    let services: Vec<&str> =
        report["services"].as_array().unwrap().iter().map(|service| service["name"].as_str().unwrap()).collect();
    assert!(services.contains(&"api") && services.contains(&format!("{host}: api").as_str()), "{services:?}");
    assert_eq!(report["dataset"]["sources"].as_array().unwrap().len(), 3);
}

#[test]
fn a_busy_server_is_waited_for() {
    let busy = Mutex::new(2);
    let (address, arrived) = serve(move |_| {
        let mut busy = busy.lock().unwrap();
        if *busy > 0 {
            *busy -= 1;
            return (429, "later".into());
        }
        success(&matrix(100))
    });
    ok(&["analyze", "--prometheus", &address, "--query", "load", "--range", RANGE, "--step", "15s"]);
    assert_eq!(arrived.lock().unwrap().len(), 3);
}

#[test]
fn troubles_are_told_with_a_way_out() {
    let table = [
        (400, r#"{"status":"error","errorType":"bad_data","error":"1:5: parse error"}"#, "\n  load\n      ^\n"),
        (401, "", "--header"),
        (404, "404 page not found", "/api/v1"),
        (422, r#"{"status":"error","errorType":"422","error":"too complicated"}"#, "too complicated"),
        (500, "oops", "oops"),
        (200, "<html><title>Sign in</title>", "Sign in"),
        (200, "{", "cannot be read"),
    ];
    for (status, body, words) in table {
        let (address, _) = serve(move |_| (status, body.to_owned()));
        let run = run(&["analyze", "--prometheus", &address, "--query", "load", "--range", RANGE, "--step", "15s"]);
        assert_eq!((run.status, run.stdout.as_str()), (2, ""), "{status} {body}");
        assert!(run.stderr.contains(words), "{}", run.stderr);
        // Only a query with a mark under it needs lines of its own.
        assert!(status == 400 || run.stderr.lines().count() == 1, "{}", run.stderr);
    }
    let run = run(&["analyze", "--prometheus", "http://127.0.0.1:9"]);
    assert!(run.status == 2 && run.stderr.contains("could not be reached"), "{}", run.stderr);
}
