//! The source of the games, chosen in the window by label: the menu, the speed, leaving a table with a position, and a
//! source that takes no orders.

use egui::{Event, Key, Modifiers};
use pianola::account::{ActionKind, ActionSource, ActionStatus};
use pianola::engine::GameSource;
use pianola::feed::Address;
use pianola::table::{Speed, Table, TableConfig};

use crate::support::running_session;
use crate::support::script_run::{replay_command, sessions};
use crate::support::seeds::seed_of;
use crate::support::watch_only_table;
use crate::support::window::app_window::{Window, practice};

/// Ticks of the first game: enough for everything that is done in it.
const LONG: std::ops::Range<u32> = 500..900;
const NAME: &str = "Source: PRACTICE TABLE";

#[test]
fn the_menu_offers_four_sources() {
    let mut window = Window::new(practice(3, 0.1));
    window.click(NAME);
    for source in [
        "Practice table",
        "Live feed rugs.fun",
        "My browser",
        "Another address…",
        "Copy the command",
    ] {
        window.its(source);
    }
    assert!(window.says_part("--remote-debugging-port=9222"));
    // The one that runs is chosen again: nothing changes.
    window.click("Practice table");
    window.frame();
    assert!(window.control("Live feed rugs.fun").is_none());
    assert!(!window.says("changing…"));
    window.its(NAME);
}

#[test]
fn the_speed_of_the_table_is_chosen_while_it_runs() {
    // At this speed the first countdown alone would take longer than the test waits for anything.
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("COOLDOWN");
    window.click("Speed of the practice table");
    window.click("50x");
    window.wait_for("ACTIVE");
    window.until("it is kept", |window| {
        (window.kept().practice_speed == Speed::Times(50.0)).then_some(())
    });
}

/// The port has no listener: the window says so and how to start a browser. An address of another computer is refused.
#[test]
fn a_browser_is_a_source_on_this_computer_alone() {
    let mut window = Window::new(practice(3, 0.1));
    window.click(NAME);
    window.click("Another address…");
    let field = "Address of the browser";
    let read = |window: &mut Window, address: &str| {
        window.wait_its(field);
        window.click(field);
        window
            .harness
            .key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.harness.event(Event::Text(address.to_owned()));
        window.frame();
        window.click("Connect to the browser");
        window.frame();
    };
    for elsewhere in ["192.168.0.1:9222", "rugs.fun:9222"] {
        read(&mut window, elsewhere);
        assert!(window.says_part(&format!("\"{elsewhere}\" is not this computer")));
        assert_eq!(window.kept().browser, "127.0.0.1:9222");
    }
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap()
        .port();
    let mine = format!("127.0.0.1:{port}");
    read(&mut window, &mine);
    window.wait_for_part(&format!("BROWSER {mine}"));
    window.click("Play");
    window.wait_for_part(&format!("No browser on port {port}."));
    window.until("it is kept", |window| {
        (window.kept().browser == mine).then_some(())
    });
    for button in ["BUY ", "SELL ", "SIDEBET "] {
        assert!(!window.its(button).able);
    }
    window.close();
}

#[test]
fn a_table_is_left_with_a_position_only_when_the_player_says_so() {
    let other = Table::start(TableConfig {
        seed: Some(9),
        speed: Speed::Times(2.0),
        ..TableConfig::default()
    });
    let other = other.unwrap();
    let mut window = Window::new(practice(seed_of(26, &[LONG]), 6.0));
    let out = window.out();
    window.press("BUY ");
    window.until("the buy", |_| running_session::done(&out, 1).then_some(()));
    window.until("it is seen", |window| {
        window.control("SELL ").filter(|sell| sell.able)
    });

    window.connect(&other.url());
    window.wait_its("Stay");
    assert!(window.says_part("Leave this table?"));
    // No key trades while the question is open.
    window.key(Key::S);
    window.click("Stay");
    window.click("Play");
    window.its(NAME);
    window.its("SELL ");
    assert_eq!(
        running_session::short(&out),
        [(ActionKind::Buy, ActionStatus::Confirmed)]
    );
    assert!(sessions(&out).is_empty());

    window.connect(&other.url());
    window.click("Leave");
    window.wait_for_part("TABLE http://127.0.0.1");
    let sessions = sessions(&out);
    let [(path, session)] = &sessions[..] else {
        panic!("{sessions:#?}");
    };
    assert_eq!(session.actions.len(), 1);
    assert_eq!(
        replay_command(path),
        (Some(0), "1 action: 1 agree\n".to_owned())
    );
    let (left, _home) = window.close();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn where_no_orders_are_taken_the_keys_are_safe_until_they_are_armed() {
    let folder = tempfile::tempdir().unwrap();
    let table = watch_only_table::watched(folder.path(), seed_of(26, &[LONG]), 6.0);
    let address = Address::parse(&table.url()).unwrap();
    let mut window = Window::new(GameSource::Url(address));
    let out = window.out();
    window.until("a buy is possible", |window| {
        window.control("BUY ").filter(|buy| buy.able)
    });
    assert!(window.says("Trade keys off"));
    window.key(Key::B);
    window.key(Key::D);
    window.wait_for_part("Trade keys are off");
    assert_eq!(running_session::short(&out), []);
    window.key(Key::A);
    window.wait_for("Trade keys on");
    window.key(Key::B);
    window.until("the buy", |_| running_session::done(&out, 1).then_some(()));
    let rows = running_session::rows(&out);
    assert_eq!(
        (rows[0].action, rows[0].source),
        (ActionKind::Buy, ActionSource::Key)
    );
    assert_eq!(
        table
            .received()
            .iter()
            .filter(|heard| heard.contains("Order"))
            .count(),
        0
    );
    window.close();
}

#[test]
fn a_double_press_is_one_order_until_the_settings_turn_that_off() {
    // A wallet on this computer fills in the presale at once, so that the button stays open between two clicks. The
    // presale lasts 25 s.
    let folder = tempfile::tempdir().unwrap();
    let table = watch_only_table::watched(folder.path(), seed_of(26, &[LONG]), 0.4);
    let address = Address::parse(&table.url()).unwrap();
    let mut window = Window::new(GameSource::Url(address));
    let out = window.out();
    let double_click = |window: &mut Window, rows: usize| {
        window.press("BUY ");
        window.press("BUY ");
        window.until("the rows", |_| {
            running_session::done(&out, rows).then_some(())
        });
    };
    double_click(&mut window, 1);
    assert!(window.says_part("Double press ignored: one press is one order"));
    window.click("Settings");
    assert!(window.wait_its("Ignore a double press").on);
    window.click("Ignore a double press");
    window.until("it is kept", |window| {
        (!window.kept().ignore_double_press).then_some(())
    });
    window.click("Play");
    double_click(&mut window, 3);
    window.close();
}

/// The guide tries again with the source that runs: its session and its recording go on.
#[test]
fn try_now_connects_again_and_the_source_stays() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let address = Address::parse(&format!("http://127.0.0.1:{port}")).unwrap();
    let mut window = Window::new(GameSource::Url(address));
    window.wait_for_part("No connection to ");
    window.press("Try now");
    let table = Table::start(TableConfig {
        port,
        seed: Some(9),
        ..TableConfig::default()
    });
    let _table = table.unwrap();
    window.until("it is connected", |window| {
        window.click_if_shown("Try now");
        window.says("COOLDOWN").then_some(())
    });
    let (left, _home) = window.close();
    assert_eq!(left.len(), 1, "one source from start to end: {left:?}");
}
