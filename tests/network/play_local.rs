//! A local wallet beside a watched feed, through the program: filled by the feed, never sent, kept between two runs.

#[allow(dead_code)]
use std::fs;
use std::path::Path;

use pianola::account::{ActionKind, ActionSource, ActionStatus, WalletKind};
use pianola::game::Phase;
use pianola::recording::SessionFile;
use pianola::table::{Speed, Table, TableConfig, TableSource};
use rust_decimal::Decimal;

use crate::support::bad_server::BadServer;
use crate::support::captures;
use crate::support::files::{game_file, game_files};
use crate::support::process::{Running, pianola, until};
use crate::support::script_run::{self, replay_command, run_script, sessions};

const CAPTURE: &str = "unauth-2-games-2025-12-14.jsonl";

/// The capture begins three seconds before a game of 117 ticks; the next one has 8.
const SCRIPT: &str = "
1 presale buy 0.1
1 5 buy 0.05
1 20 sell 50
1 30 sidebet 0.01
1 115 buy 0.01
2 presale buy 0.02
2 3 sell 100
";

/// A table that plays the capture; `None` when it is not here.
fn table() -> Option<Table> {
    let table = Table::start(TableConfig {
        speed: Speed::Times(20.0),
        source: TableSource::Capture {
            path: captures::path(CAPTURE)?,
            looped: false,
        },
        ..TableConfig::default()
    });
    Some(table.unwrap())
}

/// Plays a script at a table of its own; returns what it said.
fn play(folder: &Path, script: &str) -> Option<(Vec<String>, String)> {
    let table = table()?;
    let mut program = pianola();
    program.args(["play", "--url", &table.url()]);
    let (code, lines, log) = run_script(&mut program, script, folder);
    assert_eq!(code, Some(0), "{lines:?}\n{log}");
    assert_eq!(table.received(), Vec::<String>::new());
    Some((lines, log))
}

/// Returns the newest session, and fails unless it can be played again.
fn newest(folder: &Path) -> SessionFile {
    let (path, file) = sessions(&folder.join("out")).pop().unwrap();
    let n = file.actions.len();
    let (code, printed) = replay_command(&path);
    let right = format!("{}: {n} agree", crate::support::process::actions(n));
    assert_eq!((code, printed.trim_end()), (Some(0), right.as_str()));
    assert_eq!(file.meta.wallet, WalletKind::Local);
    assert_eq!(file.meta.player_id, None);
    assert_eq!((file.meta.drift_count, file.meta.verifications), (0, 0));
    file
}

/// Orders are filled at the tick after the one that was seen, in the presale at once, and not at the rug.
fn assert_filled(file: &SessionFile, folder: &Path) {
    let games: Vec<_> = game_files(&folder.join("out"))
        .iter()
        .map(|path| game_file(path))
        .collect();
    for row in &file.actions {
        let game = games
            .iter()
            .find(|game| game.meta.game_id == row.game_id)
            .unwrap();
        if row.status == ActionStatus::Refused {
            assert_eq!(row.tick, 115, "{row:?}");
            assert_eq!(
                row.reason.as_deref(),
                Some("buy 0.01 SOL: the game rugged before the next tick")
            );
            continue;
        }
        let tick = row.executed_tick.unwrap();
        assert_eq!(row.executed_price, game.prices[tick as usize], "{row:?}");
        match row.phase {
            _ if row.source == ActionSource::Server => {}
            Phase::Presale => assert_eq!((row.tick, tick), (0, 0)),
            _ => assert_eq!(tick, row.tick + 1),
        }
    }
}

#[test]
fn a_local_wallet_plays_on_a_watched_feed_and_goes_on_in_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let Some(_) = play(folder.path(), SCRIPT) else {
        return;
    };
    let first = newest(folder.path());
    assert_eq!(first.meta.start_balance, Decimal::ONE);
    let actual: Vec<_> = script_run::short(&first)
        .into_iter()
        .map(|(kind, status)| (kind.as_str(), status == ActionStatus::Confirmed))
        .collect();
    let expected = [
        ("BUY", true),
        ("BUY", true),
        ("SELL", true),
        ("SIDEBET_PLACE", true),
        ("SIDEBET_LOSE", true),
        ("BUY", false),
        ("LIQUIDATED", true),
        ("BUY", true),
        ("SELL", true),
    ];
    assert_eq!(actual, expected);
    assert_filled(&first, folder.path());

    play(folder.path(), "1 presale buy 0.02\n1 50 sell 100").unwrap();
    let second = newest(folder.path());
    assert_eq!(second.meta.start_balance, first.meta.end_balance);
    assert!(second.meta.session_start > first.meta.session_end);
    assert_filled(&second, folder.path());

    // Killed with a position: the next run has it and what the wallet was.
    let table = table().unwrap();
    let script = folder.path().join("script");
    fs::write(&script, "1 presale buy 0.03\n1 110 sell 100").unwrap();
    let mut program = pianola();
    program.args(["play", "--url", &table.url()]).arg(&script);
    program.arg("--out").arg(folder.path().join("out"));
    let mut program = Running::start(&mut program);
    let line = program.line().unwrap();
    assert!(line.contains(" BUY 0.03 1 confirmed "), "{line}");
    drop(program); // kill -9
    assert_eq!(table.received(), Vec::<String>::new());
    drop(table);

    play(folder.path(), "1 20 sell 100").unwrap();
    let all = sessions(&folder.path().join("out"));
    assert_eq!(all.len(), 4, "{all:#?}");
    let (killed, last) = (&all[2].1, newest(folder.path()));
    assert_eq!(killed.meta.start_balance, second.meta.end_balance);
    assert_eq!(script_run::line_of(&killed.actions[0]), line);
    assert_eq!(killed.actions.len(), 1);
    assert_eq!(last.meta.start_balance, killed.meta.end_balance);
    let lots: Vec<_> = last
        .meta
        .start_lots
        .iter()
        .map(|lot| (lot.qty, lot.price))
        .collect();
    assert_eq!(lots, [(Decimal::new(3, 2), Decimal::ONE)]);
    assert_eq!(last.actions[0].action, ActionKind::Sell);
    assert_eq!(last.actions[0].position_qty_after, Some(Decimal::ZERO));
    script_run::assert_index(&folder.path().join("out"));
}

#[test]
fn a_damaged_wallet_is_kept_aside_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("out").join(".journal");
    fs::create_dir_all(&journal).unwrap();
    fs::write(journal.join("wallet.json"), "{\"account\": 7").unwrap();
    let Some((_, log)) = play(folder.path(), "1 presale buy 0.1") else {
        return;
    };
    let damaged = journal.join("wallet.json.damaged-1");
    assert_eq!(fs::read_to_string(&damaged).unwrap(), "{\"account\": 7");
    assert!(
        log.contains("damaged") && log.contains("kept aside"),
        "{log}"
    );
    assert!(log.contains("wallet.json.damaged-1"), "{log}");
    assert_eq!(newest(folder.path()).meta.start_balance, Decimal::ONE);
    // The new one is whole.
    play(folder.path(), "1 presale buy 0.2").unwrap();
    let newest = newest(folder.path());
    assert!(newest.meta.start_balance < Decimal::ONE, "{newest:#?}");
}

/// Tries to play at an address; returns what was said of it.
fn refused(url: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut program = pianola();
    program.args(["play", "--url", url]);
    let (code, lines, log) = run_script(&mut program, SCRIPT, folder.path());
    assert_eq!(code, Some(2), "{lines:?}\n{log}");
    assert_eq!(lines, Vec::<String>::new());
    assert!(!folder.path().join("out").exists(), "nothing was begun");
    log
}

#[test]
fn a_script_plays_nowhere_but_at_a_table_of_ours() {
    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: ";
    let said = "no practice table of Pianola";
    let answers = [
        format!("{OK}2\r\n\r\n{{}}"),
        format!("{OK}13\r\n\r\n<html></html>"),
        "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
        // A redirect is not followed.
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/pianola\r\ncontent-length: 0\r\n\r\n"
            .to_owned(),
    ];
    for answer in answers {
        let server = BadServer::start(move |connection| connection.answer_http(&answer));
        let log = refused(&server.address().to_string());
        assert!(log.contains(said), "{log}");
        // One question, and no socket.
        assert_eq!(server.connections(), 1);
        assert_eq!(server.requests(), Vec::<String>::new());
    }

    // A server as the real one speaks it, that knows nothing of us: it is not even greeted.
    let server = BadServer::welcoming(|mut socket| socket.listen());
    let log = refused(&server.address().to_string());
    assert!(log.contains("practice table"), "{log}");
    let emitted = server.received_by_all();
    assert!(
        emitted.iter().all(|text| !text.starts_with("42")),
        "{emitted:?}"
    );

    for foreign in [
        "https://example.invalid",
        "https://192.0.2.1",
        "https://backend.rugs.fun",
    ] {
        let log = refused(foreign);
        assert!(log.contains("not on this computer"), "{log}");
    }
    until("a free port", || {
        let port = {
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            free.local_addr().unwrap().port()
        };
        refused(&format!("http://127.0.0.1:{port}"))
            .contains("nothing answers")
            .then_some(())
    });
}
