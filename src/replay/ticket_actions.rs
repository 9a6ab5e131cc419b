//! The actions on the ticket for a recorded order, as data: the amount built with chips or the share chosen, then the
//! button down and up.

use std::collections::VecDeque;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::account::{Action, ActionKind, ActionSource, CHIP_STEPS, Chip, SHARES};

/// The largest amount that is built with chips, in thousandths of a SOL.
const LARGEST: u32 = 100_000;

/// A button that places an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Button {
    /// BUY.
    Buy,
    /// SELL.
    Sell,
    /// SIDEBET.
    Sidebet,
}

/// One action on the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketAction {
    /// A chip is pressed.
    Chip(Chip),
    /// An amount that the chips cannot build is typed.
    Type(Decimal),
    /// A share to sell is chosen, in percent.
    Share(u8),
    /// A share without a button is set, in percent.
    SetShare(Decimal),
    /// A button goes down, but only while the ticket shows this number: the amount, or the share.
    Down(Button, Decimal),
    /// A button comes up again.
    Up(Button),
}

/// Returns the actions for a row on a ticket that shows this amount and can buy for `most`. There are none for a result,
/// which is not pressed, for what auto-sell sold, and for a row without its number.
pub fn ticket_actions(row: &Action, shown: Decimal, most: Decimal) -> Vec<TicketAction> {
    let (button, number) = match row.action {
        ActionKind::Buy => (Button::Buy, row.amount),
        ActionKind::SidebetPlace => (Button::Sidebet, row.amount),
        ActionKind::Sell => (Button::Sell, row.sell_percent),
        ActionKind::SidebetWin | ActionKind::SidebetLose | ActionKind::Liquidated => return vec![],
    };
    let by_hand = number.filter(|_| row.source != ActionSource::Auto);
    let Some(number) = by_hand.map(|number| number.normalize()) else {
        return vec![];
    };
    press_actions(button, number, shown, most)
}

/// Returns the actions for a press of a button with this number (the amount, or the share in percent) on a ticket that
/// shows this amount and can buy for `most`.
pub fn press_actions(
    button: Button,
    number: Decimal,
    shown: Decimal,
    most: Decimal,
) -> Vec<TicketAction> {
    let mut actions = match button {
        Button::Sell => vec![share(number)],
        Button::Buy | Button::Sidebet if shown == number => vec![],
        Button::Buy | Button::Sidebet => match built(number, most) {
            Some(chips) => chips.into_iter().map(TicketAction::Chip).collect(),
            None => vec![TicketAction::Type(number)],
        },
    };
    actions.extend([TicketAction::Down(button, number), TicketAction::Up(button)]);
    actions
}

fn share(percent: Decimal) -> TicketAction {
    let button = SHARES
        .into_iter()
        .find(|share| Decimal::from(*share) == percent);
    button.map_or(TicketAction::SetShare(percent), TicketAction::Share)
}

/// Returns the chips that build an amount from any other; `None` if they cannot.
fn built(amount: Decimal, most: Decimal) -> Option<Vec<Chip>> {
    if amount == most {
        return Some(vec![Chip::Max]);
    }
    let mut chips = vec![Chip::Clear];
    chips.extend(path(
        thousandths(amount)?,
        thousandths(most.trunc_with_scale(3)),
    )?);
    // The chips as the ticket applies them decide.
    let end = chips
        .iter()
        .fold(Decimal::MAX, |shown, chip| chip.press(shown, most));
    (end == amount).then_some(chips)
}

fn thousandths(amount: Decimal) -> Option<u32> {
    let many = amount.checked_mul(Decimal::ONE_THOUSAND)?;
    many.is_integer().then(|| many.to_u32())?
}

/// Returns the fewest chips from 0 to an amount, without an amount above `most` on the way; in thousandths.
fn path(amount: u32, most: Option<u32>) -> Option<Vec<Chip>> {
    if amount > LARGEST {
        return None;
    }
    let limit = most.unwrap_or(u32::MAX).min(amount.max(1) * 2);
    let steps = [1, 10, 100, 1_000];
    // The chip that first reached an amount, and the amount before it.
    let mut ways: Vec<Option<(u32, Chip)>> = vec![None; limit as usize + 1];
    let mut open = VecDeque::from([0]);
    while let Some(from) = open.pop_front() {
        if from == amount {
            break;
        }
        let added = steps
            .iter()
            .zip(CHIP_STEPS)
            .map(|(step, chip)| (from + step, Chip::Add(chip)));
        let half = (from % 2 == 0).then_some((from / 2, Chip::Half));
        for (to, chip) in added.chain([(from * 2, Chip::Double)]).chain(half) {
            if let Some(way) = ways
                .get_mut(to as usize)
                .filter(|way| way.is_none() && to > 0)
            {
                *way = Some((from, chip));
                open.push_back(to);
            }
        }
    }
    let mut chips = Vec::new();
    let mut at = amount;
    while at > 0 {
        let (from, chip) = (*ways.get(at as usize)?)?;
        chips.push(chip);
        at = from;
    }
    chips.reverse();
    Some(chips)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::ActionStatus;
    use crate::game::{Phase, Time};
    use crate::protocol::{GameId, number};

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    fn row(action: ActionKind, number: &str) -> Action {
        let number = Some(d(number));
        let is_sell = action == ActionKind::Sell;
        let game = GameId::new("g").expect("an id");
        Action {
            tick: 1,
            amount: number.filter(|_| !is_sell),
            seq: 1,
            phase: Phase::Active,
            status: ActionStatus::Confirmed,
            sell_percent: number.filter(|_| is_sell),
            ..Action::new(action, ActionSource::Key, game, Time::UNIX_EPOCH)
        }
    }

    fn buy(amount: &str, shown: &str, most: &str) -> Vec<TicketAction> {
        ticket_actions(&row(ActionKind::Buy, amount), d(shown), d(most))
    }

    #[test]
    fn every_amount_up_to_one_sol_is_built_exactly_with_few_chips() {
        let (mut all, mut longest) = (0, 0);
        for thousandths in 1..=1_000 {
            let amount = Decimal::new(thousandths, 3);
            let actions = buy(&amount.to_string(), "0.123456789", "5");
            let chips = actions.iter().map_while(|action| match action {
                TicketAction::Chip(chip) => Some(*chip),
                _ => None,
            });
            let chips: Vec<_> = chips.collect();
            let shown = chips
                .iter()
                .fold(d("0.123456789"), |a, chip| chip.press(a, d("5")));
            assert_eq!(shown, amount);
            let button = Button::Buy;
            let press = [
                TicketAction::Down(button, amount.normalize()),
                TicketAction::Up(button),
            ];
            assert_eq!(actions[chips.len()..], press, "{amount}");
            all += chips.len();
            longest = longest.max(chips.len());
        }
        // By adding alone it is up to 28, and 14.5 on average.
        assert_eq!((longest, all), (11, 7_432));
    }

    #[test]
    fn no_amount_on_the_way_is_above_the_largest_possible_one() {
        for thousandths in 1..=99 {
            let amount = Decimal::new(thousandths, 3);
            let actions = buy(&amount.to_string(), "0.5", "0.0995");
            assert!(
                !actions
                    .iter()
                    .any(|action| matches!(action, TicketAction::Type(_))),
                "{amount}"
            );
        }
        assert_eq!(
            buy("0.0995", "0.5", "0.0995")[0],
            TicketAction::Chip(Chip::Max)
        );
    }

    #[test]
    fn an_amount_that_chips_cannot_build_is_typed() {
        for amount in [
            "0.0123",
            "0.000000001",
            "100.001",
            "-1",
            "79228162514264337593543950335",
        ] {
            assert_eq!(
                buy(amount, "0", "5")[0],
                TicketAction::Type(d(amount)),
                "{amount}"
            );
        }
        // More than there is now, or could be.
        assert_eq!(buy("0.01", "0", "0.005")[0], TicketAction::Type(d("0.01")));
        assert_eq!(buy("0.01", "0", "-1")[0], TicketAction::Type(d("0.01")));
    }

    #[test]
    fn an_amount_on_the_ticket_is_not_built_again() {
        let press = [
            TicketAction::Down(Button::Buy, d("0.01")),
            TicketAction::Up(Button::Buy),
        ];
        assert_eq!(buy("0.01", "0.010", "5"), press);
    }

    #[test]
    fn a_share_is_chosen_or_set_and_a_result_is_not_pressed() {
        let sell = |percent| ticket_actions(&row(ActionKind::Sell, percent), d("0.01"), d("5"));
        let (down, up) = (
            TicketAction::Down(Button::Sell, d("25")),
            TicketAction::Up(Button::Sell),
        );
        assert_eq!(sell("25.0"), [TicketAction::Share(25), down, up]);
        assert_eq!(sell("33")[0], TicketAction::SetShare(d("33")));
        let bet = ticket_actions(&row(ActionKind::SidebetPlace, "0.001"), d("0"), d("5"));
        assert_eq!(bet.last(), Some(&TicketAction::Up(Button::Sidebet)));
        assert_eq!(
            ticket_actions(&row(ActionKind::SidebetWin, "0.005"), d("0"), d("5")),
            []
        );
        let mut auto = row(ActionKind::Sell, "100");
        auto.source = ActionSource::Auto;
        assert_eq!(ticket_actions(&auto, d("0"), d("5")), []);
        let mut empty = row(ActionKind::Buy, "1");
        empty.amount = None;
        assert_eq!(ticket_actions(&empty, d("0"), d("5")), []);
    }
}
