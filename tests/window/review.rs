//! The page Review, by label: its figures are those of the command, and every control does what it says.

use egui::Key;
use pianola::protocol::number;
use pianola::settings::file::LoadedSettings;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::library::fill_library;
use crate::support::files::all_below;
use crate::support::process;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::replay_page::place;

/// Opens the page on a session of two games.
pub fn review() -> Window {
    let home = tempfile::tempdir().unwrap();
    fill_library(&home);
    let mut window = Window::at_home(home, practice(3, 0.1), LoadedSettings::default(), None);
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::E);
    window.wait_for_part("Result: ");
    window
}

/// Returns what `pianola review --json` says of the session.
fn reviewed(window: &Window) -> Value {
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
        format!("Won: {} / {n}", won.count()),
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
    window.click(&day);
    assert!(window.says_part("Result: "));
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
