//! Real traffic of logged-in players, read as from their browsers: the actions in it.

use chrono::DateTime;
use pianola::account::{Action, ActionKind, ActionSource, ActionStatus};
use pianola::feed::FeedEvent;
use pianola::trading::{Agreement, BrowserAccount};
use serde_json::{Value, json};

use crate::support::captures;
use crate::support::decimal::d;
use crate::support::scripted_player::{GAME, PLAYER, ScriptedPlayer};

/// Returns the lines of a capture as written.
fn lines(name: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(captures::path(name)?).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    Some(lines.collect())
}

/// Plays a line as the page receives or sends it; `id` is used where the capture has none.
fn play(scripted: &mut ScriptedPlayer, line: &Value, id: u64) {
    let event = line["event"].as_str().unwrap();
    let mut args: Vec<Value> = line.get("trace").cloned().into_iter().collect();
    if line["payload_lost"] != json!(true) && !line["data"].is_null() {
        args.push(line["data"].clone());
    }
    let id = line["ack_id"].as_u64().or(Some(id));
    let name = event.to_owned();
    scripted.message(match (event, line["dir"] == "sent") {
        ("(ack)", _) => FeedEvent::Acked {
            id: id.unwrap(),
            args,
        },
        (_, true) => FeedEvent::Sent { name, args, id },
        (_, false) => FeedEvent::Event { name, args },
    });
    scripted.later(10);
}

fn joined(lines: &[Value], player: &str, cash: &str) -> ScriptedPlayer {
    let mut scripted = ScriptedPlayer::in_browser();
    let game = lines
        .iter()
        .find_map(|line| line["data"]["gameId"].as_str());
    scripted.tick(game.unwrap(), 0, "1");
    let cash: Value = serde_json::from_str(cash).unwrap();
    let wallet = json!({ "id": player, "cash": cash, "positionQty": 0, "avgCost": 0, "authenticated": true });
    scripted.event("playerUpdate", &[wallet]);
    scripted
}

fn place(lines: &[Value], fits: impl Fn(&Value) -> bool) -> usize {
    lines.iter().position(fits).unwrap()
}

fn text(value: Option<rust_decimal::Decimal>) -> String {
    value.map_or("-".to_owned(), |value| value.to_string())
}

/// Tick, price, tokens, SOL, P&L, wallet after it.
fn numbers(row: &Action) -> [String; 6] {
    let tick = row
        .executed_tick
        .map_or("-".to_owned(), |tick| tick.to_string());
    let rest = [
        row.executed_price,
        row.qty,
        row.amount,
        row.pnl,
        row.balance_after,
    ]
    .map(text);
    let [price, qty, amount, pnl, balance] = rest;
    [tick, price, qty, amount, pnl, balance]
}

/// August 2025: a buy whose trade has no price, and a sell whose request the capture lacks.
#[test]
fn a_buy_and_a_sell_of_august_2025() {
    let Some(lines) = lines("own-orders-transcribed.jsonl") else {
        return;
    };
    let scene = &lines[..6];
    assert_eq!(scene[5]["ack_id"], 149);
    let game = scene[2]["data"]["gameId"].as_str().unwrap();
    let mut scripted = ScriptedPlayer::in_browser();
    // 0.001 / 2.21447, cut, are the tokens of the trade.
    scripted.tick(game, 178, "2.21447");
    play(&mut scripted, &scene[0], 0);
    for line in &scene[1..4] {
        play(&mut scripted, line, 0);
    }
    scripted.tick(game, 186, "2.759526282630909");
    play(&mut scripted, &scene[4], 0);
    assert_eq!(scripted.rows().len(), 1, "a trade alone is no wallet");
    // The capture lacks the wallets after the trades.
    let id = "did:privy:player-0003";
    let wallet = json!({ "id": id, "cash": 0.352_822_705, "positionQty": 0, "avgCost": 0 });
    scripted.event("playerUpdate", &[wallet]);
    play(&mut scripted, &scene[5], 0);

    let rows = scripted.rows();
    assert_eq!(scripted.session().player_id.as_deref(), Some(id));
    let kinds: Vec<_> = rows
        .iter()
        .map(|row| (row.action, row.status, row.source))
        .collect();
    let done = |kind| (kind, ActionStatus::Confirmed, ActionSource::Browser);
    assert_eq!(kinds, [done(ActionKind::Buy), done(ActionKind::Sell)]);
    assert_eq!(
        numbers(&rows[0]),
        ["178", "2.21447", "0.000451575", "0.001", "-", "0.351576572"]
    );
    // 0.000451575 x 2.759526282630909, cut: the 0.001246133 of the real trade.
    let sold = [
        "186",
        "2.759526282630909",
        "0.000451575",
        "0.001246133",
        "0.000246133",
        "0.352822705",
    ];
    assert_eq!(numbers(&rows[1]), sold);
    assert_eq!(rows[1].sell_percent, Some(d("100")));
    assert!(rows[0].acked_at.is_some() && rows[1].acked_at.is_none());
    assert_eq!(scripted.drifts(), 0);
}

/// T10: staked 0.001 at tick 7, won; the answer repeats the bet.
#[test]
fn a_sidebet_is_placed_and_won() {
    let Some(lines) = lines("own-orders-transcribed.jsonl") else {
        return;
    };
    let first = place(&lines, |line| line["event"] == "requestSidebet");
    let scene = &lines[first..first + 4];
    let mut scripted = joined(scene, "did:privy:player-0003", "0.5");
    let game = scene[1]["data"]["gameId"].as_str().unwrap();
    scripted.tick(game, 7, "1.1");
    for line in scene {
        play(&mut scripted, line, 0);
    }
    let rows = scripted.rows();
    assert_eq!(numbers(&rows[0]), ["7", "1.1", "-", "0.001", "-", "0.499"]);
    assert_eq!(numbers(&rows[1])[2..], ["-", "0.005", "0.004", "0.504"]);
    let kinds: Vec<_> = rows.iter().map(|row| (row.action, row.source)).collect();
    let expected = [
        (ActionKind::SidebetPlace, ActionSource::Browser),
        (ActionKind::SidebetWin, ActionSource::Server),
    ];
    assert_eq!(kinds, expected);
}

/// December 2025: 0.001 in the presale and a sidebet of 0.001, found on joining late.
#[test]
fn a_presale_position_with_a_sidebet_is_found_on_joining() {
    let Some(lines) = lines("own-orders-transcribed.jsonl") else {
        return;
    };
    let first = place(&lines, |line| line["event"] == "gameStatePlayerUpdate");
    let mut scripted = ScriptedPlayer::in_browser();
    scripted.presale("20251227-65bd74ba1bc54708");
    for line in &lines[first..first + 3] {
        play(&mut scripted, line, 0);
    }
    let session = scripted.session();
    assert_eq!(session.player_id.as_deref(), Some(PLAYER));
    assert_eq!(session.start_balance, d("0.097595869"));
    assert_eq!(
        (session.start_lots[0].qty, session.start_lots[0].price),
        (d("0.001"), d("1"))
    );
    let bet = session.start_sidebet.unwrap();
    assert_eq!(
        (bet.stake, bet.start_tick, bet.end_tick()),
        (d("0.001"), 0, 40)
    );
    assert!(scripted.rows().is_empty());
    assert_eq!(scripted.view().page, Some(BrowserAccount::Known));
}

/// T28: 0.002 in the presale, 0.002 at 1.4444769765026393; with the request of the second, and without.
#[test]
fn a_presale_buy_and_an_add() {
    let Some(lines) = lines("own-orders-transcribed.jsonl") else {
        return;
    };
    let bought =
        |line: &Value| line["data"]["gameId"] == GAME && line["event"] == "gameStatePlayerUpdate";
    let first = place(&lines, bought);
    let scene = &lines[first..first + 6];
    for seen in [true, false] {
        let mut scripted = ScriptedPlayer::in_browser();
        scripted.presale(GAME);
        scripted.update("0.09903525", "0", "0");
        // The capture lacks the first of the two: its wallet shows it.
        scripted.update("0.09703525", "0.002", "1");
        scripted.tick(GAME, 0, "1");
        scripted.tick(GAME, 16, "1.4444769765026393");
        for line in scene.iter().filter(|line| seen || line["dir"] != "sent") {
            play(&mut scripted, line, 0);
            // The answer to a ping may come at any time.
            play(
                &mut scripted,
                &json!({ "event": "(ack)", "data": null, "ack_id": 28 }),
                0,
            );
        }
        let rows = scripted.rows();
        assert_eq!(rows.len(), 2, "{rows:#?}");
        assert!(rows.iter().all(|row| row.source == ActionSource::Browser));
        assert_eq!(rows[0].phase.to_string(), "Presale");
        assert_eq!(
            numbers(&rows[0]),
            ["0", "1", "0.002", "0.002", "-", "0.09703525"]
        );
        let add = [
            "16",
            "1.4444769765026393",
            "0.001384584",
            "0.002",
            "-",
            "0.09503525",
        ];
        assert_eq!(numbers(&rows[1]), add);
        assert_eq!(rows[1].position_qty_after, Some(d("0.003384584")));
        // docs/protocol.md rounds it to …055; the server has …845.
        assert_eq!(rows[1].entry_price, Some(d("1.181829054")));
        assert_eq!(rows[1].acked_at.is_some(), seen);
        assert_eq!(
            scripted.view().verification.unwrap().agreement,
            Agreement::Ok
        );
        assert_eq!(scripted.drifts(), 0);
        // The name is in the own row.
        assert_eq!(scripted.session().username.as_deref(), Some("player-0002"));
    }
}

/// T28: rugged at tick 273 with 0.002273142 tokens and a sidebet, answers of pings in between; joined late.
#[test]
fn a_rug_pays_the_sidebet_and_sells_the_position() {
    let Some(lines) = lines("own-rug-transcribed.jsonl") else {
        return;
    };
    let game = lines[0]["data"]["gameId"].as_str().unwrap().to_owned();
    let mut scripted = ScriptedPlayer::in_browser();
    scripted.tick(&game, 271, "0.73");
    let bet = json!({ "sideBet": {
        "startedAtTick": 264, "gameId": game, "end": 304, "betAmount": 0.001, "xPayout": 5,
    }});
    scripted.update_with("0.1", "0.002273142", "0.879838878", &bet);
    for line in &lines {
        play(&mut scripted, line, 0);
    }
    let rows = scripted.rows();
    let kinds: Vec<_> = rows.iter().map(|row| row.action).collect();
    assert_eq!(kinds, [ActionKind::SidebetWin, ActionKind::Liquidated]);
    let price = "0.009250309566210552";
    assert_eq!(
        numbers(&rows[0]),
        ["273", price, "-", "0.005", "0.004", "0.105"]
    );
    // 0.002273142 x 0.009250309566210552, cut; 0.001999998 were paid for them (…138 x 0.879838878, cut).
    let sold = numbers(&rows[1]);
    assert_eq!(sold[..4], ["273", price, "0.002273142", "0.000021027"]);
    assert_eq!(sold[5], "0.105021027");
    assert!(scripted.said.is_empty(), "{:?}", scripted.said);
}

/// The whole logged-in capture: a page load, the login, one game. The player orders nothing.
#[test]
fn the_logged_in_capture_holds_an_account_and_no_action() {
    let Some(lines) = lines("loggedin-1-game-2025-12-15.jsonl") else {
        return;
    };
    let mut scripted = ScriptedPlayer::in_browser();
    for (line, id) in lines.iter().zip(1..) {
        scripted.now = DateTime::parse_from_rfc3339(line["ts"].as_str().unwrap())
            .unwrap()
            .to_utc();
        play(&mut scripted, line, id);
    }
    assert_eq!(scripted.sessions.len(), 1);
    let session = scripted.session();
    assert_eq!(session.player_id.as_deref(), Some("did:privy:player-0001"));
    assert_eq!(session.start_balance, d("0.017619831"));
    assert!(scripted.rows().is_empty());
    let view = scripted.view();
    assert_eq!(view.page, Some(BrowserAccount::Known));
    assert_eq!(view.held().unwrap().balance, d("0.017619831"));
    assert_eq!(view.verification.unwrap().agreement, Agreement::Ok);
    assert_eq!((session.verifications, session.drift_count), (2, 0));
    assert!(scripted.said.is_empty(), "{:?}", scripted.said);
    assert!(scripted.requests.is_empty());
}
