//! The record switches over the real socket: which games of the practice table are stored, and that each is whole.

use pianola::account::{ActionKind, ActionSource, ActionStatus};
use pianola::disk::RealDisk;
use pianola::engine::{Command, Credential, Engine, PlayerMode, Setup, View};
use pianola::feed::{Address, FeedConfig};
use pianola::game::{EndReason, Phase};
use pianola::recording::{GameFile, Origin, Recorder, RecordingPolicy};
use pianola::table::{Speed, Table, TableConfig};
use pianola::trading::Order;
use rust_decimal::Decimal;

use crate::support::files::{games, is_whole};
use crate::support::process::until;
use crate::support::script_run::{assert_index, replayed, sessions};
use crate::support::seeds::seed_of;

/// An engine with both switches off at a table of its own.
struct RecordingEngine {
    table: Table,
    engine: Engine,
    folder: tempfile::TempDir,
}

impl RecordingEngine {
    fn new(seed: u64, times: f64, plays: bool) -> Self {
        let table = Table::start(TableConfig {
            seed: Some(seed),
            speed: Speed::Times(times),
            ..TableConfig::default()
        });
        let table = table.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let (recorder, open) = Recorder::open(RealDisk, root, Origin::Practice).unwrap();
        let setup = Setup {
            player: plays.then(|| PlayerMode::AtTable(Credential::fresh().unwrap())),
            policy: RecordingPolicy::default(),
            ..Setup::watching(FeedConfig::new(Address::parse(&table.url()).unwrap()))
        };
        let engine = Engine::start(setup, recorder, open).unwrap();
        Self {
            table,
            engine,
            folder,
        }
    }

    fn command(&self, command: Command) {
        self.engine.commands().try_send(command).unwrap();
    }

    /// Waits until it is so, and returns the view then.
    fn when(&self, what: &str, so: impl Fn(&View) -> bool) -> View {
        until(what, || {
            let view = self.engine.view().borrow().clone();
            so(&view).then_some(view)
        })
    }

    /// Waits for so many games to begin from here on, with the one of the view.
    fn games(&self, games: usize) {
        let mut last = self.engine.view().borrow().game_id.clone();
        for _ in 0..games {
            let seen = self.when("the next game", |view| view.game_id != last);
            last = seen.game_id;
        }
    }

    /// Stops it; returns what it stored, oldest first.
    fn stop(self) -> (Vec<GameFile>, tempfile::TempDir) {
        self.engine.stop();
        drop(self.table);
        (games(self.folder.path()), self.folder)
    }
}

#[test]
fn auto_record_stores_every_game_whole() {
    let room = RecordingEngine::new(5, 60.0, false);
    room.when("the first game", |view| view.game_id.is_some());
    let off = room.engine.view().borrow().recording.clone();
    assert!(!off.active && !off.record && !off.auto_record);
    room.command(Command::AutoRecord(true));
    let on = room.when("five games", |view| view.recorder.saved_games >= 5);
    assert!(on.recording.auto_record && !on.recording.record);
    let (files, _folder) = room.stop();
    // The stop may have cut a sixth one short, which says so.
    let (whole, rest): (Vec<_>, Vec<_>) = files.into_iter().partition(is_whole);
    assert!(whole.len() >= 5, "{rest:#?}");
    assert!(rest.len() <= 1, "{rest:#?}");
    for file in rest {
        assert!(
            file.meta.end_reason == Some(EndReason::Stopped) || file.meta.server_seed.is_none(),
            "{:#?}",
            file.meta
        );
    }
}

#[test]
fn switched_off_in_the_middle_the_game_is_finished_and_no_other_begun() {
    // The first games are long enough to be met in the middle.
    let seed = seed_of(7, &[150..400, 20..400, 20..400]);
    let room = RecordingEngine::new(seed, 40.0, false);
    room.command(Command::AutoRecord(true));
    let middle = room.when("the middle of a game", |view| {
        view.phase == Phase::Active && view.tick.is_some_and(|tick| tick > 20)
    });
    assert!(middle.recording.active && middle.recording.this_game);
    room.command(Command::AutoRecord(false));
    let still = room.when("the switch", |view| !view.recording.auto_record);
    assert_eq!(still.game_id, middle.game_id);
    assert!(still.recording.active, "the game is finished");
    room.games(3);
    let later = room.engine.view().borrow().recording.clone();
    assert!(!later.active, "{later:?}");
    let (files, _folder) = room.stop();
    assert_eq!(files.len(), 1, "{files:#?}");
    assert_eq!(Some(&files[0].meta.game_id), middle.game_id.as_ref());
    assert!(is_whole(&files[0]), "{:#?}", files[0].meta);
}

#[test]
fn with_both_switches_off_only_the_game_with_an_own_action_is_stored() {
    let seed = seed_of(57, &[20..60, 150..400, 20..400, 20..400]);
    let room = RecordingEngine::new(seed, 30.0, true);
    room.when("the login", |view| {
        view.trader
            .as_ref()
            .is_some_and(|trader| trader.identity.is_some())
    });
    room.games(1);
    let acted = room.when("a running game", |view| {
        view.phase == Phase::Active && view.tick.is_some_and(|tick| tick > 5)
    });
    assert!(!acted.recording.active);
    let amount = Decimal::new(1, 2);
    room.command(Command::Press {
        order: Order::Buy { amount },
        source: ActionSource::Mouse,
        seen: None,
    });
    let done = room.when("the buy", |view| {
        view.trader
            .as_ref()
            .and_then(pianola::trading::TraderView::held)
            .is_some_and(|held| held.lots == 1)
    });
    assert_eq!(done.game_id, acted.game_id);
    assert!(done.recording.this_game && !done.recording.record && !done.recording.auto_record);
    room.games(2);
    let (files, folder) = room.stop();
    assert_eq!(files.len(), 1, "{files:#?}");
    assert_eq!(Some(&files[0].meta.game_id), acted.game_id.as_ref());
    // Recorded from its beginning, although the player acted later.
    assert!(is_whole(&files[0]), "{:#?}", files[0].meta);

    let sessions = sessions(folder.path());
    let [(path, session)] = &sessions[..] else {
        panic!("{sessions:#?}");
    };
    let rows: Vec<_> = session
        .actions
        .iter()
        .map(|row| (row.action, row.status))
        .collect();
    let expected =
        [ActionKind::Buy, ActionKind::Liquidated].map(|kind| (kind, ActionStatus::Confirmed));
    assert_eq!(rows, expected);
    assert_eq!(session.actions[0].source, ActionSource::Mouse);
    let replayed = replayed(path, session);
    assert!(replayed.is_right(), "{replayed:#?}");
    assert_index(folder.path());
}
