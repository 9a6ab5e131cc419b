//! The trips and the actions of a session as CSV, for spreadsheets. Amounts are exact; what is unknown is empty.

use chrono::SecondsFormat;

use super::trip::{Extreme, Trip};
use crate::account::{Action, ActionSource};
use crate::csv_field::csv_field;
use crate::game::Time;

/// The head of the trips.
const TRIPS: &str = "game_id,began,entry_tick,exit_tick,average_cost,cost,proceeds,pnl,return,ticks_held,mae,mae_tick,mfe,mfe_tick,missing_ticks,efficiency,best_price_after,end,sources\n";
/// The head of the actions: the keys of the session file.
const ACTIONS: &str = "game_id,tick,timestamp,action,amount,price,balance_after,position_qty_after,entry_price,pnl,seq,status,qty,sell_percent,source,executed_tick,executed_price,reason\n";

/// Returns trips as CSV, each with the id of its game.
pub fn trips_csv<'a>(trips: impl IntoIterator<Item = (&'a str, &'a Trip)>) -> String {
    let lines = trips.into_iter().map(|(game, trip)| {
        let value = |extreme: Option<Extreme>| or_empty(extreme.map(|extreme| extreme.value));
        let tick = |extreme: Option<Extreme>| or_empty(extreme.and_then(|extreme| extreme.tick));
        let exit = trip.exits.last().and_then(|exit| exit.tick);
        let sources: Vec<_> = trip
            .sources()
            .into_iter()
            .map(ActionSource::as_str)
            .collect();
        line(&[
            csv_field(game),
            trip.began().map_or(String::new(), time),
            or_empty(trip.entry_tick()),
            or_empty(exit),
            or_empty(trip.average_cost()),
            trip.cost.to_string(),
            trip.proceeds.to_string(),
            trip.pnl.to_string(),
            or_empty(trip.of_cost(trip.pnl)),
            or_empty(trip.ticks_held()),
            value(trip.worst),
            tick(trip.worst),
            value(trip.best),
            tick(trip.best),
            trip.missing_ticks.to_string(),
            or_empty(trip.efficiency()),
            value(trip.best_after),
            trip.end.as_str().to_owned(),
            sources.join(" "),
        ])
    });
    std::iter::once(TRIPS.to_owned()).chain(lines).collect()
}

/// Returns the rows of a session as CSV.
pub fn actions_csv(actions: &[Action]) -> String {
    let lines = actions.iter().map(|row| {
        line(&[
            csv_field(row.game_id.as_str()),
            row.tick.to_string(),
            time(row.timestamp),
            row.action.as_str().to_owned(),
            or_empty(row.amount),
            or_empty(row.price),
            or_empty(row.balance_after),
            or_empty(row.position_qty_after),
            or_empty(row.entry_price),
            or_empty(row.pnl),
            row.seq.to_string(),
            row.status.as_str().to_owned(),
            or_empty(row.qty),
            or_empty(row.sell_percent),
            row.source.as_str().to_owned(),
            or_empty(row.executed_tick),
            or_empty(row.executed_price),
            row.reason.as_deref().map_or(String::new(), csv_field),
        ])
    });
    std::iter::once(ACTIONS.to_owned()).chain(lines).collect()
}

fn line<const N: usize>(fields: &[String; N]) -> String {
    fields.join(",") + "\n"
}

fn or_empty<T: ToString>(value: Option<T>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

fn time(at: Time) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
