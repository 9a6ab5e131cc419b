//! The only commands that are ever sent to the browser.
//!
//! All of them are for reading: none runs code in a page, changes it, or presses anything.

/// One of the allowed commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CdpCall {
    /// Report every page, frame and worker, now and later, without pausing them: a hang of Pianola would freeze the
    /// player's tabs.
    AutoAttach,
    /// Report changes of their addresses.
    Discover,
    /// Report the frames of a target's connections, and buffer nothing.
    ReadNetwork,
    /// Report when the player leaves the page and when a dialog opens in it.
    ReadPage,
    /// Check whether the browser answers.
    Ping,
}

/// All commands, for the tests.
#[cfg(test)]
pub(super) const ALL: [CdpCall; 5] = [
    CdpCall::AutoAttach,
    CdpCall::Discover,
    CdpCall::ReadNetwork,
    CdpCall::ReadPage,
    CdpCall::Ping,
];

impl CdpCall {
    /// Returns the command's name.
    pub(super) fn method(self) -> &'static str {
        match self {
            Self::AutoAttach => "Target.setAutoAttach",
            Self::Discover => "Target.setDiscoverTargets",
            Self::ReadNetwork => "Network.enable",
            Self::ReadPage => "Page.enable",
            Self::Ping => "Browser.getVersion",
        }
    }

    /// Returns its parameters as JSON.
    fn params(self) -> &'static str {
        match self {
            // Without the filter the browser's own pages come too.
            Self::AutoAttach => {
                r#"{"autoAttach":true,"waitForDebuggerOnStart":false,"flatten":true,"filter":[{"type":"page"},{"type":"iframe"},{"type":"worker"},{"type":"shared_worker"}]}"#
            }
            Self::Discover => {
                r#"{"discover":true,"filter":[{"type":"page"},{"type":"iframe"},{"type":"worker"},{"type":"shared_worker"}]}"#
            }
            Self::ReadNetwork => {
                r#"{"maxTotalBufferSize":0,"maxResourceBufferSize":0,"maxPostDataSize":0}"#
            }
            Self::ReadPage | Self::Ping => "{}",
        }
    }

    /// Returns the message for the browser, or for one of its targets.
    pub(super) fn message(self, id: u64, session: Option<&str>) -> String {
        let (method, params) = (self.method(), self.params());
        let session = session.map_or(String::new(), |session| {
            format!(",\"sessionId\":{}", serde_json::Value::from(session))
        });
        format!("{{\"id\":{id},\"method\":\"{method}\",\"params\":{params}{session}}}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn only_reading_commands_exist() {
        let names: Vec<_> = ALL.iter().map(|call| call.method()).collect();
        let allowed = [
            "Target.setAutoAttach",
            "Target.setDiscoverTargets",
            "Network.enable",
            "Page.enable",
            "Browser.getVersion",
        ];
        assert_eq!(names, allowed);
    }

    #[test]
    fn a_command_is_json_whatever_the_session_is_called() {
        for call in ALL {
            let text = call.message(7, Some("a\"b"));
            let message: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(message["sessionId"], "a\"b");
            assert_eq!(message["method"], call.method());
            let text = call.message(7, None);
            let message: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(message.get("sessionId"), None);
        }
        let text = CdpCall::AutoAttach.message(1, None);
        assert!(text.contains("\"waitForDebuggerOnStart\":false"));
    }
}
