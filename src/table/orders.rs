//! Orders: which are refused and why, what they do to the account, and what is told about them. Pure.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::account_steps::place;
use super::accounts::{Accounts, ConnectionId, Reply, exact, trace_id};
use super::fault::Fault;
use super::market::{Market, MarketPhase};
use super::message::Message;
use super::trade_payloads::{self, TradeSide};
use crate::account::{Account, AccountEvent, Applied, SIDEBET_PAYOUT, lamports};
use crate::protocol::{Request, RequestError, SOL_ADDRESS, split_trace};

/// SOL, the smallest and the largest amount of one order.
const MIN_AMOUNT: Decimal = Decimal::from_parts(1, 0, 0, false, 3);
const MAX_AMOUNT: Decimal = Decimal::from_parts(5, 0, 0, false, 0);
/// Steps by which a late `playerUpdate` is late.
const LATE_STEPS: u32 = 3;
/// What the fault `drift` takes.
const DRIFT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// What the fault `drift-qty` takes.
const QTY_DRIFT: Decimal = Decimal::from_parts(1, 0, 0, false, 6);
/// What the fault `drift-cost` makes of the average cost.
const COST_DRIFT: Decimal = Decimal::from_parts(101, 0, 0, false, 2);

/// Why an order is refused. What the real server says is not known.
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
    /// Executes an order, or refuses it and tells nothing else.
    pub(super) fn order(
        &mut self,
        seat: ConnectionId,
        event: &str,
        args: &[Value],
        market: &Market,
    ) -> Reply {
        let number = self.seats.get(&seat).copied();
        let mut answer = match self.try_order(number, event, args, market) {
            Ok((ack, messages)) => Reply {
                messages: self.to_all_seats(number, &messages),
                acks: vec![ack],
            },
            Err(refusal) => Reply {
                messages: Vec::new(),
                acks: vec![json!({ "success": false, "message": refusal.to_string() })],
            },
        };
        let guest = number.and_then(|number| self.guests.get_mut(&number));
        let first = guest.is_some_and(|guest| !std::mem::replace(&mut guest.marks.ordered, true));
        if self.has(Fault::DoubleAck) {
            answer.acks.extend_from_within(..);
        }
        if first && self.has(Fault::LostAck) {
            answer.acks.clear();
        }
        answer
    }

    fn try_order(
        &mut self,
        number: Option<u32>,
        event: &str,
        args: &[Value],
        market: &Market,
    ) -> Result<(Value, Vec<Message>), OrderRefusal> {
        let number = number.ok_or(OrderRefusal::NotLoggedIn)?;
        let guest = self.guests.get(&number).ok_or(OrderRefusal::NotLoggedIn)?;
        let request = Request::from_args(event, args)?;
        let deed = allow(&request, guest.account(), market)?;
        if matches!(deed, AccountEvent::Buy { .. }) && self.has(Fault::RefuseBuy) {
            return Err(OrderRefusal::ByFault);
        }
        let effect = self.apply(number, deed).ok_or(OrderRefusal::Dust)?;
        self.use_guest(number);
        self.mishaps(number, &deed);
        let of_request = split_trace(args).0.and_then(trace_id);
        Ok(match deed {
            AccountEvent::PlaceSidebet { stake, .. } => {
                self.tell_bet(number, market, stake, of_request)
            }
            _ => self.tell_trade(number, market, &deed, effect, of_request),
        })
    }

    /// Takes from the account what the faults take; it is really gone.
    fn mishaps(&mut self, number: u32, deed: &AccountEvent) {
        let Some(guest) = self.guests.get_mut(&number) else {
            return;
        };
        let buy = matches!(deed, AccountEvent::Buy { .. });
        let first = !std::mem::replace(&mut guest.marks.acted, true);
        let first_buy = buy && !std::mem::replace(&mut guest.marks.bought, true);
        let held = guest.account().holding();
        if first && self.has(Fault::Drift) {
            let balance = Some(less(held.balance, DRIFT));
            self.correct(number, balance, None, None);
        }
        if first_buy && self.has(Fault::DriftQty) {
            let qty = Some(less(held.position_qty, QTY_DRIFT));
            self.correct(number, None, qty, None);
        }
        if first_buy
            && self.has(Fault::DriftCost)
            && let Some(cost) = held.entry_price
        {
            let cost = Some(lamports(cost * COST_DRIFT));
            self.correct(number, None, None, cost);
        }
    }

    fn correct(
        &mut self,
        number: u32,
        balance: Option<Decimal>,
        qty: Option<Decimal>,
        cost: Option<Decimal>,
    ) {
        self.apply(number, AccountEvent::Correct { balance, qty, cost });
    }

    fn tell_trade(
        &mut self,
        number: u32,
        market: &Market,
        deed: &AccountEvent,
        effect: Applied,
        of_request: Option<String>,
    ) -> (Value, Vec<Message>) {
        let price = exact(market.price);
        let side = match deed {
            AccountEvent::Buy { .. } => TradeSide::Buy,
            _ => TradeSide::Sell,
        };
        let traded = (effect.amount, effect.qty.unwrap_or_default());
        let mut messages = Vec::new();
        messages.extend(self.own_trade(number, market, side, traded, of_request));
        messages.extend(self.update_of_order(number, market));
        messages.extend(self.game_state_update(number, market, price));
        (json!({ "success": true }), messages)
    }

    fn tell_bet(
        &mut self,
        number: u32,
        market: &Market,
        stake: Decimal,
        of_request: Option<String>,
    ) -> (Value, Vec<Message>) {
        let guest = self.guests.get(&number);
        let bet = guest
            .map(|guest| trade_payloads::placed(guest.who(), place(market), stake, market.now));
        let mut messages: Vec<_> = self.update_of_order(number, market).into_iter().collect();
        let trace = self.trace(of_request);
        let payload = bet.clone().unwrap_or_default();
        messages.push(Message::traced("currentSidebet", trace, payload));
        let ack = json!({ "success": true, "message": "TradeSide bet placed", "sidebet": bet });
        (ack, messages)
    }

    /// Returns the `playerUpdate` of an order, unless it is to come later.
    fn update_of_order(&mut self, number: u32, market: &Market) -> Option<Message> {
        if self.has(Fault::LatePlayerUpdate) {
            self.guests.get_mut(&number)?.delay_update(LATE_STEPS);
            return None;
        }
        self.player_update(number, market, exact(market.price))
    }

    /// A player is told what becomes of his account on every connection of his.
    fn to_all_seats(
        &self,
        number: Option<u32>,
        messages: &[Message],
    ) -> Vec<(ConnectionId, Message)> {
        let seats = self.seats.iter().filter(|(_, of)| Some(**of) == number);
        seats
            .flat_map(|(seat, _)| messages.iter().map(|message| (*seat, message.clone())))
            .collect()
    }
}

/// Takes so much away, or half of what is there if that is less.
fn less(held: Decimal, by: Decimal) -> Decimal {
    let taken = if held > by {
        by
    } else {
        lamports(held / Decimal::TWO)
    };
    held - taken
}

/// Returns what an order would do, or why it is refused.
fn allow(
    request: &Request,
    account: &Account,
    market: &Market,
) -> Result<AccountEvent, OrderRefusal> {
    let price = exact(market.price);
    match request {
        Request::Buy { amount } => {
            if market.trading == MarketPhase::Closed {
                return Err(OrderRefusal::Closed);
            }
            let amount = allow_amount(*amount, account)?;
            Ok(AccountEvent::Buy { amount, price })
        }
        Request::Sell { percentage } => {
            if market.trading != MarketPhase::Active {
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
            if market.trading == MarketPhase::Closed {
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
            let (stake, tick) = (allow_amount(*amount, account)?, market.tick);
            Ok(AccountEvent::PlaceSidebet { stake, tick })
        }
        // Never an order.
        Request::Authenticate(_) => Err(OrderRefusal::Unreadable(RequestError::Unknown)),
    }
}

fn allow_amount(amount: Decimal, account: &Account) -> Result<Decimal, OrderRefusal> {
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
