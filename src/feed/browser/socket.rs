//! One connection of a page: its state, and the events held until the game is recognised. Pure.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::messages::Direction;
use super::packet::{Packet, decode};
use crate::capture::hide_login;
use crate::feed::message::{ArrivalTime, FeedEvent};
use crate::protocol::frame::{Frame, FrameError};

/// The event that only the game's connection carries.
pub(super) const GAME: &str = "gameStateUpdate";
/// Limits, in messages and bytes, of what is held before the first of them: the page sends a few requests first.
const MAX_HELD: usize = 64;
const MAX_HELD_BYTES: usize = 1 << 20;

/// The content of a frame.
#[derive(Debug, PartialEq)]
pub(super) enum FrameResult {
    /// An event for the program.
    Event(FeedEvent),
    /// Nothing for the program.
    Nothing,
    /// An unreadable frame.
    Unreadable(&'static str),
    /// The end of the connection.
    Over,
}

/// A connection of a page.
#[derive(Debug)]
pub(super) struct PageSocket {
    /// Counts the connections: the higher number is the newer one.
    pub(super) number: u64,
    /// When the server accepted the connection, if that was observed.
    accepted: Option<ArrivalTime>,
    /// A part of it was not observed, or not sent to the program.
    pub(super) missed: bool,
    /// It carries the game.
    pub(super) is_game: bool,
    held: VecDeque<(ArrivalTime, FeedEvent)>,
    held_bytes: usize,
    /// When the server last sent any frame.
    pub(super) last_frame: Instant,
    /// When the server last sent an event.
    pub(super) last_event: Instant,
}

impl PageSocket {
    /// Returns a new connection, or (`late`) one that was open before it was observed.
    pub(super) fn new(number: u64, late: bool, now: Instant) -> Self {
        Self {
            number,
            accepted: None,
            missed: late,
            is_game: false,
            held: VecDeque::new(),
            held_bytes: 0,
            last_frame: now,
            last_event: now,
        }
    }

    /// Takes a frame.
    pub(super) fn frame(
        &mut self,
        direction: Direction,
        text: Option<&str>,
        now: ArrivalTime,
    ) -> FrameResult {
        if direction == Direction::In {
            self.last_frame = now.arrived;
        }
        let Some(text) = text else {
            return FrameResult::Nothing; // Attachments: the game has none.
        };
        let packet = match decode(text) {
            Ok(packet) => packet,
            Err(FrameError(reason)) => return FrameResult::Unreadable(reason),
        };
        match (direction, packet) {
            (Direction::In, Packet::Other(Frame::Connect)) => {
                self.accepted = Some(now);
                FrameResult::Nothing
            }
            (Direction::In, Packet::Event { name, args, .. }) => {
                self.last_event = now.arrived;
                self.is_game |= name == GAME;
                FrameResult::Event(FeedEvent::Event { name, args })
            }
            (Direction::In, Packet::Ack { id, args }) => {
                self.last_event = now.arrived;
                FrameResult::Event(FeedEvent::Acked { id, args })
            }
            (Direction::Out, Packet::Event { name, mut args, id }) => {
                hide_login(&name, &mut args);
                FrameResult::Event(FeedEvent::Sent { name, args, id })
            }
            (_, Packet::Other(Frame::Close | Frame::Disconnect))
            | (Direction::In, Packet::Other(Frame::Refuse)) => FrameResult::Over,
            _ => FrameResult::Nothing,
        }
    }

    /// Holds an event until this connection is known to carry the game.
    pub(super) fn hold(&mut self, event: FeedEvent, length: usize, now: ArrivalTime) {
        self.held_bytes = self.held_bytes.saturating_add(length);
        self.held.push_back((now, event));
        // An incomplete history is useless: only the newest event is kept, and the rest counts as missed.
        if self.held.len() > MAX_HELD || (self.held_bytes > MAX_HELD_BYTES && self.held.len() > 1) {
            let newest = self.held.pop_back();
            self.held.clear();
            self.held.extend(newest);
            self.held_bytes = length;
            self.missed = true;
        }
    }

    /// Drops the held events.
    pub(super) fn drop_held(&mut self) {
        self.missed |= !self.held.is_empty();
        self.held.clear();
        self.held_bytes = 0;
    }

    /// Returns the held events in order, and the latest time at which the connection was accepted.
    pub(super) fn release(
        &mut self,
        now: ArrivalTime,
    ) -> (ArrivalTime, VecDeque<(ArrivalTime, FeedEvent)>) {
        self.held_bytes = 0;
        let held = std::mem::take(&mut self.held);
        let first = held.front().map_or(now, |(stamp, _)| *stamp);
        let since = self
            .accepted
            .filter(|accepted| accepted.arrived <= first.arrived);
        (since.filter(|_| !self.missed).unwrap_or(first), held)
    }

    /// Whether its login and its first snapshot may have been missed.
    pub(super) fn is_late(&self) -> bool {
        self.missed || self.accepted.is_none()
    }

    /// Whether the server sent an event within this period.
    pub(super) fn is_fresh(&self, within: Duration, now: Instant) -> bool {
        now.saturating_duration_since(self.last_event) < within
    }
}
