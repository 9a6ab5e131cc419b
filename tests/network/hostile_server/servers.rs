//! Malformed messages, foreign ids, garbage frames and invented games.

use std::path::Path;
use std::time::Duration;

use pianola::fairness::ProofStatus;
use pianola::game::Anomaly;
use pianola::protocol::GameId;
use pianola::recording::GameFile;
use pianola::table::StepKind;

use super::{GAMES, SEED, inventive, record};
use crate::support::files::{all_below, game_files};
use crate::support::process;
use crate::support::table_updates::{self, assert_true, truth};

/// The true games are complete and proven; returns their anomalies and every other game.
fn check(folder: &Path) -> (Vec<(Anomaly, u32)>, Vec<GameFile>) {
    let truth = truth(&table_updates::updates(SEED, GAMES, &[]));
    let (mut anomalies, mut others) = (Vec::new(), Vec::new());
    let mut seen = 0;
    for path in game_files(folder) {
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
        if !matches!(mark, StepKind::Tick { .. }) {
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
            // Unknown events.
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
    // An anonymous client sends nothing but its part of the protocol.
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
        let StepKind::Tick { tick, .. } = mark else {
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
    for entry in all_below(folder.path()) {
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

#[test]
fn frames_of_eight_megabytes_and_deep_nesting_pass_by() {
    let (folder, view, _) = record(|socket, mark, id| {
        let StepKind::Tick { tick: 4 | 9, .. } = mark else {
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
            StepKind::Tick { tick: 5, .. } => "4{{{{",
            StepKind::Tick { tick: 9, .. } => "\u{1}\u{2}no packet",
            StepKind::Countdown(12_000) => "42[\"gameStateUpdate\",{\"gameId\":",
            _ => return Some(()),
        };
        socket.say(garbage)?;
        // Until the other side has gone: text into a closed connection would be lost, more or less of it.
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
        StepKind::Tick { tick: 6, .. } | StepKind::Rug => {
            socket.say("41")?;
            None
        }
        _ => Some(()),
    });
    check(folder.path());
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
    // Nothing more waits when the budget is used up and the files are there.
    process::until("the files", || {
        (game_files(&recordings).len() >= 240).then_some(())
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
    let files = game_files(&recordings).len();
    assert!((240..300).contains(&files), "{files} games");
    assert_eq!(printed.len(), files);
    let journals = std::fs::read_dir(recordings.join(".journal")).unwrap();
    assert!(journals.count() < 10);
}
