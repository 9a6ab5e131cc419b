//! The proof of a game: what was recomputed from its seed, and what a proof does not show.

use egui::{Align, Context, Layout, Ui, vec2};

use crate::fairness::{CommitmentSource, Mismatch, ProofStatus};
use crate::library::ProvenGame;
use crate::ui::format::{count, escaped, game_name, peak};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{BODY, CAPTION, STRONG, TABLE_MONO};
use crate::ui::widgets::{
    Icon, Lamp, PushButton, fact_row_ui, icon_button_ui, lamp_ui, modal_panel_ui, named,
    truncated_ui, wrapped_ui,
};

/// Width of the panel.
const WIDTH: f32 = 520.0;
/// Width of the names.
const NAMES: f32 = 120.0;

/// What a proof covers.
const COVERS: &str = "Rugs.fun publishes the hash before the game and the seed after it. The seed gives every price before the rug and the tick of the rug.";
/// What a proof does not cover.
const NOT_COVERED: [&str; 2] = [
    "The last price, at the rug: only the server knows it.",
    "How the seed was chosen: a proof shows that a game was not changed after its start. Without a seed of the player and without a chain of hashes, seeds could have been chosen before.",
];

/// Draws the panel over the window. Returns whether it stays open.
pub fn proof_panel_ui(ctx: &Context, game: &ProvenGame) -> bool {
    let meta = &game.file.meta;
    let name = meta.start_time.map_or("Game".to_owned(), game_name);
    let title = format!("Proof of {name}, {}", peak(meta.peak()));
    modal_panel_ui(ctx, "proof", &title, WIDTH, |ui, theme| {
        ui.add_space(8.0);
        proof_ui(ui, theme, game);
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let copy = PushButton::new("Copy all").icon(Icon::Copy);
            if ui.add(copy).clicked() {
                ui.ctx().copy_text(as_text(game));
            }
        });
    })
}

fn proof_ui(ui: &mut Ui, theme: Theme, game: &ProvenGame) {
    ui.horizontal(|ui| {
        let (lamp, words) = verdict(game);
        lamp_ui(ui, lamp);
        let colour = if lamp == Lamp::Look {
            theme.amber
        } else {
            theme.text
        };
        wrapped_ui(ui, colour, STRONG.text(words));
    });
    ui.add_space(4.0);
    for (name, value) in facts(game) {
        let value = value.unwrap_or_else(|| "–".to_owned());
        fact_row_ui(ui, name, vec2(NAMES, 24.0), |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let copies = matches!(name, "Seed" | "Hash" | "Game id");
                if copies {
                    let what = format!("Copy {}", name.to_lowercase());
                    if icon_button_ui(ui, Icon::Copy, &what, false).clicked() {
                        ui.ctx().copy_text(value.clone());
                    }
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let text = TABLE_MONO.text(escaped(&value));
                    named(
                        truncated_ui(ui, theme.text, text),
                        &format!("{name} {value}"),
                    )
                    .on_hover_text(escaped(&value));
                });
            });
        });
    }
    ui.add_space(8.0);
    wrapped_ui(ui, theme.quiet, BODY.text(COVERS));
    ui.add_space(4.0);
    ui.label(STRONG.text("What a proof does not cover"));
    for text in NOT_COVERED {
        wrapped_ui(ui, theme.quiet, CAPTION.text(text));
    }
}

/// Returns the result in words.
fn verdict(game: &ProvenGame) -> (Lamp, String) {
    let proof = &game.verified.proof;
    let reason = || {
        proof
            .reason
            .as_deref()
            .map_or(String::new(), |why| format!(": {why}"))
    };
    match proof.status {
        ProofStatus::Proven => (
            Lamp::Checked,
            format!(
                "Proven: {} equal the seed's",
                count(proof.checked_ticks, "tick")
            ),
        ),
        ProofStatus::Repaired => {
            let repaired = game.file.meta.repaired_ticks.len();
            let filled = count(repaired, "missed tick");
            (
                Lamp::Checked,
                format!("Proven; {filled} filled from the seed"),
            )
        }
        ProofStatus::Unverifiable => (Lamp::Off, format!("Not proven{}", reason())),
        ProofStatus::Mismatch => {
            let found = proof.mismatch.as_ref().map_or(String::new(), difference);
            (
                Lamp::Look,
                format!("This game does not agree with its seed: {found}"),
            )
        }
    }
}

/// Returns what differs, in words.
fn difference(mismatch: &Mismatch) -> String {
    match mismatch {
        Mismatch::Tick {
            tick,
            expected,
            seen,
        } => format!("at tick {tick} the seed gives {expected}, recorded was {seen}"),
        Mismatch::Hash { hash } => format!("the hash of the seed is {hash}"),
        Mismatch::Peak { stated, computed } => {
            format!("the stated peak is {stated}, the seed gives {computed}")
        }
    }
}

/// Returns the facts of the proof with their names.
fn facts(game: &ProvenGame) -> [(&'static str, Option<String>); 7] {
    let (meta, proof) = (&game.file.meta, &game.verified.proof);
    let commitment = match proof.commitment {
        CommitmentSource::Seen => "seen before the seed was published",
        CommitmentSource::File => "published with the seed",
        CommitmentSource::None => "not published",
    };
    let ticks = format!("{} of {}", proof.checked_ticks, game.verified.ticks);
    [
        ("Game id", Some(meta.game_id.to_string())),
        ("Seed", meta.server_seed.clone()),
        ("Hash", meta.server_seed_hash.clone()),
        ("Hash was", Some(commitment.to_owned())),
        ("Version", meta.game_version.clone()),
        ("Ticks recomputed", Some(ticks)),
        ("Peak", meta.peak_multiplier.map(|peak| format!("{peak}x"))),
    ]
}

/// Returns the proof as text to paste.
fn as_text(game: &ProvenGame) -> String {
    let lines = facts(game).map(|(name, value)| {
        let value = value.unwrap_or_else(|| "–".to_owned());
        format!("{name}: {value}")
    });
    format!("{}\n{}\n", verdict(game).1, lines.join("\n"))
}
