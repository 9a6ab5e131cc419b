//! Strategies: random ones over random games, at the practice table and in simulation, and the piano that plays them.

mod piano;
mod random;
