//! A saved session replayed in the real window: at each press a strip of three pictures (before, pressing, after) of
//! its button. The same window without a display tells which button must be down where.

use std::path::Path;
use std::process::Command;

use egui::{Key, Pos2, Rect};

use crate::support::process::until;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::by_mouse::Screen;
use crate::support::window::display::xdotool;

const BUTTONS: [&str; 3] = ["BUY ", "SELL ", "SIDEBET "];
/// The colour of what the piano presses.
const PRESSED: [u8; 3] = [0x7A, 0x4F, 0xE0];
/// The colour of the bar of a replay.
const BAR: [u8; 3] = [0x24, 0x1C, 0x3A];

/// Which buttons are down: BUY, SELL, SIDEBET.
type Down = [bool; 3];

/// Three looks at one stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    pub before: Down,
    pub pressing: Down,
    pub after: Down,
}

/// What the window shows where something was pressed or came of it, and where its buttons are.
pub fn stops(session: &Path) -> (Vec<Looks>, [Rect; 3]) {
    let mut window = Window::replaying(practice(3, 0.1), session.to_owned());
    window.wait_for_part("REPLAY");
    window.key(Key::Space);
    window.key(Key::Home);
    let rects = BUTTONS.map(|name| window.its(name).rect);
    let down = |window: &Window| BUTTONS.map(|name| window.its(name).on);
    let place = |window: &Window| window.its("Seek: ").name;
    let mut stops = Vec::new();
    loop {
        let here = place(&window);
        window.ctrl(Key::ArrowRight);
        if place(&window) == here {
            break;
        }
        let pressing = down(&window);
        window.key(Key::ArrowLeft);
        let before = down(&window);
        window.key(Key::ArrowRight);
        let stop = place(&window);
        window.key(Key::ArrowRight);
        let after = down(&window);
        // Behind the last place there is none.
        if place(&window) != stop {
            window.key(Key::ArrowLeft);
        }
        stops.push(Looks {
            before,
            pressing,
            after,
        });
    }
    window.close();
    (stops, rects)
}

/// The real window that plays a session again.
pub struct Strip<'a> {
    pub display: &'a str,
    pub screen: Screen,
    pub buttons: [Rect; 3],
}

impl Strip<'_> {
    fn has_colour(&self, rect: Rect, colour: [u8; 3]) -> bool {
        let near = |a: u8, b: u8| a.abs_diff(b) < 12;
        let pixels = self.screen.pixels(rect);
        pixels
            .iter()
            .all(|rgb| rgb.iter().zip(colour).all(|(a, b)| near(*a, b)))
    }

    fn down(&self) -> Down {
        // Below the text, within the frame.
        self.buttons.map(|button| {
            let corner = Pos2::new(button.left() + 20.0, button.bottom() - 6.0);
            self.has_colour(Rect::from_min_size(corner, egui::vec2(40.0, 3.0)), PRESSED)
        })
    }

    fn look(&self, what: &str, wanted: Down) {
        let name = format!("{what}: {wanted:?}");
        until(&name, || (self.down() == wanted).then_some(()));
        if let Some(folder) = std::env::var_os("PIANOLA_PICTURES") {
            let file = Path::new(&folder).join(format!("{}.png", what.replace(' ', "-")));
            let done = Command::new("import")
                .args(["-display", self.display, "-window", "root"])
                .arg(file)
                .status();
            assert!(done.unwrap().success(), "import takes pictures");
        }
    }

    /// Goes from stop to stop; returns how many presses were seen.
    pub fn walk(&self, stops: &[Looks]) -> usize {
        let bar = Rect::from_min_size(Pos2::new(500.0, 0.0), egui::vec2(40.0, 1.0));
        until("the replay", || self.has_colour(bar, BAR).then_some(()));
        xdotool(
            self.display,
            &["search", "--name", "Pianola$", "windowfocus"],
        );
        xdotool(self.display, &["key", "space"]);
        xdotool(self.display, &["key", "Home"]);
        let mut presses = 0;
        for (number, stop) in stops.iter().enumerate() {
            let at = |look: &str| format!("strip {:02} {look}", number + 1);
            xdotool(self.display, &["key", "ctrl+Right"]);
            if stop.pressing == [false; 3] {
                // A result: it is not pressed.
                self.look(&at("result"), stop.pressing);
                continue;
            }
            presses += 1;
            self.look(&at("pressing"), stop.pressing);
            xdotool(self.display, &["key", "Left"]);
            self.look(&at("before"), stop.before);
            xdotool(self.display, &["key", "Right"]);
            self.look(&at("pressing"), stop.pressing);
            xdotool(self.display, &["key", "Right"]);
            self.look(&at("after"), stop.after);
            xdotool(self.display, &["key", "Left"]);
        }
        presses
    }
}
