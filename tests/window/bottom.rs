//! The cards below the chart, by label: trades by game, sidebets, drifts, results by game, the session and its curve.

use std::sync::Arc;

use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::account::{ActionKind, ActionSource, ActionStatus};
use pianola::engine::View;
use pianola::protocol::GameId;
use pianola::ui::ReplayRequest;

use crate::support::window::labels::{says, texts};
use crate::support::window::made_view::{Shown, running, window, with_moves};
use crate::support::window::made_window::{open, open_shown};
use crate::support::window::played_session::{GAMES, id, ten_games, with_drift};

fn open_at(view: View, size: [f32; 2]) -> Harness<'static, Shown> {
    open_shown(window(view), size)
}

/// The texts with this in them.
fn with(harness: &Harness<'_, Shown>, part: &str) -> Vec<String> {
    let mut all = texts(harness);
    all.retain(|text| text.contains(part));
    all
}

#[test]
fn trades_are_grouped_by_game_and_say_what_each_came_to() {
    let view = ten_games();
    let harness = open_at(view, [1_400.0, 900.0]);
    let games = with(&harness, " orders, ");
    let header = games.first().expect("a header");
    assert!(
        header.contains(", 5 orders, +") && header.ends_with(" SOL, running"),
        "{header}"
    );
    let refused = with(&harness, ": BUY 5.0000 at ");
    assert_eq!(refused.len(), 1);
    assert!(
        refused[0].ends_with(", refused: At most 1 SOL"),
        "{refused:?}"
    );
    assert!(says(&harness, ": SIDEBET LOST 0.0200, "));
    assert!(says(&harness, "SELL 25 % 0.0"));
    // No tick beside a loss, and no other sign that stands for "done".
    assert!(
        texts(&harness)
            .iter()
            .all(|text| !text.contains(['✔', '✓']))
    );
}

/// Opens the window with a table that is high enough for all rows.
fn open_high(view: View) -> Harness<'static, Shown> {
    let mut harness = open_at(view, [1_400.0, 2_600.0]);
    let card = harness.get_by_label("Height of the bottom cards").rect();
    let (from, to) = (card.center(), card.center() - egui::vec2(0.0, 1_700.0));
    harness.drag_at(from);
    harness.step();
    harness.hover_at(to);
    harness.step();
    harness.drop_at(to);
    harness.run();
    harness
}

#[test]
fn a_rug_shows_what_was_lost_and_auto_sell_says_so() {
    let view = ten_games();
    let rugged = view
        .actions
        .iter()
        .filter(|row| row.pnl.is_some_and(|pnl| pnl.is_sign_negative()));
    assert!(rugged.count() > 3);
    let auto = view
        .actions
        .iter()
        .filter(|row| row.source == ActionSource::Auto);
    assert!(auto.count() > 1);
    let harness = open_high(view);
    assert!(
        !with(&harness, ": RUGGED 0.0").is_empty(),
        "{:#?}",
        texts(&harness)
    );
    let links = harness.query_all_by_role(Role::Link);
    let replays = links.filter(|link| {
        link.accesskit_node()
            .label()
            .is_some_and(|name| name.starts_with("Replay Game "))
    });
    assert_eq!(replays.count(), GAMES);
}

#[test]
fn the_link_of_a_header_replays_its_game_and_the_card_replays_the_session() {
    let mut harness = open_at(ten_games(), [1_400.0, 900.0]);
    let replay = texts(&harness)
        .into_iter()
        .find(|text| text.starts_with("Replay Game "));
    harness.get_by_label(&replay.expect("a link")).click();
    harness.run();
    let asked = harness.state_mut().page.requests.replay.take();
    assert_eq!(asked, GameId::new(&id(9)).map(ReplayRequest::Game));
    harness.get_by_label("Replay session").click();
    harness.run();
    let asked = harness.state_mut().page.requests.replay.take();
    assert_eq!(asked, Some(ReplayRequest::Session));
}

#[test]
fn a_click_on_a_row_goes_to_its_tick_and_leaves_follow_mode() {
    let mut harness = open_at(ten_games(), [1_400.0, 900.0]);
    let follows = |harness: &Harness<'_, Shown>| {
        let follow = harness.get_by_label_contains("Follow");
        let node = follow.accesskit_node();
        node.toggled() == Some(egui::accesskit::Toggled::True) || node.is_selected() == Some(true)
    };
    assert!(follows(&harness));
    let row = with(&harness, ": SELL 25 % ").remove(0);
    harness.get_by_label(&row).click();
    harness.run();
    assert!(!follows(&harness));
    assert_eq!(
        harness.state_mut().page.requests.replay.take(),
        None,
        "it stays here"
    );
}

#[test]
fn a_click_on_a_row_of_an_earlier_game_replays_that_game_from_its_tick() {
    let view = ten_games();
    let sold = view
        .actions
        .iter()
        .find(|row| row.game_id.as_str() == id(0) && row.action == ActionKind::Sell);
    let sold = sold.expect("a sale in the first game").clone();
    let mut harness = open_high(view);
    // The last line: the newest row is the first one.
    let tick = sold.executed_tick.unwrap_or(sold.tick);
    let row = with(&harness, &format!("Tick {tick}: SELL "));
    let row = row.last().expect("its row");
    harness.get_by_label(row).click();
    harness.run();
    let asked = harness.state_mut().page.requests.replay.take();
    assert_eq!(asked, Some(ReplayRequest::Tick(sold.game_id, tick)));
}

#[test]
fn the_session_card_has_its_sums_and_a_curve() {
    let view = ten_games();
    let curve = Arc::clone(&view.session.curve);
    assert!(curve.points().len() > 500, "at every tick");
    let harness = open_at(view, [1_400.0, 900.0]);
    for text in [
        "Session since ",
        "Result +",
        "Games won 5 / 9",
        "Best game +",
        "Max drawdown -",
    ] {
        let minus = text.replace('-', "\u{2212}");
        assert!(says(&harness, text) || says(&harness, &minus), "{text}");
    }
    assert!(says(&harness, "Session result +"));
    assert!(!says(&harness, "Unexplained"));
    assert!(!says(&harness, "By game"), "only in a wide window");
}

#[test]
fn a_drift_is_a_row_and_the_unexplained_part_of_the_sums() {
    let harness = open_at(with_drift(), [1_400.0, 900.0]);
    let drift = with(&harness, ": DRIFT ").remove(0);
    assert!(
        drift.contains("0.0100, server took it, using its balance, "),
        "{drift}"
    );
    assert_eq!(with(&harness, "Unexplained ").len(), 1);
}

#[test]
fn a_wide_window_lists_the_results_by_game_and_a_click_replays_one() {
    let mut harness = open_at(ten_games(), [1_920.0, 1_080.0]);
    assert!(says(&harness, "By game"));
    let lines: Vec<_> = texts(&harness)
        .into_iter()
        .filter(|text| text.ends_with(", replay"))
        .collect();
    assert_eq!(lines.len(), GAMES);
    harness.get_by_label(&lines[0]).click();
    harness.run();
    let asked = harness.state_mut().page.requests.replay.take();
    assert_eq!(asked, GameId::new(&id(0)).map(ReplayRequest::Game));
}

#[test]
fn a_narrow_window_has_the_session_as_a_tab_and_fewer_columns() {
    for size in [[1_024.0, 768.0], [700.0, 600.0]] {
        let mut harness = open_at(ten_games(), size);
        let head = |harness: &Harness<'_, Shown>| says(harness, "Games won");
        assert!(!head(&harness), "{size:?}");
        harness.get_by_role_and_label(Role::Tab, "Session").click();
        harness.run();
        assert!(
            head(&harness) && says(&harness, "Session result +"),
            "{size:?}"
        );
        assert!(says(&harness, "Replay session"));
        harness.get_by_role_and_label(Role::Tab, "Sidebets").click();
        harness.run();
        assert!(says(&harness, "SIDEBET LOST "), "{size:?}");
        assert!(!says(&harness, "SELL 25 % 0.0"), "only sidebets");
    }
}

#[test]
fn what_is_empty_says_what_will_appear() {
    let mut harness = open(running(100));
    assert!(says(
        &harness,
        "Your trades appear here with their result. Every one is recorded."
    ));
    assert!(says(
        &harness,
        "The session curve starts with your first trade."
    ));
    assert!(!says(&harness, "Replay session"));
    harness.get_by_role_and_label(Role::Tab, "Sidebets").click();
    harness.run();
    assert!(says(
        &harness,
        "Your sidebets appear here with their result."
    ));
}

#[test]
fn of_two_hundred_trades_only_the_visible_ones_are_drawn() {
    let mut view = running(300);
    with_moves(&mut view, 200);
    let mut rows = view.actions.to_vec();
    rows[199].status = ActionStatus::Pending;
    view.actions = Arc::new(rows);
    let harness = open(view);
    let drawn = texts(&harness)
        .iter()
        .filter(|text| text.contains("Tick ") && text.contains(": "))
        .count();
    assert!((3..20).contains(&drawn), "{drawn}");
    assert!(says(&harness, ", sent, no answer yet"));
}
