//! The language, line by line.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{MAX_RULES, StrategyError};
use crate::protocol::number;
use crate::strategy::ast::{Amount, Moment, RuleAction, ScriptTime, StakeStep, Strategy};
use crate::strategy::condition::{Comparator, Condition, HighSince, Quantity};
use crate::trading::Order;

fn d(text: &str) -> Decimal {
    number::parse(text).expect("a decimal")
}

fn strategy(text: &str) -> Strategy {
    Strategy::parse(text).unwrap_or_else(|errors| panic!("{text}: {errors}"))
}

fn errors(text: &str) -> Vec<StrategyError> {
    Strategy::parse(text).expect_err(text).0
}

/// The moment, repetition, conditions and action of a rule.
type RuleParts = (Moment, bool, Vec<Condition>, RuleAction);

/// Reads one rule, with a stake of 0.01.
fn rule(text: &str) -> RuleParts {
    let mut strategy = strategy(&format!("stake 0.01\n{text}"));
    let rule = strategy.rules.remove(0);
    assert_eq!((rule.line.number, &*rule.line.text), (2, text.trim()));
    (rule.moment, rule.repeats, rule.conditions, rule.action)
}

fn compare(quantity: Quantity, comparison: Comparator, value: &str) -> Condition {
    Condition::compare(quantity, comparison, d(value))
}

/// The example of the page of the language.
const EARLY_BIRD: &str = "\
name  early bird
stake 0.01
in presale                     buy stake
when price >= 1.5              sell 50%
when price falls 30% from high sell all
after 40 ticks                 sell all          # ticks since the position was opened
at tick 0                      sidebet 0.002
after loss                     stake x 1.25, at most 0.05
after win                      stake 0.01
stop when lost >= 0.1
3 presale buy 0.013                              # script line: game 3 only
";

#[test]
fn a_whole_strategy_is_read() {
    let read = strategy(EARLY_BIRD);
    assert_eq!(read.name.as_deref(), Some("early bird"));
    assert_eq!(read.stake, Some(d("0.01")));
    let texts: Vec<_> = read
        .rules
        .iter()
        .map(|rule| rule.line.to_string())
        .collect();
    assert_eq!(texts[3], "line 6: after 40 ticks                 sell all");
    let actions: Vec<_> = read.rules.iter().map(|rule| rule.action).collect();
    let sell = |percent| RuleAction::Sell {
        percent: d(percent),
    };
    assert_eq!(
        actions,
        [
            RuleAction::Buy(Amount::Stake),
            sell("50"),
            sell("100"),
            sell("100"),
            RuleAction::Sidebet(Amount::Fixed(d("0.002"))),
        ]
    );
    let loss = read.after_loss.clone().expect("a change");
    assert_eq!(loss.step, StakeStep::Times(d("1.25")));
    assert_eq!(loss.apply(d("0.01")), d("0.0125"));
    assert_eq!(loss.apply(d("0.048")), d("0.05"));
    let win = read.after_win.clone().expect("a change");
    assert_eq!(win.apply(d("0.05")), d("0.01"));
    assert_eq!(read.stops.len(), 1);
    assert_eq!(read.script.len(), 1);
    assert!(!read.is_script());
}

#[test]
fn each_beginning_of_a_rule_has_its_moment() {
    use Comparator::{AtLeast, Equal};
    let sell_all = RuleAction::Sell { percent: d("100") };
    let buy = RuleAction::Buy(Amount::Stake);
    let held = compare(Quantity::Held, AtLeast, "40");
    let tick = compare(Quantity::Tick, Equal, "7");
    let price = compare(Quantity::Price, AtLeast, "1.5");
    let fall = Condition::FallsFromHigh {
        percent: d("30"),
        since: HighSince::Opened,
    };
    for (text, parts) in [
        (
            "in presale buy stake",
            (Moment::Presale, false, vec![], buy),
        ),
        (
            "at tick 7 buy stake",
            (Moment::Running, false, vec![tick], buy),
        ),
        (
            "after 40 ticks sell all",
            (Moment::Running, false, vec![held], sell_all),
        ),
        (
            "when price >= 1.5x sell all",
            (Moment::Running, false, vec![price], sell_all),
        ),
        (
            "whenever price>=1.5 sell 100%",
            (Moment::Running, true, vec![price], sell_all),
        ),
        (
            "\tat tick 7 and price >= 1.5 and held >= 40 ticks sell all",
            (Moment::Running, false, vec![tick, price, held], sell_all),
        ),
        (
            "when price falls 30% from high sell all",
            (Moment::Running, false, vec![fall], sell_all),
        ),
    ] {
        assert_eq!(rule(text), parts, "{text}");
    }
    // A rule that does not sell looks at the whole game.
    let (_, _, conditions, _) = rule("when price falls 30 % from high buy stake");
    let since = HighSince::GameStart;
    assert_eq!(
        conditions,
        [Condition::FallsFromHigh {
            percent: d("30"),
            since
        }]
    );
}

#[test]
fn each_quantity_and_comparison_is_read() {
    use Comparator::{Above, AtLeast, AtMost, Below, Equal};
    for (text, condition) in [
        ("price > 2", compare(Quantity::Price, Above, "2")),
        ("tick < 30", compare(Quantity::Tick, Below, "30")),
        ("held <= 5", compare(Quantity::Held, AtMost, "5")),
        ("profit >= -20%", compare(Quantity::Profit, AtLeast, "-20")),
        ("games = 3", compare(Quantity::Games, Equal, "3")),
        ("balance < 0.5", compare(Quantity::Balance, Below, "0.5")),
        ("lost > 0", compare(Quantity::Lost, Above, "0")),
        ("won >= 0.1", compare(Quantity::Won, AtLeast, "0.1")),
        (
            "last ticks <= 10",
            compare(Quantity::LastTicks, AtMost, "10"),
        ),
        (
            "last peak < 1.2x",
            compare(Quantity::LastPeak, Below, "1.2"),
        ),
    ] {
        let (_, _, conditions, _) = rule(&format!("when {text} buy 0.01"));
        assert_eq!(conditions, [condition], "{text}");
        assert_eq!(
            condition.to_string().replace('x', ""),
            text.replace(['%', 'x'], "")
        );
    }
}

#[test]
fn a_script_is_sorted_by_its_moments_and_equal_ones_stay_in_order() {
    let text = "2 5 sell 50 # half\n\n# presale\n1 presale buy 0.01\n1 presale sidebet 0.002\n1 3 buy 0.5\r\n";
    let read = strategy(&format!("\u{feff}{text}"));
    assert!(read.is_script());
    assert_eq!(read.last_script_game(), 2);
    let lines: Vec<_> = read
        .script
        .iter()
        .map(|line| (line.line.number, line.game, line.when, line.order))
        .collect();
    let (buy, bet) = (
        |amount| Order::Buy { amount: d(amount) },
        Order::Sidebet { stake: d("0.002") },
    );
    assert_eq!(
        lines,
        [
            (4, 1, ScriptTime::Presale, buy("0.01")),
            (5, 1, ScriptTime::Presale, bet),
            (6, 1, ScriptTime::Tick(3), buy("0.5")),
            (1, 2, ScriptTime::Tick(5), Order::Sell { percent: d("50") }),
        ]
    );
    assert_eq!(Strategy::parse("# nothing\n\n"), Ok(Strategy::default()));
}

#[test]
fn an_error_names_line_column_what_is_there_and_what_could_be() {
    for (text, message) in [
        (
            "1 presale hold 1",
            "line 1, column 11: found `hold`, expected `buy`, `sell` or `sidebet`",
        ),
        (
            "1 presale buy",
            "line 1, column 14: found the end of the line, expected an amount above 0, such as 0.01",
        ),
        (
            "\n1 later buy 1",
            "line 2, column 3: found `later`, expected `presale` or a tick from 0 to 5000",
        ),
        (
            "1 1 buy 1 2",
            "line 1, column 11: found `2`, expected the end of the line",
        ),
        (
            "when price about 2 sell all",
            "line 1, column 12: found `about`, expected `falls`, `>=`, `<=`, `>`, `<` or `=`",
        ),
        (
            "when price >= 2 sell 50",
            "line 1, column 24: found the end of the line, expected `%`",
        ),
        (
            "when price >= two sell all",
            "line 1, column 15: found `two`, expected a multiplier above 0, such as 1.5",
        ),
        (
            "stop when price > 2",
            "line 1, column 11: found `price`, expected `games`, `balance`, `lost`, `won`, `last ticks` or `last peak`",
        ),
        (
            "name",
            "line 1, column 5: found the end of the line, expected a name of at most 60 characters",
        ),
        (
            "name a\u{7}",
            "line 1, column 6: found `a\\u{7}`, expected a name of at most 60 characters",
        ),
        (
            "stake 1\nafter loss stake x 2; at most 3",
            "line 2, column 20: found `2;`, expected a factor above 0, such as 2",
        ),
        (
            "when price >= 2 and hold sell all",
            "line 1, column 21: found `hold`, expected `price`, `tick`, `held`, `profit`, `games`, `balance`, `lost`, `won`, `last ticks` or `last peak`",
        ),
        (
            "stake 1\nwhen price >= 2 sell all\n  stake 2",
            "line 3, column 3: found a second `stake`, expected only one in a file; the first is in line 1",
        ),
        (
            "in presale buy stake",
            "line 1, column 16: found `stake`, expected a line such as `stake 0.01` in this file, to begin with",
        ),
        // Columns count characters, not bytes.
        (
            "\u{a0}in présale buy 1",
            "line 1, column 5: found `présale`, expected `presale`",
        ),
        (
            "1 1 buy \u{1b}[2J",
            "line 1, column 9: found `\\u{1b}[2J`, expected an amount above 0, such as 0.01",
        ),
    ] {
        assert_eq!(
            Strategy::parse(text).expect_err(text).to_string(),
            message,
            "{text}"
        );
    }
}

#[test]
fn an_unreadable_line_is_named_with_its_place() {
    for (text, expected) in [
        ("1 presale buy", "above 0"),
        ("0 presale buy 1", "from 1"),
        ("\n1 later buy 1", "presale"),
        ("1 5001 buy 1", "5000"),
        ("1 1 hold 1", "`sidebet`"),
        ("1 1 buy -1", "above 0"),
        ("1 1 buy 1e99", "above 0"),
        ("1 1 buy 1_0", "above 0"),
        ("1 1 buy +1", "above 0"),
        ("1 1 buy .5", "above 0"),
        ("1 1 buy 1.", "above 0"),
        ("1 1 buy 0,5", "above 0"),
        ("1 1 buy ١", "above 0"),
        ("+1 1 buy 1", "from 1"),
        ("1 +1 buy 1", "5000"),
        (
            "when price falls 0% from high sell all",
            "between 0 and 100%",
        ),
        (
            "when price falls 100% from high sell all",
            "between 0 and 100%",
        ),
        ("in presale sell 101%", "from 0 to 100%"),
        ("at tick 5001 buy 1", "5000"),
    ] {
        let error = Strategy::parse(text).expect_err(text).to_string();
        assert!(
            error.contains(expected) && error.starts_with("line "),
            "{error}"
        );
    }
}

#[test]
fn all_faulty_lines_are_listed_and_a_file_of_noise_is_cut() {
    let found = errors("stake\n1 1 buy 1\nin presale buy stake\nwhen sell");
    let places: Vec<_> = found
        .iter()
        .map(|error| (error.line, error.column, error.length))
        .collect();
    // The stake is there, only its amount is not.
    assert_eq!(places, [(1, 6, 1), (4, 6, 4)]);
    let printed = Strategy::parse(&"?\n".repeat(100))
        .expect_err("noise")
        .to_string();
    assert_eq!(printed.lines().count(), 21);
    assert!(
        printed.ends_with("\n80 more lines cannot be read"),
        "{printed}"
    );
    let many = "at tick 1 buy 1\n".repeat(MAX_RULES + 1);
    let expected = "line 1001, column 1: found one more rule, expected at most 1000 rules";
    assert_eq!(
        Strategy::parse(&many).expect_err("too many").to_string(),
        expected
    );
}

/// Words, numbers and signs of the language, and some that are none.
fn part() -> impl proptest::strategy::Strategy<Value = String> {
    let words = "name stake in presale when whenever at tick after ticks loss win stop price held profit games balance \
        lost won last peak falls from high and buy sell sidebet all x most % , # >= <= > < = 50% 1.5x 0 1 2.5 -3 5001 \
        1e9 0.000000001 99999999999999999999999999999 \t \r \u{feff} é ١";
    let words: Vec<_> = words.split(' ').map(str::to_owned).collect();
    prop_oneof![8 => proptest::sample::select(words), 1 => any::<String>()]
}

/// Fails unless errors have places inside the text.
fn has_places_in(text: &str) {
    let Err(found) = Strategy::parse(text) else {
        return;
    };
    assert!(!found.as_slice().is_empty());
    let lines: Vec<_> = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .lines()
        .collect();
    for error in found.as_slice() {
        let width = lines[error.line - 1].chars().count();
        assert!(error.column >= 1 && error.length >= 1 && !error.expected.is_empty());
        assert!(error.column <= width + 1, "{error:?} in {text:?}");
    }
    assert!(!found.to_string().contains(['\u{1b}', '\u{7}']));
}

// Short here; `PROPTEST_CASES` sets the number of cases for a long run.
proptest! {
    #[test]
    fn no_text_panics_and_each_error_has_a_place_in_it(text in any::<String>()) {
        has_places_in(&text);
    }

    #[test]
    fn no_words_of_the_language_panic(lines in prop::collection::vec(prop::collection::vec(part(), 0..9), 0..9)) {
        let lines: Vec<_> = lines.iter().map(|parts| parts.join(" ")).collect();
        has_places_in(&lines.join("\n"));
    }

    /// A strategy with a character taken out, put in or replaced is read, or refused with the changed line alone and
    /// those that depend on it.
    #[test]
    fn a_changed_strategy_is_read_or_refused_in_its_place(at in 0usize..400, new in any::<Option<char>>(), takes in any::<bool>()) {
        let mut chars: Vec<_> = EARLY_BIRD.chars().collect();
        let at = at % chars.len();
        chars.splice(at..at + usize::from(takes), new);
        let text: String = chars.into_iter().collect();
        has_places_in(&text);
    }
}
