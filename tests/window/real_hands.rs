//! The real window by mouse and keys, beside trading: it fits the screen, its panels are dragged and stay so after a
//! restart, its colours are chosen, a key is assigned, a saved game is shown in its folder, a file is dropped on it.
//! Needs `Xvfb`, `xwininfo` and `xdotool`; skipped where they are absent, unless `PIANOLA_REQUIRE` names `graphics`.
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use egui::{Key, Rect, pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use pianola::disk::RealDisk;
use pianola::library::share;
use pianola::settings::Settings;
use pianola::settings::file::LoadedSettings;

use crate::share::panel_button;
use crate::support::process::until;
use crate::support::recorded_session::RecordedSession;
use crate::support::running_session;
use crate::support::seeds::seed_of;
use crate::support::window::app_window::{SIZE, Window, practice};
use crate::support::window::desk::{Desk, LONG};
use crate::support::window::display::geometry;
use crate::support::window::drop_file::drop_file;

/// Where something is in a window without a display that has the same size and settings.
fn place(settings: Settings, page: Option<Key>, name: &str) -> Rect {
    let loaded = LoadedSettings {
        settings,
        notice: None,
    };
    let mut window = Window::open(practice(3, 0.1), loaded);
    window.wait_for("Source: PRACTICE TABLE");
    if let Some(key) = page {
        window.ctrl(key);
    }
    window.until(name, |window| {
        window.harness.query_by_label(name).map(|node| node.rect())
    })
}

#[test]
fn the_window_fits_a_small_screen_and_a_large_scale() {
    for (screen, scale, most) in [
        ("1366x768x24", "1", vec2(1_366.0, 688.0)),
        ("1600x1000x24", "1", vec2(1_400.0, 900.0)),
        ("1600x1000x24", "2", vec2(1_600.0, 840.0)),
    ] {
        let Some(desk) = Desk::new(screen) else {
            return;
        };
        let program = desk.start("3", &[("WINIT_X11_SCALE_FACTOR", scale)]);
        let size = until("a window that fits", || {
            let size = geometry(&desk.display.name, "Pianola")?.size();
            (size.x <= most.x + 1.0 && size.y <= most.y + 1.0).then_some(size)
        });
        assert!(
            size.x > 650.0 && size.y > 550.0,
            "{screen} x{scale}: {size:?}"
        );
        desk.end(program);
    }
}

#[test]
fn a_panel_is_dragged_by_the_mouse_and_as_wide_after_a_restart() {
    let Some(desk) = Desk::new("1600x1000x24") else {
        return;
    };
    let edge = place(Settings::default(), None, "Width of the trade panel").center();
    let program = desk.start("3", &[]);
    // The window has its first frame.
    let buy = place(Settings::default(), None, "BUY 0.0100");
    until("a buy", || desk.screen.is_coloured(buy).then_some(()));
    desk.drag(edge, edge - vec2(100.0, 0.0));
    let kept = until("the width in the settings file", || {
        desk.kept().panel_sizes.trade_panel
    });
    assert!((415..=425).contains(&kept), "{kept}");
    desk.end(program);
    let settings = desk.kept();
    let loaded = LoadedSettings {
        settings,
        notice: None,
    };
    let mut window = Window::open(practice(3, 0.1), loaded);
    let wider = window.wait_its("BUY ").rect;
    window.close();
    let usual = Rect::from_min_max(pos2(SIZE[0] - 312.0, wider.top()), wider.max);
    assert!(wider.left() < usual.left() - 90.0);
    let program = desk.start("3", &[]);
    // The button is green where only the wider panel has it.
    until("the wider button", || {
        desk.screen.is_coloured(wider).then_some(())
    });
    desk.end(program);
}

#[test]
fn blue_and_orange_are_chosen_by_the_mouse_and_the_keys_lead_there_and_back() {
    let Some(desk) = Desk::new("1600x1000x24") else {
        return;
    };
    let choice = place(Settings::default(), Some(Key::Comma), "Blue / orange").center();
    let mut window = Window::new(practice(3, 0.1));
    let buy = window.wait_its("BUY ").rect;
    window.close();
    let program = desk.start("3", &[]);
    // A spot of the button below its text.
    let spot = Rect::from_min_size(buy.left_bottom() + vec2(20.0, -7.0), vec2(30.0, 3.0));
    let all = |is: &dyn Fn(&[u8; 3]) -> bool| {
        let pixels = desk.screen.pixels(spot);
        pixels.iter().all(is).then_some(())
    };
    until("a green button", || {
        all(&|[r, g, b]| g > b && g > r && *g > 90)
    });
    desk.key("ctrl+comma");
    desk.screen.at_rest(spot);
    desk.click(choice);
    let blue =
        || (desk.kept().money_colours == pianola::settings::MoneyColours::BlueOrange).then_some(());
    until("the choice in the settings file", blue);
    desk.key("ctrl+comma");
    until("a blue button", || {
        all(&|[r, g, b]| b > g && g > r && *b > 150)
    });
    desk.end(program);
}

#[test]
fn a_key_is_assigned_by_pressing_it_and_acts() {
    let Some(desk) = Desk::new("1600x1000x24") else {
        return;
    };
    let seed = seed_of(10, &[LONG]);
    // Where the list of keys is.
    let mut window = Window::new(practice(seed, 0.1));
    window.ctrl(Key::Comma);
    let change = window.wait_its("Change keys").rect;
    window.click("Change keys");
    let row = window.until("a list at rest", |window| {
        let before = window.control("Key: Buy")?.rect;
        window.frame();
        let after = window.control("Key: Buy")?.rect;
        (before == after).then_some(after)
    });
    window.close();
    let buy = place(Settings::default(), None, "BUY 0.0100");
    let program = desk.start_at(seed, "3", &[]);
    until("a buy", || desk.screen.is_coloured(buy).then_some(()));
    desk.key("ctrl+comma");
    desk.screen.at_rest(change);
    desk.click(change.center());
    let named = desk.screen.at_rest(row);
    for key in ["s", "q"] {
        desk.click(row.center());
        until("the question for a key", || {
            (desk.screen.pixels(row) != named).then_some(())
        });
        desk.screen.at_rest(row);
        desk.key(key);
        desk.screen.at_rest(row);
    }
    // S stays the key of SELL.
    until("the key in the settings file", || {
        (desk.kept().keys == [("Buy".to_owned(), "Q".to_owned())].into()).then_some(())
    });
    desk.key("ctrl+comma");
    until("a buy", || desk.screen.is_coloured(buy).then_some(()));
    desk.key("b");
    desk.key("q");
    until("the order", || {
        running_session::done(&desk.out(), 1).then_some(())
    });
    desk.end(program);
}

/// A click that was not obeyed by then is repeated.
const CLICK_AGAIN: Duration = Duration::from_secs(5);

#[test]
fn show_file_asks_the_desktop_to_open_the_folder() {
    let Some(desk) = Desk::new("1600x1000x24") else {
        return;
    };
    // A desktop that writes down what it is asked to open.
    let bin = desk.home.path().join("bin");
    let asked = desk.home.path().join("asked");
    fs::create_dir(&bin).unwrap();
    let opener = bin.join("xdg-open");
    let script = format!("#!/bin/sh\necho \"$1\" >> {}\n", asked.display());
    fs::write(&opener, script).unwrap();
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", bin.display());
    let opener = opener.to_str().unwrap();
    let program = desk.start("20", &[("PATH", &path), ("BROWSER", opener)]);
    // A window without its first frame takes no key.
    let buy = place(Settings::default(), None, "BUY 0.0100");
    until("a buy", || desk.screen.is_coloured(buy).then_some(()));
    // Every game is saved.
    desk.key("ctrl+t");
    let games = desk.out();
    until("a saved game", || {
        let found = crate::support::files::game_files(&games);
        (!found.is_empty()).then_some(())
    });
    // The link is behind the sentence, at the left of the status line.
    let status_line = Rect::from_min_max(pos2(0.0, SIZE[1] - 28.0), pos2(700.0, SIZE[1]));
    let link = || {
        let pixels = desk.screen.pixels(status_line);
        let width = 700;
        // The colour of links: much more blue and green than red.
        let is_link = |[r, g, b]: &[u8; 3]| *g > 150 && *b > 150 && *r < 130;
        let place = pixels.iter().position(is_link)?;
        let (x, y) = (place % width, place / width);
        let whole = |value: usize| f32::from(u16::try_from(value).unwrap());
        Some(pos2(whole(x) + 8.0, SIZE[1] - 28.0 + whole(y) + 3.0))
    };
    // The next message may take its place before the click: then it is clicked again.
    let mut clicked: Option<Instant> = None;
    let url = until("the request", || {
        if clicked.is_none_or(|at| at.elapsed() > CLICK_AGAIN)
            && let Some(link) = link()
        {
            desk.click(link);
            clicked = Some(Instant::now());
        }
        let urls = fs::read_to_string(&asked).ok()?;
        urls.lines().next().map(str::to_owned)
    });
    let folder = url
        .trim()
        .strip_prefix("file://")
        .expect("a folder")
        .to_owned();
    assert!(folder.ends_with("/games"), "{folder}");
    assert!(fs::read_dir(&folder).unwrap().count() >= 1);
    desk.end(program);
}

#[test]
fn a_shared_file_is_checked_before_it_is_replayed_and_a_recording_is_dropped_on_the_window() {
    let Some(desk) = Desk::new("1600x1000x24") else {
        return;
    };
    let recorded = RecordedSession::new();
    let file = desk.home.path().join("day.pianola");
    let bundle = share(&RealDisk, &recorded.path, None, false).unwrap();
    crate::support::files::overwrite(&file, &bundle.bytes);
    // Where the panel has its button.
    let mut window = Window::replaying(practice(3, 0.1), file.clone());
    window.wait_for("Everything holds");
    let button = panel_button(&mut window, "Replay");
    window.close();
    let program = desk.start_with(&[file.to_str().unwrap()], "0.1", &[]);
    let bar = Rect::from_min_size(pos2(520.0, 2.0), vec2(8.0, 8.0));
    let is_violet = || {
        let pixels = desk.screen.pixels(bar);
        pixels.iter().all(|[r, g, b]| b > r && r > g)
    };
    until("the check", || {
        desk.screen.is_coloured(button).then_some(())
    });
    assert!(!is_violet(), "it is not replayed yet");
    desk.click(button.center());
    until("the replay", || is_violet().then_some(()));
    desk.key("l");
    until("the live game", || (!is_violet()).then_some(()));
    drop_file(&desk.display.name, "Pianola$", &recorded.path, (700, 400));
    // The bar has the colour of a replay.
    until("the replay", || is_violet().then_some(()));
    desk.end(program);
}
