//! The page Review, by label: its figures are those of the command, and every control does what it says.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::protocol::number;
use pianola::settings::file::LoadedSettings;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::library::fill_library;
use crate::support::files::{all_below, overwrite};
use crate::support::process;
use crate::support::recorded_session::record;
use crate::support::session_facts::{a_long_and_another_game, a_session};
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels::click_at;
use crate::support::window::replay_page::place;

/// Opens the page on a session of two games.
pub fn review() -> Window {
    let home = tempfile::tempdir().unwrap();
    fill_library(&home);
    let loaded = LoadedSettings::default();
    on_review(Window::at_home(home, practice(3, 0.1), loaded, None))
}

/// Opens the page in a window.
pub fn on_review(mut window: Window) -> Window {
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::E);
    window.wait_for_part("Result: ");
    window
}

/// Returns what `pianola review --json` says of the session.
pub fn reviewed(window: &Window) -> Value {
    let output = process::pianola()
        .args(["review", "--json"])
        .arg(session_path(window))
        .output()
        .unwrap();
    // The first line is the session, the second one the sum of all.
    let text = process::stdout(&output);
    serde_json::from_str(text.lines().next().unwrap()).unwrap()
}

fn session_path(window: &Window) -> std::path::PathBuf {
    let files = all_below(&window.out()).into_iter();
    let mut sessions = files.filter(|path| {
        let name = path.to_string_lossy();
        name.ends_with("_session.json") && !name.contains("broken")
    });
    sessions.next().unwrap()
}

fn decimal(value: &Value) -> Decimal {
    number::parse(value.as_str().unwrap()).unwrap()
}

/// Returns an amount as the window shows it.
fn signed(amount: Decimal) -> String {
    let text = format!("{:.4}", amount.abs().round_dp(4));
    match amount.round_dp(4).cmp(&Decimal::ZERO) {
        std::cmp::Ordering::Less => format!("\u{2212}{text}"),
        std::cmp::Ordering::Equal => text,
        std::cmp::Ordering::Greater => format!("+{text}"),
    }
}

/// Clicks the button with exactly this name.
pub fn click_exactly(window: &mut Window, name: &str) {
    let rect = window
        .harness
        .get_by_role_and_label(Role::Button, name)
        .rect();
    click_at(&mut window.harness, rect.center());
    window.frame();
}

#[test]
fn the_figures_of_the_page_are_those_of_the_command() {
    let window = review();
    let said = reviewed(&window);
    let figures = &said["figures"];
    let trips = said["trips"].as_array().unwrap();
    let closed = |trip: &&Value| ["sold", "rugged"].contains(&trip["end"].as_str().unwrap());
    let n = trips.iter().filter(closed).count();
    let won = trips
        .iter()
        .filter(closed)
        .filter(|trip| decimal(&trip["pnl"]) > Decimal::ZERO);
    assert!(n > 1, "{said:#}");
    let expected = [
        format!("Per trade: {}", signed(decimal(&figures["expectancy"]))),
        format!("Trades won: {} / {n}", won.count()),
        "Profit factor: ".to_owned(),
        "Max drawdown: \u{2212}".to_owned(),
        "Mean hold: ".to_owned(),
    ];
    for text in expected {
        assert!(window.says_part(&text), "{text}: {:#?}", window.texts());
    }
    // One row for each trip, with its result, its end and its extremes.
    for trip in trips {
        let text = format!("result {}", signed(decimal(&trip["pnl"])));
        let rows = window.texts().into_iter();
        let mut rows = rows.filter(|row| row.starts_with("Trade ") && row.contains(&text));
        let row = rows
            .next()
            .unwrap_or_else(|| panic!("{text}: {:#?}", window.texts()));
        assert!(row.contains(trip["end"].as_str().unwrap()), "{row}");
        assert!(row.contains("worst ") && row.contains("best "), "{row}");
    }
    assert!(window.says_part("Total value "));
}

#[test]
fn a_click_on_a_trade_replays_it_from_its_entry() {
    let mut window = review();
    let said = reviewed(&window);
    let trips = said["trips"].as_array().unwrap();
    let of_later = |trip: &&Value| trip["entries"][0]["tick"].as_u64().is_some();
    let trip = trips.iter().find(of_later).expect("a trip with a tick");
    let tick = trip["entries"][0]["tick"].as_u64().unwrap();
    let result = format!("result {},", signed(decimal(&trip["pnl"])));
    let row = window.texts().into_iter();
    let mut row = row.filter(|row| row.starts_with("Trade ") && row.contains(&result));
    let row = row.next_back().unwrap();
    window.click(&row);
    window.wait_for_part("REPLAY");
    window.key(Key::Space);
    let here = place(&window);
    let at: u64 = here.rsplit(' ').next().unwrap().parse().unwrap_or_default();
    assert!(
        (tick..tick + 40).contains(&at),
        "{here}, the entry was at tick {tick}"
    );
    // Back on the page, the session is replayed from its start.
    window.ctrl(Key::E);
    window.press("Replay");
    window.until("the start", |window| {
        let starts = window.control("Seek: ").is_some() && place(window).starts_with("game 1 ");
        starts.then_some(())
    });
}

#[test]
fn the_parts_are_divided_by_what_was_chosen_and_few_trades_are_grey() {
    let mut window = review();
    assert!(window.says_part("few, "), "{:#?}", window.texts());
    window.click("Parts by");
    window.click("By ticks held");
    window.until("the ticks", |window| {
        let texts = window.texts();
        let is_part = |text: &String| text.contains("ticks: ") && text.contains(" few");
        texts.iter().any(is_part).then_some(())
    });
    window.click("Parts by");
    window.click("By the trade before");
    window.wait_for_part("first trade: 1 trade, few");
}

#[test]
fn the_calendar_has_the_day_and_goes_from_month_to_month() {
    let mut window = review();
    let day = window.until("a day", |window| {
        let days = window.texts().into_iter();
        let mut days = days.filter(|text| text.contains(": ") && text.ends_with(" session"));
        days.next()
    });
    window.click("Previous month");
    assert!(!window.says(&day));
    window.click("Next month");
    assert!(window.says(&day));
    // A day shows all of its sessions.
    window.click(&day);
    window.wait_for_part("SOL in 1 session");
    window.click("Session");
    window.wait_for_part("Total value ");
}

#[test]
fn a_day_and_all_sessions_have_the_same_trades_and_a_source_is_filtered() {
    let mut window = review();
    let said = reviewed(&window);
    let per_trade = format!(
        "Per trade: {}",
        signed(decimal(&said["figures"]["expectancy"]))
    );
    for scope in ["Day", "All sessions"] {
        click_exactly(&mut window, scope);
        window.wait_for_part("SOL in 1 session");
        assert!(
            window.says_part(&per_trade),
            "{scope}: {:#?}",
            window.texts()
        );
        assert!(
            window.says_part("by the odds "),
            "{scope}: {:#?}",
            window.texts()
        );
        let rows = window
            .texts()
            .into_iter()
            .filter(|text| text.starts_with("Trade "));
        assert!(rows.count() > 1, "{scope}");
        assert!(window.says_part("choose one session"));
    }
    // The session is one of the practice table.
    window.click("Reviewed source");
    window.click("Browser");
    window.wait_for_part("SOL in 0 sessions");
    window.wait_for("No trades in these sessions.");
    window.click("Reviewed source");
    window.click("All sources");
    window.wait_for_part("SOL in 1 session");
    // A trade is replayed from here, too.
    let is_row = |text: &String| text.starts_with("Trade ") && text.contains(", entry ");
    let row = window.texts().into_iter().find(is_row);
    window.click(&row.unwrap());
    window.wait_for_part("REPLAY");
}

/// Returns the rows of the trades.
fn trade_rows(window: &Window) -> Vec<String> {
    let rows = window.texts().into_iter();
    rows.filter(|text| text.starts_with("Trade ") && text.contains(", entry "))
        .collect()
}

#[test]
fn a_click_on_a_part_shows_its_trades_in_every_scope_and_its_chip_shows_all_again() {
    let mut window = review();
    for scope in ["Session", "Day", "All sessions"] {
        click_exactly(&mut window, scope);
        window.wait_for_part(if scope == "Session" {
            "Total value "
        } else {
            "SOL in 1 session"
        });
        if !window.says_part("first trade: ") {
            window.click("Parts by");
            window.click("By the trade before");
        }
        let all = trade_rows(&window).len();
        assert!(all > 1);
        // One trade had none before it.
        window.click("first trade: 1 trade");
        window.wait_for_part("Sum of these trades ");
        window.until("one trade", |window| {
            (trade_rows(window).len() == 1).then_some(())
        });
        assert!(
            window.says_part("SOL in 1 "),
            "{scope}: {:#?}",
            window.texts()
        );
        assert!(window.says_part("Trades won: "), "{scope}");
        assert!(window.says_part("Max drawdown: "), "{scope}");
        assert!(window.says("not known for parts of sessions"), "{scope}");
        // The other parts of this kind are still there; the filter is in the next scope, too.
        assert!(
            window.says_part("after a "),
            "{scope}: {:#?}",
            window.texts()
        );
        // The bar has its worst and its best moment in every scope.
        let row = trade_rows(&window).remove(0);
        assert!(row.contains("worst ") && !row.contains("best –"), "{row}");
        window.click("Remove filter: first trade");
        window.wait_for_part("95 of 100 from ");
        window.until("all trades", |window| {
            (trade_rows(window).len() == all).then_some(())
        });
    }
    // The chosen part is shown in the next scope, too; a second click on it shows all again.
    window.click("first trade: 1 trade");
    window.wait_for("Remove filter: first trade");
    click_exactly(&mut window, "Session");
    window.wait_for_part("SOL in 1 of ");
    window.click("first trade: 1 trade");
    window.wait_for_part("95 of 100 from ");
    assert!(!window.says("Remove filter: first trade"));
}

/// Presses what begins so as a screen reader does.
fn press(window: &Window, begins: &'static str) {
    let button = window.harness.get_by(move |node| {
        let label = node.label().unwrap_or_default();
        node.role() == Role::Button && label.starts_with(begins)
    });
    button.click_accesskit();
}

/// Returns what has the focus.
fn focused(window: &Window) -> Option<String> {
    let focused = window.harness.query_by(|node| (*node).is_focused())?;
    focused.accesskit_node().label()
}

#[test]
fn the_focus_stays_at_its_trade_when_a_filter_moves_it_and_goes_with_it() {
    let mut window = review();
    click_exactly(&mut window, "All sessions");
    window.wait_for_part("SOL in 1 session");
    window.click("Parts by");
    window.click("By the trade before");
    // The newest one is above: the first trade of the session is the last row.
    let rows = trade_rows(&window);
    let (newest, first) = (&rows[0], &rows[rows.len() - 1]);
    for (trade, stays) in [(first, true), (newest, false)] {
        window.harness.get_by_label(trade).focus();
        window.until("the focus", |window| {
            (focused(window).as_ref() == Some(trade)).then_some(())
        });
        // A press of the mouse would take the focus away.
        press(&window, "first trade: 1 trade");
        window.until("one trade", |window| {
            (trade_rows(window).len() == 1).then_some(())
        });
        assert_eq!(focused(&window).as_ref() == Some(first), stays);
        press(&window, "Remove filter: first trade");
        window.until("all trades", |window| {
            (trade_rows(window).len() == rows.len()).then_some(())
        });
    }
}

#[test]
fn the_luck_has_its_bands_and_a_what_if_without_a_shift_changes_nothing() {
    let mut window = review();
    assert!(window.says_part("95 of 100 from "), "{:#?}", window.texts());
    assert!(
        window.says_part("standard deviations"),
        "{:#?}",
        window.texts()
    );
    window.wait_for_part("If you had sold everything at 3.00x: ");
    window.click("Sold later");
    window.wait_for_part("If you had sold as you did: ");
    let mut said = window.texts().into_iter();
    let text = said
        .rfind(|text| text.starts_with("If you had sold as you did: "))
        .unwrap();
    let figures = text.rsplit(": ").next().unwrap().to_owned();
    let (other, mine) = figures.split_once(" instead of ").unwrap();
    assert_eq!(other, mine);
    // Each trade has its result with the other exit, which is its own.
    window.until("the trades", |window| {
        let rows = window
            .texts()
            .into_iter()
            .filter(|text| text.contains(", what if "));
        let rows: Vec<_> = rows.collect();
        for row in &rows {
            let part = |name: &str| {
                let from = row.split(name).nth(1).unwrap();
                from.split(',').next().unwrap().trim().to_owned()
            };
            assert_eq!(part("what if "), part("result "), "{row}");
        }
        (!rows.is_empty()).then_some(())
    });
    window.click("After ticks");
    window.wait_for_part("If you had sold everything after 40 ticks: ");
    window.click("On a fall");
    window.wait_for_part("below the high: ");
}

#[test]
fn a_session_that_could_not_be_reviewed_is_read_again_when_the_player_tries_again() {
    let home = tempfile::tempdir().unwrap();
    let games = a_long_and_another_game();
    let path = record(&home.path().join("out"), &games, a_session(&games));
    let loaded = LoadedSettings::default();
    let mut window = Window::at_home(home, practice(3, 0.1), loaded, None);
    window.wait_for("Source: PRACTICE TABLE");
    // It is damaged behind the index, which lists it as before.
    let whole = std::fs::read(&path).unwrap();
    overwrite(&path, b"{ \"meta\": ");
    window.ctrl(Key::E);
    window.wait_for("Try again");
    assert!(window.says_part("damaged"), "{:#?}", window.texts());
    overwrite(&path, &whole);
    window.click("Try again");
    window.wait_for_part("Result: ");
}

#[test]
fn a_folder_without_sessions_says_what_will_be_there_and_a_key_goes_back() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    window.click("Review");
    window.wait_for_part("What your sessions were worth appears here");
    window.key(Key::Escape);
    window.wait_its("BUY ");
}
