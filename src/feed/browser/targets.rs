//! The pages, frames and workers that are open in the browser, and which of them belong to the game. Pure.

use std::collections::BTreeMap;

use super::cdp_call::CdpCall;
use super::hosts::{GameHosts, shown};
use super::messages::{FrameInfo, TargetInfo};
use crate::feed::disconnect_reason::DisconnectReason;

/// Limit of tracked sessions.
const MAX_SESSIONS: usize = 2_000;

/// The session of an attached target: a page, a frame of another site, a worker.
#[expect(clippy::struct_excessive_bools, reason = "each is independent")]
#[derive(Debug)]
pub(super) struct TargetSession {
    pub(super) target: TargetInfo,
    /// The session that contains it.
    parent: Option<String>,
    /// Its address belongs to the game.
    is_game: bool,
    /// A dialog is open in it.
    pub(super) dialog: bool,
    /// It did not answer in time.
    hangs: bool,
    /// Another session already reads the same target.
    duplicate: bool,
}

/// The sessions of everything that is open.
#[derive(Debug)]
pub(super) struct TargetSessions {
    hosts: GameHosts,
    sessions: BTreeMap<String, TargetSession>,
    calls: Vec<(String, CdpCall)>,
    gone: Vec<String>,
}

impl TargetSession {
    /// Whether it has no address yet.
    fn has_no_address(&self) -> bool {
        ["", "about:blank"].contains(&self.target.url.as_str())
    }
}

impl TargetSessions {
    /// Returns an empty list of sessions.
    pub(super) fn new(hosts: GameHosts) -> Self {
        Self {
            hosts,
            sessions: BTreeMap::new(),
            calls: Vec::new(),
            gone: Vec::new(),
        }
    }

    /// A target answered a call.
    pub(super) fn answered(&mut self, session: &str) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.hangs = false;
        }
    }

    /// A target did not answer in time.
    pub(super) fn overdue(&mut self, session: &str) {
        if let Some(session) = self.sessions.get_mut(session) {
            session.hangs = true;
        }
    }

    /// Returns the calls to make, with their sessions.
    pub(super) fn take_calls(&mut self) -> Vec<(String, CdpCall)> {
        std::mem::take(&mut self.calls)
    }

    /// Returns the sessions that ended: their calls will not be answered.
    pub(super) fn take_gone(&mut self) -> Vec<String> {
        std::mem::take(&mut self.gone)
    }

    /// A target was attached.
    pub(super) fn attached(&mut self, id: String, parent: Option<String>, target: TargetInfo) {
        let is_page = target.kind == "page";
        if !is_page && !["iframe", "worker", "shared_worker"].contains(&target.kind.as_str()) {
            return;
        }
        if self.sessions.len() >= MAX_SESSIONS {
            tracing::warn!("so many pages are open in the browser that a new one is not read");
            return;
        }
        let mut sessions = self.sessions.values();
        // The browser and the page both report a worker; read twice, all its events would arrive twice.
        let duplicate =
            sessions.any(|other| other.target.target_id == target.target_id && !other.duplicate);
        if !duplicate {
            self.request_events(&id, &target);
        }
        let session = TargetSession {
            is_game: self.hosts.is_game(&target.url),
            target,
            parent,
            dialog: false,
            hangs: false,
            duplicate,
        };
        self.sessions.insert(id, session);
    }

    fn request_events(&mut self, id: &str, target: &TargetInfo) {
        let page = ["page", "iframe"].contains(&target.kind.as_str());
        let calls = [CdpCall::ReadNetwork, CdpCall::AutoAttach, CdpCall::ReadPage];
        let calls = calls
            .into_iter()
            .filter(|call| page || *call != CdpCall::ReadPage);
        self.calls.extend(calls.map(|call| (id.to_owned(), call)));
    }

    /// A target ended. Returns its session and those inside it, with the reason for the end of their connections.
    pub(super) fn detached(&mut self, id: &str) -> Vec<(String, DisconnectReason)> {
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
                "page" => DisconnectReason::TabClosed,
                _ => DisconnectReason::PageClosed,
            };
            over.push((id, why));
            if !session.duplicate {
                self.replace(&session.target.target_id);
            }
        }
        over
    }

    /// Reads a target through its other session, if it has one.
    fn replace(&mut self, target_id: &str) {
        let mut duplicates = self.sessions.iter_mut();
        let duplicate = duplicates.find(|(_, other)| other.target.target_id == target_id);
        if let Some((id, other)) = duplicate {
            other.duplicate = false;
            let (id, target) = (id.clone(), other.target.clone());
            self.request_events(&id, &target);
        }
    }

    /// A target changed its address.
    pub(super) fn changed(&mut self, target: &TargetInfo) {
        for session in self.sessions.values_mut() {
            if session.target.target_id == target.target_id {
                session.is_game = self.hosts.is_game(&target.url);
                session.target.url.clone_from(&target.url);
            }
        }
    }

    /// A frame loaded another document. Returns whether it was the target itself, which ends all its connections.
    pub(super) fn navigated(&mut self, id: &str, frame: &FrameInfo) -> bool {
        let Some(session) = self.sessions.get_mut(id) else {
            return false;
        };
        // The connections of a frame inside the page are not known as such: they end by silence.
        if frame.parent_id.is_some() && frame.id != session.target.target_id {
            return false;
        }
        session.is_game = self.hosts.is_game(&frame.url);
        session.target.url.clone_from(&frame.url);
        session.dialog = false;
        session.hangs = false;
        true
    }

    /// A dialog opened or closed in a page.
    pub(super) fn dialog(&mut self, id: &str, open: bool) {
        if let Some(session) = self.sessions.get_mut(id) {
            session.dialog = open;
        }
    }

    /// Whether a new connection may belong to the game: its server does, and so does its page, unless that page has no
    /// address.
    pub(super) fn is_ours(&self, session: &str, server: &str) -> bool {
        let known = |session: &TargetSession| session.is_game || session.has_no_address();
        let here = self
            .sessions
            .get(session)
            .is_some_and(|own| own.is_game || self.root(session).is_some_and(known));
        here && self.hosts.is_game(server)
    }

    /// Whether a connection with an unknown server may belong to the game: its own document does, or has no address and is
    /// a part of the game's page.
    pub(super) fn may_be_ours(&self, session: &str) -> bool {
        self.sessions.get(session).is_some_and(|own| {
            let in_page = self.root(session).is_some_and(|page| page.is_game);
            own.is_game || (own.has_no_address() && in_page)
        })
    }

    /// Returns the page that contains a target, or the target itself.
    pub(super) fn root(&self, session: &str) -> Option<&TargetSession> {
        let mut at = self.sessions.get(session)?;
        // No more steps than sessions: the browser's data may be circular.
        for _ in 0..self.sessions.len() {
            let parent = at.parent.as_ref();
            match parent.and_then(|parent| self.sessions.get(parent)) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        Some(at)
    }

    /// Returns why no page has a game to read.
    pub(super) fn why_no_game(&self) -> DisconnectReason {
        let sessions = self.sessions.values();
        let pages = sessions.filter(|session| session.is_game && session.target.kind == "page");
        // An obstacle comes first.
        match pages.min_by_key(|page| (!page.dialog, !page.hangs)) {
            None => DisconnectReason::NoPage,
            Some(page) if page.dialog => DisconnectReason::DialogOpen(shown(&page.target.url)),
            Some(page) if page.hangs => DisconnectReason::PageHangs(shown(&page.target.url)),
            Some(page) => DisconnectReason::NoGame(shown(&page.target.url)),
        }
    }

    /// Returns the number of sessions.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.sessions.len()
    }
}
