//! The state of the connection and of the program, by label: the lamp, the panel behind it, and what is drawn when not
//! everything runs.

use std::time::Duration;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use pianola::capture::CaptureState;
use pianola::engine::{Command, View};
use pianola::feed::health::{ClockReading, EventFault, FeedWatch, ObservedEvent};
use pianola::feed::{DisconnectReason, FeedState};
use pianola::game::Phase;
use pianola::protocol::GameId;

use crate::support::window::labels::says;
use crate::support::window::made_view::{GAME, Shown, noon, nothing, running, themed, window};
use crate::support::window::made_window::commands;
use crate::support::window::marked_view::marked;
use crate::support::window::played_session::ten_games;

const SIZE: [f32; 2] = [1400.0, 900.0];

fn open(view: View, size: [f32; 2]) -> Harness<'static, Shown> {
    let mut harness = Harness::builder()
        .with_size(size)
        .with_max_steps(200)
        .with_context_setup(themed)
        .build_ui_state(|ui, shown: &mut Shown| shown.page.ui(ui), window(view));
    harness.run_steps(4);
    harness
}

/// Returns all texts, for the message of a failed test.
fn all(harness: &Harness<'_, Shown>) -> Vec<String> {
    let nodes = harness.query_all_by(|_| true);
    nodes
        .filter_map(|node| {
            let node = node.accesskit_node();
            // Not the lines that a long one is broken into.
            let value = || node.value().filter(|_| node.role() == Role::Label);
            node.label().or_else(value)
        })
        .collect()
}

fn assert_says(harness: &Harness<'_, Shown>, texts: &[&str]) {
    for text in texts {
        assert!(says(harness, text), "{text:?} in {:#?}", all(harness));
    }
}

/// Opens the panel, by the lamp that begins so.
fn click_lamp(harness: &mut Harness<'_, Shown>, begins: &'static str) {
    let lamp = harness.get_by(move |node| {
        let name = node.label().unwrap_or_default();
        node.role() == Role::Button && name.starts_with(begins)
    });
    lamp.click();
    harness.run_steps(3);
}

/// A feed that is watched, with its clock.
struct HealthWindow {
    watch: FeedWatch,
    feed: FeedState,
    millis: u64,
}

impl HealthWindow {
    fn new() -> Self {
        let mut watched = Self {
            watch: FeedWatch::default(),
            feed: FeedState::Up { since: noon() },
            millis: 0,
        };
        let now = watched.now();
        watched.watch.connected(now);
        watched
    }

    fn now(&self) -> ClockReading {
        let millis = i64::try_from(self.millis).unwrap();
        ClockReading {
            elapsed: Duration::from_millis(self.millis),
            at: noon() + chrono::Duration::milliseconds(millis),
        }
    }

    /// So many updates, this far apart; errors or not.
    fn hears(mut self, updates: u64, apart: u64, error: bool) -> Self {
        let game = GameId::new(GAME).unwrap();
        for _ in 0..updates {
            let heard = ObservedEvent {
                update: Some((Phase::Active, &game)),
                fault: if error {
                    EventFault::Harmful
                } else {
                    EventFault::None
                },
                ticks: 1,
                drops: 0,
            };
            let now = self.now();
            self.watch.event(heard, now);
            self = self.waits(apart);
        }
        self
    }

    fn waits(mut self, millis: u64) -> Self {
        for _ in 0..millis / 50 {
            self.millis += 50;
            let now = self.now();
            self.watch.clock(&self.feed, (3, 4_096), now);
        }
        self
    }

    fn falls_silent(mut self) -> Self {
        self.feed = FeedState::Stale { since: noon() };
        self.waits(3_000)
    }

    fn goes_away(mut self) -> Self {
        self.feed = FeedState::Down {
            why: DisconnectReason::Closed,
            next_try_at: Some(noon() + Duration::from_secs(2)),
        };
        let now = self.now();
        self.watch.disconnected(&DisconnectReason::Closed, now);
        self.waits(3_000)
    }

    /// A view of a running game with this health.
    fn view(&self) -> View {
        View {
            health: self.watch.health(),
            feed: self.feed.clone(),
            last_event: Some(noon() - chrono::Duration::milliseconds(3_200)),
            ..marked(running(300))
        }
    }
}

#[test]
fn before_anything_is_heard_the_panel_says_so_and_is_not_blank() {
    let mut harness = open(nothing(), SIZE);
    click_lamp(&mut harness, "Feed –");
    assert_says(
        &harness,
        &[
            "Connection UNKNOWN",
            "No update received yet",
            "Mode NORMAL",
            "nothing received yet",
            "not measured yet",
            "none since the start",
            "0 messages, 0 errors",
            "never full",
            "No changes yet",
        ],
    );
    // Escape puts it away, and a click elsewhere does.
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(!says(&harness, "Connection UNKNOWN"));
    click_lamp(&mut harness, "Feed –");
    assert!(says(&harness, "Connection UNKNOWN"));
    let elsewhere = egui::pos2(700.0, 500.0);
    harness.drag_at(elsewhere);
    harness.step();
    harness.drop_at(elsewhere);
    harness.run_steps(3);
    assert!(!says(&harness, "Connection UNKNOWN"));
}

#[test]
fn the_raw_capture_has_a_line_while_it_is_on_or_in_trouble() {
    let with = |capture: CaptureState| View {
        capture,
        ..HealthWindow::new().hears(2, 250, false).view()
    };
    let file = Some("/x/.captures/capture-20261122T150000Z-2.jsonl".into());
    let on = CaptureState {
        on: true,
        file,
        bytes: 1_024 * 700,
        lost: 3,
        trouble: None,
    };
    let trouble = CaptureState {
        trouble: Some("cannot be written: \u{1b}[2J\u{202e}full".to_owned()),
        ..on.clone()
    };
    for (capture, expected) in [
        (CaptureState::default(), None),
        (
            on,
            Some("capture-20261122T150000Z-2.jsonl, 700 KiB, 3 messages not in it"),
        ),
        (trouble, Some("cannot be written: \\u{1b}[2J\\u{202e}full")),
    ] {
        let mut harness = open(with(capture), SIZE);
        click_lamp(&mut harness, "Feed 3.2 s");
        assert_eq!(says(&harness, "Raw capture"), expected.is_some());
        if let Some(expected) = expected {
            assert_says(&harness, &[expected]);
        }
    }
}

#[test]
fn a_healthy_feed_has_its_figures() {
    let watched = HealthWindow::new().hears(60, 250, false);
    let mut harness = open(watched.view(), SIZE);
    click_lamp(&mut harness, "Feed 3.2 s");
    assert_says(
        &harness,
        &[
            "Connection HEALTHY",
            "Connected, no problems",
            "Mode NORMAL",
            "Everything is drawn",
            "3.2 s ago",
            "median 250 ms, longest 250 ms, of 59",
            "60 messages, 0 errors, 0 of 60 ticks missed",
            "3 of 4096 wait, never full",
            "connection UNKNOWN → HEALTHY: no problems",
        ],
    );
}

#[test]
fn errors_degrade_connection_and_mode_and_the_lamp_says_the_mode() {
    let watched = HealthWindow::new()
        .hears(60, 250, false)
        .hears(12, 250, true);
    let mut harness = open(watched.view(), SIZE);
    click_lamp(&mut harness, "Feed 3.2 s");
    assert_says(
        &harness,
        &[
            "Connection DEGRADED",
            "of the messages cannot be right",
            "Mode DEGRADED",
            "errors within a minute",
            "mode NORMAL → DEGRADED",
            "connection HEALTHY → DEGRADED",
            "Recording always keeps full detail.",
        ],
    );
}

#[test]
fn a_stale_feed_and_a_lost_one_say_why_and_since_when() {
    let stale = HealthWindow::new().hears(60, 250, false).falls_silent();
    let mut harness = open(stale.view(), SIZE);
    click_lamp(&mut harness, "Feed 3.2 s");
    assert_says(
        &harness,
        &[
            "Connection STALE",
            "the server is silent",
            "connection HEALTHY → STALE",
        ],
    );
    let lost = HealthWindow::new().hears(60, 250, false).goes_away();
    let mut harness = open(lost.view(), SIZE);
    click_lamp(&mut harness, "Feed offline");
    assert_says(
        &harness,
        &[
            "Connection DISCONNECTED",
            "The server ended the connection",
            "Mode OFFLINE",
            "No order can be sent",
            "mode NORMAL → OFFLINE",
            // And so the buttons say.
            "The feed is offline",
            "Retrying in 2 s",
        ],
    );
    // The next try does not have to be waited for.
    harness.get_by_label("Try now").click();
    harness.run_steps(3);
    assert_eq!(commands(&mut harness), [Command::TryNow]);
}

#[test]
fn of_many_changes_the_newest_twenty_are_listed() {
    let mut watched = HealthWindow::new().hears(60, 250, false);
    for _ in 0..30 {
        watched = watched.falls_silent();
        watched.feed = FeedState::Up { since: noon() };
        watched = watched.hears(20, 250, false);
    }
    let mut harness = open(watched.view(), SIZE);
    // So many silences are late updates, too.
    click_lamp(&mut harness, "Feed ");
    let rows = all(&harness);
    let rows: Vec<_> = rows.iter().filter(|text| text.contains(" → ")).collect();
    assert_eq!(rows.len(), 20);
    assert!(rows.iter().any(|row| row.contains("HEALTHY → STALE: ")));
    let times: Vec<_> = rows.iter().map(|row| &row[..8]).collect();
    assert!(
        times.is_sorted_by(|newer, older| newer >= older),
        "{times:?}"
    );
}

/// A feed with so many errors that only what is needed is drawn, or with some, and one without.
fn modes() -> [View; 3] {
    let healthy = || HealthWindow::new().hears(60, 250, false);
    let all = [
        healthy(),
        healthy().hears(12, 250, true),
        healthy().hears(30, 250, true),
    ];
    all.map(|watched| watched.view())
}

#[test]
fn in_the_minimal_mode_only_what_is_needed_is_drawn_and_the_rest_says_why_not() {
    let [normal, _, minimal] = modes();
    for size in [SIZE, [700.0, 800.0], [700.0, 600.0]] {
        let mut harness = open(normal.clone(), size);
        let mut places = Vec::new();
        for view in [&normal, &minimal, &normal] {
            harness.state().view.send(view.clone()).unwrap();
            harness.run_steps(4);
            let labels = ["MAX", "STOP", "Amount", "Line", "Follow", "Clear", "Menu"];
            let now = labels.map(|label| harness.get_by_label(label).rect());
            places.push(now);
        }
        for (before, now) in places[0].iter().zip(&places[1]) {
            assert!(
                (before.min - now.min).length() < 0.6,
                "{size:?}: {places:#?}"
            );
        }
        assert_eq!(places[0], places[2]);
    }
    let harness = open(minimal, SIZE);
    let why = "not drawn in MINIMAL mode, ";
    for what in ["Price chart", "The last games", "Trades", "Session"] {
        assert_says(&harness, &[&format!("{what}: {why}")]);
    }
    assert_says(
        &harness,
        &["errors within a minute", "ACTIVE", "Wallet 1.0000"],
    );
    assert!(!says(&harness, "Tick 299"), "no chart");
    assert!(!says(&harness, "Games won"), "no sums");
    for button in ["BUY 0.0100", "SELL 100 %", "SIDEBET 0.0100"] {
        assert!(says(&harness, button), "{button}");
    }
}

/// How many texts are painted on the chart.
fn texts_on_the_chart(harness: &Harness<'_, Shown>) -> usize {
    fn count(shape: &egui::Shape, inside: egui::Rect) -> usize {
        match shape {
            egui::Shape::Vec(shapes) => shapes.iter().map(|shape| count(shape, inside)).sum(),
            egui::Shape::Text(text) => usize::from(inside.contains(text.pos)),
            _ => 0,
        }
    }
    let chart = harness.get_by_label_contains("Price chart").rect();
    let shapes = harness.output().shapes.iter();
    shapes.map(|clipped| count(&clipped.shape, chart)).sum()
}

#[test]
fn in_the_degraded_mode_nothing_is_drawn_that_only_decorates() {
    let [mut normal, mut degraded, _] = modes();
    for view in [&mut normal, &mut degraded] {
        view.session = ten_games().session;
    }
    let whole = open(normal, SIZE);
    assert_says(&whole, &["Session result "]);
    let harness = open(degraded, SIZE);
    assert_says(
        &harness,
        &[
            "Session curve: not drawn in DEGRADED mode, ",
            "Tick 299",
            "Games won",
            "Last games",
        ],
    );
    let (less, all) = (texts_on_the_chart(&harness), texts_on_the_chart(&whole));
    assert!(less < all, "{less} of {all}");
}
