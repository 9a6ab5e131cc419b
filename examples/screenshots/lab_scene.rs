//! The lab: four examples on the same games.

use egui::{Key, Modifiers};
use pianola::engine::View;
use pianola::ui::KeyCommand;

use super::scenes::WIDE;
use super::steps::{SceneStep, raised_by, take};

/// The button "Compare another", the first number beside it, 100 sessions, and the fields of the games and of the seed.
const COMPARE: [f32; 2] = [345.0, 80.0];
const FIRST: [f32; 2] = [120.0, 80.0];
const HUNDRED: [f32; 2] = [126.0, 676.0];
const GAMES_FIELD: [f32; 2] = [140.0, 708.0];
const SEED_FIELD: [f32; 2] = [140.0, 740.0];
/// The games of a session: few enough for a machine that is busy with other tests. And their seed.
const GAMES: &str = "100";
const SEED: &str = "5";

/// Compares four examples; the first one is shown.
pub fn lab() -> Vec<SceneStep> {
    let mut steps = raised_by(0);
    steps.push(SceneStep::Resize(WIDE));
    steps.push(SceneStep::Press(KeyCommand::Lab));
    // A click in the frame after the list grew is lost; at four strategies the button is off.
    steps.extend([COMPARE; 6].map(SceneStep::Click));
    steps.extend([
        SceneStep::Click(FIRST),
        SceneStep::Click(HUNDRED),
        SceneStep::Click(GAMES_FIELD),
        SceneStep::Type(GAMES),
        SceneStep::Click(SEED_FIELD),
        SceneStep::Type(SEED),
        SceneStep::Key(Modifiers::COMMAND, Key::Enter),
        // Off the field, so that no caret is in the picture.
        SceneStep::Click([900.0, 20.0]),
    ]);
    let anything = |_: &View| true;
    steps.push(take("lab.png", WIDE, "the results of the lab", anything));
    steps
}
