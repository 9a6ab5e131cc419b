//! The review as text, for a terminal of 80 columns.

use rust_decimal::Decimal;

use super::{Reviewed, local, output};
use crate::paths;
use crate::review::{Exit, Extreme, Figures, Slice, SliceKind, Trip, slices};

/// Returns an amount in SOL with sign and four decimals, rounded half to even.
fn sol(amount: Decimal) -> String {
    let amount = amount.round_dp(4);
    let sign = if amount > Decimal::ZERO { "+" } else { "" };
    format!("{sign}{amount:.4}")
}

fn ratio(value: Option<Decimal>) -> String {
    value.map_or("–".to_owned(), |value| {
        format!("{:.2}", value.round_dp(2))
    })
}

fn maybe_sol(amount: Option<Decimal>) -> String {
    amount.map_or("–".to_owned(), sol)
}

/// Returns the lines of each session, and for several of all of them.
pub(super) fn lines(all: &[Reviewed], exit: Option<&(Exit, String)>) -> Vec<String> {
    let mut lines = Vec::new();
    for session in all {
        lines.push(output::escaped(&paths::text(&session.path)));
        let review = &session.review;
        lines.extend(figure_lines(&Figures::of(&review.trips, &review.sidebets)));
        lines.extend(session_lines(session));
        lines.push(
            "  time   entry        amount     P&L      worst    best     ticks end".to_owned(),
        );
        lines.extend(review.trips.iter().map(trip_line));
        if let Some((exit, name)) = exit {
            let (mine, other, n) = session.what_if_total(*exit);
            lines.push(format!("  what if: {name}"));
            lines.push(format!(
                "                {} instead of {}, over {n} of {} trips",
                sol(other),
                sol(mine),
                review.trips.len()
            ));
        }
    }
    if all.len() > 1 {
        let trips: Vec<Trip> = all
            .iter()
            .flat_map(|one| one.review.trips.clone())
            .collect();
        let bets = all.iter().flat_map(|one| &one.review.sidebets);
        lines.push(format!("all {} sessions", all.len()));
        lines.extend(figure_lines(&Figures::of(&trips, bets)));
        for kind in SliceKind::ALL {
            lines.push(format!("  by {}:", kind.as_str()));
            lines.extend(
                slices(*kind, &trips, |at| local(at).naive_local())
                    .iter()
                    .map(slice_line),
            );
        }
    }
    lines
}

fn figure_lines(figures: &Figures) -> Vec<String> {
    let trades = figures.trades;
    let likely = figures.win_rate.map_or(String::new(), |rate| {
        let percent = |share: f64| format!("{:.0}", share * 100.0);
        format!(
            " ({} %, likely {} to {} %)",
            percent(rate.share),
            percent(rate.low),
            percent(rate.high)
        )
    });
    let (winners, losers) = figures.mean_ticks();
    let bets = figures.sidebets;
    vec![
        format!(
            "  result        {} SOL in {} trades, {} a trade",
            sol(trades.pnl),
            trades.n(),
            maybe_sol(figures.expectancy())
        ),
        format!("  won           {} of {}{likely}", trades.won, trades.n()),
        format!(
            "  profit factor {} (won {}, lost {}), payoff {}",
            ratio(figures.profit_factor()),
            sol(figures.gained),
            sol(figures.lost),
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
            "  ticks held    winners {}, losers {}",
            ratio(winners),
            ratio(losers)
        ),
        format!(
            "  sidebets      {} of {} won, {} SOL",
            bets.won,
            bets.n(),
            sol(bets.pnl)
        ),
    ]
}

fn session_lines(session: &Reviewed) -> Vec<String> {
    let review = &session.review;
    let expected = &review.expected;
    let fall = review.fall.as_ref().map_or("none".to_owned(), |fall| {
        let from = fall
            .from
            .as_ref()
            .map_or("the start".to_owned(), |(_, point)| {
                local(point.at).format("%H:%M:%S").to_string()
            });
        format!(
            "{} from {from} to {}",
            sol(-fall.depth),
            local(fall.to.1.at).format("%H:%M:%S")
        )
    });
    let luck = review.luck();
    let mut lines = vec![
        format!("  deepest fall  {fall}"),
        format!(
            "  wallet        {} SOL, unexplained {}, still open {}",
            sol(review.change),
            sol(review.unexplained),
            sol(review.opened)
        ),
        format!(
            "  by the odds   {:+.4} expected, {luck:+.4} luck",
            expected.total()
        ),
        format!(
            "                {} ticks held, {} rug prices known",
            expected.ticks, expected.rug_prices
        ),
    ];
    if expected.missing_ticks > 0 {
        lines.push(format!(
            "                {} ticks without a price are left out",
            expected.missing_ticks
        ));
    }
    if !expected.unknown_versions.is_empty() {
        let names = expected.unknown_versions.join(", ");
        lines.push(output::escaped(&format!(
            "                no odds known for version {names}"
        )));
    }
    if session.disagreements > 0 {
        lines.push(format!(
            "  {} numbers of the file disagree with the replay: `pianola replay` lists them",
            session.disagreements
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
        .map_or("-".to_owned(), |price| format!("{:.4}x", price.round_dp(4)));
    let least = if trip.missing_ticks > 0 { ">" } else { "" };
    let percent = |extreme: Option<Extreme>| {
        let share = extreme.and_then(|extreme| trip.of_cost(extreme.value));
        share.map_or("-".to_owned(), |share| {
            format!("{least}{:.0} %", share * Decimal::ONE_HUNDRED)
        })
    };
    let held = trip
        .ticks_held()
        .map_or("-".to_owned(), |ticks| ticks.to_string());
    format!(
        "  {began}  {entry:<12} {:<10.4} {:<8} {:<8} {:<8} {held:<5} {}",
        trip.cost.round_dp(4),
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
        "    {:<16} {} of {} won, {} SOL, {} a trade{few}",
        slice.name,
        figures.trades.won,
        figures.trades.n(),
        sol(figures.trades.pnl),
        maybe_sol(figures.expectancy()),
    )
}
