//! The table `imports`.

use serde::{Deserialize, Serialize};

use super::row;
use super::words::Tier;

row! {
    /// A recording of the Python original.
    #[derive(Serialize, Deserialize)]
    pub struct ImportRow in Imports {
        /// The file, by its path in the folder or by its name.
        file: String, "", Meta;
        /// The game; null if no line names one.
        game_id: Option<String>, "", Before;
        /// `A` clean, `B` joined late, `C` holes, `D` no rug, `E` impossible steps, conflicts or unreadable; the worst one that
        /// applies.
        tier: Tier, "", After;
        /// First recorded tick.
        first_tick: Option<i32>, "tick", Meta;
        /// Last recorded tick, those after the rug left out.
        last_tick: Option<i32>, "tick", After;
        /// Tick of the rug.
        rug_tick: Option<i32>, "tick", After;
        /// Ticks without a price between the first one and the rug.
        holes_before_rug: i32, "ticks", After;
        /// Lines with ticks after the rug; they are left out.
        ticks_after_rug: i32, "ticks", After;
        /// Lines that repeat a tick; the first one counts.
        repeats: i32, "lines", After;
        /// Of these, lines with another price.
        conflicts: i32, "lines", After;
        /// Lines that are not JSON, or not understood.
        broken_lines: i32, "lines", After;
        /// Steps between neighbouring ticks that version v3 cannot make.
        v3_violations: i32, "steps", After;
        /// The file that has the same game and is used instead.
        duplicate_of: Option<String>, "", Meta;
        /// How its times were read: `America/New_York` for times without a zone.
        tz_rule: String, "", Meta;
    }
}
