//! The components page, painted and read: every component in its states, found by its name.
//! `PIANOLA_PICTURES=/some/folder` keeps the pictures.

use egui::{Button, Ui};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use rust_decimal::Decimal;

use super::*;
use crate::ui::theme::role::{AMOUNT, CAPTION};
use crate::ui::theme::{Theme, role};

#[derive(Default)]
struct Page {
    share: u8,
    switch: bool,
    orders: u32,
    text: String,
    slider: f32,
}

fn caption(ui: &mut Ui, text: &str) {
    let quiet = Theme::of(ui).quiet;
    ui.add_space(8.0);
    ui.label(CAPTION.text(text).color(quiet));
}

fn trade_ui(ui: &mut Ui, enabled: bool, button: TradeButton<'_>) -> bool {
    let size = egui::vec2(232.0, 64.0);
    let layout = egui::Layout::top_down(Align::Min);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_width(232.0);
        ui.add_enabled(enabled, button).clicked()
    })
    .inner
}

#[expect(clippy::too_many_lines, reason = "every component in a row of its own")]
fn components_ui(ui: &mut Ui, page: &mut Page) {
    let theme = Theme::of(ui);
    ui.painter().rect_filled(ui.max_rect(), 0, theme.ground);
    ui.spacing_mut().item_spacing.x = 8.0;
    let buy = TradeButton {
        verb: "BUY",
        amount: "0.0500",
        note: "you get ≈ 0.0178 tokens at 2.81x",
        key: "B",
        fill: theme.buy_fill,
        height: 56.0,
        state: TradeState::Ready,
    };
    caption(ui, "Trade button: rest, sent, high, low");
    ui.horizontal(|ui| {
        page.orders += u32::from(trade_ui(ui, true, buy));
        let state = TradeState::Sent(0.6);
        trade_ui(
            ui,
            true,
            TradeButton {
                state,
                note: "sent",
                ..buy
            },
        );
        trade_ui(
            ui,
            true,
            TradeButton {
                height: 72.0,
                ..buy
            },
        );
        let note = "you get ≈ 0.0178 tokens at 2.81x and the rest of it";
        trade_ui(
            ui,
            true,
            TradeButton {
                height: 48.0,
                note,
                ..buy
            },
        );
    });
    caption(
        ui,
        "Sell, sidebet off, a second press, the piano, idle in a replay",
    );
    ui.horizontal(|ui| {
        let sell = TradeButton {
            verb: "SELL 25 %",
            amount: "0.0363",
            note: "profit 0.0176",
            key: "S",
            fill: theme.sell_fill,
            ..buy
        };
        trade_ui(ui, true, sell);
        let sidebet = TradeButton {
            verb: "SIDEBET",
            amount: "0.0200",
            note: "pays 0.1000 by tick 326",
            key: "D",
            fill: theme.side_fill,
            ..buy
        };
        trade_ui(ui, true, sidebet);
        let note = "one at a time: wait for tick 302";
        trade_ui(ui, false, TradeButton { note, ..sidebet });
        let ask = TradeButton {
            verb: "BUY ALL",
            amount: "0.8662",
            note: "press B again, 3 s",
            state: TradeState::Ask,
            ..buy
        };
        trade_ui(ui, true, ask);
        let state = TradeState::Piano;
        trade_ui(
            ui,
            true,
            TradeButton {
                state,
                verb: "SELL 100 %",
                ..sell
            },
        );
        let state = TradeState::Idle;
        trade_ui(
            ui,
            true,
            TradeButton {
                state,
                note: "next: tick 214",
                ..buy
            },
        );
    });
    caption(ui, "Status chips");
    ui.horizontal(|ui| {
        let chip = |lamp, label: &str, value: &str| Chip {
            lamp: Some(lamp),
            label: label.to_owned(),
            value: value.to_owned(),
            strong: label == "REC",
            digits: value.contains('.'),
            menu: label == "REC",
            tip: String::new(),
            least_width: 0.0,
        };
        for (lamp, label, value) in [
            (Lamp::Running, "Feed", "0.2 s"),
            (Lamp::Look, "Feed", "3.1 s"),
            (Lamp::Off, "Feed", "offline"),
            (Lamp::Checked, "Drift", "none"),
            (Lamp::Look, "Drift", "−0.0100"),
            (Lamp::Recording, "REC", "9 saved"),
            (Lamp::Armed, "REC", "next game"),
            (Lamp::Off, "REC", "off"),
        ] {
            chip_ui(ui, &chip(lamp, label, value));
        }
    });
    caption(ui, "Pills and phases");
    ui.horizontal(|ui| {
        for (multiplier, pnl) in [(1.05, 0), (3.93, 0), (14.92, 0), (4.56, 1), (1.07, -1)] {
            let pill = GamePill {
                peak: format!("{multiplier:.2}x"),
                multiplier,
                pnl: (pnl != 0).then(|| Decimal::from(pnl)),
            };
            let name = || format!("Game with a peak of {multiplier}");
            pill_ui(ui, &pill, egui::vec2(72.0, 24.0), name);
        }
        for (word, tone) in [
            ("PRESALE", PhaseTone::Presale),
            ("ACTIVE", PhaseTone::Active),
            ("RUGGED", PhaseTone::Rugged),
            ("COOLDOWN", PhaseTone::Quiet),
            ("STALE", PhaseTone::Stale),
            ("ACTIVE", PhaseTone::Replay),
        ] {
            phase_pill_ui(ui, word, tone);
        }
    });
    caption(ui, "Segmented controls, buttons, links, switches, key caps");
    ui.horizontal(|ui| {
        let style = SegmentStyle::default();
        let charts = [
            Segment::icon(0, Icon::Line, "Line"),
            Segment::icon(1, Icon::Candles, "Candles"),
        ];
        segmented_ui(ui, Some(0), &charts, style);
        let axes = [Segment::text(0, "Lin"), Segment::text(1, "Log")];
        segmented_ui(ui, Some(0), &axes, style);
        let shares = [10u8, 25, 50, 100];
        let names = shares.map(|share| format!("{share} %"));
        let segments: Vec<_> = shares
            .iter()
            .zip(&names)
            .map(|(share, name)| Segment::text(*share, name).tip("Share of a sale"))
            .collect();
        let style = SegmentStyle {
            width: Some(230.0),
            digits: true,
            ..style
        };
        if let Some(share) = segmented_ui(ui, Some(page.share), &segments, style) {
            page.share = share;
        }
        ui.add(PushButton::new("Button"));
        ui.add(PushButton::new("Primary").primary());
        ui.add(PushButton::new("Replay").replay().icon(Icon::Play));
        ui.add(PushButton::new("Quiet").quiet());
        ui.add_enabled(false, PushButton::new("Disabled"));
        ui.add(PushButton::new("+.001").chip().size(64.0, 24.0));
        link_ui(ui, "Link");
        replay_link_ui(ui, "Replay");
        switch_ui(ui, &mut page.switch, "A switch");
        switch_ui(ui, &mut true, "Another switch");
        key_cap_ui(ui, "Esc");
        key_cap_ui(ui, "Ctrl K");
        logo_ui(ui);
    });
    caption(ui, "Icons");
    ui.horizontal(|ui| {
        for icon in Icon::ALL {
            icon_ui(ui, icon, 16.0, theme.text);
        }
        icon_button_ui(ui, Icon::Follow, "Follow", true);
        icon_button_ui(ui, Icon::Whole, "Whole game", false);
    });
    ui.horizontal(|ui| {
        for icon in Icon::ALL {
            icon_ui(ui, icon, 32.0, theme.text);
        }
    });
    caption(ui, "Card, egui's own widgets, signs");
    ui.horizontal(|ui| {
        ui.allocate_ui(egui::vec2(300.0, 120.0), |ui| {
            ui.set_max_width(300.0);
            titled_card_ui(
                ui,
                "Card",
                |ui| link_ui(ui, "Export"),
                |ui| {
                    ui.label("Text in the body: Wörter, Привет, –");
                    ui.label(role::TABLE_MONO.text("−0.0100 +1.2345 2.81x"));
                },
            )
        });
        ui.vertical(|ui| {
            ui.add_enabled(false, Button::new("egui, off"));
            ui.checkbox(&mut page.switch, "A check box");
            let field = egui::TextEdit::singleline(&mut page.text).desired_width(80.0);
            named(ui.add(field), "A field");
            named(
                ui.add(egui::Slider::new(&mut page.slider, 0.0..=1.0)),
                "A slider",
            );
        });
        ui.vertical(|ui| {
            ui.label(role::MULTIPLIER.text("2.81x").color(theme.gain));
            ui.label("← ↑ → ↓ − ≈ ≤ ≥ ▲ ▼ … “” ‘’ – 93.7\u{2009}%");
            ui.label(AMOUNT.text("0.0500 SOL"));
        });
    });
    focus_ring(ui.ctx());
}

fn painted(name: &str, theme: egui::Theme, blue_orange: bool) {
    let Some(folder) = std::env::var_os("PIANOLA_PICTURES") else {
        return;
    };
    let mut harness = Harness::builder()
        .with_size([1440.0, 640.0])
        .with_context_setup(Theme::install)
        .with_theme(theme)
        .wgpu()
        .build_ui_state(
            components_ui,
            Page {
                share: 25,
                ..Page::default()
            },
        );
    Theme::set_palette(&harness.ctx, blue_orange);
    harness.run();
    harness.get_by_label("Primary").focus();
    harness.run();
    let picture = harness.render().expect("a picture");
    let path = std::path::Path::new(&folder).join(name);
    picture.save(path).expect("the folder can be written to");
}

#[test]
fn the_components_as_pictures() {
    painted("components_dark.png", egui::Theme::Dark, false);
    painted("components_light.png", egui::Theme::Light, false);
    painted("components_blue_orange.png", egui::Theme::Dark, true);
}

#[test]
fn every_component_is_found_and_used_by_its_name() {
    let mut harness = Harness::builder()
        .with_size([1440.0, 640.0])
        .with_context_setup(Theme::install)
        .build_ui_state(
            components_ui,
            Page {
                share: 25,
                ..Page::default()
            },
        );
    harness.run();
    for name in [
        "Feed offline",
        "Drift −0.0100",
        "REC 9 saved",
        "Candles",
        "Replay",
        "Link",
    ] {
        assert!(harness.query_all_by_label(name).next().is_some(), "{name}");
    }
    harness.get_by_label("50 %").click();
    harness.get_by_label("A switch").click();
    let button = harness.get_all_by_label("BUY 0.0500").next();
    button.expect("the buy button").click();
    harness.run();
    let page = harness.state();
    assert_eq!((page.share, page.switch, page.orders), (50, true, 1));
    let off = harness.get_all_by_label("SIDEBET 0.0200");
    assert_eq!(
        off.filter(|node| node.accesskit_node().is_disabled())
            .count(),
        1
    );
}

/// The press of the piano: the ring grows to its size within a quarter of a second and is gone; without motion there is
/// only the ring that stays.
#[test]
fn the_ring_of_a_press_grows_once_and_respects_reduced_motion() {
    let rings = |moves: bool| -> Vec<Vec<f32>> {
        let button = |ui: &mut Ui, state: &mut TradeState| {
            ui.add(TradeButton {
                verb: "SELL",
                amount: "0.1",
                note: "pressed",
                key: "S",
                fill: Theme::of(ui).sell_fill,
                height: 56.0,
                state: *state,
            });
        };
        let mut harness = Harness::builder()
            .with_step_dt(0.1)
            .with_context_setup(move |ctx| {
                Theme::install(ctx);
                crate::ui::motion::set_motion(ctx, moves);
            })
            .build_ui_state(button, TradeState::Idle);
        harness.step();
        *harness.state_mut() = TradeState::Piano;
        let frames = (0..5).map(|_| {
            harness.step();
            let shapes = harness.output().shapes.iter();
            let widths = shapes.filter_map(|shape| match &shape.shape {
                egui::Shape::Rect(rect) if rect.fill == Color32::TRANSPARENT => {
                    Some(rect.rect.width())
                }
                _ => None,
            });
            widths.collect()
        });
        frames.collect()
    };
    let still = rings(false);
    let key_cap_and_ring = still[0].len();
    assert!(still.iter().all(|frame| frame.len() == key_cap_and_ring));
    let moving = rings(true);
    let counts: Vec<_> = moving.iter().map(Vec::len).collect();
    let grown = key_cap_and_ring + 1;
    assert_eq!(counts[..3], [grown; 3], "at 0, 0.1 and 0.2 s");
    assert_eq!(counts[3..], [key_cap_and_ring; 2], "at 0.3 and 0.4 s");
    let widest = |frame: &Vec<f32>| frame.iter().copied().fold(0.0, f32::max);
    assert!(widest(&moving[0]) < widest(&moving[2]));
    // 6 points at each side.
    let button = widest(&still[0]) - 4.0;
    assert!(widest(&moving[2]) <= button + 12.0);
}
