//! What the browser says, as far as it matters here. Pure.

use std::borrow::Cow;

use serde::Deserialize;

use super::frames::parse;

/// What came from the browser.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// The answer to a call; false if it was refused.
    Answer { id: u64, granted: bool },
    /// Something happened in a target; without session in the browser itself.
    Event {
        session: Option<String>,
        event: Event,
    },
    /// Something else.
    Other,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    /// There is a target, and it is read over this session from now on.
    Attached { session: String, target: Target },
    /// It is gone.
    Detached { session: String },
    /// It has another address.
    Changed { target: Target },
    /// A frame shows another document.
    Navigated { frame: Frame },
    /// A dialog is open.
    DialogOpened,
    /// It was answered.
    DialogClosed,
    /// A connection is being made.
    Created { socket: String, url: String },
    /// It carried something.
    Frame {
        socket: String,
        way: Way,
        /// Text, or the attachments of one.
        text: Option<String>,
        /// When the browser got or sent it, in seconds of its own monotonic clock.
        seconds: Option<f64>,
    },
    /// It is over.
    Closed { socket: String },
}

/// The way of a frame, seen from the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    In,
    Out,
}

/// A page, a frame of another site or a worker.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(clippy::struct_field_names, reason = "the protocol's own name")]
pub(super) struct Target {
    pub(super) target_id: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) url: String,
}

/// A document in a page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Frame {
    pub(super) id: String,
    pub(super) parent_id: Option<String>,
    pub(super) url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    method: Option<Cow<'a, str>>,
    session_id: Option<String>,
    error: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Body<T> {
    params: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttachedParams {
    session_id: String,
    target_info: Target,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetachedParams {
    session_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangedParams {
    target_info: Target,
}

#[derive(Deserialize)]
struct NavigatedParams {
    frame: Frame,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SocketParams {
    request_id: String,
    #[serde(default)]
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrameParams {
    request_id: String,
    #[serde(default)]
    timestamp: Option<serde_json::Number>,
    response: FrameContent,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrameContent {
    /// The browser's numbers are doubles.
    opcode: f64,
    payload_data: String,
}

/// Reads one message; `None` if it is none.
pub(super) fn read(text: &str) -> Option<Said> {
    // Twice, because of the many messages that do not matter: their content is passed over.
    let head: Head<'_> = serde_json::from_str(text).ok()?;
    if let Some(id) = head.id {
        let granted = head.error.is_none();
        return Some(Said::Answer { id, granted });
    }
    let event = match head.method.as_deref()? {
        "Target.attachedToTarget" => {
            let params: AttachedParams = params(text)?;
            let (session, target) = (params.session_id, params.target_info);
            Event::Attached { session, target }
        }
        "Target.detachedFromTarget" => {
            let session = params::<DetachedParams>(text)?.session_id;
            Event::Detached { session }
        }
        "Target.targetInfoChanged" => {
            let target = params::<ChangedParams>(text)?.target_info;
            Event::Changed { target }
        }
        "Page.frameNavigated" => {
            let frame = params::<NavigatedParams>(text)?.frame;
            Event::Navigated { frame }
        }
        "Page.javascriptDialogOpening" => Event::DialogOpened,
        "Page.javascriptDialogClosed" => Event::DialogClosed,
        "Network.webSocketCreated" => {
            let params: SocketParams = params(text)?;
            let (socket, url) = (params.request_id, params.url);
            Event::Created { socket, url }
        }
        "Network.webSocketFrameReceived" => frame(text, Way::In)?,
        "Network.webSocketFrameSent" => frame(text, Way::Out)?,
        "Network.webSocketClosed" | "Network.webSocketFrameError" => {
            let socket = params::<SocketParams>(text)?.request_id;
            Event::Closed { socket }
        }
        _ => return Some(Said::Other),
    };
    let session = head.session_id;
    Some(Said::Event { session, event })
}

fn frame(text: &str, way: Way) -> Option<Event> {
    let params: FrameParams = params(text)?;
    let content = params.response;
    // 1 is text and 2 is binary; the browser joins what came in pieces.
    let is_text = (content.opcode - 1.0).abs() < 0.5;
    Some(Event::Frame {
        socket: params.request_id,
        way,
        text: is_text.then_some(content.payload_data),
        seconds: params.timestamp.and_then(|seconds| seconds.as_f64()),
    })
}

fn params<T: for<'a> Deserialize<'a>>(text: &str) -> Option<T> {
    parse::<Body<T>>(text).map(|body| body.params)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(text: &str) -> Event {
        match read(text) {
            Some(Said::Event { event, .. }) => event,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_frame_comes_out_as_it_is_on_the_wire() {
        let text = r#"{"method":"Network.webSocketFrameReceived","params":{"requestId":"7.1","timestamp":1234.5,"response":{"opcode":1,"mask":false,"payloadData":"42[\"a\",1.10,\"\\ud83d 😀 \\u0000\"]"}},"sessionId":"S"}"#;
        let said = Said::Event {
            session: Some("S".to_owned()),
            event: Event::Frame {
                socket: "7.1".to_owned(),
                way: Way::In,
                text: Some(r#"42["a",1.10,"\ud83d 😀 \u0000"]"#.to_owned()),
                seconds: Some(1_234.5),
            },
        };
        assert_eq!(read(text), Some(said));
        let binary = text.replace("\"opcode\":1", "\"opcode\":2");
        assert!(matches!(event(&binary), Event::Frame { text: None, .. }));
    }

    #[test]
    fn the_events_that_matter_are_read() {
        let attached = r#"{"method":"Target.attachedToTarget","params":{"sessionId":"S1","targetInfo":{"targetId":"T","type":"page","title":"x","url":"https://rugs.fun/","attached":true,"canAccessOpener":false},"waitingForDebugger":false}}"#;
        let target = Target {
            target_id: "T".to_owned(),
            kind: "page".to_owned(),
            url: "https://rugs.fun/".to_owned(),
        };
        let session = "S1".to_owned();
        assert_eq!(event(attached), Event::Attached { session, target });
        let left = r#"{"method":"Page.frameNavigated","params":{"frame":{"id":"T","loaderId":"L","url":"https://rugs.fun/","securityOrigin":"https://rugs.fun"},"type":"Navigation"},"sessionId":"S1"}"#;
        assert!(matches!(event(left), Event::Navigated { frame } if frame.parent_id.is_none()));
        let broken = r#"{"method":"Network.webSocketFrameError","params":{"requestId":"1","timestamp":1,"errorMessage":"Page entered Back-Forward Cache"},"sessionId":"S1"}"#;
        let socket = "1".to_owned();
        assert_eq!(event(broken), Event::Closed { socket });
    }

    #[test]
    fn answers_and_the_rest_are_told_apart() {
        let granted = |text| match read(text) {
            Some(Said::Answer { id: 3, granted }) => granted,
            other => panic!("{other:?}"),
        };
        assert!(granted(r#"{"id":3,"result":{}}"#));
        assert!(!granted(
            r#"{"id":3,"error":{"code":-32601,"message":"no"},"sessionId":"S"}"#
        ));
        let rest = r#"{"method":"Network.requestWillBeSent","params":{"requestId":7}}"#;
        assert_eq!(read(rest), Some(Said::Other));
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
