//! What a game is called in a view. Pure.

use super::format::game_name;
use crate::engine::View;
use crate::protocol::GameId;

/// The name of a game that has not begun: its start is not known yet.
const NEXT: &str = "Next game";

/// Whether a game is the one that begins next: orders and notes of its presale are there before it has a start.
pub fn is_next(view: &View, game: &GameId) -> bool {
    view.game_id.as_ref() == Some(game) && view.seen_game(game).is_none()
}

/// Returns what a game is called: by its start, or, if the view does not have that, by the first row of the
/// session in it.
pub fn name_of(view: &View, game: &GameId) -> String {
    if is_next(view, game) {
        return NEXT.to_owned();
    }
    let seen = view.seen_game(game).map(|seen| seen.start);
    let row = || view.actions.iter().find(|row| row.game_id == *game);
    let start = seen.or_else(|| row().map(|row| row.timestamp));
    start.map_or("Game".to_owned(), game_name)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::TimeDelta;

    use super::*;
    use crate::account::{Action, ActionKind, ActionSource};
    use crate::clock::zone::set_zone;
    use crate::engine::{SeenGame, SessionCore};
    use crate::feed::FeedState;
    use crate::game::Time;
    use crate::recording::{RecorderState, RecordingPolicy};

    #[test]
    fn a_game_has_one_name_from_its_start_on_and_before_it_is_the_next_one() {
        set_zone(0);
        let since = Time::UNIX_EPOCH;
        let core = SessionCore::new(RecordingPolicy::everything(), None, None, Vec::new());
        let mut view = core.view(FeedState::Up { since }, RecorderState::default(), since);
        let game = GameId::new("a").expect("an id");
        view.game_id = Some(game.clone());
        let source = ActionSource::Mouse;
        let buy = Action::new(ActionKind::Buy, source, game.clone(), since);
        view.actions = Arc::new(vec![buy]);
        assert_eq!(name_of(&view, &game), "Next game");
        let start = since + TimeDelta::seconds(65);
        view.games = Arc::new(vec![SeenGame::new(game.clone(), start)]);
        assert_eq!(name_of(&view, &game), "Game 00:01:05");
        // Much later it is not in the view any more.
        view.games = Arc::default();
        view.game_id = GameId::new("b");
        assert_eq!(name_of(&view, &game), "Game 00:00:00");
        assert_eq!(name_of(&view, &GameId::new("c").expect("an id")), "Game");
    }
}
