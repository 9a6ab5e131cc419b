//! Strategies are saved from the window, by label: to a new file and to the same one, never over what another program
//! wrote, and unsaved changes are named before they are lost.

use std::fs;
use std::path::PathBuf;

use egui::Key;
use egui_kittest::kittest::Queryable as _;

use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels;

const FIRST: &str = "in presale buy 0.01\nafter 3 ticks sell all\n";
const SECOND: &str = "in presale buy 0.02\nafter 3 ticks sell all\n";

/// A window with the panel of the piano.
fn piano() -> Window {
    piano_at(0.1)
}

/// The same at a table of this speed.
fn piano_at(times: f64) -> Window {
    let mut window = Window::new(practice(3, times));
    window.wait_for("Source: PRACTICE TABLE");
    window.until("the piano", |window| {
        window.key(Key::P);
        window.control("Play from the next game")
    });
    window
}

fn write(window: &mut Window, field: &str, text: &str) {
    window.wait_its(field);
    labels::write(&mut window.harness, field, text);
}

/// Presses the button with this name and no more.
fn press(window: &mut Window, name: &str) {
    let place = window.harness.get_by_label(name).rect().center();
    labels::click_at(&mut window.harness, place);
    window.frame();
}

fn text(window: &Window) -> String {
    labels::value(&window.harness, "Strategy").unwrap()
}

fn file(window: &Window, name: &str) -> PathBuf {
    window.home.path().join("strategies").join(name)
}

/// Saves the text as this file.
fn save_as(window: &mut Window, name: &str) {
    window.click("Save as…");
    let path = file(window, name);
    write(window, "File of the strategy", path.to_str().unwrap());
    window.click("Save to this file");
    window.until("the file", |window| {
        let is_saved = window.control("Save to this file").is_none();
        (is_saved && path.exists()).then_some(())
    });
}

#[test]
fn a_strategy_is_saved_to_a_new_file_then_to_the_same_one_and_read_back_by_the_program() {
    let mut window = piano();
    write(&mut window, "Strategy", FIRST);
    window.wait_for_part("early-bird (edited)");
    // An example has no file: Save asks for one, beside the recordings.
    press(&mut window, "Save");
    let offered = labels::value(&window.harness, "File of the strategy").unwrap();
    assert!(offered.ends_with("strategies/early-bird.txt"), "{offered}");
    window.click("Cancel");
    save_as(&mut window, "mine.txt");
    window.wait_for_part("mine.txt");
    assert!(!window.says_part("(edited)"));
    assert_eq!(
        fs::read_to_string(file(&window, "mine.txt")).unwrap(),
        FIRST
    );
    write(&mut window, "Strategy", SECOND);
    window.wait_for_part("mine.txt (edited)");
    window.ctrl(Key::S);
    window.until("the file", |window| {
        (fs::read_to_string(file(window, "mine.txt")).unwrap() == SECOND).then_some(())
    });
    // The command reads the same file.
    let read = crate::support::process::pianola()
        .args(["lab", "--games", "2", "--sessions", "2", "--seed", "1"])
        .arg(file(&window, "mine.txt"))
        .output()
        .unwrap();
    assert!(read.status.success(), "{read:?}");
    window.close();
}

#[test]
fn what_another_program_wrote_is_replaced_only_when_the_player_says_so() {
    let mut window = piano();
    write(&mut window, "Strategy", FIRST);
    save_as(&mut window, "mine.txt");
    let path = file(&window, "mine.txt");
    fs::write(&path, "# theirs\n").unwrap();
    write(&mut window, "Strategy", SECOND);
    press(&mut window, "Save");
    window.wait_for_part("Another program has changed ");
    assert_eq!(fs::read_to_string(&path).unwrap(), "# theirs\n");
    window.click("Cancel");
    assert_eq!(text(&window), SECOND);
    press(&mut window, "Save");
    window.wait_for_part("Another program has changed ");
    window.click("Replace it");
    window.until("the file", |_| {
        (fs::read_to_string(&path).unwrap() == SECOND).then_some(())
    });
    // Or the other text is taken.
    fs::write(&path, "# theirs again\n").unwrap();
    write(&mut window, "Strategy", FIRST);
    press(&mut window, "Save");
    window.press("Read it again");
    window.until("their text", |window| {
        (text(window) == "# theirs again\n").then_some(())
    });
    // A file that is there already is not replaced by a new one.
    let other = file(&window, "other.txt");
    fs::write(&other, "# other\n").unwrap();
    window.click("Save as…");
    write(&mut window, "File of the strategy", other.to_str().unwrap());
    window.click("Save to this file");
    window.wait_for_part("other.txt is there already");
    assert_eq!(fs::read_to_string(&other).unwrap(), "# other\n");
    window.close();
}

#[test]
fn where_nothing_can_be_written_the_reason_is_beside_the_path() {
    let mut window = piano();
    write(&mut window, "Strategy", FIRST);
    fs::write(window.home.path().join("strategies"), "no folder").unwrap();
    window.click("Save as…");
    window.click("Save to this file");
    window.wait_for_part("Cannot save ");
    let field = labels::value(&window.harness, "File of the strategy").unwrap();
    assert!(field.ends_with("early-bird.txt"), "{field}");
    window.wait_for_part("early-bird (edited)");
    window.close();
}

/// Closes the window as the player does. Returns whether it stays open.
fn close(window: &mut Window) -> bool {
    let viewport = window
        .harness
        .input_mut()
        .viewports
        .entry(egui::ViewportId::ROOT);
    viewport
        .or_default()
        .events
        .push(egui::ViewportEvent::Close);
    window.frame();
    let output = window.harness.output();
    let commands = &output.viewport_output[&egui::ViewportId::ROOT].commands;
    commands.contains(&egui::ViewportCommand::CancelClose)
}

#[test]
fn the_question_before_the_window_closes_is_over_the_compact_page_too_and_no_key_trades() {
    // The presale begins after 5 s and lasts 10 s.
    let mut window = piano_at(1.0);
    write(&mut window, "Strategy", FIRST);
    // Leaves the field, then the panel.
    for _ in 0..2 {
        window.key(Key::Escape);
    }
    window.until("a buy is possible", |window| {
        window.control("BUY ").filter(|buy| buy.able)
    });
    window.ctrl(Key::M);
    window.wait_its("Whole window");
    assert!(close(&mut window), "the window stays open");
    window.wait_for("Unsaved changes in early-bird are lost.");
    window.key(Key::B);
    window.click("Stay");
    window.until("the window stays", |window| {
        window.control("Stay").is_none().then_some(())
    });
    let (reports, home) = window.close();
    let sessions: u64 = reports.iter().map(|report| report.sessions).sum();
    assert_eq!(sessions, 0, "no order was sent: {}", home.path().display());
}

#[test]
fn unsaved_changes_are_named_before_an_example_takes_their_place_and_before_the_window_closes() {
    let mut window = piano();
    write(&mut window, "Strategy", FIRST);
    window.click("Example");
    window.click("double-up");
    window.wait_for("Unsaved changes in early-bird are lost.");
    assert_eq!(text(&window), FIRST);
    window.click("Keep editing");
    assert_eq!(text(&window), FIRST);
    assert!(close(&mut window), "the window stays open");
    window.wait_for("Unsaved changes in early-bird are lost.");
    window.click("Stay");
    window.until("the window stays", |window| {
        window.control("Stay").is_none().then_some(())
    });
    window.click("Example");
    window.click("double-up");
    window.click("Discard changes");
    window.until("the example", |window| {
        text(window).contains("2x is").then_some(())
    });
    // Nothing is lost any more.
    assert!(!close(&mut window));
    window.close();
}
