//! Drops a file on a window as a file manager does: the XDND protocol, version 5, with one type, `text/uri-list`.

use std::path::Path;
use std::process::Command;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, WindowClass,
};
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME};

x11rb::atom_manager! {
    Atoms: AtomsCookie {
        XdndSelection, XdndEnter, XdndPosition, XdndStatus, XdndDrop, XdndFinished, XdndActionCopy,
        UriList: b"text/uri-list",
    }
}

/// Version of the protocol.
const VERSION: u32 = 5;

/// Drops a file on the window with this title, at a place of the screen. Returns once the window has taken it.
pub fn drop_file(display: &str, title: &str, file: &Path, at: (u32, u32)) {
    let found = Command::new("xdotool")
        .args(["search", "--name", title])
        .env("DISPLAY", display)
        .output()
        .unwrap();
    let found = String::from_utf8(found.stdout).unwrap();
    let target: u32 = found.lines().last().unwrap().parse().unwrap();
    let (connection, screen) = x11rb::connect(Some(display)).unwrap();
    let root = connection.setup().roots[screen].root;
    let atoms = Atoms::new(&connection).unwrap().reply().unwrap();
    let source = connection.generate_id().unwrap();
    let (class, aux) = (WindowClass::INPUT_OUTPUT, CreateWindowAux::new());
    connection
        .create_window(
            COPY_DEPTH_FROM_PARENT,
            source,
            root,
            0,
            0,
            1,
            1,
            0,
            class,
            COPY_FROM_PARENT,
            &aux,
        )
        .unwrap();
    connection
        .set_selection_owner(source, atoms.XdndSelection, CURRENT_TIME)
        .unwrap();
    let send = |kind: u32, data: [u32; 4]| {
        let [first, second, third, fourth] = data;
        let data = [source, first, second, third, fourth];
        let message = ClientMessageEvent::new(32, target, kind, data);
        connection
            .send_event(false, target, EventMask::NO_EVENT, message)
            .unwrap();
        connection.flush().unwrap();
    };
    send(atoms.XdndEnter, [VERSION << 24, atoms.UriList, 0, 0]);
    send(
        atoms.XdndPosition,
        [0, at.0 << 16 | at.1, CURRENT_TIME, atoms.XdndActionCopy],
    );
    loop {
        match connection.wait_for_event().unwrap() {
            Event::SelectionRequest(request) => {
                let uri = format!("file://{}\r\n", file.display());
                connection
                    .change_property8(
                        PropMode::REPLACE,
                        request.requestor,
                        request.property,
                        request.target,
                        uri.as_bytes(),
                    )
                    .unwrap();
                let answer = SelectionNotifyEvent {
                    response_type: SELECTION_NOTIFY_EVENT,
                    sequence: 0,
                    time: request.time,
                    requestor: request.requestor,
                    selection: request.selection,
                    target: request.target,
                    property: request.property,
                };
                connection
                    .send_event(false, request.requestor, EventMask::NO_EVENT, answer)
                    .unwrap();
                connection.flush().unwrap();
            }
            Event::ClientMessage(message) if message.type_ == atoms.XdndStatus => {
                assert_eq!(
                    message.data.as_data32()[1] & 1,
                    1,
                    "the window takes no files"
                );
                send(atoms.XdndDrop, [0, CURRENT_TIME, 0, 0]);
            }
            Event::ClientMessage(message) if message.type_ == atoms.XdndFinished => return,
            _ => {}
        }
    }
}
