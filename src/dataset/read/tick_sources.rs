//! Where the price of each tick comes from, as far as a game file says it.

use super::count;
use crate::dataset::rows::TickSource;
use crate::recording::GameFile;

/// Returns the source of each tick.
///
/// A tick with an arrival is live, one of `repaired_ticks` is from the seed. The file only counts the others by source:
/// if all of them have one source it is known, otherwise it is unknown.
pub(super) fn tick_sources(file: &GameFile) -> Vec<TickSource> {
    let GameFile {
        meta,
        prices,
        arrivals,
    } = file;
    let mut sources = vec![None; prices.len()];
    for (source, price) in sources.iter_mut().zip(prices) {
        if price.is_none() {
            *source = Some(TickSource::Missing);
        }
    }
    for tick in &meta.repaired_ticks {
        if let Some(source @ None) = sources.get_mut(*tick as usize) {
            *source = Some(TickSource::Seed);
        }
    }
    let mut arrived = 0;
    for (source, arrival) in sources.iter_mut().zip(arrivals) {
        if source.is_none() && arrival.is_some() {
            *source = Some(TickSource::Live);
            arrived += 1;
        }
    }
    let counts = [
        (
            TickSource::Live,
            count(meta.sources.live).saturating_sub(arrived),
        ),
        (TickSource::Partial, count(meta.sources.partial)),
        (TickSource::Snapshot, count(meta.sources.snapshot)),
        (TickSource::History, count(meta.sources.history)),
    ];
    let mut possible = counts.iter().filter(|(_, ticks)| *ticks > 0);
    let rest = match (possible.next(), possible.next()) {
        (Some((only, _)), None) => *only,
        _ => TickSource::Unknown,
    };
    sources
        .into_iter()
        .map(|source| source.unwrap_or(rest))
        .collect()
}
