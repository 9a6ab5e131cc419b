//! Notes in the window, by label: written in play, in a replay, in the library and in the review; read from their files.

use std::fs;
use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use pianola::recording::notes_path;
use pianola::settings::file::LoadedSettings;
use serde_json::{Value, json};

use crate::library::fill_library;
use crate::support::files::all_below;
use crate::support::process;
use crate::support::running_session;
use crate::support::seeds::seed_of;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels;

/// Ticks of the first game: enough for everything that is done in it.
const LONG: std::ops::Range<u32> = 400..900;
const TEXT: &str = "Text of the note";
const TAGS: &str = "Tags of the note";

/// Opens the editor with the key, and waits until it can be written in.
pub fn open(window: &mut Window) {
    window.key(Key::I);
    window.wait_its(TEXT);
    window.frame();
}

fn text(window: &Window) -> String {
    labels::value(&window.harness, TEXT).unwrap_or_default()
}

/// Saves with the key, and waits until the editor is closed: its note is on the disk.
pub fn save(window: &mut Window) {
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.until("saved", |window| {
        window.control(TEXT).is_none().then_some(())
    });
}

fn files_with(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let all = all_below(folder).into_iter();
    all.filter(|path| path.to_string_lossy().ends_with(ending))
        .collect()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Returns the texts of the notes in a file.
fn texts(path: &Path) -> Vec<Value> {
    let notes = read(path)["notes"].clone();
    let notes = notes.as_array().into_iter().flatten();
    notes.map(|note| note["text"].clone()).collect()
}

fn live_tick(window: &mut Window) -> u32 {
    window.until("a tick", |window| {
        let app = window.harness.state().borrow();
        let view = app.as_ref()?.view()?;
        view.tick.filter(|tick| *tick > 3)
    })
}

/// Writes notes, and never presses Save: beside the one note of the session, and on it. Returns its new text.
fn writes_without_saving(window: &mut Window, path: &Path) -> String {
    let saved = read(path);
    // What is typed is saved, so that a kill does not lose it; tags are offered; a discarded note is as it was before.
    open(window);
    window.click("tilt");
    assert_eq!(
        labels::value(&window.harness, TAGS).as_deref(),
        Some("tilt, ")
    );
    window.click(TEXT);
    window.harness.event(Event::Text("another".to_owned()));
    window.until("saved by itself", |window| {
        assert!(window.control(TEXT).is_some(), "the editor stays open");
        texts(path).contains(&json!("another")).then_some(())
    });
    assert_eq!(text(window), "another");
    window.click("Discard");
    window.until("as before", |window| {
        (window.control(TEXT).is_none() && read(path) == saved).then_some(())
    });
    window.wait_for_part("1 note.");
    // Escape closes the editor, saves what was typed, and is no press of the emergency stop.
    window.click("Edit note, Game ");
    window.until("the text", |window| (text(window) == "bsd").then_some(()));
    window.harness.event(Event::Text("more ".to_owned()));
    window.frame();
    let changed = text(window).trim().to_owned();
    window.key(Key::Escape);
    window.key(Key::Escape);
    window.frame();
    assert!(window.control(TEXT).is_none());
    assert!(!window.says_part("STOPPED"));
    window.wait_for_part(&changed);
    assert_eq!(texts(path), [changed.as_str()]);
    // Where the disk does not take it, it is a draft, which comes before any other note until it is discarded.
    let aside = path.with_extension("aside");
    fs::rename(path, &aside).unwrap();
    fs::create_dir(path).unwrap();
    open(window);
    window.harness.event(Event::Text("third".to_owned()));
    window.frame();
    window.key(Key::Escape);
    window.wait_for_part(" is not saved, and kept as a draft: cannot read");
    assert!(window.control(TEXT).is_none());
    open(window);
    assert_eq!(text(window), "third");
    assert!(window.says_part("Your draft. Save or discard it"));
    window.click("Discard");
    window.until("discarded", |window| {
        window.control(TEXT).is_none().then_some(())
    });
    fs::remove_dir(path).unwrap();
    fs::rename(&aside, path).unwrap();
    changed
}

#[test]
fn a_note_is_written_in_play_and_no_key_of_it_trades() {
    let mut window = Window::new(practice(seed_of(10, &[LONG]), 6.0));
    window.wait_its("BUY ");
    let tick = live_tick(&mut window);
    let out = window.out();
    open(&mut window);
    // The letters of the trade keys, and the space that plays a replay.
    for (key, letter) in [
        (Key::B, "b"),
        (Key::S, "s"),
        (Key::D, "d"),
        (Key::Space, " "),
    ] {
        window.type_key(key, letter);
    }
    assert_eq!(text(&window), "bsd ");
    // Beside its text fields the keys do nothing either.
    window.click("Star of the note");
    window.frame();
    window.type_key(Key::B, "b");
    window.click(TAGS);
    window.harness.event(Event::Text("late, tilt".to_owned()));
    window.frame();
    // A disk that does not take it: the text stays, with the reason.
    let journal = files_with(&out, ".session").remove(0);
    let path = notes_path(&journal);
    fs::create_dir_all(&path).unwrap();
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.wait_for_part("Not saved: cannot read");
    assert_eq!(text(&window), "bsd ");
    fs::remove_dir(&path).unwrap();
    save(&mut window);
    assert_eq!(running_session::short(&out), [], "no order was sent");
    let saved = read(&path);
    let note = &saved["notes"][0];
    assert_eq!(
        (&note["text"], &note["star"]),
        (&json!("bsd"), &json!(true))
    );
    assert_eq!(note["tags"], json!(["late", "tilt"]));
    assert!(note["tick"].as_u64().unwrap() >= u64::from(tick), "{note}");
    assert!(saved["session_id"].is_string());
    // It is a flag on the chart, and a line in the list.
    window.wait_for_part("1 note.");
    window.click("Notes");
    window.wait_its("Note, Game ");
    let changed = writes_without_saving(&mut window, &path);
    // The note is there when it is edited, and its tags are offered for others; deleted, its file goes.
    window.click("Edit note, Game ");
    window.until("the text", |window| (text(window) == changed).then_some(()));
    window.click("Delete");
    window.until("removed", |window| {
        (window.control(TEXT).is_none() && !path.exists()).then_some(())
    });
    window.until("no flag", |window| {
        (!window.says_part("1 note.")).then_some(())
    });
    // A session with a note is saved, also without any order.
    open(&mut window);
    window.harness.event(Event::Text("watched".to_owned()));
    window.frame();
    save(&mut window);
    let (left, home) = window.close();
    assert_eq!(left[0].sessions, 1);
    let session = files_with(&home.path().join("out"), "_session.json").remove(0);
    assert_eq!(read(&notes_path(&session))["notes"][0]["text"], "watched");
}

/// Replays the chosen session, and pauses it six steps after its start.
pub fn replay_sixth_step(window: &mut Window) {
    window.key(Key::Enter);
    window.wait_for_part("REPLAY");
    window.key(Key::Space);
    window.key(Key::Home);
    for _ in 0..6 {
        window.key(Key::ArrowRight);
    }
}

/// A window on a folder with one session, and the path of that session.
pub fn window_on_a_session() -> (Window, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    fill_library(&home);
    let sessions = files_with(&home.path().join("out"), "_session.json").into_iter();
    let mut whole = sessions.filter(|path| !path.to_string_lossy().contains("broken"));
    let session = whole.next().unwrap();
    let mut window = Window::at_home(home, practice(3, 0.1), LoadedSettings::default(), None);
    window.wait_for("Source: PRACTICE TABLE");
    (window, session)
}

/// Clicks the last control whose name begins so.
fn click_last(window: &mut Window, begins: &str) {
    let named = begins.to_owned();
    let nodes = window
        .harness
        .query_all_by(move |node| node.label().is_some_and(|name| name.starts_with(&named)));
    let rect = nodes.last().expect("a control").rect();
    labels::click_at(&mut window.harness, rect.center());
    window.frame();
}

/// Clicks the button with exactly this name.
fn click_exactly(window: &mut Window, name: &str) {
    let button = window.harness.get_by_role_and_label(Role::Button, name);
    let at = button.rect().center();
    labels::click_at(&mut window.harness, at);
    window.frame();
}

#[test]
fn the_library_stars_notes_searches_and_filters_and_a_replay_has_the_flags() {
    let (mut window, session) = window_on_a_session();
    let recorded = fs::read(&session).unwrap();
    let notes = notes_path(&session);
    window.ctrl(Key::L);
    window.wait_for("2 of 2 sessions");
    // The running session is above the recorded one.
    click_last(&mut window, "Star of ");
    window.until("the star", |_| notes.exists().then_some(()));
    assert_eq!(read(&notes)["star"], json!(true));
    window.click("Filters");
    window.click("With a star");
    window.wait_for("1 of 2 sessions");
    window.click("Clear");
    window.wait_for("2 of 2 sessions");
    window.key(Key::End);
    window.wait_for_part("Dutch");
    open(&mut window);
    for letter in ["calm ", "evening"] {
        window.harness.event(Event::Text(letter.to_owned()));
        window.frame();
    }
    window.click(TAGS);
    window.harness.event(Event::Text("#relaxed".to_owned()));
    window.frame();
    save(&mut window);
    let saved = read(&notes);
    assert_eq!(saved["text"], "calm evening");
    assert_eq!(
        (&saved["tags"], &saved["star"]),
        (&json!(["relaxed"]), &json!(true))
    );
    window.key(Key::Slash);
    window.frame();
    window.harness.event(Event::Text("EVENING".to_owned()));
    window.wait_for("1 of 2 sessions");
    window.click("Clear");
    window.wait_for("2 of 2 sessions");
    window.click("Filters");
    window.click("#relaxed");
    window.wait_for("1 of 2 sessions");
    window.key(Key::Escape);
    window.click("Clear");
    window.wait_for("2 of 2 sessions");
    // In the replay a note is on the tick that is shown.
    window.key(Key::End);
    replay_sixth_step(&mut window);
    let here = window.its("Seek: ").name;
    open(&mut window);
    window.type_key(Key::Space, " ");
    window.harness.event(Event::Text("here".to_owned()));
    window.frame();
    save(&mut window);
    let note = read(&notes)["notes"][0].clone();
    assert_eq!((&note["text"], &note["tick"]), (&json!("here"), &json!(5)));
    window.until("a flag", |window| {
        (window.its("Seek: ").name == format!("{here}, 1 note")).then_some(())
    });
    window.key(Key::End);
    window.frame();
    assert_ne!(window.its("Seek: ").name, format!("{here}, 1 note"));
    window.click("Notes");
    window.click("Note, Game ");
    window.until("its tick", |window| {
        (window.its("Seek: ").name == format!("{here}, 1 note")).then_some(())
    });
    // What comes next is hidden, and so are its notes.
    window.key(Key::Home);
    window.click("Hide what comes next");
    window.frame();
    assert!(!window.its("Seek: ").name.contains("note"));
    assert!(window.control("Note, Game ").is_none());
    assert_eq!(fs::read(&session).unwrap(), recorded);
}

#[test]
fn the_review_has_notes_on_trades_a_filter_by_their_tags_and_a_diary() {
    let (mut window, session) = window_on_a_session();
    let notes = notes_path(&session);
    window.ctrl(Key::E);
    window.wait_for_part("Result: ");
    window.click("All sessions");
    window.wait_for_part("SOL in 1 session");
    click_exactly(&mut window, "Session");
    window.wait_for_part("Total value ");
    click_last(&mut window, "Note on the trade at ");
    window.wait_its(TEXT);
    window.frame();
    window.harness.event(Event::Text("too late".to_owned()));
    window.frame();
    window.click(TAGS);
    window.harness.event(Event::Text("late".to_owned()));
    window.frame();
    save(&mut window);
    window.wait_for_part(", with a note");
    let trip = read(&notes)["notes"][0]["trip"].as_u64().unwrap();
    let output = process::pianola()
        .args(["review", "--json"])
        .arg(&session)
        .output()
        .unwrap();
    let text = process::stdout(&output);
    let said: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let trips = said["trips"].as_array().unwrap().iter();
    let with_note: Vec<_> = trips
        .filter(|row| row["note"] == "too late")
        .map(|row| (row["row"].as_u64(), row["tags"].clone()))
        .collect();
    assert_eq!(with_note, [(Some(trip), json!(["late"]))], "{said:#}");
    // In the smallest window the menus of a day have room for their words, and none is cut off.
    window.harness.set_size(egui::vec2(700.0, 600.0));
    click_exactly(&mut window, "Day");
    window.until("room for both menus", |window| {
        let rect = |name| window.control(name).map(|control| control.rect);
        let (source, tag) = (rect("Reviewed source")?, rect("Reviewed tag")?);
        let wide = source.width().min(tag.width()) > 100.0;
        let apart = source.right() < tag.left() && tag.right() < rect("Export")?.left();
        (wide && apart).then_some(())
    });
    window.harness.set_size(egui::vec2(1_400.0, 900.0));
    // The page filters by the new tag at once.
    window.click("All sessions");
    window.wait_its("Reviewed tag");
    window.click("Reviewed tag");
    window.click("late");
    window.until("one trade", |window| {
        let texts = window.texts().into_iter();
        let trades = texts.filter(|text| text.starts_with("Trade ") && text.contains("entry "));
        (trades.count() == 1).then_some(())
    });
    // The diary has a line for the day, which is in its file after Enter.
    click_exactly(&mut window, "Day");
    let field = "Diary of the day";
    window.wait_its(field);
    window.click(field);
    window.type_key(Key::B, "b");
    window.harness.event(Event::Text("ut calm".to_owned()));
    window.frame();
    window.key(Key::Enter);
    let diary = window.out().join("diary.json");
    window.until("the diary", |_| diary.exists().then_some(()));
    let days = read(&diary)["days"].clone();
    let lines: Vec<_> = days.as_object().unwrap().values().cloned().collect();
    assert_eq!(lines, [json!("but calm")]);
    // What was typed is saved, too, when the player leaves the page in the middle of it.
    window.click(field);
    window.key(Key::End);
    window.harness.event(Event::Text(" at the end".to_owned()));
    window.frame();
    window.ctrl(Key::L);
    window.until("the longer line", |_| {
        let days = read(&diary)["days"].clone();
        let mut lines = days.as_object().unwrap().values();
        lines
            .any(|line| line == "but calm at the end")
            .then_some(())
    });
}
