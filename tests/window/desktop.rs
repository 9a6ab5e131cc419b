//! What the window shows the desktop: its title, whether it is on top of others, the compact window; the session clock and
//! its reminder; and the settings of these.

use std::sync::{Arc, Mutex};

use egui::{Key, Plugin, ViewportCommand, ViewportId, WindowLevel, vec2};

use crate::support::window::app_window::{SIZE, Window, practice};
use crate::support::window::places::{assert_apart, places};

/// The size of the compact window.
const COMPACT: [f32; 2] = [360.0, 200.0];

/// Collects what the window asks of the desktop: a step of the tests may draw several frames.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<ViewportCommand>>>);

impl Plugin for Asked {
    fn debug_name(&self) -> &'static str {
        "asked"
    }

    fn output_hook(&mut self, _ctx: &egui::Context, output: &mut egui::FullOutput) {
        if let Some(root) = output.viewport_output.get(&ViewportId::ROOT) {
            self.0.lock().unwrap().extend(root.commands.iter().cloned());
        }
    }
}

impl Asked {
    /// Returns the collector of a window, from its next frame on.
    fn of(window: &Window) -> Self {
        let asked = Self::default();
        window.harness.ctx.add_plugin(asked.clone());
        asked
    }

    /// Draws until something is asked; returns it. What was asked before is forgotten.
    fn wait<T>(
        &self,
        window: &mut Window,
        what: &str,
        find: impl Fn(&ViewportCommand) -> Option<T>,
    ) -> T {
        window.until(what, |_| {
            self.0.lock().unwrap().drain(..).find_map(|one| find(&one))
        })
    }

    fn size(&self, window: &mut Window) -> egui::Vec2 {
        self.wait(window, "another size", |command| match command {
            ViewportCommand::InnerSize(size) => Some(*size),
            _ => None,
        })
    }

    fn level(&self, window: &mut Window) -> WindowLevel {
        self.wait(window, "another level", |command| match command {
            ViewportCommand::WindowLevel(level) => Some(*level),
            _ => None,
        })
    }

    fn title(&self, window: &mut Window, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        self.wait(window, what, |command| match command {
            ViewportCommand::Title(title) if is_it(title) => Some(title.clone()),
            _ => None,
        })
    }
}

/// Presses the key of the compact window, and gives the window the size that it asks for.
fn turn_compact(window: &mut Window, asked: &Asked) {
    window.ctrl(Key::M);
    let size = asked.size(window);
    window.harness.set_size(size);
    window.frame();
    window.frame();
}

#[test]
fn the_title_has_the_multiplier_and_the_result_of_the_game() {
    let mut window = Window::new(practice(3, 4.0));
    let asked = Asked::of(&window);
    let presale = asked.title(&mut window, "a presale", |title| {
        title.starts_with("Presale")
    });
    assert_eq!(presale, "Presale · Pianola");
    window.press("BUY ");
    let running = asked.title(&mut window, "a running game", |title| title.contains('x'));
    let (numbers, name) = running.split_once(" · ").unwrap();
    assert_eq!(name, "Pianola");
    let (price, pnl) = numbers.split_once(' ').unwrap();
    let price = price.strip_suffix('x').unwrap();
    assert!(price.parse::<f64>().unwrap() > 0.0, "{running}");
    let pnl = pnl.trim_start_matches(['+', '−']);
    assert!(pnl.len() == 6 && pnl.parse::<f64>().is_ok(), "{running}");
}

#[test]
fn the_window_is_kept_on_top_when_the_player_says_so() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_its("BUY ");
    let asked = Asked::of(&window);
    window.ctrl(Key::P);
    assert_eq!(asked.level(&mut window), WindowLevel::AlwaysOnTop);
    window.until("it is kept", |window| {
        window.kept().keep_on_top.then_some(())
    });
    // The switch of the settings is the same one. A high window shows the whole page.
    window.harness.set_size(vec2(1_400.0, 1_200.0));
    window.ctrl(Key::Comma);
    window.click("Keep on top");
    assert_eq!(asked.level(&mut window), WindowLevel::Normal);
    window.until("it is kept", |window| {
        (!window.kept().keep_on_top).then_some(())
    });
}

#[test]
fn the_compact_window_has_multiplier_result_buttons_and_lamps_and_orders() {
    let mut window = Window::new(practice(3, 1.0));
    window.wait_for("Wallet 1.0000");
    let asked = Asked::of(&window);
    turn_compact(&mut window, &asked);
    let size = window.harness.ctx.content_rect().size();
    assert_eq!(size, vec2(COMPACT[0], COMPACT[1]));
    assert!((window.harness.ctx.zoom_factor() - 1.0).abs() < 0.001);
    // The window may be so small, and no smaller.
    for name in [
        "BUY ",
        "SELL ",
        "SIDEBET ",
        "Feed ",
        "Drift ",
        "REC ",
        "Whole window",
    ] {
        let control = window.wait_its(name);
        assert!(
            window
                .harness
                .ctx
                .content_rect()
                .contains_rect(control.rect),
            "{control:?}"
        );
    }
    assert_apart(&places(&window.harness), COMPACT, "compact");
    for gone in ["Menu", "STOP", "Amount", "Library"] {
        assert!(window.control(gone).is_none(), "{gone}");
    }
    // It trades: with the mouse in the presale, with a key in the game.
    window.press("BUY ");
    window.wait_for_part("x");
    window.until("a result", |window| {
        let texts = window.texts();
        let is_result = |text: &String| text.len() >= 7 && text.starts_with(['+', '−']);
        texts.iter().any(is_result).then_some(())
    });
    window.key(Key::S);
    window.until("the sale", |window| {
        let sold = window
            .harness
            .state()
            .borrow()
            .as_ref()
            .and_then(pianola::ui::App::view);
        (sold?.actions.len() >= 2).then_some(())
    });
    // A command that needs room gives the window its size back.
    window.key(Key::Questionmark);
    let size = asked.size(&mut window);
    assert!(size.x >= 700.0 && size.y >= 600.0, "{size}");
    window.harness.set_size(size);
    window.wait_for("Keys");
    window.key(Key::Escape);
    window.wait_its("Menu");
}

#[test]
fn the_button_of_the_compact_window_makes_it_whole_again() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_its("BUY ");
    let asked = Asked::of(&window);
    turn_compact(&mut window, &asked);
    window.click("Whole window");
    window.harness.set_size(SIZE.into());
    window.wait_its("Menu");
    window.wait_its("Amount");
    assert!((window.harness.ctx.zoom_factor() - 1.0).abs() < 0.001);
}

#[test]
fn the_session_clock_is_beside_the_session_and_the_reminder_is_off() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for_part("0 min · house 0.0000");
    assert_eq!(window.kept().reminder_minutes, None);
    window.harness.set_size(vec2(1_400.0, 1_200.0));
    window.ctrl(Key::Comma);
    let field = "Remind me of the time";
    window.wait_its(field);
    for (text, kept) in [("30", Some(30)), ("0", Some(30)), ("", None)] {
        window.click(field);
        window
            .harness
            .key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
        window.harness.key_press(Key::Backspace);
        window.harness.event(egui::Event::Text(text.to_owned()));
        window.harness.key_press(Key::Tab);
        window.frame();
        window.frame();
        window.until("it is kept", |window| {
            (window.kept().reminder_minutes == kept).then_some(())
        });
        let is_wrong = window.says_part("A whole number from 1 to 1440");
        assert_eq!(is_wrong, text == "0", "{text}");
    }
}

#[test]
fn sounds_and_notifications_are_settings_only_where_they_are_built_and_off() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_its("BUY ");
    window.ctrl(Key::Comma);
    window.wait_for("Desktop");
    assert_eq!(window.says("Sounds"), cfg!(feature = "sound"));
    assert_eq!(
        window.says("Notifications"),
        cfg!(feature = "notifications")
    );
    let kept = window.kept();
    assert!(!kept.sounds && !kept.notifications);
    assert!(window.control("Volume").is_none());
}
