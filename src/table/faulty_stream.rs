//! The practice games with faults: loses, holds back, doubles and cuts steps. Pure.
//!
//! The faults inside a message are in `message_faults`.

use std::collections::BTreeSet;

use super::fault::Fault;
use super::game_stream::GameStream;
use super::market::Market;
use super::message::{GameStep, Message, StepKind};
use super::message_faults;

/// Game time of the fault `silence`.
const SILENCE_MILLIS: u32 = 10_000;
/// Ticks lost in a row; `partialPrices` restores four.
const HOLE_TICKS: u32 = 8;
/// The countdown after which a held full message follows.
const OVERTAKEN_BY: [(Fault, u32); 2] =
    [(Fault::LateFull, 14_900), (Fault::CountdownFirst, 14_800)];

/// A [`GameStream`] with faults.
#[derive(Debug, Clone)]
pub struct FaultyStream {
    games: GameStream,
    faults: Vec<Fault>,
    /// Messages held back, with the fault that holds them.
    held: Vec<(Fault, Vec<Message>)>,
    /// Silence before the next step.
    pause_millis: u32,
    ticks: u32,
}

impl FaultyStream {
    /// Returns the stream with these faults; without any it is unchanged.
    pub fn new(games: GameStream, faults: &[Fault]) -> Self {
        // A fault named twice is one fault: a price is not spoiled twice.
        let faults: BTreeSet<_> = faults.iter().copied().collect();
        Self {
            games,
            faults: faults.into_iter().collect(),
            held: Vec::new(),
            pause_millis: 0,
            ticks: 0,
        }
    }

    /// Returns the game time between the last step and the next one, in milliseconds.
    pub fn next_delay(&mut self) -> u32 {
        self.games.next_delay() + self.pause_millis
    }

    /// Returns the next step; one whose messages are all lost or held back is empty.
    pub fn next_step(&mut self) -> GameStep {
        let mut step = self.games.next_step();
        step.delay_micros += u64::from(std::mem::take(&mut self.pause_millis)) * 1_000;
        self.apply_faults(&mut step);
        step
    }

    /// Returns the messages for a client that connects now.
    pub fn greeting(&self) -> Vec<Message> {
        let mut messages = self.games.greeting();
        for message in &mut messages {
            message_faults::change(message, &self.faults);
        }
        messages
    }

    /// Returns the running game as orders meet it, with the prices that are sent.
    pub fn market(&self) -> Market {
        let mut market = self.games.market();
        let rug_tick = self.games.rug_tick();
        let sent = |tick, price| message_faults::sent_price(tick, rug_tick, price, &self.faults);
        market.price = sent(market.tick, market.price);
        market.price_before = sent(market.tick.saturating_sub(1), market.price_before);
        market
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn apply_faults(&mut self, step: &mut GameStep) {
        for message in &mut step.messages {
            message_faults::change(message, &self.faults);
        }
        self.lose(step);
        self.reorder(step);
        if self.has(Fault::Garbage)
            && let StepKind::Tick { tick, .. } = step.kind
        {
            message_faults::add_garbage(&mut step.messages, tick);
        }
        if self.has(Fault::Double) {
            step.messages = std::mem::take(&mut step.messages)
                .into_iter()
                .flat_map(|message| [message.clone(), message])
                .collect();
        }
        if step.kind.is_middle() {
            step.cut = self.has(Fault::Cut);
            if self.has(Fault::Silence) {
                self.pause_millis = SILENCE_MILLIS;
            }
        }
    }

    /// Removes the `gameStateUpdate` of a lost step; the trade beside it stays.
    fn lose(&mut self, step: &mut GameStep) {
        let lost = match step.kind {
            StepKind::Genesis => self.has(Fault::NoGenesis),
            StepKind::Tick { tick, rug_tick } => {
                self.ticks += 1;
                (self.has(Fault::Drop) && self.ticks.is_multiple_of(7))
                    || (self.has(Fault::Hole) && in_hole(tick, rug_tick))
            }
            _ => false,
        };
        if lost {
            step.messages
                .retain(|message| message.event != "gameStateUpdate");
        }
    }

    fn reorder(&mut self, step: &mut GameStep) {
        let hold = match step.kind {
            StepKind::Settled if self.has(Fault::LateFull) => Some(Fault::LateFull),
            StepKind::Genesis if self.has(Fault::CountdownFirst) => Some(Fault::CountdownFirst),
            // The rug tick stays where it is: nothing of a game comes after its rug.
            StepKind::Tick { tick, rug_tick } if tick.is_multiple_of(10) && tick + 1 < rug_tick => {
                self.has(Fault::Swap).then_some(Fault::Swap)
            }
            _ => None,
        };
        if let Some(fault) = hold {
            self.held.push((fault, std::mem::take(&mut step.messages)));
            return;
        }
        let release: &[Fault] = match step.kind {
            StepKind::Tick { .. } => &[Fault::Swap],
            StepKind::Countdown(timer) => {
                let due = OVERTAKEN_BY.iter().position(|(_, at)| *at == timer);
                due.map_or(&[], |index| std::slice::from_ref(&OVERTAKEN_BY[index].0))
            }
            _ => &[],
        };
        for (_, messages) in self
            .held
            .extract_if(.., |(fault, _)| release.contains(fault))
        {
            step.messages.extend(messages);
        }
    }
}

/// Whether a tick is one of the eight about the middle, in games long enough to have some around them.
fn in_hole(tick: u32, rug_tick: u32) -> bool {
    let first = (rug_tick / 2).saturating_sub(HOLE_TICKS / 2).max(1);
    rug_tick >= HOLE_TICKS + 4 && (first..first + HOLE_TICKS).contains(&tick)
}
