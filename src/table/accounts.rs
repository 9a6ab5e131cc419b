//! The accounts of a practice table: the player of each connection, and their money. Pure.
//!
//! What a step of the game does to the accounts is in `account_steps`, what an order does in `orders`. All money moves
//! by [`crate::account::Account::apply`].

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::fault::Fault;
use super::market::Market;
use super::message::Message;
use super::player::{LedgerRow, TablePlayer};
use super::trade_payloads;
use crate::account::{AccountEvent, Applied, lamports};
use crate::fairness::{SeedRandom, seed_hash};
use crate::protocol::pace::START_BALANCE_KEY;
use crate::protocol::{Trace, number, split_trace};

/// SOL in the wallet of a new account, unless its login asks for another amount.
pub(super) const START_BALANCE: Decimal = Decimal::ONE;
/// The most play money that a login can ask for, in SOL.
const MAX_START_BALANCE: Decimal = Decimal::from_parts(1_000, 0, 0, false, 0);
/// Accounts that are kept. Beyond, the one that was not used for the longest time is deleted.
const MAX_PLAYERS: usize = 1_000;
/// Rows of all ledgers together, so that a client that never stops trading does not fill the memory.
const MAX_LEDGER_ROWS: usize = 100_000;

/// The number of a connection, given by its owner.
pub type ConnectionId = u64;

/// The table's reply to a request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reply {
    /// Messages, in order, with the connections they are for.
    pub messages: Vec<(ConnectionId, Message)>,
    /// Acks to be sent after them, if the request has an ack id; normally one.
    pub acks: Vec<Value>,
}

/// The accounts of a practice table.
#[derive(Debug, Clone)]
pub struct Accounts {
    pub(super) random: SeedRandom,
    faults: BTreeSet<Fault>,
    /// By account number, from 1.
    pub(super) players: BTreeMap<u32, TablePlayer>,
    /// The account of each connection that is logged in.
    pub(super) logins: BTreeMap<ConnectionId, u32>,
    /// By the hash of the token. The token itself is not kept, so that it cannot get into a log.
    tokens: BTreeMap<String, u32>,
    last_number: u32,
    /// Counts logins and orders.
    clock: u64,
    ledger_rows: usize,
}

impl Accounts {
    /// Returns an empty list of accounts; the same entropy gives the same ids of trades and traces.
    pub fn new(entropy: &str, faults: &[Fault]) -> Self {
        Self {
            random: SeedRandom::new(&format!("table house {entropy}")),
            faults: faults.iter().copied().collect(),
            players: BTreeMap::new(),
            logins: BTreeMap::new(),
            tokens: BTreeMap::new(),
            last_number: 0,
            clock: 0,
            ledger_rows: 0,
        }
    }

    /// Executes a request. One that is neither a login nor an order has no reply.
    pub fn handle(
        &mut self,
        connection: ConnectionId,
        event: &str,
        args: &[Value],
        market: &Market,
    ) -> Reply {
        match event {
            "authenticate" => self.log_in(connection, args, market),
            "buyOrder" | "sellOrder" | "requestSidebet" => {
                self.order(connection, event, args, market)
            }
            _ => Reply::default(),
        }
    }

    /// Logs out every connection but these; the accounts stay.
    pub fn retain_connections(&mut self, is_open: impl Fn(ConnectionId) -> bool) {
        self.logins.retain(|connection, _| is_open(*connection));
    }

    /// Returns the id of the player who is logged in on a connection.
    pub fn player_id(&self, connection: ConnectionId) -> Option<&str> {
        Some(self.players.get(self.logins.get(&connection)?)?.id())
    }

    /// Returns every change of an account, in order; empty if there is no such player. Of all ledgers together the
    /// first 100,000 rows are kept.
    pub fn ledger(&self, player_id: &str) -> Vec<LedgerRow> {
        let mut players = self.players.values();
        let player = players.find(|player| player.id() == player_id);
        player.map_or_else(Vec::new, |player| player.ledger.clone())
    }

    /// Logs a connection in: as the player of its token, as the one it is already, or as a new one.
    fn log_in(&mut self, connection: ConnectionId, args: &[Value], market: &Market) -> Reply {
        let (trace, payload) = split_trace(args);
        let token = payload.and_then(|payload| payload.get("token")?.as_str());
        let token = token.filter(|token| !token.is_empty()).map(seed_hash);
        let known = match &token {
            Some(hash) => self.tokens.get(hash),
            None => self.logins.get(&connection),
        };
        let number = known
            .copied()
            .unwrap_or_else(|| self.open_account(start_balance(payload)));
        if let Some(hash) = token {
            self.tokens.insert(hash, number);
        }
        self.set_login(connection, number);
        let price = market.exact_price();
        let trace = trace.map(|trace| self.trace(trace_id(trace)));
        let status = self.username_status(number, trace);
        let update = self.player_update(number, market, price);
        let mut row = self.game_state_update(number, market, price);
        // Only the first one has them.
        if let Some(payload) = row.iter_mut().find_map(|message| message.args.first_mut()) {
            payload["trades"] = json!([]);
        }
        let messages = update.into_iter().chain(row).chain(status);
        Reply {
            messages: messages.map(|message| (connection, message)).collect(),
            acks: Vec::new(),
        }
    }

    /// Opens an account with this balance and returns its number.
    pub(super) fn open_account(&mut self, balance: Decimal) -> u32 {
        self.last_number += 1;
        let player = TablePlayer::new(self.last_number, balance);
        self.players.insert(self.last_number, player);
        self.last_number
    }

    /// Makes a connection that of an account; deletes unused accounts beyond the limit.
    pub(super) fn set_login(&mut self, connection: ConnectionId, number: u32) {
        self.logins.insert(connection, number);
        self.mark_used(number);
        while self.players.len() > MAX_PLAYERS {
            let used: BTreeSet<_> = self.logins.values().collect();
            let unused = self.players.iter().filter(|(n, _)| !used.contains(n));
            let oldest = unused.min_by_key(|(_, player)| player.last_used);
            let Some(number) = oldest.map(|(number, _)| *number) else {
                return;
            };
            let deleted = self.players.remove(&number);
            self.ledger_rows -= deleted.map_or(0, |player| player.ledger.len());
            self.tokens.retain(|_, of| *of != number);
        }
    }

    pub(super) fn mark_used(&mut self, number: u32) {
        self.clock += 1;
        if let Some(player) = self.players.get_mut(&number) {
            player.last_used = self.clock;
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Applies an event to an account and writes its ledger; `None` if the event is not possible.
    pub(super) fn apply(&mut self, number: u32, event: AccountEvent) -> Option<Applied> {
        let player = self.players.get_mut(&number)?;
        let (effect, row) = player.apply(event)?;
        if self.ledger_rows < MAX_LEDGER_ROWS {
            self.ledger_rows += 1;
            player.ledger.push(row);
        }
        Some(effect)
    }

    /// Returns a trace object with the trace id of a request, or with a new one.
    pub(super) fn trace(&mut self, of_request: Option<String>) -> Value {
        match of_request {
            Some(trace_id) => Trace {
                trace_id,
                span_id: self.random.hex(16),
            }
            .to_json(),
            None => trade_payloads::trace(&mut self.random),
        }
    }

    pub(super) fn username_status(&self, number: u32, trace: Option<Value>) -> Option<Message> {
        let status = self.players.get(&number)?.username_status();
        Some(match trace {
            Some(trace) => Message::traced("usernameStatus", trace, status),
            None => Message::plain("usernameStatus", status),
        })
    }

    pub(super) fn player_update(
        &mut self,
        number: u32,
        market: &Market,
        price: Decimal,
    ) -> Option<Message> {
        let absent_fields = self.has(Fault::AbsentFields);
        let player = self.players.get_mut(&number)?;
        Some(player.player_update(&market.game, price, absent_fields))
    }

    pub(super) fn game_state_update(
        &self,
        number: u32,
        market: &Market,
        price: Decimal,
    ) -> Option<Message> {
        let ranks = self.ranks(market, price);
        let player = self.players.get(&number)?;
        Some(player.game_state_update(market, price, &ranks))
    }

    /// Returns the sort keys of all leaderboard rows, those of the accounts included.
    pub(super) fn ranks(&self, market: &Market, price: Decimal) -> Vec<Decimal> {
        let own = self.players.values();
        let own = own.filter_map(|player| player.rank(price));
        market.ranks.iter().copied().chain(own).collect()
    }
}

/// Returns the play money that a login asks for, or 1 SOL.
fn start_balance(login: Option<&Value>) -> Decimal {
    let text = login.and_then(|login| login.get(START_BALANCE_KEY)?.as_str());
    let balance = text.and_then(number::parse);
    let fits = |balance: &Decimal| {
        *balance > Decimal::ZERO && *balance <= MAX_START_BALANCE && lamports(*balance) == *balance
    };
    balance.filter(fits).unwrap_or(START_BALANCE)
}

/// Returns the trace id of a trace object, if it looks like one: other text from outside is not repeated.
pub(super) fn trace_id(trace: &Value) -> Option<String> {
    let id = trace.get("traceparent")?.as_str()?.split('-').nth(1)?;
    let is_one = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| id.to_owned())
}
