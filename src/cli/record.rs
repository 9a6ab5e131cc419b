//! `pianola record`: every game of a source into files, until Ctrl-C or enough games.

use std::collections::BTreeSet;

use anyhow::Context as _;
use tokio::sync::{mpsc, watch};

use super::{End, RecordArgs, WrongUse, folders, output};
use crate::engine::{Engine, Notice, View};
use crate::fairness::Status;
use crate::feed::{Address, FeedConfig, State};
use crate::game::{EndReason, Phase};
use crate::protocol::GameId;
use crate::recording::{FolderLock, Origin, RealDisk, Recorder, Saved};
use crate::table::{Source, Speed, Table, TableConfig};

pub(super) fn record(args: &RecordArgs) -> anyhow::Result<End> {
    let source = Chosen::new(args)?;
    let folder = folders::of(source.origin, args.out.as_ref())?;
    // Before anything is started: a folder that cannot be written to is the most common mistake.
    let lock = FolderLock::acquire(&folder)?;
    let (recorder, open) =
        Recorder::open(RealDisk, folder.clone(), source.origin).map_err(anyhow::Error::msg)?;
    if let Some(trouble) = recorder.trouble() {
        anyhow::bail!("{}", trouble.what);
    }
    tracing::info!(from = %source.address, to = %folder.display(), "recording");
    let mut engine = Engine::start(FeedConfig::new(source.address.clone()), recorder, open)
        .context("cannot start the threads of the recording")?;
    let notices = engine
        .take_notices()
        .context("the engine has notices once")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut tally = Tally::new(args.games);
    runtime.block_on(follow(&engine, notices, &mut tally))?;
    let ended = engine.stop();
    drop(lock);
    report_counts(&ended);
    let recorder = &ended.recorder;
    if output::to_a_person() {
        output::say(&format!(
            "{} games recorded in {}",
            recorder.saved_games,
            folder.display()
        ));
    }
    let lost = recorder.trouble.is_some() || recorder.lost_games > 0 || recorder.refused_events > 0;
    Ok(if tally.mismatch || lost {
        End::Finding
    } else {
        End::Done
    })
}

/// The source that the arguments name, started if it is our own table.
struct Chosen {
    origin: Origin,
    address: Address,
    _table: Option<Table>,
}

impl Chosen {
    fn new(args: &RecordArgs) -> anyhow::Result<Self> {
        let faster = args.speed.is_some_and(|speed| speed != Speed::default());
        let of_a_table = |what: &str| {
            WrongUse(format!(
                "{what} is the practice table's alone: use it with --practice, or with `pianola table`"
            ))
        };
        if args.practice {
            let config = TableConfig {
                seed: args.seed,
                speed: args.speed.unwrap_or_default(),
                source: Source::Practice,
                ..TableConfig::default()
            };
            let table = Table::start(config)?;
            let address = Address::parse(&table.url())?;
            return Ok(Self {
                origin: Origin::Practice,
                address,
                _table: Some(table),
            });
        }
        let address = match &args.url {
            // Parsed here, not by clap: that would repeat the whole address, with whatever is in it.
            Some(text) => Address::parse(text).map_err(|why| WrongUse(format!("--url: {why}")))?,
            None if args.live => Address::live(),
            None => {
                let hint = "say what to record: --practice (the built-in table), --live (rugs.fun, watching only) or --url U";
                return Err(WrongUse(hint.to_owned()).into());
            }
        };
        if faster && !address.is_loopback() {
            return Err(of_a_table("--speed").into());
        }
        if args.seed.is_some() {
            return Err(of_a_table("--seed").into());
        }
        if faster {
            tracing::warn!("the table at --url has a speed of its own; --speed changes nothing");
        }
        let origin = if address.is_live() {
            Origin::Live
        } else {
            Origin::Url
        };
        Ok(Self {
            origin,
            address,
            _table: None,
        })
    }
}

/// Follows the engine until Ctrl-C, enough games, or the end of the notices.
async fn follow(
    engine: &Engine,
    mut notices: mpsc::Receiver<Notice>,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut view = engine.view();
    let mut stop = StopSignal::new().context("cannot listen for Ctrl-C")?;
    let mut stopping = false;
    let status = output::to_a_person().then(output::status_line);
    loop {
        tokio::select! {
            () = stop.next() => {
                if stopping {
                    // The disk may hang: whoever asks twice does not want to wait for it.
                    output::say("stopped at once; what was not saved yet is in the journal");
                    std::process::exit(1);
                }
                stopping = true;
                engine.request_stop();
            }
            notice = notices.recv() => {
                let Some(notice) = notice else { break };
                tally.take(notice, status.is_none());
                if tally.enough() && !stopping {
                    stopping = true;
                    engine.request_stop();
                }
            }
            changed = view.changed() => {
                if changed.is_err() {
                    // The engine is gone; what it still told is in the notices.
                    while let Some(notice) = notices.recv().await {
                        tally.take(notice, status.is_none());
                    }
                    break;
                }
            }
        }
        if let Some(line) = &status {
            line.set_message(status_text(&mut view, tally));
        }
    }
    if let Some(line) = status {
        line.finish_and_clear();
    }
    Ok(())
}

/// The ways in which the user (or the system) asks the program to end. Listened to from the start: none is missed.
struct StopSignal {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
    #[cfg(windows)]
    pressed: tokio::signal::windows::CtrlC,
}

impl StopSignal {
    fn new() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let interrupt = signal(SignalKind::interrupt())?;
            let terminate = signal(SignalKind::terminate())?;
            let hang_up = signal(SignalKind::hangup())?;
            Ok(Self {
                signals: [interrupt, terminate, hang_up],
            })
        }
        #[cfg(windows)]
        Ok(Self {
            pressed: tokio::signal::windows::ctrl_c()?,
        })
    }

    /// Returns at the next one.
    async fn next(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate, hang_up] = &mut self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
            }
        }
        #[cfg(windows)]
        self.pressed.recv().await;
    }
}

/// Games that a run without a limit remembers, so as to print each of them once.
const REMEMBERED: usize = 256;

/// What a run has recorded.
struct Tally {
    limit: Option<u64>,
    /// Games that ended while we were there, in order.
    ended: Vec<GameId>,
    /// Games of `ended` that need nothing more: proven, or never to be revealed in time.
    settled: BTreeSet<GameId>,
    published: BTreeSet<GameId>,
    mismatch: bool,
    reader_left: bool,
}

impl Tally {
    fn new(limit: Option<u64>) -> Self {
        Self {
            limit,
            ended: Vec::new(),
            settled: BTreeSet::new(),
            published: BTreeSet::new(),
            mismatch: false,
            reader_left: false,
        }
    }

    fn take(&mut self, notice: Notice, print: bool) {
        match notice {
            Notice::Ended { game_id, reason } => {
                if matches!(reason, EndReason::Rug | EndReason::Missed) {
                    self.remember_end(game_id);
                }
            }
            Notice::Saved(saved) => {
                let id = saved.meta.game_id.clone();
                self.mismatch |= saved.meta.proof.status == Status::Mismatch;
                let first = self.published.insert(id.clone());
                if first && print && !self.reader_left && !output::print(&line(&saved)) {
                    self.reader_left = true;
                    tracing::warn!("nobody reads the list of games any more; recording goes on");
                }
                if saved.meta.server_seed.is_some() {
                    self.settled.insert(id);
                }
            }
            // Of a player who is no part of this list.
            Notice::SessionSaved(_) | Notice::Action { .. } => {}
        }
        // Only a run with a limit needs all of them; a year of ids would be a leak. A reveal reaches ten games back.
        if self.limit.is_none() && self.ended.len() > REMEMBERED {
            let oldest = self.ended.remove(0);
            self.settled.remove(&oldest);
            self.published.remove(&oldest);
        }
    }

    /// A game's reveal comes with the next game; once that one has ended too, it will not come in time.
    fn remember_end(&mut self, game_id: GameId) {
        // The one before that either has its file by now or leaves none.
        let given_up = self.ended.len().saturating_sub(1);
        for (number, earlier) in self.ended.iter().enumerate() {
            if number < given_up || self.published.contains(earlier) {
                self.settled.insert(earlier.clone());
            }
        }
        self.ended.push(game_id);
    }

    fn enough(&self) -> bool {
        self.limit.is_some_and(|limit| {
            let wanted = self
                .ended
                .iter()
                .take(usize::try_from(limit).unwrap_or(usize::MAX));
            self.ended.len() as u64 >= limit
                && wanted.into_iter().all(|id| self.settled.contains(id))
        })
    }
}

/// Says what was not understood, once, at the end.
fn report_counts(ended: &View) {
    let counts = &ended.counts;
    let lists = [
        ("unknown events", &counts.unknown_events),
        ("unknown keys", &counts.unknown_keys),
        ("malformed events", &counts.malformed_events),
        ("malformed keys", &counts.malformed_keys),
    ];
    for (what, list) in lists {
        if !list.is_empty() {
            // Names are escaped already.
            let rows: Vec<_> = list
                .iter()
                .map(|(name, count)| format!("{name} {count}"))
                .collect();
            tracing::info!("{what}: {}", rows.join(", "));
        }
    }
    if let Some(trouble) = &ended.recorder.trouble {
        output::say(&format!(
            "error: not everything could be saved: {}",
            trouble.what
        ));
    }
    let (games, events) = (ended.recorder.lost_games, ended.recorder.refused_events);
    if games > 0 || events > 0 {
        output::say(&format!(
            "error: {games} games and {events} events were lost while the disk took nothing"
        ));
    }
}

/// `GAME_ID TICKS PEAK PROOF FILE`
fn line(saved: &Saved) -> String {
    let meta = &saved.meta;
    let peak = meta
        .peak_multiplier
        .map_or("-".to_owned(), |peak| peak.to_string());
    let proof = meta.proof.status.as_str();
    format!(
        "{} {} {peak} {proof} {}",
        meta.game_id,
        meta.duration_ticks,
        saved.path.display()
    )
}

fn status_text(view: &mut watch::Receiver<View>, tally: &Tally) -> String {
    let view = view.borrow_and_update();
    if let Some(trouble) = &view.recorder.trouble {
        return format!("NOT RECORDING: {}", trouble.what);
    }
    let feed = match &view.feed {
        State::Connecting { attempt } => return format!("connecting (attempt {attempt})"),
        State::Down { why, .. } => return format!("offline: {why}"),
        State::Stale { .. } => "stale",
        State::Up { .. } => "connected",
        State::Stopped => "stopped",
    };
    let game = view.game_id.as_ref().map_or(
        "waiting for the first update".to_owned(),
        ToString::to_string,
    );
    let now = match (view.phase, view.tick, view.price) {
        (Phase::Active | Phase::Rugged, Some(tick), Some(price)) => {
            format!("{} tick {tick} at {:.4}x", view.phase, price.round_dp(4))
        }
        (phase, ..) => phase.to_string(),
    };
    let holes = if view.holes > 0 {
        format!(", {} missing", view.holes)
    } else {
        String::new()
    };
    let saved = view.recorder.saved_games;
    let of = tally
        .limit
        .map_or(String::new(), |limit| format!(" of {limit}"));
    format!("{feed} · {game} · {now}{holes} · {saved}{of} games recorded")
}
