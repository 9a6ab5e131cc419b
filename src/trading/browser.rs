//! The trader of somebody who plays in his own browser: his orders are seen leaving there and nothing is sent from here.
//! The account is computed beside the server's as for orders of our own, so a drift is a real one.

use crate::account::{Account, ActionSource, lamports};
use crate::game::Time;
use crate::protocol::{Ack, Event, GameId, Request, SOL_ADDRESS, UsernameStatus};
use crate::trading::fills::candidates;
use crate::trading::in_flight::{MOST_WAITING, Waiting};
use crate::trading::rows::{pressed_row, tell_row};
use crate::trading::session::Seat;
use crate::trading::unseen::Unasked;
use crate::trading::{GameContext, Now, OrderAnswer, Trader, TraderEvent, Wallet};
use crate::trading::{Identity, Order};

/// A page that is logged in is told of its account with every update of the game; this long nothing came of one.
const LOGIN_LIMIT: chrono::Duration = chrono::Duration::seconds(10);

/// What is known of the account in the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrowserAccount {
    /// Nothing yet; it may still come.
    Unheard,
    /// The game is heard, and nothing of an account.
    NotLoggedIn,
    /// Somebody is logged in, and his wallet was not told since: it is at the next start of a game or order of his.
    NoWallet,
    /// He plays with another coin than SOL, which is not followed.
    OtherCoin,
    /// Account and wallet are known.
    Known,
}

/// Why an order of the page is no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnrecordedOrder {
    /// The wallet was not told yet.
    #[error(
        "the page's wallet is not known yet; the order is recorded if the wallet that comes shows what was before it"
    )]
    NoWallet,
    /// No game was told yet.
    #[error("no game is known yet, so this order is not recorded")]
    NoGame,
    /// It is not about SOL.
    #[error("the page plays with another coin than SOL; that is not recorded")]
    OtherCoin,
}

/// An order that was seen before the wallet was.
#[derive(Debug, Clone)]
pub(super) struct Early {
    order: Order,
    ack_id: Option<u64>,
    sight: GameContext,
    at: Time,
}

/// The signs of a page's account.
#[derive(Debug, Clone, Default)]
pub(super) struct Signs {
    /// When the game was heard on this connection, first and last.
    game: Option<(Time, Time)>,
    /// When something came that only somebody gets who is logged in.
    own: Option<Time>,
    /// Another coin than SOL is played with.
    other_coin: bool,
    /// Orders from before the wallet was told.
    early: Vec<Early>,
}

impl Trader {
    /// Takes an order that the page was seen sending, with the number of its answer. It has happened: nothing here
    /// refuses it.
    ///
    /// # Errors
    /// It cannot be a row, for this reason.
    pub fn seen(
        &mut self,
        request: &Request,
        ack_id: Option<u64>,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) -> Result<(), UnrecordedOrder> {
        let sol = |coin: &str| coin == SOL_ADDRESS;
        let order = match request {
            Request::Authenticate(_) => return Ok(()),
            Request::Sidebet { coin_address, .. } if !sol(coin_address) => {
                return Err(UnrecordedOrder::OtherCoin);
            }
            Request::Sidebet { amount, .. } => Order::Sidebet { stake: *amount },
            _ if self.signs.other_coin => return Err(UnrecordedOrder::OtherCoin),
            Request::Buy { amount } => Order::Buy { amount: *amount },
            Request::Sell { percentage } => Order::Sell {
                percent: *percentage,
            },
        };
        let sight = now.sight().ok_or(UnrecordedOrder::NoGame)?;
        if let Some(seat) = &mut self.seat {
            seat.seen(order, ack_id, &sight, now, out);
            return Ok(());
        }
        // Of more than one nothing will be told apart.
        if self.signs.early.len() < 2 {
            self.signs.early.push(Early {
                order,
                ack_id,
                sight,
                at: now.at,
            });
        }
        Err(UnrecordedOrder::NoWallet)
    }

    /// Begins the session of a wallet that was told for the first time; where an order was seen before, with what was
    /// before that, if the wallet shows it.
    pub(super) fn sit_down_late(
        &mut self,
        identity: Identity,
        account: &Account,
        game: Option<GameId>,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let early = std::mem::take(&mut self.signs.early);
        let before = match &early[..] {
            [early] => early.before(account, now).map(|before| (early, before)),
            _ => None,
        };
        let Some((early, before)) = before else {
            self.sit_down(Some(identity), account, game, now, out);
            return;
        };
        let then = Now {
            at: early.at,
            ..now
        };
        self.sit_down(Some(identity), &before, game, then, out);
        if let Some(seat) = &mut self.seat {
            seat.seen(early.order, early.ack_id, &early.sight, then, out);
            seat.reconcile(self.handler.newest(), now, out);
        }
    }

    /// Whether the answer of this number is waited for.
    pub fn awaits(&self, ack_id: u64) -> bool {
        let mut waiting = self.seat.iter().flat_map(Seat::in_flight);
        let mut early = self.signs.early.iter();
        waiting.any(|waiting| waiting.ack_id == Some(ack_id))
            || early.any(|early| early.ack_id == Some(ack_id))
    }

    /// Takes the server's answer to a request of the page; one that is not waited for changes nothing.
    pub fn acked(&mut self, ack_id: u64, ack: Ack, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if !ack.success {
            // It was not done: the wallet that comes is the one from before it.
            self.signs
                .early
                .retain(|early| early.ack_id != Some(ack_id));
        }
        if let Some(seat) = &mut self.seat
            && seat.bring_forward(|waiting| waiting.ack_id == Some(ack_id))
        {
            if let Some(waiting) = &mut seat.waiting {
                // A second answer is none.
                waiting.ack_id = None;
                waiting.lost &= !ack.success;
            }
            seat.answered(
                OrderAnswer::Ack(Box::new(ack)),
                self.handler.newest(),
                now,
                out,
            );
            seat.line_up();
        }
        self.compare_owed(now, out);
    }

    /// The game was heard.
    pub fn hears_game(&mut self, at: Time) {
        self.signs.game.get_or_insert((at, at)).1 = at;
    }

    /// Takes what an event tells of the page's account; false when the rest of it is not ours to read.
    pub(super) fn hear_page(
        &mut self,
        event: &Event,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) -> bool {
        match event {
            Event::PlayerUpdate(update) => {
                if update.authenticated == Some(false) {
                    return false;
                }
                self.signs.own = Some(now.at);
                let coin = update.selected_coin.as_deref();
                self.signs.other_coin = coin.is_some_and(|coin| coin != SOL_ADDRESS);
                if self.signs.other_coin {
                    return false;
                }
                let known = self.handler.identity().map(|i| i.player_id.as_str());
                if let Some(id) = update.id.as_deref().filter(|id| known != Some(*id)) {
                    self.is_called(id, None, now, out);
                }
            }
            Event::GameStatePlayerUpdate(update) => {
                self.signs.own = Some(now.at);
                let row = update.leaderboard_entry.as_ref();
                if let Some(id) = row.and_then(|row| row.id.as_deref()) {
                    self.is_perhaps_called(
                        id,
                        row.and_then(|row| row.username.as_deref()),
                        now,
                        out,
                    );
                }
            }
            Event::NewTrade(trade) => {
                self.is_perhaps_called(&trade.player_id, trade.username.as_deref(), now, out);
            }
            Event::UsernameStatus(_) | Event::CurrentSidebet(_) | Event::SidebetResult(_) => {
                self.signs.own = Some(now.at);
            }
            _ => {}
        }
        true
    }

    /// The page's connection ended: the next one tells everything anew.
    pub(super) fn forget_page(&mut self) {
        self.signs = Signs::default();
    }

    /// Returns what is known of the account in the page; `None` where orders are pressed here.
    pub(super) fn page(&self) -> Option<BrowserAccount> {
        if !self.mirrors() {
            return None;
        }
        let signs = &self.signs;
        let logged_out = signs.game.is_some_and(|(first, last)| {
            let own = signs.own.map_or(first, |own| own.max(first));
            last - own >= LOGIN_LIMIT
        });
        Some(if logged_out {
            BrowserAccount::NotLoggedIn
        } else if signs.other_coin {
            BrowserAccount::OtherCoin
        } else if self.handler.identity().is_some() && self.handler.server().cash.is_some() {
            BrowserAccount::Known
        } else if signs.own.is_some() {
            BrowserAccount::NoWallet
        } else {
            BrowserAccount::Unknown
        })
    }

    /// Whether orders are pressed in a browser, and never here.
    pub fn mirrors(&self) -> bool {
        matches!(self.wallet, Wallet::Mirror)
    }

    /// An event says who plays.
    fn is_called(
        &mut self,
        id: &str,
        name: Option<&str>,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let status = UsernameStatus {
            id: id.to_owned(),
            has_username: None,
            username: name.map(str::to_owned),
        };
        self.identify(&status, now, out);
    }

    /// An event says the name of a player: of ours, if his is not known yet.
    fn is_perhaps_called(
        &mut self,
        id: &str,
        name: Option<&str>,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let known = self.handler.identity();
        let nameless = known.is_some_and(|known| known.player_id == id && known.username.is_none());
        if nameless && name.is_some_and(|name| !name.is_empty()) {
            self.is_called(id, name, now, out);
        }
    }
}

impl Early {
    /// Returns the account before the order, if the one after it shows what it did: a bet that runs since, or tokens
    /// of which there were none before.
    fn before(&self, after: &Account, now: Now<'_>) -> Option<Account> {
        if now.board.current_id() != Some(&self.sight.game_id) {
            return None;
        }
        let book = after.book();
        let lots: Vec<_> = book.position.lots().copied().collect();
        let paid = |amount| after.balance().checked_add(amount);
        match (self.order, &lots[..]) {
            (Order::Sidebet { stake }, _) => {
                let bet = book.sidebet?;
                let ours = bet.stake == stake && bet.start_tick >= self.sight.tick;
                ours.then_some(Account::with_sidebet(paid(stake)?, lots, None))
            }
            (Order::Buy { amount }, [lot]) => {
                let row = pressed_row(&self.order, ActionSource::Browser, &self.sight, self.at);
                let bought = candidates(now.board, &row).into_iter().any(|(_, price)| {
                    let qty = amount.checked_div(price).map(lamports);
                    qty == Some(lot.qty) && lamports(price) == lamports(lot.price)
                });
                bought.then_some(Account::with_sidebet(paid(amount)?, [], book.sidebet))
            }
            _ => None,
        }
    }
}

impl Seat {
    /// From here on orders are pressed elsewhere.
    pub(super) fn mirror(&mut self) {
        self.unasked = Some(Unasked::default());
    }

    /// Writes the row of an order that was pressed elsewhere, as the player saw the game then.
    fn seen(
        &mut self,
        order: Order,
        ack_id: Option<u64>,
        sight: &GameContext,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        if self.game.as_ref() != Some(&sight.game_id) {
            // What is still open in another game will not be told any more.
            self.each_waiting(|seat| seat.give_up("no news of it ever came", out));
            self.write_off(now, out);
            self.begin(&sight.game_id);
        }
        if self.in_flight().count() >= MOST_WAITING {
            self.give_up("no news of it ever came", out);
            self.finish();
            self.line_up();
        }
        self.slots += 1;
        let row = pressed_row(&order, ActionSource::Browser, sight, now.at);
        tell_row(self.slots, &row, out);
        let mut waiting = Waiting::new(self.slots, order, row);
        waiting.ack_id = ack_id;
        self.add_waiting(waiting);
        self.line_up();
    }

    /// The page's connection is gone, and with it every answer that did not come.
    pub(super) fn answers_are_lost(&mut self) {
        if self.unasked.is_some() {
            for waiting in self.waiting.iter_mut().chain(&mut self.behind) {
                (waiting.lost, waiting.ack_id) = (true, None);
            }
        }
    }

    /// The player's name came to be known.
    pub(super) fn is_called(&mut self, name: &str, out: &mut Vec<TraderEvent>) {
        if let Some(identity) = self.identity.as_mut().filter(|i| i.username.is_none()) {
            identity.username = Some(name.to_owned());
            let username = name.to_owned();
            out.push(TraderEvent::Session(crate::account::SessionEvent::Named {
                username,
            }));
        }
    }
}
