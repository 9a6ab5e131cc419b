//! The log: selects the lines, and writes them to stderr without stopping the program.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::{output, stderr};

/// The targets of this program, which are logged by default.
const OWN: &str = "pianola";

/// Starts logging to stderr.
pub(super) fn start() {
    let wanted = std::env::var("PIANOLA_LOG").unwrap_or_default();
    let colours = io::stderr().is_terminal();
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter_of(&wanted))
        .with_writer(StderrLog { colours })
        .with_ansi(colours)
        .with_target(false)
        // It reports a failed write with `eprintln!`, which panics if stderr failed.
        .log_internal_errors(false)
        .try_init();
    started.ok(); // A test may have started it already.
}

/// Libraries whose detailed log has whole requests and frames, of the client and of the practice table: logins and
/// addresses must not be logged. Each has the highest level it may log at.
const QUIET: [(&str, &str); 10] = [
    ("tungstenite", "warn"),
    ("tokio_tungstenite", "warn"),
    ("rust_socketio", "warn"),
    ("rust_engineio", "warn"),
    ("reqwest", "warn"),
    ("hyper", "warn"),
    ("hyper_util", "warn"),
    ("h2", "warn"),
    ("socketioxide", "info"),
    ("engineioxide", "info"),
];

/// Returns the filter of the log.
///
/// A level alone sets Pianola's level: libraries log their errors, and more only if a directive names them
/// (`info,winit=warn`). The quiet libraries never log more than their limit, nor does a module of them.
fn filter_of(wanted: &str) -> EnvFilter {
    let mut own = "info";
    let mut named = Vec::new();
    for directive in wanted.split(',').map(str::trim) {
        match directive {
            "" => {}
            level if level_of(level).is_some() => own = level,
            directive if is_quiet(directive) => {}
            directive => named.push(directive),
        }
    }
    let others = if level_of(own) == Some("off") {
        "off"
    } else {
        "error"
    };
    let base = format!("{others},{OWN}={own}");
    let asked = [base.as_str()].into_iter().chain(named).collect::<Vec<_>>();
    let filter = EnvFilter::try_new(asked.join(","))
        .unwrap_or_else(|_| EnvFilter::new(format!("error,{OWN}=info")));
    // By default they log what other libraries log.
    let asks_more = |level: &str| !["error", "off"].contains(&level);
    let limits = QUIET.map(|(name, limit)| {
        let level = match wanted_of(wanted, name) {
            Some(level) if asks_more(level) => limit,
            Some(level) => level,
            None => others,
        };
        format!("{name}={level}")
            .parse()
            .expect("a fixed directive")
    });
    limits.into_iter().fold(filter, EnvFilter::add_directive)
}

/// Returns the name of a level; `None` if the text is none.
fn level_of(text: &str) -> Option<&'static str> {
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let by_number = ["0", "1", "2", "3", "4", "5"];
    let at = levels
        .iter()
        .position(|level| level.eq_ignore_ascii_case(text));
    let at = at.or_else(|| by_number.iter().position(|number| *number == text));
    at.map(|at| levels[at])
}

/// Returns the library that a directive names.
fn library_of(directive: &str) -> &str {
    let target = directive
        .trim()
        .split(['=', '['])
        .next()
        .unwrap_or_default();
    target.split("::").next().unwrap_or_default()
}

fn is_quiet(directive: &str) -> bool {
    let library = library_of(directive);
    QUIET.iter().any(|(name, _)| *name == library)
}

/// Returns the level that the directives set for a library; `None` if none names it.
fn wanted_of(wanted: &str, name: &str) -> Option<&'static str> {
    let names_it = |directive: &&str| library_of(directive) == name;
    let directive = wanted.split(',').rfind(names_it)?;
    let level = directive.rsplit('=').next().unwrap_or_default();
    // A directive without a level means everything.
    Some(level_of(level.trim()).unwrap_or("trace"))
}

/// Writes log records to stderr.
#[derive(Debug, Clone, Copy)]
struct StderrLog {
    colours: bool,
}

impl<'a> MakeWriter<'a> for StderrLog {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        *self
    }
}

impl io::Write for StderrLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Each call has one record, and each record is one line. Escape characters in it are its colours, on a terminal only.
        stderr::write(line_of(&String::from_utf8_lossy(bytes), self.colours));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns a record as one line, whatever the values in it have.
fn line_of(record: &str, colours: bool) -> String {
    let record = record.strip_suffix('\n').unwrap_or(record);
    let mut line = output::sanitized(record, |c| colours && c == '\u{1b}').into_owned();
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the directives of a filter, in no order.
    fn directives(wanted: &str) -> Vec<String> {
        let filter = filter_of(wanted).to_string();
        filter.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn a_record_is_one_line() {
        let record = "INFO recording to=/a\nERROR b\u{1b}[0m\n";
        let escaped = r"INFO recording to=/a\u000aERROR b\u001b[0m";
        assert_eq!(line_of(record, false), format!("{escaped}\n"));
        let coloured = line_of(record, true);
        assert_eq!(
            (coloured.matches('\n').count(), coloured.contains('\u{1b}')),
            (1, true)
        );
    }

    #[test]
    fn the_quiet_libraries_log_no_more_than_their_limit() {
        for wanted in [
            "trace",
            "tungstenite=trace",
            "tungstenite::protocol=trace,rust_engineio=debug",
            "debug, hyper_util::client=trace",
            "hyper",
            "h2[{stream}]=trace",
            "",
            "no such [filter",
        ] {
            for (name, limit) in QUIET {
                let of_it = |directive: &String| {
                    let rest = directive.strip_prefix(name);
                    rest.is_some_and(|rest| rest.starts_with(['=', ':', '[']))
                };
                let all = directives(wanted);
                let said: Vec<_> = all.iter().filter(|d| of_it(d)).collect();
                let allowed = [format!("{name}={limit}"), format!("{name}=error")];
                assert_eq!(said.len(), 1, "{wanted}: {all:?}");
                assert!(allowed.contains(said[0]), "{wanted}: {all:?}");
            }
        }
    }

    #[test]
    fn by_default_libraries_log_errors_only() {
        // "certifiably insane" and XSETTINGS are warnings of winit.
        for wanted in ["", "info", "INFO", "3", "no such [filter"] {
            let all = directives(wanted);
            assert!(
                all.contains(&"pianola=info".to_owned()),
                "{wanted}: {all:?}"
            );
            assert!(all.contains(&"error".to_owned()), "{wanted}: {all:?}");
            let more = all.iter().filter(|d| !d.ends_with("error"));
            assert_eq!(more.collect::<Vec<_>>(), ["pianola=info"], "{wanted}");
        }
    }

    #[test]
    fn a_level_alone_is_pianolas_and_a_named_library_logs_its_level() {
        assert!(directives("debug").contains(&"pianola=debug".to_owned()));
        assert!(directives("debug").contains(&"error".to_owned()));
        let all = directives("warn,winit=warn,pianola::feed=trace,tungstenite=debug");
        for directive in [
            "pianola=warn",
            "winit=warn",
            "pianola::feed=trace",
            "tungstenite=warn",
            "hyper=error",
        ] {
            assert!(all.contains(&directive.to_owned()), "{directive}: {all:?}");
        }
        for directive in directives("off") {
            assert!(directive.ends_with("off"), "{directive}");
        }
        assert!(directives("pianola=trace").contains(&"pianola=trace".to_owned()));
    }
}
