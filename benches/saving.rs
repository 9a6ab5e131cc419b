//! Saving a game of 500 ticks in a day that has 0, 1,300 or 10,000 games, on the real disk without its syncs, which
//! measure the disk and not us. `cargo bench --bench saving`
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "support/no_sync.rs"]
mod no_sync;
#[path = "support/side_by_side.rs"]
mod side_by_side;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use no_sync::NoSync;
use pianola::disk::{Disk, RealDisk};
use pianola::fairness::{self, ProofStatus};
use pianola::game::{EndReason, Game, GameEvent, PriceSource, Time};
use pianola::protocol::{GameId, HistoryEntry, Tick, number};
use pianola::recording::{
    DayIndex, FileChange, IndexGame, Origin, Recorder, RecorderEvent, game_file_name,
};
use side_by_side::time;

const DAY: &str = "2026-01-01";
const TICKS: usize = 500;
/// Games in the day before the first measured one.
const DAYS: [u32; 3] = [0, 1_300, 10_000];
/// Room for all games of a day.
const MILLIS_PER_GAME: i64 = 8_000;

fn main() {
    let (rounds, saves) = if side_by_side::measuring() {
        (10, 20)
    } else {
        (1, 2)
    };
    let game = recorded_game();
    let mut folders = DAYS.map(Folder::with_games);
    // In turns, so that a slow minute of the machine meets all days.
    for _ in 0..rounds {
        for folder in &mut folders {
            for _ in 0..saves {
                folder.save(&game);
            }
            folder.write_index();
        }
    }
    println!(
        "\n| games in the day | facts + save | save alone, median | slowest | index, median |"
    );
    println!("|---|---|---|---|---|");
    for folder in &folders {
        let [whole, alone, index] =
            [&folder.whole, &folder.alone, &folder.index].map(|times| sorted(times));
        println!(
            "| {} | {:.3} ms | {:.3} ms | {:.3} ms | {:.2} ms |",
            folder.games,
            millis(whole[whole.len() / 2]),
            millis(alone[alone.len() / 2]),
            millis(alone[alone.len() - 1]),
            millis(index[index.len() / 2]),
        );
    }
}

fn sorted(times: &[Duration]) -> Vec<Duration> {
    let mut times = times.to_vec();
    times.sort();
    times
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A proven game of the wanted length.
fn recorded_game() -> Game {
    let (seed, id, path) = (0..1_000_000)
        .map(|number| {
            let seed = fairness::seed_hash(&format!("saving {number}"));
            let id = GameId::new(&format!("20260101-{}", &seed[..16])).expect("an id");
            let path = fairness::Path::draw(&seed, &id);
            (seed, id, path)
        })
        .find(|(_, _, path)| path.prices().len() == TICKS - 1)
        .expect("there are games of every length");
    let mut game = Game::new(id.clone(), start_of(0));
    let hash = fairness::seed_hash(&seed);
    let game_id = || id.clone();
    game.apply(&GameEvent::Committed {
        game_id: game_id(),
        hash: Some(hash.clone()),
        version: Some("v3".to_owned()),
    });
    let rug = fairness::UNSEEDED_RUG_MAX;
    let prices = path.prices().iter().copied().chain([rug]);
    for (price, tick) in prices.zip(0..) {
        let price = number::shortest(price).expect("a decimal");
        game.apply(&GameEvent::PriceTick {
            game_id: game_id(),
            tick,
            price,
            source: PriceSource::Live,
            arrival: None,
        });
    }
    game.apply(&GameEvent::Rugged {
        game_id: game_id(),
        tick: Tick::try_from(TICKS - 1).expect("a tick"),
        at: start_of(1),
    });
    game.reveal(&HistoryEntry {
        id,
        timestamp: None,
        prices: None,
        peak: None,
        seed: Some(seed),
        hash: Some(hash),
        version: None,
    });
    assert_eq!(game.proof.status, ProofStatus::Proven);
    game
}

fn start_of(number: u32) -> Time {
    let midnight: Time = format!("{DAY}T00:00:00Z").parse().expect("a time");
    midnight + chrono::Duration::milliseconds(i64::from(number) * MILLIS_PER_GAME)
}

fn id_of(number: u32) -> GameId {
    let hash = fairness::seed_hash(&format!("id {number}"));
    GameId::new(&format!("20260101-{}", &hash[..16])).expect("an id")
}

/// A folder with a day of games, its recorder, and what was measured on it.
struct Folder {
    /// Removed when dropped.
    _root: tempfile::TempDir,
    recorder: Recorder<NoSync>,
    lists: Arc<AtomicUsize>,
    games: u32,
    next: u32,
    now: Duration,
    alone: Vec<Duration>,
    whole: Vec<Duration>,
    index: Vec<Duration>,
}

impl Folder {
    fn with_games(games: u32) -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let day = root.path().join(DAY);
        RealDisk
            .create_dir_all(&day.join("games"))
            .expect("a folder");
        let mut index = DayIndex::empty(DAY);
        for number in 0..games {
            let (game_id, start) = (id_of(number), start_of(number));
            let file = game_file_name(&game_id, start, 1);
            let path = day.join("games").join(&file);
            RealDisk.write(&path, b"{}").expect("a file");
            index.games.push(IndexGame {
                file,
                game_id,
                start_time: Some(start),
                duration_ticks: 200,
                peak_multiplier: number::parse("2.3456789012345678"),
                origin: Origin::Practice,
                end_reason: Some(EndReason::Rug),
                complete: true,
                proof: ProofStatus::Proven,
                peak_exact: None,
            });
        }
        let text = index.to_text().expect("a text");
        RealDisk
            .write(&day.join("index.json"), &text)
            .expect("a file");
        let lists = Arc::default();
        let disk = NoSync {
            lists: Arc::clone(&lists),
        };
        let (recorder, open) =
            Recorder::open(disk, root.path().to_owned(), Origin::Practice).expect("it opens");
        assert!(open.is_empty());
        Self {
            _root: root,
            recorder,
            lists,
            games,
            next: games,
            now: Duration::ZERO,
            alone: Vec::new(),
            whole: Vec::new(),
            index: Vec::new(),
        }
    }

    /// Saves the game under a new id: its facts, then the game, each with a write.
    fn save(&mut self, game: &Game) {
        let mut game = game.clone();
        (game.id, game.start) = (id_of(self.next), start_of(self.next));
        self.next += 1;
        let mut facts = game.facts();
        let mut complete = Some(GameEvent::GameComplete(Box::new(game)));
        let lists = self.lists.load(Ordering::Relaxed);
        let in_journal = time(&mut || {
            for fact in facts.drain(..) {
                self.recorder.take(fact);
            }
            self.recorder.write();
        });
        let saved = time(&mut || {
            if let Some(complete) = complete.take() {
                self.recorder.take(complete);
            }
            self.recorder.write();
        });
        let events = self.recorder.take_events();
        assert!(
            matches!(&events[..], [RecorderEvent::Game(saved)] if saved.change == FileChange::Created),
            "{:?}",
            self.recorder.trouble()
        );
        assert_eq!(
            self.lists.load(Ordering::Relaxed),
            lists,
            "a folder was read"
        );
        self.alone.push(saved);
        self.whole.push(in_journal + saved);
    }

    /// Writes the index, as the recorder does once a second at most, when nothing else waits.
    fn write_index(&mut self) {
        self.now += Duration::from_secs(2);
        let took = time(&mut || self.recorder.clock(self.now));
        assert_eq!(self.recorder.trouble(), None);
        self.index.push(took);
    }
}
