//! Asks the server at a loopback address what it is: a table of ours says how fast it runs and whether it is seeded.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::mpsc;

use crate::feed::{Address, fetch_announcement};
use crate::game::ServerInfo;
use crate::protocol::GameId;

/// Answers that may wait; there is one question for a connection and one for a game.
const ANSWERS: usize = 64;

/// What the server said.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ProbeAnswer {
    /// What it is now; as good as nothing when it is no table of ours.
    pub server: ServerInfo,
    /// The game that just ended, if that was the occasion.
    pub game: Option<GameId>,
}

/// Asks on threads of its own: a server may take two seconds to answer. A server that is no table of ours is asked at
/// each connection only, and no other question is asked while one waits: games may end a thousand times a second.
#[derive(Debug)]
pub(super) struct ServerProbe {
    address: Address,
    answers: mpsc::Sender<ProbeAnswer>,
    state: Arc<ProbeState>,
}

#[derive(Debug, Default)]
struct ProbeState {
    is_table: AtomicBool,
    waits: AtomicBool,
}

impl ServerProbe {
    /// Returns who asks at this address, and where the answers arrive.
    pub fn new(address: Address) -> (Self, mpsc::Receiver<ProbeAnswer>) {
        let (answers, arriving) = mpsc::channel(ANSWERS);
        let state = Arc::default();
        let questions = Self {
            address,
            answers,
            state,
        };
        (questions, arriving)
    }

    /// Asks at a new connection: another server may answer there now.
    pub fn connected(&self) {
        self.ask(None);
    }

    /// Asks at the end of a game: the table may have changed its speed meanwhile.
    pub fn ended(&self, game: &GameId) {
        if self.state.is_table.load(Ordering::Relaxed) && !self.state.waits.load(Ordering::Relaxed)
        {
            self.ask(Some(game.clone()));
        }
    }

    fn ask(&self, game: Option<GameId>) {
        let (address, answers) = (self.address.clone(), self.answers.clone());
        let state = Arc::clone(&self.state);
        state.waits.store(true, Ordering::Relaxed);
        let asked = std::thread::Builder::new()
            .name("announcement".to_owned())
            .spawn(move || {
                let known = fetch_announcement(&address)
                    .ok()
                    .map(|table| table.server());
                state.is_table.store(known.is_some(), Ordering::Relaxed);
                state.waits.store(false, Ordering::Relaxed);
                // At the end of a game no answer is no news; a new connection without one is to no table of ours.
                if known.is_some() || game.is_none() {
                    let server = known.unwrap_or_default();
                    let answer = ProbeAnswer { server, game };
                    answers.try_send(answer).ok(); // The engine has stopped.
                }
            });
        if let Err(error) = asked {
            tracing::debug!(%error, "no thread to ask the table");
        }
    }
}

/// Returns the next answer; never without somebody who asks.
pub(super) async fn next_answer(
    answers: &mut Option<(ServerProbe, mpsc::Receiver<ProbeAnswer>)>,
) -> ProbeAnswer {
    if let Some((_, arriving)) = answers
        && let Some(answer) = arriving.recv().await
    {
        return answer;
    }
    std::future::pending().await
}
