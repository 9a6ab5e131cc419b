//! A session that is recorded on the simulated disk, and what must be left of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use pianola::account::{Action, ActionStatus, SessionEvent};
use pianola::recording::{
    DayIndex, IndexSession, Origin, Recorder, RecorderEvent, SavedSession, SessionFile,
};

use crate::support::session_facts;
use crate::support::sim_disk::SimDisk;

pub const ROOT: &str = "/home/recordings";

/// A session in which every order has two facts: when it is pressed and when it is executed.
pub fn facts() -> &'static [SessionEvent] {
    static FACTS: OnceLock<Vec<SessionEvent>> = OnceLock::new();
    FACTS.get_or_init(|| {
        let games = session_facts::a_long_and_another_game();
        let mut facts = Vec::new();
        for fact in session_facts::a_session(&games) {
            if let SessionEvent::Action { slot, action } = &fact {
                let action = Box::new(pressed(action));
                facts.push(SessionEvent::Action {
                    slot: *slot,
                    action,
                });
            }
            facts.push(fact);
        }
        facts
    })
}

/// The row before anything came back.
pub fn pressed(row: &Action) -> Action {
    Action {
        balance_after: None,
        position_qty_after: None,
        entry_price: None,
        pnl: None,
        seq: 0,
        status: ActionStatus::Pending,
        qty: None,
        confirmed_at: None,
        executed_tick: None,
        executed_price: None,
        reason_code: None,
        reason: None,
        ..row.clone()
    }
}

/// One run of the program.
pub struct DiskSession {
    pub recorder: Recorder<SimDisk>,
    pub now: Duration,
    /// The newest reported row of each slot.
    pub reported: BTreeMap<u32, Action>,
    pub saved: Vec<SavedSession>,
    pub troubles: Vec<String>,
}

impl DiskSession {
    pub fn open(disk: &SimDisk) -> Result<Self, String> {
        let (recorder, _) = Recorder::open(disk.clone(), ROOT.into(), Origin::Practice)?;
        let mut run = Self {
            recorder,
            now: Duration::ZERO,
            reported: BTreeMap::new(),
            saved: Vec::new(),
            troubles: Vec::new(),
        };
        run.look();
        Ok(run)
    }

    pub fn take(&mut self, fact: &SessionEvent) {
        self.recorder.take(fact.clone());
        self.recorder.write();
        self.look();
        self.now += Duration::from_millis(400);
        self.recorder.clock(self.now);
        self.look();
    }

    pub fn play(&mut self, facts: &[SessionEvent]) {
        for fact in facts {
            self.take(fact);
        }
    }

    pub fn look(&mut self) {
        for news in self.recorder.take_events() {
            match news {
                RecorderEvent::Action { slot, action } => {
                    self.reported.insert(slot, *action);
                }
                RecorderEvent::Session(saved) => self.saved.push(*saved),
                RecorderEvent::Game(saved) => panic!("no game was recorded: {saved:?}"),
            }
        }
        self.troubles
            .extend(self.recorder.trouble().map(str::to_owned));
    }

    pub fn finish(&mut self) {
        self.recorder.finish();
        self.look();
    }
}

/// Every published session.
pub fn sessions(disk: &SimDisk) -> Vec<(PathBuf, SessionFile)> {
    let files = disk.files().into_iter();
    let named = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let published = files.filter(|(path, _)| {
        named(path).ends_with("_session.json") && !named(path).starts_with('.')
    });
    let parsed = published.map(|(path, text)| {
        let file = SessionFile::parse(&text);
        let file = file.unwrap_or_else(|why| panic!("{} {why}", path.display()));
        (path, file)
    });
    parsed.collect()
}

/// The file that a run without any fault leaves.
pub fn whole() -> &'static SessionFile {
    static WHOLE: OnceLock<SessionFile> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let disk = SimDisk::new();
        let mut run = DiskSession::open(&disk).unwrap();
        run.play(facts());
        run.finish();
        sessions(&disk).pop().unwrap().1
    })
}

/// Rows as they are in files.
pub fn cut(row: &Action) -> Action {
    serde_json::from_value(serde_json::to_value(row).unwrap()).unwrap()
}

/// Every reported row is there: as it was reported, or as it became later.
pub fn assert_reported(reported: &BTreeMap<u32, Action>, file: Option<&SessionFile>, case: &str) {
    for (slot, reported) in reported {
        let rows = file.map_or(&[][..], |file| &file.actions);
        let is_it = |row: &&Action| {
            row.timestamp == cut(reported).timestamp
                && row.action == reported.action
                && row.tick == reported.tick
        };
        let row = rows.iter().find(is_it);
        let row = row.unwrap_or_else(|| panic!("{case}: {slot} was reported and is missing"));
        if reported.status != ActionStatus::Pending {
            assert_eq!(*row, cut(reported), "{case}");
        }
    }
}

/// Exactly this session is published, the index says so, and nothing else is left.
pub fn assert_whole(disk: &SimDisk, case: &str) {
    let published = sessions(disk);
    let [(path, file)] = &published[..] else {
        panic!("{case}: {} sessions", published.len());
    };
    assert_eq!(file, whole(), "{case}");
    let name = path.file_name().unwrap().to_str().unwrap();
    let files = disk.files();
    let index = &files[&path.parent().unwrap().parent().unwrap().join("index.json")];
    let index = DayIndex::parse(index).unwrap();
    assert_eq!(index.sessions, [IndexSession::new(name, file)], "{case}");
    assert_eq!(files.len(), 2, "{case}: {:?}", files.keys());
}
