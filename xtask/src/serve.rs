//! A static file server for one machine: the built page, on loopback.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

/// Longer request lines are refused.
const LINE_LIMIT: u64 = 8 * 1024;

/// Binds the first free port from the given one on, on loopback only.
pub(crate) fn bind(first_port: u16) -> Result<TcpListener> {
    (first_port..first_port.saturating_add(50))
        .find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok())
        .with_context(|| format!("no free port from {first_port} on"))
}

/// Serves the folder until the program is stopped.
pub(crate) fn forever(listener: &TcpListener, folder: &Path) -> Result<()> {
    for stream in listener.incoming() {
        let folder = folder.to_path_buf();
        let stream = stream.context("the listener")?;
        // A browser opens a few connections at once and keeps some idle.
        std::thread::spawn(move || answer(stream, &folder));
    }
    Ok(())
}

/// Answers one request and closes; a visitor who leaves early is no error of ours.
fn answer(mut stream: TcpStream, folder: &Path) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    let mut line = String::new();
    let mut reader = BufReader::new((&stream).take(LINE_LIMIT));
    if reader.read_line(&mut line).is_err() {
        return;
    }
    // The headers are read away, so that closing does not reset the connection; none of them matters here.
    let mut header = String::new();
    while reader.read_line(&mut header).is_ok_and(|count| count > 2) {
        header.clear();
    }
    drop(reader);
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let reply = match (method, file_for(folder, target)) {
        ("GET" | "HEAD", Some(file)) => match fs::read(&file) {
            Ok(body) => Reply { status: "200 OK", kind: media_type(&file), body },
            Err(_) => Reply::plain("404 Not Found"),
        },
        ("GET" | "HEAD", None) => Reply::plain("404 Not Found"),
        _ => Reply::plain("405 Method Not Allowed"),
    };
    let head = format!(
        "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-cache\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        reply.status,
        reply.kind,
        reply.body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    if method != "HEAD" {
        let _ = stream.write_all(&reply.body);
    }
}

struct Reply {
    status: &'static str,
    kind: &'static str,
    body: Vec<u8>,
}

impl Reply {
    fn plain(status: &'static str) -> Self {
        Self { status, kind: "text/plain; charset=utf-8", body: status.into() }
    }
}

/// The file that a request names; nothing outside the folder has a name.
fn file_for(folder: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let decoded = percent_decoded(path)?;
    let mut file = folder.to_path_buf();
    for part in decoded.split('/').filter(|part| !part.is_empty()) {
        if part.starts_with('.') || part.contains(['\\', '\0']) {
            return None;
        }
        file.push(part);
    }
    if file.is_dir() {
        file.push("index.html");
    }
    Some(file)
}

fn percent_decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let digits = rest.get(..2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "gz" => "application/gzip",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_request_names_a_file_inside_the_folder_only() {
        let folder = Path::new("/page");
        assert_eq!(file_for(folder, "/app.js?v=1"), Some(PathBuf::from("/page/app.js")));
        assert_eq!(file_for(folder, "/samples/a%20b.csv"), Some(PathBuf::from("/page/samples/a b.csv")));
        assert_eq!(file_for(folder, "/../etc/passwd"), None);
        assert_eq!(file_for(folder, "/%2e%2e/etc/passwd"), None);
        assert_eq!(file_for(folder, "/a%2f..%2f..%2fetc"), None);
        assert_eq!(file_for(folder, "/broken%"), None);
        assert_eq!(file_for(folder, "http://elsewhere/"), None);
    }

    #[test]
    fn a_browser_gets_the_file_with_its_type() {
        let folder = std::env::temp_dir().join(format!("monteverdi-serve-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("worker_bg.wasm"), b"\0asm").unwrap();
        let listener = bind(0).unwrap();
        let address = listener.local_addr().unwrap();
        let served = folder.clone();
        std::thread::spawn(move || forever(&listener, &served));
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /worker_bg.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).unwrap();
        let reply = String::from_utf8_lossy(&reply).into_owned();
        assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
        assert!(reply.contains("Content-Type: application/wasm\r\n"), "{reply}");
        assert!(reply.ends_with("\r\n\r\n\0asm"), "{reply}");
        fs::remove_dir_all(folder).unwrap();
    }
}
