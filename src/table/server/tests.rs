use rust_socketio::TransportType;
use rust_socketio::asynchronous::ClientBuilder;

use super::*;

#[test]
fn a_stopped_table_leaves_nothing_behind() {
    let table = Table::start(TableConfig::default()).expect("a free port");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let client = ClientBuilder::new(table.url())
        .transport_type(TransportType::Websocket)
        .reconnect(false);
    let client = runtime.block_on(client.connect()).expect("a connection");
    let start = std::time::Instant::now();
    while table.clients() == 0 {
        assert!(start.elapsed() < Duration::from_secs(10), "never connected");
        std::thread::yield_now();
    }
    let hub = Arc::downgrade(&table.hub);
    table.stop();
    assert!(hub.upgrade().is_none(), "something holds the table");
    drop(client);
    runtime.shutdown_timeout(SHUTDOWN);
}
