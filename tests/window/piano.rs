//! The piano at the practice table, by label: a strategy is written or chosen, the hand builds and presses what the
//! engine plays, the rows are those of `pianola play`, and any press of the player's takes the hand back.

use std::fs;
use std::process::Stdio;

use egui::{Event, Key};
use pianola::account::{Action, ActionSource};
use pianola::engine::GameSource;
use pianola::feed::Address;
use pianola::settings::Settings;
use pianola::settings::file::LoadedSettings;
use pianola::table::{Fault, Speed, Table, TableConfig};

use crate::support::process::{pianola, stderr};
use crate::support::running_session;
use crate::support::script_run::sessions;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels;
use crate::support::window::made_view::{running, window};

/// Builds an amount, buys in the presale, sells in two parts, and bets.
const STRATEGY: &str = "name  two steps
stake 0.012
in presale                 buy stake
at tick 2                  sidebet 0.003
when price >= 1.02         sell 50%
after 6 ticks              sell all
after loss                 stake x 1.5, at most 0.05
after win                  stake 0.011
";
/// The seed of the table.
const SEED: u64 = 11;

/// A window whose first presale is still open when the strategy is written.
fn slow() -> Window {
    in_presale(Window::new(practice(SEED, 0.5)))
}

/// The same at a table of ours that runs elsewhere.
fn at_table(table: &Table) -> Window {
    let address = Address::parse(&table.url()).unwrap();
    in_presale(Window::new(GameSource::Url(address)))
}

fn in_presale(mut window: Window) -> Window {
    window.until("a buy is possible", |window| {
        window.control("BUY ").filter(|buy| buy.able)
    });
    window
}

/// Opens the panel and replaces its text.
fn write(window: &mut Window, text: &str) {
    window.key(Key::P);
    window.click("Strategy");
    window.ctrl(Key::A);
    window.harness.event(Event::Text(text.to_owned()));
    window.frame();
    window.frame();
}

/// Starts a strategy; the hand has the ticket.
fn play(window: &mut Window, text: &str) {
    write(window, text);
    window.press("Play from the next game");
    window.wait_for_part(" · next: ");
}

fn faster(window: &mut Window, speed: &str) {
    window.click("Speed of the practice table");
    window.click(speed);
}

/// What a row says, but for its times and who pressed it.
fn numbers(row: &Action) -> String {
    let Action {
        game_id,
        tick,
        action,
        amount,
        price,
        balance_after,
        position_qty_after,
        entry_price,
        pnl,
        status,
        sell_percent,
        executed_tick,
        executed_price,
        ..
    } = row;
    format!(
        "{game_id} {tick} {action:?} {amount:?} {price:?} {balance_after:?} {position_qty_after:?} {entry_price:?} \
         {pnl:?} {status:?} {sell_percent:?} {executed_tick:?} {executed_price:?}"
    )
}

#[test]
fn errors_are_marked_while_one_types_and_only_a_strategy_without_them_can_be_played() {
    let mut window = slow();
    write(&mut window, "in presale bye 0.01");
    window.wait_for_part("line 1, column 12");
    window.wait_for("1 error");
    assert!(!window.its("Play from the next game").able);
    window.ctrl(Key::A);
    window.harness.event(Event::Text(
        "in presale buy 0.01\nwhen prize >= 2 sell all\n".to_owned(),
    ));
    window.frame();
    window.wait_for_part("line 2, column 6");
    window.ctrl(Key::A);
    window
        .harness
        .event(Event::Text("in presale buy 0.01".to_owned()));
    window.frame();
    window.wait_for("No errors");
    assert!(window.its("Play from the next game").able);
    // A letter that is typed is no trade key.
    assert!(running_session::rows(&window.out()).is_empty());
    window.close();
}

#[test]
fn the_rows_of_the_piano_are_those_of_the_same_file_and_seed_in_pianola_play() {
    let mut window = slow();
    play(&mut window, STRATEGY);
    faster(&mut window, "50x");
    assert_rows_of_play(window);
}

/// A table in another place of this computer waits for the window, too.
#[test]
fn at_a_table_that_others_can_use_the_rows_are_the_same() {
    let table = Table::start(TableConfig {
        seed: Some(SEED),
        speed: Speed::Times(0.5),
        ..TableConfig::default()
    });
    let table = table.unwrap();
    let mut window = at_table(&table);
    play(&mut window, STRATEGY);
    table.set_speed(Speed::Times(200.0)).unwrap();
    assert_rows_of_play(window);
}

/// Waits for four games of [`STRATEGY`], and compares the rows with those of `pianola play`.
fn assert_rows_of_play(mut window: Window) {
    let games = 4;
    window.until("four games", |window| {
        let rows = running_session::rows(&window.out());
        let mut seen: Vec<_> = rows.iter().map(|row| &row.game_id).collect();
        seen.dedup();
        (seen.len() > games).then_some(())
    });
    let (_, home) = window.close();
    let sessions = sessions(&home.path().join("out"));
    let [(_, session)] = &sessions[..] else {
        panic!("{sessions:#?}");
    };
    // Results have the source of the server.
    let by = session.actions.iter().map(|row| row.source);
    let pressed: Vec<_> = by.filter(|by| *by != ActionSource::Server).collect();
    assert!(
        pressed.iter().all(|by| *by == ActionSource::Piano),
        "{pressed:?}"
    );

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("strategy.txt");
    fs::write(&file, STRATEGY).unwrap();
    let out = folder.path().join("out");
    let played = pianola()
        .arg("play")
        .arg(&file)
        .args(["--practice", "--seed", &SEED.to_string(), "--speed", "max"])
        .args(["--games", &games.to_string(), "--out"])
        .arg(&out)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(played.status.success(), "{}", stderr(&played));
    let sessions = crate::support::script_run::sessions(&out);
    let [(_, script)] = &sessions[..] else {
        panic!("{sessions:#?}");
    };
    let wanted: Vec<_> = script.actions.iter().map(numbers).collect();
    assert!(wanted.len() > 8, "{wanted:#?}");
    let found: Vec<_> = session
        .actions
        .iter()
        .map(numbers)
        .take(wanted.len())
        .collect();
    assert_eq!(found, wanted);
}

#[test]
fn the_hand_builds_the_amount_and_its_button_is_violet_when_the_order_leaves() {
    let mut window = slow();
    write(
        &mut window,
        "name early\nat tick 1 buy 0.123\nafter 3 ticks sell 25%\n",
    );
    window.press("Play from the next game");
    // The order of tick 1 is built in the presale.
    window.until("a chip of the hand", |window| {
        let chips = ["Clear", "+.001", "+.01", "+.1", "×2"];
        let is_on = |chip: &&str| window.control(chip).is_some_and(|chip| chip.on);
        chips.iter().any(is_on).then_some(())
    });
    window.until("the amount", |window| {
        (labels::value(&window.harness, "Amount").unwrap() == "0.1230").then_some(())
    });
    window.wait_for_part("next: BUY 0.1230 by line 2");
    assert!(running_session::rows(&window.out()).is_empty());
    faster(&mut window, "2x");
    for button in ["BUY ", "SELL 25"] {
        window.until(button, |window| {
            window.control(button).filter(|button| button.on)
        });
    }
    window.close();
}

/// A press of the player, with its name.
type Touch = (&'static str, fn(&mut Window));

#[test]
fn any_press_of_the_player_takes_the_hand_back_at_once() {
    let touches: [Touch; 4] = [
        ("a chip", |window| window.click("+.1")),
        ("a share", |window| window.click("25 %")),
        ("a key of the share", |window| window.key(Key::Num2)),
        ("a key that buys", |window| window.key(Key::B)),
    ];
    for (what, touch) in touches {
        let mut window = slow();
        play(&mut window, "at tick 3 buy 0.02");
        assert!(
            window.says_part("next: BUY 0.0200"),
            "{:#?}",
            window.texts()
        );
        touch(&mut window);
        window.until(what, |window| {
            (!window.says_part("next: BUY 0.0200")).then_some(())
        });
        window.wait_for_part("took the hand back");
        window.close();
    }
}

#[test]
fn the_stop_ends_the_piano_and_says_so() {
    let mut window = slow();
    play(&mut window, "at tick 3 buy 0.02");
    window.click("STOP");
    window.until("the end", |window| {
        (!window.says_part("next: BUY 0.0200")).then_some(())
    });
    window.close();
}

/// Waits until the messages of the window say that the piano stopped, and why; the hand is the player's again. A newer
/// message may be in the status line.
fn assert_stopped(window: &mut Window, why: &str) {
    window.click("Messages");
    window.wait_for_part(&format!("The piano stopped: {why}"));
    assert!(!window.says_part(" · next: "), "{:#?}", window.texts());
}

#[test]
fn a_limit_of_the_minute_ends_the_piano_and_the_window_names_it() {
    let mut settings = Settings::default();
    settings.limits.risk.max_orders_a_minute = Some(2);
    let loaded = LoadedSettings {
        settings,
        notice: None,
    };
    let mut window = in_presale(Window::open(practice(SEED, 0.5), loaded));
    play(&mut window, "whenever tick >= 0 buy 0.01");
    faster(&mut window, "10x");
    assert_stopped(&mut window, "a limit was reached (Wait ");
    assert!(window.says_part("at most 2 orders a minute)"));
    window.close();
}

#[test]
fn a_drift_ends_the_piano_and_the_window_says_so() {
    let table = Table::start(TableConfig {
        seed: Some(SEED),
        speed: Speed::Times(0.5),
        faults: vec![Fault::Drift],
        ..TableConfig::default()
    });
    let table = table.unwrap();
    let mut window = at_table(&table);
    // SOL vanishes after the first order.
    play(&mut window, "at tick 1 buy 0.01\nat tick 50 sell all");
    table.set_speed(Speed::Times(4.0)).unwrap();
    assert_stopped(&mut window, "the server's numbers differ from ours");
    window.close();
}

#[test]
fn a_stale_feed_and_a_lost_one_end_the_piano_and_the_window_says_which() {
    for (is_lost, why) in [(false, "the feed is stale"), (true, "the feed is offline")] {
        let table = Table::start(TableConfig {
            seed: Some(SEED),
            speed: Speed::Times(0.5),
            // Ten seconds in the middle of the game.
            faults: vec![Fault::Silence],
            ..TableConfig::default()
        });
        let mut table = Some(table.unwrap());
        let mut window = at_table(table.as_ref().unwrap());
        play(&mut window, "at tick 4000 buy 0.01");
        if is_lost {
            table = None;
        } else {
            let table = table.as_ref().unwrap();
            table.set_speed(Speed::Times(3.0)).unwrap();
        }
        assert_stopped(&mut window, why);
        drop(table);
        window.close();
    }
}

#[test]
fn another_source_ends_the_piano_and_the_window_says_so() {
    let other = Table::start(TableConfig {
        seed: Some(9),
        ..TableConfig::default()
    });
    let other = other.unwrap();
    let mut window = slow();
    play(&mut window, "name small steps\nat tick 50 buy 0.01");
    window.connect(&other.url());
    // In the status line, after what is said of the new source.
    window.wait_for_part("The piano stopped: you changed the source");
    window.click("Play");
    assert_stopped(&mut window, "you changed the source");
    // What it would have bought is not bought at the other table either.
    assert!(running_session::rows(&window.out()).is_empty());
    window.close();
}

#[test]
fn the_panel_of_the_piano_is_closed_with_its_page_and_esc_goes_back() {
    let mut window = slow();
    window.key(Key::P);
    window.wait_its("Play from the next game");
    // Leaves the field: keys of the pages act.
    window.key(Key::Escape);
    window.ctrl(Key::L);
    window.wait_its("All sessions");
    window.key(Key::Escape);
    window.wait_its("BUY ");
    assert!(window.control("Play from the next game").is_none());
}

#[test]
fn elsewhere_the_piano_is_not_offered_and_says_why() {
    let mut harness = egui_kittest::Harness::builder()
        .with_size([1_400.0, 900.0])
        .with_context_setup(crate::support::window::made_view::themed)
        .build_ui_state(
            |ui, shown: &mut crate::support::window::made_view::Shown| shown.page.ui(ui),
            window(running(30)),
        );
    harness.run_steps(3);
    harness.key_press(Key::P);
    harness.run_steps(3);
    let said = labels::texts(&harness);
    assert!(
        said.iter().any(|text| text.contains("practice table only")),
        "{said:#?}"
    );
    assert!(!said.iter().any(|text| text == "Play from the next game"));
}
