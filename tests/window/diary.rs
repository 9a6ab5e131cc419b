//! The line of a day in the diary when the disk does not take it.

use std::fs;

use egui::{Event, Key};
use pianola::settings::file::LoadedSettings;

use crate::library::fill_library;
use crate::review::{click_exactly, on_review};
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels;

const FIELD: &str = "Diary of the day";

#[test]
fn a_line_that_the_disk_does_not_take_stays_in_its_field_with_the_reason_until_it_does() {
    let home = tempfile::tempdir().unwrap();
    fill_library(&home);
    let loaded = LoadedSettings::default();
    let mut window = on_review(Window::at_home(home, practice(3, 0.1), loaded, None));
    click_exactly(&mut window, "Day");
    window.wait_its(FIELD);
    let text = |window: &Window| labels::value(&window.harness, FIELD);
    // A folder is in the way of the file.
    let diary = window.out().join("diary.json");
    fs::create_dir(&diary).unwrap();
    window.click(FIELD);
    window.harness.event(Event::Text("calm".to_owned()));
    window.frame();
    window.key(Key::Enter);
    window.wait_for_part("Not saved: cannot ");
    assert_eq!(text(&window).as_deref(), Some("calm"));
    // On another page and back it is still there, and not saved.
    window.ctrl(Key::L);
    window.wait_for("2 of 2 sessions");
    window.ctrl(Key::E);
    window.wait_its(FIELD);
    assert_eq!(text(&window).as_deref(), Some("calm"));
    assert!(window.says_part("Not saved: cannot "));
    fs::remove_dir(&diary).unwrap();
    window.click(FIELD);
    window.key(Key::Enter);
    window.until("the diary", |window| {
        (diary.is_file() && !window.says_part("Not saved: ")).then_some(())
    });
    assert_eq!(text(&window).as_deref(), Some("calm"));
    assert!(fs::read_to_string(&diary).unwrap().contains("\"calm\""));
}
