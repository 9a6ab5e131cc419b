//! The hands of a player in a window without a display: everything is found by its name. What was pressed and where is
//! noted, for a real window of the same size.
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "a helper of tests, each of which uses its part"
)]

use std::path::{Path, PathBuf};

use egui::{Key, Rect};

use super::shell::Window;
use super::three_games::{Hand, Input, Seen};

/// A thing that was done, with the rectangles of what was pressed and of what it changed.
#[derive(Debug, Clone, Copy)]
pub struct Noted {
    pub input: Input,
    /// Of what was clicked; of a key, of the control that shows its effect.
    pub pressed: Rect,
    pub sign: Rect,
}

/// A window that is played by label.
pub struct ByLabel {
    pub window: Window,
    pub noted: Vec<Noted>,
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
        self.noted.push(Noted {
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

impl Hand for ByLabel {
    fn look(&mut self) -> Seen {
        self.window.frame();
        let texts = self.window.texts();
        let phases = ["Cooldown", "Presale", "Active", "Rugged"];
        let phase = phases.iter().find(|phase| {
            let word = phase.to_uppercase();
            texts.contains(&word)
        });
        let game = texts.iter().find(|text| text.starts_with("20000101-"));
        Seen {
            game: game.cloned().unwrap_or_default(),
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
