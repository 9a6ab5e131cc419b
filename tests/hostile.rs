//! A hostile server: true games with everything wrong in between. The run goes on, what is true is recorded.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/bad_server.rs"]
#[allow(dead_code)]
mod bad_server;
#[path = "support/practice.rs"]
mod practice;
#[path = "support/process.rs"]
mod process;
#[cfg(target_os = "linux")]
#[path = "support/skipped.rs"]
mod skipped;

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use bad_server::{BadServer, Socket};
use pianola::disk::RealDisk;
use pianola::engine::{Engine, Setup, View};
use pianola::fairness::ProofStatus;
use pianola::feed::FeedConfig;
use pianola::game::Anomaly;
use pianola::protocol::GameId;
use pianola::recording::{GameFile, Origin, Recorder};
use pianola::table::{Mark, Message, Script, Stream};
use practice::{assert_true, truth};

const SEED: u64 = 21;
const GAMES: usize = 2;

/// Says one step of the true stream; `None` when the other side is gone.
fn say(socket: &mut Socket, messages: &[Message]) -> Option<()> {
    for message in messages {
        let mut frame = vec![serde_json::Value::String(message.event.clone())];
        frame.extend(message.args.iter().cloned());
        socket.event(&serde_json::to_string(&frame).unwrap())?;
    }
    Some(())
}

/// Records what a server says that tells two true games and calls `harm` before each step of them. Returns the
/// folder, the last view, and the server's own record of what we sent.
fn record(
    harm: impl Fn(&mut Socket, Mark, &str) -> Option<()> + Send + Sync + 'static,
) -> (tempfile::TempDir, View, Vec<String>) {
    let stream = Mutex::new(Stream::new(Script::seeded(SEED), &[]));
    let server = BadServer::welcoming(move |mut socket| {
        let mut stream = stream.lock().unwrap();
        let mut id = String::new();
        let mut told = || {
            say(&mut socket, &stream.greeting())?;
            let mut genesis = 0;
            while genesis <= GAMES {
                let step = stream.next_step();
                let update = step.messages.iter().find(|m| m.event == "gameStateUpdate");
                if let Some(update) = update {
                    update.args[0]["gameId"]
                        .as_str()
                        .unwrap()
                        .clone_into(&mut id);
                }
                harm(&mut socket, step.mark, &id)?;
                say(&mut socket, &step.messages)?;
                genesis += usize::from(step.mark == Mark::Genesis);
            }
            Some(())
        };
        if told().is_some() {
            drop(stream);
            socket.listen();
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let (recorder, open) = Recorder::open(RealDisk, folder.path().to_owned(), Origin::Url).unwrap();
    let mut config = FeedConfig::new(server.address());
    config.limits.backoff_first = Duration::from_millis(20);
    config.limits.backoff_max = Duration::from_millis(50);
    let engine = Engine::start(Setup::watching(config), recorder, open).unwrap();
    let view = engine.view();
    let truth = truth(&practice::updates(SEED, GAMES, &[]));
    let whole = |path: &std::path::PathBuf| {
        let file = GameFile::parse(&std::fs::read(path).unwrap()).unwrap();
        truth.contains_key(file.meta.game_id.as_str()) && file.meta.server_seed.is_some()
    };
    process::until("the true games", || {
        let files = process::game_files(folder.path());
        (files.iter().filter(|path| whole(path)).count() >= GAMES).then_some(())
    });
    assert!(view.borrow().recorder.trouble.is_none());
    let last = engine.stop();
    let sent = server.received_by_all();
    (folder, last, sent)
}

/// The true games are complete and proven; returns their anomalies and every other game.
fn check(folder: &Path) -> (Vec<(Anomaly, u32)>, Vec<GameFile>) {
    let truth = truth(&practice::updates(SEED, GAMES, &[]));
    let (mut anomalies, mut others) = (Vec::new(), Vec::new());
    let mut seen = 0;
    for path in process::game_files(folder) {
        let file = GameFile::parse(&std::fs::read(&path).unwrap()).unwrap();
        let Some(truth) = truth.get(file.meta.game_id.as_str()) else {
            others.push(file);
            continue;
        };
        anomalies.extend(file.meta.anomalies.clone());
        let game = file.into_game();
        assert_true(&game, truth, &path.display().to_string());
        assert!(game.complete(), "{}", path.display());
        assert_eq!(game.proof.status, ProofStatus::Proven, "{:?}", game.proof);
        seen += 1;
    }
    assert_eq!(seen, GAMES);
    (anomalies, others)
}

#[test]
fn malformed_fields_and_events_cost_themselves_only_and_are_counted() {
    let (folder, view, sent) = record(|socket, mark, id| {
        if !matches!(mark, Mark::Tick { .. }) {
            return Some(());
        }
        for odd in [
            // Ticks and prices that are none, in the running game.
            format!(
                r#"["gameStateUpdate",{{"gameId":"{id}","active":true,"rugged":false,"price":1.5,"tickCount":4000000000}}]"#
            ),
            format!(
                r#"["gameStateUpdate",{{"gameId":"{id}","active":true,"rugged":false,"price":1.5,"tickCount":-7}}]"#
            ),
            format!(
                r#"["gameStateUpdate",{{"gameId":"{id}","active":true,"rugged":false,"price":-1,"tickCount":4999}}]"#
            ),
            format!(
                r#"["gameStateUpdate",{{"gameId":"{id}","active":true,"rugged":false,"price":1e400,"tickCount":4999}}]"#
            ),
            format!(
                r#"["gameStateUpdate",{{"gameId":"{id}","active":true,"rugged":false,"price":"2","tickCount":4999}}]"#
            ),
            format!(r#"["gameStateUpdate",{{"gameId":"{id}","active":true,"rugged":false}}]"#),
            format!(
                r#"["gameStateUpdate",{{"gameId":"{id}","active":"yes","rugged":0,"partialPrices":[1,2],"gameHistory":{{}},"leaderboard":7}}]"#
            ),
            format!(
                r#"["gameStateUpdate",{{"gameId":"{id}","gameHistory":[null,1,{{"id":5}},{{"id":"x","provablyFair":[]}}]}}]"#
            ),
            // No game at all, or nothing but an absurd id.
            r#"["gameStateUpdate",{"gameId":12}]"#.to_owned(),
            r#"["gameStateUpdate",{"gameId":""}]"#.to_owned(),
            format!(
                r#"["gameStateUpdate",{{"gameId":"{}"}}]"#,
                "x".repeat(100_000)
            ),
            r#"["gameStateUpdate",null]"#.to_owned(),
            r#"["gameStateUpdate",[]]"#.to_owned(),
            r#"["gameStateUpdate"]"#.to_owned(),
            // What nobody knows.
            r#"["somethingNew",{"a":1}]"#.to_owned(),
            "[\"\\u001b[2J\",1]".to_owned(),
        ] {
            socket.event(&odd)?;
        }
        Some(())
    });
    let (anomalies, others) = check(folder.path());
    assert!(others.is_empty(), "{others:?}");
    let named: std::collections::BTreeSet<_> =
        anomalies.iter().map(|(anomaly, _)| *anomaly).collect();
    for expected in [
        Anomaly::BadTick,
        Anomaly::BadPrice,
        Anomaly::FieldMissing,
        Anomaly::FieldTooLong,
    ] {
        assert!(
            named.contains(&expected),
            "{expected:?} is not in {named:?}"
        );
    }
    let ticks = view.counts.malformed_keys["gameStateUpdate.tickCount"];
    assert!(ticks > 10, "{:?}", view.counts);
    assert_eq!(view.counts.unknown_events["somethingNew"], ticks);
    assert_eq!(view.counts.unknown_events["\\u{1b}[2J"], ticks);
    assert_eq!(view.counts.malformed_events["gameStateUpdate"], 5 * ticks);
    assert_eq!(view.counts.cut_texts["gameStateUpdate.gameId"], ticks);
    // An anonymous client says nothing but its part of the protocol.
    assert!(
        sent.iter()
            .all(|text| ["40", "40/,", "3", "41", "1", "CLOSE"].contains(&text.as_str())),
        "{sent:?}"
    );
}

#[test]
fn foreign_and_dangerous_ids_stay_in_the_folder_and_do_not_stop_the_true_game() {
    let ids = [
        "../../../evil",
        "a/b\\\\c",
        "\\u001b[2J\\u0000",
        "CON",
        "...",
        "20260101-", /* an empty tail */
    ];
    let (folder, ..) = record(move |socket, mark, _| {
        let Mark::Tick { tick, .. } = mark else {
            return Some(());
        };
        let Some(id) = ids.get(tick as usize % 40) else {
            return Some(());
        };
        socket.event(&format!(
            r#"["gameStateUpdate",{{"gameId":"{id}","active":true,"rugged":false,"price":1.01,"tickCount":3,"partialPrices":{{"startTick":0,"endTick":3,"values":{{"0":1,"3":1.01}}}}}}]"#
        ))
    });
    let (_, others) = check(folder.path());
    assert_eq!(others.len(), ids.len(), "{others:?}");
    for entry in walk(folder.path()) {
        let name = entry.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(
            name.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-T".contains(c)),
            "{name}"
        );
    }
    let evil = GameId::new("../../../evil").unwrap();
    let file = others
        .iter()
        .find(|file| file.meta.game_id == evil)
        .unwrap();
    assert!(!file.meta.complete && file.meta.proof.reason.as_deref() == Some("no seed yet"));
    assert!(
        file.meta.anomalies.contains_key(&Anomaly::RugMissed),
        "{:?}",
        file.meta
    );
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                walk(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn frames_of_eight_megabytes_and_deep_nesting_pass_by() {
    let (folder, view, _) = record(|socket, mark, id| {
        let Mark::Tick { tick: 4 | 9, .. } = mark else {
            return Some(());
        };
        let padding = "x".repeat(8 << 20);
        socket.event(&format!(
            r#"["gameStateUpdate",{{"gameId":"{id}","rugRoyale":"{padding}"}}]"#
        ))?;
        socket.event(&format!(
            r#"["newChatMessage",{}1{}]"#,
            "[".repeat(100),
            "]".repeat(100)
        ))?;
        socket.event(&format!(
            r#"["newChatMessage",{}1{}]"#,
            "[".repeat(5_000),
            "]".repeat(5_000)
        ))
    });
    check(folder.path());
    assert!(view.counts.malformed_events.is_empty(), "{:?}", view.counts);
}

#[test]
fn garbage_frames_cost_the_connection_and_not_the_game() {
    let (folder, ..) = record(|socket, mark, _| {
        let garbage = match mark {
            Mark::Tick { tick: 5, .. } => "4{{{{",
            Mark::Tick { tick: 9, .. } => "\u{1}\u{2}no packet",
            Mark::Countdown(12_000) => "42[\"gameStateUpdate\",{\"gameId\":",
            _ => return Some(()),
        };
        socket.say(garbage)?;
        // Until the other side has gone: what is said into a closed connection would be lost, more or less of it.
        socket.listen();
        None
    });
    let (_, others) = check(folder.path());
    assert!(others.is_empty());
}

#[test]
fn a_server_that_closes_the_socket_in_every_game_costs_nothing_but_reconnects() {
    let (folder, ..) = record(|socket, mark, _| match mark {
        // `None` ends the script, and with it the connection.
        Mark::Tick { tick: 6, .. } | Mark::Rug => {
            socket.say("41")?;
            None
        }
        _ => Some(()),
    });
    check(folder.path());
}

/// A server that says, as fast as it can, that another game runs with each message.
fn inventive(games: u32) -> BadServer {
    let next = std::sync::atomic::AtomicU32::new(0);
    BadServer::welcoming(move |mut socket| {
        loop {
            let number = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            if number >= games {
                break;
            }
            let update = serde_json::json!(["gameStateUpdate", {
                "gameId": format!("20261129-{number:016x}"), "active": true, "rugged": false, "tickCount": 0, "price": 1,
            }]);
            if socket.event(&update.to_string()).is_none() {
                return;
            }
        }
        socket.event(r#"["theLastOne",{}]"#);
        socket.listen();
    })
}

/// The lines of the log of this level.
fn lines<'a>(log: &'a str, level: &str) -> Vec<&'a str> {
    log.lines().filter(|line| line.contains(level)).collect()
}

#[test]
fn nine_thousand_invented_games_fill_neither_disk_nor_log_and_the_end_is_quick() {
    const GAMES: u32 = 9_000;
    let server = inventive(GAMES);
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let recordings = folder.path().join("recordings");
    let mut command = process::pianola();
    command
        .env("PIANOLA_LOG", "info")
        .stderr(std::fs::File::create(&log).unwrap())
        .args(["record", "--url", server.address().as_str(), "--out"])
        .arg(&recordings);
    let running = process::Running::start(&mut command);
    let read = || std::fs::read_to_string(&log).unwrap();
    process::until("the first refusal", || {
        read()
            .contains("faster than any server plays")
            .then_some(())
    });
    // Nothing more of it waits when the budget is used up and the files are there.
    process::until("the files", || {
        (process::game_files(&recordings).len() >= 240).then_some(())
    });
    let stopped = std::time::Instant::now();
    running.interrupt();
    let (code, printed) = running.end();
    assert!(
        stopped.elapsed() < Duration::from_secs(10),
        "{:?}",
        stopped.elapsed()
    );
    assert_eq!(code, Some(1), "that games are missing is a finding");
    let log = read();
    assert!(log.contains("new games were not recorded"), "{log}");
    let of_kind = |kind: &str| {
        lines(&log, "WARN")
            .iter()
            .filter(|l| l.contains(kind))
            .count()
    };
    assert_eq!(of_kind("rug_missed"), 1);
    assert_eq!(of_kind("faster than any server plays"), 1);
    assert!(lines(&log, "WARN").len() < 20, "{:#?}", lines(&log, "WARN"));
    assert!(log.lines().count() < 1_000, "{} lines", log.lines().count());
    // One every three seconds more than the budget, should this machine be slow.
    let files = process::game_files(&recordings).len();
    assert!((240..300).contains(&files), "{files} games");
    assert_eq!(printed.len(), files);
    let journals = std::fs::read_dir(recordings.join(".journal")).unwrap();
    assert!(journals.count() < 10);
}

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
        let files = process::game_files(&recordings);
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
