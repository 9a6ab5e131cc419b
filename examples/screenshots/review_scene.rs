//! The page Review: a strategy has played some games, and its trades are looked at.

use egui::{Key, Modifiers};
use pianola::engine::View;
use pianola::game::Phase;
use pianola::ui::KeyCommand;

use super::scenes::WIDE;
use super::steps::{QUICK, REAL, SceneStep, Shot, phase, raised_by, until};

/// Some games with profits and losses.
pub const REVIEW_SEED: u64 = 4;
/// Games that are played.
const GAMES: u64 = 10;
/// What is played.
const STRATEGY: &str = "# Two entries a game, out at a profit or after a while
name   review
stake  0.02
at tick 4               buy stake
at tick 60              buy stake
when price >= 1.6       sell 50%
after 45 ticks          sell all
";

/// The games are played by the piano; then the page is opened.
pub fn reviewed() -> Vec<SceneStep> {
    let mut steps = raised_by(0);
    steps.extend([
        phase(Phase::Presale),
        SceneStep::Press(KeyCommand::Piano),
        SceneStep::Type(STRATEGY),
        SceneStep::Key(Modifiers::COMMAND, Key::Enter),
        SceneStep::Speed(QUICK),
        until("some games", |view| games(view) >= GAMES),
        SceneStep::Speed(REAL),
        SceneStep::Press(KeyCommand::Review),
        SceneStep::Take(Shot {
            name: "review.png",
            size: WIDE,
            what: "the review of a session",
            shows: Box::new(|_| true),
        }),
    ]);
    steps
}

/// Returns how many games the strategy has played.
fn games(view: &View) -> u64 {
    view.piano.as_ref().map_or(0, |piano| piano.games)
}
