//! The number of a price in its game.

/// The highest tick a game can have: the generator stops there, and the last tick is the rug.
pub const MAX_TICK: u32 = 5_000;

/// The number of a price in its game, from 0.
pub type Tick = u32;
