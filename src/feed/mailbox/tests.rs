use super::*;

fn mailbox(queue: usize) -> (Arc<Mailbox>, mpsc::Receiver<Message>) {
    let (sender, receiver) = mpsc::channel(queue);
    let mailbox = Mailbox::new(7, sender, Secrets::default(), WireTap::default());
    (Arc::new(mailbox), receiver)
}

fn own() -> Payload {
    Payload::from("")
}

fn event(mailbox: &Mailbox) {
    mailbox.any(&Event::from("tick"), Payload::Text(vec![Value::Null]));
}

#[test]
fn nothing_enters_the_queue_before_up_or_after_close() {
    let (mailbox, mut queue) = mailbox(8);
    event(&mailbox);
    assert!(queue.try_recv().is_err());
    mailbox.connected(own());
    event(&mailbox);
    mailbox.close();
    event(&mailbox);
    mailbox.connected(own());
    assert_eq!(queue.try_recv().unwrap().body, Body::Up);
    let message = queue.try_recv().unwrap();
    assert_eq!(message.generation, 7);
    assert!(matches!(message.body, Body::Event { .. }));
    assert!(queue.try_recv().is_err());
    assert!(!mailbox.open_flag().load(Ordering::SeqCst));
}

#[test]
fn close_waits_for_the_callback_at_work() {
    for _ in 0..200 {
        let (mailbox, queue) = mailbox(1 << 16);
        mailbox.connected(own());
        let hammer = Arc::clone(&mailbox);
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
        mailbox.close();
        let at_close = queue.len();
        hammer.join().unwrap();
        assert_eq!(queue.len(), at_close, "something came after the end");
    }
}

#[test]
fn up_that_does_not_fit_is_no_up() {
    let (mailbox, _queue) = mailbox(1);
    mailbox.put((crate::clock::now(), Instant::now()), Body::Up);
    mailbox.connected(own());
    assert_eq!(mailbox.up_at(), None);
    assert_eq!(mailbox.end(), Some(Why::QueueFull));
    assert!(!mailbox.open_flag().load(Ordering::SeqCst));
}

#[test]
fn refusals_are_read_in_every_form() {
    let words = |text: &str| words_of(text);
    assert_eq!(words(r#"{"message":"no","data":1}"#), "no");
    assert_eq!(words(r#""plain""#), "plain");
    assert_eq!(words(r#"{"code":4}"#), r#"{"code":4}"#);
    assert_eq!(words("not json"), "not json");
}

#[test]
fn the_first_reason_counts() {
    let (mailbox, _queue) = mailbox(8);
    mailbox.said_goodbye(own());
    mailbox.reported_error(Payload::from("EngineIO Error"));
    assert_eq!(mailbox.end(), Some(Why::Closed));
}
