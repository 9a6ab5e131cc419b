//! The results of the lab as a table of at most 80 columns.

use crate::lab::{Estimate, LabReport, Spread, StrategyResult, verdict};
use crate::plural::{count, grouped};

/// Columns of the words at the left.
const WORDS: usize = 24;
/// Columns of each strategy: four of them fill 80.
const COLUMN: usize = 14;

/// Returns the lines of the table.
pub(super) fn lines(report: &LabReport, source: &str, seconds: f64) -> Vec<String> {
    let sessions = count(grouped(report.sessions), "session");
    let games = count(grouped(report.games), "game");
    let mut lines = vec![format!(
        "{sessions} of {games} ({source}), bankroll {} SOL, {seconds:.1} s",
        sol(report.bank)
    )];
    if report.sessions == 0 {
        lines.push("Stopped before the first sessions were over.".to_owned());
        return lines;
    }
    if report.cancelled {
        lines.push("Stopped before the end: these are the sessions that were over.".to_owned());
    }
    if let Some(repeats) = report.repeats.filter(|repeats| *repeats > 1.0) {
        lines.push(format!(
            "Each recorded game was played {repeats:.1} times: the intervals are too narrow."
        ));
    }
    lines.push(String::new());
    let results = &report.strategies;
    let mut row = |words: &str, cell: &dyn Fn(&StrategyResult) -> String| {
        let cells = results.iter().map(|result| {
            let cell = cell(result);
            format!("{:>COLUMN$}", cut(&cell, COLUMN - 1))
        });
        let line = format!("{words:<WORDS$}{}", cells.collect::<String>());
        lines.push(line.trim_end().to_owned());
    };
    row("", &|result| result.name.clone());
    row("Games played", &|result| grouped(result.games));
    row("  with an order", &|result| percent(result.traded));
    row("Profit of a game, SOL", &|result| {
        result
            .per_game
            .map_or("-".to_owned(), |mean| signed(mean.value))
    });
    row("  interval", &|result| {
        margin(result.per_game, |m| format!("{m:.6}"))
    });
    row("Profit per SOL staked", &|result| {
        let ratio = result.per_staked;
        ratio.map_or("-".to_owned(), |ratio| signed_percent(ratio.value))
    });
    row("  interval", &|result| margin(result.per_staked, percent));
    row("Cost of a session, SOL", &|result| {
        signed(result.house_cost.value)
    });
    row("  interval", &|result| {
        margin(Some(result.house_cost), |m| format!("{m:.6}"))
    });
    let last = |result: &StrategyResult, place: usize| {
        let at_end = result.fan.quantiles.last();
        at_end.map_or("-".to_owned(), |quantiles| {
            format!("{:.4}", quantiles[place])
        })
    };
    row("Bankroll at the end", &|_| String::new());
    for (place, words) in ["  5 %", "  25 %", "  half", "  75 %", "  95 %"]
        .into_iter()
        .enumerate()
    {
        row(words, &|result| last(result, place));
    }
    row("Sessions in profit", &|result| {
        percent(result.in_profit.value)
    });
    row("Ruined", &|result| percent(result.ruin.probability.value));
    // The unit has no room in the column: `92.7 to 100.0` fills it.
    row("  interval, %", &|result| percents(result.ruin.probability));
    row("  after games, half", &|result| {
        spread(result.ruin.games, |games| games.median)
    });
    let drawdown =
        |part: fn(Spread) -> f64| move |result: &StrategyResult| percent(part(result.drawdown));
    row("Drawdown, half", &drawdown(|drawdown| drawdown.median));
    row("  95 %", &drawdown(|drawdown| drawdown.p95));
    row("Losing run, half", &|result| {
        spread(Some(result.losing_run), |run| run.median)
    });
    row("  longest", &|result| {
        spread(Some(result.losing_run), |run| run.most)
    });
    row("Kelly fraction", &|result| {
        format!("{:.3}", result.kelly.share)
    });
    lines.push(String::new());
    for result in results {
        lines.extend(wrapped(&format!(
            "{}: {}",
            result.name,
            result.kelly_sentence()
        )));
    }
    let samples = results
        .iter()
        .filter(|result| result.exact_sample.games > 0);
    lines.extend(samples.flat_map(|result| wrapped(&sample(result))));
    lines.push(String::new());
    lines.extend(wrapped(&verdict(report)));
    lines
}

fn sample(result: &StrategyResult) -> String {
    let (name, sample) = (&result.name, result.exact_sample);
    let games = count(grouped(sample.games), "game");
    match sample.different {
        0 => format!("{name}: {games} played with the exact account, too: all equal."),
        different => format!(
            "{name}: of {games} played with the exact account, too, {different} differ, by at most {:.9} SOL.",
            sample.largest
        ),
    }
}

fn sol(amount: f64) -> String {
    let text = format!("{amount:.9}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn signed(number: f64) -> String {
    format!("{number:+.6}")
}

fn percent(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}

/// Returns the interval of a share in percent, without the unit.
fn percents(share: Estimate) -> String {
    let end = |end: Option<f64>| end.map_or("-".to_owned(), |end| format!("{:.1}", end * 100.0));
    format!("{} to {}", end(share.low), end(share.high))
}

fn signed_percent(share: f64) -> String {
    format!("{:+.2} %", share * 100.0)
}

fn margin(estimate: Option<Estimate>, shown: impl Fn(f64) -> String) -> String {
    let margin = estimate.and_then(|estimate| estimate.margin());
    margin.map_or("-".to_owned(), |margin| format!("±{}", shown(margin)))
}

fn spread(spread: Option<Spread>, part: impl Fn(Spread) -> f64) -> String {
    spread.map_or("-".to_owned(), |spread| format!("{:.0}", part(spread)))
}

/// Returns the beginning of a text that is too long for its column.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{kept}…")
}

/// Breaks a text into lines of at most 80 columns.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().filter(|line| {
            line.is_empty() || line.chars().count() + 1 + word.chars().count() <= 80
        });
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_interval_of_a_share_is_cut() {
        for hits in 0..=300 {
            let share = Estimate::share(hits, 300).expect("300 cases");
            let text = percents(share);
            assert_eq!(cut(&text, COLUMN - 1), text);
        }
    }
}
