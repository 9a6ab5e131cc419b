//! What the page in the player's browser shows of its account, and orders that it sent before its wallet was known.

use rust_decimal::Decimal;

use super::context::GameContext;
use super::infer_fill::candidates;
use super::order::Order;
use super::server_state::Identity;
use super::session_rows::pressed_row;
use crate::account::{Account, ActionSource, lamports};
use crate::game::{Board, Time};
use crate::protocol::{Event, GameId, Request, SOL_ADDRESS, UsernameStatus};

/// A page that is logged in receives its account with every update of the game: without it for this long, it is not.
const LOGIN_LIMIT: chrono::Duration = chrono::Duration::seconds(10);
/// Orders before the wallet that are kept. Of more than one, the effects cannot be distinguished.
const MAX_EARLY_ORDERS: usize = 2;

/// What is known of the account in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowserAccount {
    /// Nothing yet; it may still come.
    Unknown,
    /// The game's updates come, and none of an account.
    NotLoggedIn,
    /// A player is logged in, and the wallet has not been sent since: it comes with the next start of a game or the
    /// next own order.
    NoWallet,
    /// The player plays with another coin than SOL, which is not followed.
    OtherCoin,
    /// Account and wallet are known.
    Known,
}

/// Why an order of the page is not recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnrecordedOrder {
    /// The wallet is not known yet.
    #[error(
        "the page's wallet is not known yet; the order is recorded if the wallet that comes shows what was before it"
    )]
    NoWallet,
    /// No game is known yet.
    #[error("no game is known yet, so this order is not recorded")]
    NoGame,
    /// It is not in SOL.
    #[error("the page plays with another coin than SOL; that is not recorded")]
    OtherCoin,
}

/// An order that the page sent before its wallet was known.
#[derive(Debug, Clone)]
pub(super) struct EarlyOrder {
    pub order: Order,
    pub ack_id: Option<u64>,
    pub game: GameContext,
    pub at: Time,
}

/// The signs of the page's account on this connection.
#[derive(Debug, Clone, Default)]
pub(super) struct PageSigns {
    /// First and last update of the game.
    game_updates: Option<(Time, Time)>,
    /// Last event that only a logged-in page receives.
    own_event: Option<Time>,
    /// The page plays with another coin than SOL.
    other_coin: bool,
    early_orders: Vec<EarlyOrder>,
}

/// What an event means for the reader of the page.
pub(super) enum PageEvent {
    /// Its contents are not of the account that is followed.
    Ignored,
    /// Its contents are to be read.
    Read,
    /// The same; and it identifies the player.
    Identified(UsernameStatus),
}

impl PageSigns {
    /// Takes an update of the game.
    pub fn game_update(&mut self, at: Time) {
        self.game_updates.get_or_insert((at, at)).1 = at;
    }

    /// Takes any other event. `identity` is the player as known so far.
    pub fn event(&mut self, event: &Event, identity: Option<&Identity>, at: Time) -> PageEvent {
        match event {
            Event::PlayerUpdate(update) => {
                if update.authenticated == Some(false) {
                    return PageEvent::Ignored;
                }
                self.own_event = Some(at);
                let coin = update.selected_coin.as_deref();
                self.other_coin = coin.is_some_and(|coin| coin != SOL_ADDRESS);
                if self.other_coin {
                    return PageEvent::Ignored;
                }
                let known = identity.map(|identity| identity.player_id.as_str());
                match update.id.as_deref().filter(|id| known != Some(*id)) {
                    Some(id) => PageEvent::Identified(status(id, None)),
                    None => PageEvent::Read,
                }
            }
            Event::GameStatePlayerUpdate(update) => {
                self.own_event = Some(at);
                let row = update.leaderboard_entry.as_ref();
                let id = row.and_then(|row| row.id.as_deref());
                named(identity, id, row.and_then(|row| row.username.as_deref()))
            }
            Event::NewTrade(trade) => {
                let id = trade.player_id.as_str();
                named(identity, Some(id), trade.username.as_deref())
            }
            Event::UsernameStatus(_) | Event::CurrentSidebet(_) | Event::SidebetResult(_) => {
                self.own_event = Some(at);
                PageEvent::Read
            }
            _ => PageEvent::Read,
        }
    }

    /// Returns the order that a request of the page places; `None` for the login.
    ///
    /// # Errors
    /// It is in another coin than SOL.
    pub fn order_of(&self, request: &Request) -> Result<Option<Order>, UnrecordedOrder> {
        Ok(Some(match request {
            Request::Authenticate(_) => return Ok(None),
            Request::Sidebet { coin_address, .. } if coin_address != SOL_ADDRESS => {
                return Err(UnrecordedOrder::OtherCoin);
            }
            Request::Sidebet { amount, .. } => Order::Sidebet { stake: *amount },
            _ if self.other_coin => return Err(UnrecordedOrder::OtherCoin),
            Request::Buy { amount } => Order::Buy { amount: *amount },
            Request::Sell { percentage } => Order::Sell {
                percent: *percentage,
            },
        }))
    }

    /// Keeps an order until the wallet is known.
    pub fn keep_early(&mut self, order: EarlyOrder) {
        if self.early_orders.len() < MAX_EARLY_ORDERS {
            self.early_orders.push(order);
        }
    }

    /// Returns the order from before the wallet and the account before it, if the account after it shows its effect.
    /// None of these orders is kept.
    pub fn take_early(&mut self, after: &Account, board: &Board) -> Option<(EarlyOrder, Account)> {
        let early = std::mem::take(&mut self.early_orders);
        let [order] = <[_; 1]>::try_from(early).ok()?;
        let before = order.account_before(after, board)?;
        Some((order, before))
    }

    /// Whether an order from before the wallet waits for this answer.
    pub fn awaits(&self, ack_id: u64) -> bool {
        let mut orders = self.early_orders.iter();
        orders.any(|order| order.ack_id == Some(ack_id))
    }

    /// Forgets an order that the server refused: the wallet that comes is the one from before it.
    pub fn refused(&mut self, ack_id: u64) {
        self.early_orders
            .retain(|order| order.ack_id != Some(ack_id));
    }

    /// Returns what is known of the account. `wallet_known`: player and wallet are.
    pub fn account(&self, wallet_known: bool) -> BrowserAccount {
        let logged_out = self.game_updates.is_some_and(|(first, last)| {
            let own = self.own_event.map_or(first, |own| own.max(first));
            last - own >= LOGIN_LIMIT
        });
        if logged_out {
            BrowserAccount::NotLoggedIn
        } else if self.other_coin {
            BrowserAccount::OtherCoin
        } else if wallet_known {
            BrowserAccount::Known
        } else if self.own_event.is_some() {
            BrowserAccount::NoWallet
        } else {
            BrowserAccount::Unknown
        }
    }
}

/// Returns the event that names a player; only the one who is known without a name is taken.
fn named(known: Option<&Identity>, id: Option<&str>, name: Option<&str>) -> PageEvent {
    let nameless = known.filter(|known| known.username.is_none());
    match (nameless, name.filter(|name| !name.is_empty())) {
        (Some(known), Some(name)) if Some(known.player_id.as_str()) == id => {
            PageEvent::Identified(status(&known.player_id, Some(name)))
        }
        _ => PageEvent::Read,
    }
}

fn status(id: &str, username: Option<&str>) -> UsernameStatus {
    UsernameStatus {
        id: id.to_owned(),
        has_username: None,
        username: username.map(str::to_owned),
    }
}

impl EarlyOrder {
    /// Returns the account before the order, if the one after it shows its effect: a sidebet that runs since, or tokens
    /// of which there were none before.
    fn account_before(&self, after: &Account, board: &Board) -> Option<Account> {
        let current: Option<&GameId> = board.current_id();
        if current != Some(&self.game.game_id) {
            return None;
        }
        let book = after.book();
        let lots: Vec<_> = book.position.lots().copied().collect();
        let balance_before = |amount| after.balance().checked_add(amount);
        match (self.order, &lots[..]) {
            (Order::Sidebet { stake }, _) => {
                let bet = book.sidebet?;
                let own = bet.stake == stake && bet.start_tick >= self.game.tick;
                own.then_some(Account::with_sidebet(balance_before(stake)?, lots, None))
            }
            (Order::Buy { amount }, [lot]) => {
                let row = pressed_row(&self.order, ActionSource::Browser, &self.game, self.at);
                let bought = candidates(board, &row).into_iter().any(|(_, price)| {
                    let qty: Option<Decimal> = amount.checked_div(price).map(lamports);
                    qty == Some(lot.qty) && lamports(price) == lamports(lot.price)
                });
                let balance = balance_before(amount)?;
                bought.then_some(Account::with_sidebet(balance, [], book.sidebet))
            }
            _ => None,
        }
    }
}
