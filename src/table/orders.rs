//! Orders: which are refused and why, what they do to the account, and what is told about them. Pure.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::fault::Fault;
use super::house::{Answer, House, Seat, exact, trace_id};
use super::rounds::place;
use super::scene::{Scene, Trading};
use super::slips::{self, Side};
use super::step::Message;
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
enum Refusal {
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

impl House {
    /// Executes an order, or refuses it and tells nothing else.
    pub(super) fn order(
        &mut self,
        seat: Seat,
        event: &str,
        args: &[Value],
        scene: &Scene,
    ) -> Answer {
        let number = self.seats.get(&seat).copied();
        let mut answer = match self.try_order(number, event, args, scene) {
            Ok((ack, messages)) => Answer {
                told: self.to_all_seats(number, &messages),
                acks: vec![ack],
            },
            Err(refusal) => Answer {
                told: Vec::new(),
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
        scene: &Scene,
    ) -> Result<(Value, Vec<Message>), Refusal> {
        let number = number.ok_or(Refusal::NotLoggedIn)?;
        let guest = self.guests.get(&number).ok_or(Refusal::NotLoggedIn)?;
        let request = Request::from_args(event, args)?;
        let deed = allow(&request, guest.account(), scene)?;
        if matches!(deed, AccountEvent::Buy { .. }) && self.has(Fault::RefuseBuy) {
            return Err(Refusal::ByFault);
        }
        let effect = self.apply(number, deed).ok_or(Refusal::Dust)?;
        self.use_guest(number);
        self.mishaps(number, &deed);
        let of_request = split_trace(args).0.and_then(trace_id);
        Ok(match deed {
            AccountEvent::PlaceSidebet { stake, .. } => {
                self.tell_bet(number, scene, stake, of_request)
            }
            _ => self.tell_trade(number, scene, &deed, effect, of_request),
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
        scene: &Scene,
        deed: &AccountEvent,
        effect: Applied,
        of_request: Option<String>,
    ) -> (Value, Vec<Message>) {
        let price = exact(scene.price);
        let side = match deed {
            AccountEvent::Buy { .. } => Side::Buy,
            _ => Side::Sell,
        };
        let traded = (effect.amount, effect.qty.unwrap_or_default());
        let mut messages = Vec::new();
        messages.extend(self.own_trade(number, scene, side, traded, of_request));
        messages.extend(self.update_of_order(number, scene));
        messages.extend(self.game_state_update(number, scene, price));
        (json!({ "success": true }), messages)
    }

    fn tell_bet(
        &mut self,
        number: u32,
        scene: &Scene,
        stake: Decimal,
        of_request: Option<String>,
    ) -> (Value, Vec<Message>) {
        let guest = self.guests.get(&number);
        let bet = guest.map(|guest| slips::placed(guest.who(), place(scene), stake, scene.now));
        let mut messages: Vec<_> = self.update_of_order(number, scene).into_iter().collect();
        let trace = self.trace(of_request);
        let payload = bet.clone().unwrap_or_default();
        messages.push(Message::traced("currentSidebet", trace, payload));
        let ack = json!({ "success": true, "message": "Side bet placed", "sidebet": bet });
        (ack, messages)
    }

    /// Returns the `playerUpdate` of an order, unless it is to come later.
    fn update_of_order(&mut self, number: u32, scene: &Scene) -> Option<Message> {
        if self.has(Fault::LatePlayerUpdate) {
            self.guests.get_mut(&number)?.delay_update(LATE_STEPS);
            return None;
        }
        self.player_update(number, scene, exact(scene.price))
    }

    /// A player is told what becomes of his account on every connection of his.
    fn to_all_seats(&self, number: Option<u32>, messages: &[Message]) -> Vec<(Seat, Message)> {
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
fn allow(request: &Request, account: &Account, scene: &Scene) -> Result<AccountEvent, Refusal> {
    let price = exact(scene.price);
    match request {
        Request::Buy { amount } => {
            if scene.trading == Trading::Closed {
                return Err(Refusal::Closed);
            }
            let amount = allow_amount(*amount, account)?;
            Ok(AccountEvent::Buy { amount, price })
        }
        Request::Sell { percentage } => {
            if scene.trading != Trading::Active {
                return Err(Refusal::NoSells);
            }
            if !(Decimal::ONE..=Decimal::ONE_HUNDRED).contains(percentage) {
                return Err(Refusal::BadPercentage);
            }
            if account.book().position.is_flat() {
                return Err(Refusal::NoPosition);
            }
            let percent = *percentage;
            Ok(AccountEvent::Sell { percent, price })
        }
        Request::Sidebet {
            amount,
            coin_address,
            x_payout,
        } => {
            if scene.trading == Trading::Closed {
                return Err(Refusal::Closed);
            }
            if coin_address != SOL_ADDRESS {
                return Err(Refusal::BadCoin);
            }
            if *x_payout != SIDEBET_PAYOUT {
                return Err(Refusal::BadPayout);
            }
            if account.book().sidebet.is_some() {
                return Err(Refusal::SecondSidebet);
            }
            let (stake, tick) = (allow_amount(*amount, account)?, scene.tick);
            Ok(AccountEvent::PlaceSidebet { stake, tick })
        }
        // Never an order.
        Request::Authenticate(_) => Err(Refusal::Unreadable(RequestError::Unknown)),
    }
}

fn allow_amount(amount: Decimal, account: &Account) -> Result<Decimal, Refusal> {
    let amount = amount.normalize();
    if amount < MIN_AMOUNT {
        return Err(Refusal::TooSmall);
    }
    if amount > MAX_AMOUNT {
        return Err(Refusal::TooLarge);
    }
    if amount != lamports(amount) {
        return Err(Refusal::TooFine);
    }
    if amount > account.balance() {
        return Err(Refusal::TooPoor(account.balance()));
    }
    Ok(amount)
}
