//! The settings page of the window, by its names: what is chosen has its effect at once and is kept, what cannot be
//! used is not taken; and what is said of a settings file that is damaged.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs)]

#[path = "support/process.rs"]
mod process;
#[path = "support/said.rs"]
mod said;
#[path = "support/shell.rs"]
mod shell;

use egui::{Event, Key, Modifiers};
use pianola::settings::Look;
use pianola::settings::file::load;
use shell::{Window, practice};

/// A window at a table that is slow enough to stay in its first countdown, with the page of the settings open.
fn settings() -> Window {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("PRACTICE TABLE ▾");
    turn_page(&mut window);
    window.wait_for("Appearance");
    window
}

fn turn_page(window: &mut Window) {
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.frame();
    window.frame();
}

/// Types over what stands in a field, and leaves it.
fn fill(window: &mut Window, field: &str, text: &str) {
    window.click(field);
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Text(text.to_owned()));
    window.harness.key_press(Key::Tab);
    window.frame();
    window.frame();
}

/// What stands in a field.
fn value(window: &Window, field: &str) -> String {
    said::value(&window.harness, field).unwrap()
}

#[test]
fn the_key_of_the_settings_goes_there_and_back() {
    let mut window = settings();
    assert!(window.control("BUY ").is_none());
    turn_page(&mut window);
    assert!(!window.says("Appearance"));
    window.its("BUY ");
    window.click("Settings");
    window.wait_for("Appearance");
    window.click("Play");
    window.its("BUY ");
    // Also while something is being typed there; and Escape goes back.
    turn_page(&mut window);
    window.click("Largest buy");
    assert!(window.harness.ctx.text_edit_focused());
    turn_page(&mut window);
    window.its("BUY ");
    turn_page(&mut window);
    window.wait_for("Appearance");
    window.key(Key::Escape);
    window.wait_its("BUY ");
}

#[test]
fn theme_and_scale_change_the_window_at_once_and_are_kept() {
    let mut window = settings();
    let dark = |window: &Window| window.harness.ctx.theme() == egui::Theme::Dark;
    assert!(dark(&window));
    window.click("Light");
    window.until("a light window", |window| (!dark(window)).then_some(()));
    window.until("it is kept", |window| {
        (window.kept().look == Look::Light).then_some(())
    });
    window.click("Dark");
    window.until("a dark window", |window| dark(window).then_some(()));

    let scale = |window: &Window| window.harness.ctx.zoom_factor();
    let wide = window.its("Light").rect.width();
    for (choice, factor) in [("150 %", 1.5_f32), ("75 %", 0.75), ("100 %", 1.0)] {
        window.click("Scale");
        window.click(choice);
        window.until(choice, |window| {
            ((scale(window) - factor).abs() < 0.001).then_some(())
        });
        window.until("it is kept", |window| {
            ((window.kept().scale - factor).abs() < 0.001).then_some(())
        });
        window.frame();
        // Everything is as much larger.
        let now = window.its("Light").rect.width() * scale(&window);
        assert!(
            (now / wide - factor).abs() < 0.1,
            "{choice}: {now} of {wide}"
        );
    }
}

#[test]
fn the_raw_capture_is_switched_on_the_page_and_shows_its_file() {
    let mut window = settings();
    let captures = window.out().join(".captures");
    let label = "Raw capture (for bug reports)";
    window.its(label);
    assert!(!captures.exists(), "off until somebody wants it");
    window.click(label);
    window.until("it is kept", |window| {
        window.kept().raw_capture.then_some(())
    });
    window.wait_for_part(" KiB");
    let files = || std::fs::read_dir(&captures).unwrap().count();
    assert_eq!(files(), 1);
    assert!(window.says_part("capture-20"));
    window.click(label);
    window.until("it is kept", |window| {
        (!window.kept().raw_capture).then_some(())
    });
    window.until("it is off", |window| {
        (!window.says_part(" KiB")).then_some(())
    });
    assert_eq!(files(), 1, "what was captured stays");
}

#[test]
fn a_limit_is_taken_when_it_is_one_and_put_back_when_it_is_not() {
    let mut window = settings();
    let largest = "Largest buy";
    assert_eq!(value(&window, largest), "1");
    for wrong in ["what", "-1", "", "1e99"] {
        fill(&mut window, largest, wrong);
        assert_eq!(value(&window, largest), "1", "{wrong:?} is not taken");
    }
    fill(&mut window, largest, "0.005");
    assert_eq!(value(&window, largest), "0.005");
    window.until("it is kept", |window| {
        let limit = window.kept().limits.max_buy.to_string();
        (limit == "0.005").then_some(())
    });
    // And it counts.
    window.click("Play");
    // Once somebody is logged in, everything is where it stays.
    window.wait_for("1.0000 SOL");
    window.click("MAX");
    window.its("BUY 0.005");
    // A largest below the smallest is no pair of limits.
    turn_page(&mut window);
    fill(&mut window, largest, "0.0005");
    let kept = [largest, "Smallest buy"].map(|field| value(&window, field));
    let [most, least] = kept.map(|text| text.parse::<f64>().unwrap());
    assert!(least <= most, "{least} to {most}");
}

#[test]
fn a_guard_is_set_at_once_and_off_when_its_field_is_empty() {
    let mut window = settings();
    let fields = ["Largest loss a day", "Orders a minute", "Slippage"];
    let values = |window: &Window| fields.map(|field| value(window, field));
    assert_eq!(values(&window), ["", "30", ""]);
    assert!(window.says("off: no limit"));
    // What cannot be used is not taken, and says nothing of being off.
    for field in fields {
        let before = value(&window, field);
        for wrong in ["what", "-1", "0"] {
            fill(&mut window, field, wrong);
            assert_eq!(value(&window, field), before, "{field} {wrong:?}");
        }
    }
    fill(&mut window, "Largest loss a day", "0.005");
    fill(&mut window, "Orders a minute", " ");
    fill(&mut window, "Slippage", "2.5");
    assert_eq!(values(&window), ["0.005", "", "2.5"]);
    window.until("they are kept", |window| {
        let guards = window.kept().limits.guards;
        let kept = guards.max_orders_a_minute.is_none()
            && guards.max_loss_a_day == Some(rust_decimal::Decimal::new(5, 3))
            && guards.slippage_percent == Some(rust_decimal::Decimal::new(25, 1));
        kept.then_some(())
    });
    // And the first counts at once: the buy of 0.010 says so.
    window.click("Play");
    window.wait_for_part("0.01 SOL could be lost today; the most is 0.005 SOL");
    turn_page(&mut window);
    fill(&mut window, "Largest loss a day", " ");
    assert_eq!(value(&window, "Largest loss a day"), "");
    window.click("Play");
    window.until("no guard speaks", |window| {
        (!window.says_part("could be lost today")).then_some(())
    });
}

#[test]
fn a_damaged_settings_file_is_told_until_it_is_dismissed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.json");
    std::fs::write(&file, "{ \"theme\": \"light\", ").unwrap();
    let loaded = load(&file);
    let mut window = Window::open(practice(3, 0.1), loaded);
    window.wait_for_part("are damaged");
    assert!(window.says_part("settings-damaged.json"));
    assert!(folder.path().join("settings-damaged.json").exists());
    // It covers nothing: the game is there.
    window.wait_its("BUY ");
    window.click("Dismiss");
    assert!(!window.says_part("damaged"));
    assert!(window.control("Dismiss").is_none());
    window.its("BUY ");
}
