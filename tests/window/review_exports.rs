//! What the page Review writes: tables and its picture.

use egui::Key;
use pianola::settings::file::LoadedSettings;

use crate::images::painter;
use crate::library::fill_library;
use crate::review::{click_exactly, on_review, review, reviewed};
use crate::support::files::all_below;
use crate::support::window::app_window::{Window, practice};

#[test]
fn trades_and_actions_are_written_as_csv_and_the_folder_stays_one_of_recordings() {
    let mut window = review();
    let said = reviewed(&window);
    for (entry, what) in [("Trades as CSV", "trades"), ("Orders as CSV", "actions")] {
        window.click("Export");
        window.click(entry);
        window.wait_for_part(&format!("_{what}.csv"));
        let files = all_below(&window.out()).into_iter();
        let ending = format!("_{what}.csv");
        let mut written = files.filter(|path| path.to_string_lossy().ends_with(&ending));
        let text = std::fs::read_to_string(written.next().unwrap()).unwrap();
        if what == "trades" {
            let trips = said["trips"].as_array().unwrap();
            assert_eq!(text.lines().count(), trips.len() + 1);
            for (line, trip) in text.lines().skip(1).zip(trips) {
                let fields: Vec<_> = line.split(',').collect();
                assert_eq!(fields[7], trip["pnl"].as_str().unwrap(), "{line}");
                assert_eq!(fields[17], trip["end"].as_str().unwrap(), "{line}");
            }
        } else {
            assert!(text.lines().count() > said["trips"].as_array().unwrap().len());
        }
        assert!(text.starts_with("game_id,"), "{text}");
    }
    // A second table replaces none.
    window.click("Export");
    window.click("Trades as CSV");
    window.wait_for_part("_trades-2.csv");
    let files = all_below(&window.out()).into_iter();
    let tables = files.filter(|path| path.extension().is_some_and(|ending| ending == "csv"));
    assert_eq!(tables.count(), 3);
    window.ctrl(Key::L);
    window.wait_for("2 of 2 sessions");
}

#[test]
fn the_page_is_written_as_png_and_a_message_says_where() {
    let Some(painter) = painter() else { return };
    let home = tempfile::tempdir().unwrap();
    fill_library(&home);
    let loaded = LoadedSettings::default();
    let place = practice(3, 0.1);
    let mut window = on_review(Window::painted(home, place, loaded, None, painter));
    for (scope, ending) in [
        ("Session", "_session_review.png"),
        ("Day", "2026-01-01_review.png"),
        ("All sessions", "all_review.png"),
    ] {
        click_exactly(&mut window, scope);
        window.wait_for_part("SOL in ");
        window.click("Export");
        window.click("Page as PNG");
        window.until("the message", |window| {
            let said = window.texts().into_iter();
            let said = said.filter(|text| text.starts_with("Saved to ") && text.contains(ending));
            // Beside the controls, and in the status line.
            (said.count() == 2).then_some(())
        });
        window.its("Show file");
        let mut files = all_below(&window.out()).into_iter();
        let file = files.find(|path| path.to_string_lossy().ends_with(ending));
        let bytes = std::fs::read(file.unwrap()).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        // The page between the top bar and the status line.
        assert!(info.width > 1_000 && info.height > 600, "{info:?}");
        let colours: std::collections::BTreeSet<_> = pixels.chunks(4).collect();
        assert!(colours.len() > 50, "{} colours", colours.len());
    }
}
