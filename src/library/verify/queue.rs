//! Proves the games of lists and folders several at a time, and passes the verdicts on in the order of the games.

use serde_json::{Map, Value};

use super::game_file::check_files;
use super::row::check_rows;
use super::verdict::{NotVerified, Verdict, VerifiedGame};
use crate::recording::GameFile;

/// Games that wait until they are proven together.
const MAX_GAMES: usize = 64;
/// Bytes of text that the waiting games may have had.
const MAX_BYTES: usize = 4 << 20;

/// A game that was found.
pub(super) enum FoundGame {
    /// A game file.
    File(Box<GameFile>),
    /// A row of a list.
    Row(Map<String, Value>),
    /// A game that no proof is needed for.
    Verified(Box<VerifiedGame>),
}

/// Games that are proven together, and verdicts that wait for those before them.
pub(super) struct VerifyQueue<'a> {
    waiting: Vec<(String, Result<FoundGame, NotVerified>)>,
    bytes: usize,
    take: &'a mut dyn FnMut(Verdict),
}

impl<'a> VerifyQueue<'a> {
    /// Returns an empty queue; `take` gets the verdicts.
    pub fn new(take: &'a mut dyn FnMut(Verdict)) -> Self {
        Self {
            waiting: Vec::with_capacity(MAX_GAMES),
            bytes: 0,
            take,
        }
    }

    /// Adds a game, or why there is none.
    pub fn push(&mut self, place: String, found: Result<FoundGame, NotVerified>) {
        self.waiting.push((place, found));
        if self.waiting.len() >= MAX_GAMES {
            self.flush();
        }
    }

    /// Counts the text of a file, whose games may wait together with those of the next one.
    pub fn count_text(&mut self, bytes: usize) {
        self.bytes += bytes;
        if self.bytes > MAX_BYTES {
            self.flush();
        }
    }

    /// Proves what waits and passes the verdicts on.
    pub fn flush(&mut self) {
        self.bytes = 0;
        let found = || {
            self.waiting
                .iter()
                .filter_map(|(_, found)| found.as_ref().ok())
        };
        let files = found().filter_map(|game| match game {
            FoundGame::File(file) => Some(&**file),
            _ => None,
        });
        let mut files = check_files(&files.collect::<Vec<_>>()).into_iter();
        let rows = found().filter_map(|game| match game {
            FoundGame::Row(row) => Some(row),
            _ => None,
        });
        let mut rows = check_rows(&rows.collect::<Vec<_>>()).into_iter();
        for (place, found) in self.waiting.drain(..) {
            let result = found.and_then(|game| match game {
                FoundGame::Verified(game) => Ok(*game),
                FoundGame::File(_) => Ok(files.next().expect("each file has a result").0),
                FoundGame::Row(_) => {
                    let verified = rows.next().expect("each row has a result");
                    verified.map_err(NotVerified::Unreadable)
                }
            });
            (self.take)(Verdict { place, result });
        }
    }
}
