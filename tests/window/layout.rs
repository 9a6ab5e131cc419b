//! The layout at every size and scale: every control has a name, no control overlaps another one, none sticks out, and
//! none moves while the game goes on. Amounts are whole with every number of decimals. `PIANOLA_PICTURES=/some/folder`
//! keeps pictures of them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use egui::Rect;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use pianola::account::WalletKind;
use pianola::engine::View;
use pianola::game::Phase;
use pianola::trading::{
    Agreement, DriftBadge, FieldComparison, Order, PendingOrderView, Verification,
};
use pianola::ui::{KEYS, set_places};
use rust_decimal::Decimal;

use crate::images::painter;
use crate::support::window::labels::says;
use crate::support::window::made_view::{self, Shown, nothing, rugged, running, themed, window};
use crate::support::window::marked_view::marked;
use crate::support::window::painted::{PaintedText, amount_faults, painted};
use crate::support::window::places::{Place, SIZES, assert_apart, places, sizes_and_scales};
use crate::support::window::played_session::{ten_games, with_drift};

/// What is always there and never moves.
const FIXED: [&str; 9] = [
    "BUY", "SELL", "SIDEBET", "MAX", "Clear", "Amount", "STOP", "Menu", "REC",
];

/// The size of the compact window.
const COMPACT: [f32; 2] = [360.0, 200.0];

/// Opens a window of this size in points on a screen with so many pixels a point.
fn open(view: View, size: [f32; 2], scale: f32) -> Harness<'static, Shown> {
    let mut builder = Harness::builder();
    if let Some(painter) = pictures().and_then(|_| painter()) {
        builder = builder.renderer(painter);
    }
    let mut harness = builder
        .with_size(size)
        .with_pixels_per_point(scale)
        .with_max_steps(200)
        .with_context_setup(themed)
        .build_ui_state(
            move |ui, shown: &mut Shown| {
                let whole = egui::UiBuilder::new().max_rect(ui.ctx().content_rect());
                ui.scope_builder(whole, |ui| {
                    if size[0] < 400.0 {
                        shown.page.compact_ui(ui);
                    } else {
                        shown.page.ui(ui);
                    }
                });
            },
            window(view),
        );
    harness.run_steps(4);
    harness
}

/// The folder for pictures, if they are wanted.
fn pictures() -> Option<OsString> {
    std::env::var_os("PIANOLA_PICTURES")
}

/// The word that a control keeps: some say an amount or a state behind it.
fn word(label: &str) -> &str {
    match label.split([' ', ',']).next().unwrap_or_default() {
        "STOPPED" => "STOP",
        word => word,
    }
}

/// A view in which everything that can be said is said.
fn busy() -> View {
    let mut view = marked(running(300));
    let trader = view.trader.as_mut().unwrap();
    let differs = FieldComparison {
        local: Some(Decimal::new(987_654_321, 9)),
        server: Some(Decimal::new(123_456_789, 9)),
        diff: Decimal::new(864_197_532, 9),
        ok: false,
    };
    trader.wallet = WalletKind::Server;
    trader.pending = Some(PendingOrderView {
        order: Order::Buy {
            amount: Decimal::new(123_456_789, 9),
        },
        since: made_view::noon(),
        unknown: true,
    });
    trader.drift = Some(DriftBadge {
        since: made_view::noon(),
        newest: made_view::noon(),
        last: Verification {
            verified: false,
            agreement: Agreement::Drift,
            balance: differs,
            position: differs,
            entry_price: differs,
            drift_count: 3,
            total_verifications: 1_234,
        },
        cleared_at: None,
    });
    view.holes = 12;
    view.has_odds = true;
    view
}

/// The same with everything that can be said of the stop.
fn stopped() -> View {
    let mut view = busy();
    view.risk_usage.stopped = true;
    view
}

fn presale() -> View {
    let mut view = running(300);
    view.phase = Phase::Presale;
    view.countdown_millis = Some(7_400);
    view
}

fn stale() -> View {
    let mut view = running(300);
    view.feed = pianola::feed::FeedState::Stale {
        since: made_view::noon(),
    };
    view.actions = Arc::default();
    view
}

#[test]
fn every_control_is_named_inside_and_apart_at_every_size_and_scale() {
    for (size, scale) in sizes_and_scales() {
        for (name, view) in [
            ("busy", busy()),
            ("stopped", stopped()),
            ("presale", presale()),
            ("rugged", marked(rugged(300))),
            ("nothing", nothing()),
        ] {
            let harness = open(view, size, scale);
            let all = places(&harness);
            let case = format!("{name} {size:?} x{scale}");
            assert!(all.len() > 15, "{case}: {} controls", all.len());
            let resumes = all.iter().any(|place| place.name == "Resume trading");
            assert_eq!(resumes, name == "stopped", "{case}");
            assert_apart(&all, size, &case);
            for fixed in FIXED {
                let found = all.iter().any(|place| word(&place.name) == fixed);
                assert!(found, "{case}: no {fixed} in {all:?}");
            }
        }
    }
}

/// A game with a position and a sidebet, of a session of ten games, with a daily limit.
fn played() -> View {
    let mut view = ten_games();
    view.limits.risk.max_loss_a_day = Some(Decimal::ONE);
    view
}

#[test]
fn every_amount_is_whole_and_apart_with_every_number_of_decimals_at_every_size() {
    let mut faults = Vec::new();
    for decimals in [9, 6, 4] {
        set_places(decimals);
        for size in SIZES.into_iter().chain([[1_280.0, 800.0], COMPACT]) {
            for (name, view) in [
                ("played", played()),
                ("drifted", with_drift()),
                ("busy", busy()),
                ("presale", presale()),
                ("rugged", marked(rugged(300))),
            ] {
                let mut harness = open(view, size, 1.0);
                if let Some(folder) = pictures() {
                    let [width, height] = size;
                    let file = format!("amounts_{name}_{width}x{height}_{decimals}.png");
                    harness
                        .render()
                        .unwrap()
                        .save(Path::new(&folder).join(file))
                        .unwrap();
                }
                let case = format!("{name} {size:?} with {decimals} decimals");
                let all = painted(&harness);
                let is_cut = |cell: &&PaintedText| {
                    cell.text.starts_with("SELL ") && cell.text.ends_with('…')
                };
                let cut = all.iter().filter(is_cut).map(|cell| cell.text.clone());
                let found = cut.chain(amount_faults(&all));
                faults.extend(found.map(|fault| format!("{case}: {fault}")));
                assert_apart(&places(&harness), size, &case);
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn on_a_low_screen_the_whole_menu_is_in_sight() {
    let size = [1_366.0, 688.0];
    let mut harness = open(running(100), size, 1.0);
    harness.get_by_label("Menu").click();
    harness.run_steps(4);
    let left = harness.get_by_label_contains("Keep the window on top");
    let left = left.rect().left();
    let rows = KEYS.iter().filter(|row| row.command.is_in_menu());
    let entry = |text: &str| {
        let rects = harness.get_all_by_label_contains(text);
        let mut rects = rects.map(|node| node.rect());
        rects.find(|rect| (rect.left() - left).abs() < 0.5).unwrap()
    };
    let rects: Vec<_> = rows.map(|row| entry(row.text)).collect();
    for (place, rect) in rects.iter().enumerate() {
        assert!(rect.bottom() <= size[1] - 28.0, "{place}: {rect:?}");
    }
    // In the order of the table, below each other.
    assert!(
        rects.is_sorted_by(|a, b| a.bottom() <= b.top() + 0.5),
        "{rects:?}"
    );
}

#[test]
fn what_scrolls_has_room_for_its_bar() {
    let mut harness = Harness::builder()
        .with_size([300.0, 200.0])
        .with_context_setup(themed)
        .build_ui_state(
            |ui, widths: &mut [f32; 2]| {
                widths[0] = ui.available_width();
                egui::ScrollArea::vertical().show(ui, |ui| {
                    widths[1] = ui.available_width();
                    for line in 0..40 {
                        ui.label(line.to_string());
                    }
                });
            },
            [0.0; 2],
        );
    harness.run_steps(4);
    let [whole, inside] = *harness.state();
    let scroll = harness.ctx.global_style().spacing.scroll;
    assert!(whole - inside >= scroll.bar_width, "{whole} {inside}");
    // It is there before the pointer is.
    assert!(scroll.dormant_handle_opacity > 0.3);
}

#[test]
fn what_holding_costs_is_said_while_the_odds_are_known() {
    let words = "Holding costs 0.056\u{2009}% per tick";
    for size in [[1_400.0, 900.0], [1_920.0, 1_080.0], [700.0, 600.0]] {
        for has_odds in [true, false] {
            let mut view = running(300);
            view.has_odds = has_odds;
            let harness = open(view, size, 1.0);
            assert_eq!(says(&harness, words), has_odds, "{size:?}");
        }
    }
}

#[test]
fn nothing_in_the_top_bar_overlaps_at_any_width() {
    for view in [busy(), running(300), nothing()] {
        let mut harness = open(view, [700.0, 600.0], 1.0);
        for width in (700..=2_000_u16).step_by(10) {
            let width = f32::from(width);
            harness.set_size(egui::vec2(width, 600.0));
            harness.run_steps(2);
            let mut bar = places(&harness);
            bar.retain(|place| place.rect.top() < 44.0);
            assert_apart(&bar, [width, 600.0], &format!("width {width}"));
            for name in [
                "Source: ", "Play", "Library", "Review", "Lab", "Settings", "Feed ", "Drift ",
                "REC ", "Menu",
            ] {
                let found = bar.iter().filter(|place| place.name.starts_with(name));
                assert_eq!(found.count(), 1, "{name} at {width}: {bar:?}");
            }
        }
    }
}

#[test]
fn what_is_pressed_stays_where_it_is_while_the_game_goes_on() {
    for size in SIZES {
        let states = [
            running(300),
            presale(),
            busy(),
            stopped(),
            marked(rugged(300)),
            stale(),
        ];
        let mut seen: BTreeMap<String, Rect> = BTreeMap::new();
        for (number, view) in states.into_iter().enumerate() {
            let harness = open(view, size, 1.0);
            for Place { name, rect, .. } in places(&harness) {
                let name = word(&name).to_owned();
                if !FIXED.contains(&name.as_str()) {
                    continue;
                }
                let first = *seen.entry(name.clone()).or_insert(rect);
                let moved = (first.min - rect.min).length();
                assert!(
                    moved < 0.6,
                    "{size:?} state {number}: {name} moved from {first:?} to {rect:?}"
                );
            }
        }
        assert_eq!(seen.len(), FIXED.len(), "{size:?} {seen:?}");
    }
}
