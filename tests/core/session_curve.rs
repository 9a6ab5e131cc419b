//! The session as the window shows it, through the reducer: its curve at every tick, its drifts, its games.

use pianola::account::{SessionSums, WalletKind, realised};
use pianola::engine::View;
use pianola::feed;
use pianola::recording::RecorderState;
use pianola::replay::Timeline;
use pianola::review::SessionReview;
use serde_json::json;

use crate::support::decimal::d;
use crate::support::random_session::{among, evening};
use crate::support::scripted_player::{GAME, PLAYER, ScriptedPlayer, holding, start};

fn view(player: &ScriptedPlayer) -> View {
    let up = feed::FeedState::Up { since: player.now };
    player.core.view(up, RecorderState::default(), player.now)
}

/// What the session had earned at each point, and whether a drift is there.
fn curve(view: &View) -> Vec<(String, Option<u32>, bool)> {
    let points = view.session.curve.points().iter();
    let short = points.map(|point| (point.earned.to_string(), point.tick, point.drift));
    short.collect()
}

#[test]
fn the_curve_has_a_point_at_every_tick_while_something_is_open() {
    let mut player = holding();
    player.tick(GAME, 11, "1.5");
    player.tick(GAME, 12, "1.25");
    player.tick(GAME, 13, "2");
    let shown = view(&player);
    assert_eq!(shown.session.start_value, d("1"));
    assert!(shown.session.start.is_some_and(|at| at > start()));
    let point = |earned: &str, tick| (earned.to_owned(), Some(tick), false);
    let wanted = [point("0.02", 11), point("0", 12), point("0.06", 13)];
    assert_eq!(curve(&shown), wanted);
    player.rug(GAME, 14, "0.0125");
    let shown = view(&player);
    assert_eq!(curve(&shown).last(), Some(&point("-0.099", 14)));
    assert_eq!(shown.session.curve.drawdown(), d("0.159"));
    // Flat: later ticks add nothing.
    let count = curve(&shown).len();
    player.presale("20251228-0000000000000001");
    player.tick("20251228-0000000000000001", 0, "1");
    assert_eq!(curve(&view(&player)).len(), count);
}

/// At a rug the server reports the won sidebet and the forced sale before the tick of the rug.
#[test]
fn the_results_of_a_rug_are_one_step_of_the_curve() {
    let mut player = holding();
    let version = json!({ "gameId": GAME, "active": true, "tickCount": 10, "price": 1.25, "gameVersion": "v3" });
    player.event("gameStateUpdate", &[version]);
    player.bet("0.01").expect("it is sent");
    player.update("0.89", "0.08", "1.25");
    player.ack(json!({ "success": true, "sidebet": {
        "playerId": PLAYER, "gameId": GAME, "betAmount": 0.01, "startTick": 10, "endTick": 50,
    } }));
    player.tick(GAME, 11, "1.5");
    let result = json!({
        "playerId": PLAYER, "gameId": GAME, "startTick": 10, "tickIndex": 12, "price": 0.0125,
        "betAmount": 0.01, "payout": 0.05, "type": "payout",
    });
    player.event("currentSidebetResult", &[result]);
    player.update("0.94", "0.08", "1.25");
    player.trade("sell", "0.08", "0.001", 12, "0.0125");
    player.update("0.941", "0", "0");
    player.rug(GAME, 12, "0.0125");
    let shown = view(&player);
    let point = |earned: &str, tick| (earned.to_owned(), Some(tick), false);
    assert_eq!(curve(&shown), [point("0.02", 11), point("-0.059", 12)]);
    assert_eq!(shown.session.curve.drawdown(), d("0.079"));
    // As the review computes it: over two ticks 0.08 tokens were held, at 1.25 and at 1.5, and there was one sidebet.
    let held = 0.08 * ((1.25 + 1.5) * 0.000_557_37 - 2.0 * 0.005 * 0.0125);
    let house = shown.session.house_cost.expect("a session");
    assert!((house - held - 0.000_916).abs() < 2e-6, "{house}");
}

/// The figures of the running session are those of its review.
#[test]
fn drawdown_and_house_cost_are_those_of_the_review() {
    for seed in 1..7 {
        let evening = evening(seed, 3, 9);
        let games = &evening.games;
        let timeline = Timeline::of_session(evening.session, &mut among(games), []);
        let review = SessionReview::of(&timeline.expect("a session")).expect("a review");
        let (_, live) = evening.shown.last_key_value().expect("it was played");
        let live = &live.session;
        assert_eq!(live.curve.drawdown(), review.value.depth(), "{seed}");
        let (house, odds) = (live.house_cost.expect("a session"), review.expected.total());
        assert!(
            odds < 0.0 && (house + odds).abs() < 1e-9,
            "{seed}: {house} {odds}"
        );
    }
}

#[test]
fn a_drift_is_a_point_of_its_own_and_the_unexplained_part_of_the_session() {
    let mut player = holding();
    player.tick(GAME, 11, "1.25");
    player.update("0.89", "0.08", "1.25");
    let shown = view(&player);
    assert_eq!(curve(&shown), [("-0.01".to_owned(), Some(11), true)]);
    assert_eq!(shown.session.drifts.len(), 1);
    let trader = shown.trader.as_ref().expect("a player");
    assert_eq!(trader.wallet, WalletKind::Server);
    let account = trader.account.as_ref().expect("an account");
    let start = shown.session.start_value;
    let sums = SessionSums::of(account, d("1.25"), start, realised(shown.actions.iter()));
    assert_eq!((sums.session, sums.unexplained), (d("-0.01"), d("-0.01")));
    // It clears: the same drift, not another one.
    player.update("0.89", "0.08", "1.25");
    let shown = view(&player);
    assert!(shown.session.drifts[0].cleared_at.is_some());
    assert_eq!((shown.session.drifts.len(), curve(&shown).len()), (1, 1));
}

#[test]
fn games_are_remembered_with_start_peak_and_rug() {
    let mut player = holding();
    player.tick(GAME, 11, "1.5");
    player.rug(GAME, 12, "0.0125");
    player.presale("20251228-0000000000000001");
    player.tick("20251228-0000000000000001", 0, "1");
    let games = &view(&player).games;
    assert_eq!(games.len(), 2);
    assert_eq!((games[0].ended, games[1].ended), (true, false));
    assert_eq!(games[0].peak, Some(d("1.5")));
    assert_eq!(games[0].rug, Some((12, Some(d("0.0125")))));
    assert!(games[0].start < games[1].start);
}
