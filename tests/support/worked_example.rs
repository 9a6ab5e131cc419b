//! The session of the worked example of the contract.

use std::path::Path;

use pianola::account::{
    Action, ActionKind, ActionSource, ActionStatus, Drift, DriftField, SessionEvent, WalletKind,
};
use pianola::disk::Disk;
use pianola::game::{Phase, ServerInfo, Time};
use pianola::protocol::GameId;
use pianola::recording::{Origin, Recorder};

use crate::support::decimal::d;

pub const ROOT: &str = "/home/recordings";

/// The id of the session of the worked example.
pub const ID: &str = "0199e2c4-7c1e-7d2a-9d0c-3f5f3c1f2b11";

pub const GAME: &str = "20251215-1a211bfc7caf41d6";

pub fn time(text: &str) -> Time {
    text.parse().unwrap()
}

pub fn started(at: &str, username: Option<&str>) -> SessionEvent {
    SessionEvent::Started {
        at: time(at),
        player_id: username.map(|_| "did:privy:cm3xxx".to_owned()),
        username: username.map(str::to_owned),
        wallet: WalletKind::Server,
        balance: d("1"),
        lots: Vec::new(),
        sidebet: None,
        session_id: Some(ID.parse().unwrap()),
        server: Some(ServerInfo::REAL),
    }
}

pub fn ended(at: &str) -> SessionEvent {
    SessionEvent::Ended { at: time(at) }
}

/// The action of the worked example.
pub fn buy() -> Action {
    Action {
        game_id: GameId::new(GAME).unwrap(),
        tick: 2,
        timestamp: time("2025-12-15T01:18:00.950999Z"),
        action: ActionKind::Buy,
        amount: Some(d("0.01")),
        price: Some(d("0.9777456387635755")),
        balance_after: Some(d("0.99")),
        position_qty_after: Some(d("0.010227609")),
        entry_price: Some(d("0.977745638")),
        pnl: None,
        seq: 1,
        phase: Phase::Active,
        status: ActionStatus::Confirmed,
        qty: Some(d("0.010227609")),
        sell_percent: None,
        source: ActionSource::Key,
        confirmed_at: Some(time("2025-12-15T01:18:01.169Z")),
        executed_tick: Some(2),
        executed_price: Some(d("0.9777456387635755")),
        acked_at: None,
        reason_code: None,
        reason: None,
    }
}

pub fn action(slot: u32, action: Action) -> SessionEvent {
    let action = Box::new(action);
    SessionEvent::Action { slot, action }
}

pub fn bought() -> SessionEvent {
    action(0, buy())
}

/// The facts of the worked example.
pub fn worked_example() -> Vec<SessionEvent> {
    let drift = Drift {
        at: time("2025-12-15T01:18:01.400Z"),
        game_id: GameId::new(GAME),
        tick: Some(4),
        field: DriftField::Balance,
        local: Some(d("0.99")),
        server: Some(d("0.98")),
        diff: d("0.01"),
        cleared_at: None,
        after_seq: 1,
    };
    let cleared = Drift {
        cleared_at: Some(time("2025-12-15T01:18:01.650Z")),
        ..drift.clone()
    };
    let drifted = |drift| SessionEvent::Drifted {
        slot: 0,
        drift: Box::new(drift),
    };
    let at = time("2025-12-15T01:18:09Z");
    vec![
        started("2025-12-15T01:17:55.000444Z", Some("Dutch")),
        bought(),
        drifted(drift),
        drifted(cleared),
        SessionEvent::Verified {
            at,
            total: 12,
            drifts: 1,
        },
        ended("2025-12-15T01:18:10.120Z"),
    ]
}

pub fn open<D: Disk>(disk: D, root: &Path, origin: Origin) -> Recorder<D> {
    let (recorder, open) = Recorder::open(disk, root.to_owned(), origin).unwrap();
    assert_eq!(recorder.trouble(), None);
    assert!(open.is_empty());
    recorder
}
