//! The lab by label: strategies are compared, results stay until the next run and say what was changed since, a run can be
//! stopped, and everything is exported.

use std::fs;
use std::path::PathBuf;

use egui::{Event, Key};
use egui_kittest::kittest::Queryable as _;
use pianola::lab::{LabProgress, LabSettings, LabStrategy, csv, run};
use pianola::settings::file::LoadedSettings;
use pianola::strategy::Strategy;

use crate::images::painter;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels::{self, Control};

/// Strategies whose results are quick to compute.
const THREE: &str = "name three ticks\nin presale buy 0.01\nafter 3 ticks sell all\n";
const TEN: &str = "name ten ticks\nin presale buy 0.01\nafter 10 ticks sell all\n";

fn lab() -> Window {
    in_lab(Window::new(practice(3, 0.1)))
}

fn in_lab(mut window: Window) -> Window {
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::B);
    window.wait_for_part("Run a strategy:");
    window
}

/// Replaces what a field says.
fn write(window: &mut Window, field: &str, text: &str) {
    window.wait_its(field);
    labels::write(&mut window.harness, field, text);
}

/// Asks for a run that is over in a moment.
fn ask_little(window: &mut Window) {
    window.click("100");
    write(window, "Games of a session", "5");
    write(window, "Seed of the games", "5");
}

fn run_now(window: &mut Window) {
    window.ctrl(Key::Enter);
    window.wait_for_part("No rule wins on average");
}

/// Waits until no run works.
fn wait_for_end(window: &mut Window) {
    window.until("the end of the run", |window| {
        window.control("Run").filter(|run: &Control| run.able)
    });
}

fn fan_of(window: &Window, name: &str) -> Option<String> {
    let begins = format!("Fan of {name} over ");
    window
        .texts()
        .into_iter()
        .find(|text| text.starts_with(&begins))
}

/// Returns the files of a folder beside the recordings.
fn files(window: &Window, folder: &str) -> Vec<PathBuf> {
    let folder = window.home.path().join(folder);
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// Returns the report that the lab itself makes of what [`ask_little`] asks.
fn report(texts: &[&str]) -> pianola::lab::LabReport {
    let named = texts.iter().map(|text| {
        let strategy = Strategy::parse(text).unwrap();
        LabStrategy {
            name: strategy.name.clone().unwrap(),
            strategy: strategy.into(),
        }
    });
    let mut settings = LabSettings::new(named.collect(), 5);
    (settings.games, settings.sessions) = (5, 100);
    run(&settings, &LabProgress::default()).unwrap()
}

#[test]
fn strategies_are_compared_on_the_same_games_and_the_results_stay() {
    let mut window = lab();
    write(&mut window, "Strategy", THREE);
    window.click("Compare another");
    write(&mut window, "Strategy", TEN);
    ask_little(&mut window);
    window.press("Run");
    window.wait_for_part("No rule wins on average");
    // Every figure is the lab's own.
    let report = report(&[THREE, TEN]);
    for result in &report.strategies {
        window.click(&format!("Result of {}", result.name));
        let [low, _, median, _, high] = *result.fan.quantiles.last().unwrap();
        let fan = fan_of(&window, &result.name).unwrap();
        let expected =
            format!("median {median:.4}, 90 % of the sessions between {low:.4} and {high:.4}");
        assert!(fan.contains(&expected), "{fan}, not {expected}");
        let ratio = result.per_staked.unwrap();
        let share = format!(
            "{:.2}\u{2009}% ±{:.2}\u{2009}%",
            ratio.value.abs() * 100.0,
            ratio.margin().unwrap() * 100.0
        );
        let row = window.its(&format!("Result of {}", result.name));
        assert!(row.on && row.name.contains(&share), "{row:?}, not {share}");
        assert!(window.says_part(&format!("{}: {}", result.name, result.kelly_sentence())));
    }
    assert!(window.says_part("100 sessions of 5 games in "));
    assert!(window.says_part("new games, seed 5"));
    assert!(window.says_part("the first 500 games gave the same bankroll"));
    // They stay while the player is elsewhere.
    window.ctrl(Key::B);
    window.wait_its("BUY ");
    window.ctrl(Key::B);
    window.wait_its("Result of ten ticks");
    assert!(!window.says_part("From before your last changes"));
    // A changed setting or strategy marks them, until it is as before.
    write(&mut window, "Seed of the games", "6");
    window.wait_for_part("From before your last changes (seed). Run again");
    write(&mut window, "Strategy", "in presale buy 0.02");
    window.wait_for_part("(strategies, seed)");
    write(&mut window, "Strategy", TEN);
    write(&mut window, "Seed of the games", "5");
    window.wait_for_part("100 sessions of 5 games in ");
    assert!(!window.says_part("From before your last changes"));
    window.close();
}

#[test]
fn the_same_seed_gives_the_same_results_and_what_cannot_be_run_says_why() {
    let mut window = lab();
    write(&mut window, "Strategy", THREE);
    ask_little(&mut window);
    run_now(&mut window);
    let first = fan_of(&window, "three ticks").unwrap();
    window.press("Run again");
    wait_for_end(&mut window);
    assert_eq!(fan_of(&window, "three ticks"), Some(first));
    write(&mut window, "Bankroll", "much");
    window.wait_for_part("The bankroll cannot be read");
    write(&mut window, "Bankroll", "1");
    write(&mut window, "Games of a session", "9999999999");
    window.press("Run again");
    window.wait_for_part("At most 1000000000 games in all sessions together");
    write(&mut window, "Strategy", "in presale bye 1");
    window.wait_for("1 error");
    assert!(!window.its("Run again").able && !window.its("Play it at practice").able);
    window.ctrl(Key::Enter);
    window.wait_for_part("A strategy has errors");
    window.close();
}

#[test]
fn a_long_run_shows_its_progress_the_window_goes_on_and_it_can_be_stopped() {
    let mut window = lab();
    write(&mut window, "Strategy", THREE);
    window.click("10,000");
    write(&mut window, "Games of a session", "5000");
    window.press("Run");
    window.wait_its("Progress of the run");
    window.until("games", |window| {
        let mut texts = window.texts().into_iter();
        let shown = texts.find(|text| text.contains(" of 50,000,000 games · "))?;
        (!shown.starts_with("0 of")).then_some(())
    });
    window.click("Stop the run");
    wait_for_end(&mut window);
    window.wait_for_part("Stopped early: ");
    window.close();
}

#[test]
fn recorded_games_are_played_once_each_and_without_any_the_lab_says_so() {
    let mut window = lab();
    write(&mut window, "Strategy", THREE);
    window.click("My recorded games");
    window.press("Run");
    window.wait_for_part("No recorded game in ");
    window.close();

    let home = tempfile::tempdir().unwrap();
    crate::library::fill_library(&home);
    let mut window = in_lab(Window::at_home(
        home,
        practice(3, 0.1),
        LoadedSettings::default(),
        None,
    ));
    write(&mut window, "Strategy", THREE);
    window.click("My recorded games");
    assert!(window.its("Each once").on);
    window.press("Run");
    window.wait_for_part("No rule wins on average");
    assert!(
        window.says_part("2 recorded games, 1 left out"),
        "{:#?}",
        window.texts()
    );
    assert!(!window.says_part("the intervals are too narrow"));
    window.click("100");
    window.press("Run again");
    window.wait_for_part("times: the intervals are too narrow");
    window.close();
}

#[test]
fn the_figures_are_exported_beside_the_recordings() {
    let mut window = lab();
    write(&mut window, "Strategy", THREE);
    ask_little(&mut window);
    run_now(&mut window);
    window.click("Export CSV");
    window.wait_for_part("Saved ");
    let files = files(&window, "lab");
    let [file] = &files[..] else {
        panic!("{files:?}");
    };
    assert_eq!(fs::read_to_string(file).unwrap(), csv(&report(&[THREE])));
    window.its("Open folder");
    // Where nothing can be written it says so.
    fs::remove_dir_all(window.home.path().join("lab")).unwrap();
    fs::write(window.home.path().join("lab"), "no folder").unwrap();
    window.click("Export CSV");
    window.wait_for_part("Nothing was exported: cannot write ");
    window.close();
}

#[test]
fn the_picture_is_exported_as_the_window_shows_it() {
    let Some(painter) = painter() else { return };
    let home = tempfile::tempdir().unwrap();
    let loaded = LoadedSettings::default();
    let mut window = in_lab(Window::painted(
        home,
        practice(3, 0.1),
        loaded,
        None,
        painter,
    ));
    write(&mut window, "Strategy", THREE);
    ask_little(&mut window);
    run_now(&mut window);
    window.click("Export PNG");
    window.wait_for_part("Saved ");
    let files = files(&window, "lab");
    let [file] = &files[..] else {
        panic!("{files:?}");
    };
    let bytes = fs::read(file).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    // The cards of the fan and of the table, beside the editor.
    assert_eq!((info.width, info.height), (960, 808));
    let colours: std::collections::BTreeSet<_> = pixels.chunks(4).collect();
    assert!(colours.len() > 50, "{} colours", colours.len());
    window.close();
}

#[test]
fn the_strategy_of_the_lab_is_the_one_that_the_piano_plays() {
    let mut window = lab();
    write(&mut window, "Strategy", THREE);
    window.press("Play it at practice");
    window.wait_its("Play from the next game");
    let text = labels::value(&window.harness, "Strategy").unwrap();
    assert_eq!(text, THREE);
    // Also the other way around.
    write(&mut window, "Strategy", TEN);
    window.click("Close");
    window.ctrl(Key::B);
    window.wait_for_part("Run a strategy:");
    assert_eq!(labels::value(&window.harness, "Strategy").unwrap(), TEN);
    window.close();
}

#[test]
fn the_lab_is_in_the_navigation_and_in_the_palette() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    window.click("Lab");
    window.wait_for_part("Run a strategy:");
    window.key(Key::Escape);
    window.wait_its("BUY ");
    window.ctrl(Key::K);
    window.frame();
    window.harness.event(Event::Text("lab".to_owned()));
    window.frame();
    window.key(Key::Enter);
    window.wait_for_part("Run a strategy:");
    assert!(window.harness.query_by_label("Run").is_some());
    window.close();
}
