//! A small data set of a folder of recordings: one origin and day, written without the program's build.

use std::path::Path;

use pianola::dataset::columns::Table;
use pianola::dataset::read::{GameRecord, SessionRecord, read_game, read_session};
use pianola::dataset::rows::Row;
use pianola::dataset::write::write_table;
use pianola::disk::RealDisk;
use pianola::library::GameFinder;

use crate::support::files::game_files;

/// The part of a file's path below a table.
const PARTITION: &str = "origin=practice/date=2025-12-15/part-0.parquet";

/// Returns the path of a table's file.
pub fn data_file(table: Table) -> String {
    format!("{table}/{PARTITION}")
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

    /// Writes the tables below a folder.
    pub fn write(&self, root: &Path) {
        let games: Vec<_> = self
            .games
            .iter()
            .map(|record| record.game.clone())
            .collect();
        put(root, &games);
        let paths: Vec<_> = self
            .games
            .iter()
            .map(|record| record.path.clone())
            .collect();
        put(root, &paths);
        let ticks: Vec<_> = self.games.iter().flat_map(GameRecord::ticks).collect();
        put(root, &ticks);
        let sessions = self.sessions.iter();
        let rows: Vec<_> = sessions
            .clone()
            .map(|record| record.session.clone())
            .collect();
        put(root, &rows);
        let rows: Vec<_> = sessions
            .clone()
            .flat_map(|record| record.actions.clone())
            .collect();
        put(root, &rows);
        let rows: Vec<_> = sessions.flat_map(|record| record.drifts.clone()).collect();
        put(root, &rows);
    }
}

/// Writes a table, if it has rows.
pub fn put<R: Row>(root: &Path, rows: &[R]) {
    if rows.is_empty() {
        return;
    }
    let path = root.join(data_file(R::TABLE));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, write_table(rows, 1).unwrap()).unwrap();
}
