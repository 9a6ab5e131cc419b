//! Our account and the server's differ: the window says so with the first frame that can, and for five seconds at
//! least.

use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use chrono::Utc;
use egui_kittest::Harness;
use pianola::engine::GameSource;
use pianola::engine::View;
use pianola::feed::Address;
use pianola::host::{Host, HostEvent, RunningSource, SourceRequest};
use pianola::table::{Fault, Speed, Table, TableConfig};
use pianola::trading::{DriftBadge, OrderLimits};
use pianola::ui::{LivePage, Theme};
use tokio::sync::watch;

use crate::support::process::{LIMIT, until};
use crate::support::seeds::seed_of;
use crate::support::window::labels::{self, control, says, texts};

/// Ticks of the first game: enough for everything that is done in it.
const LONG: std::ops::Range<u32> = 400..800;

/// How long a drift must be readable.
const STAYS: chrono::Duration = chrono::Duration::seconds(5);

/// The window over an engine at a table whose account drifts; and the same view that the window is shown.
struct DriftWindow {
    harness: Harness<'static, LivePage>,
    view: watch::Receiver<View>,
    host: Host,
    _events: Receiver<HostEvent>,
    _table: Table,
    _folder: tempfile::TempDir,
}

impl DriftWindow {
    fn new() -> Self {
        let table = Table::start(TableConfig {
            seed: Some(seed_of(1, &[LONG])),
            speed: Speed::Times(8.0),
            faults: vec![Fault::Drift],
            ..TableConfig::default()
        });
        let table = table.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut host = Host::start(Arc::new(|| {})).unwrap();
        let events = host.take_events().unwrap();
        assert!(host.handle().start(SourceRequest {
            start_balance: rust_decimal::Decimal::ONE,
            source: GameSource::Url(Address::parse(&table.url()).unwrap()),
            folder: folder.path().join("out"),
            auto_record: false,
            raw_capture: false,
            limits: OrderLimits::default(),
        }));
        let running = match events.recv_timeout(LIMIT).unwrap() {
            HostEvent::Running(running) => *running,
            other => panic!("{other:?}"),
        };
        let (page, view) = live_page(running);
        let harness = Harness::builder()
            .with_size([1_400.0, 900.0])
            .with_step_dt(1.0 / 60.0)
            .with_context_setup(Theme::install)
            .build_ui_state(|ui, page: &mut LivePage| page.ui(ui), page);
        Self {
            harness,
            view,
            host,
            _events: events,
            _table: table,
            _folder: folder,
        }
    }

    /// What the engine says now; of the drift, what is to be shown.
    fn badge(&self) -> Option<DriftBadge> {
        let view = self.view.borrow();
        view.trader.as_ref().and_then(|trader| trader.drift)
    }

    /// What the chip in the bar says of a drift.
    fn shown(&self) -> Option<String> {
        let chip = control(&self.harness, "Drift ").unwrap().name;
        chip.contains("0.0").then_some(chip)
    }

    /// What the panel of the chip says.
    fn panel(&mut self) -> Vec<String> {
        let chip = control(&self.harness, "Drift ").unwrap();
        labels::click_at(&mut self.harness, chip.rect.center());
        self.harness.run_steps(3);
        let texts = texts(&self.harness);
        self.harness.key_press(egui::Key::Escape);
        self.harness.run_steps(3);
        assert!(!says(&self.harness, "What differs"), "Escape closes it");
        texts
    }

    /// Clicks a button as soon as it can be pressed.
    fn press(&mut self, button: &'static str) {
        let pos = until(button, || {
            self.harness.step();
            let control = control(&self.harness, button).filter(|control| control.able);
            control.map(|control| control.rect.center())
        });
        labels::click_at(&mut self.harness, pos);
    }
}

fn live_page(running: RunningSource) -> (LivePage, watch::Receiver<View>) {
    let view = running.view.clone();
    (LivePage::new(running, Utc::now), view)
}

#[test]
fn a_drift_is_shown_at_once_and_stays_readable() {
    let mut window = DriftWindow::new();
    window.press("BUY ");
    // The frames before the comparison say nothing of a drift.
    until("the drift", || {
        let badge = window.badge();
        if badge.is_none() {
            assert_eq!(window.shown(), None);
        }
        badge
    });
    window.harness.step();
    assert_eq!(window.shown().as_deref(), Some("Drift −0.0100, warning"));
    let panel = window.panel();
    for text in [
        "Drift: the server shows 0.0100 SOL less",
        "What differs",
        "0.9900",
        "0.9800",
        "What it means",
        "Your orders explain a balance of 0.9900 SOL. The server says 0.9800. Something outside these orders took 0.0100 \
         SOL, or one order reached the server without an answer.",
        "What to do",
        "Nothing now.",
        "This session",
        "using server",
    ] {
        assert!(panel.iter().any(|said| said == text), "{text}: {panel:#?}");
    }
    assert!(
        panel.iter().any(|said| said.starts_with("Since ")),
        "{panel:#?}"
    );

    // The next news of the account agree again: it is over, and still to be read.
    window.press("SIDEBET ");
    let over = until("the end of the drift", || {
        window.harness.step();
        window.badge().filter(|badge| badge.cleared_at.is_some())
    });
    let start = Instant::now();
    let gone = loop {
        let before = Utc::now();
        window.harness.step();
        match window.shown() {
            Some(text) => assert_eq!(text, "Drift −0.0100, warning"),
            None => break before,
        }
        assert!(start.elapsed() < LIMIT, "it is never put away");
        std::thread::park_timeout(Duration::from_millis(4));
    };
    assert_eq!(window.badge(), None, "the engine has put it away, too");
    assert!(gone - over.newest >= STAYS, "{over:?}, gone at {gone}");
    // The panel still explains it.
    let panel = window.panel();
    for text in ["No drift now", "This session", "−0.0100"] {
        assert!(panel.iter().any(|said| said == text), "{text}: {panel:#?}");
    }
    let agrees = panel.iter().any(|said| said.starts_with("agrees since "));
    assert!(agrees, "{panel:#?}");
    window.host.stop();
}
