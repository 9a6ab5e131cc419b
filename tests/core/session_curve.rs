//! The session as the window shows it, through the reducer: its curve at every tick, its drifts, its games.

use pianola::account::{SessionSums, WalletKind, realised};
use pianola::engine::View;
use pianola::feed;
use pianola::recording::RecorderState;

use crate::support::decimal::d;
use crate::support::scripted_player::{GAME, ScriptedPlayer, holding, start};

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
