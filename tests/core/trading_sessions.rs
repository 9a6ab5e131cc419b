//! When a session starts, continues and ends; and the local wallet beside a watched feed.

use pianola::account::{Account, ActionKind, ActionStatus, LocalWallet, SessionEvent};
use pianola::feed::FeedState;
use pianola::trading::Agreement;
use serde_json::json;

use crate::support::decimal::d;
use crate::support::scripted_player::{GAME, PLAYER, ScriptedPlayer, holding, ok, playing};

#[test]
fn another_player_starts_another_session() {
    let mut player = holding();
    player.name("did:privy:player-0009");
    assert!(matches!(
        player.facts.last(),
        Some(SessionEvent::Ended { .. })
    ));
    assert_eq!(player.buy("0.1"), None);
    let theirs = json!({ "id": "did:privy:player-0009" });
    player.update_with("7", "0", "0", &theirs);
    assert_eq!(player.sessions.len(), 2);
    assert_eq!(
        player.session().player_id.as_deref(),
        Some("did:privy:player-0009")
    );
    assert_eq!(player.session().start_balance, d("7"));
    assert_eq!((player.sessions[0].drift_count, player.drifts()), (0, 0));
    let ids = [&player.sessions[0], &player.sessions[1]].map(|session| session.id);
    assert_eq!(ids.map(|id| id.get_version_num()), [7; 2]);
    assert_ne!(ids[0], ids[1]);
}

/// The game rugs while the connection is down: the same session continues without a drift. (The game is the worked
/// example of docs/formats.md, with its real seed.)
#[test]
fn a_reconnect_continues_the_session() {
    let game = "20251215-1a211bfc7caf41d6";
    let mut player = ScriptedPlayer::at_server();
    player.presale(game);
    player.log_in("1", "0", "0");
    player.tick(game, 0, "1");
    player.tick(game, 1, "0.9799510872982831");
    player.tick(game, 2, "0.9777456387635755");
    player.buy("0.01").unwrap();
    player.update("0.99", "0.010227609", "0.977745638");
    player.ack(ok());
    player.down();
    assert_eq!(player.buy("0.1"), None);

    let history = json!([{
        "id": game, "timestamp": 1_765_761_482_500_i64, "rugged": true, "peakMultiplier": 1, "gameVersion": "v3",
        "prices": [
            1, 0.979_951_087_298_283_1, 0.977_745_638_763_575_5, 0.964_409_818_344_420_2, 0.980_298_081_034_008_5,
            0.739_133_078_290_684_8, 0.744_403_585_847_616_3, 0.014_782_661_565_813_707,
        ],
        "provablyFair": {
            "serverSeed": "3ebcc4cd5daa7e41cb996efb2c4b73f0235b8e385617c142f17eee9b685d9a7d",
            "serverSeedHash": "b628c3f0f1215827cacd34edf79f5f620a81fcf378e20367324fc22d2f7e4752",
        },
    }]);
    let next = "20251228-0000000000000001";
    let snapshot = json!({ "gameId": next, "cooldownTimer": 14_000, "gameHistory": history });
    player.event("gameStateUpdate", &[snapshot]);
    player.update("0.990151191", "0", "0");
    player.name(PLAYER);
    assert_eq!(player.sessions.len(), 1);
    let rows = player.rows();
    let sold = rows
        .iter()
        .find(|row| row.action == ActionKind::Liquidated)
        .unwrap();
    assert_eq!(
        (sold.executed_tick, sold.amount),
        (Some(7), Some(d("0.000151191")))
    );
    assert_eq!(player.drifts(), 0);
    assert_eq!(player.view().verification.unwrap().agreement, Agreement::Ok);
}

#[test]
fn nothing_is_sent_while_the_feed_is_stale_or_offline() {
    let mut player = playing();
    player
        .core
        .set_feed_state(&FeedState::Stale { since: player.now });
    assert_eq!(player.buy("0.1"), None);
    player.core.set_feed_state(&FeedState::Connecting {
        attempt: 1,
        after: None,
    });
    assert_eq!(player.buy("0.1"), None);
    let reasons: Vec<_> = player
        .rows()
        .into_iter()
        .filter_map(|row| row.reason)
        .collect();
    assert!(
        reasons[0].contains("stale") && reasons[1].contains("offline"),
        "{reasons:?}"
    );
}

#[test]
fn a_local_wallet_is_filled_at_the_next_tick_and_nothing_is_ever_sent() {
    let mut player = ScriptedPlayer::local(LocalWallet::new(1.into()));
    player.presale(GAME);
    player.buy("0.1");
    player.tick(GAME, 0, "1");
    player.tick(GAME, 1, "1.1");
    player.buy("0.1");
    assert!(player.view().pending.is_some());
    player.tick(GAME, 2, "1.25");
    player.sell("50");
    player.tick(GAME, 3, "2");
    player.bet("0.1");
    player.tick(GAME, 4, "1");
    player.buy("0.1");
    // The next tick is the rug: too late.
    player.rug(GAME, 5, "0.01");
    let actual: Vec<_> = player
        .short_rows()
        .into_iter()
        .map(|(kind, status, balance)| (kind.as_str(), status, balance))
        .collect();
    let row = |kind, balance: &str| (kind, ActionStatus::Confirmed, balance.to_owned());
    let expected = [
        row("BUY", "0.9"),
        row("BUY", "0.8"),
        // Half of 0.1 and 0.08 tokens.
        row("SELL", "0.98"),
        row("SIDEBET_PLACE", "0.88"),
        ("BUY", ActionStatus::Refused, "0.88".to_owned()),
        row("SIDEBET_WIN", "1.38"),
        row("LIQUIDATED", "1.3809"),
    ];
    assert_eq!(actual, expected);
    assert!(player.requests.is_empty());
    assert_eq!(player.session().player_id, None);
    // A player that is logged in on that feed is not this one.
    player.log_in("5", "0", "0");
    assert_eq!(player.view().held().unwrap().balance, d("1.3809"));
    assert_eq!(player.drifts(), 0);
}

#[test]
fn a_local_wallet_continues_in_the_same_game() {
    let mut first = ScriptedPlayer::local(LocalWallet::new(1.into()));
    first.tick(GAME, 0, "1");
    first.buy("0.1");
    first.tick(GAME, 1, "1.25");
    first.stop();
    let wallet = first.session().local_wallet().expect("something was done");
    assert_eq!(wallet.account.balance(), d("0.9"));

    let mut second = ScriptedPlayer::local(wallet.clone());
    second.tick(GAME, 7, "2");
    assert_eq!(second.session().start_lots.len(), 1);
    second.sell("100");
    second.tick(GAME, 8, "2.5");
    assert_eq!(second.view().held().unwrap().balance, d("1.1"));

    // The game is over and its end will not become known: the position is lost, and that is a row.
    let mut late = ScriptedPlayer::local(wallet);
    late.tick("20251228-0000000000000001", 0, "1");
    let rows = late.rows();
    assert_eq!(
        (rows[0].action, rows[0].amount),
        (ActionKind::Liquidated, Some(d("0")))
    );
    assert_eq!(rows[0].game_id.as_str(), GAME);
    assert_eq!(late.view().held().unwrap().balance, d("0.9"));
    assert!(
        late.core
            .trader()
            .unwrap()
            .local_wallet()
            .unwrap()
            .account
            .is_idle()
    );

    let mut reset = ScriptedPlayer::local(LocalWallet {
        account: Account::new(d("0.1"), []),
        game: None,
    });
    reset.tick(GAME, 0, "1");
    reset.core.command(
        pianola::engine::Command::ResetWallet(rust_decimal::Decimal::ONE),
        reset.now,
    );
    assert_eq!(reset.view().held().unwrap().balance, d("1"));
}
