//! The endless sequence of practice games, message by message. Pure: no clock, no I/O; the same entropy gives the same
//! stream.

use serde_json::{Value, json};

use super::history::History;
use super::market::{Market, MarketPhase};
use super::message::{GameStep, Message, StepKind};
use super::public_state::PublicState;
use super::side_events::side_events;
use super::simulated_players::SimulatedPlayers;
use crate::fairness::{EARLIER_GAMES, GameGenerator, GeneratedGame};
use crate::game::TICK_MILLIS;

const COUNTDOWN_MILLIS: u32 = 100;
const PRESALE_TIMER: u32 = 10_000;
/// Of the games before the first one, those that are in `gameHistory`, too.
const EARLIER_LISTED: u32 = 10;
/// 2000-01-01T00:00:00Z, the start of a seeded table's clock.
const SEEDED_START: i64 = 946_684_800_000;

/// The next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NextStep {
    Genesis,
    Countdown(u32),
    Start,
    Tick(u32),
    Settled,
}

/// The messages of an endless sequence of games, as the real server sends them.
#[derive(Debug, Clone)]
pub struct GameStream {
    generator: GameGenerator,
    players: SimulatedPlayers,
    history: History,
    game: GeneratedGame,
    public: PublicState,
    next: NextStep,
    /// Unix milliseconds of the table's own clock, which runs in game time.
    now: i64,
    /// When the running game was closed; set at its rug.
    closed_at: Option<i64>,
    /// Milliseconds until the next step, once they are drawn.
    delay: Option<u32>,
}

impl GameStream {
    /// Returns the stream of a seed: the same games on every day.
    pub fn seeded(seed: u64) -> Self {
        Self::new(&seed.to_string(), GameGenerator::seeded(seed), SEEDED_START)
    }

    /// Returns an unpredictable stream; `entropy` is from the operating system, `now` in Unix milliseconds.
    pub fn unseeded(entropy: &str, now: i64) -> Self {
        Self::new(entropy, GameGenerator::unseeded(entropy), now)
    }

    fn new(entropy: &str, mut generator: GameGenerator, now: i64) -> Self {
        let mut players = SimulatedPlayers::new(entropy);
        let mut history = History::new();
        // The earlier games end before `now`, one after the other; the distance does not matter.
        let mut leaderboard = json!([]);
        for ago in (1..=EARLIER_GAMES).rev() {
            let at = now - i64::from(ago) * 65_000;
            let game = generator.next_game(at);
            let mut sidebets = Vec::new();
            if ago <= EARLIER_LISTED {
                sidebets = play_unseen(&mut players, &game, at);
                leaderboard = players.leaderboard(&game, Some(game.price(game.rug_tick())));
            }
            history.push(&game, at, &sidebets);
        }
        let public = PublicState::genesis(leaderboard, players.connected());
        Self {
            game: generator.next_game(now),
            generator,
            players,
            history,
            public,
            next: NextStep::Genesis,
            now,
            closed_at: None,
            delay: None,
        }
    }

    /// Returns the game time between the last step and the next one, in milliseconds.
    ///
    /// The stream itself changes with [`Self::next_step`] only: a snapshot shows nothing that is not due yet.
    pub fn next_delay(&mut self) -> u32 {
        if let Some(delay) = self.delay {
            return delay;
        }
        let delay = match self.next {
            NextStep::Genesis if self.closed_at.is_none() => 0,
            NextStep::Genesis => self.players.millis(240..=530),
            NextStep::Countdown(_) => COUNTDOWN_MILLIS,
            NextStep::Start => self.players.millis(20..=320),
            NextStep::Tick(_) => u32::try_from(TICK_MILLIS).unwrap_or_default(),
            NextStep::Settled => self.players.millis(600..=1_800),
        };
        self.delay = Some(delay);
        delay
    }

    /// Returns the next step.
    pub fn next_step(&mut self) -> GameStep {
        let delay = self.next_delay();
        self.delay = None;
        self.now += i64::from(delay);
        let (kind, messages) = match self.next {
            NextStep::Genesis => self.genesis(),
            NextStep::Countdown(timer) => self.countdown(timer),
            NextStep::Start => self.start(),
            NextStep::Tick(tick) if tick < self.game.rug_tick() => self.tick(tick),
            NextStep::Tick(tick) => self.rug(tick),
            NextStep::Settled => self.settled(),
        };
        GameStep {
            delay_micros: u64::from(delay) * 1_000,
            kind,
            messages,
            cut: false,
        }
    }

    /// Returns the messages for a client that connects now: the snapshot and the side events.
    pub fn greeting(&self) -> Vec<Message> {
        let mut messages = vec![self.public.snapshot(&self.game, &self.history)];
        let public = &self.public;
        messages.extend(side_events(&format!(
            "{} {} {}",
            self.game.id, public.timer, public.tick
        )));
        messages
    }

    /// Returns the running game as orders meet it.
    pub fn market(&self) -> Market {
        let public = &self.public;
        let phase = match (public.active, public.rugged) {
            (true, false) => MarketPhase::Active,
            (false, _) if public.is_presale() => MarketPhase::Presale,
            _ => MarketPhase::Closed,
        };
        let before = self.game.price(public.tick.saturating_sub(1));
        Market {
            game: self.game.id.clone(),
            phase,
            tick: public.tick,
            price: self.game.price(public.tick),
            price_before: before,
            now: self.now,
            rugpool: self.players.own_rugpool(),
            ranks: self.players.ranks(public.active.then_some(before)),
        }
    }

    pub(super) fn rug_tick(&self) -> u32 {
        self.game.rug_tick()
    }

    fn genesis(&mut self) -> (StepKind, Vec<Message>) {
        if let Some(closed_at) = self.closed_at.take() {
            let sidebets = self.players.take_sidebets();
            self.history.push(&self.game, closed_at, &sidebets);
            self.game = self.generator.next_game(self.now);
            self.public =
                PublicState::genesis(self.public.leaderboard.take(), self.players.connected());
        }
        self.next = NextStep::Countdown(self.public.timer - COUNTDOWN_MILLIS);
        let full = self.public.full(&self.game, &self.history, 0);
        (StepKind::Genesis, vec![full])
    }

    fn countdown(&mut self, timer: u32) -> (StepKind, Vec<Message>) {
        self.next = match timer {
            ..=COUNTDOWN_MILLIS => NextStep::Start,
            _ => NextStep::Countdown(timer - COUNTDOWN_MILLIS),
        };
        self.public.timer = timer;
        if timer.is_multiple_of(1_000) {
            self.change_connected();
        }
        let mut messages = Vec::new();
        let mut about_players = Vec::new();
        if timer == PRESALE_TIMER {
            self.players.open_presale();
            self.public.leaderboard = json!([]);
            // This message still has the trade count of the game before.
            messages.push(self.tick_shape());
        } else if timer < PRESALE_TIMER {
            about_players = self.players.presale(&self.game, self.now);
            self.public.leaderboard = self.players.leaderboard(&self.game, None);
        }
        messages.push(self.public.countdown(&self.game));
        messages.extend(about_players);
        (StepKind::Countdown(timer), messages)
    }

    fn start(&mut self) -> (StepKind, Vec<Message>) {
        self.next = NextStep::Tick(1);
        self.public.timer = 0;
        self.public.active = true;
        self.public.leaderboard = json!([]);
        let mut messages = vec![self.public.start(&self.game)];
        messages.extend(self.players.start(&self.game, self.now));
        (StepKind::Start, messages)
    }

    fn tick(&mut self, tick: u32) -> (StepKind, Vec<Message>) {
        self.next = NextStep::Tick(tick + 1);
        self.public.tick = tick;
        if tick.is_multiple_of(4) {
            self.change_connected();
        }
        // The rows lag one tick behind: the positions of the tick before, at its price.
        let price = self.game.price(tick - 1);
        self.public.leaderboard = self.players.leaderboard(&self.game, Some(price));
        let mut messages = vec![self.tick_shape()];
        messages.extend(self.players.after_tick(&self.game, tick, self.now));
        let rug_tick = self.game.rug_tick();
        (StepKind::Tick { tick, rug_tick }, messages)
    }

    fn rug(&mut self, tick: u32) -> (StepKind, Vec<Message>) {
        self.next = NextStep::Settled;
        self.public.tick = tick;
        self.public.rugged = true;
        self.players.rug(&self.game, self.now);
        self.public.leaderboard = self
            .players
            .leaderboard(&self.game, Some(self.game.price(tick)));
        self.closed_at = Some(self.now + i64::from(self.players.millis(400..=600)));
        (StepKind::Rug, vec![self.tick_shape()])
    }

    fn settled(&mut self) -> (StepKind, Vec<Message>) {
        self.next = NextStep::Genesis;
        // The server's tick counter runs on; these are no ticks with prices.
        let ahead = self.players.millis(1..=3);
        let full = self
            .public
            .full(&self.game, &self.history, self.public.tick + ahead);
        let mut messages = vec![full];
        messages.extend(self.players.sample(&self.game, self.now));
        (StepKind::Settled, messages)
    }

    fn tick_shape(&self) -> Message {
        let (trades, rugpool) = (self.players.trades(), self.players.rugpool());
        self.public.tick(&self.game, &self.history, trades, rugpool)
    }

    fn change_connected(&mut self) {
        self.players.change_connected();
        self.public.connected = self.players.connected();
    }
}

/// Plays a game that closed at `at` before the first client; returns its sidebets.
fn play_unseen(players: &mut SimulatedPlayers, game: &GeneratedGame, at: i64) -> Vec<Value> {
    let begin = at - i64::from(game.rug_tick()) * TICK_MILLIS;
    players.open_presale();
    for _ in 0..PRESALE_TIMER / COUNTDOWN_MILLIS {
        players.presale(game, begin);
    }
    players.start(game, begin);
    for tick in 1..game.rug_tick() {
        let now = begin + i64::from(tick) * TICK_MILLIS;
        players.after_tick(game, tick, now);
    }
    players.rug(game, at);
    players.take_sidebets()
}
