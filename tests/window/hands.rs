//! What the player does by hand beside trading: drags a line of auto-sell, drops a file, opens the folder of a saved
//! game, drags the edge of a panel, assigns keys.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{DroppedFile, Key, OpenUrl, OutputCommand, Pos2, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::engine::{Command, View};
use pianola::settings::file::LoadedSettings;
use pianola::strategy::{AutoSell, AutoSellView, StopLoss};
use rust_decimal::Decimal;

use crate::support::decimal::d;
use crate::support::recorded_session::RecordedSession;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::labels::{note, says};
use crate::support::window::made_view::{Shown, running};
use crate::support::window::made_window::{commands, open};
use crate::support::window::marked_view::marked;

/// A game with a position and all three lines of auto-sell.
fn with_lines() -> (View, AutoSell) {
    let mut view = marked(running(300));
    let newest = view.price.expect("a price").round_dp(2);
    let rules = AutoSell {
        take_profit: Some(newest + d("0.2")),
        stop_loss: Some(StopLoss::Price(newest - d("0.3"))),
        after_ticks: Some(330),
        pinned: false,
    };
    view.auto_sell = Some(AutoSellView {
        set: Some(rules),
        opened_tick: Some(10),
    });
    (view, rules)
}

/// Where a line can be taken: a slider by its name.
fn line(harness: &Harness<'_, Shown>, name: &str) -> Rect {
    let node = harness.get_by(|node| {
        let label = node.label().unwrap_or_default();
        label.starts_with(name) && label.ends_with("drag to change")
    });
    node.rect()
}

/// A file as the desktop hands it over.
#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|why| why.to_string())
    }
}

fn drag(harness: &mut Harness<'_, Shown>, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.step();
    harness.drag_at(from);
    harness.step();
    for part in [0.25, 0.5, 0.75, 1.0] {
        harness.hover_at(from.lerp(to, part));
        harness.step();
    }
    harness.drop_at(to);
    harness.run();
}

/// The rules that the window sent last.
fn sent(harness: &mut Harness<'_, Shown>) -> AutoSell {
    match &commands(harness)[..] {
        [Command::AutoSell(Some(rules))] => *rules,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_line_of_auto_sell_is_dragged_and_sent_once_when_it_is_dropped() {
    let (view, rules) = with_lines();
    let mut harness = open(view.clone());
    let take_profit = line(&harness, "Take-profit at ");
    let stop_loss = line(&harness, "Stop-loss at ");
    assert!(take_profit.center().y < stop_loss.center().y);
    // A higher price: upwards. On the way nothing is sent.
    let from = take_profit.center();
    drag(&mut harness, from, from - vec2(0.0, 20.0));
    let higher = sent(&mut harness);
    assert!(higher.take_profit > rules.take_profit, "{higher:?}");
    assert_eq!(
        (higher.stop_loss, higher.after_ticks),
        (rules.stop_loss, rules.after_ticks)
    );
    // A lower stop: downwards.
    let from = stop_loss.center();
    drag(&mut harness, from, from + vec2(0.0, 20.0));
    let lower = sent(&mut harness);
    let price = |stop: Option<StopLoss>| stop.expect("a stop").price(Decimal::ONE);
    assert!(price(lower.stop_loss) < price(rules.stop_loss), "{lower:?}");
    // A later tick: to the right.
    let from = line(&harness, "Sells at tick 340").center();
    drag(&mut harness, from, from + vec2(10.0, 0.0));
    assert!(sent(&mut harness).after_ticks > rules.after_ticks);
    // Dragged across the newest price it stays beyond it: a drag alone never sells.
    let from = line(&harness, "Take-profit at ").center();
    drag(&mut harness, from, from + vec2(0.0, 250.0));
    let nearest = sent(&mut harness).take_profit.expect("a price");
    assert_eq!(
        nearest,
        view.price.expect("a price").round_dp(2) + d("0.01")
    );
    // A drag of the chart beside the lines moves the chart and no line.
    let beside = f32::midpoint(take_profit.center().y, stop_loss.center().y);
    let beside = egui::pos2(take_profit.left() + 40.0, beside);
    drag(&mut harness, beside, beside + vec2(30.0, 0.0));
    assert_eq!(commands(&mut harness), []);
}

#[test]
fn a_recording_that_is_dropped_on_the_window_plays_and_another_file_says_why_it_does_not() {
    let recorded = RecordedSession::new();
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    let strange = recorded.folder.path().join("notes.txt");
    std::fs::write(&strange, "no recording").unwrap();
    let drop = |window: &mut Window, path: &Path| {
        let file = Arc::new(Dropped(path.to_owned()));
        window.harness.input_mut().dropped_files.push(file);
        window.frame();
    };
    drop(&mut window, &strange);
    window.wait_for_part("cannot open ");
    assert!(!window.says_part("REPLAY"));
    drop(&mut window, &recorded.path);
    window.wait_for_part("REPLAY");
    window.wait_its("Back to live");
}

#[test]
fn show_file_opens_the_folder_of_the_saved_game() {
    let mut window = Window::new(practice(
        crate::support::seeds::seed_of(1, std::slice::from_ref(&(5..40))),
        20.0,
    ));
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::R);
    window.wait_for_part("Saved game ");
    let link = window.wait_its("Show file").rect.center();
    crate::support::window::labels::click_at(&mut window.harness, link);
    let folder = |command: &OutputCommand| match command {
        OutputCommand::OpenUrl(OpenUrl { url, .. }) => Some(url.clone()),
        _ => None,
    };
    let commands = window.harness.output().platform_output.commands.clone();
    let opened: Vec<_> = commands.iter().filter_map(folder).collect();
    let [url] = &opened[..] else {
        panic!("{commands:?}");
    };
    let path = url
        .strip_prefix("file://")
        .expect("a folder of this computer");
    let mut files = std::fs::read_dir(path).unwrap();
    let saved = files.any(|file| {
        file.unwrap()
            .path()
            .to_string_lossy()
            .ends_with(".game.json")
    });
    assert!(saved, "{path}");
}

/// Drags an edge, and returns how wide the trade panel is then.
fn drag_edge(window: &mut Window, name: &str, by: egui::Vec2) {
    let edge = window.harness.get_by_label(name).rect().center();
    for (pos, pressed) in [
        (edge, Some(true)),
        (edge + by * 0.5, None),
        (edge + by, None),
        (edge + by, Some(false)),
    ] {
        window.harness.event(egui::Event::PointerMoved(pos));
        if let Some(pressed) = pressed {
            window.harness.event(egui::Event::PointerButton {
                pos,
                button: egui::PointerButton::Primary,
                pressed,
                modifiers: egui::Modifiers::NONE,
            });
        }
        window.frame();
    }
    window.frame();
}

#[test]
fn the_edges_of_the_panels_are_dragged_and_stay_there_after_a_restart() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    let buy = window.wait_its("BUY ").rect;
    drag_edge(&mut window, "Width of the trade panel", vec2(-70.0, 0.0));
    drag_edge(&mut window, "Height of the bottom cards", vec2(0.0, -40.0));
    drag_edge(&mut window, "Width of the session card", vec2(-50.0, 0.0));
    let wider = window.its("BUY ").rect;
    assert!(
        (wider.width() - buy.width() - 70.0).abs() < 1.5,
        "{buy:?} {wider:?}"
    );
    let places = |window: &Window| {
        [
            "Width of the trade panel",
            "Height of the bottom cards",
            "Width of the session card",
        ]
        .map(|name| window.harness.get_by_label(name).rect())
    };
    let dragged = places(&window);
    window.until("the saved sizes", |window| {
        (window.kept().panel_sizes.session == Some(450)).then_some(())
    });
    let (_, home) = window.close();
    let settings = pianola::settings::file::read_only(&home.path().join("settings.json"));
    let loaded = LoadedSettings {
        settings,
        notice: None,
    };
    let mut window = Window::at_home(home, practice(3, 0.1), loaded, None);
    window.wait_its("BUY ");
    window.frame();
    assert_eq!(places(&window), dragged);
    // A double click gives an edge back its usual place.
    let edge = dragged[0].center();
    for _ in 0..2 {
        crate::support::window::labels::click_at(&mut window.harness, edge);
    }
    window.frame();
    assert!((window.its("BUY ").rect.width() - buy.width()).abs() < 1.5);
}

#[test]
fn a_key_is_assigned_by_pressing_it_and_one_that_is_taken_is_refused_with_the_reason() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::Comma);
    window.click("Change keys");
    window.until("the list of keys", |window| window.control("Key: Buy"));
    for _ in 0..30 {
        window.frame();
    }
    let assign = |window: &mut Window, key: Key| {
        let button = window.harness.get_by(|node| {
            node.label()
                .is_some_and(|name| name.starts_with("Key: Buy"))
        });
        button.click();
        window.frame();
        window.frame();
        window.key(key);
        window.frame();
    };
    assign(&mut window, Key::S);
    assert!(
        window.says_part("Sell the chosen share"),
        "{:#?}",
        window.texts()
    );
    assert!(window.kept().keys.is_empty(), "S stays the key of SELL");
    assign(&mut window, Key::Q);
    window.until("the kept key", |window| {
        (window.kept().keys.get("Buy").map(String::as_str) == Some("Q")).then_some(())
    });
    // The button of the trade panel names the new key.
    window.ctrl(Key::Comma);
    window.wait_its("BUY ");
    window.key(Key::Questionmark);
    window.frame();
    assert!(window.says("Q"), "{:#?}", window.texts());
}

#[test]
fn the_panels_of_the_top_bar_never_cover_the_newest_price_of_a_short_game() {
    use egui::{Id, Popup};
    for ticks in [2, 12, 27, 300] {
        for size in [[1_400.0, 900.0], [1_024.0, 768.0], [700.0, 600.0]] {
            let mut harness = crate::support::window::made_window::open_shown(
                crate::support::window::made_view::window(running(ticks)),
                size,
            );
            Popup::open_id(&harness.ctx, Id::unique(pianola::ui::DRIFT_PANEL));
            harness.run();
            let chart = harness.get_by_label_contains("Price chart").rect();
            let panel = harness.get_by_label("Copy details").rect();
            // The pointer beside the panel is at the newest tick.
            let newest = egui::pos2(chart.left() + 0.85 * chart.width(), chart.bottom() - 20.0);
            harness.hover_at(newest);
            harness.run();
            let chart = harness.get_by_label_contains("Price chart");
            let words = chart.accesskit_node().label().unwrap_or_default();
            let pointer = format!("Pointer at tick {},", ticks - 1);
            assert!(words.contains(&pointer), "{ticks} ticks, {size:?}: {words}");
            assert!(panel.right() < newest.x - 10.0, "{panel:?}");
            assert!(says(&harness, "No drift now"));
            assert!(!note(&harness, "BUY").is_empty());
        }
    }
}
