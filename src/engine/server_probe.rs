//! Asks the server at a loopback address what it is: a practice table says how fast it runs and whether it is seeded.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use crate::feed::{Address, fetch_announcement};
use crate::game::ServerInfo;
use crate::protocol::GameId;

/// Answers that may wait: there is one for a connection and one for a game.
const MAX_ANSWERS: usize = 64;

/// What the server said.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ProbeAnswer {
    /// What it is now; the default when it is no practice table.
    pub server: ServerInfo,
    /// The game whose end was the occasion; `None` for a connection.
    pub game: Option<GameId>,
}

/// Asks on threads of its own: a server may take two seconds to answer. A server that is no practice table is asked at
/// each connection only, and there is one question at a time: games may end a thousand times a second.
#[derive(Debug)]
pub(super) struct ServerProbe {
    address: Address,
    sender: mpsc::Sender<ProbeAnswer>,
    answers: mpsc::Receiver<ProbeAnswer>,
    state: Arc<ProbeState>,
}

#[derive(Debug, Default)]
struct ProbeState {
    is_table: AtomicBool,
    is_waiting: AtomicBool,
}

impl ServerProbe {
    pub fn new(address: Address) -> Self {
        let (sender, answers) = mpsc::channel(MAX_ANSWERS);
        Self {
            address,
            sender,
            answers,
            state: Arc::default(),
        }
    }

    /// Asks at a new connection: another server may answer there now.
    pub fn connected(&self) {
        self.ask(None);
    }

    /// Asks at the end of a game: the table may have changed its speed meanwhile.
    pub fn game_ended(&self, game: &GameId) {
        let ProbeState {
            is_table,
            is_waiting,
        } = &*self.state;
        if is_table.load(Ordering::Relaxed) && !is_waiting.load(Ordering::Relaxed) {
            self.ask(Some(game.clone()));
        }
    }

    /// Returns the next answer.
    pub async fn next(&mut self) -> ProbeAnswer {
        match self.answers.recv().await {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }

    fn ask(&self, game: Option<GameId>) {
        let (address, sender) = (self.address.clone(), self.sender.clone());
        let state = Arc::clone(&self.state);
        state.is_waiting.store(true, Ordering::Relaxed);
        let thread = std::thread::Builder::new()
            .name("announcement".to_owned())
            .spawn(move || {
                let known = fetch_announcement(&address)
                    .ok()
                    .map(|table| table.server());
                state.is_table.store(known.is_some(), Ordering::Relaxed);
                state.is_waiting.store(false, Ordering::Relaxed);
                // No answer at the end of a game changes nothing; at a connection it means that this is no table.
                if known.is_some() || game.is_none() {
                    let server = known.unwrap_or_default();
                    let answer = ProbeAnswer { server, game };
                    sender.try_send(answer).ok(); // The engine has stopped.
                }
            });
        if let Err(error) = thread {
            tracing::debug!(%error, "no thread to ask the table");
        }
    }
}
