//! A computer whose clock is far away from the present.

use std::path::Path;

use pianola::recording::GameFile;

use super::inventive;
use crate::support::files::game_files;
use crate::support::{process, skipped};

/// Compiles a library that makes a program see another clock; `None` where there is no compiler.
#[cfg(target_os = "linux")]
fn clock_library(folder: &Path) -> Option<std::path::PathBuf> {
    const SOURCE: &str = r#"
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <stdlib.h>
        #include <time.h>
        int clock_gettime(clockid_t id, struct timespec *ts) {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
            int result = real(id, ts);
            const char *seconds = getenv("PIANOLA_TEST_CLOCK");
            if (result == 0 && id == CLOCK_REALTIME && seconds) ts->tv_sec = atoll(seconds);
            return result;
        }
    "#;
    let (source, library) = (folder.join("clock.c"), folder.join("clock.so"));
    std::fs::File::create(&source)
        .and_then(|mut file| std::io::Write::write_all(&mut file, SOURCE.as_bytes()))
        .unwrap();
    let mut compiler = std::process::Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-o"]).arg(&library);
    let made = compiler.arg(&source).arg("-ldl").status().ok()?;
    made.success().then_some(library)
}

#[cfg(target_os = "linux")]
#[test]
fn a_clock_before_1970_or_far_away_is_recorded_with_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let Some(library) = clock_library(folder.path()) else {
        skipped::skip("compiler", "no C compiler to make another clock with");
        return;
    };
    for (seconds, day) in [
        ("-86400", "1969-12-31"),
        ("253402300900", "9999-12-31"),
        ("9000000000000000000", "9999-12-31"),
        ("-9000000000000000000", "0001-01-01"),
    ] {
        let server = inventive(2);
        let recordings = folder.path().join(seconds);
        let log = folder.path().join(format!("{seconds}.log"));
        let mut command = process::pianola();
        command
            .env("LD_PRELOAD", &library)
            .env("PIANOLA_TEST_CLOCK", seconds)
            .stderr(std::fs::File::create(&log).unwrap())
            .args(["record", "--url", server.address().as_str(), "--out"])
            .arg(&recordings);
        let running = process::Running::start(&mut command);
        process::until("a journal", || {
            let journals = std::fs::read_dir(recordings.join(".journal")).ok()?;
            let names = journals.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            names
                .into_iter()
                .any(|name| name.ends_with("1.journal") || name.contains("0000000001-"))
                .then_some(())
        });
        running.interrupt();
        let (code, _) = running.end();
        let log = std::fs::read_to_string(&log).unwrap();
        assert_eq!(code, Some(0), "{seconds}: {log}");
        assert!(!log.contains("panicked"), "{seconds}: {log}");
        let files = game_files(&recordings);
        assert_eq!(files.len(), 2, "{seconds}: {log}");
        for path in files {
            assert!(path.starts_with(recordings.join(day)), "{}", path.display());
            GameFile::parse(&std::fs::read(&path).unwrap()).unwrap();
        }
        // The practice table says what it needs.
        let mut command = process::pianola();
        command
            .env("LD_PRELOAD", &library)
            .env("PIANOLA_TEST_CLOCK", seconds);
        let output = command.args(["table"]).output().unwrap();
        let said = process::stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("set the clock"), "{said}");
    }
}
