//! The order ticket: the amount as typed and the share to sell.

use rust_decimal::Decimal;

use super::command::KeyCommand;
use crate::account::Chip;
use crate::protocol::number::{self, NumberError};
use crate::replay::Highlight;
use crate::trading::Order;

/// What is typed and chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The amount as typed.
    pub text: String,
    /// The share to sell, in percent.
    pub share: Decimal,
    /// The result of the button that the piano presses.
    pub note: Option<String>,
}

impl Default for Ticket {
    fn default() -> Self {
        Self {
            text: "0.010".to_owned(),
            share: Decimal::ONE_HUNDRED,
            note: None,
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
        let amount = match self.amount() {
            Ok(amount) => amount,
            Err(NumberError::Empty) => Decimal::ZERO,
            Err(_) if matches!(chip, Chip::Clear | Chip::Max) => Decimal::ZERO,
            Err(_) => return,
        };
        self.set(chip.press(amount, max));
    }

    /// Sets the amount. It is shown with three decimals, or with all of its own if it has more.
    pub fn set(&mut self, amount: Decimal) {
        self.text = if amount.scale() < 3 {
            format!("{amount:.3}")
        } else {
            amount.to_string()
        };
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
}

impl TicketInput {
    /// Whether the piano presses this control now.
    pub fn presses(self, control: Highlight) -> bool {
        self == Self::Piano(Some(control))
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
        assert_eq!(press(Chip::Clear), "0.000");
        assert_eq!(press(Chip::Add(d("0.001"))), "0.001");
        assert_eq!(press(Chip::Add(d("0.01"))), "0.011");
        assert_eq!(press(Chip::Half), "0.0055");
        assert_eq!(press(Chip::Double), "0.011");
        assert_eq!(press(Chip::Add(d("1"))), "0.750");
        assert_eq!(press(Chip::Clear), "0.000");
        assert_eq!(press(Chip::Max), "0.750");
        ticket.text = String::new();
        ticket.press(Chip::Add(d("0.1")), d("0.75"));
        assert_eq!(ticket.text, "0.100");
        // Halving has an end: nothing below a lamport.
        for _ in 0..60 {
            ticket.press(Chip::Half, d("0.75"));
        }
        assert_eq!(ticket.text, "0.000");
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
        assert_eq!(pressed(Chip::Clear), "0.000");
        assert_eq!(pressed(Chip::Max), "0.750");
    }
}
