//! Seeds of the practice table, chosen by how long their games are.

use std::ops::Range;

use pianola::table::{GameStream, StepKind};

/// Returns a seed whose first games rug at ticks in these ranges; looks from `first` on, which was one when the test was
/// written.
pub fn seed_of(first: u64, lengths: &[Range<u32>]) -> u64 {
    let fits = |seed: &u64| {
        let mut stream = GameStream::seeded(*seed);
        lengths.iter().all(|wanted| {
            let mut rug = 0;
            loop {
                match stream.next_step().kind {
                    StepKind::Tick { rug_tick, .. } if rug_tick >= wanted.end => return false,
                    StepKind::Tick { rug_tick, .. } => rug = rug_tick,
                    StepKind::Rug => return wanted.contains(&rug),
                    _ => {}
                }
            }
        })
    };
    (first..first + 100_000)
        .find(fits)
        .expect("a seed with such games")
}
