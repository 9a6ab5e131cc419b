//! The parser of strategies and scripts. `grammar.rs` reads one line; here the lines become a strategy, and what only the
//! whole file shows is checked.

mod error;
mod grammar;
mod terminals;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};

use winnow::stream::Stateful;

pub use error::{StrategyError, StrategyErrors};

use error::quoted;
use grammar::StrategyLine;
use terminals::Farthest;

use super::ast::{
    Amount, Rule, RuleAction, ScriptLine, SourceLine, StakeChange, StopRule, Strategy,
};

/// The most rules of a strategy: all of them are asked at every tick.
const MAX_RULES: usize = 1_000;

impl Strategy {
    /// Reads a strategy or a script.
    ///
    /// # Errors
    /// All lines that cannot be read, each with its place, what was found there, and what was expected.
    pub fn parse(text: &str) -> Result<Self, StrategyErrors> {
        let mut reader = Reader::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (number, line) in (1..).zip(text.lines()) {
            reader.take_line(number, line);
        }
        reader.finish()
    }
}

/// The strategy so far, and what is wrong with it.
#[derive(Default)]
struct Reader {
    strategy: Strategy,
    errors: Vec<StrategyError>,
    /// The lines of which a file has one.
    only_lines: HashMap<Discriminant<StrategyLine>, usize>,
    /// The place of the first `stake` in place of an amount.
    stake_use: Option<StrategyError>,
    /// A `stake` line is there, but cannot be read.
    has_faulty_stake: bool,
}

impl Reader {
    fn take_line(&mut self, number: usize, whole: &str) {
        let text = whole.split('#').next().unwrap_or_default();
        if text.trim().is_empty() {
            return;
        }
        match read_line(text) {
            Ok(content) => self.add(number, text, content),
            Err((at, expected)) => {
                self.has_faulty_stake |= text.split_whitespace().next() == Some("stake");
                let expected = expected.into_iter().map(str::to_owned).collect();
                let (length, found) = next_word(&text[at..]);
                let column = text[..at].chars().count() + 1;
                self.errors.push(StrategyError {
                    line: number,
                    column,
                    length,
                    found,
                    expected,
                });
            }
        }
    }

    fn add(&mut self, number: usize, text: &str, content: StrategyLine) {
        let error = |found: String, expected: String| {
            let start = text.len() - text.trim_start().len();
            StrategyError {
                line: number,
                column: text[..start].chars().count() + 1,
                length: text.trim().chars().count(),
                found,
                expected: vec![expected],
            }
        };
        if let Some(words) = words_of_only_line(&content) {
            let first = *self
                .only_lines
                .entry(discriminant(&content))
                .or_insert(number);
            if first != number {
                let found = format!("a second `{words}`");
                let expected = format!("only one in a file; the first is in line {first}");
                return self.errors.push(error(found, expected));
            }
        }
        let line = SourceLine {
            number,
            text: text.trim().into(),
        };
        let strategy = &mut self.strategy;
        match content {
            StrategyLine::Name(name) => strategy.name = Some(name),
            StrategyLine::Stake(stake) => strategy.stake = Some(stake),
            StrategyLine::AfterLoss(step, most) => {
                strategy.after_loss = Some(StakeChange { line, step, most });
                self.note_stake_use(number, text);
            }
            StrategyLine::AfterWin(step, most) => {
                strategy.after_win = Some(StakeChange { line, step, most });
                self.note_stake_use(number, text);
            }
            StrategyLine::Stop(conditions) => strategy.stops.push(StopRule { line, conditions }),
            StrategyLine::Script { game, when, order } => strategy.script.push(ScriptLine {
                line,
                game,
                when,
                order,
            }),
            StrategyLine::Rule { .. } if strategy.rules.len() == MAX_RULES => {
                let found = "one more rule".to_owned();
                let expected = format!("at most {MAX_RULES} rules");
                self.errors.push(error(found, expected));
            }
            StrategyLine::Rule {
                moment,
                repeats,
                conditions,
                action,
            } => {
                strategy.rules.push(Rule {
                    line,
                    moment,
                    repeats,
                    conditions,
                    action,
                });
                if let RuleAction::Buy(Amount::Stake) | RuleAction::Sidebet(Amount::Stake) = action
                {
                    self.note_stake_use(number, text);
                }
            }
        }
    }

    /// Notes a line that needs a stake.
    fn note_stake_use(&mut self, line: usize, text: &str) {
        let word = "stake";
        let at = text.rfind(word).unwrap_or_default();
        self.stake_use.get_or_insert_with(|| StrategyError {
            line,
            column: text[..at].chars().count() + 1,
            length: word.len(),
            found: quoted(word),
            expected: vec!["a line such as `stake 0.01` in this file, to begin with".to_owned()],
        });
    }

    fn finish(mut self) -> Result<Strategy, StrategyErrors> {
        if self.strategy.stake.is_none() && !self.has_faulty_stake {
            self.errors.extend(self.stake_use);
            self.errors.sort_by_key(|error| error.line);
        }
        if self.errors.is_empty() {
            // Lines that are due at the same moment stay in the order of the file.
            self.strategy
                .script
                .sort_by_key(|line| (line.game, line.when));
            Ok(self.strategy)
        } else {
            Err(StrategyErrors(self.errors))
        }
    }
}

/// Returns the words of a line that a file has once.
fn words_of_only_line(content: &StrategyLine) -> Option<&'static str> {
    match content {
        StrategyLine::Name(_) => Some("name"),
        StrategyLine::Stake(_) => Some("stake"),
        StrategyLine::AfterLoss(..) => Some("after loss"),
        StrategyLine::AfterWin(..) => Some("after win"),
        StrategyLine::Rule { .. } | StrategyLine::Stop(_) | StrategyLine::Script { .. } => None,
    }
}

/// Reads a line. An error is the byte at which it cannot go on, and what it expected there.
fn read_line(text: &str) -> Result<StrategyLine, (usize, Vec<&'static str>)> {
    let farthest = Farthest::default();
    let mut line = Stateful {
        input: text,
        state: &farthest,
    };
    let content = grammar::line(&mut line);
    content.map_err(|_place_is_in_farthest| {
        let failure = farthest.failure();
        let left = failure.left.unwrap_or(text.len());
        (text.len() - left, failure.expected)
    })
}

/// Returns the length in characters of the next word, and how a message names it.
fn next_word(rest: &str) -> (usize, String) {
    match rest.split_whitespace().next() {
        Some(word) => (word.chars().count(), quoted(word)),
        None => (1, "the end of the line".to_owned()),
    }
}
