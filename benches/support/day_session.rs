//! A player's session in the first games of a day: every number comes from the account's own arithmetic.

use std::path::Path;

use pianola::account::{Account, AccountEvent, Action, ActionSource, SessionEvent, WalletKind};
use pianola::disk::{Disk as _, RealDisk};
use pianola::game::{Game, Time};
use pianola::protocol::Tick;
use pianola::recording::{Origin, Recorder, RecorderEvent, day_of};
use rust_decimal::Decimal;

use crate::confirmed_action::confirmed_action;
use crate::no_sync::NoSync;

/// Games of a session.
const GAMES: usize = 20;
/// Ticks at which the player buys, sells half, and sells everything.
const TICKS: [Tick; 3] = [3, 6, 9];

/// A session that is being played.
pub struct DaySession {
    account: Account,
    facts: Vec<SessionEvent>,
    start: Time,
    end: Time,
    games: usize,
    actions: u32,
}

impl DaySession {
    /// Begins before the first game of a day.
    pub fn begin(start: Time) -> Self {
        let account = Account::new(Decimal::ONE_HUNDRED, []);
        let facts = vec![SessionEvent::Started {
            at: start,
            player_id: Some("did:privy:bench".to_owned()),
            username: Some("bench".to_owned()),
            wallet: WalletKind::Server,
            balance: account.balance(),
            lots: Vec::new(),
            sidebet: None,
            session_id: None,
            server: None,
        }];
        Self {
            account,
            facts,
            start,
            end: start,
            games: 0,
            actions: 0,
        }
    }

    /// Plays a game, if it is long enough and the session has not had enough of them.
    pub fn play(&mut self, game: &Game) {
        if self.games == GAMES || game.prices.len() <= TICKS[2] as usize + 1 {
            return;
        }
        self.games += 1;
        for tick in TICKS {
            let action = Box::new(self.action(game, tick));
            let slot = self.actions - 1;
            self.facts.push(SessionEvent::Action { slot, action });
        }
    }

    fn action(&mut self, game: &Game, tick: Tick) -> Action {
        let price = game.prices.get(tick).expect("a price");
        let percent = Decimal::from(if tick == TICKS[2] { 100 } else { 50 });
        let event = if tick == TICKS[0] {
            let amount = Decimal::new(1, 2);
            AccountEvent::Buy { amount, price }
        } else {
            AccountEvent::Sell { percent, price }
        };
        self.actions += 1;
        let (account, seq) = (&mut self.account, self.actions);
        let action = confirmed_action(account, &event, &game.id, (tick, price), game.start, seq);
        self.end = action.timestamp;
        Action {
            source: ActionSource::Key,
            ..action
        }
    }

    /// Writes the session's file as the recorder does; returns the number of its actions.
    pub fn write(mut self, root: &Path) -> u32 {
        let at = self.end + chrono::Duration::seconds(1);
        self.facts.push(SessionEvent::Ended { at });
        // In a folder of its own: the recorder would look at all recordings first.
        let own = tempfile::tempdir().expect("a folder");
        let opened = Recorder::open(NoSync::default(), own.path().to_owned(), Origin::Live);
        let (mut recorder, _open) = opened.expect("it opens");
        self.facts.into_iter().for_each(|fact| recorder.take(fact));
        recorder.finish();
        let saved = recorder
            .take_events()
            .into_iter()
            .find_map(|event| match event {
                RecorderEvent::Session(saved) => Some(saved.path),
                _ => None,
            });
        let path = saved.expect("it is published");
        let text = std::fs::read(&path).expect("the file is there");
        let folder = root.join(day_of(self.start)).join("sessions");
        RealDisk.create_dir_all(&folder).expect("a folder");
        let name = path.file_name().expect("a name");
        RealDisk.write(&folder.join(name), &text).expect("a file");
        self.actions
    }
}
