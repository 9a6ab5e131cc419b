//! A session played again: every number of it is computed, and whoever changes one is found.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/playing.rs"]
mod playing;
#[path = "support/practice.rs"]
mod practice;
#[path = "support/process.rs"]
mod process;

use std::path::{Path, PathBuf};

use pianola::account::{ActionKind, ActionStatus, DriftField, SessionEvent};
use pianola::game::{Game, GameEvent};
use pianola::protocol::GameId;
use pianola::recording::{
    GameFile, News, Origin, RealDisk, Recorder, SessionFile, game_file_name, order_words,
};
use pianola::replay::{Disagreement, Place, Replayed, check};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use playing::{Player, a_long_and_another_game, a_session, d};
use process::{run, stderr, stdout};

/// A recorded session with its games, and where it lies.
struct Recorded {
    folder: tempfile::TempDir,
    path: PathBuf,
    games: Vec<Game>,
}

impl Recorded {
    /// Records games and session as the program does.
    fn new() -> Self {
        let games = a_long_and_another_game();
        let facts = a_session(&games);
        let folder = tempfile::tempdir().unwrap();
        let path = record(folder.path(), &games, facts);
        Self {
            folder,
            path,
            games,
        }
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&std::fs::read(&self.path).unwrap()).unwrap()
    }

    /// Puts another content into the session file.
    fn put(&self, session: &Value) {
        let text = serde_json::to_vec(session).unwrap();
        overwrite(&self.path, &text);
    }

    fn replay(&self) -> std::process::Output {
        run(&["replay", self.path.to_str().unwrap()])
    }

    fn check(&self, session: &Value) -> Replayed {
        check_value(session, &self.games)
    }
}

/// Puts content there as somebody else would.
#[expect(clippy::disallowed_methods, reason = "the test plays somebody else")]
fn overwrite(path: &Path, content: &[u8]) {
    std::fs::write(path, content).unwrap();
}

fn record(folder: &Path, games: &[Game], facts: Vec<SessionEvent>) -> PathBuf {
    let (mut recorder, _) = Recorder::open(RealDisk, folder.to_owned(), Origin::Practice).unwrap();
    for game in games {
        recorder.take(GameEvent::GameComplete(Box::new(game.clone())));
    }
    for fact in facts {
        recorder.take(fact);
    }
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    let news = recorder.take_news().into_iter();
    let mut paths = news.filter_map(|news| match news {
        News::Session(saved) => Some(saved.path),
        _ => None,
    });
    paths.next().unwrap()
}

fn check_value(session: &Value, games: &[Game]) -> Replayed {
    let text = serde_json::to_vec(session).unwrap();
    check(&SessionFile::parse(&text).unwrap(), &mut |id| {
        let game = games.iter().find(|game| game.id == *id);
        let game = game.ok_or_else(|| "it is away".to_owned())?;
        Ok(GameFile::new(game, Origin::Practice))
    })
}

fn rows(session: &Value) -> &Vec<Value> {
    session["actions"].as_array().unwrap()
}

/// Whether a row is named among the disagreements.
fn names(replayed: &Replayed, seq: u64) -> bool {
    let of_row = |found: &Disagreement| matches!(found.place, Place::Action { seq: s, .. } if u64::from(s) == seq);
    replayed.disagreements.iter().any(of_row)
}

/// The text with each of its digits changed, one at a time.
fn digits_changed(text: &str) -> Vec<String> {
    let digits = text.char_indices().filter(|(_, c)| c.is_ascii_digit());
    let changed = digits.map(|(at, c)| {
        let other = (c.to_digit(10).unwrap() + 1) % 10;
        format!("{}{other}{}", &text[..at], &text[at + 1..])
    });
    changed.collect()
}

#[test]
fn a_session_with_everything_that_can_happen_agrees_to_the_last_digit() {
    let recorded = Recorded::new();
    let session = recorded.json();
    let kinds: Vec<_> = rows(&session)
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    for kind in [
        "BUY",
        "SELL",
        "SIDEBET_PLACE",
        "SIDEBET_WIN",
        "SIDEBET_LOSE",
        "LIQUIDATED",
    ] {
        assert!(kinds.contains(&kind), "{kind}");
    }
    let count = kinds.len();
    assert_eq!(
        recorded.check(&session),
        Replayed {
            actions: count,
            agree: count,
            disagreements: Vec::new()
        }
    );
    let output = recorded.replay();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), format!("{count} actions: {count} agree\n"));
    let output = run(&["replay", recorded.path.to_str().unwrap(), "--json"]);
    let told: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let expected = json!({ "actions": count, "agree": count, "disagreements": 0 });
    assert_eq!(told, expected);
}

#[test]
fn any_changed_digit_of_a_row_is_found_and_named() {
    let recorded = Recorded::new();
    let session = recorded.json();
    let keys = [
        "balance_after",
        "position_qty_after",
        "entry_price",
        "qty",
        "price",
        "executed_price",
        "pnl",
        "amount",
        "sell_percent",
    ];
    let mut tried = 0;
    for (number, row) in rows(&session).iter().enumerate() {
        let seq = row["seq"].as_u64().unwrap();
        for key in keys {
            let Some(text) = row[key].as_str() else {
                continue;
            };
            for other in digits_changed(text) {
                let mut changed = session.clone();
                changed["actions"][number][key] = json!(other);
                let replayed = recorded.check(&changed);
                assert!(names(&replayed, seq), "{seq} {key}: {text} -> {other}");
                assert!(replayed.agree < replayed.actions);
                tried += 1;
            }
        }
        for key in ["tick", "executed_tick"] {
            let Some(tick) = row[key].as_u64() else {
                continue;
            };
            for other in [tick + 1, tick.saturating_sub(1)] {
                let mut changed = session.clone();
                changed["actions"][number][key] = json!(other);
                let right = other == tick;
                assert!(
                    right || names(&recorded.check(&changed), seq),
                    "{seq} {key}"
                );
            }
        }
    }
    assert!(tried > 1_000, "only {tried} changes");
}

#[test]
fn a_number_that_is_missing_or_too_much_is_found() {
    let recorded = Recorded::new();
    let session = recorded.json();
    for (number, row) in rows(&session).iter().enumerate() {
        let seq = row["seq"].as_u64().unwrap();
        for key in [
            "balance_after",
            "position_qty_after",
            "entry_price",
            "qty",
            "price",
            "executed_price",
            "executed_tick",
            "pnl",
            "amount",
            "sell_percent",
        ] {
            let mut changed = session.clone();
            let other = if !row[key].is_null() {
                Value::Null
            } else if key == "executed_tick" {
                json!(7)
            } else {
                json!("0.5")
            };
            changed["actions"][number][key] = other;
            assert!(names(&recorded.check(&changed), seq), "{seq} {key}");
        }
    }
}

#[test]
fn changed_digits_beside_the_rows_are_found() {
    let recorded = Recorded::new();
    let session = recorded.json();
    for key in ["start_balance", "end_balance", "realised_pnl"] {
        for other in digits_changed(session["meta"][key].as_str().unwrap()) {
            let mut changed = session.clone();
            changed["meta"][key] = json!(other);
            let found = recorded.check(&changed).disagreements;
            assert!(!found.is_empty(), "{key} {other}");
            if key != "start_balance" {
                assert_eq!((found[0].place, found[0].key), (Place::Meta, key));
                assert_eq!(found.len(), 1);
            }
        }
    }
    let drifts = session["drifts"].as_array().unwrap();
    assert_eq!(drifts.len(), 3);
    for (number, drift) in drifts.iter().enumerate() {
        for key in ["local", "server", "diff"] {
            for other in digits_changed(drift[key].as_str().unwrap()) {
                let mut changed = session.clone();
                changed["drifts"][number][key] = json!(other);
                let found = recorded.check(&changed).disagreements;
                let named = |found: &Disagreement| matches!(found.place, Place::Drift { number: n, .. } if n == number + 1);
                assert!(found.iter().any(named), "{number} {key} {other}");
            }
        }
        let mut removed = session.clone();
        removed["drifts"].as_array_mut().unwrap().remove(number);
        assert!(!recorded.check(&removed).is_right());
        for moved in [-1, 1] {
            let after = drift["after_seq"].as_i64().unwrap() + moved;
            let mut changed = session.clone();
            changed["drifts"][number]["after_seq"] = json!(after);
            assert!(!recorded.check(&changed).is_right(), "{number} {moved}");
        }
    }
    let mut changed = session;
    changed["meta"]["drift_count"] = json!(1);
    let found = recorded.check(&changed).disagreements;
    assert_eq!((found[0].place, found[0].key), (Place::Meta, "drift_count"));
}

#[test]
fn removed_doubled_and_swapped_rows_are_found() {
    let recorded = Recorded::new();
    let session = recorded.json();
    let count = rows(&session).len();
    for number in 0..count {
        let mut removed = session.clone();
        removed["actions"].as_array_mut().unwrap().remove(number);
        assert!(!recorded.check(&removed).is_right(), "without {number}");
        // Numbered anew it is found all the same, unless it is one that did nothing.
        for (row, seq) in removed["actions"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .zip(1..)
        {
            row["seq"] = json!(seq);
        }
        for drift in removed["drifts"].as_array_mut().unwrap() {
            let after = drift["after_seq"].as_u64().unwrap();
            drift["after_seq"] = json!(after - u64::from(after > number as u64));
        }
        let done = rows(&session)[number]["status"] == "confirmed";
        assert_eq!(
            recorded.check(&removed).is_right(),
            !done,
            "without {number}"
        );

        let mut doubled = session.clone();
        let row = doubled["actions"][number].clone();
        let list = doubled["actions"].as_array_mut().unwrap();
        list.insert(number, row);
        assert!(!recorded.check(&doubled).is_right(), "{number} twice");
        if number + 1 < count {
            let mut swapped = session.clone();
            let list = swapped["actions"].as_array_mut().unwrap();
            list.swap(number, number + 1);
            assert!(!recorded.check(&swapped).is_right(), "{number} swapped");
        }
    }
}

#[test]
fn an_action_without_its_game_does_not_agree() {
    let recorded = Recorded::new();
    let session = recorded.json();
    let text = serde_json::to_vec(&session).unwrap();
    let file = SessionFile::parse(&text).unwrap();
    let away = &recorded.games[0].id;
    let there = &recorded.games[1..];
    let replayed = check_value(&session, there);
    let of_it = file
        .actions
        .iter()
        .filter(|row| row.game_id == *away)
        .count();
    assert_eq!(replayed.actions - replayed.agree, of_it);
    assert_eq!(replayed.disagreements.len(), of_it);
    assert!(
        replayed
            .disagreements
            .iter()
            .all(|found| found.key == "game_id")
    );

    // Another game's file under its name is none of it either.
    let other = GameFile::new(&recorded.games[1], Origin::Practice);
    let replayed = check(&file, &mut |_: &GameId| Ok(other.clone()));
    assert_eq!(replayed.actions - replayed.agree, of_it);
}

#[test]
fn a_result_that_is_not_the_games_is_found() {
    let games = a_long_and_another_game();
    let long = &games[0];
    let rug = long.rug_tick.unwrap();
    for (tick, right) in [
        (2, ActionKind::SidebetLose),
        (rug - 9, ActionKind::SidebetWin),
    ] {
        let mut player = Player::begin(long.start, "x", "1");
        player.sidebet(long, tick, "0.01");
        player.sidebet_ends(long);
        let folder = tempfile::tempdir().unwrap();
        let path = record(folder.path(), &games, player.end());
        let mut session: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert!(check_value(&session, &games).is_right());
        let row = &mut session["actions"][1];
        assert_eq!(row["action"], right.as_str());
        // The other outcome with all its own numbers.
        let (wrong, amount, balance, pnl) = if right == ActionKind::SidebetLose {
            ("SIDEBET_WIN", "0.05", "1.04", "0.04")
        } else {
            ("SIDEBET_LOSE", "0.01", "0.99", "-0.01")
        };
        row["action"] = json!(wrong);
        row["amount"] = json!(amount);
        row["balance_after"] = json!(balance);
        row["pnl"] = json!(pnl);
        session["meta"]["end_balance"] = json!(balance);
        session["meta"]["realised_pnl"] = json!(pnl);
        let found = check_value(&session, &games).disagreements;
        assert!(found.iter().any(|found| found.key == "action"), "{found:?}");
        assert!(
            found
                .iter()
                .all(|found| matches!(found.place, Place::Action { seq: 2, .. }))
        );
    }
}

/// A session that was made to end with an open position although the game rugged.
#[test]
fn a_position_that_the_rug_must_have_sold_is_missed() {
    let games = a_long_and_another_game();
    let mut player = Player::begin(games[0].start, "x", "1");
    player.buy(&games[0], 3, "0.01");
    player.now = games[0].end.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = record(folder.path(), &games, player.end());
    let mut session: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let found = check_value(&session, &games).disagreements;
    assert_eq!((found.len(), found[0].place), (1, Place::Meta));
    assert!(found[0].computed.contains("a position"), "{found:?}");
    // Whoever stopped before the rug had it still.
    session["meta"]["session_end"] = json!(games[0].start);
    assert!(check_value(&session, &games).is_right());
    // And the next game begins without it.
    let mut player = Player::begin(games[0].start, "x", "1");
    player.buy(&games[0], 3, "0.01");
    player.buy(&games[1], 3, "0.01");
    let folder = tempfile::tempdir().unwrap();
    let path = record(folder.path(), &games, player.end());
    let session = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let replayed = check_value(&session, &games);
    let found = &replayed.disagreements[0];
    assert!(matches!(
        found.place,
        Place::Action {
            seq: 2,
            kind: ActionKind::Buy
        }
    ));
    assert!(found.computed.contains(games[0].id.as_str()), "{found}");
}

#[test]
fn a_rug_whose_price_nobody_told_sells_for_nothing() {
    let mut games = a_long_and_another_game();
    let mut player = Player::begin(games[1].start, "x", "1");
    player.buy(&games[1], 3, "0.01");
    player.rugged(&games[1]);
    let folder = tempfile::tempdir().unwrap();
    let path = record(folder.path(), &games, player.end());
    let mut session: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(check_value(&session, &games).is_right());

    let game = games.remove(1);
    let lose = |file: &mut GameFile| {
        *file.prices.last_mut().unwrap() = None;
        file.meta.complete = false;
    };
    let check_unknown = |session: &Value| {
        let text = serde_json::to_vec(session).unwrap();
        check(&SessionFile::parse(&text).unwrap(), &mut |_: &GameId| {
            let mut file = GameFile::new(&game, Origin::Practice);
            lose(&mut file);
            Ok(file)
        })
    };
    assert!(names(&check_unknown(&session), 2));
    let row = &mut session["actions"][1];
    row["price"] = Value::Null;
    row["executed_price"] = Value::Null;
    row["amount"] = json!("0");
    row["balance_after"] = json!("0.99");
    row["pnl"] = json!("-0.01");
    session["meta"]["end_balance"] = json!("0.99");
    session["meta"]["realised_pnl"] = json!("-0.01");
    assert_eq!(check_unknown(&session).disagreements, []);
    assert!(!check_value(&session, std::slice::from_ref(&game)).is_right());
}

#[test]
fn the_words_of_an_order_say_its_number_again() {
    let recorded = Recorded::new();
    let text = std::fs::read(&recorded.path).unwrap();
    let file = SessionFile::parse(&text).unwrap();
    let words: Vec<_> = file.actions.iter().filter_map(order_words).collect();
    assert!(words.contains(&"buy 12.5 SOL".to_owned()), "{words:?}");
    assert!(words.contains(&"sell 10 %".to_owned()), "{words:?}");
    assert!(words.contains(&"sidebet 0.001 SOL".to_owned()), "{words:?}");
}

#[test]
fn the_command_ends_with_1_names_what_disagrees_and_writes_nothing() {
    let recorded = Recorded::new();
    let session = recorded.json();
    let mut changed = session.clone();
    changed["actions"][4]["balance_after"] = json!("0.5");
    recorded.put(&changed);
    let before = tree(recorded.folder.path());
    let output = recorded.replay();
    assert_eq!(output.status.code(), Some(1));
    let told = stdout(&output);
    let lines: Vec<_> = told.lines().collect();
    let count = rows(&session).len();
    assert_eq!(lines.len(), 2, "{told}");
    let real = session["actions"][4]["balance_after"].as_str().unwrap();
    let line = format!("action 5 SELL balance_after: recorded 0.5, computed {real}");
    assert_eq!(lines[0], line);
    assert_eq!(lines[1], format!("{count} actions: {} agree", count - 1));

    let output = run(&["replay", recorded.path.to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_str(stdout(&output).lines().next().unwrap()).unwrap();
    let expected = json!({ "seq": 5, "action": "SELL", "key": "balance_after", "recorded": "0.5", "computed": real });
    assert_eq!(found, expected);
    assert_eq!(tree(recorded.folder.path()), before);
}

/// Every file with its content.
fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.push((path.clone(), std::fs::read(path).unwrap()));
        }
    }
    files.sort();
    files
}

#[test]
fn games_are_looked_for_beside_it_in_other_days_and_where_out_says() {
    let recorded = Recorded::new();
    let game = &recorded.games[1];
    let name = game_file_name(&game.id, game.start, 1);
    let day = recorded.path.parent().unwrap().parent().unwrap();
    let beside = day.join("games").join(&name);
    assert!(beside.is_file());
    let session = recorded.path.to_str().unwrap();
    let agrees = |args: &[&str]| {
        let mut all = vec!["replay", session];
        all.extend_from_slice(args);
        run(&all).status.code() == Some(0)
    };
    assert!(agrees(&[]));
    let elsewhere = recorded.folder.path().join("2020-02-03/games");
    std::fs::create_dir_all(&elsewhere).unwrap();
    std::fs::rename(&beside, elsewhere.join(&name)).unwrap();
    assert!(agrees(&[]), "in another day");
    let outer = tempfile::tempdir().unwrap();
    let out = outer.path().join("2020-02-03/games");
    std::fs::create_dir_all(&out).unwrap();
    std::fs::copy(elsewhere.join(&name), out.join(&name)).unwrap();
    std::fs::remove_file(elsewhere.join(&name)).unwrap();
    assert!(!agrees(&[]));
    assert!(
        agrees(&["--out", outer.path().to_str().unwrap()]),
        "a folder of recordings"
    );
    assert!(
        agrees(&["--out", out.to_str().unwrap()]),
        "a folder of games"
    );
    // A damaged file beside it is told, a whole one elsewhere still counts.
    overwrite(&beside, b"{");
    assert!(agrees(&["--out", out.to_str().unwrap()]));
    let told = stdout(&recorded.replay());
    assert!(told.contains("EOF while parsing"), "{told}");
}

#[test]
fn what_is_no_session_ends_with_1_and_moves_no_cursor() {
    let recorded = Recorded::new();
    let good = recorded.json();
    let mut newer = good.clone();
    newer["meta"]["format"] = json!(2);
    let mut strange = good.clone();
    strange["meta"]["origin"] = json!("\u{1b}[2Jnowhere");
    for (content, hint) in [
        (b"".to_vec(), "EOF"),
        (b"{\"meta\": 1}".to_vec(), "invalid type"),
        (serde_json::to_vec(&newer).unwrap(), "format 2 is newer"),
        (serde_json::to_vec(&strange).unwrap(), "nowhere"),
    ] {
        overwrite(&recorded.path, &content);
        let output = recorded.replay();
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let said = stderr(&output);
        assert!(said.contains(hint) && !said.contains('\u{1b}'), "{said}");
        assert!(said.contains("_session.json"), "{said}");
    }
    let mut evil = good;
    evil["actions"][3]["reason"] = json!("\u{1b}[2J");
    recorded.put(&evil);
    let output = recorded.replay();
    assert_eq!(output.status.code(), Some(1));
    assert!(!stdout(&output).contains('\u{1b}'), "{}", stdout(&output));
    let nowhere = run(&["replay", "/nowhere/session.json"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert_eq!(run(&["replay"]).status.code(), Some(2));
}

/// The server takes the whole position away, and the program ends while a sell of it has no answer yet.
#[test]
fn an_order_without_an_answer_after_a_drift_to_nothing_holds_nothing() {
    let games = a_long_and_another_game();
    let mut player = Player::begin(games[0].start, "x", "1");
    player.buy(&games[0], 3, "0.01");
    player.drift(&games[0], 5, &[(DriftField::Position, "0")]);
    player.verified(1, 1);
    player.unanswered_sell(&games[0], 8, "50");
    let mut facts = player.end();
    for fact in &mut facts {
        if let SessionEvent::Action { action, .. } = fact
            && action.status == ActionStatus::Unknown
        {
            (action.seq, action.status) = (0, ActionStatus::Pending);
            (action.balance_after, action.position_qty_after) = (None, None);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = record(folder.path(), &games, facts);
    let session = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(check_value(&session, &games).disagreements, []);
    assert_eq!(session["actions"][1]["entry_price"], Value::Null);
}

/// A position that was held at the start and corrected by the server is sold as what it is.
#[test]
fn what_the_session_began_with_is_played_too() {
    let games = a_long_and_another_game();
    let mut player = Player::begin(games[0].start, "x", "1");
    let told = [
        (DriftField::Position, "0.02"),
        (DriftField::EntryPrice, "0.5"),
    ];
    player.drift(&games[0], 1, &told);
    player.verified(1, 1);
    player.sell(&games[0], 4, "50");
    let folder = tempfile::tempdir().unwrap();
    let path = record(folder.path(), &games, player.end());
    let session = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(check_value(&session, &games).disagreements, []);
    let file = SessionFile::parse(&serde_json::to_vec(&session).unwrap()).unwrap();
    assert_eq!(file.actions[0].entry_price, Some(d("0.5")));
    assert_ne!(file.meta.realised_pnl, Decimal::ZERO);
}
