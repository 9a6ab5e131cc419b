//! The journal of one open game: every fact in a line of its own, with a checksum, so that a torn or flipped line
//! costs itself only.

use std::io;
use std::path::{Path, PathBuf};

use super::Disk;
use crate::game::{Game, GameEvent};

/// A journal in the making. The bytes in memory are the truth, the file follows them: what a failing disk did not
/// take is written later, and a file that vanished is made again.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    bytes: Vec<u8>,
    written: usize,
    synced: usize,
    /// The folder knows the file's name.
    named: bool,
}

impl Journal {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            bytes: Vec::new(),
            written: 0,
            synced: 0,
            named: false,
        }
    }

    /// Returns the journal of a game whose facts are known already; its file is yet to be made.
    pub(super) fn of(path: PathBuf, facts: &[GameEvent]) -> Self {
        let mut journal = Self::new(path);
        for fact in facts {
            journal.push(fact);
        }
        journal
    }

    /// Returns the journal that goes on in a file with this content. A torn last line is closed, never rewritten:
    /// a crash in the middle of recovery must cost nothing either.
    pub(super) fn adopted(path: PathBuf, mut bytes: Vec<u8>) -> Self {
        let written = bytes.len();
        if bytes.last().is_some_and(|byte| *byte != b'\n') {
            bytes.push(b'\n');
        }
        Self {
            path,
            bytes,
            written,
            synced: 0,
            named: false,
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn push(&mut self, fact: &GameEvent) {
        // A fact is plain data: its serialisation cannot fail.
        if let Ok(json) = serde_json::to_string(fact) {
            let crc = crc32fast::hash(json.as_bytes());
            self.bytes
                .extend_from_slice(format!("{crc:08x} {json}\n").as_bytes());
        }
    }

    /// Returns the bytes that the file does not have yet.
    pub(super) fn waiting(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Writes what the file does not have yet. After an error nothing is lost: call it again.
    pub(super) fn write(&mut self, disk: &dyn Disk) -> io::Result<()> {
        if self.waiting() == 0 {
            return Ok(());
        }
        let appended = disk.append(&self.path, self.written as u64, &self.bytes[self.written..]);
        if appended
            .as_ref()
            .is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        {
            // Somebody removed the file or the folder: make both again.
            self.named = false;
            (self.written, self.synced) = (0, 0);
            if let Some(folder) = self.path.parent() {
                disk.create_dir_all(folder)?;
            }
            disk.append(&self.path, 0, &self.bytes)?;
        } else {
            appended?;
        }
        self.written = self.bytes.len();
        Ok(())
    }

    /// Makes what is written durable.
    pub(super) fn sync(&mut self, disk: &dyn Disk) -> io::Result<()> {
        if self.synced < self.written {
            if let Err(error) = disk.sync(&self.path) {
                if error.kind() == io::ErrorKind::NotFound {
                    // Somebody removed it: the next write makes it again.
                    self.written = 0;
                }
                return Err(error);
            }
            self.synced = self.written;
        }
        if !self.named && self.written > 0 {
            if let Some(folder) = self.path.parent() {
                disk.sync_dir(folder)?;
            }
            self.named = true;
        }
        Ok(())
    }
}

/// What a journal's file tells.
#[derive(Debug)]
pub(super) struct ReadJournal {
    /// The game as its facts tell it.
    pub(super) game: Game,
    /// Lines that were torn or damaged, and passed over.
    pub(super) damaged: usize,
}

/// Reads a journal; `None` when it does not even tell which game it is of.
pub(super) fn read(bytes: &[u8]) -> Option<ReadJournal> {
    let mut damaged = 0;
    let mut facts = Vec::new();
    for line in bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        match read_line(line) {
            Some(fact) => facts.push(fact),
            None => damaged += 1,
        }
    }
    let (game_id, at) = facts.iter().find_map(|fact| match fact {
        GameEvent::GameStarted { game_id, at } => Some((game_id.clone(), *at)),
        _ => None,
    })?;
    let mut game = Game::new(game_id, at);
    for fact in &facts {
        game.apply(fact);
    }
    Some(ReadJournal { game, damaged })
}

fn read_line(line: &[u8]) -> Option<GameEvent> {
    let (crc, json) = line.split_at_checked(9)?;
    let crc = u32::from_str_radix(std::str::from_utf8(crc).ok()?.strip_suffix(' ')?, 16).ok()?;
    (crc == crc32fast::hash(json)).then(|| serde_json::from_slice(json).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::{EndReason, Source};
    use crate::protocol::{GameId, number};

    fn journal() -> (Vec<GameEvent>, Vec<u8>) {
        let game_id = GameId::new("20251215-1a211bfc7caf41d6").expect("an id");
        let at = "2025-12-15T01:18:00.218Z".parse().expect("a time");
        let mut facts = vec![GameEvent::GameStarted {
            game_id: game_id.clone(),
            at,
        }];
        for (tick, price) in (0..).zip(["1", "0.9799510872982831", "0.020000000000000018"]) {
            let price = number::parse(price).expect("a price");
            let (game_id, source) = (game_id.clone(), Source::Live);
            facts.push(GameEvent::PriceTick {
                game_id,
                tick,
                price,
                source,
            });
        }
        facts.push(GameEvent::GameEnded {
            game_id,
            reason: EndReason::Missed,
        });
        let journal = Journal::of(PathBuf::from("j"), &facts);
        (facts, journal.bytes)
    }

    #[test]
    fn what_is_written_is_read() {
        let (facts, bytes) = journal();
        let read = read(&bytes).expect("a journal");
        assert_eq!(read.damaged, 0);
        assert_eq!(read.game.facts()[..4], facts[..4]);
        assert_eq!(read.game.prices.len(), 3);
        assert_eq!(read.game.end_reason, Some(EndReason::Missed));
    }

    /// Returns the prices that the bytes tell.
    fn told(bytes: &[u8]) -> Vec<Option<rust_decimal::Decimal>> {
        read(bytes).map_or_else(Vec::new, |read| read.game.prices.as_slice().to_vec())
    }

    #[test]
    fn cut_anywhere_it_tells_every_whole_line() {
        let (_, bytes) = journal();
        let all = told(&bytes);
        for length in 0..=bytes.len() {
            let whole = bytes[..length].split(|byte| *byte == b'\n').count() - 1;
            let told = told(&bytes[..length]);
            assert_eq!(told[..], all[..told.len()], "cut at {length}");
            // The first line is the start; the last one counts without its newline if its checksum is there.
            assert!(
                told.len() >= whole.saturating_sub(1).min(all.len()),
                "cut at {length}"
            );
        }
    }

    #[test]
    fn any_flipped_bit_costs_at_most_two_lines_and_never_invents_a_price() {
        let (_, bytes) = journal();
        let all = told(&bytes);
        let first_line = bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .expect("a line");
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[place] ^= 1 << bit;
                let told = told(&damaged);
                if told.is_empty() {
                    // Only the line that names the game can cost the whole journal.
                    assert!(place <= first_line, "byte {place} bit {bit}");
                    continue;
                }
                let kept = told.iter().zip(&all).filter(|(told, _)| told.is_some());
                assert!(
                    kept.clone().all(|(told, price)| told == price),
                    "byte {place} bit {bit}"
                );
                assert!(kept.count() + 2 >= all.len(), "byte {place} bit {bit}");
            }
        }
    }
}
