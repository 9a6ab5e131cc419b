//! One connection of a page: what it has shown so far, and what is held until it is known to be the game's. Pure.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::frames::{Packet, Unreadable, decode, without_secrets};
use super::wire::Way;
use crate::feed::Body;

/// The event that only the game's connection carries.
pub(super) const GAME: &str = "gameStateUpdate";
/// What comes before the first of them is kept, so many messages and so much text: the page asks a few things first.
const HELD: usize = 64;
const HELD_BYTES: usize = 1 << 20;

/// When something came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stamp {
    /// By this computer's clock.
    pub(super) at: DateTime<Utc>,
    /// By a clock that nobody sets.
    pub(super) arrived: Instant,
}

/// What a frame did to its connection.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    /// It is for the program.
    Body(Body),
    /// It is not.
    Nothing,
    /// It could not be read.
    Unreadable(&'static str),
    /// The connection is over.
    Over,
}

/// A connection of a page.
#[derive(Debug)]
pub(super) struct Socket {
    /// Counts the connections, so that the newer one is known.
    pub(super) number: u64,
    /// When the server agreed, as far as it was seen.
    agreed: Option<Stamp>,
    /// Something of it was not seen, or was not passed on.
    pub(super) missed: bool,
    /// The game came from it.
    pub(super) is_game: bool,
    held: VecDeque<(Stamp, Body)>,
    held_bytes: usize,
    /// When the server was last heard, with anything.
    pub(super) heard: Instant,
    /// When it last sent an event.
    pub(super) last_event: Instant,
}

impl Socket {
    /// Returns a connection that is being made now, or (`late`) one that was there before.
    pub(super) fn new(number: u64, late: bool, now: Instant) -> Self {
        Self {
            number,
            agreed: None,
            missed: late,
            is_game: false,
            held: VecDeque::new(),
            held_bytes: 0,
            heard: now,
            last_event: now,
        }
    }

    /// Takes a frame.
    pub(super) fn frame(&mut self, way: Way, text: Option<&str>, now: Stamp) -> Heard {
        if way == Way::In {
            self.heard = now.arrived;
        }
        let Some(text) = text else {
            return Heard::Nothing; // Attachments: the game has none.
        };
        let packet = match decode(text) {
            Ok(packet) => packet,
            Err(Unreadable(why)) => return Heard::Unreadable(why),
        };
        match (way, packet) {
            (Way::In, Packet::Connect) => {
                self.agreed = Some(now);
                Heard::Nothing
            }
            (Way::In, Packet::Event { name, args, .. }) => {
                self.last_event = now.arrived;
                self.is_game |= name == GAME;
                Heard::Body(Body::Event { name, args })
            }
            (Way::In, Packet::Ack { id, args }) => {
                self.last_event = now.arrived;
                Heard::Body(Body::Acked { id, args })
            }
            (Way::Out, Packet::Event { name, mut args, id }) => {
                without_secrets(&name, &mut args);
                Heard::Body(Body::Sent { name, args, id })
            }
            (_, Packet::Close | Packet::Disconnect) | (Way::In, Packet::Refuse) => Heard::Over,
            _ => Heard::Nothing,
        }
    }

    /// Keeps something until it is known whether this is the game's connection.
    pub(super) fn hold(&mut self, body: Body, length: usize, now: Stamp) {
        self.held_bytes = self.held_bytes.saturating_add(length);
        self.held.push_back((now, body));
        // What would be incomplete is of no use: the newest alone is kept, and it is known that more was there.
        if self.held.len() > HELD || (self.held_bytes > HELD_BYTES && self.held.len() > 1) {
            let newest = self.held.pop_back();
            self.held.clear();
            self.held.extend(newest);
            self.held_bytes = length;
            self.missed = true;
        }
    }

    /// Forgets what is held.
    pub(super) fn let_go(&mut self) {
        self.missed |= !self.held.is_empty();
        self.held.clear();
        self.held_bytes = 0;
    }

    /// Returns what is held, in order, and when the server agreed at the latest.
    pub(super) fn release(&mut self, now: Stamp) -> (Stamp, VecDeque<(Stamp, Body)>) {
        self.held_bytes = 0;
        let held = std::mem::take(&mut self.held);
        let first = held.front().map_or(now, |(stamp, _)| *stamp);
        let since = self.agreed.filter(|agreed| agreed.arrived <= first.arrived);
        (since.filter(|_| !self.missed).unwrap_or(first), held)
    }

    /// Its login and its first snapshot may have been missed.
    pub(super) fn is_late(&self) -> bool {
        self.missed || self.agreed.is_none()
    }

    /// Whether it speaks.
    pub(super) fn is_fresh(&self, within: Duration, now: Instant) -> bool {
        now.saturating_duration_since(self.last_event) < within
    }
}
