//! What the piano roll shows of a recording: its games as blocks, the presses on their lanes, the sidebets as bars.

use crate::account::{Action, ActionKind, ActionStatus, SIDEBET_WINDOW};
use crate::replay::{Button, Landmark, Playhead, Timeline};
use crate::ui::format::peak;
use crate::ui::notes::ShownNote;

/// The buttons whose presses the roll shows, a lane each.
pub const LANES: [Button; 3] = [Button::Buy, Button::Sell, Button::Sidebet];

/// A game on the roll.
#[derive(Debug, Clone, PartialEq)]
pub struct RollGame {
    /// The numbers of its first and its last position.
    pub span: (usize, usize),
    /// Its peak as shown.
    pub peak: String,
    /// Whether the peak is above ten.
    pub is_high: bool,
    /// The number of the position of its rug.
    pub rug: Option<usize>,
}

/// An order on its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RollPress {
    /// The number of its position.
    pub at: usize,
    /// Its lane.
    pub lane: Button,
    /// Whether it was executed.
    pub executed: bool,
}

/// The marks of a recording, ascending.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RollMarks {
    pub games: Vec<RollGame>,
    pub presses: Vec<RollPress>,
    /// The numbers of the presses of each lane.
    pub lanes: [Vec<usize>; LANES.len()],
    /// The numbers of the first and the last position of each sidebet.
    pub sidebets: Vec<(usize, usize)>,
    /// The positions of differences between recorded and computed.
    pub differences: Vec<usize>,
}

impl RollMarks {
    /// Returns the marks of a recording.
    pub fn of(timeline: &Timeline) -> Self {
        let rugs = timeline.landmarks(Landmark::Rug);
        let games = timeline.games().enumerate().map(|(game, (_, file))| {
            let first = timeline.number(Playhead { game, tick: None });
            let file_peak = file.ok().map(|file| file.meta.peak());
            let rug = rugs.iter().find(|rug| rug.game == game);
            RollGame {
                span: (first, timeline.number(timeline.end_of(game))),
                peak: file_peak.map_or("–".to_owned(), peak),
                is_high: file_peak
                    .and_then(|peak| peak.multiplier)
                    .is_some_and(|peak| peak > rust_decimal::Decimal::TEN),
                rug: rug.map(|rug| timeline.number(*rug)),
            }
        });
        let presses = timeline.presses().filter_map(|(head, row)| {
            Some(RollPress {
                at: timeline.number(head),
                lane: lane_of(row)?,
                executed: row.status == ActionStatus::Confirmed,
            })
        });
        let lanes = LANES.map(|lane| {
            let numbered = timeline.presses().enumerate();
            let own = numbered.filter(|(_, (_, row))| lane_of(row) == Some(lane));
            own.map(|(number, _)| number).collect()
        });
        let is_sidebet = |row: &Action| {
            row.action == ActionKind::SidebetPlace && row.status == ActionStatus::Confirmed
        };
        let sidebets = timeline.presses().filter(|(_, row)| is_sidebet(row));
        let sidebets = sidebets.map(|(head, row)| {
            let start = row.executed_tick.or(head.tick).unwrap_or(0);
            let tick = Some(start.saturating_add(SIDEBET_WINDOW));
            let end = timeline.clamp(Playhead { tick, ..head });
            (timeline.number(head), timeline.number(end))
        });
        let differences = timeline.landmarks(Landmark::Difference).iter();
        Self {
            games: games.collect(),
            presses: presses.collect(),
            lanes,
            sidebets: sidebets.collect(),
            differences: differences.map(|head| timeline.number(*head)).collect(),
        }
    }
}

/// A note on the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollFlag {
    /// The number of its position.
    pub at: usize,
    /// What the note says.
    pub words: String,
    /// It has a star.
    pub starred: bool,
}

/// Returns the flags of the notes on trades and ticks of a recording, ascending.
pub fn flags(timeline: &Timeline, notes: &[ShownNote]) -> Vec<RollFlag> {
    let flag = |note: &ShownNote| {
        let (game, tick) = note.at.as_ref()?;
        let game = timeline.place(game)?;
        let head = timeline.clamp(Playhead { game, tick: *tick });
        Some(RollFlag {
            at: timeline.number(head),
            words: note.words.clone(),
            starred: note.starred,
        })
    };
    let mut flags: Vec<_> = notes.iter().filter_map(flag).collect();
    flags.sort_by_key(|flag| flag.at);
    flags
}

/// Returns the lane of an order; `None` for a result.
pub fn lane_of(row: &Action) -> Option<Button> {
    match row.action {
        ActionKind::Buy => Some(Button::Buy),
        ActionKind::Sell => Some(Button::Sell),
        ActionKind::SidebetPlace => Some(Button::Sidebet),
        ActionKind::SidebetWin | ActionKind::SidebetLose | ActionKind::Liquidated => None,
    }
}

/// Returns where the next press of a lane is after a number of presses, as `next: tick 60 of game 6`.
pub fn next_press(timeline: &Timeline, lane: &[usize], done: usize, head: Playhead) -> String {
    let later = lane.get(lane.partition_point(|number| *number < done));
    let next = later.and_then(|number| timeline.press(*number));
    match next.map(|(at, _)| (at.game == head.game, at)) {
        None => "no more presses".to_owned(),
        Some((true, at)) => match at.tick {
            Some(tick) => format!("next: tick {tick}"),
            None => "next: in this presale".to_owned(),
        },
        Some((false, at)) => {
            let game = at.game + 1;
            match at.tick {
                Some(tick) => format!("next: tick {tick} of game {game}"),
                None => format!("next: presale of game {game}"),
            }
        }
    }
}
