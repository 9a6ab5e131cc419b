//! What decides whether an order may be placed: as the engine knows it, and as its view shows it to the window.

use rust_decimal::Decimal;

use super::SessionCore;
use crate::engine::View;
use crate::feed;
use crate::game::Time;
use crate::trading::{GameContext, OrderContext, OrderLimits, Refusal, Trader, order_price};

impl SessionCore {
    /// Returns what decides about an order now. `screen_price` is the price that the player had on the screen, if any.
    pub fn order_context(&self, screen_price: Option<Decimal>, at: Time) -> OrderContext<'_> {
        let trader = self.trader.as_ref();
        let game = GameContext::of(&self.board);
        OrderContext {
            in_browser: trader.is_some_and(Trader::is_in_browser),
            account: trader.and_then(Trader::account),
            game: game.map(|game| (game.phase, order_price(game.phase, game.price))),
            feed_trouble: self.feed,
            no_login: self.no_login(),
            order_pending: trader.is_some_and(Trader::has_pending_order),
            limits: self.limits(),
            usage: self.day.usage(at),
            screen_price,
        }
    }

    pub(super) fn no_login(&self) -> Option<Refusal> {
        self.trader.as_ref().and_then(Trader::no_login)
    }

    pub(super) fn limits(&self) -> OrderLimits {
        let limits = self.trader.as_ref().map(Trader::limits);
        limits.copied().unwrap_or_default()
    }
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
            order_pending: pending.is_some_and(|pending| !pending.unknown),
            limits: self.limits,
            usage: self.risk_usage,
            screen_price,
        }
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
