use super::*;
use crate::feed::queue::{MessageQueue, message_queue};

fn inbox(queue: usize) -> (Arc<Inbox>, MessageQueue) {
    let (sender, receiver) = message_queue(queue + 1, usize::MAX);
    let down = sender.try_reserve().unwrap();
    let tap = CaptureTap::default();
    let report = ConnectionReport::new(7, sender, down, tap.clone());
    let inbox = Inbox::new(report, Secrets::default(), tap);
    (Arc::new(inbox), receiver)
}

fn own() -> Payload {
    Payload::from("")
}

fn event(inbox: &Inbox) {
    inbox.any(&Event::from("tick"), Payload::Text(vec![Value::Null]));
}

#[test]
fn nothing_enters_the_queue_before_up_or_after_close() {
    let (inbox, mut queue) = inbox(8);
    event(&inbox);
    assert!(queue.try_recv().is_err());
    inbox.connected(own());
    event(&inbox);
    inbox.close();
    event(&inbox);
    inbox.connected(own());
    assert_eq!(queue.try_recv().unwrap().event, FeedEvent::Up);
    let message = queue.try_recv().unwrap();
    assert_eq!(message.generation, 7);
    assert!(matches!(message.event, FeedEvent::Event { .. }));
    assert!(queue.try_recv().is_err());
    assert!(!inbox.open_flag().load(Ordering::SeqCst));
}

#[test]
fn close_waits_for_a_running_callback() {
    for _ in 0..200 {
        let (inbox, queue) = inbox(1 << 16);
        inbox.connected(own());
        let hammer = Arc::clone(&inbox);
        let builder = std::thread::Builder::new().name("hammer".to_owned());
        let hammer = builder
            .spawn(move || {
                while !hammer.closed.load(Ordering::SeqCst) {
                    event(&hammer);
                }
                event(&hammer);
            })
            .unwrap();
        while queue.len() < 3 {
            std::hint::spin_loop();
        }
        inbox.close();
        let at_close = queue.len();
        hammer.join().unwrap();
        assert_eq!(queue.len(), at_close, "an event arrived after the end");
    }
}

#[test]
fn up_that_does_not_fit_is_no_up() {
    let (inbox, _queue) = inbox(1);
    let (name, args) = ("tick".to_owned(), vec![]);
    let filler = FeedEvent::Event { name, args };
    inbox.report.send(ArrivalTime::now(), filler).unwrap();
    inbox.connected(own());
    assert_eq!(inbox.report.up_at(), None);
    assert_eq!(inbox.end_reason(), Some(DisconnectReason::QueueFull));
    assert!(!inbox.open_flag().load(Ordering::SeqCst));
}

#[test]
fn refusals_are_read_in_every_form() {
    let words = |text: &str| refusal_text(text);
    assert_eq!(words(r#"{"message":"no","data":1}"#), "no");
    assert_eq!(words(r#""plain""#), "plain");
    assert_eq!(words(r#"{"code":4}"#), r#"{"code":4}"#);
    assert_eq!(words("not json"), "not json");
}

#[test]
fn the_first_reason_counts() {
    let (inbox, _queue) = inbox(8);
    inbox.closed_by_server(own());
    inbox.error_reported(Payload::from("EngineIO Error"));
    assert_eq!(inbox.end_reason(), Some(DisconnectReason::Closed));
}
