//! Which pages, frames and workers are open in the browser, and which of them are the game's. Pure.

use std::collections::BTreeMap;

use super::call::Call;
use super::hosts::{Hosts, shown};
use super::wire::{Frame, Target};
use crate::feed::Why;

/// More than anybody has open.
const MOST: usize = 2_000;

/// What is attached: a page, a frame of another site, a worker.
#[expect(clippy::struct_excessive_bools, reason = "each may be so alone")]
#[derive(Debug)]
pub(super) struct Session {
    pub(super) target: Target,
    /// The session in which it is.
    parent: Option<String>,
    /// Its address is the game's.
    is_game: bool,
    /// A dialog is open in it.
    pub(super) dialog: bool,
    /// It did not answer in time.
    hangs: bool,
    /// Another session reads the same target.
    twin: bool,
}

/// Everything that is open.
#[derive(Debug)]
pub(super) struct Tabs {
    hosts: Hosts,
    sessions: BTreeMap<String, Session>,
    calls: Vec<(String, Call)>,
    gone: Vec<String>,
}

impl Session {
    /// Whether its address says nothing: it comes later, or never.
    fn has_no_address(&self) -> bool {
        ["", "about:blank"].contains(&self.target.url.as_str())
    }
}

impl Tabs {
    /// Returns a browser of which nothing is known.
    pub(super) fn new(hosts: Hosts) -> Self {
        Self {
            hosts,
            sessions: BTreeMap::new(),
            calls: Vec::new(),
            gone: Vec::new(),
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

    /// Returns what is to be asked, and of which target.
    pub(super) fn take_calls(&mut self) -> Vec<(String, Call)> {
        std::mem::take(&mut self.calls)
    }

    /// Returns the targets that are gone: what they were asked will not be answered.
    pub(super) fn take_gone(&mut self) -> Vec<String> {
        std::mem::take(&mut self.gone)
    }

    /// There is a target.
    pub(super) fn attached(&mut self, id: String, parent: Option<String>, target: Target) {
        let is_page = target.kind == "page";
        if !is_page && !["iframe", "worker", "shared_worker"].contains(&target.kind.as_str()) {
            return;
        }
        if self.sessions.len() >= MOST {
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

    /// A target is gone; returns it and all that was in it, and why the connections there are over.
    pub(super) fn detached(&mut self, id: &str) -> Vec<(String, Why)> {
        let mut over = Vec::new();
        let mut next = vec![id.to_owned()];
        while let Some(id) = next.pop() {
            let Some(session) = self.sessions.remove(&id) else {
                continue;
            };
            let inside = self.sessions.iter();
            let inside = inside.filter(|(_, child)| child.parent.as_deref() == Some(&id));
            next.extend(inside.map(|(child, _)| child.clone()));
            self.gone.push(id.clone());
            let why = match session.target.kind.as_str() {
                "page" => Why::TabClosed,
                _ => Why::PageClosed,
            };
            over.push((id, why));
            if !session.twin {
                self.replace(&session.target.target_id);
            }
        }
        over
    }

    /// Reads a target over its other session, if it has one.
    fn replace(&mut self, target_id: &str) {
        let mut twins = self.sessions.iter_mut();
        let twin = twins.find(|(_, other)| other.target.target_id == target_id);
        if let Some((id, other)) = twin {
            other.twin = false;
            let (id, target) = (id.clone(), other.target.clone());
            self.ask(&id, &target);
        }
    }

    /// A target has another address.
    pub(super) fn changed(&mut self, target: &Target) {
        for session in self.sessions.values_mut() {
            if session.target.target_id == target.target_id {
                session.is_game = self.hosts.is_game(&target.url);
                session.target.url.clone_from(&target.url);
            }
        }
    }

    /// A frame shows another document; whether it was the target itself, which ends all connections there.
    pub(super) fn navigated(&mut self, id: &str, frame: &Frame) -> bool {
        let Some(session) = self.sessions.get_mut(id) else {
            return false;
        };
        // A frame within the page may have connections too, but which is not told: they end by their silence.
        if frame.parent_id.is_some() && frame.id != session.target.target_id {
            return false;
        }
        session.is_game = self.hosts.is_game(&frame.url);
        session.target.url.clone_from(&frame.url);
        session.dialog = false;
        session.hangs = false;
        true
    }

    /// A dialog is open in a page, or is no more.
    pub(super) fn dialog(&mut self, id: &str, open: bool) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.dialog = open;
        }
    }

    /// Whether a connection to this server may be the game's: the server is, and so is the page it was made in, unless
    /// nothing is known of that page.
    pub(super) fn is_ours(&self, session: &str, server: &str) -> bool {
        let known = |session: &Session| session.is_game || session.has_no_address();
        let here = self
            .sessions
            .get(session)
            .is_some_and(|own| own.is_game || self.root(session).is_some_and(known));
        here && self.hosts.is_game(server)
    }

    /// Whether a connection that was open before it was read, so that its server is not known, may be the game's: its
    /// own document is, or is a part of the game's page that has no address.
    pub(super) fn may_be_ours(&self, session: &str) -> bool {
        self.sessions.get(session).is_some_and(|own| {
            let in_page = self.root(session).is_some_and(|page| page.is_game);
            own.is_game || (own.has_no_address() && in_page)
        })
    }

    /// Returns what a target is in: its page, or itself.
    pub(super) fn root(&self, session: &str) -> Option<&Session> {
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

    /// Why no page has anything to read.
    pub(super) fn why(&self) -> Why {
        let sessions = self.sessions.values();
        let pages = sessions.filter(|session| session.is_game && session.target.kind == "page");
        // What stands in the way is told first.
        match pages.min_by_key(|page| (!page.dialog, !page.hangs)) {
            None => Why::NoPage,
            Some(page) if page.dialog => Why::DialogOpen(shown(&page.target.url)),
            Some(page) if page.hangs => Why::PageHangs(shown(&page.target.url)),
            Some(page) => Why::NoGame(shown(&page.target.url)),
        }
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.sessions.len()
    }
}
