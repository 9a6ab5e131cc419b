//! Turns a frame of a timeline into the view that the window draws of a live game, so that one window draws both.
//!
//! Nothing of it leads to an order: the view waits for none, whatever was on its way then.

use std::sync::Arc;

use crate::account::{Action, ActionStatus};
use crate::capture::CaptureState;
use crate::engine::{GameHistory, LAST_GAMES, PastGame, PriceSeries, View};
use crate::feed;
use crate::protocol::{Counts, number};
use crate::recording::{GameMeta, RecorderState, RecordingStatus, SessionFile};
use crate::replay::{PlayerFrame, Playhead, Timeline, TimelineFrame};
use crate::trading::{Identity, OrderLimits, RiskLimits, RiskUsage, TraderView};

/// Keeps what a frame has in common with the one before: it is the same timeline each time.
#[derive(Debug, Clone, Default)]
pub struct Projector {
    /// The prices of the game that was shown last, as a chart takes them.
    prices: Option<(usize, Vec<Option<f64>>)>,
    past: Option<(usize, Arc<GameHistory>)>,
    rows: Option<([usize; 2], Arc<Vec<Action>>)>,
    /// The limits that the ticket shows.
    limits: OrderLimits,
}

impl Projector {
    /// Returns a projector whose ticket shows these limits, without risk limits: everything recorded was allowed.
    pub fn new(limits: OrderLimits) -> Self {
        Self {
            limits: OrderLimits {
                risk: RiskLimits::OFF,
                ..limits
            },
            ..Self::default()
        }
    }

    /// Returns the view of a frame of this timeline.
    pub fn view(&mut self, timeline: &Timeline, frame: &TimelineFrame<'_>) -> View {
        let start = frame.file.ok().and_then(|file| file.meta.start_time);
        let prices = frame.prices.iter();
        let holes = prices.filter(|price| price.is_none()).count();
        let player = frame.player.as_ref();
        View {
            feed: feed::FeedState::Up {
                since: start.unwrap_or_default(),
            },
            tap: feed::BrowserStatus::default(),
            health: Arc::default(),
            phase: frame.phase,
            game_id: Some(frame.game_id.clone()),
            tick: frame.head.tick,
            price: frame.price.filter(|_| frame.head.tick.is_some()),
            holes: u32::try_from(holes).unwrap_or(u32::MAX),
            countdown_millis: None,
            last_event: None,
            series: Arc::new(self.series(timeline, frame)),
            past: self.past(timeline, frame.head),
            actions: player.map_or_else(Arc::default, |side| self.rows(side)),
            trader: player
                .zip(timeline.session())
                .map(|(side, session)| desk_view(side, session)),
            limits: self.limits,
            risk_usage: RiskUsage::default(),
            no_login: None,
            recording: RecordingStatus::default(),
            recorder: RecorderState::default(),
            capture: CaptureState::default(),
            counts: Counts::default(),
        }
    }

    /// In the presale the chart still shows the game before, as it does live.
    fn series(&mut self, timeline: &Timeline, frame: &TimelineFrame<'_>) -> PriceSeries {
        let before = match frame.head.tick {
            Some(_) => None,
            None => match frame.head.game.checked_sub(1) {
                Some(game) => Some(timeline.at(timeline.end_of(game))),
                None => return PriceSeries::default(),
            },
        };
        let shown = before.as_ref().unwrap_or(frame);
        let prices = self.prices(shown);
        PriceSeries {
            game_id: Some(shown.game_id.clone()),
            prices: prices[..shown.prices.len().min(prices.len())].to_vec(),
            rug_tick: shown.rug_tick,
            hash: shown
                .file
                .ok()
                .and_then(|file| file.meta.server_seed_hash.clone()),
        }
    }

    fn prices(&mut self, shown: &TimelineFrame<'_>) -> &[Option<f64>] {
        let game = shown.head.game;
        if self.prices.as_ref().is_none_or(|(of, _)| *of != game) {
            let all = shown.file.map_or(&[][..], |file| &file.prices).iter();
            let lossy = all.map(|price| price.map(number::to_f64_lossy));
            self.prices = Some((game, lossy.collect()));
        }
        self.prices.as_ref().map_or(&[], |(_, prices)| prices)
    }

    fn past(&mut self, timeline: &Timeline, head: Playhead) -> Arc<GameHistory> {
        if let Some((_, past)) = self.past.as_ref().filter(|(of, _)| *of == head.game) {
            return Arc::clone(past);
        }
        let first = head.game.saturating_sub(LAST_GAMES);
        let games = (first..head.game).map(|game| {
            let shown = timeline.at(timeline.end_of(game));
            let meta = shown.file.ok().map(|file| &file.meta);
            PastGame {
                game_id: shown.game_id.clone(),
                peak: meta.map(GameMeta::peak).unwrap_or_default(),
                ticks: shown.rug_tick,
            }
        });
        let new = Arc::new(GameHistory {
            games: games.collect(),
            ..GameHistory::default()
        });
        self.past = Some((head.game, Arc::clone(&new)));
        new
    }

    fn rows(&mut self, side: &PlayerFrame<'_>) -> Arc<Vec<Action>> {
        let counts = [side.rows.len(), side.waiting.len()];
        if let Some((_, rows)) = self.rows.as_ref().filter(|(of, _)| *of == counts) {
            return Arc::clone(rows);
        }
        let waiting = side.waiting.iter().map(on_its_way);
        let rows = Arc::new(side.rows.iter().cloned().chain(waiting).collect::<Vec<_>>());
        self.rows = Some((counts, Arc::clone(&rows)));
        rows
    }
}

/// Returns a row as it stood before anything came back.
fn on_its_way(row: &Action) -> Action {
    Action {
        balance_after: None,
        position_qty_after: None,
        entry_price: None,
        pnl: None,
        seq: 0,
        status: ActionStatus::Pending,
        qty: None,
        confirmed_at: None,
        executed_tick: None,
        executed_price: None,
        acked_at: None,
        reason_code: None,
        reason: None,
        ..row.clone()
    }
}

fn desk_view(side: &PlayerFrame<'_>, session: &SessionFile) -> TraderView {
    let meta = &session.meta;
    let player_id = meta.player_id.clone();
    TraderView {
        wallet: side.wallet,
        identity: player_id.map(|player_id| Identity {
            player_id,
            username: meta.username.clone(),
        }),
        page: None,
        account: Some(side.account.clone()),
        pnl: side.pnl,
        pending: None,
        verification: None,
        drift: None,
        to_ack: None,
        to_update: None,
        actions: u32::try_from(side.rows.len()).unwrap_or(u32::MAX),
    }
}
