//! The strip of the piano: a strategy played through three games.

use egui::{Key, Modifiers};
use pianola::account::ActionKind;
use pianola::engine::View;
use pianola::game::Phase;
use pianola::replay::{Button, Highlight};
use pianola::ui::KeyCommand;

use super::steps::{
    BRISK, FrameCheck, QUICK, REAL, SLOW, SceneStep, count, holds, is_free, phase, raised_by, until,
};

/// The first two games are at 1.08x at ticks 17 and 12, the third one never is and rugs at tick 36.
pub const PIANO_SEED: u64 = 221;
/// The size of a frame.
const FRAME: [u16; 2] = [700, 600];
/// What is played.
const STRATEGY: &str = "# Half at a small profit, the rest after 40 ticks
name   small steps
stake  0.013
at tick 2               buy stake
when price >= 1.08      sell 50%
after 40 ticks          sell all
after loss              stake x 2, at most 0.1
after win               stake 0.021
";

/// The amount is built in the presale, BUY goes down, SELL goes down; the position of the second game; the larger stake
/// of the third one, and its rug.
pub fn piano() -> Vec<SceneStep> {
    let mut steps = raised_by(0);
    steps.extend([
        SceneStep::Resize(FRAME),
        phase(Phase::Presale),
        SceneStep::Press(KeyCommand::Piano),
        SceneStep::Type(STRATEGY),
        SceneStep::Key(Modifiers::COMMAND, Key::Enter),
        frame("the amount being built", |view, hand| {
            view.phase == Phase::Presale && matches!(hand, Some(Highlight::Chip(_)))
        }),
        pressed("BUY", Button::Buy, 0),
        pressed("SELL", Button::Sell, 0),
        SceneStep::Speed(QUICK),
        until("the second game", |view| games(view) == 1),
        SceneStep::Speed(REAL),
        frame("the position of the second game", |view, hand| {
            let is_new = view.phase == Phase::Active && view.tick >= Some(6);
            games(view) == 1 && is_new && holds(view) && is_free(view) && hand.is_none()
        }),
        SceneStep::Speed(QUICK),
        until("the third game", |view| games(view) == 2),
        SceneStep::Speed(REAL),
        pressed("BUY", Button::Buy, 2),
        SceneStep::Speed(BRISK),
        until("tick 24", |view| view.tick >= Some(24)),
        SceneStep::Speed(SLOW),
        frame("the rug of the third game", |view, _| {
            view.phase == Phase::Rugged && count(view, ActionKind::Liquidated) == 1
        }),
        SceneStep::Strip("piano.png", 3),
    ]);
    steps
}

/// Returns how many games the strategy has played.
fn games(view: &View) -> u64 {
    view.piano.as_ref().map_or(0, |piano| piano.games)
}

/// A frame in which the hand presses a button in the game after so many.
fn pressed(what: &'static str, button: Button, after: u64) -> SceneStep {
    frame(what, move |view, hand| {
        games(view) == after && hand == Some(Highlight::Button(button))
    })
}

fn frame(
    what: &'static str,
    shows: impl Fn(&View, Option<Highlight>) -> bool + 'static,
) -> SceneStep {
    let shows: FrameCheck = Box::new(shows);
    SceneStep::Frame(FRAME, what, shows)
}
