//! The practice table's endless sequence of games, message by message. Pure: no clock, no I/O; the same entropy
//! gives the same stream.

use serde_json::{Value, json};

use super::generator::{GameGenerator, GeneratedGame};
use super::history::History;
use super::market::{Market, MarketPhase};
use super::message::{GameStep, Message, StepKind};
use super::public_state::PublicState;
use super::side_events::banners;
use super::simulated_players::SimulatedPlayers;

const TICK_MILLIS: u32 = 250;
const COUNTDOWN_MILLIS: u32 = 100;
const PRESALE_TIMER: u32 = 10_000;
/// Games before the first one that only the statistics know.
const EARLIER_COUNTED: u32 = 90;
/// Games before the first one that stand in `gameHistory`.
const EARLIER_LISTED: u32 = 10;
/// 2000-01-01T00:00:00Z, the clock of a seeded table.
const SEEDED_START: i64 = 946_684_800_000;

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NextStep {
    Genesis,
    Countdown(u32),
    Start,
    Tick(u32),
    Settled,
}

/// The stream of an endless sequence of games, as the real server speaks it.
#[derive(Debug, Clone)]
pub struct GameStream {
    dealer: GameGenerator,
    crowd: SimulatedPlayers,
    history: History,
    game: GeneratedGame,
    view: PublicState,
    next: NextStep,
    /// Unix milliseconds of the table's own clock, which runs in game time.
    now: i64,
    /// When the running game was closed; set at its rug.
    closed_at: Option<i64>,
    /// How long until the next step, once somebody asked.
    delay: Option<u32>,
}

impl GameStream {
    /// Returns the stream of a seed: the same games for ever, whatever the day.
    pub fn seeded(seed: u64) -> Self {
        Self::new(&seed.to_string(), true, SEEDED_START)
    }

    /// Returns a stream nobody can foresee; `entropy` is from the operating system, `now` in Unix milliseconds.
    pub fn unseeded(entropy: &str, now: i64) -> Self {
        Self::new(entropy, false, now)
    }

    fn new(entropy: &str, seeded: bool, now: i64) -> Self {
        let mut dealer = GameGenerator::new(entropy, seeded);
        let mut crowd = SimulatedPlayers::new(entropy);
        let mut history = History::new();
        // The earlier games end before `now`, one after the other; how far apart is not important.
        let mut rows = json!([]);
        for ago in (1..=EARLIER_COUNTED + EARLIER_LISTED).rev() {
            let at = now - i64::from(ago) * 65_000;
            let game = dealer.deal(at);
            let mut sidebets = Vec::new();
            if ago <= EARLIER_LISTED {
                sidebets = play_unseen(&mut crowd, &game, at);
                rows = crowd.rows(&game, Some(game.price(game.rug_tick())));
            }
            history.push(&game, at, &sidebets);
        }
        let view = PublicState::genesis(rows, crowd.connected());
        Self {
            game: dealer.deal(now),
            dealer,
            crowd,
            history,
            view,
            next: NextStep::Genesis,
            now,
            closed_at: None,
            delay: None,
        }
    }

    /// Returns how long after the messages before the next ones come, in milliseconds of game time.
    ///
    /// Until [`Self::next_step`] the stream stands where it was: a snapshot shows nothing that is not due yet.
    pub fn next_delay(&mut self) -> u32 {
        if let Some(delay) = self.delay {
            return delay;
        }
        let delay = match self.next {
            NextStep::Genesis if self.closed_at.is_none() => 0,
            NextStep::Genesis => self.crowd.millis(240..=530),
            NextStep::Countdown(_) => COUNTDOWN_MILLIS,
            NextStep::Start => self.crowd.millis(20..=320),
            NextStep::Tick(_) => TICK_MILLIS,
            NextStep::Settled => self.crowd.millis(600..=1_800),
        };
        self.delay = Some(delay);
        delay
    }

    /// Returns the next messages.
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
        GameStep::new(delay, kind, messages)
    }

    /// Returns what a client gets that connects now: the snapshot and the banners.
    pub fn greeting(&self) -> Vec<Message> {
        let mut messages = vec![self.view.snapshot(&self.game, &self.history)];
        let view = &self.view;
        messages.extend(banners(&format!(
            "{} {} {}",
            self.game.id, view.timer, view.tick
        )));
        messages
    }

    /// Returns where the game stands, for those who act in it.
    pub fn market(&self) -> Market {
        let view = &self.view;
        let trading = match (view.active, view.rugged) {
            (true, false) => MarketPhase::Active,
            (false, _) if view.presale() => MarketPhase::Presale,
            _ => MarketPhase::Closed,
        };
        let before = self.game.price(view.tick.saturating_sub(1));
        Market {
            game: self.game.id.clone(),
            trading,
            tick: view.tick,
            price: self.game.price(view.tick),
            price_before: before,
            now: self.now,
            rugpool: self.crowd.own_rugpool(),
            ranks: self.crowd.ranks(view.active.then_some(before)),
        }
    }

    pub(super) fn rug_tick(&self) -> u32 {
        self.game.rug_tick()
    }

    fn genesis(&mut self) -> (StepKind, Vec<Message>) {
        if let Some(closed_at) = self.closed_at.take() {
            let sidebets = self.crowd.take_sidebets();
            self.history.push(&self.game, closed_at, &sidebets);
            self.game = self.dealer.deal(self.now);
            self.view = PublicState::genesis(self.view.rows.take(), self.crowd.connected());
        }
        self.next = NextStep::Countdown(self.view.timer - COUNTDOWN_MILLIS);
        let full = self.view.full(&self.game, &self.history, 0);
        (StepKind::Genesis, vec![full])
    }

    fn countdown(&mut self, timer: u32) -> (StepKind, Vec<Message>) {
        self.next = match timer {
            ..=COUNTDOWN_MILLIS => NextStep::Start,
            _ => NextStep::Countdown(timer - COUNTDOWN_MILLIS),
        };
        self.view.timer = timer;
        if timer.is_multiple_of(1_000) {
            self.people_change();
        }
        let mut messages = Vec::new();
        let mut told = Vec::new();
        if timer == PRESALE_TIMER {
            self.crowd.open_presale();
            self.view.rows = json!([]);
            // This message still has the trade count of the game before.
            messages.push(self.tick_shape());
        } else if timer < PRESALE_TIMER {
            told = self.crowd.presale(&self.game, self.now);
            self.view.rows = self.crowd.rows(&self.game, None);
        }
        messages.push(self.view.countdown(&self.game));
        messages.extend(told);
        (StepKind::Countdown(timer), messages)
    }

    fn start(&mut self) -> (StepKind, Vec<Message>) {
        self.next = NextStep::Tick(1);
        self.view.timer = 0;
        self.view.active = true;
        self.view.rows = json!([]);
        let mut messages = vec![self.view.start(&self.game)];
        messages.extend(self.crowd.start(&self.game, self.now));
        (StepKind::Start, messages)
    }

    fn tick(&mut self, tick: u32) -> (StepKind, Vec<Message>) {
        self.next = NextStep::Tick(tick + 1);
        self.view.tick = tick;
        if tick.is_multiple_of(4) {
            self.people_change();
        }
        // The rows lag one tick behind: what was done by then, at the price of then.
        let price = self.game.price(tick - 1);
        self.view.rows = self.crowd.rows(&self.game, Some(price));
        let mut messages = vec![self.tick_shape()];
        messages.extend(self.crowd.after_tick(&self.game, tick, self.now));
        let rug_tick = self.game.rug_tick();
        (StepKind::Tick { tick, rug_tick }, messages)
    }

    fn rug(&mut self, tick: u32) -> (StepKind, Vec<Message>) {
        self.next = NextStep::Settled;
        self.view.tick = tick;
        self.view.rugged = true;
        self.crowd.rug(&self.game, self.now);
        self.view.rows = self.crowd.rows(&self.game, Some(self.game.price(tick)));
        self.closed_at = Some(self.now + i64::from(self.crowd.millis(400..=600)));
        (StepKind::Rug, vec![self.tick_shape()])
    }

    fn settled(&mut self) -> (StepKind, Vec<Message>) {
        self.next = NextStep::Genesis;
        // A running clock of the server, not a tick with a price.
        let ahead = self.crowd.millis(1..=3);
        let full = self
            .view
            .full(&self.game, &self.history, self.view.tick + ahead);
        let mut messages = vec![full];
        messages.extend(self.crowd.sample(&self.game, self.now));
        (StepKind::Settled, messages)
    }

    fn tick_shape(&self) -> Message {
        let (trades, rugpool) = (self.crowd.trades(), self.crowd.rugpool());
        self.view.tick(&self.game, &self.history, trades, rugpool)
    }

    fn people_change(&mut self) {
        self.crowd.come_and_go();
        self.view.connected = self.crowd.connected();
    }
}

/// Plays a game that nobody watches and that closed at `at`; returns its sidebets.
fn play_unseen(crowd: &mut SimulatedPlayers, game: &GeneratedGame, at: i64) -> Vec<Value> {
    let begin = at - i64::from(game.rug_tick()) * i64::from(TICK_MILLIS);
    crowd.open_presale();
    for _ in 0..PRESALE_TIMER / COUNTDOWN_MILLIS {
        crowd.presale(game, begin);
    }
    crowd.start(game, begin);
    for tick in 1..game.rug_tick() {
        let now = begin + i64::from(tick) * i64::from(TICK_MILLIS);
        crowd.after_tick(game, tick, now);
    }
    crowd.rug(game, at);
    crowd.take_sidebets()
}
