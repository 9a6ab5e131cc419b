//! Auto-sell through the reducer: scripted ticks, one order in flight, and the row that it leaves.

use pianola::account::{ActionKind, ActionSource, ActionStatus, LocalWallet};
use pianola::engine::Command;
use pianola::feed;
use pianola::protocol::Request;
use pianola::recording::RecorderState;
use pianola::strategy::{AutoSell, AutoSellView, StopLoss};
use pianola::trading::OrderAnswer;
use rust_decimal::Decimal;

use crate::support::decimal::d;
use crate::support::scripted_player::{GAME, ScriptedPlayer, holding, ok, playing_in_browser};

fn set(player: &mut ScriptedPlayer, rules: Option<AutoSell>) {
    player.core.command(Command::AutoSell(rules), player.now);
}

fn shown(player: &ScriptedPlayer) -> Option<AutoSellView> {
    let up = feed::FeedState::Up { since: player.now };
    let view = player.core.view(up, RecorderState::default(), player.now);
    view.auto_sell
}

#[expect(clippy::unnecessary_wraps, reason = "as the command takes it")]
fn take_profit(price: &str) -> Option<AutoSell> {
    Some(AutoSell {
        take_profit: Some(d(price)),
        ..AutoSell::default()
    })
}

fn sold_all() -> Request {
    Request::Sell {
        percentage: d("100"),
    }
}

#[test]
fn a_tick_at_the_take_profit_sends_one_sell_of_everything() {
    let mut player = holding();
    player.core.allow_auto_sell();
    set(&mut player, take_profit("2"));
    player.tick(GAME, 11, "1.99");
    assert_eq!(player.requests.len(), 1, "the buy alone");
    player.tick(GAME, 12, "2.04");
    assert_eq!(player.requests[1..], [sold_all()]);
    // In flight: the next tick sends no second one.
    player.tick(GAME, 13, "2.5");
    assert_eq!(player.requests.len(), 2);
    player.trade("sell", "0.08", "0.1632", 12, "2.04");
    player.update("1.0632", "0", "0");
    player.ack(ok());
    player.tick(GAME, 14, "2.6");
    assert_eq!(player.requests.len(), 2);
    let row = player.rows().pop().expect("a row");
    assert_eq!(
        (row.action, row.status, row.source, row.tick),
        (
            ActionKind::Sell,
            ActionStatus::Confirmed,
            ActionSource::Auto,
            12
        )
    );
    assert_eq!(row.sell_percent, Some(d("100")));
    let said = player.core.take_messages();
    assert_eq!(said, ["Auto-sell: take-profit at 2.00x"]);
}

#[test]
fn an_order_of_the_player_goes_first_and_the_rule_follows() {
    let mut player = holding();
    player.core.allow_auto_sell();
    set(&mut player, take_profit("2"));
    player.sell("50").expect("it is sent");
    player.tick(GAME, 12, "2.04");
    assert_eq!(player.requests.len(), 2);
    player.trade("sell", "0.04", "0.0816", 12, "2.04");
    player.update("0.9816", "0.04", "1.25");
    player.ack(ok());
    player.tick(GAME, 13, "2.1");
    assert_eq!(player.requests[2..], [sold_all()]);
}

#[test]
fn the_stop_blocks_no_auto_sell() {
    let mut player = holding();
    player.core.allow_auto_sell();
    let rules = AutoSell {
        stop_loss: Some(StopLoss::LossPercent(d("20"))),
        ..AutoSell::default()
    };
    set(&mut player, Some(rules));
    player
        .core
        .command(Command::EmergencyStop(true), player.now);
    player.tick(GAME, 11, "1.01");
    player.tick(GAME, 12, "1");
    assert_eq!(player.requests[1..], [sold_all()]);
}

/// The engine may take the messages of the next connection before the outcome of the request on the one before.
#[test]
fn it_sells_on_the_next_connection_whenever_the_lost_answer_is_taken() {
    for lost_after_up in [false, true] {
        let mut player = holding();
        player.core.allow_auto_sell();
        set(&mut player, take_profit("2"));
        player.buy("0.1").expect("it is sent");
        if !lost_after_up {
            player.answered(OrderAnswer::Lost);
            player.tick(GAME, 12, "2.04");
            assert_eq!(player.requests.len(), 2, "the connection is to be replaced");
        }
        player.down();
        player.message(feed::FeedEvent::Up);
        if lost_after_up {
            player.answered(OrderAnswer::Lost);
        }
        player.core.login_written();
        player.log_in("0.9", "0.08", "1.25");
        player.tick(GAME, 14, "2.04");
        player.tick(GAME, 15, "2.05");
        assert_eq!(player.requests[2..], [sold_all()], "{lost_after_up}");
    }
}

#[test]
fn it_waits_while_the_feed_is_stale() {
    let mut player = holding();
    player.core.allow_auto_sell();
    set(&mut player, take_profit("2"));
    let stale = feed::FeedState::Stale { since: player.now };
    player.core.set_feed_state(&stale);
    player.tick(GAME, 12, "2.04");
    assert_eq!(player.requests.len(), 1);
    player
        .core
        .set_feed_state(&feed::FeedState::Up { since: player.now });
    player.tick(GAME, 13, "2.04");
    assert_eq!(player.requests.len(), 2);
}

#[test]
fn after_the_rug_it_is_off_unless_it_is_pinned() {
    for pinned in [false, true] {
        let mut player = holding();
        player.core.allow_auto_sell();
        let rules = AutoSell {
            after_ticks: Some(500),
            pinned,
            ..AutoSell::default()
        };
        set(&mut player, Some(rules));
        // The buy was before auto-sell existed here: the position counts from its next tick.
        player.tick(GAME, 11, "1.3");
        let view = shown(&player).expect("it exists");
        assert_eq!((view.set, view.opened_tick), (Some(rules), Some(11)));
        player.rug(GAME, 13, "0.01");
        let view = shown(&player).expect("it exists");
        assert_eq!(view.set, pinned.then_some(rules));
        assert_eq!(view.opened_tick, None);
    }
}

#[test]
fn a_paper_balance_is_sold_at_the_next_tick() {
    let mut player = ScriptedPlayer::local(LocalWallet::new(Decimal::ONE));
    player.core.allow_auto_sell();
    player.presale(GAME);
    player.buy("0.1");
    set(&mut player, take_profit("2"));
    player.tick(GAME, 0, "1");
    player.tick(GAME, 1, "2.1");
    player.tick(GAME, 2, "2.2");
    assert_eq!(player.requests, []);
    let row = player.rows().pop().expect("a row");
    assert_eq!(
        (row.source, row.executed_tick),
        (ActionSource::Auto, Some(2))
    );
    assert_eq!(row.amount, Some(d("0.22")));
}

#[test]
fn where_it_does_not_exist_the_command_is_refused() {
    let mut player = holding();
    set(&mut player, take_profit("2"));
    assert_eq!(shown(&player), None);
    let said = player.core.take_messages();
    assert_eq!(
        said,
        ["Auto-sell works at the practice table and with play money only"]
    );
    player.tick(GAME, 12, "9");
    assert_eq!(player.requests.len(), 1);

    let mut player = playing_in_browser();
    set(&mut player, take_profit("1.1"));
    assert_eq!(shown(&player), None);
    player.tick(GAME, 12, "9");
    assert_eq!(player.requests, []);
}

#[test]
fn impossible_numbers_are_refused_and_what_was_set_stays() {
    let mut player = holding();
    player.core.allow_auto_sell();
    set(&mut player, take_profit("2"));
    set(&mut player, take_profit("-1"));
    assert_eq!(shown(&player).and_then(|view| view.set), take_profit("2"));
    set(&mut player, None);
    assert_eq!(shown(&player).and_then(|view| view.set), None);
}
