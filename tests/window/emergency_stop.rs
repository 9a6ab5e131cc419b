//! The emergency stop in the whole window, by label: before a table, through a change of the source, and behind a
//! replay.

use egui::Key;
use pianola::settings::file::LoadedSettings;
use pianola::table::{Speed, Table, TableConfig};

use crate::support::recorded_session;
use crate::support::running_session;
use crate::support::seeds::seed_of;
use crate::support::session_facts::{a_long_and_another_game, a_session};
use crate::support::window::app_window::{Window, practice};

/// Ticks of the first game: enough for everything that is done in it.
const LONG: std::ops::Range<u32> = 500..900;
const WHY: &str = "Stopped: SELL still works";
const STOPPED: &str = "STOPPED, SELL still works";
const RESUME: &str = "Resume trading";

#[test]
fn nothing_is_bought_until_trading_is_resumed_by_hand_whatever_the_source_is_and_what_is_held_is_sold()
 {
    let other = Table::start(TableConfig {
        seed: Some(seed_of(26, &[LONG])),
        speed: Speed::Times(6.0),
        ..TableConfig::default()
    });
    let other = other.unwrap();
    let mut window = Window::new(practice(seed_of(26, &[LONG]), 6.0));
    let out = window.out();
    window.until("a buy is possible", |window| {
        window.control("BUY ").filter(|buy| buy.able)
    });
    window.press("BUY ");
    window.until("the buy", |_| running_session::done(&out, 1).then_some(()));
    window.until("a sale is possible", |window| {
        window.control("SELL ").filter(|sell| sell.able)
    });
    let place = window.its("STOP").rect;
    // A double click, and Escape twice.
    for _ in 0..2 {
        window.click("STOP");
    }
    let stopped = window.wait_its(STOPPED);
    assert_eq!(stopped.rect, place);
    window.key(Key::Escape);
    window.key(Key::Escape);
    window.wait_for_part("Stopped: no new buys or sidebets. Selling stays possible.");
    for button in ["BUY ", "SIDEBET "] {
        assert!(!window.its(button).able);
    }
    window.wait_for(WHY);
    for key in [Key::B, Key::D] {
        window.key(key);
    }
    window.wait_for_part("Not sent: Stopped: SELL still works");
    window.press(STOPPED);
    window.frame();
    window.its(STOPPED);
    // What is held leaves in time.
    window.press("SELL ");
    window.until("the sale", |_| running_session::done(&out, 2).then_some(()));

    window.connect(&other.url());
    window.wait_for_part("TABLE http://127.0.0.1");
    window.click("Play");
    window.wait_for(WHY);
    window.key(Key::B);
    window.its(STOPPED);
    assert_eq!(running_session::short(&out), []);
    let resume = window.wait_its(RESUME).rect;
    assert!(resume.intersect(window.its(STOPPED).rect).width() <= 0.0);
    window.click(RESUME);
    window.until("the stop is released", |window| {
        (window.its("STOP").name == "STOP").then_some(())
    });
    assert!(window.control(RESUME).is_none());
    window.press("BUY ");
    window.until("the buy", |_| running_session::done(&out, 1).then_some(()));
    window.close();
}

#[test]
fn a_replay_has_no_stop_but_says_that_the_one_behind_it_is_pressed() {
    let home = tempfile::tempdir().unwrap();
    let games = a_long_and_another_game();
    recorded_session::record(&home.path().join("out"), &games, a_session(&games));
    let mut window = Window::at_home(home, practice(3, 0.1), LoadedSettings::default(), None);
    window.press("STOP");
    window.wait_its(STOPPED);
    window.ctrl(Key::L);
    // The first row is the running session, the second one the recording.
    window.wait_for("2 of 2 sessions");
    window.key(Key::ArrowDown);
    window.key(Key::Enter);
    window.wait_for_part("REPLAY");
    window.wait_for_part("Live: Trading stopped, ");
    assert!(window.control(RESUME).is_none() && window.control("STOP").is_none());
    // Its buttons are the piano's: today's stop says nothing to them.
    assert!(!window.says(WHY));
    // The first leads back; the next ones could only press.
    for _ in 0..3 {
        window.key(Key::Escape);
    }
    window.wait_its(STOPPED);
    window.close();
}
