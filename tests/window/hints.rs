//! The hints of a first run, by label: three, each beside its control, and none of them takes room from the page.

use egui::{Key, Rect, Vec2, vec2};
use egui_kittest::wgpu::WgpuTestRenderer;
use pianola::settings::Settings;
use pianola::settings::file::LoadedSettings;

use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels;

const HINTS: [&str; 3] = [
    "1. Choose an amount",
    "2. B buys, S sells",
    "3. Replay your games in the library",
];
const DISMISS: &str = "Hide this hint";
const SIZES: [Vec2; 4] = [
    vec2(700.0, 600.0),
    vec2(1_024.0, 768.0),
    vec2(1_400.0, 900.0),
    vec2(1_920.0, 1_080.0),
];

fn hint(window: &Window, text: &str) -> Rect {
    let found = labels::label(&window.harness, text, 0.0);
    found.unwrap_or_else(|| panic!("no {text:?} among {:#?}", window.texts()))
}

fn at_size(size: Vec2, loaded: LoadedSettings) -> Window {
    let mut window = Window::open(practice(3, 0.1), loaded);
    window.harness.set_size(size);
    // The buttons are there before anything of the table was heard.
    window.until("a game", |window| labels::game_id(&window.harness));
    window.frame();
    window.frame();
    window
}

#[test]
fn each_hint_goes_when_the_player_does_what_it_says() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for(HINTS[0]);
    // What the source is and where it saves is in the messages.
    window.click("Messages");
    window.wait_for_part("Games you trade in are saved to ");
    window.wait_for_part("Practice table: real game rules, play money.");
    window.click("Trades");
    window.click("+.01");
    window.wait_for(HINTS[1]);
    assert!(!window.says(HINTS[0]));
    window.press("BUY ");
    window.wait_for(HINTS[2]);
    window.ctrl(Key::L);
    window.until("they do not come again", |window| {
        (!window.kept().welcome).then_some(())
    });
    window.key(Key::Escape);
    window.wait_its("BUY ");
    assert!(!HINTS.iter().any(|text| window.says(text)));
    // The settings bring them back.
    window.ctrl(Key::Comma);
    window.click("Show tips");
    window.click("Play");
    // An order was placed already.
    window.wait_for(HINTS[2]);
    window.close();
}

#[test]
fn a_hint_is_beside_its_control_at_every_size_and_nothing_moves_for_it() {
    for size in SIZES {
        let none = Settings {
            welcome: false,
            ..Settings::default()
        };
        let without = at_size(
            size,
            LoadedSettings {
                settings: none,
                notice: None,
            },
        );
        let mut window = at_size(size, LoadedSettings::default());
        let fixed = ["Height of the bottom cards", "BUY ", "STOP", "Library"];
        for control in fixed {
            let place = |window: &Window| window.control(control).map(|control| control.rect);
            assert_eq!(place(&window), place(&without), "{control} at {size}");
        }
        let whole = Rect::from_min_size(egui::Pos2::ZERO, size);
        let buttons = window.its("BUY ").rect.union(window.its("SELL ").rect);
        let field = labels::label(&window.harness, "SOL", 0.0);
        for (text, control) in [(HINTS[0], field), (HINTS[1], Some(buttons))] {
            let rect = hint(&window, text);
            assert!(whole.contains_rect(rect), "{text} {rect:?} at {size}");
            assert!(rect.right() < buttons.left(), "{text} {rect:?} at {size}");
            if let Some(control) = control {
                let near = rect.expand2(vec2(0.0, 60.0)).y_range();
                assert!(
                    near.contains(control.center().y),
                    "{text} {rect:?} at {size}"
                );
            }
            window.click(DISMISS);
            window.frame();
        }
        let tab = window.its("Library").rect;
        let rect = hint(&window, HINTS[2]);
        assert!(whole.contains_rect(rect) && rect.top() >= tab.bottom());
        let needed = ["PRESALE", "COOLDOWN", "ACTIVE", "Line", "Lin"];
        let needed = needed.map(|needed| labels::label(&window.harness, needed, 0.0));
        assert!(
            needed[..3].iter().any(Option::is_some),
            "no phase at {size}"
        );
        for needed in needed.into_iter().flatten() {
            assert!(
                !needed.intersects(rect),
                "{rect:?} over {needed:?} at {size}"
            );
        }
        window.click(DISMISS);
        window.until("all are dismissed", |window| {
            (!window.kept().welcome).then_some(())
        });
        assert!(window.control(DISMISS).is_none());
        window.close();
        without.close();
    }
}

/// `PIANOLA_PICTURES=/some/folder` keeps a picture of each hint, and of a message at the start.
#[test]
fn the_hints_as_pictures() {
    let Some(folder) = std::env::var_os("PIANOLA_PICTURES") else {
        return;
    };
    let loaded = LoadedSettings {
        notice: Some("The settings file cannot be read. The defaults are used.".to_owned()),
        ..LoadedSettings::default()
    };
    for size in SIZES {
        let home = tempfile::tempdir().unwrap();
        let renderer = WgpuTestRenderer::new();
        let mut window = Window::painted(home, practice(3, 20.0), loaded.clone(), None, renderer);
        window.harness.set_size(size);
        window.wait_for("ACTIVE");
        for number in 1..=3 {
            for _ in 0..30 {
                window.frame();
            }
            let name = format!("hint_{number}_{}.png", size.x);
            let path = std::path::Path::new(&folder).join(name);
            window.harness.render().unwrap().save(path).unwrap();
            window.click(DISMISS);
        }
        window.close();
    }
}

#[test]
fn a_message_at_the_start_lies_over_the_page_and_takes_no_room() {
    let text = "The settings file cannot be read. The defaults are used.";
    for size in SIZES {
        let quiet = at_size(size, LoadedSettings::default());
        let mut window = at_size(
            size,
            LoadedSettings {
                notice: Some(text.to_owned()),
                ..LoadedSettings::default()
            },
        );
        for control in ["Height of the bottom cards", "BUY ", "STOP"] {
            let place = |window: &Window| window.control(control).map(|control| control.rect);
            assert_eq!(place(&window), place(&quiet), "{control} at {size}");
        }
        let message = hint(&window, text);
        assert!(
            message.right() < window.its("BUY ").rect.left(),
            "{message:?}"
        );
        window.click("Dismiss");
        window.until("it is gone", |window| (!window.says(text)).then_some(()));
        window.close();
        quiet.close();
    }
}
