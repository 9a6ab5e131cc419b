//! Operates a window without a display: every control is found by its label. The place of each press is noted, for a
//! real window of the same size.

use std::path::{Path, PathBuf};

use egui::{Key, Rect};

use crate::support::window::app_window::Window;
use crate::support::window::labels::game_id;
use crate::support::window::three_games::{GameView, Input, Operator};

/// A thing that was done, with the rectangles of what was pressed and of what it changed.
#[derive(Debug, Clone, Copy)]
pub struct NotedPress {
    pub input: Input,
    /// Of what was clicked; of a key, of the control that shows its effect.
    pub pressed: Rect,
    pub sign: Rect,
}

/// A window that is played by label.
pub struct ByLabel {
    pub window: Window,
    pub noted: Vec<NotedPress>,
    out: PathBuf,
}

impl ByLabel {
    pub fn new(window: Window) -> Self {
        let out = window.out();
        Self {
            window,
            noted: Vec::new(),
            out,
        }
    }

    fn put(&mut self, input: Input, sign: &'static str) {
        let rect = |window: &Window, name| window.its(name).rect;
        let pressed = match input {
            Input::Mouse(name) => name,
            Input::Key(_) | Input::Eye => sign,
        };
        self.noted.push(NotedPress {
            input,
            pressed: rect(&self.window, pressed),
            sign: rect(&self.window, sign),
        });
        match input {
            Input::Mouse(name) => self.window.click(name),
            Input::Key(key) => self.window.key(key_of(key)),
            Input::Eye => {}
        }
    }

    /// What the buttons say: amount and share are on them.
    fn ticket(&self) -> Vec<String> {
        let names = ["BUY ", "SELL ", "SIDEBET "].into_iter();
        names
            .filter_map(|name| Some(self.window.control(name)?.name))
            .collect()
    }
}

fn key_of(key: char) -> Key {
    Key::from_name(&key.to_uppercase().to_string()).unwrap()
}

impl Operator for ByLabel {
    fn look(&mut self) -> GameView {
        self.window.frame();
        let texts = self.window.texts();
        let phases = ["Cooldown", "Presale", "Active", "Rugged"];
        let phase = phases.iter().find(|phase| {
            let word = phase.to_uppercase();
            texts.contains(&word)
        });
        GameView {
            game: game_id(&self.window.harness).unwrap_or_default(),
            phase: phase.map_or(String::new(), |phase| (*phase).to_owned()),
        }
    }

    fn set(&mut self, input: Input, sign: &'static str) {
        self.window.wait_its(sign);
        let before = self.ticket();
        self.put(input, sign);
        self.window.frame();
        assert_ne!(self.ticket(), before, "{input:?}");
    }

    fn wait_for(&mut self, button: &'static str) {
        self.window.until(button, |window| {
            window.control(button).filter(|control| control.able)
        });
        self.put(Input::Eye, button);
    }

    fn order(&mut self, input: Input, button: &'static str) {
        self.wait_for(button);
        self.put(input, button);
    }

    fn out(&self) -> &Path {
        &self.out
    }
}
