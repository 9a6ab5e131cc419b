//! The settings page of the window, by label: a choice has its effect at once and is kept, an unusable value is not
//! taken; and the notice of a damaged settings file.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use pianola::settings::ThemeChoice;
use pianola::settings::file::{LoadedSettings, load};
use pianola::trading::RiskLimits;
use rust_decimal::Decimal;

use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels;

/// A window at a table that is slow enough to stay in its first countdown, with the page of the settings open.
fn settings() -> Window {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    turn_page(&mut window);
    window.wait_for("Look");
    window
}

fn turn_page(window: &mut Window) {
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.frame();
    window.frame();
}

/// Types over the text of a field, and leaves it.
fn fill(window: &mut Window, field: &str, text: &str) {
    window.click(field);
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.key_press(Key::Backspace);
    window.harness.event(Event::Text(text.to_owned()));
    window.harness.key_press(Key::Tab);
    window.frame();
    window.frame();
}

/// The text of a field.
fn value(window: &Window, field: &str) -> String {
    labels::value(&window.harness, field).unwrap()
}

#[test]
fn the_key_of_the_settings_goes_there_and_back() {
    let mut window = settings();
    assert!(window.control("BUY ").is_none());
    turn_page(&mut window);
    assert!(!window.says("Look"));
    window.its("BUY ");
    window.click("Settings");
    window.wait_for("Look");
    window.click("Play");
    window.its("BUY ");
    // Also while something is being typed there; and Escape goes back.
    turn_page(&mut window);
    window.click("Maximum buy");
    assert!(window.harness.ctx.text_edit_focused());
    turn_page(&mut window);
    window.its("BUY ");
    turn_page(&mut window);
    window.wait_for("Look");
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
        (window.kept().look == ThemeChoice::Light).then_some(())
    });
    window.click("Dark");
    window.until("a dark window", |window| dark(window).then_some(()));

    let scale = |window: &Window| window.harness.ctx.zoom_factor();
    let wide = window.its("Light").rect.width();
    for (choice, factor) in [("150 %", 1.5_f32), ("75 %", 0.75), ("100 %", 1.0)] {
        // In one column it is below the edge of the window.
        let combo = window
            .harness
            .get_by_role_and_label(Role::ComboBox, "Scale");
        combo.scroll_to_me();
        for _ in 0..30 {
            window.frame();
        }
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
    assert!(!captures.exists(), "off by default");
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

/// Puts text into a field from the clipboard, and leaves it.
fn paste(window: &mut Window, field: &str, text: &str) {
    window.click(field);
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.event(Event::Paste(text.to_owned()));
    window.harness.key_press(Key::Tab);
    window.frame();
    window.frame();
}

#[test]
fn a_limit_is_taken_when_it_is_one_and_refused_text_stays_with_its_reason() {
    let mut window = settings();
    let largest = "Maximum buy";
    assert_eq!(value(&window, largest), "1");
    for (wrong, why) in [
        ("what", "not a number"),
        ("1_0", "not a number"),
        ("+1", "not a number"),
        (".5", "not a number"),
        ("1.", "not a number"),
        ("0.5 SOL", "not a number"),
        ("1,000.5", "no thousands separators"),
        ("1,2,3", "no thousands separators"),
        ("-1", "at least 0.000000001"),
        ("0", "at least 0.000000001"),
        ("2000000", "at most 1000000"),
        ("1e99", "too large"),
        ("", "enter a number"),
    ] {
        fill(&mut window, largest, wrong);
        assert_eq!(value(&window, largest), wrong, "it stays");
        assert!(window.says_part(&format!("Still 1 SOL: {why}")), "{wrong}");
        assert_eq!(window.kept().limits.max_buy, Decimal::ONE);
    }
    paste(&mut window, largest, "0.0\n05");
    assert_eq!(value(&window, largest), "0.0 05");
    assert!(window.says_part("Still 1 SOL: not a number"));
    fill(&mut window, largest, "0,005");
    assert_eq!(value(&window, largest), "0.005");
    assert!(!window.says_part("Still"));
    window.until("it is kept", |window| {
        let limit = window.kept().limits.max_buy.to_string();
        (limit == "0.005").then_some(())
    });
    // And it counts.
    window.click("Play");
    // Once a player is logged in, the layout is final.
    window.wait_for("Wallet 1.0000");
    window.click("MAX");
    window.its("BUY 0.005");
    // A largest below the smallest takes that along, and says so.
    turn_page(&mut window);
    fill(&mut window, largest, "0.0005");
    let both = [largest, "Minimum buy"].map(|field| value(&window, field));
    assert_eq!(both, ["0.0005", "0.0005"]);
    assert!(window.says("Moved to 0.0005 SOL with the maximum buy"));
    fill(&mut window, "Minimum buy", "0.5");
    assert_eq!(value(&window, largest), "0.5");
    assert!(window.says("Moved to 0.5 SOL with the minimum buy"));
    assert!(!window.says_part("with the maximum buy"));
}

#[test]
fn a_limit_that_is_typed_counts_also_when_the_page_is_left_with_its_key() {
    let mut window = settings();
    window.click("Daily loss limit");
    window.harness.event(Event::Text("0.005".to_owned()));
    window.frame();
    turn_page(&mut window);
    window.wait_for_part("Daily limit 0.005 SOL: 0.0100 at risk");
    window.until("it is kept", |window| {
        let limit = window.kept().limits.risk.max_loss_a_day;
        (limit == Some(Decimal::new(5, 3))).then_some(())
    });
}

#[test]
fn a_guard_is_set_at_once_and_off_only_when_its_field_is_empty() {
    let mut window = settings();
    let fields = ["Daily loss limit", "Orders per minute", "Slippage"];
    let values = |window: &Window| fields.map(|field| value(window, field));
    assert_eq!(values(&window), ["", "30", ""]);
    assert!(window.says("no limit"));
    fill(&mut window, "Daily loss limit", "0.005");
    fill(&mut window, "Orders per minute", " ");
    fill(&mut window, "Slippage", "2.5");
    assert_eq!(values(&window), ["0.005", "", "2.5"]);
    let guards = RiskLimits {
        max_loss_a_day: Some(Decimal::new(5, 3)),
        max_orders_a_minute: None,
        slippage_percent: Some(Decimal::new(25, 1)),
    };
    window.until("they are kept", |window| {
        (window.kept().limits.risk == guards).then_some(())
    });
    // What is no number changes nothing, and its row says so.
    let notes = ["Still 0.005 SOL: ", "Still no limit: ", "Still 2.5 %: "];
    for (field, note) in fields.into_iter().zip(notes) {
        for wrong in ["0.5 SOL", "-1", "0", "abc", "1_0"] {
            fill(&mut window, field, wrong);
            assert_eq!(value(&window, field), wrong, "{field}");
            assert!(window.says_part(note), "{field} {wrong}");
        }
    }
    window.until("they are kept", |window| {
        (window.kept().limits.risk == guards).then_some(())
    });
    // And the first counts at once: the buy of 0.010 says so.
    window.click("Play");
    window.wait_for_part("Daily limit 0.005 SOL: 0.0100 at risk");
    turn_page(&mut window);
    assert_eq!(
        values(&window),
        ["1_0"; 3],
        "what was refused is still there"
    );
    fill(&mut window, "Daily loss limit", " ");
    assert_eq!(value(&window, "Daily loss limit"), "");
    window.click("Play");
    window.until("no guard speaks", |window| {
        (!window.says_part("Daily limit 0.005 SOL")).then_some(())
    });
}

#[test]
fn an_amount_that_is_no_number_stays_with_its_reason_and_buys_nothing() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Wallet 1.0000");
    // As in the program.
    let ctx = window.harness.ctx.clone();
    ctx.set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
    let field = "Amount";
    for (wrong, why) in [
        ("1_0", "not a number"),
        ("+1", "not a number"),
        (".5", "not a number"),
        ("1.", "not a number"),
        ("1 0", "not a number"),
        ("١", "not a number"),
        ("1,000.5", "no thousands separators"),
        ("1e99", "too large"),
        ("", "enter a number"),
    ] {
        fill(&mut window, field, wrong);
        assert_eq!(value(&window, field), wrong, "it stays");
        // In the field, and in the two buttons.
        let said = window.texts();
        let times = said.iter().filter(|said| said.contains(why));
        assert_eq!(times.count(), 3, "{wrong}: {said:#?}");
        assert!(!window.its("BUY ?").able && !window.its("SIDEBET ?").able);
    }
    // Chips that go on from the amount leave it; the others begin a new one.
    let buy = window.its("BUY ?").rect;
    fill(&mut window, field, "1,000.5");
    for chip in ["+.1", "×2", "1/2"] {
        window.click(chip);
        assert_eq!(value(&window, field), "1,000.5", "{chip}");
    }
    window.click("MAX");
    assert_eq!(value(&window, field), "1.0000");
    // All of the balance: BUY ALL as soon as the phase takes orders.
    let all = ["BUY ALL 1.0000", "BUY 1.0000"];
    let name = all.into_iter().find(|name| window.says(name)).unwrap();
    assert_eq!(window.its(name).rect, buy, "nothing has moved");
    paste(&mut window, field, "0,25");
    assert_eq!(value(&window, field), "0,25");
    assert!(!window.says_part("Amount: "));
    window.its("BUY 0.25");
}

#[cfg(unix)]
#[test]
fn a_change_that_cannot_be_saved_is_reported_where_it_was_made() {
    let home = tempfile::tempdir().unwrap();
    // Links that lead nowhere take no settings.
    let file = home.path().join("settings.json");
    std::os::unix::fs::symlink("/nowhere/settings.json", &file).unwrap();
    let mut window = Window::at_home(home, practice(3, 0.1), LoadedSettings::default(), None);
    window.wait_for("Source: PRACTICE TABLE");
    window.wait_its("BUY ");
    assert!(!window.says_part("not saved"));
    // The switch of another page: a notice, each time.
    for _ in 0..2 {
        window.key(Key::C);
        window.wait_for_part("Settings not saved to ");
        window.click("Dismiss");
        assert!(!window.says_part("not saved"));
    }
    // On the page: at its top.
    turn_page(&mut window);
    window.click("Light");
    window.wait_for_part("Settings not saved to ");
    assert!(window.control("Dismiss").is_none());
    std::fs::remove_file(&file).unwrap();
    window.click("Dark");
    window.until("it is saved", |window| {
        (!window.says_part("not saved")).then_some(())
    });
    assert_eq!(window.kept().look, ThemeChoice::Dark);
    assert!(file.is_file());
}

#[test]
fn a_damaged_settings_file_is_reported_until_it_is_dismissed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.json");
    std::fs::write(&file, "{ \"theme\": \"light\", ").unwrap();
    let loaded = load(&file);
    let mut window = Window::open(practice(3, 0.1), loaded);
    window.wait_for_part("are damaged");
    assert!(window.says_part("settings-damaged.json"));
    assert!(window.says_part("the limits are at their strictest"));
    assert!(folder.path().join("settings-damaged.json").exists());
    // It covers nothing: the game is there.
    window.wait_its("BUY ");
    window.click("Dismiss");
    assert!(!window.says_part("damaged"));
    assert!(window.control("Dismiss").is_none());
    window.its("BUY ");
}

#[test]
fn what_was_typed_last_is_kept_when_a_tab_is_pressed_or_the_window_is_closed() {
    let mut window = settings();
    labels::write(&mut window.harness, "Ask above", "0.5");
    window.click("Play");
    window.until("it is kept", |window| {
        (window.kept().ask_above_percent == Some(Decimal::new(5, 1))).then_some(())
    });
    turn_page(&mut window);
    labels::write(&mut window.harness, "Starting balance", "7");
    let viewports = &mut window.harness.input_mut().viewports;
    let root = viewports.entry(egui::ViewportId::ROOT).or_default();
    root.events.push(egui::ViewportEvent::Close);
    window.until("it is kept", |window| {
        (window.kept().start_balance == Decimal::from(7)).then_some(())
    });
}
