//! What is shown of the player's side.

use rust_decimal::Decimal;

use crate::account::Percentiles;
use crate::account::{Account, Holding, OpenSidebet, WalletKind};
use crate::game::Time;
use crate::trading::{BrowserAccount, Now, Trader};
use crate::trading::{Identity, Order, Verification};

/// How long a drift stays readable after it ended.
const BADGE_STAYS: chrono::Duration = chrono::Duration::seconds(5);

/// The player's side at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct TraderView {
    /// Whose wallet.
    pub wallet: WalletKind,
    /// Who plays; `None` with a local wallet, or before the login.
    pub identity: Option<Identity>,
    /// What is known of the account in the player's browser; `None` where orders are pressed here.
    pub page: Option<BrowserAccount>,
    /// The money; `None` before the wallet is known.
    pub account: Option<Account>,
    /// P&L of the running game when all is sold at the newest price: the change of the wallet.
    pub pnl: Option<Decimal>,
    /// The order that waits.
    pub pending: Option<PendingOrderView>,
    /// The newest comparison with the server.
    pub verification: Option<Verification>,
    /// The drift to be shown: it lasts, or ended less than five seconds ago.
    pub drift: Option<DriftBadge>,
    /// From the press to the server's answer.
    pub to_ack: Option<Percentiles>,
    /// From the press to the news of the account.
    pub to_update: Option<Percentiles>,
    /// Rows of the session so far.
    pub actions: u32,
}

/// An order on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingOrderView {
    /// What was asked for.
    pub order: Order,
    /// When.
    pub since: Time,
    /// No news came within the limit: nobody knows what became of it.
    pub unknown: bool,
}

/// A drift as the badge shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriftBadge {
    /// When it was first seen.
    pub since: Time,
    /// When it was last seen.
    pub newest: Time,
    /// What was found then: both values, and the difference.
    pub last: Verification,
    /// When the two agreed again.
    pub cleared_at: Option<Time>,
}

impl TraderView {
    /// Returns wallet, position and average cost; `None` before the wallet is known.
    pub fn held(&self) -> Option<Holding> {
        self.account.as_ref().map(Account::holding)
    }

    /// Returns wallet, position at this price, and the stake of a running sidebet; `None` before the wallet is known.
    pub fn equity(&self, price: Decimal) -> Option<Decimal> {
        let held = self.held()?;
        let position = held.position_qty.saturating_mul(price);
        let stake = self.sidebet().map_or(Decimal::ZERO, |bet| bet.stake);
        Some(held.balance.saturating_add(position).saturating_add(stake))
    }

    /// Returns the running sidebet.
    pub fn sidebet(&self) -> Option<OpenSidebet> {
        self.account
            .as_ref()
            .and_then(|account| account.book().sidebet)
    }
}

impl Trader {
    /// Returns what is to be shown now.
    pub fn view(&self, now: Now<'_>) -> TraderView {
        let seat = self.seat.as_ref();
        let account = seat.map(|seat| &seat.account);
        let price = now.sight().and_then(|sight| sight.price);
        let waiting = seat.and_then(|seat| seat.waiting.as_ref());
        let checks = seat.map(|seat| &seat.checks);
        let delays = seat.map_or(&self.delays, |seat| &seat.delays);
        let stays = |badge: &&DriftBadge| {
            let cleared = badge.cleared_at;
            cleared.is_none_or(|_| now.at - badge.newest < BADGE_STAYS)
        };
        TraderView {
            wallet: self.wallet(),
            identity: seat.and_then(|seat| seat.identity().cloned()),
            page: self.page(),
            account: account.cloned(),
            pnl: account
                .zip(price)
                .map(|(account, price)| account.book().pnl(price)),
            pending: waiting.map(|waiting| PendingOrderView {
                order: waiting.order,
                since: waiting.row.timestamp,
                unknown: waiting.given_up(),
            }),
            verification: checks.and_then(|checks| checks.verifier().last().copied()),
            drift: checks
                .and_then(|checks| checks.badge())
                .filter(stays)
                .copied(),
            to_ack: delays.to_ack.percentiles(),
            to_update: delays.to_update.percentiles(),
            actions: seat.map_or(0, |seat| seat.seq),
        }
    }
}
