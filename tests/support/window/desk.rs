//! The program in a real window on a display of its own, by mouse and keys.

use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use egui::{Pos2, Rect, vec2};
use pianola::settings::Settings;
use tempfile::TempDir;

use crate::support::process::{Program, ended, signal, until};
use crate::support::window::by_mouse::Screen;
use crate::support::window::display::{Display, window, xdotool};

/// The folder below the home with the picture of the display.
const SCREEN: &str = "screen";

/// A game in which something can be done by hand: at eight ticks a second it lasts a minute.
pub const LONG: Range<u32> = 400..900;

/// A display, and a home for the program.
pub struct Desk {
    pub display: Display,
    pub screen: Screen,
    pub home: TempDir,
}

impl Desk {
    /// Returns a display of this size; `None`, with a report, where there is none to be had.
    pub fn new(size: &str) -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(SCREEN);
        fs::create_dir(&folder).unwrap();
        let args = ["-fbdir", folder.to_str().unwrap()];
        let display = Display::sized(size, &["xdotool"], &args)?;
        let screen = Screen::new(&folder);
        Some(Self {
            display,
            screen,
            home,
        })
    }

    /// Where the program keeps its settings.
    pub fn settings(&self) -> PathBuf {
        self.home.path().join("config/pianola/settings.json")
    }

    pub fn kept(&self) -> Settings {
        pianola::settings::file::read_only(&self.settings())
    }

    /// Starts the program at the practice table with these settings of the environment, and waits for its window.
    pub fn start(&self, speed: &str, environment: &[(&str, &str)]) -> Program {
        self.start_at(3, speed, environment)
    }

    /// The same with further arguments.
    pub fn start_with(&self, args: &[&str], speed: &str, environment: &[(&str, &str)]) -> Program {
        self.started(args, 3, speed, environment)
    }

    /// The same at a table with the games of this seed.
    pub fn start_at(&self, games: u64, speed: &str, environment: &[(&str, &str)]) -> Program {
        self.started(&[], games, speed, environment)
    }

    fn started(
        &self,
        args: &[&str],
        games: u64,
        speed: &str,
        environment: &[(&str, &str)],
    ) -> Program {
        let child = window(self.home.path())
            .env("DISPLAY", &self.display.name)
            .env("WINIT_X11_SCALE_FACTOR", "1")
            .envs(environment.iter().copied())
            .args(args)
            .args(["--practice", "--speed", speed])
            .args(["--seed", &games.to_string()])
            .arg("--out")
            .arg(self.out())
            .stderr(fs::File::create(self.home.path().join("log")).unwrap())
            .spawn();
        let program = Program(child.unwrap());
        until("the window", || self.display.shows("Pianola").then_some(()));
        // There is no window manager here: the keys go where they are sent.
        let focus = ["search", "--name", "Pianola$", "windowfocus"];
        xdotool(&self.display.name, &focus);
        program
    }

    /// Where the program records.
    pub fn out(&self) -> PathBuf {
        self.home.path().join("out")
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.home.path().join("log")).unwrap()
    }

    pub fn key(&self, key: &str) {
        xdotool(&self.display.name, &["key", key]);
    }

    pub fn mouse(&self, at: Pos2, button: &[&str]) {
        let [x, y] = [at.x, at.y].map(|value| format!("{value:.0}"));
        let mut args = vec!["mousemove", &x, &y];
        args.extend(button);
        xdotool(&self.display.name, &args);
    }

    pub fn end(&self, mut program: Program) {
        signal(&program.0, "-TERM");
        let status = ended(&mut program.0);
        assert!(status.success(), "{}", self.log());
    }

    pub fn click(&self, at: Pos2) {
        self.mouse(at, &["click", "1"]);
    }

    /// Drags with the left button as a hand does: the window draws between two steps.
    pub fn drag(&self, from: Pos2, to: Pos2) {
        let step = |at: Pos2, button: &[&str]| {
            self.mouse(at, button);
            // The edge is marked where the pointer is.
            self.screen
                .at_rest(Rect::from_center_size(at, vec2(40.0, 40.0)));
        };
        step(from, &[]);
        step(from, &["mousedown", "1"]);
        for part in [0.3, 0.6, 1.0] {
            step(from.lerp(to, part), &[]);
        }
        step(to, &["mouseup", "1"]);
    }
}
