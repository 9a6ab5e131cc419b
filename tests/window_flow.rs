//! The whole window played by label through three games of the practice table, with nothing between it and the files.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/audit.rs"]
mod audit;
#[path = "support/by_label.rs"]
mod by_label;
#[path = "support/journal.rs"]
mod journal;
#[path = "support/process.rs"]
mod process;
#[path = "support/said.rs"]
mod said;
#[path = "support/shell.rs"]
mod shell;
#[path = "support/three_games.rs"]
mod three_games;

use by_label::ByLabel;
use shell::{Window, practice};
use three_games::{Games, play, wanted};

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
    audit::assert_session(&home.path().join("out"), &wanted(&games));
}
