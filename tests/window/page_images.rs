//! The replay and the library as pictures, compared with the approved ones (`tests/snapshots`), as in [`crate::images`].
//! Only the parts that say the same at every run are compared: the bar and the first row of the library name the running
//! session and its time. With `PIANOLA_PICTURES` the whole windows are kept in that folder.

use std::path::Path;

use egui::{Key, Rect, pos2};
use egui_kittest::{SnapshotOptions, try_image_snapshot_options};
use pianola::settings::file::LoadedSettings;

use crate::images::{OTHER_POINTS, painter};
use crate::library::fill_library;
use crate::support::recorded_session::RecordedSession;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::replay_page::down;

/// Draws until nothing moves any more, and compares a part of the picture; the rest is painted over. Another driver
/// smooths edges in another way, see [`OTHER_POINTS`]: what a number says is tested by its label.
fn compare(window: &mut Window, part: Rect, name: &str) {
    for _ in 0..60 {
        window.frame();
    }
    let mut image = window.harness.render().unwrap();
    if let Some(folder) = std::env::var_os("PIANOLA_PICTURES") {
        let file = Path::new(&folder).join(format!("{name}.png"));
        image.save(file).unwrap();
    }
    for (x, y, pixel) in image.enumerate_pixels_mut() {
        let [x, y] = [x, y].map(|place| f32::from(u16::try_from(place).unwrap()));
        if !part.contains(pos2(x, y)) {
            pixel.0 = [0, 0, 0, 255];
        }
    }
    let options = SnapshotOptions::new().max_failed_pixels(OTHER_POINTS);
    try_image_snapshot_options(&image, name, &options).unwrap();
}

#[test]
fn a_replay_at_a_press() {
    let Some(renderer) = painter() else { return };
    let recorded = RecordedSession::new();
    let home = tempfile::tempdir().unwrap();
    let replay = Some(recorded.path.clone());
    let place = practice(3, 0.1);
    let mut window = Window::painted(home, place, LoadedSettings::default(), replay, renderer);
    window.wait_for_part("REPLAY");
    window.key(Key::Space);
    window.key(Key::Home);
    // A press of SELL.
    window.until("a press of SELL", |window| {
        window.ctrl(Key::ArrowRight);
        (down(window) == ["SELL "]).then_some(())
    });
    // Between the bars: the live game goes on in them.
    let page = Rect::from_min_max(pos2(0.0, 48.0), pos2(1_400.0, 872.0));
    compare(&mut window, page, "replay");
}

#[test]
fn a_session_in_the_library() {
    let Some(renderer) = painter() else { return };
    let home = tempfile::tempdir().unwrap();
    fill_library(&home);
    let place = practice(3, 0.1);
    let mut window = Window::painted(home, place, LoadedSettings::default(), None, renderer);
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::L);
    window.wait_for("2 of 2 sessions");
    window.key(Key::ArrowDown);
    window.wait_for("2 of 2 games proven");
    let details = window.its("Replay session").rect;
    let left = details.left() - 12.0;
    let card = Rect::from_min_max(pos2(left, 96.0), pos2(1_392.0, 864.0));
    compare(&mut window, card, "library_details");
}
