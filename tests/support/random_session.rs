//! A player who presses at random at the practice table, through the program's own decoder, board and trader: the
//! resulting session, its games, and what the window showed at each tick.

use std::collections::BTreeMap;

use chrono::Duration;
use pianola::account::{ActionSource, LocalWallet, Session};
use pianola::engine::{Command, SessionCore, View};
use pianola::feed;
use pianola::game::{Game, GameEvent, Phase, Time};
use pianola::protocol::{GameId, Tick};
use pianola::recording::{GameFile, Origin, RecorderState, RecordingPolicy, SessionFile};
use pianola::table::{FaultyStream, GameStream};
use pianola::trading::{Order, OrderLimits, RiskLimits, Trader, TraderEvent};
use rust_decimal::Decimal;

use crate::support::random::Random;

/// An evening, as it was and as it was recorded.
pub struct RandomSession {
    pub session: SessionFile,
    /// In the order in which they were played.
    pub games: Vec<Game>,
    /// What the window showed last at each place; `None` is the presale.
    pub shown: BTreeMap<(usize, Option<Tick>), View>,
}

fn order(random: &mut Random) -> Order {
    let amount = Decimal::new(i64::try_from(random.below(60)).unwrap() + 1, 3);
    match random.below(5) {
        0 | 1 => Order::Buy { amount },
        // Sometimes more than there is: it is refused.
        2 => Order::Sidebet {
            stake: amount * Decimal::from(random.below(3) * 10 + 1),
        },
        _ => Order::Sell {
            percent: [10, 25, 33, 50, 100][usize::try_from(random.below(5)).unwrap()].into(),
        },
    }
}

/// Plays so many games; one message in `pause` is followed by a press.
pub fn evening(seed: u64, games: usize, pause: u64) -> RandomSession {
    let mut random = Random::new(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut stream = FaultyStream::new(GameStream::seeded(seed), &[]);
    // No player presses as often as this.
    let rules = OrderLimits {
        risk: RiskLimits::OFF,
        ..OrderLimits::default()
    };
    let trader = Trader::local(rules, LocalWallet::new(Decimal::ONE));
    let mut core = SessionCore::new(
        RecordingPolicy::everything(),
        Some(trader),
        None,
        Vec::new(),
    );
    let mut at: Time = "2026-01-01T00:00:00Z".parse().unwrap();
    let up = feed::FeedState::Up { since: at };
    core.set_feed_state(&up);
    let mut evening = Taker::default();
    let mut messages = stream.greeting();
    while evening.games.len() < games {
        for message in messages {
            let events = core.event(&message.event, &message.args, at);
            evening.take(events, &mut core);
            evening.show(core.view(up.clone(), RecorderState::default(), at));
        }
        if evening.games.len() < games && random.below(pause) == 0 {
            let (order, source) = (order(&mut random), ActionSource::Key);
            at += Duration::milliseconds(40);
            core.command(
                Command::Press {
                    order,
                    source,
                    seen: None,
                },
                at,
            );
            evening.take(Vec::new(), &mut core);
            evening.show(core.view(up.clone(), RecorderState::default(), at));
        }
        let step = stream.next_step();
        at += Duration::microseconds(step.delay_micros.cast_signed());
        messages = step.messages;
    }
    let events = core.stop(at);
    evening.take(events, &mut core);
    evening.games.truncate(games);
    RandomSession {
        // As a reader finds it.
        session: read(&SessionFile::new(
            &evening.session.unwrap(),
            Origin::Practice,
        )),
        games: evening.games,
        shown: evening.shown,
    }
}

#[derive(Default)]
struct Taker {
    session: Option<Session>,
    games: Vec<Game>,
    order: Vec<GameId>,
    shown: BTreeMap<(usize, Option<Tick>), View>,
}

impl Taker {
    fn take(&mut self, events: Vec<GameEvent>, core: &mut SessionCore) {
        for event in events {
            if let GameEvent::GameComplete(game) = event {
                self.games.push(*game);
            }
        }
        for event in core.take_trader_events() {
            if let TraderEvent::Session(fact) = event {
                match &mut self.session {
                    None => self.session = Session::begin(&fact),
                    Some(session) => session.apply(&fact),
                }
            }
        }
    }

    fn show(&mut self, view: View) {
        let Some(id) = view.game_id.clone() else {
            return;
        };
        if self.order.last() != Some(&id) {
            self.order.push(id);
        }
        let tick = match view.phase {
            Phase::Presale => None,
            Phase::Active | Phase::Rugged => view.tick,
            _ => return,
        };
        if tick.is_some() || view.phase == Phase::Presale {
            self.shown.insert((self.order.len() - 1, tick), view);
        }
    }
}

fn read(file: &SessionFile) -> SessionFile {
    SessionFile::parse(&file.to_text().unwrap()).unwrap()
}

/// Returns the file of a game as a reader finds it.
pub fn file_of(game: &Game) -> GameFile {
    let text = GameFile::new(game, Origin::Practice).to_text().unwrap();
    GameFile::parse(&text).unwrap()
}

/// Finds games among these.
pub fn among(games: &[Game]) -> impl FnMut(&GameId) -> Result<GameFile, String> {
    move |id| {
        let game = games.iter().find(|game| game.id == *id);
        game.map(file_of).ok_or_else(|| "it is away".to_owned())
    }
}
