//! The library in the window, by label: recordings are found, sorted and opened, by mouse and by keys; damaged ones are
//! listed with the reason.

use std::path::Path;

use chrono::FixedOffset;
use egui::{Event, Key};
use pianola::settings::file::LoadedSettings;

use crate::support::captures;
use crate::support::files::overwrite;
use crate::support::own_process::in_own_process_with;
use crate::support::recorded_session;
use crate::support::session_facts::{a_long_and_another_game, a_session};
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels;

/// Puts a session of two games and two damaged files into the folder of a home.
pub fn fill_library(home: &tempfile::TempDir) {
    let out = home.path().join("out");
    let games = a_long_and_another_game();
    let session = recorded_session::record(&out, &games, a_session(&games));
    let day = session.parent().unwrap().parent().unwrap();
    let broken = [
        day.join("games/20260101T000000_broken.game.json"),
        day.join("sessions/20260101T000000_broken_session.json"),
    ];
    overwrite(&broken[0], b"{ \"meta\": ");
    overwrite(&broken[1], b"");
}

/// A window whose folder holds a session of two games and two damaged files.
pub fn library() -> Window {
    let home = tempfile::tempdir().unwrap();
    fill_library(&home);
    let mut window = Window::at_home(home, practice(3, 0.1), LoadedSettings::default(), None);
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::L);
    // The saved one and the one that runs.
    window.wait_for("2 of 2 sessions");
    window
}

fn kinds(window: &mut Window, begins: &str, status: &str) {
    window.click(begins);
    window.wait_for(status);
}

/// The tiles, the list and the review of a session never have one name for two figures, or one figure twice.
fn a_figure_of_the_details_is_there_once(window: &mut Window) {
    window.wait_for_part("Result: ");
    for (name, times) in [
        ("Result", 1),
        ("Per trade", 1),
        ("Max drawdown", 1),
        ("Trades won", 1),
        ("Realised", 2), // Of each session in the list, of the chosen one in its tiles.
        ("Games won", 2),
        ("Won", 1), // The filter of the results.
        ("Order drawdown", 1),
    ] {
        let texts = window.texts().into_iter();
        let found = texts.filter(|text| text.split(':').next() == Some(name));
        assert_eq!(found.count(), times, "{name}: {:#?}", window.texts());
    }
}

fn search(window: &mut Window, text: &str) {
    window.key(Key::Slash);
    window.frame();
    window.harness.event(Event::Text(text.to_owned()));
    window.frame();
    window.frame();
}

#[test]
fn everything_that_was_recorded_is_there_and_what_is_damaged_with_its_reason() {
    let mut window = library();
    assert!(window.says_part("now since"));
    let day = "2 games, 2 proven, 2 damaged, 1 session, ";
    assert!(window.says_part(day), "the day: {:#?}", window.texts());
    window.key(Key::ArrowDown);
    window.wait_for_part("Dutch");
    window.wait_for("2 of 2 games proven");
    a_figure_of_the_details_is_there_once(&mut window);
    kinds(&mut window, "2 games", "2 of 2 games");
    let ids: Vec<_> = a_long_and_another_game()
        .iter()
        .map(|game| game.id.to_string())
        .collect();
    for id in &ids {
        assert!(window.says(id), "{id}");
    }
    // Both were played; what they earned is in the session file, which is read after the list.
    window.until("the P&L of a game", |window| {
        let texts = window.texts();
        let signed = |text: &String| text.starts_with('+') || text.starts_with('−');
        (texts.iter().filter(|text| signed(text)).count() >= 2).then_some(())
    });
    assert_eq!(
        window
            .texts()
            .iter()
            .filter(|text| *text == "played")
            .count(),
        2
    );
    kinds(&mut window, "2 damaged files", "2 of 2 damaged files");
    assert!(window.says("20260101T000000_broken.game.json"));
    assert!(window.says("20260101T000000_broken_session.json"));
    // A damaged file is reported when it is opened, and nothing else happens.
    window.key(Key::Enter);
    window.wait_for_part("cannot open ");
    window.click("Dismiss");
    window.wait_for("2 of 2 damaged files");
}

#[test]
fn it_is_searched_filtered_and_sorted() {
    let mut window = library();
    kinds(&mut window, "2 games", "2 of 2 games");
    let games = a_long_and_another_game();
    let id = games[1].id.to_string();
    search(&mut window, &id[id.len() - 8..]);
    assert!(window.says("1 of 2 games"), "{:#?}", window.texts());
    assert!(window.says(&id));
    window.click("Clear");
    window.wait_for("2 of 2 games");
    search(&mut window, "no such game");
    window.wait_for_part("Nothing found");
    window.click("Clear");
    window.wait_for("2 of 2 games");
    // What is longest first; the other way round by a second click.
    let lengths = games.iter().map(|game| game.rug_tick.unwrap() + 1);
    let mut lengths: Vec<_> = lengths.collect();
    lengths.sort_unstable();
    let lengths: Vec<_> = lengths.iter().map(ToString::to_string).collect();
    let order = |window: &Window| -> Vec<String> {
        let texts = window.texts().into_iter();
        texts.filter(|text| lengths.contains(text)).collect()
    };
    window.click("Ticks");
    let up: Vec<_> = lengths.iter().rev().cloned().collect();
    window.until("the longest first", |window| {
        (order(window) == up).then_some(())
    });
    window.click("Ticks");
    window.until("the shortest first", |window| {
        (order(window) == lengths).then_some(())
    });
    // A filter by length.
    window.click("Filters");
    window.click("Ticks from");
    window
        .harness
        .event(Event::Text(lengths[1].trim().to_owned()));
    window.wait_for("1 of 2 games");
    window.click("Clear");
    window.wait_for("2 of 2 games");
    window.click("Filters");
    window.click("Watched");
    window.wait_for("0 of 2 games");
    // The menu stays open for the next filter.
    window.click("I played");
    window.wait_for("2 of 2 games");
}

/// Days, times and the filter by date are those of a zone, whatever the day of the folder is, which is in UTC.
fn days_are_of_the_zone(hours: i32) {
    let zone = FixedOffset::east_opt(hours * 3_600).unwrap();
    let games = a_long_and_another_game();
    let start = games[0].start.with_timezone(&zone);
    let mut window = library();
    let day = start.format("%-d %b %Y: ").to_string();
    let names = window.texts().into_iter();
    let names: Vec<_> = names.filter(|text| text.starts_with(&day)).collect();
    assert!(
        names.len() == 1 && names[0].contains("2 games"),
        "{day:?} of {:#?}",
        window.texts()
    );
    window.click(&day);
    window.wait_for("1 of 2 sessions");
    let at = start.format("%H:%M").to_string();
    assert!(window.says_part(&at), "{at}: {:#?}", window.texts());
    window.click("All days");
    window.wait_for("2 of 2 sessions");
    // The filter by date means the same days.
    for (field, days, found) in [("Date to", 0, 1), ("Date to", -1, 0)] {
        window.click("Filters");
        window.click(field);
        let date = start.date_naive() + chrono::Duration::days(days);
        window.harness.event(Event::Text(date.to_string()));
        window.wait_for(&format!("{found} of 2 sessions"));
        window.click("Clear");
        window.wait_for("2 of 2 sessions");
    }
}

#[test]
fn east_of_greenwich_the_days_of_the_library_are_local() {
    in_own_process_with(&[("TZ", "EAST-13")], || days_are_of_the_zone(13));
}

/// Between both zones is a whole day: in one of them the local day is never that of UTC.
#[test]
fn west_of_greenwich_the_days_of_the_library_are_local() {
    in_own_process_with(&[("TZ", "WEST+11")], || days_are_of_the_zone(-11));
}

#[test]
fn a_row_is_played_by_keys_and_by_a_double_click() {
    let mut window = library();
    // The running session has no game yet: it says so, and the newest one that has is chosen.
    window.wait_for("2 of 2 games proven");
    window.key(Key::Home);
    window.until("the session without a game", |window| {
        let replay = window.control("Replay session");
        replay.filter(|replay| !replay.able)
    });
    window.key(Key::Enter);
    window.wait_for_part("Nothing to replay yet");
    window.click("Dismiss");
    window.key(Key::ArrowDown);
    window.key(Key::Enter);
    window.wait_for_part("REPLAY");
    assert!(window.says_part("No order yet"));
    window.ctrl(Key::L);
    window.wait_for("2 of 2 sessions");
    // Back to what is played.
    window.key(Key::Escape);
    window.wait_for_part("REPLAY");
    window.key(Key::Escape);
    window.wait_its("Source: PRACTICE TABLE");
    window.ctrl(Key::L);
    kinds(&mut window, "2 games", "2 of 2 games");
    let id = a_long_and_another_game()[1].id.to_string();
    let rect = labels::label(&window.harness, &id, 0.0).unwrap();
    // Later than a double click after the last one would be.
    for _ in 0..30 {
        window.frame();
    }
    for _ in 0..2 {
        labels::click_at(&mut window.harness, rect.center());
    }
    window.wait_for_part("REPLAY");
    // A game without a player.
    window.wait_its("Seek: ");
    assert!(!window.says_part("equal so far"));
}

#[test]
fn the_proof_of_a_game_is_shown_with_what_it_does_not_cover() {
    let mut window = library();
    kinds(&mut window, "2 games", "2 of 2 games");
    window.wait_for_part("Every tick before the rug equals the seed's");
    window.click("Show proof");
    window.wait_for("What a proof does not cover");
    let ids = a_long_and_another_game().into_iter().map(|game| game.id);
    let shown: Vec<_> = ids
        .filter(|id| window.says(&format!("Game id {id}")))
        .collect();
    assert_eq!(shown.len(), 1, "{:#?}", window.texts());
    window.control("Copy seed").unwrap();
    window.control("Copy hash").unwrap();
    assert!(window.says_part("Proven: "));
    window.key(Key::Escape);
    window.until("the proof is closed", |window| {
        let open = window.says("What a proof does not cover");
        (!open).then_some(())
    });
    assert!(window.says("2 of 2 games"), "still in the library");
}

#[test]
fn escape_ends_the_typing_first_and_only_then_leaves() {
    let mut window = library();
    search(&mut window, "dutch");
    assert!(window.says("1 of 2 sessions"));
    window.key(Key::Escape);
    window.frame();
    assert!(window.says("1 of 2 sessions"), "still in the library");
    assert!(!window.harness.ctx.text_edit_focused());
    window.key(Key::Escape);
    window.wait_its("BUY ");
}

#[test]
fn an_empty_folder_says_what_will_appear() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::L);
    // The running session is there already.
    window.wait_for_part("now since");
    window.click("0 games");
    window.wait_for_part("Saved games appear here");
    window.click("0 damaged files");
    window.wait_for_part("No damaged files");
}

#[test]
fn an_index_is_not_rebuilt_during_a_recording() {
    let mut window = library();
    window.click("Open…");
    window.click("Rebuild index");
    window.wait_for_part("is being recorded to");
    window.click("Dismiss");
    window.until("it is put away", |window| {
        (!window.says_part("is being recorded to")).then_some(())
    });
}

#[test]
fn recordings_of_the_original_open_read_only_with_their_faults() {
    let Some(captures) = captures::folder() else {
        return;
    };
    let file = captures.join("original-recordings/game_20251031_150633.jsonl");
    let before = std::fs::read(&file).unwrap();
    let mut window = Window::replaying(practice(3, 0.1), file.clone());
    window.wait_for_part("REPLAY");
    window.key(Key::Space);
    window.key(Key::End);
    assert!(window.says_part("ticks missing"), "{:#?}", window.texts());
    assert!(same(&file, &before));
}

fn same(file: &Path, before: &[u8]) -> bool {
    std::fs::read(file).unwrap() == before
}
