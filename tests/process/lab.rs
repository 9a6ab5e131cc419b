//! `pianola lab` as a process: its table and its JSON, the games of a folder, wrong strategies, Ctrl-C, and that it plays
//! the same rows as `pianola play`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Output, Stdio};
use std::time::Duration;

use pianola::account::AccountEvent;
use pianola::fairness::{EARLIER_GAMES, GameGenerator};
use pianola::lab::{ExactPlayer, LabRow, LabSettings};
use pianola::strategy::Strategy;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::json_keys::assert_keys_are_in;
use crate::support::process::{Program, ended, pianola, run, signal, stderr, stdout, until};

const STRATEGY: &str = "name two steps\nstake 0.01\nin presale buy stake\nat tick 0 sidebet 0.002\nwhen price >= 1.2 sell 50%\n\
    when price falls 20% from high sell all\nafter 30 ticks sell all\nafter loss stake x 1.5, at most 0.04\nafter win stake 0.01\n";

fn json_of(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(output));
    let text = stdout(output);
    assert_eq!(text.lines().count(), 1, "{text}");
    let mut value: Value = serde_json::from_str(&text).unwrap();
    value.as_object_mut().unwrap().remove("seconds").unwrap();
    value
}

#[test]
fn a_seed_gives_the_same_results_as_a_table_of_80_columns_and_as_json() {
    let args = [
        "lab",
        "martingale",
        "early-bird",
        "double-up",
        "sweet-spot",
        "--seed",
        "7",
    ];
    let args = [&args[..], &["--games", "20", "--sessions", "30"]].concat();
    let output = run(&args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    for words in [
        "30 sessions of 20 games (new, seed 7)",
        "Profit per SOL staked",
        "Kelly fraction",
        "No rule wins",
        "all equal",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(
        stderr(&output).contains("playing 600 games of seed 7"),
        "{}",
        stderr(&output)
    );

    let json = [&args[..], &["--json"]].concat();
    let (first, second) = (json_of(&run(&json)), json_of(&run(&json)));
    assert_eq!(first, second);
    let names: Vec<_> = first["strategies"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["name"].clone())
        .collect();
    assert_eq!(
        names,
        ["martingale", "early bird", "double up", "sweet spot"]
    );
    assert_eq!(
        (&first["seed"], &first["sessions"], &first["cancelled"]),
        (&7.into(), &30.into(), &false.into())
    );
    let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lab.md"));
    assert_keys_are_in(page, &first);
}

#[test]
fn a_wrong_strategy_is_named_with_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.txt");
    fs::write(&path, "stake 0.01\nwhen prise >= 2 buy stake\n").unwrap();
    let bad = path.to_str().unwrap();
    for (args, hint) in [
        (&[bad] as &[&str], "line 2, column 6"),
        (&["early-bird", bad], "line 2, column 6"),
        (&["early-bird", "nosuch.txt"], "examples: early-bird"),
        (&["martingale", "--games", "0"], "from 1"),
        (&["martingale", "--bank", "0"], "bankroll"),
        (&["martingale", "--bank", "x"], "not a number"),
        (
            &["martingale", "--sessions", "2000000", "--games", "1"],
            "at most 1000000 sessions",
        ),
        (
            &["martingale", "--on", "nowhere-at-all"],
            "folder of recordings",
        ),
        (
            &["martingale", "--on", ".", "--seed", "1"],
            "cannot be used with",
        ),
        (&["martingale"; 5], "STRATEGY"),
        (&[], "STRATEGY"),
    ] {
        let output = run(&[&["lab"], args].concat());
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(hint), "{args:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn recorded_games_are_played_once_each() {
    let folder = tempfile::tempdir().unwrap();
    let mut record = pianola();
    record.args([
        "record",
        "--practice",
        "--seed",
        "3",
        "--speed",
        "max",
        "--games",
        "3",
        "--out",
    ]);
    let output = record.arg(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let on = ["--on", folder.path().to_str().unwrap(), "--json"];
    let report = json_of(&run(&[&["lab", "double-up"], &on[..]].concat()));
    // A fourth game may have ended meanwhile.
    let games = report["games"].as_u64().unwrap();
    assert!((3..6).contains(&games), "{games}");
    assert_eq!(
        (&report["sessions"], &report["repeats"]),
        (&1.into(), &1.0.into())
    );
    // They are the games of the seed.
    let new = json_of(&run(&[
        "lab",
        "double-up",
        "--seed",
        "3",
        "--games",
        &games.to_string(),
        "--sessions",
        "1",
        "--json",
    ]));
    assert_eq!(report["strategies"], new["strategies"]);
    // A damaged one is left out, and said so. The first one is whole; the last one may be the game that was open at the end.
    let files = crate::support::files::game_files(folder.path());
    fs::write(&files[0], "{").unwrap();
    let output = run(&[&["lab", "double-up"], &on[..]].concat());
    let left_out = match files.len() as u64 - (games - 1) {
        1 => "left out: 1 game file without".to_owned(),
        several => format!("left out: {several} game files without"),
    };
    assert!(
        stderr(&output).contains(&left_out),
        "{left_out}: {}",
        stderr(&output)
    );
    assert_eq!(json_of(&output)["games"], games - 1);
}

#[cfg(unix)]
#[test]
fn ctrl_c_gives_what_is_done() {
    let none = "Stopped before the first sessions were over";
    // A signal that comes before a session is over has nothing to show: the next one comes later.
    let mut wait = Duration::ZERO;
    let text = until("a session is over before the signal", || {
        wait = wait * 2 + Duration::from_millis(10);
        Some(interrupted_lab(wait)).filter(|text| !text.contains(none))
    });
    assert!(text.contains("Stopped before the end"), "{text}");
}

/// Interrupts a long run so long after it has begun, and returns what it prints.
fn interrupted_lab(wait: Duration) -> String {
    let mut lab = pianola();
    lab.args(["lab", "early-bird", "--seed", "1"]);
    lab.args(["--games", "100", "--sessions", "1000000"]);
    lab.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut lab = Program(lab.spawn().unwrap());
    let mut said = String::new();
    BufReader::new(lab.0.stderr.take().unwrap())
        .read_line(&mut said)
        .unwrap();
    assert!(said.starts_with("playing 100,000,000 games"), "{said}");
    std::thread::park_timeout(wait);
    signal(&lab.0, "-INT");
    assert_eq!(ended(&mut lab.0).code(), Some(0));
    std::io::read_to_string(lab.0.stdout.take().unwrap()).unwrap()
}

/// Returns a confirmed order as `pianola play` prints it: game, tick, action, price, balance, position.
fn shown(row: &LabRow) -> Option<[String; 6]> {
    let (action, price) = match row.event {
        AccountEvent::Buy { price, .. } => ("buy", price),
        AccountEvent::Sell { price, .. } => ("sell", price),
        _ => return None,
    };
    let after = row.after;
    let texts =
        [price, after.balance, after.position_qty].map(|number| number.normalize().to_string());
    let [price, balance, position] = texts;
    Some([
        row.game_id.to_string(),
        row.tick.to_string(),
        action.to_owned(),
        price,
        balance,
        position,
    ])
}

#[test]
fn the_lab_has_the_rows_that_play_prints() {
    const GAMES: usize = 6;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two-steps.txt");
    fs::write(&path, STRATEGY).unwrap();
    let mut play = pianola();
    play.arg("play")
        .arg(&path)
        .args(["--seed", "5", "--speed", "max", "--games", "6", "--out"]);
    let output = play.arg(folder.path().join("out")).output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    let printed: Vec<[String; 6]> = stdout(&output)
        .lines()
        .filter_map(|line| {
            let words: Vec<_> = line.split(' ').map(str::to_owned).collect();
            let is_trade = words.len() >= 8
                && ["buy", "sell"].contains(&words[2].to_lowercase().as_str())
                && words[5] == "confirmed";
            let number = |place: usize| {
                words[place]
                    .parse::<Decimal>()
                    .unwrap()
                    .normalize()
                    .to_string()
            };
            is_trade.then(|| {
                [
                    words[0].clone(),
                    words[1].clone(),
                    words[2].to_lowercase(),
                    number(4),
                    number(6),
                    number(7),
                ]
            })
        })
        .collect();

    let strategy = Strategy::parse(STRATEGY).unwrap();
    let limits = LabSettings::new(Vec::new(), 5).limits;
    let mut lab = ExactPlayer::new(strategy.into(), limits, Decimal::ONE).keeping_rows();
    let mut generator = GameGenerator::seeded(5);
    for _ in 0..EARLIER_GAMES {
        generator.next_seed(0);
    }
    for _ in 0..GAMES {
        let game = generator.next_game(0);
        lab.play_prices(&game.id, &game.prices);
    }
    let rows: Vec<_> = lab.rows().iter().filter_map(shown).collect();
    assert!(rows.len() >= GAMES, "{rows:?}");
    assert_eq!(printed, rows, "{}", stdout(&output));
}
