//! A hundred rebuilds leave nothing behind. In a process of its own: it counts its descriptors and threads.

use pianola::feed::WriteOutcome;

use crate::support::bad_server::BadServer;
use crate::support::feed_client::{self, Player, SOON, config, eventually};
use crate::support::own_process::in_own_process;

/// Open descriptors and threads of this program.
fn held() -> (usize, usize) {
    let count = |folder| std::fs::read_dir(folder).unwrap().count();
    (count("/proc/self/fd"), count("/proc/self/task"))
}

#[test]
fn a_hundred_rebuilds_keep_the_number_of_descriptors_and_threads() {
    in_own_process(|| {
        // Ends in every way that leaves something behind in the library: goodbye while the connection
        // stays open, close frame, cut line, refusal, panic, garbage. Every tenth stays until asked.
        let server = BadServer::start(|connection| {
            let number = connection.number;
            if number % 10 == 9 {
                return connection
                    .answer_http("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
            }
            let Some(mut socket) = connection.welcome() else {
                return;
            };
            socket.event(r#"["hello",1]"#);
            match number % 10 {
                0 => {
                    socket.until(|text| text.contains("go"));
                    socket.say("41");
                    socket.listen();
                }
                1 | 2 => {
                    socket.say("41");
                    socket.listen();
                }
                3 => socket.close_frame(),
                4 => drop(socket),
                5 => {
                    socket.say(r#"44{"message":"no"}"#);
                    socket.listen();
                }
                6 => {
                    socket.say(r#"451-["x",{"_placeholder":true,"num":0}]"#);
                    socket.close_frame();
                }
                _ => {
                    socket.say("zzz");
                    socket.listen();
                }
            }
        });
        pianola::feed::install_panic_hook();
        let mut config = config(server.address());
        config.limits.refused_first = config.limits.backoff_first;
        config.limits.refused_max = config.limits.backoff_max;
        // Warm up: the first runtime of a program opens descriptors that stay (tokio's signal pipe).
        let unused_port = pianola::feed::Address::parse("http://127.0.0.1:1").unwrap();
        let mut warm = Player::start(feed_client::config(unused_port));
        warm.until_state_down();
        warm.finish();
        let before = held();
        let mut player = Player::start(config);
        let mut first = None;
        for round in 0..11 {
            player.until("a connection that stays", SOON, |player| {
                server.connections() == round * 10 + 1
                    && player.ups() == round * 9 + 1
                    && player.events("hello").len() == round * 9 + 1
            });
            match first {
                None => {
                    // Everything of the start is there: both threads, the socket at both ends.
                    let mut last = held();
                    let mut same = 0;
                    eventually("a steady state", SOON, || {
                        let now = held();
                        same = if now == last { same + 1 } else { 0 };
                        last = now;
                        same > 50
                    });
                    assert!(last.0 > before.0 && last.1 >= before.1 + 2);
                    first = Some(last);
                }
                Some(first) => eventually("as many as at first", SOON, || held() == first),
            }
            assert_eq!(player.send("go", vec![]), WriteOutcome::Done(()));
        }
        assert!(server.connections() >= 101);
        player.finish();
        // The server joins its finished threads when the next client connects; it is no part of the count
        // of threads, since those have ended.
        let mut now = before;
        let start = std::time::Instant::now();
        while start.elapsed() < SOON {
            now = held();
            if now == before {
                break;
            }
            std::thread::park_timeout(feed_client::millis(1));
        }
        assert_eq!(now, before, "as many as before");
    });
}
