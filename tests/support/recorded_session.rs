//! A session of the practice table recorded with its games, and replayed.

use std::path::{Path, PathBuf};

use pianola::account::SessionEvent;
use pianola::disk::RealDisk;
use pianola::game::{Game, GameEvent};
use pianola::recording::{GameFile, Origin, Recorder, RecorderEvent, SessionFile};
use pianola::replay::{Disagreement, ReplayReport, SessionPart, check};
use serde_json::Value;

use crate::support::files::overwrite;
use crate::support::session_facts::{a_long_and_another_game, a_session};

/// A recorded session with its games, and where it lies.
pub struct RecordedSession {
    pub folder: tempfile::TempDir,
    pub path: PathBuf,
    pub games: Vec<Game>,
}

impl RecordedSession {
    /// Records games and session as the program does.
    pub fn new() -> Self {
        let games = a_long_and_another_game();
        let facts = a_session(&games);
        let folder = tempfile::tempdir().unwrap();
        let path = record(folder.path(), &games, facts);
        Self {
            folder,
            path,
            games,
        }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&std::fs::read(&self.path).unwrap()).unwrap()
    }

    /// Puts another content into the session file.
    pub fn put(&self, session: &Value) {
        let text = serde_json::to_vec(session).unwrap();
        overwrite(&self.path, &text);
    }

    pub fn path_text(&self) -> &str {
        self.path.to_str().unwrap()
    }

    pub fn check(&self, session: &Value) -> ReplayReport {
        check_value(session, &self.games)
    }
}

pub fn record(folder: &Path, games: &[Game], facts: Vec<SessionEvent>) -> PathBuf {
    let (mut recorder, _) = Recorder::open(RealDisk, folder.to_owned(), Origin::Practice).unwrap();
    for game in games {
        recorder.take(GameEvent::GameComplete(Box::new(game.clone())));
    }
    for fact in facts {
        recorder.take(fact);
    }
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    let news = recorder.take_events().into_iter();
    let mut paths = news.filter_map(|news| match news {
        RecorderEvent::Session(saved) => Some(saved.path),
        _ => None,
    });
    paths.next().unwrap()
}

pub fn check_value(session: &Value, games: &[Game]) -> ReplayReport {
    let text = serde_json::to_vec(session).unwrap();
    check(&SessionFile::parse(&text).unwrap(), &mut |id| {
        let game = games.iter().find(|game| game.id == *id);
        let game = game.ok_or_else(|| "it is away".to_owned())?;
        Ok(GameFile::new(game, Origin::Practice))
    })
}

pub fn rows(session: &Value) -> &Vec<Value> {
    session["actions"].as_array().unwrap()
}

/// Whether a row is named among the disagreements.
pub fn names(replayed: &ReplayReport, seq: u64) -> bool {
    let of_row = |found: &Disagreement| matches!(found.place, SessionPart::Action { seq: s, .. } if u64::from(s) == seq);
    replayed.disagreements.iter().any(of_row)
}
