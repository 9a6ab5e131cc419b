//! Auto-record, switched in the window: five games pass and each is a whole, proven file; switched off in the middle of
//! a game, that game is finished and no other begun.

use egui::{Key, Modifiers};
use pianola::account::{ActionKind, ActionSource, ActionStatus};

use crate::support::files::{game_files, games, is_whole};
use crate::support::script_run::{assert_index, replay_command, sessions};
use crate::support::seeds::seed_of;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels::game_id;

/// The choice of the menu of the recorder.
const AUTO: &str = "Every game automatically";

/// The first game is met in its presale at the latest; five pass; the seventh is long enough for its middle.
fn seed() -> u64 {
    let (any, long) = (2..120, 250..600);
    seed_of(
        2_639,
        &[
            any.clone(),
            any.clone(),
            any.clone(),
            any.clone(),
            any.clone(),
            long,
            any.clone(),
            any,
        ],
    )
}

/// The tick that the phase bar shows while a game runs.
fn tick(window: &Window) -> Option<u32> {
    let texts = window.texts();
    let running = texts.iter().any(|text| text == "ACTIVE");
    let mut ticks = texts.iter().filter_map(|text| text.strip_prefix("tick "));
    ticks.next().filter(|_| running)?.parse().ok()
}

/// The current game.
fn game(window: &Window) -> Option<String> {
    game_id(&window.harness)
}

#[test]
fn five_games_pass_and_each_is_whole_and_switched_off_only_the_running_one_is_finished() {
    let mut window = Window::new(practice(seed(), 15.0));
    let out = window.out();
    // Off by default; the menu of the recorder says so.
    window.click("REC my games");
    assert!(!window.wait_its(AUTO).on);
    assert!(window.its("Games I trade in").on, "always on");
    window.key(Key::Escape);
    // With the key; the menu shows it.
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::T);
    window.click("REC ");
    window.until("the choice", |window| window.its(AUTO).on.then_some(()));
    window.key(Key::Escape);
    window.press("BUY ");
    window.until("five games", |_| {
        (game_files(&out).len() >= 5).then_some(())
    });

    let middle = window.until("the middle of a long game", |window| {
        tick(window).filter(|tick| *tick >= 40)?;
        game(window)
    });
    window.click("REC ");
    window.click(AUTO);
    window.until("the choice", |window| (!window.its(AUTO).on).then_some(()));
    window.key(Key::Escape);
    assert_eq!(game(&window).as_ref(), Some(&middle), "it still runs");
    let mut later = vec![middle.clone()];
    window.until("two more games", |window| {
        let now = game(window)?;
        if !later.contains(&now) {
            later.push(now);
        }
        (later.len() > 3).then_some(())
    });
    let (left, home) = window.close();
    assert!(left.iter().all(|left| left.trouble.is_none()), "{left:?}");

    let out = home.path().join("out");
    let files = games(&out);
    assert!(files.len() >= 6, "{files:#?}");
    assert!(files.iter().all(is_whole), "{files:#?}");
    let last = files.last().unwrap();
    assert_eq!(last.meta.game_id.as_str(), middle, "and no other is begun");

    let sessions = sessions(&out);
    let [(path, session)] = &sessions[..] else {
        panic!("{sessions:#?}");
    };
    let rows: Vec<_> = session
        .actions
        .iter()
        .map(|row| (row.action, row.status))
        .collect();
    let wanted = [ActionKind::Buy, ActionKind::Liquidated];
    assert_eq!(rows, wanted.map(|kind| (kind, ActionStatus::Confirmed)));
    assert_eq!(session.actions[0].source, ActionSource::Mouse);
    let replayed = replay_command(path);
    assert_eq!(replayed, (Some(0), "2 actions: 2 agree\n".to_owned()));
    assert_index(&out);
}
