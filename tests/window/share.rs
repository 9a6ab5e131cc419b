//! Sharing, by label: a session is put into one file, and a shared file is opened only after its check, which says what
//! holds and what does not.

use std::fs;
use std::path::{Path, PathBuf};

use egui::{Key, OutputCommand};
use egui_kittest::kittest::Queryable as _;
use pianola::disk::RealDisk;
use pianola::library::{open, share};
use pianola::recording::{SessionNotes, write_notes};
use pianola::settings::file::LoadedSettings;
use serde_json::{Value, json};

use crate::support::files::{all_below, overwrite};
use crate::support::process::{run, stderr};
use crate::support::recorded_session::{self, RecordedSession};
use crate::support::session_facts::{a_long_and_another_game, a_session};
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels::{click_at, value, write};
use crate::support::zip_archive::{ZipEntry, unzip, zip};

/// The target of the panel.
const TARGET: &str = "File to share";

/// A window whose library shows a session with notes in the second row; the first one is the running session.
fn library() -> Window {
    let home = tempfile::tempdir().unwrap();
    let games = a_long_and_another_game();
    let session = recorded_session::record(&home.path().join("out"), &games, a_session(&games));
    put_notes(&session);
    let mut window = Window::at_home(home, practice(3, 0.1), LoadedSettings::default(), None);
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::L);
    window.wait_for("2 of 2 sessions");
    window
}

fn put_notes(session: &Path) {
    let notes = SessionNotes {
        text: "a long day".to_owned(),
        tags: vec!["calm".to_owned()],
        ..SessionNotes::default()
    };
    write_notes(&RealDisk, session, &notes).unwrap();
}

/// Returns the content of a bundle, and the name and the id that must not be in it.
fn has_identity(file: &Path, session: &Value) -> [bool; 2] {
    ["username", "player_id"].map(|key| {
        let own = session["meta"][key].as_str().unwrap().to_lowercase();
        let is_in = |text: &str| text.to_lowercase().contains(&own);
        let files = unzip(&fs::read(file).unwrap());
        files
            .iter()
            .any(|(name, content)| is_in(name) || is_in(std::str::from_utf8(content).unwrap()))
    })
}

fn session_of(window: &Window) -> PathBuf {
    let mut files = all_below(&window.out()).into_iter();
    let session = files.find(|path| path.to_string_lossy().ends_with("_session.json"));
    session.unwrap()
}

/// Saves, and waits for what the panel says.
fn save(window: &mut Window, button: &str, says: &str) {
    window.press(button);
    window.wait_for_part(says);
}

#[test]
fn a_session_is_shared_masked_by_default_and_with_the_name_if_that_is_ticked() {
    let mut window = library();
    // The running session says why not, beside the list and by the key.
    window.key(Key::Home);
    window.until("the link", |window| {
        window.control("Share…").filter(|link| !link.able)
    });
    window.ctrl(Key::S);
    window.wait_for_part("can be shared when it has ended");
    window.key(Key::Escape);
    window.key(Key::ArrowDown);
    window.wait_for_part("Dutch");
    window.press("Share…");
    window.wait_for("The session, 2 games, your notes");
    window.wait_for_part("Names and ids are masked");
    let exports = window.out().join("exports");
    let target = value(&window.harness, TARGET).unwrap();
    assert!(target.starts_with(exports.to_str().unwrap()), "{target}");
    assert!(target.ends_with("_anonymous_session.pianola"), "{target}");
    let masked = PathBuf::from(&target);
    save(&mut window, "Save", "Saved: 2 games");
    let session: Value = serde_json::from_slice(&fs::read(session_of(&window)).unwrap()).unwrap();
    assert_eq!(has_identity(&masked, &session), [false; 2]);
    // The same bytes as those of the command.
    let by_command = share(&RealDisk, &session_of(&window), None, false).unwrap();
    assert_eq!(fs::read(&masked).unwrap(), by_command.bytes);
    window.wait_for_part("Session shared: ");
    let pos = window.wait_its("Open folder").rect.center();
    click_at(&mut window.harness, pos);
    let output = &window.harness.output().platform_output;
    let opens = |command: &OutputCommand| matches!(command, OutputCommand::OpenUrl(url) if url.url == format!("file://{}", exports.display()));
    assert!(output.commands.iter().any(opens), "{:?}", output.commands);
    // With the name, in a file named after it. Keys of the page leave the panel as it is.
    window.click("With my name and id");
    window.wait_for("Your name and id are in the file");
    window.ctrl(Key::S);
    window.key(Key::I);
    window.frame();
    window.wait_for("Your name and id are in the file");
    assert!(window.control("Text of the note").is_none());
    let named = PathBuf::from(value(&window.harness, TARGET).unwrap());
    assert!(named.starts_with(&exports) && named.to_string_lossy().contains("_dutch_"));
    save(&mut window, "Save", "Saved: 2 games");
    assert_eq!(has_identity(&named, &session), [true; 2]);
    // What is there is replaced only on a second press.
    window.click("With my name and id");
    overwrite(&masked, b"another file");
    save(&mut window, "Save", "There is a file of that name");
    assert_eq!(fs::read(&masked).unwrap(), b"another file");
    save(&mut window, "Replace", "Saved: 2 games");
    assert_eq!(fs::read(&masked).unwrap(), by_command.bytes);
    // A path that cannot be written: the file is as it was, and nothing is beside it.
    window.click("With my name and id");
    let below = masked.join("x.pianola");
    write(&mut window.harness, TARGET, below.to_str().unwrap());
    save(&mut window, "Save", "cannot write ");
    assert_eq!(fs::read(&masked).unwrap(), by_command.bytes);
    assert_eq!(fs::read_dir(&exports).unwrap().count(), 2);
    window.key(Key::Escape);
    window.until("the panel is closed", |window| {
        (!window.says_part("With my name and id")).then_some(())
    });
    // From the review, too.
    window.ctrl(Key::E);
    window.wait_for_part("Result: ");
    let from_review = |window: &mut Window, says: &str| {
        window.click("Export");
        window.click("Share…");
        window.wait_for_part(says);
    };
    let close = |window: &mut Window| {
        window.key(Key::Escape);
        window.until("the panel is closed", |window| {
            (!window.says_part("One file with the session")).then_some(())
        });
    };
    from_review(&mut window, "The session, 2 games, your notes");
    close(&mut window);
    // What is gone is named before anything is written; without the session there is nothing to share.
    let files = all_below(&window.out()).into_iter();
    let mut games = files.filter(|path| path.to_string_lossy().ends_with(".game.json"));
    fs::remove_file(games.next().unwrap()).unwrap();
    from_review(&mut window, "Not in it: game ");
    assert!(window.says_part("no file of it was found"));
    assert!(window.says("The session, 1 game, your notes"));
    close(&mut window);
    overwrite(&session_of(&window), b"{");
    from_review(&mut window, "cannot open ");
    assert!(window.control("Save").is_none());
}

#[test]
fn enter_saves_in_the_panel_and_never_reaches_the_library_behind_it() {
    let mut window = library();
    window.key(Key::ArrowDown);
    window.wait_for_part("Dutch");
    // The key and what follows it, before the next frame.
    window
        .harness
        .key_press_modifiers(egui::Modifiers::COMMAND, Key::S);
    window.wait_for("The session, 2 games, your notes");
    window.key(Key::Enter);
    window.wait_for_part("Saved: 2 games");
    assert!(!window.says_part("REPLAY"), "{:#?}", window.texts());
    for key in [Key::Enter, Key::ArrowDown, Key::Slash] {
        window.key(key);
    }
    window.harness.event(egui::Event::Text("x".to_owned()));
    window.key(Key::Escape);
    window.until("the panel is closed", |window| {
        (!window.says_part("One file with the session")).then_some(())
    });
    assert_eq!(value(&window.harness, "Search").as_deref(), Some(""));
    window.key(Key::Enter);
    window.wait_for_part("REPLAY");
}

#[test]
fn enter_replays_a_shared_file_that_holds() {
    let folder = tempfile::tempdir().unwrap();
    let (_recorded, file) = shared_file(folder.path());
    let mut window = opened(&file, "Everything holds");
    window.key(Key::Enter);
    window.wait_for_part("REPLAY");
}

/// Opens a file that the command line names, and draws until the panel says this.
fn opened(file: &Path, says: &str) -> Window {
    let mut window = Window::replaying(practice(3, 0.1), file.to_owned());
    window.wait_for_part(says);
    assert!(!window.says_part("REPLAY"), "{:#?}", window.texts());
    window
}

fn shared_file(folder: &Path) -> (RecordedSession, PathBuf) {
    let recorded = RecordedSession::new();
    put_notes(&recorded.path);
    let file = folder.join("day.pianola");
    let bundle = share(&RealDisk, &recorded.path, None, false).unwrap();
    overwrite(&file, &bundle.bytes);
    (recorded, file)
}

#[test]
fn a_shared_file_shows_its_proof_before_it_is_replayed_or_reviewed() {
    let folder = tempfile::tempdir().unwrap();
    let (recorded, file) = shared_file(folder.path());
    let mut window = opened(&file, "Everything holds");
    let actions = recorded.json()["actions"].as_array().unwrap().len();
    for text in [
        "2 of 2 games proven".to_owned(),
        format!("{actions} of {actions} rows agree with the replay"),
        "Names and ids are masked".to_owned(),
        "With a text, 1 tag".to_owned(),
        "As they were when they were shared".to_owned(),
    ] {
        assert!(window.says(&text), "{text}: {:#?}", window.texts());
    }
    let games = window.texts().into_iter();
    let games = games.filter(|text| text.contains(", proven: ")).count();
    assert_eq!(games, 2, "{:#?}", window.texts());
    click_in_panel(&mut window, "Replay");
    window.wait_for_part("REPLAY");
    // It is passed on as it is, which the menu and the key say.
    window.click("Menu");
    window.click("Share the session…");
    window.wait_for_part("This is a shared file already");
    window.key(Key::Escape);
    window.until("the panel is closed", |window| {
        (!window.says("Share a session")).then_some(())
    });
    window.ctrl(Key::S);
    window.wait_for_part("This is a shared file already");
    window.key(Key::Escape);
    window.key(Key::L);
    window.ctrl(Key::L);
    // Opened again it is checked again; closed, nothing of it is shown.
    let open_by_path = |window: &mut Window| {
        write(&mut window.harness, "Path", file.to_str().unwrap());
        window.key(Key::Enter);
        window.wait_for("Everything holds");
    };
    open_by_path(&mut window);
    window.key(Key::Escape);
    window.until("the panel is closed", |window| {
        (!window.says("Everything holds")).then_some(())
    });
    assert!(!window.says_part("REPLAY"));
    open_by_path(&mut window);
    click_in_panel(&mut window, "Review");
    window.wait_for_part("Result: ");
    // From the review it is replayed without a second question.
    let is_row = |text: &String| text.starts_with("Trade ") && text.contains(", entry ");
    let row = window.until("a trade", |window| window.texts().into_iter().find(is_row));
    window.click(&row);
    window.wait_for_part("REPLAY");
}

/// Returns where the button of the panel with exactly this name is, as soon as the panel has found its place. The page
/// behind it may have one of the same name: the panel is drawn last.
pub fn panel_button(window: &mut Window, name: &str) -> egui::Rect {
    let (mut last, mut same) = (None, 0);
    window.until(name, |window| {
        let named = window.harness.query_all_by_label(name);
        let now = named.last().map(|node| node.rect());
        same = if now == last { same + 1 } else { 0 };
        last = now;
        now.filter(|_| same == 5)
    })
}

/// Clicks the button of the panel with exactly this name.
fn click_in_panel(window: &mut Window, name: &str) {
    let place = panel_button(window, name).center();
    click_at(&mut window.harness, place);
    window.frame();
}

/// Returns the archive of a bundle's files after a change.
fn changed(bundle: &[u8], change: impl Fn(&str, &mut Value)) -> Vec<u8> {
    let files = unzip(bundle).into_iter().map(|(name, content)| {
        let mut value: Value = serde_json::from_slice(&content).unwrap();
        let before = value.clone();
        change(&name, &mut value);
        let text = if value == before {
            content
        } else {
            serde_json::to_vec(&value).unwrap()
        };
        ZipEntry::new(&name, &text)
    });
    zip(&files.collect::<Vec<_>>())
}

#[test]
fn what_does_not_hold_in_a_shared_file_is_listed_and_replayed_only_as_a_second_choice() {
    let folder = tempfile::tempdir().unwrap();
    let (_, file) = shared_file(folder.path());
    let bundle = fs::read(&file).unwrap();
    let wrong = changed(&bundle, |name, value| {
        if name.ends_with("_session.json") {
            value["actions"][0]["balance_after"] = json!("7");
        } else if name.starts_with("games/") && value["meta"]["server_seed"].is_string() {
            value["meta"]["server_seed"] = json!("00");
        }
    });
    overwrite(&file, &wrong);
    let mut window = opened(&file, "things do not hold");
    for text in [
        "0 of 2 games proven",
        "contradicts its seed",
        "action 1 BUY balance_after: recorded 7, computed ",
        "3 files changed after sharing",
        "_session.json",
    ] {
        assert!(window.says_part(text), "{text}: {:#?}", window.texts());
    }
    assert!(!window.says("Everything holds"));
    // The command finds the same.
    let output = run(&["replay", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("contradicts its seed"));
    click_in_panel(&mut window, "Replay anyway");
    window.wait_for_part("REPLAY");
}

#[test]
fn a_damaged_or_hostile_file_is_refused_as_by_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    let (_, file) = shared_file(folder.path());
    let bundle = fs::read(&file).unwrap();
    let files = unzip(&bundle);
    let mut flipped = bundle.clone();
    flipped[bundle.len() / 2] ^= 0x10;
    let entry = |name: &str| ZipEntry::new(name, b"{}");
    let of_files = files
        .iter()
        .map(|(name, content)| ZipEntry::new(name, content));
    let outside: Vec<_> = of_files.chain([entry("../evil")]).collect();
    let zeros = vec![0; 60 << 20];
    let bomb = ["manifest.json", "a", "b"].map(|name| ZipEntry::new(name, &zeros));
    let link = ZipEntry {
        rights: 0o120_777,
        ..entry("manifest.json")
    };
    // The end of an archive of a million files can only say so many.
    let end = bundle.len() - 22;
    let mut many = bundle.clone();
    many[end + 8..end + 12].copy_from_slice(&[0xff; 4]);
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::L);
    for (number, (bytes, words)) in [
        (flipped, "damaged"),
        (zip(&outside), "no file of a bundle"),
        (zip(&bomb), "too long"),
        (zip(&[link]), "headers"),
        (many, "65535 files"),
        (b"{}".to_vec(), "no recording"),
    ]
    .into_iter()
    .enumerate()
    {
        // Each file has a name of its own, so that what is said is of this one.
        let file = folder.path().join(format!("{number}.pianola"));
        overwrite(&file, &bytes);
        let why = open(&RealDisk, &file).unwrap_err();
        assert!(why.contains(words), "{words}: {why}");
        write(&mut window.harness, "Path", file.to_str().unwrap());
        window.key(Key::Enter);
        window.wait_for(&format!("{number}.pianola cannot be opened"));
        assert!(window.says(&why), "{why}: {:#?}", window.texts());
        for button in ["Replay", "Replay anyway", "Review anyway"] {
            assert!(!window.says(button), "{button}");
        }
        window.key(Key::Escape);
        window.until("the panel is closed", |window| {
            (!window.says_part("pianola cannot be opened")).then_some(())
        });
    }
    assert!(!window.says_part("REPLAY"));
}
