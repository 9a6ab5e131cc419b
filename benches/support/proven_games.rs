//! Recordings of the real server as the recorder writes them: every game is drawn by the published algorithm and proven.

use std::path::Path;

use pianola::disk::{Disk as _, RealDisk};
use pianola::fairness::{self, ProofStatus, SeedRandom, UNSEEDED_RUG_MAX};
use pianola::game::{EndReason, Game, GameEvent, PriceSource, ServerInfo, Time};
use pianola::protocol::{GameId, HistoryEntry, Tick, number};
use pianola::recording::{GameFile, Origin, day_of, game_file_name};

use crate::day_session::DaySession;

/// Between a rug and the next start.
const PAUSE_MILLIS: i64 = 15_000;
/// The shortest and the longest time between two ticks.
const TICK_MILLIS: (u32, u32) = (240, 260);

/// Draws game after game, at the server's pace.
pub struct ProvenGames {
    random: SeedRandom,
    start: Time,
    /// The player's session of the day.
    session: Option<DaySession>,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Games.
    pub games: u64,
    /// Their ticks.
    pub ticks: u64,
    /// Length of their files.
    pub bytes: u64,
    /// The player's sessions.
    pub sessions: u64,
    /// Their actions.
    pub actions: u64,
}

impl ProvenGames {
    /// The first game starts at this time.
    pub fn from(start: Time) -> Self {
        Self {
            random: SeedRandom::new(&format!("games from {start}")),
            start,
            session: None,
        }
    }

    /// Start of the next game.
    #[allow(dead_code, reason = "only the data set's bench asks for it")]
    pub fn next_start(&self) -> Time {
        self.start
    }

    /// Writes games into a folder of recordings while `more` says so.
    pub fn write(&mut self, root: &Path, mut more: impl FnMut(&Written, Time) -> bool) -> Written {
        let mut written = Written::default();
        let mut day = String::new();
        while more(&written, self.start) {
            let game = self.next();
            if day_of(game.start) != day {
                self.end_session(root, &mut written);
                day = day_of(game.start);
                self.session = Some(DaySession::begin(game.start));
                let folder = root.join(&day).join("games");
                RealDisk.create_dir_all(&folder).expect("a folder");
            }
            let file = GameFile::new(&game, Origin::Live);
            let text = file.to_text().expect("a text");
            let name = game_file_name(&game.id, game.start, 1);
            let path = root.join(&day).join("games").join(name);
            RealDisk.write(&path, &text).expect("a file");
            if let Some(session) = &mut self.session {
                session.play(&game);
            }
            written.games += 1;
            written.ticks += file.prices.len() as u64;
            written.bytes += text.len() as u64;
        }
        self.end_session(root, &mut written);
        written
    }

    fn end_session(&mut self, root: &Path, written: &mut Written) {
        if let Some(session) = self.session.take() {
            written.sessions += 1;
            written.actions += u64::from(session.write(root));
        }
    }

    fn next(&mut self) -> Game {
        let seed = self.random.hex(64);
        let day = self.start.format("%Y%m%d");
        let id = GameId::new(&format!("{day}-{}", self.random.hex(16))).expect("an id");
        let path = fairness::Path::draw(&seed, &id);
        let mut game = Game::new(id.clone(), self.start);
        let hash = fairness::seed_hash(&seed);
        game.apply(&GameEvent::ServerKnown {
            game_id: id.clone(),
            server: ServerInfo::REAL,
        });
        game.apply(&GameEvent::Committed {
            game_id: id.clone(),
            hash: Some(hash.clone()),
            version: Some(fairness::KNOWN_VERSION.to_owned()),
        });
        // A path that reached the end of the generator has no rug; the server ends it there.
        let rug = UNSEEDED_RUG_MAX * self.random.next_f64();
        let prices = path.prices().iter().copied().chain([rug]);
        let (mut arrival, mut last) = (0, 0);
        for (price, tick) in prices.zip(0..) {
            let price = number::shortest(price).expect("a decimal");
            let (shortest, longest) = TICK_MILLIS;
            let (game_id, source) = (id.clone(), PriceSource::Live);
            game.apply(&GameEvent::PriceTick {
                game_id,
                tick,
                price,
                source,
                arrival: Some(arrival),
            });
            last = tick;
            arrival += shortest + self.random.below(longest - shortest);
        }
        let end = self.start + chrono::Duration::milliseconds(i64::from(arrival));
        self.end(&mut game, last, end);
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

    fn end(&mut self, game: &mut Game, tick: Tick, at: Time) {
        let game_id = || game.id.clone();
        let rugged = GameEvent::Rugged {
            game_id: game_id(),
            tick,
            at,
        };
        let ended = GameEvent::GameEnded {
            game_id: game_id(),
            reason: EndReason::Rug,
        };
        game.apply(&rugged);
        game.apply(&ended);
        self.start = at + chrono::Duration::milliseconds(PAUSE_MILLIS);
    }
}
