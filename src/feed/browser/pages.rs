//! Which connections the pages have, and which of those is read. Pure: what the browser says and a clock go in; the
//! feed's messages come out.
//!
//! One connection is read at a time, whatever else is open: two pages are two full streams of the same game. It is
//! known by what it carries, and by a page that is the game's. It ends in many ways, and most of them without a word
//! about the connection itself.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::Tap;
use super::frame_time::FrameTime;
use super::hosts::{Hosts, shown};
use super::socket::{Heard, Socket, Stamp};
use super::tabs::{Session, Tabs};
use super::wire::{Event, Way};
use crate::feed::{Body, Limits, Why};

/// After the page's connection ended, its next one is waited for this long before another page's is taken.
const SETTLE: Duration = Duration::from_secs(2);
/// A connection of which nothing was heard for this long is forgotten: the server of the game pings every 25 s.
const FORGET: Duration = Duration::from_mins(2);
/// More than anybody has open.
const MOST_SOCKETS: usize = 500;

/// The same for connections to other servers.
const MOST_FOREIGN: usize = 5_000;

/// Which session, and which connection in it: neither is unique alone.
type Key = (String, String);

/// What comes out of it.
#[derive(Debug, PartialEq)]
pub(super) enum Out {
    /// A connection is read from here on.
    Up,
    /// It said something, or was told something.
    Body(Body),
    /// It is read no more.
    Down(Why),
}

/// Everything that is known of the browser.
#[derive(Debug)]
pub(super) struct Pages {
    limits: Limits,
    pub(super) tabs: Tabs,
    sockets: BTreeMap<Key, Socket>,
    /// Connections to servers that are not the game's: whatever they carry, they are not read.
    foreign: BTreeSet<Key>,
    /// There were more of them than are kept: only connections known from their start are read now.
    foreign_overflow: bool,
    chosen: Option<Key>,
    /// Connections that are not known from their start have to wait until then.
    settled: Option<Instant>,
    count: u64,
    unreadable: u64,
    /// When the browser got its frames.
    frames: FrameTime,
    out: Vec<(Stamp, Out)>,
}

impl Pages {
    /// Returns a browser of which nothing is known.
    pub(super) fn new(hosts: Hosts, limits: Limits) -> Self {
        Self {
            limits,
            tabs: Tabs::new(hosts),
            sockets: BTreeMap::new(),
            foreign: BTreeSet::new(),
            foreign_overflow: false,
            chosen: None,
            settled: None,
            count: 0,
            unreadable: 0,
            frames: FrameTime::default(),
            out: Vec::new(),
        }
    }

    /// Takes something that happened.
    pub(super) fn event(&mut self, session: Option<String>, event: Event, now: Stamp) {
        match (session, event) {
            (
                parent,
                Event::Attached {
                    session: id,
                    target,
                },
            ) => self.tabs.attached(id, parent, target),
            (_, Event::Detached { session: id }) => {
                for (id, why) in self.tabs.detached(&id) {
                    self.end_all(&id, &why, now);
                }
            }
            (_, Event::Changed { target }) => self.tabs.changed(&target),
            (Some(id), Event::Navigated { frame }) => {
                if self.tabs.navigated(&id, &frame) {
                    self.end_all(&id, &Why::PageLeft, now);
                }
            }
            (Some(id), Event::DialogOpened) => self.tabs.dialog(&id, true),
            (Some(id), Event::DialogClosed) => self.tabs.dialog(&id, false),
            (Some(id), Event::Created { socket, url }) => {
                let key = (id, socket);
                if self.tabs.is_ours(&key.0, &url) {
                    self.foreign.remove(&key);
                    self.add(key, false, now);
                } else {
                    self.refuse(key);
                }
            }
            (
                Some(id),
                Event::Frame {
                    socket,
                    way,
                    text,
                    seconds,
                },
            ) => {
                let got = self.frames.frame(seconds, now);
                self.frame(&(id, socket), way, text.as_deref(), (got, now));
            }
            (Some(id), Event::Closed { socket }) => self.end(&(id, socket), Why::PageClosed, now),
            (None, _) => {}
        }
    }

    /// Looks at the clock: silence ends a connection too.
    pub(super) fn clock(&mut self, now: Stamp) {
        let fresh_other = self.others(now).next().is_some();
        if let Some((key, socket)) = self.chosen_socket() {
            let silent = now.arrived.saturating_duration_since(socket.last_event);
            let dead = now.arrived.saturating_duration_since(socket.heard);
            // The page itself notices a dead connection after 45 s, and we cannot make it anew any sooner.
            let over = dead >= self.limits.silence_max
                || (silent >= self.limits.silence && fresh_other && !self.is_settling(now));
            if over {
                let key = key.clone();
                self.end(&key, Why::Silent(silent), now);
            }
        }
        let chosen = self.chosen.clone();
        self.sockets.retain(|key, socket| {
            let last = socket.heard.max(socket.last_event);
            Some(key) == chosen.as_ref() || now.arrived.saturating_duration_since(last) < FORGET
        });
    }

    /// Chooses a connection to be read if none is and there is one: the one known from its start, then the newest.
    pub(super) fn choose(&mut self, now: Stamp) {
        if self.chosen.is_some() {
            return;
        }
        let settling = self.is_settling(now);
        let speaking = self.sockets.iter().filter(|(_, socket)| {
            socket.is_game
                && socket.is_fresh(self.limits.silence, now.arrived)
                && !(settling && socket.is_late())
        });
        let best = speaking.max_by_key(|(_, socket)| (!socket.is_late(), socket.number));
        let Some(key) = best.map(|(key, _)| key.clone()) else {
            return;
        };
        let Some(socket) = self.sockets.get_mut(&key) else {
            return;
        };
        let (since, held) = socket.release(now);
        self.out.push((since, Out::Up));
        let held = held.into_iter();
        self.out
            .extend(held.map(|(stamp, body)| (stamp, Out::Body(body))));
        self.chosen = Some(key);
        self.settled = None;
    }

    /// The program did not take what came: the connection goes on, with a gap.
    pub(super) fn overrun(&mut self, now: Stamp) {
        if let Some(key) = self.chosen.take() {
            self.out.push((now, Out::Down(Why::QueueFull)));
            if let Some(socket) = self.sockets.get_mut(&key) {
                socket.missed = true;
            }
        }
    }

    /// Nothing is read any more, for this reason.
    pub(super) fn stop(&mut self, why: Why, now: Stamp) {
        if self.chosen.take().is_some() {
            self.out.push((now, Out::Down(why)));
        }
    }

    /// Returns what came out, in order.
    pub(super) fn take_out(&mut self) -> Vec<(Stamp, Out)> {
        std::mem::take(&mut self.out)
    }

    /// Whether a connection is read.
    pub(super) fn is_reading(&self) -> bool {
        self.chosen.is_some()
    }

    /// How long the server has been silent on the connection that is read.
    pub(super) fn silence(&self, now: Instant) -> Option<Duration> {
        let (_, socket) = self.chosen_socket()?;
        Some(now.saturating_duration_since(socket.last_event))
    }

    /// Why nothing is read; `None` while it may still settle.
    pub(super) fn why(&self, now: Stamp) -> Option<Why> {
        (!self.is_settling(now)).then(|| self.tabs.why())
    }

    /// Returns what is read, for the screen.
    pub(super) fn tap(&self, now: Stamp) -> Tap {
        let chosen = self.chosen_socket();
        let root = chosen.and_then(|((session, _), _)| self.tabs.root(session));
        Tap {
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

    /// How many sessions and connections are known.
    #[cfg(test)]
    pub(super) fn size(&self) -> (usize, usize) {
        (self.tabs.len(), self.sockets.len())
    }

    /// Takes a frame that the browser `got` then and that is read `now`. What it carries came when the browser got it;
    /// whether its connection lives is judged by our own clock.
    fn frame(&mut self, key: &Key, way: Way, text: Option<&str>, (got, now): (Stamp, Stamp)) {
        if !self.sockets.contains_key(key) {
            // One that was open before it was read: its server is not known, what it carries decides.
            let unknown = !self.foreign_overflow && !self.foreign.contains(key);
            if !unknown || !self.tabs.may_be_ours(&key.0) {
                return;
            }
            self.add(key.clone(), true, now);
        }
        let Some(socket) = self.sockets.get_mut(key) else {
            return;
        };
        let body = match socket.frame(way, text, now) {
            Heard::Body(body) => body,
            Heard::Nothing => return,
            Heard::Unreadable(why) => {
                self.unreadable += 1;
                tracing::debug!(why, "a frame of the page's connection cannot be read");
                return;
            }
            Heard::Over => return self.end(key, Why::PageClosed, now),
        };
        if self.chosen.as_ref() == Some(key) {
            self.out.push((got, Out::Body(body)));
            return;
        }
        let (is_game, number, late) = (socket.is_game, socket.number, socket.is_late());
        socket.hold(body, text.map_or(0, str::len), got);
        if !is_game {
            return;
        }
        let Some(((session, _), read)) = self.chosen_socket() else {
            return;
        };
        // A page that connects anew leaves its connection before to die by itself. And one that is known from its
        // start is better than one that is not.
        let newer = *session == key.0 && number > read.number;
        if newer || (read.is_late() && !late) {
            let read = self.chosen.clone().unwrap_or_default();
            self.leave(&read, now);
        } else if let Some(socket) = self.sockets.get_mut(key) {
            socket.let_go();
        }
    }

    /// Reads a connection no more that may well go on.
    fn leave(&mut self, key: &Key, now: Stamp) {
        if let Some(socket) = self.sockets.get_mut(key) {
            socket.missed = true;
        }
        if self.chosen.as_ref() == Some(key) {
            self.chosen = None;
            self.out.push((now, Out::Down(Why::PageConnectedAnew)));
        }
    }

    /// Remembers a connection to a server that is not the game's.
    fn refuse(&mut self, key: Key) {
        // The browser may give a number again.
        self.sockets.remove(&key);
        if self.foreign.len() < MOST_FOREIGN {
            self.foreign.insert(key);
        } else if !std::mem::replace(&mut self.foreign_overflow, true) {
            tracing::warn!(
                "the pages have so many connections to other servers that one that was open before is not read any more; reload the page of the game"
            );
        }
    }

    fn end_all(&mut self, session: &str, why: &Why, now: Stamp) {
        self.foreign.retain(|key| key.0 != session);
        let first = (session.to_owned(), String::new());
        let keys = self.sockets.range(first..).map(|(key, _)| key);
        let keys: Vec<Key> = keys.take_while(|key| key.0 == session).cloned().collect();
        for key in keys {
            self.end(&key, why.clone(), now);
        }
    }

    fn end(&mut self, key: &Key, why: Why, now: Stamp) {
        self.sockets.remove(key);
        self.foreign.remove(key);
        if self.chosen.as_ref() == Some(key) {
            self.chosen = None;
            // A page that loses its connection makes another one; a closed tab does not.
            let comes_back = [Why::PageLeft, Why::PageClosed].contains(&why);
            let settled = now.arrived.checked_add(SETTLE);
            self.settled = settled.filter(|_| comes_back);
            self.out.push((now, Out::Down(why)));
        }
    }

    fn add(&mut self, key: Key, late: bool, now: Stamp) {
        if self.sockets.len() >= MOST_SOCKETS {
            let chosen = self.chosen.as_ref();
            let others = self.sockets.iter().filter(|(key, _)| Some(*key) != chosen);
            // The one that has been silent for longest is missed least.
            let oldest = others.min_by_key(|(_, socket)| (socket.is_game, socket.heard));
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.sockets.remove(&oldest);
            }
        }
        self.count += 1;
        self.sockets
            .insert(key, Socket::new(self.count, late, now.arrived));
    }

    fn chosen_socket(&self) -> Option<(&Key, &Socket)> {
        self.sockets.get_key_value(self.chosen.as_ref()?)
    }

    /// Returns the other pages on which the game runs just now, each once.
    fn others(&self, now: Stamp) -> impl Iterator<Item = &Session> {
        let chosen = self.chosen_socket();
        let own = chosen.and_then(|((session, _), _)| self.tabs.root(session));
        let own = own.map(|page| page.target.target_id.as_str());
        let mut seen: Vec<&str> = own.into_iter().collect();
        let within = self.limits.silence;
        let playing = self.sockets.iter();
        let playing = playing
            .filter(move |(_, socket)| socket.is_game && socket.is_fresh(within, now.arrived));
        let pages = playing.filter_map(|((session, _), _)| self.tabs.root(session));
        pages.filter(move |page| {
            let new = !seen.contains(&page.target.target_id.as_str());
            seen.push(&page.target.target_id);
            new
        })
    }

    fn is_settling(&self, now: Stamp) -> bool {
        self.settled.is_some_and(|settled| now.arrived < settled)
    }
}

#[cfg(test)]
mod tests;
