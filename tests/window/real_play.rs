//! The real window, played by mouse and keys through three games of the practice table; then every row of the session
//! is checked. Needs `Xvfb`, `xwininfo` and `xdotool`; skipped where they are absent, unless `PIANOLA_REQUIRE` names
//! `graphics`. `PIANOLA_PICTURES` names a folder for pictures of it (with `ImageMagick`'s `import`).
#![cfg(target_os = "linux")]

use std::fs::File;
use std::path::{Path, PathBuf};

use egui::Key;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::account::{ActionKind, ActionSource, ActionStatus};
use tempfile::TempDir;

use crate::support::process::{Program, ended, signal, until};
use crate::support::running_session;
use crate::support::script_run::sessions;
use crate::support::seeds::seed_of;
use crate::support::session_audit;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::by_label::{ByLabel, NotedPress};
use crate::support::window::by_mouse::{ByMouse, Screen};
use crate::support::window::display::{Display, window, xdotool};
use crate::support::window::replay_strip::{self, Strip};
use crate::support::window::three_games::{Games, play, wanted};

/// Slow enough for a slow machine, fast enough for the developer who waits.
const SPEED: &str = "3";

/// The folder below the home with the picture of the display.
const SCREEN: &str = "screen";

/// Returns a display with a home for the program; `None`, with a report, where there is none to be had.
fn display() -> Option<(Display, TempDir)> {
    let home = tempfile::tempdir().unwrap();
    let screen = home.path().join(SCREEN);
    std::fs::create_dir(&screen).unwrap();
    let args = ["-fbdir", screen.to_str().unwrap()];
    Some((Display::with(&["xdotool"], &args)?, home))
}

/// The program in a window on a display of its own.
struct RealWindow {
    display: Display,
    screen: PathBuf,
    log: PathBuf,
    program: Program,
    home: TempDir,
}

impl RealWindow {
    /// Starts the program at the table with this seed.
    fn start((display, home): (Display, TempDir), seed: u64) -> Self {
        let screen = home.path().join(SCREEN);
        let log = home.path().join("log");
        let child = window(home.path())
            .env("DISPLAY", &display.name)
            .env("WINIT_X11_SCALE_FACTOR", "1")
            .env("PIANOLA_LOG", "pianola=debug,pianola::ui::debounce=trace")
            .args(["--practice", "--speed", SPEED])
            .args(["--seed", &seed.to_string()])
            .arg("--out")
            .arg(home.path().join("out"))
            .stderr(File::create(&log).unwrap())
            .spawn();
        let window = Self {
            display,
            screen,
            log,
            program: Program(child.unwrap()),
            home,
        };
        until("the window", || {
            // Without a window the program goes on, and says so.
            let log = window.log();
            assert!(!log.contains("no window can be opened"), "{log}");
            window.display.shows("Pianola").then_some(())
        });
        window
    }

    /// Returns a hand at this window, which presses in these games where it was noted.
    fn hand(&self, games: &[String], noted: Vec<NotedPress>) -> ByMouse {
        let hand = ByMouse {
            display: self.display.name.clone(),
            screen: Screen::new(&self.screen),
            log: self.log.clone(),
            games: games.to_vec(),
            out: self.home.path().join("out"),
            noted: noted.into(),
        };
        // There is no window manager here: the keys go where they are sent.
        xdotool(
            &hand.display,
            &["search", "--name", "Pianola$", "windowfocus"],
        );
        hand
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Ends the program, which must end well.
    fn end(&mut self) {
        terminate(&mut self.program, &self.log);
    }
}

/// Asks the program to end, which must end well; returns its log.
fn terminate(program: &mut Program, log: &Path) -> String {
    signal(&program.0, "-TERM");
    let status = ended(&mut program.0);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(status.success(), "{log}");
    log
}

/// Where everything is when it is pressed: the same moves, in the same window, without a display.
fn places(games: &Games) -> Vec<NotedPress> {
    let mut hand = ByLabel::new(Window::new(practice(games.seed, 8.0)));
    play(&mut hand, games);
    let noted = hand.noted.clone();
    hand.window.close();
    noted
}

#[test]
fn a_real_window_is_played_by_mouse_and_keys_and_every_digit_of_the_session_is_right() {
    let Some(display) = display() else {
        return;
    };
    let games = Games::find();
    let noted = places(&games);
    let mut window = RealWindow::start(display, games.seed);
    let mut hand = window.hand(&games.ids, noted);
    play(&mut hand, &games);
    assert!(hand.noted.is_empty(), "{:?}", hand.noted);
    window.end();
    session_audit::assert_session(&hand.out, &wanted(&games));
    replayed(&window, &session_audit::only_session(&hand.out));
}

/// The evening once more: the buttons press themselves where they were pressed.
fn replayed(played: &RealWindow, session: &Path) {
    let (home, display) = (played.home.path(), &played.display);
    let (stops, buttons) = replay_strip::stops(session);
    let orders = stops.iter().filter(|stop| stop.pressing != [false; 3]);
    assert!(orders.count() >= 5, "{stops:?}");
    let log = home.join("log of the replay");
    let file = File::create(&log).unwrap();
    let child = window(home)
        .env("DISPLAY", &display.name)
        .args(["--practice", "--seed", "3", "--speed", "0.1", "--out"])
        .arg(home.join("live"))
        .arg("--replay")
        .arg(session)
        .stderr(file)
        .spawn();
    let mut program = Program(child.unwrap());
    until("the window", || display.shows("Pianola").then_some(()));
    let strip = Strip {
        display: &display.name,
        screen: Screen::new(&played.screen),
        buttons,
    };
    let presses = strip.walk(&stops);
    assert!(presses >= 5, "{presses}");
    let said = terminate(&mut program, &log);
    // There was no order meanwhile.
    assert!(!said.contains("saved the session"), "{said}");
}

/// Ticks of the game in which a key is held: enough for that and one order more.
const LONG: std::ops::Range<u32> = 400..900;
/// Key repeats of the X server that the program must have seen: at 25 a second, for most of a second.
const REPEATS: usize = 20;

/// What has the focus one after the other, from the amount until Tab leads to BUY.
fn way_to_buy(seed: u64) -> Vec<egui::Rect> {
    let mut window = Window::new(practice(seed, 8.0));
    window.until("a buy is possible", |window| {
        window.control("BUY ").filter(|buy| buy.able)
    });
    window.click("Amount");
    let mut way = Vec::new();
    loop {
        let focused = window.harness.get_by(|node| (*node).is_focused());
        way.push(focused.rect());
        let name = focused.accesskit_node().label();
        if name.is_some_and(|name| name.starts_with("BUY ")) {
            break;
        }
        assert!(way.len() < 40, "Tab leads to BUY: {way:?}");
        window.key(Key::Tab);
        window.frame();
    }
    window.close();
    way
}

/// How many key repeats the program says that it passed over.
fn repeats(log: &Path) -> usize {
    let said = std::fs::read_to_string(log).unwrap();
    let dropped = said.lines().filter_map(|line| {
        let rest = line.split("a held key presses once dropped=").nth(1)?;
        rest.trim().parse::<usize>().ok()
    });
    dropped.sum()
}

#[test]
fn enter_held_on_buy_in_the_real_window_is_one_order() {
    let Some(display) = display() else {
        return;
    };
    let seed = seed_of(10, &[LONG]);
    let way = way_to_buy(seed);
    let (amount, buy) = (way[0], way[way.len() - 1]);
    let mut window = RealWindow::start(display, seed);
    let hand = window.hand(&[], Vec::new());
    let can_buy = |hand: &ByMouse| {
        until("a buy is possible", || {
            hand.screen.is_coloured(buy).then_some(())
        });
    };
    let bought = |hand: &ByMouse| {
        let rows = running_session::short(&hand.out);
        let done = (ActionKind::Buy, ActionStatus::Confirmed);
        assert!(rows.iter().all(|row| row.0 == ActionKind::Buy), "{rows:?}");
        rows.iter().filter(|row| **row == done).count()
    };
    can_buy(&hand);
    let [x, y] = [amount.center().x, amount.center().y].map(|value| format!("{value:.0}"));
    xdotool(&hand.display, &["mousemove", &x, &y, "click", "1"]);
    for next in &way[1..] {
        // What has the focus has a ring around it.
        let around = next.expand(4.0);
        let before = hand.screen.at_rest(around);
        xdotool(&hand.display, &["key", "Tab"]);
        until("the focus", || {
            (hand.screen.pixels(around) != before).then_some(())
        });
    }
    xdotool(&hand.display, &["keydown", "Return"]);
    until("the order", || (bought(&hand) == 1).then_some(()));
    // The order is done and another one would be taken: only now do the repeats prove anything.
    can_buy(&hand);
    let before = repeats(&window.log);
    until("the repeats", || {
        (repeats(&window.log) >= before + REPEATS).then_some(())
    });
    xdotool(&hand.display, &["keyup", "Return"]);
    assert_eq!(running_session::rows(&hand.out).len(), 1);
    // A press of its own is the next order: nothing else kept the others back.
    can_buy(&hand);
    xdotool(&hand.display, &["key", "Return"]);
    until("the next order", || (bought(&hand) == 2).then_some(()));
    window.end();
    let sessions = sessions(&hand.out);
    let [(_, session)] = &sessions[..] else {
        panic!("{sessions:#?}");
    };
    let buys = session
        .actions
        .iter()
        .filter(|row| row.action == ActionKind::Buy);
    let by: Vec<_> = buys.map(|row| row.source).collect();
    assert_eq!(by, [ActionSource::Key; 2]);
}
