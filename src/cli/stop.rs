//! How the user, or the system, ends a command: one owner of the signals for all of them.
//!
//! Ctrl-C (SIGINT), SIGTERM and a closed terminal (SIGHUP) ask a command to end; it saves what is open, and says how
//! far it has come. Asked again, it ends at once. What a signal means is decided by [`StopRequests`], which knows no
//! clock; the thread of [`StopSignals`] does it.

use std::io;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::{outlet, output};
use crate::recording::UnsavedGames;

/// A terminal and the programs around us (`timeout`, `xvfb-run`, `cargo run`) may each deliver the same Ctrl-C: what
/// comes within this time after a counted one is the same one.
const SAME: Duration = Duration::from_millis(500);
/// How often the progress of the saving is said.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);
/// How long the saving may take. What has no file by then is in the journal, and the next start saves it.
const LIMIT: Duration = Duration::from_secs(9);
/// How often the thread looks at the clock while the program ends.
const CLOCK_EVERY: Duration = Duration::from_millis(100);

/// What a signal says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StopSignal {
    /// Somebody asks: Ctrl-C, `kill`, `timeout`.
    Asked,
    /// The terminal is gone. Nobody is there who could be impatient.
    HungUp,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StopAction {
    /// Save what is open and end.
    Stop,
    /// Say how far the saving has come.
    Report,
    /// The user is impatient: end now.
    EndNow,
    /// The saving took too long: end now.
    GiveUp,
}

/// Which of the signals count. Times are those since the start of the program.
#[derive(Debug, Default)]
struct StopPolicy {
    stopping_since: Option<Duration>,
    counted: Option<Duration>,
    reported: Duration,
}

impl StopPolicy {
    /// Takes a signal that came at `now`.
    fn signal(&mut self, signal: StopSignal, now: Duration) -> Option<StopAction> {
        let same = self.counted.is_some_and(|counted| now < counted + SAME);
        if same || self.counted.is_some() && signal == StopSignal::HungUp {
            return None;
        }
        self.counted = Some(now);
        if self.stopping_since.is_some() {
            return Some(StopAction::EndNow);
        }
        self.stopping_since = Some(now);
        self.reported = now;
        Some(StopAction::Stop)
    }

    /// Whether a signal has come.
    fn is_stopping(&self) -> bool {
        self.stopping_since.is_some()
    }

    /// Looks at the clock.
    fn clock(&mut self, now: Duration) -> Option<StopAction> {
        let since = self.stopping_since?;
        if now >= since + LIMIT {
            return Some(StopAction::GiveUp);
        }
        (now >= self.reported + PROGRESS_EVERY).then(|| {
            self.reported = now;
            StopAction::Report
        })
    }
}

/// The signals, caught from now on: none is missed, though nothing is done about them before [`Self::listen`].
pub(super) struct SignalHandlers {
    runtime: tokio::runtime::Runtime,
    signals: OsSignals,
}

/// Listens for the signals on a thread of its own, so that no other thread that waits (for the disk, for a reader of
/// its output) delays the answer.
pub(super) struct SignalListener {
    end: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl SignalHandlers {
    /// Catches the signals.
    ///
    /// SIGINT and SIGTERM are obeyed even where they were ignored at the start, as in a background job of a script:
    /// who sends one by hand means it. SIGHUP that was ignored (`nohup`) stays so.
    pub fn new() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let signals = {
            let _inside = runtime.enter();
            OsSignals::new()?
        };
        Ok(Self { runtime, signals })
    }

    /// Listens: the first signal calls `end_all`, and `unsaved` tells how far the saving has come.
    pub fn listen(
        self,
        unsaved: UnsavedGames,
        end_all: impl FnOnce() + Send + 'static,
    ) -> io::Result<SignalListener> {
        let Self {
            runtime,
            mut signals,
        } = self;
        let (end, ended) = oneshot::channel();
        let listen = async move {
            let start = Instant::now();
            let mut once = Some(end_all);
            let mut requests = StopPolicy::default();
            loop {
                let step = tokio::select! {
                    signal = signals.next() => requests.signal(signal, start.elapsed()),
                    () = tokio::time::sleep(CLOCK_EVERY), if requests.is_stopping() => {
                        requests.clock(start.elapsed())
                    }
                };
                match step {
                    None => {}
                    Some(StopAction::Stop) => {
                        report(&unsaved);
                        if let Some(end_all) = once.take() {
                            end_all();
                        }
                    }
                    Some(StopAction::Report) => report(&unsaved),
                    Some(StopAction::EndNow) => end_now("stopped at once"),
                    // Only its window or the reader of its output keeps it.
                    Some(StopAction::GiveUp) if unsaved.is_over() => {
                        outlet::flush();
                        std::process::exit(i32::from(output::lost_results()));
                    }
                    Some(StopAction::GiveUp) => {
                        let games = games(unsaved.games());
                        end_now(&format!("stopped with {games} not saved in time"));
                    }
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = listen => {}
                        _ = ended => {}
                    }
                });
            })?;
        Ok(SignalListener { end, thread })
    }
}

impl SignalListener {
    /// Listens no more.
    pub fn end(self) {
        self.end.send(()).ok(); // Gone already: that is what is wanted.
        self.thread.join().ok(); // It returns no value.
    }
}

fn report(unsaved: &UnsavedGames) {
    match unsaved.games() {
        0 => {}
        number => output::say(&format!("saving {}…", games(number))),
    }
}

fn games(number: u64) -> String {
    match number {
        1 => "1 game".to_owned(),
        number => format!("{number} games"),
    }
}

/// Ends the program without saving more. What the recorder has not taken yet is lost; what it has is in the journal.
fn end_now(how: &str) -> ! {
    output::say(&format!(
        "{how}; the next start saves what is in the journal"
    ));
    outlet::flush();
    std::process::exit(1);
}

#[cfg(unix)]
struct OsSignals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// `None`: it was ignored when the program started, and stays so.
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl OsSignals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let ignored = hang_up_is_ignored();
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: if ignored {
                None
            } else {
                Some(signal(SignalKind::hangup())?)
            },
        })
    }

    async fn next(&mut self) -> StopSignal {
        let hang_up = async {
            match &mut self.hang_up {
                Some(hang_up) => hang_up.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => StopSignal::Asked,
            _ = self.terminate.recv() => StopSignal::Asked,
            _ = hang_up => StopSignal::HungUp,
        }
    }
}

#[cfg(windows)]
struct OsSignals {
    pressed: tokio::signal::windows::CtrlC,
    broken: tokio::signal::windows::CtrlBreak,
    closed: tokio::signal::windows::CtrlClose,
    shut_down: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl OsSignals {
    fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};

        Ok(Self {
            pressed: ctrl_c()?,
            broken: ctrl_break()?,
            closed: ctrl_close()?,
            shut_down: ctrl_shutdown()?,
        })
    }

    async fn next(&mut self) -> StopSignal {
        tokio::select! {
            _ = self.pressed.recv() => StopSignal::Asked,
            _ = self.broken.recv() => StopSignal::Asked,
            _ = self.closed.recv() => StopSignal::HungUp,
            _ = self.shut_down.recv() => StopSignal::HungUp,
        }
    }
}

/// Whether SIGHUP is ignored: then whoever started us wants us to outlive the terminal.
#[cfg(target_os = "linux")]
fn hang_up_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    ignores_hang_up(&status)
}

/// Reads the set of ignored signals, a hexadecimal number: the lowest bit is signal 1, which is SIGHUP.
#[cfg(target_os = "linux")]
fn ignores_hang_up(status: &str) -> bool {
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    ignored.is_some_and(|set| set & 1 == 1)
}

/// Whether SIGHUP is ignored: a child inherits that, and tells by outliving the signal.
#[cfg(all(unix, not(target_os = "linux")))]
fn hang_up_is_ignored() -> bool {
    let mut child = std::process::Command::new("/bin/sh");
    child.args(["-c", "kill -s HUP $$; exit 0"]);
    child.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    /// What comes of signals at these times.
    fn steps(signals: &[(StopSignal, u64)]) -> Vec<Option<StopAction>> {
        let mut requests = StopPolicy::default();
        let signals = signals.iter();
        signals
            .map(|(signal, millis)| requests.signal(*signal, at(*millis)))
            .collect()
    }

    use StopAction::{EndNow, GiveUp, Report, Stop};
    use StopSignal::{Asked, HungUp};

    #[test]
    fn two_signals_within_half_a_second_are_one_and_a_later_one_ends_at_once() {
        assert_eq!(steps(&[(Asked, 0), (Asked, 499)]), [Some(Stop), None]);
        assert_eq!(
            steps(&[(Asked, 0), (Asked, 500)]),
            [Some(Stop), Some(EndNow)]
        );
        // Counted from the one that counts: someone who keeps pressing is impatient.
        assert_eq!(
            steps(&[(Asked, 70_000), (Asked, 70_300), (Asked, 70_600)]),
            [Some(Stop), None, Some(EndNow)]
        );
    }

    #[test]
    fn a_terminal_that_is_closed_asks_once_however_often_it_says_so() {
        let closed = [(HungUp, 0), (HungUp, 2_000), (Asked, 2_100)];
        assert_eq!(steps(&closed), [Some(Stop), None, Some(EndNow)]);
        assert_eq!(steps(&[(Asked, 0), (HungUp, 2_000)]), [Some(Stop), None]);
    }

    #[test]
    fn the_progress_is_said_each_second_until_the_time_is_up() {
        let mut requests = StopPolicy::default();
        assert_eq!(requests.clock(at(60_000)), None);
        assert_eq!(requests.signal(Asked, at(60_000)), Some(Stop));
        assert_eq!(requests.clock(at(60_900)), None);
        assert_eq!(requests.clock(at(61_000)), Some(Report));
        assert_eq!(requests.clock(at(61_100)), None);
        assert_eq!(requests.clock(at(62_000)), Some(Report));
        assert_eq!(requests.clock(at(60_000) + LIMIT), Some(GiveUp));
        assert!(LIMIT < Duration::from_secs(10));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn ignored_signals_are_read_as_the_kernel_tells_them() {
        let status =
            |set: &str| format!("Name:\tpianola\nSigBlk:\t0000000000000001\nSigIgn:\t{set}\n");
        assert!(ignores_hang_up(&status("0000000000001001")));
        assert!(!ignores_hang_up(&status("0000000000001002")));
        assert!(!ignores_hang_up(""));
    }
}
