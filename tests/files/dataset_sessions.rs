//! A recorded session as rows of the data set.

use pianola::account::{ActionKind, ActionSource, ActionStatus};
use pianola::dataset::read::{Anonymizer, read_session};
use pianola::protocol::GameId;
use pianola::recording::GameFile;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::decimal::d;
use crate::support::recorded_session::{RecordedSession, rows};
use crate::support::table_files::DataSet;

/// No game is found.
fn no_games(_: &GameId) -> Result<GameFile, String> {
    Err("it is away".to_owned())
}

#[test]
fn the_rows_have_the_numbers_of_the_file_and_the_replay_agrees() {
    let recorded = RecordedSession::new();
    let file = recorded.json();
    let data = DataSet::of(recorded.folder.path());
    let [session] = &data.sessions[..] else {
        panic!("one session");
    };
    let rows = rows(&file);
    let row = &session.session;
    assert_eq!(usize::try_from(row.actions_n), Ok(rows.len()));
    assert_eq!(row.replay_agree, row.actions_n, "as `pianola replay` says");
    assert_eq!(session.findings, []);
    assert_eq!(
        *row.session_id,
        *file["meta"]["session_id"].as_str().unwrap()
    );
    assert_eq!(row.player, file["meta"]["player_id"].as_str().unwrap());
    assert_eq!((row.games_n, row.drift_n, row.verifications), (2, 2, 19));
    let with = |status: &str| rows.iter().filter(|row| row["status"] == status).count();
    let counts =
        [row.confirmed_n, row.refused_n, row.unknown_n].map(|n| usize::try_from(n).unwrap());
    assert_eq!(
        counts,
        [with("confirmed"), with("refused"), with("unknown")]
    );
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    assert_eq!(
        session.drifts.len(),
        file["drifts"].as_array().unwrap().len()
    );
    // The sums of the exact columns are those of the file.
    let sum = session
        .actions
        .iter()
        .filter_map(|action| action.pnl.0)
        .sum::<Decimal>();
    assert_eq!(
        Some(sum.normalize()),
        row.realised_pnl.0.map(|pnl| pnl.normalize())
    );
    assert_eq!(
        row.realised_pnl.0,
        Some(d(file["meta"]["realised_pnl"].as_str().unwrap()))
    );
    for (action, row) in session.actions.iter().zip(rows) {
        let same = |value: Option<Decimal>, key: &str| {
            let text = value.map(|value| value.to_string());
            assert_eq!(text.as_deref(), row[key].as_str(), "{key} of {row}");
        };
        same(action.amount.0, "amount");
        same(action.qty.0, "qty");
        same(action.balance_after.0, "balance_after");
        same(action.position_after.0, "position_qty_after");
        same(action.pnl.0, "pnl");
        assert_eq!(action.action.as_str(), row["action"]);
        assert_eq!(action.status.as_str(), row["status"]);
        assert_eq!(action.source.as_str(), row["source"]);
        assert_eq!(action.phase.as_str(), row["phase"]);
        assert_eq!(
            action.reason_code.map(pianola::account::ReasonCode::as_str),
            row["reason_code"].as_str()
        );
        assert_eq!(json!(action.seq), row["seq"]);
        assert_eq!(json!(action.tick), row["tick"]);
        assert!(action.join_ok);
        assert_eq!(
            action.exact,
            action.amount.is_exact()
                && action.balance_after.is_exact()
                && action.qty.is_exact()
                && action.position_after.is_exact()
                && action.pnl.is_exact()
        );
        if action.source == ActionSource::Server {
            assert_eq!(action.latency_ms, None, "{row}");
        } else if action.status == ActionStatus::Confirmed {
            assert!(action.latency_ms.is_some_and(|millis| millis >= 0), "{row}");
        }
    }
    // Each of the two games has one last action.
    let last: Vec<_> = session
        .actions
        .iter()
        .filter(|action| action.terminal)
        .collect();
    assert_eq!(last.len(), 2);
    assert_eq!(last[1].action, ActionKind::Liquidated);
}

/// Games of a seeded table never train, and a game that is not there cannot be joined.
#[test]
fn actions_say_whether_their_game_is_there_and_may_train() {
    let recorded = RecordedSession::new();
    let text = std::fs::read(&recorded.path).unwrap();
    let mut session = read_session(&text, "s", &mut no_games, None).unwrap();
    assert!(
        session
            .actions
            .iter()
            .all(|action| !action.join_ok && !action.game_trainable)
    );
    let first = recorded.games[0].id.as_str().to_owned();
    session.join_games(&|id| (id == first).then_some(true));
    for action in &session.actions {
        let is_first = action.game_id == first;
        assert_eq!(
            (action.join_ok, action.game_trainable),
            (is_first, is_first)
        );
    }
    session.join_games(&|_| Some(false));
    assert!(
        session
            .actions
            .iter()
            .all(|action| action.join_ok && !action.game_trainable)
    );
    // Without its games no action agrees but the one of a presale, and that is said.
    assert_eq!(session.session.replay_agree, 1);
    let [finding] = &session.findings[..] else {
        panic!("one finding");
    };
    assert!(finding.text.contains("1 agree"), "{}", finding.text);
}

#[test]
fn a_changed_number_of_a_session_is_a_finding() {
    let recorded = RecordedSession::new();
    let mut file = recorded.json();
    file["actions"][4]["pnl"] = json!("7");
    recorded.put(&file);
    let data = DataSet::of(recorded.folder.path());
    let session = &data.sessions[0];
    assert!(session.session.replay_agree < session.session.actions_n);
    assert!(
        session.findings[0].text.contains("first difference"),
        "{:?}",
        session.findings
    );
}

#[test]
fn an_amount_that_the_decimal_column_cannot_hold_keeps_its_double() {
    let recorded = RecordedSession::new();
    let mut file = recorded.json();
    file["actions"][0]["amount"] = json!("0.12345678912");
    file["actions"][1]["balance_after"] = json!("12345678901.5");
    file["meta"]["end_balance"] = json!("1234567890123");
    let text = serde_json::to_vec(&file).unwrap();
    let session = read_session(&text, "s", &mut no_games, None).unwrap();
    let [first, second, third, ..] = &session.actions[..] else {
        panic!("actions");
    };
    assert!(!first.exact && first.amount.units().is_none());
    assert_eq!(first.amount.double(), Some(0.123_456_789_12));
    assert!(!second.exact && second.balance_after.double() == Some(12_345_678_901.5));
    assert!(third.exact);
    assert_eq!(
        session.session.end_balance.double(),
        Some(1_234_567_890_123.0)
    );
}

#[test]
fn an_anonymous_data_set_has_neither_the_player_nor_their_file() {
    let recorded = RecordedSession::new();
    let text = std::fs::read(&recorded.path).unwrap();
    let read = |salt: Option<&str>| {
        let names = salt.map(Anonymizer::new);
        let file = "2025-12-15/sessions/20251215T011755_dutch_session.json";
        read_session(&text, file, &mut no_games, names.as_ref()).unwrap()
    };
    let (named, one, same, other) = (
        read(None),
        read(Some("1")),
        read(Some("1")),
        read(Some("2")),
    );
    assert!(named.session.file.contains("dutch"));
    assert_eq!(one, same);
    assert_ne!(one.session.player, other.session.player);
    let all = format!("{one:?}").to_lowercase();
    let player = named.session.player.to_lowercase();
    assert!(!all.contains("dutch") && !all.contains(&player), "{all}");
    assert_eq!(one.actions, named.actions);
}

#[test]
fn a_session_without_an_id_gets_the_same_one_each_time() {
    let recorded = RecordedSession::new();
    let mut file = recorded.json();
    file["meta"].as_object_mut().unwrap().remove("session_id");
    let text = serde_json::to_vec(&file).unwrap();
    let id = || {
        read_session(&text, "s", &mut no_games, None)
            .unwrap()
            .session
            .session_id
    };
    assert_eq!(id(), id());
    assert_eq!(id().len(), 36);
    file["meta"]["username"] = json!("Other");
    let text = serde_json::to_vec(&file).unwrap();
    assert_ne!(
        read_session(&text, "s", &mut no_games, None)
            .unwrap()
            .session
            .session_id,
        id()
    );
}

#[test]
fn a_damaged_session_is_named() {
    let error = read_session(
        b"{}",
        "2025-12-15/sessions/x_session.json",
        &mut no_games,
        None,
    );
    let error = error.unwrap_err().to_string();
    assert!(
        error.starts_with("2025-12-15/sessions/x_session.json: "),
        "{error}"
    );
    let recorded = RecordedSession::new();
    let mut file: Value = recorded.json();
    file["meta"]["format"] = json!(99);
    let text = serde_json::to_vec(&file).unwrap();
    let error = read_session(&text, "x", &mut no_games, None).unwrap_err();
    assert!(error.why.contains("newer"), "{error}");
}
