//! The running session is replayed from its journal while the game goes on: nothing of the live game changes by it, and
//! its session file is whole at the end.

use egui::Key;
use pianola::account::{ActionKind, ActionStatus};

use crate::support::files::{all_below, game_files};
use crate::support::running_session;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::replay_page::place;
use crate::support::window::three_games::Games;

/// Waits until so many rows of the session are recorded.
fn recorded(window: &mut Window, rows: usize) {
    let out = window.out();
    window.until(&format!("{rows} rows"), |_| {
        running_session::done(&out, rows).then_some(())
    });
}

/// Waits for a tick of the live game, also while a replay is on the screen.
fn live_tick(window: &mut Window, game: &str, tick: u32) {
    window.until(&format!("tick {tick} of {game}"), |window| {
        let app = window.harness.state().borrow();
        let view = app.as_ref()?.view()?;
        let is_it = view.game_id.as_ref().is_some_and(|id| id.as_str() == game);
        (is_it && view.tick >= Some(tick)).then_some(())
    });
}

#[test]
fn a_game_is_replayed_while_it_goes_on_and_the_session_is_whole_afterwards() {
    let games = Games::find();
    let mut window = Window::new(practice(games.seed, 6.0));
    window.wait_its("BUY ");
    for _ in 0..10 {
        window.key(Key::Plus);
    }
    live_tick(&mut window, &games.ids[1], 2);
    window.key(Key::B);
    recorded(&mut window, 1);
    // The game that was just traded in, from its start.
    window.key(Key::R);
    window.wait_for_part("REPLAY");
    assert_eq!(place(&window), "game 1 presale");
    window.ctrl(Key::ArrowRight);
    assert!(place(&window).starts_with("game 1 tick "));
    // The live game goes on behind it.
    let there = {
        let app = window.harness.state().borrow();
        app.as_ref().unwrap().view().unwrap().tick.unwrap()
    };
    live_tick(&mut window, &games.ids[1], there + 5);
    // A press here reaches nothing.
    window.key(Key::S);
    window.key(Key::Escape);
    window.wait_its("SELL ");
    window.key(Key::S);
    recorded(&mut window, 2);
    window.key(Key::R);
    window.wait_for_part("REPLAY");
    window.ctrl(Key::ArrowRight);
    window.ctrl(Key::ArrowRight);
    window.key(Key::Escape);
    // The same from the library: the first row is the running session.
    window.ctrl(Key::L);
    window.wait_for_part("now since");
    window.key(Key::Home);
    window.key(Key::Enter);
    window.wait_for_part("REPLAY");
    window.key(Key::Escape);
    window.wait_its("BUY ");
    window.key(Key::B);
    recorded(&mut window, 3);
    let (left, home) = window.close();
    let counts: Vec<_> = left
        .iter()
        .map(|left| (left.games, left.sessions))
        .collect();
    assert_eq!(counts, [(1, 1)], "one game and one session: {left:?}");
    assert_eq!(left[0].trouble, None);
    let out = home.path().join("out");
    assert_eq!(game_files(&out).len(), 1);
    let mut sessions = all_below(&out).into_iter();
    let session = sessions.find(|path| path.to_string_lossy().ends_with("_session.json"));
    let session = std::fs::read(session.unwrap()).unwrap();
    let session = pianola::recording::SessionFile::parse(&session).unwrap();
    let rows: Vec<_> = session
        .actions
        .iter()
        .map(|row| (row.action, row.status))
        .collect();
    let done = ActionStatus::Confirmed;
    let expected = [ActionKind::Buy, ActionKind::Sell, ActionKind::Buy];
    assert_eq!(rows, expected.map(|kind| (kind, done)));
}

#[test]
fn a_game_that_was_not_recorded_says_so_and_nothing_else_happens() {
    let games = Games::find();
    let mut window = Window::new(practice(games.seed, 20.0));
    live_tick(&mut window, &games.ids[1], 0);
    // The game before was only watched.
    window.key(Key::R);
    window.wait_for_part("This game was not recorded");
    assert!(!window.says_part("REPLAY"));
}
