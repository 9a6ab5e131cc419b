//! `GameBook` against the server: the trades of other players, found from the changes of their leaderboard rows.
//!
//! A change of the quantity between two rows of a player is one of: first lot, addition, partial sell, sold out; the
//! first row of a game may show a position ("met", unless the settlement before showed none). The trades behind
//! it are searched among whole percents and thousandths of SOL at the prices of known ticks (`support/follow.rs`);
//! those found drive `GameBook`, and every row is compared with the tolerances of `docs/protocol.md` 4.4. Where no one or
//! two trades explain a row, or several do, the track is lost: that change and those after it are left out, until a row
//! shows no position or a single lot.

mod follow;
mod ledger;
mod rows;
mod search;

use std::collections::BTreeMap;

use follow::{Followed, Kind, follow};
use ledger::{Residual, Rule};
use rows::PlayerRows;
use rust_decimal::Decimal;

use crate::support::captures;

/// Number found, and number of all.
type Part = (usize, usize);

fn all() -> Option<Vec<(PlayerRows, Followed)>> {
    let mut all = Vec::new();
    for name in captures::STREAMS {
        all.extend(rows::player_rows(name)?.into_iter().map(|player_rows| {
            let followed = follow(&player_rows);
            (player_rows, followed)
        }));
    }
    Some(all)
}

/// Plays the trades again and calls `row` for each row that they must explain.
fn compare(
    player_rows: &PlayerRows,
    followed: &Followed,
    rule: Rule,
    mut row: impl FnMut(&[Residual], String),
) {
    for stretch in &followed.stretches {
        let mut ledger = stretch.opening.clone();
        ledger.rule = rule;
        for (sighting, moves) in player_rows.sightings[stretch.first..]
            .iter()
            .zip(&stretch.moves)
        {
            for what in moves {
                assert!(
                    ledger.apply(*what, &player_rows.prices),
                    "{what:?} in {}",
                    player_rows.name()
                );
            }
            let residuals = ledger.residuals(sighting, &player_rows.prices);
            row(
                &residuals,
                format!("{} tick {}", player_rows.name(), sighting.tick),
            );
        }
    }
}

#[test]
fn the_rows_of_other_players_follow_from_their_trades() {
    let Some(all) = all() else { return };
    let mut changes = BTreeMap::<Kind, Part>::new();
    let mut fields = BTreeMap::<&str, (usize, Decimal, Decimal)>::new();
    let (mut compared, mut seen, mut bad) = (0, 0, Vec::new());
    for (player_rows, followed) in &all {
        seen += player_rows.sightings.len();
        for change in &followed.changes {
            let (known, total) = changes.entry(change.kind).or_default();
            *known += usize::from(change.known);
            *total += 1;
        }
        for (index, reason) in &followed.lost {
            let from = &player_rows.sightings[*index];
            let later = followed.changes.iter().filter(|c| c.index >= *index);
            let out: Vec<_> = later.take_while(|c| !c.known).map(|c| c.kind).collect();
            println!(
                "left out: {} from tick {}: {reason}: {out:?}",
                player_rows.name(),
                from.tick
            );
        }
        compare(player_rows, followed, Rule::Ours, |residuals, place| {
            compared += 1;
            for residual in residuals {
                let share = residual.distance / residual.allowed;
                let (count, most, worst) = fields.entry(residual.field).or_default();
                *count += 1;
                *most = residual.distance.max(*most);
                *worst = share.max(*worst);
                if !residual.ok() {
                    bad.push(format!("{place}: {residual:?}"));
                }
            }
        });
    }
    println!("rows compared: {compared} of {seen}");
    for (kind, (known, total)) in &changes {
        println!("{kind:?}: {known} of {total}");
    }
    for (field, (count, most, worst)) in &fields {
        println!("{field}: {count} compared, at most {most}, {worst:.2} of the tolerance");
    }
    assert_eq!(bad, Vec::<String>::new());

    // The 38, 60 and 30 that the documents state. "Met" is not among the 38: the change was not seen.
    let counted = [Kind::FirstLot, Kind::Addition, Kind::PartialSell].map(|kind| changes[&kind]);
    assert_eq!(counted.map(|(_, total)| total), [38, 60, 30]);
    let known: usize = counted.iter().map(|(known, _)| known).sum();
    // The README states these figures.
    assert_eq!(known, 105, "of 128 position changes");
    assert_eq!((compared, seen), (8_820, 9_017));
}

#[test]
fn another_arithmetic_does_not_give_the_rows() {
    let Some(all) = all() else { return };
    for (rule, field, at_least) in [
        (Rule::NewestFirst, "avgCost", 50),
        (Rule::MeanCost, "avgCost", 50),
        (Rule::Money, "regularPnl", 50),
        (Rule::NoLag, "regularPnl", 1000),
    ] {
        let (mut wrong, mut rows, mut most) = (0, 0, Decimal::ZERO);
        for (player_rows, followed) in &all {
            compare(player_rows, followed, rule, |residuals, _| {
                rows += 1;
                let residual = residuals.iter().find(|r| r.field == field && !r.ok());
                wrong += usize::from(residual.is_some());
                most = most.max(residual.map_or(Decimal::ZERO, |r| r.distance));
            });
        }
        println!("{rule:?}: {field} wrong in {wrong} of {rows} rows, by up to {most}");
        assert!(wrong >= at_least, "{rule:?}: {wrong}");
    }
}
