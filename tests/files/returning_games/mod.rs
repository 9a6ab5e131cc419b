//! The same game twice: restarts around its end, tables that repeat their ids, other sources in the same folder. What
//! was recorded stays recorded.

mod listed;
mod merges;
mod reused_ids;

use std::path::{Path, PathBuf};

use pianola::disk::RealDisk;
use pianola::fairness::{Path as PricePath, seed_hash};
use pianola::game::{Anomaly, EndReason, Game, GameEvent, PriceSource, Time};
use pianola::protocol::{GameId, HistoryEntry, number};
use pianola::recording::{GameFile, Origin, Recorder};

use crate::support::files::game_files;

const SEED: &str = "3ebcc4cd5daa7e41cb996efb2c4b73f0235b8e385617c142f17eee9b685d9a7d";
const ID: &str = "20251215-1a211bfc7caf41d6";

fn id() -> GameId {
    GameId::new(ID).unwrap()
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

fn entry() -> HistoryEntry {
    HistoryEntry {
        id: id(),
        timestamp: Some(time("2025-12-15T01:18:02Z").timestamp_millis()),
        prices: None,
        peak: Some(number::parse("1").unwrap()),
        seed: Some(SEED.to_owned()),
        hash: Some(seed_hash(SEED)),
        version: Some("v3".to_owned()),
    }
}

/// The game as it was watched from a start on, with these ticks from these sources, up to the rug.
fn watched(start: &str, ticks: impl IntoIterator<Item = (u32, PriceSource)>) -> Game {
    let path = PricePath::draw(SEED, &id());
    let mut game = Game::new(id(), time(start));
    let (hash, version) = (Some(seed_hash(SEED)), Some("v3".to_owned()));
    game.apply(&GameEvent::Committed {
        game_id: id(),
        hash,
        version,
    });
    for (tick, source) in ticks {
        let drawn = path
            .prices()
            .get(tick as usize)
            .and_then(|price| number::shortest(*price));
        let price = drawn
            .or_else(|| number::parse("0.014782661565813707"))
            .unwrap();
        game.apply(&GameEvent::PriceTick {
            game_id: id(),
            tick,
            price,
            source,
            arrival: (source == PriceSource::Live).then_some(tick * 250),
        });
    }
    game.apply(&GameEvent::Rugged {
        game_id: id(),
        tick: 7,
        at: game.start,
    });
    game.apply(&GameEvent::GameEnded {
        game_id: id(),
        reason: EndReason::Rug,
    });
    game
}

/// One run of the recorder that publishes these games.
fn publish(folder: &Path, origin: Origin, games: Vec<Game>) {
    let (mut recorder, _open) = Recorder::open(RealDisk, folder.to_owned(), origin).unwrap();
    for game in games {
        recorder.take(GameEvent::GameComplete(Box::new(game)));
    }
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
}

/// Takes the reveal of a game, from a list with these games.
fn reveal(recorder: &mut Recorder<RealDisk>, entry: HistoryEntry, listed: &[&str]) {
    recorder.take(GameEvent::Revealed {
        entry: Box::new(entry),
        listed: listed.iter().filter_map(|id| GameId::new(id)).collect(),
        at: time("2025-12-15T01:20:00Z"),
    });
}

fn only_file(folder: &Path) -> GameFile {
    let files = game_files(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    GameFile::parse(&std::fs::read(&files[0]).unwrap()).unwrap()
}

/// The files of a folder, oldest hash first: hash, ticks that are known, whether the id was reused.
fn files(folder: &Path) -> Vec<(String, usize, bool)> {
    let read = |path: &PathBuf| GameFile::parse(&std::fs::read(path).unwrap()).unwrap();
    let of = |file: GameFile| {
        let known = file.prices.iter().flatten().count();
        let reused = file.meta.anomalies.get(&Anomaly::IdReused) == Some(&1);
        (
            file.meta.server_seed_hash.unwrap_or_default(),
            known,
            reused,
        )
    };
    let mut files: Vec<_> = game_files(folder).iter().map(read).map(of).collect();
    files.sort_by_key(|(hash, ..)| *hash != seed_hash(SEED));
    files
}
