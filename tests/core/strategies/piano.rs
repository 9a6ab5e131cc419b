//! The piano: where it exists, what begins and ends a strategy, what the window is shown, and that its orders are like any
//! other.

use std::sync::Arc;

use pianola::account::{Action, ActionKind, ActionSource, ActionStatus};
use pianola::engine::{Command, GameSource, PianoEnd, PianoState, PianoView, TablePiano};
use pianola::feed::FeedState;
use pianola::strategy::{AutoSell, RunEnd, StrategyRunner};
use pianola::table::{Fault, StepKind};
use pianola::trading::{Order, OrderLimits, Refusal, RiskLimits};
use rust_decimal::Decimal;

use crate::support::decimal::d;
use crate::support::scripted_player::ScriptedPlayer;
use crate::support::strategy_games::{OfflinePiano, limits, practice_table, read};
use crate::support::table_accounts::OfflineTable;

/// Buys in each presale and at tick 2, and sells at tick 4.
const EACH_GAME: &str = "in presale buy 0.01\nat tick 2 buy 0.02\nat tick 4 sell all";

fn piano() -> OfflinePiano {
    OfflinePiano::new(3, TablePiano::new(practice_table()), limits())
}

fn start(text: &str, skip_games: u64) -> Command {
    Command::StartPiano {
        strategy: read(text),
        skip_games,
    }
}

fn shown(played: &OfflinePiano) -> PianoView {
    played.view().piano.expect("a piano")
}

fn short(rows: &[Action]) -> Vec<(ActionKind, u32)> {
    let orders = rows.iter().filter(|row| row.action.is_order());
    orders.map(|row| (row.action, row.tick)).collect()
}

/// Plays to the first tick after the presale of a game in which the strategy bought.
fn playing(text: &str) -> OfflinePiano {
    let mut played = piano();
    played.command(start(text, 0));
    played.until(|step| matches!(step, StepKind::Tick { tick: 1, .. }));
    assert_eq!(shown(&played).state, PianoState::Playing);
    assert_eq!(short(&played.rows()), [(ActionKind::Buy, 0)]);
    played
}

/// Plays on, and fails if anything more is pressed.
fn plays_no_more(mut played: OfflinePiano) {
    let orders = played.requests.len();
    let games = played.games.len() + 2;
    played.play(games);
    assert_eq!(played.requests.len(), orders);
}

#[test]
fn it_begins_with_the_next_presale_or_after_some_games_and_presses_as_its_source() {
    for (skip_games, first) in [(0, 0), (1, 1)] {
        let mut played = piano();
        assert_eq!(shown(&played).state, PianoState::Off);
        played.command(start(EACH_GAME, skip_games));
        assert_eq!(
            shown(&played).state,
            if skip_games == 0 {
                PianoState::Playing
            } else {
                PianoState::Waiting
            }
        );
        played.play(2);
        let rows = played.rows();
        assert_eq!(rows[0].game_id, played.games[first].id);
        assert!(
            rows.iter()
                .filter(|row| row.action.is_order())
                .all(|row| row.source == ActionSource::Piano)
        );
        assert!(rows.iter().all(|row| row.status == ActionStatus::Confirmed));
    }
}

#[test]
fn the_window_sees_the_plan_each_press_and_the_result() {
    let mut played = piano();
    assert_eq!(shown(&played).planned, None);
    played.command(start(EACH_GAME, 0));
    let plan = |played: &OfflinePiano| {
        let planned = shown(played).planned;
        planned.map_or_else(String::new, |plan| format!("{}, {}", plan.order, plan.line))
    };
    assert_eq!(plan(&played), "buy 0.01 SOL, line 1: in presale buy 0.01");
    played.until(|step| matches!(step, StepKind::Tick { tick: 1, .. }));
    let press = shown(&played).last_press.expect("a press");
    assert_eq!((press.number, press.tick, press.line.number), (1, 0, 1));
    assert_eq!(
        (press.order.to_string(), press.refused),
        ("buy 0.01 SOL".to_owned(), None)
    );
    assert_eq!(plan(&played), "buy 0.02 SOL, line 2: at tick 2 buy 0.02");
    played.step();
    assert_eq!(shown(&played).last_press.map(|press| press.number), Some(2));
    assert_eq!(plan(&played), "sell 100 %, line 3: at tick 4 sell all");
    played.play(1);
    let view = shown(&played);
    assert_eq!(view.games, 1);
    let earned: Decimal = played
        .rows()
        .iter()
        .filter(|row| row.game_id == played.games[0].id)
        .filter_map(|row| row.pnl)
        .sum();
    assert_eq!(view.earned, earned);
}

#[test]
fn any_press_of_the_player_takes_the_hand_back_at_once() {
    let amount = d("0.005");
    let hand = [
        Command::StopPiano,
        Command::Press {
            order: Order::Buy { amount },
            source: ActionSource::Key,
            seen: None,
        },
        // Even one that is refused.
        Command::Press {
            order: Order::Sidebet { stake: d("99") },
            source: ActionSource::Mouse,
            seen: None,
        },
    ];
    for command in hand {
        let mut played = playing(EACH_GAME);
        let pressed = matches!(command, Command::Press { .. });
        played.command(command);
        let view = shown(&played);
        assert_eq!(view.state, PianoState::Ended(PianoEnd::TakenBack));
        assert_eq!(view.planned, None);
        // The player's own press is done as ever.
        let own = played
            .rows()
            .iter()
            .filter(|row| row.source != ActionSource::Piano && row.source != ActionSource::Server)
            .count();
        assert_eq!(own, usize::from(pressed));
        plays_no_more(played);
    }
}

#[test]
fn stop_a_refill_auto_sell_and_the_loss_of_the_feed_end_it() {
    type Cause = fn(&mut OfflinePiano);
    let causes: [(Cause, PianoEnd); 5] = [
        (
            |played| played.command(Command::EmergencyStop(true)),
            PianoEnd::Stopped,
        ),
        (
            |played| played.command(Command::ResetWallet(d("1"))),
            PianoEnd::SessionChanged,
        ),
        (
            |played| {
                played.core.allow_auto_sell();
                let after_ticks = Some(40);
                played.command(Command::AutoSell(Some(AutoSell {
                    after_ticks,
                    ..AutoSell::default()
                })));
            },
            PianoEnd::TakenBack,
        ),
        (
            |played| {
                let since = played.at;
                played.core.set_feed_state(&FeedState::Stale { since });
                played.core.set_feed_state(&FeedState::Up { since });
            },
            PianoEnd::Feed("stale"),
        ),
        (
            |played| {
                let since = played.at;
                played.core.set_feed_state(&FeedState::Connecting {
                    attempt: 1,
                    after: None,
                });
                played.core.set_feed_state(&FeedState::Up { since });
            },
            PianoEnd::Feed("offline"),
        ),
    ];
    for (cause, end) in causes {
        let mut played = playing(EACH_GAME);
        cause(&mut played);
        assert_eq!(
            shown(&played).state,
            PianoState::Ended(end.clone()),
            "{end}"
        );
        played.command(Command::EmergencyStop(false));
        if end != PianoEnd::TakenBack {
            plays_no_more(played);
        }
    }
}

#[test]
fn a_drift_ends_it() {
    let mut played = playing(EACH_GAME);
    let id = played.table.player();
    let update = serde_json::json!({ "id": id, "cash": 0.5, "positionQty": 0.01, "avgCost": 1 });
    let at = played.at;
    played.core.event("playerUpdate", &[update], at);
    // A difference may be an order's that is still on its way: it counts once it lasts.
    for _ in 0..40 {
        if shown(&played).state != PianoState::Playing {
            break;
        }
        played.step();
    }
    assert_eq!(shown(&played).state, PianoState::Ended(PianoEnd::Drift));
}

#[test]
fn all_limits_apply_and_one_of_the_day_or_the_minute_ends_it() {
    let risk = RiskLimits {
        max_orders_a_minute: Some(1),
        ..RiskLimits::OFF
    };
    let mut played = OfflinePiano::new(
        3,
        TablePiano::new(practice_table()),
        OrderLimits { risk, ..limits() },
    );
    played.command(start(EACH_GAME, 0));
    played.until(|step| matches!(step, StepKind::Tick { tick: 2, .. }));
    let view = shown(&played);
    let PianoState::Ended(PianoEnd::Limit(Refusal::TooMany { most: 1, .. })) = view.state else {
        panic!("{view:?}");
    };
    let press = view.last_press.expect("the refused press");
    let why = press.refused.expect("a reason");
    assert!(why.contains("at most 1 orders a minute"), "{why}");
    plays_no_more(played);

    let small = OrderLimits {
        max_buy: d("0.015"),
        ..limits()
    };
    let mut played = OfflinePiano::new(3, TablePiano::new(practice_table()), small);
    played.command(start(EACH_GAME, 0));
    played.until(|step| matches!(step, StepKind::Tick { tick: 2, .. }));
    let view = shown(&played);
    // A limit of a single order refuses that order, and the strategy goes on.
    assert_eq!(view.state, PianoState::Playing);
    assert_eq!(
        view.last_press.and_then(|press| press.refused).as_deref(),
        Some("At most 0.015 SOL")
    );
    let rows = played.rows();
    assert_eq!(
        rows.last().map(|row| row.status),
        Some(ActionStatus::Refused)
    );
}

#[test]
fn an_order_that_the_table_refuses_is_not_repeated_in_that_game() {
    let table = OfflineTable::new(3, &[Fault::RefuseBuy]);
    let mut played = OfflinePiano::at(table, TablePiano::new(practice_table()), limits());
    played.command(start("whenever tick >= 0 buy 0.01", 0));
    played.play(2);
    let refused: Vec<_> = played
        .rows()
        .iter()
        .map(|row| (row.game_id.clone(), row.tick, row.status))
        .collect();
    let wanted: Vec<_> = played
        .games
        .iter()
        .map(|game| (game.id.clone(), 0, ActionStatus::Refused))
        .collect();
    assert_eq!(refused, wanted);
    let view = shown(&played);
    assert_eq!(view.state, PianoState::Playing);
    let why = view
        .last_press
        .and_then(|press| press.refused)
        .expect("a reason");
    assert!(why.contains("refuses every buy"), "{why}");
}

#[test]
fn it_begins_only_where_nothing_is_open_and_orders_can_be_placed() {
    let said = |played: &mut OfflinePiano| played.core.take_messages().join("\n");
    let mut played = piano();
    played
        .core
        .set_feed_state(&FeedState::Stale { since: played.at });
    played.command(start(EACH_GAME, 0));
    assert!(said(&mut played).starts_with("The piano cannot begin: The feed is stale"));
    played
        .core
        .set_feed_state(&FeedState::Up { since: played.at });
    played.command(Command::EmergencyStop(true));
    played.command(start(EACH_GAME, 0));
    assert!(said(&mut played).ends_with("The piano cannot begin: resume trading first"));
    played.command(Command::EmergencyStop(false));
    played.until(|step| matches!(step, StepKind::Countdown(timer) if timer < 5_000));
    let amount = d("0.01");
    played.command(Command::Press {
        order: Order::Buy { amount },
        source: ActionSource::Mouse,
        seen: None,
    });
    said(&mut played);
    played.command(start(EACH_GAME, 0));
    assert_eq!(
        said(&mut played),
        "The piano cannot begin while a position, a sidebet or an order is open"
    );
    assert_eq!(shown(&played).state, PianoState::Off);
}

#[test]
fn its_own_end_is_told_with_the_line() {
    let mut played = piano();
    played.command(start("in presale buy 0.01\nstop when games >= 2", 0));
    played.play(2);
    let PianoState::Ended(PianoEnd::Strategy(RunEnd::StopRule(line))) = shown(&played).state else {
        panic!("{:?}", shown(&played));
    };
    assert_eq!(line.to_string(), "line 2: stop when games >= 2");
    plays_no_more(played);
}

#[test]
fn without_a_practice_table_there_is_no_piano() {
    let mut player = ScriptedPlayer::at_server();
    player.core.command(start(EACH_GAME, 0), player.now);
    assert_eq!(
        player.core.take_messages(),
        ["The piano plays at the practice table only"]
    );
    // The sources that are no practice table have no evidence of one.
    let browser = "127.0.0.1:9".parse().unwrap();
    let foreign = pianola::feed::Address::parse("https://backend.example.org").unwrap();
    for source in [
        GameSource::Live,
        GameSource::Browser(browser),
        GameSource::Url(foreign),
    ] {
        let opened = source.open().unwrap();
        assert_eq!(opened.practice_table(), None, "{source:?}");
    }
}

#[test]
fn a_strategy_given_at_the_start_waits_for_the_login_and_a_script_keeps_its_source() {
    let script = read("1 presale buy 0.01");
    let runner = StrategyRunner::new(Arc::clone(&script));
    let mut played = OfflinePiano::new(3, TablePiano::playing(practice_table(), runner), limits());
    played.play(1);
    let rows = played.rows();
    assert_eq!(rows[0].source, ActionSource::Script);
    assert_eq!(
        shown(&played).state,
        PianoState::Ended(PianoEnd::Strategy(RunEnd::Done))
    );
}

/// Only the source that asked a server what it is makes the evidence; tests of the module itself may, too.
#[test]
fn the_evidence_of_a_practice_table_is_made_in_one_place() {
    fn count(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                count(&path, found);
            } else if std::fs::read_to_string(&path)
                .is_ok_and(|text| text.contains("PracticeTable::announced"))
            {
                found.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let mut found = Vec::new();
    count(
        std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut found,
    );
    found.sort();
    assert_eq!(found, ["script_tests.rs", "source.rs"]);
}
