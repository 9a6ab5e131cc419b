//! Operates the real window with the mouse and keys of the X server. The picture is read from the server's memory, the
//! state of the table from the program's log.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use egui::{Pos2, Rect};

use crate::support::process::until;
use crate::support::window::by_label::NotedPress;
use crate::support::window::display::xdotool;
use crate::support::window::three_games::{GameView, Input, Operator};

/// So many looks in a row must show the same; there are ten milliseconds between two.
const REST: u32 = 15;

/// The screen of the X server, as it lies in its `-fbdir`.
pub struct Screen {
    file: PathBuf,
}

impl Screen {
    pub fn new(folder: &Path) -> Self {
        Self {
            file: folder.join("Xvfb_screen0"),
        }
    }

    /// Returns the colours within a rectangle, row by row.
    pub fn pixels(&self, rect: Rect) -> Vec<[u8; 3]> {
        let bytes = std::fs::read(&self.file).unwrap();
        // The header of an XWD file: numbers of four bytes, the greatest first.
        let head = |place: usize| {
            let bytes = bytes[4 * place..4 * place + 4].try_into().unwrap();
            u32::from_be_bytes(bytes) as usize
        };
        let (bits, line, colours) = (head(11), head(12), head(19));
        assert_eq!(bits, 32, "four bytes for each point");
        let start = head(0) + 12 * colours;
        let whole = |value: f32| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place on the screen"
            )]
            let whole = value.round() as usize;
            whole
        };
        let columns = whole(rect.left())..whole(rect.right());
        let rows = whole(rect.top())..whole(rect.bottom());
        let at = |x: usize, y: usize| {
            let at = start + y * line + 4 * x;
            [bytes[at + 2], bytes[at + 1], bytes[at]]
        };
        rows.flat_map(|y| columns.clone().map(move |x| (x, y)))
            .map(|(x, y)| at(x, y))
            .collect()
    }

    /// Returns the same once it looks the same for a while.
    pub fn at_rest(&self, rect: Rect) -> Vec<[u8; 3]> {
        let mut last = Vec::new();
        let mut same = 0;
        until("rest on the screen", || {
            let now = self.pixels(rect);
            same = if now == last { same + 1 } else { 0 };
            last = now;
            (same == REST).then(|| last.clone())
        })
    }

    /// Whether a button has a colour: one that cannot be pressed is grey.
    pub fn is_coloured(&self, button: Rect) -> bool {
        // Below the text, within the frame.
        let size = egui::vec2(40.0, 3.0);
        let corner = Pos2::new(button.left() + 20.0, button.bottom() - 6.0);
        let pixels = self.pixels(Rect::from_min_size(corner, size));
        pixels.iter().all(|rgb| {
            let (most, least) = (rgb.iter().max().unwrap(), rgb.iter().min().unwrap());
            most - least > 64
        })
    }
}

/// The real window, played by mouse and keys at the places that were noted before.
pub struct ByMouse {
    pub display: String,
    pub screen: Screen,
    /// What the program says.
    pub log: PathBuf,
    /// The games, in order: the log names one only when its first tick comes.
    pub games: Vec<String>,
    pub out: PathBuf,
    /// What is to be done, in this order.
    pub noted: VecDeque<NotedPress>,
}

impl ByMouse {
    fn put(&self, input: Input, at: Pos2) {
        match input {
            Input::Mouse(_) => {
                let [x, y] = [at.x, at.y].map(|value| format!("{value:.0}"));
                xdotool(&self.display, &["mousemove", &x, &y, "click", "1"]);
            }
            Input::Key('+') => xdotool(&self.display, &["key", "plus"]),
            Input::Key(key) => xdotool(&self.display, &["key", &key.to_string()]),
            Input::Eye => {}
        }
    }

    fn next(&mut self, input: Input) -> NotedPress {
        let noted = self.noted.pop_front().unwrap();
        assert_eq!(noted.input, input, "the two hands do the same");
        noted
    }
}

impl Operator for ByMouse {
    fn look(&mut self) -> GameView {
        let log = std::fs::read_to_string(&self.log).unwrap();
        let mut seen = GameView::default();
        let mut games = self.games.iter();
        for line in log.lines() {
            let word = |key: &str| {
                let rest = line.split(key).nth(1)?;
                rest.split_whitespace().next().map(str::to_owned)
            };
            if line.contains(" phase changed ") {
                seen.phase = word("to=").unwrap();
                if seen.phase == "Cooldown" {
                    seen.game = games.next().cloned().unwrap_or_default();
                }
            } else if line.contains(" game started ") {
                assert_eq!(word("game="), Some(seen.game.clone()));
            }
        }
        seen
    }

    fn set(&mut self, input: Input, _sign: &'static str) {
        let noted = self.next(input);
        // What the order before it did may still be moving things.
        let before = self.screen.at_rest(noted.sign);
        self.put(input, noted.pressed.center());
        until(
            &format!("a change by {input:?} at {:?}", noted.sign),
            || (self.screen.pixels(noted.sign) != before).then_some(()),
        );
    }

    fn wait_for(&mut self, button: &'static str) {
        let noted = self.next(Input::Eye);
        until(button, || self.screen.is_coloured(noted.sign).then_some(()));
    }

    fn order(&mut self, input: Input, button: &'static str) {
        self.wait_for(button);
        let noted = self.next(input);
        self.put(input, noted.pressed.center());
    }

    fn out(&self) -> &Path {
        &self.out
    }
}
