//! The review as JSON: `docs/review.md` says what each key means.

use serde_json::{Value, json};

use super::{BandLevel, FreshResult, Luck, OtherExit, Reviewed, value_of};
use crate::clock::local_time;
use crate::paths;
use crate::recording::NotePlace;
use crate::review::{Exit, Extreme, Figures, SidebetTrip, SliceKind, Trip, TripFill, slices};

/// Returns a line for each session, and one for all of them.
pub(super) fn lines(all: &[Reviewed], other: Option<&OtherExit>) -> Vec<String> {
    let exit = other.map(|other| other.exit);
    let mut lines: Vec<String> = all
        .iter()
        .map(|one| session_json(one, exit).to_string())
        .collect();
    let trips: Vec<Trip> = all
        .iter()
        .flat_map(|one| one.session.review.trips.clone())
        .collect();
    let bets = all.iter().flat_map(|one| &one.session.review.sidebets);
    let luck = Luck::sum(all.iter().map(|one| &one.luck));
    let mut parts = serde_json::Map::new();
    for kind in SliceKind::ALL {
        let of_kind = slices(*kind, &trips, local_time);
        let of_kind: Vec<_> = of_kind
            .iter()
            .map(|slice| json!({ "name": slice.name, "figures": figures_json(&slice.figures) }))
            .collect();
        parts.insert(kind.as_str().to_owned(), json!(of_kind));
    }
    let value = value_of(all);
    let total = json!({
        "sessions": all.len(), "earned": value.end(), "fall": value.fall().map(|fall| fall.depth), "figures": figures_json(&Figures::of(&trips, bets)), "slices": parts,
        "odds": luck_json(&luck), "fresh_games": other.map(|other| fresh_json(&other.fresh)),
    });
    lines.push(total.to_string());
    lines
}

fn session_json(session: &Reviewed, exit: Option<Exit>) -> Value {
    let review = &session.session.review;
    let expected = &review.expected;
    let notes = &session.session.notes;
    let trip = |trip: &Trip| {
        let mut object = trip_json(session, trip);
        if let Some(exit) = exit {
            object["what_if_pnl"] = json!(session.what_if(trip, exit));
        }
        object
    };
    json!({
        "path": paths::text(&session.path),
        "star": notes.starred, "tags": notes.tags, "note": notes.text,
        "earned": review.earned(), "change": review.change, "trip_pnl": review.trip_pnl(), "sidebet_pnl": review.sidebet_pnl(),
        "unexplained": review.unexplained, "opened": review.opened,
        "disagreements": session.disagreements, "unchecked": session.unchecked,
        "missing_games": session.session.timeline.missing_games().iter().map(|game| game.0).collect::<Vec<_>>(),
        "fall": review.value.fall().map(|fall| fall.depth),
        "median_delay_ticks": review.median_delay,
        "expected": {
            "positions": expected.positions, "sidebets": expected.sidebets, "total": expected.total(),
            "ticks": expected.ticks, "bets": expected.bets, "missing_ticks": expected.missing_ticks,
            "rug_price": expected.rug_price, "rug_prices": expected.rug_prices,
            "unknown_versions": expected.unknown_versions,
        },
        "luck": review.luck(),
        "odds": luck_json(&session.luck),
        "what_if": exit.map(|exit| {
            let total = session.what_if_total(exit);
            json!({ "mine": total.mine, "other": total.other, "trips": total.trips })
        }),
        "figures": figures_json(&Figures::of(&review.trips, &review.sidebets)),
        "trips": review.trips.iter().map(trip).collect::<Vec<_>>(),
        "sidebets": review.sidebets.iter().map(|bet| sidebet_json(session, bet)).collect::<Vec<_>>(),
    })
}

fn luck_json(luck: &Luck) -> Value {
    let band = |level| luck.band(level).map(|(low, high)| json!([low, high]));
    json!({
        "actual": luck.actual, "expected": luck.expected, "luck": luck.luck(),
        "standard_deviations": luck.standard_deviations(),
        "band_70": band(BandLevel::Inner), "band_95": band(BandLevel::Outer),
        "ticks": luck.ticks, "missing_ticks": luck.missing_ticks, "bets": luck.bets,
        "rug_prices": luck.rug_prices, "unknown_versions": luck.unknown_versions,
    })
}

fn fresh_json(fresh: &FreshResult) -> Value {
    json!({
        "trips": fresh.trips, "per_trip": fresh.per_trip, "per_staked": fresh.per_staked,
        "rugged": fresh.rugged,
    })
}

fn trip_json(session: &Reviewed, trip: &Trip) -> Value {
    let extreme = |extreme: Option<Extreme>| {
        extreme.map(|extreme| json!({ "tick": extreme.tick, "value": extreme.value }))
    };
    let fill = |fill: &TripFill| {
        json!({
            "action": fill.kind, "tick": fill.tick, "price": fill.price, "qty": fill.qty,
            "amount": fill.amount, "source": fill.source,
        })
    };
    let place = NotePlace::Trip {
        seq: trip.first_row(),
    };
    let note = session.session.notes.note_at(&place);
    json!({
        "game_id": session.game_id(trip.game), "row": trip.first_row(), "end": trip.end,
        "star": note.is_some_and(|note| note.starred), "tags": note.map_or(&[][..], |note| &note.tags),
        "note": note.map_or("", |note| &note.text),
        "entries": trip.entries.iter().map(fill).collect::<Vec<_>>(),
        "exits": trip.exits.iter().map(fill).collect::<Vec<_>>(),
        "cost": trip.cost, "average_cost": trip.average_cost(), "proceeds": trip.proceeds,
        "pnl": trip.pnl, "return": trip.of_cost(trip.pnl), "ticks_held": trip.ticks_held(),
        "mae": extreme(trip.worst), "mfe": extreme(trip.best), "missing_ticks": trip.missing_ticks,
        "efficiency": trip.efficiency(), "best_price_after": extreme(trip.best_after),
        "sources": trip.sources(),
    })
}

fn sidebet_json(session: &Reviewed, bet: &SidebetTrip) -> Value {
    json!({
        "game_id": session.game_id(bet.game), "start_tick": bet.start_tick, "end_tick": bet.end_tick,
        "stake": bet.stake, "payout": bet.payout, "pnl": bet.pnl(), "source": bet.source,
    })
}

fn figures_json(figures: &Figures) -> Value {
    let (winners, losers) = figures.mean_ticks();
    json!({
        "trades": figures.trades.n(), "won": figures.trades.won, "pnl": figures.trades.pnl,
        "win_rate": figures.win_rate, "expectancy": figures.expectancy(),
        "average_win": figures.average_win(), "average_loss": figures.average_loss(),
        "payoff_ratio": figures.payoff_ratio(), "profit_factor": figures.profit_factor(),
        "largest_win": figures.largest_win, "largest_loss": figures.largest_loss,
        "longest_win_streak": figures.streaks.won, "longest_loss_streak": figures.streaks.lost,
        "mean_ticks_of_winners": winners, "mean_ticks_of_losers": losers,
        "sidebets": figures.sidebets.n(), "sidebets_won": figures.sidebets.won,
        "sidebets_pnl": figures.sidebets.pnl,
    })
}
