//! The ways in which a run is asked to end.

/// The ways in which the user (or the system) asks the program to end. Listened to from the start: none is missed.
pub(super) struct StopSignal {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
    #[cfg(windows)]
    pressed: tokio::signal::windows::CtrlC,
}

impl StopSignal {
    pub fn new() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let interrupt = signal(SignalKind::interrupt())?;
            let terminate = signal(SignalKind::terminate())?;
            let hang_up = signal(SignalKind::hangup())?;
            Ok(Self {
                signals: [interrupt, terminate, hang_up],
            })
        }
        #[cfg(windows)]
        Ok(Self {
            pressed: tokio::signal::windows::ctrl_c()?,
        })
    }

    /// Returns at the next one.
    pub async fn next(&mut self) {
        #[cfg(unix)]
        {
            let [interrupt, terminate, hang_up] = &mut self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
            }
        }
        #[cfg(windows)]
        self.pressed.recv().await;
    }
}
