//! The layout of every page at every size and scale: replay, library, review, settings, the guides, the palette, and what the
//! top bar opens. Every control is named, inside, and none lies over another one.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Event, Key, Modifiers, MouseWheelUnit, TouchPhase, pos2, vec2};
use egui_kittest::Harness;
use pianola::engine::View;

use crate::guides::{no_browser, offline};
use crate::library::library;
use crate::review::review;
use crate::support::recorded_session::RecordedSession;
use crate::support::window::app_window::{Window, practice};
use crate::support::window::made_view::{Shown, themed, window};
use crate::support::window::marked_view::marked;
use crate::support::window::places::{Place, assert_apart, places, sizes_and_scales};
use crate::support::window::played_session::ten_games;
use crate::support::window::replay_page::{place, replaying};

/// Draws a window at a size until it rests.
fn at(window: &mut Window, size: [f32; 2], scale: f32) -> String {
    window.harness.set_size(size.into());
    let viewports = &mut window.harness.input_mut().viewports;
    let root = viewports.entry(egui::ViewportId::ROOT).or_default();
    root.native_pixels_per_point = Some(scale);
    for _ in 0..4 {
        window.frame();
    }
    format!("{size:?} x{scale}")
}

/// The names of all controls that begin with this.
fn has(all: &[Place], begins: &str) -> bool {
    all.iter().any(|place| place.name.starts_with(begins))
}

#[test]
fn a_replay_is_laid_out_at_every_size_and_nothing_moves_while_it_plays() {
    let recorded = RecordedSession::new();
    let mut window = replaying(&recorded);
    window.wait_its("REC ");
    let fixed = [
        "BUY ",
        "SELL ",
        "SIDEBET ",
        "MAX",
        "Previous game",
        "One tick back",
        "Play or pause",
        "One tick forward",
        "Next game",
        "Loop: ",
        "Back to live",
        "Menu",
        "REC ",
    ];
    for (size, scale) in sizes_and_scales() {
        let case = at(&mut window, size, scale);
        let mut seen: BTreeMap<&str, egui::Rect> = BTreeMap::new();
        // Before the first press, at some presses, and after the last rug.
        let keys = [
            &[Key::Home][..],
            &[Key::E],
            &[Key::J],
            &[Key::X],
            &[Key::End],
        ];
        for keys in keys {
            for key in keys {
                window.key(*key);
            }
            for _ in 0..3 {
                window.frame();
            }
            let all = places(&window.harness);
            let case = format!("replay {case}, {}", place(&window));
            assert_apart(&all, size, &case);
            for name in fixed {
                let of_name = all.iter().find(|place| place.name.starts_with(name));
                let rect = of_name
                    .unwrap_or_else(|| panic!("{case}: no {name} in {all:?}"))
                    .rect;
                let first = *seen.entry(name).or_insert(rect);
                let moved = (first.min - rect.min).length();
                assert!(
                    moved < 2.1,
                    "{case}: {name} moved from {first:?} to {rect:?}"
                );
            }
        }
    }
}

#[test]
fn the_library_is_laid_out_at_every_size() {
    let mut window = library();
    window.key(Key::ArrowDown);
    for (size, scale) in sizes_and_scales() {
        let case = at(&mut window, size, scale);
        let all = places(&window.harness);
        assert_apart(&all, size, &format!("library {case}"));
        for name in ["Search", "Path", "Open", "REC ", "Menu"] {
            assert!(has(&all, name), "library {case}: no {name} in {all:?}");
        }
    }
}

/// Scrolls a page step by step to its end; no control lies over another one. Returns their names.
fn names_to_the_end(window: &mut Window, size: [f32; 2], case: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for step in 0..40 {
        let all = places(&window.harness);
        assert_apart(&all, size, &format!("{case}, step {step}"));
        let before = names.len();
        names.extend(all.into_iter().map(|place| place.name));
        if step > 0 && names.len() == before {
            break;
        }
        wheel(window, size, -0.8 * (size[1] - 80.0));
    }
    names
}

#[test]
fn the_review_is_laid_out_at_every_size_from_its_top_to_its_end() {
    let mut window = review();
    for (size, scale) in sizes_and_scales() {
        let case = at(&mut window, size, scale);
        let names = names_to_the_end(&mut window, size, &format!("review {case}"));
        for name in [
            "Session",
            "Day",
            "All",
            "Chosen session",
            "Export",
            "At a price",
            "Sold later",
            "Earlier session",
            "Later session",
            "Replay",
            "Trade ",
            "Previous month",
            "Next month",
            "Parts by",
        ] {
            let found = names.iter().any(|known| known.starts_with(name));
            assert!(found, "review {case}: no {name} in {names:?}");
        }
        wheel(&mut window, size, 1e5);
    }
}

#[test]
fn the_settings_are_laid_out_at_every_size_from_their_top_to_their_end() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    window.ctrl(Key::Comma);
    window.wait_for("Look");
    for (size, scale) in sizes_and_scales() {
        let case = at(&mut window, size, scale);
        let names = names_to_the_end(&mut window, size, &format!("settings {case}"));
        for name in [
            "Minimum buy",
            "Dark",
            "Daily loss limit",
            "Starting balance",
        ] {
            let found = names.iter().any(|known| known.starts_with(name));
            assert!(found, "settings {case}: no {name} in {names:?}");
        }
        wheel(&mut window, size, 1e5);
    }
}

/// Turns the wheel over the middle of the window, and draws until the page rests.
fn wheel(window: &mut Window, size: [f32; 2], points: f32) {
    let middle = pos2(size[0] / 2.0, size[1] / 2.0);
    window.harness.event(Event::PointerMoved(middle));
    window.harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, points),
        phase: TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    for _ in 0..30 {
        window.frame();
    }
}

#[test]
fn what_the_top_bar_opens_is_inside_and_apart_at_every_size() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    for (size, scale) in sizes_and_scales().filter(|(_, scale)| *scale < 1.6) {
        at(&mut window, size, scale);
        for opens in ["Feed ", "Drift ", "REC ", "Menu", "Source: "] {
            window.click(opens);
            for _ in 0..20 {
                window.frame();
            }
            let case = format!("{opens} {size:?} x{scale}");
            let all = places(&window.harness);
            let above: Vec<_> = all.iter().filter(|place| place.is_above).cloned().collect();
            let is_text_only = matches!(opens, "Feed ");
            assert!(
                is_text_only || !above.is_empty(),
                "{case}: nothing opened in {all:?}"
            );
            assert_apart(&above, size, &case);
            window.key(Key::Escape);
            for _ in 0..20 {
                window.frame();
            }
        }
    }
}

#[test]
fn the_palette_is_inside_and_apart_at_every_size() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    for (size, scale) in sizes_and_scales() {
        at(&mut window, size, scale);
        window.ctrl(Key::K);
        for _ in 0..8 {
            window.frame();
        }
        let all = places(&window.harness);
        let above: Vec<_> = all.into_iter().filter(|place| place.is_above).collect();
        assert!(above.len() > 4, "{size:?} x{scale}: {above:?}");
        assert_apart(&above, size, &format!("palette {size:?} x{scale}"));
        window.key(Key::Escape);
        window.frame();
    }
}

/// Opens the window of a made view at a size.
fn made(view: View, size: [f32; 2], scale: f32) -> Harness<'static, Shown> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(scale)
        .with_context_setup(themed)
        .build_ui_state(
            |ui, shown: &mut Shown| {
                let whole = egui::UiBuilder::new().max_rect(ui.ctx().content_rect());
                ui.scope_builder(whole, |ui| shown.page.ui(ui));
            },
            window(view),
        );
    harness.run_steps(4);
    harness
}

#[test]
fn the_guides_and_a_long_session_are_laid_out_at_every_size() {
    for (size, scale) in sizes_and_scales() {
        for (name, view) in [
            ("no browser", no_browser()),
            ("offline", offline()),
            ("ten games", marked(ten_games())),
        ] {
            let harness = made(view, size, scale);
            let all = places(&harness);
            assert_apart(&all, size, &format!("{name} {size:?} x{scale}"));
            for control in ["BUY", "SELL", "SIDEBET", "STOP", "Amount"] {
                assert!(has(&all, control), "{name} {size:?} x{scale}: no {control}");
            }
        }
    }
}

/// All that is needed to trade is whole and visible in the smallest window, also at a newcomer's first start.
#[test]
fn at_700_x_600_everything_to_trade_with_is_visible_without_scrolling() {
    let mut window = Window::new(practice(3, 0.1));
    window.wait_for("Source: PRACTICE TABLE");
    for (size, scale) in [
        ([700.0, 600.0], 1.0),
        ([700.0, 600.0], 2.0),
        ([700.0, 640.0], 1.5),
    ] {
        at(&mut window, size, scale);
        let all = places(&window.harness);
        assert_apart(&all, size, "first start");
        for name in [
            "BUY ",
            "SELL ",
            "SIDEBET ",
            "STOP",
            "Sell all and stop",
            "Amount",
            "MAX",
            "Clear",
            "+.001",
            "10",
            "100",
            "REC ",
        ] {
            let found = all.iter().find(|place| place.name.starts_with(name));
            let rect = found.unwrap_or_else(|| panic!("no {name} in {all:?}")).rect;
            assert!(rect.height() > 18.0, "{name} is cut: {rect:?}");
            assert!(rect.bottom() <= size[1] - 24.0, "{name} is below: {rect:?}");
        }
    }
}
