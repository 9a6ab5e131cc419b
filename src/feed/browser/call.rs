//! Everything that is ever asked of the browser. There is no other way to write to it.
//!
//! All of it is for reading: none of these commands runs code in a page, changes it, or presses anything.

/// One of the commands that are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Call {
    /// Tell of every page, frame and worker, now and later. Never makes them wait for us: a hang of ours would freeze
    /// the player's tabs.
    AutoAttach,
    /// Tell when the address of one of them changes.
    Discover,
    /// Tell what its connections carry, and keep nothing for us.
    ReadNetwork,
    /// Tell when the page is left, and when a dialog opens in it.
    ReadPage,
    /// Are you there?
    AreYouThere,
}

/// All of them, for the tests.
#[cfg(test)]
pub(super) const ALL: [Call; 5] = [
    Call::AutoAttach,
    Call::Discover,
    Call::ReadNetwork,
    Call::ReadPage,
    Call::AreYouThere,
];

impl Call {
    /// Returns the command's name.
    pub(super) fn method(self) -> &'static str {
        match self {
            Self::AutoAttach => "Target.setAutoAttach",
            Self::Discover => "Target.setDiscoverTargets",
            Self::ReadNetwork => "Network.enable",
            Self::ReadPage => "Page.enable",
            Self::AreYouThere => "Browser.getVersion",
        }
    }

    /// Returns its parameters, JSON.
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
            Self::ReadPage | Self::AreYouThere => "{}",
        }
    }

    /// Returns the message that gives the command to the browser, or to one of its targets.
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
    fn nothing_but_reading_is_ever_asked() {
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
        let text = Call::AutoAttach.message(1, None);
        assert!(text.contains("\"waitForDebuggerOnStart\":false"));
    }
}
