//! The layout at every size and scale: no control overlaps another one, none sticks out, and none moves while the game
//! goes on.

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::Rect;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::account::WalletKind;
use pianola::engine::View;
use pianola::game::Phase;
use pianola::trading::{
    Agreement, DriftBadge, FieldComparison, Order, PendingOrderView, Verification,
};
use rust_decimal::Decimal;

use crate::support::window::made_view::{self, Shown, nothing, rugged, running, themed, window};
use crate::support::window::marked_view::marked;

/// What is pressed, typed or chosen.
const CONTROLS: [Role; 5] = [
    Role::Button,
    Role::CheckBox,
    Role::ComboBox,
    Role::TextInput,
    Role::RadioButton,
];

fn open(view: View, pixels: [f32; 2], scale: f32) -> Harness<'static, Shown> {
    let mut harness = Harness::builder()
        .with_size([pixels[0] / scale, pixels[1] / scale])
        .with_pixels_per_point(scale)
        .with_max_steps(200)
        .with_context_setup(themed)
        .build_ui_state(|ui, shown: &mut Shown| shown.page.ui(ui), window(view));
    // A panel has its height a frame after its contents.
    harness.run_steps(4);
    harness
}

/// Every control with its label and where it is.
fn controls(harness: &Harness<'_, Shown>) -> Vec<(String, Rect)> {
    let roles = CONTROLS.into_iter();
    let nodes = roles.flat_map(|role| harness.query_all_by_role(role).collect::<Vec<_>>());
    nodes
        .map(|node| {
            (
                node.accesskit_node().label().unwrap_or_default(),
                node.rect(),
            )
        })
        .collect()
}

/// Whether a control is in the status line.
fn in_foot(label: &str) -> bool {
    label.starts_with("All keys") || label.starts_with("Trade keys")
}

/// The tools of the chart, and the button of the card after a rug: they are on the chart.
const IN_CHART: [&str; 7] = [
    "Line",
    "Candles",
    "Lin",
    "Log",
    "Follow",
    "Whole game",
    "Replay this game",
];

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
    view
}

/// The same with everything that can be said of the stop.
fn stopped() -> View {
    let mut view = busy();
    view.risk_usage.stopped = true;
    view
}

#[test]
fn nothing_overlaps_or_sticks_out_at_any_size_and_scale() {
    for pixels in [
        [700.0, 600.0],
        [700.0, 800.0],
        [1400.0, 900.0],
        [3840.0, 2160.0],
    ] {
        for scale in [0.75, 1.0, 1.25, 2.0, 3.0] {
            // The window lowers its scale for what would be smaller.
            let size = [pixels[0] / scale, pixels[1] / scale];
            if size[0] < 700.0 || size[1] < 600.0 {
                continue;
            }
            for (name, view) in [
                ("busy", busy()),
                ("stopped", stopped()),
                ("rugged", marked(rugged(300))),
                ("nothing", nothing()),
            ] {
                let harness = open(view, pixels, scale);
                let all = controls(&harness);
                assert!(all.len() > 15, "{} controls", all.len());
                let resumes = all.iter().any(|(label, _)| label == "Resume trading");
                assert_eq!(resumes, name == "stopped", "{name} {pixels:?} x{scale}");
                for (place, (label, rect)) in all.iter().enumerate() {
                    let case = format!("{name} {pixels:?} x{scale}: {label} {rect:?}");
                    assert!(!label.is_empty(), "{case}: a control without a name");
                    assert!(rect.is_positive(), "{case}");
                    assert!(
                        rect.left() >= -0.5 && rect.right() <= size[0] + 0.5,
                        "{case}"
                    );
                    assert!(!in_foot(label) || rect.top() > size[1] - 40.0, "{case}");
                    for (other, there) in &all[place + 1..] {
                        // What is scrolled ends where the line at the foot begins.
                        if in_foot(label) != in_foot(other) {
                            continue;
                        }
                        let common = rect.intersect(*there);
                        let apart = common.width() < 1.0 || common.height() < 1.0;
                        assert!(apart, "{case} over {other} {there:?}");
                    }
                }
                let chart = harness.get_by_label_contains("Price chart").rect();
                let outside = |label: &str| !in_foot(label) && !IN_CHART.contains(&label);
                for (label, rect) in all.iter().filter(|(label, _)| outside(label)) {
                    let common = rect.intersect(chart);
                    let apart = common.width() < 1.0 || common.height() < 1.0;
                    assert!(
                        apart,
                        "{name} {pixels:?} x{scale}: {label} {rect:?} over the chart {chart:?}"
                    );
                }
                for label in ["BUY", "SELL", "SIDEBET"] {
                    assert!(
                        all.iter().any(|(name, _)| name.starts_with(label)),
                        "{label}: {all:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_buttons_are_in_sight_without_scrolling_from_700_by_600_on() {
    for size in [
        [700.0, 600.0],
        [700.0, 800.0],
        [1000.0, 700.0],
        [1400.0, 900.0],
        [3840.0, 2160.0],
    ] {
        let harness = open(busy(), size, 1.0);
        let all = controls(&harness);
        for label in ["BUY", "SELL", "SIDEBET", "MAX", "REC", "Menu", "STOP"] {
            let (_, rect) = all
                .iter()
                .find(|(name, _)| name.starts_with(label))
                .unwrap();
            let screen = Rect::from_min_size(egui::Pos2::ZERO, size.into());
            assert!(screen.contains_rect(*rect), "{size:?} {label} {rect:?}");
        }
    }
}

#[test]
fn what_is_pressed_stays_where_it_is_while_the_game_goes_on() {
    for size in [[700.0, 600.0], [700.0, 800.0], [1400.0, 900.0]] {
        let mut presale = running(300);
        presale.phase = Phase::Presale;
        presale.countdown_millis = Some(7_400);
        let states = [
            running(300),
            presale,
            busy(),
            stopped(),
            marked(rugged(300)),
            with_feed_stale(),
        ];
        let mut places: BTreeMap<String, Rect> = BTreeMap::new();
        for (number, view) in states.into_iter().enumerate() {
            let harness = open(view, size, 1.0);
            for (label, rect) in controls(&harness) {
                // Some say an amount or a share behind their name.
                let name = label.split([' ', ',']).next().unwrap_or_default();
                let name = if name == "STOPPED" { "STOP" } else { name }.to_owned();
                if ![
                    "BUY", "SELL", "SIDEBET", "MAX", "Clear", "Amount", "Line", "Menu", "STOP",
                ]
                .contains(&name.as_str())
                {
                    continue;
                }
                let first = *places.entry(name.clone()).or_insert(rect);
                let moved = (first.min - rect.min).length();
                assert!(
                    moved < 0.6,
                    "{size:?} state {number}: {name} moved from {first:?} to {rect:?}"
                );
            }
        }
        assert!(places.len() >= 7, "{places:?}");
    }
}

fn with_feed_stale() -> View {
    let mut view = running(300);
    view.feed = pianola::feed::FeedState::Stale {
        since: made_view::noon(),
    };
    view.actions = Arc::default();
    view
}
