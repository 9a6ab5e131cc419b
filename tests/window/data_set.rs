//! The data set of the library, by label: it is built in the background, with progress, result and folder.

use std::fs;

use egui::{Event, Key, Modifiers, OutputCommand};
use pianola::protocol::GameId;
use pianola::recording::Origin;
use pianola::settings::file::LoadedSettings;

use crate::support::data_set::{files_of, games_on, put_game};
use crate::support::files::overwrite;
use crate::support::recorded_session;
use crate::support::session_facts::{a_long_and_another_game, a_session};
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels::{click_at, value};

/// A window whose library shows a session of two games, and further games of another day.
fn library(more_games: usize) -> Window {
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let games = a_long_and_another_game();
    recorded_session::record(&out, &games, a_session(&games));
    let game = &games_on("2025-12-15", 1, 1)[0];
    for number in 0..more_games {
        let mut game = game.clone();
        game.id = GameId::new(&format!("20251215-{number:08x}")).unwrap();
        put_game(&out, &game, Origin::Practice);
    }
    let mut window = Window::at_home(home, practice(3, 0.1), LoadedSettings::default(), None);
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::L);
    window.wait_for("2 of 2 sessions");
    window.click("Open…");
    window.click("Data set…");
    window.wait_for("Save to");
    window
}

/// Clicks and returns what the click opens.
fn opened(window: &mut Window, button: &str) -> Vec<String> {
    let pos = window.wait_its(button).rect.center();
    click_at(&mut window.harness, pos);
    let output = &window.harness.output().platform_output;
    let urls = output.commands.iter().filter_map(|command| match command {
        OutputCommand::OpenUrl(url) => Some(url.url.clone()),
        _ => None,
    });
    urls.collect()
}

#[test]
fn a_data_set_is_built_beside_the_recordings_and_its_folder_is_opened() {
    let mut window = library(0);
    let set = window.home.path().join("dataset");
    let field = value(&window.harness, "Folder of the data set");
    assert_eq!(field.as_deref(), set.to_str());
    window.click("Build");
    window.wait_for("Data set saved");
    window.wait_for_part("2 games (2 new, 0 changed, 0 unchanged), ");
    window.wait_for("No findings");
    assert!(set.join("dataset.json").is_file());
    // What is remembered of the files' times is settled some seconds after they were written.
    let lasting = || {
        let mut files = files_of(&set);
        files.retain(|path, _| !path.starts_with(".state/files/"));
        files
    };
    let files = lasting();
    assert_eq!(
        opened(&mut window, "Open folder"),
        [format!("file://{}", set.display())]
    );
    assert_eq!(
        opened(&mut window, "Open report"),
        [format!("file://{}/quality.html", set.display())]
    );
    // A second build finds nothing to do.
    window.click("Build again");
    window.wait_for_part("2 games (0 new, 0 changed, 2 unchanged), ");
    assert_eq!(lasting(), files);
    window.click("Close");
    window.frame();
    assert!(!window.says("Save to"));
    // The result is still there when the panel is opened again.
    window.click("Open…");
    window.click("Data set…");
    window.wait_for("Data set saved");
    window.key(Key::Escape);
    window.frame();
    assert!(!window.says("Save to") && window.says("2 of 2 sessions"));
}

#[test]
fn findings_are_counted_and_an_error_says_what_to_do() {
    let mut window = library(0);
    let day = fs::read_dir(window.out())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let day = day
        .filter(|path| path.join("games").is_dir())
        .last()
        .unwrap();
    overwrite(&day.join("games/20260101T000000_broken.game.json"), b"{");
    window.click("Build");
    window.wait_for("1 finding: the report names the files");
    let type_path = |window: &mut Window, path: &str| {
        window.click("Folder of the data set");
        window
            .harness
            .key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.harness.event(Event::Text(path.to_owned()));
        window.frame();
        window.click("Build again");
    };
    let inside = window.out().join("set").display().to_string();
    type_path(&mut window, &inside);
    window.wait_for("Choose a folder outside of the recordings");
    let blocker = window.home.path().join("blocker");
    overwrite(&blocker, b"a file");
    let file = blocker.join("set").display().to_string();
    type_path(&mut window, &file);
    window.wait_for_part("blocker is no folder");
    type_path(&mut window, " ");
    window.wait_for("Type or choose the folder of the data set first");
}

#[test]
fn a_build_is_cancelled_and_goes_on_while_the_panel_is_closed() {
    let mut window = library(1_500);
    let set = window.home.path().join("dataset");
    window.click("Build");
    window.wait_for_part("Reading recordings: ");
    window.click("Cancel");
    window.wait_for_part("cancelled: the data set is as it was");
    assert!(!set.join("dataset.json").exists());
    window.click("Build again");
    window.wait_for_part("Reading recordings: ");
    window.click("Close");
    // The list shows how far it is, and the window goes on meanwhile.
    window.wait_for_part("Data set: ");
    window.until("the data set", |_window| {
        set.join("dataset.json").is_file().then_some(())
    });
    window.click("Open…");
    window.click("Data set…");
    window.wait_for_part("1502 games (1502 new");
}
