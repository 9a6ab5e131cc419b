//! Keys and buttons of the window by label: what a key must not do, and the reason beside a button that cannot be
//! pressed.

use egui::{Event, Key, Modifiers, Rect};
use pianola::account::{ActionKind, ActionSource, ActionStatus};
use pianola::ui::{KEYS, SETTING_NAMES};

use crate::support::running_session;
use crate::support::script_run::{sessions, short};
use crate::support::seeds::seed_of;
use crate::support::window::app_window::{SIZE, Window, practice};
use crate::support::window::labels;

/// Ticks of the first game: enough for everything that is done in it.
const LONG: std::ops::Range<u32> = 400..900;

/// A window at a table whose first game goes on for long.
fn window() -> Window {
    Window::new(practice(seed_of(10, &[LONG]), 6.0))
}

/// Waits until so many rows are recorded as done.
fn done(window: &mut Window, rows: usize) {
    let out = window.out();
    window.until("the row", |_| {
        running_session::done(&out, rows).then_some(())
    });
}

/// What the session file tells, once the window is closed.
fn recorded(window: Window) -> Vec<(ActionKind, ActionStatus)> {
    let (_, home) = window.close();
    let sessions = sessions(&home.path().join("out"));
    sessions.first().map_or(Vec::new(), |(_, file)| {
        assert!(
            file.actions
                .iter()
                .all(|row| row.source != ActionSource::Mouse)
        );
        short(file)
    })
}

const BOUGHT: (ActionKind, ActionStatus) = (ActionKind::Buy, ActionStatus::Confirmed);
const SOLD: (ActionKind, ActionStatus) = (ActionKind::Sell, ActionStatus::Confirmed);

#[test]
fn what_is_typed_into_the_amount_is_no_command() {
    let mut window = window();
    window.until("a buy is possible", |window| {
        window.control("BUY ").filter(|buy| buy.able)
    });
    window.click("Amount");
    // The keys alone, while the amount is a good one.
    for key in [Key::B, Key::S, Key::D, Key::A, Key::C] {
        window.key(key);
    }
    assert!(window.says("Trade keys on"));
    // As a keyboard sends it: the letter is in the amount.
    window.strike(Key::B, "b", true);
    window.strike(Key::B, "b", false);
    window.frame();
    assert!(!window.its("BUY ?").able);
    assert!(window.says("Amount: not a number; for example 0.05"));
    // Away from the field the same key buys: it was the field that kept it.
    window.harness.key_press(Key::Backspace);
    window.harness.key_press(Key::Escape);
    window.frame();
    window.its("BUY 0.0100");
    window.strike(Key::B, "b", true);
    done(&mut window, 1);
    // The one that is still open when the window closes is saved with its session.
    assert_eq!(recorded(window), [BOUGHT]);
}

#[test]
fn a_key_that_is_held_down_buys_once() {
    let mut window = window();
    window.until("a buy is possible", |window| {
        window.control("BUY ").filter(|buy| buy.able)
    });
    window.strike(Key::B, "b", true);
    done(&mut window, 1);
    // The order is done; another one would be taken.
    window.until("a buy is possible", |window| {
        window.control("BUY ").filter(|buy| buy.able)
    });
    for _ in 0..30 {
        window.strike(Key::B, "b", true);
    }
    window.until("a sell is possible", |window| {
        window.control("SELL ").filter(|sell| sell.able)
    });
    // Neither does a held key raise the amount without end.
    for _ in 0..30 {
        window.strike(Key::Plus, "+", true);
    }
    window.frame();
    window.its("BUY 0.011");
    window.strike(Key::S, "s", true);
    done(&mut window, 2);
    assert_eq!(recorded(window), [BOUGHT, SOLD]);
}

#[test]
fn a_button_that_cannot_be_pressed_says_why_on_itself() {
    let mut window = window();
    let why = |window: &mut Window, button: &'static str, why: &str| {
        window.until(why, |window| {
            let off = window.control(button).is_some_and(|control| !control.able);
            let note = off.then(|| labels::note(&window.harness, button))?;
            note.starts_with(why).then_some(())
        });
    };
    why(&mut window, "SELL ", "Opens when the game starts");
    for button in ["BUY ", "SIDEBET "] {
        why(&mut window, button, "Opens with the presale");
    }
    window.wait_for("PRESALE");
    why(&mut window, "SELL ", "Opens when the game starts");
    window.wait_for("ACTIVE");
    why(&mut window, "SELL ", "Nothing to sell");
    window.click("Clear");
    for button in ["BUY ", "SIDEBET "] {
        why(&mut window, button, "Enter an amount above 0");
    }
    window.press("+.001");
    window.press("1/2");
    why(&mut window, "BUY ", "At least 0.001 SOL");
    // A click on one of them does nothing.
    window.click("BUY ");
    window.click("SELL ");
    assert_eq!(recorded(window), []);
}

#[test]
fn the_help_sheet_lists_every_key() {
    let mut window = window();
    window.wait_for("Source: PRACTICE TABLE");
    let listed = |window: &Window| KEYS.iter().all(|row| window.says(row.text));
    assert!(!listed(&window));
    window
        .harness
        .key_press_modifiers(Modifiers::SHIFT, Key::Questionmark);
    window.frame();
    window.frame();
    for row in &KEYS {
        assert!(window.says(row.text), "{}", row.text);
        assert!(window.says(row.shown), "{}", row.shown);
    }
    window.key(Key::Questionmark);
    window.frame();
    assert!(!listed(&window));
    // The menu has it, too.
    window.click("Menu");
    window.click("Show all keys");
    window.until("the sheet", |window| listed(window).then_some(()));
}

#[test]
fn what_is_typed_over_the_help_sheet_goes_nowhere() {
    let mut window = window();
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::L);
    window.until("the library", |window| {
        labels::value(&window.harness, "Search")
    });
    window.key(Key::Slash);
    window.frame();
    assert!(window.harness.ctx.text_edit_focused());
    window.click("Menu");
    window.click("Show all keys");
    window.wait_for("Row above");
    window.type_key(Key::X, "x");
    window.type_key(Key::B, "b");
    window.type_key(Key::Questionmark, "?");
    window.until("the sheet is closed", |window| {
        (!window.says("Row above")).then_some(())
    });
    assert_eq!(
        labels::value(&window.harness, "Search").as_deref(),
        Some("")
    );
}

#[test]
fn the_running_session_is_not_shared_and_its_key_says_so_in_the_status_line() {
    let mut window = window();
    window.wait_for("Source: PRACTICE TABLE");
    window.wait_its("BUY ");
    window.ctrl(Key::S);
    window.wait_for("The running session can be shared when it has ended");
    assert!(window.control("Dismiss").is_none());
}

/// Types into the palette and presses Enter.
fn choose(window: &mut Window, text: &str) {
    window.ctrl(Key::K);
    window.wait_its("Search commands");
    window.harness.event(Event::Text(text.to_owned()));
    window.frame();
    window.key(Key::Enter);
    window.frame();
}

#[test]
fn the_palette_leads_to_a_setting_and_to_a_game_of_the_session() {
    let mut window = window();
    window.press("BUY ");
    window.until("the palette has the game", |window| {
        window.ctrl(Key::K);
        window.wait_its("Search commands");
        let found = window.says_part(", you ");
        window.key(Key::Escape);
        window.frame();
        found.then_some(())
    });
    let whole = Rect::from_min_size(egui::Pos2::ZERO, SIZE.into());
    for (text, setting) in [("show tips", "Show tips"), ("slipp", "Slippage")] {
        choose(&mut window, text);
        let control = window.wait_its(setting);
        assert!(whole.contains_rect(control.rect), "{control:?}");
        window.click("Play");
    }
    choose(&mut window, "game , you");
    window.wait_for_part("REPLAY");
    window.key(Key::Escape);
    window.wait_its("BUY ");
}

/// Every setting that the palette lists is on the page.
#[test]
fn the_palette_lists_settings_that_exist() {
    let mut window = window();
    window.ctrl(Key::Comma);
    window.wait_for("Look");
    for setting in SETTING_NAMES {
        assert!(window.says(setting), "{setting}: {:#?}", window.texts());
    }
}

#[test]
fn the_palette_finds_and_runs_a_command_and_no_trade_key_acts_meanwhile() {
    let mut window = window();
    window.until("a buy is possible", |window| {
        window.control("BUY ").filter(|buy| buy.able)
    });
    window.ctrl(Key::K);
    window.wait_its("Search commands");
    assert!(window.says("Commands"));
    assert!(window.says("Trading keys are off while this is open"));
    for text in ["cand", "b"] {
        window.harness.event(Event::Text(text.to_owned()));
        window.frame();
    }
    // The letter was typed and bought nothing.
    window.wait_for_part("Nothing has these words");
    window.key(Key::Backspace);
    window.wait_its("Line or candles");
    window.key(Key::Enter);
    window.until("it is closed", |window| {
        window.control("Search commands").is_none().then_some(())
    });
    window.until("candles", |window| window.kept().candles.then_some(()));
    // Escape closes it, and a page of another tab stays.
    window.ctrl(Key::K);
    window.wait_its("Search commands");
    window.key(Key::Escape);
    window.until("it is closed", |window| {
        window.control("Search commands").is_none().then_some(())
    });
    assert_eq!(recorded(window), []);
}

#[test]
fn keys_that_the_player_assigned_act_and_are_named_everywhere() {
    let settings = pianola::settings::Settings {
        keys: [("Buy".to_owned(), "Q".to_owned())].into(),
        ..Default::default()
    };
    let loaded = pianola::settings::file::LoadedSettings {
        settings,
        notice: None,
    };
    let mut window = Window::open(practice(seed_of(10, &[LONG]), 6.0), loaded);
    window.until("a buy is possible", |window| {
        window.control("BUY ").filter(|buy| buy.able)
    });
    window.strike(Key::B, "b", true);
    window.strike(Key::B, "b", false);
    window.strike(Key::Q, "q", true);
    done(&mut window, 1);
    window.key(Key::Questionmark);
    window.frame();
    assert!(
        window.says("Q") && !window.says("B"),
        "{:?}",
        window.texts()
    );
    assert_eq!(recorded(window), [BOUGHT]);
}
