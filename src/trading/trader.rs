//! The trader: who plays with which wallet, the login of the connection, and the running session.

use rust_decimal::Decimal;

use super::context::Ctx;
use super::events::{PlayerEvent, TraderEvent};
use super::limits::OrderLimits;
use super::order::{Order, OrderAnswer};
use super::page_signs::PageSigns;
use super::player_state::PlayerStateHandler;
use super::refusal::Refusal;
use super::server_state::Identity;
use super::session::{ActiveSession, OrderLatency, SessionStart};
use crate::account::{Account, ActionSource, LocalWallet, SessionEvent, SessionIds, WalletKind};
use crate::game::{GameEvent, ServerInfo};
use crate::protocol::{Event, GameId, PlayerUpdate, Request, UsernameStatus};

/// The player's side; see the module text.
#[derive(Debug, Clone)]
pub struct Trader {
    limits: OrderLimits,
    pub(super) player: PlayerStateHandler,
    wallet: Wallet,
    pub(super) session: Option<ActiveSession>,
    /// The login was written on this connection.
    login_written: bool,
    /// An update of another account than the player's: it may come before its player is identified.
    early_update: Option<Box<PlayerUpdate>>,
    /// What a browser page shows of its account.
    pub(super) page: PageSigns,
    /// How long the orders of ended sessions took.
    pub(super) latency: OrderLatency,
    /// The newest slot of the ended sessions.
    slots: u32,
    /// The ids of the sessions to come.
    ids: SessionIds,
    /// The server that orders go to, once it is known.
    server: Option<ServerInfo>,
}

#[derive(Debug, Clone)]
enum Wallet {
    /// The server's account; orders are pressed here.
    Server,
    /// The server's account; orders are pressed in a browser.
    Browser,
    /// A wallet on this computer; `None` while a session has it.
    Local(Option<LocalWallet>),
}

impl Trader {
    /// Returns the trader of a player who is logged in; the server executes the orders.
    pub fn at_server(limits: OrderLimits) -> Self {
        Self::new(limits, Wallet::Server)
    }

    /// Returns the trader of a player in a browser: orders are seen there, and nothing is ever sent from here.
    pub fn in_browser(limits: OrderLimits) -> Self {
        Self::new(limits, Wallet::Browser)
    }

    /// Returns the trader of a local wallet beside a watched feed: nothing is ever sent, and orders are filled at the
    /// price of the next tick.
    pub fn local(limits: OrderLimits, wallet: LocalWallet) -> Self {
        Self::new(limits, Wallet::Local(Some(wallet)))
    }

    fn new(limits: OrderLimits, wallet: Wallet) -> Self {
        Self {
            limits,
            player: PlayerStateHandler::default(),
            wallet,
            session: None,
            login_written: false,
            early_update: None,
            page: PageSigns::default(),
            latency: OrderLatency::default(),
            slots: 0,
            ids: SessionIds::default(),
            server: None,
        }
    }

    /// Makes the ids of sessions from these random bytes.
    pub fn set_ids(&mut self, ids: SessionIds) {
        self.ids = ids;
    }

    /// Notes the server of this session and those after it.
    pub fn set_server(&mut self, server: ServerInfo, out: &mut Vec<TraderEvent>) {
        if self.server.replace(server) != Some(server) && self.session.is_some() {
            out.push(TraderEvent::Session(SessionEvent::ServerKnown { server }));
        }
    }

    /// Sets the limits of orders.
    pub fn set_limits(&mut self, limits: OrderLimits) {
        self.limits = limits;
    }

    /// Returns the limits of orders.
    pub fn limits(&self) -> &OrderLimits {
        &self.limits
    }

    /// Returns the account; `None` before the wallet is known.
    pub fn account(&self) -> Option<&Account> {
        self.session.as_ref().map(|session| &session.ledger.account)
    }

    /// Returns the kind of the wallet.
    pub fn wallet(&self) -> WalletKind {
        match self.wallet {
            Wallet::Server | Wallet::Browser => WalletKind::Server,
            Wallet::Local(_) => WalletKind::Local,
        }
    }

    /// Whether orders are pressed in a browser, and never here.
    pub fn is_in_browser(&self) -> bool {
        matches!(self.wallet, Wallet::Browser)
    }

    /// Whether an order is in flight whose outcome is still expected.
    pub fn has_pending_order(&self) -> bool {
        let session = self.session.as_ref();
        session.is_some_and(ActiveSession::has_pending_order)
    }

    /// Returns the local wallet, for the next run; `None` when the wallet is the server's.
    pub fn local_wallet(&self) -> Option<LocalWallet> {
        match (&self.wallet, &self.session) {
            (Wallet::Server | Wallet::Browser, _) => None,
            (Wallet::Local(_), Some(session)) => Some(session.ledger.local_wallet()),
            (Wallet::Local(wallet), None) => wallet.clone(),
        }
    }

    /// Notes that the login was written on this connection, to a practice table. Only then an order is sent.
    pub fn login_written(&mut self) {
        self.login_written = true;
    }

    /// Returns why this connection takes no order, as long as its login is not complete: after a reconnect the account
    /// is known, but the new connection does not know the player yet. `None` where nothing is sent, too.
    pub fn no_login(&self) -> Option<Refusal> {
        if !matches!(self.wallet, Wallet::Server) {
            None
        } else if !self.login_written {
            Some(Refusal::NotOurTable)
        } else if self.player.identity().is_none() {
            Some(Refusal::NoPlayer)
        } else {
            None
        }
    }

    /// Takes a press that [`super::check()`] has decided about. Returns the request to send now, once; `None` when the
    /// local wallet fills the order.
    ///
    /// A refused order is a row of the session, too, if there is a session and a game that it can belong to.
    ///
    /// # Errors
    /// The order is not sent, for this reason.
    pub fn press(
        &mut self,
        order: Order,
        source: ActionSource,
        checked: Result<(), Refusal>,
        ctx: &mut Ctx<'_>,
    ) -> Result<Option<Request>, Refusal> {
        if self.is_in_browser() {
            return Err(Refusal::PlayInBrowser);
        }
        let session = self.session.as_mut().ok_or(Refusal::NoPlayer)?;
        let game = ctx.game().ok_or(Refusal::NoGame)?;
        let first = ctx.out.len();
        session.press(order, source, checked.as_ref().err(), &game, ctx);
        checked?;
        if matches!(self.wallet, Wallet::Server) {
            return Ok(Some(order.request()));
        }
        session.fill_presale(&game, ctx);
        self.emit_wallet(first, ctx);
        Ok(None)
    }

    /// Takes what became of the request that was sent last.
    pub fn answered(&mut self, answer: OrderAnswer, ctx: &mut Ctx<'_>) {
        if let Some(session) = &mut self.session
            && let Some(slot) = session.in_flight.find(|_| true)
        {
            session.answered(slot, answer, self.player.newest(), ctx);
        }
        self.compare_waiting(ctx);
    }

    /// Takes an event of the server other than `gameStateUpdate`. With a local wallet none of them is the player's.
    pub fn event(&mut self, event: &Event, ctx: &mut Ctx<'_>) {
        if self.wallet() == WalletKind::Local {
            return;
        }
        if self.is_in_browser() && !self.page_event(event, ctx) {
            return;
        }
        match event {
            Event::UsernameStatus(status) => {
                self.identify(status, ctx);
                let known = |update: &mut Box<PlayerUpdate>| update.id.as_ref() == Some(&status.id);
                if let Some(update) = self.early_update.take_if(known) {
                    self.event(&Event::PlayerUpdate(update), ctx);
                }
            }
            Event::PlayerUpdate(update) if self.is_of_another(update) => {
                self.early_update = Some(update.clone());
            }
            Event::PlayerUpdate(update) => {
                let events = self.player.player_update(update).into_iter();
                ctx.out.extend(events.map(TraderEvent::Player));
                self.update(ctx);
            }
            _ => {
                if let Some(session) = &mut self.session {
                    match event {
                        Event::NewTrade(trade) => session.trade(trade, ctx),
                        Event::CurrentSidebet(bet) => session.sidebet_placed(bet, ctx),
                        Event::SidebetResult(bet) => session.sidebet_result(bet, ctx),
                        _ => {}
                    }
                }
            }
        }
        self.compare_waiting(ctx);
    }

    /// Takes the events of the board, which is the one after them.
    pub fn board(&mut self, events: &[GameEvent], ctx: &mut Ctx<'_>) {
        if self.session.is_none()
            && ctx.board.current_id().is_some()
            && let Wallet::Local(wallet) = &mut self.wallet
            && let Some(wallet) = wallet.take()
        {
            self.start_session(None, &wallet.account, wallet.game, ctx);
        }
        let local = self.wallet() == WalletKind::Local;
        let first = ctx.out.len();
        if let Some(session) = &mut self.session {
            session.board(events, local, ctx);
        }
        self.emit_wallet(first, ctx);
        self.compare_waiting(ctx);
    }

    /// Takes the time: an order may be overdue without any message.
    pub fn clock(&mut self, ctx: &mut Ctx<'_>) {
        if let Some(session) = &mut self.session {
            session.clock(ctx);
        }
        self.compare_waiting(ctx);
    }

    /// A connection was opened: its login is not done yet.
    pub fn connected(&mut self) {
        self.login_written = false;
    }

    /// The connection ended. The same player's session continues on the next one.
    pub fn disconnected(&mut self) {
        self.login_written = false;
        self.player.disconnected();
        self.early_update = None;
        self.page = PageSigns::default();
        if let Some(session) = &mut self.session {
            session.disconnected();
        }
    }

    /// Ends the session.
    pub fn stop(&mut self, ctx: &mut Ctx<'_>) {
        if let Some(mut session) = self.session.take() {
            if let Wallet::Local(wallet) = &mut self.wallet {
                *wallet = Some(session.ledger.local_wallet());
            }
            session.end(ctx);
            self.slots = session.ledger.slots;
            self.latency = session.latency;
        }
    }

    /// Replaces the local wallet by one with this balance; what was open in it is gone. Does nothing when the wallet is
    /// the server's.
    pub fn reset_wallet(&mut self, balance: Decimal, ctx: &mut Ctx<'_>) {
        if self.wallet() != WalletKind::Local {
            return;
        }
        self.stop(ctx);
        let wallet = LocalWallet::new(balance);
        self.wallet = Wallet::Local(Some(wallet.clone()));
        self.board(&[], ctx);
        let wallet = Box::new(wallet);
        ctx.emit(SessionEvent::WalletChanged { wallet });
    }

    /// Emits the local wallet for the next run, if a row was emitted since the output had this length.
    fn emit_wallet(&self, first: usize, ctx: &mut Ctx<'_>) {
        let is_row = |event: &TraderEvent| {
            matches!(event, TraderEvent::Session(SessionEvent::Action { .. }))
        };
        if let Some(wallet) = self.local_wallet()
            && ctx.out[first..].iter().any(is_row)
        {
            let wallet = Box::new(wallet);
            ctx.emit(SessionEvent::WalletChanged { wallet });
        }
    }

    /// Whether the update is of another account than the player's.
    fn is_of_another(&self, update: &PlayerUpdate) -> bool {
        let identity = self.player.identity();
        let id = identity.map(|identity| identity.player_id.as_str());
        id.is_some() && update.id.is_some() && update.id.as_deref() != id
    }

    /// Takes the player's identity, which comes more than once. Another player ends the session.
    pub(super) fn identify(&mut self, status: &UsernameStatus, ctx: &mut Ctx<'_>) {
        let Some(event) = self.player.username_status(status) else {
            return;
        };
        let event = self.with_session_player(event);
        ctx.emit_player(event);
        let player = self.player.identity().cloned();
        let id = player.as_ref().map(|player| player.player_id.as_str());
        match &mut self.session {
            Some(session) if session.player_id() != id => self.stop(ctx),
            Some(session) => {
                if let Some(name) = player.and_then(|player| player.username) {
                    session.set_username(&name, ctx);
                }
            }
            None => {}
        }
        self.update(ctx);
    }

    /// Adds the player of the session to the event: a connection may have ended between the two.
    fn with_session_player(&self, event: PlayerEvent) -> PlayerEvent {
        match event {
            PlayerEvent::PlayerIdentified {
                identity,
                before: None,
            } => {
                let before = self.session.as_ref().and_then(|s| s.identity.clone());
                let before = before.filter(|before| before.player_id != identity.player_id);
                PlayerEvent::PlayerIdentified { identity, before }
            }
            other => other,
        }
    }

    /// Takes the server's account once the player is known; starts the session if there is none.
    fn update(&mut self, ctx: &mut Ctx<'_>) {
        let Some(identity) = self.player.identity().cloned() else {
            return; // The identity comes after the first `playerUpdate`.
        };
        if let Some(session) = &mut self.session {
            session.update(self.player.newest(), ctx);
        } else if let Some((account, sidebet_game)) = self.player.server().account() {
            let game = sidebet_game.or_else(|| ctx.board.current_id().cloned());
            self.start_known_wallet(identity, &account, game, ctx);
        }
    }

    pub(super) fn start_session(
        &mut self,
        identity: Option<Identity>,
        account: &Account,
        game: Option<GameId>,
        ctx: &mut Ctx<'_>,
    ) {
        let start = SessionStart {
            id: self.ids.next(ctx.at),
            identity,
            wallet: self.wallet(),
            server: self.server,
            in_browser: self.is_in_browser(),
            slots: self.slots,
            latency: std::mem::take(&mut self.latency),
        };
        self.session = Some(ActiveSession::start(start, account, game, ctx));
    }

    /// Makes the waiting comparison, if the facts that it waits for arrived.
    pub(super) fn compare_waiting(&mut self, ctx: &mut Ctx<'_>) {
        let identified = self.player.identity().is_some();
        if let Some(session) = self.session.as_mut().filter(|_| identified) {
            session.compare_waiting(self.player.newest(), ctx);
        }
    }
}
