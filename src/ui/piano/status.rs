//! What the status line says while a strategy plays: the rule that acts next, and why the last order was refused. Pure.

use super::hand::is_playing;
use crate::engine::{PianoState, PianoView};
use crate::strategy::{PlannedOrder, SourceLine};
use crate::ui::format::{count, escaped, signed, sol};

/// The status of a running strategy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PianoStatus {
    /// The sentence.
    pub text: String,
    /// Whether the last order was refused.
    pub is_refused: bool,
}

/// Returns the status while a strategy plays; `None` otherwise.
pub fn piano_status(piano: &PianoView) -> Option<PianoStatus> {
    if !is_playing(piano) {
        return None;
    }
    let strategy = piano.strategy.as_ref();
    let name = strategy.and_then(|strategy| strategy.name.as_deref());
    let name = name.map_or("Strategy".to_owned(), escaped);
    let mut parts = Vec::new();
    match piano.state {
        PianoState::Waiting => parts.push(format!("{name} starts with the next game")),
        _ => parts.push(format!("{name} plays")),
    }
    match &piano.planned {
        Some(planned) => parts.push(format!("next: {}", planned_text(planned))),
        None => parts.push("no rule can act now".to_owned()),
    }
    let refused = piano
        .last_press
        .as_ref()
        .and_then(|press| Some((press, press.refused.as_ref()?)));
    if let Some((press, why)) = refused {
        parts.push(format!("{} was refused: {why}", line_text(&press.line)));
    }
    if piano.games > 0 {
        let result = signed(piano.earned);
        parts.push(format!("{result} in {}", count(piano.games, "game")));
    }
    Some(PianoStatus {
        text: parts.join(" · "),
        is_refused: refused.is_some(),
    })
}

/// Returns a planned order as `BUY 0.0100 by line 3: in presale buy stake`.
fn planned_text(planned: &PlannedOrder) -> String {
    use crate::account::ActionKind;

    let number = planned.order.number();
    let order = match planned.order.kind() {
        ActionKind::Sell => format!("SELL {} %", number.normalize()),
        ActionKind::SidebetPlace => format!("SIDEBET {}", sol(number)),
        _ => format!("BUY {}", sol(number)),
    };
    format!("{order} by {}", line_text(&planned.line))
}

/// Returns a line of the text with single spaces: files align their columns.
fn line_text(line: &SourceLine) -> String {
    let text = line.to_string();
    escaped(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
