//! The accounts at the practice table: who is logged in on which connection, and where the money is. Pure.
//!
//! What a step of the game does to the accounts is in `rounds`, what an order does in `orders`. All money moves by
//! [`crate::account::Account::apply`].

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::fault::Fault;
use super::market::Market;
use super::message::Message;
use super::player::{LedgerRow, TablePlayer};
use super::trade_payloads;
use crate::account::{AccountEvent, Applied};
use crate::fairness::{SeedRandom, seed_hash};
use crate::protocol::number::shortest;
use crate::protocol::{Trace, split_trace};

/// Accounts that are remembered. Beyond, the one unused for the longest time is forgotten.
const MAX_GUESTS: usize = 1_000;
/// Rows of all ledgers together; a client that trades without end fills no memory.
const MAX_LEDGER_ROWS: usize = 100_000;

/// The number of a connection, given by whoever owns the connections.
pub type ConnectionId = u64;

/// What follows from a request.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reply {
    /// Messages, in order, with the connections they are for.
    pub messages: Vec<(ConnectionId, Message)>,
    /// What is acknowledged behind them, if the request has an ack id; normally one.
    pub acks: Vec<Value>,
}

/// The accounts of the practice table.
#[derive(Debug, Clone)]
pub struct Accounts {
    pub(super) random: SeedRandom,
    faults: BTreeSet<Fault>,
    pub(super) guests: BTreeMap<u32, TablePlayer>,
    pub(super) seats: BTreeMap<ConnectionId, u32>,
    /// By the hash of the token: the token itself is kept nowhere, so that no log can tell it.
    tokens: BTreeMap<String, u32>,
    last_number: u32,
    /// Counts logins and orders.
    clock: u64,
    ledger_rows: usize,
}

impl Accounts {
    /// Returns a accounts without accounts; the same entropy gives the same ids of trades and traces.
    pub fn new(entropy: &str, faults: &[Fault]) -> Self {
        Self {
            random: SeedRandom::new(&format!("table house {entropy}")),
            faults: faults.iter().copied().collect(),
            guests: BTreeMap::new(),
            seats: BTreeMap::new(),
            tokens: BTreeMap::new(),
            last_number: 0,
            clock: 0,
            ledger_rows: 0,
        }
    }

    /// Takes what a connection asks for. What is neither a login nor an order has no answer.
    pub fn handle(
        &mut self,
        seat: ConnectionId,
        event: &str,
        args: &[Value],
        market: &Market,
    ) -> Reply {
        match event {
            "authenticate" => self.login(seat, args, market),
            "buyOrder" | "sellOrder" | "requestSidebet" => self.order(seat, event, args, market),
            _ => Reply::default(),
        }
    }

    /// Forgets every connection but these; the accounts stay.
    pub fn retain_connections(&mut self, still_there: impl Fn(ConnectionId) -> bool) {
        self.seats.retain(|seat, _| still_there(*seat));
    }

    /// Returns the player who is logged in on a connection.
    pub fn player_id(&self, seat: ConnectionId) -> Option<&str> {
        Some(self.guests.get(self.seats.get(&seat)?)?.id())
    }

    /// Returns every change of an account, in order; empty when there is no such player. The table keeps 100,000
    /// rows of all its players together; later ones are not kept.
    pub fn ledger(&self, player_id: &str) -> Vec<LedgerRow> {
        let guest = self.guests.values().find(|guest| guest.id() == player_id);
        guest.map_or_else(Vec::new, |guest| guest.ledger.clone())
    }

    /// Logs a connection in: as the player of its token, as the one it is already, or as a new one.
    fn login(&mut self, seat: ConnectionId, args: &[Value], market: &Market) -> Reply {
        let (trace, payload) = split_trace(args);
        let token = payload.and_then(|payload| payload.get("token")?.as_str());
        let token = token.filter(|token| !token.is_empty()).map(seed_hash);
        let known = match &token {
            Some(hash) => self.tokens.get(hash),
            None => self.seats.get(&seat),
        };
        let known = known.copied().unwrap_or_else(|| self.new_guest());
        if let Some(hash) = token {
            self.tokens.insert(hash, known);
        }
        self.seats.insert(seat, known);
        self.use_guest(known);
        self.forget_unused();
        let price = exact(market.price);
        let trace = trace.map(|trace| self.trace(trace_id(trace)));
        let status = self.username_status(known, trace);
        let update = self.player_update(known, market, price);
        let mut own = self.game_state_update(known, market, price);
        // Only the first one has them.
        if let Some(first) = own.iter_mut().find_map(|message| message.args.first_mut()) {
            first["trades"] = json!([]);
        }
        let messages = update.into_iter().chain(own).chain(status);
        Reply {
            messages: messages.map(|message| (seat, message)).collect(),
            acks: Vec::new(),
        }
    }

    /// Opens an account.
    pub(super) fn new_guest(&mut self) -> u32 {
        self.last_number += 1;
        self.guests
            .insert(self.last_number, TablePlayer::new(self.last_number));
        self.last_number
    }

    /// Notes that an account is in use.
    pub(super) fn use_guest(&mut self, number: u32) {
        self.clock += 1;
        if let Some(guest) = self.guests.get_mut(&number) {
            guest.used = self.clock;
        }
    }

    pub(super) fn forget_unused(&mut self) {
        while self.guests.len() > MAX_GUESTS {
            let seated: BTreeSet<_> = self.seats.values().collect();
            let gone = self.guests.iter().filter(|(n, _)| !seated.contains(n));
            let Some(number) = gone.min_by_key(|(_, guest)| guest.used).map(|(n, _)| *n) else {
                return;
            };
            let rows = self.guests.remove(&number).map(|guest| guest.ledger.len());
            self.ledger_rows -= rows.unwrap_or(0);
            self.tokens.retain(|_, of| *of != number);
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// Lets a deed happen to an account and books it; `None`: it cannot be.
    pub(super) fn apply(&mut self, number: u32, deed: AccountEvent) -> Option<Applied> {
        let guest = self.guests.get_mut(&number)?;
        let (effect, row) = guest.apply(deed)?;
        if self.ledger_rows < MAX_LEDGER_ROWS {
            self.ledger_rows += 1;
            guest.ledger.push(row);
        }
        Some(effect)
    }

    /// Returns a trace object that answers a request, or a fresh one.
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
        let status = self.guests.get(&number)?.username_status();
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
        let guest = self.guests.get_mut(&number)?;
        Some(guest.player_update(&market.game, price, absent_fields))
    }

    pub(super) fn game_state_update(
        &self,
        number: u32,
        market: &Market,
        price: Decimal,
    ) -> Option<Message> {
        let ranks = self.ranks(market, price);
        let guest = self.guests.get(&number)?;
        Some(guest.game_state_update(market, price, &ranks))
    }

    /// Returns what all rows are sorted by, those of the accounts included.
    pub(super) fn ranks(&self, market: &Market, price: Decimal) -> Vec<Decimal> {
        let own = self.guests.values().filter_map(|guest| guest.rank(price));
        market.ranks.iter().copied().chain(own).collect()
    }
}

/// A price as the books count.
pub(super) fn exact(price: f64) -> Decimal {
    shortest(price).unwrap_or_default()
}

/// Returns the trace id of a trace object, if it looks like one: what came from outside and does not is not repeated.
pub(super) fn trace_id(trace: &Value) -> Option<String> {
    let id = trace.get("traceparent")?.as_str()?.split('-').nth(1)?;
    let is_one = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_one.then(|| id.to_owned())
}
