//! The text frames of a Socket.IO connection: the prefixes of Engine.IO 4 and Socket.IO 5. The content stays text.

/// A frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    /// The server opened the connection, `0{…}`.
    Open,
    /// One side ends the connection, `1`.
    Close,
    /// A sign of life or of the transport, `2`, `3probe`, `5`, `6`.
    Engine,
    /// The page joins the namespace, or the server accepts it, `40`.
    Connect,
    /// One side leaves the namespace, `41`.
    Disconnect,
    /// The server refuses, `44`.
    Refuse,
    /// An event, `42["name",…]`; with a number when it expects an answer. The list is not checked.
    Event { id: Option<u64>, list: &'a str },
    /// An answer, `43<id>[…]`. The list is not checked.
    Ack { id: u64, list: &'a str },
    /// A packet with attachments; the game has none.
    Binary,
    /// A packet of another namespace.
    Elsewhere,
}

/// Why a frame is unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct FrameError(pub(crate) &'static str);

/// Reads a text frame.
pub(crate) fn read_frame(text: &str) -> Result<Frame<'_>, FrameError> {
    let mut chars = text.chars();
    match chars.next() {
        Some('0') => Ok(Frame::Open),
        Some('1') => Ok(Frame::Close),
        Some('2' | '3' | '5' | '6') => Ok(Frame::Engine),
        Some('4') => message(chars.as_str()),
        Some('b') => Ok(Frame::Binary),
        Some(_) => Err(FrameError("unknown kind of frame")),
        None => Err(FrameError("empty frame")),
    }
}

fn message(text: &str) -> Result<Frame<'_>, FrameError> {
    let mut chars = text.chars();
    let kind = chars.next().ok_or(FrameError("message without kind"))?;
    let rest = chars.as_str();
    if let '5' | '6' = kind {
        return Ok(Frame::Binary);
    }
    let Some(rest) = in_namespace(rest) else {
        return Ok(Frame::Elsewhere);
    };
    match kind {
        '0' => Ok(Frame::Connect),
        '1' => Ok(Frame::Disconnect),
        '2' => {
            let (id, list) = number(rest)?;
            Ok(Frame::Event { id, list })
        }
        '3' => {
            let (id, list) = number(rest)?;
            let id = id.ok_or(FrameError("answer without number"))?;
            Ok(Frame::Ack { id, list })
        }
        '4' => Ok(Frame::Refuse),
        _ => Err(FrameError("unknown kind of message")),
    }
}

/// Removes the namespace; `None` when it is not the game's, which is `/` and mostly omitted.
fn in_namespace(text: &str) -> Option<&str> {
    if !text.starts_with('/') {
        return Some(text);
    }
    let (name, rest) = text.split_once(',').unwrap_or((text, ""));
    let name = name.split_once('?').map_or(name, |(name, _query)| name);
    (name == "/").then_some(rest)
}

fn number(text: &str) -> Result<(Option<u64>, &str), FrameError> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    if digits.is_empty() {
        return Ok((None, rest));
    }
    let id = digits.parse();
    let id = id.map_err(|_too_long| FrameError("number of a message is too long"))?;
    Ok((Some(id), rest))
}

/// Replaces escapes of half a character; `None` if there is none.
pub(crate) fn without_halves(json: &str) -> Option<String> {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    let mut found = false;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let length = match unit(escape) {
            Some(0xd800..=0xdbff)
                if matches!(escape.get(6..).and_then(unit), Some(0xdc00..=0xdfff)) =>
            {
                12
            }
            Some(0xd800..=0xdfff) => {
                found = true;
                out.push_str("\\ufffd");
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            Some(_) => 6,
            // An escape of one character, of any length in bytes.
            None => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
        };
        let (escape, after) = escape.split_at(length);
        out.push_str(escape);
        rest = after;
    }
    out.push_str(rest);
    found.then_some(out)
}

/// Reads the four hexadecimal digits of a `\u` escape at the beginning.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| hex)
}
