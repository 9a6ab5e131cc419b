//! The order ticket: the amount as typed and the share to sell.

use rust_decimal::Decimal;

use super::command::KeyCommand;
use super::debounce::SAME_PRESS_SECONDS;
use super::trade_panel::AutoSellFields;
use crate::account::Chip;
use crate::protocol::number::{self, NumberError};
use crate::replay::Highlight;
use crate::trading::Order;

/// The second press of an order that needs one counts within this many seconds.
const PRESS_AGAIN_SECONDS: f64 = 3.0;

/// What is typed and chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// The amount as typed.
    pub text: String,
    /// The share to sell, in percent.
    pub share: Decimal,
    /// The result of the button that the piano presses.
    pub note: Option<String>,
    /// In a replay, the second lines of BUY, SELL and SIDEBET: their next presses.
    pub notes: Option<[String; 3]>,
    /// What is typed for auto-sell.
    pub auto_sell: AutoSellFields,
    /// The text before MAX, while the amount is that of MAX.
    before_max: Option<String>,
    /// A buy or sidebet that waits for its second press, and the time of the first one in seconds.
    asked: Option<(Order, f64)>,
}

impl Default for Ticket {
    fn default() -> Self {
        Self {
            text: "0.0100".to_owned(),
            share: Decimal::ONE_HUNDRED,
            note: None,
            notes: None,
            auto_sell: AutoSellFields::default(),
            before_max: None,
            asked: None,
        }
    }
}

impl Ticket {
    /// Returns the amount.
    ///
    /// # Errors
    /// The text is not a number.
    pub fn amount(&self) -> Result<Decimal, NumberError> {
        number::parse_typed(&self.text)
    }

    /// Changes the amount by a chip. Text that is not a number stays; only CLEAR and MAX replace it.
    pub fn press(&mut self, chip: Chip, max: Decimal) {
        let before = match chip {
            Chip::Max => self.before_max.take().or_else(|| Some(self.text.clone())),
            _ => None,
        };
        self.change(chip, max);
        self.before_max = before;
    }

    fn change(&mut self, chip: Chip, max: Decimal) {
        let amount = match self.amount() {
            Ok(amount) => amount,
            Err(NumberError::Empty) => Decimal::ZERO,
            Err(_) if matches!(chip, Chip::Clear | Chip::Max) => Decimal::ZERO,
            Err(_) => return,
        };
        self.set(chip.press(amount, max));
    }

    /// Sets the amount, which is no longer that of MAX. It is shown with four decimals, or with all of its own if it has
    /// more.
    pub fn set(&mut self, amount: Decimal) {
        self.before_max = None;
        self.text = if amount.scale() < 4 {
            number::rounded(amount, 4)
        } else {
            amount.to_string()
        };
    }

    /// Notes that the player typed: the amount is no longer that of MAX.
    pub fn typed(&mut self) {
        self.before_max = None;
    }

    /// Whether the amount is that of MAX.
    pub fn is_max(&self) -> bool {
        self.before_max.is_some()
    }

    /// Whether an order needs a second press: the amount is that of MAX, or all that there is, or more than
    /// `above_percent` of the balance. A sale never does.
    pub fn must_ask(
        &self,
        order: &Order,
        balance: Option<Decimal>,
        above_percent: Option<Decimal>,
    ) -> bool {
        let Some(amount) = order.amount() else {
            return false;
        };
        let above = |balance: Decimal| {
            let most = above_percent.map(|share| balance * share / Decimal::ONE_HUNDRED);
            amount >= balance || most.is_some_and(|most| amount > most)
        };
        self.is_max() || balance.is_some_and(above)
    }

    /// Takes a press of an order that needs a second one, at `now` seconds. Returns whether it is the second one.
    pub fn press_again(&mut self, order: &Order, now: f64) -> bool {
        let second = self.seconds_to_press_again(order, now).is_some();
        self.asked = (!second).then_some((*order, now));
        second
    }

    /// Whether the first press of this order was so shortly before `now` that this one belongs to it.
    pub fn is_same_press(&self, order: &Order, now: f64) -> bool {
        self.asked
            .is_some_and(|(asked, at)| asked == *order && now - at < SAME_PRESS_SECONDS)
    }

    /// Returns the whole seconds left for the second press of this order; `None` while there was no first one.
    pub fn seconds_to_press_again(&self, order: &Order, now: f64) -> Option<u8> {
        let (asked, at) = self.asked?;
        let left = at + PRESS_AGAIN_SECONDS - now;
        let whole = (1..=3u8).find(|whole| f64::from(*whole) >= left)?;
        (asked == *order && left > 0.0).then_some(whole)
    }

    /// Notes that an order was sent: an amount of MAX falls back to the one before it.
    pub fn sent(&mut self, order: &Order) {
        self.asked = None;
        if order.amount().is_some()
            && let Some(before) = self.before_max.take()
        {
            self.text = before;
        }
    }

    /// Returns the order of a trade button; `None` while the amount is not a number.
    pub fn order(&self, command: KeyCommand) -> Option<Order> {
        match command {
            KeyCommand::Buy => self.amount().ok().map(|amount| Order::Buy { amount }),
            KeyCommand::Sidebet => self.amount().ok().map(|stake| Order::Sidebet { stake }),
            KeyCommand::Sell => Some(Order::Sell {
                percent: self.share,
            }),
            _ => None,
        }
    }
}

/// Who operates the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TicketInput {
    /// The player.
    #[default]
    Player,
    /// The piano of a replay, which presses this control now.
    Piano(Option<Highlight>),
    /// The player, while a strategy presses this control.
    Strategy(Option<Highlight>),
}

impl TicketInput {
    /// Whether the piano presses this control now.
    pub fn presses(self, control: Highlight) -> bool {
        match self {
            Self::Player => false,
            Self::Piano(pressed) | Self::Strategy(pressed) => pressed == Some(control),
        }
    }

    /// Whether the player can press the controls: everywhere but in a replay.
    pub fn takes_presses(self) -> bool {
        !matches!(self, Self::Piano(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    #[test]
    fn chips_build_exact_amounts_within_the_limits() {
        let mut ticket = Ticket::default();
        let mut press = |chip| {
            ticket.press(chip, d("0.75"));
            ticket.text.clone()
        };
        assert_eq!(press(Chip::Clear), "0.0000");
        assert_eq!(press(Chip::Add(d("0.001"))), "0.0010");
        assert_eq!(press(Chip::Add(d("0.01"))), "0.0110");
        assert_eq!(press(Chip::Half), "0.0055");
        assert_eq!(press(Chip::Double), "0.0110");
        assert_eq!(press(Chip::Add(d("1"))), "0.7500");
        assert_eq!(press(Chip::Clear), "0.0000");
        assert_eq!(press(Chip::Max), "0.7500");
        ticket.text = String::new();
        ticket.press(Chip::Add(d("0.1")), d("0.75"));
        assert_eq!(ticket.text, "0.1000");
        // Halving has an end: nothing below a lamport.
        for _ in 0..60 {
            ticket.press(Chip::Half, d("0.75"));
        }
        assert_eq!(ticket.text, "0.0000");
    }

    #[test]
    fn an_amount_is_a_number_of_the_grammar_with_a_point_or_a_comma() {
        let mut ticket = Ticket::default();
        let mut order = |text: &str| {
            ticket.text = text.to_owned();
            ticket.order(KeyCommand::Buy)
        };
        let buy = |amount| Some(Order::Buy { amount: d(amount) });
        assert_eq!(order("0.5"), buy("0.5"));
        assert_eq!(order("0,5"), buy("0.5"));
        assert_eq!(order("1e-2"), buy("0.01"));
        for text in [
            "1_0", "+1", ".5", "1.", "1 0", "1,000.5", "1,2,3", "١", "0.5 SOL", "1e99", "", "0x1",
        ] {
            assert_eq!(order(text), None, "{text}");
        }
    }

    #[test]
    fn a_chip_leaves_text_that_is_no_number() {
        let pressed = |chip| {
            let mut ticket = Ticket {
                text: "1,000.5".to_owned(),
                ..Ticket::default()
            };
            ticket.press(chip, d("0.75"));
            ticket.text
        };
        for chip in [Chip::Add(d("0.1")), Chip::Half, Chip::Double] {
            assert_eq!(pressed(chip), "1,000.5");
        }
        assert_eq!(pressed(Chip::Clear), "0.0000");
        assert_eq!(pressed(Chip::Max), "0.7500");
    }

    #[test]
    fn max_asks_for_a_second_press_and_falls_back_after_the_order() {
        let mut ticket = Ticket::default();
        let buy = |ticket: &Ticket| ticket.order(KeyCommand::Buy).expect("an amount");
        let balance = Some(d("0.99"));
        assert!(!ticket.must_ask(&buy(&ticket), balance, None));
        ticket.press(Chip::Max, d("0.99"));
        ticket.press(Chip::Max, d("0.99"));
        let all = buy(&ticket);
        assert!(ticket.must_ask(&all, balance, None) && ticket.is_max());
        assert!(!ticket.press_again(&all, 10.0));
        assert!(ticket.is_same_press(&all, 10.1));
        assert_eq!(ticket.seconds_to_press_again(&all, 10.5), Some(3));
        assert_eq!(ticket.seconds_to_press_again(&all, 12.5), Some(1));
        assert!(
            !ticket.press_again(&all, 13.5),
            "too late: a first one again"
        );
        assert!(ticket.press_again(&all, 14.0));
        ticket.sent(&all);
        assert_eq!((ticket.text.as_str(), ticket.is_max()), ("0.0100", false));
        // Another amount is another order.
        ticket.press(Chip::Max, d("0.5"));
        assert!(!ticket.press_again(&buy(&ticket), 20.0));
        ticket.press(Chip::Max, d("0.4"));
        assert!(!ticket.press_again(&buy(&ticket), 20.5));
        // A chip, a key or the piano leaves MAX.
        ticket.press(Chip::Half, d("0.4"));
        assert!(!ticket.is_max());
        ticket.press(Chip::Max, d("0.4"));
        ticket.set(d("0.3"));
        assert!(!ticket.is_max());
    }

    #[test]
    fn all_there_is_and_more_than_the_share_of_the_setting_need_a_second_press() {
        let ticket = Ticket::default();
        let asks = |amount, above: Option<&str>| {
            let order = Order::Buy { amount: d(amount) };
            ticket.must_ask(&order, Some(d("2")), above.map(d))
        };
        assert!(asks("2", None) && !asks("1.999", None));
        assert!(asks("1.01", Some("50")) && !asks("1", Some("50")));
        let sell = Order::Sell {
            percent: Decimal::ONE_HUNDRED,
        };
        assert!(!ticket.must_ask(&sell, Some(d("2")), Some(d("1"))));
    }
}
