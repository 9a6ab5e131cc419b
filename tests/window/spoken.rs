//! What a screen reader says: names of the frames, the P&L and the phase as live regions, bars with their progress.

use egui::accesskit::{Live, Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::engine::View;
use pianola::game::Phase;

use crate::support::recorded_session::RecordedSession;
use crate::support::seeds::seed_of;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::made_view::{Shown, rugged, running};
use crate::support::window::made_window::open;
use crate::support::window::played_session::ten_games;
use crate::support::window::replay_page::replaying;

/// The names of the nodes with a role.
fn names<State>(harness: &Harness<'_, State>, role: Role) -> Vec<String> {
    let nodes = harness.query_all_by_role(role);
    nodes
        .filter_map(|node| node.accesskit_node().label())
        .collect()
}

/// What is announced when it changes.
fn live(harness: &Harness<'_, Shown>) -> Vec<String> {
    let nodes = harness.query_all_by(|node| node.live() == Live::Polite);
    nodes
        .filter_map(|node| {
            let node = node.accesskit_node();
            node.label().or_else(|| node.value())
        })
        .collect()
}

fn presale() -> View {
    let mut view = rugged(300);
    view.phase = Phase::Presale;
    view.game_id = pianola::protocol::GameId::new("next");
    view.countdown_millis = Some(7_700);
    view
}

#[test]
fn the_phase_and_the_result_are_announced_when_they_change() {
    for (view, phase) in [
        (ten_games(), "ACTIVE"),
        (rugged(300), "RUGGED"),
        (running(40), "ACTIVE"),
    ] {
        let harness = open(view);
        let said = live(&harness);
        assert!(said.iter().any(|text| text == phase), "{phase}: {said:?}");
        let pnl = said
            .iter()
            .any(|text| text.starts_with("P&L of the position "));
        assert!(pnl, "{phase}: {said:?}");
    }
}

#[test]
fn every_card_of_the_page_has_a_name() {
    let harness = open(running(300));
    let all = harness.query_all_by(|_| true);
    let labels: Vec<_> = all
        .filter_map(|node| node.accesskit_node().label())
        .collect();
    for card in ["chart", "trade panel", "stop"] {
        let found = labels.iter().any(|name| name == card);
        assert!(found, "{card}: {labels:?}");
    }
    assert!(labels.iter().any(|name| name.starts_with("Price chart")));
    let recorded = RecordedSession::new();
    let window = replaying(&recorded);
    let all = window
        .harness
        .query_all_by(|node| node.label().as_deref() == Some("transport"));
    assert_eq!(all.count(), 1);
}

#[test]
fn every_bar_says_what_it_shows() {
    // A running sidebet.
    let mut window = Window::new(practice(
        seed_of(10, std::slice::from_ref(&(400..900))),
        6.0,
    ));
    window.press("SIDEBET ");
    window.until("the bar of the sidebet", |window| {
        let bars = names(&window.harness, Role::ProgressIndicator);
        let begins = "Sidebet 0.0100 SOL · ";
        bars.into_iter().find(|name| name.starts_with(begins))
    });
    window.close();
    // The presale.
    let bars = names(&open(presale()), Role::ProgressIndicator);
    let counts = bars
        .iter()
        .any(|name| name.starts_with("Presale, 7.7 s to the start"));
    assert!(counts, "{bars:?}");
    // The place in a replay.
    let recorded = RecordedSession::new();
    let window = replaying(&recorded);
    let seek = window.its("Seek: ").name;
    assert_eq!(seek, "Seek: Game 1, presale");
}
