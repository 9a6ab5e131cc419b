//! The rows of a folder of recordings, read without the program's build.

use std::path::Path;

use pianola::dataset::read::{GameRecord, SessionRecord, read_game, read_session};
use pianola::dataset::rows::{Row, TickRow};
use pianola::dataset::write::{ExpectedSize, TableWriter};
use pianola::disk::RealDisk;
use pianola::library::GameFinder;

use crate::support::files::game_files;

/// Returns the rows of the table `ticks` of a game, one by one.
pub fn ticks_of(record: &GameRecord) -> Vec<TickRow> {
    let GameRecord { path, sources, .. } = record;
    let ticks = path.prices.iter().zip(sources).zip(&path.arrival_ms);
    let row = |(((price, source), arrival_ms), tick): (((&_, &_), &_), _)| TickRow {
        game_id: path.game_id.clone(),
        tick,
        price: *price,
        source: *source,
        is_rug: record.game.rug_tick == Some(tick),
        arrival_ms: *arrival_ms,
        trainable: path.trainable,
    };
    ticks.zip(0..).map(row).collect()
}

/// Returns the file of a table with these rows of one game.
pub fn file_of<R: Row>(rows: &[R]) -> Vec<u8> {
    let expected = ExpectedSize {
        rows: rows.len() as u64,
        games: 1,
    };
    let mut writer = TableWriter::<R, _>::new(Vec::new(), expected).unwrap();
    writer.write(rows).unwrap();
    writer.finish().unwrap().0
}

/// The rows of a folder of recordings.
pub struct DataSet {
    pub games: Vec<GameRecord>,
    pub sessions: Vec<SessionRecord>,
}

impl DataSet {
    /// Reads all recordings below a folder.
    pub fn of(recordings: &Path) -> Self {
        let inner = |path: &Path| {
            let inner = path.strip_prefix(recordings).unwrap();
            inner.to_str().unwrap().replace('\\', "/")
        };
        let games = game_files(recordings);
        let games = games
            .iter()
            .map(|path| read_game(&std::fs::read(path).unwrap(), &inner(path)).unwrap());
        let mut games: Vec<_> = games.collect();
        games.sort_by_key(|record| (record.game.start_time, record.game.game_id.clone()));
        let finder = GameFinder::of_folder(RealDisk, recordings);
        let mut sessions = Vec::new();
        for day in std::fs::read_dir(recordings).unwrap() {
            let Ok(files) = std::fs::read_dir(day.unwrap().path().join("sessions")) else {
                continue;
            };
            for file in files {
                let path = file.unwrap().path();
                let text = std::fs::read(&path).unwrap();
                let find = &mut |id: &_| finder.find(id);
                let mut session = read_session(&text, &inner(&path), find, None).unwrap();
                session.join_games(&|id| {
                    let game = games.iter().find(|record| record.game.game_id == id)?;
                    Some(game.game.trainable)
                });
                sessions.push(session);
            }
        }
        sessions.sort_by_key(|session| session.session.session_start);
        Self { games, sessions }
    }
}
