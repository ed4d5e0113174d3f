//! Texts that hold no table: logs, settings, programs, queries, and what is printed for people.

/// What to do about it.
const AS_SERIES: &str = "Monteverdi reads series of numbers over time: export them as CSV with a time column, or as \
                         Prometheus API JSON.";
const AS_COUNTS: &str = "Count the lines by time first, for example per minute and level, and export the counts as CSV \
                         with a time column.";
const RUN_IT: &str = "Run the query over a range of time (/api/v1/query_range), and save the answer.";

/// What a text is, and what would work; none if it is nothing that is known.
///
/// `is_whole` says that the text does not go on behind `head`.
pub(super) fn name(head: &str, is_whole: bool) -> Option<(&'static str, &'static str)> {
    let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).take(50).collect();
    let first = *lines.first()?;
    let count = |is: &dyn Fn(&str) -> bool| lines.iter().filter(|line| is(line)).count();
    let mostly = |is: &dyn Fn(&str) -> bool| count(is) * 2 > lines.len();
    let some = |start: &str| lines.iter().any(|line| line.trim_start().trim_start_matches("- ").starts_with(start));
    let controls = head.chars().filter(|sign| sign.is_control() && !sign.is_whitespace()).count();
    Some(if controls * 50 > head.chars().count() {
        ("a binary or encrypted file", "Export the data as CSV or JSON text.")
    } else if first.starts_with("#!") {
        ("a script", "Run it, and open what it writes.")
    } else if first.starts_with("-----BEGIN ") {
        ("a key or a certificate", "It is no export, and perhaps a secret; choose another file.")
    } else if ["diff --git ", "--- a/", "Index: "].iter().any(|start| first.starts_with(start)) {
        ("a change of source code (a diff)", AS_SERIES)
    } else if mostly(&is_access) {
        ("the access log of a web server", AS_COUNTS)
    } else if mostly(&|line| is_log(line)) {
        ("a log", AS_COUNTS)
    } else if some("From:") && some("Subject:") {
        ("an e-mail", "If an export is attached to it, save and open that.")
    } else if some("apiVersion:") && some("kind:") {
        ("a Kubernetes object in YAML", AS_SERIES)
    } else if some("scrape_configs:") || some("scrape_interval:") {
        ("the settings of a Prometheus server", "Ask the server for samples instead (/api/v1/query_range).")
    } else if some("alert:") && some("expr:") || some("record:") && some("expr:") {
        ("rules of Prometheus: the expressions, without any samples", RUN_IT)
    } else if some("route:") && some("receivers:") {
        ("the settings of an Alertmanager", AS_SERIES)
    } else if is_section(first) && count(&|line| line.contains('=')) > 0 {
        ("settings (INI or TOML)", AS_SERIES)
    } else if count(&|line| line.starts_with("```") || line.starts_with(".. ") || line.trim_end().ends_with("::")) > 0 {
        (
            "a page of documentation with examples in it",
            "If the data stand inside this text, cut them out and drop them alone.",
        )
    } else if mostly(&is_yaml) {
        ("settings in YAML", AS_SERIES)
    } else if is_sql(first) {
        (
            "a database query: the question, without its answer",
            "Run it, and export the result as CSV with a time column.",
        )
    } else if lines.len() <= 10 && is_promql(head) {
        ("a PromQL query: the question, without its answer", RUN_IT)
    } else if count(&is_code) * 4 > lines.len() {
        ("the source code of a program", "Run it, and open what it writes.")
    } else if lines.len() > 1 && mostly(&is_printed_row) {
        (
            "a table that was printed for people",
            "Most tools write CSV or JSON, too, if they are asked for it; each row needs its time.",
        )
    } else if is_whole && lines.len() == 1 && first.contains([',', ';', '\t', '|']) {
        (
            "the header of a table, without any row",
            "Export a range of time in which there are data, and look whether the tool reported an error.",
        )
    } else {
        return None;
    })
}

/// `10.0.0.1 - - [17/Nov/2023:10:00:00 +0000] "GET / HTTP/1.1" 200 512`
fn is_access(line: &str) -> bool {
    line.contains("] \"") && line.contains(" HTTP/")
}

/// With a level, or as syslog and Kubernetes' programs write.
fn is_log(line: &str) -> bool {
    const LEVELS: [&str; 10] =
        ["INFO", "WARN", "ERROR", "DEBUG", "TRACE", "FATAL", " level=", " lvl=", " msg=", "\tinfo\t"];
    const MONTHS: [&str; 12] =
        ["Jan ", "Feb ", "Mar ", "Apr ", "May ", "Jun ", "Jul ", "Aug ", "Sep ", "Oct ", "Nov ", "Dec "];
    let bytes = line.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let is_of_program = matches!(bytes.first(), Some(b'I' | b'W' | b'E' | b'F')) && (1..5).all(is_digit);
    let is_of_system = MONTHS.iter().any(|month| line.starts_with(month)) && bytes.get(9) == Some(&b':');
    is_of_program || is_of_system || LEVELS.iter().any(|level| line.contains(level))
}

/// `[server]`
fn is_section(line: &str) -> bool {
    let inside = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-. :\"[]".contains(c)))
}

/// Whether a text begins with a section of settings, and not with a list in JSON.
pub(super) fn is_settings(head: &str) -> bool {
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    lines.next().is_some_and(is_section) && lines.next().is_some_and(|line| line.contains('=') || is_section(line))
}

/// `key: value`, `- item`, or a comment.
fn is_yaml(line: &str) -> bool {
    let line = line.trim();
    let bare = line.trim_start_matches("- ");
    let key = bare.split_once(':').filter(|(_, value)| value.is_empty() || value.starts_with(' ')).map(|(key, _)| key);
    line.starts_with("- ")
        || line.starts_with('#')
        || line == "---"
        || key.is_some_and(|key| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_-./\"".contains(c)))
}

fn is_sql(first: &str) -> bool {
    let start = first.get(..first.len().min(16)).unwrap_or_default().to_ascii_uppercase();
    ["SELECT ", "WITH ", "INSERT INTO ", "CREATE TABLE ", "DROP TABLE ", "FROM(BUCKET"]
        .iter()
        .any(|word| start.starts_with(word))
}

/// A function of PromQL over a range of time, or an aggregation with labels.
fn is_promql(text: &str) -> bool {
    let words =
        ["rate(", "increase(", "histogram_quantile(", "sum by", "sum(", "avg(", "avg by", "max(", "_over_time("];
    let has_range = text.split('[').skip(1).any(|rest| {
        let unit = rest.trim_start_matches(|sign: char| sign.is_ascii_digit());
        unit.len() < rest.len() && unit.starts_with(['s', 'm', 'h', 'd', 'w', 'y'])
    });
    words.iter().any(|word| text.contains(word)) && (has_range || text.contains('{') || text.contains(" by "))
}

/// The beginning or the end of a line of code.
fn is_code(line: &str) -> bool {
    const STARTS: [&str; 18] = [
        "import ",
        "from ",
        "def ",
        "class ",
        "func ",
        "fn ",
        "use ",
        "package ",
        "#include",
        "const ",
        "let ",
        "var ",
        "return ",
        "return(",
        "public ",
        "function ",
        "if (",
        "} ",
    ];
    let line = line.trim();
    STARTS.iter().any(|start| line.starts_with(start)) || line.ends_with('{') || line.ends_with(';') || line == "}"
}

/// Three columns or more with several blanks between some of them.
fn is_printed_row(line: &str) -> bool {
    line.split_whitespace().count() >= 3 && line.trim().contains("  ")
}
