//! What is shown of the player's side.

use rust_decimal::Decimal;

use super::context::GameContext;
use super::drift::{DriftBadge, DriftMonitor};
use super::order::Order;
use super::page_signs::BrowserAccount;
use super::server_state::Identity;
use super::trader::Trader;
use super::verifier::{Agreement, Verification};
use crate::account::{Account, Holding, OpenSidebet, Percentiles, WalletKind};
use crate::game::{Board, Time};

/// How long a drift stays readable after it ended.
const BADGE_STAYS: chrono::Duration = chrono::Duration::seconds(5);

/// The player's side at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct TraderView {
    /// The kind of the wallet.
    pub wallet: WalletKind,
    /// The player; `None` with a local wallet, or before the login.
    pub identity: Option<Identity>,
    /// What is known of the account in the player's browser; `None` where orders are pressed here.
    pub page: Option<BrowserAccount>,
    /// The account; `None` before the wallet is known.
    pub account: Option<Account>,
    /// P&L of the running game if everything is sold at the newest price: the change of the wallet.
    pub pnl: Option<Decimal>,
    /// The oldest order in flight.
    pub pending: Option<PendingOrderView>,
    /// The newest comparison with the server.
    pub verification: Option<Verification>,
    /// A drift that lasts, or that ended less than five seconds ago.
    pub drift: Option<DriftBadge>,
    /// From the press to the server's answer.
    pub to_ack: Option<Percentiles>,
    /// From the press to the update of the account.
    pub to_update: Option<Percentiles>,
    /// Completed rows of the session.
    pub actions: u32,
}

/// An order in flight, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingOrderView {
    /// The order.
    pub order: Order,
    /// When it was pressed.
    pub since: Time,
    /// No fact about it arrived within the limit: its outcome is unknown.
    pub unknown: bool,
}

impl TraderView {
    /// Returns wallet, position and average cost; `None` before the wallet is known.
    pub fn held(&self) -> Option<Holding> {
        self.account.as_ref().map(Account::holding)
    }

    /// Returns the running sidebet.
    pub fn sidebet(&self) -> Option<OpenSidebet> {
        let account = self.account.as_ref();
        account.and_then(|account| account.book().sidebet)
    }
}

impl Trader {
    /// Returns what is to be shown with this board at this time.
    pub fn view(&self, board: &Board, at: Time) -> TraderView {
        let session = self.session.as_ref();
        let account = self.account();
        let price = GameContext::of(board).and_then(|game| game.price);
        let pending = session.and_then(|session| session.in_flight.orders.first());
        let latency = session.map_or(&self.latency, |session| &session.latency);
        let drift = session.map(|session| &session.drift);
        let stays = |badge: &&DriftBadge| {
            let cleared = badge.cleared_at;
            cleared.is_none_or(|cleared| at - cleared < BADGE_STAYS)
        };
        TraderView {
            wallet: self.wallet(),
            identity: session.and_then(|session| session.identity.clone()),
            page: self.browser_account(),
            account: account.cloned(),
            pnl: account
                .zip(price)
                .map(|(account, price)| account.book().pnl(price)),
            pending: pending.map(|pending| PendingOrderView {
                order: pending.order,
                since: pending.row.timestamp,
                unknown: pending.is_given_up(),
            }),
            verification: drift.and_then(|drift| drift.last().copied()),
            drift: drift.and_then(DriftMonitor::badge).filter(stays).copied(),
            to_ack: latency.to_ack.percentiles(),
            to_update: latency.to_update.percentiles(),
            actions: session.map_or(0, |session| session.ledger.seq),
        }
    }

    /// Returns why the newest `playerUpdate` was not compared with our account; `None` when it was.
    pub fn why_not_verified(&self) -> Option<&'static str> {
        if self.player.identity().is_none() {
            return Some("the player is not identified yet");
        }
        let Some(session) = &self.session else {
            return Some("the server has not sent the whole account yet");
        };
        match session.drift.last().map(|last| last.agreement) {
            Some(Agreement::Ok | Agreement::Drift) => None,
            Some(Agreement::Pending) => Some("an own order is not confirmed yet"),
            Some(Agreement::NotComparable) => {
                Some("the server did not send balance, position and average cost")
            }
            None => Some("our account begins with this update"),
        }
    }
}
