//! Strategies at a real table over the socket: the examples, the same rows in `play` and behind the window, what ends a
//! run, and what the command refuses.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use pianola::account::{Action, ActionSource, ActionStatus};
use pianola::engine::{Command, GameSource, PianoEnd, PianoState};
use pianola::game::Time;
use pianola::host::{Host, HostEvent, SourceRequest};
use pianola::recording::SessionFile;
use pianola::strategy::{EXAMPLES, RunEnd, Strategy};
use pianola::table::Speed;
use pianola::trading::{OrderLimits, RiskLimits};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::process::{LIMIT, pianola, run, stderr, stdout};
use crate::support::script_run::{replay_command, run_script, sessions};
use crate::support::source_view::until_view;

/// Three sides, a stake that changes, and an end after three games.
const STRATEGY: &str = "\
stake 0.01
in presale buy stake
when price >= 1.2 sell 50%
when price falls 20% from high sell all
at tick 0 sidebet 0.002
after 30 ticks sell all
after loss stake x 1.25, at most 0.05
after win stake 0.01
stop when games >= 3
";

/// Plays a strategy with `play`; returns the exit code and the printed lines.
fn play(strategy: &str, options: &[&str], folder: &Path) -> (Option<i32>, Vec<String>) {
    let mut program = pianola();
    program.arg("play").args(options);
    let (code, lines, log) = run_script(&mut program, strategy, folder);
    assert!(!log.contains("panicked"), "{log}");
    (code, lines)
}

/// Returns the rows of the one session in a folder, without the times.
fn rows(folder: &Path) -> Vec<Action> {
    let saved = sessions(folder);
    let [(path, session)] = &saved[..] else {
        panic!("{saved:#?}");
    };
    assert_eq!(replay_command(path).0, Some(0));
    without_times(session)
}

fn without_times(session: &SessionFile) -> Vec<Action> {
    let row = |row: &Action| Action {
        timestamp: Time::UNIX_EPOCH,
        confirmed_at: None,
        acked_at: None,
        ..row.clone()
    };
    session.actions.iter().map(row).collect()
}

/// Plays a strategy behind the window, from the first game on; returns the rows of its session, without the times.
fn rows_behind_the_window(strategy: &str, seed: u64) -> Vec<Action> {
    let folder = tempfile::tempdir().unwrap();
    let mut host = Host::start(Arc::new(|| {})).unwrap();
    let events = host.take_events().unwrap();
    assert!(host.handle().start(SourceRequest {
        start_balance: Decimal::ONE,
        // So slow that the first presale is not over before the strategy begins.
        source: GameSource::Practice {
            seed: Some(seed),
            speed: Speed::Times(1.0),
        },
        folder: folder.path().to_owned(),
        auto_record: true,
        raw_capture: false,
        // The limit of a minute counts real time.
        limits: OrderLimits {
            risk: RiskLimits::OFF,
            ..OrderLimits::default()
        },
    }));
    let mut running = match events.recv_timeout(LIMIT).unwrap() {
        HostEvent::Running(running) => running,
        other => panic!("{other:?}"),
    };
    until_view(&mut running, "the login", |view| {
        view.no_login.is_none() && view.trader.as_ref().is_some_and(|t| t.account.is_some())
    });
    let start = Command::StartPiano {
        strategy: Arc::new(Strategy::parse(strategy).unwrap()),
        skip_games: 0,
    };
    running.commands.try_send(start).unwrap();
    assert!(host.handle().speed(Speed::Max));
    let ended = until_view(&mut running, "the end of the strategy", |view| {
        let piano = view.piano.as_ref();
        piano.is_some_and(|piano| matches!(piano.state, PianoState::Ended(_)))
    });
    let piano = ended.piano.unwrap();
    let PianoState::Ended(PianoEnd::Strategy(RunEnd::StopRule(line))) = &piano.state else {
        panic!("{piano:?}");
    };
    assert_eq!(line.to_string(), "line 9: stop when games >= 3");
    assert_eq!(piano.games, 3);
    host.stop();
    rows(folder.path())
}

#[test]
fn the_same_file_and_seed_give_the_same_rows_in_play_and_behind_the_window() {
    let fast = tempfile::tempdir().unwrap();
    let options = ["--seed", "11", "--speed", "max"];
    let (code, lines) = play(STRATEGY, &options, fast.path());
    assert_eq!(code, Some(0), "{lines:#?}");
    assert!(
        lines.contains(&"ended: line 9: stop when games >= 3".to_owned()),
        "{lines:#?}"
    );
    let found = rows(&fast.path().join("out"));
    let orders = found.iter().filter(|row| row.action.is_order());
    assert!(orders.clone().count() >= 9, "{found:#?}");
    for row in orders {
        assert_eq!(
            (row.source, row.status),
            (ActionSource::Piano, ActionStatus::Confirmed)
        );
        // The decision at a tick is executed at that tick.
        assert_eq!(row.executed_tick, Some(row.tick));
    }
    let slow = tempfile::tempdir().unwrap();
    play(STRATEGY, &["--seed", "11", "--speed", "100"], slow.path());
    assert_eq!(rows(&slow.path().join("out")), found);
    assert_eq!(rows_behind_the_window(STRATEGY, 11), found);
    let text = std::fs::read_to_string(&sessions(&fast.path().join("out"))[0].0).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["actions"][0]["source"], "piano");
}

#[test]
fn every_example_is_played_by_its_name() {
    for example in EXAMPLES {
        let folder = tempfile::tempdir().unwrap();
        let output = pianola()
            .args([
                "play",
                example.file,
                "--seed",
                "11",
                "--speed",
                "max",
                "--games",
                "4",
                "--out",
            ])
            .arg(folder.path())
            .output()
            .unwrap();
        let text = stdout(&output) + &stderr(&output);
        assert_eq!(output.status.code(), Some(0), "{}: {text}", example.file);
        // Without a trade there is no session file.
        let saved = sessions(folder.path());
        let rows = saved.iter().flat_map(|(_, session)| &session.actions);
        let orders: Vec<_> = rows.filter(|row| row.action.is_order()).collect();
        assert!(orders.iter().all(|row| row.source == ActionSource::Piano));
        let plays_always = ["early-bird", "double-up", "martingale"].contains(&example.file);
        assert!(
            !plays_always || orders.len() >= 4,
            "{}: {text}",
            example.file
        );
    }
}

#[test]
fn a_strategy_that_never_trades_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let options = ["--seed", "11", "--speed", "max", "--games", "2"];
    let (code, lines) = play("when price > 100000 buy 0.01", &options, folder.path());
    assert_eq!(code, Some(0), "{lines:#?}");
    assert!(
        lines.last().unwrap().starts_with("0 actions:"),
        "{lines:#?}"
    );
}

#[test]
fn only_a_practice_table_is_played_at() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("strategy.txt");
    std::fs::write(&file, STRATEGY).unwrap();
    let file = file.to_str().unwrap();
    // Something on this computer that is no table.
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let elsewhere = format!("http://{}", other.local_addr().unwrap());
    drop(other);
    for (options, reason) in [
        (vec!["--live"], "unexpected argument '--live'"),
        (vec!["--browser", "9222"], "unexpected argument '--browser'"),
        (
            vec!["--url", "https://backend.rugs.fun"],
            "plays at a practice table only",
        ),
        (vec!["--url", &elsewhere], "plays at a practice table only"),
    ] {
        let output = run(&[&["play", file][..], &options].concat());
        assert_eq!(
            output.status.code(),
            Some(2),
            "{options:?}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(reason),
            "{options:?}: {}",
            stderr(&output)
        );
    }
}

#[test]
fn a_file_with_faulty_lines_is_refused_with_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("typo.txt");
    std::fs::write(
        &file,
        "name typo\nwhen price about 2 sell all\n\n\nwhen price >= 2 sell 50\n",
    )
    .unwrap();
    let output = run(&["play", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    let lines: Vec<_> = text.lines().skip(1).collect();
    assert!(
        text.starts_with("error: ") && text.lines().next().unwrap().ends_with("typo.txt:"),
        "{text}"
    );
    assert_eq!(
        lines,
        [
            "line 2, column 12: found `about`, expected `falls`, `>=`, `<=`, `>`, `<` or `=`",
            "line 5, column 24: found the end of the line, expected `%`",
        ]
    );
    let missing = run(&["play", "no-such-example"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        stderr(&missing).contains("early-bird, double-up"),
        "{}",
        stderr(&missing)
    );
}
