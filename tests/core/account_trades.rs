//! The arithmetic of a trade against the shared trades of the captures: 28 buys and 20 sells of other players.

use pianola::account::Position;
use pianola::protocol::{Counts, Event, TradeKind, decode, number};
use rust_decimal::Decimal;

use crate::support::captures;

/// The server is up to 3.3 lamports below quantity x price: it cuts per lot, and the lots of other players are unknown.
const MAX_CUT: &str = "0.0000000033";

#[test]
fn every_shared_trade_adds_up_to_the_lamport() {
    let (mut buys, mut sells) = (0, 0);
    for name in [
        captures::STREAMS[0],
        captures::STREAMS[1],
        "unauth-schema-2026-02-06.jsonl",
    ] {
        let Some(lines) = captures::lines(name) else {
            return;
        };
        for line in lines {
            let Some(Event::NewTrade(trade)) =
                decode(&line.event, &line.args, &mut Counts::default())
            else {
                continue;
            };
            let (Some(amount), Some(qty), Some(price)) = (trade.amount, trade.qty, trade.price)
            else {
                panic!("a trade without its numbers: {trade:?}")
            };
            match trade.kind {
                TradeKind::Buy => {
                    let mut position = Position::default();
                    assert_eq!(position.buy(amount, price), Some(qty), "{trade:?}");
                    buys += 1;
                }
                TradeKind::Sell => {
                    let below = qty * price - amount;
                    let bound = number::parse(MAX_CUT).unwrap();
                    assert!(
                        below >= Decimal::ZERO && below <= bound,
                        "{below}: {trade:?}"
                    );
                    sells += 1;
                }
                TradeKind::ShortOpen | TradeKind::ShortClose => {}
            }
        }
    }
    assert_eq!((buys, sells), (28, 20));
}
