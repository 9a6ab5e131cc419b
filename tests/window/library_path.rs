//! The path of the library: a folder or a file that is typed.

use egui::{Event, Key};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::library::library;
use crate::support::recorded_session;
use crate::support::session_facts::{a_long_and_another_game, a_session};
use crate::support::skipped;
use crate::support::window::app_window::Window;
use crate::support::window::labels;

/// Types into the field of the path and presses Enter.
fn go_to(window: &mut Window, path: &str) {
    window.click("Path");
    window.ctrl(Key::A);
    window.harness.event(Event::Text(path.to_owned()));
    window.frame();
    window.key(Key::Enter);
    window.frame();
}

fn path_shown(window: &Window) -> String {
    labels::value(&window.harness, "Path").unwrap()
}

#[test]
fn a_folder_or_a_file_is_opened_by_its_path_and_a_wrong_one_says_why() {
    let mut window = library();
    let own = window.out();
    assert_eq!(path_shown(&window), own.to_str().unwrap());
    let other = tempfile::tempdir().unwrap();
    let games = a_long_and_another_game();
    let session = recorded_session::record(other.path(), &games, a_session(&games));
    let folder = other.path().to_str().unwrap();
    // What does not exist is said beside the field, and the text stays to be mended.
    let missing = format!("{folder}/missing.game.json");
    go_to(&mut window, &missing);
    window.wait_for_part("cannot open ");
    assert_eq!(path_shown(&window), missing);
    assert_eq!(window.out(), own, "the folder is shown still");
    go_to(&mut window, "  ");
    window.wait_for_part("Type the path");
    // As it is pasted: with spaces and quotes around it.
    go_to(&mut window, &format!(" \"{folder}\" "));
    window.until("the folder is listed", |window| {
        (path_shown(window) == folder).then_some(())
    });
    // The folder before has two.
    window.wait_for("0 damaged files");
    assert!(!window.says_part("cannot open "));
    go_to(&mut window, session.to_str().unwrap());
    window.wait_for_part("REPLAY");
    window.ctrl(Key::L);
    window.wait_for("1 of 1 session");
    assert_eq!(path_shown(&window), folder);
}

#[test]
fn the_path_is_reached_by_tab() {
    let mut window = library();
    window.until("the field has the focus", |window| {
        window.key(Key::Tab);
        window.frame();
        let field = window.harness.query_by_label("Path")?;
        field.accesskit_node().is_focused().then_some(())
    });
}

#[test]
fn a_desktop_without_a_file_dialog_says_what_to_do() {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let zenity = std::env::split_paths(&path).any(|folder| folder.join("zenity").exists());
    let bus = std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
        || std::env::var_os("XDG_RUNTIME_DIR").is_some();
    if zenity || bus {
        skipped::skip("bare desktop", "this desktop may have a file dialog");
        return;
    }
    let mut window = library();
    for button in ["File…", "Folder…"] {
        window.click("Open…");
        window.click(button);
        window.wait_for_part("no file dialog (no portal and no zenity)");
        let field = window.harness.query_by_label("Path").unwrap();
        assert!(field.accesskit_node().is_focused(), "{button}");
        window.click("Dismiss");
        window.until("it is put away", |window| {
            (!window.says_part("no file dialog")).then_some(())
        });
    }
}
