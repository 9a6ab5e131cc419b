//! The rules of the board one by one (`docs/behaviour.md` 6 and 7), with scripted messages.

mod phases;
mod reused_ids;
mod ticks;
