//! The messages of the browser that matter here. Pure.

use std::borrow::Cow;

use serde::Deserialize;

use super::packet::parse;

/// A message of the browser.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum BrowserMessage {
    /// The answer to a call; false if it was refused.
    Answer { id: u64, granted: bool },
    /// An event in a target; without a session, in the browser itself.
    Event {
        session: Option<String>,
        event: BrowserEvent,
    },
    /// Any other message.
    Other,
}

/// An event of the browser.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum BrowserEvent {
    /// A target was attached; its events arrive with this session.
    Attached { session: String, target: TargetInfo },
    /// The target of a session ended.
    Detached { session: String },
    /// A target changed its address.
    Changed { target: TargetInfo },
    /// A frame loaded another document.
    Navigated { frame: FrameInfo },
    /// A dialog opened.
    DialogOpened,
    /// The dialog was answered.
    DialogClosed,
    /// A page opened a connection.
    Created { socket: String, url: String },
    /// A connection carried a frame.
    Frame {
        socket: String,
        direction: Direction,
        /// Its text; `None` for attachments.
        text: Option<String>,
        /// When the browser received or sent it, in seconds of its own monotonic clock.
        seconds: Option<f64>,
    },
    /// A connection ended.
    Closed { socket: String },
}

/// The direction of a frame, from the view of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    In,
    Out,
}

/// A page, a frame of another site or a worker.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TargetInfo {
    pub(super) target_id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) url: String,
}

/// A document in a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FrameInfo {
    pub(super) id: String,
    pub(super) parent_id: Option<String>,
    pub(super) url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageHead<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    session_id: Option<String>,
    error: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct MessageBody {
    params: Params,
}

/// The parameters of all events that matter; each event has some of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params {
    session_id: Option<String>,
    target_info: Option<TargetInfo>,
    frame: Option<FrameInfo>,
    request_id: Option<String>,
    #[serde(default)]
    url: String,
    timestamp: Option<serde_json::Number>,
    response: Option<FrameContent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrameContent {
    /// The browser's numbers are doubles.
    opcode: f64,
    payload_data: String,
}

/// Reads one message; `None` for an unreadable one.
pub(super) fn read(text: &str) -> Option<BrowserMessage> {
    // Parsed twice: most messages do not matter, and their content is skipped.
    let head: MessageHead<'_> = serde_json::from_str(text).ok()?;
    if let Some(id) = head.id {
        let granted = head.error.is_none();
        return Some(BrowserMessage::Answer { id, granted });
    }
    let params = || parse::<MessageBody>(text).map(|body| body.params);
    let event = match head.method.as_deref()? {
        "Target.attachedToTarget" => {
            let params = params()?;
            BrowserEvent::Attached {
                session: params.session_id?,
                target: params.target_info?,
            }
        }
        "Target.detachedFromTarget" => BrowserEvent::Detached {
            session: params()?.session_id?,
        },
        "Target.targetInfoChanged" => BrowserEvent::Changed {
            target: params()?.target_info?,
        },
        "Page.frameNavigated" => BrowserEvent::Navigated {
            frame: params()?.frame?,
        },
        "Page.javascriptDialogOpening" => BrowserEvent::DialogOpened,
        "Page.javascriptDialogClosed" => BrowserEvent::DialogClosed,
        "Network.webSocketCreated" => {
            let params = params()?;
            BrowserEvent::Created {
                socket: params.request_id?,
                url: params.url,
            }
        }
        "Network.webSocketFrameReceived" => frame(params()?, Direction::In)?,
        "Network.webSocketFrameSent" => frame(params()?, Direction::Out)?,
        "Network.webSocketClosed" | "Network.webSocketFrameError" => BrowserEvent::Closed {
            socket: params()?.request_id?,
        },
        _ => return Some(BrowserMessage::Other),
    };
    let session = head.session_id;
    Some(BrowserMessage::Event { session, event })
}

fn frame(params: Params, direction: Direction) -> Option<BrowserEvent> {
    let content = params.response?;
    // 1 is text and 2 is binary; the browser joins fragments.
    let is_text = (content.opcode - 1.0).abs() < 0.5;
    Some(BrowserEvent::Frame {
        socket: params.request_id?,
        direction,
        text: is_text.then_some(content.payload_data),
        seconds: params.timestamp.and_then(|seconds| seconds.as_f64()),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(text: &str) -> BrowserEvent {
        match read(text) {
            Some(BrowserMessage::Event { event, .. }) => event,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_frame_keeps_its_text() {
        let text = r#"{"method":"Network.webSocketFrameReceived","params":{"requestId":"7.1","timestamp":1234.5,"response":{"opcode":1,"mask":false,"payloadData":"42[\"a\",1.10,\"\\ud83d 😀 \\u0000\"]"}},"sessionId":"S"}"#;
        let message = BrowserMessage::Event {
            session: Some("S".to_owned()),
            event: BrowserEvent::Frame {
                socket: "7.1".to_owned(),
                direction: Direction::In,
                text: Some(r#"42["a",1.10,"\ud83d 😀 \u0000"]"#.to_owned()),
                seconds: Some(1_234.5),
            },
        };
        assert_eq!(read(text), Some(message));
        let binary = text.replace("\"opcode\":1", "\"opcode\":2");
        assert!(matches!(
            event(&binary),
            BrowserEvent::Frame { text: None, .. }
        ));
    }

    #[test]
    fn the_events_that_matter_are_read() {
        let attached = r#"{"method":"Target.attachedToTarget","params":{"sessionId":"S1","targetInfo":{"targetId":"T","type":"page","title":"x","url":"https://rugs.fun/","attached":true,"canAccessOpener":false},"waitingForDebugger":false}}"#;
        let target = TargetInfo {
            target_id: "T".to_owned(),
            kind: "page".to_owned(),
            url: "https://rugs.fun/".to_owned(),
        };
        let session = "S1".to_owned();
        assert_eq!(event(attached), BrowserEvent::Attached { session, target });
        let left = r#"{"method":"Page.frameNavigated","params":{"frame":{"id":"T","loaderId":"L","url":"https://rugs.fun/","securityOrigin":"https://rugs.fun"},"type":"Navigation"},"sessionId":"S1"}"#;
        assert!(
            matches!(event(left), BrowserEvent::Navigated { frame } if frame.parent_id.is_none())
        );
        let broken = r#"{"method":"Network.webSocketFrameError","params":{"requestId":"1","timestamp":1,"errorMessage":"Page entered Back-Forward Cache"},"sessionId":"S1"}"#;
        let socket = "1".to_owned();
        assert_eq!(event(broken), BrowserEvent::Closed { socket });
    }

    #[test]
    fn answers_and_other_messages_are_distinguished() {
        let granted = |text| match read(text) {
            Some(BrowserMessage::Answer { id: 3, granted }) => granted,
            other => panic!("{other:?}"),
        };
        assert!(granted(r#"{"id":3,"result":{}}"#));
        assert!(!granted(
            r#"{"id":3,"error":{"code":-32601,"message":"no"},"sessionId":"S"}"#
        ));
        let rest = r#"{"method":"Network.requestWillBeSent","params":{"requestId":7}}"#;
        assert_eq!(read(rest), Some(BrowserMessage::Other));
        for text in [
            "",
            "{}",
            "[]",
            "x",
            r#"{"method":"Network.webSocketClosed"}"#,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            read(&text);
            read(&format!("{{\"method\":\"Network.webSocketClosed\",\"params\":{text}}}"));
        }
    }
}
