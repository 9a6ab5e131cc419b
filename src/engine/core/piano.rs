//! The piano: plays a strategy at a practice table of ours, in place of the player's hand.

use std::fmt;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::account::{Action, ActionSource, ActionStatus, SessionEvent};
use crate::game::Time;
use crate::protocol::{GameId, Tick};
use crate::strategy::{
    PlannedOrder, PracticeTable, RunEnd, ShownOrder, SourceLine, Strategy, StrategyContext,
    StrategyOrder, StrategyRunner, StrategyStep,
};
use crate::trading::{Order, PlayerEvent, Refusal, TraderEvent};

/// Plays a strategy at a practice table of ours. It exists only beside one.
#[derive(Debug, Clone)]
pub struct TablePiano {
    table: PracticeTable,
    state: PianoState,
    runner: Option<StrategyRunner>,
    /// The run ends with the strategy, which was given with the start of the engine.
    ends_run: bool,
    /// The strategy saw the account: from now on a loss of the feed ends it.
    has_begun: bool,
    last_press: Option<PianoPress>,
}

/// What the piano does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PianoState {
    /// Nothing: the hand is the player's.
    Off,
    /// It waits for the first game of the strategy.
    Waiting,
    /// It plays.
    Playing,
    /// The strategy ended, and the hand is the player's.
    Ended(PianoEnd),
}

/// Why a strategy ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PianoEnd {
    /// The player took the hand back: any press of theirs does.
    TakenBack,
    /// The emergency stop was pressed.
    Stopped,
    /// Our account and the server's differ.
    Drift,
    /// The connection is stale or down.
    Feed(&'static str),
    /// A limit of the day or the minute was reached.
    Limit(Refusal),
    /// Another session began.
    SessionChanged,
    /// The player chose another source. The window says so: the engine of the source has ended.
    SourceChanged,
    /// By itself.
    Strategy(RunEnd),
}

/// The newest press of the piano.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PianoPress {
    /// Its number in this run, from 1.
    pub number: u64,
    /// The order.
    pub order: ShownOrder,
    /// The line that decided on it.
    pub line: SourceLine,
    /// The game.
    pub game_id: GameId,
    /// The tick; 0 in the presale.
    pub tick: Tick,
    /// When it was pressed.
    pub at: Time,
    /// Why it was refused, here or by the table; `None` if it was not, or is still in flight.
    pub refused: Option<String>,
}

/// The piano as the window shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct PianoView {
    /// What it does.
    pub state: PianoState,
    /// The strategy that it plays, or played last.
    pub strategy: Option<Arc<Strategy>>,
    /// The order that is likely to be next, to be prepared on the ticket. The order itself never waits for that.
    pub planned: Option<PlannedOrder>,
    /// The newest press of this run.
    pub last_press: Option<PianoPress>,
    /// The stake of the moment, in SOL.
    pub stake: Option<Decimal>,
    /// Games that ended in this run.
    pub games: u64,
    /// SOL earned up to the newest finished game of this run.
    pub earned: Decimal,
}

/// What the piano does now.
pub(super) enum PianoStep {
    /// It presses.
    Press {
        order: Order,
        shown: ShownOrder,
        line: SourceLine,
        source: ActionSource,
    },
    /// A script line is too late; the text names it and the reason.
    TooLate(String),
}

impl TablePiano {
    /// Returns a piano beside this table, which waits for a strategy.
    pub fn new(table: PracticeTable) -> Self {
        Self {
            table,
            state: PianoState::Off,
            runner: None,
            ends_run: false,
            has_begun: false,
            last_press: None,
        }
    }

    /// Returns a piano that plays from the start of the engine. The run ends with the strategy.
    pub fn playing(table: PracticeTable, runner: StrategyRunner) -> Self {
        Self {
            state: PianoState::Waiting,
            runner: Some(runner),
            ends_run: true,
            ..Self::new(table)
        }
    }

    /// Begins to play a strategy.
    pub(super) fn start(&mut self, strategy: Arc<Strategy>, skip_games: u64) {
        *self = Self {
            state: PianoState::Waiting,
            runner: Some(StrategyRunner::new(strategy).skipping(skip_games)),
            has_begun: true,
            ..Self::new(self.table.clone())
        };
    }

    /// Returns the strategy that plays; `None` while the hand is the player's.
    pub fn runner(&self) -> Option<&StrategyRunner> {
        self.runner.as_ref().filter(|_| self.is_playing())
    }

    /// Returns the strategy whose end ends the run, also after its end.
    pub fn runner_of_run(&self) -> Option<&StrategyRunner> {
        self.runner.as_ref().filter(|_| self.ends_run)
    }

    /// Returns why the strategy ended; `None` while it plays.
    pub fn end(&self) -> Option<&PianoEnd> {
        match &self.state {
            PianoState::Ended(end) => Some(end),
            PianoState::Off | PianoState::Waiting | PianoState::Playing => None,
        }
    }

    fn is_playing(&self) -> bool {
        matches!(self.state, PianoState::Waiting | PianoState::Playing)
    }

    /// Ends the strategy, if one plays; returns whether one did. A script of a command goes on: it is planned, and waits
    /// for better times.
    pub(super) fn interrupt(&mut self, end: PianoEnd) -> bool {
        let Some(runner) = self.runner() else {
            return false;
        };
        let is_script = self.ends_run && runner.strategy().is_script();
        if is_script || !self.has_begun {
            return false;
        }
        self.state = PianoState::Ended(end);
        true
    }

    /// Returns what it does now.
    pub(super) fn next(&mut self, ctx: &StrategyContext<'_>) -> Option<PianoStep> {
        // After its own end it still sees whether the last game of the run is over.
        let is_followed = matches!(self.state, PianoState::Ended(PianoEnd::Strategy(_)));
        if !self.is_playing() && !is_followed {
            return None;
        }
        let runner = self.runner.as_mut()?;
        self.has_begun |= ctx.account.is_some() && ctx.ready;
        let step = runner.next(ctx);
        self.state = match (&step, runner.end()) {
            (None, Some(end)) => PianoState::Ended(PianoEnd::Strategy(end.clone())),
            _ if runner.game_number() > 0 => PianoState::Playing,
            _ => PianoState::Waiting,
        };
        let source = if runner.strategy().is_script() {
            ActionSource::Script
        } else {
            ActionSource::Piano
        };
        Some(match step? {
            StrategyStep::Press(order) => self.press(order, source),
            StrategyStep::TooLate(why) => PianoStep::TooLate(why),
        })
    }

    fn press(&self, order: StrategyOrder, source: ActionSource) -> PianoStep {
        PianoStep::Press {
            shown: order.shown(),
            line: order.line().clone(),
            order: order.for_table(&self.table),
            source,
        }
    }

    /// Notes a press before it is done.
    pub(super) fn note_press(&mut self, press: PianoPress) {
        let number = self.last_press.as_ref().map_or(0, |last| last.number) + 1;
        self.last_press = Some(PianoPress { number, ..press });
    }

    /// Notes that the newest press was not sent. A limit of the day or the minute ends the strategy.
    pub(super) fn note_refusal(&mut self, refusal: &Refusal) {
        if let Some(press) = &mut self.last_press {
            press.refused = Some(refusal.to_string());
        }
        if refusal.is_of_risk() {
            self.interrupt(PianoEnd::Limit(refusal.clone()));
        }
    }

    /// Takes a row of the session: the newest press may be refused, here or by the table.
    pub(super) fn take_row(&mut self, row: &Action) {
        let is_own = matches!(row.source, ActionSource::Piano | ActionSource::Script);
        if !is_own || row.status != ActionStatus::Refused {
            return;
        }
        if let Some(runner) = &mut self.runner {
            runner.note_refused();
        }
        if let Some(press) = &mut self.last_press {
            press.refused.clone_from(&row.reason);
        }
    }

    /// Returns what is to be shown; `ctx` is `None` before the first game.
    pub(super) fn view(&self, ctx: Option<&StrategyContext<'_>>) -> PianoView {
        let runner = self.runner.as_ref();
        let playing = self.runner().zip(ctx);
        PianoView {
            state: self.state.clone(),
            strategy: runner.map(|runner| Arc::clone(runner.strategy())),
            planned: playing.and_then(|(runner, ctx)| runner.planned(ctx)),
            last_press: self.last_press.clone(),
            stake: runner.and_then(StrategyRunner::stake),
            games: runner.map_or(0, StrategyRunner::games),
            earned: runner.map_or(Decimal::ZERO, StrategyRunner::earned),
        }
    }
}

impl PianoEnd {
    /// Returns the end that an event of the trader means.
    pub(super) fn of(event: &TraderEvent) -> Option<Self> {
        match event {
            TraderEvent::Player(PlayerEvent::StateDriftDetected(_)) => Some(Self::Drift),
            TraderEvent::Session(SessionEvent::Started { .. }) => Some(Self::SessionChanged),
            TraderEvent::Player(_) | TraderEvent::Session(_) => None,
        }
    }
}

impl fmt::Display for PianoEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TakenBack => f.write_str("you took the hand back"),
            Self::Stopped => f.write_str("STOP was pressed"),
            Self::Drift => f.write_str("the server's numbers differ from ours"),
            Self::Feed(trouble) => write!(f, "the feed is {trouble}"),
            Self::Limit(refusal) => write!(f, "a limit was reached ({refusal})"),
            Self::SessionChanged => f.write_str("another session began"),
            Self::SourceChanged => f.write_str("you changed the source"),
            Self::Strategy(end) => end.fmt(f),
        }
    }
}
