#![allow(clippy::all, missing_docs, clippy::print_stdout)]
use std::time::Instant;
fn rss() -> String {
    std::fs::read_to_string("/proc/self/status")
        .unwrap()
        .lines()
        .find(|l| l.starts_with("VmHWM"))
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .map(|k| format!("{} MB", k / 1024))
        .unwrap()
}
fn main() {
    let which: Option<String> = std::env::args().nth(1);
    fn rows(f: &dyn Fn(usize) -> String, n: usize) -> String {
        (0..n).map(|i| f(i)).collect()
    }
    type Case = (&'static str, Box<dyn Fn() -> String>);
    let t = 1_700_000_000usize;
    let cases: Vec<Case> = vec![
        (
            "wide-200k-columns",
            Box::new(move || {
                format!(
                    "time{}\n{}",
                    rows(&|i| format!(",c{i}"), 200_000),
                    rows(&|r| format!("{}{}\n", t + r * 15, ",1".repeat(200_000)), 20)
                )
            }),
        ),
        (
            "wide-90k-columns",
            Box::new(move || {
                format!(
                    "time{}\n{}",
                    rows(&|i| format!(",c{i}"), 90_000),
                    rows(&|r| format!("{}{}\n", t + r * 15, ",1".repeat(90_000)), 50)
                )
            }),
        ),
        (
            "wide-20k-bad-words",
            Box::new(move || {
                format!(
                    "time{}\n{}",
                    rows(&|i| format!(",c{i}"), 20_000),
                    rows(&|r| format!("{}{}\n", t + r * 15, if r % 2 == 0 { ",1" } else { ",x" }.repeat(20_000)), 50)
                )
            }),
        ),
        (
            "wide-same-name-20k",
            Box::new(move || {
                format!(
                    "time{}\n{}",
                    ",a".repeat(20_000),
                    rows(&|r| format!("{}{}\n", t + r * 15, ",1".repeat(20_000)), 20)
                )
            }),
        ),
        (
            "wide-labels-30k",
            Box::new(move || {
                format!(
                    "time{}\n{}",
                    rows(&|i| format!(",\"up{{job=\"\"{i}\"\"}}\""), 30_000),
                    rows(&|r| format!("{}{}\n", t + r * 15, ",1".repeat(30_000)), 20)
                )
            }),
        ),
        ("nested-json-1M", Box::new(|| "[".repeat(1_000_000))),
        ("nested-json-objects", Box::new(|| "{\"a\":".repeat(500_000))),
        (
            "nested-inside",
            Box::new(|| {
                format!(
                    "{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":{}",
                    "[".repeat(1_000_000)
                )
            }),
        ),
        (
            "json-long-key",
            Box::new(|| {
                format!(
                    "{{\"status\":\"success\",\"{}\":1,\"data\":{{\"resultType\":\"matrix\",\"result\":[]}}}}",
                    "k".repeat(30_000_000)
                )
            }),
        ),
        (
            "json-many-keys",
            Box::new(|| {
                format!(
                    "{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{{\"metric\":{{{}}},\"values\":[[1,\"1\"],[2,\"2\"]]}}]}}}}",
                    rows(&|i| format!("{}\"k{i}\":\"v\"", if i == 0 { "" } else { "," }), 200_000)
                )
            }),
        ),
        (
            "json-many-series",
            Box::new(|| {
                format!(
                    "{{\"status\":\"success\",\"data\":{{\"resultType\":\"matrix\",\"result\":[{}]}}}}",
                    rows(
                        &|i| format!(
                            "{}{{\"metric\":{{\"a\":\"{i}\"}},\"values\":[[1,\"1\"],[2,\"2\"]]}}",
                            if i == 0 { "" } else { "," }
                        ),
                        400_000
                    )
                )
            }),
        ),
        ("json-spaces", Box::new(|| format!("{}{{\"status\":\"success\"", " ".repeat(30_000_000)))),
        ("long-line-100MB", Box::new(|| "a".repeat(100_000_000))),
        (
            "long-line-csv",
            Box::new(move || {
                format!("time,a\n{}\n{}", rows(&|r| format!("{},{r}\n", t + r), 500), "1,".repeat(45_000_000))
            }),
        ),
        (
            "open-quote",
            Box::new(move || {
                format!(
                    "time,a\n{}\"{}",
                    rows(&|r| format!("{},{r}\n", t + r), 500),
                    rows(&|r| format!("{},{r}\n", t + r), 2_000_000)
                )
            }),
        ),
        (
            "open-quotes-every-row",
            Box::new(move || format!("time,a,b\n{}", rows(&|r| format!("{},\"x{r},{r}\n", t + r), 300_000))),
        ),
        ("quotes-only", Box::new(|| "\"".repeat(30_000_000))),
        ("newlines", Box::new(|| "\n".repeat(50_000_000))),
        ("commas", Box::new(|| ",".repeat(50_000_000))),
        ("commas-lines", Box::new(|| ",,,,\n".repeat(5_000_000))),
        (
            "blank-then-table",
            Box::new(move || {
                format!("{}time,a\n{}", " \n".repeat(10_000_000), rows(&|r| format!("{},{r}\n", t + r), 500))
            }),
        ),
        (
            "long-distinct-hosts",
            Box::new(move || format!("time,host,value\n{}", rows(&|r| format!("{},h{r},{r}\n", t + r % 100), 300_000))),
        ),
        (
            "long-two-labels",
            Box::new(move || {
                format!(
                    "time,host,pod,value\n{}",
                    rows(&|r| format!("{},h{},p{},{r}\n", t + r / 1000, r % 15_000, r % 14_999), 600_000)
                )
            }),
        ),
        (
            "long-many-columns",
            Box::new(move || {
                format!(
                    "time,host{}\n{}",
                    rows(&|i| format!(",v{i}"), 1_000),
                    rows(&|r| format!("{},h{}{}\n", t + r / 2000, r % 2000, ",1".repeat(1_000)), 6_000)
                )
            }),
        ),
        ("om-many-series", Box::new(move || rows(&|r| format!("m{r}{{a=\"{r}\"}} 1 {}000\n", t + r % 3), 700_000))),
        (
            "om-labels-100k",
            Box::new(move || {
                format!("m{{{}}} 1 {t}000\nm{{a=\"b\"}} 2 {t}000\n", rows(&|i| format!("l{i}=\"v\","), 100_000))
            }),
        ),
        (
            "om-buckets",
            Box::new(move || {
                format!(
                    "# TYPE h histogram\n{}",
                    rows(&|r| format!("h_bucket{{le=\"{}\"}} {r} {}000\n", r % 50_000, t + r / 50_000 * 15), 200_000)
                )
            }),
        ),
        ("om-descending-times", Box::new(move || rows(&|r| format!("up 1 {}000\n", t + 2_000_000 - r), 2_000_000))),
        (
            "om-types",
            Box::new(move || {
                format!("{}up 1 {t}000\nup 2 {}000\n", rows(&|r| format!("# TYPE m{r} gauge\n"), 500_000), t + 15)
            }),
        ),
        (
            "dump-many",
            Box::new(move || {
                rows(&|r| format!("{{__name__=\"m\", i=\"{}\"}} {r} {}000\n", r % 200_000, t + r / 200_000), 600_000)
            }),
        ),
        (
            "influx-many-fields",
            Box::new(move || {
                rows(
                    &|r| {
                        format!(
                            "cpu,host=h{} {} {}000000000\n",
                            r % 100,
                            rows(&|i| format!("{}f{i}=1", if i == 0 { "" } else { "," }), 300),
                            t + r / 100
                        )
                    },
                    3_000,
                )
            }),
        ),
        (
            "influx-csv-blocks",
            Box::new(move || {
                rows(
                    &|r| {
                        format!(
                            "#datatype,string,long,dateTime:RFC3339,double,string\n#group,false,false,false,false,true\n#default,_result,,,,\n,result,table,_time,_value,_field\n,,0,2023-11-17T10:00:{:02}Z,1.5,f{}\n\n",
                            r % 60,
                            r / 60
                        )
                    },
                    60_000,
                )
            }),
        ),
        (
            "stacked",
            Box::new(move || {
                format!(
                    "service{}\nmetric{}\nstatistic{}\ntime{}\n{}",
                    ",a".repeat(30_000),
                    rows(&|i| format!(",m{i}"), 30_000),
                    ",Average".repeat(30_000),
                    ",".repeat(30_000),
                    rows(&|r| format!("{}{}\n", t + r * 60, ",1".repeat(30_000)), 20)
                )
            }),
        ),
        (
            "grafana-labels",
            Box::new(move || {
                format!(
                    "\"Time\"{}\n{}",
                    rows(&|i| format!(",\"{{__name__=\"\"up\"\", i=\"\"{i}\"\"}}\""), 30_000),
                    rows(&|r| format!("{}000{}\n", t + r * 60, ",1".repeat(30_000)), 20)
                )
            }),
        ),
        ("utf16", Box::new(move || format!("time,a\n{}", rows(&|r| format!("{},{r}\n", t + r), 1_000_000)))),
        ("latin", Box::new(move || format!("time,\u{e9}\n{}", rows(&|r| format!("{},{r}\n", t + r), 1_000_000)))),
        (
            "sar",
            Box::new(move || {
                format!(
                    "Linux 5.4.0 (h) \t04/18/2019 \t_x86_64_\t(2 CPU)\n\n{}",
                    rows(
                        &|r| format!(
                            "12:{:02}:{:02} AM     CPU     %user\n12:{:02}:{:02} AM     c{}      2.15\n\n",
                            r / 60 % 60,
                            r % 60,
                            r / 60 % 60,
                            r % 60,
                            r
                        ),
                        100_000
                    )
                )
            }),
        ),
        ("events", Box::new(move || format!("time,title\n{}", rows(&|r| format!("{},deploy {r}\n", t + r), 500_000)))),
        (
            "dates-ambiguous",
            Box::new(move || {
                format!(
                    "time,a\n{}",
                    rows(
                        &|r| format!("{:02}/{:02}/2023 10:{:02},{r}\n", r % 12 + 1, r / 12 % 12 + 1, r % 60),
                        1_000_000
                    )
                )
            }),
        ),
        ("duplicates", Box::new(move || format!("time,a\n{}", rows(&|r| format!("{t},{r}\n"), 2_000_000)))),
    ];
    for (name, make) in cases {
        if which.as_ref().is_some_and(|w| !name.contains(w.as_str())) {
            continue;
        }
        let text = make();
        let mut bytes = text.into_bytes();
        if name == "utf16" {
            bytes = String::from_utf8(bytes).unwrap().encode_utf16().flat_map(u16::to_le_bytes).collect();
        }
        if name == "latin" {
            bytes = String::from_utf8(bytes).unwrap().chars().map(|c| c as u8).collect();
        }
        let start = Instant::now();
        let result = ingest::read_from("x", &mut bytes.as_slice(), &ingest::Options::default());
        let took = start.elapsed().as_secs_f64();
        let text = match result {
            Ok(d) => format!(
                "{} series {} events {} points",
                d.series.len(),
                d.events.len(),
                d.series.iter().map(|s| s.values.len()).sum::<usize>()
            ),
            Err(e) => {
                let t = e.to_string();
                t.chars().take(230).collect()
            }
        };
        println!("{name:24} {:6.1} MB {took:7.2} s  peak {} | {text}", bytes.len() as f64 / 1e6, rss());
    }
}
