//! Orders: executes them, or refuses them with a reason, and answers. Pure.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::accounts::{Accounts, ConnectionId, Reply, trace_id};
use super::fault::Fault;
use super::market::{Market, MarketPhase};
use super::message::Message;
use super::trade_payloads::{self, TradeSide};
use crate::account::{Account, AccountEvent, Applied, SIDEBET_PAYOUT, lamports};
use crate::protocol::{Request, RequestError, SOL_ADDRESS, split_trace};

/// The smallest and the largest amount of one order, in SOL.
const MIN_AMOUNT: Decimal = Decimal::from_parts(1, 0, 0, false, 3);
const MAX_AMOUNT: Decimal = Decimal::from_parts(5, 0, 0, false, 0);
/// The delay of a late `playerUpdate`, in steps.
const LATE_STEPS: u32 = 3;
/// SOL that the fault `drift` takes.
const DRIFT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// Tokens that the fault `drift-qty` takes.
const QTY_DRIFT: Decimal = Decimal::from_parts(1, 0, 0, false, 6);
/// The factor of the average cost with the fault `drift-cost`.
const COST_DRIFT: Decimal = Decimal::from_parts(101, 0, 0, false, 2);

/// Why an order is refused. The words of the real server are not known.
#[derive(Debug, thiserror::Error)]
enum OrderRefusal {
    #[error("you are not logged in")]
    NotLoggedIn,
    #[error(transparent)]
    Unreadable(#[from] RequestError),
    #[error("an amount has at most 9 decimals")]
    TooFine,
    #[error("the smallest amount is {MIN_AMOUNT} SOL")]
    TooSmall,
    #[error("the largest amount is {MAX_AMOUNT} SOL")]
    TooLarge,
    #[error("not enough SOL: you have {0}")]
    TooPoor(Decimal),
    #[error("buys and sidebets are closed")]
    Closed,
    #[error("nothing can be sold now")]
    NoSells,
    #[error("you have no position")]
    NoPosition,
    #[error("the percentage is not from 1 to 100")]
    BadPercentage,
    #[error("you have a sidebet already")]
    SecondSidebet,
    #[error("a sidebet pays {SIDEBET_PAYOUT} times the stake, nothing else")]
    BadPayout,
    #[error("only SOL is played for")]
    BadCoin,
    #[error("less than the smallest part of a token")]
    Dust,
    #[error("this table refuses every buy")]
    ByFault,
}

impl Accounts {
    /// Executes an order. A refused one has an ack and no other effect.
    pub(super) fn order(
        &mut self,
        connection: ConnectionId,
        event: &str,
        args: &[Value],
        market: &Market,
    ) -> Reply {
        let number = self.logins.get(&connection).copied();
        let mut reply = match self.try_order(number, event, args, market) {
            Ok((ack, messages)) => Reply {
                messages: self.to_all_connections(number, &messages),
                acks: vec![ack],
            },
            Err(refusal) => Reply {
                messages: Vec::new(),
                acks: vec![json!({ "success": false, "message": refusal.to_string() })],
            },
        };
        let player = number.and_then(|number| self.players.get_mut(&number));
        let is_first = player.is_some_and(|player| is_first(&mut player.orders.received));
        if self.has(Fault::DoubleAck) {
            reply.acks.extend_from_within(..);
        }
        if is_first && self.has(Fault::LostAck) {
            reply.acks.clear();
        }
        reply
    }

    fn try_order(
        &mut self,
        number: Option<u32>,
        event: &str,
        args: &[Value],
        market: &Market,
    ) -> Result<(Value, Vec<Message>), OrderRefusal> {
        let number = number.ok_or(OrderRefusal::NotLoggedIn)?;
        let player = self.players.get(&number);
        let player = player.ok_or(OrderRefusal::NotLoggedIn)?;
        let request = Request::from_args(event, args)?;
        let event = check(&request, player.account(), market)?;
        if matches!(event, AccountEvent::Buy { .. }) && self.has(Fault::RefuseBuy) {
            return Err(OrderRefusal::ByFault);
        }
        let effect = self.apply(number, event).ok_or(OrderRefusal::Dust)?;
        self.mark_used(number);
        self.apply_faults(number, &event);
        let of_request = split_trace(args).0.and_then(trace_id);
        Ok(match event {
            AccountEvent::PlaceSidebet { stake, .. } => {
                self.confirm_sidebet(number, market, stake, of_request)
            }
            _ => self.confirm_trade(number, market, &event, effect, of_request),
        })
    }

    /// Takes from the account what the faults take. Unlike a false message, the account itself changes.
    fn apply_faults(&mut self, number: u32, event: &AccountEvent) {
        let Some(player) = self.players.get_mut(&number) else {
            return;
        };
        let first = is_first(&mut player.orders.executed);
        let first_buy =
            matches!(event, AccountEvent::Buy { .. }) && is_first(&mut player.orders.bought);
        let held = player.account().holding();
        let correct = |balance, qty, cost| AccountEvent::Correct { balance, qty, cost };
        let mut corrections = Vec::new();
        if first && self.has(Fault::Drift) {
            corrections.push(correct(Some(less(held.balance, DRIFT)), None, None));
        }
        if first_buy && self.has(Fault::DriftQty) {
            let qty = less(held.position_qty, QTY_DRIFT);
            corrections.push(correct(None, Some(qty), None));
        }
        if first_buy
            && self.has(Fault::DriftCost)
            && let Some(cost) = held.entry_price
        {
            corrections.push(correct(None, None, Some(lamports(cost * COST_DRIFT))));
        }
        for event in corrections {
            self.apply(number, event);
        }
    }

    fn confirm_trade(
        &mut self,
        number: u32,
        market: &Market,
        event: &AccountEvent,
        effect: Applied,
        of_request: Option<String>,
    ) -> (Value, Vec<Message>) {
        let side = match event {
            AccountEvent::Buy { .. } => TradeSide::Buy,
            _ => TradeSide::Sell,
        };
        let traded = (effect.amount, effect.qty.unwrap_or_default());
        let mut messages = Vec::new();
        messages.extend(self.own_trade(number, market, side, traded, of_request));
        messages.extend(self.update_after_order(number, market));
        messages.extend(self.game_state_update(number, market, market.exact_price()));
        (json!({ "success": true }), messages)
    }

    fn confirm_sidebet(
        &mut self,
        number: u32,
        market: &Market,
        stake: Decimal,
        of_request: Option<String>,
    ) -> (Value, Vec<Message>) {
        let player = self.players.get(&number);
        let bet = player.map(|player| {
            let (profile, at) = (player.profile(), market.tick_price());
            trade_payloads::sidebet_placed(profile, at, stake, market.now)
        });
        let mut messages = Vec::from_iter(self.update_after_order(number, market));
        let trace = self.trace(of_request);
        let payload = bet.clone().unwrap_or_default();
        messages.push(Message::traced("currentSidebet", trace, payload));
        let ack = json!({ "success": true, "message": "Side bet placed", "sidebet": bet });
        (ack, messages)
    }

    /// Returns the `playerUpdate` after an order, unless a fault delays it.
    fn update_after_order(&mut self, number: u32, market: &Market) -> Option<Message> {
        if self.has(Fault::LatePlayerUpdate) {
            self.players.get_mut(&number)?.delay_update(LATE_STEPS);
            return None;
        }
        self.player_update(number, market, market.exact_price())
    }

    /// Addresses messages to every connection of an account.
    fn to_all_connections(
        &self,
        number: Option<u32>,
        messages: &[Message],
    ) -> Vec<(ConnectionId, Message)> {
        let logins = self.logins.iter().filter(|(_, of)| Some(**of) == number);
        logins
            .flat_map(|(connection, _)| {
                messages
                    .iter()
                    .map(|message| (*connection, message.clone()))
            })
            .collect()
    }
}

/// Sets a flag; returns whether it was not set before.
fn is_first(flag: &mut bool) -> bool {
    !std::mem::replace(flag, true)
}

/// Takes an amount away, or half of the holding if that is less.
fn less(held: Decimal, by: Decimal) -> Decimal {
    let taken = if held > by {
        by
    } else {
        lamports(held / Decimal::TWO)
    };
    held - taken
}

/// Returns the event of an order, or the reason of its refusal.
fn check(
    request: &Request,
    account: &Account,
    market: &Market,
) -> Result<AccountEvent, OrderRefusal> {
    let price = market.exact_price();
    match request {
        Request::Buy { amount } => {
            if market.phase == MarketPhase::Closed {
                return Err(OrderRefusal::Closed);
            }
            let amount = check_amount(*amount, account)?;
            Ok(AccountEvent::Buy { amount, price })
        }
        Request::Sell { percentage } => {
            if market.phase != MarketPhase::Active {
                return Err(OrderRefusal::NoSells);
            }
            if !(Decimal::ONE..=Decimal::ONE_HUNDRED).contains(percentage) {
                return Err(OrderRefusal::BadPercentage);
            }
            if account.book().position.is_flat() {
                return Err(OrderRefusal::NoPosition);
            }
            let percent = *percentage;
            Ok(AccountEvent::Sell { percent, price })
        }
        Request::Sidebet {
            amount,
            coin_address,
            x_payout,
        } => {
            if market.phase == MarketPhase::Closed {
                return Err(OrderRefusal::Closed);
            }
            if coin_address != SOL_ADDRESS {
                return Err(OrderRefusal::BadCoin);
            }
            if *x_payout != SIDEBET_PAYOUT {
                return Err(OrderRefusal::BadPayout);
            }
            if account.book().sidebet.is_some() {
                return Err(OrderRefusal::SecondSidebet);
            }
            let (stake, tick) = (check_amount(*amount, account)?, market.tick);
            Ok(AccountEvent::PlaceSidebet { stake, tick })
        }
        // No order.
        Request::Authenticate(_) => Err(OrderRefusal::Unreadable(RequestError::Unknown)),
    }
}

fn check_amount(amount: Decimal, account: &Account) -> Result<Decimal, OrderRefusal> {
    let amount = amount.normalize();
    if amount < MIN_AMOUNT {
        return Err(OrderRefusal::TooSmall);
    }
    if amount > MAX_AMOUNT {
        return Err(OrderRefusal::TooLarge);
    }
    if amount != lamports(amount) {
        return Err(OrderRefusal::TooFine);
    }
    if amount > account.balance() {
        return Err(OrderRefusal::TooPoor(account.balance()));
    }
    Ok(amount)
}
