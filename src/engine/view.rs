//! The snapshot of the engine that the window and the status line show.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{GameHistory, PianoView, PriceSeries, SeenGame, SessionView};
use crate::account::Action;
use crate::capture::CaptureState;
use crate::feed;
use crate::feed::health::Health;
use crate::game::{Phase, Time};
use crate::protocol::{Counts, GameId, Tick};
use crate::recording::{RecorderState, RecordingStatus};
use crate::strategy::AutoSellView;
use crate::trading::{OrderContext, OrderLimits, Refusal, RiskUsage, TraderView, order_price};

/// Snapshot of game, player and recorder. Receivers may skip snapshots; only the newest matters.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The connection.
    pub feed: feed::FeedState,
    /// What is read of the player's browser; empty for every other source.
    pub browser: feed::BrowserStatus,
    /// The health of the feed, and how much of the program runs.
    pub health: Arc<Health>,
    /// The phase of the current game.
    pub phase: Phase,
    /// The current game.
    pub game_id: Option<GameId>,
    /// Its newest tick.
    pub tick: Option<Tick>,
    /// The price of that tick, as a multiplier.
    pub price: Option<Decimal>,
    /// Whether the odds of its generator are published.
    pub has_odds: bool,
    /// Ticks of the current game whose price is unknown.
    pub holes: u32,
    /// Milliseconds to the start, from the newest message.
    pub countdown_millis: Option<i64>,
    /// The arrival of the newest event.
    pub last_event: Option<Time>,
    /// The prices of the current game; between two games those of the last one.
    pub series: Arc<PriceSeries>,
    /// The finished games.
    pub past: Arc<GameHistory>,
    /// The games that started while the program watched, oldest first.
    pub games: Arc<Vec<SeenGame>>,
    /// The running session, or the last one.
    pub session: SessionView,
    /// The rows of the running session, or of the last one, in press order.
    pub actions: Arc<Vec<Action>>,
    /// The player's side; `None` when games are only watched.
    pub trader: Option<TraderView>,
    /// The limits of orders.
    pub limits: OrderLimits,
    /// The emergency stop, and how far the limits of the day and the minute are used up.
    pub risk_usage: RiskUsage,
    /// Why no order at all may be sent on this connection: its login is not done. `None` otherwise, and where nothing is
    /// sent.
    pub no_login: Option<Refusal>,
    /// The last order request has no outcome yet, also where its order was given up.
    pub awaits_outcome: bool,
    /// Auto-sell; `None` where it does not exist: on live and browser sources, in a replay, and while games are only
    /// watched.
    pub auto_sell: Option<AutoSellView>,
    /// The piano; `None` where no practice table of ours is.
    pub piano: Option<PianoView>,
    /// The record switches, and their effect.
    pub recording: RecordingStatus,
    /// The recorder.
    pub recorder: RecorderState,
    /// The raw capture of the connection.
    pub capture: CaptureState,
    /// Counts of what could not be decoded.
    pub counts: Counts,
}

impl View {
    /// Returns what decides about an order, the same as the engine's at the moment of this view. `screen_price` is the
    /// price that the player had on the screen.
    pub fn order_context(&self, screen_price: Option<Decimal>) -> OrderContext<'_> {
        let trader = self.trader.as_ref();
        let pending = trader.and_then(|trader| trader.pending);
        OrderContext {
            in_browser: trader.is_some_and(|trader| trader.page.is_some()),
            account: trader.and_then(|trader| trader.account.as_ref()),
            game: self
                .game_id
                .as_ref()
                .map(|_| (self.phase, self.order_price())),
            feed_trouble: feed_trouble(&self.feed),
            no_login: self.no_login.clone(),
            order_pending: pending.is_some_and(|pending| !pending.unknown) || self.awaits_outcome,
            limits: self.limits,
            usage: self.risk_usage,
            screen_price,
        }
    }

    /// Returns a game that started while the program watched.
    pub fn seen_game(&self, id: &GameId) -> Option<&SeenGame> {
        self.games.iter().rfind(|game| game.game_id == *id)
    }

    /// Returns the game to replay as the player's last one: the last one that they traded in, or else the last one that
    /// ended.
    pub fn last_game(&self) -> Option<GameId> {
        let traded = self.actions.last().map(|row| row.game_id.clone());
        let series = &self.series;
        let shown = series.game_id.clone().filter(|_| series.rug_tick.is_some());
        let ended = self.past.games.last().map(|game| game.game_id.clone());
        traded.or(shown).or(ended)
    }

    /// Returns the price that an order would get now.
    pub fn order_price(&self) -> Decimal {
        order_price(self.phase, self.price)
    }
}

/// Returns what is wrong with the feed; `None` while it is live.
pub(super) fn feed_trouble(state: &feed::FeedState) -> Option<&'static str> {
    match state {
        feed::FeedState::Up { .. } => None,
        feed::FeedState::Stale { .. } => Some("stale"),
        _ => Some("offline"),
    }
}
