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
use crate::support::window::labels::{self, control, texts};

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

    /// What the window says of a drift: the lamp in the bar, and with it the words beside the price.
    fn shown(&self) -> Option<String> {
        let texts = texts(&self.harness);
        let words = texts.iter().find(|text| text.contains("drift since"));
        let lamp = texts.iter().any(|text| text.contains("DRIFT"));
        assert_eq!(lamp, words.is_some(), "{texts:?}");
        words.cloned()
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
    let shown = window.shown().unwrap();
    for part in ["balance 0.99 here", "0.98 at the server", "0.01 apart"] {
        assert!(shown.contains(part), "{shown}");
    }

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
            Some(text) => assert!(text.contains("over at"), "{text}"),
            None => break before,
        }
        assert!(start.elapsed() < LIMIT, "it is never put away");
        std::thread::park_timeout(Duration::from_millis(4));
    };
    assert_eq!(window.badge(), None, "the engine has put it away, too");
    assert!(gone - over.newest >= STAYS, "{over:?}, gone at {gone}");
    window.host.stop();
}
