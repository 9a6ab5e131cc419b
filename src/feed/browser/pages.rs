//! Which pages are open, which connections they have, and which of those is read. Pure: what the browser says and a
//! clock go in; calls and the feed's messages come out.
//!
//! One connection is read at a time, whatever else is open: two pages are two full streams of the same game. It is
//! known by what it carries, and by a page that is the game's. It ends in many ways, and most of them without a word
//! about the connection itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::Tap;
use super::call::Call;
use super::hosts::{Hosts, shown};
use super::socket::{Heard, Socket, Stamp};
use super::wire::{Event, Frame, Target, Way};
use crate::feed::{Body, Limits, Why};

/// After the page's connection ended, its next one is waited for this long before another page's is taken.
const SETTLE: Duration = Duration::from_secs(2);
/// A connection of which nothing was heard for this long is forgotten: the server of the game pings every 25 s.
const FORGET: Duration = Duration::from_mins(2);
/// More than anybody has open.
const MOST_SESSIONS: usize = 2_000;
const MOST_SOCKETS: usize = 500;

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

/// What is attached: a page, a frame of another site, a worker.
#[derive(Debug)]
struct Session {
    target: Target,
    parent: Option<String>,
    is_game: bool,
    dialog: bool,
    /// It did not answer in time.
    hangs: bool,
    /// Another session reads the same target.
    twin: bool,
}

/// Everything that is known of the browser.
#[derive(Debug)]
pub(super) struct Pages {
    hosts: Hosts,
    limits: Limits,
    sessions: BTreeMap<String, Session>,
    sockets: BTreeMap<Key, Socket>,
    chosen: Option<Key>,
    /// Connections that are not known from their start have to wait until then.
    settled: Option<Instant>,
    count: u64,
    unreadable: u64,
    calls: Vec<(String, Call)>,
    gone: Vec<String>,
    out: Vec<(Stamp, Out)>,
}

impl Pages {
    /// Returns a browser of which nothing is known.
    pub(super) fn new(hosts: Hosts, limits: Limits) -> Self {
        Self {
            hosts,
            limits,
            sessions: BTreeMap::new(),
            sockets: BTreeMap::new(),
            chosen: None,
            settled: None,
            count: 0,
            unreadable: 0,
            calls: Vec::new(),
            gone: Vec::new(),
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
            ) => self.attached(id, parent, target),
            (_, Event::Detached { session: id }) => self.detached(&id, now),
            (_, Event::Changed { target }) => self.changed(&target),
            (Some(id), Event::Navigated { frame }) => self.navigated(&id, &frame, now),
            (Some(id), Event::DialogOpened) => self.dialog(&id, true),
            (Some(id), Event::DialogClosed) => self.dialog(&id, false),
            (Some(id), Event::Created { socket, url }) => {
                if self.is_ours(&id, &url) {
                    self.add((id, socket), false, now);
                }
            }
            (Some(id), Event::Frame { socket, way, text }) => {
                self.frame((id, socket), way, text.as_deref(), now);
            }
            (Some(id), Event::Closed { socket }) => self.end(&(id, socket), Why::PageClosed, now),
            (None, _) => {}
        }
    }

    /// A target answered, after all perhaps.
    pub(super) fn answered(&mut self, session: &str) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.hangs = false;
        }
    }

    /// A target does not answer.
    pub(super) fn overdue(&mut self, session: &str) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.hangs = true;
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

    /// Returns what is to be asked, and of which target.
    pub(super) fn take_calls(&mut self) -> Vec<(String, Call)> {
        std::mem::take(&mut self.calls)
    }

    /// Returns the targets that are gone: what they were asked will not be answered.
    pub(super) fn take_gone(&mut self) -> Vec<String> {
        std::mem::take(&mut self.gone)
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
        if self.is_settling(now) {
            return None;
        }
        let mut pages: Vec<_> = self.game_pages().collect();
        pages.sort_by_key(|page| (!page.dialog, !page.hangs));
        Some(match pages.first() {
            None => Why::NoPage,
            Some(page) if page.dialog => Why::DialogOpen(shown(&page.target.url)),
            Some(page) if page.hangs => Why::PageHangs(shown(&page.target.url)),
            Some(page) => Why::NoGame(shown(&page.target.url)),
        })
    }

    /// Returns what is read, for the screen.
    pub(super) fn tap(&self, now: Stamp) -> Tap {
        let chosen = self.chosen_socket();
        let root = chosen.and_then(|((session, _), _)| self.root(session));
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
        (self.sessions.len(), self.sockets.len())
    }

    fn attached(&mut self, id: String, parent: Option<String>, target: Target) {
        let is_page = target.kind == "page";
        if !is_page && !["iframe", "worker", "shared_worker"].contains(&target.kind.as_str()) {
            return;
        }
        if self.sessions.len() >= MOST_SESSIONS {
            tracing::warn!("so many pages are open in the browser that a new one is not read");
            return;
        }
        let mut sessions = self.sessions.values();
        // The browser and the page both tell of a worker; read twice, everything in it would come twice.
        let twin = sessions.any(|other| other.target.target_id == target.target_id && !other.twin);
        if !twin {
            self.ask(&id, &target);
        }
        let session = Session {
            is_game: self.hosts.is_game(&target.url),
            target,
            parent,
            dialog: false,
            hangs: false,
            twin,
        };
        self.sessions.insert(id, session);
    }

    fn ask(&mut self, id: &str, target: &Target) {
        let page = ["page", "iframe"].contains(&target.kind.as_str());
        let calls = [Call::ReadNetwork, Call::AutoAttach, Call::ReadPage];
        let calls = calls
            .into_iter()
            .filter(|call| page || *call != Call::ReadPage);
        self.calls.extend(calls.map(|call| (id.to_owned(), call)));
    }

    fn detached(&mut self, id: &str, now: Stamp) {
        let Some(session) = self.sessions.remove(id) else {
            return;
        };
        self.gone.push(id.to_owned());
        let why = match session.target.kind.as_str() {
            "page" => Why::TabClosed,
            _ => Why::PageClosed,
        };
        self.end_all(id, &why, now);
        let inside = self.sessions.iter();
        let inside = inside.filter(|(_, child)| child.parent.as_deref() == Some(id));
        let inside: Vec<_> = inside.map(|(child, _)| child.clone()).collect();
        for child in inside {
            self.detached(&child, now);
        }
        if session.twin {
            return;
        }
        let target = session.target;
        let twin = self.sessions.iter_mut();
        let mut twin = twin.filter(|(_, other)| other.target.target_id == target.target_id);
        if let Some((twin, other)) = twin.next() {
            other.twin = false;
            let (twin, target) = (twin.clone(), other.target.clone());
            self.ask(&twin, &target);
        }
    }

    fn changed(&mut self, target: &Target) {
        for session in self.sessions.values_mut() {
            if session.target.target_id == target.target_id {
                session.is_game = self.hosts.is_game(&target.url);
                session.target.url.clone_from(&target.url);
            }
        }
    }

    fn navigated(&mut self, id: &str, frame: &Frame, now: Stamp) {
        let Some(session) = self.sessions.get_mut(id) else {
            return;
        };
        // A frame within the page may have connections too, but which is not told: they end by their silence.
        if frame.parent_id.is_some() && frame.id != session.target.target_id {
            return;
        }
        session.is_game = self.hosts.is_game(&frame.url);
        session.target.url.clone_from(&frame.url);
        session.dialog = false;
        session.hangs = false;
        self.end_all(id, &Why::PageLeft, now);
    }

    fn dialog(&mut self, id: &str, open: bool) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.dialog = open;
        }
    }

    fn frame(&mut self, key: Key, way: Way, text: Option<&str>, now: Stamp) {
        if !self.sockets.contains_key(&key) {
            if !self.is_ours(&key.0, "") {
                return;
            }
            self.add(key.clone(), true, now);
        }
        let Some(socket) = self.sockets.get_mut(&key) else {
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
            Heard::Over => return self.end(&key, Why::PageClosed, now),
        };
        if self.chosen.as_ref() == Some(&key) {
            self.out.push((now, Out::Body(body)));
            return;
        }
        let (is_game, number, late) = (socket.is_game, socket.number, socket.is_late());
        socket.hold(body, text.map_or(0, str::len), now);
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
        } else if let Some(socket) = self.sockets.get_mut(&key) {
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

    fn end_all(&mut self, session: &str, why: &Why, now: Stamp) {
        let first = (session.to_owned(), String::new());
        let keys = self.sockets.range(first..).map(|(key, _)| key);
        let keys: Vec<Key> = keys.take_while(|key| key.0 == session).cloned().collect();
        for key in keys {
            self.end(&key, why.clone(), now);
        }
    }

    fn end(&mut self, key: &Key, why: Why, now: Stamp) {
        self.sockets.remove(key);
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

    /// Whether a connection may be the game's: its page is, or nothing is known of the page and its server is.
    fn is_ours(&self, session: &str, url: &str) -> bool {
        let Some(own) = self.sessions.get(session) else {
            return false;
        };
        if own.is_game {
            return true;
        }
        match self.root(session) {
            Some(page) if page.is_game => true,
            Some(page) if !["", "about:blank"].contains(&page.target.url.as_str()) => false,
            _ => self.hosts.is_game(url),
        }
    }

    /// Returns what a target is in: its page, or itself.
    fn root(&self, session: &str) -> Option<&Session> {
        let mut at = self.sessions.get(session)?;
        // No more steps than there are sessions: what the browser says may be in a circle.
        for _ in 0..self.sessions.len() {
            let parent = at.parent.as_ref();
            match parent.and_then(|parent| self.sessions.get(parent)) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        Some(at)
    }

    fn chosen_socket(&self) -> Option<(&Key, &Socket)> {
        self.sockets.get_key_value(self.chosen.as_ref()?)
    }

    fn game_pages(&self) -> impl Iterator<Item = &Session> {
        let sessions = self.sessions.values();
        sessions.filter(|session| session.is_game && session.target.kind == "page")
    }

    /// Returns the other pages on which the game runs just now, each once.
    fn others(&self, now: Stamp) -> impl Iterator<Item = &Session> {
        let chosen = self.chosen_socket();
        let own = chosen.and_then(|((session, _), _)| self.root(session));
        let own = own.map(|page| page.target.target_id.as_str());
        let mut seen: Vec<&str> = own.into_iter().collect();
        let within = self.limits.silence;
        let playing = self.sockets.iter();
        let playing = playing
            .filter(move |(_, socket)| socket.is_game && socket.is_fresh(within, now.arrived));
        let pages = playing.filter_map(|((session, _), _)| self.root(session));
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
