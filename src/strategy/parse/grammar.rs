//! The grammar of one line.

use rust_decimal::Decimal;
use winnow::combinator::{alt, opt, preceded, repeat, terminated};
use winnow::error::EmptyError;
use winnow::prelude::*;

use super::terminals::{Line, Parsed, end, multiplier, number, optional, sign, whole, word};
use crate::protocol::{MAX_TICK, Tick};
use crate::strategy::ast::{Amount, Moment, RuleAction, ScriptTime, StakeStep};
use crate::strategy::condition::{Comparator, Condition, HighSince, Quantity};
use crate::trading::Order;

/// The longest name of a strategy, in characters.
const LONGEST_NAME: usize = 60;

const AMOUNT: &str = "an amount above 0, such as 0.01";
const SOL: &str = "an amount in SOL, such as 0.1";
const TICK: &str = "a tick from 0 to 5000";
const TICKS: &str = "a number of ticks from 0 to 5000";

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum StrategyLine {
    Name(String),
    Stake(Decimal),
    Rule {
        moment: Moment,
        repeats: bool,
        conditions: Vec<Condition>,
        action: RuleAction,
    },
    AfterLoss(StakeStep, Option<Decimal>),
    AfterWin(StakeStep, Option<Decimal>),
    Stop(Vec<Condition>),
    Script {
        game: u64,
        when: ScriptTime,
        order: Order,
    },
}

/// The beginning of a rule: when it acts.
struct RuleHead {
    moment: Moment,
    repeats: bool,
    first: Option<Condition>,
}

/// Reads a line that is not empty and has no comment.
pub(super) fn line(line: &mut Line<'_>) -> Parsed<StrategyLine> {
    let content = alt((name, stake, rule, stake_change, stop, script_line));
    terminated(content, end).parse_next(line)
}

fn name(line: &mut Line<'_>) -> Parsed<StrategyLine> {
    word("name", "`name`").parse_next(line)?;
    let text = line.input.trim();
    let fits = !text.is_empty()
        && text.chars().count() <= LONGEST_NAME
        && !text.contains(char::is_control);
    if fits {
        line.input = "";
        return Ok(StrategyLine::Name(text.to_owned()));
    }
    // No word is empty: this notes the place.
    word("", "a name of at most 60 characters").parse_next(line)?;
    Err(EmptyError)
}

fn stake(line: &mut Line<'_>) -> Parsed<StrategyLine> {
    let amount = preceded(word("stake", "`stake`"), amount_above_zero);
    amount.map(StrategyLine::Stake).parse_next(line)
}

fn rule(line: &mut Line<'_>) -> Parsed<StrategyLine> {
    let head = alt((presale_head, tick_head, held_head, when_head)).parse_next(line)?;
    let more: Vec<Condition> = more_conditions(line, Quantity::ALL)?;
    let action = alt((buy, sell, sidebet)).parse_next(line)?;
    let mut conditions: Vec<_> = head.first.into_iter().chain(more).collect();
    for condition in &mut conditions {
        if let Condition::FallsFromHigh { since, .. } = condition
            && matches!(action, RuleAction::Sell { .. })
        {
            *since = HighSince::Opened;
        }
    }
    Ok(StrategyLine::Rule {
        moment: head.moment,
        repeats: head.repeats,
        conditions,
        action,
    })
}

fn presale_head(line: &mut Line<'_>) -> Parsed<RuleHead> {
    (word("in", "`in presale`"), word("presale", "`presale`")).parse_next(line)?;
    Ok(RuleHead {
        moment: Moment::Presale,
        repeats: false,
        first: None,
    })
}

fn tick_head(line: &mut Line<'_>) -> Parsed<RuleHead> {
    let words = (word("at", "`at tick`"), word("tick", "`tick`"));
    let tick = preceded(words, tick).parse_next(line)?;
    Ok(running(
        false,
        Condition::compare(Quantity::Tick, Comparator::Equal, tick),
    ))
}

fn held_head(line: &mut Line<'_>) -> Parsed<RuleHead> {
    let ticks = whole(TICKS, |ticks: &Tick| *ticks <= MAX_TICK);
    let ticks = preceded(word("after", "`after`"), ticks);
    let ticks = terminated(ticks, word("ticks", "`ticks`")).parse_next(line)?;
    Ok(running(false, Condition::at_least(Quantity::Held, ticks)))
}

fn when_head(line: &mut Line<'_>) -> Parsed<RuleHead> {
    let once = word("when", "`when`").value(false);
    let again = word("whenever", "`whenever`").value(true);
    let repeats = alt((once, again)).parse_next(line)?;
    Ok(running(repeats, condition(line, Quantity::ALL)?))
}

fn running(repeats: bool, first: Condition) -> RuleHead {
    RuleHead {
        moment: Moment::Running,
        repeats,
        first: Some(first),
    }
}

fn buy(line: &mut Line<'_>) -> Parsed<RuleAction> {
    let amount = preceded(word("buy", "`buy`"), amount);
    amount.map(RuleAction::Buy).parse_next(line)
}

fn sidebet(line: &mut Line<'_>) -> Parsed<RuleAction> {
    let amount = preceded(word("sidebet", "`sidebet`"), amount);
    amount.map(RuleAction::Sidebet).parse_next(line)
}

fn sell(line: &mut Line<'_>) -> Parsed<RuleAction> {
    let all = word("all", "`all`").value(Decimal::ONE_HUNDRED);
    let share = number("a share from 0 to 100%, such as 50%", |share| {
        share > Decimal::ZERO && share <= Decimal::ONE_HUNDRED
    });
    let share = terminated(share, sign("%", "`%`"));
    let percent = preceded(word("sell", "`sell`"), alt((all, share)));
    percent
        .map(|percent| RuleAction::Sell { percent })
        .parse_next(line)
}

fn amount(line: &mut Line<'_>) -> Parsed<Amount> {
    let stake = word("stake", "`stake`").value(Amount::Stake);
    alt((stake, amount_above_zero.map(Amount::Fixed))).parse_next(line)
}

fn amount_above_zero(line: &mut Line<'_>) -> Parsed<Decimal> {
    number(AMOUNT, |amount| amount > Decimal::ZERO).parse_next(line)
}

fn tick(line: &mut Line<'_>) -> Parsed<Tick> {
    whole(TICK, |tick: &Tick| *tick <= MAX_TICK).parse_next(line)
}

/// `after loss stake x 1.25, at most 0.05`, `after win stake 0.01`.
fn stake_change(line: &mut Line<'_>) -> Parsed<StrategyLine> {
    word("after", "`after`").parse_next(line)?;
    let loss = word("loss", "`loss`").value(true);
    let win = word("win", "`win`").value(false);
    let is_loss = alt((loss, win)).parse_next(line)?;
    word("stake", "`stake`").parse_next(line)?;
    let factor = number("a factor above 0, such as 2", |factor| {
        factor > Decimal::ZERO
    });
    let times = preceded(word("x", "`x`"), factor).map(StakeStep::Times);
    let step = alt((times, amount_above_zero.map(StakeStep::Set))).parse_next(line)?;
    let at_most = (
        sign(",", "`, at most`"),
        word("at", "`at most`"),
        word("most", "`most`"),
    );
    let most = opt(preceded(at_most, amount_above_zero)).parse_next(line)?;
    Ok(if is_loss {
        StrategyLine::AfterLoss(step, most)
    } else {
        StrategyLine::AfterWin(step, most)
    })
}

fn stop(line: &mut Line<'_>) -> Parsed<StrategyLine> {
    (word("stop", "`stop when`"), word("when", "`when`")).parse_next(line)?;
    let quantities = between_games();
    let mut conditions = vec![condition(line, &quantities)?];
    conditions.extend(more_conditions(line, &quantities)?);
    Ok(StrategyLine::Stop(conditions))
}

fn between_games() -> Vec<Quantity> {
    let all = Quantity::ALL.iter().copied();
    all.filter(|quantity| quantity.is_between_games()).collect()
}

/// `GAME WHEN ACTION VALUE`.
fn script_line(line: &mut Line<'_>) -> Parsed<StrategyLine> {
    let game = whole("the number of a game, from 1", |game: &u64| *game > 0).parse_next(line)?;
    let presale = word("presale", "`presale`").value(ScriptTime::Presale);
    let when = alt((presale, tick.map(ScriptTime::Tick))).parse_next(line)?;
    let amount = |line: &mut Line<'_>| amount_above_zero(line);
    let share = |line: &mut Line<'_>| {
        let share = number("a share in percent, such as 50", |share| {
            share > Decimal::ZERO
        });
        terminated(share, optional(sign("%", "`%`"))).parse_next(line)
    };
    let order = alt((
        preceded(word("buy", "`buy`"), amount).map(|amount| Order::Buy { amount }),
        preceded(word("sell", "`sell`"), share).map(|percent| Order::Sell { percent }),
        preceded(word("sidebet", "`sidebet`"), amount).map(|stake| Order::Sidebet { stake }),
    ))
    .parse_next(line)?;
    Ok(StrategyLine::Script { game, when, order })
}

/// Any number of conditions, each after `and`.
fn more_conditions(line: &mut Line<'_>, quantities: &[Quantity]) -> Parsed<Vec<Condition>> {
    let next = |line: &mut Line<'_>| condition(line, quantities);
    repeat(0.., preceded(word("and", "`and`"), next)).parse_next(line)
}

/// A condition on one of these quantities.
fn condition(line: &mut Line<'_>, quantities: &[Quantity]) -> Parsed<Condition> {
    if quantities.contains(&Quantity::Price) {
        alt((fall, |line: &mut Line<'_>| compare(line, quantities))).parse_next(line)
    } else {
        compare(line, quantities)
    }
}

fn compare(line: &mut Line<'_>, quantities: &[Quantity]) -> Parsed<Condition> {
    let quantity = quantity(line, quantities)?;
    let comparison = comparison(line)?;
    let value = value(line, quantity)?;
    Ok(Condition::compare(quantity, comparison, value))
}

/// `price falls 30% from high`.
fn fall(line: &mut Line<'_>) -> Parsed<Condition> {
    (word("price", "`price`"), word("falls", "`falls`")).parse_next(line)?;
    let percent = number("a fall between 0 and 100%, such as 30%", |percent| {
        percent > Decimal::ZERO && percent < Decimal::ONE_HUNDRED
    });
    let rest = (
        sign("%", "`%`"),
        word("from", "`from high`"),
        word("high", "`high`"),
    );
    let percent = terminated(percent, rest).parse_next(line)?;
    let since = HighSince::GameStart;
    Ok(Condition::FallsFromHigh { percent, since })
}

fn quantity(line: &mut Line<'_>, quantities: &[Quantity]) -> Parsed<Quantity> {
    let start = *line;
    for quantity in quantities {
        *line = start;
        if quantity_words(line, *quantity).is_ok() {
            return Ok(*quantity);
        }
    }
    *line = start;
    Err(EmptyError)
}

fn quantity_words(line: &mut Line<'_>, quantity: Quantity) -> Parsed<()> {
    let (first, second) = match quantity {
        Quantity::Price => (word("price", "`price`"), None),
        Quantity::Tick => (word("tick", "`tick`"), None),
        Quantity::Held => (word("held", "`held`"), None),
        Quantity::Profit => (word("profit", "`profit`"), None),
        Quantity::Games => (word("games", "`games`"), None),
        Quantity::Balance => (word("balance", "`balance`"), None),
        Quantity::Lost => (word("lost", "`lost`"), None),
        Quantity::Won => (word("won", "`won`"), None),
        Quantity::LastTicks => (word("last", "`last ticks`"), Some(word("ticks", "`ticks`"))),
        Quantity::LastPeak => (word("last", "`last peak`"), Some(word("peak", "`peak`"))),
    };
    let mut first = first;
    first.parse_next(line)?;
    second.map_or(Ok(()), |mut second| second.parse_next(line))
}

fn comparison(line: &mut Line<'_>) -> Parsed<Comparator> {
    alt((
        sign(">=", "`>=`").value(Comparator::AtLeast),
        sign("<=", "`<=`").value(Comparator::AtMost),
        sign(">", "`>`").value(Comparator::Above),
        sign("<", "`<`").value(Comparator::Below),
        sign("=", "`=`").value(Comparator::Equal),
    ))
    .parse_next(line)
}

/// The number that a quantity is compared with.
fn value(line: &mut Line<'_>, quantity: Quantity) -> Parsed<Decimal> {
    match quantity {
        Quantity::Price | Quantity::LastPeak => {
            multiplier("a multiplier above 0, such as 1.5").parse_next(line)
        }
        Quantity::Tick => tick.map(Decimal::from).parse_next(line),
        Quantity::Held | Quantity::LastTicks => {
            let ticks = whole(TICKS, |ticks: &Tick| *ticks <= MAX_TICK);
            let ticks = terminated(ticks, optional(word("ticks", "`ticks`")));
            ticks.map(Decimal::from).parse_next(line)
        }
        Quantity::Profit => {
            let percent = number("a percentage, such as 20 or -20", |_| true);
            terminated(percent, optional(sign("%", "`%`"))).parse_next(line)
        }
        Quantity::Games => whole("a number of games", |_: &u64| true)
            .map(Decimal::from)
            .parse_next(line),
        Quantity::Balance | Quantity::Lost | Quantity::Won => {
            number(SOL, |amount| amount >= Decimal::ZERO).parse_next(line)
        }
    }
}
