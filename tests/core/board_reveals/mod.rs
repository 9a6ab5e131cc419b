//! How a game is completed (`docs/behaviour.md` 7): its reveal, by its own id and once; healing; recovery; a lost
//! connection.

mod commitments;
mod completion;

use pianola::fairness::{CommitmentSource, Path, ProofStatus, seed_hash};
use pianola::protocol::{Commitment, GameStateUpdate, HistoryEntry, number};

use crate::support::decimal::d;
use crate::support::scripted_board::{cooldown, id};

const SEED: &str = "3ebcc4cd5daa7e41cb996efb2c4b73f0235b8e385617c142f17eee9b685d9a7d";
const GAME: &str = "20251215-1a211bfc7caf41d6";

/// The history entry of a real game of eight ticks.
fn entry(prices: bool) -> HistoryEntry {
    let path = Path::draw(SEED, &id(GAME));
    let mut list: Vec<_> = path.prices().iter().map(|p| number::shortest(*p)).collect();
    list.push(Some(d("0.014782661565813707")));
    HistoryEntry {
        id: id(GAME),
        timestamp: Some(1_765_761_482_000),
        prices: prices.then_some(list),
        peak: Some(d("1")),
        seed: Some(SEED.to_owned()),
        hash: Some(seed_hash(SEED)),
        version: Some("v3".to_owned()),
    }
}

fn genesis(game: &str, history: Vec<HistoryEntry>) -> GameStateUpdate {
    GameStateUpdate {
        active: Some(false),
        history: Some(history),
        ..cooldown(game, 15_000)
    }
}

fn committed(mut update: GameStateUpdate) -> GameStateUpdate {
    update.commitment = Some(Commitment {
        hash: seed_hash(SEED),
        version: Some("v3".to_owned()),
    });
    update
}

const RUG: &str = "0.014782661565813707";
const UNSEEN: (CommitmentSource, ProofStatus, Option<&str>, u32) = (
    CommitmentSource::File,
    ProofStatus::Unverifiable,
    Some("no commitment seen"),
    1,
);

const SEEN_BUT_EARLY: (CommitmentSource, ProofStatus, Option<&str>, u32) =
    (CommitmentSource::Seen, ProofStatus::Repaired, None, 1);
