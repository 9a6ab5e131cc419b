//! What the player should notice, by the notices of the engine.

use std::collections::VecDeque;

use crate::account::{Action, ActionKind, ActionStatus};
use crate::engine::Notice;
use crate::game::EndReason;
use crate::trading::PlayerEvent;
#[cfg(any(feature = "notifications", test))]
use crate::ui::format::signed;
#[cfg(any(feature = "notifications", test))]
use crate::ui::notices::notice_text;

/// Rows that are remembered: one is announced again whenever more of it is known.
const REMEMBERED: usize = 64;

/// Something to notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cue {
    /// An order was executed.
    OrderConfirmed,
    /// The game rugged.
    Rug,
    /// The game rugged while the player held a position.
    RugWithPosition,
    /// A sidebet was won, or a position was closed with a profit.
    Won,
    /// The server's account differs from ours.
    Drift,
    /// Nothing reaches the disk.
    NotRecording,
}

/// Finds the cues, each once.
#[derive(Debug, Default)]
pub struct Cues {
    /// The rows that had theirs, oldest first.
    confirmed: VecDeque<u32>,
}

impl Cues {
    /// Forgets the rows: those that come are of a new engine.
    pub fn forget_rows(&mut self) {
        self.confirmed.clear();
    }

    /// Returns the cue of a notice.
    pub fn of(&mut self, notice: &Notice) -> Option<Cue> {
        match notice {
            Notice::GameEnded { reason, .. } => (*reason == EndReason::Rug).then_some(Cue::Rug),
            Notice::NotRecording(_) => Some(Cue::NotRecording),
            Notice::Player(PlayerEvent::StateDriftDetected(_)) => Some(Cue::Drift),
            Notice::Action { slot, action } if action.status == ActionStatus::Confirmed => {
                if self.confirmed.contains(slot) {
                    return None;
                }
                if self.confirmed.len() == REMEMBERED {
                    self.confirmed.pop_front();
                }
                self.confirmed.push_back(*slot);
                of_row(action)
            }
            _ => None,
        }
    }
}

fn of_row(row: &Action) -> Option<Cue> {
    let won = row.pnl.is_some_and(|pnl| pnl > rust_decimal::Decimal::ZERO);
    let is_flat = row.position_qty_after.is_some_and(|qty| qty.is_zero());
    match row.action {
        ActionKind::Sell if won && is_flat => Some(Cue::Won),
        ActionKind::Buy | ActionKind::Sell | ActionKind::SidebetPlace => Some(Cue::OrderConfirmed),
        ActionKind::SidebetWin => Some(Cue::Won),
        ActionKind::SidebetLose => None,
        ActionKind::Liquidated => Some(Cue::RugWithPosition),
    }
}

#[cfg(any(feature = "notifications", test))]
impl Cue {
    /// Returns the text of the notification for a notice; `None` where a sound is enough.
    pub fn text(self, notice: &Notice) -> Option<String> {
        match (self, notice) {
            (Self::RugWithPosition, Notice::Action { action, .. }) => {
                let lost = action.pnl.map(signed).unwrap_or_default();
                Some(format!(
                    "The game rugged with your position in it: {lost} SOL"
                ))
            }
            (Self::Drift | Self::NotRecording, notice) => notice_text(notice).map(|(_, text)| text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::account::ActionSource;
    use crate::game::{Phase, Time};
    use crate::protocol::GameId;

    fn row(slot: u32, kind: ActionKind, status: ActionStatus, left: i64, pnl: i64) -> Notice {
        let action = Action {
            game_id: GameId::new("g").expect("an id"),
            tick: 1,
            timestamp: Time::UNIX_EPOCH,
            action: kind,
            amount: Some(Decimal::ONE),
            price: Some(Decimal::ONE),
            balance_after: Some(Decimal::ONE),
            position_qty_after: Some(Decimal::from(left)),
            entry_price: None,
            pnl: Some(Decimal::new(pnl, 2)),
            seq: 1,
            phase: Phase::Active,
            status,
            qty: None,
            sell_percent: None,
            source: ActionSource::Key,
            confirmed_at: None,
            executed_tick: Some(1),
            executed_price: None,
            acked_at: None,
            reason_code: None,
            reason: None,
        };
        Notice::Action {
            slot,
            action: Box::new(action),
        }
    }

    #[test]
    fn each_confirmed_row_has_one_cue() {
        use ActionKind::{Buy, Liquidated, Sell, SidebetLose, SidebetPlace, SidebetWin};
        use ActionStatus::{Confirmed, Pending, Refused};
        let mut cues = Cues::default();
        assert_eq!(cues.of(&row(1, Buy, Pending, 1, 0)), None);
        assert_eq!(cues.of(&row(2, Buy, Refused, 0, 0)), None);
        for (slot, kind, left, pnl, cue) in [
            (1, Buy, 1, 0, Some(Cue::OrderConfirmed)),
            (3, Sell, 1, 5, Some(Cue::OrderConfirmed)),
            (4, Sell, 0, -5, Some(Cue::OrderConfirmed)),
            (5, Sell, 0, 5, Some(Cue::Won)),
            (6, SidebetPlace, 0, 0, Some(Cue::OrderConfirmed)),
            (7, SidebetWin, 0, 4, Some(Cue::Won)),
            (8, SidebetLose, 0, -4, None),
            (9, Liquidated, 0, -9, Some(Cue::RugWithPosition)),
        ] {
            let notice = row(slot, kind, Confirmed, left, pnl);
            assert_eq!(cues.of(&notice), cue, "{kind:?}");
            assert_eq!(cues.of(&notice), None, "{kind:?} again");
        }
        for slot in 100..100_000 {
            assert!(cues.of(&row(slot, Buy, Confirmed, 1, 0)).is_some());
        }
        assert_eq!(cues.confirmed.len(), REMEMBERED);
        // After a change of the source, the same number is another row.
        let last = row(99_999, Buy, Confirmed, 1, 0);
        assert_eq!(cues.of(&last), None);
        cues.forget_rows();
        assert_eq!(cues.of(&last), Some(Cue::OrderConfirmed));
    }

    #[test]
    fn rugs_and_troubles_have_cues_and_only_what_matters_has_a_text() {
        let mut cues = Cues::default();
        let ended = |reason| Notice::GameEnded {
            game_id: GameId::new("g").expect("an id"),
            reason,
        };
        assert_eq!(cues.of(&ended(EndReason::Rug)), Some(Cue::Rug));
        assert_eq!(cues.of(&ended(EndReason::Stopped)), None);
        assert_eq!(Cue::Rug.text(&ended(EndReason::Rug)), None);
        let trouble = Notice::NotRecording("the disk is full".to_owned());
        assert_eq!(cues.of(&trouble), Some(Cue::NotRecording));
        let text = Cue::NotRecording.text(&trouble);
        assert_eq!(text.as_deref(), Some("Not recording: the disk is full"));
        let rug = row(1, ActionKind::Liquidated, ActionStatus::Confirmed, 0, -9);
        let text = Cue::RugWithPosition.text(&rug);
        let expected = "The game rugged with your position in it: −0.0900 SOL";
        assert_eq!(text.as_deref(), Some(expected));
        assert_eq!(cues.of(&Notice::RecordingResumed), None);
    }
}
