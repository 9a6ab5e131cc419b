//! The whole window played by label through three games of the practice table, down to the files.

use crate::support::session_audit;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::by_label::ByLabel;
use crate::support::window::three_games::{Games, play, wanted};

#[test]
fn three_games_played_by_label_are_in_the_session_to_the_last_digit() {
    let games = Games::find();
    let window = Window::new(practice(games.seed, 6.0));
    let mut hand = ByLabel::new(window);
    play(&mut hand, &games);
    let (left, home) = hand.window.close();
    let counts: Vec<_> = left
        .iter()
        .map(|left| (left.games, left.sessions))
        .collect();
    assert_eq!(counts, [(3, 1)], "{left:?}");
    assert_eq!(left[0].trouble, None);
    session_audit::assert_session(&home.path().join("out"), &wanted(&games));
}
