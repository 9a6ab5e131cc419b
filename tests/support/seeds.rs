//! Seeds of the practice table, chosen by how long their games are.

use std::ops::Range;

use pianola::table::{Mark, Script};

/// Returns a seed whose first games rug at ticks in these ranges; looks from `first` on, which was one when the test was
/// written.
pub fn seed_of(first: u64, lengths: &[Range<u32>]) -> u64 {
    let fits = |seed: &u64| {
        let mut script = Script::seeded(*seed);
        lengths.iter().all(|wanted| {
            let mut rug = 0;
            loop {
                match script.next_step().mark {
                    Mark::Tick { rug_tick, .. } if rug_tick >= wanted.end => return false,
                    Mark::Tick { rug_tick, .. } => rug = rug_tick,
                    Mark::Rug => return wanted.contains(&rug),
                    _ => {}
                }
            }
        })
    };
    (first..first + 100_000)
        .find(fits)
        .expect("a seed with such games")
}
