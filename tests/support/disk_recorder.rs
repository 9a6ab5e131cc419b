//! Games of the practice table as messages with their times, and a recorder on the simulated disk that gets them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use pianola::account::{Action, SessionEvent};
use pianola::game::{Board, GameEvent, Time};
use pianola::protocol::{Counts, Event, GameId, GameStateUpdate, Tick, decode};
use pianola::recording::{
    DayIndex, GameFile, IndexGame, Origin, Recorder, RecorderEvent, SavedGame, SavedSession,
};
use pianola::table::{GameStream, Message, StepKind};

use crate::support::sim_disk::SimDisk;

pub const ROOT: &str = "/home/recordings";

/// What comes together.
pub struct TapeStep {
    /// Since the start of the tape.
    pub at: Duration,
    pub kind: StepKind,
    pub updates: Vec<GameStateUpdate>,
    /// What a client gets that connects after this step.
    pub greeting: Vec<GameStateUpdate>,
    /// The game on the table.
    pub game: GameId,
}

/// Some whole games in a row.
pub struct Tape {
    pub steps: Vec<TapeStep>,
    /// The games, in order.
    pub games: Vec<GameId>,
    start: Time,
}

impl Tape {
    /// Records games of a seed: from the first genesis until the reveal of the last game, and a second more.
    pub fn new(seed: u64, games: usize) -> Self {
        let mut stream = GameStream::seeded(seed);
        let mut tape = Self {
            steps: Vec::new(),
            games: Vec::new(),
            // The clock of a seeded table: its history is as old as it would be.
            start: "2000-01-01T00:00:00Z".parse().unwrap(),
        };
        let (mut at, mut countdowns) = (Duration::ZERO, 0);
        while tape.games.len() <= games || countdowns < 11 {
            let step = stream.next_step();
            at += Duration::from_micros(step.delay_micros);
            let updates = updates(&step.messages);
            let greeting = updates_of_greeting(&stream);
            let game = greeting[0].game_id.clone();
            if step.kind == StepKind::Genesis {
                tape.games.push(game.clone());
                countdowns = 0;
            }
            countdowns += usize::from(matches!(step.kind, StepKind::Countdown(_)));
            tape.steps.push(TapeStep {
                at,
                kind: step.kind,
                updates,
                greeting,
                game,
            });
        }
        tape.games.pop(); // The one that only reveals the one before.
        tape
    }

    /// Returns the step of a game that has such a kind.
    pub fn find(&self, game: usize, kind: impl Fn(StepKind) -> bool) -> usize {
        let of_game = |step: &TapeStep| step.game == self.games[game] && kind(step.kind);
        self.steps.iter().position(of_game).unwrap()
    }

    pub fn time(&self, at: Duration) -> Time {
        self.start + chrono::Duration::from_std(at).unwrap()
    }
}

fn updates_of_greeting(stream: &GameStream) -> Vec<GameStateUpdate> {
    updates(&stream.greeting())
}

fn updates(messages: &[Message]) -> Vec<GameStateUpdate> {
    let mut counts = Counts::default();
    let updates = messages.iter().filter_map(|message| {
        match decode(&message.event, &message.args, &mut counts) {
            Some(Event::GameState(update)) => Some(*update),
            _ => None,
        }
    });
    updates.collect()
}

/// One run of the program: from the opening of the folder to a stop or a power cut.
pub struct DiskRecorder<'a> {
    pub recorder: Recorder<SimDisk>,
    pub board: Board,
    /// What was reported as saved.
    pub saved: Vec<SavedGame>,
    /// The newest reported row of each action's slot.
    pub reported: BTreeMap<u32, Action>,
    /// Sessions that were reported as saved.
    pub sessions: Vec<SavedSession>,
    /// Every trouble there was.
    pub troubles: Vec<String>,
    /// When there was trouble last.
    pub last_trouble: Option<Duration>,
    /// When each tick came.
    pub came: Vec<(Duration, GameId, Tick)>,
    tape: &'a Tape,
    /// When this run began, on the tape's clock.
    began: Duration,
    /// The newest time that the recorder knows; that of the power cut.
    pub clock: Duration,
}

impl<'a> DiskRecorder<'a> {
    /// Starts the program at this time of the tape.
    pub fn open(disk: &SimDisk, tape: &'a Tape, began: Duration) -> Result<Self, String> {
        let (recorder, open) = Recorder::open(disk.clone(), ROOT.into(), Origin::Practice)?;
        let mut session = Self {
            recorder,
            board: Board::resume(open),
            saved: Vec::new(),
            reported: BTreeMap::new(),
            sessions: Vec::new(),
            troubles: Vec::new(),
            last_trouble: None,
            came: Vec::new(),
            tape,
            began,
            clock: began,
        };
        session.look();
        Ok(session)
    }

    /// Connects after this step.
    pub fn greet(&mut self, step: usize) {
        let step = &self.tape.steps[step];
        self.updates(&step.greeting, step.at);
    }

    /// Plays one step, and does what the recorder's thread would.
    pub fn play(&mut self, step: usize) {
        let step = &self.tape.steps[step];
        self.updates(&step.updates, step.at);
    }

    /// A fact of the player's session, as the recorder's thread takes it.
    pub fn act(&mut self, fact: &SessionEvent) {
        self.recorder.take(fact.clone());
        self.recorder.write();
        self.look();
    }

    /// Lets time pass without a message; the recorder's thread looks at the clock ten times a second.
    pub fn wait_until(&mut self, at: Duration) {
        while self.clock < at && !self.recorder.disk().dead() {
            self.clock = at.min(self.clock + Duration::from_millis(100));
            self.recorder.clock(self.clock.saturating_sub(self.began));
            self.look();
        }
    }

    fn look(&mut self) {
        for news in self.recorder.take_events() {
            match news {
                RecorderEvent::Game(saved) => self.saved.push(*saved),
                RecorderEvent::Session(saved) => self.sessions.push(*saved),
                RecorderEvent::Action { slot, action } => {
                    self.reported.insert(slot, *action);
                }
            }
        }
        if let Some(trouble) = self.recorder.trouble() {
            self.last_trouble = Some(self.clock);
            self.troubles.push(trouble.to_owned());
            self.troubles.dedup();
        }
    }

    fn updates(&mut self, updates: &[GameStateUpdate], at: Duration) {
        self.wait_until(at);
        let mut events = Vec::new();
        for update in updates {
            self.board.update(update, self.tape.time(at), &mut events);
        }
        self.take(events, at);
        self.recorder.write();
        self.look();
        self.recorder.clock(at.saturating_sub(self.began));
        self.look();
    }

    fn take(&mut self, events: Vec<GameEvent>, at: Duration) {
        for event in events {
            if let GameEvent::PriceTick { game_id, tick, .. } = &event {
                self.came.push((at, game_id.clone(), *tick));
            }
            self.recorder.take(event);
        }
    }

    /// Stops as the program does.
    pub fn stop(&mut self) {
        let mut events = Vec::new();
        self.board.stop(&mut events);
        for event in events {
            self.recorder.take(event);
        }
        self.recorder.finish();
        self.look();
    }

    /// The ticks of each game that came at least a second ago.
    fn older_than_a_second(&self) -> BTreeMap<GameId, BTreeSet<Tick>> {
        let mut ticks = BTreeMap::<GameId, BTreeSet<Tick>>::new();
        let old = |came: Duration| came + Duration::from_secs(1) <= self.clock;
        for (_, game, tick) in self.came.iter().filter(|(came, ..)| old(*came)) {
            ticks.entry(game.clone()).or_default().insert(*tick);
        }
        ticks
    }
}

/// Every published game, by id. Fails if one does not parse or an id is there twice.
pub fn published(disk: &SimDisk) -> BTreeMap<GameId, (PathBuf, GameFile)> {
    let mut games = BTreeMap::new();
    for (path, text) in disk.files() {
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.ends_with(".game.json") || name.starts_with('.') {
            continue;
        }
        let file = GameFile::parse(&text).unwrap_or_else(|why| panic!("{} {why}", path.display()));
        let id = file.meta.game_id.clone();
        let before = games.insert(id, (path, file));
        assert!(before.is_none(), "stored twice: {before:?}");
    }
    games
}

/// What was reported as saved is there, with at least what was reported.
pub fn assert_kept(saved: &[SavedGame], games: &BTreeMap<GameId, (PathBuf, GameFile)>) {
    for saved in saved {
        let (path, file) = games
            .get(&saved.meta.game_id)
            .unwrap_or_else(|| panic!("{} was reported and is gone", saved.path.display()));
        assert_eq!(*path, saved.path);
        assert_eq!(file.meta.duration_ticks as usize, file.prices.len());
        assert!(
            known(&file.meta.sources) >= known(&saved.meta.sources),
            "{saved:?}"
        );
        assert!(file.meta.complete || !saved.meta.complete, "{saved:?}");
        if saved.meta.server_seed.is_some() {
            assert_eq!(file.meta.server_seed, saved.meta.server_seed);
            assert_eq!(file.meta.proof, saved.meta.proof);
        }
    }
}

fn known(counts: &pianola::game::SourceCounts) -> u32 {
    counts.live + counts.partial + counts.snapshot + counts.history + counts.seed
}

/// Of the games that ran, at most the last second is missing in what the next start knows.
pub fn assert_ticks(
    before: &DiskRecorder,
    now: &DiskRecorder,
    games: &BTreeMap<GameId, (PathBuf, GameFile)>,
) {
    for (id, ticks) in before.older_than_a_second() {
        let open = now.board.open_games().iter().find(|game| game.id == id);
        let stored = games.get(&id).map(|(_, file)| file.clone().into_game());
        let game = open.or(stored.as_ref());
        let prices = &game
            .unwrap_or_else(|| panic!("nothing is left of {id}"))
            .prices;
        let arrivals: Vec<_> = prices.arrivals().iter().flatten().collect();
        assert_eq!(arrivals.len(), prices.counts().live as usize, "of {id}");
        assert!(arrivals.is_sorted(), "of {id} {arrivals:?}");
        let prices = prices.as_slice();
        let kept = (0..).zip(prices).filter(|(_, price)| price.is_some());
        let kept: BTreeSet<Tick> = kept.map(|(tick, _)| tick).collect();
        assert!(kept.is_superset(&ticks), "of {id} {ticks:?} only {kept:?}");
    }
}

/// Each day's index says what its files say.
pub fn assert_index(disk: &SimDisk, games: &BTreeMap<GameId, (PathBuf, GameFile)>) {
    let mut days = BTreeMap::<PathBuf, Vec<IndexGame>>::new();
    for (path, file) in games.values() {
        let day = path.parent().and_then(Path::parent).unwrap().to_owned();
        let name = path.file_name().unwrap().to_str().unwrap();
        days.entry(day)
            .or_default()
            .push(IndexGame::new(name, file));
    }
    let files = disk.files();
    for (day, mut games) in days {
        games.sort_by(|a, b| (a.start_time, &a.file).cmp(&(b.start_time, &b.file)));
        let text = files.get(&day.join("index.json"));
        let text = text.unwrap_or_else(|| panic!("{} has no index", day.display()));
        let index = DayIndex::parse(text).unwrap();
        assert_eq!(index.games, games);
    }
}
