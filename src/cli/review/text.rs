//! The review as text, for a terminal of 80 columns.

use rust_decimal::Decimal;

use super::{BandLevel, Luck, OtherExit, Reviewed, output, value_of};
use crate::account::Fall;
use crate::clock::{local, local_time};
use crate::lab::Estimate;
use crate::paths;
use crate::plural::count;
use crate::protocol::number;
use crate::review::{Extreme, Figures, Slice, SliceKind, Trip, slices};

/// Returns an amount in SOL with sign and four decimals, rounded half to even. Zero has no sign.
fn sol(amount: Decimal) -> String {
    number::with_sign(amount, 4)
}

/// Returns [`sol`] of a double.
fn lossy_sol(amount: f64) -> String {
    sol(Decimal::from_f64_retain(amount).unwrap_or_default())
}

fn ratio(value: Option<Decimal>) -> String {
    value.map_or("–".to_owned(), |value| number::rounded(value, 2))
}

fn maybe_sol(amount: Option<Decimal>) -> String {
    amount.map_or("–".to_owned(), sol)
}

/// Returns the lines of each session, and for several of all of them.
pub(super) fn lines(all: &[Reviewed], other: Option<&OtherExit>) -> Vec<String> {
    let mut lines = Vec::new();
    for session in all {
        lines.push(output::escaped(&paths::text(&session.path)));
        let review = &session.session.review;
        let figures = Figures::of(&review.trips, &review.sidebets);
        lines.extend(figure_lines(&figures, review.earned()));
        lines.extend(session_lines(session));
        lines.push(
            "  time   entry        amount     P&L      worst    best     ticks end".to_owned(),
        );
        lines.extend(review.trips.iter().map(trip_line));
        if let Some(exit) = other {
            let total = session.what_if_total(exit.exit);
            lines.push(format!("  what if: {}", exit.name));
            lines.push(format!(
                "                {} instead of {}, over {} of {}",
                sol(total.other),
                sol(total.mine),
                total.trips,
                count(review.trips.len(), "trip")
            ));
        }
    }
    if all.len() > 1 {
        let trips: Vec<Trip> = all
            .iter()
            .flat_map(|one| one.session.review.trips.clone())
            .collect();
        let bets = all.iter().flat_map(|one| &one.session.review.sidebets);
        lines.push(format!("all {} sessions", all.len()));
        let value = value_of(all);
        lines.extend(figure_lines(&Figures::of(&trips, bets), value.end()));
        let is_bound = all.iter().any(|one| one.session.review.fall_is_bound());
        lines.push(fall_line(value.fall(), is_bound, "%m-%d %H:%M:%S"));
        lines.extend(luck_lines(&Luck::sum(all.iter().map(|one| &one.luck))));
        for kind in SliceKind::ALL {
            lines.push(format!("  by {}:", kind.as_str()));
            lines.extend(slices(*kind, &trips, local_time).iter().map(slice_line));
        }
    }
    lines.extend(other.map(fresh_lines).into_iter().flatten());
    lines
}

/// Returns what an exit is worth on new games.
fn fresh_lines(other: &OtherExit) -> Vec<String> {
    let fresh = &other.fresh;
    let Some(staked) = fresh.per_staked else {
        return vec!["no trip can be played on new games".to_owned()];
    };
    let percent = |share: f64| format!("{:+.2} %", share * 100.0);
    let likely = |estimate: Estimate, show: &dyn Fn(f64) -> String| {
        let end = |end: Option<f64>| end.map_or("–".to_owned(), show);
        format!(
            "{} (likely {} to {})",
            show(estimate.value),
            end(estimate.low),
            end(estimate.high)
        )
    };
    let sol = |value: f64| format!("{value:+.5}");
    let mut lines = vec![
        format!(
            "the same rule with your entries on new games, {}:",
            count(fresh.trips, "trip")
        ),
        format!("                {} of the stake", likely(staked, &percent)),
    ];
    if let Some(trip) = fresh.per_trip {
        lines.push(format!("                {} SOL a trip", likely(trip, &sol)));
    }
    lines
}

/// Returns the result beside what the odds expected of it.
fn luck_lines(luck: &Luck) -> Vec<String> {
    let deviations = luck.standard_deviations();
    let deviations =
        deviations.map_or(String::new(), |n| format!(" ({n:+.1} standard deviations)"));
    let mut lines = vec![format!(
        "  by the odds   {} expected, {} luck{deviations}",
        lossy_sol(luck.expected),
        lossy_sol(luck.luck())
    )];
    if let (Some(inner), Some(outer)) = (luck.band(BandLevel::Inner), luck.band(BandLevel::Outer)) {
        lines.push(format!(
            "                by chance 70 %: {} to {}, 95 %: {} to {}",
            lossy_sol(inner.0),
            lossy_sol(inner.1),
            lossy_sol(outer.0),
            lossy_sol(outer.1)
        ));
    }
    lines.push(format!(
        "                {} held, {}, {} known",
        count(luck.ticks, "tick"),
        count(luck.bets, "sidebet"),
        count(luck.rug_prices, "rug price")
    ));
    let left_out = luck.left_out();
    lines.extend(left_out.map(|what| format!("                left out: {what}")));
    if !luck.unknown_versions.is_empty() {
        let names = luck.unknown_versions.join(", ");
        lines.push(output::escaped(&format!(
            "                no odds known for {names}"
        )));
    }
    lines
}

/// Returns the lines of figures, and of what was earned: with sidebets, what is unexplained, and what was open at the end.
fn figure_lines(figures: &Figures, earned: Decimal) -> Vec<String> {
    let trades = figures.trades;
    let likely = figures.win_rate.map_or(String::new(), |rate| {
        let percent = |share: f64| format!("{:.0}", share * 100.0);
        format!(
            ", {} %, likely {} to {} %",
            percent(rate.share),
            percent(rate.low),
            percent(rate.high)
        )
    });
    let (winners, losers) = figures.mean_ticks();
    let whole =
        |ticks: Option<Decimal>| ticks.map_or("–".to_owned(), |ticks| number::rounded(ticks, 0));
    let bets = figures.sidebets;
    vec![
        format!(
            "  result        {} SOL: trades {}, sidebets {}",
            sol(earned),
            sol(trades.pnl),
            sol(figures.sidebets.pnl)
        ),
        format!(
            "  per trade     {} SOL in {}",
            maybe_sol(figures.expectancy()),
            count(trades.n(), "trade")
        ),
        format!("  trades won    {} / {}{likely}", trades.won, trades.n()),
        format!(
            "  profit factor {}: won {}, lost {}; payoff ratio {}",
            ratio(figures.profit_factor()),
            number::rounded(figures.gained, 4),
            number::rounded(figures.lost.abs(), 4),
            ratio(figures.payoff_ratio())
        ),
        format!(
            "  largest       win {}, loss {}; in a row {} won, {} lost",
            maybe_sol(figures.largest_win),
            maybe_sol(figures.largest_loss),
            figures.streaks.won,
            figures.streaks.lost
        ),
        format!(
            "  mean hold     {} ticks: won {}, lost {}",
            whole(figures.mean_hold()),
            whole(winners),
            whole(losers)
        ),
        format!(
            "  sidebets      {} / {} won, {} SOL",
            bets.won,
            bets.n(),
            sol(bets.pnl)
        ),
    ]
}

/// Returns the max drawdown, with its times in this format; of one that is a bound the deeper ones are not known.
fn fall_line(fall: Option<&Fall>, is_bound: bool, format: &str) -> String {
    let time = |at| local(at).format(format);
    let least = if is_bound { "≥" } else { "" };
    let none = if is_bound { "unknown" } else { "none" };
    let fall = fall.map_or(none.to_owned(), |fall| {
        let from = fall
            .from
            .map_or("the start".to_owned(), |from| time(from.at).to_string());
        format!(
            "{least}{} from {from} to {}",
            sol(-fall.depth),
            time(fall.to.at)
        )
    });
    format!("  max drawdown  {fall}")
}

fn session_lines(session: &Reviewed) -> Vec<String> {
    let review = &session.session.review;
    let mut lines = vec![
        fall_line(review.value.fall(), review.fall_is_bound(), "%H:%M:%S"),
        format!(
            "  wallet        {} SOL, unexplained {}, still open {}",
            sol(review.change),
            sol(review.unexplained),
            sol(review.opened)
        ),
    ];
    lines.extend(luck_lines(&session.luck));
    for (game, why, rows) in session.session.timeline.missing_games() {
        lines.push(output::escaped(&format!("  game missing  {game}: {why}")));
        lines.push(format!(
            "                {} of it cannot be computed again",
            count(rows, "action")
        ));
    }
    if session.disagreements > 0 {
        lines.push(format!(
            "  the replay finds {} in the file: `pianola replay` lists them",
            count(session.disagreements, "wrong number")
        ));
    }
    lines
}

fn trip_line(trip: &Trip) -> String {
    let began = trip
        .began()
        .map_or("-".to_owned(), |at| local(at).format("%H:%M").to_string());
    let entry = trip
        .average_cost()
        .map_or("-".to_owned(), |price| number::rounded(price, 4) + "x");
    let least = if trip.missing_ticks > 0 { "≥" } else { "" };
    let percent = |extreme: Option<Extreme>| {
        let share = extreme.and_then(|extreme| trip.of_cost(extreme.value));
        share.map_or("-".to_owned(), |share| {
            let percent = share.saturating_mul(Decimal::ONE_HUNDRED);
            format!("{least}{} %", number::with_sign(percent, 0))
        })
    };
    let held = trip
        .ticks_held()
        .map_or("-".to_owned(), |ticks| ticks.to_string());
    format!(
        "  {began}  {entry:<12} {:<10} {:<8} {:<8} {:<8} {held:<5} {}",
        number::rounded(trip.cost, 4),
        sol(trip.pnl),
        percent(trip.worst),
        percent(trip.best),
        trip.end.as_str(),
    )
}

fn slice_line(slice: &Slice) -> String {
    let figures = &slice.figures;
    let few = if slice.is_small() { " (few)" } else { "" };
    format!(
        "    {:<16} {} / {} won, {} SOL, {} per trade{few}",
        slice.name,
        figures.trades.won,
        figures.trades.n(),
        sol(figures.trades.pnl),
        maybe_sol(figures.expectancy()),
    )
}
