//! The real window, played by mouse and keys through three games of the practice table; then every row of the session
//! is put to the test. Needs `Xvfb`, `xwininfo` and `xdotool`; skipped where they are absent, unless `PIANOLA_REQUIRE`
//! names `graphics`. `PIANOLA_PICTURES` names a folder for pictures of it (with `ImageMagick`'s `import`).
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/audit.rs"]
mod audit;
#[path = "support/by_label.rs"]
mod by_label;
#[path = "support/by_mouse.rs"]
mod by_mouse;
#[path = "support/display.rs"]
mod display;
#[path = "support/evening.rs"]
mod evening;
#[path = "support/film_strip.rs"]
mod film_strip;
#[path = "support/journal.rs"]
mod journal;
#[path = "support/process.rs"]
mod process;
#[path = "support/said.rs"]
mod said;
#[path = "support/shell.rs"]
mod shell;
#[path = "support/skipped.rs"]
mod skipped;
#[path = "support/three_games.rs"]
mod three_games;

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command};

use by_label::{ByLabel, Noted};
use by_mouse::{ByMouse, Screen};
use display::{Display, window};
use egui::Key;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use evening::{seed_of, sessions};
use film_strip::Strip;
use pianola::account::{ActionKind, ActionSource, ActionStatus};
use process::until;
use shell::{Window, practice};
use three_games::{Games, play, wanted};

/// Slow enough for a slow machine, fast enough for whoever waits.
const SPEED: &str = "3";

/// The program; killed when the test is over.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok(); // It has ended, if all went well.
        self.0.wait().ok();
    }
}

impl Program {
    fn start(home: &Path, display: &str, seed: u64, log: &Path) -> Self {
        let child = window(home)
            .env("DISPLAY", display)
            .env("WINIT_X11_SCALE_FACTOR", "1")
            .env("PIANOLA_LOG", "pianola=debug,pianola::ui::press=trace")
            .args(["--practice", "--speed", SPEED])
            .args(["--seed", &seed.to_string()])
            .arg("--out")
            .arg(home.join("out"))
            .stderr(File::create(log).unwrap())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Asks it to end, and returns its code.
    fn terminate(&mut self) -> Option<i32> {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().unwrap();
        assert!(sent.success());
        until("the end", || self.0.try_wait().unwrap()).code()
    }
}

/// Where everything is when it is pressed: the same moves, in the same window, without a display.
fn places(games: &Games) -> Vec<Noted> {
    let mut hand = ByLabel::new(Window::new(practice(games.seed, 8.0)));
    play(&mut hand, games);
    let noted = hand.noted.clone();
    hand.window.close();
    noted
}

#[test]
fn a_real_window_is_played_by_mouse_and_keys_and_every_digit_of_the_session_is_right() {
    let home = tempfile::tempdir().unwrap();
    let screen = home.path().join("screen");
    std::fs::create_dir(&screen).unwrap();
    let args = ["-fbdir", screen.to_str().unwrap()];
    let Some(display) = Display::with(&["xdotool"], &args) else {
        return;
    };
    let games = Games::find();
    let noted = places(&games);
    let log = home.path().join("log");
    let mut program = Program::start(home.path(), &display.name, games.seed, &log);
    until("the window", || {
        // Without one the program goes on, and says so.
        let said = std::fs::read_to_string(&log).unwrap();
        assert!(!said.contains("no window can be opened"), "{said}");
        display.shows("Pianola").then_some(())
    });
    let mut hand = ByMouse {
        display: display.name.clone(),
        screen: Screen::new(&screen),
        log: log.clone(),
        games: games.ids.to_vec(),
        out: home.path().join("out"),
        noted: noted.into(),
    };
    // Nobody manages the windows here: the keys go where they are sent.
    hand.xdotool(&["search", "--name", "^Pianola$", "windowfocus"]);
    play(&mut hand, &games);
    assert!(hand.noted.is_empty(), "{:?}", hand.noted);
    let code = program.terminate();
    let said = std::fs::read_to_string(&log).unwrap();
    assert_eq!(code, Some(0), "{said}");
    audit::assert_session(&hand.out, &wanted(&games));
    replayed(
        home.path(),
        &display,
        &screen,
        &audit::only_session(&hand.out),
    );
}

/// The evening once more: the buttons press themselves where they were pressed.
fn replayed(home: &Path, display: &Display, screen: &Path, session: &Path) {
    let (stops, buttons) = film_strip::stops(session);
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
        screen: Screen::new(screen),
        buttons,
    };
    let presses = strip.walk(&stops);
    assert!(presses >= 5, "{presses}");
    let code = program.terminate();
    let said = std::fs::read_to_string(&log).unwrap();
    assert_eq!(code, Some(0), "{said}");
    // Nobody played meanwhile.
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
    let home = tempfile::tempdir().unwrap();
    let screen = home.path().join("screen");
    std::fs::create_dir(&screen).unwrap();
    let args = ["-fbdir", screen.to_str().unwrap()];
    let Some(display) = Display::with(&["xdotool"], &args) else {
        return;
    };
    let seed = seed_of(10, &[LONG]);
    let way = way_to_buy(seed);
    let (amount, buy) = (way[0], way[way.len() - 1]);
    let log = home.path().join("log");
    let mut program = Program::start(home.path(), &display.name, seed, &log);
    until("the window", || display.shows("Pianola").then_some(()));
    let hand = ByMouse {
        display: display.name.clone(),
        screen: Screen::new(&screen),
        log: log.clone(),
        games: Vec::new(),
        out: home.path().join("out"),
        noted: std::collections::VecDeque::new(),
    };
    hand.xdotool(&["search", "--name", "^Pianola$", "windowfocus"]);
    let can_buy = |hand: &ByMouse| {
        until("a buy is possible", || {
            hand.screen.is_coloured(buy).then_some(())
        });
    };
    let bought = |hand: &ByMouse| {
        let rows = journal::short(&hand.out);
        let done = (ActionKind::Buy, ActionStatus::Confirmed);
        assert!(rows.iter().all(|row| row.0 == ActionKind::Buy), "{rows:?}");
        rows.iter().filter(|row| **row == done).count()
    };
    can_buy(&hand);
    let [x, y] = [amount.center().x, amount.center().y].map(|value| format!("{value:.0}"));
    hand.xdotool(&["mousemove", &x, &y, "click", "1"]);
    for next in &way[1..] {
        // What has the focus looks different.
        let before = hand.screen.at_rest(*next);
        hand.xdotool(&["key", "Tab"]);
        until("the focus", || {
            (hand.screen.pixels(*next) != before).then_some(())
        });
    }
    hand.xdotool(&["keydown", "Return"]);
    until("the order", || (bought(&hand) == 1).then_some(()));
    // The order is done and another one would be taken: only now do the repeats prove anything.
    can_buy(&hand);
    let before = repeats(&log);
    until("the repeats", || {
        (repeats(&log) >= before + REPEATS).then_some(())
    });
    hand.xdotool(&["keyup", "Return"]);
    assert_eq!(journal::rows(&hand.out).len(), 1);
    // A press of its own is the next order: nothing else kept the others back.
    can_buy(&hand);
    hand.xdotool(&["key", "Return"]);
    until("the next order", || (bought(&hand) == 2).then_some(()));
    let code = program.terminate();
    let said = std::fs::read_to_string(&log).unwrap();
    assert_eq!(code, Some(0), "{said}");
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
