//! The piano: what its hand touches and what the ticket shows while a film plays, at any speed.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/at_random.rs"]
mod at_random;
#[path = "support/playing.rs"]
mod playing;
#[path = "support/practice.rs"]
mod practice;
#[path = "support/recorded.rs"]
mod recorded;

use std::time::Duration;

use pianola::account::Action;
use pianola::recording::SessionFile;
use pianola::replay::{
    Button, Film, Head, Moment, Pace, Piano, Player, Speed, Touch, Transport, note,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use at_random::{among, evening, file_of};
use playing::d;
use recorded::Recorded;

/// A frame of the screen.
const FRAME: Duration = Duration::from_micros(16_667);

fn film() -> Film {
    let recorded = Recorded::new();
    film_of(&recorded.json(), &recorded)
}

fn film_of(session: &Value, recorded: &Recorded) -> Film {
    let file = SessionFile::parse(&serde_json::to_vec(session).unwrap()).unwrap();
    Film::of_session(file, &mut among(&recorded.games), []).unwrap()
}

/// A film that plays, looked at frame by frame.
struct Stage {
    film: Film,
    player: Player,
    piano: Piano,
    now: Duration,
}

impl Stage {
    fn new(film: Film, speed: Speed, pace: Pace) -> Self {
        let now = Duration::from_secs(5);
        let mut player = Player::new(now);
        player.take(Transport::Speed(speed), &film, now);
        player.take(Transport::Pace(pace), &film, now);
        player.take(Transport::Play, &film, now);
        let piano = Piano::new(&film);
        Self {
            film,
            player,
            piano,
            now,
        }
    }

    fn moment(&mut self) -> (Head, Moment) {
        let moment = self.piano.at(&self.film, &self.player);
        (self.player.head(), moment)
    }

    /// Returns all frames to the end.
    fn frames(&mut self) -> Vec<(Head, Moment)> {
        let mut frames = vec![self.moment()];
        while self.player.is_playing() {
            self.now += FRAME;
            self.player.look(&self.film, self.now);
            frames.push(self.moment());
        }
        frames
    }
}

/// What is touched, one after the other, with the place and the ticket at the first frame of each.
fn touches(frames: &[(Head, Moment)]) -> Vec<(Head, Touch, Moment)> {
    let mut all: Vec<(Head, Touch, Moment)> = Vec::new();
    let mut before = None;
    for (head, moment) in frames {
        if let Some(touch) = moment.touch
            && before != Some(touch)
        {
            all.push((*head, touch, *moment));
        }
        before = moment.touch;
    }
    all
}

fn button(row: &Action) -> Button {
    match row.action.as_str() {
        "BUY" => Button::Buy,
        "SELL" => Button::Sell,
        _ => Button::Sidebet,
    }
}

fn shows(row: &Action, moment: &Moment) -> bool {
    match button(row) {
        Button::Sell => row.sell_percent == Some(moment.share),
        Button::Buy | Button::Sidebet => row.amount == Some(moment.amount),
    }
}

#[test]
fn every_button_goes_down_at_the_place_where_it_was_pressed_on_a_ticket_that_shows_its_number() {
    let mut stage = Stage::new(film(), Speed::Times(1.0), Pace::Fixed);
    let frames = stage.frames();
    let touches = touches(&frames);
    let mut pressed = touches
        .iter()
        .filter(|(_, touch, _)| matches!(touch, Touch::Button(_)));
    let mut count = 0;
    for (place, row) in stage.film.presses() {
        let (at, touch, moment) = pressed.next().unwrap();
        assert_eq!(
            (*at, *touch),
            (place, Touch::Button(button(row))),
            "{row:?}"
        );
        assert!(shows(row, moment), "{row:?} on {moment:?}");
        assert!(note(row).is_some());
        count += 1;
    }
    assert!(count > 6, "{count} presses");
    assert_eq!(pressed.next(), None);
    assert!(frames.iter().all(|(_, moment)| moment.refused.is_none()));
}

#[test]
fn an_amount_is_built_by_chips_before_its_button_goes_down() {
    let mut stage = Stage::new(film(), Speed::Times(1.0), Pace::Fixed);
    let frames = stage.frames();
    let mut shown = d("0.01");
    let mut chips = 0;
    let mut building = false;
    for (_, touch, moment) in touches(&frames) {
        match touch {
            Touch::Chip(chip) => {
                // What a chip does is what the same chip does under a finger.
                assert_eq!(moment.amount, chip.press(shown, Decimal::TEN));
                (shown, building) = (moment.amount, true);
                chips += 1;
            }
            Touch::Field => (shown, building) = (moment.amount, true),
            Touch::Share(share) => assert_eq!(moment.share, share),
            Touch::Button(_) => {
                assert_eq!(moment.amount, shown);
                building = false;
            }
        }
    }
    assert!(chips > 10, "{chips} chips");
    assert!(!building, "what was built was pressed");
}

#[test]
fn before_a_button_goes_down_its_effect_is_not_there_and_after_it_it_is() {
    let mut stage = Stage::new(film(), Speed::Times(1.0), Pace::Fixed);
    let frames = stage.frames();
    let mut seen = 0;
    for (number, (place, row)) in stage.film.presses().enumerate() {
        let before = frames.iter().find(|(_, m)| m.before == Some(number));
        let (head, _) = before.expect("a frame before each press of its place");
        assert_eq!(*head, place);
        let side = stage.film.before(place, number).player.unwrap();
        let known = side.rows.iter().chain(side.waiting);
        assert!(known.clone().all(|known| known != row), "{row:?}");
        let side = stage.film.at(place).player.unwrap();
        let mut known = side.rows.iter().chain(side.waiting);
        assert!(known.any(|known| known == row), "{row:?}");
        seen += 1;
    }
    assert!(seen > 6);
}

#[test]
fn a_press_is_seen_at_every_speed_although_a_tick_is_shorter_than_a_frame() {
    for speed in [
        Speed::Times(0.5),
        Speed::Times(5.0),
        Speed::Times(50.0),
        Speed::Max,
    ] {
        for pace in [Pace::Fixed, Pace::Recorded] {
            let mut stage = Stage::new(film(), speed, pace);
            let frames = stage.frames();
            let down = |(_, moment): &&(Head, Moment)| {
                matches!(moment.touch, Some(Touch::Button(_))) && moment.refused.is_none()
            };
            let downs = frames.iter().filter(down).count();
            assert!(
                downs > 3,
                "{speed:?} {pace:?}: {downs} frames with a button down"
            );
        }
    }
}

#[test]
fn where_it_stands_still_the_press_of_the_place_is_down_and_all_of_it_has_happened() {
    let film = film();
    let mut piano = Piano::new(&film);
    let now = Duration::from_secs(1);
    let mut player = Player::new(now);
    for (number, (place, row)) in film.presses().enumerate() {
        player.take(Transport::Seek(place), &film, now);
        let moment = piano.at(&film, &player);
        assert_eq!(moment.before, None);
        // Of several presses of one place the last.
        if film.presses_at(place).end == number + 1 {
            assert_eq!(moment.touch, Some(Touch::Button(button(row))));
            assert!(shows(row, &moment));
        }
    }
    player.take(Transport::Seek(film.last()), &film, now);
    assert_eq!(piano.at(&film, &player).touch, None);
}

#[test]
fn a_row_without_its_number_is_pressed_by_nobody() {
    let recorded = Recorded::new();
    let mut session = recorded.json();
    for row in session["actions"].as_array_mut().unwrap() {
        (row["amount"], row["sell_percent"]) = (Value::Null, Value::Null);
    }
    let mut stage = Stage::new(film_of(&session, &recorded), Speed::Times(5.0), Pace::Fixed);
    let frames = stage.frames();
    assert!(frames.iter().all(|(_, moment)| moment.touch.is_none()));
}

#[test]
fn a_film_without_a_player_has_a_piano_that_rests() {
    let recorded = Recorded::new();
    let film = Film::of_game(file_of(&recorded.games[0]));
    let frames = Stage::new(film, Speed::Times(50.0), Pace::Fixed).frames();
    assert!(frames.iter().all(|(_, moment)| moment.touch.is_none()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever was played: where it stands still, the last press of the place is down on a ticket that shows its
    /// number; by whatever way one came there.
    #[test]
    fn any_evening_at_any_place(seed: u64, games in 1..4_usize) {
        let evening = evening(seed, games, 10);
        let watched = evening.games.iter().map(file_of);
        let film = Film::of_session(evening.session.clone(), &mut among(&evening.games), watched);
        let film = film.unwrap();
        let now = Duration::from_secs(9);
        let mut player = Player::new(now);
        let (mut there, mut back) = (Piano::new(&film), Piano::new(&film));
        let places: Vec<_> = (0..film.places()).map(|number| film.place(number)).collect();
        let mut seen = Vec::new();
        for head in &places {
            player.take(Transport::Seek(*head), &film, now);
            let moment = there.at(&film, &player);
            let last = film.presses_at(*head).last().and_then(|number| film.press(number));
            match last {
                Some((_, row)) => {
                    prop_assert_eq!(moment.touch, Some(Touch::Button(button(row))));
                    prop_assert!(shows(row, &moment), "{:?} on {:?}", row, moment);
                }
                None => prop_assert!(!matches!(moment.touch, Some(Touch::Button(_)))),
            }
            seen.push(moment);
        }
        for (head, seen) in places.iter().zip(&seen).rev() {
            player.take(Transport::Seek(*head), &film, now);
            prop_assert_eq!(&back.at(&film, &player), seen);
        }
    }
}
