//! The trader: the player's side of the table as one reducer. Presses, answers, the player's own events and what
//! happened on the board go in; requests to send, facts of the session and news for the screen come out. Pure.
//!
//! The account is computed here, by [`Account::apply`], and compared with the server's at each `playerUpdate`. What
//! the server did to an order is learnt from the own trade, or from the wallet that the server tells: whichever
//! comes first. The server's answer has neither price nor quantity; it only says that it was done.

mod browser;
mod context;
mod drift;
mod fills;
mod in_flight;
mod local;
mod order;
mod risk;
mod rows;
mod server_state;
mod session;
mod settle;
mod unseen;
mod verifier;
mod view;

use crate::account::Durations;
use crate::account::{Account, ActionSource, LocalWallet, SessionEvent, SessionIds, WalletKind};
use crate::game::{GameEvent, ServerInfo};
use crate::protocol::{Ack, Event, GameId, PlayerUpdate, Request, UsernameStatus};
use session::Seat;

pub use browser::{BrowserAccount, UnrecordedOrder};
pub use context::{GameContext, Now};
pub use order::{Order, OrderLimits, Refusal};
pub use risk::{DayRisk, RiskLimits, RiskUsage};
pub use server_state::{Identity, PlayerEvent, PlayerStateHandler, ServerState};
pub use verifier::{Agreement, Comparison, FieldComparison, StateVerifier, Verification};
pub use view::{DriftBadge, PendingOrderView, TraderView};

/// How long an order may stay without news before nobody knows what became of it.
pub const ANSWER_LIMIT: chrono::Duration = chrono::Duration::seconds(4);

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum OrderAnswer {
    /// The server answered.
    Ack(Box<Ack>),
    /// Nothing was sent, for this reason.
    NotSent(&'static str),
    /// Sent, and no answer will come any more.
    Lost,
}

/// What comes out of the trader.
#[derive(Debug, Clone, PartialEq)]
pub enum TraderEvent {
    /// For the recorder, which keeps all of them in order.
    Fact(SessionEvent),
    /// For whoever watches.
    Player(PlayerEvent),
}

/// The player's side; see the module text.
#[derive(Debug, Clone)]
pub struct Trader {
    rules: OrderLimits,
    handler: PlayerStateHandler,
    wallet: Wallet,
    seat: Option<Seat>,
    /// The account of somebody else, told before his name: it waits for that.
    stranger: Option<Box<PlayerUpdate>>,
    /// What a page tells of its account, where one is mirrored.
    signs: browser::Signs,
    /// How long orders took, of every session so far.
    delays: Delays,
    /// Rows told in the sessions so far: their numbers are unlike in a whole run.
    slots: u32,
    /// The ids of the sessions to come.
    ids: SessionIds,
    /// The server that is played at, once it is known.
    server: Option<ServerInfo>,
}

/// How long orders took from the press.
#[derive(Debug, Clone, Default)]
pub(super) struct Delays {
    /// To the server's answer.
    to_ack: Durations,
    /// To the news of the account.
    to_update: Durations,
}

#[derive(Debug, Clone)]
enum Wallet {
    Server,
    /// The server's, too; what happens to it is pressed in a browser.
    Mirror,
    /// The wallet that the first session takes up.
    Local(LocalWallet),
}

impl Trader {
    /// Returns the trader of whoever is logged in; orders are the server's to execute.
    pub fn at_server(rules: OrderLimits) -> Self {
        Self::new(rules, Wallet::Server)
    }

    /// Returns the trader of whoever plays in his own browser: his orders are seen there, and none ever leaves from here.
    pub fn mirror(rules: OrderLimits) -> Self {
        Self::new(rules, Wallet::Mirror)
    }

    /// Returns the trader of a practice wallet on a watched feed: nothing is ever sent, orders are filled at the price
    /// of the next tick.
    pub fn local(rules: OrderLimits, wallet: LocalWallet) -> Self {
        Self::new(rules, Wallet::Local(wallet))
    }

    fn new(rules: OrderLimits, wallet: Wallet) -> Self {
        Self {
            rules,
            handler: PlayerStateHandler::default(),
            wallet,
            seat: None,
            stranger: None,
            signs: browser::Signs::default(),
            delays: Delays::default(),
            slots: 0,
            ids: SessionIds::default(),
            server: None,
        }
    }

    /// Makes the ids of sessions from these random bytes.
    pub fn set_ids(&mut self, ids: SessionIds) {
        self.ids = ids;
    }

    /// Notes the server that the session and those after it are played at.
    pub fn set_server(&mut self, server: ServerInfo, out: &mut Vec<TraderEvent>) {
        if self.server.replace(server) != Some(server) && self.seat.is_some() {
            out.push(TraderEvent::Session(SessionEvent::ServerKnown { server }));
        }
    }

    /// Keeps orders within other limits from now on.
    pub fn set_limits(&mut self, rules: OrderLimits) {
        self.rules = rules;
    }

    /// Returns the limits of its orders.
    pub fn limits(&self) -> &OrderLimits {
        &self.rules
    }

    /// Returns the money as far as it is known here; `None` before the wallet is known.
    pub fn account(&self) -> Option<&Account> {
        self.seat.as_ref().map(|seat| &seat.account)
    }

    /// Returns whose wallet this is.
    pub fn wallet(&self) -> WalletKind {
        match self.wallet {
            Wallet::Server | Wallet::Mirror => WalletKind::Server,
            Wallet::Local(_) => WalletKind::Local,
        }
    }

    /// Whether it is known on this connection who plays; a local wallet needs no login.
    pub fn is_logged_in(&self) -> bool {
        self.wallet() == WalletKind::Local || self.handler.identity().is_some()
    }

    /// Whether an order may be pressed: somebody plays, and no order waits.
    pub fn is_ready(&self) -> bool {
        !self.mirrors() && self.is_logged_in() && self.seat.as_ref().is_some_and(Seat::is_ready)
    }

    /// Takes a press. Returns the request that is to be sent now (once); `None`: the local wallet fills it.
    ///
    /// `door` says why nothing may be sent at all, if so. A refused order is a row of the session,
    /// too, as soon as there is a session and a game it could belong to.
    pub fn press(
        &mut self,
        order: Order,
        source: ActionSource,
        door: Result<(), Refusal>,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) -> Result<Option<Request>, Refusal> {
        if self.mirrors() {
            return Err(Refusal::PlayInBrowser);
        }
        let logged_in = self.is_logged_in();
        let seat = self.seat.as_mut().ok_or(Refusal::NoPlayer)?;
        let sight = now.sight().ok_or(Refusal::NoGame)?;
        let allowed = if let Err(shut) = door {
            Err(shut)
        } else if !logged_in {
            Err(Refusal::NoPlayer)
        } else {
            seat.may_press(&order, &self.rules, &sight)
        };
        let first = out.len();
        seat.press(order, source, allowed.as_ref().err(), &sight, now, out);
        allowed?;
        if matches!(self.wallet, Wallet::Local(_)) {
            seat.fill_presale(&sight, now, out);
            self.put_down(first, out);
            return Ok(None);
        }
        Ok(Some(order.request()))
    }

    /// Takes what became of the request that was sent last.
    pub fn answered(&mut self, answer: OrderAnswer, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        let identified = self.handler.identity().is_some();
        if let Some(seat) = &mut self.seat {
            seat.answered(answer, self.handler.newest(), now, out);
            seat.compare_owed(self.handler.newest(), identified, now, out);
        }
    }

    /// Takes an event of the server other than `gameStateUpdate`. A trader with a local wallet is nobody to the server.
    pub fn event(&mut self, event: &Event, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if matches!(self.wallet, Wallet::Local(_)) {
            return;
        }
        if self.mirrors() && !self.hear_page(event, now, out) {
            return;
        }
        match event {
            Event::UsernameStatus(status) => {
                self.identify(status, now, out);
                let known = |update: &mut Box<PlayerUpdate>| update.id.as_ref() == Some(&status.id);
                if let Some(update) = self.stranger.take_if(known) {
                    self.event(&Event::PlayerUpdate(update), now, out);
                }
            }
            Event::PlayerUpdate(update) if self.is_of_another(update) => {
                self.stranger = Some(update.clone());
            }
            Event::PlayerUpdate(update) => {
                let events = self.handler.player_update(update);
                out.extend(events.into_iter().map(TraderEvent::Player));
                self.reconcile(now, out);
            }
            Event::GameStatePlayerUpdate(update) => {
                let event = self.handler.game_state_player_update(update);
                out.extend(event.map(TraderEvent::Player));
            }
            Event::NewTrade(trade) => {
                if let Some(seat) = &mut self.seat {
                    seat.trade(trade, now, out);
                }
            }
            Event::CurrentSidebet(bet) => {
                if let Some(seat) = &mut self.seat {
                    seat.sidebet_placed(bet, now, out);
                }
            }
            Event::SidebetResult(bet) => {
                if let Some(seat) = &mut self.seat {
                    seat.sidebet_result(bet, now, out);
                }
            }
            _ => {}
        }
        self.compare_owed(now, out);
    }

    /// Takes what happened on the board; `now.board` is the board after it.
    pub fn board(&mut self, events: &[GameEvent], now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if let (Wallet::Local(wallet), None) = (&self.wallet, &self.seat)
            && now.board.current_id().is_some()
        {
            let wallet = wallet.clone();
            self.sit_down(None, &wallet.account, wallet.game, now, out);
        }
        let local = matches!(self.wallet, Wallet::Local(_));
        let first = out.len();
        if let Some(seat) = &mut self.seat {
            seat.board(events, local, now, out);
        }
        self.put_down(first, out);
        self.compare_owed(now, out);
    }

    /// Looks at the clock: what is overdue is so without any message.
    pub fn clock(&mut self, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if let Some(seat) = &mut self.seat {
            seat.clock(now, out);
        }
        self.compare_owed(now, out);
    }

    /// The connection ended: the next one knows nothing, but the same player goes on with his session.
    pub fn disconnected(&mut self) {
        self.handler.disconnected();
        self.stranger = None;
        self.forget_page();
        if let Some(seat) = &mut self.seat {
            seat.disconnected();
        }
    }

    /// Nobody plays any more.
    pub fn stop(&mut self, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if let Wallet::Local(wallet) = &mut self.wallet
            && let Some(seat) = &self.seat
        {
            *wallet = seat.put_down();
        }
        if let Some(mut seat) = self.seat.take() {
            seat.stand_up(now, out);
            self.delays = seat.delays;
            self.slots = seat.slots;
        }
    }

    /// Whether the update is of somebody else than who is logged in.
    fn is_of_another(&self, update: &PlayerUpdate) -> bool {
        let ours = self
            .handler
            .identity()
            .map(|identity| identity.player_id.as_str());
        ours.is_some() && update.id.is_some() && update.id.as_deref() != ours
    }

    /// Takes who plays, which comes more than once.
    fn identify(&mut self, status: &UsernameStatus, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        let Some(event) = self.handler.username_status(status) else {
            return;
        };
        out.push(TraderEvent::Player(self.since_session(event)));
        let player = self.handler.identity().cloned();
        let player = player.as_ref();
        let id = player.map(|player| player.player_id.as_str());
        match &mut self.seat {
            Some(seat) if seat.player_id() != id => self.stop(now, out),
            Some(seat) => {
                if let Some(name) = player.and_then(|player| player.username.as_deref()) {
                    seat.is_called(name, out);
                }
            }
            None => {}
        }
        self.reconcile(now, out);
    }

    /// Says whom somebody follows: a connection may have ended between the two.
    fn since_session(&self, event: PlayerEvent) -> PlayerEvent {
        match event {
            PlayerEvent::PlayerIdentified {
                identity,
                before: None,
            } => {
                let before = self.seat.as_ref().and_then(Seat::identity).cloned();
                let before = before.filter(|before| before.player_id != identity.player_id);
                PlayerEvent::PlayerIdentified { identity, before }
            }
            other => other,
        }
    }

    /// Compares with the server once it is known who plays; begins his session if he has none.
    fn reconcile(&mut self, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        let Some(identity) = self.handler.identity().cloned() else {
            return; // Who this is comes after the first `playerUpdate`.
        };
        if let Some(seat) = &mut self.seat {
            seat.reconcile(self.handler.newest(), now, out);
        } else if let Some((account, sidebet_game)) = self.handler.server().account() {
            let game = sidebet_game.or_else(|| now.board.current_id().cloned());
            self.sit_down_late(identity, &account, game, now, out);
        }
    }

    fn sit_down(
        &mut self,
        identity: Option<Identity>,
        account: &Account,
        game: Option<GameId>,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let wallet = self.wallet();
        let origin = (self.ids.next(now.at), self.server);
        let mut seat = Seat::sit_down(identity, wallet, account, game, origin, now, out);
        seat.delays = std::mem::take(&mut self.delays);
        seat.slots = self.slots;
        if self.mirrors() {
            seat.mirror();
        }
        self.seat = Some(seat);
    }

    fn compare_owed(&mut self, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        let identified = self.handler.identity().is_some();
        if let Some(seat) = &mut self.seat {
            seat.compare_owed(self.handler.newest(), identified, now, out);
        }
    }
}
