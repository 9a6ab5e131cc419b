//! The practice stream with its faults: which steps are lost, held back, doubled or cut. Pure.
//!
//! What is changed inside a message is in `alter`.

use std::collections::BTreeSet;

use super::fault::Fault;
use super::game_stream::GameStream;
use super::market::Market;
use super::message::{GameStep, Message, StepKind};
use super::message_faults;

/// GeneratedGame time of the fault `silence`.
const SILENCE_MILLIS: u32 = 10_000;
/// Ticks lost in a row; `partialPrices` restores four.
const HOLE_TICKS: u32 = 8;
/// The countdown behind which a held full message follows.
const OVERTAKEN_BY: [(Fault, u32); 2] =
    [(Fault::LateFull, 14_900), (Fault::CountdownFirst, 14_800)];

/// The practice table's stream: a [`GameStream`], misbehaving as asked.
#[derive(Debug, Clone)]
pub struct FaultyStream {
    script: GameStream,
    faults: Vec<Fault>,
    /// Messages held back, with the fault that holds them.
    held: Vec<(Fault, Vec<Message>)>,
    /// Silence before the next step.
    pause_millis: u32,
    ticks: u32,
}

impl FaultyStream {
    /// Returns the stream with faults; without any it is the script's.
    pub fn new(script: GameStream, faults: &[Fault]) -> Self {
        // A fault named twice is one fault: a price is not spoiled twice.
        let faults: BTreeSet<_> = faults.iter().copied().collect();
        Self {
            script,
            faults: faults.into_iter().collect(),
            held: Vec::new(),
            pause_millis: 0,
            ticks: 0,
        }
    }

    /// Returns how long after the messages before the next ones come, in milliseconds of game time.
    pub fn next_delay(&mut self) -> u32 {
        self.script.next_delay() + self.pause_millis
    }

    /// Returns the next messages; a step whose messages are all lost or held back is empty.
    pub fn next_step(&mut self) -> GameStep {
        let mut step = self.script.next_step();
        step.delay_micros += u64::from(std::mem::take(&mut self.pause_millis)) * 1_000;
        self.misbehave(&mut step);
        step
    }

    /// Returns what a client gets that connects now.
    pub fn greeting(&self) -> Vec<Message> {
        let mut messages = self.script.greeting();
        for message in &mut messages {
            message_faults::contents(message, &self.faults);
        }
        messages
    }

    /// Returns where the game stands, with the prices that are told.
    pub fn market(&self) -> Market {
        let mut market = self.script.market();
        let rug_tick = self.script.rug_tick();
        let told = |tick, price| message_faults::told_price(tick, rug_tick, price, &self.faults);
        market.price = told(market.tick, market.price);
        market.price_before = told(market.tick.saturating_sub(1), market.price_before);
        market
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn misbehave(&mut self, step: &mut GameStep) {
        for message in &mut step.messages {
            message_faults::contents(message, &self.faults);
        }
        self.lose(step);
        self.reorder(step);
        if self.has(Fault::Garbage)
            && let StepKind::Tick { tick, .. } = step.kind
        {
            message_faults::garbage(&mut step.messages, tick);
        }
        if self.has(Fault::Double) {
            step.messages = std::mem::take(&mut step.messages)
                .into_iter()
                .flat_map(|message| [message.clone(), message])
                .collect();
        }
        if let StepKind::Tick { tick, rug_tick } = step.kind
            && tick == (rug_tick / 2).max(1)
        {
            step.cut = self.has(Fault::Cut);
            if self.has(Fault::Silence) {
                self.pause_millis = SILENCE_MILLIS;
            }
        }
    }

    /// Only the `gameStateUpdate` of a step is lost, not the trade beside it.
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
            // The rug tick stays where it is: nothing of a game comes behind its rug.
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

/// Eight ticks about the middle, in games long enough to have some around them.
fn in_hole(tick: u32, rug_tick: u32) -> bool {
    let first = (rug_tick / 2).saturating_sub(HOLE_TICKS / 2).max(1);
    rug_tick >= HOLE_TICKS + 4 && (first..first + HOLE_TICKS).contains(&tick)
}
