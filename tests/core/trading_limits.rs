//! The risk limits of orders, with a board, a trader and a day before them.

use pianola::account::{ActionKind, ActionStatus, LocalWallet};
use pianola::engine::{Command, SessionCore, TablePiano};
use pianola::feed;
use pianola::recording::{RecorderState, RecordingPolicy};
use pianola::strategy::StrategyRunner;
use pianola::trading::{Order, OrderLimits, Refusal, RiskLimits, Trader, check};
use rust_decimal::Decimal;

use crate::support::decimal::d;
use crate::support::scripted_player::{self, GAME, ScriptedPlayer, holding, playing};
use crate::support::strategy_games;

const NEXT: &str = "20251228-0000000000000001";

fn limited(mut player: ScriptedPlayer, risk: RiskLimits) -> ScriptedPlayer {
    let limits = OrderLimits {
        risk,
        ..OrderLimits::default()
    };
    player.core.command(Command::Limits(limits), player.now);
    player
}

fn refusal(player: &ScriptedPlayer) -> String {
    let rows = player.rows();
    let last = rows.last().unwrap();
    assert_eq!(last.status, ActionStatus::Refused, "{last:?}");
    last.reason.clone().unwrap()
}

fn held(player: &ScriptedPlayer) -> Decimal {
    player.view().held().unwrap().position_qty
}

#[test]
fn after_thirty_orders_in_a_minute_the_next_one_is_refused() {
    let mut player = ScriptedPlayer::local(LocalWallet::new(Decimal::ONE));
    player.presale(GAME);
    for _ in 0..30 {
        player.buy("0.001");
    }
    assert_eq!(held(&player), d("0.03"));
    player.buy("0.001");
    assert!(refusal(&player).contains("at most 30 orders a minute"));
    // A refused order does not count as sent: a minute after the first order the next one is accepted.
    for _ in 0..100 {
        player.buy("0.001");
    }
    player.later(60_000);
    player.buy("0.001");
    assert_eq!(held(&player), d("0.031"));
}

#[test]
fn after_the_loss_of_the_day_only_a_sell_is_accepted() {
    let limits = RiskLimits {
        max_loss_a_day: Some(d("0.3")),
        ..RiskLimits::default()
    };
    let mut player = limited(
        ScriptedPlayer::local(LocalWallet::new(Decimal::ONE)),
        limits,
    );
    player.presale(GAME);
    player.buy("0.31");
    assert!(refusal(&player).contains("0.3100 at risk"));
    player.buy("0.2");
    player.bet("0.2");
    assert!(refusal(&player).contains("0.4000 at risk"));
    player.tick(GAME, 0, "1");
    player.rug(GAME, 1, "0.5");
    player.presale(NEXT);
    player.buy("0.21");
    assert!(refusal(&player).contains("0.3100 at risk"), "0.1 is gone");
    player.buy("0.2");
    assert_eq!(held(&player), d("0.2"));
    player.tick(NEXT, 0, "1");
    player.sell("100");
    player.tick(NEXT, 1, "1");
    assert_eq!(held(&player), Decimal::ZERO);
    let view = player.core.view(
        feed::FeedState::Stopped,
        RecorderState::default(),
        player.now,
    );
    assert_eq!(view.risk_usage.earned_today, d("-0.1"));
    assert_eq!(view.risk_usage.orders, 2, "a sell does not count");
}

#[test]
fn a_price_that_left_the_board_is_not_paid_and_a_bad_fill_is_reported() {
    let limits = RiskLimits {
        slippage_percent: Some(d("4")),
        ..RiskLimits::default()
    };
    // The price is 1.25.
    let mut player = limited(playing(), limits);
    let buy = Order::Buy { amount: d("0.1") };
    assert_eq!(player.press_at(Some("1.2"), buy), None);
    assert!(refusal(&player).contains("4.17 % worse"));
    assert!(player.press_at(Some("1.21"), buy).is_some());
    player.core.take_messages();
    player.tick(GAME, 11, "1.5");
    player.trade("buy", "0.066666666", "0.1", 11, "1.5");
    assert_eq!(
        player.core.take_messages(),
        ["BUY: filled 20 % worse than when it was pressed"]
    );
    // It is reported once, whatever news of it follows.
    player.ack(scripted_player::ok());
    player.update("0.9", "0.066666666", "1.5");
    assert_eq!(player.core.take_messages(), [""; 0]);
}

fn stop(player: &mut ScriptedPlayer, stopped: bool) {
    let command = Command::EmergencyStop(stopped);
    player.core.command(command, player.now);
}

#[test]
fn the_emergency_stop_refuses_buys_and_sidebets_and_accepts_a_sell() {
    let mut player = holding();
    player.core.take_messages();
    // Pressed again it stays pressed, which is reported once.
    for _ in 0..3 {
        stop(&mut player, true);
    }
    let stopped = "Stopped: no new buys or sidebets. Selling stays possible.";
    assert_eq!(player.core.take_messages(), [stopped]);
    assert_eq!(player.buy("0.1"), None);
    let why = "buy 0.1 SOL: Stopped: SELL still works";
    assert_eq!(refusal(&player), why);
    assert_eq!(player.bet("0.1"), None);
    player.later(3_600_000);
    assert_eq!(player.buy("0.1"), None);
    assert!(player.sell("50").is_some());
    let waits = player.view().pending.unwrap();
    assert_eq!(waits.order.kind(), ActionKind::Sell);
    assert_eq!(
        refused_kinds(&player),
        [ActionKind::Buy, ActionKind::SidebetPlace, ActionKind::Buy]
    );
    player.core.take_messages();
    for _ in 0..2 {
        stop(&mut player, false);
    }
    let resumed = "Trading resumed: buys and sidebets are possible again";
    assert_eq!(player.core.take_messages(), [resumed]);
    player.ack(scripted_player::ok());
    player.trade("sell", "0.04", "0.05", 10, "1.25");
    player.update("0.95", "0.04", "1.25");
    assert_eq!(player.view().pending, None);
    assert!(player.buy("0.1").is_some());
}

fn refused_kinds(player: &ScriptedPlayer) -> Vec<ActionKind> {
    let rows = player.rows();
    let refused = rows
        .iter()
        .filter(|row| row.status == ActionStatus::Refused);
    refused.map(|row| row.action).collect()
}

#[test]
fn a_sell_passes_every_risk_limit() {
    let limits = RiskLimits {
        max_loss_a_day: Some(d("0.2")),
        max_orders_a_minute: Some(3),
        slippage_percent: Some(d("1")),
    };
    let mut player = limited(
        ScriptedPlayer::local(LocalWallet::new(Decimal::ONE)),
        limits,
    );
    player.presale(GAME);
    for _ in 0..3 {
        player.buy("0.05");
    }
    player.tick(GAME, 0, "1");
    player.buy("0.01");
    assert!(refusal(&player).contains("at most 3 orders a minute"));
    stop(&mut player, true);
    // The price halves between the screen and the press: the sell is accepted all the same.
    player.tick(GAME, 1, "0.5");
    for (tick, percent) in (2..).zip(["50", "50", "50", "50", "100"]) {
        player.press_at(
            Some("1"),
            Order::Sell {
                percent: d(percent),
            },
        );
        player.tick(GAME, tick, "0.4");
    }
    assert_eq!(held(&player), Decimal::ZERO);
    let sold = player.rows();
    let sold = sold.iter().filter(|row| row.action == ActionKind::Sell);
    let status: Vec<_> = sold.map(|row| row.status).collect();
    assert_eq!(status, [ActionStatus::Confirmed; 5]);
}

#[test]
fn after_a_reconnect_the_view_refuses_like_the_engine_until_the_login_is_complete() {
    let mut player = holding();
    let no_login = |player: &ScriptedPlayer| {
        let up = feed::FeedState::Up { since: player.now };
        let view = player.core.view(up, RecorderState::default(), player.now);
        view.no_login
    };
    assert_eq!(no_login(&player), None);
    player.down();
    player.message(feed::FeedEvent::Up);
    player.tick(GAME, 12, "1.3");
    // The account is known from before; the new connection has no login yet.
    assert!(!held(&player).is_zero());
    assert_eq!(no_login(&player), Some(Refusal::NotOurTable));
    assert_eq!(player.sell("100"), None);
    assert!(refusal(&player).ends_with(&Refusal::NotOurTable.to_string()));
    player.core.login_written();
    assert_eq!(no_login(&player), Some(Refusal::NoPlayer));
    assert_eq!(player.sell("100"), None);
    assert!(refusal(&player).ends_with(&Refusal::NoPlayer.to_string()));
    player.name(scripted_player::PLAYER);
    assert_eq!(no_login(&player), None);
    assert!(player.sell("100").is_some());
}

const SELL: Order = Order::Sell {
    percent: Decimal::ONE_HUNDRED,
};

/// Returns the decision about a sell. The engine and the view that buttons and keys read must come to the same one.
fn checked(player: &mut ScriptedPlayer, state: &feed::FeedState) -> Result<(), Refusal> {
    player.core.set_feed_state(state);
    let view = player
        .core
        .view(state.clone(), RecorderState::default(), player.now);
    for screen_price in [None, Some(d("1.25"))] {
        let shown = view.order_context(screen_price);
        assert_eq!(shown, player.core.order_context(screen_price, player.now));
    }
    check(&SELL, &view.order_context(Some(d("1.25"))))
}

#[test]
fn button_key_script_and_engine_agree_after_a_reconnect() {
    let runner = StrategyRunner::new(strategy_games::read("1 11 sell 100"));
    let script = TablePiano::playing(strategy_games::practice_table(), runner);
    let mut player = ScriptedPlayer::at_server();
    let trader = Trader::at_server(OrderLimits::default());
    player.core = SessionCore::new(
        RecordingPolicy::everything(),
        Some(trader),
        Some(script),
        Vec::new(),
    );
    let up = feed::FeedState::Up { since: player.now };
    let stale = feed::FeedState::Stale { since: player.now };
    assert_eq!(checked(&mut player, &up), Err(Refusal::NoPlayer));
    player.core.login_written();
    player.presale(GAME);
    player.log_in("1", "0", "0");
    player.tick(GAME, 0, "1");
    player.tick(GAME, 10, "1.25");
    player.buy("0.1").expect("it is sent");
    assert_eq!(checked(&mut player, &up), Err(Refusal::Pending));
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    player.update("0.9", "0.08", "1.25");
    player.ack(scripted_player::ok());
    assert_eq!(checked(&mut player, &up), Ok(()));
    assert_eq!(checked(&mut player, &stale), Err(Refusal::Feed("stale")));

    // The connection ends and comes back: the account is known, the login is not done. The script's order is due.
    player.down();
    let offline = feed::FeedState::Connecting {
        attempt: 1,
        after: None,
    };
    assert_eq!(
        checked(&mut player, &offline),
        Err(Refusal::Feed("offline"))
    );
    player.message(feed::FeedEvent::Up);
    let sent = player.requests.len();
    for (tick, refused) in [(12, Refusal::NotOurTable), (13, Refusal::NoPlayer)] {
        assert_eq!(checked(&mut player, &up), Err(refused.clone()));
        // The script waits, and the engine refuses a key with the same text.
        player.tick(GAME, tick, "1.3");
        assert_eq!(player.requests.len(), sent);
        assert_eq!(player.press_at(Some("1.3"), SELL), None);
        assert!(refusal(&player).ends_with(&refused.to_string()));
        player.core.login_written();
    }
    // With the player's identity the login is complete: the script's order is sent, and any other one has to wait.
    player.name(scripted_player::PLAYER);
    assert_eq!(player.requests[sent..], [SELL.request()]);
    assert_eq!(checked(&mut player, &up), Err(Refusal::Pending));
    let refused = refused_kinds(&player).len();
    assert_eq!(player.sell("50"), None);
    assert_eq!(refused_kinds(&player).len(), refused + 1);
}
