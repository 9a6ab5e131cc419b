//! Turns a frame of a recording into a view, so that the same page draws a live game and a replay.
//!
//! The view has no pending order, even where the recording had one.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::played_curve::PlayedCurve;
use crate::account::{Action, EquityPoint};
use crate::capture::CaptureState;
use crate::engine::{GameHistory, LAST_GAMES, PastGame, PriceSeries, SeenGame, SessionView, View};
use crate::feed;
use crate::protocol::{Counts, number};
use crate::recording::{GameMeta, RecorderState, RecordingStatus, SessionFile, SessionMeta};
use crate::replay::{PlayerFrame, Playhead, Timeline, TimelineFrame};
use crate::review::has_odds;
use crate::trading::{Identity, OrderLimits, RiskLimits, RiskUsage, TraderView};

/// The last one of some games, and whether it is over.
type GamesUpTo = (usize, bool);

/// Keeps the parts of the view that do not change between frames of the same recording.
#[derive(Debug, Clone)]
pub struct Projector {
    /// The prices of the last game shown.
    prices: Option<(usize, Vec<Option<f64>>)>,
    past: Option<(usize, Arc<GameHistory>)>,
    rows: Option<([usize; 2], Arc<Vec<Action>>)>,
    games: Option<(GamesUpTo, Arc<Vec<SeenGame>>)>,
    session: SessionView,
    /// The curve of the session.
    curve: PlayedCurve,
    /// The limits of the ticket.
    limits: OrderLimits,
}

impl Projector {
    /// Returns a projector whose views have these limits without the risk limits: recorded orders were allowed. `curve`
    /// is that of the session.
    pub fn new(limits: OrderLimits, curve: Arc<[(Playhead, EquityPoint)]>) -> Self {
        Self {
            prices: None,
            past: None,
            rows: None,
            games: None,
            session: SessionView::default(),
            curve: PlayedCurve::new(curve),
            limits: OrderLimits {
                risk: RiskLimits::OFF,
                ..limits
            },
        }
    }

    /// Returns the view of a frame.
    pub fn view(&mut self, timeline: &Timeline, frame: &TimelineFrame<'_>) -> View {
        let start = frame.file.ok().and_then(|file| file.meta.start_time);
        let prices = frame.prices.iter();
        let holes = prices.filter(|price| price.is_none()).count();
        let player = frame.player.as_ref();
        View {
            feed: feed::FeedState::Up {
                since: start.unwrap_or_default(),
            },
            browser: feed::BrowserStatus::default(),
            health: Arc::default(),
            phase: frame.phase,
            game_id: Some(frame.game_id.clone()),
            tick: frame.head.tick,
            price: frame.price.filter(|_| frame.head.tick.is_some()),
            has_odds: has_odds(
                frame
                    .file
                    .ok()
                    .and_then(|file| file.meta.game_version.as_deref()),
            ),
            holes: u32::try_from(holes).unwrap_or(u32::MAX),
            countdown_millis: None,
            last_event: None,
            series: Arc::new(self.series(timeline, frame)),
            past: self.past(timeline, frame.head),
            games: self.games(timeline, frame),
            session: player.map_or_else(SessionView::default, |side| {
                self.session(timeline, frame.head, side)
            }),
            actions: player.map_or_else(Arc::default, |side| self.rows(side)),
            trader: player
                .zip(timeline.session())
                .map(|(side, session)| trader_view(side, session)),
            limits: self.limits,
            risk_usage: RiskUsage::default(),
            no_login: None,
            awaits_outcome: false,
            auto_sell: None,
            piano: None,
            recording: RecordingStatus::default(),
            recorder: RecorderState::default(),
            capture: CaptureState::default(),
            counts: Counts::default(),
        }
    }

    /// Returns the prices of the frame. In the presale these are the prices of the previous game, as in a live view.
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
                ended: meta.and_then(|meta| meta.end_time),
            }
        });
        let new = Arc::new(GameHistory {
            games: games.collect(),
            ..GameHistory::default()
        });
        self.past = Some((head.game, Arc::clone(&new)));
        new
    }

    /// Returns the games up to the one of this position, which is over from its rug on.
    fn games(&mut self, timeline: &Timeline, frame: &TimelineFrame<'_>) -> Arc<Vec<SeenGame>> {
        let shown @ (last, is_over): GamesUpTo = (frame.head.game, frame.rug_tick.is_some());
        if let Some((_, games)) = self.games.as_ref().filter(|(of, _)| *of == shown) {
            return Arc::clone(games);
        }
        let games = timeline.games().take(last + 1).enumerate();
        let seen = games.filter_map(|(index, (game_id, file))| {
            let file = file.ok()?;
            let seen = SeenGame::new(game_id.clone(), file.meta.start_time?);
            if index == last && !is_over {
                return Some(seen);
            }
            let rug = timeline.at(timeline.end_of(index)).rug_tick;
            let price = |tick| file.prices.get(tick as usize).copied().flatten();
            Some(SeenGame {
                ended: true,
                peak: file.meta.peak().multiplier,
                rug: rug.map(|tick| (tick, price(tick))),
                proof: Some(file.meta.proof.status),
                recorded: true,
                ..seen
            })
        });
        let new = Arc::new(seen.collect());
        self.games = Some((shown, Arc::clone(&new)));
        new
    }

    fn session(
        &mut self,
        timeline: &Timeline,
        head: Playhead,
        side: &PlayerFrame<'_>,
    ) -> SessionView {
        if self.session.start.is_none() {
            let meta = timeline.session().map(|session| &session.meta);
            self.session = SessionView {
                start: meta.map(|meta| meta.session_start),
                start_value: meta.map_or(Decimal::ZERO, SessionMeta::start_value),
                ..SessionView::default()
            };
        }
        self.session.curve = self.curve.at(head);
        if self.session.drifts.len() != side.drifts.len() {
            self.session.drifts = Arc::new(side.drifts.to_vec());
        }
        self.session.clone()
    }

    fn rows(&mut self, side: &PlayerFrame<'_>) -> Arc<Vec<Action>> {
        let counts = [side.rows.len(), side.waiting.len()];
        if let Some((_, rows)) = self.rows.as_ref().filter(|(of, _)| *of == counts) {
            return Arc::clone(rows);
        }
        let waiting = side.waiting.iter().map(pending_row);
        let rows = Arc::new(side.rows.iter().cloned().chain(waiting).collect::<Vec<_>>());
        self.rows = Some((counts, Arc::clone(&rows)));
        rows
    }
}

/// Returns a row as it was before the server answered.
fn pending_row(row: &Action) -> Action {
    let game = row.game_id.clone();
    Action {
        tick: row.tick,
        amount: row.amount,
        price: row.price,
        phase: row.phase,
        sell_percent: row.sell_percent,
        ..Action::new(row.action, row.source, game, row.timestamp)
    }
}

fn trader_view(side: &PlayerFrame<'_>, session: &SessionFile) -> TraderView {
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
