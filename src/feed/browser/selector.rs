//! Tracks the connections of the pages and selects the one that is read. Pure: takes browser events and times, returns the
//! feed's messages.
//!
//! One connection is read at a time, whatever else is open: two pages are two full streams of the same game. It is
//! recognised by its content and by a page of the game. It can end in many ways, most of them without a browser event
//! about the connection itself.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::browser_clock::BrowserClock;
use super::hosts::{GameHosts, shown};
use super::messages::{BrowserEvent, Direction};
use super::socket::{FrameResult, PageSocket};
use super::status::BrowserStatus;
use super::targets::{TargetSession, TargetSessions};
use crate::feed::disconnect_reason::DisconnectReason;
use crate::feed::limits::FeedLimits;
use crate::feed::message::{ArrivalTime, FeedEvent};

/// Time to wait for the next connection of a page before another page's connection is selected.
const SETTLE: Duration = Duration::from_secs(2);
/// A connection without a frame for this long is dropped: the server of the game pings every 25 s.
const FORGET: Duration = Duration::from_mins(2);
/// Limit of tracked connections.
const MAX_SOCKETS: usize = 500;
/// Limit of remembered connections to other servers.
const MAX_FOREIGN: usize = 5_000;

/// Session and connection: neither is unique alone.
type SocketKey = (String, String);

/// An output of the selector.
#[derive(Debug, PartialEq)]
pub(super) enum PageOutput {
    /// A connection is read from now on.
    Up,
    /// A frame of that connection, in either direction.
    Event(FeedEvent),
    /// The connection is no longer read.
    Down(DisconnectReason),
}

/// The connections of a browser, and the selected one.
#[derive(Debug)]
pub(super) struct SocketSelector {
    limits: FeedLimits,
    pub(super) targets: TargetSessions,
    sockets: BTreeMap<SocketKey, PageSocket>,
    /// Connections to other servers: they are not read, whatever they carry.
    foreign: BTreeSet<SocketKey>,
    /// There were too many of them: from now on only connections observed from their start are read.
    foreign_overflow: bool,
    chosen: Option<SocketKey>,
    /// Connections that were not observed from their start have to wait until then.
    settled: Option<Instant>,
    count: u64,
    unreadable: u64,
    /// Converts the browser's frame times.
    clock: BrowserClock,
    output: Vec<(ArrivalTime, PageOutput)>,
}

impl SocketSelector {
    /// Returns a selector without connections.
    pub(super) fn new(hosts: GameHosts, limits: FeedLimits) -> Self {
        Self {
            limits,
            targets: TargetSessions::new(hosts),
            sockets: BTreeMap::new(),
            foreign: BTreeSet::new(),
            foreign_overflow: false,
            chosen: None,
            settled: None,
            count: 0,
            unreadable: 0,
            clock: BrowserClock::default(),
            output: Vec::new(),
        }
    }

    /// Takes a browser event.
    pub(super) fn event(&mut self, session: Option<String>, event: BrowserEvent, now: ArrivalTime) {
        match (session, event) {
            (
                parent,
                BrowserEvent::Attached {
                    session: id,
                    target,
                },
            ) => self.targets.attached(id, parent, target),
            (_, BrowserEvent::Detached { session: id }) => {
                for (id, why) in self.targets.detached(&id) {
                    self.end_all(&id, &why, now);
                }
            }
            (_, BrowserEvent::Changed { target }) => self.targets.changed(&target),
            (Some(id), BrowserEvent::Navigated { frame }) => {
                if self.targets.navigated(&id, &frame) {
                    self.end_all(&id, &DisconnectReason::PageLeft, now);
                }
            }
            (Some(id), BrowserEvent::DialogOpened) => self.targets.dialog(&id, true),
            (Some(id), BrowserEvent::DialogClosed) => self.targets.dialog(&id, false),
            (Some(id), BrowserEvent::Created { socket, url }) => {
                let key = (id, socket);
                if self.targets.is_ours(&key.0, &url) {
                    self.foreign.remove(&key);
                    self.add(key, false, now);
                } else {
                    self.refuse(key);
                }
            }
            (
                Some(id),
                BrowserEvent::Frame {
                    socket,
                    direction,
                    text,
                    seconds,
                },
            ) => {
                let got = self.clock.frame(seconds, now);
                self.frame(&(id, socket), direction, text.as_deref(), (got, now));
            }
            (Some(id), BrowserEvent::Closed { socket }) => {
                self.end(&(id, socket), DisconnectReason::PageClosed, now);
            }
            (None, _) => {}
        }
    }

    /// Takes the time: silence also ends a connection.
    pub(super) fn clock(&mut self, now: ArrivalTime) {
        let fresh_other = self.others(now).next().is_some();
        if let Some((key, socket)) = self.chosen_socket() {
            let silent = now.arrived.saturating_duration_since(socket.last_event);
            let dead = now.arrived.saturating_duration_since(socket.last_frame);
            // The page itself notices a dead connection after 45 s, and only the page can reconnect.
            let over = dead >= self.limits.silence_max
                || (silent >= self.limits.silence && fresh_other && !self.is_settling(now));
            if over {
                let key = key.clone();
                self.end(&key, DisconnectReason::Silent(silent), now);
            }
        }
        let chosen = self.chosen.clone();
        self.sockets.retain(|key, socket| {
            let last = socket.last_frame.max(socket.last_event);
            Some(key) == chosen.as_ref() || now.arrived.saturating_duration_since(last) < FORGET
        });
    }

    /// Selects a connection if none is read: one observed from its start, then the newest.
    pub(super) fn choose(&mut self, now: ArrivalTime) {
        if self.chosen.is_some() {
            return;
        }
        let settling = self.is_settling(now);
        let candidates = self.sockets.iter().filter(|(_, socket)| {
            socket.is_game
                && socket.is_fresh(self.limits.silence, now.arrived)
                && !(settling && socket.is_late())
        });
        let best = candidates.max_by_key(|(_, socket)| (!socket.is_late(), socket.number));
        let Some(key) = best.map(|(key, _)| key.clone()) else {
            return;
        };
        let Some(socket) = self.sockets.get_mut(&key) else {
            return;
        };
        let (since, held) = socket.release(now);
        self.output.push((since, PageOutput::Up));
        let held = held.into_iter();
        self.output
            .extend(held.map(|(time, event)| (time, PageOutput::Event(event))));
        self.chosen = Some(key);
        self.settled = None;
    }

    /// The program's queue was full: the connection continues after a gap.
    pub(super) fn overrun(&mut self, now: ArrivalTime) {
        if let Some(key) = self.chosen.take() {
            self.output
                .push((now, PageOutput::Down(DisconnectReason::QueueFull)));
            if let Some(socket) = self.sockets.get_mut(&key) {
                socket.missed = true;
            }
        }
    }

    /// Stops reading for this reason.
    pub(super) fn stop(&mut self, why: DisconnectReason, now: ArrivalTime) {
        if self.chosen.take().is_some() {
            self.output.push((now, PageOutput::Down(why)));
        }
    }

    /// Returns the outputs in order.
    pub(super) fn take_output(&mut self) -> Vec<(ArrivalTime, PageOutput)> {
        std::mem::take(&mut self.output)
    }

    /// Whether a connection is read.
    pub(super) fn is_reading(&self) -> bool {
        self.chosen.is_some()
    }

    /// Returns the server's silence on the connection that is read.
    pub(super) fn silence(&self, now: Instant) -> Option<Duration> {
        let (_, socket) = self.chosen_socket()?;
        Some(now.saturating_duration_since(socket.last_event))
    }

    /// Returns why no connection is read; `None` while the page may still reconnect.
    pub(super) fn why_not_reading(&self, now: ArrivalTime) -> Option<DisconnectReason> {
        (!self.is_settling(now)).then(|| self.targets.why_no_game())
    }

    /// Returns the status for the screen.
    pub(super) fn status(&self, now: ArrivalTime) -> BrowserStatus {
        let chosen = self.chosen_socket();
        let root = chosen.and_then(|((session, _), _)| self.targets.root(session));
        BrowserStatus {
            page: chosen.map(|_| root.map_or(String::new(), |page| shown(&page.target.url))),
            late: chosen.is_some_and(|(_, socket)| socket.is_late()),
            others: self
                .others(now)
                .map(|page| shown(&page.target.url))
                .collect(),
            dialog: root.is_some_and(|page| page.dialog),
            unreadable: self.unreadable,
        }
    }

    /// Returns the numbers of known sessions and connections.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        (self.targets.len(), self.sockets.len())
    }

    /// Takes a frame that the browser `got` earlier and that is read `now`. Its event has the browser's time; our own clock
    /// decides whether the connection is alive.
    fn frame(
        &mut self,
        key: &SocketKey,
        direction: Direction,
        text: Option<&str>,
        (got, now): (ArrivalTime, ArrivalTime),
    ) {
        if !self.sockets.contains_key(key) {
            // It was open before it was observed: its server is unknown, so its content decides.
            let unknown = !self.foreign_overflow && !self.foreign.contains(key);
            if !unknown || !self.targets.may_be_ours(&key.0) {
                return;
            }
            self.add(key.clone(), true, now);
        }
        let Some(socket) = self.sockets.get_mut(key) else {
            return;
        };
        let event = match socket.frame(direction, text, now) {
            FrameResult::Event(event) => event,
            FrameResult::Nothing => return,
            FrameResult::Unreadable(reason) => {
                self.unreadable += 1;
                tracing::debug!(
                    why = reason,
                    "a frame of the page's connection cannot be read"
                );
                return;
            }
            FrameResult::Over => return self.end(key, DisconnectReason::PageClosed, now),
        };
        if self.chosen.as_ref() == Some(key) {
            self.output.push((got, PageOutput::Event(event)));
            return;
        }
        let (is_game, number, late) = (socket.is_game, socket.number, socket.is_late());
        socket.hold(event, text.map_or(0, str::len), got);
        if !is_game {
            return;
        }
        let Some(((session, _), read)) = self.chosen_socket() else {
            return;
        };
        // A page that reconnects does not close its old connection. And a connection observed from its start is better
        // than another one.
        let newer = *session == key.0 && number > read.number;
        if newer || (read.is_late() && !late) {
            let read = self.chosen.clone().unwrap_or_default();
            self.leave(&read, now);
        } else if let Some(socket) = self.sockets.get_mut(key) {
            socket.drop_held();
        }
    }

    /// Stops reading a connection that may continue.
    fn leave(&mut self, key: &SocketKey, now: ArrivalTime) {
        if let Some(socket) = self.sockets.get_mut(key) {
            socket.missed = true;
        }
        if self.chosen.as_ref() == Some(key) {
            self.chosen = None;
            self.output
                .push((now, PageOutput::Down(DisconnectReason::PageReconnected)));
        }
    }

    /// Remembers a connection to another server.
    fn refuse(&mut self, key: SocketKey) {
        // The browser may reuse a number.
        self.sockets.remove(&key);
        if self.foreign.len() < MAX_FOREIGN {
            self.foreign.insert(key);
        } else if !std::mem::replace(&mut self.foreign_overflow, true) {
            tracing::warn!(
                "the pages have so many connections to other servers that one that was open before is not read any more; reload the page of the game"
            );
        }
    }

    fn end_all(&mut self, session: &str, why: &DisconnectReason, now: ArrivalTime) {
        self.foreign.retain(|key| key.0 != session);
        let first = (session.to_owned(), String::new());
        let keys = self.sockets.range(first..).map(|(key, _)| key);
        let keys: Vec<SocketKey> = keys.take_while(|key| key.0 == session).cloned().collect();
        for key in keys {
            self.end(&key, why.clone(), now);
        }
    }

    fn end(&mut self, key: &SocketKey, why: DisconnectReason, now: ArrivalTime) {
        self.sockets.remove(key);
        self.foreign.remove(key);
        if self.chosen.as_ref() == Some(key) {
            self.chosen = None;
            // A page that loses its connection makes a new one; a closed tab does not.
            let may_reconnect =
                [DisconnectReason::PageLeft, DisconnectReason::PageClosed].contains(&why);
            let settled = now.arrived.checked_add(SETTLE);
            self.settled = settled.filter(|_| may_reconnect);
            self.output.push((now, PageOutput::Down(why)));
        }
    }

    fn add(&mut self, key: SocketKey, late: bool, now: ArrivalTime) {
        if self.sockets.len() >= MAX_SOCKETS {
            let chosen = self.chosen.as_ref();
            let others = self.sockets.iter().filter(|(key, _)| Some(*key) != chosen);
            // The longest silent one matters least.
            let oldest = others.min_by_key(|(_, socket)| (socket.is_game, socket.last_frame));
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.sockets.remove(&oldest);
            }
        }
        self.count += 1;
        self.sockets
            .insert(key, PageSocket::new(self.count, late, now.arrived));
    }

    fn chosen_socket(&self) -> Option<(&SocketKey, &PageSocket)> {
        self.sockets.get_key_value(self.chosen.as_ref()?)
    }

    /// Returns the other pages on which the game runs, each once.
    fn others(&self, now: ArrivalTime) -> impl Iterator<Item = &TargetSession> {
        let chosen = self.chosen_socket();
        let own = chosen.and_then(|((session, _), _)| self.targets.root(session));
        let own = own.map(|page| page.target.target_id.as_str());
        let mut seen: Vec<&str> = own.into_iter().collect();
        let within = self.limits.silence;
        let playing = self.sockets.iter();
        let playing = playing
            .filter(move |(_, socket)| socket.is_game && socket.is_fresh(within, now.arrived));
        let pages = playing.filter_map(|((session, _), _)| self.targets.root(session));
        pages.filter(move |page| {
            let new = !seen.contains(&page.target.target_id.as_str());
            seen.push(&page.target.target_id);
            new
        })
    }

    fn is_settling(&self, now: ArrivalTime) -> bool {
        self.settled.is_some_and(|settled| now.arrived < settled)
    }
}

#[cfg(test)]
mod tests;
