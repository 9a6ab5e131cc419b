//! The piano: which buttons it highlights and what the ticket shows while a recording plays, at any speed.

use std::time::Duration;

use pianola::account::{Action, ActionSource};
use pianola::recording::SessionFile;
use pianola::replay::{
    Button, Highlight, Piano, PianoFrame, PlaybackSpeed, Playhead, TickTiming, Timeline, Transport,
    TransportCommand, note,
};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::decimal::d;
use crate::support::random_session::{among, evening, file_of};
use crate::support::recorded_session::RecordedSession;

/// A frame of the screen.
const FRAME: Duration = Duration::from_micros(16_667);

fn timeline() -> Timeline {
    let recorded = RecordedSession::new();
    timeline_of(&recorded.json(), &recorded)
}

fn timeline_of(session: &Value, recorded: &RecordedSession) -> Timeline {
    let file = SessionFile::parse(&serde_json::to_vec(session).unwrap()).unwrap();
    Timeline::of_session(file, &mut among(&recorded.games), []).unwrap()
}

/// A timeline that plays, looked at frame by frame.
struct PianoView {
    timeline: Timeline,
    player: Transport,
    piano: Piano,
    now: Duration,
}

impl PianoView {
    fn new(timeline: Timeline, speed: PlaybackSpeed, pace: TickTiming) -> Self {
        let now = Duration::from_secs(5);
        let mut player = Transport::new(now);
        player.apply(TransportCommand::Speed(speed), &timeline, now);
        player.apply(TransportCommand::Timing(pace), &timeline, now);
        player.apply(TransportCommand::Play, &timeline, now);
        let piano = Piano::new(&timeline);
        Self {
            timeline,
            player,
            piano,
            now,
        }
    }

    fn moment(&mut self) -> (Playhead, PianoFrame) {
        let moment = self.piano.at(&self.timeline, &self.player);
        (self.player.head(), moment)
    }

    /// Returns all frames to the end.
    fn frames(&mut self) -> Vec<(Playhead, PianoFrame)> {
        let mut frames = vec![self.moment()];
        while self.player.is_playing() {
            self.now += FRAME;
            self.player.advance(&self.timeline, self.now);
            frames.push(self.moment());
        }
        frames
    }
}

/// What is touched, one after the other, with the place and the ticket at the first frame of each.
fn touches(frames: &[(Playhead, PianoFrame)]) -> Vec<(Playhead, Highlight, PianoFrame)> {
    let mut all: Vec<(Playhead, Highlight, PianoFrame)> = Vec::new();
    let mut before = None;
    for (head, moment) in frames {
        if let Some(touch) = moment.highlight
            && before != Some(touch)
        {
            all.push((*head, touch, *moment));
        }
        before = moment.highlight;
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

fn shows(row: &Action, moment: &PianoFrame) -> bool {
    match button(row) {
        Button::Sell => row.sell_percent == Some(moment.share),
        Button::Buy | Button::Sidebet => row.amount == Some(moment.amount),
    }
}

#[test]
fn every_button_goes_down_at_the_place_where_it_was_pressed_on_a_ticket_that_shows_its_number() {
    let mut stage = PianoView::new(timeline(), PlaybackSpeed::Times(1.0), TickTiming::Fixed);
    let frames = stage.frames();
    let touches = touches(&frames);
    let mut pressed = touches
        .iter()
        .filter(|(_, touch, _)| matches!(touch, Highlight::Button(_)));
    let mut count = 0;
    for (place, row) in stage.timeline.presses() {
        let (at, touch, moment) = pressed.next().unwrap();
        assert_eq!(
            (*at, *touch),
            (place, Highlight::Button(button(row))),
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
    let mut stage = PianoView::new(timeline(), PlaybackSpeed::Times(1.0), TickTiming::Fixed);
    let frames = stage.frames();
    let mut shown = d("0.01");
    let mut chips = 0;
    let mut building = false;
    for (_, touch, moment) in touches(&frames) {
        match touch {
            Highlight::Chip(chip) => {
                // A chip has the same effect as when the player presses it.
                assert_eq!(moment.amount, chip.press(shown, Decimal::TEN));
                (shown, building) = (moment.amount, true);
                chips += 1;
            }
            Highlight::Field => (shown, building) = (moment.amount, true),
            Highlight::Share(share) => assert_eq!(moment.share, share),
            Highlight::Button(_) => {
                assert_eq!(moment.amount, shown);
                building = false;
            }
            Highlight::AutoSell => unreachable!("the player pressed all of them"),
        }
    }
    assert!(chips > 10, "{chips} chips");
    assert!(!building, "what was built was pressed");
}

#[test]
fn before_a_button_goes_down_its_effect_is_not_there_and_after_it_it_is() {
    let mut stage = PianoView::new(timeline(), PlaybackSpeed::Times(1.0), TickTiming::Fixed);
    let frames = stage.frames();
    let mut seen = 0;
    for (number, (place, row)) in stage.timeline.presses().enumerate() {
        let before = frames.iter().find(|(_, m)| m.before == Some(number));
        let (head, _) = before.expect("a frame before each press of its place");
        assert_eq!(*head, place);
        let side = stage.timeline.before(place, number).player.unwrap();
        let known = side.rows.iter().chain(side.waiting);
        assert!(known.clone().all(|known| known != row), "{row:?}");
        let side = stage.timeline.at(place).player.unwrap();
        let mut known = side.rows.iter().chain(side.waiting);
        assert!(known.any(|known| known == row), "{row:?}");
        seen += 1;
    }
    assert!(seen > 6);
}

#[test]
fn a_press_is_seen_at_every_speed_although_a_tick_is_shorter_than_a_frame() {
    for speed in [
        PlaybackSpeed::Times(0.5),
        PlaybackSpeed::Times(5.0),
        PlaybackSpeed::Times(50.0),
        PlaybackSpeed::Max,
    ] {
        for pace in [TickTiming::Fixed, TickTiming::Recorded] {
            let mut stage = PianoView::new(timeline(), speed, pace);
            let frames = stage.frames();
            let down = |(_, moment): &&(Playhead, PianoFrame)| {
                matches!(moment.highlight, Some(Highlight::Button(_))) && moment.refused.is_none()
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
fn while_paused_the_press_of_the_place_is_down_and_all_of_it_has_happened() {
    let timeline = timeline();
    let mut piano = Piano::new(&timeline);
    let now = Duration::from_secs(1);
    let mut player = Transport::new(now);
    for (number, (place, row)) in timeline.presses().enumerate() {
        player.apply(TransportCommand::Seek(place), &timeline, now);
        let moment = piano.at(&timeline, &player);
        assert_eq!(moment.before, None);
        // Of several presses of one place the last.
        if timeline.presses_at(place).end == number + 1 {
            assert_eq!(moment.highlight, Some(Highlight::Button(button(row))));
            assert!(shows(row, &moment));
        }
    }
    player.apply(TransportCommand::Seek(timeline.last()), &timeline, now);
    assert_eq!(piano.at(&timeline, &player).highlight, None);
}

#[test]
fn a_row_without_a_number_presses_no_button() {
    let recorded = RecordedSession::new();
    let mut session = recorded.json();
    for row in session["actions"].as_array_mut().unwrap() {
        (row["amount"], row["sell_percent"]) = (Value::Null, Value::Null);
    }
    let mut stage = PianoView::new(
        timeline_of(&session, &recorded),
        PlaybackSpeed::Times(5.0),
        TickTiming::Fixed,
    );
    let frames = stage.frames();
    assert!(frames.iter().all(|(_, moment)| moment.highlight.is_none()));
}

#[test]
fn what_auto_sell_sold_is_shown_as_its_own_and_leaves_the_ticket() {
    let recorded = RecordedSession::new();
    let mut session = recorded.json();
    let rows = session["actions"].as_array_mut().unwrap();
    let sale = rows.iter().position(|row| row["action"] == "SELL").unwrap();
    rows[sale]["source"] = "auto".into();
    let timeline = timeline_of(&session, &recorded);
    let presses = timeline.presses().map(|(_, row)| row.source);
    let press = presses
        .enumerate()
        .find(|(_, by)| *by == ActionSource::Auto);
    let (press, _) = press.unwrap();
    let (head, _) = timeline.press(press).unwrap();
    let mut stage = PianoView::new(timeline, PlaybackSpeed::Times(1.0), TickTiming::Fixed);
    let frames = stage.frames();
    let sold = frames
        .iter()
        .position(|(_, moment)| moment.highlight == Some(Highlight::AutoSell));
    let sold = sold.expect("it is shown");
    assert_eq!(frames[sold].0, head);
    let (before, at) = (&frames[sold - 1].1, &frames[sold].1);
    assert_eq!((at.amount, at.share), (before.amount, before.share));
}

#[test]
fn a_film_without_a_player_has_a_piano_that_rests() {
    let recorded = RecordedSession::new();
    let timeline = Timeline::of_game(file_of(&recorded.games[0]));
    let frames = PianoView::new(timeline, PlaybackSpeed::Times(50.0), TickTiming::Fixed).frames();
    assert!(frames.iter().all(|(_, moment)| moment.highlight.is_none()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Where a replay of any session pauses, the last press of the position is down on a ticket that shows its number,
    /// however the position was reached.
    #[test]
    fn any_evening_at_any_place(seed: u64, games in 1..4_usize) {
        let evening = evening(seed, games, 10);
        let watched = evening.games.iter().map(file_of);
        let timeline = Timeline::of_session(evening.session.clone(), &mut among(&evening.games), watched);
        let timeline = timeline.unwrap();
        let now = Duration::from_secs(9);
        let mut player = Transport::new(now);
        let (mut there, mut back) = (Piano::new(&timeline), Piano::new(&timeline));
        let places: Vec<_> = (0..timeline.positions()).map(|number| timeline.position(number)).collect();
        let mut seen = Vec::new();
        for head in &places {
            player.apply(TransportCommand::Seek(*head), &timeline, now);
            let moment = there.at(&timeline, &player);
            let last = timeline.presses_at(*head).last().and_then(|number| timeline.press(number));
            match last {
                Some((_, row)) => {
                    prop_assert_eq!(moment.highlight, Some(Highlight::Button(button(row))));
                    prop_assert!(shows(row, &moment), "{:?} on {:?}", row, moment);
                }
                None => prop_assert!(!matches!(moment.highlight, Some(Highlight::Button(_)))),
            }
            seen.push(moment);
        }
        for (head, seen) in places.iter().zip(&seen).rev() {
            player.apply(TransportCommand::Seek(*head), &timeline, now);
            prop_assert_eq!(&back.at(&timeline, &player), seen);
        }
    }
}
